#include <math.h>
#include <stdint.h>

#include "fin_le.h"
#include "fin_scan.h"


/* Eight bytes at once. */
#define FIN_SCAN_ONES   UINT64_C(0x0101010101010101)
#define FIN_SCAN_HIGHS  UINT64_C(0x8080808080808080)


/* The first error counts; with the text at its end all that follows fails. */
static void
fin_scan_fail(fin_scan_t *scan, const char *error)
{
    if (scan->error == NULL) {

        if (scan->p == scan->end) {
            error = "ends early";

        } else if (*scan->p == '\0') {
            error = "holds a NUL";
        }

        scan->error = error;
        scan->at = (size_t) (scan->p - scan->json);
    }

    scan->p = scan->end;
    scan->depth = 0;
}


static inline void
fin_scan_space(fin_scan_t *scan)
{
    const char  *p;

    for (p = scan->p; p < scan->end; p++) {
        if (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t') {
            break;
        }
    }

    scan->p = p;
}


void
fin_scan_init(fin_scan_t *scan, const char *json, size_t len)
{
    scan->json = json;
    scan->p = json;
    scan->end = json + len;
    scan->error = NULL;
    scan->at = 0;
    scan->depth = 0;
    scan->first = 0;

    fin_scan_space(scan);
}


int
fin_scan_end(fin_scan_t *scan)
{
    if (scan->error == NULL) {
        fin_scan_space(scan);

        if (scan->p < scan->end) {
            fin_scan_fail(scan, "more after the object");
        }
    }

    return scan->error == NULL;
}


/* The code of a \uXXXX at p, or -1. */
static int
fin_scan_hex4(const char *p, const char *end)
{
    int  i, c, value;

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') {
        return -1;
    }

    for (i = 2, value = 0; i < 6; i++) {
        c = p[i] | 0x20;

        if (p[i] >= '0' && p[i] <= '9') {
            value = value * 16 + (p[i] - '0');

        } else if (c >= 'a' && c <= 'f') {
            value = value * 16 + (c - 'a' + 10);

        } else {
            return -1;
        }
    }

    return value;
}


/*
 * The character that the escape at p stands for, of *len bytes; -1: malformed,
 * half a pair; 0: NUL.
 */
static int32_t
fin_scan_escape(const char *p, const char *end, size_t *len)
{
    int  code, low;

    *len = 2;

    switch (end - p < 2 ? '\0' : p[1]) {
    case '"': case '\\': case '/': return p[1];
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': break;
    default:  return -1;
    }

    code = fin_scan_hex4(p, end);
    *len = 6;

    if (code < 0xd800 || code > 0xdfff) {
        return code;
    }

    low = fin_scan_hex4(p + 6, end);
    *len = 12;

    if (code > 0xdbff || low < 0xdc00 || low > 0xdfff) {
        return -1;
    }

    return 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
}


/*
 * The top bits of the bytes of v that end a run: quotes, backslashes, controls.
 * Taking 1 borrows into a byte's top bit from 0 only, and beyond that byte only
 * from there: the lowest bit that is set is right, the ones above may not be.
 */
static inline uint64_t
fin_scan_stops(uint64_t v)
{
    uint64_t  quote, slash;

    quote = v ^ FIN_SCAN_ONES * '"';
    slash = v ^ FIN_SCAN_ONES * '\\';

    return (((quote - FIN_SCAN_ONES) & ~quote)
            | ((slash - FIN_SCAN_ONES) & ~slash)
            | ((v - FIN_SCAN_ONES * 0x20) & ~v)) & FIN_SCAN_HIGHS;
}


/* To the next quote, backslash, control character, or the end. */
static inline const char *
fin_scan_plain(const char *p, const char *end)
{
    uint64_t  stops;

    for ( /* void */ ; end - p >= 8; p += 8) {
        stops = fin_scan_stops(fin_le64_load(p));

        if (stops != 0) {
            return p + __builtin_ctzll(stops) / 8;
        }
    }

    while (p < end && *p != '"' && *p != '\\' && (unsigned char) *p >= 0x20) {
        p++;
    }

    return p;
}


/* 1, and the string at p, which is its quote. */
static int
fin_scan_quoted(fin_scan_t *scan, fin_scan_text_t *text)
{
    size_t   n;
    int32_t  code;

    text->data = ++scan->p;
    text->escaped = 0;

    for ( ;; ) {
        scan->p = fin_scan_plain(scan->p, scan->end);

        if (scan->p == scan->end) {
            fin_scan_fail(scan, "not JSON");
            return 0;
        }

        if (*scan->p == '"') {
            text->len = (size_t) (scan->p++ - text->data);
            return 1;
        }

        code = *scan->p == '\\' ? fin_scan_escape(scan->p, scan->end, &n) : -1;

        if (code <= 0) {
            fin_scan_fail(scan, code == 0 ? "holds a NUL" : "not JSON");
            return 0;
        }

        text->escaped = 1;
        scan->p += n;
    }
}


static size_t
fin_scan_utf8(int32_t code, char out[4])
{
    size_t  i, n;

    static const unsigned char  lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

    n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (i = n - 1; i > 0; i--) {
        out[i] = (char) (0x80 | (code & 0x3f));
        code >>= 6;
    }

    out[0] = (char) (lead[n] | code);

    return n;
}


size_t
fin_scan_copy(const fin_scan_text_t *text, char *buf, size_t size)
{
    char         utf8[4];
    size_t       n, len, out;
    const char  *p, *end, *from;

    p = text->data;
    end = p + text->len;

    for (out = 0; p < end; p += n, out += len) {
        from = p;

        if (!text->escaped) {
            n = len = text->len;

        } else if (*p != '\\') {
            n = len = 1;

        } else {
            len = fin_scan_utf8(fin_scan_escape(p, end, &n), utf8);
            from = utf8;
        }

        if (len >= size - out) {
            buf[0] = '\0';
            return size;
        }

        memcpy(buf + out, from, len);
    }

    buf[out] = '\0';

    return out;
}


static void
fin_scan_word(fin_scan_t *scan, const char *word)
{
    size_t  len;

    len = strlen(word);

    if ((size_t) (scan->end - scan->p) < len
        || memcmp(scan->p, word, len) != 0)
    {
        fin_scan_fail(scan, "not JSON");
        return;
    }

    scan->p += len;
}


static int
fin_scan_open(fin_scan_t *scan)
{
    if (scan->depth == FIN_SCAN_DEPTH_MAX) {
        fin_scan_fail(scan, "too deeply nested");
        return 0;
    }

    scan->p++;
    scan->depth++;
    scan->first = 1;

    return 1;
}


/* Before a member or an element: 0 when there is none, and it is closed. */
static inline int
fin_scan_next(fin_scan_t *scan, char close)
{
    char  c;

    fin_scan_space(scan);
    c = fin_scan_peek(scan);

    if (c == close) {
        scan->p++;
        scan->depth--;
        scan->first = 0;
        return 0;
    }

    if (scan->first && c != '\0') {
        scan->first = 0;
        return 1;
    }

    if (c != ',') {
        fin_scan_fail(scan, "not JSON");
        return 0;
    }

    scan->p++;
    fin_scan_space(scan);

    return 1;
}


static int
fin_scan_name(fin_scan_t *scan, fin_scan_text_t *name)
{
    if (!fin_scan_next(scan, '}')) {
        return 0;
    }

    if (fin_scan_peek(scan) != '"') {
        fin_scan_fail(scan, "not JSON");
        return 0;
    }

    if (!fin_scan_quoted(scan, name)) {
        return 0;
    }

    fin_scan_space(scan);

    if (fin_scan_peek(scan) != ':') {
        fin_scan_fail(scan, "not JSON");
        return 0;
    }

    scan->p++;
    fin_scan_space(scan);

    return 1;
}


int
fin_scan_member(fin_scan_t *scan, fin_scan_text_t *name)
{
    size_t  len;

    if (!fin_scan_name(scan, name)) {
        return 0;
    }

    if (name->escaped) {
        len = fin_scan_copy(name, scan->name, sizeof(scan->name));

        if (len < sizeof(scan->name)) {
            name->data = scan->name;
            name->len = len;
            name->escaped = 0;
        }
    }

    return 1;
}


int
fin_scan_element(fin_scan_t *scan)
{
    return fin_scan_next(scan, ']');
}


/* A value that holds no others. */
static void
fin_scan_scalar(fin_scan_t *scan)
{
    const char      *p;
    fin_scan_text_t  text;

    switch (fin_scan_peek(scan)) {
    case '"':
        (void) fin_scan_quoted(scan, &text);
        return;
    case 't':
        fin_scan_word(scan, "true");
        return;
    case 'f':
        fin_scan_word(scan, "false");
        return;
    case 'n':
        fin_scan_word(scan, "null");
        return;
    }

    p = fin_scan_number_read(scan->p, scan->end, NULL);

    if (p == NULL) {
        fin_scan_fail(scan, "not JSON");
        return;
    }

    scan->p = p;
}


/* Without recursion: a bit a level, 1 in an object, 0 in an array. */
void
fin_scan_skip(fin_scan_t *scan)
{
    char             c;
    int              more;
    unsigned         outside;
    uint64_t         stack;
    fin_scan_text_t  name;

    stack = 0;
    outside = scan->depth;

    do {
        c = fin_scan_peek(scan);

        if (c != '{' && c != '[') {
            fin_scan_scalar(scan);

        } else if (fin_scan_open(scan)) {
            stack = stack << 1 | (c == '{');
        }

        for (more = 0; !more && scan->depth > outside; /* void */ ) {
            more = stack & 1 ? fin_scan_name(scan, &name)
                             : fin_scan_element(scan);
            if (!more) {
                stack >>= 1;
            }
        }

    } while (more);
}


int
fin_scan_object(fin_scan_t *scan)
{
    if (fin_scan_peek(scan) == '{') {
        return fin_scan_open(scan);
    }

    fin_scan_skip(scan);

    return 0;
}


int
fin_scan_array(fin_scan_t *scan)
{
    if (fin_scan_peek(scan) == '[') {
        return fin_scan_open(scan);
    }

    fin_scan_skip(scan);

    return 0;
}


double
fin_scan_number(fin_scan_t *scan)
{
    char         c;
    double       value;
    const char  *p;

    c = fin_scan_peek(scan);

    if (c != '-' && (c < '0' || c > '9')) {
        fin_scan_skip(scan);
        return NAN;
    }

    p = fin_scan_number_read(scan->p, scan->end, &value);

    if (p == NULL) {
        fin_scan_fail(scan, "not JSON");
        return NAN;
    }

    scan->p = p;

    return isfinite(value) ? value : NAN;
}


int
fin_scan_text(fin_scan_t *scan, fin_scan_text_t *text)
{
    if (fin_scan_peek(scan) == '"') {
        return fin_scan_quoted(scan, text);
    }

    fin_scan_skip(scan);

    return 0;
}

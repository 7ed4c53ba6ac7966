#include <string.h>

#include "fin_json_check.h"
#include "fin_out.h"


/* What cJSON without Debian's patches takes: it has a buffer of 64 bytes. */
#define FIN_JSON_NUMBER_MAX  63


/* The stack is a bit a level: 1 in an object, 0 in an array. */
typedef struct {
    const char  *s;
    size_t       len;
    size_t       i;             /* where to read, or where the error is */
    uint64_t     stack;
    unsigned     depth;
} fin_check_t;


static int
fin_check_peek(const fin_check_t *c)
{
    return c->i < c->len ? (unsigned char) c->s[c->i] : -1;
}


static void
fin_check_space(fin_check_t *c)
{
    int  ch;

    for ( ;; ) {
        ch = fin_check_peek(c);

        if (ch != ' ' && ch != '\t' && ch != '\n' && ch != '\r') {
            return;
        }

        c->i++;
    }
}


/* Four hexadecimal digits at s[i] that do not end the text, or -1. */
static int
fin_check_hex4(const fin_check_t *c, size_t i)
{
    int     value;
    char    ch;
    size_t  end;

    if (c->len - i < 5) {
        return -1;
    }

    value = 0;

    for (end = i + 4; i < end; i++) {
        ch = c->s[i];

        if (ch >= '0' && ch <= '9') {
            value = value * 16 + (ch - '0');

        } else if ((ch >= 'a' && ch <= 'f') || (ch >= 'A' && ch <= 'F')) {
            value = value * 16 + ((ch | 0x20) - 'a' + 10);

        } else {
            return -1;
        }
    }

    return value;
}


/* i is at the 'u'. */
static const char *
fin_check_unicode(fin_check_t *c)
{
    int  code, low;

    code = fin_check_hex4(c, c->i + 1);

    if (code == 0) {
        return "NUL is not allowed";
    }

    if (code < 0 || (code >= 0xdc00 && code <= 0xdfff)) {
        return "Invalid \\uXXXX escape";
    }

    if (code < 0xd800 || code > 0xdbff) {
        c->i += 5;
        return NULL;
    }

    low = -1;

    if (c->len - c->i >= 11 && c->s[c->i + 5] == '\\'
        && c->s[c->i + 6] == 'u')
    {
        low = fin_check_hex4(c, c->i + 7);
    }

    if (low < 0xdc00 || low > 0xdfff) {
        return "Invalid \\uXXXX escape";
    }

    c->i += 11;

    return NULL;
}


/* i is at the backslash. */
static const char *
fin_check_escape(fin_check_t *c, size_t start)
{
    int  ch;

    c->i++;
    ch = fin_check_peek(c);

    if (ch < 0) {
        c->i = start;
        return "Unterminated string starting at";
    }

    if (ch == 'u') {
        return fin_check_unicode(c);
    }

    if (ch == 0 || strchr("\"\\/bfnrt", ch) == NULL) {
        c->i--;
        return "Invalid \\escape";
    }

    c->i++;

    return NULL;
}


/* i is at the opening quote. */
static const char *
fin_check_string(fin_check_t *c)
{
    int          ch;
    size_t       n, start;
    const char  *error;

    start = c->i++;

    for ( ;; ) {
        ch = fin_check_peek(c);

        if (ch < 0) {
            c->i = start;
            return "Unterminated string starting at";
        }

        if (ch == '"') {
            c->i++;
            return NULL;
        }

        if (ch == '\\') {
            error = fin_check_escape(c, start);
            if (error != NULL) {
                return error;
            }

            continue;
        }

        if (ch < 0x20) {
            return "Invalid control character at";
        }

        if (!fin_utf8_step(c->s + c->i, c->len - c->i, &n)) {
            return "Invalid UTF-8";
        }

        c->i += n;
    }
}


static size_t
fin_check_digits(fin_check_t *c)
{
    size_t  start;

    start = c->i;

    while (c->i < c->len && c->s[c->i] >= '0' && c->s[c->i] <= '9') {
        c->i++;
    }

    return c->i - start;
}


/*
 * Takes as much as is a number: what follows is then found to be no
 * delimiter, as Python does.
 */
static const char *
fin_check_number(fin_check_t *c)
{
    size_t  start, end;

    start = c->i;

    if (fin_check_peek(c) == '-') {
        c->i++;
    }

    if (fin_check_peek(c) == '0') {
        c->i++;

    } else if (fin_check_digits(c) == 0) {
        c->i = start;
        return "Expecting value";
    }

    end = c->i;

    if (fin_check_peek(c) == '.') {
        c->i++;
        end = fin_check_digits(c) > 0 ? c->i : end;
        c->i = end;
    }

    if (fin_check_peek(c) == 'e' || fin_check_peek(c) == 'E') {
        c->i++;

        if (fin_check_peek(c) == '+' || fin_check_peek(c) == '-') {
            c->i++;
        }

        end = fin_check_digits(c) > 0 ? c->i : end;
        c->i = end;
    }

    if (c->i - start > FIN_JSON_NUMBER_MAX) {
        c->i = start;
        return "Number is too long";
    }

    return NULL;
}


static const char *
fin_check_word(fin_check_t *c, const char *word)
{
    size_t  n;

    n = strlen(word);

    if (c->len - c->i < n || memcmp(c->s + c->i, word, n) != 0) {
        return "Expecting value";
    }

    c->i += n;

    return NULL;
}


/* A member's name and the colon. */
static const char *
fin_check_name(fin_check_t *c)
{
    const char  *error;

    if (fin_check_peek(c) != '"') {
        return "Expecting property name enclosed in double quotes";
    }

    error = fin_check_string(c);
    if (error != NULL) {
        return error;
    }

    fin_check_space(c);

    if (fin_check_peek(c) != ':') {
        return "Expecting ':' delimiter";
    }

    c->i++;
    fin_check_space(c);

    return NULL;
}


/* i is at the bracket; *open: a value is to follow. */
static const char *
fin_check_open(fin_check_t *c, int object, int *open)
{
    if (c->depth == FIN_JSON_DEPTH_MAX) {
        return "Too deeply nested";
    }

    c->i++;
    fin_check_space(c);

    if (fin_check_peek(c) == (object ? '}' : ']')) {
        c->i++;
        *open = 0;
        return NULL;
    }

    c->stack = c->stack << 1 | (unsigned) object;
    c->depth++;
    *open = 1;

    return object ? fin_check_name(c) : NULL;
}


/* One value, or the beginning of one that holds others. */
static const char *
fin_check_value(fin_check_t *c, int *open)
{
    *open = 0;

    switch (fin_check_peek(c)) {
    case '{':
        return fin_check_open(c, 1, open);
    case '[':
        return fin_check_open(c, 0, open);
    case '"':
        return fin_check_string(c);
    case 't':
        return fin_check_word(c, "true");
    case 'f':
        return fin_check_word(c, "false");
    case 'n':
        return fin_check_word(c, "null");
    default:
        return fin_check_number(c);
    }
}


/* After a value: closes what ends here; *more: another value is to follow. */
static const char *
fin_check_after(fin_check_t *c, int *more)
{
    int  object, ch;

    *more = 0;

    while (c->depth > 0) {
        fin_check_space(c);

        object = (int) (c->stack & 1);
        ch = fin_check_peek(c);

        if (ch == ',') {
            c->i++;
            fin_check_space(c);
            *more = 1;
            return object ? fin_check_name(c) : NULL;
        }

        if (ch != (object ? '}' : ']')) {
            return "Expecting ',' delimiter";
        }

        c->i++;
        c->stack >>= 1;
        c->depth--;
    }

    return NULL;
}


static const char *
fin_check_text(fin_check_t *c)
{
    int          more;
    const char  *error;

    fin_check_space(c);

    do {
        error = fin_check_value(c, &more);

        if (error == NULL && !more) {
            error = fin_check_after(c, &more);
        }

    } while (error == NULL && more);

    if (error != NULL) {
        return error;
    }

    fin_check_space(c);

    return c->i < c->len ? "Extra data" : NULL;
}


const char *
fin_json_check(const char *s, size_t len, size_t *pos)
{
    size_t        i, n;
    const char   *error;
    fin_check_t   c;

    memset(&c, 0, sizeof(c));
    c.s = s;
    c.len = len;

    error = fin_check_text(&c);

    for (i = 0, n = 0; i < c.i; i++) {
        n += ((unsigned char) s[i] & 0xc0) != 0x80;
    }

    *pos = n;

    return error;
}

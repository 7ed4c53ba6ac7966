/* Strings: well-formed UTF-8 (Unicode 15, table 3-7), escaped (RFC 8259). */

#include <string.h>

#include "fin_out.h"


/* What the second byte may be, by the first. */
static void
fin_utf8_second(unsigned char first, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;

    switch (first) {
    case 0xe0:
        *low = 0xa0;            /* overlong */
        break;
    case 0xed:
        *high = 0x9f;           /* surrogates */
        break;
    case 0xf0:
        *low = 0x90;            /* overlong */
        break;
    case 0xf4:
        *high = 0x8f;           /* above U+10FFFF */
        break;
    }
}


int
fin_utf8_step(const char *s, size_t len, size_t *n)
{
    size_t         i, want;
    unsigned char  c, low, high;

    c = (unsigned char) s[0];
    *n = 1;

    if (c < 0x80) {
        return 1;
    }

    if (c < 0xc2 || c > 0xf4) {
        return 0;
    }

    want = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    fin_utf8_second(c, &low, &high);

    for (i = 1; i < want; i++) {
        if (i == len) {
            return 0;
        }

        c = (unsigned char) s[i];

        if (c < low || c > high) {
            return 0;
        }

        low = 0x80;
        high = 0xbf;
        *n = i + 1;
    }

    return 1;
}


static void
fin_out_escape(fin_out_t *out, char c)
{
    char               buf[6] = "\\u00";
    const char        *p;
    static const char  plain[] = "\"\\\b\f\n\r\t";
    static const char  letter[] = "\"\\bfnrt";
    static const char  hex[] = "0123456789abcdef";

    p = c != 0 ? strchr(plain, c) : NULL;

    if (p != NULL) {
        buf[1] = letter[p - plain];
        fin_out_raw(out, buf, 2);
        return;
    }

    buf[4] = hex[c >> 4];
    buf[5] = hex[c & 15];
    fin_out_raw(out, buf, 6);
}


/* How many bytes of s need no change. */
static size_t
fin_out_clean(const char *s, size_t len)
{
    size_t         i, n;
    unsigned char  c;

    for (i = 0; i < len; i += n) {
        c = (unsigned char) s[i];
        n = 1;

        if (c < 0x20 || c == '"' || c == '\\') {
            break;
        }

        if (c >= 0x80 && !fin_utf8_step(s + i, len - i, &n)) {
            break;
        }
    }

    return i;
}


void
fin_out_string(fin_out_t *out, const char *s, size_t len)
{
    size_t  n;

    fin_out_json(out, "\"", 1);

    for ( ;; ) {
        n = fin_out_clean(s, len);
        fin_out_raw(out, s, n);
        s += n;
        len -= n;

        if (len == 0) {
            break;
        }

        if ((unsigned char) *s < 0x80) {
            fin_out_escape(out, *s);
            n = 1;

        } else {
            (void) fin_utf8_step(s, len, &n);
            fin_out_raw(out, "\xef\xbf\xbd", 3);
        }

        s += n;
        len -= n;
    }

    fin_out_raw(out, "\"", 1);
}


void
fin_out_cstring(fin_out_t *out, const char *s)
{
    if (s == NULL) {
        fin_out_null(out);
        return;
    }

    fin_out_string(out, s, strlen(s));
}

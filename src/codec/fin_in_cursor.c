#include <string.h>

#include "fin_in.h"


static int
fin_in_hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    return -1;
}


/*
 * A plus sign stays one: cursors are base64, in which it is a digit and a
 * space is not.
 */
static fin_status_t
fin_in_cursor_decode(const char *s, const char *end, char *cursor)
{
    int     c, high, low;
    size_t  n;

    for (n = 0; s < end; n++) {
        c = (unsigned char) *s++;

        if (c == '%') {
            if (end - s < 2) {
                return FIN_E_VALUE;
            }

            high = fin_in_hex(s[0]);
            low = fin_in_hex(s[1]);

            if (high < 0 || low < 0) {
                return FIN_E_VALUE;
            }

            c = high * 16 + low;
            s += 2;
        }

        if (c < 0x20 || c > 0x7e || n == FIN_CURSOR_MAX) {
            return FIN_E_VALUE;
        }

        cursor[n] = (char) c;
    }

    cursor[n] = '\0';

    return n == 0 ? FIN_E_VALUE : FIN_OK;
}


fin_status_t
fin_in_cursor(const char *url, size_t len, char cursor[FIN_CURSOR_MAX + 1])
{
    const char    *p, *end, *next;
    fin_status_t   status;

    cursor[0] = '\0';

    end = memchr(url, '#', len);
    if (end == NULL) {
        end = url + len;
    }

    p = memchr(url, '?', (size_t) (end - url));

    while (p != NULL) {
        p++;
        next = memchr(p, '&', (size_t) (end - p));

        if (end - p >= 7 && memcmp(p, "cursor=", 7) == 0) {
            status = fin_in_cursor_decode(p + 7, next == NULL ? end : next,
                                          cursor);
            if (status != FIN_OK) {
                cursor[0] = '\0';
            }

            return status;
        }

        p = next;
    }

    return FIN_E_VALUE;
}

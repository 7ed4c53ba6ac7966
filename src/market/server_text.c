#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "market_text.h"


static const char  base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c = (char) (c | 0x20);

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


int
market_decode(const char *text, size_t len, bool plus, char *out, size_t size)
{
    int     high, low;
    char    c;
    size_t  i, n;

    n = 0;

    for (i = 0; i < len; i++) {
        c = text[i];

        if (c == '%') {
            if (len - i < 3) {
                return -1;
            }

            high = hex_digit(text[i + 1]);
            low = hex_digit(text[i + 2]);

            if (high < 0 || low < 0) {
                return -1;
            }

            c = (char) (high * 16 + low);
            i += 2;

        } else if (c == '+' && plus) {
            c = ' ';
        }

        if (c == '\0' || n + 1 >= size) {
            return -1;
        }

        out[n++] = c;
    }

    out[n] = '\0';

    return (int) n;
}


int
market_arg(const char *query, size_t len, const char *name, char *out,
    size_t size)
{
    size_t       part, key;
    const char  *p, *end, *amp, *equals;

    key = strlen(name);
    end = query + len;

    for (p = query; p < end; p += part + 1) {
        amp = memchr(p, '&', (size_t) (end - p));
        part = (size_t) ((amp != NULL ? amp : end) - p);

        equals = memchr(p, '=', part);

        if (equals == NULL || (size_t) (equals - p) != key
            || memcmp(p, name, key) != 0)
        {
            continue;
        }

        return market_decode(equals + 1, part - key - 1, true, out, size) < 0
               ? -1 : 1;
    }

    return 0;
}


bool
market_parse_int(const char *text, long long min, long long max,
    long long *value)
{
    char       *end;
    long long   n;

    if (!((text[0] >= '0' && text[0] <= '9') || text[0] == '-')) {
        return false;
    }

    errno = 0;
    n = strtoll(text, &end, 10);

    if (errno != 0 || end == text || *end != '\0' || n < min || n > max) {
        return false;
    }

    *value = n;

    return true;
}


bool
market_parse_double(const char *text, double *value)
{
    char    *end;
    double   x;

    if (text[0] == '\0' || strspn(text, "0123456789.eE+-") != strlen(text)) {
        return false;
    }

    x = strtod(text, &end);

    if (end == text || *end != '\0' || !isfinite(x)) {
        return false;
    }

    *value = x;

    return true;
}


bool
market_parse_day(const char *text, double *day)
{
    int     i, y, m, d, last;

    static const int  days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
                                 31 };

    for (i = 0; i < 10; i++) {
        if (i == 4 || i == 7 ? text[i] != '-'
                             : text[i] < '0' || text[i] > '9')
        {
            return false;
        }
    }

    if (text[10] != '\0') {
        return false;
    }

    y = atoi(text);
    m = atoi(text + 5);
    d = atoi(text + 8);

    if (y < 1 || m < 1 || m > 12 || d < 1) {
        return false;
    }

    last = days[m - 1];

    if (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) {
        last++;
    }

    if (d > last) {
        return false;
    }

    *day = y * 10000 + m * 100 + d;

    return true;
}


/*
 * Civil date of a day number, after H. Hinnant's "chrono-compatible low-level
 * date algorithms" (years that begin in March, eras of 400 years).
 */

double
market_day_of_ms(double ms)
{
    long long  z, era, doe, yoe, doy, mp, y, m, d;

    if (!(fabs(ms) < 1e15)) {
        return 0;
    }

    z = (long long) floor((ms - 4 * 3600e3) / 86400e3) + 719468;
    era = (z >= 0 ? z : z - 146096) / 146097;
    doe = z - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    d = doy - (153 * mp + 2) / 5 + 1;
    m = mp < 10 ? mp + 3 : mp - 9;
    y = yoe + era * 400 + (m <= 2);

    return (double) (y * 10000 + m * 100 + d);
}


void
market_base64_encode(market_buf_t *out, const char *data, size_t len)
{
    char           digits[4];
    size_t         i, k, n;
    unsigned long  bits;

    for (i = 0; i < len; i += 3) {
        n = len - i < 3 ? len - i : 3;
        bits = 0;

        for (k = 0; k < 3; k++) {
            bits = bits << 8 | (k < n ? (unsigned char) data[i + k] : 0u);
        }

        for (k = 0; k < 4; k++) {
            digits[k] = base64_digits[bits >> (18 - 6 * k) & 63];
        }

        market_buf_add(out, digits, n + 1);
    }
}


int
market_base64_decode(const char *text, size_t len, char *out, size_t size)
{
    size_t         i, n;
    unsigned       have;
    const char    *digit;
    unsigned long  bits;

    n = 0;
    bits = 0;
    have = 0;

    for (i = 0; i < len; i++) {
        digit = text[i] != '\0' ? strchr(base64_digits, text[i]) : NULL;

        if (digit == NULL || n + 1 >= size) {
            return -1;
        }

        bits = (bits << 6 | (unsigned long) (digit - base64_digits)) & 0xffff;
        have += 6;

        if (have >= 8) {
            have -= 8;
            out[n++] = (char) (bits >> have & 0xff);
        }
    }

    if (size == 0) {
        return -1;
    }

    out[n] = '\0';

    return (int) n;
}

/*
 * A JSON number to the nearest double.  Most are made of two exact integers
 * with one rounding; what is left goes to strtod(), rewritten as an integer
 * with an exponent, so that no locale has a say.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fin_scan.h"


#define FIN_NUMBER_DIGITS  19       /* any integer of so many fits 64 bits */

/*
 * Digits after which a double can no longer be in between two numbers: 767 of
 * the longest midpoint of two doubles; behind them it only counts that
 * there are some.
 */
#define FIN_NUMBER_ENOUGH  770

/* Beyond it all is 0 or infinite, for texts of up to 2^31 digits. */
#define FIN_NUMBER_EXPONENT_MAX  4000000000

typedef unsigned __int128  fin_number_u128_t;


/* The value is (-1)^negative * digits * 10^exponent. */
typedef struct {
    uint64_t     digits;            /* without those that are left out */
    unsigned     n;                 /* of them, from the first that is not 0 */
    int64_t      exponent;
    unsigned     negative:1;
    unsigned     more:1;            /* digits are left out */
} fin_number_t;


static const double  fin_number_pow10[] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
    1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

static const uint64_t  fin_number_pow10_u64[] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u,
    1000000000u, 10000000000u, 100000000000u, 1000000000000u,
    10000000000000u, 100000000000000u, 1000000000000000u,
    10000000000000000u, 100000000000000000u, 1000000000000000000u,
    10000000000000000000u
};


static inline int
fin_number_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}


/* Digits of the whole part (fraction 0) or behind the point (1). */
static inline const char *
fin_number_digits(const char *p, const char *end, fin_number_t *x,
    int fraction)
{
    unsigned     n;
    uint64_t     digits;
    const char  *start;

    start = p;
    digits = x->digits;

    for (n = x->n; n < FIN_NUMBER_DIGITS && fin_number_digit(p, end); p++) {
        digits = digits * 10 + (uint64_t) (*p - '0');
        n += digits != 0;
    }

    x->digits = digits;
    x->n = n;
    x->exponent -= fraction ? p - start : 0;

    for (start = p; fin_number_digit(p, end); p++) { /* void */ }

    if (p > start) {
        x->more = 1;
        x->exponent += fraction ? 0 : p - start;
    }

    return p;
}


/* p is behind the 'e'; NULL without a digit. */
static const char *
fin_number_exponent(const char *p, const char *end, int64_t *exponent)
{
    int      negative;
    int64_t  value;

    negative = p < end && *p == '-';

    if (p < end && (*p == '-' || *p == '+')) {
        p++;
    }

    if (!fin_number_digit(p, end)) {
        return NULL;
    }

    for (value = 0; fin_number_digit(p, end); p++) {
        if (value < FIN_NUMBER_EXPONENT_MAX) {
            value = value * 10 + (*p - '0');
        }
    }

    *exponent = negative ? -value : value;

    return p;
}


/* *mantissa: where the digits, and the point among them, end. */
static const char *
fin_number_parse(const char *p, const char *end, fin_number_t *x,
    const char **mantissa)
{
    int64_t      exponent;
    const char  *start;

    x->digits = 0;
    x->n = 0;
    x->exponent = 0;
    x->more = 0;
    x->negative = p < end && *p == '-';
    p += x->negative;

    start = p;
    p = fin_number_digits(p, end, x, 0);

    if (p == start || (*start == '0' && p - start > 1)) {
        return NULL;
    }

    if (p < end && *p == '.') {
        start = ++p;
        p = fin_number_digits(p, end, x, 1);

        if (p == start) {
            return NULL;
        }
    }

    *mantissa = p;

    if (p < end && (*p == 'e' || *p == 'E')) {
        p = fin_number_exponent(p + 1, end, &exponent);
        if (p == NULL) {
            return NULL;
        }

        x->exponent += exponent;
    }

    return p;
}


/*
 * a / 10^k, rounded once: the quotient has 63 bits or more, and its last one
 * stands for the remainder, which is far behind where a double ends.
 */
static double
fin_number_divide(uint64_t a, unsigned k)
{
    int                up, down;
    uint64_t           d, q;
    fin_number_u128_t  n;

    d = fin_number_pow10_u64[k];
    up = __builtin_clzll(a);
    down = __builtin_clzll(d);

    n = (fin_number_u128_t) (a << up) << 63;
    d <<= down;
    q = (uint64_t) (n / d);

    if ((fin_number_u128_t) q * d != n) {
        q |= 1;
    }

    return ldexp((double) q, down - up - 63);
}


/* 0 where neither way is exact. */
static int
fin_number_exact(const fin_number_t *x, double *value)
{
    if (x->more) {
        return 0;
    }

    if (x->digits == 0 || x->exponent == 0) {
        *value = (double) x->digits;
        return 1;
    }

    if (x->digits <= UINT64_C(1) << 53) {

        if (x->exponent >= -22 && x->exponent < 0) {
            *value = (double) x->digits / fin_number_pow10[-x->exponent];
            return 1;
        }

        if (x->exponent > 0 && x->exponent <= 22) {
            *value = (double) x->digits * fin_number_pow10[x->exponent];
            return 1;
        }
    }

    if (x->exponent >= -19 && x->exponent < 0) {
        *value = fin_number_divide(x->digits, (unsigned) -x->exponent);
        return 1;
    }

    return 0;
}


/* The digits anew, from p to the mantissa's end: more of them count here. */
static double
fin_number_slow(const char *p, const char *mantissa, const fin_number_t *x)
{
    char     buf[FIN_NUMBER_ENOUGH + 32];
    size_t   n;
    int64_t  exponent;
    int      more;

    exponent = x->exponent;
    more = 0;

    for (n = 0; p < mantissa; p++) {

        if (*p == '.' || (*p == '0' && n == 0)) {
            continue;
        }

        if (n < FIN_NUMBER_ENOUGH) {
            buf[n++] = *p;
            exponent -= n > FIN_NUMBER_DIGITS;

        } else {
            more |= *p != '0';
        }
    }

    if (more) {
        buf[n++] = '1';
        exponent--;
    }

    (void) snprintf(buf + n, sizeof(buf) - n, "e%lld", (long long) exponent);

    return strtod(buf, NULL);
}


const char *
fin_scan_number_read(const char *p, const char *end, double *value)
{
    const char    *mantissa, *rest;
    fin_number_t   x;

    rest = fin_number_parse(p, end, &x, &mantissa);
    if (rest == NULL || value == NULL) {
        return rest;
    }

    if (!fin_number_exact(&x, value)) {
        *value = fin_number_slow(p + x.negative, mantissa, &x);
    }

    if (x.negative) {
        *value = -*value;
    }

    return rest;
}

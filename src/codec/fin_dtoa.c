/*
 * The shortest decimal of a double, after R. Giulietti, "The Schubfach way to
 * render doubles" (2020).  A double is c * 2^q and every decimal inside its
 * rounding interval reads back as it; with 10^k the greatest power of ten not
 * above the interval's width, at most one multiple of 10^(k+1) and at least
 * one of 10^k lie inside.  The first kind is shorter; of the second the nearest
 * is taken.  scripts/lib/make_dtoa_pow10.py shows that 128 bits of a power of
 * ten decide every comparison.
 */

#include <float.h>
#include <string.h>

#include "fin_out.h"
#include "fin_dtoa_pow10.h"


#define FIN_DTOA_FRACTION  0x000fffffffffffffULL
#define FIN_DTOA_HIDDEN    0x0010000000000000ULL
#define FIN_DTOA_BIAS      1075
#define FIN_DTOA_EXACT     9007199254740992.0   /* 2^53 */

typedef unsigned __int128  fin_u128_t;


static const char  fin_dtoa_pairs[201] =
    "00010203040506070809" "10111213141516171819"
    "20212223242526272829" "30313233343536373839"
    "40414243444546474849" "50515253545556575859"
    "60616263646566676869" "70717273747576777879"
    "80818283848586878889" "90919293949596979899";


static void
fin_dtoa_pair(char *p, uint64_t value)
{
    memcpy(p, fin_dtoa_pairs + 2 * value, 2);
}


/* value < 10^8, all eight digits */
static void
fin_dtoa_eight(char *p, uint64_t value)
{
    uint64_t  high, low;

    high = value / 10000;
    low = value % 10000;

    fin_dtoa_pair(p, high / 100);
    fin_dtoa_pair(p + 2, high % 100);
    fin_dtoa_pair(p + 4, low / 100);
    fin_dtoa_pair(p + 6, low % 100);
}


/* Writes value in decimal before end; returns where it begins. */
static char *
fin_dtoa_backwards(char *end, uint64_t value)
{
    while (value >= 100000000) {
        end -= 8;
        fin_dtoa_eight(end, value % 100000000);
        value /= 100000000;
    }

    while (value >= 100) {
        end -= 2;
        fin_dtoa_pair(end, value % 100);
        value /= 100;
    }

    if (value >= 10) {
        end -= 2;
        fin_dtoa_pair(end, value);
        return end;
    }

    *--end = (char) ('0' + value);
    return end;
}


static unsigned
fin_dtoa_count(uint64_t value)
{
    unsigned  n;

    for (n = 1; value >= 10000; n += 4) {
        value /= 10000;
    }

    return n + (value >= 10) + (value >= 100) + (value >= 1000);
}


size_t
fin_utoa(uint64_t value, char *out)
{
    unsigned  n;

    n = fin_dtoa_count(value);
    (void) fin_dtoa_backwards(out + n, value);

    return n;
}


/*
 * Prices: at most six decimals and 15 digits.  m / 10^6 is one correctly
 * rounded division of exact operands, so m has the digits of value when the
 * quotient is value; no two decimals of up to 15 digits read as one double, so
 * nothing shorter does.  0 when value is not of this kind.
 */
static size_t
fin_dtoa_price(double value, char *out)
{
    char      *p;
    uint64_t   m, part;

    if (FLT_EVAL_METHOD != 0 || value >= 1e9) {
        return 0;
    }

    m = (uint64_t) (value * 1e6 + 0.5);

    if ((double) m / 1e6 != value) {
        return 0;
    }

    p = out + fin_utoa(m / 1000000, out);
    part = m % 1000000;

    *p = '.';
    fin_dtoa_pair(p + 1, part / 10000);
    fin_dtoa_pair(p + 3, part / 100 % 100);
    fin_dtoa_pair(p + 5, part % 100);
    p += 7;

    while (p[-1] == '0') {
        p--;
    }

    return (size_t) (p - out);
}


/*
 * floor(x * 2^q * 10^-k), its lowest bit set too when that was no integer; g
 * is 10^-k, x is shifted by the caller so that the product's upper half is it.
 */
static uint64_t
fin_dtoa_scale(const uint64_t g[2], uint64_t x)
{
    fin_u128_t  low, high;
    uint64_t    inexact;

    low = (fin_u128_t) g[1] * x;
    high = (fin_u128_t) g[0] * x + (uint64_t) (low >> 64);
    inexact = (uint64_t) high | ((uint64_t) low >> 60);

    return (uint64_t) (high >> 64) | (inexact != 0);
}


/* The decimal digits * 10^*exponent of a positive double's bits. */
static uint64_t
fin_dtoa_shortest(uint64_t bits, int *exponent)
{
    int              q, k, h, biased, uneven, odd, below, above;
    uint64_t         c, s, ten, mid, left, right;
    const uint64_t  *g;

    biased = (int) (bits >> 52);
    c = bits & FIN_DTOA_FRACTION;

    /* the lower neighbour of a power of two is half as far as the upper */
    uneven = (c == 0 && biased > 1);

    if (biased != 0) {
        c |= FIN_DTOA_HIDDEN;
        q = biased - FIN_DTOA_BIAS;

    } else {
        q = 1 - FIN_DTOA_BIAS;
    }

    /* k = floor(log10(2^q)), of 3/4 * 2^q where uneven */
    k = (q * 1262611 - (uneven ? 524031 : 0)) >> 22;
    /* h = q + floor(log2(10^-k)) + 1, in 1..4 */
    h = q + ((-k * 1741647) >> 19) + 1;
    g = fin_pow10[-k - FIN_POW10_MIN];

    left = fin_dtoa_scale(g, (4 * c - 2 + (uint64_t) uneven) << h);
    mid = fin_dtoa_scale(g, (4 * c) << h);
    right = fin_dtoa_scale(g, (4 * c + 2) << h);

    /* all of these are in quarters of 10^k; an odd c excludes the ends */
    odd = (int) (c & 1);
    left += (uint64_t) odd;
    right -= (uint64_t) odd;
    *exponent = k;

    /* at most one multiple of ten; 0 is none, as left > 0 */
    s = mid / 4;
    ten = s / 10 * 10;
    below = left <= 4 * ten;
    above = 4 * (ten + 10) <= right;

    if (below || above) {
        return below ? ten : ten + 10;
    }

    below = left <= 4 * s;
    above = 4 * (s + 1) <= right;

    if (below && above) {
        /* the nearer; at the same distance the even one */
        below = mid < 4 * s + 2 || (mid == 4 * s + 2 && (s & 1) == 0);
    }

    return below ? s : s + 1;
}


/* digits[0..n-1] with the point after the first `point` of them. */
static size_t
fin_dtoa_plain(char *out, const char *digits, int n, int point)
{
    char  *p = out;

    if (point <= 0) {
        memcpy(p, "0.00000", 7);
        p += 2 - point;
        memcpy(p, digits, (size_t) n);
        return (size_t) (p + n - out);
    }

    if (point >= n) {
        memcpy(p, digits, (size_t) n);
        memset(p + n, '0', (size_t) (point - n));
        return (size_t) point;
    }

    memcpy(p, digits, (size_t) point);
    p += point;
    *p++ = '.';
    memcpy(p, digits + point, (size_t) (n - point));

    return (size_t) n + 1;
}


static size_t
fin_dtoa_exponent(char *out, const char *digits, int n, int exponent)
{
    char  *p = out;

    *p++ = digits[0];

    if (n > 1) {
        *p++ = '.';
        memcpy(p, digits + 1, (size_t) (n - 1));
        p += n - 1;
    }

    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    p += fin_utoa((uint64_t) (exponent < 0 ? -exponent : exponent), p);

    return (size_t) (p - out);
}


/* ECMAScript's Number::toString decides the form. */
static size_t
fin_dtoa_general(double value, char *out)
{
    int        n, exponent, point;
    char       buf[20], *digits;
    uint64_t   bits, d;

    memcpy(&bits, &value, sizeof(bits));

    d = fin_dtoa_shortest(bits, &exponent);
    digits = fin_dtoa_backwards(buf + sizeof(buf), d);
    n = (int) (buf + sizeof(buf) - digits);
    point = n + exponent;

    while (digits[n - 1] == '0') {
        n--;
    }

    if (point > 21 || point < -5) {
        return fin_dtoa_exponent(out, digits, n, point - 1);
    }

    return fin_dtoa_plain(out, digits, n, point);
}


size_t
fin_dtoa(double value, char *out)
{
    size_t    n;
    uint64_t  whole;

    if (!isfinite(value)) {
        memcpy(out, "null", 4);
        return 4;
    }

    if (value < 0) {
        *out = '-';
        return 1 + fin_dtoa(-value, out + 1);
    }

    if (value < FIN_DTOA_EXACT) {
        whole = (uint64_t) value;

        if ((double) whole == value) {
            return fin_utoa(whole, out);
        }
    }

    n = fin_dtoa_price(value, out);

    return n != 0 ? n : fin_dtoa_general(value, out);
}

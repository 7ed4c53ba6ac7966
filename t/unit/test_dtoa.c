/*
 * fin_dtoa: the shortest decimal, the closest of the shortest, judged by libc's
 * printf and strtod, which are exact.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/codec/fin_out.h"


/* Random bit patterns; FIN_TEST_N=... for a longer run. */
#define RANDOM_N  2000000


static uint64_t
next_random(uint64_t *state)
{
    uint64_t  z;

    *state += 0x9e3779b97f4a7c15;
    z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

    return z ^ (z >> 31);
}


static double
from_bits(uint64_t bits)
{
    double  v;

    memcpy(&v, &bits, sizeof(v));
    return v;
}


static uint64_t
to_bits(double v)
{
    uint64_t  bits;

    memcpy(&bits, &v, sizeof(bits));
    return bits;
}


/* Significant digits of a number's text, without zeros at either end. */
static size_t
significant(const char *text, char *digits)
{
    size_t  n;

    n = 0;

    for ( /* void */ ; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (n > 0 || *text != '0')) {
            digits[n++] = *text;
        }
    }

    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }

    digits[n] = '\0';
    return n;
}


/*
 * The best decimal of p digits that reads as v (> 0), or 0.  printf's is the
 * nearest of all; where the lower neighbour of v is nearer than the upper (a
 * power of two) the one above it can lie inside though the nearest does not.
 */
static int
oracle(double v, int p, char *text)
{
    int   i;

    snprintf(text, 40, "%.*e", p - 1, v);

    if (strtod(text, NULL) == v) {
        return 1;
    }

    if ((to_bits(v) & 0xfffffffffffff) != 0) {
        return 0;
    }

    for (i = p == 1 ? 0 : p; i >= 0; i--) {
        if (text[i] == '.') {
            continue;
        }

        if (text[i] != '9') {
            text[i]++;
            break;
        }

        text[i] = '0';
    }

    return i >= 0 && strtod(text, NULL) == v;
}


/* -?(0|[1-9][0-9]*)(.[0-9]+)?(e[+-][0-9]+)?, nothing after it */
static int
is_json(const char *s)
{
    s += *s == '-';

    if (*s == '0') {
        s++;

    } else {
        if (*s < '1' || *s > '9') {
            return 0;
        }

        s += strspn(s, "0123456789");
    }

    if (*s == '.') {
        if (strspn(s + 1, "0123456789") == 0) {
            return 0;
        }

        s += 1 + strspn(s + 1, "0123456789");
    }

    if (*s == 'e') {
        if ((s[1] != '+' && s[1] != '-') || s[2] < '1' || s[2] > '9') {
            return 0;
        }

        s += 2 + strspn(s + 2, "0123456789");
    }

    return *s == '\0';
}


static void
check(double v)
{
    char    text[FIN_DTOA_MAX + 1], best[40], a[40], b[40];
    size_t  n;

    memset(text, '#', sizeof(text));
    n = fin_dtoa(v, text);
    assert_in_range(n, 1, FIN_DTOA_MAX);
    text[n] = '\0';

    if (v == 0) {
        assert_string_equal(text, "0");
        return;
    }

    if (to_bits(strtod(text, NULL)) != to_bits(v) || !is_json(text)) {
        fail_msg("%a is written %s", v, text);
    }

    v = fabs(v);
    n = significant(text, a);

    if (n > 1 && oracle(v, (int) n - 1, best)) {
        fail_msg("%.17g is written %s, %s is shorter", v, text, best);
    }

    if (!oracle(v, (int) n, best)) {
        fail_msg("%.17g is written %s: the oracle has none", v, text);
    }

    (void) significant(best, b);

    if (strcmp(a, b) != 0) {
        fail_msg("%.17g is written %s, %s is closer", v, text, best);
    }
}


static void
test_text(void **state)
{
    size_t                                          i, n;
    char                                            out[FIN_DTOA_MAX + 1];
    static const struct { double v; const char *text; }  table[] = {
        { 0.0, "0" }, { -0.0, "0" }, { 1, "1" }, { -1, "-1" }, { 100, "100" },
        { 0.1, "0.1" }, { 0.3, "0.3" }, { 0.1 + 0.2, "0.30000000000000004" },
        { 645.57, "645.57" }, { 155.475, "155.475" }, { 12.3456, "12.3456" },
        { 12.34567, "12.34567" }, { -0.25, "-0.25" }, { 1234567, "1234567" },
        { 99999999999.9999, "99999999999.9999" },
        { 5e-324, "5e-324" }, { 1e-323, "1e-323" }, { -5e-324, "-5e-324" },
        { 2.2250738585072014e-308, "2.2250738585072014e-308" },
        { 2.225073858507201e-308, "2.225073858507201e-308" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { -1.7976931348623157e308, "-1.7976931348623157e+308" },
        { 1e20, "100000000000000000000" }, { 1e21, "1e+21" },
        { 1e22, "1e+22" }, { 1.5e22, "1.5e+22" }, { 1e23, "1e+23" },
        { 123456789012345680000.0, "123456789012345680000" },
        { 999999999999999900000.0, "999999999999999900000" },
        { 9007199254740991.0, "9007199254740991" },
        { 9007199254740992.0, "9007199254740992" },
        { 9007199254740993.0, "9007199254740992" },
        { 9007199254740994.0, "9007199254740994" },
        { 1e-5, "0.00001" }, { 1e-6, "0.000001" }, { 1.5e-6, "0.0000015" },
        { 1e-7, "1e-7" }, { 1.5e-7, "1.5e-7" }, { 0.0001, "0.0001" },
        { 2e-44, "2e-44" }, { 9.5367431640625e-7, "9.5367431640625e-7" },
        { 4.35, "4.35" }, { 2.98023223876953125e-8, "2.9802322387695312e-8" },
        { INFINITY, "null" }, { NAN, "null" }
    };

    (void) state;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        n = fin_dtoa(table[i].v, out);
        out[n] = '\0';
        assert_string_equal(out, table[i].text);
    }
}


static void
test_every_exponent(void **state)
{
    int       e, j;
    uint64_t  x, seed;

    (void) state;
    seed = 1;

    for (e = 0; e < 2047; e++) {
        x = (uint64_t) e << 52;

        for (j = 0; j < 4; j++) {
            check(from_bits(x + (uint64_t) j));
            check(from_bits(x + 0xfffffffffffff - (uint64_t) j));
            check(from_bits(x + (next_random(&seed) >> 12)));
            check(from_bits(x + ((uint64_t) 1 << (next_random(&seed) % 52))));
        }
    }
}


static void
test_random_bits(void **state)
{
    long         i, n;
    double       v;
    uint64_t     seed;
    const char  *env;

    (void) state;
    seed = 2;
    env = getenv("FIN_TEST_N");
    n = env != NULL ? atol(env) : RANDOM_N;

    for (i = 0; i < n; i++) {
        v = from_bits(next_random(&seed));

        if (isfinite(v)) {
            check(v);
        }
    }
}


/* Decimals of one to seventeen digits, where the fast paths begin and end. */
static void
test_decimals(void **state)
{
    int       i, digits;
    char      text[40];
    uint64_t  seed, m;

    (void) state;
    seed = 3;

    for (i = 0; i < 300000; i++) {
        digits = 1 + (int) (next_random(&seed) % 17);
        m = next_random(&seed) % (uint64_t) pow(10, digits);
        snprintf(text, sizeof(text), "%llue%d", (unsigned long long) m,
                 (int) (next_random(&seed) % 30) - 20);
        check(strtod(text, NULL));
    }
}


static void
test_prices(void **state)
{
    int           i, j;
    uint64_t      seed;
    const double  unit[] = { 1, 10, 100, 1000, 10000, 100000, 64, 8192 };

    (void) state;
    seed = 4;

    for (i = 1; i < 200000; i++) {
        check(i / 100.0);
    }

    for (i = 0; i < 100000; i++) {
        for (j = 0; j < 8; j++) {
            check((double) (next_random(&seed) >> (next_random(&seed) % 50 + 11))
                  / unit[j]);
        }
    }
}


static void
test_near_powers_of_ten(void **state)
{
    int       e;
    char      text[16];
    uint64_t  x, j;

    (void) state;

    for (e = -323; e <= 308; e++) {
        snprintf(text, sizeof(text), "1e%d", e);
        x = to_bits(strtod(text, NULL));

        for (j = 0; j < 20; j++) {
            check(from_bits(x + j));
            check(from_bits(x > j ? x - j : 0));
        }
    }
}


static void
test_utoa(void **state)
{
    int       i;
    char      out[21], want[24];
    size_t    n;
    uint64_t  seed, u;

    (void) state;
    seed = 5;

    for (i = 0; i < 100000; i++) {
        u = next_random(&seed) >> (next_random(&seed) % 64);

        if (i < 20) {
            u = (uint64_t) pow(10, i) - (uint64_t) (i % 2);
        }

        n = fin_utoa(i == 20 ? UINT64_MAX : u, out);
        out[n] = '\0';
        snprintf(want, sizeof(want), "%llu",
                 (unsigned long long) (i == 20 ? UINT64_MAX : u));
        assert_string_equal(out, want);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_every_exponent),
        cmocka_unit_test(test_random_bits),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_prices),
        cmocka_unit_test(test_near_powers_of_ten),
        cmocka_unit_test(test_utoa)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_scan.h"
#include "fin_scan_input.h"


/* The nearest double, as the C library finds it. */
static void
number(const char *text)
{
    char         *end, *p;
    size_t        len;
    double        actual, expected;
    const char   *rest;

    len = strlen(text);
    expected = strtod(text, &end);
    assert_true(end == text + len);

    p = fin_input_copy(text, len);
    actual = 0;
    rest = fin_scan_number_read(p, p + len, &actual);

    if (rest != p + len || memcmp(&actual, &expected, sizeof(double)) != 0) {
        fail_msg("%.60s: %.17g, not %.17g", text, actual, expected);
    }

    assert_ptr_equal(fin_scan_number_read(p, p + len, NULL), p + len);
    free(p);
}


static void
test_numbers(void **state)
{
    size_t  i;

    static const char *const  numbers[] = {
        "0", "-0", "-0.0", "0e5", "0.0e-999999999999999999999", "1", "-1",
        "9007199254740992", "9007199254740993", "9007199254740993.0",
        "18446744073709551615", "18446744073709551616",
        "9999999999999999999", "1617216055123456789", "-9223372036854775808",
        "1e22", "1e23", "9007199254740993e22", "123456789e-22", "1e-22",
        "1e-23", "0.1", "0.3", "2.2250738585072011e-308",
        "2.2250738585072014e-308", "4.9406564584124654e-324",
        "2.4703282292062327e-324", "2.4703282292062328e-324",
        "1.7976931348623157e308", "1.7976931348623159e308", "1e308", "1e309",
        "-1e309", "1e-400", "1e99999999999999999999",
        "-1e-99999999999999999999", "0.5000000000000000000000000000001",
        "8.5899345920000000001e9", "0.000000000000000000000000000001e30",
        "9007199254740992.5", "9007199254740992.9999999",
        "9007199254740993.00000000000000000000000000000000000001",
        "4503599627370497.5", "4503599627370496.5", "7.0060000000000002e-3",
        "0.99999999999999994", "0.99999999999999995",
        "179769313486231580793e289"
    };

    (void) state;

    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        number(numbers[i]);
    }
}


/* A number as it may be written: digits, a point among them, an exponent. */
static size_t
random_number(char *p, size_t digits, int exponent)
{
    size_t    i, point, n;
    uint64_t  least;

    n = 0;
    point = fin_random(digits + 1);

    if (fin_random(2)) {
        p[n++] = '-';
    }

    if (point == 0) {
        p[n++] = '0';
    }

    for (i = 0; i < digits; i++) {
        if (i == point) {
            p[n++] = '.';
        }

        /* no 0 to begin with, but for one before the point */
        least = i == 0 && point > 1;
        p[n++] = (char) ('0' + least + fin_random(10 - least));
    }

    if (fin_random(2)) {
        n += (size_t) sprintf(p + n, "%c%d", fin_random(2) ? 'e' : 'E',
                              (int) fin_random((uint64_t) exponent * 2)
                              - exponent);
    }

    p[n] = '\0';

    return n;
}


static void
test_random_numbers(void **state)
{
    int       i;
    char      text[2048];
    double    value;
    uint64_t  bits;

    (void) state;

    for (i = 0; i < 200000; i++) {
        (void) random_number(text, 1 + fin_random(22), 30);
        number(text);

        /* any double, in as many digits as make it up, more, or fewer */
        do {
            bits = fin_random(UINT64_MAX);
            memcpy(&value, &bits, sizeof(value));
        } while (!isfinite(value));

        (void) sprintf(text, "%.*e", (int) (12 + fin_random(10)), value);
        number(text);

        /* what markets send */
        (void) sprintf(text, "%.*f", (int) (1 + fin_random(18)),
                       (double) fin_random(1000000) / 7919);
        number(text);
    }

    for (i = 0; i < 2000; i++) {
        (void) random_number(text, 1 + fin_random(1200), 400);
        number(text);
    }
}


/* Halfway between two doubles, and a little beside it, far behind. */
static void
test_midpoints(void **state)
{
    int          i;
    char         text[2048];
    size_t       n;
    uint64_t     bits;
    double       value;
    long double  middle;

    (void) state;

    for (i = 0; i < 2000; i++) {
        /* the point half a unit above, exact in as many digits as it has */
        bits = fin_random(UINT64_C(1) << 52) | UINT64_C(1) << 52;
        value = (double) bits;
        middle = ((long double) value + 0.5L) / (1 << fin_random(10));
        (void) sprintf(text, "%.40Lf", middle);
        number(text);

        n = strlen(text);
        text[n - 1] = (char) ('1' + fin_random(9));
        number(text);

        memset(text + n, '0', 900);
        (void) strcpy(text + n + 900, "1");
        number(text);
        text[n - 1] = '0';
        number(text);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_random_numbers),
        cmocka_unit_test(test_midpoints)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/market/server_text.c src/market/server_buf.c -lm */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/market/market_text.h"


static void
test_day(void **state)
{
    size_t  i;
    double  day;

    static const struct {
        const char  *text;
        double       day;       /* 0: refused */
    } cases[] = {
        { "2014-06-06", 20140606 }, { "2016-02-29", 20160229 },
        { "2000-02-29", 20000229 }, { "1900-02-29", 0 },
        { "2015-02-29", 0 }, { "2014-13-01", 0 }, { "2014-00-10", 0 },
        { "2014-04-31", 0 }, { "2014-06-6", 0 }, { "2014-06-060", 0 },
        { "", 0 }, { "2014/06/06", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        day = 0;
        assert_int_equal(market_parse_day(cases[i].text, &day),
                         cases[i].day > 0);
        assert_true(day == cases[i].day);
    }
}


static void
test_day_of_ms(void **state)
{
    (void) state;

    /* midnight in New York in winter (05:00 UTC) and summer (04:00 UTC) */

    assert_true(market_day_of_ms(1325566800000.0) == 20120103);
    assert_true(market_day_of_ms(1402027200000.0) == 20140606);
    assert_true(market_day_of_ms(1402027199999.0) == 20140605);
    assert_true(market_day_of_ms(951800400000.0) == 20000229);
    assert_true(market_day_of_ms(1e300) == 0);
}


static void
test_numbers(void **state)
{
    double     x;
    long long  n;

    (void) state;

    assert_true(market_parse_double("492.5", &x) && x == 492.5);
    assert_false(market_parse_double("1e999", &x));
    assert_false(market_parse_double("nan", &x));
    assert_false(market_parse_double("0x10", &x));
    assert_false(market_parse_double("1 ", &x));
    assert_false(market_parse_double("", &x));

    assert_true(market_parse_int("250", 1, 250, &n) && n == 250);
    assert_false(market_parse_int("251", 1, 250, &n));
    assert_false(market_parse_int("99999999999999999999", 0, INT64_MAX, &n));
    assert_false(market_parse_int(" 1", 0, 9, &n));
    assert_false(market_parse_int("1x", 0, 9, &n));
}


static void
test_arg(void **state)
{
    size_t  i;
    char    out[8];

    static const char  query[] = "a=1&strike.gt=5&s=%41+b&bad=%4&long=12345678"
                                 "&a=2&&flag&empty=";

    static const struct {
        const char  *name;
        int          rc;
        const char  *value;
    } cases[] = {
        { "a", 1, "1" }, { "strike.gt", 1, "5" }, { "strike", 0, NULL },
        { "s", 1, "A b" }, { "bad", -1, NULL }, { "long", -1, NULL },
        { "flag", 0, NULL }, { "empty", 1, "" }, { "", 0, NULL }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(market_arg(query, sizeof(query) - 1, cases[i].name,
                                    out, sizeof(out)), cases[i].rc);

        if (cases[i].rc == 1) {
            assert_string_equal(out, cases[i].value);
        }
    }
}


static void
test_base64(void **state)
{
    int           n;
    char          out[8];
    size_t        i;
    market_buf_t  buf;

    static const char *const  pairs[][2] = {
        { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg" }, { "\xff\xfe\xfd", "__79" }
    };

    (void) state;

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        memset(&buf, 0, sizeof(buf));
        market_base64_encode(&buf, pairs[i][0], strlen(pairs[i][0]));
        market_buf_add(&buf, "", 1);
        assert_string_equal(buf.data, pairs[i][1]);

        n = market_base64_decode(pairs[i][1], strlen(pairs[i][1]), out,
                                 sizeof(out));
        assert_int_equal(n, strlen(pairs[i][0]));
        assert_string_equal(out, pairs[i][0]);
        market_buf_free(&buf);
    }

    assert_int_equal(market_base64_decode("a!", 2, out, sizeof(out)), -1);
    assert_int_equal(market_base64_decode("QUFBQUFBQUFBQUFB", 16, out,
                                          sizeof(out)), -1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_day),
        cmocka_unit_test(test_day_of_ms),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_arg),
        cmocka_unit_test(test_base64)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

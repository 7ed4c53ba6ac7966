#include <string.h>

#include "fin_assert.h"
#include "fin_status.h"


static const struct {
    fin_status_t  status;
    const char   *name;
    int           http;
} rows[] = {
    { FIN_OK, "ok", 200 },
    { FIN_E_NOMEM, "nomem", 500 },
    { FIN_E_SYNTAX, "syntax", 502 },
    { FIN_E_SHAPE, "shape", 502 },
    { FIN_E_VALUE, "value", 502 },
    { FIN_E_NO_DATA, "no_data", 404 },
    { FIN_E_NOT_FOUND, "not_found", 404 },
    { FIN_E_NOT_ENTITLED, "not_entitled", 502 },
    { FIN_E_UNAUTHORIZED, "unauthorized", 502 },
    { FIN_E_THROTTLED, "throttled", 503 },
    { FIN_E_UPSTREAM, "upstream", 502 },
    { FIN_E_TRUNCATED, "truncated", 502 },
    { FIN_E_TOO_BIG, "too_big", 502 },
    { FIN_E_TIMEOUT, "timeout", 504 },
    { FIN_E_BUSY, "busy", 503 },
    { FIN_E_REDIS, "redis", 503 },
    { FIN_E_CANCELLED, "cancelled", 503 },
    { FIN_E_INTERNAL, "internal", 500 },
    { FIN_E_BUDGET, "budget", 503 }
};


static void
test_table(void **state)
{
    size_t  i;

    (void) state;

    assert_int_equal(sizeof(rows) / sizeof(rows[0]), FIN_STATUS_COUNT);

    for (i = 0; i < FIN_STATUS_COUNT; i++) {
        assert_int_equal(rows[i].status, i);
        assert_string_equal(fin_status_name(rows[i].status), rows[i].name);
        assert_int_equal(fin_status_http(rows[i].status), rows[i].http);
    }
}


static void
test_details_are_distinct_sentences(void **state)
{
    size_t       i, j;
    const char  *detail;

    (void) state;

    for (i = 0; i < FIN_STATUS_COUNT; i++) {
        detail = fin_status_detail((fin_status_t) i);

        assert_in_range(detail[0], 'A', 'Z');
        assert_true(detail[strlen(detail) - 1] != '.');

        for (j = 0; j < i; j++) {
            assert_string_not_equal(detail,
                                    fin_status_detail((fin_status_t) j));
        }
    }
}


static void
test_unknown_code(void **state)
{
    (void) state;

    assert_string_equal(fin_status_name(FIN_STATUS_COUNT), "internal");
    assert_int_equal(fin_status_http((fin_status_t) 999), 500);
    assert_string_equal(fin_status_detail((fin_status_t) -1),
                        fin_status_detail(FIN_E_INTERNAL));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_details_are_distinct_sentences),
        cmocka_unit_test(test_unknown_code)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

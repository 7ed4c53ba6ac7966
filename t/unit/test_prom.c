/* Prometheus' text: what is written, byte for byte. */

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_prom.h"


static fin_out_t  out;


static void
assert_text(const char *text)
{
    assert_int_equal(fin_out_status(&out), FIN_OK);
    assert_int_equal(out.len, strlen(text));
    assert_memory_equal(out.data, text, out.len);
}


static int
setup(void **state)
{
    (void) state;

    fin_out_init(&out, 65536);

    return 0;
}


static int
teardown(void **state)
{
    (void) state;

    fin_out_free(&out);

    return 0;
}


static void
test_family(void **state)
{
    (void) state;

    fin_prom_family(&out, "a_total", "With \"quotes\", a \\ and\na line.",
                    FIN_PROM_COUNTER);
    fin_prom_family(&out, "b", "x", FIN_PROM_GAUGE);
    fin_prom_family(&out, "c_seconds", "x", FIN_PROM_HISTOGRAM);

    assert_text("# HELP a_total With \"quotes\", a \\\\ and\\na line.\n"
                "# TYPE a_total counter\n"
                "# HELP b x\n# TYPE b gauge\n"
                "# HELP c_seconds x\n# TYPE c_seconds histogram\n");
}


static void
test_samples(void **state)
{
    static const fin_prom_label_t  labels[] = {
        { "route", "a\"b\\c\nd" }, { "status", "" }
    };

    (void) state;

    fin_prom_int(&out, "a", NULL, 0, 0);
    fin_prom_int(&out, "a", NULL, 0, -7);
    fin_prom_int(&out, "a", NULL, 0, INT64_MAX);
    fin_prom_int(&out, "a", NULL, 0, INT64_MIN);
    fin_prom_int(&out, "a", labels, 1, 1);
    fin_prom_int(&out, "a", labels, 2, 2);

    assert_text("a 0\na -7\na 9223372036854775807\na -9223372036854775808\n"
                "a{route=\"a\\\"b\\\\c\\nd\"} 1\n"
                "a{route=\"a\\\"b\\\\c\\nd\",status=\"\"} 2\n");
}


static void
test_seconds(void **state)
{
    size_t  i;

    static const struct {
        uint64_t     usec;
        const char  *text;
    } rows[] = {
        { 0, "a 0\n" }, { 1, "a 0.000001\n" }, { 10, "a 0.00001\n" },
        { 250000, "a 0.25\n" }, { 999999, "a 0.999999\n" },
        { 1000000, "a 1\n" }, { 1000001, "a 1.000001\n" },
        { 30000000, "a 30\n" }, { 1200300, "a 1.2003\n" },
        { UINT64_MAX, "a 18446744073709.551615\n" }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        setup(state);
        fin_prom_usec(&out, "a", NULL, 0, rows[i].usec);
        assert_text(rows[i].text);
        teardown(state);
    }

    setup(state);
}


static void
test_times(void **state)
{
    static const uint32_t          bounds[] = { 10, 2500, 1000000 };
    static const uint64_t          buckets[] = { 2, 0, 3, 1 };
    static const fin_prom_label_t  labels[] = { { "route", "x" } };

    fin_prom_times_t  times = { bounds, buckets, 3, 31000020 };

    (void) state;

    fin_prom_times(&out, "t_seconds", labels, 1, &times);
    fin_prom_times(&out, "u_seconds", NULL, 0, &times);

    assert_text("t_seconds_bucket{route=\"x\",le=\"0.00001\"} 2\n"
                "t_seconds_bucket{route=\"x\",le=\"0.0025\"} 2\n"
                "t_seconds_bucket{route=\"x\",le=\"1\"} 5\n"
                "t_seconds_bucket{route=\"x\",le=\"+Inf\"} 6\n"
                "t_seconds_sum{route=\"x\"} 31.00002\n"
                "t_seconds_count{route=\"x\"} 6\n"
                "u_seconds_bucket{le=\"0.00001\"} 2\n"
                "u_seconds_bucket{le=\"0.0025\"} 2\n"
                "u_seconds_bucket{le=\"1\"} 5\n"
                "u_seconds_bucket{le=\"+Inf\"} 6\n"
                "u_seconds_sum 31.00002\n"
                "u_seconds_count 6\n");
}


/* an error sticks and nothing is written past the bound */

static void
test_bound(void **state)
{
    static const uint32_t  bounds[] = { 10 };
    static const uint64_t  buckets[] = { 1, 1 };

    fin_prom_times_t  times = { bounds, buckets, 1, 20 };

    fin_out_free(&out);
    fin_out_init(&out, 40);

    (void) state;

    fin_prom_times(&out, "t_seconds", NULL, 0, &times);
    fin_prom_int(&out, "a", NULL, 0, 1);

    assert_int_equal(fin_out_status(&out), FIN_E_TOO_BIG);
    assert_true(out.len <= 40);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_family, setup, teardown),
        cmocka_unit_test_setup_teardown(test_samples, setup, teardown),
        cmocka_unit_test_setup_teardown(test_seconds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_times, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bound, setup, teardown)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

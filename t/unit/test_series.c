#include <float.h>

#include "fin_assert.h"
#include "fin_bars.h"
#include "fin_series.h"


#define BARS  5


typedef struct {
    const char  *what;
    size_t       index;
    char         field;                 /* the field that is set */
    double       value;
    const char  *bad;                   /* NULL: taken */
} row_t;


static const row_t  rows[] = {
    { "as it is", 0, 'c', 10, NULL },
    { "missing open", 0, 'o', NAN, "o" },
    { "missing high", 2, 'h', NAN, "h" },
    { "missing low", 4, 'l', NAN, "l" },
    { "missing close", 1, 'c', NAN, "c" },
    { "infinite close", 1, 'c', INFINITY, "c" },
    { "infinite high", 3, 'h', INFINITY, "h" },
    { "negative infinite low", 3, 'l', -INFINITY, "l" },
    { "zero open", 0, 'o', 0, "o" },
    { "negative zero low", 0, 'l', -0.0, "l" },
    { "negative close", 4, 'c', -10, "c" },
    { "least positive low", 4, 'l', DBL_TRUE_MIN, NULL },
    { "greatest high", 4, 'h', DBL_MAX, NULL },
    { "h = l", 2, 'h', 9, NULL },
    { "h < l", 2, 'h', 8.99, "h" },
    { "close over the high", 2, 'c', 12, NULL },
    { "volume absent", 2, 'v', NAN, NULL },
    { "vw absent", 2, 'w', NAN, NULL }
};


static fin_series_t
series(fin_bar_t *bar)
{
    size_t  i;

    fin_bars_dates(bar, BARS);

    for (i = 0; i < BARS; i++) {
        bar[i].o = 10;
        bar[i].h = 11;
        bar[i].l = 9;
        bar[i].c = 10;
        bar[i].v = 1000;
    }

    return (fin_series_t) { bar, BARS };
}


static void
set(fin_bar_t *bar, char field, double value)
{
    switch (field) {
    case 'o': bar->o = value; break;
    case 'h': bar->h = value; break;
    case 'l': bar->l = value; break;
    case 'c': bar->c = value; break;
    case 'v': bar->v = value; break;
    default: bar->vw = value; break;
    }
}


static void
test_prices(void **state)
{
    size_t        i, index;
    fin_bar_t     bar[BARS];
    const char   *field;
    fin_series_t  s;

    (void) state;

    for (i = 0; i < FIN_N(rows); i++) {
        s = series(bar);
        set(&bar[rows[i].index], rows[i].field, rows[i].value);
        index = 99;
        field = "-";

        print_message("  %s\n", rows[i].what);

        if (rows[i].bad == NULL) {
            assert_int_equal(fin_series_check(s, &index, &field), FIN_OK);
            assert_int_equal(index, 99);
            assert_string_equal(field, "-");
            continue;
        }

        assert_int_equal(fin_series_check(s, &index, &field), FIN_E_VALUE);
        assert_int_equal(index, rows[i].index);
        assert_string_equal(field, rows[i].bad);
    }
}


static void
test_order(void **state)
{
    size_t        i, index;
    fin_bar_t     bar[BARS];
    const char   *field;
    fin_series_t  s;

    static const struct {
        size_t   index;
        int64_t  t;
        int64_t  from;                  /* the bar it is relative to, or -1 */
        int      ok;
    } order[] = {
        { 1, 0, 0, 0 },                 /* equal */
        { 1, -1, 0, 0 },
        { 1, 1, 0, 1 },
        { 4, 0, 3, 0 },
        { 4, 1, 3, 1 },
        { 0, -62167219200000, -1, 0 },  /* the year -1 in New York */
        { 0, INT64_MIN, -1, 0 },
        { 4, INT64_MAX, -1, 0 },
        { 4, 253402300800000, -1, 0 },
        { 4, 253402300799999, -1, 1 },
        { 0, -1, -1, 1 }                /* before 1970 */
    };

    (void) state;

    for (i = 0; i < FIN_N(order); i++) {
        s = series(bar);
        bar[order[i].index].t = order[i].t
                       + (order[i].from < 0 ? 0 : bar[order[i].from].t);

        if (order[i].ok) {
            assert_int_equal(fin_series_check(s, &index, &field), FIN_OK);
            continue;
        }

        assert_int_equal(fin_series_check(s, &index, &field), FIN_E_VALUE);
        assert_int_equal(index, order[i].index);
        assert_string_equal(field, "t");
    }
}


static void
test_sizes(void **state)
{
    size_t        index;
    fin_bar_t     bar[BARS];
    const char   *field;
    fin_series_t  s;

    (void) state;

    s = series(bar);

    s.n = 1;
    assert_int_equal(fin_series_check(s, &index, &field), FIN_OK);

    s.n = 0;
    assert_int_equal(fin_series_check(s, &index, &field), FIN_E_NO_DATA);

    s.bar = NULL;
    assert_int_equal(fin_series_check(s, &index, &field), FIN_E_NO_DATA);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_prices),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_sizes)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

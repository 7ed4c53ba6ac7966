/* Support and resistance levels, and the ranges (52 weeks, swing). */

#include <stdlib.h>

#include "fin_assert.h"
#include "fin_bars.h"
#include "fin_indicators.h"


#define BARS_MAX  400
#define TOPS_MAX  8


static const struct {
    size_t        index;
    fin_levels_t  support, resistance;
} golden[] = {
#include "../golden/levels/golden.inc"
};


/* A bar that stands out: its low where low > 0, its high where high > 0. */
typedef struct {
    size_t  index;
    double  low, high;
} top_t;


/* Strictly rising bars have no pivot but those that are put in. */
static fin_series_t
rising(fin_bar_t *bar, size_t n, const top_t *top)
{
    size_t  i;

    fin_bars_dates(bar, n);

    for (i = 0; i < n; i++) {
        bar[i].l = 1000 + (double) i;
        bar[i].h = bar[i].l + 0.5;
        bar[i].o = bar[i].c = bar[i].l;
    }

    for (i = 0; i < TOPS_MAX; i++) {
        if (top[i].low > 0) {
            bar[top[i].index].l = top[i].low;
        }

        if (top[i].high > 0) {
            bar[top[i].index].h = top[i].high;
        }
    }

    return (fin_series_t) { bar, n };
}


static void
check(const fin_levels_t *actual, const fin_levels_t *expected, double rel,
    const char *what)
{
    unsigned  i;

    if (actual->n != expected->n) {
        fail_msg("%s: %u levels, expected %u", what, actual->n, expected->n);
    }

    for (i = 0; i < actual->n; i++) {
        fin_assert_close_row(actual->level[i], expected->level[i], rel, 0,
                             "%s, level %u", what, i);
    }
}


typedef struct {
    const char    *what;
    size_t         n;
    top_t          top[TOPS_MAX];
    double         price;
    fin_levels_t   support, resistance;
} row_t;


static const row_t  rows[] = {
    { "no pivot", 300, { { 0 } }, 1100, { { 0 }, 0 }, { { 0 }, 0 } },
    { "one low", 60, { { 30, 100, 0 } }, 1100,
      { { 100 }, 1 }, { { 0 }, 0 } },
    { "one high", 60, { { 30, 0, 2000 } }, 1100,
      { { 0 }, 0 }, { { 2000 }, 1 } },
    { "a low over the price resists", 60, { { 30, 500, 0 } }, 400,
      { { 0 }, 0 }, { { 500 }, 1 } },
    { "a high under it supports", 60, { { 30, 0, 2000 } }, 3000,
      { { 2000 }, 1 }, { { 0 }, 0 } },
    { "at the price: neither", 60, { { 30, 100, 0 } }, 100,
      { { 0 }, 0 }, { { 0 }, 0 } },
    { "a cent under the level", 60, { { 30, 100, 0 } }, 99.99,
      { { 0 }, 0 }, { { 100 }, 1 } },
    { "a cent over it", 60, { { 30, 100, 0 } }, 100.01,
      { { 100 }, 1 }, { { 0 }, 0 } },
    { "the mean of equals is their price", 100,
      { { 10, 10.1, 0 }, { 20, 10.1, 0 }, { 30, 10.1, 0 } }, 10.1,
      { { 0 }, 0 }, { { 0 }, 0 } },
    { "the mean of two is the price but for rounding", 100,
      { { 10, 10.1, 0 }, { 20, 10.2, 0 } }, 10.15,
      { { 0 }, 0 }, { { 0 }, 0 } },

    { "five neighbours before: bar 5 has them", 60, { { 5, 100, 0 } }, 1100,
      { { 100 }, 1 }, { { 0 }, 0 } },
    { "bar 4 has not", 60, { { 4, 100, 0 } }, 1100,
      { { 0 }, 0 }, { { 0 }, 0 } },
    { "five after: the last but five has them", 60, { { 54, 100, 0 } }, 1100,
      { { 100 }, 1 }, { { 0 }, 0 } },
    { "the last but four has not", 60, { { 55, 100, 0 } }, 1100,
      { { 0 }, 0 }, { { 0 }, 0 } },
    { "eleven bars", 11, { { 5, 100, 200000 } }, 1100,
      { { 100 }, 1 }, { { 200000 }, 1 } },
    { "ten bars", 10, { { 5, 100, 200000 } }, 1100,
      { { 0 }, 0 }, { { 0 }, 0 } },

    { "a lower low five before", 60, { { 25, 90, 0 }, { 30, 100, 0 } }, 1100,
      { { 90 }, 1 }, { { 0 }, 0 } },
    { "six before", 60, { { 24, 90, 0 }, { 30, 100, 0 } }, 1100,
      { { 100, 90 }, 2 }, { { 0 }, 0 } },
    { "a lower low five after", 60, { { 35, 90, 0 }, { 30, 100, 0 } }, 1100,
      { { 90 }, 1 }, { { 0 }, 0 } },
    { "six after", 60, { { 36, 90, 0 }, { 30, 100, 0 } }, 1100,
      { { 100, 90 }, 2 }, { { 0 }, 0 } },
    { "a higher high five after", 60, { { 35, 0, 2900 }, { 30, 0, 2500 } },
      1100, { { 0 }, 0 }, { { 2900 }, 1 } },
    { "six after", 60, { { 36, 0, 2900 }, { 30, 0, 2500 } },
      1100, { { 0 }, 0 }, { { 2500, 2900 }, 2 } },
    { "equal neighbours are both pivots: weights two to one", 60,
      { { 20, 100, 0 }, { 22, 100, 0 }, { 40, 101.2, 0 } }, 1100,
      { { 301.2 / 3 }, 1 }, { { 0 }, 0 } },

    { "the first of the last 252", 300, { { 48, 100, 0 } }, 2000,
      { { 100 }, 1 }, { { 0 }, 0 } },
    { "the bar before it", 300, { { 47, 100, 0 } }, 2000,
      { { 0 }, 0 }, { { 0 }, 0 } },
    { "a neighbour before the window rules it out", 300,
      { { 48, 100, 0 }, { 43, 90, 0 } }, 2000, { { 0 }, 0 }, { { 0 }, 0 } },
    { "what is no neighbour does not", 300,
      { { 48, 100, 0 }, { 42, 90, 0 } }, 2000,
      { { 100 }, 1 }, { { 0 }, 0 } },
    { "a high whose neighbour lies before", 300,
      { { 50, 0, 2500 }, { 46, 0, 2501 } }, 2000,
      { { 0 }, 0 }, { { 0 }, 0 } },

    { "1.5 % is within", 60, { { 20, 100, 0 }, { 30, 101.5, 0 } }, 1100,
      { { 100.75 }, 1 }, { { 0 }, 0 } },
    { "a cent more is not", 60, { { 20, 100, 0 }, { 30, 101.51, 0 } }, 1100,
      { { 101.51, 100 }, 2 }, { { 0 }, 0 } },
    { "1.5 % of a price that rounds up", 60,
      { { 20, 10, 0 }, { 30, 10.15, 0 } }, 1100,
      { { 10.075 }, 1 }, { { 0 }, 0 } },
    { "a cent more is not", 60, { { 20, 10, 0 }, { 30, 10.16, 0 } }, 1100,
      { { 10.16, 10 }, 2 }, { { 0 }, 0 } },
    { "the mean moves: 102.26 is within 1.5 % of 100.75", 90,
      { { 20, 100, 0 }, { 30, 101.5, 0 }, { 40, 102.26, 0 } }, 1100,
      { { 303.76 / 3 }, 1 }, { { 0 }, 0 } },
    { "102.27 is not", 90,
      { { 20, 100, 0 }, { 30, 101.5, 0 }, { 40, 102.27, 0 } }, 1100,
      { { 102.27, 100.75 }, 2 }, { { 0 }, 0 } },
    { "a high and a low are pooled", 90,
      { { 20, 0, 2000 }, { 40, 0, 2020 }, { 60, 990, 0 } }, 1500,
      { { 990 }, 1 }, { { 2010 }, 1 } },
    { "pooled across the kinds", 60,
      { { 20, 1014, 0 }, { 14, 0, 1020 } }, 1500,
      { { 1017 }, 1 }, { { 0 }, 0 } },

    { "three supports, nearest first", 90,
      { { 10, 100, 0 }, { 20, 300, 0 }, { 30, 200, 0 }, { 40, 500, 0 },
        { 50, 400, 0 } }, 1100,
      { { 500, 400, 300 }, 3 }, { { 0 }, 0 } },
    { "three resistances, nearest first", 90,
      { { 10, 0, 4000 }, { 20, 0, 3000 }, { 30, 0, 6000 }, { 40, 0, 5000 },
        { 50, 0, 2000 } }, 1100,
      { { 0 }, 0 }, { { 2000, 3000, 4000 }, 3 } },
    { "both sides", 90,
      { { 10, 100, 0 }, { 20, 300, 0 }, { 30, 200, 0 } }, 250,
      { { 200, 100 }, 2 }, { { 300 }, 1 } }
};


static void
test_rows(void **state)
{
    size_t        i;
    double        scratch[FIN_LEVELS_SCRATCH];
    fin_bar_t     bar[BARS_MAX];
    fin_series_t  s;
    fin_levels_t  support, resistance;

    (void) state;

    for (i = 0; i < FIN_N(rows); i++) {
        s = rising(bar, rows[i].n, rows[i].top);
        fin_levels(s, rows[i].price, scratch, &support, &resistance);

        check(&support, &rows[i].support, 1e-14, rows[i].what);
        check(&resistance, &rows[i].resistance, 1e-14, rows[i].what);
    }
}


static void
test_golden(void **state)
{
    char          what[32];
    size_t        i, at;
    double        scratch[FIN_LEVELS_SCRATCH];
    fin_bar_t     bar[FIN_GOLDEN_BARS];
    fin_series_t  s;
    fin_levels_t  support, resistance;

    (void) state;

    s = fin_bars_golden(bar);

    for (i = 0; i < FIN_N(golden); i++) {
        at = golden[i].index;
        snprintf(what, sizeof(what), "after bar %zu", at);

        fin_levels(fin_bars_first(s, at + 1), bar[at].c, scratch, &support,
                   &resistance);

        check(&support, &golden[i].support, 1e-13, what);
        check(&resistance, &golden[i].resistance, 1e-13, what);
    }
}


/* Every bar of a flat series is two pivots: the scratch must hold them. */
static void
test_most_pivots(void **state)
{
    size_t        i;
    double        closes[BARS_MAX], *scratch;
    fin_bar_t     bar[BARS_MAX];
    fin_series_t  s;
    fin_levels_t  support, resistance;

    (void) state;

    for (i = 0; i < BARS_MAX; i++) {
        closes[i] = 33.3;
    }

    s = fin_bars_closes(bar, closes, BARS_MAX);

    scratch = malloc(FIN_LEVELS_SCRATCH * sizeof(double));
    assert_non_null(scratch);

    fin_levels(s, 33.3, scratch, &support, &resistance);
    assert_int_equal(support.n + resistance.n, 0);

    fin_levels(s, 40, scratch, &support, &resistance);
    assert_int_equal(support.n, 1);
    fin_assert_same(support.level[0], 33.3);

    s.n = 0;
    fin_levels(s, 40, scratch, &support, &resistance);
    assert_int_equal(support.n + resistance.n, 0);

    free(scratch);
}


/* Two bars; the first so many days before the last, extreme on both sides. */
static const struct {
    const char  *first, *last;
    int          counts;
} years[] = {
    { "2023-06-01", "2024-05-31", 1 },  /* 365 days over a leap day */
    { "2023-05-31", "2024-05-31", 0 },  /* 366 */
    { "2023-06-02", "2024-05-31", 1 },  /* 364 */
    { "2022-05-31", "2023-05-31", 1 },
    { "2022-05-30", "2023-05-31", 0 },
    /* 365 days of which the clocks make 364.96 and 365.04 */
    { "2024-03-09", "2025-03-09", 1 },
    { "2024-03-12", "2025-03-12", 1 },
    { "2024-11-04", "2025-11-04", 1 },
    { "2024-11-02", "2025-11-02", 1 },
    { "2024-11-01", "2025-11-02", 0 },
    { "2006-03-20", "2007-03-20", 1 },
    { "2006-03-19", "2007-03-20", 0 }
};


static void
test_52_weeks(void **state)
{
    size_t        i;
    double        high, low;
    fin_bar_t     bar[3];
    fin_series_t  s = { bar, 3 };

    (void) state;

    for (i = 0; i < FIN_N(years); i++) {
        fin_bars_dates(bar, 3);

        bar[0].t = fin_ny_midnight(fin_date_parse(years[i].first, 10));
        bar[2].t = fin_ny_midnight(fin_date_parse(years[i].last, 10));
        bar[1].t = bar[2].t - 3 * FIN_DAY_MS;

        bar[0].h = 20, bar[0].l = 1;
        bar[1].h = 12, bar[1].l = 9;
        bar[2].h = 11, bar[2].l = 8;

        fin_high_low_52week(s, &high, &low);

        fin_assert_close_row(high, years[i].counts ? 20 : 12, 0, 0, "%s %s",
                             years[i].first, years[i].last);
        fin_assert_same(low, years[i].counts ? 1 : 8);
    }
}


static void
test_swing(void **state)
{
    size_t        n;
    double        high, low;
    fin_bar_t     bar[FIN_GOLDEN_BARS];
    fin_series_t  s;

    (void) state;

    s = fin_bars_golden(bar);
    bar[100].h = 1000;
    bar[100].l = 0.5;

    /* bar 100 is the 60th from the end of 160 bars */
    for (n = 101; n <= 162; n++) {
        fin_swing(fin_bars_first(s, n), 60, &high, &low);
        assert_int_equal(high == 1000, n <= 160);
        assert_int_equal(low == 0.5, n <= 160);
    }

    fin_swing(fin_bars_first(s, 1), 60, &high, &low);
    fin_assert_same(high, bar[0].h);
    fin_assert_same(low, bar[0].l);
}


static void
test_no_bars(void **state)
{
    double        high, low;
    fin_series_t  none = { NULL, 0 };

    (void) state;

    high = low = 1;
    fin_swing(none, 60, &high, &low);
    assert_true(isnan(high) && isnan(low));

    high = low = 1;
    fin_high_low_52week(none, &high, &low);
    assert_true(isnan(high) && isnan(low));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_most_pivots),
        cmocka_unit_test(test_52_weeks),
        cmocka_unit_test(test_swing),
        cmocka_unit_test(test_no_bars)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

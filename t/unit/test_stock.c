/* The stock as a whole, rank and percentile of its volatility. */

#include <string.h>

#include "fin_assert.h"
#include "fin_bars.h"
#include "fin_indicators.h"
#include "fin_stock.h"


static const struct {
    const char  *what;
    size_t       n;
    double       value[8];
    double       rank, percentile;
} ranks[] = {
    { "none", 0, { 0 }, NAN, NAN },
    { "one", 1, { 0.3 }, NAN, NAN },
    { "flat", 4, { 0.3, 0.3, 0.3, 0.3 }, NAN, NAN },
    { "flat at nothing", 2, { 0, 0 }, NAN, NAN },
    { "today highest", 4, { 1, 2, 3, 4 }, 100, 75 },
    { "today lowest", 4, { 4, 3, 2, 1 }, 0, 0 },
    { "between", 5, { 1, 5, 2, 4, 3 }, 50, 40 },
    { "a tie is not strictly below", 5, { 2, 2, 1, 3, 2 }, 50, 20 },
    { "a tie with the highest", 4, { 1, 3, 2, 3 }, 100, 50 },
    { "quarters", 8, { 1, 5, 1, 1, 1, 1, 1, 2 }, 25, 75 }
};


static void
test_rank(void **state)
{
    size_t  i;
    double  rank, percentile;

    (void) state;

    for (i = 0; i < FIN_N(ranks); i++) {
        fin_rank(ranks[i].value, ranks[i].n, &rank, &percentile);

        fin_assert_close_row(rank, ranks[i].rank, 0, 0, "rank: %s",
                             ranks[i].what);
        fin_assert_close_row(percentile, ranks[i].percentile, 0, 0,
                             "percentile: %s", ranks[i].what);
    }
}


static void
check_levels(const fin_levels_t *actual, const fin_levels_t *expected)
{
    unsigned  i;

    assert_int_equal(actual->n, expected->n);

    for (i = 0; i < actual->n; i++) {
        fin_assert_same(actual->level[i], expected->level[i]);
    }
}


/* Every field is the figure it is named after. */
static void
test_from_bars(void **state)
{
    double        high, low, scratch[FIN_LEVELS_SCRATCH];
    fin_bar_t     bar[FIN_GOLDEN_BARS];
    fin_stock_t   stock;
    fin_series_t  s;
    fin_levels_t  support, resistance;

    (void) state;

    s = fin_bars_golden(bar);
    memset(&stock, 0x5a, sizeof(stock));

    assert_int_equal(fin_stock_from_bars(&stock, "BRK.B", s, 20469), FIN_OK);

    assert_string_equal(stock.ticker, "BRK.B");
    assert_int_equal(stock.today, 20469);
    /* 600 weekdays after Monday 2022-01-03, itself the first */
    assert_int_equal(stock.last_bar, fin_date_make(2024, 4, 19));
    assert_int_equal(stock.earnings, FIN_NO_DATE);

    fin_assert_same(stock.price, bar[599].c);
    fin_assert_same(stock.change, bar[599].c - bar[598].c);
    fin_assert_close(stock.change_pct, 100 * (bar[599].c / bar[598].c - 1),
                     1e-12, 1e-12);
    fin_assert_same(stock.ma_20, fin_ma(s, 20));
    fin_assert_same(stock.ma_50, fin_ma(s, 50));
    fin_assert_same(stock.ma_200, fin_ma(s, 200));
    fin_assert_same(stock.rsi, fin_rsi(s, 14));
    fin_assert_same(stock.atr, fin_atr(s, 14));
    fin_assert_same(stock.hv, fin_hv(s, 20));

    fin_high_low_52week(s, &high, &low);
    fin_assert_same(stock.high_52week, high);
    fin_assert_same(stock.low_52week, low);

    fin_swing(s, 60, &high, &low);
    fin_assert_same(stock.swing_high, high);
    fin_assert_same(stock.swing_low, low);

    fin_levels(s, bar[599].c, scratch, &support, &resistance);
    assert_true(support.n > 0 && resistance.n > 0);
    check_levels(&stock.support, &support);
    check_levels(&stock.resistance, &resistance);

    assert_true(isnan(stock.iv) && isnan(stock.iv_rank)
                && isnan(stock.iv_percentile));
    assert_int_equal(stock.iv_source, FIN_IV_SOURCE_NONE);
}


static void
test_few_bars(void **state)
{
    fin_bar_t     bar[2];
    fin_stock_t   stock;
    fin_series_t  s;

    static const double  closes[] = { 80, 100 };

    (void) state;

    s = fin_bars_closes(bar, closes, 2);
    s.n = 1;

    assert_int_equal(fin_stock_from_bars(&stock, "X", s, 20469), FIN_OK);
    fin_assert_same(stock.price, 80);
    fin_assert_same(stock.high_52week, 80);
    fin_assert_same(stock.swing_low, 80);
    assert_true(isnan(stock.change) && isnan(stock.change_pct));
    assert_true(isnan(stock.ma_20) && isnan(stock.ma_50)
                && isnan(stock.ma_200));
    assert_true(isnan(stock.rsi) && isnan(stock.atr) && isnan(stock.hv));
    assert_int_equal(stock.support.n + stock.resistance.n, 0);

    s.n = 2;
    assert_int_equal(fin_stock_from_bars(&stock, "X", s, 20469), FIN_OK);
    fin_assert_same(stock.change, 20);
    fin_assert_same(stock.change_pct, 25);

    s.n = 0;
    assert_int_equal(fin_stock_from_bars(&stock, "Y", s, 1), FIN_E_NO_DATA);
    assert_string_equal(stock.ticker, "X");
}


/* A change beyond a double's range is absent, and a ticker never too long. */
static void
test_odd_input(void **state)
{
    fin_bar_t     bar[2];
    fin_stock_t   stock;
    fin_series_t  s;

    static const double  closes[] = { 1e-300, 1e300 };

    (void) state;

    s = fin_bars_closes(bar, closes, 2);

    assert_int_equal(fin_stock_from_bars(&stock, "ABCDEFGHIJKLMNOP", s, 0),
                     FIN_OK);
    assert_string_equal(stock.ticker, "ABCDEFGHIJKL");
    fin_assert_same(stock.change, 1e300);
    assert_true(isnan(stock.change_pct));
}


/*
 * Days of history before the last bar's day (day k holds 0.2 + k / 1000), the
 * day itself, days after it, and what comes of them.  In the historical rows
 * the figures are those of the fixture's own series.
 */
typedef struct {
    const char       *what;
    size_t            bars;
    size_t            before;
    int               same_day;         /* stored already, as 9.0 */
    int               after;            /* a later day stored, as 9.0 */
    double            iv;
    fin_iv_source_t   source;
    double            rank, percentile; /* of an implied series */
} iv_row_t;


#define I  FIN_IV_SOURCE_IMPLIED
#define H  FIN_IV_SOURCE_HISTORICAL

static const iv_row_t  iv_rows[] = {
    { "29 days with today", 300, 28, 0, 0, 0.3, H, 0, 0 },
    { "30 with today", 300, 29, 0, 0, 0.3, I, 100, 2900.0 / 30 },
    { "today replaces its own value", 300, 29, 1, 0, 0.3, I, 100,
      2900.0 / 30 },
    { "today's stored value is no 30th day", 300, 28, 1, 0, 0.3, H, 0, 0 },
    { "later days do not count", 300, 28, 0, 1, 0.3, H, 0, 0 },
    { "later days are passed over", 300, 29, 0, 1, 0.3, I, 100,
      2900.0 / 30 },
    { "lowest", 300, 40, 0, 0, 0.1, I, 0, 0 },
    { "251 before", 300, 251, 0, 0, 0.3255, I, 50.2, 12600.0 / 252 },
    { "252 before: the oldest (0.2) falls out", 300, 252, 0, 0, 0.2005, I, 0,
      0 },
    { "252 with the day itself stored", 300, 251, 1, 0, 0.2005, I, 0.2,
      100.0 / 252 },
    { "no figure today", 300, 100, 0, 0, NAN, H, 0, 0 },
    { "no figure today, but one stored", 300, 100, 1, 0, NAN, H, 0, 0 },
    { "a volatility of 0 is not there", 300, 100, 0, 0, 0, H, 0, 0 },
    { "an infinite one is not either", 300, 100, 0, 0, INFINITY, H, 0, 0 },
    { "no history, no figure", 300, 0, 0, 0, NAN, H, 0, 0 },
    { "21 bars: one value", 21, 0, 0, 0, NAN, H, 0, 0 },
    { "22 bars: two", 22, 0, 0, 0, 0.3, H, 0, 0 },
    { "20 bars: none", 20, 0, 0, 0, 0.3, FIN_IV_SOURCE_NONE, NAN, NAN },
    { "20 bars, 29 days", 20, 28, 0, 0, 0.3, FIN_IV_SOURCE_NONE, NAN, NAN },
    { "20 bars, 30 days", 20, 29, 0, 0, 0.3, I, 100, 2900.0 / 30 },
    { "271 bars: 251 values", 271, 0, 0, 0, NAN, H, 0, 0 },
    { "272 bars: 252", 272, 0, 0, 0, NAN, H, 0, 0 },
    { "273 bars: 252 of 253", 273, 0, 0, 0, NAN, H, 0, 0 },
    { "600 bars: 252", 600, 0, 0, 0, NAN, H, 0, 0 }
};


static size_t
history(const iv_row_t *row, fin_date_t today, fin_iv_day_t *day)
{
    size_t  n;

    for (n = 0; n < row->before; n++) {
        day[n].date = today - (fin_date_t) (row->before - n);
        day[n].iv = 0.2 + (double) n / 1000;
    }

    if (row->same_day) {
        day[n].date = today;
        day[n++].iv = 9;
    }

    if (row->after) {
        day[n].date = today + 1;
        day[n++].iv = 9;
    }

    return n;
}


/* By the definition, a bar at a time. */
static void
historical(fin_series_t s, double *rank, double *percentile)
{
    size_t  n, days, below;
    double  hv, today, min, max;

    today = fin_hv(s, 20);
    min = max = today;
    days = below = 0;

    for (n = s.n; n > 20 && days < 252; n--, days++) {
        hv = fin_hv(fin_bars_first(s, n), 20);
        min = hv < min ? hv : min;
        max = hv > max ? hv : max;
        below += hv < today;
    }

    *rank = max > min ? 100 * (today - min) / (max - min) : (double) NAN;
    *percentile = max > min ? 100 * (double) below / (double) days
                            : (double) NAN;
}


static void
test_iv_rows(void **state)
{
    size_t           i, n;
    double           rank, percentile;
    fin_bar_t        bar[FIN_GOLDEN_BARS];
    fin_stock_t      stock;
    fin_series_t     s;
    const iv_row_t  *row;
    fin_iv_day_t     day[FIN_IV_DAYS_MAX + 2];

    (void) state;

    s = fin_bars_golden(bar);

    for (i = 0; i < FIN_N(iv_rows); i++) {
        row = &iv_rows[i];
        s.n = row->bars;
        n = history(row, fin_ny_date(bar[s.n - 1].t), day);

        memset(&stock, 0x5a, sizeof(stock));
        assert_int_equal(fin_stock_set_iv(&stock, s, row->iv, day, n), FIN_OK);

        if (stock.iv_source != row->source) {
            fail_msg("%s: source %d", row->what, stock.iv_source);
        }

        fin_assert_close_row(stock.iv, row->iv > 0 && row->iv < 10 ? row->iv
                             : (double) NAN, 0, 0, "iv: %s", row->what);

        rank = row->rank;
        percentile = row->percentile;

        if (row->source == H) {
            historical(s, &rank, &percentile);
        }

        fin_assert_close_row(stock.iv_rank, rank, 1e-12, 1e-12, "rank: %s",
                             row->what);
        fin_assert_close_row(stock.iv_percentile, percentile, 1e-12, 1e-12,
                             "percentile: %s", row->what);
    }
}


/* A flat series has a source, but neither figure. */
static void
test_iv_flat(void **state)
{
    size_t        i;
    double        closes[60];
    fin_bar_t     bar[60];
    fin_stock_t   stock;
    fin_series_t  s;
    fin_iv_day_t  day[40];

    (void) state;

    for (i = 0; i < 60; i++) {
        closes[i] = 12.5;
    }

    s = fin_bars_closes(bar, closes, 60);

    assert_int_equal(fin_stock_set_iv(&stock, s, NAN, NULL, 0), FIN_OK);
    assert_int_equal(stock.iv_source, FIN_IV_SOURCE_HISTORICAL);
    assert_true(isnan(stock.iv_rank) && isnan(stock.iv_percentile));

    for (i = 0; i < 40; i++) {
        day[i].date = fin_ny_date(bar[59].t) - 40 + (fin_date_t) i;
        day[i].iv = 0.25;
    }

    assert_int_equal(fin_stock_set_iv(&stock, s, 0.25, day, 40), FIN_OK);
    assert_int_equal(stock.iv_source, FIN_IV_SOURCE_IMPLIED);
    fin_assert_same(stock.iv, 0.25);
    assert_true(isnan(stock.iv_rank) && isnan(stock.iv_percentile));

    /* stored days without a figure are none: ten left, and today */
    for (i = 0; i < 30; i++) {
        day[i].iv = i % 3 == 0 ? (double) NAN : (i % 3 == 1 ? 0 : INFINITY);
    }

    assert_int_equal(fin_stock_set_iv(&stock, s, 0.25, day, 40), FIN_OK);
    assert_int_equal(stock.iv_source, FIN_IV_SOURCE_HISTORICAL);

    s.n = 0;
    assert_int_equal(fin_stock_set_iv(&stock, s, 0.25, day, 40),
                     FIN_E_NO_DATA);
    assert_int_equal(stock.iv_source, FIN_IV_SOURCE_NONE);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rank),
        cmocka_unit_test(test_from_bars),
        cmocka_unit_test(test_few_bars),
        cmocka_unit_test(test_odd_input),
        cmocka_unit_test(test_iv_rows),
        cmocka_unit_test(test_iv_flat)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

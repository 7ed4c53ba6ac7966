/* build: src/market/generate_*.c */

/* A stock's figures, after several of its bars, equal numpy's and scipy's. */

#include "fin_assert.h"
#include "fin_golden.h"


static const struct {
    golden_key_t  key;
    size_t        n;                    /* the first bars of the market */
    struct {
        double    price, change, change_pct;
        double    high, low;
        double    swing_high, swing_low;
        double    ma_20, ma_50, ma_200;
        double    rsi, atr, hv;
        double    rank, percentile;     /* of the historical volatility */
    }             want;
    fin_levels_t  support, resistance;
} rows[] = {
#include "../golden/signals/stocks.inc"
};


static void
check_levels(const fin_levels_t *levels, const fin_levels_t *want, size_t row)
{
    unsigned  i;

    assert_int_equal(levels->n, want->n);

    for (i = 0; i < want->n; i++) {
        fin_assert_close_row(levels->level[i], want->level[i], 1e-12, 0,
                             "level %u of row %zu", i, row);
    }
}


static void
check_row(size_t row, const fin_sample_t *s)
{
    size_t        i;
    fin_stock_t   stock;
    fin_series_t  first;

    first.bar = s->series.bar;
    first.n = rows[row].n;
    assert_in_range(first.n, 1, s->series.n);

    assert_int_equal(fin_stock_from_bars(&stock, s->stock.ticker, first,
                                         s->market.today), FIN_OK);
    assert_int_equal(fin_stock_set_iv(&stock, first, NAN, NULL, 0), FIN_OK);

    {
        const struct {
            const char  *name;
            double       value, want, rel;
        } fields[] = {
            { "price", stock.price, rows[row].want.price, 0 },
            { "change", stock.change, rows[row].want.change, 0 },
            { "change_pct", stock.change_pct, rows[row].want.change_pct,
              1e-14 },
            { "high", stock.high_52week, rows[row].want.high, 0 },
            { "low", stock.low_52week, rows[row].want.low, 0 },
            { "swing_high", stock.swing_high, rows[row].want.swing_high, 0 },
            { "swing_low", stock.swing_low, rows[row].want.swing_low, 0 },
            { "ma_20", stock.ma_20, rows[row].want.ma_20, 1e-13 },
            { "ma_50", stock.ma_50, rows[row].want.ma_50, 1e-13 },
            { "ma_200", stock.ma_200, rows[row].want.ma_200, 1e-13 },
            { "rsi", stock.rsi, rows[row].want.rsi, 1e-11 },
            { "atr", stock.atr, rows[row].want.atr, 1e-11 },
            { "hv", stock.hv, rows[row].want.hv, 1e-11 },
            { "rank", stock.iv_rank, rows[row].want.rank, 1e-10 },
            { "percentile", stock.iv_percentile, rows[row].want.percentile,
              1e-13 }
        };

        for (i = 0; i < GOLDEN_COUNT(fields); i++) {
            fin_assert_close_row(fields[i].value, fields[i].want,
                                 fields[i].rel, 0, "%s of row %zu (%s, %zu)",
                                 fields[i].name, row, stock.ticker, first.n);
        }
    }

    check_levels(&stock.support, &rows[row].support, row);
    check_levels(&stock.resistance, &rows[row].resistance, row);
}


static void
check_rows(int real)
{
    size_t               i;
    golden_t             g;
    const fin_sample_t  *s;

    memset(&g, 0, sizeof(g));

    for (i = 0; i < GOLDEN_COUNT(rows); i++) {
        s = golden_open(&g, &rows[i].key, real);

        if (s != NULL) {
            check_row(i, s);
        }
    }

    golden_end(&g, real);
}


static void
test_sample(void **state)
{
    (void) state;
    check_rows(0);
}


static void
test_real(void **state)
{
    (void) state;
    check_rows(1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_real)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

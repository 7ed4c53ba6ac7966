/* build: src/market/generate_*.c */

/* Volatilities and yields equal those of numpy and scipy. */

#include "fin_assert.h"
#include "fin_golden.h"


#define YIELDS  5


static const struct {
    golden_key_t  key;
    double        price, iv30;
    int           n;
    struct {
        int32_t   dte;
        double    yield;
    }             yield[YIELDS];
} chains[] = {
#include "../golden/iv/chains.inc"
};


static const double  history[] = {
#include "../golden/iv/history.inc"
};


static const struct {
    golden_key_t     key;
    size_t           days;              /* the last of history */
    double           iv;
    fin_iv_source_t  source;
    double           rank, percentile;
} ranks[] = {
#include "../golden/iv/ranks.inc"
};


static void
check_chains(int real)
{
    int                  k;
    size_t               i;
    golden_t             g;
    const fin_sample_t  *s;

    memset(&g, 0, sizeof(g));

    for (i = 0; i < GOLDEN_COUNT(chains); i++) {
        s = golden_open(&g, &chains[i].key, real);

        if (s == NULL) {
            continue;
        }

        fin_assert_same(s->market.price, chains[i].price);

        /* both sides solve for volatilities, to 1e-6 and better */
        fin_assert_close_row(fin_chain_iv30(&s->chain, s->market.price),
                             chains[i].iv30, 1e-9, 0, "row %zu, %s of %s", i,
                             s->stock.ticker, chains[i].key.day);

        for (k = 0; k < chains[i].n; k++) {
            fin_assert_close_row(
                fin_chain_yield_at(&s->chain, s->market.today
                                              + chains[i].yield[k].dte,
                                   &s->market),
                chains[i].yield[k].yield, 1e-9, 1e-12, "yield %d of row %zu",
                k, i);
        }
    }

    golden_end(&g, real);
}


static void
test_chains(void **state)
{
    (void) state;
    check_chains(0);
}


static void
test_real_chains(void **state)
{
    (void) state;
    check_chains(1);
}


/* The stored days are those before the last bar's. */
static void
test_ranks(void **state)
{
    size_t               i, k, n;
    golden_t             g;
    fin_stock_t          stock;
    fin_iv_day_t         day[GOLDEN_COUNT(history)];
    const fin_sample_t  *s;

    (void) state;
    memset(&g, 0, sizeof(g));

    for (i = 0; i < GOLDEN_COUNT(ranks); i++) {
        s = golden_open(&g, &ranks[i].key, 0);
        n = ranks[i].days;

        for (k = 0; k < n; k++) {
            day[k].date = s->stock.last_bar - (fin_date_t) (n - k);
            day[k].iv = history[GOLDEN_COUNT(history) - n + k];
        }

        stock = s->stock;
        assert_int_equal(fin_stock_set_iv(&stock, s->series, ranks[i].iv, day,
                                          n), FIN_OK);

        fin_assert_same(stock.iv, ranks[i].iv);
        assert_int_equal(stock.iv_source, ranks[i].source);
        fin_assert_close_row(stock.iv_rank, ranks[i].rank, 1e-9, 1e-9,
                             "rank of row %zu", i);
        fin_assert_close_row(stock.iv_percentile, ranks[i].percentile, 1e-12,
                             0, "percentile of row %zu", i);
    }

    golden_end(&g, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_real_chains),
        cmocka_unit_test(test_ranks)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/market/generate_*.c */

/* Metrics and sums of positions equal numpy's, contracts that are gone too. */

#include "fin_assert.h"
#include "fin_golden.h"

#include "../../src/core/fin_portfolio.h"


#define POSITIONS_MAX  64               /* of one owner */


static const struct {
    golden_key_t          key;
    fin_position_class_t  class;
    int64_t               quantity;
    fin_date_t            bought;
    double                paid;
    fin_right_t           type;
    double                strike;       /* NAN: a stock */
    fin_date_t            expiration;
    struct {
        double            value, cost, pnl, pnl_pct;
        int32_t           held, left;
    }                     want;
} rows[] = {
#include "../golden/signals/positions.inc"
};


static const struct {
    size_t    first, n;
    double    value, pnl, pnl_pct, secured;
    unsigned  partial;
} summaries[] = {
#include "../golden/signals/summaries.inc"
};


static void
position_make(size_t row, fin_position_t *p)
{
    fin_position_init(p);
    strcpy(p->ticker, rows[row].key.ticker);
    p->quantity = rows[row].quantity;
    p->transaction_date = rows[row].bought;

    if (isnan(rows[row].strike)) {
        p->purchase_price = rows[row].paid;
        return;
    }

    p->type = FIN_POSITION_OPTION;
    p->premium = rows[row].paid;
    p->option_type = rows[row].type;
    p->strike = rows[row].strike;
    p->expiration = rows[row].expiration;
}


static void
metrics_check(size_t row, const fin_metrics_t *m)
{
    fin_assert_close_row(m->current_value, rows[row].want.value, 1e-12, 1e-9,
                         "value of row %zu", row);
    fin_assert_close_row(m->cost, rows[row].want.cost, 1e-12, 1e-9,
                         "cost of row %zu", row);
    fin_assert_close_row(m->unrealized_pnl, rows[row].want.pnl, 1e-12, 1e-9,
                         "P&L of row %zu", row);
    fin_assert_close_row(m->unrealized_pnl_pct, rows[row].want.pnl_pct,
                         1e-12, 1e-9, "P&L %% of row %zu", row);
    assert_int_equal(m->days_held, rows[row].want.held);
    assert_int_equal(m->days_to_expiration, rows[row].want.left);
}


static void
summary_check(size_t i, const fin_lot_t *lot)
{
    fin_summary_t  sum;

    fin_portfolio_summary(lot, summaries[i].n, &sum);

    fin_assert_close_row(sum.market_value, summaries[i].value, 1e-12, 1e-8,
                         "value of owner %zu", i);
    fin_assert_close_row(sum.unrealized_pnl, summaries[i].pnl, 1e-12, 1e-8,
                         "P&L of owner %zu", i);
    fin_assert_close_row(sum.unrealized_pnl_pct, summaries[i].pnl_pct, 1e-12,
                         0, "P&L %% of owner %zu", i);
    fin_assert_close_row(sum.cash_secured, summaries[i].secured, 1e-12, 0,
                         "cash secured of owner %zu", i);
    assert_int_equal(sum.partial, summaries[i].partial);
}


/* The metrics do not need the contract any more once they are there. */
static void
owner_check(size_t i, golden_t *g, int real)
{
    size_t               k, row;
    fin_lot_t            lot[POSITIONS_MAX];
    fin_position_t       position[POSITIONS_MAX];
    const fin_sample_t  *s;

    assert_in_range(summaries[i].n, 1, POSITIONS_MAX);
    assert_in_range(summaries[i].first + summaries[i].n, 1,
                    GOLDEN_COUNT(rows));

    for (k = 0; k < summaries[i].n; k++) {
        row = summaries[i].first + k;
        s = golden_open(g, &rows[row].key, real);

        if (s == NULL) {
            return;
        }

        position_make(row, &position[k]);
        assert_int_equal(fin_position_class(&position[k]), rows[row].class);

        lot[k].position = &position[k];
        lot[k].contract = NULL;
        fin_position_metrics(&position[k], s->stock.price,
                             fin_position_contract(&position[k], &s->chain),
                             s->market.today, &lot[k].metrics);
        metrics_check(row, &lot[k].metrics);
    }

    summary_check(i, lot);
}


static void
check_owners(int real)
{
    size_t    i;
    golden_t  g;

    memset(&g, 0, sizeof(g));

    for (i = 0; i < GOLDEN_COUNT(summaries); i++) {
        owner_check(i, &g, real);
    }

    golden_end(&g, real);
}


static void
test_sample(void **state)
{
    (void) state;
    check_owners(0);
}


static void
test_real(void **state)
{
    (void) state;
    check_owners(1);
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

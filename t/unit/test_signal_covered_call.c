/* The covered call's signal: both sides of every threshold. */

#include "fin_assert.h"
#include "fin_options.h"


/* All five conditions met. */
static fin_stock_t
good(void)
{
    fin_stock_t  s = test_stock(98);

    s.ma_20 = 95;
    s.rsi = 65;
    s.resistance.n = 1;
    s.resistance.level[0] = 100;
    s.iv = 0.3;
    s.iv_percentile = 50;

    return s;
}


static fin_signal_t
evaluate(const fin_stock_t *s, const fin_chain_t *chain,
    const fin_holding_t *holding)
{
    fin_rules_t   rules;
    fin_signal_t  out;

    fin_rules_default(&rules);
    fin_signal_evaluate(FIN_SIGNAL_COVERED_CALL, &rules, s, chain,
                        FIN_OPTIONS_OK, holding, &out);
    assert_int_equal(out.n, 5);
    test_marks(&out);

    return out;
}


typedef struct {
    const char  *name;
    double       price, ma_20, rsi, level, iv_percentile;
    int          earnings;              /* days */
    unsigned     met;
    double       value;
} row_t;

static const row_t  rows[] = {
    { "trend", 98, 95, 65, 100, 50, 30, 1, 300.0 / 95 },
    { "trend", 98, 98, 65, 100, 50, 30, 0, 0 },
    { "trend", 98, 97.99, 65, 100, 50, 30, 1, 1 / 97.99 },
    { "trend", 98, 100, 65, 100, 50, 30, 0, -2 },
    { "trend", 98, NAN, 65, 100, 50, 30, 0, NAN },
    { "rsi", 98, 95, 60, 100, 50, 30, 0, 60 },
    { "rsi", 98, 95, 60.01, 100, 50, 30, 1, 60.01 },
    { "rsi", 98, 95, NAN, 100, 50, 30, 0, NAN },
    { "resistance", 98, 95, 65, 100, 50, 30, 1, 2 },
    { "resistance", 97, 95, 65, 100, 50, 30, 1, 3 },
    { "resistance", 96.99, 95, 65, 100, 50, 30, 0, 3.01 },
    { "resistance", 9.7, 9, 65, 10, 50, 30, 1, 3 },
    { "resistance", 98, 95, 65, 97, 50, 30, 0, NAN },   /* not above it */
    { "resistance", 98, 95, 65, 0, 50, 30, 0, NAN },    /* there is none */
    { "iv", 98, 95, 65, 100, 40, 30, 0, 40 },
    { "iv", 98, 95, 65, 100, 40.01, 30, 1, 40.01 },
    { "iv", 98, 95, 65, 100, NAN, 30, 0, NAN },
    { "earnings", 98, 95, 65, 100, 50, 10, 0, 10 },
    { "earnings", 98, 95, 65, 100, 50, 11, 1, 11 },
    { "earnings", 98, 95, 65, 100, 50, -1, 1, NAN }
};


static void
test_conditions(void **state)
{
    size_t                  i;
    fin_stock_t             s;
    fin_signal_t            out;
    const fin_condition_t  *c;

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = good();
        s.price = rows[i].price;
        s.ma_20 = rows[i].ma_20;
        s.rsi = rows[i].rsi;
        s.resistance.n = rows[i].level > 0;
        s.resistance.level[0] = rows[i].level;
        s.iv_percentile = rows[i].iv_percentile;
        s.earnings = s.today + rows[i].earnings;

        out = evaluate(&s, NULL, NULL);
        c = test_condition(&out, rows[i].name);

        if (c->met != rows[i].met) {
            fail_msg("row %zu: %s", i, c->reason);
        }

        assert_int_equal(c->unknown, isnan(rows[i].value) != 0);
        fin_assert_close_row(c->value, rows[i].value, 1e-9, 1e-12, "row %zu",
                             i);
    }
}


static void
test_score(void **state)
{
    unsigned      i, met;
    fin_stock_t   s;
    fin_signal_t  out;

    (void) state;

    for (i = 0; i < 32; i++) {
        s = good();
        s.ma_20 = (i & 1) ? 95 : 99;
        s.rsi = (i & 2) ? 65 : 50;
        s.resistance.n = (i >> 2) & 1;
        s.iv_percentile = (i & 8) ? 50 : 30;
        s.earnings = s.today + ((i & 16) ? 20 : 5);
        met = (i & 1) + (i >> 1 & 1) + (i >> 2 & 1) + (i >> 3 & 1) + (i >> 4);

        out = evaluate(&s, NULL, NULL);
        assert_int_equal(out.met, met);
        assert_int_equal(out.score, met == 5 ? FIN_SCORE_GREEN
                         : met >= 3 ? FIN_SCORE_YELLOW : FIN_SCORE_RED);
    }
}


static void
test_strikes(void **state)
{
    size_t               i;
    fin_chain_t          chain;
    fin_stock_t          s = good();
    fin_market_t         m = test_market(98);
    fin_signal_t         out;
    fin_holding_t        held;
    const fin_strike_t  *k;

    static const struct {
        fin_right_t  type;
        int          dte;
        double       delta, strike, shares, cost;
        unsigned     found;
    }  r[] = {
        { FIN_CALL, 20, 0.25, 105, 0, NAN, 1 },
        { FIN_PUT, 20, 0.25, 105, 0, NAN, 0 },
        { FIN_CALL, 14, 0.25, 105, 0, NAN, 1 },
        { FIN_CALL, 13, 0.25, 105, 0, NAN, 0 },
        { FIN_CALL, 30, 0.25, 105, 0, NAN, 1 },
        { FIN_CALL, 31, 0.25, 105, 0, NAN, 0 },
        { FIN_CALL, 20, 0.20, 105, 0, NAN, 1 },
        { FIN_CALL, 20, 0.1999, 105, 0, NAN, 0 },
        { FIN_CALL, 20, 0.30, 105, 0, NAN, 1 },
        { FIN_CALL, 20, 0.3001, 105, 0, NAN, 0 },
        { FIN_CALL, 20, 0.25, 105, 100, 105, 1 },       /* cost basis */
        { FIN_CALL, 20, 0.25, 105, 100, 105.01, 0 },
        { FIN_CALL, 20, 0.25, 105, 0, 105.01, 1 },      /* none held */
        { FIN_CALL, 20, 0.25, 105, 100, NAN, 1 }
    };

    (void) state;

    for (i = 0; i < sizeof(r) / sizeof(r[0]); i++) {
        memset(&held, 0, sizeof(held));
        held.shares = r[i].shares;
        held.cost_basis = r[i].cost;
        fin_chain_init(&chain);
        test_push_liquid(&chain, r[i].type, r[i].dte, r[i].strike, 1.96,
                         r[i].delta);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
        out = evaluate(&s, &chain, &held);

        if (out.n_strikes != r[i].found) {
            fail_msg("row %zu", i);
        }

        if (out.n_strikes) {
            k = &out.strike[0];
            fin_assert_close(k->break_even, 96.04, 1e-12, 0);
            fin_assert_close(k->return_on_capital, 2, 1e-12, 0);
            fin_assert_close(k->annualized_return, 730.0 / r[i].dte, 1e-12,
                             0);
            fin_assert_close(k->extra, 106.96, 1e-12, 0);
        }

        fin_chain_free(&chain);
    }
}


/* by annualized return, not by return */
static void
test_order(void **state)
{
    fin_chain_t   chain;
    fin_stock_t   s = good();
    fin_market_t  m = test_market(98);
    fin_signal_t  out;

    (void) state;
    fin_chain_init(&chain);
    test_push_liquid(&chain, FIN_CALL, 28, 104, 1.5, 0.25);
    test_push_liquid(&chain, FIN_CALL, 14, 105, 1.0, 0.25);
    test_push_liquid(&chain, FIN_CALL, 28, 106, 0.9, 0.25);
    test_push_liquid(&chain, FIN_CALL, 28, 103, 1.5, 0.25);
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

    out = evaluate(&s, &chain, NULL);
    assert_int_equal(out.n_strikes, 3);
    fin_assert_same(out.strike[0].option->strike, 105);
    fin_assert_same(out.strike[1].option->strike, 103);
    fin_assert_same(out.strike[2].option->strike, 104);
    fin_chain_free(&chain);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_strikes),
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

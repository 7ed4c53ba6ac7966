/* The PMCC's signal: both sides of every threshold, and red without a LEAPS. */

#include "fin_assert.h"
#include "fin_options.h"


/* All conditions met but that of the LEAPS. */
static fin_stock_t
good(void)
{
    fin_stock_t  s = test_stock(98);

    s.ma_20 = 95;
    s.rsi = 65;
    s.iv = 0.3;
    s.iv_percentile = 50;

    return s;
}


static fin_holding_t
leaps(double strike, double cost)
{
    fin_holding_t  h;

    memset(&h, 0, sizeof(h));
    h.cost_basis = NAN;
    h.has_leaps = 1;
    h.leaps_strike = strike;
    h.leaps_cost = cost;

    return h;
}


static fin_signal_t
evaluate(const fin_stock_t *s, const fin_chain_t *chain,
    const fin_holding_t *holding)
{
    fin_rules_t   rules;
    fin_signal_t  out;

    fin_rules_default(&rules);
    fin_signal_evaluate(FIN_SIGNAL_PMCC, &rules, s, chain, FIN_OPTIONS_OK,
                        holding, &out);
    assert_int_equal(out.n, 5);
    test_marks(&out);

    return out;
}


typedef struct {
    const char  *name;
    double       ma_20, rsi, iv_percentile;
    int          earnings;
    unsigned     met;
    double       value;
} row_t;

static const row_t  rows[] = {
    { "trend", 98, 65, 50, 30, 0, 0 },
    { "trend", 97.99, 65, 50, 30, 1, 1 / 97.99 },
    { "trend", NAN, 65, 50, 30, 0, NAN },
    { "rsi", 95, 60, 50, 30, 0, 60 },
    { "rsi", 95, 60.01, 50, 30, 1, 60.01 },
    { "rsi", 95, NAN, 50, 30, 0, NAN },
    { "iv", 95, 65, 40, 30, 0, 40 },
    { "iv", 95, 65, 40.01, 30, 1, 40.01 },
    { "iv", 95, 65, NAN, 30, 0, NAN },
    { "earnings", 95, 65, 50, 10, 0, 10 },
    { "earnings", 95, 65, 50, 11, 1, 11 },
    { "earnings", 95, 65, 50, -1, 1, NAN }
};


static void
test_conditions(void **state)
{
    size_t                  i;
    fin_stock_t             s;
    fin_signal_t            out;
    fin_holding_t           h = leaps(70, 30);
    const fin_condition_t  *c;

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = good();
        s.ma_20 = rows[i].ma_20;
        s.rsi = rows[i].rsi;
        s.iv_percentile = rows[i].iv_percentile;
        s.earnings = s.today + rows[i].earnings;

        out = evaluate(&s, NULL, &h);
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
    unsigned       i, met;
    fin_stock_t    s;
    fin_signal_t   out;
    fin_holding_t  h = leaps(70, 30);

    (void) state;

    for (i = 0; i < 32; i++) {
        s = good();
        s.ma_20 = (i & 1) ? 95 : 99;
        s.rsi = (i & 2) ? 65 : 50;
        s.iv_percentile = (i & 4) ? 50 : 30;
        s.earnings = s.today + ((i & 8) ? 20 : 5);
        h.has_leaps = (i >> 4) & 1;
        met = (i & 1) + (i >> 1 & 1) + (i >> 2 & 1) + (i >> 3 & 1) + (i >> 4);

        out = evaluate(&s, NULL, &h);
        assert_int_equal(out.met, met);
        assert_int_equal(test_condition(&out, "leaps")->met, i >> 4);
        assert_true(isnan(test_condition(&out, "leaps")->value));

        if (i >> 4) {
            assert_int_equal(out.score, met == 5 ? FIN_SCORE_GREEN
                             : met >= 3 ? FIN_SCORE_YELLOW : FIN_SCORE_RED);

        } else {
            assert_int_equal(out.score, FIN_SCORE_RED);
        }
    }

    s = good();
    out = evaluate(&s, NULL, NULL);
    assert_int_equal(out.met, 4);
    assert_int_equal(out.score, FIN_SCORE_RED);
}


static void
test_strikes(void **state)
{
    size_t               i;
    fin_chain_t          chain;
    fin_stock_t          s = good();
    fin_market_t         m = test_market(98);
    fin_signal_t         out;
    fin_holding_t        h;
    const fin_strike_t  *k;

    static const struct {
        fin_right_t  type;
        int          dte;
        double       delta, strike, leaps;
        unsigned     found;
    }  r[] = {
        { FIN_CALL, 30, 0.25, 105, 70, 1 }, { FIN_PUT, 30, 0.25, 105, 70, 0 },
        { FIN_CALL, 21, 0.25, 105, 70, 1 }, { FIN_CALL, 20, 0.25, 105, 70, 0 },
        { FIN_CALL, 45, 0.25, 105, 70, 1 }, { FIN_CALL, 46, 0.25, 105, 70, 0 },
        { FIN_CALL, 30, 0.20, 105, 70, 1 },
        { FIN_CALL, 30, 0.1999, 105, 70, 0 },
        { FIN_CALL, 30, 0.30, 105, 70, 1 },
        { FIN_CALL, 30, 0.3001, 105, 70, 0 },
        { FIN_CALL, 30, 0.25, 105, 105, 0 },            /* above it: strict */
        { FIN_CALL, 30, 0.25, 105, 104.99, 1 }
    };

    (void) state;

    for (i = 0; i < sizeof(r) / sizeof(r[0]); i++) {
        h = leaps(r[i].leaps, 40);
        fin_chain_init(&chain);
        test_push_liquid(&chain, r[i].type, r[i].dte, r[i].strike, 2,
                         r[i].delta);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
        out = evaluate(&s, &chain, &h);

        if (out.n_strikes != r[i].found) {
            fail_msg("row %zu", i);
        }

        if (out.n_strikes) {
            k = &out.strike[0];
            assert_true(isnan(k->break_even) && isnan(k->extra));
            fin_assert_close(k->return_on_capital, 5, 1e-12, 0);
            fin_assert_close(k->annualized_return, 1825.0 / r[i].dte, 1e-12,
                             0);
        }

        /* red without the LEAPS, and then no strikes */

        h.has_leaps = 0;
        out = evaluate(&s, &chain, &h);
        assert_int_equal(out.n_strikes, 0);
        fin_chain_free(&chain);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_strikes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

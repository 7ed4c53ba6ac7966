/* The LEAPS signal: both sides of every threshold. */

#include "fin_assert.h"
#include "fin_options.h"


/* All four conditions met. */
static fin_stock_t
good(void)
{
    fin_stock_t  s = test_stock(85);

    s.high_52week = 100;
    s.iv = 0.3;
    s.iv_percentile = 40;
    s.ma_50 = 82;
    s.ma_200 = 80;

    return s;
}


static fin_signal_t
evaluate(const fin_stock_t *s, const fin_chain_t *chain)
{
    fin_rules_t   rules;
    fin_signal_t  out;

    fin_rules_default(&rules);
    fin_signal_evaluate(FIN_SIGNAL_LEAPS, &rules, s, chain, FIN_OPTIONS_OK,
                        NULL, &out);
    assert_int_equal(out.n, 4);
    test_marks(&out);

    return out;
}


typedef struct {
    const char  *name;
    double       price, high, iv_percentile, ma_50, ma_200;
    unsigned     met;
    double       value;
} row_t;

static const row_t  rows[] = {
    { "pullback", 90, 100, 40, 82, 80, 1, 10 },
    { "pullback", 90.01, 100, 40, 82, 80, 0, 9.99 },
    { "pullback", 75, 100, 40, 82, 80, 1, 25 },
    { "pullback", 74.99, 100, 40, 82, 80, 0, 25.01 },
    { "pullback", 180.18, 200.2, 40, 82, 80, 1, 10 },
    { "pullback", 85, NAN, 40, 82, 80, 0, NAN },
    { "iv", 85, 100, 50, 82, 80, 0, 50 },
    { "iv", 85, 100, 49.99, 82, 80, 1, 49.99 },
    { "iv", 85, 100, 0, 82, 80, 1, 0 },
    { "iv", 85, 100, NAN, 82, 80, 0, NAN },
    { "trend", 80, 100, 40, 82, 80, 0, 0 },
    { "trend", 80.01, 100, 40, 82, 80, 1, 0.0125 },
    { "trend", 72, 100, 40, 82, 80, 0, -10 },
    { "trend", 85, 100, 40, 82, NAN, 0, NAN },
    { "golden_cross", 85, 100, 40, 80, 80, 0, 0 },
    { "golden_cross", 85, 100, 40, 80.01, 80, 1, 0.0125 },
    { "golden_cross", 85, 100, 40, 72, 80, 0, -10 },
    { "golden_cross", 85, 100, 40, NAN, 80, 0, NAN },
    { "golden_cross", 85, 100, 40, 82, NAN, 0, NAN }
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
        s.high_52week = rows[i].high;
        s.iv_percentile = rows[i].iv_percentile;
        s.ma_50 = rows[i].ma_50;
        s.ma_200 = rows[i].ma_200;

        out = evaluate(&s, NULL);
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

    for (i = 0; i < 16; i++) {
        s = good();
        s.high_52week = (i & 1) ? 100 : 90;
        s.iv_percentile = (i & 2) ? 40 : 60;
        s.ma_200 = (i & 4) ? 80 : 86;
        s.ma_50 = (i & 8) ? 87 : 70;
        met = (i & 1) + (i >> 1 & 1) + (i >> 2 & 1) + (i >> 3);

        out = evaluate(&s, NULL);
        assert_int_equal(out.met, met);
        assert_int_equal(out.score, met == 4 ? FIN_SCORE_GREEN
                         : met >= 2 ? FIN_SCORE_YELLOW : FIN_SCORE_RED);
    }
}


static void
test_strikes(void **state)
{
    size_t               i;
    fin_chain_t          chain;
    fin_stock_t          s = good();
    fin_market_t         m = test_market(85);
    fin_signal_t         out;
    const fin_strike_t  *k;

    static const struct {
        fin_right_t  type;
        int          dte;
        double       delta;
        unsigned     found;
    }  r[] = {
        { FIN_CALL, 700, 0.80, 1 }, { FIN_PUT, 700, 0.80, 0 },
        { FIN_CALL, 540, 0.80, 1 }, { FIN_CALL, 539, 0.80, 0 },
        { FIN_CALL, 900, 0.80, 1 }, { FIN_CALL, 901, 0.80, 0 },
        { FIN_CALL, 700, 0.70, 1 }, { FIN_CALL, 700, 0.6999, 0 },
        { FIN_CALL, 700, 0.85, 1 }, { FIN_CALL, 700, 0.8501, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(r) / sizeof(r[0]); i++) {
        fin_chain_init(&chain);
        test_push_liquid(&chain, r[i].type, r[i].dte, 70, 20, r[i].delta);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
        out = evaluate(&s, &chain);

        if (out.n_strikes != r[i].found) {
            fail_msg("row %zu", i);
        }

        if (out.n_strikes) {
            k = &out.strike[0];
            fin_assert_close(k->break_even, 90, 1e-12, 0);
            assert_true(isnan(k->return_on_capital));
            assert_true(isnan(k->annualized_return));
            fin_assert_close(k->extra, r[i].delta * 85 / 20, 1e-12, 0);
        }

        fin_chain_free(&chain);
    }
}


/* by extrinsic value per day, least first */
static void
test_order(void **state)
{
    fin_chain_t   chain;
    fin_stock_t   s = good();
    fin_market_t  m = test_market(85);
    fin_signal_t  out;

    (void) state;
    fin_chain_init(&chain);
    test_push_liquid(&chain, FIN_CALL, 600, 70, 21, 0.8);   /* 6 / 600 */
    test_push_liquid(&chain, FIN_CALL, 900, 70, 22, 0.8);   /* 7 / 900 */
    test_push_liquid(&chain, FIN_CALL, 600, 60, 28, 0.8);   /* 3 / 600 */
    test_push_liquid(&chain, FIN_CALL, 600, 90, 9, 0.8);    /* 9 / 600 */
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

    out = evaluate(&s, &chain);
    assert_int_equal(out.n_strikes, 3);
    fin_assert_same(out.strike[0].option->strike, 60);
    assert_int_equal(out.strike[1].option->dte, 900);
    fin_assert_same(out.strike[2].option->strike, 70);
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

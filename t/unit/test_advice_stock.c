/* Stocks and other options: maintained, with the covered-call signal. */

#include "fin_assert.h"
#include "fin_positions.h"


static fin_stock_t
good(void)
{
    fin_stock_t  s = test_stock(98);

    s.ma_20 = 95;
    s.rsi = 65;
    s.iv = 0.3;
    s.iv_percentile = 50;
    s.resistance.n = 1;
    s.resistance.level[0] = 100;
    s.earnings = TEST_TODAY + 40;

    return s;
}


static fin_signal_t
evaluate(const fin_stock_t *s, const fin_chain_t *chain)
{
    fin_rules_t   rules;
    fin_signal_t  out;

    fin_rules_default(&rules);
    fin_signal_evaluate(FIN_SIGNAL_COVERED_CALL, &rules, s, chain,
                        FIN_OPTIONS_OK, NULL, &out);

    return out;
}


/* Everything that is urgent for a short option leaves these alone. */
static void
test_maintain(void **state)
{
    size_t          i;
    fin_stock_t     s = good();
    fin_signal_t    signal;
    test_advice_t   t;
    fin_position_t  p[5];

    (void) state;

    p[0] = test_shares(100, 10);
    p[1] = test_shares(-100, 10);
    p[2] = test_option(1, FIN_PUT, 5, 98, 1);
    p[3] = test_option(1, FIN_CALL, 149, 98, 1);        /* 179 at the trade */
    p[4] = test_option(1, FIN_PUT, 400, 98, 1);
    signal = evaluate(&s, NULL);
    assert_int_equal(signal.score, FIN_SCORE_GREEN);

    for (i = 0; i < 5; i++) {
        test_advice_init(&t, p[i], 98, 0.1);
        t.stock.earnings = TEST_TODAY + 1;
        t.contract.delta = 0.1;
        t.in.trade_price = 500;

        test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "not available",
                           "none", i);
        assert_int_equal(t.out.n, 1);

        t.in.covered_call = &signal;
        test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3,
                           "signal is green: 5 of 5", "signal", i);
        assert_int_equal(t.out.n, 6);
        assert_string_equal(t.out.reason[3], signal.condition[2].reason);
    }

    /* and one bought with 180 days is no longer among them */

    p[3].transaction_date--;
    test_advice_init(&t, p[3], 98, 0.1);
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "149 days", "leaps", 0);
}


static void
test_scores(void **state)
{
    fin_stock_t    s = good();
    fin_signal_t   signal;
    test_advice_t  t;

    (void) state;

    test_advice_init(&t, test_shares(100, 10), 98, NAN);
    t.in.covered_call = &signal;

    s.rsi = 50;
    signal = evaluate(&s, NULL);
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "yellow: 4 of 5", "score",
                       0);
    s.iv_percentile = 10;
    s.ma_20 = 99;
    signal = evaluate(&s, NULL);
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "red: 2 of 5", "score", 1);
}


/* The strike that the signal puts first is told. */
static void
test_strike(void **state)
{
    fin_chain_t    chain;
    fin_stock_t    s = good();
    fin_market_t   m = test_market(98);
    fin_signal_t   signal;
    test_advice_t  t;

    (void) state;

    fin_chain_init(&chain);
    test_push_liquid(&chain, FIN_CALL, 20, 104, 1.25, 0.22);
    test_push_liquid(&chain, FIN_CALL, 20, 103, 1.75, 0.25);
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    signal = evaluate(&s, &chain);
    assert_int_equal(signal.n_strikes, 2);

    test_advice_init(&t, test_shares(100, 10), 98, NAN);
    t.in.covered_call = &signal;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "green", "strike", 0);
    assert_true(test_advice_says(&t.out, 0,
                                 "strike 103.00 of 2024-10-24 for 1.75"));
    fin_chain_free(&chain);
}


/* The longest signal there can be is told whole. */
static void
test_longest(void **state)
{
    unsigned        i;
    fin_option_t    o = test_contract(1.5, 0.2);
    fin_signal_t    signal;
    test_advice_t   t;
    fin_position_t  p;

    (void) state;

    memset(&signal, 0, sizeof(signal));
    signal.n = FIN_CONDITIONS_MAX;
    signal.n_notes = FIN_NOTES_MAX;
    signal.n_strikes = 1;
    signal.strike[0].option = &o;
    o.strike = 1234;
    o.expiration = TEST_TODAY;

    for (i = 0; i < FIN_CONDITIONS_MAX; i++) {
        memset(signal.condition[i].reason, 'c',
               sizeof(signal.condition[i].reason) - 2);
    }

    for (i = 0; i < FIN_NOTES_MAX; i++) {
        memset(signal.note[i], 'n', sizeof(signal.note[i]) - 1);
    }

    p = test_option(1, FIN_PUT, -1, 98, 1);             /* expired */
    test_advice_init(&t, p, 98, NAN);
    t.in.covered_call = &signal;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "red: 0 of 6", "longest",
                       0);
    assert_int_equal(t.out.n, 3 + FIN_CONDITIONS_MAX + FIN_NOTES_MAX);
    assert_string_equal(t.out.reason[FIN_CONDITIONS_MAX],
                        signal.condition[0].reason);
    assert_true(test_advice_says(&t.out, 0, "strike 1234.00"));
    assert_true(test_advice_says(&t.out, 1, "expired on 2024-10-03"));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_maintain),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_strike),
        cmocka_unit_test(test_longest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Recommendations for LEAPS: both sides of every bound. */

#include "fin_assert.h"
#include "fin_positions.h"


static fin_position_t
leaps(int32_t dte)
{
    fin_position_t  p;

    p = test_option(1, FIN_CALL, dte, 80, 25);
    p.transaction_date = TEST_TODAY - 400;

    return p;
}


static void
test_rules(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        int           dte;
        double        delta;
        fin_action_t  action;
        unsigned      priority;
        const char   *text;
    }  r[] = {
        { 90, 0.80, FIN_ACTION_CLOSE, 1, "no more than 90" },
        { 91, 0.80, FIN_ACTION_ROLL, 2, "no more than 180" },
        { 180, 0.80, FIN_ACTION_ROLL, 2, "no more than 180" },
        { 181, 0.80, FIN_ACTION_MAINTAIN, 3, "181 days are left" },
        { -1, 0.80, FIN_ACTION_CLOSE, 1, "no more than 90" },
        { 400, 0.5999, FIN_ACTION_CLOSE, 1, "less than 0.60" },
        { 400, 0.60, FIN_ACTION_ROLL, 2, "less than 0.65" },
        { 400, 0.6499, FIN_ACTION_ROLL, 2, "less than 0.65" },
        { 400, 0.65, FIN_ACTION_MAINTAIN, 3, "400 days are left" },

        /* risk comes before a roll */
        { 120, 0.5999, FIN_ACTION_CLOSE, 1, "less than 0.60" },
        { 120, 0.64, FIN_ACTION_ROLL, 2, "no more than 180" },
        { 90, 0.59, FIN_ACTION_CLOSE, 1, "no more than 90" },

        /* no delta: the days alone */
        { 400, NAN, FIN_ACTION_MAINTAIN, 3, "400 days are left" },
        { 180, NAN, FIN_ACTION_ROLL, 2, "no more than 180" },
        { 90, NAN, FIN_ACTION_CLOSE, 1, "no more than 90" }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        test_advice_init(&t, leaps(r[i].dte), 100, 26);
        t.contract.delta = r[i].delta;
        t.stock.earnings = TEST_TODAY + 1;              /* no matter */
        test_advice_expect(&t, r[i].action, r[i].priority, r[i].text, "leaps",
                           i);
        assert_int_equal(test_advice_says(&t.out, 1, "delta is not known"),
                         isnan(r[i].delta) != 0);
        assert_int_equal(test_advice_says(&t.out, 1, "expired"),
                         r[i].dte < 0);
        assert_false(test_advice_says(&t.out, 1, "Earnings"));
    }

    /* a contract that is gone: delta is null, profit is no matter */

    t.in.contract = NULL;
    t.position = leaps(400);
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "400 days", "gone", 0);
    assert_true(test_advice_says(&t.out, 1, "delta is not known"));
}


/* A maintained one tells how far each rule is. */
static void
test_calm(void **state)
{
    test_advice_t  t;

    (void) state;

    test_advice_init(&t, leaps(400), 100, 26);
    t.contract.delta = 0.8;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "more than 90", "calm", 0);
    assert_int_equal(t.out.n, 4);
    assert_true(test_advice_says(&t.out, 0, "at least 0.65"));

    /* of one that is closed only what closes it is told */

    t.contract.delta = 0.5;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 1, "0.60", "calm", 1);
    assert_int_equal(t.out.n, 1);

    t.stock.today = FIN_NO_DATE;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "not known", "calm", 2);
}


static void
test_roll(void **state)
{
    size_t         i;
    fin_chain_t    chain;
    fin_market_t   m = test_market(100);
    test_advice_t  t;

    static const struct {
        int     first, second;          /* days of two expirations */
        double  strike;
        int     want;                   /* 0: none */
    }  r[] = {
        { 364, 600, 80, 0 }, { 365, 600, 80, 365 }, { 300, 540, 80, 540 },
        { 300, 541, 80, 0 }, { 400, 480, 80, 480 }, { 440, 460, 80, 440 },
        { 440, 459, 80, 459 }, { 450, 451, 85, 0 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        fin_chain_init(&chain);
        test_push_liquid(&chain, FIN_CALL, r[i].first, r[i].strike, 31, 0.7);
        test_push_liquid(&chain, FIN_CALL, r[i].second, r[i].strike, 31, 0.7);
        test_push_liquid(&chain, FIN_PUT, 450, 80, 31, -0.25);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

        test_advice_init(&t, leaps(150), 100, 26);
        t.in.chain = &chain;
        test_advice_expect(&t, FIN_ACTION_ROLL, 2, "150 days", "roll", i);
        assert_int_equal(t.out.has_roll, r[i].want != 0);

        if (r[i].want) {
            assert_int_equal(t.out.roll.type, FIN_ROLL_OUT);
            assert_int_equal(t.out.roll.dte, r[i].want);
            assert_int_equal(t.out.roll.expiration, TEST_TODAY + r[i].want);
            fin_assert_same(t.out.roll.strike, 80);
            fin_assert_close(t.out.roll.expected_credit, 5, 1e-12, 0);
        }

        fin_chain_free(&chain);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_calm),
        cmocka_unit_test(test_roll),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

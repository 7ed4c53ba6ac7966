/* Recommendations for short calls: both sides of every bound, and the order. */

#include "fin_assert.h"
#include "fin_positions.h"


/* Strike 100, sold at 2.00; nothing fires at price 96. */
static void
init(test_advice_t *t, int32_t dte, double price, double option_price)
{
    test_advice_init(t, test_option(-1, FIN_CALL, dte, 100, 2), price,
                     option_price);
    t->stock.earnings = TEST_TODAY + 30;
    t->in.shares = 100;
}


static void
test_earnings(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        int           days;
        fin_action_t  action;
        const char   *text;
    }  r[] = {
        { 0, FIN_ACTION_CLOSE, "2024-10-04, in 0 days" },
        { 7, FIN_ACTION_CLOSE, "2024-10-11, in 7 days" },
        { 8, FIN_ACTION_MAINTAIN, "not within 7 days" },
        { -1, FIN_ACTION_MAINTAIN, "" }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        init(&t, 30, 96, 1);
        t.stock.earnings = TEST_TODAY + r[i].days;
        test_advice_expect(&t, r[i].action,
                           r[i].action == FIN_ACTION_CLOSE ? 1 : 3,
                           r[i].text, "earnings", i);
        assert_int_equal(test_advice_says(&t.out, 1, "earnings date"),
                         r[i].days < 0);
    }

    t.stock.earnings = FIN_NO_DATE;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "", "earnings", i);
    assert_true(test_advice_says(&t.out, 1, "earnings date"));
}


static void
test_cover(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        double  shares, leaps;
        int     close, warns;
    }  r[] = {
        { 0, 99.99, 0, 0 }, { 0, 100, 1, 0 }, { 0, 100.01, 1, 0 },
        { 1, 100.01, 0, 0 }, { 0, NAN, 0, 1 }, { 100, NAN, 0, 0 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        init(&t, 30, 96, 1);
        t.in.shares = r[i].shares;
        t.in.leaps_strike = r[i].leaps;
        test_advice_expect(&t, r[i].close ? FIN_ACTION_CLOSE
                                          : FIN_ACTION_MAINTAIN,
                           r[i].close ? 1 : 3,
                           r[i].close ? "not above the LEAPS strike" : "",
                           "cover", i);
        assert_int_equal(test_advice_says(&t.out, 1, "Neither shares"),
                         r[i].warns);
    }
}


static void
test_profit(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        double  premium, price;
        int     close, warns;
    }  r[] = {
        { 2, 0.80, 1, 0 }, { 2, 0.8001, 0, 0 }, { 2, 0.01, 1, 0 },
        { 2, 2, 0, 0 }, { 2, 5, 0, 0 }, { 2, NAN, 0, 1 }, { 0, 1, 0, 1 },

        /* decimals that are no doubles: 60 % is 60 % */
        { 1.1, 0.44, 1, 0 }, { 0.7, 0.28, 1, 0 }, { 3.3, 1.32, 1, 0 },
        { 0.15, 0.06, 1, 0 }, { 4.35, 1.74, 1, 0 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        init(&t, 30, 96, r[i].price);
        t.position.premium = r[i].premium;
        test_advice_expect(&t, r[i].close ? FIN_ACTION_CLOSE
                                          : FIN_ACTION_MAINTAIN,
                           r[i].close ? 2 : 3,
                           r[i].close ? "at least 60 %" : "", "profit", i);
        assert_int_equal(test_advice_says(&t.out, 1, "profit is not known"),
                         r[i].warns);

        if (!r[i].close && !r[i].warns) {
            assert_true(test_advice_says(&t.out, 0, "less than 60 %"));
        }
    }
}


static void
test_risk(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        int  dte, close;
    }  r[] = {
        { 21, 0 }, { 20, 1 }, { 0, 1 }, { -3, 1 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        init(&t, r[i].dte, 96, 1);
        test_advice_expect(&t, r[i].close ? FIN_ACTION_CLOSE
                                          : FIN_ACTION_MAINTAIN,
                           r[i].close ? 1 : 3,
                           r[i].close ? "less than 21" : "", "risk", i);
        assert_int_equal(test_advice_says(&t.out, 1, "expired"),
                         r[i].dte < 0);
    }
}


/* The bounds of the roll, for strikes of which some are no exact doubles. */
static void
test_roll_rule(void **state)
{
    size_t         i;
    fin_chain_t    chain;
    fin_market_t   m = test_market(100);
    test_advice_t  t;

    static const struct {
        double           strike, price;
        int              roll;
        fin_roll_type_t  type;
    }  r[] = {
        { 100, 100.01, 1, FIN_ROLL_UP_AND_OUT },
        { 100, 150, 1, FIN_ROLL_UP_AND_OUT },
        { 100, 100, 1, FIN_ROLL_OUT },
        { 100, 97, 1, FIN_ROLL_OUT },
        { 100, 96.999, 0, FIN_ROLL_OUT },
        { 100, 95, 0, FIN_ROLL_OUT },
        { 100, 94.999, 1, FIN_ROLL_DOWN_AND_OUT },
        { 100, 10, 1, FIN_ROLL_DOWN_AND_OUT },
        { 110, 106.7, 1, FIN_ROLL_OUT },
        { 110, 106.69, 0, FIN_ROLL_OUT },
        { 110, 104.5, 0, FIN_ROLL_OUT },
        { 110, 104.49, 1, FIN_ROLL_DOWN_AND_OUT },
        { 103, 99.91, 1, FIN_ROLL_OUT },
        { 103, 97.85, 0, FIN_ROLL_OUT },
        { 100, NAN, 0, FIN_ROLL_OUT }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        fin_chain_init(&chain);
        test_push_liquid(&chain, FIN_CALL, 45, r[i].strike - 10, 9, 0.6);
        test_push_liquid(&chain, FIN_CALL, 45, r[i].strike, 4, 0.4);
        test_push_liquid(&chain, FIN_CALL, 45, r[i].strike + 10, 1.5, 0.2);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

        init(&t, 30, r[i].price, 1.75);
        t.position.strike = r[i].strike;
        t.in.chain = &chain;
        test_advice_expect(&t, r[i].roll ? FIN_ACTION_ROLL
                                         : FIN_ACTION_MAINTAIN,
                           r[i].roll ? 2 : 3, r[i].roll ? "Price " : "",
                           "roll", i);
        assert_int_equal(t.out.has_roll, r[i].roll);
        assert_int_equal(test_advice_says(&t.out, 1, "stock's price"),
                         isnan(r[i].price) != 0);

        if (r[i].roll) {
            assert_int_equal(t.out.roll.type, r[i].type);
            assert_int_equal(t.out.roll.dte, 45);

            switch (r[i].type) {
            case FIN_ROLL_OUT:
                fin_assert_same(t.out.roll.strike, r[i].strike);
                fin_assert_close(t.out.roll.expected_credit, 2.25, 1e-12, 0);
                break;
            case FIN_ROLL_UP_AND_OUT:
                fin_assert_same(t.out.roll.strike, r[i].strike + 10);
                fin_assert_close(t.out.roll.expected_credit, -0.25, 1e-12, 0);
                break;
            case FIN_ROLL_DOWN_AND_OUT:
                fin_assert_same(t.out.roll.strike, r[i].strike - 10);
                fin_assert_close(t.out.roll.expected_credit, 7.25, 1e-12, 0);
                break;
            }
        }

        fin_chain_free(&chain);
    }
}


/* A roll to which nothing fits stays one; a price that is missing is null. */
static void
test_roll_none(void **state)
{
    fin_chain_t    chain;
    fin_market_t   m = test_market(100);
    test_advice_t  t;

    (void) state;

    init(&t, 30, 101, 1.75);
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "over the strike", "none", 0);
    assert_false(t.out.has_roll);
    assert_true(test_advice_says(&t.out, 1, "options are not available"));

    fin_chain_init(&chain);
    test_push_liquid(&chain, FIN_CALL, 61, 105, 2, 0.25);
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    t.in.chain = &chain;
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "over the strike", "none", 1);
    assert_false(t.out.has_roll);
    assert_true(test_advice_says(&t.out, 1, "none of 30 to 60 days"));

    test_push_liquid(&chain, FIN_CALL, 50, 95, 2, 0.25);
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "over the strike", "none", 2);
    assert_false(t.out.has_roll);
    assert_true(test_advice_says(&t.out, 1, "2024-11-23 above strike 100.00"));

    test_push_liquid(&chain, FIN_CALL, 50, 110, 2, 0.25);
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "over the strike", "none", 3);
    assert_true(t.out.has_roll);
    assert_string_equal(t.out.roll.ticker, "O:T0050C00110000");
    fin_assert_close(t.out.roll.expected_credit, 0.25, 1e-12, 0);
    assert_false(test_advice_says(&t.out, 1, "credit"));

    t.in.contract = NULL;
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "over the strike", "none", 4);
    assert_true(t.out.has_roll);
    assert_true(isnan(t.out.roll.expected_credit));
    assert_true(test_advice_says(&t.out, 1, "credit is not known"));

    fin_chain_free(&chain);
}


/* Each later rule fires too: the first in the order wins. */
static void
test_order(void **state)
{
    test_advice_t  t;

    (void) state;

    /* earnings, cover, profit, dte and roll at once; then one less a time */

    init(&t, 20, 101, 0.5);
    t.stock.earnings = TEST_TODAY + 3;
    t.in.shares = 0;
    t.in.leaps_strike = 120;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 1, "Earnings", "order", 0);
    assert_int_equal(t.out.n, 1);

    t.stock.earnings = TEST_TODAY + 30;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 1, "LEAPS strike", "order", 1);

    t.in.leaps_strike = 90;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 2, "Profit", "order", 2);

    t.contract.price = 1.5;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 1, "20 days", "order", 3);

    t.position.expiration = TEST_TODAY + 21;
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "over the strike", "order", 4);

    t.stock.price = 96;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "not within 7", "order",
                       5);
    assert_int_equal(t.out.n, 5);
}


/* Nothing is known: nothing fires, and everything is named. */
static void
test_unknown(void **state)
{
    test_advice_t  t;

    (void) state;

    init(&t, 30, NAN, NAN);
    t.stock.earnings = FIN_NO_DATE;
    t.in.shares = 0;
    t.in.contract = NULL;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "30 days", "unknown", 0);
    assert_int_equal(t.out.n, 5);

    t.stock.today = FIN_NO_DATE;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "earnings", "unknown", 1);
    assert_int_equal(t.out.n, 5);
    assert_true(test_advice_says(&t.out, 1, "days to expiration"));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_earnings),
        cmocka_unit_test(test_cover),
        cmocka_unit_test(test_profit),
        cmocka_unit_test(test_risk),
        cmocka_unit_test(test_roll_rule),
        cmocka_unit_test(test_roll_none),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Recommendations for short puts: both sides of every bound, and the order. */

#include "fin_assert.h"
#include "fin_positions.h"


/* Strike 100, sold at 2.00; nothing fires at price 104. */
static void
init(test_advice_t *t, int32_t dte, double price, double option_price)
{
    test_advice_init(t, test_option(-1, FIN_PUT, dte, 100, 2), price,
                     option_price);
    t->stock.earnings = TEST_TODAY + 30;
}


static void
test_earnings(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        int           days;
        fin_action_t  action;
    }  r[] = {
        { 0, FIN_ACTION_CLOSE }, { 7, FIN_ACTION_CLOSE },
        { 8, FIN_ACTION_MAINTAIN }, { -1, FIN_ACTION_MAINTAIN }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        init(&t, 30, 104, 1);
        t.stock.earnings = TEST_TODAY + r[i].days;
        test_advice_expect(&t, r[i].action,
                           r[i].action == FIN_ACTION_CLOSE ? 1 : 3, "",
                           "earnings", i);
        assert_int_equal(test_advice_says(&t.out, 1, "earnings date"),
                         r[i].days < 0);
    }
}


static void
test_profit(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        double  price;
        int     close, warns;
    }  r[] = {
        { 0.80, 1, 0 }, { 0.8001, 0, 0 }, { 5, 0, 0 }, { NAN, 0, 1 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        init(&t, 30, 104, r[i].price);
        test_advice_expect(&t, r[i].close ? FIN_ACTION_CLOSE
                                          : FIN_ACTION_MAINTAIN,
                           r[i].close ? 2 : 3, "", "profit", i);
        assert_int_equal(test_advice_says(&t.out, 1, "profit is not known"),
                         r[i].warns);
    }
}


/* Both are needed: few days, and in the money. */
static void
test_risk(void **state)
{
    size_t         i;
    test_advice_t  t;

    static const struct {
        int           dte;
        double        price;
        fin_action_t  action;
        unsigned      priority;
    }  r[] = {
        { 20, 99.99, FIN_ACTION_CLOSE, 1 },
        { 20, 100, FIN_ACTION_ROLL, 2 },                /* within 3 % */
        { 20, 104, FIN_ACTION_MAINTAIN, 3 },
        { 21, 99.99, FIN_ACTION_ROLL, 2 },
        { 21, 96, FIN_ACTION_MAINTAIN, 3 },
        { 20, 96, FIN_ACTION_CLOSE, 1 },
        { 0, 50, FIN_ACTION_CLOSE, 1 },
        { 20, NAN, FIN_ACTION_MAINTAIN, 3 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        init(&t, r[i].dte, r[i].price, 2);
        test_advice_expect(&t, r[i].action, r[i].priority, "", "risk", i);
        assert_int_equal(test_advice_says(&t.out, 1, "stock's price is not"),
                         isnan(r[i].price) != 0);
    }
}


static void
test_roll_rule(void **state)
{
    size_t         i;
    fin_chain_t    chain;
    fin_market_t   m = test_market(100);
    test_advice_t  t;

    static const struct {
        double           strike, trade, price;
        int              roll;
        fin_roll_type_t  type;
    }  r[] = {
        /* down more than 10 % since the trade */
        { 50, 100, 90, 0, FIN_ROLL_OUT },
        { 50, 100, 89.999, 1, FIN_ROLL_DOWN_AND_OUT },
        { 50, 110, 99, 0, FIN_ROLL_OUT },
        { 50, 110, 98.99, 1, FIN_ROLL_DOWN_AND_OUT },
        { 50, 70, 63, 0, FIN_ROLL_OUT },
        { 50, 100, 150, 0, FIN_ROLL_OUT },

        /* within 3 % of the strike, on both sides */
        { 100, 100, 103, 1, FIN_ROLL_OUT },
        { 100, 100, 103.001, 0, FIN_ROLL_OUT },
        { 100, 100, 97, 1, FIN_ROLL_OUT },
        { 100, 100, 96.999, 0, FIN_ROLL_OUT },
        { 100, 100, 100, 1, FIN_ROLL_OUT },
        { 10, 10, 10.3, 1, FIN_ROLL_OUT },
        { 110, 110, 106.7, 1, FIN_ROLL_OUT },
        { 110, 110, 113.3, 1, FIN_ROLL_OUT },

        /* both: the first */
        { 89, 100, 89, 1, FIN_ROLL_DOWN_AND_OUT },

        /* no price at the trade: the second alone */
        { 100, NAN, 97, 1, FIN_ROLL_OUT },
        { 100, NAN, 80, 0, FIN_ROLL_OUT }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        fin_chain_init(&chain);
        test_push_liquid(&chain, FIN_PUT, 45, r[i].strike - 5, 1.5, -0.2);
        test_push_liquid(&chain, FIN_PUT, 45, r[i].strike, 4, -0.4);
        test_push_liquid(&chain, FIN_PUT, 45, r[i].strike + 5, 9, -0.25);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

        init(&t, 30, r[i].price, 1.75);
        t.position.strike = r[i].strike;
        t.in.trade_price = r[i].trade;
        t.in.chain = &chain;
        test_advice_expect(&t, r[i].roll ? FIN_ACTION_ROLL
                                         : FIN_ACTION_MAINTAIN,
                           r[i].roll ? 2 : 3, r[i].roll ? "Price " : "",
                           "roll", i);
        assert_int_equal(t.out.has_roll, r[i].roll);
        assert_int_equal(test_advice_says(&t.out, 1, "at the trade"),
                         isnan(r[i].trade) != 0);

        if (r[i].roll) {
            assert_int_equal(t.out.roll.type, r[i].type);
            fin_assert_same(t.out.roll.strike, r[i].type == FIN_ROLL_OUT
                            ? r[i].strike : r[i].strike - 5);
            fin_assert_close(t.out.roll.expected_credit,
                             r[i].type == FIN_ROLL_OUT ? 2.25 : -0.25, 1e-12,
                             0);
        }

        fin_chain_free(&chain);
    }
}


static void
test_order(void **state)
{
    test_advice_t  t;

    (void) state;

    /* earnings, profit, risk and both rolls at once; then one less a time */

    init(&t, 20, 98, 0.5);
    t.stock.earnings = TEST_TODAY + 7;
    t.in.trade_price = 120;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 1, "Earnings", "order", 0);
    assert_int_equal(t.out.n, 1);

    t.stock.earnings = TEST_TODAY + 8;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 2, "Profit", "order", 1);

    t.contract.price = 3;
    test_advice_expect(&t, FIN_ACTION_CLOSE, 1, "20 days", "order", 2);

    t.position.expiration = TEST_TODAY + 21;
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "of the trade", "order", 3);

    t.in.trade_price = 100;
    test_advice_expect(&t, FIN_ACTION_ROLL, 2, "off the strike", "order", 4);

    t.stock.price = 104;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "not within 7", "order",
                       5);
    assert_int_equal(t.out.n, 5);

    /* nothing is known: nothing fires, and everything is named */

    t.stock.earnings = FIN_NO_DATE;
    t.stock.price = NAN;
    t.in.contract = NULL;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, TEST_WARNING, "order", 6);
    assert_int_equal(t.out.n, 4);
    assert_true(test_advice_says(&t.out, 1, "earnings date"));
    assert_true(test_advice_says(&t.out, 1, "profit"));
    assert_true(test_advice_says(&t.out, 1, "stock's price is not"));
    assert_true(test_advice_says(&t.out, 1, "at the trade"));
}


/* Shares and LEAPS do not matter to a put. */
static void
test_no_cover(void **state)
{
    test_advice_t  t;

    (void) state;

    init(&t, 30, 104, 2);
    t.in.leaps_strike = 200;
    test_advice_expect(&t, FIN_ACTION_MAINTAIN, 3, "Earnings", "cover", 0);
    assert_false(test_advice_says(&t.out, 0, "LEAPS"));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_earnings),
        cmocka_unit_test(test_profit),
        cmocka_unit_test(test_risk),
        cmocka_unit_test(test_roll_rule),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_no_cover),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

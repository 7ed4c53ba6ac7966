/* Positions: their class, their contract, their metrics. */

#include "fin_assert.h"
#include "fin_positions.h"


static void
test_class(void **state)
{
    size_t          i;
    fin_position_t  p;

    static const struct {
        int                   days;     /* at the trade date */
        int                   quantity;
        fin_right_t           type;
        fin_position_class_t  want;
    }  r[] = {
        { 180, 1, FIN_CALL, FIN_CLASS_LEAPS },
        { 179, 1, FIN_CALL, FIN_CLASS_OTHER },
        { 900, 5, FIN_CALL, FIN_CLASS_LEAPS },
        { 180, -1, FIN_CALL, FIN_CLASS_SHORT_CALL },
        { 30, -1, FIN_CALL, FIN_CLASS_SHORT_CALL },
        { 180, 1, FIN_PUT, FIN_CLASS_OTHER },
        { 30, 1, FIN_PUT, FIN_CLASS_OTHER },
        { 180, -1, FIN_PUT, FIN_CLASS_SHORT_PUT },
        { 30, -2, FIN_PUT, FIN_CLASS_SHORT_PUT }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        p = test_option(r[i].quantity, r[i].type, r[i].days - 30, 100, 1);

        if (fin_position_class(&p) != r[i].want) {
            fail_msg("row %zu", i);
        }

        /* the days that are left do not matter */

        p.transaction_date -= 1000;
        p.expiration -= 1000;
        assert_int_equal(fin_position_class(&p), r[i].want);
    }

    p = test_shares(100, 10);
    assert_int_equal(fin_position_class(&p), FIN_CLASS_STOCK);
    p = test_shares(-100, 10);
    assert_int_equal(fin_position_class(&p), FIN_CLASS_STOCK);

    p = test_option(1, FIN_CALL, 400, 100, 1);
    p.transaction_date = FIN_NO_DATE;
    assert_int_equal(fin_position_class(&p), FIN_CLASS_OTHER);
}


static void
test_metrics(void **state)
{
    size_t          i;
    fin_option_t    o;
    fin_metrics_t   m;
    fin_position_t  p;

    static const struct {
        int     option, quantity;
        double  paid, price, shares;
        double  value, pnl, pct;
    }  r[] = {
        { 0, 100, 150, 160, 0, 16000, 1000, 100.0 / 15 },
        { 0, -100, 150, 160, 0, -16000, -1000, -100.0 / 15 },
        { 0, -10, 50, 40, 0, -400, 100, 20 },
        { 0, 1, 0, 40, 0, 40, 40, NAN },                /* a gift */
        { 0, 100, 150, NAN, 0, NAN, NAN, NAN },
        { 1, 2, 3, 4.5, 100, 900, 300, 50 },
        { 1, -2, 3, 0.75, 100, -150, 450, 75 },
        { 1, -2, 3, 4.5, 100, -900, -300, -50 },
        { 1, 1, 3, 4.5, 150, 675, 225, 50 },            /* adjusted */
        { 1, -1, 0, 4.5, 100, -450, -450, NAN },
        { 1, 1, 3, NAN, 100, NAN, NAN, NAN },
        { 1, 1, 3, 4.5, NAN, NAN, NAN, NAN },
        { 1, 1, 3, INFINITY, 100, NAN, NAN, NAN },
        { 0, 100, 1, 1e308, 0, NAN, NAN, NAN }          /* too big */
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        p = r[i].option
            ? test_option(r[i].quantity, FIN_CALL, 20, 100, r[i].paid)
            : test_shares(r[i].quantity, r[i].paid);
        o = test_contract(r[i].price, NAN);
        o.shares = r[i].shares;

        fin_position_metrics(&p, r[i].option ? 777 : r[i].price,
                             r[i].option ? &o : NULL, TEST_TODAY, &m);

        fin_assert_close_row(m.current_value, r[i].value, 1e-12, 0,
                             "value, row %zu", i);
        fin_assert_close_row(m.unrealized_pnl, r[i].pnl, 1e-12, 0,
                             "pnl, row %zu", i);
        fin_assert_close_row(m.unrealized_pnl_pct, r[i].pct, 1e-12, 0,
                             "pct, row %zu", i);
        assert_int_equal(m.days_held, 30);
        assert_int_equal(m.days_to_expiration,
                         r[i].option ? 20 : FIN_NO_DAYS);
    }
}


/* Null, not 0, for a contract that is gone or has expired. */
static void
test_gone(void **state)
{
    size_t          i;
    fin_option_t    o = test_contract(2, NAN);
    fin_metrics_t   m;
    fin_position_t  p;

    static const struct {
        int  dte, given, there;
    }  r[] = {
        { 10, 1, 1 }, { 10, 0, 0 }, { 1, 1, 1 }, { 0, 1, 1 }, { -1, 1, 0 },
        { -400, 1, 0 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        p = test_option(-1, FIN_PUT, r[i].dte, 100, 3);
        fin_position_metrics(&p, 50, r[i].given ? &o : NULL, TEST_TODAY, &m);

        fin_assert_same(m.current_value, r[i].there ? -200 : NAN);
        fin_assert_same(m.unrealized_pnl, r[i].there ? 100 : NAN);
        fin_assert_same(m.cost, r[i].given ? -300 : NAN);
        assert_int_equal(isnan(m.unrealized_pnl_pct) != 0, !r[i].there);
        assert_int_equal(m.days_to_expiration, r[i].dte);
    }

    p.transaction_date = FIN_NO_DATE;
    p.expiration = FIN_NO_DATE;
    fin_position_metrics(&p, 50, &o, TEST_TODAY, &m);
    assert_int_equal(m.days_held, FIN_NO_DAYS);
    assert_int_equal(m.days_to_expiration, FIN_NO_DAYS);
    assert_true(isnan(m.current_value));
}


/* A short position is the long one's mirror, to the last bit. */
static void
test_mirror(void **state)
{
    int             i, option;
    double          price;
    fin_option_t    o;
    fin_metrics_t   a, b;
    fin_position_t  p;

    (void) state;

    for (i = 1; i < 2000; i++) {
        option = i % 2;
        price = 0.01 * ((i * 7919) % 10007);
        o = test_contract(price, NAN);
        o.shares = i % 3 ? 100 : 137;
        p = option ? test_option(i, FIN_CALL, 9, 5, 0.013 * i)
                   : test_shares(i, 0.013 * i);

        fin_position_metrics(&p, price, &o, TEST_TODAY, &a);
        p.quantity = -p.quantity;
        fin_position_metrics(&p, price, &o, TEST_TODAY, &b);

        fin_assert_same(b.current_value, -a.current_value);
        fin_assert_same(b.cost, -a.cost);
        fin_assert_same(b.unrealized_pnl, -a.unrealized_pnl);
        fin_assert_same(b.unrealized_pnl_pct, -a.unrealized_pnl_pct);
        fin_assert_close(a.unrealized_pnl, a.current_value - a.cost, 0, 0);
        fin_assert_close(a.unrealized_pnl_pct,
                         100 * (price / (0.013 * i) - 1), 1e-9, 1e-9);
    }
}


static void
test_days(void **state)
{
    (void) state;

    assert_int_equal(fin_days_between(10, 12), 2);
    assert_int_equal(fin_days_between(12, 10), -2);
    assert_int_equal(fin_days_between(-5, -5), 0);
    assert_int_equal(fin_days_between(FIN_NO_DATE, 10), FIN_NO_DAYS);
    assert_int_equal(fin_days_between(10, FIN_NO_DATE), FIN_NO_DAYS);
    assert_int_equal(fin_days_between(INT32_MIN + 1, INT32_MAX),
                     FIN_NO_DAYS);

    assert_true(fin_strike_same(33.33, 33.33));
    assert_true(fin_strike_same(33.33, 33.3304));
    assert_false(fin_strike_same(33.33, 33.331));
    assert_false(fin_strike_same(NAN, NAN));
}


static void
test_find(void **state)
{
    size_t               i;
    fin_chain_t          chain;
    fin_market_t         m = test_market(100);
    fin_option_t        *o;
    fin_position_t       p;
    const fin_option_t  *found;

    static const struct {
        fin_right_t  type;
        int          dte;
        double       strike;
        const char  *want;
    }  r[] = {
        { FIN_CALL, 10, 95, "O:T0010C00095000" },
        { FIN_PUT, 10, 95, "O:T0010P00095000" },
        { FIN_PUT, 10, 105, "O:T0010P00105000" },
        { FIN_CALL, 40, 33.33, "O:T0040C00033330" },
        { FIN_CALL, 40, 33.3304, "O:T0040C00033330" },
        { FIN_CALL, 40, 33.3296, "O:T0040C00033330" },
        { FIN_CALL, 40, 105, "O:T0040C00105000" },
        { FIN_CALL, 10, 97, NULL },             /* no such strike */
        { FIN_CALL, 11, 95, NULL },             /* no such expiration */
        { FIN_CALL, 9, 95, NULL },
        { FIN_CALL, 400, 95, NULL },
        { FIN_PUT, 40, 33.33, NULL },           /* no such type */
        { FIN_CALL, 20, 50, "O:T0020C00050000" },       /* not the adjusted */
        { FIN_CALL, 30, 60, "O:T1A" }           /* adjusted only */
    };

    (void) state;

    fin_chain_init(&chain);

    for (i = 0; i < 5; i++) {
        test_push(&chain, FIN_CALL, 10, 95 + 2.5 * (double) i);
        test_push(&chain, FIN_PUT, 10, 95 + 2.5 * (double) i);
        test_push(&chain, FIN_CALL, 40, 95 + 2.5 * (double) i);
    }

    test_push(&chain, FIN_CALL, 40, 33.33);
    o = test_push(&chain, FIN_CALL, 20, 50);
    o->shares = 40;
    strcpy(o->ticker, "O:A");                   /* before the standard one */
    test_push(&chain, FIN_CALL, 20, 50);
    o = test_push(&chain, FIN_CALL, 30, 60);
    o->shares = 40;
    strcpy(o->ticker, "O:T1A");
    o = test_push(&chain, FIN_CALL, 30, 60);
    o->shares = 41;
    strcpy(o->ticker, "O:T1B");

    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

    for (i = 0; i < TEST_ROWS(r); i++) {
        p = test_option(1, r[i].type, r[i].dte, r[i].strike, 1);
        found = fin_position_contract(&p, &chain);

        if ((found == NULL) != (r[i].want == NULL)
            || (found != NULL && strcmp(found->ticker, r[i].want) != 0))
        {
            fail_msg("row %zu: %s", i, found ? found->ticker : "none");
        }
    }

    /* every contract is found */

    for (i = 0; i < chain.n; i++) {
        if (!chain.opt[i].adjusted) {
            p = test_option(1, chain.opt[i].type, chain.opt[i].dte,
                            chain.opt[i].strike, 1);
            assert_ptr_equal(fin_position_contract(&p, &chain),
                             &chain.opt[i]);
        }
    }

    assert_null(fin_position_contract(&p, NULL));
    p = test_shares(1, 1);
    assert_null(fin_position_contract(&p, &chain));

    fin_chain_free(&chain);
    p = test_option(1, FIN_CALL, 10, 95, 1);
    assert_null(fin_position_contract(&p, &chain));
}


static void
test_close_on(void **state)
{
    size_t        i;
    fin_bar_t     bar[3];
    fin_series_t  s = { bar, 3 };

    static const struct {
        int     date;
        double  want;
    }  r[] = {
        { -1, NAN }, { 0, 10 }, { 1, 11 }, { 2, 11 }, { 3, 11 }, { 4, 12 },
        { 400, 12 }
    };

    (void) state;

    memset(bar, 0, sizeof(bar));
    bar[0].t = fin_ny_midnight(TEST_TODAY);
    bar[0].c = 10;
    bar[1].t = fin_ny_midnight(TEST_TODAY + 1);
    bar[1].c = 11;
    bar[2].t = fin_ny_midnight(TEST_TODAY + 4) + 3600 * 1000;
    bar[2].c = 12;

    for (i = 0; i < TEST_ROWS(r); i++) {
        fin_assert_close_row(fin_series_close_on(s, TEST_TODAY + r[i].date),
                             r[i].want, 0, 0, "row %zu", i);
    }

    assert_true(isnan(fin_series_close_on(s, FIN_NO_DATE)));
    s.n = 0;
    assert_true(isnan(fin_series_close_on(s, TEST_TODAY)));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_class),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_close_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

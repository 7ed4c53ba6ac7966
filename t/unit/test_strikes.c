/* Which contracts are recommended, in which order, with which figures. */

#include "fin_assert.h"
#include "fin_options.h"

#include "../../src/core/fin_rules.h"
#include "../../src/core/fin_strikes.h"


static fin_liquidity_t
liquidity(void)
{
    fin_rules_t      rules;
    fin_liquidity_t  l;

    fin_rules_default(&rules);
    fin_liquidity_of(&l, &rules, FIN_SIGNAL_CSP);

    return l;
}


static void
test_thresholds(void **state)
{
    unsigned         k;
    fin_rules_t      rules;
    fin_liquidity_t  l;

    (void) state;

    for (k = 0; k < FIN_SIGNAL_COUNT; k++) {
        fin_rules_default(&rules);
        assert_int_equal(fin_rules_set(&rules,
            fin_signal_name((fin_signal_kind_t) k),
            strlen(fin_signal_name((fin_signal_kind_t) k)),
            "open_interest_min", 17, 77), FIN_OK);
        fin_liquidity_of(&l, &rules, (fin_signal_kind_t) k);
        fin_assert_same(l.open_interest_min, 77);
        fin_assert_same(l.spread_max, 25);
        fin_assert_same(l.volume_min, 1);
        fin_liquidity_of(&l, &rules,
                         (fin_signal_kind_t) ((k + 1) % FIN_SIGNAL_COUNT));
        fin_assert_same(l.open_interest_min, 10);
    }
}


static void
test_liquid(void **state)
{
    size_t           i;
    fin_option_t     o;
    fin_liquidity_t  l = liquidity();

    const int64_t  before = fin_ny_midnight(TEST_TODAY) - 1;
    const int64_t  day = TEST_DAY_T;

    const struct {
        double   bid, ask, last, oi, volume;
        int64_t  day_t;
        double   shares;
        int      liquid;
    }  rows[] = {
        { 1.00, 1.10, NAN, 10, NAN, 0, 100, 1 },
        { 1.00, 1.10, NAN, 9, NAN, 0, 100, 0 },
        { 1.00, 1.10, NAN, NAN, NAN, 0, 100, 0 },
        { 1.00, 1.10, NAN, 10, NAN, 0, 10, 0 },
        { 3.50, 4.50, NAN, 10, NAN, 0, 100, 1 },        /* 25 % */
        { 0.35, 0.45, NAN, 10, NAN, 0, 100, 1 },        /* and in cents */
        { 3.50, 4.51, NAN, 10, NAN, 0, 100, 0 },
        { 1.00, 1.00, NAN, 10, NAN, 0, 100, 1 },
        { 1.00, 0.99, 1.0, 10, 50, day, 100, 0 },       /* crossed */
        { 0, 0.05, 0.05, 10, 50, day, 100, 0 },
        { 0, 0, 0.05, 10, 50, day, 100, 0 },
        { NAN, 0.05, 0.05, 10, 50, day, 100, 0 },
        { 1, NAN, 1, 10, 50, day, 100, 0 },
        { NAN, NAN, 1, 10, 1, day, 100, 1 },            /* no quote */
        { NAN, NAN, 1, 10, 0.5, day, 100, 0 },
        { NAN, NAN, 1, 10, NAN, day, 100, 0 },
        { NAN, NAN, 1, 10, 50, before, 100, 0 },
        { NAN, NAN, 1, 10, 50, 0, 100, 0 },
        { NAN, NAN, NAN, 10, 50, day, 100, 0 }          /* no price */
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(&o, 0, sizeof(o));
        o.expiration = TEST_TODAY + 30;
        o.bid = rows[i].bid;
        o.ask = rows[i].ask;
        o.last = rows[i].last;
        o.day_close = NAN;
        o.open_interest = rows[i].oi;
        o.volume = rows[i].volume;
        o.day_t = rows[i].day_t;
        o.shares = rows[i].shares;
        fin_option_price(&o, TEST_TODAY);

        if (fin_option_liquid(&o, &l, TEST_TODAY) != rows[i].liquid) {
            fail_msg("row %zu", i);
        }
    }
}


static void
test_spread(void **state)
{
    fin_option_t  o;

    (void) state;
    memset(&o, 0, sizeof(o));

    test_quote(&o, 3, 5);
    fin_assert_same(fin_option_spread_pct(&o), 50);
    test_quote(&o, 0, 5);
    assert_true(isnan(fin_option_spread_pct(&o)));
    test_quote(&o, NAN, 5);
    assert_true(isnan(fin_option_spread_pct(&o)));
    test_quote(&o, 1e308, 1.7e308);
    assert_true(isnan(fin_option_spread_pct(&o)));
}


static double
fill_by_bid(fin_strike_t *s, const void *data)
{
    (void) data;

    return s->option->bid > 50 ? (double) NAN : s->option->bid;
}


static void
test_order(void **state)
{
    size_t               i, n;
    unsigned             found;
    fin_chain_t          chain;
    fin_strike_t         best[FIN_STRIKES_MAX];
    fin_option_t        *o;
    fin_strike_filter_t  f;

    static const struct {
        double       rank[6];           /* up to 0; over 50 has no rank */
        const char  *tickers;           /* as they were pushed: a, b, ... */
    }  rows[] = {
        { { 0 }, "" },
        { { 5 }, "a" },
        { { 5, 4 }, "ba" },
        { { 1, 2, 3, 4, 5, 6 }, "abc" },
        { { 6, 5, 4, 3, 2, 1 }, "fed" },
        { { 4, 6, 2, 5, 1, 3 }, "ecf" },
        { { 3, 3, 3, 3, 3, 3 }, "abc" },
        { { 3, 3, 1, 3, 3, 3 }, "cab" },
        { { 60, 3, 1 }, "cba" },
        { { 60, 60, 60, 1 }, "dab" }
    };

    (void) state;

    memset(&f, 0, sizeof(f));
    f.type = FIN_CALL;
    f.delta_max = 1;
    f.dte_max = 90;
    f.strike_from = f.strike_over = NAN;
    f.last_bar = TEST_TODAY;
    f.liquidity = liquidity();
    f.liquidity.spread_max = 200;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fin_chain_init(&chain);

        for (n = 0; n < 6 && rows[i].rank[n] > 0; n++) {
            o = test_push_liquid(&chain, FIN_CALL, 30, 100, 1, 0.5);
            test_quote(o, rows[i].rank[n], rows[i].rank[n] + 0.1);
            fin_option_price(o, TEST_TODAY);
            o->delta = 0.5;
            o->ticker[0] = (char) ('a' + n);
            o->ticker[1] = '\0';
        }

        found = fin_strikes_pick(best, &chain, &f, fill_by_bid, NULL);
        assert_int_equal(found, strlen(rows[i].tickers));

        for (n = 0; n < found; n++) {
            assert_int_equal(best[n].option->ticker[0], rows[i].tickers[n]);
            fin_assert_same(best[n].spread_pct,
                            fin_option_spread_pct(best[n].option));
        }

        fin_chain_free(&chain);
    }
}


static void
test_returns(void **state)
{
    fin_option_t  o;
    fin_strike_t  s;

    (void) state;
    memset(&o, 0, sizeof(o));
    o.price = 2;
    o.dte = 73;
    s.option = &o;

    s.return_on_capital = s.annualized_return = NAN;
    fin_strike_returns(&s, 80);
    fin_assert_close(s.return_on_capital, 2.5, 1e-15, 0);
    fin_assert_close(s.annualized_return, 12.5, 1e-15, 0);

    s.return_on_capital = s.annualized_return = NAN;
    fin_strike_returns(&s, 0);
    fin_strike_returns(&s, -5);
    fin_strike_returns(&s, NAN);
    fin_strike_returns(&s, 1e-308);
    assert_true(isnan(s.return_on_capital) && isnan(s.annualized_return));

    o.dte = 0;
    fin_strike_returns(&s, 80);
    assert_true(isnan(s.annualized_return));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_thresholds),
        cmocka_unit_test(test_liquid),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_returns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Positions together: sums, and what is held in a ticker. */

#include "fin_assert.h"
#include "fin_positions.h"


#define LOTS  16

typedef struct {
    size_t          n;
    fin_position_t  position[LOTS];
    fin_option_t    contract[LOTS];
    fin_lot_t       lot[LOTS];
} lots_t;


/* price: the stock's or the option's; delta: the option's */
static fin_lot_t *
add(lots_t *l, fin_position_t p, double price, double delta)
{
    fin_lot_t  *lot;

    assert_true(l->n < LOTS);

    l->position[l->n] = p;
    l->contract[l->n] = test_contract(price, delta);
    lot = &l->lot[l->n];
    lot->position = &l->position[l->n];
    lot->contract = p.type == FIN_POSITION_OPTION ? &l->contract[l->n] : NULL;
    fin_position_metrics(lot->position, price, lot->contract, TEST_TODAY,
                         &lot->metrics);
    l->n++;

    return lot;
}


static fin_holding_t
hold(const lots_t *l)
{
    fin_rules_t    rules;
    fin_holding_t  h;

    fin_rules_default(&rules);
    memset(&h, 0xa5, sizeof(h));
    fin_portfolio_holding(l->lot, l->n, "T", &rules, TEST_TODAY, &h);

    return h;
}


static double
leaps_strike(const lots_t *l)
{
    fin_holding_t  h = hold(l);

    return fin_portfolio_leaps_strike(l->lot, l->n, "T", TEST_TODAY, &h);
}


static void
test_summary(void **state)
{
    lots_t         l;
    fin_summary_t  s;

    (void) state;

    memset(&l, 0, sizeof(l));
    fin_portfolio_summary(NULL, 0, &s);
    fin_assert_same(s.market_value, 0);
    fin_assert_same(s.unrealized_pnl, 0);
    fin_assert_same(s.unrealized_pnl_pct, NAN);
    fin_assert_same(s.cash_secured, 0);
    assert_false(s.partial);

    /* 16000, +1000 of 15000; -300, +200 of 500; -250, -50 of 200 */

    add(&l, test_shares(100, 150), 160, NAN);
    add(&l, test_option(-1, FIN_CALL, 30, 170, 5), 3, NAN);
    add(&l, test_option(-2, FIN_PUT, 30, 140, 1), 1.25, NAN);
    fin_portfolio_summary(l.lot, l.n, &s);
    fin_assert_close(s.market_value, 15450, 1e-12, 0);
    fin_assert_close(s.unrealized_pnl, 1150, 1e-12, 0);
    fin_assert_close(s.unrealized_pnl_pct, 100 * 1150 / 15700.0, 1e-12, 0);
    fin_assert_close(s.cash_secured, 28000, 1e-12, 0);
    assert_false(s.partial);

    /* what is gone is left out, but its cash is still bound */

    add(&l, test_option(-1, FIN_PUT, 30, 100, 1), NAN, NAN);
    add(&l, test_option(1, FIN_PUT, 30, 90, 1), NAN, NAN);
    fin_portfolio_summary(l.lot, l.n, &s);
    fin_assert_close(s.market_value, 15450, 1e-12, 0);
    fin_assert_close(s.unrealized_pnl, 1150, 1e-12, 0);
    fin_assert_close(s.unrealized_pnl_pct, 100 * 1150 / 15700.0, 1e-12, 0);
    fin_assert_close(s.cash_secured, 38000, 1e-12, 0);
    assert_true(s.partial);

    /* none that has figures: null, not 0 */

    fin_portfolio_summary(l.lot + 3, 2, &s);
    fin_assert_same(s.market_value, NAN);
    fin_assert_same(s.unrealized_pnl, NAN);
    fin_assert_same(s.unrealized_pnl_pct, NAN);
    fin_assert_close(s.cash_secured, 10000, 1e-12, 0);
    assert_true(s.partial);

    /* an adjusted contract's multiplier is no matter of its cash */

    l.contract[2].shares = 150;
    fin_position_metrics(&l.position[2], NAN, &l.contract[2], TEST_TODAY,
                         &l.lot[2].metrics);
    fin_portfolio_summary(l.lot + 2, 1, &s);
    fin_assert_close(s.market_value, -375, 1e-12, 0);
    fin_assert_close(s.cash_secured, 28000, 1e-12, 0);
}


/* The summary is the sum, however the lots are split and ordered. */
static void
test_sums(void **state)
{
    int             i, k;
    double          value, pnl, cost;
    fin_lot_t       lot[60], swap;
    fin_option_t    o[60];
    fin_summary_t   s, t;
    fin_position_t  p[60];

    (void) state;

    value = pnl = cost = 0;

    for (i = 0; i < 60; i++) {
        k = (i * 37) % 23 - 11;
        k = k == 0 ? 5 : k;
        o[i] = test_contract(0.37 * ((i * 7) % 19 + 1), NAN);
        p[i] = i % 3 ? test_option(k, i % 2 ? FIN_CALL : FIN_PUT, 30, 50 + i,
                                   1.1 + 0.3 * i)
                     : test_shares(k * 10, 20 + 0.7 * i);
        lot[i].position = &p[i];
        lot[i].contract = &o[i];
        fin_position_metrics(&p[i], 41.27, &o[i], TEST_TODAY,
                             &lot[i].metrics);
        value += lot[i].metrics.current_value;
        pnl += lot[i].metrics.unrealized_pnl;
        cost += fabs(lot[i].metrics.cost);
    }

    fin_portfolio_summary(lot, 60, &s);
    fin_assert_close(s.market_value, value, 1e-10, 1e-6);
    fin_assert_close(s.unrealized_pnl, pnl, 1e-10, 1e-6);
    fin_assert_close(s.unrealized_pnl_pct, 100 * pnl / cost, 1e-10, 1e-9);
    assert_false(s.partial);

    for (i = 0; i < 30; i++) {
        swap = lot[i];
        lot[i] = lot[59 - i];
        lot[59 - i] = swap;
    }

    fin_portfolio_summary(lot, 60, &t);
    fin_assert_close(t.market_value, s.market_value, 1e-14, 0);
    fin_assert_close(t.unrealized_pnl, s.unrealized_pnl, 1e-14, 0);
    fin_assert_same(t.cash_secured, s.cash_secured);

    for (i = 0; i < 60; i++) {
        p[i].quantity = -p[i].quantity;
    }

    for (i = 0; i < 60; i++) {
        fin_position_metrics(lot[i].position, 41.27, lot[i].contract,
                             TEST_TODAY, &lot[i].metrics);
    }

    fin_portfolio_summary(lot, 60, &t);
    fin_assert_close(t.market_value, -s.market_value, 1e-14, 0);
    fin_assert_close(t.unrealized_pnl, -s.unrealized_pnl, 1e-14, 0);
    fin_assert_close(t.unrealized_pnl_pct, -s.unrealized_pnl_pct, 1e-14, 0);
}


static void
test_shares_held(void **state)
{
    size_t         i, k;
    lots_t         l;
    fin_holding_t  h;

    static const struct {
        struct {
            int     quantity;
            double  price;
        }       lot[3];
        double  shares, basis;
    }  r[] = {
        { { { 0, 0 }, { 0, 0 }, { 0, 0 } }, 0, NAN },
        { { { 100, 150 }, { 0, 0 }, { 0, 0 } }, 100, 150 },
        { { { 100, 150 }, { 300, 170 }, { 0, 0 } }, 400, 165 },
        { { { 100, 150.1 }, { 7, 150.1 }, { 13, 150.1 } }, 120, 150.1 },
        { { { 285, 273.74 }, { 329, 273.74 }, { 52, 273.74 } }, 666, 273.74 },
        { { { 100, 150 }, { 300, 170 }, { -100, 500 } }, 300, 165 },
        { { { 100, 150 }, { -100, 160 }, { 0, 0 } }, 0, NAN },
        { { { 100, 150 }, { -101, 160 }, { 0, 0 } }, 0, NAN },
        { { { 100, 150 }, { -99, 160 }, { 0, 0 } }, 1, 150 },
        { { { -100, 150 }, { 0, 0 }, { 0, 0 } }, 0, NAN }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        memset(&l, 0, sizeof(l));

        for (k = 0; k < 3 && r[i].lot[k].quantity != 0; k++) {
            add(&l, test_shares(r[i].lot[k].quantity, r[i].lot[k].price),
                NAN, NAN);
        }

        /* another ticker's, and options, are no shares of this one */

        add(&l, test_shares(1000, 1), 1, NAN);
        strcpy(l.position[l.n - 1].ticker, "U");
        add(&l, test_option(1000, FIN_PUT, 30, 50, 1), 1, -0.5);

        h = hold(&l);
        fin_assert_close_row(h.shares, r[i].shares, 0, 0, "row %zu", i);
        fin_assert_close_row(h.cost_basis, r[i].basis, 0, 0, "row %zu", i);
        assert_int_equal(h.has_leaps, 0);
        assert_true(isnan(h.leaps_strike) && isnan(h.leaps_cost));
    }
}


static void
test_leaps_bounds(void **state)
{
    size_t         i;
    lots_t         l;
    fin_holding_t  h;

    static const struct {
        int          quantity;
        fin_right_t  type;
        int          dte;
        double       delta;
        unsigned     has;
    }  r[] = {
        { 1, FIN_CALL, 180, 0.70, 1 }, { 1, FIN_CALL, 179, 0.70, 0 },
        { 1, FIN_CALL, 180, 0.6999, 0 }, { 1, FIN_CALL, 180, NAN, 0 },
        { -1, FIN_CALL, 180, 0.70, 0 }, { 1, FIN_PUT, 180, 0.70, 0 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        memset(&l, 0, sizeof(l));
        add(&l, test_option(r[i].quantity, r[i].type, r[i].dte, 80, 25), 30,
            r[i].delta);
        h = hold(&l);

        if (h.has_leaps != r[i].has) {
            fail_msg("row %zu", i);
        }

        fin_assert_same(h.leaps_strike, r[i].has ? 80 : NAN);
        fin_assert_same(h.leaps_cost, r[i].has ? 25 : NAN);

        strcpy(l.position[0].ticker, "U");
        assert_int_equal(hold(&l).has_leaps, 0);
    }

    memset(&l, 0, sizeof(l));
    add(&l, test_option(1, FIN_CALL, 400, 80, 25), 30, 0.8)->contract = NULL;
    assert_int_equal(hold(&l).has_leaps, 0);
}


static void
test_leaps_choice(void **state)
{
    lots_t         l;
    fin_rules_t    rules;
    fin_holding_t  h;

    (void) state;

    memset(&l, 0, sizeof(l));
    add(&l, test_option(1, FIN_CALL, 300, 60, 41), 45, 0.9);
    add(&l, test_option(1, FIN_CALL, 500, 90, 21), 25, 0.75);
    add(&l, test_option(1, FIN_CALL, 500, 80, 31), 35, 0.85);
    add(&l, test_option(1, FIN_CALL, 700, 150, 9), 9, 0.5);
    h = hold(&l);
    fin_assert_same(h.leaps_strike, 80);
    fin_assert_same(h.leaps_cost, 31);

    /* two lots of one contract: 1 at 31 and 3 at 35 */

    add(&l, test_option(3, FIN_CALL, 500, 80, 35), 35, 0.85);
    h = hold(&l);
    fin_assert_same(h.leaps_strike, 80);
    fin_assert_same(h.leaps_cost, 34);

    /* another ticker's calls, and puts, are not of that contract */

    add(&l, test_option(-9, FIN_CALL, 500, 80, 99), 35, 0.85);
    strcpy(l.position[l.n - 1].ticker, "U");
    add(&l, test_option(-9, FIN_PUT, 500, 80, 99), 35, -0.15);
    h = hold(&l);
    fin_assert_same(h.leaps_strike, 80);
    fin_assert_same(h.leaps_cost, 34);

    /* a part sold: the cost stays; all sold: the next one */

    add(&l, test_option(-3, FIN_CALL, 500, 80, 99), 35, 0.85);
    h = hold(&l);
    fin_assert_same(h.leaps_strike, 80);
    fin_assert_same(h.leaps_cost, 34);

    add(&l, test_option(-1, FIN_CALL, 500, 80, 99), 35, 0.85);
    h = hold(&l);
    fin_assert_same(h.leaps_strike, 90);
    fin_assert_same(h.leaps_cost, 21);

    add(&l, test_option(-2, FIN_CALL, 500, 90, 99), 25, 0.75);
    h = hold(&l);
    fin_assert_same(h.leaps_strike, 60);

    /* a deployment's own threshold counts here */

    fin_rules_default(&rules);
    assert_int_equal(fin_rules_set(&rules, "pmcc", 4, "leaps_delta", 11,
                                   0.5), FIN_OK);
    fin_portfolio_holding(l.lot, l.n, "T", &rules, TEST_TODAY, &h);
    fin_assert_same(h.leaps_strike, 150);
}


/* What a short call must be over, when no LEAPS qualifies any more. */
static void
test_leaps_strike(void **state)
{
    lots_t  l;

    (void) state;

    memset(&l, 0, sizeof(l));
    fin_assert_same(leaps_strike(&l), NAN);

    /* bought with 179 days: no LEAPS */

    add(&l, test_option(1, FIN_CALL, 149, 70, 30), 30, 0.9);
    fin_assert_same(leaps_strike(&l), NAN);

    /* expired; then short of days; then of delta, expiring last */

    add(&l, test_option(1, FIN_CALL, -1, 50, 30), NAN, NAN);
    l.position[1].transaction_date = TEST_TODAY - 400;
    fin_assert_same(leaps_strike(&l), NAN);

    add(&l, test_option(1, FIN_CALL, 150, 75, 30), 30, 0.9);
    fin_assert_same(leaps_strike(&l), 75);

    add(&l, test_option(1, FIN_CALL, 400, 120, 30), 5, 0.2);
    fin_assert_same(leaps_strike(&l), 120);

    add(&l, test_option(1, FIN_CALL, 400, 110, 30), NAN, NAN)->contract
        = NULL;
    fin_assert_same(leaps_strike(&l), 110);

    /* one that qualifies comes first */

    add(&l, test_option(1, FIN_CALL, 200, 85, 30), 30, 0.9);
    fin_assert_same(leaps_strike(&l), 85);

    strcpy(l.position[5].ticker, "U");
    fin_assert_same(leaps_strike(&l), 110);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_shares_held),
        cmocka_unit_test(test_leaps_bounds),
        cmocka_unit_test(test_leaps_choice),
        cmocka_unit_test(test_leaps_strike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

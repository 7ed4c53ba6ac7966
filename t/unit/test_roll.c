/* Roll targets: the window, the nearest, the strike, the liquidity. */

#include "fin_assert.h"
#include "fin_positions.h"


static fin_roll_query_t
query(const fin_position_t *p, fin_roll_type_t type)
{
    fin_roll_query_t  q = {
        p, type, TEST_TODAY, FIN_ADVICE_ROLL_DTE_MIN,
        FIN_ADVICE_ROLL_DTE_MAX, FIN_ADVICE_ROLL_DTE_NEAR
    };

    return q;
}


static void
value(fin_chain_t *chain)
{
    fin_market_t  m = test_market(100);

    assert_int_equal(fin_chain_value(chain, &m), FIN_OK);
}


static const fin_option_t *
find(const fin_chain_t *chain, const fin_position_t *p, fin_roll_type_t type,
    fin_roll_status_t want)
{
    fin_date_t           expiration;
    fin_roll_query_t     q = query(p, type);
    fin_roll_status_t    status;
    const fin_option_t  *o;

    status = fin_roll_find(chain, &q, &o, &expiration);
    assert_int_equal(status, want);
    assert_int_equal(o != NULL, status == FIN_ROLL_FOUND);
    assert_int_equal(expiration != FIN_NO_DATE,
                     status == FIN_ROLL_FOUND
                     || status == FIN_ROLL_NO_CONTRACT);

    if (o != NULL) {
        assert_int_equal(o->expiration, expiration);
    }

    return o;
}


/* The expiration: window, nearest 45, the earlier of two, not backwards. */
static void
test_expiration(void **state)
{
    size_t               i, k;
    fin_chain_t          chain;
    fin_position_t       p;
    const fin_option_t  *o;

    static const struct {
        int              held;
        fin_roll_type_t  type;
        int              dte[4];
        int              want;
    }  r[] = {
        { 10, FIN_ROLL_OUT, { 29 }, 0 },
        { 10, FIN_ROLL_OUT, { 30 }, 30 },
        { 10, FIN_ROLL_OUT, { 60 }, 60 },
        { 10, FIN_ROLL_OUT, { 61 }, 0 },
        { 10, FIN_ROLL_OUT, { 29, 61, 90, 7 }, 0 },
        { 10, FIN_ROLL_OUT, { 31, 38, 52, 59 }, 38 },
        { 10, FIN_ROLL_OUT, { 59, 52, 38, 31 }, 38 },
        { 10, FIN_ROLL_OUT, { 31, 37, 52, 59 }, 52 },
        { 10, FIN_ROLL_OUT, { 44, 46 }, 44 },
        { 10, FIN_ROLL_OUT, { 44, 45, 46 }, 45 },

        /* out is not back, and not to itself */
        { 38, FIN_ROLL_OUT, { 31, 38, 53 }, 53 },
        { 45, FIN_ROLL_OUT, { 38, 45, 59 }, 59 },
        { 45, FIN_ROLL_OUT, { 38, 45 }, 0 },
        { 59, FIN_ROLL_OUT, { 45, 52 }, 0 },
        { 45, FIN_ROLL_UP_AND_OUT, { 38, 45, 59 }, 45 },
        { 45, FIN_ROLL_DOWN_AND_OUT, { 38, 45, 59 }, 45 },
        { 50, FIN_ROLL_UP_AND_OUT, { 38, 45, 59 }, 59 },
        { 50, FIN_ROLL_DOWN_AND_OUT, { 38, 45 }, 0 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        p = test_option(-1, FIN_PUT, r[i].held, 100, 2);
        fin_chain_init(&chain);

        for (k = 0; k < 4 && r[i].dte[k] != 0; k++) {
            test_push_liquid(&chain, FIN_PUT, r[i].dte[k], 95, 2, -0.2);
            test_push_liquid(&chain, FIN_PUT, r[i].dte[k], 100, 2, -0.4);
            test_push_liquid(&chain, FIN_PUT, r[i].dte[k], 105, 2, -0.6);
        }

        /* neither the other type nor adjusted ones make an expiration */

        test_push_liquid(&chain, FIN_CALL, r[i].held == 45 ? 46 : 45, 100, 2,
                         0.4);
        test_push_liquid(&chain, FIN_PUT, r[i].held == 45 ? 46 : 45, 100, 2,
                         -0.4)->shares = 10;
        value(&chain);

        o = find(&chain, &p, r[i].type,
                 r[i].want ? FIN_ROLL_FOUND : FIN_ROLL_NO_EXPIRATION);

        if ((o == NULL ? 0 : o->dte) != r[i].want) {
            fail_msg("row %zu: %d", i, o == NULL ? 0 : (int) o->dte);
        }

        fin_chain_free(&chain);
    }

    find(NULL, &p, FIN_ROLL_OUT, FIN_ROLL_NO_CHAIN);
    fin_chain_init(&chain);
    find(&chain, &p, FIN_ROLL_OUT, FIN_ROLL_NO_CHAIN);
}


/* The strike: the same, or the delta nearest 0.25 on the right side. */
static void
test_strike(void **state)
{
    size_t               i, k;
    fin_right_t          right;
    fin_chain_t          chain;
    fin_position_t       p;
    const fin_option_t  *o;

    static const struct {
        fin_roll_type_t  type;
        double           delta[5];      /* of strikes 90, 95, 100, 105, 110 */
        double           want;          /* NAN: none */
    }  r[] = {
        { FIN_ROLL_OUT, { 0.25, 0.25, 0.9, 0.25, 0.25 }, 100 },
        { FIN_ROLL_OUT, { 0.25, 0.25, NAN, 0.25, 0.25 }, 100 },
        { FIN_ROLL_UP_AND_OUT, { 0.25, 0.25, 0.25, 0.9, 0.8 }, 110 },
        { FIN_ROLL_UP_AND_OUT, { 0.25, 0.25, 0.25, 0.31, 0.18 }, 105 },
        { FIN_ROLL_UP_AND_OUT, { 0.25, 0.25, 0.25, 0.31, 0.20 }, 110 },
        { FIN_ROLL_UP_AND_OUT, { 0.25, 0.25, 0.25, 0.30, 0.20 }, 105 },
        { FIN_ROLL_UP_AND_OUT, { 0.25, 0.25, 0.25, 0.27, 0.23 }, 105 },
        { FIN_ROLL_UP_AND_OUT, { 0.25, 0.25, 0.25, NAN, 0.05 }, 110 },
        { FIN_ROLL_UP_AND_OUT, { 0.25, 0.25, 0.25, NAN, NAN }, NAN },
        { FIN_ROLL_DOWN_AND_OUT, { 0.9, 0.8, 0.25, 0.25, 0.25 }, 95 },
        { FIN_ROLL_DOWN_AND_OUT, { 0.26, 0.8, 0.25, 0.25, 0.25 }, 90 },
        { FIN_ROLL_DOWN_AND_OUT, { 0.20, 0.30, 0.25, 0.25, 0.25 }, 90 },
        { FIN_ROLL_DOWN_AND_OUT, { NAN, NAN, 0.25, 0.25, 0.25 }, NAN }
    };

    (void) state;

    for (i = 0; i < 2 * TEST_ROWS(r); i++) {

        /* the delta counts in size: the same for puts */

        right = i % 2 ? FIN_PUT : FIN_CALL;
        p = test_option(-1, right, 10, 100, 2);
        fin_chain_init(&chain);

        for (k = 0; k < 5; k++) {
            test_push_liquid(&chain, right, 45, 90 + 5 * (double) k, 2, 0);
            test_push_liquid(&chain, right, 44, 90 + 5 * (double) k, 2, 0.25);
            test_push_liquid(&chain, right == FIN_PUT ? FIN_CALL : FIN_PUT,
                             45, 90 + 5 * (double) k, 2, 0.25);
        }

        value(&chain);

        for (k = 0; k < chain.n; k++) {
            if (chain.opt[k].dte == 45 && chain.opt[k].type == right) {
                chain.opt[k].delta = (right == FIN_PUT ? -1 : 1)
                    * r[i / 2].delta[(int) (chain.opt[k].strike - 90) / 5];
            }
        }

        o = find(&chain, &p, r[i / 2].type,
                 isnan(r[i / 2].want) ? FIN_ROLL_NO_CONTRACT
                                      : FIN_ROLL_FOUND);

        if (o != NULL) {
            fin_assert_close_row(o->strike, r[i / 2].want, 0, 0, "row %zu",
                                 i / 2);
            assert_int_equal(o->type, right);
            assert_int_equal(o->dte, 45);
        }

        fin_chain_free(&chain);
    }
}


/* Recommended strikes' liquidity, both sides of its bounds. */
static void
test_liquidity(void **state)
{
    size_t               i;
    fin_chain_t          chain;
    fin_option_t        *o;
    fin_position_t       p = test_option(-1, FIN_CALL, 25, 100, 2);

    static const struct {
        double  interest, bid, ask, volume, shares;
        int     day, found;             /* day of volume: 0 is the last bar's */
    }  r[] = {
        { 10, 1.95, 2.05, NAN, 100, 0, 1 },
        { 9, 1.95, 2.05, NAN, 100, 0, 0 },
        { NAN, 1.95, 2.05, NAN, 100, 0, 0 },
        { 10, 1.75, 2.25, NAN, 100, 0, 1 },             /* 25 % */
        { 10, 1.74, 2.26, NAN, 100, 0, 0 },
        { 10, 0, 2.25, 50, 100, 0, 0 },
        { 10, 2.25, 1.75, 50, 100, 0, 0 },
        { 10, 1.95, 2.05, NAN, 10, 0, 0 },              /* adjusted */
        { 10, NAN, NAN, 1, 100, 0, 1 },
        { 10, NAN, NAN, 0, 100, 0, 0 },
        { 10, NAN, NAN, 1, 100, -1, 0 }
    };

    (void) state;

    for (i = 0; i < TEST_ROWS(r); i++) {
        fin_chain_init(&chain);

        /* an expiration further off does not stand in */

        test_push_liquid(&chain, FIN_CALL, 46, 100, 2, 0.4);
        test_push_liquid(&chain, FIN_CALL, 45, 105, 2, 0.4);
        o = test_push(&chain, FIN_CALL, 45, 100);
        test_quote(o, r[i].bid, r[i].ask);
        o->open_interest = r[i].interest;
        o->volume = r[i].volume;
        o->shares = r[i].shares;
        o->day_close = 2;
        o->day_t = TEST_DAY_T + r[i].day * FIN_DAY_MS;
        value(&chain);

        (void) find(&chain, &p, FIN_ROLL_OUT,
                    r[i].found ? FIN_ROLL_FOUND : FIN_ROLL_NO_CONTRACT);
        fin_chain_free(&chain);
    }
}


/* An expiration counts when something liquid of the right type is in it. */
static void
test_listed(void **state)
{
    int                  i;
    fin_chain_t          chain;
    fin_option_t        *o;
    fin_position_t       p = test_option(-1, FIN_CALL, 25, 100, 2);
    const fin_option_t  *found;

    (void) state;

    for (i = 0; i < 2; i++) {
        fin_chain_init(&chain);
        test_push_liquid(&chain, FIN_CALL, 52, 100, 2, 0.4);
        test_push_liquid(&chain, FIN_PUT, 45, 95, 2, -0.4);
        o = test_push_liquid(&chain, FIN_CALL, 45, 95, 2, 0.4);
        o->open_interest = i ? 10 : 9;
        value(&chain);

        found = find(&chain, &p, FIN_ROLL_OUT,
                     i ? FIN_ROLL_NO_CONTRACT : FIN_ROLL_FOUND);
        assert_int_equal(found == NULL ? 45 : found->dte, i ? 45 : 52);
        fin_chain_free(&chain);
    }

    /* nothing in the window is liquid */

    fin_chain_init(&chain);
    test_push_liquid(&chain, FIN_CALL, 45, 100, 2, 0.4)->open_interest = 9;
    value(&chain);
    find(&chain, &p, FIN_ROLL_OUT, FIN_ROLL_NO_EXPIRATION);
    fin_chain_free(&chain);
}


/* Two contracts of one strike: by ticker.  The present strike is no target. */
static void
test_ties(void **state)
{
    int                  i;
    fin_chain_t          chain;
    fin_position_t       p = test_option(-1, FIN_CALL, 25, 100, 2);
    const fin_option_t  *o;

    (void) state;

    for (i = 0; i < 2; i++) {
        fin_chain_init(&chain);
        strcpy(test_push_liquid(&chain, FIN_CALL, 45, 105, 2, 0.25)->ticker,
               i ? "O:B" : "O:A");
        strcpy(test_push_liquid(&chain, FIN_CALL, 45, 105, 2, 0.25)->ticker,
               i ? "O:A" : "O:B");
        test_push_liquid(&chain, FIN_CALL, 45, 100, 2, 0.25);
        value(&chain);

        o = find(&chain, &p, FIN_ROLL_UP_AND_OUT, FIN_ROLL_FOUND);
        assert_string_equal(o->ticker, "O:A");

        /* of one strike the delta does not matter */

        p.strike = 105;
        chain.opt[1].delta = 0.9;
        o = find(&chain, &p, FIN_ROLL_OUT, FIN_ROLL_FOUND);
        assert_string_equal(o->ticker, "O:A");

        p.strike = 100.0004;                    /* quoted in thousandths */
        find(&chain, &p, FIN_ROLL_DOWN_AND_OUT, FIN_ROLL_NO_CONTRACT);
        p.strike = 100;
        find(&chain, &p, FIN_ROLL_DOWN_AND_OUT, FIN_ROLL_NO_CONTRACT);
        fin_chain_free(&chain);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_expiration),
        cmocka_unit_test(test_strike),
        cmocka_unit_test(test_liquidity),
        cmocka_unit_test(test_listed),
        cmocka_unit_test(test_ties),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

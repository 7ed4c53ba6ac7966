/* Implied volatility: QuantLib's prices, a round trip, where there is none. */

#include "fin_assert.h"

#include "../../src/core/fin_bs.h"


typedef struct {
    fin_right_t  type;
    double       k;
    int32_t      dte;
    double       r, q, sigma;
    double       price, delta, gamma, theta, vega;
} golden_t;

static const golden_t  grid[] = {
#include "../golden/quantlib/grid.inc"
};

#define GRID_N     (sizeof(grid) / sizeof(grid[0]))

/* of the price a point: below it the price's own rounding tells nothing */
#define VEGA_GONE  1e-8


static void
test_golden(void **state)
{
    size_t    i, n;
    double    iv;
    fin_bs_t  o;

    (void) state;

    for (i = 0, n = 0; i < GRID_N; i++) {

        o = (fin_bs_t) { 100, grid[i].k, fin_bs_years(grid[i].dte),
                         grid[i].r, grid[i].q, grid[i].type };
        iv = fin_bs_iv(&o, grid[i].price);

        assert_true(isnan(iv) || (iv > 0 && iv < INFINITY));

        if (grid[i].vega > VEGA_GONE) {
            fin_assert_close_row(iv, grid[i].sigma, 0, 1e-6, "row %zu", i);
            n++;
        }
    }

    assert_true(n > 350);
}


static void
round_trip(const fin_bs_t *o, double sigma, size_t *n)
{
    double        price, iv;
    fin_greeks_t  g;

    price = fin_bs_price(o, sigma);
    iv = fin_bs_iv(o, price);
    fin_bs_greeks(o, sigma, &g);

    assert_true(isnan(iv) || (iv > 0 && iv < INFINITY));

    if (g.vega > VEGA_GONE * (o->s + o->k) / 100) {
        fin_assert_close_row(iv, sigma, 0, 1e-6, "k %g t %g sigma %g type %d",
                             o->k, o->t, sigma, o->type);
        (*n)++;
    }

    /* whatever the volatility is, it must give the price again */

    if (!isnan(iv)) {
        fin_assert_close(fin_bs_price(o, iv), price, 1e-11,
                         1e-15 * (o->s + o->k));
    }
}


static void
test_round_trip(void **state)
{
    int       m;
    size_t    n;
    double    t, sigma;
    fin_bs_t  o = { 100, 0, 0, 0.04, 0.01, FIN_CALL };

    (void) state;

    n = 0;

    for (m = -60; m <= 60; m++) {
        o.k = 100 * exp(m * 0.05);

        for (t = 0.5 / 365; t < 5; t *= 2) {
            o.t = t;

            for (sigma = 0.02; sigma < 6; sigma *= 1.3) {
                o.type = FIN_CALL;
                round_trip(&o, sigma, &n);
                o.type = FIN_PUT;
                round_trip(&o, sigma, &n);
            }
        }
    }

    assert_true(n > 10000);
}


/* at the forward, where ln(F/K) is 0 or rounding */
static void
test_at_the_forward(void **state)
{
    size_t    n;
    double    sigma;
    fin_bs_t  o = { 100, 100, 0.1, 0, 0, FIN_CALL };

    (void) state;

    n = 0;

    for (sigma = 1e-4; sigma < 20; sigma *= 1.2) {
        o.k = 100;
        round_trip(&o, sigma, &n);
        o.k = nextafter(100, 200);
        round_trip(&o, sigma, &n);
        o.k = 100 * (1 + 1e-9);
        round_trip(&o, sigma, &n);
    }

    assert_true(n > 150);
}


/* prices down to what a double can hold, and up to the bound */
static void
test_far_prices(void **state)
{
    double    price, iv;
    fin_bs_t  o = { 100, 150, 0.25, 0.04, 0, FIN_CALL };

    (void) state;

    for (price = 1e-290; price < 100; price *= 7) {
        iv = fin_bs_iv(&o, price);
        assert_true(iv > 0 && iv < 100);
        fin_assert_close_row(fin_bs_price(&o, iv), price, 1e-10, 0,
                             "price %g", price);
    }

    for (price = 50; price > 1e-9; price /= 7) {
        iv = fin_bs_iv(&o, 100 - price);
        assert_true(iv > 0 && iv < 100);
        fin_assert_close_row(fin_bs_price(&o, iv), 100 - price, 1e-13, 0,
                             "price %g", price);
    }
}


static void
test_none(void **state)
{
    size_t    i;
    double    intrinsic, bound;
    fin_bs_t  o;

    static const struct {
        fin_right_t  type;
        double       k;
    }  rows[] = {
        { FIN_CALL, 80 }, { FIN_CALL, 100 }, { FIN_CALL, 130 },
        { FIN_PUT, 80 }, { FIN_PUT, 100 }, { FIN_PUT, 130 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {

        o = (fin_bs_t) { 100, rows[i].k, 0.5, 0.04, 0.01, rows[i].type };
        bound = (o.type == FIN_CALL) ? 100 * exp(-0.005) : o.k * exp(-0.02);
        intrinsic = 100 * exp(-0.005) - o.k * exp(-0.02);
        intrinsic = fmax(o.type == FIN_CALL ? intrinsic : -intrinsic, 0);

        assert_true(isnan(fin_bs_iv(&o, intrinsic)));
        assert_true(isnan(fin_bs_iv(&o, intrinsic - 0.01)));
        assert_true(isnan(fin_bs_iv(&o, bound)));
        assert_true(isnan(fin_bs_iv(&o, bound + 0.01)));
        assert_true(isnan(fin_bs_iv(&o, 0)));
        assert_true(isnan(fin_bs_iv(&o, -1)));
        assert_true(isnan(fin_bs_iv(&o, NAN)));
        assert_true(isnan(fin_bs_iv(&o, INFINITY)));

        assert_true(fin_bs_iv(&o, intrinsic + 0.01) > 0);
        assert_true(fin_bs_iv(&o, bound - 0.01) > 0);
    }
}


static void
test_odd_terms(void **state)
{
    size_t    i, j;
    double    iv, *field;
    fin_bs_t  o;

    static const double  odd[] = {
        NAN, INFINITY, -INFINITY, 0, -1, 1e308, 1e-308, -1e308
    };

    (void) state;

    for (i = 0; i < 5; i++) {
        for (j = 0; j < sizeof(odd) / sizeof(odd[0]); j++) {

            o = (fin_bs_t) { 100, 100, 0.5, 0.04, 0.01, FIN_PUT };
            field = (i == 0) ? &o.s : (i == 1) ? &o.k : (i == 2) ? &o.t
                    : (i == 3) ? &o.r : &o.q;
            *field = odd[j];
            iv = fin_bs_iv(&o, 5);
            assert_true(isnan(iv) || iv >= 0);

            if (isnan(odd[j])) {
                assert_true(isnan(iv));
            }
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_at_the_forward),
        cmocka_unit_test(test_far_prices),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_odd_terms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

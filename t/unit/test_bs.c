/* Price and greeks: QuantLib's grid, parity, finite differences, odd input. */

#include "fin_assert.h"

#include "../../src/core/fin_bs.h"
#include "../../src/core/fin_mills.h"


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

#define GRID_N  (sizeof(grid) / sizeof(grid[0]))


static fin_bs_t
grid_option(const golden_t *g)
{
    fin_bs_t  o = { 100, g->k, fin_bs_years(g->dte), g->r, g->q, g->type };

    return o;
}


static void
test_years(void **state)
{
    (void) state;

    fin_assert_same(fin_bs_years(365), 1);
    fin_assert_same(fin_bs_years(1), 1.0 / 365);
    fin_assert_same(fin_bs_years(0), 0.5 / 365);
    fin_assert_same(fin_bs_years(-3), 0.5 / 365);
}


static void
test_mills(void **state)
{
    size_t  i;

    static const struct {
        double  z, m;
    }  rows[] = {
#include "../golden/mills/golden.inc"
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fin_assert_close_row(fin_mills(rows[i].z), rows[i].m, 1e-15, 0,
                             "z %g", rows[i].z);
    }
}


static void
test_golden(void **state)
{
    size_t            i;
    fin_bs_t          o;
    fin_greeks_t      g;
    const golden_t   *row;

    (void) state;
    assert_true(GRID_N > 600);

    for (i = 0; i < GRID_N; i++) {

        row = &grid[i];
        o = grid_option(row);
        fin_bs_greeks(&o, row->sigma, &g);

        fin_assert_close_row(fin_bs_price(&o, row->sigma), row->price, 1e-12,
                             1e-12, "price %zu", i);
        fin_assert_close_row(g.delta, row->delta, 1e-12, 1e-13,
                             "delta %zu", i);
        fin_assert_close_row(g.gamma, row->gamma, 1e-11, 1e-13,
                             "gamma %zu", i);
        fin_assert_close_row(g.theta, row->theta, 1e-10, 1e-12,
                             "theta %zu", i);
        fin_assert_close_row(g.vega, row->vega, 1e-11, 1e-13, "vega %zu", i);
    }
}


static void
test_parity(void **state)
{
    size_t        i;
    double        call, put;
    fin_bs_t      o;
    fin_greeks_t  c, p;

    (void) state;

    for (i = 0; i < GRID_N; i++) {

        o = grid_option(&grid[i]);
        o.type = FIN_CALL;
        call = fin_bs_price(&o, grid[i].sigma);
        fin_bs_greeks(&o, grid[i].sigma, &c);
        o.type = FIN_PUT;
        put = fin_bs_price(&o, grid[i].sigma);
        fin_bs_greeks(&o, grid[i].sigma, &p);

        fin_assert_close(call - put,
                         o.s * exp(-o.q * o.t) - o.k * exp(-o.r * o.t),
                         0, 1e-12 * (o.s + o.k));
        fin_assert_close(c.delta - p.delta, exp(-o.q * o.t), 0, 1e-14);
        fin_assert_same(c.gamma, p.gamma);
        fin_assert_same(c.vega, p.vega);
        fin_assert_close(c.theta - p.theta,
                         (o.q * o.s * exp(-o.q * o.t)
                          - o.r * o.k * exp(-o.r * o.t)) / 365, 0, 1e-13);
        assert_true(call >= 0 && put >= 0);
    }
}


static double
bumped(fin_bs_t o, double ds, double dt, double sigma)
{
    o.s += ds;
    o.t += dt;

    return fin_bs_price(&o, sigma);
}


static void
test_differences(void **state)
{
    size_t        i, n;
    double        h, v;
    fin_bs_t      o;
    fin_greeks_t  g;

    (void) state;

    for (i = 0, n = 0; i < GRID_N; i++) {

        v = grid[i].sigma;
        o = grid_option(&grid[i]);

        if (v * sqrt(o.t) < 0.02) {
            continue;               /* too bent for a difference */
        }

        n++;
        fin_bs_greeks(&o, v, &g);

        h = 1e-3;
        fin_assert_close(g.delta,
            (bumped(o, h, 0, v) - bumped(o, -h, 0, v)) / (2 * h), 1e-5, 1e-5);
        h = 1e-2;
        fin_assert_close(g.gamma,
            (bumped(o, h, 0, v) - 2 * bumped(o, 0, 0, v) + bumped(o, -h, 0, v))
            / (h * h), 1e-3, 1e-5);
        h = 1e-4 * v;
        fin_assert_close(g.vega,
            (bumped(o, 0, 0, v + h) - bumped(o, 0, 0, v - h)) / (2 * h) / 100,
            1e-5, 1e-7);
        h = 1e-4 * o.t;
        fin_assert_close(g.theta,
            -(bumped(o, 0, h, v) - bumped(o, 0, -h, v)) / (2 * h) / 365,
            1e-5, 1e-6);
    }

    assert_true(n > 400);
}


static void
test_odd_input(void **state)
{
    size_t    i;
    fin_bs_t  o = { 100, 100, 1, 0.04, 0, FIN_CALL };

    static const double  bad[] = { NAN, 0, -0.2, -INFINITY };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_true(isnan(fin_bs_price(&o, bad[i])));
    }

    o.s = NAN;
    assert_true(isnan(fin_bs_price(&o, 0.2)));
    o.s = 100;
    o.k = NAN;
    assert_true(isnan(fin_bs_price(&o, 0.2)));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_years),
        cmocka_unit_test(test_mills),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_parity),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_odd_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The container and the valuation: order, duplicates, prices, greeks. */

#include "fin_assert.h"
#include "fin_options.h"

#include <stdlib.h>

#include "../../src/codec/fin_in.h"


static void
test_push_grows(void **state)
{
    size_t         i;
    fin_chain_t    chain;
    fin_option_t  *o;

    (void) state;
    fin_chain_init(&chain);

    for (i = 0; i < 5000; i++) {
        o = fin_chain_push(&chain);
        assert_non_null(o);
        assert_true(isnan(o->bid) && isnan(o->price) && isnan(o->up_vega));
        assert_true(o->shares == 100 && o->expiration == FIN_NO_DATE);
        o->strike = (double) i;
    }

    assert_int_equal(chain.n, 5000);
    fin_assert_same(chain.opt[4999].strike, 4999);
    fin_chain_free(&chain);
    assert_null(chain.opt);
    fin_chain_free(&chain);
}


static int
ordered(const fin_option_t *a, const fin_option_t *b)
{
    if (a->expiration != b->expiration) {
        return a->expiration < b->expiration;
    }

    if (a->strike != b->strike) {
        return a->strike < b->strike;
    }

    if (a->type != b->type) {
        return a->type < b->type;
    }

    return strcmp(a->ticker, b->ticker) <= 0;
}


static void
test_sort(void **state)
{
    size_t         i, n;
    uint32_t       x;
    double         sum;
    fin_chain_t    chain;
    fin_option_t  *o;

    (void) state;

    for (n = 0; n < 400; n = n * 2 + 1) {
        fin_chain_init(&chain);

        for (i = 0, x = 1, sum = 0; i < n; i++) {
            x = x * 1664525u + 1013904223u;
            o = test_push(&chain, (x >> 20) & 1, (int32_t) (x >> 24) % 5,
                          90 + (double) ((x >> 12) % 20));
            snprintf(o->ticker, sizeof(o->ticker), "%u", x >> 29);
            o->bid = (double) x;
            sum += o->bid;
        }

        assert_int_equal(fin_chain_sort(&chain), FIN_OK);

        for (i = 0; i < n; i++) {
            sum -= chain.opt[i].bid;
            assert_true(i == 0 || ordered(&chain.opt[i - 1], &chain.opt[i]));
        }

        fin_assert_same(sum, 0);        /* integers: nothing lost or doubled */
        fin_chain_free(&chain);
    }
}


static void
test_unique(void **state)
{
    size_t         i, j;
    fin_chain_t    chain;
    fin_option_t  *o;

    (void) state;
    fin_chain_init(&chain);
    assert_int_equal(fin_chain_unique(&chain), FIN_OK);

    for (i = 0; i < 900; i++) {
        o = test_push(&chain, FIN_CALL, 30, 100 + (double) (i % 300));
        o->bid = (double) i;
    }

    /* the same ticker with another strike is the same contract too */

    o = test_push(&chain, FIN_CALL, 30, 7);
    strcpy(o->ticker, chain.opt[5].ticker);

    assert_int_equal(fin_chain_unique(&chain), FIN_OK);
    assert_int_equal(chain.n, 300);

    for (i = 0; i < 300; i++) {
        fin_assert_same(chain.opt[i].strike, 100 + (double) i);
        fin_assert_same(chain.opt[i].bid, (double) i);

        for (j = 0; j < i; j++) {
            assert_string_not_equal(chain.opt[i].ticker, chain.opt[j].ticker);
        }
    }

    fin_chain_free(&chain);
}


static void
test_price(void **state)
{
    size_t        i;
    fin_option_t  o;

    static const struct {
        double              bid, ask, last, close, price;
        fin_price_source_t  source;
    }  rows[] = {
        { 1, 2, 9, 8, 1.5, FIN_PRICE_QUOTE },
        { 2, 2, 9, 8, 2, FIN_PRICE_QUOTE },
        { 2, 1.99, 9, 8, 9, FIN_PRICE_TRADE },          /* crossed */
        { 0, 2, 9, 8, 9, FIN_PRICE_TRADE },
        { -1, 2, 9, 8, 9, FIN_PRICE_TRADE },
        { NAN, 2, 9, 8, 9, FIN_PRICE_TRADE },
        { 1, NAN, 9, 8, 9, FIN_PRICE_TRADE },
        { 1, INFINITY, 9, 8, 9, FIN_PRICE_TRADE },
        { 1e308, 1.7e308, 9, 8, 9, FIN_PRICE_TRADE },   /* no mid in a double */
        { NAN, NAN, 0, 8, 8, FIN_PRICE_DAY },
        { NAN, NAN, -1, 8, 8, FIN_PRICE_DAY },
        { NAN, NAN, NAN, 8, 8, FIN_PRICE_DAY },
        { NAN, NAN, INFINITY, 8, 8, FIN_PRICE_DAY },
        { NAN, NAN, NAN, 0, NAN, FIN_PRICE_NONE },
        { NAN, NAN, NAN, NAN, NAN, FIN_PRICE_NONE }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(&o, 0, sizeof(o));
        o.bid = rows[i].bid;
        o.ask = rows[i].ask;
        o.last = rows[i].last;
        o.day_close = rows[i].close;
        o.shares = (i % 2) ? 100 : 10;
        o.expiration = TEST_TODAY + 7 - (int32_t) i;

        fin_option_price(&o, TEST_TODAY);

        fin_assert_close_row(o.price, rows[i].price, 0, 0, "row %zu", i);
        assert_int_equal(o.price_source, rows[i].source);
        assert_int_equal(o.adjusted, (i % 2) ? 0 : 1);
        assert_int_equal(o.dte, 7 - (int32_t) i);
    }
}


/* all five of upstream, or all five of the model, or none */
static void
test_greeks_source(void **state)
{
    int             i, upstream;
    double         *field;
    fin_chain_t     chain;
    fin_option_t   *o;
    fin_market_t    m = test_market(100);

    (void) state;

    for (i = -1; i < 8; i++) {
        fin_chain_init(&chain);
        o = test_push_liquid(&chain, FIN_PUT, 30, 100, 3, -0.77);
        field = (i == 1) ? &o->up_delta : (i == 2) ? &o->up_gamma
                : (i == 3) ? &o->up_theta : (i == 4) ? &o->up_vega
                : &o->up_iv;

        if (i >= 0) {
            *field = (i == 5) ? 0 : (i == 6) ? -0.2 : (i == 7) ? INFINITY
                     : (double) NAN;
        }

        upstream = (i == -1);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
        o = chain.opt;

        assert_int_equal(o->greeks_source, upstream ? FIN_GREEKS_UPSTREAM
                                                    : FIN_GREEKS_MODEL);
        assert_true(isfinite(o->gamma) && isfinite(o->theta)
                    && isfinite(o->vega));

        if (upstream) {
            fin_assert_same(o->iv, 0.25);
            fin_assert_same(o->delta, -0.77);

        } else {
            assert_true(o->iv > 0.2 && o->iv != 0.25);
            assert_true(o->delta > -0.6 && o->delta < -0.4);
        }

        fin_chain_free(&chain);
    }
}


/* the model takes a trade or a close only from the last bar's day */
static void
test_dated(void **state)
{
    size_t          i;
    int64_t         midnight, next;
    fin_chain_t     chain;
    fin_option_t   *o;
    fin_market_t    m = test_market(100);

    struct {
        int64_t  t;
        int      valued;
    }  rows[5];

    (void) state;

    midnight = fin_ny_midnight(TEST_TODAY);
    next = fin_ny_midnight(TEST_TODAY + 1);
    rows[0].t = 0;
    rows[0].valued = 0;
    rows[1].t = midnight - 1;
    rows[1].valued = 0;
    rows[2].t = midnight;
    rows[2].valued = 1;
    rows[3].t = next - 1;
    rows[3].valued = 1;
    rows[4].t = next;
    rows[4].valued = 0;

    for (i = 0; i < 10; i++) {
        fin_chain_init(&chain);
        o = test_push(&chain, FIN_CALL, 30, 100);

        if (i % 2) {
            o->last = 3;
            o->last_t = rows[i / 2].t;
            o->day_t = TEST_DAY_T;      /* must not matter */

        } else {
            o->day_close = 3;
            o->day_t = rows[i / 2].t;
            o->last_t = TEST_DAY_T;
        }

        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
        o = chain.opt;
        fin_assert_same(o->price, 3);
        assert_int_equal(o->greeks_source, FIN_GREEKS_MODEL);
        assert_int_equal(isfinite(o->iv) != 0, rows[i / 2].valued);
        assert_int_equal(isfinite(o->delta) != 0, rows[i / 2].valued);
        assert_int_equal(fin_ny_date(rows[i / 2].t) == TEST_TODAY,
                         rows[i / 2].valued);
        fin_chain_free(&chain);
    }
}


static void
test_expired(void **state)
{
    fin_chain_t   chain;
    fin_market_t  m = test_market(100);

    (void) state;
    fin_chain_init(&chain);
    test_push_liquid(&chain, FIN_CALL, -1, 99, 3, 0.5);
    test_push_liquid(&chain, FIN_CALL, 0, 99, 3, 0.5);
    test_push_model(&chain, 100, 0, 100, 0.01, 0.4);

    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    assert_true(isnan(chain.opt[0].iv) && isnan(chain.opt[0].delta));
    fin_assert_same(chain.opt[0].price, 3);
    fin_assert_same(chain.opt[1].delta, 0.5);
    fin_assert_close(chain.opt[2].iv, 0.4, 0, 1e-6);
    fin_assert_close(chain.opt[3].iv, 0.4, 0, 1e-6);
    fin_chain_free(&chain);
}


/* each expiration is valued with its own yield */
static void
test_round_trip(void **state)
{
    size_t         i, j, n;
    double         sigma;
    fin_chain_t    chain;
    fin_option_t   o;
    fin_market_t   m = test_market(100);

    static const double  q[] = { 0, 0.03, -0.02, 0.01 };
    static const int     dte[] = { 200, 3, 45, 700 };

    (void) state;
    fin_chain_init(&chain);

    for (i = 0; i < 4; i++) {
        for (j = 0; j < 21; j++) {
            test_push_model(&chain, 100, dte[i], 90 + (double) j, q[i],
                            0.2 + 0.05 * (double) i);
        }
    }

    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    assert_int_equal(chain.n, 168);

    for (i = 0, n = 0; i < chain.n; i++) {

        for (j = 0; dte[j] != chain.opt[i].dte; j++) { /* void */ }

        if (!(chain.opt[i].vega > 1e-6)) {
            continue;
        }

        n++;
        sigma = 0.2 + 0.05 * (double) j;
        fin_assert_close(chain.opt[i].iv, sigma, 0, 1e-6);
        fin_assert_close(fin_chain_yield_at(&chain, chain.opt[i].expiration,
                                            &m), q[j], 0, 1e-9);

        /* a contract that came alone, with that yield */

        o = chain.opt[i];
        o.iv = NAN;
        o.price = NAN;
        fin_option_value(&o, &m, q[j]);
        fin_assert_close(o.iv, sigma, 0, 1e-6);
        fin_assert_close(o.delta, chain.opt[i].delta, 0, 1e-7);
    }

    assert_true(n > 150);
    assert_true(isnan(fin_chain_yield_at(&chain, TEST_TODAY + 4, &m)));
    assert_true(isnan(fin_chain_yield_at(&chain, TEST_TODAY + 999, &m)));
    fin_chain_free(&chain);
}


/* without a pair the dividend yield, without that 0 */
static void
test_yield_fallback(void **state)
{
    fin_bs_t      bs = { 100, 100, fin_bs_years(90), 0.04, 0.05, FIN_CALL };
    fin_option_t  o;
    fin_chain_t   chain;
    fin_market_t  m = test_market(100);

    (void) state;
    fin_chain_init(&chain);
    test_push_model(&chain, 100, 90, 100, 0.05, 0.3);
    chain.n = 1;                        /* the call alone */

    m.dividend_yield = 0.05;
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    fin_assert_close(chain.opt[0].iv, 0.3, 0, 1e-6);

    m.dividend_yield = NAN;
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    bs.q = 0;
    fin_assert_close(fin_bs_price(&bs, chain.opt[0].iv), chain.opt[0].price,
                     1e-10, 0);
    assert_true(fabs(chain.opt[0].iv - 0.3) > 0.01);

    o = chain.opt[0];
    fin_option_value(&o, &m, NAN);
    fin_assert_same(o.iv, chain.opt[0].iv);
    fin_chain_free(&chain);
}


static void
test_odd_market(void **state)
{
    size_t        i, j;
    fin_chain_t   chain;
    fin_market_t  m;

    static const double  odd[] = {
        NAN, INFINITY, -INFINITY, 0, -1, 1e308, 1e-308, 5e3
    };

    (void) state;

    for (i = 0; i < 24; i++) {
        fin_chain_init(&chain);
        test_push_model(&chain, 100, 30, 100, 0, 0.3);
        test_push(&chain, FIN_CALL, 30, 1e308)->last = 1e308;
        test_push(&chain, FIN_PUT, 30, 1e-308)->last = 1e-308;
        chain.opt[2].last_t = chain.opt[3].last_t = TEST_DAY_T;

        m = test_market(100);
        *(i < 8 ? &m.price : i < 16 ? &m.rate : &m.dividend_yield)
            = odd[i % 8];
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

        for (j = 0; j < chain.n; j++) {
            assert_false(isinf(chain.opt[j].iv));
            assert_false(isinf(chain.opt[j].delta));
            assert_false(isinf(chain.opt[j].gamma));
            assert_false(isinf(chain.opt[j].theta));
            assert_false(isinf(chain.opt[j].vega));
            assert_int_equal(isnan(chain.opt[j].iv) != 0,
                             isnan(chain.opt[j].delta) != 0);
        }

        assert_false(isinf(fin_chain_iv30(&chain, m.price)));
        fin_chain_free(&chain);
    }
}


/* The real chains against QuantLib. */

typedef struct {
    const char  *ticker;
    double       q, iv, delta, gamma, theta, vega;
} golden_t;

static const golden_t  aapl[] = {
#include "../golden/quantlib/aapl.inc"
};

static const golden_t  goog[] = {
#include "../golden/quantlib/goog.inc"
};


/* Appends a page; 0 when there is no such file. */
static int
read_page(fin_chain_t *chain, const char *path)
{
    char           *text, cursor[FIN_CURSOR_MAX + 1];
    FILE           *f;
    size_t          size;
    fin_in_error_t  err;

    f = fopen(path, "r");
    if (f == NULL) {
        return 0;
    }

    text = malloc(1 << 20);
    assert_non_null(text);
    size = fread(text, 1, 1 << 20, f);
    assert_in_range(size, 1, (1 << 20) - 1);
    fclose(f);

    assert_int_equal(fin_in_chain(text, size, chain, cursor, &err), FIN_OK);
    free(text);

    return 1;
}


static void
compare(const fin_chain_t *chain, const fin_market_t *m,
    const golden_t *golden, size_t n)
{
    size_t               i, j, solved;
    const fin_option_t  *o;

    for (i = 0, solved = 0; i < n; i++) {

        for (j = 0; strcmp(chain->opt[j].ticker, golden[i].ticker); j++) {
            assert_true(j + 1 < chain->n);
        }

        o = &chain->opt[j];
        fin_assert_close_row(fin_chain_yield_at(chain, o->expiration, m),
                             golden[i].q, 1e-9, 1e-12, "%s q", o->ticker);

        /* below it the rounding of the price decides */

        if (isfinite(golden[i].vega) && golden[i].vega < 1e-8) {
            continue;
        }

        solved += (isfinite(golden[i].iv) != 0);
        fin_assert_close_row(o->iv, golden[i].iv, 0, 1e-6, "%s iv",
                             o->ticker);
        fin_assert_close_row(o->delta, golden[i].delta, 0, 1e-6, "%s delta",
                             o->ticker);
        fin_assert_close_row(o->gamma, golden[i].gamma, 1e-6, 1e-9,
                             "%s gamma", o->ticker);
        fin_assert_close_row(o->theta, golden[i].theta, 1e-6, 1e-8,
                             "%s theta", o->ticker);
        fin_assert_close_row(o->vega, golden[i].vega, 1e-6, 1e-8, "%s vega",
                             o->ticker);
    }

    assert_true(solved > n * 3 / 4);
}


static void
real_chain(const char *name, double price, const char *date,
    const golden_t *golden, size_t n, size_t contracts)
{
    int           page;
    char          path[512];
    fin_chain_t   chain;
    const char   *dir;
    fin_market_t  m = { price, 0, 0, 0.04, NAN };

    dir = getenv("FINANCE_MARKET_DATA");
    fin_chain_init(&chain);

    for (page = 1; ; page++) {
        snprintf(path, sizeof(path), "%s/real-chains/%s/page-%d.json",
                 dir ? dir : "../shared/market-data", name, page);
        if (!read_page(&chain, path)) {
            break;
        }
    }

    if (page == 1) {
        skip();
    }

    assert_int_equal(chain.n, contracts);
    m.today = m.last_bar = fin_date_parse(date, 10);
    assert_int_equal(fin_chain_unique(&chain), FIN_OK);
    assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);
    compare(&chain, &m, golden, n);
    fin_chain_free(&chain);
}


static void
test_real_aapl(void **state)
{
    (void) state;
    real_chain("AAPL-2014-06-06", 645.57, "2014-06-06", aapl,
               sizeof(aapl) / sizeof(aapl[0]), 2352);
}


static void
test_real_goog(void **state)
{
    (void) state;
    real_chain("GOOG-2015-12-24", 748.400024, "2015-12-24", goog,
               sizeof(goog) / sizeof(goog[0]), 2192);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_push_grows),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_unique),
        cmocka_unit_test(test_price),
        cmocka_unit_test(test_greeks_source),
        cmocka_unit_test(test_dated),
        cmocka_unit_test(test_expired),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_yield_fallback),
        cmocka_unit_test(test_odd_market),
        cmocka_unit_test(test_real_aapl),
        cmocka_unit_test(test_real_goog),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

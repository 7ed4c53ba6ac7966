/* The yield that one expiration's quotes imply: which pairs it looks at. */

#include "fin_assert.h"
#include "fin_options.h"


#define DTE  73                         /* a fifth of a year */


/* A call and a put whose parity gives that forward, quoted 1 wide. */
static void
push_pair(fin_chain_t *chain, double strike, double forward)
{
    double         call, put;
    fin_option_t  *o;

    put = 60;
    call = put + (forward - strike) * exp(-0.04 * fin_bs_years(DTE));

    o = test_push(chain, FIN_CALL, DTE, strike);
    test_quote(o, call - 0.5, call + 0.5);
    o = test_push(chain, FIN_PUT, DTE, strike);
    test_quote(o, put - 0.5, put + 0.5);
}


static void
price_all(fin_chain_t *chain)
{
    size_t  i;

    assert_int_equal(fin_chain_sort(chain), FIN_OK);

    for (i = 0; i < chain->n; i++) {
        fin_option_price(&chain->opt[i], TEST_TODAY);
    }
}


/* The forward that a yield stands for, at 100. */
static double
forward_of(fin_chain_t *chain)
{
    double        q;
    fin_market_t  m = test_market(100);

    price_all(chain);
    q = fin_chain_yield(chain->opt, chain->n, &m);

    return 100 * exp((0.04 - q) * fin_bs_years(DTE));
}


typedef struct {
    double  strike[8];
    double  forward[8];
    double  expected;
} row_t;

static const row_t  rows[] = {
    /* one, both ends of the 10 %, and just beyond */
    { { 100 }, { 101 }, 101 },
    { { 90 }, { 101 }, 101 },
    { { 110 }, { 101 }, 101 },
    { { 89.99 }, { 101 }, NAN },
    { { 110.01 }, { 101 }, NAN },
    /* the median of two, three, four, five */
    { { 100, 101 }, { 101, 103 }, 102 },
    { { 99, 100, 101 }, { 109, 101, 103 }, 103 },
    { { 98, 99, 100, 101 }, { 99, 101, 102, 108 }, 101.5 },
    { { 98, 99, 100, 101, 102 }, { 99, 101, 102, 108, 107 }, 102 },
    /* the sixth and seventh are not looked at, wherever they stand */
    { { 95, 98, 99, 100, 101, 102, 105 },
      { 150, 99, 101, 102, 108, 107, 150 }, 102 },
    /* of two equally near the lower: 97 and 103 */
    { { 97, 98, 99, 101, 102, 103 }, { 99, 101, 102, 108, 107, 150 }, 102 },
    { { 97, 98, 99, 101, 102, 103 }, { 150, 101, 102, 108, 107, 99 }, 107 }
};


static void
test_rows(void **state)
{
    size_t       i, j;
    fin_chain_t  chain;

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fin_chain_init(&chain);

        for (j = 0; j < 8 && rows[i].strike[j] > 0; j++) {
            push_pair(&chain, rows[i].strike[j], rows[i].forward[j]);
        }

        fin_assert_close_row(forward_of(&chain), rows[i].expected, 1e-12, 0,
                             "row %zu", i);
        fin_chain_free(&chain);
    }
}


/* strikes equally far in decimals, but not in doubles */
static void
test_decimal_tie(void **state)
{
    fin_chain_t   chain;
    fin_market_t  m = test_market(0);

    static const double  step[] = { 0.1, 0.2, 0.3 };
    double               q;
    size_t               i;

    (void) state;

    for (m.price = 10.1; m.price < 30; m.price += 0.1) {

        /* two on each side, then a pair of which the lower is to be taken */

        fin_chain_init(&chain);

        for (i = 0; i < 3; i++) {
            push_pair(&chain, m.price - step[i], i == 2 ? 11 : 10);
            push_pair(&chain, m.price + step[i], i == 2 ? 500 : 12);
        }

        price_all(&chain);
        q = fin_chain_yield(chain.opt, chain.n, &m);
        fin_assert_close(m.price * exp((0.04 - q) * fin_bs_years(DTE)), 11,
                         1e-9, 0);
        fin_chain_free(&chain);
    }
}


static void
test_left_out(void **state)
{
    size_t         i;
    fin_chain_t    chain;
    fin_option_t  *o;

    (void) state;

    for (i = 0; i < 7; i++) {
        fin_chain_init(&chain);
        push_pair(&chain, 100, 150);    /* this one must not count */
        push_pair(&chain, 101, 102);
        o = &chain.opt[i % 2];

        switch (i / 2) {
        case 0:
            o->shares = 150;
            break;
        case 1:
            o->bid = 0;                 /* priced by a trade */
            o->last = 20;
            o->last_t = TEST_DAY_T;
            break;
        case 2:
            o->ask = o->bid - 0.01;
            break;
        default:
            o->strike = 100.5;          /* no partner */
            break;
        }

        fin_assert_close_row(forward_of(&chain), 102, 1e-12, 0, "row %zu", i);
        fin_chain_free(&chain);
    }
}


/* an adjusted contract between the two does not hide them */
static void
test_adjusted_beside(void **state)
{
    fin_chain_t    chain;
    fin_option_t  *o;

    (void) state;
    fin_chain_init(&chain);
    push_pair(&chain, 100, 102);
    o = test_push(&chain, FIN_CALL, DTE, 100);
    strcpy(o->ticker, "O:A");           /* sorts first */
    test_quote(o, 70, 71);
    o->shares = 10;

    fin_assert_close(forward_of(&chain), 102, 1e-12, 0);
    fin_chain_free(&chain);
}


static void
test_none(void **state)
{
    fin_chain_t   chain;
    fin_market_t  m = test_market(100);

    (void) state;
    assert_true(isnan(fin_chain_yield(NULL, 0, &m)));

    /* a forward below 0, of quotes that are nonsense */

    fin_chain_init(&chain);
    test_quote(test_push(&chain, FIN_CALL, DTE, 100), 0.1, 0.2);
    test_quote(test_push(&chain, FIN_PUT, DTE, 100), 300, 301);
    price_all(&chain);
    assert_true(isnan(fin_chain_yield(chain.opt, chain.n, &m)));
    fin_chain_free(&chain);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_decimal_tie),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_adjusted_beside),
        cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

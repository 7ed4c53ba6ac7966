/* At-the-money volatility at 30 days. */

#include "fin_assert.h"
#include "fin_options.h"


typedef struct {
    fin_right_t  type;
    int32_t      dte;
    double       strike;
    double       iv;                    /* NAN: listed, but without one */
    int          adjusted;
} contract_t;

typedef struct {
    contract_t  c[8];                   /* up to strike 0 */
    double      expected;
} row_t;

#define C  FIN_CALL
#define P  FIN_PUT

static const row_t  rows[] = {
    /* nothing, one contract, the mean of both */
    { { { C, 0, 0, 0, 0 } }, NAN },
    { { { C, 30, 100, 0.2, 0 } }, 0.2 },
    { { { C, 30, 100, 0.2, 0 }, { P, 30, 100, 0.3, 0 } }, 0.25 },
    { { { C, 30, 100, NAN, 0 }, { P, 30, 100, 0.3, 0 } }, 0.3 },
    { { { C, 30, 100, 0.2, 0 }, { P, 30, 100, NAN, 0 } }, 0.2 },

    /* the nearest strike, the lower of two; one without iv is skipped whole */
    { { { C, 30, 98, 0.5, 0 }, { C, 30, 101, 0.2, 0 } }, 0.2 },
    { { { C, 30, 99, 0.5, 0 }, { C, 30, 101, 0.2, 0 } }, 0.5 },
    { { { C, 30, 100, NAN, 0 }, { C, 30, 101, 0.2, 0 } }, NAN },
    { { { C, 30, 100, NAN, 0 }, { C, 30, 101, 0.2, 0 },
        { C, 60, 100, 0.4, 0 } }, 0.4 },

    /* adjusted contracts take no part */
    { { { C, 30, 100, 0.9, 1 }, { C, 30, 101, 0.2, 0 } }, 0.2 },
    { { { C, 30, 100, 0.9, 1 }, { P, 30, 100, 0.2, 0 } }, 0.2 },
    { { { C, 30, 100, 0.9, 1 } }, NAN },

    /* one side only: the nearest expiration of it */
    { { { C, 10, 100, 0.2, 0 }, { C, 20, 100, 0.3, 0 } }, 0.3 },
    { { { C, 40, 100, 0.2, 0 }, { C, 50, 100, 0.3, 0 } }, 0.2 },

    /* 30 days itself wins over its neighbours */
    { { { C, 29, 100, 0.5, 0 }, { C, 30, 100, 0.2, 0 },
        { C, 31, 100, 0.5, 0 } }, 0.2 },

    /* expired ones say nothing */
    { { { C, -1, 100, 0.9, 0 }, { C, 40, 100, 0.2, 0 } }, 0.2 }
};


static fin_chain_t
make(const contract_t *c, size_t n)
{
    size_t         i;
    fin_chain_t    chain;
    fin_option_t  *o;

    fin_chain_init(&chain);

    for (i = 0; i < n && c[i].strike > 0; i++) {
        o = test_push(&chain, c[i].type, c[i].dte, c[i].strike);
        o->shares = c[i].adjusted ? 10 : 100;
        fin_option_price(o, TEST_TODAY);
        o->iv = c[i].iv;
    }

    assert_int_equal(fin_chain_sort(&chain), FIN_OK);

    return chain;
}


static void
test_rows(void **state)
{
    size_t       i;
    fin_chain_t  chain;

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        chain = make(rows[i].c, 8);
        fin_assert_close_row(fin_chain_iv30(&chain, 100), rows[i].expected,
                             1e-14, 0, "row %zu", i);
        fin_chain_free(&chain);
    }
}


/* total variance, linear in time; a day that is today counts half */
static void
test_between(void **state)
{
    size_t       i;
    double       a, b, w;
    fin_chain_t  chain;
    contract_t   c[4];

    static const int  days[][2] = {
        { 29, 31 }, { 23, 37 }, { 1, 900 }, { 0, 60 }, { 29, 365 }
    };

    (void) state;

    for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {

        c[0] = (contract_t) { C, 0, 100, 0.9, 0 };
        c[0].dte = days[i][1] + 100;    /* beyond: not looked at */
        c[1] = (contract_t) { C, days[i][1], 100, 0.2, 0 };
        c[2] = (contract_t) { P, days[i][0], 100, 0.45, 0 };
        c[3] = (contract_t) { C, days[i][0], 100, 0.35, 0 };

        a = days[i][0] ? days[i][0] : 0.5;
        b = days[i][1];
        w = (0.16 * a * (b - 30) + 0.04 * b * (30 - a)) / (b - a);

        chain = make(c, 4);
        fin_assert_close_row(fin_chain_iv30(&chain, 100), sqrt(w / 30),
                             1e-13, 0, "row %zu", i);
        fin_chain_free(&chain);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_between),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Positions and recommendations made up for tests.  Today is TEST_TODAY. */

#ifndef FIN_TEST_POSITIONS_H
#define FIN_TEST_POSITIONS_H

#include "../../src/core/fin_advice.h"
#include "../../src/core/fin_portfolio.h"
#include "fin_options.h"


#define TEST_ROWS(t)  (sizeof(t) / sizeof((t)[0]))

#define TEST_WARNING  "\xe2\x9a\xa0\xef\xb8\x8f "


static inline fin_position_t
test_shares(int64_t quantity, double price)
{
    fin_position_t  p;

    fin_position_init(&p);
    strcpy(p.id, "00000000-0000-4000-8000-000000000000");
    strcpy(p.ticker, "T");
    p.transaction_date = TEST_TODAY - 30;
    p.quantity = quantity;
    p.purchase_price = price;

    return p;
}


/* Traded 30 days ago, dte days left. */
static inline fin_position_t
test_option(int64_t quantity, fin_right_t type, int32_t dte, double strike,
    double premium)
{
    fin_position_t  p;

    p = test_shares(quantity, NAN);
    p.type = FIN_POSITION_OPTION;
    p.option_type = type;
    p.expiration = TEST_TODAY + dte;
    p.strike = strike;
    p.premium = premium;

    return p;
}


/* A valued contract of no chain; price and delta as given. */
static inline fin_option_t
test_contract(double price, double delta)
{
    fin_option_t  o;

    memset(&o, 0, sizeof(o));
    strcpy(o.ticker, "O:T");
    o.shares = 100;
    o.price = price;
    o.delta = delta;

    return o;
}


/* One recommendation and all that it looks at. */
typedef struct {
    fin_position_t   position;
    fin_option_t     contract;
    fin_metrics_t    metrics;
    fin_stock_t      stock;
    fin_advice_in_t  in;
    fin_advice_t     out;
} test_advice_t;


/* Nothing held, no earnings known, no chain; the price at the trade is 100. */
static inline void
test_advice_init(test_advice_t *t, fin_position_t p, double price,
    double option_price)
{
    memset(t, 0, sizeof(*t));
    t->position = p;
    t->contract = test_contract(option_price, NAN);
    t->stock = test_stock(price);
    t->in.position = &t->position;
    t->in.contract = &t->contract;
    t->in.metrics = &t->metrics;
    t->in.stock = &t->stock;
    t->in.leaps_strike = NAN;
    t->in.trade_price = 100;
}


static inline const fin_advice_t *
test_advice_make(test_advice_t *t)
{
    unsigned  i, missing;

    fin_position_metrics(&t->position, t->stock.price, t->in.contract,
                         t->stock.today, &t->metrics);
    memset(&t->out, 0xa5, sizeof(t->out));
    fin_advice_make(&t->in, &t->out);

    assert_in_range(t->out.priority, 1, 3);
    assert_in_range(t->out.n, 1, FIN_ADVICE_REASONS);
    assert_int_equal(t->out.action == FIN_ACTION_MAINTAIN,
                     t->out.priority == 3);
    assert_true(!t->out.has_roll || t->out.action == FIN_ACTION_ROLL);

    missing = 0;

    for (i = 0; i < t->out.n; i++) {
        assert_in_range(strlen(t->out.reason[i]), 8,
                        sizeof(t->out.reason[i]) - 2);

        /* warnings come last */

        if (strncmp(t->out.reason[i], TEST_WARNING, strlen(TEST_WARNING))) {
            assert_int_equal(missing, 0);

        } else {
            missing++;
        }
    }

    if (t->out.action == FIN_ACTION_ROLL && !t->out.has_roll) {
        assert_true(missing > 0);
    }

    return &t->out;
}


/* Whether a reason holds that text, and is a warning or is none. */
static inline int
test_advice_says(const fin_advice_t *advice, int warning, const char *text)
{
    int       warns;
    unsigned  i;

    for (i = 0; i < advice->n; i++) {
        warns = strncmp(advice->reason[i], TEST_WARNING,
                        strlen(TEST_WARNING)) == 0;

        if (warns == warning && strstr(advice->reason[i], text) != NULL) {
            return 1;
        }
    }

    return 0;
}


static inline void
test_advice_print(const fin_advice_t *advice)
{
    unsigned  i;

    print_error("action %d, priority %u\n", (int) advice->action,
                advice->priority);

    for (i = 0; i < advice->n; i++) {
        print_error("  %s\n", advice->reason[i]);
    }
}


/* The action, its priority, and a text of the first reason. */
static inline void
test_advice_expect(test_advice_t *t, fin_action_t action, unsigned priority,
    const char *text, const char *what, size_t row)
{
    const fin_advice_t  *out;

    out = test_advice_make(t);

    if (out->action != action || out->priority != priority
        || strstr(out->reason[0], text) == NULL)
    {
        test_advice_print(out);
        fail_msg("%s row %zu: expected action %d, priority %u, \"%s\"", what,
                 row, (int) action, priority, text);
    }
}


#endif

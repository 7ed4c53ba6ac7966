/* Contracts, chains and stocks made up for tests. */

#ifndef FIN_TEST_OPTIONS_H
#define FIN_TEST_OPTIONS_H

#include <string.h>

#include "../../src/core/fin_bs.h"
#include "../../src/core/fin_chain.h"
#include "../../src/core/fin_signal.h"
#include "../../src/core/fin_time.h"


#define TEST_TODAY     20000            /* 2024-10-04, a Friday */
#define TEST_DAY_T     (fin_ny_midnight(TEST_TODAY) + 16 * 3600 * 1000)


static inline fin_market_t
test_market(double price)
{
    fin_market_t  m = { price, TEST_TODAY, TEST_TODAY, 0.04, NAN };

    return m;
}


/* A contract of that many days; its ticker is distinct. */
static inline fin_option_t *
test_push(fin_chain_t *chain, fin_right_t type, int32_t dte, double strike)
{
    fin_option_t  *o;

    o = fin_chain_push(chain);
    assert_non_null(o);

    o->type = type;
    o->expiration = TEST_TODAY + dte;
    o->strike = strike;
    snprintf(o->ticker, sizeof(o->ticker), "O:T%04d%c%08.0f", dte,
             type == FIN_CALL ? 'C' : 'P', strike * 1000);

    return o;
}


static inline void
test_quote(fin_option_t *o, double bid, double ask)
{
    o->bid = bid;
    o->ask = ask;
}


/* A call and a put, quoted a cent around the model's value. */
static inline void
test_push_model(fin_chain_t *chain, double s, int32_t dte, double strike,
    double q, double sigma)
{
    double         value;
    fin_bs_t       bs = { s, strike, fin_bs_years(dte), 0.04, q, FIN_CALL };
    fin_option_t  *o;

    for ( ;; ) {
        value = fin_bs_price(&bs, sigma);
        o = test_push(chain, bs.type, dte, strike);
        test_quote(o, value - 0.005, value + 0.005);

        if (bs.type == FIN_PUT) {
            break;
        }

        bs.type = FIN_PUT;
    }
}


/* A contract that can be recommended, upstream's delta with it. */
static inline fin_option_t *
test_push_liquid(fin_chain_t *chain, fin_right_t type, int32_t dte,
    double strike, double price, double delta)
{
    fin_option_t  *o;

    o = test_push(chain, type, dte, strike);
    test_quote(o, price - 0.05, price + 0.05);
    o->open_interest = 100;
    o->up_iv = 0.25;
    o->up_delta = delta;
    o->up_gamma = 0.01;
    o->up_theta = -0.01;
    o->up_vega = 0.1;

    return o;
}


/* Everything absent but the price. */
static inline fin_stock_t
test_stock(double price)
{
    fin_stock_t  s;

    memset(&s, 0, sizeof(s));
    strcpy(s.ticker, "T");
    s.price = price;
    s.change = s.change_pct = NAN;
    s.high_52week = s.low_52week = NAN;
    s.ma_20 = s.ma_50 = s.ma_200 = NAN;
    s.rsi = s.atr = s.hv = NAN;
    s.iv = s.iv_percentile = s.iv_rank = NAN;
    s.earnings = FIN_NO_DATE;
    s.today = s.last_bar = TEST_TODAY;
    s.swing_high = s.swing_low = NAN;

    return s;
}


/* The condition of that name; fails the test when there is none. */
static inline const fin_condition_t *
test_condition(const fin_signal_t *s, const char *name)
{
    unsigned  i;

    for (i = 0; i < s->n; i++) {
        if (strcmp(s->condition[i].name, name) == 0) {
            return &s->condition[i];
        }
    }

    fail_msg("no condition %s", name);

    return NULL;
}


/* The reason's mark tells the same as met and unknown. */
static inline void
test_marks(const fin_signal_t *s)
{
    unsigned     i;
    const char  *mark;

    for (i = 0; i < s->n; i++) {
        mark = s->condition[i].unknown ? "\xe2\x9a\xa0\xef\xb8\x8f "
               : s->condition[i].met ? "\xe2\x9c\x85 " : "\xe2\x9d\x8c ";
        assert_int_equal(strncmp(s->condition[i].reason, mark, strlen(mark)),
                         0);
        assert_true(strlen(s->condition[i].reason) > strlen(mark));
        assert_true(strlen(s->condition[i].reason)
                    < sizeof(s->condition[i].reason) - 1);
        assert_true(strlen(s->condition[i].rule) > 0);
        assert_true(strlen(s->condition[i].rule)
                    < sizeof(s->condition[i].rule) - 1);
        assert_true(isfinite(s->condition[i].value)
                    || isnan(s->condition[i].value));
    }

    for (i = 0; i < s->n_notes; i++) {
        assert_int_equal(strncmp(s->note[i], "\xe2\x9a\xa0\xef\xb8\x8f ", 7),
                         0);
    }
}


#endif

/*
 * Books of sample and real markets, as a refresh makes them, and positions on
 * their contracts.  For tests built with src/market/generate_*.c.
 */

#ifndef FIN_TEST_BOOKS_H
#define FIN_TEST_BOOKS_H

#include "fin_build.h"
#include "fin_golden.h"
#include "fin_holdings.h"


#define BOOKS_FETCHED  INT64_C(1767366245000)
#define BOOKS_MOST     600              /* positions of one owner */


static const char *const  books_days[] = { "2024-02-29", "2026-03-18" };


/*
 * The refresh of a market, with the parts that it plans or the whole chain;
 * status FIN_OK, the snapshot in out.
 */
static inline fin_build_t *
books_build(const fin_sample_t *s, int parts)
{
    size_t        i;
    fin_build_t  *b;

    b = fin_build_create(s->stock.ticker);
    assert_non_null(b);

    b->today = s->stock.today;
    b->rate = s->market.rate;
    b->earnings = s->stock.earnings;
    b->fetched_at = b->fetched_ms = BOOKS_FETCHED;
    b->fresh_ms = BOOKS_FETCHED + 300000;
    b->options = s->chain.n > 0 ? FIN_OPTIONS_OK : FIN_OPTIONS_NONE;
    fin_rules_default(&b->rules);

    b->bars.bar = malloc(s->bars.n * sizeof(fin_bar_t));
    assert_non_null(b->bars.bar);
    memcpy(b->bars.bar, s->bars.bar, s->bars.n * sizeof(fin_bar_t));
    b->bars.n = s->bars.n;

    for (i = 0; i < s->chain.n; i++) {
        *fin_chain_push(&b->chain) = s->chain.opt[i];
    }

    fin_build_plan(b);
    assert_int_equal(b->status, FIN_OK);

    if (!parts) {
        b->n_parts = 0;
    }

    fin_build_stock(b);
    assert_int_equal(b->status, FIN_OK);

    return b;
}


/* Calls check with every market there is; returns how many are real. */
static inline unsigned
books_each(void (*check)(const fin_sample_t *s))
{
    size_t                   d, i;
    unsigned                 real;
    golden_key_t             key;
    fin_sample_t             s;
    const fin_market_set_t  *set;

    for (d = 0; d < GOLDEN_COUNT(books_days); d++) {
        for (i = 0; i < SAMPLE_STOCKS; i++) {
            fin_sample_open(&s, &sample_stocks[i],
                            fin_sample_day(books_days[d]), d + 1);
            check(&s);
            fin_sample_close(&s);
        }
    }

    real = 0;

    for (set = fin_market_sets; set->ticker != NULL; set++) {
        key.ticker = set->ticker;
        key.day = set->today;
        key.seed = 0;

        if (golden_read(&key, &s)) {
            check(&s);
            fin_sample_close(&s);
            real++;
        }
    }

    return real;
}


static inline fin_position_t
books_position(const char *ticker, fin_date_t bought, int64_t quantity,
    const fin_option_t *o, double paid)
{
    fin_position_t  p;

    fin_position_init(&p);
    strcpy(p.id, "00000000-0000-4000-8000-000000000000");
    strcpy(p.ticker, ticker);
    p.transaction_date = bought;
    p.quantity = quantity;
    p.created_at = p.updated_at = BOOKS_FETCHED;
    p.version = 1;

    if (o == NULL) {
        p.purchase_price = paid;
        return p;
    }

    p.type = FIN_POSITION_OPTION;
    p.option_type = o->type;
    p.strike = o->strike;
    p.expiration = o->expiration;
    p.premium = paid;

    return p;
}


/* The kinds of owners that books_owner() makes. */
#define BOOKS_OWNERS  6

/*
 * Positions of a kind: none; shares of a low cost and short options; shares of
 * a high cost and long options, bought long ago; LEAPS and short calls; few
 * lots of each; what no chain has.  Returns how many.
 */
static inline size_t
books_owner(const fin_sample_t *s, int kind, fin_position_t *p)
{
    size_t               i, n, step;
    fin_date_t           today = s->stock.today;
    const char          *ticker = s->stock.ticker;
    fin_option_t         gone;
    const fin_option_t  *o;

    if (kind == 0) {
        return 0;
    }

    n = 0;

    if (kind == 1 || kind == 4) {
        p[n++] = books_position(ticker, today - 90, 100, NULL,
                                s->stock.price * 0.8);
    }

    if (kind == 2 || kind == 5) {
        p[n++] = books_position(ticker, today - 90, 100, NULL,
                                s->stock.price * 1.2);
        p[n++] = books_position(ticker, today - 900, -30, NULL,
                                s->stock.price);
    }

    step = s->chain.n / 300 + 1;

    for (i = 0; i < s->chain.n && n < BOOKS_MOST - 8; i += step) {

        o = &s->chain.opt[i];

        if (kind == 1 || (kind == 3 && o->type == FIN_CALL && o->dte < 100)) {
            p[n++] = books_position(ticker, today - (fin_date_t) (i % 400),
                                    -(int64_t) (i % 3) - 1, o,
                                    isnan(o->price) ? 1 : o->price * 1.7);

        } else if (kind == 2 || (kind == 3 && o->type == FIN_CALL)) {
            p[n++] = books_position(ticker, today - 400,
                                    (int64_t) (i % 3) + 1, o,
                                    isnan(o->price) ? 1 : o->price * 0.9);

        } else if (kind == 4 && i % 17 == 0) {
            p[n++] = books_position(ticker, today - 30,
                                    i % 2 == 0 ? 2 : -2, o, 0.5);
        }
    }

    if (kind == 5) {
        memset(&gone, 0, sizeof(gone));

        for (i = 0; i < 6; i++) {
            gone.type = i % 2 == 0 ? FIN_CALL : FIN_PUT;
            gone.expiration = today - 3 + (fin_date_t) i * 137;
            gone.strike = floor(s->stock.price) + 0.123;
            p[n++] = books_position(ticker, today - 250, i % 3 == 0 ? 1 : -1,
                                    &gone, 2);
        }
    }

    return n;
}


/* What an owner is answered; h->book, position, n, extra and today are set. */
static inline void
books_write(fin_holdings_t *h, const fin_rules_t *rules, fin_out_t *out)
{
    h->rules = rules;
    h->computed_at = BOOKS_FETCHED;
    h->lot = malloc((h->n + 1) * sizeof(fin_holding_lot_t));
    assert_non_null(h->lot);

    fin_out_init(out, 64 * 1024 * 1024);
    assert_int_equal(fin_holdings_write(out, h), FIN_OK);
}


#endif

/* A stock, its signals and a chain with every kind of value, for the writers. */

#ifndef FIN_OUT_SAMPLE_H
#define FIN_OUT_SAMPLE_H

#include <stdio.h>
#include <string.h>

#include "../../src/codec/fin_snapshot.h"


#define SAMPLE_TODAY  20455             /* 2026-01-02 */


static inline void
sample_option(fin_option_t *o, int i)
{
    memset(o, 0, sizeof(*o));
    o->type = i % 2 == 0 ? FIN_CALL : FIN_PUT;
    o->expiration = SAMPLE_TODAY + 14 + i / 4 * 7;
    o->strike = 100 + 2.5 * (i % 4 / 2);
    snprintf(o->ticker, sizeof(o->ticker), "O:AAPL26%04d%c%08d", i / 4,
             i % 2 == 0 ? 'C' : 'P', (int) (o->strike * 1000));
    o->shares = 100;
    o->bid = 1.25 + i;
    o->ask = 1.35 + i;
    o->last = NAN;
    o->day_close = NAN;
    o->volume = 12;
    o->open_interest = 345;
    o->dte = o->expiration - SAMPLE_TODAY;
    o->price = 1.3 + i;
    o->price_source = FIN_PRICE_QUOTE;
    o->greeks_source = FIN_GREEKS_UPSTREAM;
    o->iv = 0.28;
    o->delta = o->type == FIN_CALL ? 0.25 : -0.25;
    o->gamma = 0.031;
    o->theta = -0.05;
    o->vega = 0.11;
}


static inline void
sample_stock(fin_stock_t *s)
{
    memset(s, 0, sizeof(*s));
    memcpy(s->ticker, "BRK.B", 6);
    s->price = 645.57;
    s->change = -1.78;
    s->change_pct = -0.27;
    s->high_52week = 651.26;
    s->low_52week = 388.87;
    s->ma_20 = 611.5;
    s->ma_50 = 571.25;
    s->ma_200 = NAN;
    s->rsi = 71.125;
    s->atr = 8.5;
    s->hv = 0.15;
    s->iv = 0.24;
    s->iv_percentile = 25;
    s->iv_rank = 12.5;
    s->iv_source = FIN_IV_SOURCE_IMPLIED;
    s->earnings = SAMPLE_TODAY + 27;
    s->today = SAMPLE_TODAY;
    s->last_bar = SAMPLE_TODAY;
    s->swing_high = 651.26;
    s->swing_low = 511.33;
    s->support.n = 2;
    s->support.level[0] = 630.5;
    s->support.level[1] = 590;
    s->resistance.n = 1;
    s->resistance.level[0] = 651;
}


/* Two conditions, a note, and a strike on o (NULL: none). */
static inline void
sample_signal(fin_signal_t *s, fin_signal_kind_t kind, const fin_option_t *o)
{
    memset(s, 0, sizeof(*s));
    s->kind = kind;
    s->score = FIN_SCORE_YELLOW;
    s->n = 2;
    s->met = 1;
    s->condition[0].name = "rsi";
    s->condition[0].value = 47.2;
    memcpy(s->condition[0].rule, "30..45", 7);
    strcpy(s->condition[0].reason, "\xe2\x9d\x8c RSI 47.2");
    s->condition[1].name = "earnings";
    s->condition[1].met = 1;
    s->condition[1].unknown = 1;
    s->condition[1].value = NAN;
    memcpy(s->condition[1].rule, "> 10", 5);
    strcpy(s->condition[1].reason, "\xe2\x9a\xa0 none known");
    s->n_notes = 1;
    strcpy(s->note[0], "\xe2\x9a\xa0 no \"quotes\"");

    if (o != NULL) {
        s->n_strikes = 1;
        s->strike[0].option = o;
        s->strike[0].break_even = 98.7;
        s->strike[0].return_on_capital = 1.3;
        s->strike[0].annualized_return = NAN;
        s->strike[0].spread_pct = 7.5;
        s->strike[0].extra = 101.3;
    }
}


typedef struct {
    fin_stock_t        stock;
    fin_option_t       option;
    fin_signal_t       signal[FIN_SIGNAL_COUNT];
    fin_snapshot_in_t  in;
} sample_snapshot_t;


static inline void
sample_snapshot(sample_snapshot_t *s)
{
    int  i;

    sample_stock(&s->stock);
    sample_option(&s->option, 0);
    memset(&s->in, 0, sizeof(s->in));

    for (i = 0; i < FIN_SIGNAL_COUNT; i++) {
        sample_signal(&s->signal[i], (fin_signal_kind_t) i,
                      i == FIN_SIGNAL_PMCC ? NULL : &s->option);
        s->in.signal[i] = &s->signal[i];
    }

    s->in.fetched_at = 1402084800123;
    s->in.fetched_ms = 1767366245123;
    s->in.fresh_ms = 1767366545123;
    s->in.computed_at = 1402084801000;
    s->in.options = FIN_OPTIONS_OK;
    s->in.stock = &s->stock;
}


#endif

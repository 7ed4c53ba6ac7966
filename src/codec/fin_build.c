/* A refresh's computation: see the header. */

#include <stdlib.h>
#include <string.h>

#include "../core/fin_indicators.h"
#include "fin_bars_cache.h"
#include "fin_build.h"
#include "fin_chain_cache.h"
#include "fin_snapshot.h"


#define FIN_BUILD_YEAR          252     /* returns of a year */

#define FIN_BUILD_SNAPSHOT_MAX  (256 * 1024)
#define FIN_BUILD_BARS_MAX      (2 * 1024 * 1024)
#define FIN_BUILD_BOOK_MAX      (8 * 1024 * 1024)
#define FIN_BUILD_CHAIN_MAX     (16 * 1024 * 1024)


fin_build_t *
fin_build_create(const char *ticker)
{
    fin_build_t  *b;

    b = calloc(1, sizeof(fin_build_t));
    if (b == NULL) {
        return NULL;
    }

    memcpy(b->ticker, ticker, strnlen(ticker, FIN_TICKER_MAX));

    b->iv30 = NAN;
    b->earnings = FIN_NO_DATE;
    b->dividends = NAN;
    fin_chain_init(&b->chain);
    fin_out_init(&b->out, FIN_BUILD_CHAIN_MAX);
    fin_out_init(&b->packed_bars, FIN_BUILD_BARS_MAX);
    fin_out_init(&b->packed_book, FIN_BUILD_BOOK_MAX);

    return b;
}


void
fin_build_free(fin_build_t *b)
{
    if (b == NULL) {
        return;
    }

    fin_bars_free(&b->bars);
    fin_chain_free(&b->chain);
    fin_out_free(&b->out);
    fin_out_free(&b->packed_bars);
    fin_out_free(&b->packed_book);

    free(b);
}


static fin_series_t
fin_build_series(const fin_build_t *b)
{
    fin_series_t  s;

    s.bar = b->bars.bar;
    s.n = b->bars.n;

    return s;
}


static void
fin_build_market(const fin_build_t *b, fin_market_t *m)
{
    m->price = b->stock.price;
    m->today = b->today;
    m->last_bar = b->stock.last_bar;
    m->rate = b->rate;
    m->dividend_yield = b->dividends / b->stock.price;
}


/*
 * The highest volatility known: a quiet month says little of what options
 * cost before earnings, a year and yesterday's options say more.
 */
static double
fin_build_vol(const fin_build_t *b)
{
    size_t  n;
    double  vol;

    vol = b->stock.hv;

    if (isfinite(vol)) {
        n = b->bars.n > FIN_BUILD_YEAR ? FIN_BUILD_YEAR : b->bars.n - 1;
        vol = fmax(vol, fin_hv(fin_build_series(b), n));
    }

    if (b->n_iv_days > 0) {
        vol = fmax(vol, b->iv_day[b->n_iv_days - 1].iv);
    }

    return vol;
}


void
fin_build_plan(fin_build_t *b)
{
    fin_market_t  m;

    b->status = fin_stock_from_bars(&b->stock, b->ticker, fin_build_series(b),
                                    b->today);
    if (b->status != FIN_OK) {
        return;
    }

    fin_build_market(b, &m);
    b->n_parts = fin_parts_plan(&m, fin_build_vol(b), &b->rules, b->part);
}


/* What upstream sent beyond what it was asked for goes. */

static void
fin_build_filter(fin_build_t *b)
{
    size_t  i, n;

    if (b->n_parts == 0) {
        return;
    }

    n = 0;

    for (i = 0; i < b->chain.n; i++) {
        if (fin_parts_match(b->part, b->n_parts, &b->chain.opt[i])) {
            b->chain.opt[n++] = b->chain.opt[i];
        }
    }

    b->chain.n = n;

    /* what a market that heeds the filters has said */
    if (n == 0 && b->options == FIN_OPTIONS_OK) {
        b->options = FIN_OPTIONS_NONE;
    }
}


static fin_status_t
fin_build_value(fin_build_t *b)
{
    fin_market_t  m;
    fin_status_t  status;

    fin_build_filter(b);

    status = fin_chain_unique(&b->chain);
    if (status != FIN_OK) {
        return status;
    }

    fin_build_market(b, &m);

    return fin_chain_value(&b->chain, &m);
}


static fin_status_t
fin_build_signals(fin_build_t *b)
{
    unsigned            k;
    fin_signal_t       *signal;
    fin_status_t        status;
    fin_snapshot_in_t   in;

    signal = calloc(FIN_SIGNAL_COUNT, sizeof(fin_signal_t));
    if (signal == NULL) {
        return FIN_E_NOMEM;
    }

    in.fetched_at = b->fetched_at;
    in.fetched_ms = b->fetched_ms;
    in.fresh_ms = b->fresh_ms;
    in.computed_at = b->fetched_at;
    in.options = b->options;
    in.stock = &b->stock;

    for (k = 0; k < FIN_SIGNAL_COUNT; k++) {
        fin_signal_evaluate((fin_signal_kind_t) k, &b->rules, &b->stock,
                            &b->chain, b->options, NULL, &signal[k]);
        in.signal[k] = &signal[k];
    }

    b->out.max = FIN_BUILD_SNAPSHOT_MAX;
    status = fin_snapshot_write(&b->out, &in);

    free(signal);

    return status;
}


/* A view: chain and bars stay b's. */
static void
fin_build_book(const fin_build_t *b, fin_book_t *book)
{
    memset(book, 0, sizeof(fin_book_t));

    book->stock = b->stock;
    book->options = b->options;
    book->truncated = b->truncated;
    book->rate = b->rate;
    book->dividend_yield = fin_finite(b->dividends / b->stock.price);
    book->fetched_at = b->fetched_at;
    book->fetched_ms = b->fetched_ms;
    book->fresh_ms = b->fresh_ms;
    memcpy(book->part, b->part, b->n_parts * sizeof(fin_part_t));
    book->n_parts = b->n_parts;
    book->chain = b->chain;
    book->bars = b->bars;
}


fin_book_t *
fin_build_take_book(fin_build_t *b)
{
    fin_book_t    *book;
    fin_option_t  *opt;

    book = malloc(sizeof(fin_book_t));
    if (book == NULL) {
        return NULL;
    }

    fin_build_book(b, book);

    /* a chain grows by doubling, a book stays */

    if (book->chain.n > 0 && book->chain.n < book->chain.cap) {
        opt = realloc(book->chain.opt, book->chain.n * sizeof(fin_option_t));

        if (opt != NULL) {
            book->chain.opt = opt;
            book->chain.cap = book->chain.n;
        }
    }

    book->bytes = fin_book_bytes(book);

    fin_chain_init(&b->chain);
    b->bars.bar = NULL;
    b->bars.n = 0;

    return book;
}


static fin_status_t
fin_build_stock_run(fin_build_t *b)
{
    fin_book_t    book;
    fin_status_t  status;

    status = fin_build_value(b);
    if (status != FIN_OK) {
        return status;
    }

    b->stock.earnings = b->earnings;
    b->iv30 = fin_chain_iv30(&b->chain, b->stock.price);

    status = fin_stock_set_iv(&b->stock, fin_build_series(b), b->iv30,
                              b->iv_day, b->n_iv_days);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_build_signals(b);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_bars_pack(&b->packed_bars, fin_build_series(b),
                           b->fetched_at, b->fetched_ms, b->fresh_ms);
    if (status != FIN_OK) {
        return status;
    }

    fin_build_book(b, &book);

    return fin_book_pack(&b->packed_book, &book);
}


void
fin_build_stock(fin_build_t *b)
{
    b->status = fin_build_stock_run(b);
}


void
fin_build_bars(fin_build_t *b)
{
    b->out.max = FIN_BUILD_BARS_MAX;
    b->status = fin_bars_pack(&b->out, fin_build_series(b), b->fetched_at,
                              b->fetched_ms, b->fresh_ms);
}


void
fin_build_chain(fin_build_t *b)
{
    fin_chain_head_t  head;

    b->status = fin_build_value(b);
    if (b->status != FIN_OK) {
        return;
    }

    memset(&head, 0, sizeof(head));

    head.fetched_at = b->fetched_at;
    head.fetched_ms = b->fetched_ms;
    head.fresh_ms = b->fresh_ms;
    head.price = b->stock.price;
    head.status = b->options;
    head.truncated = b->truncated;

    b->status = fin_chain_pack(&b->out, &head, &b->chain);
}

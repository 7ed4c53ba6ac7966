/*
 * A refresh's computation: from upstream's parsed answers to the finished
 * bytes that go into the cache.  Pure and free of globals, so that it runs on
 * a thread.
 */

#ifndef FIN_BUILD_H
#define FIN_BUILD_H

#include "../core/fin_chain.h"
#include "../core/fin_parts.h"
#include "../core/fin_signal.h"
#include "../core/fin_stock.h"
#include "fin_book.h"


/* Owns bars, chain and the outputs; a heap struct (fin_build_create). */
typedef struct {
    char                  ticker[FIN_TICKER_MAX + 1];
    fin_bars_t            bars;
    fin_chain_t           chain;
    fin_options_status_t  options;
    unsigned              truncated:1;      /* not all pages were read */

    fin_date_t            today;
    double                rate;
    fin_rules_t           rules;
    fin_part_t            part[FIN_PARTS_MAX];
    unsigned              n_parts;          /* 0: no filter */

    fin_iv_day_t          iv_day[FIN_IV_DAYS_MAX + 1];
    size_t                n_iv_days;

    fin_date_t            earnings;         /* FIN_NO_DATE: none known */
    double                dividends;        /* a year's, a share; NAN */

    int64_t               fetched_at;       /* ms, finance_clock */
    int64_t               fetched_ms;       /* ms, real time */
    int64_t               fresh_ms;

    /* what comes out */
    fin_stock_t           stock;
    double                iv30;             /* NAN: none */
    fin_out_t             out;              /* snapshot or packed chain */
    fin_out_t             packed_bars;
    fin_out_t             packed_book;
    fin_status_t          status;
} fin_build_t;


/* NULL: no memory. */
fin_build_t *fin_build_create(const char *ticker);
void fin_build_free(fin_build_t *b);

/* What the bars alone decide: stock, and part[] for the chain's requests. */
void fin_build_plan(fin_build_t *b);

/*
 * bars + chain -> snapshot in out, packed_bars, packed_book; status says how it
 * went.
 */
void fin_build_stock(fin_build_t *b);

/*
 * What packed_book holds, after a good fin_build_stock(): takes chain and bars
 * over, so that b has none.  The caller's (fin_book_free); NULL: no memory,
 * and b is as before.
 */
fin_book_t *fin_build_take_book(fin_build_t *b);

/* bars -> packed bars in out. */
void fin_build_bars(fin_build_t *b);

/* bars + chain -> packed chain in out. */
void fin_build_chain(fin_build_t *b);


#endif

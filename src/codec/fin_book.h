/*
 * What of a stock's market data is kept for the positions of its owners: the
 * figures, the valued contracts of the chain's parts, and the closes.  It lies
 * packed beside the snapshot in Redis, is unpacked once by a worker and then
 * shared, read only.
 */

#ifndef FIN_BOOK_H
#define FIN_BOOK_H

#include "../core/fin_chain.h"
#include "../core/fin_parts.h"
#include "fin_in.h"
#include "fin_out.h"


/*
 * Owns chain and bars.  A heap struct where it comes from fin_book_unpack() or
 * fin_build_take_book(); for fin_book_pack() any that is filled will do.
 *
 * Of a contract there is what positions, signals, rolls and yields look at:
 * ticker, type, expiration, strike, shares, adjusted, bid, ask, volume,
 * open_interest, day_t (midnight New York of its day), dte, price and its
 * source, iv, delta and the greeks' source; of a bar t and c.  The rest is not
 * to be read: absent in an unpacked book.
 */
typedef struct {
    fin_stock_t           stock;
    fin_options_status_t  options;
    unsigned              truncated:1;
    double                rate, dividend_yield;     /* fin_market_t's */
    int64_t               fetched_at, fetched_ms, fresh_ms;
    fin_part_t            part[FIN_PARTS_MAX];
    unsigned              n_parts;                  /* 0: no filter */
    fin_chain_t           chain;                    /* valued and sorted */
    fin_bars_t            bars;
    size_t                bytes;                    /* about what it takes in
                                                       memory */
} fin_book_t;


/*
 * chain is valued (dte of stock.today) and sorted, bars and stock are checked;
 * bytes is not looked at.  FIN_OK; FIN_E_NO_DATA (no bars), FIN_E_VALUE: what
 * unpacking would refuse; FIN_E_TOO_BIG (over 100000 contracts or 20000 bars,
 * or the bound of out), FIN_E_NOMEM.
 */
fin_status_t fin_book_pack(fin_out_t *out, const fin_book_t *book);

/*
 * FIN_OK; FIN_E_SYNTAX: damaged, another version (a miss); FIN_E_NOMEM.  *out
 * is the caller's (fin_book_free), NULL unless FIN_OK.  In fin_book_read.c.
 */
fin_status_t fin_book_unpack(const char *data, size_t len, fin_book_t **out);

void fin_book_free(fin_book_t *book);       /* NULL is fine */

/* What bytes is to be. */
size_t fin_book_bytes(const fin_book_t *book);

/* The stock's side of valuing a contract on a day; today is New York's. */
void fin_book_market(const fin_book_t *book, fin_date_t today,
    fin_market_t *m);


#endif

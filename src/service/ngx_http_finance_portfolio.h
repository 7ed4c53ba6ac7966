/*
 * An owner's positions: read from Redis, valued with the market's data, made
 * into finished JSON.  A helper over one call's task, for the dashboard, the
 * endpoints of one stock and those of positions.
 *
 *     read()  HGETALL, beside whatever else the task waits for
 *     take()  parses it
 *     put()   the one that is being written, if any
 *     value() the tickers' market data, contracts outside it, the computation
 *     run()   until NGX_OK
 */

#ifndef _NGX_HTTP_FINANCE_PORTFOLIO_H_INCLUDED_
#define _NGX_HTTP_FINANCE_PORTFOLIO_H_INCLUDED_


#include "../async/ngx_http_finance_work.h"
#include "../codec/fin_holdings.h"
#include "../core/fin_portfolio.h"
#include "../feed/ngx_http_finance_datum.h"
#include "../feed/ngx_http_finance_stocks.h"
#include "ngx_http_finance_call.h"
#include "ngx_http_finance_valuation.h"


typedef struct {
    fin_position_t               position;
    ngx_str_t                    stored;    /* Redis' bytes of it */
    ngx_str_t                    json;      /* finished; after run() */
    fin_metrics_t                metrics;
    unsigned                     valued:1;  /* json and metrics */
} ngx_http_finance_lot_t;


/* The positions in one ticker. */
typedef struct {
    char                         ticker[FIN_TICKER_MAX + 1];
    ngx_http_finance_lot_t     **lot;       /* [n], in the answer's order */
    ngx_uint_t                   n;
    ngx_http_finance_stock_t    *stock;     /* in stocks; NULL: not asked for */
    ngx_http_finance_shelved_t  *book;      /* referenced */
    ngx_str_t                    packed;    /* the book as Redis has it */
    ngx_http_finance_join_t      join;      /* a book that nobody has */
    ngx_http_finance_datum_t     prev;      /* for a stock whose bars failed */
    double                       price;     /* prev's; NAN */
    int64_t                      price_at;  /* ms, finance_clock */
    ngx_array_t                 *needs;     /* ngx_http_finance_needed_t */
    ngx_uint_t                   index;     /* of its valuation */

    /* after run() */
    ngx_str_t                    members;   /* in place of a snapshot's, from
                                               FIN_CUT_OWNER_SIGNALS on */
    size_t                       signals;   /* length of the signals in it */
    uint64_t                     etag;
    unsigned                     asked:1;   /* join */
    unsigned                     asked_prev:1;
    unsigned                     has:1;     /* members */
    unsigned                     partial:1; /* a contract could not be had */
} ngx_http_finance_holding_t;


/* A contract that is asked for by its name. */
typedef struct {
    fin_need_t                   need;
    ngx_http_finance_datum_t     datum;
    unsigned                     taken:1;
} ngx_http_finance_needed_t;


typedef struct {
    ngx_http_finance_call_t         *call;
    ngx_str_t                        owner;     /* whose positions they are */
    ngx_http_finance_redis_batch_t   redis;
    ngx_http_finance_lot_t          *lot;       /* oldest first */
    ngx_uint_t                       n;
    ngx_http_finance_holding_t      *holding;
    ngx_uint_t                       n_holdings;
    ngx_http_finance_stocks_t       *stocks;
    ngx_http_finance_stocks_t        own;       /* when none are given */
    ngx_http_finance_redis_batch_t   books;
    ngx_http_finance_work_t          work;
    ngx_http_finance_valuations_t   *values;    /* between and after rounds */
    ngx_uint_t                       step;
    ngx_uint_t                       rounds;
    fin_status_t                     status;    /* of the owner's data */
    unsigned                         damaged:1; /* some could not be read */
    unsigned                         written:1; /* put() was called */
} ngx_http_finance_portfolio_t;


/*
 * Starts reading the positions of an owner, and with them the watchlist, if
 * it is wanted: p->redis.reply[1].  p lives in the request's pool.  NGX_OK or
 * NGX_ERROR.
 */
ngx_int_t ngx_http_finance_portfolio_read(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_call_t *call, ngx_str_t *owner, ngx_uint_t watchlist);

/*
 * Once p->redis.op has ended.  FIN_OK; FIN_E_REDIS, FIN_E_NOMEM, also in
 * p->status: nothing is known of the owner's positions.  One that is damaged
 * is logged and left out, and p->damaged set.
 */
fin_status_t ngx_http_finance_portfolio_take(ngx_http_finance_portfolio_t *p);

/* One more, or in place of the one with its id; before value().  NGX_OK or
 * NGX_ERROR. */
ngx_int_t ngx_http_finance_portfolio_put(ngx_http_finance_portfolio_t *p,
    const fin_position_t *position);

/*
 * Says what stocks are wanted for: before ngx_http_finance_stocks_run(), when
 * the caller loads them.
 */
void ngx_http_finance_portfolio_mark(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_stocks_t *stocks);

/*
 * Starts valuing.  stocks: loaded and marked, then only positions in these
 * are valued; NULL: the stocks of ticker (NULL: of all positions) are loaded.
 * NGX_OK or NGX_ERROR (no memory).
 */
ngx_int_t ngx_http_finance_portfolio_value(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_stocks_t *stocks, const char *ticker);

/* NGX_AGAIN until all is valued; what could not be is null in the JSON. */
ngx_int_t ngx_http_finance_portfolio_run(ngx_http_finance_portfolio_t *p);

/*
 * Sorts the lots into holdings by ticker, once: no more put() after it.
 * NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_finance_portfolio_group(ngx_http_finance_portfolio_t *p);

/* NULL: no position in that ticker. */
ngx_http_finance_holding_t *ngx_http_finance_portfolio_holding(
    ngx_http_finance_portfolio_t *p, const char *ticker);

/* Fills a lot with what a valuation whose bytes are at data made of it. */
void ngx_http_finance_lot_take(ngx_http_finance_lot_t *lot,
    const fin_holding_lot_t *made, u_char *data);

/* NULL: none of that id. */
ngx_http_finance_lot_t *ngx_http_finance_portfolio_find(
    ngx_http_finance_portfolio_t *p, const char *id);

/* Sums over the lots in ticker (NULL: all), which were valued. */
ngx_int_t ngx_http_finance_portfolio_summary(ngx_http_finance_portfolio_t *p,
    const char *ticker, fin_summary_t *summary);


#endif /* _NGX_HTTP_FINANCE_PORTFOLIO_H_INCLUDED_ */

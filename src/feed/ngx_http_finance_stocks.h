/*
 * Some tickers' snapshots: from what this worker holds and Redis in one round
 * trip (a second one when others hold newer ones), those that are missing or
 * old from the market, each failing alone.  A helper over one task, for the
 * dashboard and for the endpoints of one stock.
 */

#ifndef _NGX_HTTP_FINANCE_STOCKS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STOCKS_H_INCLUDED_


#include "../codec/fin_record.h"
#include "../codec/fin_snapshot.h"
#include "ngx_http_finance_job.h"
#include "ngx_http_finance_near.h"


typedef struct {
    char                      ticker[FIN_TICKER_MAX + 1];
    fin_snapshot_t            snapshot;     /* valid when has is set */
    ngx_http_finance_join_t   join;
    fin_status_t              status;       /* why there is nothing fresh */
    ngx_http_finance_blob_t  *held;         /* the worker's, referenced */
    u_char                    tag[NGX_HTTP_FINANCE_TAG_LEN];    /* of held */
    unsigned                  has:1;
    unsigned                  changed:1;    /* Redis has another version */
    unsigned                  gone:1;       /* Redis has it no more */
    unsigned                  stale:1;
    unsigned                  joined:1;
    unsigned                  bare:1;       /* a price is all that is known */
    unsigned                  want_book:1;  /* the owner holds some */
} ngx_http_finance_stock_t;


typedef struct {
    ngx_http_finance_task_t          *task;
    ngx_http_finance_loc_conf_t      *conf;
    ngx_http_finance_redis_batch_t    redis;
    ngx_http_finance_stock_t         *stock;
    ngx_uint_t                        n;
    ngx_uint_t                        step;
    ngx_http_finance_join_t           market_join;
    fin_record_t                      market;       /* len 0: not known */
    fin_record_t                      market_old;   /* no longer fresh */
    unsigned                          force:1;
    unsigned                          want_market:1;
    unsigned                          market_joined:1;
    unsigned                          background:1;     /* set after the
                                                           start: nobody
                                                           asked */
} ngx_http_finance_stocks_t;


/*
 * tickers: n valid ones.  force: ask the market in any case; want_market: the
 * session, too.  NGX_OK or NGX_ERROR (no memory).
 */
ngx_int_t ngx_http_finance_stocks_start(ngx_http_finance_stocks_t *s,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_str_t *tickers, ngx_uint_t n, ngx_uint_t force,
    ngx_uint_t want_market);

/* NGX_AGAIN until every stock has its snapshot or its error. */
ngx_int_t ngx_http_finance_stocks_run(ngx_http_finance_stocks_t *s);


#endif /* _NGX_HTTP_FINANCE_STOCKS_H_INCLUDED_ */

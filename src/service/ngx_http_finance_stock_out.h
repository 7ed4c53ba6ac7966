/* A snapshot as an answer: finished bytes, and its age behind them. */

#ifndef _NGX_HTTP_FINANCE_STOCK_OUT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STOCK_OUT_H_INCLUDED_


#include "ngx_http_finance_call.h"
#include "ngx_http_finance_portfolio.h"


/*
 * Adds one Stock, with the owner's positions and the signals that look at
 * them: p was valued.  Where the store could not be read the lists of
 * positions are null.  NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_finance_stock_out(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p);

/*
 * A stock that has nothing but the price that the owner's positions in it
 * brought along: then it has a snapshot of that.  NGX_OK or NGX_DECLINED.
 */
ngx_int_t ngx_http_finance_stock_bare(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p);

/* Whether everything that was asked for about the owner's positions came. */
ngx_uint_t ngx_http_finance_stock_whole(ngx_http_finance_stock_t *st,
    ngx_http_finance_portfolio_t *p);

/* The hash of what ngx_http_finance_stock_out() adds, without reading it. */
uint64_t ngx_http_finance_stock_etag(ngx_http_finance_stock_t *st,
    ngx_http_finance_portfolio_t *p, uint64_t seed);


#endif /* _NGX_HTTP_FINANCE_STOCK_OUT_H_INCLUDED_ */

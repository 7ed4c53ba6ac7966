/* A snapshot as an answer: finished bytes, and its age behind them. */

#ifndef _NGX_HTTP_FINANCE_STOCK_OUT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STOCK_OUT_H_INCLUDED_


#include "ngx_http_finance_call.h"
#include "ngx_http_finance_stocks.h"


/* Adds one Stock; NGX_OK or NGX_ERROR. */
ngx_int_t ngx_http_finance_stock_out(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st);

/* The hash of what ngx_http_finance_stock_out() adds, without reading it. */
uint64_t ngx_http_finance_stock_etag(ngx_http_finance_stock_t *st,
    uint64_t seed);


#endif /* _NGX_HTTP_FINANCE_STOCK_OUT_H_INCLUDED_ */

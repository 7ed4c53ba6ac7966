/*
 * What this worker has made of an owner's positions in a ticker, kept for the
 * next request: the same positions, the same version of the stock, the same
 * day give the same bytes.  Least recently used ones go.
 */

#ifndef _NGX_HTTP_FINANCE_MEMO_H_INCLUDED_
#define _NGX_HTTP_FINANCE_MEMO_H_INCLUDED_


#include "ngx_http_finance_portfolio.h"


#define NGX_HTTP_FINANCE_MEMO_MAX  (16 * 1024 * 1024)   /* bytes a worker */


/*
 * Fills h and its lots with what was kept; h->stock has a snapshot.  NGX_OK,
 * or NGX_DECLINED: there is none, or of something else.
 */
ngx_int_t ngx_http_finance_memo_get(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h);

/* Keeps what h's valuation made (out is copied), until fresh_ms; a lack of
 * memory changes nothing. */
void ngx_http_finance_memo_put(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, ngx_http_finance_valuation_t *v,
    int64_t fresh_ms);

/* Gives all of it back; when the worker ends. */
void ngx_http_finance_memo_exit(void);


#endif /* _NGX_HTTP_FINANCE_MEMO_H_INCLUDED_ */

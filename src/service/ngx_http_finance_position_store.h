/* The writes of positions: each one script, all of it or nothing. */

#ifndef _NGX_HTTP_FINANCE_POSITION_STORE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_POSITION_STORE_H_INCLUDED_


#include "../codec/fin_position_record.h"
#include "ngx_http_finance_idem.h"


/*
 * Each adds its command to batch, and behind it what tells streams of it;
 * NGX_OK or NGX_ERROR (no memory).  The first reply is the integer 1 when it
 * was written.
 */

/*
 * A new position, its ticker on the watchlist, and with idem the answer that
 * is kept.  A string as the reply: what another request has put in the place
 * of our reservation; nothing was written.
 */
ngx_int_t ngx_http_finance_position_store_create(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_call_t *call,
    const fin_position_t *position, ngx_http_finance_idem_t *idem,
    ngx_str_t *answer);

/*
 * In the place of stored (the bytes that were read).  The reply is a string,
 * the bytes that are there now, or nil: it is gone; nothing was written.
 * watch: its ticker goes on the watchlist.
 */
ngx_int_t ngx_http_finance_position_store_replace(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_call_t *call,
    const fin_position_t *position, ngx_str_t *stored, ngx_uint_t watch);

/* stored as above, or NULL: whatever is there; then the reply is how many. */
ngx_int_t ngx_http_finance_position_store_remove(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_call_t *call,
    const char *id, ngx_str_t *stored);

/* HGET */
ngx_int_t ngx_http_finance_position_store_read(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_call_t *call,
    const char *id);


#endif /* _NGX_HTTP_FINANCE_POSITION_STORE_H_INCLUDED_ */

/*
 * Entries of finance:events, which streams are told from (codec/fin_event.h).
 *
 * An entry goes behind what it tells of, in the same pipeline: that is one write
 * to one connection, so that it is there when that is.  It is no part of the
 * owner's transaction or script, since its key is in another slot of a cluster;
 * so it tells, too, of a write that came to nothing, and whoever makes an event
 * of it looks at what is there.
 */

#ifndef _NGX_HTTP_FINANCE_EVENT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_EVENT_H_INCLUDED_


#include "../codec/fin_event.h"
#include "../redis/ngx_http_finance_redis.h"


/* Each adds its command to batch: NGX_OK or NGX_ERROR (no memory).  Nothing
 * depends on the reply. */

ngx_int_t ngx_http_finance_event_stock(ngx_http_finance_redis_batch_t *batch,
    const char *ticker);

ngx_int_t ngx_http_finance_event_watchlist(
    ngx_http_finance_redis_batch_t *batch, ngx_str_t *owner);

ngx_int_t ngx_http_finance_event_position(
    ngx_http_finance_redis_batch_t *batch, ngx_str_t *owner,
    fin_event_op_t op, const char *id);


#endif /* _NGX_HTTP_FINANCE_EVENT_H_INCLUDED_ */

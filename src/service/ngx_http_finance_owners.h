/*
 * The owners whose watchlists are refreshed in the background: a sorted set in
 * Redis, finance:owners, of owners by the time at which they were last here.
 * Who has not been here for a week is forgotten.
 *
 * It is not written in one with what an owner gives: it may be lost, the
 * owner's next visit puts it right, and it is in another slot of a cluster.
 */

#ifndef _NGX_HTTP_FINANCE_OWNERS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_OWNERS_H_INCLUDED_


#include "ngx_http_finance_call.h"


#define NGX_HTTP_FINANCE_OWNERS_KEY   "finance:owners"
#define NGX_HTTP_FINANCE_OWNERS_KEPT  604800        /* seconds */


/*
 * The call's owner was here, and has a watchlist.  Written at most once in some
 * minutes by each worker, but always when anew is set; nothing without
 * finance_refresh, or when Redis is away.
 */
void ngx_http_finance_owner_seen(ngx_http_finance_call_t *call,
    ngx_uint_t anew);

/* Adds the removal of those who are forgotten. */
ngx_int_t ngx_http_finance_owners_forget(
    ngx_http_finance_redis_batch_t *batch);


#endif /* _NGX_HTTP_FINANCE_OWNERS_H_INCLUDED_ */

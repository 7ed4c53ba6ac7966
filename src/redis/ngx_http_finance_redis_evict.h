/*
 * Whether a full Redis drops what owners gave: pure.  That has no expiry, so
 * only the policies that take any key do; what was fetched from the market has
 * one, and may go.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_EVICT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_EVICT_H_INCLUDED_


#include <stddef.h>


typedef struct {
    char      policy[24];   /* one that could drop owners' data, or "" */
    unsigned  known:1;
} ngx_http_finance_redis_evict_t;


/*
 * Reads the policy out of the reply to INFO memory, which more servers allow
 * than CONFIG GET.  Without one that makes sense it is unknown.
 */
void ngx_http_finance_redis_evict_read(ngx_http_finance_redis_evict_t *evict,
    const char *info, size_t len);


#endif /* _NGX_HTTP_FINANCE_REDIS_EVICT_H_INCLUDED_ */

/*
 * How a connection begins: hiredis' context, and what is said on it first.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_DIAL_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_DIAL_H_INCLUDED_


#include "ngx_http_finance_redis.h"
#include "ngx_http_finance_redis_adapter.h"
#include "ngx_http_finance_redis_hello.h"


#define NGX_HTTP_FINANCE_REDIS_NAME  "nginx-finance"


/* A context that connects to conf's server, the caller's; NULL: no memory;
 * with err set: why not. */
redisAsyncContext *ngx_http_finance_redis_dial(
    ngx_http_finance_redis_conf_t *conf);

/* Says one step of the handshake; name is the client's.  REDIS_OK or
 * REDIS_ERR: the callback will not be called. */
int ngx_http_finance_redis_dial_step(redisAsyncContext *ac,
    ngx_http_finance_redis_conf_t *conf, const char *name,
    ngx_http_finance_redis_step_e step, redisCallbackFn *answer, void *data);


#endif /* _NGX_HTTP_FINANCE_REDIS_DIAL_H_INCLUDED_ */

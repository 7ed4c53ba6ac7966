/*
 * Keys in Redis that one request or job holds for a while: a value that is
 * nobody else's, with a short time to live that the holder renews, so that one
 * that died is followed soon.
 */

#ifndef _NGX_HTTP_FINANCE_HOLD_H_INCLUDED_
#define _NGX_HTTP_FINANCE_HOLD_H_INCLUDED_


#include "../redis/ngx_http_finance_redis.h"


/* What is held, without renewal, ms; and how often it is renewed. */
#define NGX_HTTP_FINANCE_HOLD_TIME   3000
#define NGX_HTTP_FINANCE_HOLD_RENEW  1000


/*
 * Each adds a command that does nothing unless key has that value.  NGX_OK or
 * NGX_ERROR.
 */
ngx_int_t ngx_http_finance_hold_renew(ngx_http_finance_redis_batch_t *batch,
    ngx_str_t *key, ngx_str_t *value, ngx_msec_t time);
ngx_int_t ngx_http_finance_hold_free(ngx_http_finance_redis_batch_t *batch,
    ngx_str_t *key, ngx_str_t *value);


#endif /* _NGX_HTTP_FINANCE_HOLD_H_INCLUDED_ */

/*
 * Idempotency-Key of a POST: a key is reserved before anything is done, the
 * first answer is kept with the write it belongs to, in one script, for a day,
 * and given again to whoever comes with the same key and the same request.
 *
 * A reservation ends with its request: with the write, or given back before a
 * failure is answered, or when the client has left; a worker that dies holds
 * it for some seconds.  Whoever writes last finds out in the script.
 */

#ifndef _NGX_HTTP_FINANCE_IDEM_H_INCLUDED_
#define _NGX_HTTP_FINANCE_IDEM_H_INCLUDED_


#include "../codec/fin_idem.h"
#include "../core/fin_uuid.h"
#include "../feed/ngx_http_finance_hold.h"
#include "../redis/ngx_http_finance_redis.h"
#include "ngx_http_finance_call.h"


#define NGX_HTTP_FINANCE_IDEM_KEPT  "86400"     /* seconds */

#define ngx_http_finance_idem_kept(arg)                                       \
    ngx_str_set(arg, NGX_HTTP_FINANCE_IDEM_KEPT)

/* 'P', the request's fingerprint, whose reservation it is */
#define NGX_HTTP_FINANCE_IDEM_PENDING                                         \
    (1 + FIN_IDEM_FINGERPRINT_LEN + FIN_UUID_LEN)


typedef struct {
    ngx_http_finance_call_t         *call;
    ngx_http_finance_redis_batch_t   redis;
    ngx_http_finance_redis_batch_t   release;
    ngx_str_t                        header;
    ngx_str_t                        key;       /* in Redis; len 0: no header */
    ngx_str_t                        pending;   /* what stands for us there */
    u_char                           buf[NGX_HTTP_FINANCE_IDEM_PENDING + 1];
    void                           (*respond)(ngx_http_finance_call_t *call);
    ngx_event_t                      renew;
    unsigned                         reserved:1;
    unsigned                         kept:1;    /* the answer was */
} ngx_http_finance_idem_t;


/*
 * Looks at the header; idem lives in the request's pool.  NGX_OK: idem->redis
 * runs, then started() is due; NGX_DECLINED: there is no header; NGX_ERROR:
 * the call was ended.
 */
ngx_int_t ngx_http_finance_idem_start(ngx_http_finance_idem_t *idem,
    ngx_http_finance_call_t *call);

/* NGX_OK: the key is ours; NGX_ERROR: the call was ended, with the first
 * answer, a 409, 422 or 503. */
ngx_int_t ngx_http_finance_idem_started(ngx_http_finance_idem_t *idem);

/*
 * The value that the write's script is to set: status, version, location and
 * body.  NGX_OK or NGX_ERROR (no memory).
 */
ngx_int_t ngx_http_finance_idem_value(ngx_http_finance_idem_t *idem,
    ngx_uint_t status, const fin_out_t *body, ngx_str_t *value);

/* The script has set it: nothing is to be given back. */
void ngx_http_finance_idem_keep(ngx_http_finance_idem_t *idem);

/* The script found another's value: ends the call with what that means. */
void ngx_http_finance_idem_found(ngx_http_finance_idem_t *idem,
    ngx_str_t *value);


#endif /* _NGX_HTTP_FINANCE_IDEM_H_INCLUDED_ */

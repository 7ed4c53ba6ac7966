/*
 * Users in the store, for the endpoints that make and show them.  Whose they
 * are is decided here: with finance_user an owner sees its own one and makes
 * one, unless finance_admin lifts that; without it everyone sees and makes any.
 */

#ifndef _NGX_HTTP_FINANCE_USER_H_INCLUDED_
#define _NGX_HTTP_FINANCE_USER_H_INCLUDED_


#include "../codec/fin_user.h"
#include "../core/fin_uuid.h"
#include "ngx_http_finance_call.h"
#include "ngx_http_finance_idem.h"


/*
 * Each begins the batch with its commands; NGX_ERROR: no memory.  The replies
 * of the first two mean NGX_OK, NGX_DECLINED (the e-mail is taken, or the owner
 * has a user) or NGX_ERROR (the store failed).
 */
ngx_int_t ngx_http_finance_user_check(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_call_t *call, const fin_email_t *email);
ngx_int_t ngx_http_finance_user_checked(
    const ngx_http_finance_redis_batch_t *batch);

/*
 * Both indexes are looked at and all is written, or nothing is; with an
 * Idempotency-Key its answer, too.  A string as the reply: what another
 * request has put in the place of our reservation.
 */
ngx_int_t ngx_http_finance_user_write(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_call_t *call, const fin_user_t *user,
    const fin_email_t *email, ngx_http_finance_idem_t *idem,
    ngx_str_t *answer);
ngx_int_t ngx_http_finance_user_written(
    const ngx_http_finance_redis_batch_t *batch);

/*
 * Adds the question for the user of a valid id, and reads the reply: FIN_OK;
 * FIN_E_NOT_FOUND: none, or not for this call; FIN_E_REDIS: an error or a
 * damaged user.  The texts of user live as long as the call's request.
 */
ngx_int_t ngx_http_finance_user_ask(ngx_http_finance_redis_batch_t *batch,
    const char *id);
fin_status_t ngx_http_finance_user_read(
    const ngx_http_finance_redis_reply_t *reply,
    ngx_http_finance_call_t *call, const char *id, fin_user_t *user);


/* The user of the path's id, loaded beside what else a call waits for. */
typedef struct {
    ngx_http_finance_redis_batch_t   redis;
    char                             id[FIN_UUID_LEN + 1];
    fin_user_t                       user;      /* after NGX_OK */
} ngx_http_finance_user_load_t;

/* NGX_OK: under way; NGX_ERROR: the call was ended (404 for a malformed id). */
ngx_int_t ngx_http_finance_user_load(ngx_http_finance_user_load_t *load,
    ngx_http_finance_call_t *call);

/* In resume: NGX_AGAIN; NGX_OK; NGX_ERROR: the call was ended (404, 503). */
ngx_int_t ngx_http_finance_user_loaded(ngx_http_finance_user_load_t *load,
    ngx_http_finance_call_t *call);


#endif /* _NGX_HTTP_FINANCE_USER_H_INCLUDED_ */

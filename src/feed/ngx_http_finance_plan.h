/*
 * What the market's plan includes, found out from its answers: a 403 is
 * remembered for an hour, by this worker and through Redis by all, so that a
 * small budget is not spent on calls that will be refused.
 */

#ifndef _NGX_HTTP_FINANCE_PLAN_H_INCLUDED_
#define _NGX_HTTP_FINANCE_PLAN_H_INCLUDED_


#include "../codec/fin_out.h"
#include "ngx_http_finance_conf.h"


/*
 * Takes note of an answer: FIN_E_NOT_ENTITLED denies, FIN_OK allows, anything
 * else says nothing.  A new denial is written to Redis.
 */
void ngx_http_finance_plan_note(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_plan_e what, fin_status_t status, ngx_pool_t *pool,
    ngx_log_t *log);

/* Whether it was denied within the hour. */
ngx_uint_t ngx_http_finance_plan_denied(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_plan_e what);

/* Adds the MGET of what other workers and hosts found out. */
ngx_int_t ngx_http_finance_plan_ask(ngx_http_finance_redis_batch_t *batch);

/* Reads its reply. */
void ngx_http_finance_plan_told(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_redis_reply_t *reply);

/* "plan": {"today": "ok", ...} for health. */
void ngx_http_finance_plan_out(fin_out_t *out,
    ngx_http_finance_loc_conf_t *conf);


#endif /* _NGX_HTTP_FINANCE_PLAN_H_INCLUDED_ */

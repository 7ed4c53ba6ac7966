/*
 * When jobs start where finance_budget counts the calls of the market: one
 * after the other rather than all at once, so that one is done before the
 * budget is spent on the beginnings of many.
 */

#ifndef _NGX_HTTP_FINANCE_JOB_BUDGET_H_INCLUDED_
#define _NGX_HTTP_FINANCE_JOB_BUDGET_H_INCLUDED_


#include "ngx_http_finance_job.h"


/* Calls of the market that a job of a kind makes, mostly. */
ngx_uint_t ngx_http_finance_job_calls(ngx_http_finance_job_kind_e kind);

/*
 * True: the head of those that wait is to start.  Jobs whose turn cannot come
 * in time are ended here.  Else event is on a timer for the next look.
 */
ngx_uint_t ngx_http_finance_job_admit(ngx_rbtree_t *jobs,
    ngx_queue_t *waiting, ngx_event_t *event);

/* Ends a job whose patience is over if it is the budget that kept it waiting;
 * NGX_DECLINED: it is something else. */
ngx_int_t ngx_http_finance_job_denied(ngx_http_finance_job_t *job,
    ngx_rbtree_t *jobs);


#endif /* _NGX_HTTP_FINANCE_JOB_BUDGET_H_INCLUDED_ */

/*
 * When jobs start where finance_budget counts the calls of the market: one
 * after the other rather than all at once, so that one is done before the
 * budget is spent on the beginnings of many.
 */

#ifndef _NGX_HTTP_FINANCE_JOB_BUDGET_H_INCLUDED_
#define _NGX_HTTP_FINANCE_JOB_BUDGET_H_INCLUDED_


#include "ngx_http_finance_job.h"


/* Calls of the market that a job of a kind makes, mostly; and so many of them
 * turn out not to be needed. */
ngx_uint_t ngx_http_finance_job_calls(ngx_http_finance_job_kind_e kind);
void ngx_http_finance_job_saved(ngx_http_finance_job_t *job, ngx_uint_t n);

/*
 * True: the head of those that wait is to start.  Jobs whose turn cannot come
 * in time are ended here.  Else event is on a timer for the next look.
 */
ngx_uint_t ngx_http_finance_job_admit(ngx_rbtree_t *jobs,
    ngx_queue_t *waiting, ngx_event_t *event);

/* Ms until the calls that a job is still to make can be had; 0: it waits for
 * something else. */
ngx_msec_t ngx_http_finance_job_budget_wait(ngx_http_finance_job_t *job,
    ngx_rbtree_t *jobs);

/* All of a job's calls are still to be made. */
void ngx_http_finance_job_budget_begin(ngx_http_finance_job_t *job);

/* A job is over: what it does not need is others'. */
void ngx_http_finance_job_budget_end(ngx_http_finance_job_t *job);

/*
 * Why a job's time is over: FIN_E_TIMEOUT, or, when it got no call, or when it
 * followed one that may have got none, FIN_E_BUDGET.
 */
fin_status_t ngx_http_finance_job_late(ngx_http_finance_job_t *job,
    const ngx_http_finance_fetch_t *fetch);

/* Ends a job whose patience is over if it is the budget that kept it waiting;
 * NGX_DECLINED: it is something else. */
ngx_int_t ngx_http_finance_job_denied(ngx_http_finance_job_t *job,
    ngx_rbtree_t *jobs);


#endif /* _NGX_HTTP_FINANCE_JOB_BUDGET_H_INCLUDED_ */

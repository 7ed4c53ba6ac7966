/*
 * A leader that has not been at work for longer than its lease: see lease.h.
 * Whoever took over may have got the datum, newer than what this one has; it must
 * neither be asked for again nor overwritten.
 */


#include "ngx_http_finance_job_budget.h"


static void ngx_http_finance_lease_doubtful(ngx_http_finance_task_t *task);
static void ngx_http_finance_lease_goes_on(ngx_http_finance_job_t *job);
static void ngx_http_finance_lease_lost(ngx_http_finance_job_t *job);


void
ngx_http_finance_lease_doubt(ngx_http_finance_job_t *job)
{
    job->lease.resume = job->task.resume;
    job->task.resume = ngx_http_finance_lease_doubtful;

    if (ngx_http_finance_lease_ask_start(job) != NGX_OK) {
        ngx_http_finance_lease_goes_on(job);
    }
}


static void
ngx_http_finance_lease_doubtful(ngx_http_finance_task_t *task)
{
    ngx_http_finance_job_t  *job;

    job = task->data;

    if (task->expired) {
        ngx_http_finance_job_end(job, ngx_http_finance_job_late(job, NULL),
                                 NULL);
        return;
    }

    if (ngx_http_finance_op_running(&job->lease.redis.op)) {
        return;
    }

    switch (ngx_http_finance_lease_answer(job)) {

    case NGX_DONE:
        return;

    case NGX_DECLINED:
        ngx_http_finance_lease_lost(job);
        return;

    default:
        ngx_http_finance_lease_goes_on(job);
    }
}


/* nobody else has led meanwhile, as far as can be known */

static void
ngx_http_finance_lease_goes_on(ngx_http_finance_job_t *job)
{
    job->lease.until = ngx_current_msec + ngx_http_finance_lease_time(job);
    job->task.resume = job->lease.resume;

    ngx_http_finance_lease_arm(job);
    ngx_http_finance_task_wake(&job->task);
}


/* what was begun is dropped: the one who leads is followed from now on */

static void
ngx_http_finance_lease_lost(ngx_http_finance_job_t *job)
{
    ngx_log_error(NGX_LOG_INFO, job->task.log, 0,
                  "finance: %s of %s: another one leads by now",
                  ngx_http_finance_job_kind(job->kind),
                  job->ticker[0] ? job->ticker : "the market");

    ngx_http_finance_lease_leave(job, FIN_E_CANCELLED, NULL);
    ngx_http_finance_task_cancel(&job->task);
    ngx_http_finance_job_drop(job);
    ngx_http_finance_lease_follow_leader(job);
}

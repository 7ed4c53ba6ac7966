/* Those who wait for jobs: see ngx_http_finance_job.h. */


#include "ngx_http_finance_job_budget.h"
#include "ngx_http_finance_job_count.h"


/* so long a client waits for a budget at most, ms; what is near is waited for;
 * when this is looked at first, and how often */
#define NGX_HTTP_FINANCE_JOIN_PATIENCE  10000
#define NGX_HTTP_FINANCE_JOIN_SOON      1000
#define NGX_HTTP_FINANCE_JOIN_FIRST     100
#define NGX_HTTP_FINANCE_JOIN_LOOK      500


static ngx_http_finance_job_t *ngx_http_finance_join_begin(
    ngx_http_finance_join_t *join, ngx_http_finance_task_t *task,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name, ngx_uint_t background);
static void ngx_http_finance_join_cancel(ngx_http_finance_op_t *op);
static void ngx_http_finance_join_leave(ngx_http_finance_join_t *join);
static void ngx_http_finance_join_impatient(ngx_event_t *ev);


void
ngx_http_finance_join_start(ngx_http_finance_join_t *join,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name)
{
    (void) ngx_http_finance_join_begin(join, task, conf, kind, ticker, name,
                                       0);
}


void
ngx_http_finance_join_background(ngx_http_finance_join_t *join,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, int64_t newer_ms)
{
    ngx_http_finance_job_t  *job;

    job = ngx_http_finance_join_begin(join, task, conf, kind, ticker, NULL,
                                      1);

    if (job && job->turn.background) {
        job->newer_ms = ngx_max(job->newer_ms, newer_ms);
    }
}


static ngx_http_finance_job_t *
ngx_http_finance_join_begin(ngx_http_finance_join_t *join,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name,
    ngx_uint_t background)
{
    ngx_http_finance_job_t  *job;

    ngx_memzero(join, sizeof(ngx_http_finance_join_t));
    join->retry_after = -1;

    ngx_http_finance_op_init(&join->op, task, "job",
                             ngx_http_finance_join_cancel);

    /* the job has its own, shorter deadline */
    ngx_http_finance_op_start(&join->op, conf->timeout + 1000);

    job = ngx_http_finance_job_get(task->request, conf, kind, ticker, name,
                                   background);

    if (job == NULL) {
        ngx_http_finance_op_complete(&join->op, FIN_E_BUSY);
        return NULL;
    }

    join->job = job;
    ngx_http_finance_join_count(join, !job->joined);
    job->joined = 1;

    ngx_queue_insert_tail(&job->waiters, &join->queue);
    ngx_http_finance_job_idle(job);

    if (!background && conf->timeout > NGX_HTTP_FINANCE_JOIN_PATIENCE
        && ngx_http_finance_fetch_budget())
    {
        join->patience.handler = ngx_http_finance_join_impatient;
        join->patience.data = join;
        join->patience.log = ngx_cycle->log;
        ngx_add_timer(&join->patience, NGX_HTTP_FINANCE_JOIN_FIRST);
    }

    return job;
}


static void
ngx_http_finance_join_cancel(ngx_http_finance_op_t *op)
{
    ngx_http_finance_job_t   *job;
    ngx_http_finance_join_t  *join;

    join = (ngx_http_finance_join_t *) op;
    job = join->job;

    if (job) {
        ngx_http_finance_join_leave(join);
        ngx_http_finance_job_idle(job);
    }
}


static void
ngx_http_finance_join_leave(ngx_http_finance_join_t *join)
{
    if (join->patience.timer_set) {
        ngx_del_timer(&join->patience);
    }

    ngx_http_finance_join_account(join, join->job);
    ngx_queue_remove(&join->queue);
    join->job = NULL;
}


/*
 * When the budget keeps its job waiting for longer than it would wait itself, it
 * is told so, and the job goes on without it.
 */

static void
ngx_http_finance_join_impatient(ngx_event_t *ev)
{
    ngx_msec_t                wait;
    ngx_msec_int_t            left;
    ngx_http_finance_job_t   *job;
    ngx_http_finance_join_t  *join;

    join = ev->data;
    job = join->job;

    wait = ngx_http_finance_job_wait(job);
    left = (ngx_msec_int_t) (join->op.started + NGX_HTTP_FINANCE_JOIN_PATIENCE
                             - ngx_current_msec);

    if ((ngx_msec_int_t) wait <= ngx_max(left, NGX_HTTP_FINANCE_JOIN_SOON)) {
        ngx_add_timer(ev, NGX_HTTP_FINANCE_JOIN_LOOK);
        return;
    }

    ngx_http_finance_join_leave(join);
    ngx_http_finance_job_idle(job);

    join->retry_after = ngx_http_finance_budget_seconds(wait);
    ngx_http_finance_op_complete(&join->op, FIN_E_BUDGET);
}


void
ngx_http_finance_join_wake(ngx_http_finance_job_t *job, fin_status_t status,
    ngx_http_finance_blob_t *blob)
{
    fin_status_t              st;
    ngx_queue_t              *q;
    ngx_http_finance_join_t  *join;

    while (!ngx_queue_empty(&job->waiters)) {
        q = ngx_queue_head(&job->waiters);
        join = ngx_queue_data(q, ngx_http_finance_join_t, queue);

        ngx_http_finance_join_leave(join);
        join->retry_after = job->retry_after;

        st = status;

        if (blob && !join->blind) {
            if (ngx_http_finance_blob_hold(blob,
                                           join->op.task->request->pool)
                == NGX_OK)
            {
                join->blob = blob;

            } else {
                st = FIN_E_NOMEM;
            }
        }

        ngx_http_finance_op_complete(&join->op, st);
    }
}

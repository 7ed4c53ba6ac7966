/* Jobs where calls are counted: see the header. */


#include "ngx_http_finance_job_budget.h"


static ngx_uint_t ngx_http_finance_job_hopeless(
    ngx_http_finance_budget_t *budget, ngx_http_finance_job_t *job,
    ngx_uint_t others);
static ngx_int_t ngx_http_finance_job_cmp(const ngx_queue_t *one,
    const ngx_queue_t *two);
static void ngx_http_finance_job_sift(ngx_http_finance_budget_t *budget,
    ngx_rbtree_t *jobs, ngx_queue_t *waiting);
static ngx_uint_t ngx_http_finance_job_expected(ngx_rbtree_t *jobs,
    ngx_uint_t background);
static void ngx_http_finance_job_spent(ngx_http_finance_job_t *job,
    ngx_msec_t wait);


/* what nginx' debug log looks at of an event on a timer */
static ngx_connection_t  ngx_http_finance_job_dumb = { .fd = -1 };


/* as README has it: bars, the chain in four parts or as a whole, earnings and
 * dividends */

ngx_uint_t
ngx_http_finance_job_calls(ngx_http_finance_job_kind_e kind)
{
    switch (kind) {

    case NGX_HTTP_FINANCE_JOB_STOCK:
        return 7;

    case NGX_HTTP_FINANCE_JOB_CHAIN:
        return 4;

    case NGX_HTTP_FINANCE_JOB_EMAIL:
        return 0;

    default:
        return 1;
    }
}


void
ngx_http_finance_job_saved(ngx_http_finance_job_t *job, ngx_uint_t n)
{
    n = ngx_min(job->turn.expected, n);

    job->turn.expected -= n;
    job->turn.total -= n;
}


/*
 * A job starts when all of its calls may be made beside those that others are
 * still to make before it, or when these are none.
 */

ngx_uint_t
ngx_http_finance_job_admit(ngx_rbtree_t *jobs, ngx_queue_t *waiting,
    ngx_event_t *event)
{
    ngx_uint_t                  others;
    ngx_msec_t                  wait;
    ngx_http_finance_job_t     *job;
    ngx_http_finance_budget_t  *budget;

    budget = ngx_http_finance_fetch_budget();

    ngx_queue_sort(waiting, ngx_http_finance_job_cmp);
    ngx_http_finance_job_sift(budget, jobs, waiting);

    if (ngx_queue_empty(waiting)) {
        return 0;
    }

    job = ngx_queue_data(ngx_queue_head(waiting), ngx_http_finance_job_t,
                         queue);
    others = ngx_http_finance_job_expected(jobs, job->turn.background);

    if (job->turn.expected == 0 || others == 0) {
        return 1;
    }

    wait = ngx_http_finance_budget_wait(budget, job->turn.background,
                                        others + job->turn.expected);
    if (wait == 0) {
        return 1;
    }

    event->data = &ngx_http_finance_job_dumb;
    event->cancelable = 1;
    ngx_add_timer(event, wait);

    return 0;
}


/* who needs no call of the market, who is waited for, the others: as they came */

static ngx_int_t
ngx_http_finance_job_cmp(const ngx_queue_t *one, const ngx_queue_t *two)
{
    ngx_int_t                a, b;
    ngx_http_finance_job_t  *job;

    job = ngx_queue_data(one, ngx_http_finance_job_t, queue);
    a = job->turn.expected == 0 ? 0 : 1 + job->turn.background;

    job = ngx_queue_data(two, ngx_http_finance_job_t, queue);
    b = job->turn.expected == 0 ? 0 : 1 + job->turn.background;

    return a - b;
}


/* of those that wait, the ones that would wait in vain */

static void
ngx_http_finance_job_sift(ngx_http_finance_budget_t *budget,
    ngx_rbtree_t *jobs, ngx_queue_t *waiting)
{
    ngx_uint_t               before, others[2];
    ngx_queue_t             *q, *next;
    ngx_http_finance_job_t  *job;

    before = 0;
    others[0] = ngx_http_finance_job_expected(jobs, 0);
    others[1] = ngx_http_finance_job_expected(jobs, 1);

    for (q = ngx_queue_head(waiting);
         q != ngx_queue_sentinel(waiting);
         q = next)
    {
        next = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_http_finance_job_t, queue);

        if (job->turn.expected
            && !ngx_http_finance_job_hopeless(budget, job,
                                  before + others[job->turn.background]))
        {
            before += job->turn.expected;
        }
    }
}


/*
 * One whose first call cannot be made before its patience ends need not wait for
 * that, nor one that could make all of its calls if it were alone, and cannot:
 * ended.
 */

static ngx_uint_t
ngx_http_finance_job_hopeless(ngx_http_finance_budget_t *budget,
    ngx_http_finance_job_t *job, ngx_uint_t others)
{
    ngx_msec_t      wait, last;
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (job->patience.timer.key - ngx_current_msec);

    wait = ngx_http_finance_budget_wait(budget, job->turn.background,
                                        others + 1);
    last = ngx_http_finance_budget_wait(budget, job->turn.background,
                                        others + job->turn.expected);

    if (left > (ngx_msec_int_t) wait
        && (left > (ngx_msec_int_t) last
            || ngx_http_finance_budget_at_best(budget, job->turn.expected)
               >= job->conf->timeout))
    {
        return 0;
    }

    ngx_http_finance_job_spent(job, wait);

    return 1;
}


void
ngx_http_finance_job_budget_begin(ngx_http_finance_job_t *job)
{
    job->turn.total = ngx_http_finance_job_calls(job->kind);
    job->turn.expected = job->turn.total;
    job->turn.together = 0;
    job->turn.claimed = 0;
}


void
ngx_http_finance_job_budget_end(ngx_http_finance_job_t *job)
{
    if (job->turn.claimed && ngx_http_finance_fetch_budget()) {
        ngx_http_finance_budget_leave(ngx_http_finance_fetch_budget(),
                                      job->turn.seq);
    }
}


fin_status_t
ngx_http_finance_job_late(ngx_http_finance_job_t *job,
    const ngx_http_finance_fetch_t *fetch)
{
    ngx_msec_t                  wait;
    ngx_http_finance_budget_t  *budget;

    budget = ngx_http_finance_fetch_budget();

    if (budget == NULL
        || (fetch && fetch->op.status != FIN_E_BUDGET))
    {
        return FIN_E_TIMEOUT;
    }

    wait = ngx_http_finance_budget_wait(budget, job->turn.background, 1);

    job->retry_after = ngx_http_finance_budget_seconds(wait);

    return FIN_E_BUDGET;
}


ngx_int_t
ngx_http_finance_job_denied(ngx_http_finance_job_t *job, ngx_rbtree_t *jobs)
{
    ngx_msec_t  wait;

    wait = ngx_http_finance_job_budget_wait(job, jobs);

    if (wait == 0) {
        return NGX_DECLINED;
    }

    ngx_http_finance_job_spent(job, wait);

    return NGX_OK;
}


/* who follows does not know what its leader waits for: the next call, at least */

ngx_msec_t
ngx_http_finance_job_budget_wait(ngx_http_finance_job_t *job,
    ngx_rbtree_t *jobs)
{
    ngx_uint_t                  n;
    ngx_http_finance_budget_t  *budget;

    budget = ngx_http_finance_fetch_budget();

    if (budget == NULL || job->turn.expected == 0) {
        return 0;
    }

    n = job->lease.following ? 1 : job->turn.expected;

    if (!job->active) {
        n += ngx_http_finance_job_expected(jobs, job->turn.background);
    }

    return ngx_http_finance_budget_wait(budget, job->turn.background, n);
}


/*
 * Calls that jobs under way have still to start; who follows makes none, and
 * those of background work come behind the others.
 */

static ngx_uint_t
ngx_http_finance_job_expected(ngx_rbtree_t *jobs, ngx_uint_t background)
{
    ngx_uint_t               n;
    ngx_rbtree_node_t       *node;
    ngx_http_finance_job_t  *job;

    n = 0;

    if (jobs->root == jobs->sentinel) {
        return 0;
    }

    for (node = ngx_rbtree_min(jobs->root, jobs->sentinel);
         node;
         node = ngx_rbtree_next(jobs, node))
    {
        job = (ngx_http_finance_job_t *) node;

        if (job->active && !job->lease.following
            && (background || !job->turn.background))
        {
            n += job->turn.expected;
        }
    }

    return n;
}


static void
ngx_http_finance_job_spent(ngx_http_finance_job_t *job, ngx_msec_t wait)
{
    job->retry_after = ngx_http_finance_budget_seconds(wait);

    ngx_http_finance_job_end(job, FIN_E_BUDGET, NULL);
}

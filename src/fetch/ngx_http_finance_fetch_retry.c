/* What follows an attempt that failed: a pause and a further one, or nothing. */


#include "ngx_http_finance_fetch_slot.h"


static ngx_msec_int_t ngx_http_finance_fetch_left(
    ngx_http_finance_fetch_t *fetch);
static void ngx_http_finance_fetch_delayed(ngx_event_t *ev);


ngx_int_t
ngx_http_finance_fetch_retry(ngx_http_finance_fetch_t *fetch,
    fin_status_t status)
{
    int64_t                         wait;
    ngx_log_t                      *log;
    fin_attempt_t                   attempt;
    ngx_http_finance_fetch_slot_t  *s;

    attempt.status = status;
    attempt.http_status = (uint32_t) fetch->http_status;
    attempt.n = (uint32_t) fetch->slot->attempt;
    attempt.retry_after = fetch->retry_after;
    attempt.left_ms = ngx_http_finance_fetch_left(fetch);

    wait = fin_retry_wait(&fetch->retry, &attempt,
                          (uint32_t) ngx_random() << 1);

    if (wait == FIN_RETRY_NOT) {
        return NGX_DECLINED;
    }

    s = ngx_http_finance_fetch_attempt(fetch);
    if (s == NULL) {
        return NGX_DECLINED;
    }

    log = s->parent->connection->log;
    log->action = NULL;         /* the subrequest's */

    ngx_log_error(NGX_LOG_INFO, log, 0,
                  "finance: attempt %ui of %uD at \"%V\" failed: %s (%s), "
                  "the next one in %L ms", fetch->attempts - 1,
                  fetch->retry.attempts, &fetch->uri,
                  fin_status_detail(status), fin_status_name(status), wait);

    s->delay.handler = ngx_http_finance_fetch_delayed;
    s->delay.data = s;
    s->delay.log = log;

    ngx_add_timer(&s->delay, (ngx_msec_t) wait);

    fetch->http_status = 0;
    fetch->retry_after = -1;

    return NGX_OK;
}


/* ms, of the op's time and of the task's */

static ngx_msec_int_t
ngx_http_finance_fetch_left(ngx_http_finance_fetch_t *fetch)
{
    ngx_msec_int_t            left, all;
    ngx_http_finance_task_t  *task;

    task = fetch->op.task;
    left = (ngx_msec_int_t) (fetch->op.timer.timer.key - ngx_current_msec);

    if (task->deadline.timer_set) {
        all = (ngx_msec_int_t) (task->deadline.timer.key - ngx_current_msec);
        left = ngx_min(left, all);
    }

    return left;
}


static void
ngx_http_finance_fetch_delayed(ngx_event_t *ev)
{
    ngx_http_finance_fetch_enqueue(ev->data);
}

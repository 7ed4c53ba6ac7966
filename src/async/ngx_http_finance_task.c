/* What waits for ops: see the header. */


#include "ngx_http_finance_task.h"


static void ngx_http_finance_task_wake_handler(ngx_event_t *ev);
static void ngx_http_finance_task_deadline_handler(ngx_event_t *ev);


void
ngx_http_finance_task_init(ngx_http_finance_task_t *task,
    ngx_http_request_t *r, ngx_log_t *log, ngx_http_finance_resume_pt resume,
    void *data, ngx_msec_t deadline)
{
    ngx_memzero(task, sizeof(ngx_http_finance_task_t));

    ngx_queue_init(&task->live);

    task->request = r;
    task->log = log;
    task->resume = resume;
    task->data = data;

    task->wake.handler = ngx_http_finance_task_wake_handler;
    task->wake.data = task;
    task->wake.log = log;

    task->deadline.handler = ngx_http_finance_task_deadline_handler;
    task->deadline.data = task;
    task->deadline.log = log;

    if (deadline) {
        ngx_add_timer(&task->deadline, deadline);
    }
}


void
ngx_http_finance_task_wake(ngx_http_finance_task_t *task)
{
    if (!task->ended) {
        ngx_post_event(&task->wake, &ngx_posted_events);
    }
}


void
ngx_http_finance_task_cancel(ngx_http_finance_task_t *task)
{
    ngx_queue_t            *q;
    ngx_http_finance_op_t  *op;

    while (!ngx_queue_empty(&task->live)) {
        q = ngx_queue_head(&task->live);
        op = ngx_queue_data(q, ngx_http_finance_op_t, queue);
        ngx_http_finance_op_cancel(op);
    }
}


void
ngx_http_finance_task_end(ngx_http_finance_task_t *task)
{
    if (task->ended) {
        return;
    }

    task->ended = 1;

    ngx_http_finance_task_cancel(task);

    if (task->wake.posted) {
        ngx_delete_posted_event(&task->wake);
    }

    if (task->deadline.timer_set) {
        ngx_del_timer(&task->deadline);
    }
}


static void
ngx_http_finance_task_wake_handler(ngx_event_t *ev)
{
    uint64_t                  began;
    ngx_connection_t         *c;
    ngx_http_finance_task_t  *task;

    began = ngx_http_finance_hold_begin();

    task = ev->data;
    c = NULL;

    if (task->request) {
        /* resume may free the request, never the connection's slot */
        c = task->request->connection;
        ngx_http_set_log_request(c->log, task->request);
    }

    task->resume(task);

    if (c) {
        ngx_http_run_posted_requests(c);
    }

    ngx_http_finance_hold_end(began);
}


static void
ngx_http_finance_task_deadline_handler(ngx_event_t *ev)
{
    ngx_queue_t              *q;
    ngx_http_finance_op_t    *op;
    ngx_http_finance_task_t  *task;

    task = ev->data;
    task->expired = 1;

    while (!ngx_queue_empty(&task->live)) {
        q = ngx_queue_head(&task->live);
        op = ngx_queue_data(q, ngx_http_finance_op_t, queue);

        ngx_http_finance_op_complete(op, FIN_E_TIMEOUT);

        if (op->cancel) {
            op->cancel(op);
        }
    }

    ngx_http_finance_task_wake(task);
}

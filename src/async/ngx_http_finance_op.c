/* One asynchronous operation: see the header for its rules. */


#include "ngx_http_finance_op.h"
#include "ngx_http_finance_task.h"


static void ngx_http_finance_op_timeout(ngx_event_t *ev);
static void ngx_http_finance_op_end(ngx_http_finance_op_t *op);
static void ngx_http_finance_op_slept(ngx_event_t *ev);


void
ngx_http_finance_op_init(ngx_http_finance_op_t *op,
    ngx_http_finance_task_t *task, const char *kind,
    ngx_http_finance_op_cancel_pt cancel)
{
    ngx_memzero(op, sizeof(ngx_http_finance_op_t));

    op->task = task;
    op->kind = kind;
    op->cancel = cancel;

    op->timer.handler = ngx_http_finance_op_timeout;
    op->timer.data = op;
    op->timer.log = task->log;
}


void
ngx_http_finance_op_start(ngx_http_finance_op_t *op, ngx_msec_t timeout)
{
    op->state = NGX_HTTP_FINANCE_OP_RUNNING;
    op->started = ngx_current_msec;

    ngx_queue_insert_tail(&op->task->live, &op->queue);
    ngx_add_timer(&op->timer, timeout);

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, op->task->log, 0,
                   "finance op %s %p start, timeout %M",
                   op->kind, op, timeout);
}


void
ngx_http_finance_op_complete(ngx_http_finance_op_t *op, fin_status_t status)
{
    if (op->state != NGX_HTTP_FINANCE_OP_RUNNING) {
        ngx_log_debug2(NGX_LOG_DEBUG_HTTP, op->timer.log, 0,
                       "finance op %s %p late completion", op->kind, op);
        return;
    }

    ngx_http_finance_op_end(op);

    op->state = NGX_HTTP_FINANCE_OP_DONE;
    op->status = status;

    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, op->task->log, 0,
                   "finance op %s %p done: %s, %Mms", op->kind, op,
                   fin_status_name(status), ngx_current_msec - op->started);

    ngx_http_finance_task_wake(op->task);
}


void
ngx_http_finance_op_cancel(ngx_http_finance_op_t *op)
{
    if (op->state != NGX_HTTP_FINANCE_OP_RUNNING) {
        return;
    }

    ngx_http_finance_op_end(op);

    op->state = NGX_HTTP_FINANCE_OP_CANCELLED;
    op->status = FIN_E_CANCELLED;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, op->task->log, 0,
                   "finance op %s %p cancelled", op->kind, op);

    if (op->cancel) {
        op->cancel(op);
    }
}


void
ngx_http_finance_op_sleep(ngx_http_finance_op_t *op,
    ngx_http_finance_task_t *task, ngx_msec_t delay)
{
    ngx_http_finance_op_init(op, task, "sleep", NULL);

    op->timer.handler = ngx_http_finance_op_slept;

    ngx_http_finance_op_start(op, delay);
}


static void
ngx_http_finance_op_slept(ngx_event_t *ev)
{
    ngx_http_finance_op_complete(ev->data, FIN_OK);
}


static void
ngx_http_finance_op_timeout(ngx_event_t *ev)
{
    ngx_http_finance_op_t  *op = ev->data;

    ngx_http_finance_op_complete(op, FIN_E_TIMEOUT);

    if (op->cancel) {
        op->cancel(op);
    }
}


static void
ngx_http_finance_op_end(ngx_http_finance_op_t *op)
{
    if (op->timer.timer_set) {
        ngx_del_timer(&op->timer);
    }

    ngx_queue_remove(&op->queue);
}

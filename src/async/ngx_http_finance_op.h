/*
 * One asynchronous operation: something that a task waits for.
 *
 * A leaf (a Redis batch, a fetch, work on a thread, a sleep) embeds an op as
 * its first member.  The rules that everything above relies on:
 *
 *   - starting never completes: an immediate result, too, is seen in the task's
 *     next resume, never inside the call that started the op;
 *   - it completes once: the second completion is ignored;
 *   - completing runs no code of the task, it only posts the task's wake;
 *   - every running op has a timer; when that fires the op is DONE with
 *     FIN_E_TIMEOUT and its cancel() was called;
 *   - cancel() is synchronous: after it the leaf's lower half (a Redis reply
 *     to come, a subrequest under way) no longer knows the op.
 */

#ifndef _NGX_HTTP_FINANCE_OP_H_INCLUDED_
#define _NGX_HTTP_FINANCE_OP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "../core/fin_status.h"


typedef struct ngx_http_finance_op_s    ngx_http_finance_op_t;
typedef struct ngx_http_finance_task_s  ngx_http_finance_task_t;

typedef void (*ngx_http_finance_op_cancel_pt)(ngx_http_finance_op_t *op);


typedef enum {
    NGX_HTTP_FINANCE_OP_IDLE = 0,
    NGX_HTTP_FINANCE_OP_RUNNING,
    NGX_HTTP_FINANCE_OP_DONE,
    NGX_HTTP_FINANCE_OP_CANCELLED
} ngx_http_finance_op_state_e;


struct ngx_http_finance_op_s {
    ngx_queue_t                     queue;      /* in task->live */
    ngx_http_finance_task_t        *task;
    ngx_event_t                     timer;
    ngx_http_finance_op_cancel_pt   cancel;
    const char                     *kind;       /* "redis", "fetch", ... */
    ngx_msec_t                      started;
    ngx_http_finance_op_state_e     state;
    fin_status_t                    status;     /* valid when DONE */
};


/* Zeroes the op; it may be used again after DONE or CANCELLED by a new init. */
void ngx_http_finance_op_init(ngx_http_finance_op_t *op,
    ngx_http_finance_task_t *task, const char *kind,
    ngx_http_finance_op_cancel_pt cancel);

/*
 * IDLE -> RUNNING, with its timer armed (timeout > 0, ms).  The task must not
 * have ended: nobody would take the op away.
 */
void ngx_http_finance_op_start(ngx_http_finance_op_t *op, ngx_msec_t timeout);

/* RUNNING -> DONE and the task is woken; ignored in any other state. */
void ngx_http_finance_op_complete(ngx_http_finance_op_t *op,
    fin_status_t status);

/* RUNNING -> CANCELLED, cancel() called, the task is not woken. */
void ngx_http_finance_op_cancel(ngx_http_finance_op_t *op);

/* An op that only waits: DONE with FIN_OK after delay ms. */
void ngx_http_finance_op_sleep(ngx_http_finance_op_t *op,
    ngx_http_finance_task_t *task, ngx_msec_t delay);

#define ngx_http_finance_op_running(op)                                       \
    ((op)->state == NGX_HTTP_FINANCE_OP_RUNNING)

#define ngx_http_finance_op_done(op)                                          \
    ((op)->state == NGX_HTTP_FINANCE_OP_DONE)


#endif /* _NGX_HTTP_FINANCE_OP_H_INCLUDED_ */

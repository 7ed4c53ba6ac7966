/*
 * CPU-bound work of the pure core as an op: on a thread pool where nginx has
 * one, else on the event loop, one piece a turn, so that requests get served
 * between two pieces.
 *
 * data is heap memory (malloc), owned by the work from start on, since a
 * thread may still be at it when the op is cancelled: then free_data() is
 * called once the thread is done.  After DONE it is the op's owner who frees
 * it (ngx_http_finance_work_release, or takes the pointer and NULLs it).
 */

#ifndef _NGX_HTTP_FINANCE_WORK_H_INCLUDED_
#define _NGX_HTTP_FINANCE_WORK_H_INCLUDED_


#include "ngx_http_finance_op.h"
#include "ngx_http_finance_task.h"

/* else ngx_http_core_module.h declares ngx_thread_pool_t, which stays NULL */
#if (NGX_THREADS)
#include <ngx_thread_pool.h>
#endif


/* Runs without nginx: no pool, no log, no global. */
typedef void (*ngx_http_finance_work_run_pt)(void *data);
typedef void (*ngx_http_finance_work_free_pt)(void *data);

typedef struct ngx_http_finance_work_item_s  ngx_http_finance_work_item_t;

typedef struct {
    ngx_http_finance_op_t           op;         /* first */
    void                           *data;       /* valid when DONE */
    ngx_http_finance_work_free_pt   free_data;
    ngx_http_finance_work_item_t   *item;
} ngx_http_finance_work_t;


/*
 * Starts it; tp NULL: on the loop.  NGX_OK; NGX_ERROR: no memory, data was
 * freed, the op is IDLE.  At most ngx_ncpu - 1 pieces of a worker are on threads at
 * once, the rest wait in order; when the pool's own queue is full, too, pieces
 * run on the loop rather than fail.  The timeout counts from here, waiting
 * included.  Pieces whose op was cancelled before they began never run.
 */
ngx_int_t ngx_http_finance_work_start(ngx_http_finance_work_t *work,
    ngx_http_finance_task_t *task, ngx_thread_pool_t *tp,
    ngx_http_finance_work_run_pt run, ngx_http_finance_work_free_pt free_data,
    void *data, ngx_msec_t timeout);

/* Frees data, if it still is the work's; for owners' cleanups. */
void ngx_http_finance_work_release(ngx_http_finance_work_t *work);


#endif /* _NGX_HTTP_FINANCE_WORK_H_INCLUDED_ */

/*
 * CPU-bound work as an op: see the header.
 *
 * An item is on the heap and outlives a cancelled op while a thread is at it:
 * item->work is then NULL.  The thread touches run and data only, all else
 * belongs to the event loop.
 */


#include "ngx_http_finance_work.h"


typedef enum {
    NGX_HTTP_FINANCE_WORK_QUEUED = 0,
    NGX_HTTP_FINANCE_WORK_ON_THREAD
} ngx_http_finance_work_place_e;


struct ngx_http_finance_work_item_s {
    ngx_queue_t                     queue;      /* loop or waiting */
    ngx_http_finance_work_t        *work;       /* NULL: cancelled */
    ngx_http_finance_work_run_pt    run;
    ngx_http_finance_work_free_pt   free_data;
    void                           *data;
    ngx_http_finance_work_place_e   place;
#if (NGX_THREADS)
    ngx_thread_pool_t              *pool;
    ngx_thread_task_t               thread;
#endif
};


/* One a worker process. */
typedef struct {
    ngx_queue_t                     loop;       /* for the event loop */
    ngx_queue_t                     waiting;    /* for a thread */
    ngx_event_t                     turn;       /* runs the head of loop */
    ngx_int_t                       active;     /* on threads */
    unsigned                        ready:1;
} ngx_http_finance_work_state_t;


static ngx_http_finance_work_item_t *ngx_http_finance_work_item(
    ngx_http_finance_work_t *work, ngx_log_t *log);
static void ngx_http_finance_work_cancel(ngx_http_finance_op_t *op);
static void ngx_http_finance_work_finish(ngx_http_finance_work_item_t *item);
static void ngx_http_finance_work_free(ngx_http_finance_work_item_t *item);
static void ngx_http_finance_work_init(void);
static void ngx_http_finance_work_post_turn(void);
static void ngx_http_finance_work_turn(ngx_event_t *ev);
static void ngx_http_finance_work_admit(void);
#if (NGX_THREADS)
static ngx_int_t ngx_http_finance_work_post(ngx_http_finance_work_item_t *item);
static void ngx_http_finance_work_thread(void *data, ngx_log_t *log);
static void ngx_http_finance_work_thread_done(ngx_event_t *ev);
#endif


static ngx_http_finance_work_state_t  ngx_http_finance_work_state;


ngx_int_t
ngx_http_finance_work_start(ngx_http_finance_work_t *work,
    ngx_http_finance_task_t *task, ngx_thread_pool_t *tp,
    ngx_http_finance_work_run_pt run, ngx_http_finance_work_free_pt free_data,
    void *data, ngx_msec_t timeout)
{
    ngx_http_finance_work_item_t  *item;

    ngx_http_finance_op_init(&work->op, task, "work",
                             ngx_http_finance_work_cancel);
    work->data = NULL;
    work->free_data = free_data;

    item = ngx_http_finance_work_item(work, task->log);
    work->item = item;

    if (item == NULL) {
        free_data(data);
        return NGX_ERROR;
    }

    item->run = run;
    item->data = data;

    ngx_http_finance_work_init();
    ngx_http_finance_op_start(&work->op, timeout);

#if (NGX_THREADS)
    if (tp) {
        item->pool = tp;
        ngx_queue_insert_tail(&ngx_http_finance_work_state.waiting,
                              &item->queue);
        ngx_http_finance_work_admit();
        return NGX_OK;
    }
#endif

    ngx_queue_insert_tail(&ngx_http_finance_work_state.loop, &item->queue);
    ngx_http_finance_work_post_turn();

    return NGX_OK;
}


void
ngx_http_finance_work_release(ngx_http_finance_work_t *work)
{
    if (work->data) {
        work->free_data(work->data);
        work->data = NULL;
    }
}


static ngx_http_finance_work_item_t *
ngx_http_finance_work_item(ngx_http_finance_work_t *work, ngx_log_t *log)
{
    ngx_http_finance_work_item_t  *item;

    item = ngx_calloc(sizeof(ngx_http_finance_work_item_t), log);
    if (item == NULL) {
        return NULL;
    }

    item->work = work;
    item->free_data = work->free_data;

    return item;
}


/* Also after a timeout, where the op is DONE already. */
static void
ngx_http_finance_work_cancel(ngx_http_finance_op_t *op)
{
    ngx_http_finance_work_t       *work = (ngx_http_finance_work_t *) op;
    ngx_http_finance_work_item_t  *item;

    item = work->item;
    work->item = NULL;

    if (item == NULL) {
        return;
    }

    item->work = NULL;

    if (item->place == NGX_HTTP_FINANCE_WORK_QUEUED) {
        ngx_queue_remove(&item->queue);
        ngx_http_finance_work_free(item);
    }
}


static void
ngx_http_finance_work_finish(ngx_http_finance_work_item_t *item)
{
    ngx_http_finance_work_t  *work;

    work = item->work;

    if (work) {
        work->item = NULL;
        work->data = item->data;
        item->data = NULL;

        ngx_http_finance_op_complete(&work->op, FIN_OK);
    }

    ngx_http_finance_work_free(item);
}


static void
ngx_http_finance_work_free(ngx_http_finance_work_item_t *item)
{
    if (item->data) {
        item->free_data(item->data);
    }

    ngx_free(item);
}


static void
ngx_http_finance_work_init(void)
{
    ngx_http_finance_work_state_t  *state = &ngx_http_finance_work_state;

    if (state->ready) {
        return;
    }

    ngx_queue_init(&state->loop);
    ngx_queue_init(&state->waiting);

    state->turn.handler = ngx_http_finance_work_turn;
    state->ready = 1;
}


/* The next turn, not this one: sockets are served in between. */
static void
ngx_http_finance_work_post_turn(void)
{
    ngx_event_t  *turn = &ngx_http_finance_work_state.turn;

    turn->log = ngx_cycle->log;

    ngx_post_event(turn, &ngx_posted_next_events);
}


static void
ngx_http_finance_work_turn(ngx_event_t *ev)
{
    ngx_queue_t                   *q, *loop;
    ngx_http_finance_work_item_t  *item;

    loop = &ngx_http_finance_work_state.loop;

    /* its items may have been cancelled meanwhile */
    if (!ngx_queue_empty(loop)) {
        q = ngx_queue_head(loop);
        ngx_queue_remove(q);

        item = ngx_queue_data(q, ngx_http_finance_work_item_t, queue);

        item->run(item->data);
        ngx_http_finance_work_finish(item);
    }

    ngx_http_finance_work_admit();

    if (!ngx_queue_empty(loop)) {
        ngx_http_finance_work_post_turn();
    }
}


#if (NGX_THREADS)

/* one processor is left to the event loop */
static ngx_int_t
ngx_http_finance_work_limit(void)
{
    return ngx_max(ngx_ncpu - 1, 1);
}


/*
 * Moves waiting items to threads.  When the pool refuses one (its queue is
 * full), it waits for the next of ours to end; with none of ours under way it
 * is the event loop that runs it, so that the queue always advances.
 */
static void
ngx_http_finance_work_admit(void)
{
    ngx_queue_t                    *q;
    ngx_http_finance_work_item_t   *item;
    ngx_http_finance_work_state_t  *state = &ngx_http_finance_work_state;

    while (state->active < ngx_http_finance_work_limit()
           && !ngx_queue_empty(&state->waiting))
    {
        q = ngx_queue_head(&state->waiting);
        item = ngx_queue_data(q, ngx_http_finance_work_item_t, queue);

        if (ngx_http_finance_work_post(item) == NGX_OK) {
            ngx_queue_remove(q);
            item->place = NGX_HTTP_FINANCE_WORK_ON_THREAD;
            state->active++;
            continue;
        }

        if (state->active == 0 && ngx_queue_empty(&state->loop)) {
            ngx_queue_remove(q);
            ngx_queue_insert_tail(&state->loop, q);
            ngx_http_finance_work_post_turn();
        }

        return;
    }
}


static ngx_int_t
ngx_http_finance_work_post(ngx_http_finance_work_item_t *item)
{
    ngx_thread_task_t  *thread = &item->thread;

    /* a refusal may have left it marked */
    ngx_memzero(thread, sizeof(ngx_thread_task_t));

    thread->ctx = item;
    thread->handler = ngx_http_finance_work_thread;
    thread->event.data = item;
    thread->event.handler = ngx_http_finance_work_thread_done;
    thread->event.log = ngx_cycle->log;

    return ngx_thread_task_post(item->pool, thread);
}


static void
ngx_http_finance_work_thread(void *data, ngx_log_t *log)
{
    ngx_http_finance_work_item_t  *item = data;

    item->run(item->data);
}


static void
ngx_http_finance_work_thread_done(ngx_event_t *ev)
{
    ngx_http_finance_work_state.active--;

    ngx_http_finance_work_finish(ev->data);
    ngx_http_finance_work_admit();
}

#else

static void
ngx_http_finance_work_admit(void)
{
    /* without threads nothing waits for one */
}

#endif

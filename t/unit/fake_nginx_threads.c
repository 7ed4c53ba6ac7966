/* A thread pool in nginx's place: real threads, the test schedules them. */


#include "fake_nginx_parts.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>


#define FAKE_POOLS  4
#define FAKE_TASKS  64

#if (NGX_THREADS)

typedef struct {
    ngx_thread_task_t   *task;
    pthread_t            thread;
    ngx_uint_t           begun;
} fake_task_t;


struct ngx_thread_pool_s {
    ngx_uint_t           max_queue;
    ngx_uint_t           refuse;
    ngx_uint_t           n;
    fake_task_t          task[FAKE_TASKS];
};


static ngx_thread_pool_t  fake_pools[FAKE_POOLS];
static ngx_uint_t         fake_npools;


void
fake_threads_init(void)
{
    ngx_memzero(fake_pools, sizeof(fake_pools));
    fake_npools = 0;
}


int
fake_threads_left(void)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < fake_npools; i++) {
        n += fake_pools[i].n;
    }

    return fake_left("tasks on threads", n);
}


ngx_thread_pool_t *
fake_pool(ngx_uint_t max_queue)
{
    if (fake_npools == FAKE_POOLS) {
        abort();
    }

    fake_pools[fake_npools].max_queue = max_queue;

    return &fake_pools[fake_npools++];
}


void
fake_pool_refuse(ngx_thread_pool_t *tp, ngx_uint_t n)
{
    tp->refuse = n;
}


ngx_uint_t
fake_pool_tasks(ngx_thread_pool_t *tp)
{
    return tp->n;
}


ngx_int_t
ngx_thread_task_post(ngx_thread_pool_t *tp, ngx_thread_task_t *task)
{
    ngx_uint_t  i, waiting;

    if (task->event.active) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0, "task already active");
        return NGX_ERROR;
    }

    waiting = 0;

    for (i = 0; i < tp->n; i++) {
        waiting += !tp->task[i].begun;
    }

    if (waiting >= tp->max_queue || tp->n == FAKE_TASKS) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "queue overflow");
        return NGX_ERROR;
    }

    task->event.active = 1;

    if (tp->refuse) {
        tp->refuse--;
        return NGX_ERROR;
    }

    tp->task[tp->n].task = task;
    tp->task[tp->n].begun = 0;
    tp->n++;

    return NGX_OK;
}


static void *
fake_thread(void *arg)
{
    ngx_thread_task_t  *task = arg;

    task->handler(task->ctx, fake_log());

    return NULL;
}


static fake_task_t *
fake_pool_task(ngx_thread_pool_t *tp, ngx_uint_t i, ngx_uint_t begun)
{
    if (i >= tp->n || tp->task[i].begun != begun) {
        fprintf(stderr, "no such task on a thread\n");
        abort();
    }

    return &tp->task[i];
}


void
fake_pool_begin(ngx_thread_pool_t *tp, ngx_uint_t i)
{
    fake_task_t  *t;

    t = fake_pool_task(tp, i, 0);
    t->begun = 1;

    if (pthread_create(&t->thread, NULL, fake_thread, t->task) != 0) {
        abort();
    }
}


void
fake_pool_end(ngx_thread_pool_t *tp, ngx_uint_t i)
{
    fake_task_t         *t;
    ngx_event_t         *ev;

    t = fake_pool_task(tp, i, 1);

    if (pthread_join(t->thread, NULL) != 0) {
        abort();
    }

    ev = &t->task->event;

    tp->n--;
    memmove(t, t + 1, (tp->n - i) * sizeof(fake_task_t));

    ev->complete = 1;
    ev->active = 0;
    ev->handler(ev);
}

#else

void
fake_threads_init(void)
{
    /* this nginx has none */
}


int
fake_threads_left(void)
{
    return 0;
}

#endif

/* build: src/async/ngx_http_finance_*.c t/unit/fake_nginx*.c */

/*
 * Random starts, completions, cancels, timeouts and ends over a few tasks
 * against a model that knows only the rules of op.h, task.h and work.h.  The
 * memory of a task is freed the moment it ends, also within resume, so that
 * the sanitizer sees whatever still reaches for it.
 */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../src/async/ngx_http_finance_work.h"


#define TASKS    4
#define OPS      6
#define ACTIONS  3000


typedef enum { LEAF, SLEEP, ON_LOOP, ON_THREAD, KINDS } kind_e;

/* The model's side */
typedef struct {
    kind_e                        kind;
    ngx_http_finance_op_state_e   state;
    fin_status_t                  status;
    ngx_msec_t                    due;
    ngx_uint_t                    armed;        /* breaks ties of due */
    ngx_uint_t                    started;
    ngx_uint_t                    cancels;
} model_op_t;

typedef struct {
    model_op_t                    op[OPS];
    ngx_uint_t                    live;
    ngx_msec_t                    due;          /* 0: no deadline armed */
    ngx_uint_t                    armed;
    ngx_uint_t                    wake;
    ngx_uint_t                    expired;
    ngx_uint_t                    resumes;
} model_task_t;

/* The real side: heap, one block a task */
typedef struct {
    ngx_http_finance_work_t       work;         /* an op is its first member */
    ngx_uint_t                    cancels;
} real_op_t;

typedef struct {
    ngx_http_finance_task_t       task;
    real_op_t                     op[OPS];
    ngx_uint_t                    t;
    ngx_uint_t                    resumes;
} real_task_t;

typedef struct {
    ngx_uint_t                    t, k, started;
    ngx_uint_t                    on_loop;
} piece_t;


static model_task_t        model[TASKS];
static real_task_t        *real[TASKS];
static ngx_thread_pool_t  *threads;
static piece_t             last_run;            /* by a thread, read after it */
static ngx_uint_t          begun, begun_at;
static ngx_uint_t          pieces;
static ngx_uint_t          arms;
static ngx_uint_t          coverage[KINDS][4][3];
static uint64_t            seed;


static ngx_uint_t
rnd(ngx_uint_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (ngx_uint_t) ((seed >> 16) % n);
}


/* The model */


static void
model_leave(model_op_t *op, ngx_http_finance_op_state_e state,
    fin_status_t status, ngx_uint_t cancel)
{
    op->state = state;
    op->status = status;
    op->cancels += cancel && op->kind == LEAF;

    coverage[op->kind][state][status == FIN_OK ? 0
                              : status == FIN_E_TIMEOUT ? 1 : 2]++;
}


static void
model_complete(model_task_t *task, model_op_t *op, fin_status_t status,
    ngx_uint_t cancel)
{
    if (op->state == NGX_HTTP_FINANCE_OP_RUNNING) {
        model_leave(op, NGX_HTTP_FINANCE_OP_DONE, status, cancel);
        task->wake = 1;
    }
}


static void
model_cancel(model_op_t *op)
{
    if (op->state == NGX_HTTP_FINANCE_OP_RUNNING) {
        model_leave(op, NGX_HTTP_FINANCE_OP_CANCELLED, FIN_E_CANCELLED, 1);
    }
}


static void
model_end(model_task_t *task)
{
    ngx_uint_t  k;

    for (k = 0; k < OPS; k++) {
        model_cancel(&task->op[k]);
    }

    task->live = 0;
    task->wake = 0;
    task->due = 0;
}


static void
model_expire(model_task_t *task)
{
    ngx_uint_t  k;

    for (k = 0; k < OPS; k++) {
        model_complete(task, &task->op[k], FIN_E_TIMEOUT, 1);
    }

    task->due = 0;
    task->expired = 1;
    task->wake = 1;
}


static ngx_uint_t
model_earlier(ngx_msec_t due, ngx_uint_t armed, ngx_msec_t *best,
    ngx_uint_t *best_armed)
{
    if (due > ngx_current_msec || due > *best
        || (due == *best && armed > *best_armed))
    {
        return 0;
    }

    *best = due;
    *best_armed = armed;

    return 1;
}


/* Fires the first timer that is due: 0 when none is. */
static ngx_uint_t
model_fire(void)
{
    ngx_uint_t     t, k, armed = (ngx_uint_t) -1;
    ngx_msec_t     due = (ngx_msec_t) -1;
    model_op_t    *op, *op_found = NULL;
    model_task_t  *task, *found = NULL;

    for (t = 0; t < TASKS; t++) {
        task = &model[t];

        if (task->due && model_earlier(task->due, task->armed, &due, &armed)) {
            found = task;
            op_found = NULL;
        }

        for (k = 0; k < OPS; k++) {
            op = &task->op[k];

            if (op->state == NGX_HTTP_FINANCE_OP_RUNNING
                && model_earlier(op->due, op->armed, &due, &armed))
            {
                found = task;
                op_found = op;
            }
        }
    }

    if (op_found) {
        model_complete(found, op_found,
                       op_found->kind == SLEEP ? FIN_OK : FIN_E_TIMEOUT, 1);

    } else if (found) {
        model_expire(found);
    }

    return found != NULL;
}


static void
model_catch_up(void)
{
    while (model_fire()) { /* void */ }
}


/* Both sides */


static void
leaf_cancel(ngx_http_finance_op_t *op)
{
    ((real_op_t *) op)->cancels++;
}


static void
free_piece(void *data)
{
    pieces--;
    free(data);
}


static void
run(void *data)
{
    piece_t     *p = data;
    model_op_t  *op = &model[p->t].op[p->k];

    if (!p->on_loop) {
        last_run = *p;
        return;
    }

    model_catch_up();

    assert_int_equal(op->started, p->started);
    assert_int_equal(op->state, NGX_HTTP_FINANCE_OP_RUNNING);

    model_complete(&model[p->t], op, FIN_OK, 0);

    fake_spend(rnd(20));
}


static void
start_work(ngx_uint_t t, ngx_uint_t k, ngx_msec_t timeout)
{
    piece_t  *p;

    p = malloc(sizeof(piece_t));
    assert_non_null(p);
    pieces++;

    *p = (piece_t) { t, k, model[t].op[k].started,
                     model[t].op[k].kind == ON_LOOP };

    assert_int_equal(ngx_http_finance_work_start(&real[t]->op[k].work,
                         &real[t]->task, p->on_loop ? NULL : threads,
                         run, free_piece, p, timeout), NGX_OK);
}


static void
start(ngx_uint_t t, ngx_uint_t k)
{
    real_op_t              *r = &real[t]->op[k];
    model_op_t             *op = &model[t].op[k];
    ngx_msec_t              timeout;
    ngx_http_finance_op_t  *rop = &r->work.op;

    if (op->state == NGX_HTTP_FINANCE_OP_RUNNING) {
        return;
    }

    ngx_http_finance_work_release(&r->work);

    timeout = 1 + rnd(60);

    op->kind = rnd(KINDS);
    op->state = NGX_HTTP_FINANCE_OP_RUNNING;
    op->due = ngx_current_msec + timeout;
    op->armed = ++arms;
    op->started++;

    switch (op->kind) {

    case SLEEP:
        ngx_http_finance_op_sleep(rop, &real[t]->task, timeout);
        break;

    case LEAF:
        ngx_http_finance_op_init(rop, &real[t]->task, "test", leaf_cancel);
        ngx_http_finance_op_start(rop, timeout);
        break;

    default:
        start_work(t, k, timeout);
        break;
    }
}


/* Late ones, too: what a leaf's lower half does. */
static void
complete(ngx_uint_t t, ngx_uint_t k)
{
    fin_status_t  status;

    if (model[t].op[k].kind != LEAF || model[t].op[k].started == 0) {
        return;
    }

    status = rnd(2) ? FIN_OK : FIN_E_UPSTREAM;

    model_complete(&model[t], &model[t].op[k], status, 0);
    ngx_http_finance_op_complete(&real[t]->op[k].work.op, status);
}


static void
cancel(ngx_uint_t t, ngx_uint_t k)
{
    if (model[t].op[k].started) {
        model_cancel(&model[t].op[k]);
        ngx_http_finance_op_cancel(&real[t]->op[k].work.op);
    }
}


static void
end(ngx_uint_t t)
{
    ngx_uint_t  k;

    model_end(&model[t]);
    ngx_http_finance_task_end(&real[t]->task);

    for (k = 0; k < OPS; k++) {
        assert_int_equal(real[t]->op[k].cancels, model[t].op[k].cancels);
        ngx_http_finance_work_release(&real[t]->op[k].work);
    }

    free(real[t]);
    real[t] = NULL;
}


static void
resume(ngx_http_finance_task_t *task)
{
    ngx_uint_t  t = ((real_task_t *) task)->t;

    model_catch_up();

    assert_true(model[t].live);
    assert_true(model[t].wake);

    model[t].wake = 0;
    model[t].resumes++;
    real[t]->resumes++;

    switch (rnd(8)) {

    case 0:
        end(t);
        break;

    case 1:
        start(t, rnd(OPS));
        /* fall through */

    case 2:
        start(t, rnd(OPS));
        break;

    case 3:
        complete(t, rnd(OPS));
        cancel(t, rnd(OPS));
        break;
    }
}


static void
begin(ngx_uint_t t)
{
    ngx_uint_t  k, deadline, started;

    /* pieces of the slot's last task may still be on threads */
    for (k = 0; k < OPS; k++) {
        started = model[t].op[k].started;
        model[t].op[k] = (model_op_t) { .started = started };
    }

    real[t] = calloc(1, sizeof(real_task_t));
    assert_non_null(real[t]);
    real[t]->t = t;

    deadline = rnd(2) ? 0 : 1 + rnd(200);

    model[t].live = 1;
    model[t].expired = 0;
    model[t].resumes = 0;
    model[t].due = deadline ? ngx_current_msec + deadline : 0;
    model[t].armed = ++arms;

    ngx_http_finance_task_init(&real[t]->task, NULL, fake_log(), resume, NULL,
                               deadline);

    for (k = 0; k < OPS; k++) {
        ngx_http_finance_op_init(&real[t]->op[k].work.op, &real[t]->task,
                                 "test", leaf_cancel);
    }
}


/* A thread begins, and ends some actions later. */
static void
thread(void)
{
    model_op_t  *op;

    if (!begun && fake_pool_tasks(threads)) {
        begun = 1;
        begun_at = rnd(fake_pool_tasks(threads));
        fake_pool_begin(threads, begun_at);
        return;
    }

    if (begun) {
        begun = 0;
        fake_pool_end(threads, begun_at);

        op = &model[last_run.t].op[last_run.k];

        if (op->started == last_run.started) {
            model_complete(&model[last_run.t], op, FIN_OK, 0);
        }
    }
}


static void
compare_op(real_op_t *r, model_op_t *op)
{
    ngx_uint_t  owns;

    if (op->started == 0) {
        return;
    }

    assert_int_equal(r->work.op.state, op->state);
    assert_int_equal(r->cancels, op->cancels);

    if (op->state == NGX_HTTP_FINANCE_OP_DONE) {
        assert_int_equal(r->work.op.status, op->status);
    }

    if (op->kind == ON_LOOP || op->kind == ON_THREAD) {
        owns = op->state == NGX_HTTP_FINANCE_OP_DONE && op->status == FIN_OK;
        assert_int_equal(r->work.data != NULL, owns);
    }
}


static void
compare(void)
{
    ngx_uint_t  t, k, running, timers;

    timers = 0;

    for (t = 0; t < TASKS; t++) {
        if (!model[t].live) {
            assert_null(real[t]);
            continue;
        }

        running = 0;

        for (k = 0; k < OPS; k++) {
            compare_op(&real[t]->op[k], &model[t].op[k]);
            running += model[t].op[k].state == NGX_HTTP_FINANCE_OP_RUNNING;
        }

        assert_int_equal(ngx_http_finance_task_idle(&real[t]->task),
                         running == 0);
        assert_int_equal(real[t]->task.expired, model[t].expired);
        assert_int_equal(real[t]->resumes, model[t].resumes);

        timers += running + (model[t].due != 0);
    }

    assert_int_equal(fake_timers(), timers);
    assert_true(fake_pool_tasks(threads) <= (ngx_uint_t) ngx_ncpu - 1);
}


static void
pass_time(ngx_msec_t ms)
{
    ngx_uint_t  t;

    fake_advance(ms);
    model_catch_up();

    for (t = 0; t < TASKS; t++) {
        assert_int_equal(model[t].wake, 0);
    }
}


static void
act(void)
{
    ngx_uint_t  t, a;

    t = rnd(TASKS);
    a = rnd(20);

    if (a < 4) {
        pass_time(rnd(30));

    } else if (a < 6) {
        fake_turn();
        model_catch_up();

    } else if (a < 9) {
        thread();

    } else if (!model[t].live) {
        begin(t);

    } else if (a < 14) {
        start(t, rnd(OPS));

    } else if (a < 17) {
        complete(t, rnd(OPS));

    } else if (a < 18) {
        cancel(t, rnd(OPS));

    } else if (a < 19) {
        model[t].wake = 1;
        ngx_http_finance_task_wake(&real[t]->task);

    } else if (rnd(4) == 0) {
        end(t);
    }
}


static void
random_walk(uint64_t s)
{
    ngx_uint_t  i;

    seed = s * 0x9e3779b97f4a7c15ULL + 1;

    for (i = 0; i < ACTIONS; i++) {
        act();
        compare();
    }

    for (i = 0; i < TASKS; i++) {
        if (model[i].live) {
            end(i);
        }
    }

    while (fake_pool_tasks(threads)) {
        thread();
    }

    assert_int_equal(pieces, 0);
}


static int
setup(void **state)
{
    fake_init();

    ngx_memzero(model, sizeof(model));
    threads = fake_pool(100);
    begun = 0;

    return 0;
}


static int
teardown(void **state)
{
    return fake_done();
}


static void
model_holds(void **state)
{
    uint64_t  s;

    for (s = 1; s <= 40; s++) {
        random_walk(s);
    }
}


/* The walk is worth its time only when it came by everything. */
static void
everything_was_seen(void **state)
{
    kind_e  k;

    for (k = 0; k < KINDS; k++) {
        assert_true(coverage[k][NGX_HTTP_FINANCE_OP_DONE][0] > 100);
        assert_true(coverage[k][NGX_HTTP_FINANCE_OP_DONE][1] > 100);
        assert_true(coverage[k][NGX_HTTP_FINANCE_OP_CANCELLED][2] > 100);
    }

    assert_true(coverage[LEAF][NGX_HTTP_FINANCE_OP_DONE][2] > 100);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(model_holds, setup, teardown),
        cmocka_unit_test(everything_was_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

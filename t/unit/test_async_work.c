/* build: src/async/ngx_http_finance_*.c t/unit/fake_nginx*.c */

#include "fake_nginx.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../src/async/ngx_http_finance_work.h"


#define WORKS  6


/* What a piece computes with: on the heap, as the work wants it. */
typedef struct {
    ngx_uint_t  i;
    ngx_uint_t  result;
} piece_t;


static ngx_http_finance_task_t  task;
static ngx_http_finance_work_t  work[WORKS];
static ngx_uint_t               resumes;
static ngx_uint_t               freed;
static ngx_uint_t               ran[WORKS], nran;
static sem_t                    gate;


/* For pieces on the loop and for those on threads that run one by one. */
static void
run(void *data)
{
    piece_t  *p = data;

    ran[nran++] = p->i;
    p->result = 100 + p->i;
}


static void
free_piece(void *data)
{
    freed++;
    free(data);
}


static void
resume(ngx_http_finance_task_t *t)
{
    resumes++;
}


static ngx_int_t
start(ngx_uint_t i, ngx_thread_pool_t *tp, ngx_http_finance_work_run_pt fn)
{
    piece_t  *p;

    p = calloc(1, sizeof(piece_t));
    assert_non_null(p);
    p->i = i;

    return ngx_http_finance_work_start(&work[i], &task, tp, fn, free_piece, p,
                                       100);
}


static void
start_all(ngx_thread_pool_t *tp)
{
    ngx_uint_t  i;

    for (i = 0; i < WORKS; i++) {
        assert_int_equal(start(i, tp, run), NGX_OK);
    }
}


static void
assert_result(ngx_uint_t i)
{
    piece_t  *p = work[i].data;

    assert_true(ngx_http_finance_op_done(&work[i].op));
    assert_int_equal(work[i].op.status, FIN_OK);
    assert_null(work[i].item);
    assert_non_null(p);
    assert_int_equal(p->i, i);
    assert_int_equal(p->result, 100 + i);
}


static int
setup(void **state)
{
    fake_init();

    ngx_memzero(work, sizeof(work));
    resumes = freed = nran = 0;

    ngx_http_finance_task_init(&task, NULL, fake_log(), resume, NULL, 0);

    return sem_init(&gate, 0, 0);
}


static int
teardown(void **state)
{
    ngx_uint_t  i;

    ngx_http_finance_task_end(&task);

    for (i = 0; i < WORKS; i++) {
        ngx_http_finance_work_release(&work[i]);
    }

    sem_destroy(&gate);

    return fake_done();
}


static void
loop_runs_one_a_turn(void **state)
{
    ngx_uint_t  i;

    start_all(NULL);
    assert_int_equal(nran, 0);
    assert_int_equal(resumes, 0);

    for (i = 0; i < WORKS; i++) {
        fake_turn();

        assert_int_equal(nran, i + 1);
        assert_int_equal(ran[i], i);
        assert_int_equal(resumes, i + 1);
        assert_result(i);
    }

    fake_turn();
    assert_int_equal(nran, WORKS);
    assert_int_equal(fake_posted(), 0);
    assert_int_equal(freed, 0);
}


static void
release_frees_once(void **state)
{
    start_all(NULL);
    fake_run_posted();

    ngx_http_finance_work_release(&work[0]);
    ngx_http_finance_work_release(&work[0]);
    assert_int_equal(freed, 1);
    assert_null(work[0].data);

    free_piece(work[1].data);
    work[1].data = NULL;
    ngx_http_finance_work_release(&work[1]);
    assert_int_equal(freed, 2);
}


static void
cancelled_in_the_loops_queue_never_runs(void **state)
{
    start_all(NULL);

    ngx_http_finance_op_cancel(&work[0].op);
    ngx_http_finance_op_cancel(&work[3].op);
    assert_int_equal(freed, 2);
    assert_null(work[3].data);

    fake_run_posted();

    assert_int_equal(nran, WORKS - 2);
    assert_int_equal(ran[0], 1);
    assert_int_equal(ran[2], 4);
    assert_int_equal(freed, 2);
}


static void
cancelled_all_of_the_loops_queue(void **state)
{
    start_all(NULL);
    ngx_http_finance_task_end(&task);
    assert_int_equal(freed, WORKS);

    fake_run_posted();
    assert_int_equal(nran, 0);
    assert_int_equal(resumes, 0);

    /* and the queue still serves */
    ngx_http_finance_task_init(&task, NULL, fake_log(), resume, NULL, 0);
    assert_int_equal(start(0, NULL, run), NGX_OK);
    fake_run_posted();
    assert_result(0);
}


static void
run_slowly(void *data)
{
    run(data);
    fake_spend(60);
}


/* Pieces of 60 ms, 100 ms for each op: the third comes too late to begin. */
static void
timeout_in_the_loops_queue(void **state)
{
    ngx_uint_t  i;

    for (i = 0; i < 4; i++) {
        assert_int_equal(start(i, NULL, run_slowly), NGX_OK);
    }

    fake_run_posted();

    assert_int_equal(nran, 2);
    assert_result(1);
    assert_int_equal(work[2].op.status, FIN_E_TIMEOUT);
    assert_int_equal(work[3].op.status, FIN_E_TIMEOUT);
    assert_int_equal(freed, 2);
}


static void
no_memory(void **state)
{
    fake_alloc_fail(1);
    assert_int_equal(start(0, NULL, run), NGX_ERROR);

    assert_int_equal(freed, 1);
    assert_int_equal(work[0].op.state, NGX_HTTP_FINANCE_OP_IDLE);
    assert_null(work[0].data);
    assert_true(ngx_http_finance_task_idle(&task));
    assert_int_equal(fake_timers(), 0);

    fake_run_posted();
    assert_int_equal(resumes, 0);
}


#if (NGX_THREADS)

static void
one_on_thread(ngx_thread_pool_t *tp, ngx_uint_t i)
{
    fake_pool_begin(tp, i);
    fake_pool_end(tp, i);
}


/* Runs until the test opens the gate. */
static void
run_gated(void *data)
{
    piece_t  *p = data;

    sem_wait(&gate);
    p->result = 100 + p->i;
}


static void
threads_are_bounded_and_served_in_order(void **state)
{
    ngx_uint_t          i;
    ngx_thread_pool_t  *tp;

    tp = fake_pool(100);
    start_all(tp);
    assert_int_equal(fake_posted(), 0);

    for (i = 0; i < WORKS; i++) {
        assert_int_equal(fake_pool_tasks(tp),
                         ngx_min((ngx_uint_t) ngx_ncpu - 1, WORKS - i));
        one_on_thread(tp, 0);
        assert_int_equal(ran[i], i);

        assert_int_equal(resumes, i);
        fake_run_posted();
        assert_int_equal(resumes, i + 1);
        assert_result(i);
    }

    assert_int_equal(fake_pool_tasks(tp), 0);
}


static void
threads_end_in_any_order(void **state)
{
    ngx_thread_pool_t  *tp;

    ngx_ncpu = 4;
    tp = fake_pool(100);
    start_all(tp);

    one_on_thread(tp, 2);
    assert_result(2);
    assert_true(ngx_http_finance_op_running(&work[0].op));

    one_on_thread(tp, 2);       /* the freed slot went to 3 */
    assert_result(3);
    one_on_thread(tp, 0);
    assert_result(0);

    fake_run_posted();
    assert_int_equal(resumes, 1);

    while (fake_pool_tasks(tp)) {
        one_on_thread(tp, 0);
    }

    assert_result(5);
}


static void
cancelled_waiting_for_a_thread_never_runs(void **state)
{
    ngx_thread_pool_t  *tp;

    tp = fake_pool(100);
    start_all(tp);

    ngx_http_finance_op_cancel(&work[2].op);
    ngx_http_finance_op_cancel(&work[WORKS - 1].op);
    assert_int_equal(freed, 2);

    while (fake_pool_tasks(tp)) {
        one_on_thread(tp, 0);
    }

    assert_int_equal(nran, WORKS - 2);
    assert_int_equal(ran[2], 3);
    assert_int_equal(freed, 2);
}


/* The thread goes on with its data when the op and here its owner are gone. */
static void
cancelled_on_a_thread_is_freed_after_it(void **state)
{
    piece_t                  *p;
    ngx_thread_pool_t        *tp;
    ngx_http_finance_work_t  *w;

    tp = fake_pool(100);

    w = malloc(sizeof(ngx_http_finance_work_t));
    p = calloc(1, sizeof(piece_t));
    assert_non_null(w);
    assert_non_null(p);

    assert_int_equal(ngx_http_finance_work_start(w, &task, tp, run_gated,
                                                 free_piece, p, 100), NGX_OK);
    fake_pool_begin(tp, 0);

    ngx_http_finance_op_cancel(&w->op);
    assert_null(w->data);
    assert_int_equal(freed, 0);
    free(w);

    sem_post(&gate);
    fake_pool_end(tp, 0);
    assert_int_equal(freed, 1);

    fake_run_posted();
    assert_int_equal(resumes, 0);
}


/* The slot of an orphan is taken until its thread is done. */
static void
timeout_on_a_thread(void **state)
{
    ngx_thread_pool_t  *tp;

    ngx_ncpu = 1;
    tp = fake_pool(100);
    assert_int_equal(start(0, tp, run_gated), NGX_OK);
    fake_pool_begin(tp, 0);

    fake_advance(50);
    assert_int_equal(start(1, tp, run), NGX_OK);

    fake_advance(50);
    assert_int_equal(work[0].op.status, FIN_E_TIMEOUT);
    assert_null(work[0].data);
    assert_int_equal(resumes, 1);
    assert_int_equal(freed, 0);
    assert_int_equal(fake_pool_tasks(tp), 1);

    sem_post(&gate);
    fake_pool_end(tp, 0);
    assert_int_equal(freed, 1);
    assert_int_equal(fake_pool_tasks(tp), 1);

    one_on_thread(tp, 0);
    fake_run_posted();
    assert_result(1);
    assert_int_equal(resumes, 2);
}


static void
timeout_while_waiting(void **state)
{
    ngx_thread_pool_t  *tp;

    ngx_ncpu = 1;
    tp = fake_pool(100);
    start_all(tp);

    fake_advance(100);

    assert_int_equal(work[4].op.status, FIN_E_TIMEOUT);
    assert_int_equal(freed, WORKS - 1);
    assert_int_equal(resumes, 1);

    /* posted, not begun: the pool has it, so it runs for nobody */
    assert_int_equal(fake_pool_tasks(tp), 1);
    one_on_thread(tp, 0);
    assert_int_equal(freed, WORKS);
    assert_int_equal(nran, 1);
}


static void
full_pool_is_tried_again_when_ours_end(void **state)
{
    ngx_uint_t          i;
    ngx_thread_pool_t  *tp;

    ngx_ncpu = 5;
    tp = fake_pool(1);
    start_all(tp);
    assert_int_equal(fake_pool_tasks(tp), 1);
    assert_int_equal(fake_posted(), 0);

    for (i = 0; i < WORKS; i++) {
        one_on_thread(tp, 0);
    }

    for (i = 0; i < WORKS; i++) {
        assert_int_equal(ran[i], i);
        assert_result(i);
    }
}


/* A pool that is full of others' tasks: the loop runs them, one a turn. */
static void
pool_that_takes_none(void **state)
{
    ngx_uint_t          i;
    ngx_thread_pool_t  *tp;

    tp = fake_pool(0);
    start_all(tp);

    for (i = 0; i < WORKS; i++) {
        fake_turn();
        assert_int_equal(nran, i + 1);
        assert_result(i);
    }

    assert_true(fake_log_taken(NGX_LOG_ERR) > 0);
}


/* Then what waits behind is not forgotten when what went to the loop goes. */
static void
pool_that_takes_none_and_a_cancel(void **state)
{
    ngx_thread_pool_t  *tp;

    tp = fake_pool(0);
    start_all(tp);
    ngx_http_finance_op_cancel(&work[0].op);

    fake_run_posted();

    assert_int_equal(nran, WORKS - 1);
    assert_result(1);
    assert_result(WORKS - 1);
}


/* The loop helps out with one piece, not with all of them. */
static void
pool_that_takes_none_for_a_while(void **state)
{
    ngx_thread_pool_t  *tp;

    tp = fake_pool(100);
    fake_pool_refuse(tp, 2);
    assert_int_equal(start(0, tp, run), NGX_OK);
    assert_int_equal(start(1, tp, run), NGX_OK);

    fake_run_posted();
    assert_int_equal(nran, 1);
    assert_result(0);

    assert_int_equal(fake_pool_tasks(tp), 1);
    one_on_thread(tp, 0);
    assert_result(1);
}


/* nginx leaves the task marked active when it cannot signal a thread. */
static void
refused_task_is_posted_again(void **state)
{
    ngx_thread_pool_t  *tp;

    ngx_ncpu = 3;
    tp = fake_pool(100);
    assert_int_equal(start(0, tp, run), NGX_OK);

    fake_pool_refuse(tp, 1);
    assert_int_equal(start(1, tp, run), NGX_OK);
    assert_int_equal(fake_pool_tasks(tp), 1);

    one_on_thread(tp, 0);
    assert_int_equal(fake_pool_tasks(tp), 1);
    one_on_thread(tp, 0);

    assert_result(0);
    assert_result(1);
}


static void
loop_and_threads_side_by_side(void **state)
{
    ngx_thread_pool_t  *tp;

    tp = fake_pool(100);
    assert_int_equal(start(0, tp, run), NGX_OK);
    assert_int_equal(start(1, NULL, run), NGX_OK);

    fake_run_posted();
    assert_result(1);

    one_on_thread(tp, 0);
    assert_result(0);
}

#endif


#define T(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        T(loop_runs_one_a_turn),
        T(release_frees_once),
        T(cancelled_in_the_loops_queue_never_runs),
        T(cancelled_all_of_the_loops_queue),
        T(timeout_in_the_loops_queue),
        T(no_memory),
#if (NGX_THREADS)
        T(threads_are_bounded_and_served_in_order),
        T(threads_end_in_any_order),
        T(cancelled_waiting_for_a_thread_never_runs),
        T(cancelled_on_a_thread_is_freed_after_it),
        T(timeout_on_a_thread),
        T(timeout_while_waiting),
        T(full_pool_is_tried_again_when_ours_end),
        T(pool_that_takes_none),
        T(pool_that_takes_none_and_a_cancel),
        T(pool_that_takes_none_for_a_while),
        T(refused_task_is_posted_again),
        T(loop_and_threads_side_by_side),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

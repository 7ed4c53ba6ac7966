/* build: src/async/ngx_http_finance_*.c t/unit/fake_nginx*.c */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/async/ngx_http_finance_op.h"
#include "../../src/async/ngx_http_finance_task.h"


typedef struct {
    ngx_http_finance_op_t        op;            /* first */
    ngx_uint_t                   cancels;
    ngx_http_finance_op_state_e  seen;          /* by the last cancel() */
} leaf_t;


static ngx_http_finance_task_t  task;
static ngx_uint_t               resumes;

/* not on a test's stack: the teardown ends what still runs */
static leaf_t                   one;


static void
resume(ngx_http_finance_task_t *t)
{
    assert_ptr_equal(t, &task);
    resumes++;
}


static void
leaf_cancel(ngx_http_finance_op_t *op)
{
    leaf_t  *leaf = (leaf_t *) op;

    leaf->cancels++;
    leaf->seen = op->state;
}


static void
leaf_start(leaf_t *leaf, ngx_msec_t timeout)
{
    leaf->cancels = 0;

    ngx_http_finance_op_init(&leaf->op, &task, "test", leaf_cancel);
    assert_int_equal(leaf->op.state, NGX_HTTP_FINANCE_OP_IDLE);

    ngx_http_finance_op_start(&leaf->op, timeout);
    assert_true(ngx_http_finance_op_running(&leaf->op));
}


static int
setup(void **state)
{
    fake_init();
    resumes = 0;

    ngx_http_finance_task_init(&task, NULL, fake_log(), resume, NULL, 0);

    return 0;
}


static int
teardown(void **state)
{
    ngx_http_finance_task_end(&task);

    return fake_done();
}


static void
completes_in_a_later_resume(void **state)
{
    leaf_start(&one, 100);
    assert_int_equal(fake_timers(), 1);
    assert_false(ngx_http_finance_task_idle(&task));

    ngx_http_finance_op_complete(&one.op, FIN_E_UPSTREAM);

    assert_true(ngx_http_finance_op_done(&one.op));
    assert_int_equal(one.op.status, FIN_E_UPSTREAM);
    assert_int_equal(resumes, 0);
    assert_int_equal(fake_timers(), 0);
    assert_true(ngx_http_finance_task_idle(&task));

    fake_run_posted();

    assert_int_equal(resumes, 1);
    assert_int_equal(one.cancels, 0);
}


static void
starting_does_not_wake(void **state)
{
    leaf_start(&one, 100);

    assert_int_equal(fake_posted(), 0);

    fake_advance(99);

    assert_int_equal(resumes, 0);
    assert_true(ngx_http_finance_op_running(&one.op));
}


static void
second_completion_is_ignored(void **state)
{
    leaf_start(&one, 100);

    ngx_http_finance_op_complete(&one.op, FIN_OK);
    ngx_http_finance_op_complete(&one.op, FIN_E_REDIS);
    fake_run_posted();
    ngx_http_finance_op_complete(&one.op, FIN_E_REDIS);
    fake_advance(1000);

    assert_int_equal(one.op.status, FIN_OK);
    assert_int_equal(resumes, 1);
    assert_int_equal(one.cancels, 0);
}


static void
timeout_is_done_and_then_cancelled(void **state)
{
    leaf_start(&one, 100);
    fake_advance(100);

    assert_true(ngx_http_finance_op_done(&one.op));
    assert_int_equal(one.op.status, FIN_E_TIMEOUT);
    assert_int_equal(one.cancels, 1);
    assert_int_equal(one.seen, NGX_HTTP_FINANCE_OP_DONE);
    assert_int_equal(resumes, 1);

    ngx_http_finance_op_complete(&one.op, FIN_OK);
    ngx_http_finance_op_cancel(&one.op);
    fake_run_posted();

    assert_int_equal(one.op.status, FIN_E_TIMEOUT);
    assert_int_equal(one.cancels, 1);
    assert_int_equal(resumes, 1);
}


static void
timeout_without_a_cancel_function(void **state)
{
    ngx_http_finance_op_t  op;

    ngx_http_finance_op_init(&op, &task, "test", NULL);
    ngx_http_finance_op_start(&op, 5);
    fake_advance(5);

    assert_int_equal(op.status, FIN_E_TIMEOUT);

    ngx_http_finance_op_init(&op, &task, "test", NULL);
    ngx_http_finance_op_start(&op, 5);
    ngx_http_finance_op_cancel(&op);

    assert_int_equal(op.state, NGX_HTTP_FINANCE_OP_CANCELLED);
}


static void
cancel_is_idempotent_and_wakes_nobody(void **state)
{
    leaf_start(&one, 100);

    ngx_http_finance_op_cancel(&one.op);
    ngx_http_finance_op_cancel(&one.op);

    assert_int_equal(one.op.state, NGX_HTTP_FINANCE_OP_CANCELLED);
    assert_int_equal(one.seen, NGX_HTTP_FINANCE_OP_CANCELLED);
    assert_int_equal(one.op.status, FIN_E_CANCELLED);
    assert_int_equal(one.cancels, 1);
    assert_int_equal(fake_timers(), 0);
    assert_int_equal(fake_posted(), 0);

    ngx_http_finance_op_complete(&one.op, FIN_OK);
    fake_advance(1000);

    assert_int_equal(one.op.state, NGX_HTTP_FINANCE_OP_CANCELLED);
    assert_int_equal(resumes, 0);
}


static void
cancel_of_an_idle_or_done_op_does_nothing(void **state)
{
    one.cancels = 0;
    ngx_http_finance_op_init(&one.op, &task, "test", leaf_cancel);
    ngx_http_finance_op_cancel(&one.op);
    assert_int_equal(one.op.state, NGX_HTTP_FINANCE_OP_IDLE);

    ngx_http_finance_op_complete(&one.op, FIN_OK);
    assert_int_equal(one.op.state, NGX_HTTP_FINANCE_OP_IDLE);
    assert_int_equal(fake_posted(), 0);

    leaf_start(&one, 100);
    ngx_http_finance_op_complete(&one.op, FIN_OK);
    ngx_http_finance_op_cancel(&one.op);

    assert_true(ngx_http_finance_op_done(&one.op));
    assert_int_equal(one.cancels, 0);
}


static void
init_makes_it_new_again(void **state)
{
    ngx_uint_t  i;

    for (i = 0; i < 3; i++) {
        leaf_start(&one, 100);
        fake_advance(50);
        ngx_http_finance_op_complete(&one.op, FIN_OK);
        fake_advance(200);
        assert_int_equal(one.op.status, FIN_OK);
        assert_int_equal(resumes, i + 1);
    }

    leaf_start(&one, 100);
    ngx_http_finance_op_cancel(&one.op);
    leaf_start(&one, 100);
    fake_advance(100);

    assert_int_equal(one.op.status, FIN_E_TIMEOUT);
    assert_int_equal(one.cancels, 1);
}


static void
sleep_ends_well_and_in_time(void **state)
{
    ngx_http_finance_op_t  op;

    ngx_http_finance_op_sleep(&op, &task, 250);

    fake_advance(249);
    assert_true(ngx_http_finance_op_running(&op));
    assert_int_equal(resumes, 0);

    fake_advance(1);
    assert_true(ngx_http_finance_op_done(&op));
    assert_int_equal(op.status, FIN_OK);
    assert_int_equal(resumes, 1);

    ngx_http_finance_op_sleep(&op, &task, 250);
    ngx_http_finance_op_cancel(&op);
    fake_advance(1000);
    assert_int_equal(op.state, NGX_HTTP_FINANCE_OP_CANCELLED);
    assert_int_equal(resumes, 1);
}


/* A worker that shuts down waits for timers, unless they are cancelable. */
static void
timer_keeps_the_worker_alive(void **state)
{
    leaf_start(&one, 100);

    assert_true(one.op.timer.timer_set);
    assert_false(one.op.timer.cancelable);
}


#define T(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        T(completes_in_a_later_resume),
        T(starting_does_not_wake),
        T(second_completion_is_ignored),
        T(timeout_is_done_and_then_cancelled),
        T(timeout_without_a_cancel_function),
        T(cancel_is_idempotent_and_wakes_nobody),
        T(cancel_of_an_idle_or_done_op_does_nothing),
        T(init_makes_it_new_again),
        T(sleep_ends_well_and_in_time),
        T(timer_keeps_the_worker_alive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/async/ngx_http_finance_*.c t/unit/fake_nginx*.c */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/async/ngx_http_finance_op.h"
#include "../../src/async/ngx_http_finance_task.h"


#define OPS  5


static ngx_http_finance_task_t  task;
static ngx_http_finance_op_t    ops[OPS];
static ngx_http_request_t      *request;
static ngx_uint_t               resumes;
static ngx_uint_t               cancels;


static void
resume_counts(ngx_http_finance_task_t *t)
{
    resumes++;
}


static void
resume_ends(ngx_http_finance_task_t *t)
{
    resumes++;
    ngx_http_finance_task_end(t);
}


/* One op after the other, each started in the resume of the one before. */
static void
resume_chains(ngx_http_finance_task_t *t)
{
    resumes++;

    if (++t->step < OPS) {
        ngx_http_finance_op_sleep(&ops[t->step], t, 10);
    }
}


/* As a handler that answers: the request and its pool go in resume. */
static void
resume_answers(ngx_http_finance_task_t *t)
{
    resumes++;

    assert_ptr_equal(((ngx_http_log_ctx_t *)
                      request->connection->log->data)->current_request,
                     request);

    ngx_destroy_pool(request->pool);
    request->pool = NULL;
}


static void
cancelled(ngx_http_finance_op_t *op)
{
    cancels++;
}


static void
begin(ngx_http_finance_resume_pt resume, ngx_msec_t deadline)
{
    ngx_http_finance_task_init(&task, NULL, fake_log(), resume, NULL,
                               deadline);
}


static void
begin_op(ngx_uint_t i, ngx_msec_t timeout)
{
    ngx_http_finance_op_init(&ops[i], &task, "test", cancelled);
    ngx_http_finance_op_start(&ops[i], timeout);
}


static void
begin_ops(ngx_msec_t timeout)
{
    ngx_uint_t  i;

    for (i = 0; i < OPS; i++) {
        begin_op(i, timeout);
    }
}


static int
setup(void **state)
{
    fake_init();

    resumes = 0;
    cancels = 0;

    return 0;
}


static int
teardown(void **state)
{
    return fake_done();
}


static void
many_completions_are_one_resume(void **state)
{
    ngx_uint_t  i;

    begin(resume_counts, 0);
    begin_ops(100);

    for (i = 0; i < OPS; i++) {
        ngx_http_finance_op_complete(&ops[i], FIN_OK);
    }

    assert_int_equal(resumes, 0);
    assert_int_equal(fake_posted(), 1);

    fake_run_posted();

    assert_int_equal(resumes, 1);
    assert_true(ngx_http_finance_task_idle(&task));

    ngx_http_finance_task_end(&task);
}


/* Nothing runs any more, nobody is woken; the task may begin others. */
static void
cancelled_ops_and_a_task_that_goes_on(void **state)
{
    begin(resume_counts, 0);
    begin_ops(100);

    ngx_http_finance_task_cancel(&task);

    assert_int_equal(cancels, OPS);
    assert_true(ngx_http_finance_task_idle(&task));

    fake_advance(1000);
    assert_int_equal(resumes, 0);

    begin_op(0, 10);
    fake_advance(20);
    assert_int_equal(resumes, 1);

    ngx_http_finance_task_end(&task);
}


/* Each at a time of its own: a resume a completion. */
static void
timeouts_on_the_way(void **state)
{
    ngx_uint_t  i;

    begin(resume_counts, 0);

    for (i = 0; i < OPS; i++) {
        begin_op(i, 10 * (OPS - i));
    }

    fake_advance(20);
    assert_int_equal(resumes, 2);
    assert_true(ngx_http_finance_op_done(&ops[OPS - 1]));
    assert_true(ngx_http_finance_op_done(&ops[OPS - 2]));
    assert_true(ngx_http_finance_op_running(&ops[0]));

    fake_advance(1000);
    assert_int_equal(resumes, OPS);
    assert_int_equal(cancels, OPS);

    ngx_http_finance_task_end(&task);
}


static void
deadline_ends_every_op(void **state)
{
    ngx_uint_t  i;

    begin(resume_counts, 50);
    begin_ops(100);
    ngx_http_finance_op_complete(&ops[0], FIN_OK);

    fake_advance(49);
    assert_int_equal(resumes, 1);
    assert_false(task.expired);

    fake_advance(1);
    assert_int_equal(resumes, 2);
    assert_int_equal(cancels, OPS - 1);
    assert_true(task.expired);
    assert_true(ngx_http_finance_task_idle(&task));
    assert_int_equal(fake_timers(), 0);
    assert_int_equal(ops[0].status, FIN_OK);

    for (i = 1; i < OPS; i++) {
        assert_true(ngx_http_finance_op_done(&ops[i]));
        assert_int_equal(ops[i].status, FIN_E_TIMEOUT);
    }

    fake_advance(1000);
    assert_int_equal(resumes, 2);

    ngx_http_finance_task_end(&task);
}


static void
deadline_wakes_a_task_that_waits_for_nothing(void **state)
{
    begin(resume_counts, 50);

    fake_advance(50);
    assert_int_equal(resumes, 1);
    assert_true(task.expired);

    ngx_http_finance_task_end(&task);
}


/* A sleep is cut short: it is a timeout, not the end of the sleep. */
static void
deadline_in_a_sleep(void **state)
{
    begin(resume_counts, 50);
    ngx_http_finance_op_sleep(&ops[0], &task, 100);

    fake_advance(50);
    assert_int_equal(ops[0].status, FIN_E_TIMEOUT);

    ngx_http_finance_task_end(&task);
}


static void
end_cancels_what_runs(void **state)
{
    begin(resume_counts, 50);
    begin_ops(100);

    ngx_http_finance_task_end(&task);

    assert_int_equal(cancels, OPS);
    assert_int_equal(ops[OPS - 1].state, NGX_HTTP_FINANCE_OP_CANCELLED);
    assert_int_equal(fake_timers(), 0);

    ngx_http_finance_task_end(&task);
    ngx_http_finance_op_complete(&ops[0], FIN_OK);
    fake_advance(1000);

    assert_int_equal(cancels, OPS);
    assert_int_equal(resumes, 0);
}


static void
end_within_resume(void **state)
{
    begin(resume_ends, 50);
    begin_ops(100);
    ngx_http_finance_op_complete(&ops[2], FIN_OK);

    fake_advance(1000);

    assert_int_equal(resumes, 1);
    assert_int_equal(cancels, OPS - 1);
    assert_int_equal(ops[2].status, FIN_OK);
}


static void
end_with_the_wake_posted(void **state)
{
    begin(resume_counts, 0);
    begin_op(0, 100);
    ngx_http_finance_op_complete(&ops[0], FIN_OK);
    assert_int_equal(fake_posted(), 1);

    ngx_http_finance_task_end(&task);
    assert_int_equal(fake_posted(), 0);

    fake_run_posted();
    assert_int_equal(resumes, 0);
}


static void
wake_after_the_end_is_ignored(void **state)
{
    begin(resume_counts, 0);
    ngx_http_finance_task_end(&task);
    ngx_http_finance_task_wake(&task);

    assert_int_equal(fake_posted(), 0);
}


static void
wake_twice_is_one_resume(void **state)
{
    begin(resume_counts, 0);
    ngx_http_finance_task_wake(&task);
    ngx_http_finance_task_wake(&task);
    fake_run_posted();
    assert_int_equal(resumes, 1);

    ngx_http_finance_task_wake(&task);
    fake_run_posted();
    assert_int_equal(resumes, 2);

    ngx_http_finance_task_end(&task);
}


static void
ops_started_within_resume(void **state)
{
    begin(resume_chains, 0);
    ngx_http_finance_op_sleep(&ops[0], &task, 10);

    fake_advance(10 * OPS - 1);
    assert_int_equal(resumes, OPS - 1);

    fake_advance(1);
    assert_int_equal(resumes, OPS);
    assert_true(ngx_http_finance_task_idle(&task));

    ngx_http_finance_task_end(&task);
}


static void
cleanup(void *data)
{
    ngx_http_finance_task_end(data);
}


static ngx_http_finance_task_t *
begin_request(ngx_http_finance_resume_pt resume)
{
    ngx_pool_cleanup_t       *cln;
    ngx_http_finance_task_t  *t;

    request = fake_request();
    t = ngx_palloc(request->pool, sizeof(ngx_http_finance_task_t));
    cln = ngx_pool_cleanup_add(request->pool, 0);
    assert_non_null(t);
    assert_non_null(cln);

    ngx_http_finance_task_init(t, request, request->connection->log, resume,
                               NULL, 1000);
    cln->handler = cleanup;
    cln->data = t;

    return t;
}


/* The task lives in the request's pool, which goes within resume. */
static void
request_freed_within_resume(void **state)
{
    ngx_http_finance_op_t    *op;
    ngx_http_finance_task_t  *t;

    t = begin_request(resume_answers);

    op = ngx_palloc(request->pool, 2 * sizeof(ngx_http_finance_op_t));
    assert_non_null(op);
    ngx_http_finance_op_sleep(&op[0], t, 10);
    ngx_http_finance_op_sleep(&op[1], t, 20);

    fake_advance(100);

    assert_int_equal(resumes, 1);
    assert_int_equal(fake_posted_requests(request->connection), 1);

    /* the pool is gone, the connection is not */
    free(request->connection);
}


/* The client leaves: nothing of the task remains, run the loop as we may. */
static void
request_aborted(void **state)
{
    ngx_http_finance_op_t    *op;
    ngx_http_finance_task_t  *t;

    t = begin_request(resume_counts);

    op = ngx_palloc(request->pool, 2 * sizeof(ngx_http_finance_op_t));
    assert_non_null(op);
    ngx_http_finance_op_sleep(&op[0], t, 10);
    ngx_http_finance_op_sleep(&op[1], t, 20);
    ngx_http_finance_op_complete(&op[0], FIN_OK);

    fake_request_free(request);
    fake_advance(5000);

    assert_int_equal(resumes, 0);
}


#define T(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        T(many_completions_are_one_resume),
        T(cancelled_ops_and_a_task_that_goes_on),
        T(timeouts_on_the_way),
        T(deadline_ends_every_op),
        T(deadline_wakes_a_task_that_waits_for_nothing),
        T(deadline_in_a_sleep),
        T(end_cancels_what_runs),
        T(end_within_resume),
        T(end_with_the_wake_posted),
        T(wake_after_the_end_is_ignored),
        T(wake_twice_is_one_resume),
        T(ops_started_within_resume),
        T(request_freed_within_resume),
        T(request_aborted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

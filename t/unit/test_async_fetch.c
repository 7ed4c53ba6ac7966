/* build: src/async/ngx_*.c src/fetch/ngx*_[cr]?[ut]*.c src/fetch/ngx*_fetch.c t/unit/fake*.c */

/* The attempts of a fetch, with the test in the subrequests' place. */

#include "fake_nginx_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../src/fetch/ngx_http_finance_fetch_slot.h"


#define MADE     8
#define TIMEOUT  10000



/* No budget here: nothing of it is called, but by name. */

void
ngx_http_finance_budget_start(ngx_http_finance_budget_t *b,
    ngx_event_t *wake)
{
    fail_msg("there is no budget to start");
}


void
ngx_http_finance_budget_stop(ngx_http_finance_budget_t *b)
{
    fail_msg("there is no budget to stop");
}


ngx_int_t
ngx_http_finance_fetch_line(ngx_http_finance_budget_t *budget,
    ngx_queue_t *queue)
{
    fail_msg("there is no budget to stand in line for");
    return NGX_ERROR;
}


static ngx_http_finance_task_t    task;
static ngx_http_request_t        *request;
static ngx_uint_t                 resumes;
static ngx_http_finance_fetch_t   one, two;
static ngx_str_t                  uri = ngx_string("/_market/v2");
static ngx_str_t                  args = ngx_string("a=b");

/* the subrequests that were made */
static ngx_http_post_subrequest_t  *made[MADE];
static ngx_uint_t                   nmade, refuse;

/* how the next one to be answered ended */
static fin_status_t               ended;
static ngx_uint_t                 ended_http;
static time_t                     ended_retry_after;

static long                       chance;


long
random(void)
{
    return chance;
}


ngx_int_t
ngx_http_subrequest(ngx_http_request_t *r, ngx_str_t *u, ngx_str_t *a,
    ngx_http_request_t **psr, ngx_http_post_subrequest_t *ps,
    ngx_uint_t flags)
{
    assert_ptr_equal(r, request);
    assert_ptr_equal(u->data, uri.data);
    assert_ptr_equal(a->data, args.data);

    if (refuse) {
        refuse--;
        return NGX_ERROR;
    }

    assert_true(nmade < MADE);
    made[nmade++] = ps;

    return NGX_OK;
}


fin_status_t
ngx_http_finance_fetch_result(ngx_http_request_t *r, ngx_int_t rc,
    ngx_uint_t complete, ngx_uint_t *http_status)
{
    *http_status = ended_http;

    return ended;
}


time_t
ngx_http_finance_fetch_retry_after(ngx_http_request_t *r)
{
    return ended_retry_after;
}


static void
resume(ngx_http_finance_task_t *t)
{
    resumes++;
}


/* The base is 100 ms; chance 0 waits 1 ms, the largest the cap. */
static void
start(ngx_http_finance_fetch_t *fetch, uint32_t attempts, ngx_msec_t timeout)
{
    fin_retry_t  retry = { attempts, 100, 2000 };

    ngx_http_finance_fetch_start(fetch, &task, &uri, &args, timeout, &retry);
}


/* What nginx does when the i-th subrequest is over. */
static void
answer(ngx_uint_t i, fin_status_t status, ngx_uint_t http_status,
    time_t retry_after)
{
    ngx_http_request_t  sr;

    assert_true(i < nmade);

    ngx_memzero(&sr, sizeof(sr));
    sr.connection = request->connection;
    sr.main = request;
    sr.parent = request;
    sr.post_subrequest = made[i];
    sr.headers_out.status = NGX_HTTP_OK;

    ended = status;
    ended_http = http_status;
    ended_retry_after = retry_after;

    assert_int_equal(made[i]->handler(&sr, made[i]->data, NGX_OK), NGX_OK);
}


static ngx_http_finance_fetch_slot_t *
slot(ngx_uint_t i)
{
    return made[i]->data;
}


static int
setup(void **state)
{
    fake_init();
    ((ngx_cycle_t *) ngx_cycle)->connection_n = 64;

    request = fake_request();
    resumes = 0;
    nmade = 0;
    refuse = 0;
    chance = 0x7fffffff;

    ngx_http_finance_task_init(&task, request, fake_log(), resume, NULL, 0);

    return 0;
}


static int
teardown(void **state)
{
    ngx_http_finance_task_end(&task);

    if (request) {
        fake_request_free(request);
    }

    /* gave back what it counted, whatever happened */

    return fake_done()
           + fake_left("active fetches", ngx_http_finance_fetch_active());
}


static void
good_answer_ends_it(void **state)
{
    ngx_uint_t  retries = ngx_http_finance_fetch_retries();

    start(&one, 3, TIMEOUT);
    assert_int_equal(nmade, 0);

    fake_run_posted();
    assert_int_equal(nmade, 1);
    assert_int_equal(ngx_http_finance_fetch_active(), 1);

    slot(0)->body = malloc(3);
    slot(0)->len = 3;
    answer(0, FIN_OK, 200, -1);

    assert_true(ngx_http_finance_op_done(&one.op));
    assert_int_equal(one.op.status, FIN_OK);
    assert_int_equal(one.len, 3);
    free(one.body);

    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 1);
    assert_int_equal(resumes, 1);
    assert_int_equal(ngx_http_finance_fetch_retries() - retries, 0);
}


static void
waits_longer_each_time_and_gives_up(void **state)
{
    ngx_uint_t  calls = ngx_http_finance_fetch_calls();
    ngx_uint_t  retries = ngx_http_finance_fetch_retries();

    start(&one, 3, TIMEOUT);
    fake_run_posted();

    answer(0, FIN_E_TIMEOUT, 504, -1);

    assert_true(ngx_http_finance_op_running(&one.op));
    assert_int_equal(ngx_http_finance_fetch_active(), 0);
    assert_int_equal(nmade, 1);
    assert_int_equal(fake_posted(), 0);

    fake_advance(99);
    assert_int_equal(nmade, 1);
    fake_advance(1);
    assert_int_equal(nmade, 2);
    assert_int_equal(ngx_http_finance_fetch_active(), 1);

    answer(1, FIN_E_UPSTREAM, 500, -1);
    fake_advance(199);
    assert_int_equal(nmade, 2);
    fake_advance(1);
    assert_int_equal(nmade, 3);
    assert_int_equal(resumes, 0);
    assert_int_equal(fake_log_taken(NGX_LOG_INFO), 2);

    answer(2, FIN_E_TRUNCATED, 200, -1);
    assert_true(ngx_http_finance_op_done(&one.op));
    assert_int_equal(one.op.status, FIN_E_TRUNCATED);
    assert_int_equal(one.http_status, 200);

    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 3);
    assert_int_equal(resumes, 1);
    assert_int_equal(fake_log_taken(NGX_LOG_INFO), 0);
    assert_int_equal(ngx_http_finance_fetch_calls() - calls, 3);
    assert_int_equal(ngx_http_finance_fetch_retries() - retries, 2);
}


static void
later_answer_is_the_answer(void **state)
{
    chance = 0;
    start(&one, 3, TIMEOUT);
    fake_run_posted();

    slot(0)->body = malloc(7);          /* half of one */
    answer(0, FIN_E_TRUNCATED, 200, -1);
    fake_advance(1);

    slot(1)->body = malloc(3);
    slot(1)->len = 3;
    answer(1, FIN_OK, 200, -1);

    assert_int_equal(one.op.status, FIN_OK);
    assert_int_equal(one.len, 3);
    free(one.body);

    /* nginx finalizes a subrequest a second time */

    answer(0, FIN_E_UPSTREAM, 500, -1);
    answer(1, FIN_E_UPSTREAM, 500, -1);
    fake_advance(TIMEOUT);

    assert_int_equal(one.op.status, FIN_OK);
    assert_int_equal(nmade, 2);
}


static void
second_end_of_an_attempt_changes_nothing(void **state)
{
    start(&one, 3, TIMEOUT);
    fake_run_posted();

    answer(0, FIN_E_TIMEOUT, 504, -1);
    answer(0, FIN_E_UPSTREAM, 500, -1);
    fake_advance(50);
    answer(0, FIN_OK, 200, -1);

    assert_true(ngx_http_finance_op_running(&one.op));
    fake_advance(50);
    assert_int_equal(nmade, 2);

    answer(0, FIN_OK, 200, -1);
    assert_true(ngx_http_finance_op_running(&one.op));
    answer(1, FIN_E_NOT_FOUND, 404, -1);
    assert_int_equal(one.op.status, FIN_E_NOT_FOUND);
}


static void
refused_for_good(void **state)
{
    start(&one, 3, TIMEOUT);
    fake_run_posted();
    answer(0, FIN_E_NOT_ENTITLED, 403, -1);

    assert_int_equal(one.op.status, FIN_E_NOT_ENTITLED);
    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 1);
}


/* The filters' word counts, and the status is that of the answer. */
static void
refused_by_the_filters(void **state)
{
    start(&one, 3, TIMEOUT);
    fake_run_posted();
    slot(0)->refused = FIN_E_UPSTREAM;
    answer(0, FIN_E_UPSTREAM, 502, -1);

    assert_true(ngx_http_finance_op_done(&one.op));
    assert_int_equal(one.op.status, FIN_E_UPSTREAM);
    assert_int_equal(one.http_status, 200);

    start(&two, 3, TIMEOUT);
    fake_run_posted();
    slot(1)->refused = FIN_E_TOO_BIG;
    answer(1, FIN_E_UPSTREAM, 502, -1);

    assert_int_equal(two.op.status, FIN_E_TOO_BIG);
}


static void
what_the_market_asks_for(void **state)
{
    start(&one, 3, TIMEOUT);
    fake_run_posted();

    answer(0, FIN_E_THROTTLED, 429, 2);
    assert_int_equal(one.retry_after, -1);
    fake_advance(2099);
    assert_int_equal(nmade, 1);
    fake_advance(1);
    assert_int_equal(nmade, 2);

    /* longer than there is time: at once, and told */

    answer(1, FIN_E_THROTTLED, 429, 9);
    assert_int_equal(one.op.status, FIN_E_THROTTLED);
    assert_int_equal(one.retry_after, 9);
}


static void
no_time_for_another(void **state)
{
    start(&one, 3, 1000);
    fake_advance(900);
    answer(0, FIN_E_TIMEOUT, 504, -1);

    assert_true(ngx_http_finance_op_done(&one.op));
    assert_int_equal(one.op.status, FIN_E_TIMEOUT);
    assert_int_equal(one.http_status, 504);

    start(&two, 3, 1000);
    fake_advance(899);
    answer(1, FIN_E_TIMEOUT, 504, -1);
    assert_true(ngx_http_finance_op_running(&two.op));

    /* and the last ms is the deadline's */

    fake_advance(101);
    assert_int_equal(nmade, 3);
    assert_int_equal(two.op.status, FIN_E_TIMEOUT);
    answer(2, FIN_OK, 200, -1);
    assert_int_equal(two.op.status, FIN_E_TIMEOUT);
}


/* A job's time ends before that of a fetch that began later. */
static void
the_task_has_less_time(void **state)
{
    ngx_http_finance_task_end(&task);
    ngx_http_finance_task_init(&task, request, fake_log(), resume, NULL, 500);

    start(&one, 3, 1000);
    fake_advance(400);
    answer(0, FIN_E_TIMEOUT, 504, -1);

    assert_true(ngx_http_finance_op_done(&one.op));
    fake_advance(1000);
    assert_int_equal(nmade, 1);
}


static void
cancelled_while_it_waits(void **state)
{
    start(&one, 3, TIMEOUT);
    fake_run_posted();
    answer(0, FIN_E_TIMEOUT, 504, -1);
    assert_int_equal(fake_timers(), 2);

    ngx_http_finance_op_cancel(&one.op);
    assert_int_equal(fake_timers(), 0);
    assert_null(one.slot);

    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 1);
    assert_int_equal(resumes, 0);
}


/* With room for one, between its pause and its start. */
static void
cancelled_in_the_queue(void **state)
{
    ((ngx_cycle_t *) ngx_cycle)->connection_n = 4;

    start(&one, 3, TIMEOUT);
    fake_run_posted();
    answer(0, FIN_E_TIMEOUT, 504, -1);

    /* who waits takes no room */

    start(&two, 3, TIMEOUT);
    fake_run_posted();
    assert_int_equal(nmade, 2);

    fake_advance(100);
    assert_int_equal(nmade, 2);
    ngx_http_finance_op_cancel(&one.op);

    answer(1, FIN_E_NOT_FOUND, 404, -1);
    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 2);
}


static void
cancelled_under_way(void **state)
{
    start(&one, 3, TIMEOUT);
    fake_run_posted();
    answer(0, FIN_E_TIMEOUT, 504, -1);
    fake_advance(100);

    ngx_http_finance_op_cancel(&one.op);
    assert_int_equal(ngx_http_finance_fetch_active(), 1);

    /* into the void */

    answer(1, FIN_E_TIMEOUT, 504, -1);
    assert_int_equal(ngx_http_finance_fetch_active(), 0);
    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 2);
}


static void
the_deadline_passes_while_it_waits(void **state)
{
    ngx_http_finance_task_end(&task);
    ngx_http_finance_task_init(&task, request, fake_log(), resume, NULL, 500);

    chance = 0x3fffffff;
    start(&one, 3, 1000);
    fake_advance(440);
    answer(0, FIN_E_TIMEOUT, 504, -1);
    assert_true(ngx_http_finance_op_running(&one.op));

    /* a turn that took long: both timers are due */

    fake_spend(100);
    fake_turn();
    fake_run_posted();

    assert_int_equal(one.op.status, FIN_E_TIMEOUT);
    assert_int_equal(nmade, 1);
    assert_int_equal(task.expired, 1);
}


/* A job's request is closed by nginx: its pool goes with what is in it. */
static void
the_request_goes_while_it_waits(void **state)
{
    start(&one, 3, TIMEOUT);
    fake_run_posted();
    answer(0, FIN_E_TIMEOUT, 504, -1);

    fake_request_free(request);
    request = NULL;
    task.request = NULL;

    assert_int_equal(fake_timers(), 1);         /* the op's own */
    assert_null(one.slot);

    ngx_http_finance_task_end(&task);
    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 1);
}


static void
no_memory_for_another(void **state)
{
    ngx_uint_t  i;

    for (i = 1; i <= 2; i++) {
        start(&one, 3, TIMEOUT);
        fake_run_posted();

        fake_alloc_fail(i);
        answer(i - 1, FIN_E_UPSTREAM, 500, -1);
        fake_alloc_fail(0);

        assert_true(ngx_http_finance_op_done(&one.op));
        assert_int_equal(one.op.status, FIN_E_UPSTREAM);
        fake_run_posted();
    }

    fake_alloc_fail(1);
    start(&one, 3, TIMEOUT);
    assert_int_equal(one.op.status, FIN_E_NOMEM);
    fake_run_posted();
}


static void
a_subrequest_that_cannot_be_made(void **state)
{
    refuse = 1;
    start(&one, 3, TIMEOUT);
    fake_run_posted();

    assert_int_equal(one.op.status, FIN_E_INTERNAL);

    start(&two, 3, TIMEOUT);
    fake_run_posted();
    answer(0, FIN_E_UPSTREAM, 503, -1);
    refuse = 1;
    fake_advance(100);

    assert_int_equal(two.op.status, FIN_E_INTERNAL);
    fake_advance(TIMEOUT);
    assert_int_equal(nmade, 1);
}


#define T(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        T(good_answer_ends_it),
        T(waits_longer_each_time_and_gives_up),
        T(later_answer_is_the_answer),
        T(second_end_of_an_attempt_changes_nothing),
        T(refused_for_good),
        T(refused_by_the_filters),
        T(what_the_market_asks_for),
        T(no_time_for_another),
        T(the_task_has_less_time),
        T(cancelled_while_it_waits),
        T(cancelled_in_the_queue),
        T(cancelled_under_way),
        T(the_deadline_passes_while_it_waits),
        T(the_request_goes_while_it_waits),
        T(no_memory_for_another),
        T(a_subrequest_that_cannot_be_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

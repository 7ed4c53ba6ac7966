/* build: src/shm/ngx_http_finance_budget*.c src/async/ngx_*.c t/unit/fake_nginx*.c */
/* What a worker gets of the budget, and what it has to wait for. */

#include "fin_budget.h"


static void
granted(void **state)
{
    assert_int_equal(take(3), NGX_AGAIN);

    /* the script, its keys, three of eight in a span, from now, by a name */
    assert_int_equal(said.argc, 16);
    assert_string_equal(said.argv[0], "EVAL");
    assert_string_equal(said.argv[2], "3");
    assert_string_equal(said.argv[3], "finance:budget:{z}");
    assert_string_equal(said.argv[4], "finance:budget:{z}:jobs");
    assert_string_equal(said.argv[5], "finance:budget:{z}:needs");
    assert_string_equal(said.argv[6], "3");
    assert_string_equal(said.argv[7], "8");
    assert_string_equal(said.argv[8], "60600");
    assert_string_equal(said.argv[9], "0");
    assert_int_equal(strlen(said.argv[10]), 36 + 3);

    /* and for whom: its name, need, age, time, a client */
    assert_int_equal(strncmp(said.argv[11], said.argv[10], 36), 0);
    assert_string_equal(said.argv[11] + 36, ":7");
    assert_string_equal(said.argv[12], "3");
    assert_string_equal(said.argv[13], "250");
    assert_string_equal(said.argv[14], "9000");
    assert_string_equal(said.argv[15], "0");

    /* nobody else may have them meanwhile, and one question will do */
    assert_int_equal(in_zone(), 3);
    assert_int_equal(take(3), NGX_AGAIN);
    assert_int_equal(questions, 1);
    assert_int_equal(wakes, 0);

    answer(3, 0);
    assert_int_equal(wakes, 1);

    assert_int_equal(take(3), NGX_OK);
    assert_int_equal(take(2), NGX_OK);
    assert_int_equal(take(1), NGX_OK);
    assert_int_equal(questions, 1);
    assert_int_equal(in_zone(), 3);

    assert_int_equal(take(9), NGX_AGAIN);
    assert_string_equal(said.argv[6], "5");
    assert_int_equal(in_zone(), 8);
    assert_int_equal(ngx_http_finance_budget_left(&budget), 0);
}


static void
declined(void **state)
{
    assert_int_equal(take(4), NGX_AGAIN);
    assert_int_equal(in_zone(), 4);
    fake_advance(5);

    answer(0, 20000);
    assert_int_equal(in_zone(), 0);
    assert_int_equal(wakes, 1);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);

    /* it is not asked again before, and all know when */
    assert_int_equal(take(4), NGX_AGAIN);
    assert_int_equal(questions, 1);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 1), 20000);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 9), SPAN);
    assert_int_equal(ngx_http_finance_budget_left(&budget), 8);

    fake_advance(19990);
    assert_int_equal(wakes, 1);
    fake_advance(10);
    assert_int_equal(wakes, 2);

    assert_int_equal(take(4), NGX_AGAIN);
    assert_int_equal(questions, 2);
    answer(4, 0);
    assert_int_equal(take(1), NGX_OK);
    assert_int_equal(ngx_http_finance_budget_left(&budget), 4);
}


static void
in_part(void **state)
{
    assert_int_equal(take(4), NGX_AGAIN);
    fake_advance(2);
    answer(1, 700);

    assert_int_equal(in_zone(), 1);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 1), 0);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 2), 700);
    assert_int_equal(take(4), NGX_OK);
    assert_int_equal(take(3), NGX_AGAIN);
    assert_int_equal(questions, 1);
}


/* All that the zone allows is gone: Redis is not asked. */
static void
spent_here(void **state)
{
    (void) fin_window_add(window, (int64_t) ngx_current_msec - 60000, 5);
    (void) fin_window_add(window, (int64_t) ngx_current_msec - 1000, 3);

    /* but told what the job needs, once */
    assert_int_equal(take_for(7, 0, 2, 5), NGX_AGAIN);
    assert_int_equal(questions, 1);
    assert_string_equal(said.argv[6], "0");
    assert_string_equal(said.argv[12], "5");
    answer(0, 600);
    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(questions, 1);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    wakes = 0;
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 1), 600);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 6), 59600);

    /* told once a minute */
    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);

    fake_advance(600);
    assert_int_equal(wakes, 1);
    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(questions, 2);
    assert_string_equal(said.argv[6], "2");
    answer(0, 60000);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);

    fake_advance(60000);
    assert_int_equal(take(2), NGX_AGAIN);
    answer(0, 60000);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
}


/* Redis has room, but not for younger jobs: it is asked again soon. */
static void
older_jobs_first(void **state)
{
    assert_int_equal(take_for(7, 0, 3, 7), NGX_AGAIN);
    answer_all(0, 0, 4, 30000);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);

    assert_int_equal(in_zone(), 0);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 1), 200);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 4), 200);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 5), SPAN);

    /* this job's last one is as late as Redis says, another's is guessed */
    assert_int_equal(ngx_http_finance_budget_wait_last(&budget, 0, 4, 7),
                     30000);
    assert_int_equal(ngx_http_finance_budget_wait_last(&budget, 0, 4, 8),
                     200);
    assert_int_equal(ngx_http_finance_budget_wait_last(&budget, 0, 5, 7),
                     SPAN);

    assert_int_equal(take_for(7, 0, 3, 7), NGX_AGAIN);
    assert_int_equal(questions, 1);
    wakes = 0;
    fake_advance(200);
    assert_int_equal(wakes, 1);
    assert_int_equal(take_for(7, 0, 3, 7), NGX_AGAIN);
    answer_all(3, 0, 0, 50000);

    /* the last is after those that are held */
    assert_int_equal(ngx_http_finance_budget_wait_last(&budget, 0, 3, 7), 0);
    assert_int_equal(ngx_http_finance_budget_wait_last(&budget, 0, 4, 7),
                     50000);
    assert_int_equal(take_for(7, 0, 3, 7), NGX_OK);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 5 + 2), 0);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 5 + 3), SPAN);
}


static void
at_best(void **state)
{
    ngx_uint_t  i;

    static const struct {
        ngx_uint_t  need, spans;
    } table[] = {
        { 0, 0 }, { 1, 0 }, { 8, 0 }, { 9, 1 }, { 16, 1 }, { 17, 2 },
    };

    for (i = 0; i < 6; i++) {
        assert_int_equal(ngx_http_finance_budget_at_best(&budget,
                                                         table[i].need),
                         table[i].spans * SPAN);
    }
}


/* Of four that are granted one is used: three go back, here and there. */
static void
not_used(void **state)
{
    assert_int_equal(take(4), NGX_AGAIN);
    answer(4, 0);
    assert_int_equal(take(4), NGX_OK);
    assert_int_equal(in_zone(), 4);

    fake_advance(SLACK / 4);
    assert_int_equal(forgotten, 0);

    fake_advance(SLACK);
    assert_int_equal(forgotten, 1);
    assert_int_equal(said.argc, 5);
    assert_string_equal(said.argv[2] + 36, ":1:2");
    assert_string_equal(said.argv[4] + 36, ":1:4");
    assert_int_equal(in_zone(), 1);
    assert_int_equal(wakes, 2);
}


/* The same found out by the next one who comes. */
static void
too_old(void **state)
{
    assert_int_equal(take(2), NGX_AGAIN);
    answer(2, 0);
    fake_advance(SLACK / 4 + 1);

    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(forgotten, 1);
    assert_int_equal(questions, 2);
    assert_int_equal(in_zone(), 2);
}


static void
background(void **state)
{
    ngx_int_t  i;

    static const struct {
        ngx_uint_t  rate, burst, share;
    } table[] = {
        { 1, 0, 1 }, { 1, 2, 3 }, { 2, 0, 1 }, { 5, 0, 4 }, { 5, 3, 7 },
        { 8, 0, 6 }, { 100, 20, 95 },
    };

    for (i = 0; i < 7; i++) {
        budget.rate = table[i].rate;
        budget.burst = table[i].burst;
        assert_int_equal(ngx_http_finance_budget_share(&budget, 1),
                         table[i].share);
        assert_int_equal(ngx_http_finance_budget_share(&budget, 0),
                         table[i].rate + table[i].burst);
    }

    budget.rate = 5;
    budget.burst = 3;

    assert_int_equal(take_background(32), NGX_AGAIN);
    assert_string_equal(said.argv[6], "7");
    assert_string_equal(said.argv[7], "7");
    assert_string_equal(said.argv[15], "100000000000000");

    /* Redis has none for it: for a client it may have */
    answer(0, 30000);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 1, 1), 30000);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 1), 0);
    assert_int_equal(take_background(1), NGX_AGAIN);
    assert_int_equal(questions, 1);
    assert_int_equal(take(1), NGX_AGAIN);
    assert_int_equal(questions, 2);
    answer(1, 0);

    /* what was granted to a client is not for the background */
    assert_int_equal(take_background(1), NGX_AGAIN);
    assert_int_equal(forgotten, 1);
    assert_int_equal(in_zone(), 0);

    /* and what is too early for clients is so for it */
    assert_int_equal(take(1), NGX_AGAIN);
    answer(0, 45000);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 1, 1), 45000);
    (void) fake_log_taken(NGX_LOG_WARN);
}


/* A client takes what the background was granted. */
static void
background_gives_way(void **state)
{
    assert_int_equal(take_background(2), NGX_AGAIN);
    answer(2, 0);
    assert_int_equal(take(1), NGX_OK);
    assert_int_equal(take_background(2), NGX_OK);
    assert_int_equal(questions, 1);
}


/* Places in the line: what is ours already comes first. */
static void
waits(void **state)
{
    ngx_uint_t  k;

    (void) fin_window_add(window, (int64_t) ngx_current_msec - 10000, 4);

    assert_int_equal(take(2), NGX_AGAIN);

    for (k = 1; k <= 4; k++) {
        assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, k), 0);
    }

    for (k = 5; k <= 8; k++) {
        assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, k),
                         SPAN - 10000);
    }

    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 9), SPAN);

    answer(2, 0);
    assert_int_equal(take(2), NGX_OK);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 3), 0);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 4),
                     SPAN - 10000);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(granted, setup, teardown),
        cmocka_unit_test_setup_teardown(declined, setup, teardown),
        cmocka_unit_test_setup_teardown(in_part, setup, teardown),
        cmocka_unit_test_setup_teardown(spent_here, setup, teardown),
        cmocka_unit_test_setup_teardown(older_jobs_first, setup, teardown),
        cmocka_unit_test_setup_teardown(at_best, setup, teardown),
        cmocka_unit_test_setup_teardown(not_used, setup, teardown),
        cmocka_unit_test_setup_teardown(too_old, setup, teardown),
        cmocka_unit_test_setup_teardown(background, setup, teardown),
        cmocka_unit_test_setup_teardown(background_gives_way, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(waits, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

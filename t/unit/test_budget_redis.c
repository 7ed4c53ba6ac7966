/* build: src/shm/ngx_http_finance_budget*.c src/async/ngx_*.c t/unit/fake_nginx*.c */
/* A Redis that is away, late, odd or busy, and what is said to it. */

#include "fin_budget.h"


static void
away(void **state)
{
    assert_int_equal(take(2), NGX_AGAIN);
    break_off(FIN_E_REDIS);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);

    assert_int_equal(take(2), NGX_OK);
    assert_int_equal(take(1), NGX_OK);

    /* told when it changes; what is not used is not Redis' business */
    assert_int_equal(take(3), NGX_AGAIN);
    break_off(FIN_E_TIMEOUT);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
    assert_int_equal(take(3), NGX_OK);
    assert_int_equal(in_zone(), 5);
    fake_advance(SLACK);
    assert_int_equal(in_zone(), 3);
    assert_int_equal(forgotten, 0);

    assert_int_equal(take(1), NGX_AGAIN);
    answer(1, 0);
    assert_int_equal(fake_log_taken(NGX_LOG_NOTICE), 1);
    assert_int_equal(take(1), NGX_OK);
}


static void
leaving(void **state)
{
    /* nothing was ever said */
    ngx_http_finance_budget_leave(&budget, 7);
    assert_int_equal(forgotten, 0);

    assert_int_equal(take_for(7, 0, 1, 7), NGX_AGAIN);
    answer(1, 0);
    assert_int_equal(take_for(7, 0, 1, 7), NGX_OK);

    ngx_http_finance_budget_leave(&budget, 7);
    assert_int_equal(forgotten, 1);
    assert_string_equal(said.argv[0], "HDEL");
    assert_string_equal(said.argv[1], "finance:budget:{z}:needs");
    assert_string_equal(said.argv[2] + 36, ":7");

    /* not to a Redis that is away */
    assert_int_equal(take_for(8, 0, 1, 7), NGX_AGAIN);
    break_off(FIN_E_REDIS);
    ngx_http_finance_budget_leave(&budget, 8);
    assert_int_equal(forgotten, 1);
    (void) fake_log_taken(NGX_LOG_WARN);
}


/* Redis hangs for its timeout: starts are counted from when they are made. */
static void
away_for_long(void **state)
{
    assert_int_equal(take(2), NGX_AGAIN);
    fake_advance(1000);
    assert_null(asking);

    assert_int_equal(take(2), NGX_OK);
    assert_int_equal(ngx_http_finance_budget_wait(&budget, 0, 8), SPAN);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
}


static void
odd_answers(void **state)
{
    assert_int_equal(take(2), NGX_AGAIN);
    answer(-1, 0);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    assert_int_equal(take(2), NGX_OK);
    assert_int_equal(take(2), NGX_OK);

    /* more than was asked for is not more */
    assert_int_equal(take(2), NGX_AGAIN);
    answer(7, 0);
    assert_int_equal(in_zone(), 4);
    assert_int_equal(fake_log_taken(NGX_LOG_NOTICE), 1);
}


static void
busy(void **state)
{
    assert_int_equal(take(2), NGX_AGAIN);
    break_off(FIN_E_BUSY);
    assert_int_equal(in_zone(), 0);
    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(questions, 1);

    fake_advance(100);
    assert_int_equal(wakes, 2);
    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(questions, 2);
    (void) fake_log_taken(NGX_LOG_WARN);
}


static void
no_memory(void **state)
{
    fake_alloc_fail(1);
    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(questions, 0);

    fake_run_posted();
    assert_int_equal(in_zone(), 0);
    assert_int_equal(wakes, 1);

    fake_advance(100);
    assert_int_equal(take(2), NGX_AGAIN);
    assert_int_equal(questions, 1);
    (void) fake_log_taken(NGX_LOG_WARN);
}


/* An answer so late that Redis counts the starts too early. */
static void
late(void **state)
{
    assert_int_equal(take(2), NGX_AGAIN);
    fake_advance(SLACK / 2 + 1);
    answer(2, 0);

    assert_int_equal(in_zone(), 0);
    assert_int_equal(forgotten, 1);
    assert_int_equal(said.argc, 4);
    assert_string_equal(said.argv[0], "ZREM");
    assert_string_equal(said.argv[1], "finance:budget:{z}");
    assert_string_equal(said.argv[2] + 36, ":1:1");
    assert_string_equal(said.argv[3] + 36, ":1:2");

    /* the next question allows for it, */
    fake_advance(1);
    assert_int_equal(take(2), NGX_AGAIN);
    assert_string_equal(said.argv[9], "451");
    fake_advance(700);
    answer(2, 0);
    assert_int_equal(take(2), NGX_OK);
    assert_int_equal(take(1), NGX_OK);
    assert_int_equal(forgotten, 1);

    /* and not longer than it takes */
    assert_int_equal(take(1), NGX_AGAIN);
    assert_string_equal(said.argv[9], "1050");
    answer(1, 0);
    assert_int_equal(take(1), NGX_OK);
    assert_int_equal(take(1), NGX_AGAIN);
    assert_string_equal(said.argv[9], "0");
    (void) fake_log_taken(NGX_LOG_WARN);
}


/* While a question is out, and while something is held. */
static void
stopped(void **state)
{
    assert_int_equal(take(2), NGX_AGAIN);
    ngx_http_finance_budget_stop(&budget);
    assert_null(asking);

    ngx_http_finance_budget_start(&budget, &wake);
    assert_int_equal(take(2), NGX_AGAIN);
    answer(2, 0);
    ngx_http_finance_budget_stop(&budget);
    assert_int_equal(fake_timers(), 0);
}


static void
left_of_all(void **state)
{
    ngx_pool_t                      *pool;
    ngx_http_finance_redis_batch_t   batch;
    ngx_http_finance_redis_reply_t   reply, figure[5];

    pool = ngx_create_pool(1024, fake_log());
    ngx_http_finance_redis_batch_init(&batch, pool);

    assert_int_equal(ngx_http_finance_budget_add_left(&budget, &batch),
                     NGX_OK);
    assert_string_equal(said.argv[6], "0");
    assert_string_equal(said.argv[7], "8");
    assert_string_equal(said.argv[11], "");
    ngx_destroy_pool(pool);

    memset(&reply, 0, sizeof(reply));
    memset(figure, 0, sizeof(figure));
    reply.type = NGX_HTTP_FINANCE_REDIS_ARRAY;
    reply.element = figure;
    reply.n = 5;
    figure[0].type = figure[1].type = figure[2].type = figure[3].type
        = figure[4].type = NGX_HTTP_FINANCE_REDIS_INTEGER;
    figure[2].integer = 6;

    assert_int_equal(ngx_http_finance_budget_left_reply(&reply), 6);
    figure[2].type = NGX_HTTP_FINANCE_REDIS_STRING;
    assert_int_equal(ngx_http_finance_budget_left_reply(&reply), NGX_ERROR);
    reply.n = 4;
    assert_int_equal(ngx_http_finance_budget_left_reply(&reply), NGX_ERROR);
    reply.type = NGX_HTTP_FINANCE_REDIS_ERROR;
    assert_int_equal(ngx_http_finance_budget_left_reply(&reply), NGX_ERROR);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(away, setup, teardown),
        cmocka_unit_test_setup_teardown(leaving, setup, teardown),
        cmocka_unit_test_setup_teardown(away_for_long, setup, teardown),
        cmocka_unit_test_setup_teardown(odd_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(busy, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(late, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(left_of_all, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

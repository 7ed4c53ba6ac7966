/* build: src/shm/ngx_http_finance_budget.c src/shm/ngx_http_finance_budget_redis.c src/async/ngx_http_finance_op.c src/async/ngx_http_finance_task.c t/unit/fake_nginx*.c */
/* A worker's side of the budget, with a Redis of which the test is the
 * server, and a clock of our own. */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/shm/ngx_http_finance_budget.h"


#define SPAN   60600
#define SLACK  600


typedef struct {
    ngx_uint_t  argc;
    char        argv[16][4096];
} command_t;


static ngx_http_finance_zone_t          zone;
static ngx_http_finance_budget_t        budget;
static fin_window_t                    *window;
static ngx_uint_t                       locked;
static ngx_event_t                      wake;
static ngx_uint_t                       wakes;
static command_t                        said;       /* the last command */
static ngx_uint_t                       questions;
static ngx_uint_t                       forgotten;
static ngx_http_finance_redis_batch_t  *asking;     /* NULL: nothing is */


/* The zone: a window behind a lock that must not be taken twice. */

fin_window_t *
ngx_http_finance_zone_window(ngx_http_finance_zone_t *z)
{
    assert_ptr_equal(z, &zone);
    assert_int_equal(locked, 0);
    locked = 1;

    return window;
}


void
ngx_http_finance_zone_window_done(ngx_http_finance_zone_t *z)
{
    assert_ptr_equal(z, &zone);
    assert_int_equal(locked, 1);
    locked = 0;
}


int64_t
ngx_http_finance_zone_now(void)
{
    return (int64_t) ngx_current_msec * 1000000;
}


/* Redis: one command a batch; the test answers. */

void
ngx_http_finance_redis_batch_init(ngx_http_finance_redis_batch_t *batch,
    ngx_pool_t *pool)
{
    memset(batch, 0, sizeof(ngx_http_finance_redis_batch_t));
    batch->pool = pool;
}


ngx_int_t
ngx_http_finance_redis_add(ngx_http_finance_redis_batch_t *batch,
    ngx_uint_t argc, const ngx_str_t *argv)
{
    ngx_uint_t  i;

    assert_true(argc <= 16);
    said.argc = argc;

    for (i = 0; i < argc; i++) {
        snprintf(said.argv[i], sizeof(said.argv[i]), "%.*s",
                 (int) argv[i].len, (char *) argv[i].data);
    }

    batch->n++;

    return NGX_OK;
}


static void
redis_cancel(ngx_http_finance_op_t *op)
{
    asking = NULL;
}


void
ngx_http_finance_redis_start(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_task_t *task, ngx_http_finance_redis_conf_t *conf)
{
    assert_null(asking);
    assert_int_equal(locked, 0);

    ngx_http_finance_op_init(&batch->op, task, "redis", redis_cancel);
    ngx_http_finance_op_start(&batch->op, 1000);

    asking = batch;
    questions++;
}


void
ngx_http_finance_redis_forget(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_conf_t *conf, ngx_log_t *log)
{
    forgotten++;
}


/* What the sources use of it: %ui, %uL, %s, %V. */
u_char * ngx_cdecl
ngx_sprintf(u_char *buf, const char *fmt, ...)
{
    va_list     args;
    ngx_str_t  *v;

    va_start(args, fmt);

    for ( /* void */ ; *fmt; fmt++) {

        if (*fmt != '%') {
            *buf++ = (u_char) *fmt;
            continue;
        }

        switch (*++fmt) {

        case 'u':
            fmt++;
            buf += sprintf((char *) buf, "%lu",
                           (unsigned long) va_arg(args, ngx_uint_t));
            break;

        case 's':
            buf += sprintf((char *) buf, "%s", va_arg(args, char *));
            break;

        default:
            assert_int_equal(*fmt, 'V');
            v = va_arg(args, ngx_str_t *);
            memcpy(buf, v->data, v->len);
            buf += v->len;
            break;
        }
    }

    va_end(args);

    return buf;
}


static void
on_wake(ngx_event_t *ev)
{
    wakes++;
}


static int
setup(void **state)
{
    fake_init();

    memset(&zone, 0, sizeof(zone));
    ngx_str_set(&zone.name, "z");
    memset(&budget, 0, sizeof(budget));
    memset(&wake, 0, sizeof(wake));

    window = malloc(fin_window_bytes(64));
    fin_window_init(window, 64);

    budget.zone = &zone;
    budget.rate = 5;
    budget.burst = 3;
    budget.minute = 1;

    wake.handler = on_wake;
    wake.log = fake_log();
    wakes = 0;
    questions = 0;
    forgotten = 0;
    asking = NULL;
    locked = 0;

    ngx_http_finance_budget_start(&budget, &wake);

    return 0;
}


static int
teardown(void **state)
{
    ngx_http_finance_budget_stop(&budget);
    assert_int_equal(locked, 0);

    if (wake.posted) {
        fake_run_posted();
    }

    free(window);

    return fake_done();
}


/* {got, wait, left, ahead, last}, and what follows from it */

static void
answer_all(int64_t got, int64_t wait, int64_t ahead, int64_t last)
{
    ngx_uint_t                       i;
    ngx_http_finance_op_t           *op;
    ngx_http_finance_redis_reply_t  *r;

    int64_t  figures[5] = { got, wait, 0, ahead, last };

    assert_non_null(asking);

    r = ngx_pcalloc(asking->pool, 6 * sizeof(ngx_http_finance_redis_reply_t));
    assert_non_null(r);

    r[0].type = NGX_HTTP_FINANCE_REDIS_ARRAY;
    r[0].n = 5;
    r[0].element = &r[1];

    for (i = 0; i < 5; i++) {
        r[i + 1].type = NGX_HTTP_FINANCE_REDIS_INTEGER;
        r[i + 1].integer = figures[i];
    }

    asking->reply = r;
    op = &asking->op;
    asking = NULL;

    ngx_http_finance_op_complete(op, FIN_OK);
    fake_run_posted();
}


static void
answer(int64_t got, int64_t wait)
{
    answer_all(got, wait, 0, 0);
}


static void
break_off(fin_status_t status)
{
    ngx_http_finance_op_t  *op;

    assert_non_null(asking);

    op = &asking->op;
    asking = NULL;

    ngx_http_finance_op_complete(op, status);
    fake_run_posted();
}


/* for job number 7, unless it is said */

static ngx_int_t
take_for(uint64_t seq, ngx_uint_t background, ngx_uint_t want,
    ngx_uint_t need)
{
    ngx_http_finance_claim_t  claim;

    memset(&claim, 0, sizeof(claim));
    claim.seq = seq;
    claim.background = background != 0;
    claim.want = want;
    claim.need = need;
    claim.age = 250;
    claim.left = 9000;

    return ngx_http_finance_budget_take(&budget, &claim);
}


static ngx_int_t
take(ngx_uint_t want)
{
    return take_for(7, 0, want, want);
}


static ngx_int_t
take_background(ngx_uint_t want)
{
    return take_for(7, 1, want, want);
}


static uint32_t
in_zone(void)
{
    return 8 - fin_window_left(window, 8, SPAN, (int64_t) ngx_current_msec);
}


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
    assert_int_equal(ngx_http_finance_budget_left(&budget), 0);

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
        cmocka_unit_test_setup_teardown(granted, setup, teardown),
        cmocka_unit_test_setup_teardown(declined, setup, teardown),
        cmocka_unit_test_setup_teardown(in_part, setup, teardown),
        cmocka_unit_test_setup_teardown(spent_here, setup, teardown),
        cmocka_unit_test_setup_teardown(away, setup, teardown),
        cmocka_unit_test_setup_teardown(older_jobs_first, setup, teardown),
        cmocka_unit_test_setup_teardown(leaving, setup, teardown),
        cmocka_unit_test_setup_teardown(at_best, setup, teardown),
        cmocka_unit_test_setup_teardown(away_for_long, setup, teardown),
        cmocka_unit_test_setup_teardown(odd_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(busy, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(late, setup, teardown),
        cmocka_unit_test_setup_teardown(not_used, setup, teardown),
        cmocka_unit_test_setup_teardown(too_old, setup, teardown),
        cmocka_unit_test_setup_teardown(background, setup, teardown),
        cmocka_unit_test_setup_teardown(background_gives_way, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(waits, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(left_of_all, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

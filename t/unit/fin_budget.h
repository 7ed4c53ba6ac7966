/* A worker's side of the budget for tests: a window, a Redis of which the test
 * is the server, and a clock of its own. */

#ifndef FIN_BUDGET_H
#define FIN_BUDGET_H

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


static inline int
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


static inline int
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


static inline void
answer(int64_t got, int64_t wait)
{
    answer_all(got, wait, 0, 0);
}


static inline void
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


static inline ngx_int_t
take(ngx_uint_t want)
{
    return take_for(7, 0, want, want);
}


static inline ngx_int_t
take_background(ngx_uint_t want)
{
    return take_for(7, 1, want, want);
}


static inline uint32_t
in_zone(void)
{
    return 8 - fin_window_left(window, 8, SPAN, (int64_t) ngx_current_msec);
}


#endif

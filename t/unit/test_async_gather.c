/* build: src/async/ngx_http_finance_*.c t/unit/fake_nginx*.c */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/async/ngx_http_finance_gather.h"
#include "../../src/async/ngx_http_finance_op.h"
#include "../../src/async/ngx_http_finance_task.h"


#define PARTS  12


/* A part wants `waits` sleeps of `ms` and then ends with `rc`. */
typedef struct {
    ngx_uint_t              waits;
    ngx_msec_t              ms;
    ngx_int_t               rc;
    ngx_uint_t              steps;
    ngx_http_finance_op_t   op;
} part_t;


static ngx_http_finance_gather_t  gather;
static ngx_http_finance_task_t    task;
static ngx_pool_t                *pool;
static part_t                     part[PARTS];
static ngx_uint_t                 started[PARTS], nstarted;
static ngx_uint_t                 ended[PARTS], nended;
static ngx_uint_t                 under_way, most;
static ngx_int_t                  result;


static ngx_int_t
step(void *data, ngx_uint_t i)
{
    part_t  *p = &part[i];

    assert_ptr_equal(data, part);
    assert_true(i < PARTS);

    if (p->steps++ == 0) {
        started[nstarted++] = i;
        under_way++;

    } else if (ngx_http_finance_op_running(&p->op)) {
        return NGX_AGAIN;
    }

    if (p->waits) {
        p->waits--;
        most = ngx_max(most, under_way);
        ngx_http_finance_op_sleep(&p->op, &task, p->ms);
        return NGX_AGAIN;
    }

    under_way--;
    ended[nended++] = i;

    return p->rc;
}


static void
resume(ngx_http_finance_task_t *t)
{
    result = ngx_http_finance_gather_run(&gather);
}


static void
begin(ngx_uint_t n, ngx_uint_t limit)
{
    assert_int_equal(ngx_http_finance_gather_init(&gather, pool, n, limit,
                                                  step, part), NGX_OK);
    ngx_http_finance_task_wake(&task);
    fake_run_posted();
}


static int
setup(void **state)
{
    fake_init();

    ngx_memzero(part, sizeof(part));
    nstarted = nended = under_way = most = 0;
    result = NGX_DECLINED;

    pool = ngx_create_pool(1024, fake_log());
    ngx_http_finance_task_init(&task, NULL, fake_log(), resume, NULL, 0);

    return pool == NULL;
}


static int
teardown(void **state)
{
    ngx_http_finance_task_end(&task);
    ngx_destroy_pool(pool);

    return fake_done();
}


static void
limit_is_respected(void **state)
{
    static const struct {
        ngx_uint_t  n, limit, most;
        ngx_msec_t  all;        /* ms, each part taking 10 */
    } table[] = {
        { 12, 1, 1, 120 }, { 12, 3, 3, 40 }, { 12, 5, 5, 30 },
        { 12, 12, 12, 10 }, { 12, 99, 12, 10 }, { 12, 0, 12, 10 },
        { 1, 4, 1, 10 }
    };

    ngx_uint_t  i, k;

    for (k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
        ngx_memzero(part, sizeof(part));
        nstarted = nended = under_way = most = 0;

        for (i = 0; i < PARTS; i++) {
            part[i] = (part_t) { .waits = 1, .ms = 10 };
        }

        begin(table[k].n, table[k].limit);
        assert_int_equal(result, NGX_AGAIN);
        assert_int_equal(gather.active, table[k].most);
        assert_int_equal(gather.limit, table[k].most);

        fake_advance(table[k].all - 1);
        assert_int_equal(result, NGX_AGAIN);

        fake_advance(1);
        assert_int_equal(result, NGX_OK);
        assert_int_equal(most, table[k].most);
        assert_int_equal(gather.ok, table[k].n);
        assert_int_equal(gather.failed, 0);
        assert_int_equal(gather.active, 0);
        assert_int_equal(under_way, 0);
    }
}


static void
none_is_done_at_once(void **state)
{
    ngx_uint_t  limit;

    for (limit = 0; limit < 3; limit++) {
        begin(0, limit);
        assert_int_equal(result, NGX_OK);
        assert_int_equal(nstarted, 0);
    }
}


static void
parts_fail_alone(void **state)
{
    static const ngx_int_t  rc[PARTS] = {
        NGX_ERROR, NGX_OK, NGX_DECLINED, NGX_OK, NGX_DONE, NGX_OK,
        NGX_OK, NGX_HTTP_NOT_FOUND, NGX_OK, NGX_ABORT, NGX_BUSY, NGX_OK
    };

    ngx_uint_t  i;

    for (i = 0; i < PARTS; i++) {
        part[i] = (part_t) { .waits = i % 3, .ms = 10, .rc = rc[i] };
    }

    begin(PARTS, 4);
    fake_advance(1000);

    assert_int_equal(result, NGX_OK);
    assert_int_equal(gather.ok, 6);
    assert_int_equal(gather.failed, 6);
    assert_int_equal(nended, PARTS);
}


static void
all_may_fail(void **state)
{
    ngx_uint_t  i;

    for (i = 0; i < PARTS; i++) {
        part[i] = (part_t) { .waits = 1, .ms = 10, .rc = NGX_ERROR };
    }

    begin(PARTS, 2);
    fake_advance(1000);

    assert_int_equal(result, NGX_OK);
    assert_int_equal(gather.ok, 0);
    assert_int_equal(gather.failed, PARTS);
}


/* With a slot for one only, twelve parts that wait for nothing end in a run. */
static void
parts_that_complete_at_once(void **state)
{
    ngx_uint_t  i;

    begin(PARTS, 1);

    assert_int_equal(result, NGX_OK);
    assert_int_equal(gather.ok, PARTS);

    for (i = 0; i < PARTS; i++) {
        assert_int_equal(part[i].steps, 1);
    }
}


static void
next_starts_in_the_run_that_frees_a_slot(void **state)
{
    part[0] = (part_t) { .waits = 1, .ms = 50 };
    part[1] = (part_t) { .waits = 1, .ms = 10 };
    part[2] = (part_t) { .waits = 0 };
    part[3] = (part_t) { .waits = 1, .ms = 10 };
    part[4] = (part_t) { .waits = 1, .ms = 10 };

    begin(5, 2);
    assert_int_equal(nstarted, 2);

    fake_advance(10);       /* 1 ends, 2 ends at once, 3 starts */
    assert_int_equal(nstarted, 4);
    assert_int_equal(gather.active, 2);

    fake_advance(10);
    assert_int_equal(nstarted, 5);

    fake_advance(29);
    assert_int_equal(result, NGX_AGAIN);
    fake_advance(1);
    assert_int_equal(result, NGX_OK);
}


static void
order_is_kept(void **state)
{
    static const ngx_uint_t  ends[5] = { 3, 1, 4, 0, 2 };

    ngx_uint_t  i;

    for (i = 0; i < 5; i++) {
        part[ends[i]] = (part_t) { .waits = 1, .ms = 10 * (i + 1) };
    }

    begin(5, 0);
    fake_advance(100);

    assert_int_equal(result, NGX_OK);
    assert_int_equal(nended, 5);

    for (i = 0; i < 5; i++) {
        assert_int_equal(started[i], i);
        assert_int_equal(ended[i], ends[i]);
    }
}


/* A resume for nothing steps every part under way, once, and ends none. */
static void
spurious_run_changes_nothing(void **state)
{
    ngx_uint_t  i;

    for (i = 0; i < 4; i++) {
        part[i] = (part_t) { .waits = 1, .ms = 10 };
    }

    begin(4, 3);

    for (i = 0; i < 5; i++) {
        assert_int_equal(ngx_http_finance_gather_run(&gather), NGX_AGAIN);
    }

    assert_int_equal(part[0].steps, 6);
    assert_int_equal(part[2].steps, 6);
    assert_int_equal(part[3].steps, 0);

    fake_advance(100);
    assert_int_equal(result, NGX_OK);

    assert_int_equal(ngx_http_finance_gather_run(&gather), NGX_OK);
    assert_int_equal(nended, 4);
}


static void
no_memory(void **state)
{
    fake_alloc_fail(1);
    assert_int_equal(ngx_http_finance_gather_init(&gather, pool, 3, 2, step,
                                                  part), NGX_ERROR);
    assert_int_equal(nstarted, 0);

    assert_int_equal(ngx_http_finance_gather_init(&gather, pool,
                                                  NGX_MAX_SIZE_T_VALUE, 0,
                                                  step, part), NGX_ERROR);
}


#define T(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        T(limit_is_respected),
        T(none_is_done_at_once),
        T(parts_fail_alone),
        T(all_may_fail),
        T(parts_that_complete_at_once),
        T(next_starts_in_the_run_that_frees_a_slot),
        T(order_is_kept),
        T(spurious_run_changes_nothing),
        T(no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

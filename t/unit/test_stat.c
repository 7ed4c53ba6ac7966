/* build: src/stat/ngx_http_finance_stat*.c t/unit/fake_nginx*.c */
/* Counters, histograms and slots: what is in the zone, who has a slot in it,
 * and that the table of families names each counter once. */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "../../src/stat/ngx_http_finance_stat_table.h"
#include "../../src/stat/ngx_http_finance_stat_zone.h"


ngx_uint_t  ngx_pagesize = 4096;
ngx_pid_t   ngx_pid;
uint32_t    ngx_crc32_table256[256];

static ngx_uint_t           locked;
static ngx_slab_pool_t      pool;
static ngx_shm_zone_t       shm;
static size_t               shm_size;
static char                 shm_name[64];
static void                *shared;
static ngx_http_request_t  *request;

static ngx_http_finance_stat_zone_t  *zone;


void
ngx_shmtx_lock(ngx_shmtx_t *mtx)
{
    assert_int_equal(locked, 0);
    locked = 1;
}


void
ngx_shmtx_unlock(ngx_shmtx_t *mtx)
{
    assert_int_equal(locked, 1);
    locked = 0;
}


void *
ngx_slab_calloc(ngx_slab_pool_t *p, size_t size)
{
    assert_null(shared);
    assert_true(size <= shm_size);

    shared = calloc(1, size);

    return shared;
}


ngx_shm_zone_t *
ngx_shared_memory_add(ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag)
{
    memset(&shm, 0, sizeof(shm));
    memcpy(shm_name, name->data, name->len);
    shm_name[name->len] = '\0';
    shm_size = size;

    shm.shm.addr = (u_char *) &pool;
    shm.shm.log = fake_log();
    shm.tag = tag;

    return &shm;
}


u_char * ngx_cdecl
ngx_sprintf(u_char *buf, const char *fmt, ...)
{
    va_list  args;

    assert_string_equal(fmt, "finance_stat:%08xD");

    va_start(args, fmt);
    buf += sprintf((char *) buf, "finance_stat:%08x",
                   va_arg(args, unsigned));
    va_end(args);

    return buf;
}


static ngx_http_finance_stat_zone_t *
added(void)
{
    ngx_conf_t                     cf;
    ngx_http_finance_stat_zone_t  *z;

    memset(&cf, 0, sizeof(cf));
    cf.pool = request->pool;

    z = ngx_http_finance_stat_zone_add(&cf, &zone);
    assert_non_null(z);

    return z;
}


static void
crc_table(void)
{
    uint32_t  i, k, c;

    for (i = 0; i < 256; i++) {
        c = i;

        for (k = 0; k < 8; k++) {
            c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
        }

        ngx_crc32_table256[i] = c;
    }
}


static int
setup(void **state)
{
    fake_init();
    crc_table();
    request = fake_request();

    memset(&pool, 0, sizeof(pool));
    shared = NULL;
    locked = 0;
    ngx_pid = getpid();

    zone = added();
    assert_int_equal(shm.init(&shm, NULL), NGX_OK);

    return 0;
}


static int
teardown(void **state)
{
    ngx_http_finance_stat_end();
    free(shared);
    fake_request_free(request);

    return fake_done();
}


static uint64_t
counted(ngx_uint_t id)
{
    return zone->sh->counters.count[id];
}


/* a process that lives until it is reaped */

static pid_t
child(void)
{
    pid_t  pid;

    pid = fork();
    assert_true(pid >= 0);

    if (pid == 0) {
        alarm(60);      /* a test that fails reaps nobody */
        pause();
        _exit(0);
    }

    return pid;
}


static void
reap(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}


static ngx_http_finance_gauges_t *
slot_of(pid_t pid)
{
    ngx_pid = pid;
    ngx_http_finance_stat_begin(zone);
    assert_int_equal(ngx_http_finance_gauges->pid, pid);

    return ngx_http_finance_gauges;
}


/* before a worker's start and after its end counts go nowhere that is seen */

static void
test_dummy(void **state)
{
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_RETRIES, 5);
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, 2);
    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_RETRIES), 0);
    assert_int_equal(ngx_http_finance_stat_processes(), 0);

    ngx_http_finance_stat_begin(zone);
    assert_int_equal(ngx_http_finance_gauge_sum(
                         NGX_HTTP_FINANCE_GAUGE_STREAMS), 0);
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_RETRIES, 3);
    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_RETRIES), 3);
    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_WORKERS), 1);

    ngx_http_finance_stat_end();
    ngx_http_finance_stat_end();
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_RETRIES, 1);
    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_RETRIES), 3);

    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, -2);
}


/* what a worker counted stays, what it had goes */

static void
test_slots(void **state)
{
    pid_t                       a, b;
    ngx_http_finance_gauges_t  *one, *two, *three;

    a = child();
    b = child();

    one = slot_of(a);
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, 7);
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_STREAMS_OPENED, 7);

    two = slot_of(b);
    assert_ptr_not_equal(one, two);
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, 3);
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, -1);

    assert_int_equal(ngx_http_finance_stat_processes(), 2);
    assert_int_equal(ngx_http_finance_gauge_sum(
                         NGX_HTTP_FINANCE_GAUGE_STREAMS), 9);

    reap(a);

    assert_int_equal(ngx_http_finance_stat_processes(), 1);
    assert_int_equal(ngx_http_finance_gauge_sum(
                         NGX_HTTP_FINANCE_GAUGE_STREAMS), 2);
    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_STREAMS_OPENED), 7);

    /* its slot is the next one's, and empty */

    three = slot_of(getpid());
    assert_ptr_equal(three, one);
    assert_int_equal(three->gauge[NGX_HTTP_FINANCE_GAUGE_STREAMS], 0);
    assert_int_equal(ngx_http_finance_gauge_sum(
                         NGX_HTTP_FINANCE_GAUGE_STREAMS), 2);

    /* an end in order gives it back at once */

    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, 4);
    ngx_http_finance_stat_end();
    assert_int_equal(three->pid, 0);

    reap(b);
}


/* a slot of this pid is another process's that had it before */

static void
test_slot_same_pid(void **state)
{
    pid_t                       a;
    ngx_http_finance_gauges_t  *one, *two;

    a = child();
    one = slot_of(a);
    two = slot_of(getpid());
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, 4);
    reap(a);

    /* "one" is free and comes first */

    assert_ptr_equal(slot_of(getpid()), two);
    assert_ptr_not_equal(one, two);
    assert_int_equal(ngx_http_finance_gauge_sum(
                         NGX_HTTP_FINANCE_GAUGE_STREAMS), 0);
}


/* more processes than slots: what they count is counted all the same */

static void
test_slots_full(void **state)
{
    pid_t       a;
    ngx_uint_t  i;

    a = child();

    for (i = 0; i < NGX_HTTP_FINANCE_STAT_SLOTS; i++) {
        zone->sh->slot[i].pid = a;
    }

    ngx_http_finance_stat_begin(zone);
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, 1);
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_RETRIES, 1);

    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_RETRIES), 1);
    assert_int_equal(ngx_http_finance_gauge_sum(
                         NGX_HTTP_FINANCE_GAUGE_STREAMS), 0);

    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, -1);
    ngx_http_finance_stat_end();
    assert_int_equal(zone->sh->slot[0].pid, a);
    reap(a);
}


/* a reload takes it over, with what was counted; another layout is another */

static void
test_reload(void **state)
{
    char                           first[64];
    ngx_http_finance_stat_zone_t  *next;

    ngx_http_finance_stat_begin(zone);
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_RETRIES, 9);
    strcpy(first, shm_name);

    next = added();
    assert_string_equal(shm_name, first);
    assert_int_equal(shm.init(&shm, zone), NGX_OK);
    assert_ptr_equal(next->sh, zone->sh);
    assert_int_equal(next->sh->counters.count[NGX_HTTP_FINANCE_STAT_RETRIES],
                     9);

    ngx_http_finance_stat_route_set(NGX_HTTP_FINANCE_STAT_FIRST, "newcomer");
    next = added();
    assert_string_not_equal(shm_name, first);
    assert_int_equal(shm.init(&shm, zone), NGX_ERROR);

    ngx_http_finance_stat_route_set(NGX_HTTP_FINANCE_STAT_FIRST, NULL);
}


static void
test_times(void **state)
{
    uint64_t                       n;
    ngx_uint_t                     i;
    ngx_http_finance_histogram_t  *h;

    ngx_http_finance_stat_begin(zone);
    h = &zone->sh->counters.time[NGX_HTTP_FINANCE_TIME_HOLD];

    for (i = 0; i < NGX_HTTP_FINANCE_TIME_BOUNDS; i++) {
        n = ngx_http_finance_time_bounds[i];
        ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_HOLD, n);
        ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_HOLD, n + 1);
    }

    assert_int_equal(h->bucket[0], 1);

    for (i = 1; i < NGX_HTTP_FINANCE_TIME_BOUNDS; i++) {
        assert_true(ngx_http_finance_time_bounds[i]
                    > ngx_http_finance_time_bounds[i - 1]);
        assert_int_equal(h->bucket[i], 2);
    }

    assert_int_equal(h->bucket[NGX_HTTP_FINANCE_TIME_BOUNDS], 1);

    ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_UPSTREAM, 0);
    ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_UPSTREAM,
                               INT64_C(86400000000));
    h = &zone->sh->counters.time[NGX_HTTP_FINANCE_TIME_UPSTREAM];
    assert_int_equal(h->usec, INT64_C(86400000000));
    assert_int_equal(h->bucket[0], 1);
    assert_int_equal(h->bucket[NGX_HTTP_FINANCE_TIME_BOUNDS], 1);
}


/* what is inside another hold is a part of it */

static void
test_hold(void **state)
{
    uint64_t                       outer, inner;
    ngx_uint_t                     i, n;
    ngx_http_finance_histogram_t  *h;

    ngx_http_finance_stat_begin(zone);
    h = &zone->sh->counters.time[NGX_HTTP_FINANCE_TIME_HOLD];

    outer = ngx_http_finance_hold_begin();
    inner = ngx_http_finance_hold_begin();
    assert_true(outer > 0);
    assert_int_equal(inner, 0);
    ngx_http_finance_hold_end(inner);
    ngx_http_finance_hold_end(outer);

    outer = ngx_http_finance_hold_begin();
    ngx_http_finance_hold_end(outer);

    n = 0;

    for (i = 0; i <= NGX_HTTP_FINANCE_TIME_BOUNDS; i++) {
        n += h->bucket[i];
    }

    assert_int_equal(n, 2);
}


static void
test_request(void **state)
{
    ngx_uint_t  i, last, *row;

    static const ngx_uint_t  others[] = { 0, 9, 203, 418, 599, 1000 };

    ngx_http_finance_stat_begin(zone);
    row = (ngx_uint_t *) (void *)
              &zone->sh->counters.count[NGX_HTTP_FINANCE_STAT_REQUESTS
                                        + 3 * NGX_HTTP_FINANCE_STAT_STATUSES];
    last = NGX_HTTP_FINANCE_STAT_STATUSES - 1;

    for (i = 0; i < last; i++) {
        ngx_http_finance_stat_request(3, ngx_http_finance_stat_statuses[i]);
        assert_int_equal(row[i], 1);
    }

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        ngx_http_finance_stat_request(3, others[i]);
        assert_int_equal(row[last], i + 1);
    }
}


/* each counter, histogram and gauge is in one family, and in one only */

static void
test_table(void **state)
{
    ngx_uint_t                             i, j, n, of[3], *seen;
    const ngx_http_finance_stat_family_t  *f;

    of[FIN_PROM_COUNTER] = NGX_HTTP_FINANCE_STAT_N;
    of[FIN_PROM_GAUGE] = NGX_HTTP_FINANCE_GAUGE_N;
    of[FIN_PROM_HISTOGRAM] = NGX_HTTP_FINANCE_TIME_N;

    assert_true(NGX_HTTP_FINANCE_GAUGE_N <= NGX_HTTP_FINANCE_GAUGE_MAX);

    seen = calloc(3 * NGX_HTTP_FINANCE_STAT_N, sizeof(ngx_uint_t));
    assert_non_null(seen);

    for (i = 0; i < ngx_http_finance_stat_nfamilies; i++) {
        f = &ngx_http_finance_stat_families[i];
        n = f->label[0].n * f->label[1].n;
        assert_true(f->first + n <= of[f->type]);

        for (j = 0; j < n; j++) {
            seen[f->type * NGX_HTTP_FINANCE_STAT_N + f->first + j]++;
        }
    }

    for (i = 0; i < 3; i++) {
        for (j = 0; j < of[i]; j++) {
            assert_int_equal(seen[i * NGX_HTTP_FINANCE_STAT_N + j], 1);
        }
    }

    free(seen);
}


static ngx_uint_t
shown(const char *text)
{
    ngx_uint_t  found;
    fin_out_t   out;

    fin_out_init(&out, 4 * 1024 * 1024);
    ngx_http_finance_stat_out(&out);
    fin_out_raw(&out, "", 1);
    assert_int_equal(fin_out_status(&out), FIN_OK);

    found = strstr(out.data, text) != NULL;
    fin_out_free(&out);

    return found;
}


static void
test_out(void **state)
{
    ngx_http_finance_stat_begin(zone);
    ngx_http_finance_stat_route_set(NGX_HTTP_FINANCE_STAT_FIRST, "one");

    assert_true(shown("\nfinance_upstream_retries_total 0\n"));
    assert_false(shown("finance_http_requests_total{"));

    ngx_http_finance_stat_request(NGX_HTTP_FINANCE_STAT_FIRST, 404);
    ngx_http_finance_stat_request(NGX_HTTP_FINANCE_STAT_NONE, 777);
    ngx_http_finance_stat_cache(1, NGX_HTTP_FINANCE_CACHE_NEGATIVE, 1);
    ngx_http_finance_stat_upstream(8, NGX_HTTP_FINANCE_UPSTREAM_OTHER);
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_WORKERS, 4);
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_JOBS_WAITING, 6);

    assert_true(shown("\nfinance_http_requests_total{route=\"one\","
                      "status=\"404\"} 1\n"));
    assert_true(shown("\nfinance_http_requests_total{route=\"none\","
                      "status=\"other\"} 1\n"));
    assert_true(shown("\nfinance_cache_results_total{kind=\"bars\","
                      "result=\"negative\"} 1\n"));
    assert_true(shown("\nfinance_upstream_calls_total{resource=\"email\","
                      "outcome=\"other\"} 1\n"));
    assert_true(shown("\nfinance_worker_starts_total 5\n"));
    assert_true(shown("\nfinance_jobs{state=\"waiting\"} 6\n"));
    assert_true(shown("\nfinance_loop_hold_seconds_count 0\n"));

    ngx_http_finance_stat_route_set(NGX_HTTP_FINANCE_STAT_FIRST, NULL);
}


/* additions of many processes at once: none is lost */

static void
test_exact(void **state)
{
    pid_t       pid[4];
    ngx_uint_t  i, k;

    /* what children share is not malloc's */

    void  *m = mmap(NULL, sizeof(ngx_http_finance_stat_shared_t),
                    PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(m, MAP_FAILED);
    zone->sh = m;

    for (i = 0; i < 4; i++) {
        pid[i] = fork();
        assert_true(pid[i] >= 0);

        if (pid[i] == 0) {
            ngx_pid = getpid();
            ngx_http_finance_stat_begin(zone);

            for (k = 0; k < 50000; k++) {
                ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_RETRIES, 1);
                ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_REDIS, 20);
            }

            _exit(0);
        }
    }

    for (i = 0; i < 4; i++) {
        assert_int_equal(waitpid(pid[i], NULL, 0), pid[i]);
    }

    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_RETRIES), 200000);
    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_WORKERS), 4);
    assert_int_equal(zone->sh->counters.time[NGX_HTTP_FINANCE_TIME_REDIS]
                         .bucket[1], 200000);
    assert_int_equal(zone->sh->counters.time[NGX_HTTP_FINANCE_TIME_REDIS]
                         .usec, 4000000);

    munmap(m, sizeof(ngx_http_finance_stat_shared_t));
}


static void
test_account(void **state)
{
    ngx_http_finance_account_t  a, b;

    ngx_memzero(&a, sizeof(a));
    ngx_memzero(&b, sizeof(b));

    b.upstream_calls = 3;
    b.upstream_usec = 40;
    b.redis_calls = 2;
    b.redis_usec = 10;
    b.tickers = 7;

    ngx_http_finance_account_add(&a, &b);
    ngx_http_finance_account_add(&a, &b);
    ngx_http_finance_account_add(NULL, &b);
    ngx_http_finance_account_add(&a, NULL);

    assert_int_equal(a.upstream_calls, 6);
    assert_int_equal(a.upstream_usec, 80);
    assert_int_equal(a.redis_calls, 4);
    assert_int_equal(a.redis_usec, 20);
    assert_int_equal(a.tickers, 0);

    ngx_http_finance_stat_begin(zone);

    /* nobody's look is not counted */

    ngx_http_finance_account_cache(NULL, 0, NGX_HTTP_FINANCE_CACHE_MISS, 1);
    ngx_http_finance_account_cache(&a, 0, NGX_HTTP_FINANCE_CACHE_STALE, 0);
    ngx_http_finance_account_cache(&a, 0, NGX_HTTP_FINANCE_CACHE_MISS, 3);
    assert_true(a.missed && !a.fresh && !a.stale);
    ngx_http_finance_account_cache(&a, 0, NGX_HTTP_FINANCE_CACHE_STALE, 1);
    assert_true(a.missed && !a.fresh && a.stale);
    ngx_http_finance_account_cache(&a, 0, NGX_HTTP_FINANCE_CACHE_NEGATIVE,
                                   1);
    assert_true(a.missed && a.fresh && a.stale);

    assert_int_equal(counted(NGX_HTTP_FINANCE_STAT_CACHE
                             + NGX_HTTP_FINANCE_CACHE_MISS), 3);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_dummy, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slots, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slot_same_pid, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slots_full, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reload, setup, teardown),
        cmocka_unit_test_setup_teardown(test_times, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(test_request, setup, teardown),
        cmocka_unit_test_setup_teardown(test_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(test_account, setup, teardown)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

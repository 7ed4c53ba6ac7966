/* build: src/shm/ngx_http_finance_zone.c t/unit/fake_nginx*.c */
/* What is in the zone: made once, taken over, and begun anew when a worker
 * died while it changed it. */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/shm/ngx_http_finance_zone.h"


#define PERIOD  3600000


ngx_uint_t  ngx_pagesize = 4096;
ngx_uint_t  ngx_inherited;

static ngx_uint_t                locked;
static ngx_uint_t                room;          /* bytes that the slab gives */
static ngx_uint_t                allocated;     /* pieces */
static ngx_slab_pool_t           pool;
static ngx_shm_zone_t            shm;
static ngx_http_finance_zone_t  *zone;
static ngx_http_request_t       *request;       /* its pool is the cycle's */
static ngx_cycle_t               cycle;
static void                     *pieces[16];
static char                      shared_name[64];


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
ngx_slab_alloc_locked(ngx_slab_pool_t *p, size_t size)
{
    assert_int_equal(locked, 1);
    assert_true(allocated < 16);

    if (size > room) {
        return NULL;
    }

    room -= size;
    pieces[allocated] = malloc(size);
    memset(pieces[allocated], 0xb6, size);

    return pieces[allocated++];
}


void *
ngx_slab_calloc_locked(ngx_slab_pool_t *p, size_t size)
{
    void  *m;

    m = ngx_slab_alloc_locked(p, size);

    return m ? memset(m, 0, size) : NULL;
}


void
ngx_slab_free_locked(ngx_slab_pool_t *p, void *m)
{
    ngx_uint_t  i;

    assert_int_equal(locked, 1);

    for (i = 0; pieces[i] != m; i++) {
        assert_true(i < allocated);
    }

    free(m);
    pieces[i] = NULL;
}


ngx_shm_zone_t *
ngx_shared_memory_add(ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag)
{
    memset(&shm, 0, sizeof(shm));
    memcpy(shared_name, name->data, name->len);
    shared_name[name->len] = '\0';

    shm.shm.addr = (u_char *) &pool;
    shm.shm.log = fake_log();
    shm.tag = tag;

    return &shm;
}


/* Names only. */
u_char * ngx_cdecl
ngx_sprintf(u_char *buf, const char *fmt, ...)
{
    va_list     args;
    ngx_str_t  *name;

    va_start(args, fmt);
    name = va_arg(args, ngx_str_t *);

    if (strcmp(fmt, "finance:%V:%d") == 0) {
        buf += sprintf((char *) buf, "finance:%.*s:%d", (int) name->len,
                       name->data, va_arg(args, int));
    }

    va_end(args);

    return buf;
}


/* The zone of another configuration, over the same memory. */
static ngx_http_finance_zone_t *
another(size_t size, ngx_uint_t starts, ngx_uint_t limits)
{
    ngx_str_t                 name = ngx_string("x");
    ngx_conf_t                cf;
    ngx_http_finance_zone_t  *z;

    memset(&cf, 0, sizeof(cf));
    cf.pool = request->pool;

    z = ngx_http_finance_zone_add(&cf, &name, size, &zone);
    assert_non_null(z);
    z->starts = starts;
    z->limits = limits != 0;

    return z;
}


static int
setup(void **state)
{
    fake_init();
    request = fake_request();

    memset(&pool, 0, sizeof(pool));
    pool.pfree = 15;
    memset(pieces, 0, sizeof(pieces));
    allocated = 0;
    room = 60000;
    locked = 0;
    ngx_inherited = 0;

    memset(&cycle, 0, sizeof(cycle));
    cycle.log = fake_log();
    ngx_cycle = &cycle;

    zone = another(65536, 10, 1);

    return 0;
}


static int
teardown(void **state)
{
    ngx_uint_t  i;

    for (i = 0; i < allocated; i++) {
        free(pieces[i]);
    }

    assert_int_equal(locked, 0);
    fake_request_free(request);

    return fake_done();
}


static int64_t
now(void)
{
    return ngx_http_finance_zone_now() / 1000000;
}


static uint32_t
left(ngx_http_finance_zone_t *z)
{
    uint32_t       n;
    fin_window_t  *window;

    window = ngx_http_finance_zone_window(z);
    n = fin_window_left(window, 10, PERIOD, now());
    ngx_http_finance_zone_window_done(z);

    return n;
}


static void
start(ngx_http_finance_zone_t *z, uint32_t n)
{
    (void) fin_window_add(ngx_http_finance_zone_window(z), now(), n);
    ngx_http_finance_zone_window_done(z);
}


/* 1 or 0: of a bucket of one */
static int
call(ngx_http_finance_zone_t *z, const char *key)
{
    int                taken, dropped;
    fin_gcra_t         g;
    fin_callers_t     *c;
    fin_gcra_result_t  result;

    fin_gcra_init(&g, 1, 3600 * 1000000000LL, 1);

    c = ngx_http_finance_zone_callers(z);
    assert_non_null(c);
    taken = fin_callers_take(c, &g, key, strlen(key), 7,
                             ngx_http_finance_zone_now(), &result, &dropped);
    ngx_http_finance_zone_callers_done(z);

    return taken;
}


static void
fresh(void **state)
{
    assert_string_equal(shared_name, "finance:x:1");
    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    assert_int_equal(left(zone), 10);

    start(zone, 4);
    assert_int_equal(left(zone), 6);
    assert_int_equal(call(zone, "ann"), 1);
    assert_int_equal(call(zone, "ann"), 0);
    assert_int_equal(call(zone, "bob"), 1);
}


static void
only_what_is_needed(void **state)
{
    zone->starts = 0;
    zone->limits = 0;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    assert_null(zone->sh->window);
    assert_null(zone->sh->callers);
}


static void
taken_over(void **state)
{
    ngx_http_finance_zone_t  *next;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    start(zone, 4);
    assert_int_equal(call(zone, "ann"), 1);

    cycle.conf_ctx = (void *) &cycle;
    next = another(65536, 10, 1);
    assert_int_equal(shm.init(&shm, zone), NGX_OK);

    assert_ptr_equal(next->sh, zone->sh);
    assert_int_equal(left(next), 6);
    assert_int_equal(call(next, "ann"), 0);

    /* the old workers go on */
    start(zone, 1);
    assert_int_equal(left(next), 5);
}


static void
larger(void **state)
{
    fin_window_t             *old;
    ngx_http_finance_zone_t  *next;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    start(zone, 4);
    old = zone->sh->window;

    cycle.conf_ctx = (void *) &cycle;
    next = another(65536, 2000, 1);
    assert_int_equal(shm.init(&shm, zone), NGX_OK);

    assert_true(next->sh->window != old);
    assert_true(next->sh->window->size >= 2000);
    assert_int_equal(left(next), 6);

    /* the old workers have the new one, too */
    start(zone, 1);
    assert_int_equal(left(next), 5);

    /* a smaller one need not be made */
    (void) another(65536, 10, 1);
    assert_int_equal(shm.init(&shm, next), NGX_OK);
    assert_true(zone->sh->window->size >= 2000);
}


/* In a running nginx nothing is known of the calls before. */
static void
made_at_work(void **state)
{
    cycle.conf_ctx = (void *) &cycle;
    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    assert_int_equal(left(zone), 0);
}


static void
made_beside_another_binary(void **state)
{
    ngx_inherited = 1;
    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    assert_int_equal(left(zone), 0);
}


static void
another_layout(void **state)
{
    ngx_http_finance_zone_t  *next;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    zone->sh->layout++;

    next = another(65536, 10, 1);
    assert_int_equal(shm.init(&shm, zone), NGX_ERROR);
    assert_int_equal(fake_log_taken(NGX_LOG_EMERG), 1);
    assert_non_null(next);

    zone->sh->layout--;
    zone->sh->size--;
    assert_int_equal(shm.init(&shm, zone), NGX_ERROR);
    pool.data = NULL;
    assert_int_equal(shm.init(&shm, zone), NGX_ERROR);
    (void) fake_log_taken(NGX_LOG_EMERG);
}


/* A worker dies with the lock, which the master takes from it. */
static void
killed_in_the_window(void **state)
{
    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    assert_int_equal(call(zone, "ann"), 1);

    (void) ngx_http_finance_zone_window(zone);
    locked = 0;

    assert_int_equal(left(zone), 0);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);

    /* once, and the callers are what they were */
    assert_int_equal(left(zone), 0);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
    assert_int_equal(call(zone, "ann"), 0);
}


static void
killed_in_the_callers(void **state)
{
    fin_callers_t  *c;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    start(zone, 3);
    assert_int_equal(call(zone, "ann"), 1);
    assert_int_equal(call(zone, "ann"), 0);

    /* half a change that would never end */
    c = ngx_http_finance_zone_callers(zone);
    c->caller[0].next = 1;
    c->newest = 99;
    locked = 0;

    assert_int_equal(call(zone, "ann"), 1);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    assert_int_equal(call(zone, "ann"), 0);
    assert_int_equal(call(zone, "bob"), 1);
    assert_int_equal(left(zone), 7);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
}


/* Nothing is left for callers: nobody is limited, and that is said. */
static void
no_room_for_callers(void **state)
{
    room = 4096 + sizeof(ngx_http_finance_shared_t) + 64;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    assert_int_equal(left(zone), 10);
    assert_null(ngx_http_finance_zone_callers(zone));
    assert_int_equal(locked, 0);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);

    /* once a minute */
    assert_null(ngx_http_finance_zone_callers(zone));
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
    fake_advance(60000);
    assert_null(ngx_http_finance_zone_callers(zone));
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
}


static void
no_room_for_the_window(void **state)
{
    room = 2000;

    assert_int_equal(shm.init(&shm, NULL), NGX_ERROR);
    assert_int_equal(fake_log_taken(NGX_LOG_EMERG), 1);
}


static void
fits(void **state)
{
    static const struct {
        size_t      size;
        ngx_uint_t  starts, fits;
    } table[] = {
        { 65536, 1, 1 }, { 65536, 4094, 1 }, { 65536, 4095, 0 },
        { 1048576, 65534, 1 }, { 1048576, 65535, 0 }, { 1048576, 200000, 0 },
    };

    size_t  i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        zone->size = table[i].size;
        assert_int_equal(ngx_http_finance_zone_fits(zone, table[i].starts),
                         table[i].fits);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(fresh, setup, teardown),
        cmocka_unit_test_setup_teardown(only_what_is_needed, setup, teardown),
        cmocka_unit_test_setup_teardown(taken_over, setup, teardown),
        cmocka_unit_test_setup_teardown(larger, setup, teardown),
        cmocka_unit_test_setup_teardown(made_at_work, setup, teardown),
        cmocka_unit_test_setup_teardown(made_beside_another_binary, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(another_layout, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_in_the_window, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(killed_in_the_callers, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_room_for_callers, setup, teardown),
        cmocka_unit_test_setup_teardown(no_room_for_the_window, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fits, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

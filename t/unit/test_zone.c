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

#include "fin_zone.h"


#define PERIOD  3600000


static ngx_http_finance_zone_t  *zone;
static ngx_http_request_t       *request;       /* its pool is the cycle's */
static ngx_cycle_t               cycle;


static ngx_http_finance_zone_t *
another(size_t size, ngx_uint_t starts, ngx_uint_t limits)
{
    return test_zone_another(request->pool, size, starts, limits);
}


static int
setup(void **state)
{
    fake_init();
    request = fake_request();

    test_zone_begin(61440);

    memset(&cycle, 0, sizeof(cycle));
    cycle.log = fake_log();
    ngx_cycle = &cycle;

    zone = another(65536, 10, 1);

    return 0;
}


static int
teardown(void **state)
{
    test_zone_end();
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
    assert_string_equal(shared_name, "finance:x:2");
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
    shared->pool.data = NULL;
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
    assert_true(test_zone_force_unlock(ngx_pid));

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
    assert_true(test_zone_force_unlock(ngx_pid));

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
    assert_int_equal(shared->holder, 0);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);

    /* once a minute */
    assert_null(ngx_http_finance_zone_callers(zone));
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
    fake_advance(60000);
    assert_null(ngx_http_finance_zone_callers(zone));
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
}


/* Half a change that would never end: what is in the flights is gone. */
static void
killed_in_the_flights(void **state)
{
    uint32_t        ended;
    fin_flight_t   *flight;
    fin_flights_t  *f;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    start(zone, 3);
    assert_int_equal(call(zone, "ann"), 1);

    f = ngx_http_finance_zone_flights(zone);
    flight = fin_flights_lead(f, (u_char *) "12345678901234567890", 1, 0, 9);
    assert_non_null(flight);
    ngx_http_finance_zone_flights_done(zone);

    f = ngx_http_finance_zone_flights(zone);
    flight = fin_flights_find(f, (u_char *) "12345678901234567890");
    assert_non_null(flight);
    flight->next = 1;
    f->head = 0xffffffff;
    ended = zone->sh->flights_ended;
    assert_true(test_zone_force_unlock(ngx_pid));

    f = ngx_http_finance_zone_flights(zone);
    assert_null(fin_flights_find(f, (u_char *) "12345678901234567890"));
    assert_int_equal(f->n, 0);
    ngx_http_finance_zone_flights_done(zone);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    assert_int_not_equal(zone->sh->flights_ended, ended);

    (void) ngx_http_finance_zone_flights(zone);
    ngx_http_finance_zone_flights_done(zone);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
    assert_int_equal(left(zone), 7);
    assert_int_equal(call(zone, "ann"), 0);
}


static void
no_room_for_flights(void **state)
{
    room = 4096 + sizeof(ngx_http_finance_shared_t) + 64;
    zone->limits = 0;

    assert_int_equal(shm.init(&shm, NULL), NGX_OK);
    assert_int_equal(left(zone), 10);
    assert_null(ngx_http_finance_zone_flights(zone));
    assert_int_equal(shared->holder, 0);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    assert_null(ngx_http_finance_zone_flights(zone));
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
}


/* What a reload needs it has: old workers find the flights that are left. */
static void
flights_give_way(void **state)
{
    static const struct {
        ngx_uint_t  starts, limits, bytes;
    } table[] = {
        { 10, 0, 45056 }, { 10, 1, 20480 }, { 3000, 1, 4096 },
        { 10, 1, 4096 }, { 5000, 1, 0 },
    };

    size_t                    i;
    ngx_http_finance_zone_t  *next;

    zone = another(65536, table[0].starts, table[0].limits);
    cycle.conf_ctx = (void *) &cycle;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        next = another(65536, table[i].starts, table[i].limits);
        assert_int_equal(shm.init(&shm, i ? zone : NULL),
                         table[i].bytes ? NGX_OK : NGX_ERROR);

        if (table[i].limits) {
            assert_non_null(next->sh->callers);
        }

        assert_non_null(next->sh->flights);
        assert_true(next->sh->flights_bytes >= table[i].bytes);
        assert_ptr_equal(ngx_http_finance_zone_flights(next),
                         next->sh->flights);
        ngx_http_finance_zone_flights_done(next);
        zone = next;
    }

    (void) fake_log_taken(NGX_LOG_EMERG);
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
        cmocka_unit_test_setup_teardown(killed_in_the_flights, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_room_for_callers, setup, teardown),
        cmocka_unit_test_setup_teardown(no_room_for_flights, setup, teardown),
        cmocka_unit_test_setup_teardown(flights_give_way, setup, teardown),
        cmocka_unit_test_setup_teardown(no_room_for_the_window, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fits, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/redis/ngx_http_finance_redis_health.c */
/* When a pool is up or down and tries again, on a clock of our own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/redis/ngx_http_finance_redis_health.h"


#define RETRY  500

#define UNUSED      NGX_HTTP_FINANCE_REDIS_UNUSED
#define CONNECTING  NGX_HTTP_FINANCE_REDIS_CONNECTING
#define UP          NGX_HTTP_FINANCE_REDIS_UP
#define DOWN        NGX_HTTP_FINANCE_REDIS_DOWN


static ngx_http_finance_redis_health_t  h;


static int
setup(void **state)
{
    (void) state;

    ngx_http_finance_redis_health_init(&h);

    return 0;
}


static void
test_first(void **state)
{
    (void) state;

    assert_int_equal(h.state, UNUSED);

    ngx_http_finance_redis_health_try(&h, 1000);
    assert_int_equal(h.state, CONNECTING);

    /* the first success is nothing to tell */
    assert_int_equal(ngx_http_finance_redis_health_ready(&h), 0);
    assert_int_equal(h.state, UP);
}


static void
test_down_and_up(void **state)
{
    (void) state;

    ngx_http_finance_redis_health_try(&h, 1000);

    /* told once, not at each attempt */
    assert_int_equal(ngx_http_finance_redis_health_failed(&h, "refused", 0), 1);
    assert_int_equal(h.state, DOWN);
    assert_string_equal(h.reason, "refused");
    assert_int_equal(ngx_http_finance_redis_health_failed(&h, "other", 0), 0);
    assert_string_equal(h.reason, "other");

    ngx_http_finance_redis_health_try(&h, 2000);
    assert_int_equal(h.state, DOWN);

    assert_int_equal(ngx_http_finance_redis_health_ready(&h), 1);
    assert_int_equal(h.state, UP);
}


static void
test_one_of_two(void **state)
{
    (void) state;

    ngx_http_finance_redis_health_try(&h, 0);
    ngx_http_finance_redis_health_ready(&h);
    ngx_http_finance_redis_health_ready(&h);

    assert_int_equal(ngx_http_finance_redis_health_lost(&h, 60000, "x"), 0);
    assert_int_equal(h.state, UP);
    assert_int_equal(ngx_http_finance_redis_health_failed(&h, "full", 0), 0);
    assert_int_equal(h.state, UP);
}


/* a healthy connection's loss is repaired at once and fails nobody who comes */
static void
test_healthy_loss(void **state)
{
    (void) state;

    ngx_http_finance_redis_health_try(&h, 0);
    ngx_http_finance_redis_health_failed(&h, "w", 0);
    ngx_http_finance_redis_health_ready(&h);

    assert_int_equal(
        ngx_http_finance_redis_health_lost(&h, NGX_HTTP_FINANCE_REDIS_HEALTHY,
                                           "x"), 0);
    assert_int_equal(h.state, CONNECTING);
    assert_int_equal(ngx_http_finance_redis_health_delay(&h, RETRY, 12345), 0);

    assert_int_equal(ngx_http_finance_redis_health_failed(&h, "y", 0), 1);
    assert_int_equal(h.state, DOWN);
}


/* a server that accepts and hangs up is not asked in a tight loop */
static void
test_short_lived(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 1; i <= 5; i++) {
        ngx_http_finance_redis_health_try(&h, 0);
        ngx_http_finance_redis_health_ready(&h);

        assert_int_equal(ngx_http_finance_redis_health_lost(&h, 10, "x"), 1);
        assert_int_equal(h.state, DOWN);
        assert_int_equal(h.failures, i);
    }

    /* several lost together are one failure */
    ngx_http_finance_redis_health_init(&h);
    ngx_http_finance_redis_health_ready(&h);
    ngx_http_finance_redis_health_ready(&h);
    ngx_http_finance_redis_health_ready(&h);
    ngx_http_finance_redis_health_lost(&h, 10, "x");
    assert_int_equal(h.failures, 1);
    ngx_http_finance_redis_health_lost(&h, 10, "x");
    assert_int_equal(h.failures, 1);
}


/* full jitter: from 0 to a bound that doubles up to the cap */
static void
test_backoff(void **state)
{
    unsigned               i;
    uint64_t               c, delay, most;
    static const uint64_t  bound[] = { 200, 400, 750, 750, 750 };

    (void) state;

    for (i = 0; i < 5; i++) {
        ngx_http_finance_redis_health_failed(&h, "x", 0);
        most = 0;

        for (c = 0; c < 20000; c++) {
            delay = ngx_http_finance_redis_health_delay(&h, 200, c);
            most = delay > most ? delay : most;
        }

        assert_int_equal(most, bound[i]);
        assert_int_equal(ngx_http_finance_redis_health_delay(&h, 200, 0), 0);
    }

    for (i = 0; i < 1000; i++) {
        ngx_http_finance_redis_health_failed(&h, "x", 0);
    }

    assert_int_equal(
        ngx_http_finance_redis_health_delay(&h, RETRY, 750), 750);

    /* a retry above the cap is kept to */
    assert_int_equal(
        ngx_http_finance_redis_health_delay(&h, 30000, 30000), 30000);
}


/* a wrong password is not tried twice a second */
static void
test_slow(void **state)
{
    uint64_t  c, delay;

    (void) state;

    ngx_http_finance_redis_health_try(&h, 1000);
    ngx_http_finance_redis_health_failed(&h, "wrong user or password", 1);

    for (c = 0; c < 20000; c += 7) {
        delay = ngx_http_finance_redis_health_delay(&h, RETRY, c);
        assert_in_range(delay, NGX_HTTP_FINANCE_REDIS_SLOW / 2,
                        NGX_HTTP_FINANCE_REDIS_SLOW);
    }

    assert_int_equal(ngx_http_finance_redis_health_due(&h, RETRY, 1500), 0);
    assert_int_equal(ngx_http_finance_redis_health_due(&h, RETRY, 6000), 1);

    ngx_http_finance_redis_health_ready(&h);
    assert_int_equal(h.slow, 0);
}


static void
test_due(void **state)
{
    (void) state;

    ngx_http_finance_redis_health_try(&h, 1000);
    assert_int_equal(ngx_http_finance_redis_health_due(&h, RETRY, 9000), 0);

    ngx_http_finance_redis_health_failed(&h, "x", 0);
    assert_int_equal(ngx_http_finance_redis_health_due(&h, RETRY, 1499), 0);
    assert_int_equal(ngx_http_finance_redis_health_due(&h, RETRY, 1500), 1);

    ngx_http_finance_redis_health_try(&h, 1500);
    assert_int_equal(ngx_http_finance_redis_health_due(&h, RETRY, 1600), 0);
}


/* it hangs: down at once, with connections that are closed only then */
static void
test_hung(void **state)
{
    (void) state;

    ngx_http_finance_redis_health_try(&h, 0);
    ngx_http_finance_redis_health_ready(&h);
    ngx_http_finance_redis_health_ready(&h);

    assert_int_equal(ngx_http_finance_redis_health_hung(&h, "no answer"), 1);
    assert_int_equal(h.state, DOWN);
    assert_string_equal(h.reason, "no answer");
    assert_int_equal(h.failures, 1);

    ngx_http_finance_redis_health_closed(&h, 1);
    ngx_http_finance_redis_health_closed(&h, 1);
    assert_int_equal(h.state, DOWN);
    assert_int_equal(h.ready, 0);

    /* told once */
    assert_int_equal(ngx_http_finance_redis_health_hung(&h, "no answer"), 0);
    assert_int_equal(ngx_http_finance_redis_health_ready(&h), 1);
    assert_int_equal(h.state, UP);
}


/* a draining worker has closed its idle connections: no failure, the next
 * caller connects and waits */
static void
test_closed(void **state)
{
    (void) state;

    ngx_http_finance_redis_health_try(&h, 0);
    ngx_http_finance_redis_health_ready(&h);
    ngx_http_finance_redis_health_closed(&h, 1);

    assert_int_equal(h.state, UNUSED);
    assert_int_equal(h.ready, 0);
    assert_int_equal(h.failures, 0);

    ngx_http_finance_redis_health_try(&h, 0);
    ngx_http_finance_redis_health_failed(&h, "x", 0);
    ngx_http_finance_redis_health_closed(&h, 0);
    assert_int_equal(h.state, DOWN);
}


static void
test_long_reason(void **state)
{
    char  text[300];

    (void) state;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';

    ngx_http_finance_redis_health_failed(&h, text, 0);
    assert_int_equal(strlen(h.reason), sizeof(h.reason) - 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(test_first, setup),
        cmocka_unit_test_setup(test_down_and_up, setup),
        cmocka_unit_test_setup(test_one_of_two, setup),
        cmocka_unit_test_setup(test_healthy_loss, setup),
        cmocka_unit_test_setup(test_short_lived, setup),
        cmocka_unit_test_setup(test_backoff, setup),
        cmocka_unit_test_setup(test_slow, setup),
        cmocka_unit_test_setup(test_due, setup),
        cmocka_unit_test_setup(test_hung, setup),
        cmocka_unit_test_setup(test_closed, setup),
        cmocka_unit_test_setup(test_long_reason, setup)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

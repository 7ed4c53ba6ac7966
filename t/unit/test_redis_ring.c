/* build: src/redis/ngx_http_finance_redis_ring.c */
/* Messages that wait: order, what is dropped, and where the ring closes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/redis/ngx_http_finance_redis_ring.h"


#define SIZE  NGX_HTTP_FINANCE_REDIS_RING_SIZE
#define MAX   NGX_HTTP_FINANCE_REDIS_RING_MAX


static ngx_http_finance_redis_ring_t  ring;
static unsigned char                  out[MAX];


static int
setup(void **state)
{
    (void) state;

    memset(&ring, 0, sizeof(ring));

    return 0;
}


/* a message that tells its number and length by its content */
static void
fill(unsigned char *message, size_t len, unsigned number)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        message[i] = (unsigned char) (number * 31 + len + i * 7);
    }
}


static void
assert_message(int n, size_t len, unsigned number)
{
    unsigned char  want[MAX];

    fill(want, len, number);
    assert_int_equal(n, (int) len);
    assert_memory_equal(out, want, len);
}


static void
test_order(void **state)
{
    (void) state;

    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), -1);

    assert_true(ngx_http_finance_redis_ring_push(&ring, "one", 3));
    assert_true(ngx_http_finance_redis_ring_push(&ring, "", 0));
    assert_true(ngx_http_finance_redis_ring_push(&ring, "three", 5));

    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), 3);
    assert_memory_equal(out, "one", 3);
    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), 0);
    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), 5);
    assert_memory_equal(out, "three", 5);
    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), -1);
    assert_int_equal(ring.used, 0);
    assert_int_equal(ring.dropped, 0);
}


static void
test_too_long(void **state)
{
    unsigned char  message[MAX + 1];

    (void) state;

    memset(message, 'x', sizeof(message));

    assert_true(ngx_http_finance_redis_ring_push(&ring, message, MAX));
    assert_false(ngx_http_finance_redis_ring_push(&ring, message, MAX + 1));
    assert_int_equal(ring.dropped, 1);

    /* the one before is still there */
    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), MAX);
    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), -1);
}


/* the oldest go, as many as need be, and those that stay are whole */
static void
test_overflow(void **state)
{
    unsigned       i, most;
    unsigned char  message[MAX];

    (void) state;

    most = SIZE / (100 + 2);

    for (i = 0; i < most; i++) {
        fill(message, 100, i);
        assert_true(ngx_http_finance_redis_ring_push(&ring, message, 100));
    }

    fill(message, MAX, 5);
    assert_false(ngx_http_finance_redis_ring_push(&ring, message, MAX));

    /* what is free at the end, and that of ten, take 1026 */
    assert_int_equal(ring.dropped, 10);

    for (i = 10; i < most; i++) {
        assert_message(ngx_http_finance_redis_ring_pop(&ring, out), 100, i);
    }

    assert_message(ngx_http_finance_redis_ring_pop(&ring, out), MAX, 5);
    assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), -1);
}


/* against a list: any lengths, any mix of pushes and pops */
static void
test_model(void **state)
{
    enum { TURNS = 200000 };

    size_t          used;
    uint64_t        dropped, before;
    unsigned        head, tail, i;
    unsigned char   message[MAX];
    static size_t   len[TURNS];

    (void) state;

    srand(7);

    head = 0;
    tail = 0;
    used = 0;
    dropped = 0;

    for (i = 0; i < TURNS; i++) {

        /* phases in which it fills, and in which it empties */
        if (rand() % 100 < (i / 4000 % 2 ? 80 : 35)) {

            len[tail] = (size_t) rand() % (rand() % 8 ? 60 : MAX + 1);
            fill(message, len[tail], tail);

            before = dropped;

            while (used + len[tail] + 2 > SIZE) {
                used -= len[head++] + 2;
                dropped++;
            }

            assert_int_equal(
                ngx_http_finance_redis_ring_push(&ring, message, len[tail]),
                dropped == before);

            used += len[tail++] + 2;

        } else if (head == tail) {
            assert_int_equal(ngx_http_finance_redis_ring_pop(&ring, out), -1);

        } else {
            assert_message(ngx_http_finance_redis_ring_pop(&ring, out),
                           len[head], head);
            used -= len[head++] + 2;
        }

        assert_int_equal(ring.used, used);
        assert_int_equal(ring.dropped, dropped);
    }

    assert_true(dropped > 100);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(test_order, setup),
        cmocka_unit_test_setup(test_too_long, setup),
        cmocka_unit_test_setup(test_overflow, setup),
        cmocka_unit_test_setup(test_model, setup)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

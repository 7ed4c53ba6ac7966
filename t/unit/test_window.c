/* The window of starts: never more than cap in any period, on clocks that
 * stand, jump and go back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/core/fin_window.h"


#define MINUTE  60000


static fin_window_t *
window(uint32_t size)
{
    fin_window_t  *w;

    w = malloc(fin_window_bytes(size));
    assert_non_null(w);

    /* what stood there before means nothing */
    memset(w, 0xa5, fin_window_bytes(size));
    fin_window_init(w, size);

    return w;
}


/* Starts at the times that are not -1; then what is left and to wait for. */
static void
left_and_wait(void **state)
{
    static const struct {
        int64_t   at[6];
        uint32_t  cap;
        int64_t   now;
        uint32_t  left;
        int64_t   wait[4];          /* for the first, second ... */
    } table[] = {
        /* nothing was started */
        { { -1 }, 3, 0, 3, { 0, 0, 0, MINUTE } },
        { { -1 }, 1, 500, 1, { 0, MINUTE, 2 * MINUTE, 3 * MINUTE } },
        /* one, just now */
        { { 1000, -1 }, 3, 1000, 2, { 0, 0, MINUTE, MINUTE } },
        /* it counts until it is a whole minute old */
        { { 1000, -1 }, 1, 60999, 0, { 1, MINUTE + 1, 2 * MINUTE + 1,
                                       3 * MINUTE + 1 } },
        { { 1000, -1 }, 1, 61000, 1, { 0, MINUTE, 2 * MINUTE, 3 * MINUTE } },
        /* full: each is free when one grows old */
        { { 1000, 2000, 5000, -1 }, 3, 6000, 0,
          { 55000, 56000, 59000, 55000 + MINUTE } },
        { { 1000, 2000, 5000, -1 }, 3, 61000, 1, { 0, 1000, 4000, MINUTE } },
        { { 1000, 2000, 5000, -1 }, 3, 65000, 3, { 0, 0, 0, MINUTE } },
        /* more are remembered than count */
        { { 1000, 2000, 3000, 4000, 5000, 6000 }, 2, 7000, 0,
          { 58000, 59000, 58000 + MINUTE, 59000 + MINUTE } },
        { { 1000, 2000, 3000, 4000, 5000, 6000 }, 6, 7000, 0,
          { 54000, 55000, 56000, 57000 } },
        /* a cap over the ring's size is that size */
        { { 1000, 2000, 3000, 4000, 5000, 6000 }, 9, 7000, 0,
          { 54000, 55000, 56000, 57000 } },
        /* a cap that became less: those over it have to grow old, too */
        { { 1000, 1000, 1000, 1000, 2000, -1 }, 2, 61500, 1,
          { 0, 500, MINUTE, MINUTE + 500 } },
        /* the clock is a little behind the newest */
        { { 1000, 2000, -1 }, 2, 1500, 0, { 59500, 60500, 59500 + MINUTE,
                                            60500 + MINUTE } },
    };

    size_t         i, k;
    fin_window_t  *w;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        w = window(6);

        for (k = 0; k < 6 && table[i].at[k] != -1; k++) {
            assert_int_equal(fin_window_add(w, table[i].at[k], 1),
                             table[i].at[k]);
        }

        assert_int_equal(fin_window_left(w, table[i].cap, MINUTE,
                                         table[i].now), table[i].left);

        for (k = 0; k < 4; k++) {
            assert_int_equal(fin_window_wait(w, table[i].cap, MINUTE,
                                             table[i].now, (uint32_t) k + 1),
                             table[i].wait[k]);
        }

        free(w);
    }
}


/* What is waited for can be had then, and not a millisecond before. */
static void
wait_is_exact(void **state)
{
    int64_t        now, wait;
    uint32_t       i;
    fin_window_t  *w;

    w = window(5);
    now = 0;

    for (i = 0; i < 1000; i++) {
        wait = fin_window_wait(w, 5, MINUTE, now, 1);

        if (wait > 0) {
            assert_int_equal(fin_window_left(w, 5, MINUTE, now + wait - 1),
                             0);
            now += wait;
        }

        assert_true(fin_window_left(w, 5, MINUTE, now) > 0);
        (void) fin_window_add(w, now, 1);
        now += i * 7919 % 9000;
    }

    free(w);
}


/* Greedy callers on a clock that moves at random: any period is counted. */
static void
never_over(void **state)
{
    enum { CAP = 7, N = 20000 };

    int64_t        now, *at;
    uint32_t       left, n, i, seed;
    fin_window_t  *w;

    at = calloc(N, sizeof(int64_t));
    assert_non_null(at);

    w = window(CAP + 4);
    now = 12345;
    seed = 1;

    for (n = 0; n < N; /* void */ ) {
        seed = seed * 1664525 + 1013904223;
        now += (seed >> 20) % 400;

        left = fin_window_left(w, CAP, 1000, now);
        left = left ? 1 + (seed >> 8) % left : 0;

        (void) fin_window_add(w, now, left);

        for (i = 0; i < left && n < N; i++) {
            at[n++] = now;
        }
    }

    for (i = CAP; i < N; i++) {
        assert_true(at[i] - at[i - CAP] >= 1000);
    }

    free(at);
    free(w);
}


static void
full_when_filled(void **state)
{
    fin_window_t  *w;

    w = window(8);
    (void) fin_window_add(w, 10, 3);
    fin_window_fill(w, 5000);

    assert_int_equal(fin_window_left(w, 8, 1000, 5999), 0);
    assert_int_equal(fin_window_left(w, 1, 1000, 5999), 0);
    assert_int_equal(fin_window_left(w, 8, 1000, 6000), 8);
    assert_int_equal(fin_window_wait(w, 8, 1000, 5200, 8), 800);

    free(w);
}


/* The ring is full several times over; what is taken back is gone. */
static void
take_back(void **state)
{
    int64_t        at;
    fin_window_t  *w;

    w = window(4);

    (void) fin_window_add(w, 100, 3);
    (void) fin_window_add(w, 200, 3);
    assert_int_equal(w->n, 4);
    assert_int_equal(fin_window_left(w, 4, 1000, 300), 0);

    at = fin_window_add(w, 300, 2);         /* 200 200 300 300 */
    (void) fin_window_add(w, 400, 1);       /* 200 300 300 400 */

    fin_window_drop(w, at, 1);
    assert_int_equal(fin_window_left(w, 4, 1000, 500), 1);
    assert_int_equal(fin_window_wait(w, 3, 1000, 500, 1), 700);
    assert_int_equal(fin_window_wait(w, 3, 1000, 500, 2), 800);
    assert_int_equal(fin_window_wait(w, 3, 1000, 500, 3), 900);

    /* no more than there are, and none of another time */
    fin_window_drop(w, at, 5);
    fin_window_drop(w, 250, 5);
    assert_int_equal(fin_window_left(w, 4, 1000, 500), 2);

    (void) fin_window_add(w, 500, 2);
    assert_int_equal(fin_window_left(w, 4, 1000, 500), 0);
    assert_int_equal(fin_window_wait(w, 4, 1000, 500, 1), 700);
    assert_int_equal(fin_window_wait(w, 4, 1000, 500, 3), 1000);

    free(w);
}


static void
clock_behind(void **state)
{
    fin_window_t  *w;

    w = window(3);
    (void) fin_window_add(w, 10000, 1);
    (void) fin_window_add(w, 10040, 1);

    /* another's clock, a little behind: order stays, nothing moves */
    fin_window_clock(w, 10010, 50);
    assert_int_equal(fin_window_add(w, 10010, 1), 10040);
    assert_int_equal(fin_window_left(w, 3, 1000, 11039), 1);

    free(w);
}


static void
clock_set_back(void **state)
{
    fin_window_t  *w;

    w = window(3);
    (void) fin_window_add(w, 1000000, 1);
    (void) fin_window_add(w, 1000400, 2);

    fin_window_clock(w, 500, 50);

    /* the newest is now, the oldest 400 ms before */
    assert_int_equal(fin_window_left(w, 3, 1000, 500), 0);
    assert_int_equal(fin_window_wait(w, 3, 1000, 500, 1), 600);
    assert_int_equal(fin_window_wait(w, 3, 1000, 500, 2), 1000);
    assert_int_equal(fin_window_left(w, 3, 1000, 1500), 3);

    /* there is nothing to move, and nothing that has to */
    fin_window_init(w, 3);
    fin_window_clock(w, -70, 50);
    assert_int_equal(fin_window_left(w, 3, 1000, -70), 3);
    (void) fin_window_add(w, -70, 3);
    fin_window_clock(w, 900, 50);
    assert_int_equal(fin_window_wait(w, 3, 1000, 900, 1), 30);

    free(w);
}


static void
copies(void **state)
{
    fin_window_t  *w, *large, *small;

    w = window(4);
    (void) fin_window_add(w, 1, 1);
    (void) fin_window_add(w, 2, 1);
    (void) fin_window_add(w, 3, 1);
    (void) fin_window_add(w, 4, 1);
    (void) fin_window_add(w, 5, 1);

    large = window(9);
    fin_window_copy(large, w);
    assert_int_equal(large->n, 4);
    assert_int_equal(fin_window_wait(large, 4, 100, 5, 1), 97);
    assert_int_equal(fin_window_left(large, 9, 100, 5), 5);

    small = window(2);
    (void) fin_window_add(small, 900, 2);
    fin_window_copy(small, w);
    assert_int_equal(fin_window_wait(small, 2, 100, 5, 1), 99);
    assert_int_equal(fin_window_wait(small, 2, 100, 5, 2), 100);

    free(w);
    free(large);
    free(small);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(left_and_wait),
        cmocka_unit_test(wait_is_exact),
        cmocka_unit_test(never_over),
        cmocka_unit_test(full_when_filled),
        cmocka_unit_test(take_back),
        cmocka_unit_test(clock_behind),
        cmocka_unit_test(clock_set_back),
        cmocka_unit_test(copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

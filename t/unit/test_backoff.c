#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/core/fin_backoff.h"


/* The range's ends: random 0 gives 1, the largest random gives the cap. */
static void
cap_doubles_up_to_the_max(void **state)
{
    static const struct {
        uint32_t  attempt, base, max, cap;
    } table[] = {
        { 0, 100, 2000, 100 },
        { 1, 100, 2000, 200 },
        { 2, 100, 2000, 400 },
        { 4, 100, 2000, 1600 },
        { 5, 100, 2000, 2000 },
        { 31, 100, 2000, 2000 },
        { 32, 100, 2000, 2000 },
        { 33, 100, 2000, 2000 },
        { UINT32_MAX, 100, 2000, 2000 },
        { 0, 5000, 2000, 2000 },
        { 0, 1, 1, 1 },
        { 9, 1, 512, 512 },
        { 9, 1, 513, 512 },
        { 10, 1, 513, 513 },
        { 31, 1, UINT32_MAX, 2147483648U },
        { 32, 1, UINT32_MAX, UINT32_MAX },
        { 31, 2, UINT32_MAX, UINT32_MAX },
        { 1, 2147483647U, UINT32_MAX, 4294967294U },
        { 1, 2147483648U, UINT32_MAX, UINT32_MAX },
        { 0, UINT32_MAX, UINT32_MAX, UINT32_MAX },
        { 63, UINT32_MAX, UINT32_MAX, UINT32_MAX },
        { 3, 0, 2000, 8 },
        { 3, 100, 0, 1 },
        { 3, 0, 0, 1 },
    };

    size_t  i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_int_equal(fin_backoff(table[i].attempt, table[i].base,
                                     table[i].max, 0), 1);
        assert_int_equal(fin_backoff(table[i].attempt, table[i].base,
                                     table[i].max, UINT32_MAX), table[i].cap);
    }
}


static void
half_of_random_is_half_of_the_cap(void **state)
{
    assert_int_equal(fin_backoff(0, 100, 2000, 0x7fffffff), 50);
    assert_int_equal(fin_backoff(0, 100, 2000, 0x80000000), 51);
    assert_int_equal(fin_backoff(9, 100, 2000, 0x40000000), 501);
}


/* Over an even sweep of random, each of the eight values comes as often. */
static void
jitter_is_even(void **state)
{
    uint32_t  i, ms, seen[9] = { 0 };

    for (i = 0; i < 4096; i++) {
        ms = fin_backoff(3, 1, 100, i << 20);
        assert_in_range(ms, 1, 8);
        seen[ms]++;
    }

    for (i = 1; i <= 8; i++) {
        assert_int_equal(seen[i], 512);
    }
}


#define NOT   FIN_RETRY_NOT
#define NONE  (-1)


/* With the largest random number, which gives the cap of the backoff. */
static void
only_what_may_pass_is_tried_again(void **state)
{
    static const fin_retry_t  retry = { 3, 100, 2000 };

    static const struct {
        fin_status_t  status;
        uint32_t      http_status;
        int64_t       wait;
    } table[] = {
        { FIN_E_TIMEOUT, 504, 100 },
        { FIN_E_TIMEOUT, 408, 100 },
        { FIN_E_TIMEOUT, 0, 100 },
        { FIN_E_THROTTLED, 429, 100 },
        { FIN_E_TRUNCATED, 200, 100 },
        { FIN_E_UPSTREAM, 0, 100 },
        { FIN_E_UPSTREAM, 500, 100 },
        { FIN_E_UPSTREAM, 502, 100 },
        { FIN_E_UPSTREAM, 503, 100 },
        { FIN_E_UPSTREAM, 599, 100 },
        { FIN_E_UPSTREAM, 499, NOT },
        { FIN_E_UPSTREAM, 400, NOT },
        { FIN_E_UPSTREAM, 301, NOT },
        { FIN_E_UPSTREAM, 200, NOT },       /* compressed */
        { FIN_E_UPSTREAM, 100, NOT },
        { FIN_E_UNAUTHORIZED, 401, NOT },
        { FIN_E_NOT_ENTITLED, 403, NOT },
        { FIN_E_NOT_FOUND, 404, NOT },
        { FIN_E_TOO_BIG, 200, NOT },
        { FIN_E_SYNTAX, 200, NOT },
        { FIN_E_SHAPE, 200, NOT },
        { FIN_E_VALUE, 200, NOT },
        { FIN_E_NO_DATA, 200, NOT },
        { FIN_E_NOMEM, 0, NOT },
        { FIN_E_INTERNAL, 0, NOT },
        { FIN_E_BUSY, 0, NOT },
        { FIN_E_REDIS, 0, NOT },
        { FIN_E_CANCELLED, 504, NOT },
        { FIN_OK, 200, NOT },
    };

    size_t         i;
    fin_attempt_t  attempt;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        attempt = (fin_attempt_t) { table[i].status, table[i].http_status, 0,
                                    NONE, 1000 };

        assert_int_equal(fin_retry_wait(&retry, &attempt, UINT32_MAX),
                         table[i].wait);
    }
}


static void
attempts_and_time_end(void **state)
{
    static const struct {
        fin_retry_t  retry;
        uint32_t     n;
        int64_t      left, wait;
    } table[] = {
        { { 3, 100, 2000 }, 0, 1000, 100 },
        { { 3, 100, 2000 }, 1, 1000, 200 },
        { { 3, 100, 2000 }, 2, 1000, NOT },
        { { 3, 100, 2000 }, 3, 1000, NOT },
        { { 3, 100, 2000 }, UINT32_MAX, 1000, NOT },
        { { 3, 100, 150 }, 1, 1000, 150 },
        { { 2, 100, 2000 }, 0, 1000, 100 },
        { { 2, 100, 2000 }, 1, 1000, NOT },
        { { 1, 100, 2000 }, 0, 1000, NOT },
        { { 0, 100, 2000 }, 0, 1000, NOT },
        { { UINT32_MAX, 100, 2000 }, UINT32_MAX - 2, 3000, 2000 },
        { { UINT32_MAX, 100, 2000 }, UINT32_MAX - 1, 3000, NOT },

        /* a wait that takes all that is left leaves nothing for the attempt */
        { { 3, 100, 2000 }, 0, 101, 100 },
        { { 3, 100, 2000 }, 0, 100, NOT },
        { { 3, 100, 2000 }, 0, 1, NOT },
        { { 3, 100, 2000 }, 0, 0, NOT },
        { { 3, 100, 2000 }, 0, -1, NOT },
        { { 3, 100, 2000 }, 0, INT64_MIN, NOT },

        { { 3, 0, 0 }, 0, 2, 1 },
        { { 3, UINT32_MAX, UINT32_MAX }, 1, INT64_MAX, UINT32_MAX },
    };

    size_t         i;
    fin_attempt_t  attempt;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        attempt = (fin_attempt_t) { FIN_E_TIMEOUT, 504, table[i].n, NONE,
                                    table[i].left };

        assert_int_equal(fin_retry_wait(&table[i].retry, &attempt,
                                        UINT32_MAX),
                         table[i].wait);
    }
}


static void
what_the_other_side_asks_for_comes_on_top(void **state)
{
    static const struct {
        fin_status_t  status;
        uint32_t      http_status, n, max;
        int64_t       after, left, wait;
    } table[] = {
        { FIN_E_THROTTLED, 429, 0, 2000, 1, 9000, 1100 },
        { FIN_E_THROTTLED, 429, 1, 2000, 1, 9000, 1200 },
        { FIN_E_THROTTLED, 429, 2, 2000, 1, 9000, NOT },
        { FIN_E_THROTTLED, 429, 0, 2000, 0, 9000, 100 },
        { FIN_E_THROTTLED, 429, 0, 2000, NONE, 9000, 100 },
        { FIN_E_THROTTLED, 429, 0, 2000, INT64_MIN, 9000, 100 },
        { FIN_E_UPSTREAM, 503, 0, 2000, 2, 9000, 2100 },

        /* it means nothing anywhere else */
        { FIN_E_UPSTREAM, 500, 0, 2000, 2, 9000, 100 },
        { FIN_E_UPSTREAM, 0, 0, 2000, 2, 9000, 100 },
        { FIN_E_TIMEOUT, 504, 0, 2000, 3600, 9000, 100 },
        { FIN_E_TRUNCATED, 200, 0, 2000, 3600, 9000, 100 },
        { FIN_E_NOT_ENTITLED, 403, 0, 2000, 1, 9000, NOT },

        /* more than is left */
        { FIN_E_THROTTLED, 429, 0, 2000, 1, 1101, 1100 },
        { FIN_E_THROTTLED, 429, 0, 2000, 1, 1100, NOT },
        { FIN_E_THROTTLED, 429, 0, 2000, 9, 9000, NOT },

        /* more than anyone waits for */
        { FIN_E_THROTTLED, 429, 0, 2000, 30, 99000, 30100 },
        { FIN_E_THROTTLED, 429, 0, 2000, 31, 99000, NOT },
        { FIN_E_THROTTLED, 429, 0, 45000, 45, 99000, 45100 },
        { FIN_E_THROTTLED, 429, 0, 45000, 46, 99000, NOT },
        { FIN_E_UPSTREAM, 503, 0, 2000, 3600, INT64_MAX, NOT },
        { FIN_E_THROTTLED, 429, 0, 2000, INT64_MAX, INT64_MAX, NOT },
        { FIN_E_THROTTLED, 429, 0, 2000, INT64_MAX / 1000, INT64_MAX, NOT },
    };

    size_t         i;
    fin_retry_t    retry;
    fin_attempt_t  attempt;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        retry = (fin_retry_t) { 3, 100, table[i].max };
        attempt = (fin_attempt_t) { table[i].status, table[i].http_status,
                                    table[i].n, table[i].after,
                                    table[i].left };

        assert_int_equal(fin_retry_wait(&retry, &attempt, UINT32_MAX),
                         table[i].wait);
    }
}


/* The least of the jitter: never less than what was asked for. */
static void
jitter_only_adds(void **state)
{
    static const fin_retry_t  retry = { 3, 100, 2000 };

    fin_attempt_t  attempt = { FIN_E_THROTTLED, 429, 0, 1, 9000 };

    assert_int_equal(fin_retry_wait(&retry, &attempt, 0), 1001);

    attempt.retry_after = NONE;

    assert_int_equal(fin_retry_wait(&retry, &attempt, 0), 1);
    assert_int_equal(fin_retry_wait(&retry, &attempt, 0x80000000), 51);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(cap_doubles_up_to_the_max),
        cmocka_unit_test(half_of_random_is_half_of_the_cap),
        cmocka_unit_test(jitter_is_even),
        cmocka_unit_test(only_what_may_pass_is_tried_again),
        cmocka_unit_test(attempts_and_time_end),
        cmocka_unit_test(what_the_other_side_asks_for_comes_on_top),
        cmocka_unit_test(jitter_only_adds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

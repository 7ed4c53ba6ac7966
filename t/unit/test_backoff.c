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


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(cap_doubles_up_to_the_max),
        cmocka_unit_test(half_of_random_is_half_of_the_cap),
        cmocka_unit_test(jitter_is_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

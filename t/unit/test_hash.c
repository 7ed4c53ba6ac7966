/* fin_hash64: avalanche, collisions on small edits, length and seed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/codec/fin_snapshot.h"


static int
compare(const void *a, const void *b)
{
    uint64_t  x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return (x > y) - (x < y);
}


static void
assert_distinct(uint64_t *h, size_t n)
{
    size_t  i;

    qsort(h, n, sizeof(h[0]), compare);

    for (i = 1; i < n; i++) {
        if (h[i] == h[i - 1]) {
            fail_msg("collision: %016llx", (unsigned long long) h[i]);
        }
    }
}


static void
fill(char *data, size_t n)
{
    size_t    i;
    uint32_t  seed;

    seed = 11;

    for (i = 0; i < n; i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = "0123456789.,:\"{}abcdefghijklmnop"[seed >> 27];
    }
}


/*
 * Each input bit flips each output bit in half of the cases: 64 lengths, all
 * bits of each; a bit's share over its ~16000 trials is 0.5 within 6 sigma.
 */
static void
test_avalanche(void **state)
{
    char      data[64];
    size_t    len, bit, trials;
    uint64_t  h, d;
    unsigned  j, least, count[64] = { 0 };

    (void) state;
    fill(data, sizeof(data));
    trials = 0;
    least = 64;

    for (len = 1; len <= 64; len++) {
        h = fin_hash64(data, len, 0);

        for (bit = 0; bit < len * 8; bit++) {
            data[bit / 8] ^= (char) (1 << bit % 8);
            d = h ^ fin_hash64(data, len, 0);
            data[bit / 8] ^= (char) (1 << bit % 8);

            for (j = 0; j < 64; j++) {
                count[j] += d >> j & 1;
            }

            j = (unsigned) __builtin_popcountll(d);
            least = j < least ? j : least;
            trials++;
        }
    }

    assert_in_range(least, 12, 32);

    for (j = 0; j < 64; j++) {
        assert_true(fabs(count[j] / (double) trials - 0.5)
                    < 6 * 0.5 / sqrt((double) trials));
    }
}


/* One byte changed, anywhere, to anything. */
static void
test_edits(void **state)
{
    char       data[2048], saved;
    size_t     i, n;
    unsigned   c;
    uint64_t  *h;

    (void) state;
    fill(data, sizeof(data));
    h = malloc(sizeof(data) * 255 * sizeof(h[0]) + sizeof(h[0]));
    assert_non_null(h);
    n = 0;
    h[n++] = fin_hash64(data, sizeof(data), 0);

    for (i = 0; i < sizeof(data); i++) {
        saved = data[i];

        for (c = 0; c < 256; c++) {
            if ((char) c != saved) {
                data[i] = (char) c;
                h[n++] = fin_hash64(data, sizeof(data), 0);
            }
        }

        data[i] = saved;
    }

    assert_distinct(h, n);
    free(h);
}


/* Zeros, where a product could vanish: one or two bits set in 96 bytes. */
static void
test_sparse(void **state)
{
    char       data[96];
    size_t     i, j, n, bits;
    uint64_t  *h;

    (void) state;
    memset(data, 0, sizeof(data));
    bits = sizeof(data) * 8;
    h = malloc(bits * (bits + 1) * sizeof(h[0]));
    assert_non_null(h);
    n = 0;

    for (i = 0; i < bits; i++) {
        for (j = i; j < bits; j++) {
            data[i / 8] ^= (char) (1 << i % 8);

            if (j != i) {
                data[j / 8] ^= (char) (1 << j % 8);
            }

            h[n++] = fin_hash64(data, sizeof(data), 0);
            memset(data, 0, sizeof(data));
        }
    }

    assert_distinct(h, n);
    free(h);
}


/* The same zeros, longer; the words in another order; another seed. */
static void
test_length_order_seed(void **state)
{
    char      data[512], swap[16];
    size_t    i, j, n;
    uint64_t  h[512 + 64 * 64 + 64];

    (void) state;
    memset(data, 0, sizeof(data));
    n = 0;

    for (i = 0; i < 512; i++) {
        h[n++] = fin_hash64(data, i, 0);
    }

    fill(data, sizeof(data));

    for (i = 0; i < 64; i++) {
        for (j = i + 1; j < 64; j++) {
            memcpy(swap, data + 8 * i, 8);
            memcpy(data + 8 * i, data + 8 * j, 8);
            memcpy(data + 8 * j, swap, 8);
            h[n++] = fin_hash64(data, sizeof(data), 0);
            memcpy(data + 8 * j, data + 8 * i, 8);
            memcpy(data + 8 * i, swap, 8);
        }
    }

    for (i = 0; i < 64; i++) {
        h[n++] = fin_hash64(data, sizeof(data), (uint64_t) 1 << i);
    }

    assert_distinct(h, n);
}


/* What is stored by one version and host is compared by another. */
static void
test_fixed(void **state)
{
    char  data[100];

    (void) state;
    fill(data, sizeof(data));
    assert_true(fin_hash64(data, 100, 0) == UINT64_C(0x545e70f915b6c030));
    /* unaligned */
    memmove(data + 1, data, 99);
    assert_true(fin_hash64(data + 1, 31, 5) == UINT64_C(0x92c97314ff067d86));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_avalanche),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_sparse),
        cmocka_unit_test(test_length_order_seed),
        cmocka_unit_test(test_fixed)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

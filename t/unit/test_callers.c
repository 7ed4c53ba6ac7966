/* Buckets of callers: one, many, and more than there is room for. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/core/fin_callers.h"


#define SECOND  1000000000LL


static void
intervals(void **state)
{
    static const struct {
        uint32_t  rate;
        int64_t   period, interval;
    } table[] = {
        { 1, SECOND, SECOND },
        { 10, 60 * SECOND, 6 * SECOND },
        { 1000, SECOND, 1000000 },
        /* rounded to the slower side */
        { 3, SECOND, 333333334 },
        { 7, 60 * SECOND, 8571428572 },
        { 100000, SECOND, 10000 },
    };

    size_t      i;
    fin_gcra_t  g;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        fin_gcra_init(&g, table[i].rate, table[i].period, 5);
        assert_int_equal(g.interval, table[i].interval);
        assert_int_equal(g.cap, 5);
    }
}


/* A bucket of three, one token a second: what each call finds. */
static void
one_bucket(void **state)
{
    static const struct {
        int64_t   now;              /* ms */
        int       taken;
        uint32_t  left;
        int64_t   wait;             /* ms */
    } table[] = {
        { 10000, 1, 2, 1000 },
        { 10000, 1, 1, 1000 },
        { 10000, 1, 0, 1000 },
        { 10000, 0, 0, 1000 },
        { 10400, 0, 0, 600 },
        { 10999, 0, 0, 1 },
        { 11000, 1, 0, 1000 },
        { 11000, 0, 0, 1000 },
        /* half of a token is none */
        { 12500, 1, 0, 500 },
        { 13000, 1, 0, 1000 },
        { 15000, 1, 1, 1000 },
        /* never more than three */
        { 99000, 1, 2, 1000 },
        { 99200, 1, 1, 800 },
        /* set back: as if all were taken */
        { 5000, 0, 0, 1000 },
        { 6000, 1, 0, 1000 },
    };

    size_t             i;
    int64_t            full;
    fin_gcra_t         g;
    fin_gcra_result_t  r;

    fin_gcra_init(&g, 1, SECOND, 3);
    full = 0;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_int_equal(fin_gcra_take(&g, &full, table[i].now * 1000000, &r),
                         table[i].taken);
        assert_int_equal(r.left, table[i].left);
        assert_int_equal(r.wait, table[i].wait * 1000000);
    }
}


/* A caller who never stops gets the bucket and then the rate. */
static void
steady(void **state)
{
    int64_t            now, full;
    uint32_t           got;
    fin_gcra_t         g;
    fin_gcra_result_t  r;

    fin_gcra_init(&g, 7, SECOND, 9);
    full = 0;
    got = 0;

    for (now = SECOND; now < 11 * SECOND; now += SECOND / 1000) {
        got += (uint32_t) fin_gcra_take(&g, &full, now, &r);
    }

    /* 69.99 tokens came in that time */
    assert_int_equal(got, 9 + 69);
}


static fin_callers_t *
callers(size_t bytes)
{
    fin_callers_t  *c;

    c = malloc(bytes);
    assert_non_null(c);
    memset(c, 0x5a, bytes);
    assert_int_equal(fin_callers_init(c, bytes), 1);

    return c;
}


/* a hash that puts all into four slots */
static int
take(fin_callers_t *c, const fin_gcra_t *g, int i, int64_t now, int *dropped)
{
    int                n;
    char               key[FIN_CALLER_KEY + 1];
    fin_gcra_result_t  r;

    n = snprintf(key, sizeof(key), "caller %d", i);

    return fin_callers_take(c, g, key, (size_t) n, (uint64_t) i % 4, now, &r,
                            dropped);
}


static void
sizes(void **state)
{
    size_t          bytes;
    fin_callers_t  *c;

    c = malloc(70000);
    assert_non_null(c);

    for (bytes = 0; bytes < 24 + 96 + 4; bytes++) {
        assert_int_equal(fin_callers_init(c, bytes), 0);
    }

    for ( /* void */ ; bytes < 70000; bytes += 37) {
        assert_int_equal(fin_callers_init(c, bytes), 1);
        assert_true(c->max >= 1);
        assert_true(((uint64_t) c->mask + 1) * 9 / 4 >= c->max);
        assert_int_equal(c->mask & (c->mask + 1), 0);
        assert_true(sizeof(fin_callers_t) + c->max * sizeof(fin_caller_t)
                    + (c->mask + 1) * sizeof(uint32_t) <= bytes);

        /* and little is wasted */
        assert_true(c->max >= bytes / 108);
    }

    free(c);
}


static void
apart(void **state)
{
    int             i, dropped;
    fin_gcra_t      g;
    fin_callers_t  *c;

    fin_gcra_init(&g, 1, SECOND, 2);
    c = callers(64 * 1024);

    for (i = 0; i < 100; i++) {
        assert_int_equal(take(c, &g, i, SECOND, &dropped), 1);
        assert_int_equal(dropped, 0);
        assert_int_equal(take(c, &g, i, SECOND, &dropped), 1);
    }

    for (i = 0; i < 100; i++) {
        assert_int_equal(take(c, &g, i, SECOND, &dropped), 0);
    }

    assert_int_equal(c->n, 100);
    free(c);
}


static void
same_hash_other_key(void **state)
{
    int                dropped;
    fin_gcra_t         g;
    fin_callers_t     *c;
    fin_gcra_result_t  r;

    fin_gcra_init(&g, 1, SECOND, 1);
    c = callers(4096);

    assert_int_equal(fin_callers_take(c, &g, "a", 1, 5, SECOND, &r, &dropped),
                     1);
    assert_int_equal(fin_callers_take(c, &g, "b", 1, 5, SECOND, &r, &dropped),
                     1);
    assert_int_equal(fin_callers_take(c, &g, "ab", 2, 5, SECOND, &r,
                                      &dropped), 1);
    assert_int_equal(fin_callers_take(c, &g, "a", 1, 5, SECOND, &r, &dropped),
                     0);
    assert_int_equal(fin_callers_take(c, &g, "", 0, 5, SECOND, &r, &dropped),
                     1);

    free(c);
}


static void
keys_at_their_limit(void **state)
{
    int                dropped;
    char               key[FIN_CALLER_KEY + 1];
    fin_gcra_t         g;
    fin_callers_t     *c;
    fin_gcra_result_t  r;

    fin_gcra_init(&g, 1, SECOND, 1);
    c = callers(4096);
    memset(key, 'k', sizeof(key));

    assert_int_equal(fin_callers_take(c, &g, key, FIN_CALLER_KEY, 1, SECOND,
                                      &r, &dropped), 1);
    assert_int_equal(fin_callers_take(c, &g, key, FIN_CALLER_KEY, 1, SECOND,
                                      &r, &dropped), 0);
    assert_int_equal(fin_callers_take(c, &g, key, FIN_CALLER_KEY + 1, 1,
                                      SECOND, &r, &dropped), 0);
    assert_int_equal(c->n, 1);

    free(c);
}


/* Room for a few: who called last stays, who did not is new when it returns. */
static void
full(void **state)
{
    int             i, dropped, max;
    fin_gcra_t      g;
    fin_callers_t  *c;

    fin_gcra_init(&g, 1, 1000 * SECOND, 1);
    c = callers(1200);
    max = (int) c->max;
    assert_in_range(max, 8, 12);

    for (i = 0; i < max; i++) {
        assert_int_equal(take(c, &g, i, SECOND, &dropped), 1);
        assert_int_equal(dropped, 0);
    }

    /* the first calls again, so that the second is the oldest */
    assert_int_equal(take(c, &g, 0, SECOND, &dropped), 0);
    assert_int_equal(dropped, 0);

    assert_int_equal(take(c, &g, max, SECOND, &dropped), 1);
    assert_int_equal(dropped, 1);
    assert_int_equal(take(c, &g, 0, SECOND, &dropped), 0);
    assert_int_equal(take(c, &g, 1, SECOND, &dropped), 1);
    assert_int_equal(dropped, 1);

    /* nobody is missed whose bucket was full again */
    assert_int_equal(take(c, &g, max + 1, 5000 * SECOND, &dropped), 1);
    assert_int_equal(dropped, 0);
    assert_int_equal(c->n, max);

    free(c);
}


/* Thousands of callers in any order: nothing is lost in the lists. */
static void
many(void **state)
{
    enum { CALLERS = 5000, CALLS = 200000 };

    int             i, dropped;
    uint32_t        seed, n, place;
    fin_gcra_t      g;
    fin_callers_t  *c;

    fin_gcra_init(&g, 1, SECOND, 1);
    c = callers(16 * 1024);
    seed = 7;

    for (i = 0; i < CALLS; i++) {
        seed = seed * 1664525 + 1013904223;
        (void) take(c, &g, (int) ((seed >> 8) % CALLERS),
                    (i + 1) * (SECOND / 1000), &dropped);
    }

    assert_int_equal(c->n, c->max);

    n = 0;

    for (place = c->newest; place != 0; place = c->caller[place - 1].older) {
        n++;
    }

    assert_int_equal(n, c->max);

    for (n = 0, place = c->oldest;
         place != 0;
         place = c->caller[place - 1].newer)
    {
        n++;
    }

    assert_int_equal(n, c->max);
    free(c);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(intervals),
        cmocka_unit_test(one_bucket),
        cmocka_unit_test(steady),
        cmocka_unit_test(sizes),
        cmocka_unit_test(apart),
        cmocka_unit_test(same_hash_other_key),
        cmocka_unit_test(keys_at_their_limit),
        cmocka_unit_test(full),
        cmocka_unit_test(many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

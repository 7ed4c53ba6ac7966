/* Flights in one piece of memory: who leads, what is kept, what makes room. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/core/fin_flights.h"


#define BYTES  65536
#define KEYS   40


static unsigned char  keys[KEYS][FIN_FLIGHT_KEY];


/* What stood there before means nothing. */
static fin_flights_t *
flights(size_t bytes)
{
    int             i;
    fin_flights_t  *f;

    f = malloc(bytes);
    assert_non_null(f);
    memset(f, 0xa5, bytes);
    assert_int_equal(fin_flights_init(f, bytes), 1);

    /* some in one slot */
    for (i = 0; i < KEYS; i++) {
        memset(keys[i], 0, FIN_FLIGHT_KEY);
        keys[i][0] = (unsigned char) (i % 7);
        keys[i][FIN_FLIGHT_KEY - 1] = (unsigned char) i;
    }

    return f;
}


static void
too_small(void **state)
{
    static const struct {
        size_t  bytes;
        int     fits;
    } table[] = {
        { 0, 0 }, { 64, 0 }, { 2047, 0 }, { 2048, 1 }, { 4096, 1 },
        { 1048576, 1 },
    };

    size_t          i;
    fin_flights_t  *f;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        f = malloc(table[i].bytes + 1);
        assert_non_null(f);
        assert_int_equal(fin_flights_init(f, table[i].bytes), table[i].fits);
        free(f);
    }
}


static void
led(void **state)
{
    fin_flight_t   *flight;
    fin_flights_t  *f = flights(BYTES);

    assert_null(fin_flights_find(f, keys[3]));

    flight = fin_flights_lead(f, keys[3], 17, 1000, 4000);
    assert_non_null(flight);
    assert_ptr_equal(fin_flights_find(f, keys[3]), flight);
    assert_null(fin_flights_find(f, keys[10]));
    assert_int_equal(flight->leader, 17);
    assert_int_equal(flight->until, 4000);
    assert_int_equal(flight->state, FIN_FLIGHT_UP);
    assert_int_equal(flight->len, 0);

    /* what it brought stays when another one leads */
    flight->followed = 1;
    flight->state = FIN_FLIGHT_DOWN;
    assert_int_equal(fin_flights_keep(f, flight, "abc", 3), 1);
    assert_ptr_equal(fin_flights_lead(f, keys[3], 18, 2000, 5000), flight);
    assert_int_equal(flight->leader, 18);
    assert_int_equal(flight->followed, 0);
    assert_int_equal(flight->len, 3);
    assert_memory_equal(fin_flights_kept(f, flight), "abc", 3);

    fin_flights_drop(f, flight);
    assert_null(fin_flights_find(f, keys[3]));

    free(f);
}


/* Those in one slot do not lose each other. */
static void
one_slot(void **state)
{
    int             i, k;
    fin_flights_t  *f = flights(BYTES);

    for (i = 0; i < KEYS; i++) {
        assert_non_null(fin_flights_lead(f, keys[i], (uint64_t) i, 0, 10));
    }

    for (i = 0; i < KEYS; i += 3) {
        fin_flights_drop(f, fin_flights_find(f, keys[i]));

        for (k = 0; k < KEYS; k++) {
            if (k <= i && k % 3 == 0) {
                assert_null(fin_flights_find(f, keys[k]));

            } else {
                assert_int_equal(fin_flights_find(f, keys[k])->leader, k);
            }
        }
    }

    free(f);
}


/* 8 flights: dead and ended ones make room, those that are up never do. */
static void
full(void **state)
{
    int             i;
    fin_flight_t   *flight;
    fin_flights_t  *f = flights(8192);

    for (i = 0; i < 8; i++) {
        assert_non_null(fin_flights_lead(f, keys[i], 1, 1000, 2000 + i));
    }

    assert_null(fin_flights_lead(f, keys[8], 2, 1500, 4000));

    /* one who knows it already needs no room */
    assert_non_null(fin_flights_lead(f, keys[5], 2, 1500, 4000));

    /* the first is dead */
    assert_non_null(fin_flights_lead(f, keys[8], 2, 2000, 4000));
    assert_null(fin_flights_find(f, keys[0]));
    assert_null(fin_flights_lead(f, keys[9], 2, 2000, 4000));

    /* one has ended, and what is kept of it goes, too */
    flight = fin_flights_find(f, keys[5]);
    flight->state = FIN_FLIGHT_DOWN;
    assert_int_equal(fin_flights_keep(f, flight, "abcdef", 6), 1);
    flight = fin_flights_lead(f, keys[9], 2, 2000, 4000);
    assert_non_null(flight);
    assert_int_equal(flight->len, 0);
    assert_null(fin_flights_find(f, keys[5]));

    free(f);
}


static void
too_much(void **state)
{
    char           *data;
    uint32_t        most;
    fin_flight_t   *flight;
    fin_flights_t  *f = flights(BYTES);

    data = calloc(1, BYTES);
    assert_non_null(data);
    flight = fin_flights_lead(f, keys[0], 1, 0, 10);
    most = f->size / 2 - 8;

    assert_int_equal(fin_flights_keep(f, flight, data, 0), 0);
    assert_int_equal(flight->len, 0);
    assert_int_equal(fin_flights_keep(f, flight, data, most), 1);
    assert_int_equal(flight->len, most);

    /* and then what was there before is not what it brought */
    assert_int_equal(fin_flights_keep(f, flight, data, most + 1), 0);
    assert_int_equal(flight->len, 0);
    assert_int_equal(fin_flights_keep(f, flight, data, SIZE_MAX), 0);

    free(data);
    free(f);
}


/* The newest are kept: in any order, of any length, for a long time. */
static void
newest(void **state)
{
    int             i, k, length[KEYS], when[KEYS], turn;
    char            data[9000], fill[KEYS];
    size_t          j, since;
    fin_flight_t   *flight;
    fin_flights_t  *f = flights(BYTES);

    srand(20260619);
    memset(when, 0, sizeof(when));

    for (turn = 1; turn < 20000; turn++) {
        i = rand() % KEYS;
        length[i] = rand() % 10 ? 1 + rand() % 900 : 1 + rand() % 9000;
        fill[i] = (char) rand();
        when[i] = turn;

        memset(data, fill[i], (size_t) length[i]);
        flight = fin_flights_lead(f, keys[i], 1, 0, 10);
        assert_non_null(flight);

        if (rand() % 4) {
            flight->state = FIN_FLIGHT_DOWN;
        }

        assert_int_equal(fin_flights_keep(f, flight, data,
                                          (size_t) length[i]),
                         1);

        since = 0;

        for (k = turn; k > turn - KEYS && k > 0; k--) {

            for (i = 0; i < KEYS && when[i] != k; i++) { /* void */ }

            if (i == KEYS) {
                since += 9000;
                continue;
            }

            since += (size_t) length[i] + 16;
            flight = fin_flights_find(f, keys[i]);

            if (since < f->size / 2) {
                assert_non_null(flight);
                assert_int_equal(flight->len, length[i]);
            }

            if (flight && flight->len) {
                assert_int_equal(flight->len, length[i]);

                for (j = 0; j < flight->len; j++) {
                    assert_int_equal(((const char *)
                                      fin_flights_kept(f, flight))[j],
                                     fill[i]);
                }
            }
        }

        if (rand() % 50 == 0) {
            i = rand() % KEYS;
            flight = fin_flights_find(f, keys[i]);

            if (flight) {
                fin_flights_drop(f, flight);
                when[i] = 0;
            }
        }
    }

    free(f);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(too_small),
        cmocka_unit_test(led),
        cmocka_unit_test(one_slot),
        cmocka_unit_test(full),
        cmocka_unit_test(too_much),
        cmocka_unit_test(newest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

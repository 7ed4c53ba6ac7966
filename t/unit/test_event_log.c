#include <stdio.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_event_log.h"


static void
add(fin_event_log_t *log, uint64_t ms, uint64_t seq, const char *line)
{
    fin_event_id_t  id = { ms, seq };

    assert_int_equal(fin_event_log_add(log, &id, line, strlen(line)), FIN_OK);
}


static void
test_after(void **state)
{
    size_t           i;
    uint64_t         n;
    fin_event_log_t  log;
    fin_event_id_t   id;

    static const struct {
        uint64_t       ms;
        uint64_t       seq;
        fin_status_t   status;
        uint64_t       n;
    } rows[] = {
        { 0, 0, FIN_OK, 0 }, { 10, 0, FIN_OK, 1 }, { 10, 1, FIN_OK, 2 },
        { 30, 5, FIN_OK, 3 },
        { 0, 1, FIN_E_NOT_FOUND, 0 }, { 9, 9, FIN_E_NOT_FOUND, 0 },
        { 10, 2, FIN_E_NOT_FOUND, 0 }, { 30, 4, FIN_E_NOT_FOUND, 0 },
        { 30, 6, FIN_E_NO_DATA, 0 }, { UINT64_MAX, 0, FIN_E_NO_DATA, 0 }
    };

    (void) state;

    assert_int_equal(fin_event_log_init(&log), FIN_OK);

    id.ms = 1;
    id.seq = 1;
    assert_int_equal(fin_event_log_after(&log, &id, &n), FIN_E_NO_DATA);

    add(&log, 10, 0, "a");
    add(&log, 10, 1, "b");
    add(&log, 30, 5, "c");

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        id.ms = rows[i].ms;
        id.seq = rows[i].seq;

        assert_int_equal(fin_event_log_after(&log, &id, &n), rows[i].status);

        if (rows[i].status == FIN_OK) {
            assert_int_equal(n, rows[i].n);
        }
    }

    fin_event_log_before(&log, 0, &id);
    assert_true(id.ms == 0 && id.seq == 0);
    fin_event_log_before(&log, 3, &id);
    assert_true(id.ms == 30 && id.seq == 5);

    fin_event_log_free(&log);
}


/* ids only grow, and what says the same as a later one is old */
static void
test_add(void **state)
{
    fin_event_log_t  log;
    fin_event_id_t   id = { 5, 1 };

    (void) state;

    assert_int_equal(fin_event_log_init(&log), FIN_OK);

    add(&log, 5, 1, "stock A");
    add(&log, 5, 2, "stock B");
    add(&log, 6, 0, "stock A");

    assert_int_equal(fin_event_log_get(&log, 0)->old, 1);
    assert_int_equal(fin_event_log_get(&log, 1)->old, 0);
    assert_int_equal(fin_event_log_get(&log, 2)->old, 0);
    assert_null(fin_event_log_get(&log, 3));

    assert_int_equal(fin_event_log_add(&log, &id, "x", 1), FIN_E_VALUE);

    id.ms = 6;
    id.seq = 0;
    assert_int_equal(fin_event_log_add(&log, &id, "x", 1), FIN_E_VALUE);
    assert_int_equal(log.end, 3);

    fin_event_log_free(&log);
}


static void
test_full(void **state)
{
    char             line[32];
    uint64_t         i, n;
    fin_event_log_t  log;
    fin_event_id_t   id;

    (void) state;

    assert_int_equal(fin_event_log_init(&log), FIN_OK);

    for (i = 1; i <= FIN_EVENT_KEPT + 10; i++) {
        (void) snprintf(line, sizeof(line), "stock T%u", (unsigned) i);
        add(&log, i, 0, line);
        assert_int_equal(log.whole, i <= FIN_EVENT_KEPT);
    }

    assert_int_equal(log.first, 10);
    assert_null(fin_event_log_get(&log, 9));
    assert_int_equal(fin_event_log_get(&log, 10)->id.ms, 11);

    /* what was before the first that is kept is not known */

    id.seq = 0;
    id.ms = 0;
    assert_int_equal(fin_event_log_after(&log, &id, &n), FIN_E_NOT_FOUND);
    id.ms = 10;
    assert_int_equal(fin_event_log_after(&log, &id, &n), FIN_E_NOT_FOUND);
    id.ms = 11;
    assert_int_equal(fin_event_log_after(&log, &id, &n), FIN_OK);
    assert_int_equal(n, 11);

    /* cleared, it begins anew, and the count goes on */

    fin_event_log_clear(&log);
    assert_int_equal(log.first, FIN_EVENT_KEPT + 10);
    assert_null(fin_event_log_get(&log, 11));

    add(&log, 3, 0, "a");
    id.ms = 0;
    assert_int_equal(fin_event_log_after(&log, &id, &n), FIN_OK);
    assert_int_equal(n, FIN_EVENT_KEPT + 10);

    fin_event_log_free(&log);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_after),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_full)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

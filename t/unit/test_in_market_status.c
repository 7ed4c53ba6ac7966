/* The session; most of its answers are in test_in_reference.c. */

#include <string.h>

#include "fin_assert.h"
#include "fin_in.h"


static void
test_answers(void **state)
{
    size_t         i;
    int64_t        t;
    fin_session_t  session;

    static const struct {
        const char     *json;
        fin_status_t    status;
        fin_session_t   session;
        int64_t         t;
    } rows[] = {
        { "{\"status\":\"DELAYED\",\"market\":\"open\"}", FIN_OK,
          FIN_SESSION_OPEN, 0 },
        { "{\"market\":\"open\",\"market\":\"closed\"}", FIN_OK,
          FIN_SESSION_CLOSED, 0 },
        { "{\"market\":\"\"}", FIN_OK, FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":\"open \"}", FIN_OK, FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":\"open\",\"serverTime\":\"2021-03-31T21:30:00.25Z\"}",
          FIN_OK, FIN_SESSION_OPEN, 1617226200250 },
        { "{\"market\":\"open\",\"serverTime\":\"2021-03-31\"}", FIN_OK,
          FIN_SESSION_OPEN, 0 },
        { "{\"market\":\"open\",\"serverTime\":null}", FIN_OK,
          FIN_SESSION_OPEN, 0 },
        { "{\"market\":null}", FIN_E_SHAPE, FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":[\"open\"]}", FIN_E_SHAPE, FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":\"open\",\"status\":\"NOT_AUTHORIZED\"}",
          FIN_E_NOT_ENTITLED, FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":\"op\\u0000en\"}", FIN_E_SYNTAX, FIN_SESSION_UNKNOWN,
          0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        session = FIN_SESSION_EXTENDED;
        t = 5;
        assert_int_equal(fin_in_market_status(rows[i].json,
                                              strlen(rows[i].json), &session,
                                              &t, NULL), rows[i].status);
        assert_int_equal(session, rows[i].session);
        assert_true(t == rows[i].t);
    }
}


static void
test_error(void **state)
{
    int64_t         t;
    fin_session_t   session;
    fin_in_error_t  err;

    (void) state;

    assert_int_equal(fin_in_market_status("{\"market\":5}", 12, &session, &t,
                                          &err), FIN_E_SHAPE);
    assert_string_equal(err.field, "market");
    assert_string_equal(err.text, "not a string");
}


/* Every name reads back; what is out of range has the one of unknown. */
static void
test_names(void **state)
{
    char           json[64];
    int            k;
    int64_t        t;
    fin_session_t  session;

    (void) state;

    for (k = FIN_SESSION_UNKNOWN; k <= FIN_SESSION_EXTENDED; k++) {
        snprintf(json, sizeof(json), "{\"market\":\"%s\"}",
                 fin_session_name((fin_session_t) k));
        assert_int_equal(fin_in_market_status(json, strlen(json), &session,
                                              &t, NULL), FIN_OK);
        assert_int_equal(session, k);
    }

    assert_string_equal(fin_session_name((fin_session_t) 99), "unknown");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_names)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <string.h>

#include "fin_assert.h"
#include "fin_in.h"
#include "fin_market_file.h"


static void
test_reference(void **state)
{
    size_t          i;
    fin_in_error_t  err;

    static const struct {
        const char    *json;
        fin_status_t   status;
    } rows[] = {
        { "{\"results\":{\"active\":true},\"status\":\"OK\"}", FIN_OK },
        { "{\"results\":{}}", FIN_OK },
        { "{\"results\":{\"active\":null}}", FIN_OK },
        { "{\"results\":{\"Active\":false}}", FIN_OK },
        { "{\"results\":{\"active\":false}}", FIN_E_NOT_FOUND },
        { "{\"results\":{\"active\":true,\"active\":false}}",
          FIN_E_NOT_FOUND },
        { "{\"results\":{\"active\":\"false\"}}", FIN_E_SHAPE },
        { "{\"results\":{\"active\":0}}", FIN_E_SHAPE },
        { "{\"results\":[]}", FIN_E_SHAPE },
        { "{}", FIN_E_SHAPE },
        { "[]", FIN_E_SHAPE },
        { "{\"status\":\"NOT_FOUND\"}", FIN_E_NOT_FOUND },
        { "{\"status\":\"ERROR\"}", FIN_E_UPSTREAM },
        { "{\"status\":\"NOT_AUTHORIZED\"}", FIN_E_NOT_ENTITLED },
        { "{", FIN_E_SYNTAX }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(fin_in_reference(rows[i].json, strlen(rows[i].json),
                                          &err), rows[i].status);
    }
}


static void
test_market_status(void **state)
{
    size_t          i;
    int64_t         server_time;
    fin_session_t   session;
    fin_in_error_t  err;

    static const struct {
        const char     *json;
        fin_status_t    status;
        fin_session_t   session;
        int64_t         server_time;
    } rows[] = {
        { "{\"market\":\"open\",\"serverTime\":"
          "\"2021-03-31T21:30:00-04:00\"}", FIN_OK, FIN_SESSION_OPEN,
          1617240600000 },
        { "{\"market\":\"closed\"}", FIN_OK, FIN_SESSION_CLOSED, 0 },
        { "{\"market\":\"extended-hours\",\"serverTime\":\"soon\"}", FIN_OK,
          FIN_SESSION_EXTENDED, 0 },
        { "{\"market\":\"early\",\"serverTime\":5}", FIN_OK,
          FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":\"unknown\"}", FIN_OK, FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":\"Open\"}", FIN_OK, FIN_SESSION_UNKNOWN, 0 },
        { "{\"market\":5}", FIN_E_SHAPE, FIN_SESSION_UNKNOWN, 0 },
        { "{\"MARKET\":\"open\"}", FIN_E_SHAPE, FIN_SESSION_UNKNOWN, 0 },
        { "{\"status\":\"ERROR\"}", FIN_E_UPSTREAM, FIN_SESSION_UNKNOWN, 0 },
        { "{}x", FIN_E_SYNTAX, FIN_SESSION_UNKNOWN, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        session = FIN_SESSION_CLOSED;
        server_time = 5;
        assert_int_equal(fin_in_market_status(rows[i].json,
                                              strlen(rows[i].json), &session,
                                              &server_time, &err),
                         rows[i].status);
        assert_int_equal(session, rows[i].session);
        assert_true(server_time == rows[i].server_time);
    }

    assert_string_equal(fin_session_name(FIN_SESSION_UNKNOWN), "unknown");
    assert_string_equal(fin_session_name(FIN_SESSION_EXTENDED),
                        "extended-hours");
}


static void
test_files(void **state)
{
    char           *json;
    size_t          i, len;
    int64_t         server_time;
    fin_session_t   session;

    static const struct {
        const char    *name;
        fin_status_t   status;
    } files[] = {
        { "reference/AAPL.json", FIN_OK },
        { "reference/TWX.json", FIN_E_NOT_FOUND },
        { "answers/ticker-not-found.404.json", FIN_E_NOT_FOUND },
        { "answers/not-authorized.403.json", FIN_E_NOT_ENTITLED },
        { "answers/too-many.429.json", FIN_E_UPSTREAM }
    };

    (void) state;

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        json = fin_market_file(files[i].name, &len);

        if (json == NULL) {
            skip();
        }

        assert_int_equal(fin_in_reference(json, len, NULL), files[i].status);
        free(json);
    }

    json = fin_market_file("answers/marketstatus-closed.200.json", &len);
    assert_non_null(json);
    assert_int_equal(fin_in_market_status(json, len, &session, &server_time,
                                          NULL), FIN_OK);
    assert_int_equal(session, FIN_SESSION_CLOSED);
    assert_true(server_time == 1617240600000);
    free(json);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_market_status),
        cmocka_unit_test(test_files)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

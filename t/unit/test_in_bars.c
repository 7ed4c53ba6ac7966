#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_in.h"
#include "fin_market_file.h"


#define BAR    "\"o\":10,\"h\":12,\"l\":9,\"c\":11"
#define ONE    "{\"t\":1000," BAR "}"
#define ROW(bar)  "{\"results\":[" ONE "," bar "]}"


typedef struct {
    const char    *json;
    fin_status_t   status;
    const char    *field;               /* of the error */
} row_t;


static const row_t  rows[] = {
    { "{\"results\":[" ONE "]}", FIN_OK, NULL },
    { " \r\n{\"results\":[" ONE "]}\n ", FIN_OK, NULL },
    { "{\"status\":\"DELAYED\",\"results\":[" ONE "]}", FIN_OK, NULL },
    { "{\"status\":7,\"results\":[" ONE "]}", FIN_OK, NULL },

    { "{}", FIN_E_NO_DATA, "results" },
    { "{\"results\":null}", FIN_E_NO_DATA, "results" },
    { "{\"results\":[]}", FIN_E_NO_DATA, "results" },
    { "{\"Results\":[" ONE "]}", FIN_E_NO_DATA, "results" },
    { "{\"status\":\"ERROR\",\"results\":[" ONE "]}", FIN_E_UPSTREAM,
      "status" },
    { "{\"status\":\"NOT_AUTHORIZED\"}", FIN_E_NOT_ENTITLED, "status" },
    { "{\"status\":\"NOT_FOUND\"}", FIN_E_NOT_FOUND, "status" },

    { "", FIN_E_SYNTAX, "body" },
    { "   ", FIN_E_SYNTAX, "body" },
    { "<html>", FIN_E_SYNTAX, "body" },
    { "[]", FIN_E_SHAPE, "body" },
    { "null", FIN_E_SHAPE, "body" },
    { "\"x\"", FIN_E_SHAPE, "body" },
    { "{\"results\":[" ONE "]", FIN_E_SYNTAX, "byte 50" },
    { "{\"results\":[" ONE, FIN_E_SYNTAX, NULL },
    { "{\"results\":[" ONE "],", FIN_E_SYNTAX, "byte 51" },
    { "{\"results\":[" ONE "]}{}", FIN_E_SYNTAX, "byte 51" },
    { "{\"results\":[],}", FIN_E_SYNTAX, NULL },
    { "\xef\xbb\xbf{}", FIN_E_SYNTAX, "body" },
    { "{\"x\":\"a\\u0000b\",\"results\":[" ONE "]}", FIN_E_SYNTAX, "body" },
    { "{\"x\":\"a\\\\u0000b\",\"results\":[" ONE "]}", FIN_OK, NULL },
    { "{\"x\":\"\xff\xfe\",\"results\":[" ONE "]}", FIN_OK, NULL },

    { "{\"results\":{}}", FIN_E_SHAPE, "results" },
    { "{\"results\":5}", FIN_E_SHAPE, "results" },
    { "{\"results\":[" ONE ",5]}", FIN_E_SHAPE, "results[1]" },
    { "{\"results\":[" ONE ",null]}", FIN_E_SHAPE, "results[1]" },

    { ROW("{\"t\":1001," BAR "}"), FIN_OK, NULL },
    { ROW("{\"t\":1000," BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{\"t\":999," BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{" BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{\"T\":1001," BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{\"t\":\"1001\"," BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{\"t\":1e999," BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{\"t\":1e300," BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{\"t\":-1," BAR "}"), FIN_E_VALUE, "results[1].t" },
    { ROW("{\"t\":1001,\"o\":1,\"h\":1,\"l\":1}"), FIN_E_VALUE,
      "results[1].c" },
    { ROW("{\"t\":1001," BAR ",\"c\":0}"), FIN_E_VALUE, "results[1].c" },
    { ROW("{\"t\":1001," BAR ",\"c\":-3}"), FIN_E_VALUE, "results[1].c" },
    { ROW("{\"t\":1001," BAR ",\"c\":1e999}"), FIN_E_VALUE, "results[1].c" },
    { ROW("{\"t\":1001," BAR ",\"c\":\"11\"}"), FIN_E_VALUE,
      "results[1].c" },
    { ROW("{\"t\":1001," BAR ",\"c\":null}"), FIN_E_VALUE, "results[1].c" },
    { ROW("{\"t\":1001," BAR ",\"o\":null}"), FIN_E_VALUE, "results[1].o" },
    { ROW("{\"t\":1001," BAR ",\"h\":8}"), FIN_E_VALUE, "results[1].h" },
    { ROW("{\"t\":1001," BAR ",\"l\":-1e999}"), FIN_E_VALUE, "results[1].l" }
};


static void
test_rows(void **state)
{
    size_t          i, len;
    char           *json;
    fin_bars_t      bars;
    fin_status_t    status;
    fin_in_error_t  err;

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(&err, 0, sizeof(err));
        len = strlen(rows[i].json);

        /* without the NUL, for the sanitizer */
        json = malloc(len == 0 ? 1 : len);
        memcpy(json, rows[i].json, len);
        status = fin_in_bars(json, len, &bars, &err);
        free(json);

        if (status != rows[i].status) {
            print_error("%s: %s %s\n", rows[i].json, err.field, err.text);
        }

        assert_int_equal(status, rows[i].status);

        if (status == FIN_OK) {
            assert_int_not_equal(bars.n, 0);
            fin_bars_free(&bars);

        } else if (rows[i].field != NULL) {
            assert_string_equal(err.field, rows[i].field);
            assert_string_not_equal(err.text, "");
        }

        assert_null(bars.bar);
        assert_int_equal(bars.n, 0);
    }

    assert_int_equal(fin_in_bars("{\"a\":\"\0\"}", 9, &bars, NULL),
                     FIN_E_SYNTAX);
}


static void
test_values(void **state)
{
    fin_bars_t   bars;
    const char  *json;

    (void) state;

    json = "{\"results\":[{\"v\":75555200,\"vw\":58.6,\"o\":58.485714,"
           "\"c\":58.747143,\"h\":58.92857,\"l\":58.42857,"
           "\"t\":1325566800000,\"n\":5,\"T\":\"AAPL\",\"V\":1,\"C\":9},"
           "{\"t\":1325653200000,\"o\":1,\"o\":2,\"h\":3,\"l\":1,\"c\":2,"
           "\"v\":-1,\"vw\":0},"
           "{\"t\":1325739600000,\"o\":2,\"h\":3,\"l\":1,\"c\":2,"
           "\"v\":0,\"vw\":1e999}]}";

    assert_int_equal(fin_in_bars(json, strlen(json), &bars, NULL), FIN_OK);
    assert_int_equal(bars.n, 3);

    assert_true(bars.bar[0].t == 1325566800000);
    fin_assert_same(bars.bar[0].o, 58.485714);
    fin_assert_same(bars.bar[0].h, 58.92857);
    fin_assert_same(bars.bar[0].l, 58.42857);
    fin_assert_same(bars.bar[0].c, 58.747143);
    fin_assert_same(bars.bar[0].v, 75555200);
    fin_assert_same(bars.bar[0].vw, 58.6);

    fin_assert_same(bars.bar[1].o, 2);          /* the last of two counts */
    fin_assert_same(bars.bar[1].v, NAN);
    fin_assert_same(bars.bar[1].vw, NAN);
    fin_assert_same(bars.bar[2].v, 0);
    fin_assert_same(bars.bar[2].vw, NAN);

    fin_bars_free(&bars);
}


/* n bars, or that many brackets. */
static char *
repeat(const char *before, const char *part, size_t n, const char *after)
{
    char    *json, *p;
    size_t   i, len;

    len = strlen(part);
    json = malloc(strlen(before) + n * (len + 32) + strlen(after) + 1);
    p = json + sprintf(json, "%s", before);

    for (i = 0; i < n; i++) {
        if (part[0] == '{') {
            p += sprintf(p, "%s{\"t\":%zu," BAR "}", i == 0 ? "" : ",",
                         i + 1);
        } else {
            p = (char *) memcpy(p, part, len) + len;
        }
    }

    memcpy(p, after, strlen(after) + 1);

    return json;
}


static void
test_bounds(void **state)
{
    char            *json;
    size_t           i;
    fin_bars_t       bars;
    fin_in_error_t   err;

    (void) state;

    for (i = 0; i < 2; i++) {
        json = repeat("{\"results\":[", "{" BAR "}", 20000 + i, "]}");
        assert_int_equal(fin_in_bars(json, strlen(json), &bars, &err),
                         i == 0 ? FIN_OK : FIN_E_TOO_BIG);
        assert_int_equal(bars.n, i == 0 ? 20000 : 0);
        fin_bars_free(&bars);
        free(json);
    }

    /* given up at a depth of 64, and without recursion */
    json = repeat("{\"results\":", "[", 2000000, "}");
    assert_int_equal(fin_in_bars(json, strlen(json), &bars, &err),
                     FIN_E_SYNTAX);
    free(json);

    json = repeat("", " ", 16 * 1024 * 1024 - 1, "{}");
    assert_int_equal(fin_in_bars(json, strlen(json), &bars, &err),
                     FIN_E_TOO_BIG);
    assert_int_equal(fin_in_bars(json + 1, strlen(json) - 1, &bars, &err),
                     FIN_E_NO_DATA);
    free(json);
}


static void
test_real(void **state)
{
    size_t       i, len;
    char        *json;
    fin_bars_t   bars;

    static const struct {
        const char  *name;
        size_t       n;
    } files[] = {
        { "real/AAPL.bars.json", 1258 },
        { "real/GOOG.bars.json", 1258 },
        { "real/NFLX.bars.json", 1008 },
        { "real/SPY.bars.json", 1320 }
    };

    (void) state;

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        json = fin_market_file(files[i].name, &len);

        if (json == NULL) {
            skip();
        }

        assert_int_equal(fin_in_bars(json, len, &bars, NULL), FIN_OK);
        assert_int_equal(bars.n, files[i].n);
        fin_bars_free(&bars);

        /* cut anywhere, it is refused */
        assert_int_equal(fin_in_bars(json, len / 2, &bars, NULL),
                         FIN_E_SYNTAX);
        free(json);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_real)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_in_body.h"
#include "fin_json_check.h"
#include "fin_time.h"


static fin_problems_t  problems;


/* The answer's bytes, ended by a NUL; the caller frees them. */
static char *
written(void)
{
    fin_out_t  out;

    fin_out_init(&out, 1 << 20);
    fin_out_problems(&out, &problems);
    fin_out_raw(&out, "", 1);
    assert_int_equal(fin_out_status(&out), FIN_OK);

    return out.data;
}


static void
expect(const char *json)
{
    char  *data;

    data = written();
    assert_string_equal(data, json);
    free(data);
}


/* As FastAPI answers the same body for a model {"ticker": str}. */
static void
test_watchlist(void **state)
{
    size_t   i, len;
    char    *json, ticker[FIN_TICKER_MAX + 1];

    static const struct {
        const char    *body;
        fin_status_t   status;
        const char    *ticker;          /* or the answer */
    } rows[] = {
        { "{\"ticker\":\"aapl\"}", FIN_OK, "AAPL" },
        { " {\"x\":[{}],\"ticker\":\" brk.b\\n\"} ", FIN_OK, "BRK.B" },
        { "{\"ticker\":\"A\",\"ticker\":\"B\"}", FIN_OK, "B" },
        { "{\"ticker\":\"a/b\"}", FIN_E_VALUE, NULL },
        { "{\"ticker\":\"\"}", FIN_E_VALUE, NULL },
        { "", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\"],"
          "\"msg\":\"Field required\",\"input\":null}]}" },
        { "null", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\"],"
          "\"msg\":\"Field required\",\"input\":null}]}" },
        { "{\"ticker\": }", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"json_invalid\",\"loc\":[\"body\",11],"
          "\"msg\":\"JSON decode error\",\"input\":{},"
          "\"ctx\":{\"error\":\"Expecting value\"}}]}" },
        { "{\"ticker\":\"\\x\"}", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"json_invalid\",\"loc\":[\"body\",11],"
          "\"msg\":\"JSON decode error\",\"input\":{},"
          "\"ctx\":{\"error\":\"Invalid \\\\escape\"}}]}" },
        { "[\"aapl\"]", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"model_attributes_type\","
          "\"loc\":[\"body\"],\"msg\":\"Input should be a valid dictionary "
          "or object to extract fields from\",\"input\":[\"aapl\"]}]}" },
        { "\"aa\\\"pl\"", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"model_attributes_type\","
          "\"loc\":[\"body\"],\"msg\":\"Input should be a valid dictionary "
          "or object to extract fields from\",\"input\":\"aa\\\"pl\"}]}" },
        { "{\"Ticker\":\"aapl\"}", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"ticker\"],"
          "\"msg\":\"Field required\",\"input\":{\"Ticker\":\"aapl\"}}]}" },
        { "{\"ticker\":5}", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"string_type\","
          "\"loc\":[\"body\",\"ticker\"],"
          "\"msg\":\"Input should be a valid string\",\"input\":5}]}" },
        { "{\"ticker\":null}", FIN_E_SHAPE,
          "{\"detail\":[{\"type\":\"string_type\","
          "\"loc\":[\"body\",\"ticker\"],"
          "\"msg\":\"Input should be a valid string\",\"input\":null}]}" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fin_problems_init(&problems);
        len = strlen(rows[i].body);
        json = malloc(len == 0 ? 1 : len);
        memcpy(json, rows[i].body, len);

        assert_int_equal(fin_in_watchlist(json, len, ticker, &problems),
                         rows[i].status);
        free(json);

        if (rows[i].status == FIN_E_SHAPE) {
            assert_int_equal(problems.n, 1);
            expect(rows[i].ticker);

        } else {
            assert_int_equal(problems.n, 0);
            assert_string_equal(ticker, rows[i].status == FIN_OK
                                        ? rows[i].ticker : "");
        }
    }
}


/* White space at the ends is not counted; the input is told as it was given. */
static void
test_trimmed(void **state)
{
    size_t               len;
    fin_body_t           body;
    const char          *json, *text;
    fin_string_limits_t  name = { 1, 3 };

    (void) state;

    json = "{\"a\":\" \\t x y\\n\",\"b\":\"  \",\"c\":\" abcd \","
           "\"d\":\" \xc3\xa9\xc3\xa9\xc3\xa9 \",\"e\":5}";

    fin_problems_init(&problems);
    assert_int_equal(fin_body_open(&body, json, strlen(json), &problems),
                     FIN_OK);

    assert_int_equal(fin_body_trimmed(&body, "a", 1, &name, &text, &len),
                     FIN_OK);
    assert_int_equal(len, 3);
    assert_memory_equal(text, "x y", 3);

    assert_int_equal(fin_body_trimmed(&body, "d", 1, &name, &text, &len),
                     FIN_OK);
    assert_int_equal(len, 6);
    assert_int_equal(problems.n, 0);

    assert_int_equal(fin_body_trimmed(&body, "b", 1, NULL, &text, &len),
                     FIN_OK);
    assert_int_equal(len, 0);

    assert_int_equal(fin_body_trimmed(&body, "b", 1, &name, &text, &len),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_trimmed(&body, "c", 1, &name, &text, &len),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_trimmed(&body, "e", 0, &name, &text, &len),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_trimmed(&body, "f", 0, &name, &text, &len),
                     FIN_E_NO_DATA);
    fin_body_close(&body);

    expect("{\"detail\":["
           "{\"type\":\"string_too_short\",\"loc\":[\"body\",\"b\"],"
           "\"msg\":\"String should have at least 1 character\","
           "\"input\":\"  \",\"ctx\":{\"min_length\":1}},"
           "{\"type\":\"string_too_long\",\"loc\":[\"body\",\"c\"],"
           "\"msg\":\"String should have at most 3 characters\","
           "\"input\":\" abcd \",\"ctx\":{\"max_length\":3}},"
           "{\"type\":\"string_type\",\"loc\":[\"body\",\"e\"],"
           "\"msg\":\"Input should be a valid string\",\"input\":5}]}");
}


static const char *const  sides[] = { "call", "put", NULL };


/* Every bad field of one body is told. */
static void
test_all_at_once(void **state)
{
    int                   b;
    size_t                side, len;
    double                price;
    int64_t               quantity;
    fin_body_t            body;
    fin_date_t            date;
    const char           *json, *text;
    fin_int_limits_t      at_least = { 1, 9 };
    fin_double_limits_t   positive = { 0, NAN, NAN };
    fin_string_limits_t   name = { 1, 3 };

    (void) state;

    json = "{\"quantity\":5.5,\"many\":12,\"price\":-1,\"strike\":\"x\","
           "\"side\":\"buy\",\"date\":\"2026-02-30\",\"flag\":[],"
           "\"name\":\"\",\"long\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\","
           "\"nul\":null}";

    fin_problems_init(&problems);
    assert_int_equal(fin_body_open(&body, json, strlen(json), &problems),
                     FIN_OK);

    assert_int_equal(fin_body_int(&body, "quantity", 1, NULL, &quantity),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_int(&body, "many", 1, &at_least, &quantity),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_double(&body, "price", 1, &positive, &price),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_double(&body, "strike", 1, NULL, &price),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_choice(&body, "side", 1, sides, &side),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_date(&body, "date", 1, &date), FIN_E_VALUE);
    assert_int_equal(fin_body_bool(&body, "flag", 1, &b), FIN_E_VALUE);
    assert_int_equal(fin_body_string(&body, "name", 1, &name, &text, &len),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_string(&body, "long", 1, &name, &text, &len),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_double(&body, "nul", 1, NULL, &price),
                     FIN_E_VALUE);
    assert_int_equal(fin_body_double(&body, "nul", 0, NULL, &price),
                     FIN_E_NO_DATA);
    assert_int_equal(fin_body_double(&body, "none", 0, NULL, &price),
                     FIN_E_NO_DATA);
    fin_body_close(&body);

    expect("{\"detail\":["
           "{\"type\":\"int_from_float\",\"loc\":[\"body\",\"quantity\"],"
           "\"msg\":\"Input should be a valid integer, got a number with a "
           "fractional part\",\"input\":5.5},"
           "{\"type\":\"less_than_equal\",\"loc\":[\"body\",\"many\"],"
           "\"msg\":\"Input should be less than or equal to 9\","
           "\"input\":12,\"ctx\":{\"le\":9}},"
           "{\"type\":\"greater_than\",\"loc\":[\"body\",\"price\"],"
           "\"msg\":\"Input should be greater than 0\",\"input\":-1,"
           "\"ctx\":{\"gt\":0}},"
           "{\"type\":\"float_parsing\",\"loc\":[\"body\",\"strike\"],"
           "\"msg\":\"Input should be a valid number, unable to parse string "
           "as a number\",\"input\":\"x\"},"
           "{\"type\":\"literal_error\",\"loc\":[\"body\",\"side\"],"
           "\"msg\":\"Input should be 'call' or 'put'\",\"input\":\"buy\","
           "\"ctx\":{\"expected\":\"'call' or 'put'\"}},"
           "{\"type\":\"date_from_datetime_parsing\","
           "\"loc\":[\"body\",\"date\"],\"msg\":\"Input should be a valid "
           "date or datetime, day value is outside expected range\","
           "\"input\":\"2026-02-30\","
           "\"ctx\":{\"error\":\"day value is outside expected range\"}},"
           "{\"type\":\"bool_type\",\"loc\":[\"body\",\"flag\"],"
           "\"msg\":\"Input should be a valid boolean\",\"input\":[]},"
           "{\"type\":\"string_too_short\",\"loc\":[\"body\",\"name\"],"
           "\"msg\":\"String should have at least 1 character\","
           "\"input\":\"\",\"ctx\":{\"min_length\":1}},"
           "{\"type\":\"string_too_long\",\"loc\":[\"body\",\"long\"],"
           "\"msg\":\"String should have at most 3 characters\","
           "\"input\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\","
           "\"ctx\":{\"max_length\":3}},"
           "{\"type\":\"float_type\",\"loc\":[\"body\",\"nul\"],"
           "\"msg\":\"Input should be a valid number\",\"input\":null}"
           "]}");
}


/* JSON values as pydantic 2.13 reads them: the value, or the type. */
static void
test_values(void **state)
{
    int            b;
    char           json[128], got[64];
    size_t         i, side;
    double         d;
    int64_t        n;
    fin_body_t     body;
    fin_date_t     date;
    fin_status_t   status;

    static const struct {
        char         kind;
        const char  *value;
        const char  *result;
    } rows[] = {
        { 'i', "5", "5" }, { 'i', "5.0", "5" }, { 'i', "\"5\"", "5" },
        { 'i', "\" 5.0 \"", "5" }, { 'i', "true", "1" },
        { 'i', "-3e2", "-300" },
        { 'i', "\"5.5\"", "int_parsing" }, { 'i', "[]", "int_type" },
        { 'i', "null", "int_type" }, { 'i', "1e20", "int_parsing_size" },
        { 'i', "-1e300", "int_parsing_size" },
        { 'i', "1e999", "finite_number" },
        { 'd', "5", "5" }, { 'd', "\"1_0.5\"", "10.5" }, { 'd', "false", "0" },
        { 'd', "\" .5\"", "0.5" }, { 'd', "\"1e3\"", "1000" },
        { 'd', "1e999", "finite_number" }, { 'd', "\"nan\"", "finite_number" },
        { 'd', "\"-Infinity\"", "finite_number" },
        { 'd', "\"0x10\"", "float_parsing" }, { 'd', "\"\"", "float_parsing" },
        { 'd', "\"1e\"", "float_parsing" }, { 'd', "{}", "float_type" },
        { 'b', "true", "1" }, { 'b', "0", "0" }, { 'b', "1.0", "1" },
        { 'b', "\"OFF\"", "0" }, { 'b', "2", "bool_parsing" },
        { 'b', "0.5", "bool_type" }, { 'b', "1e300", "bool_type" },
        { 'b', "\"x\"", "bool_parsing" }, { 'b', "null", "bool_type" },
        { 'c', "\"put\"", "1" }, { 'c', "\"Put\"", "literal_error" },
        { 'c', "1", "literal_error" }, { 'c', "null", "literal_error" },
        { 't', "\"2026-01-02\"", "20455" }, { 't', "86400", "1" },
        { 't', "-86400", "-1" }, { 't', "1767312000000", "20455" },
        { 't', "86400.5", "date_from_datetime_inexact" },
        { 't', "1e300", "date_from_datetime_parsing" },
        { 't', "true", "date_type" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fin_problems_init(&problems);
        (void) snprintf(json, sizeof(json), "{\"x\":%s}", rows[i].value);
        assert_int_equal(fin_body_open(&body, json, strlen(json), &problems),
                         FIN_OK);
        got[0] = '\0';

        switch (rows[i].kind) {
        case 'i':
            status = fin_body_int(&body, "x", 1, NULL, &n);
            if (status == FIN_OK) {
                (void) snprintf(got, sizeof(got), "%lld", (long long) n);
            }
            break;
        case 'd':
            status = fin_body_double(&body, "x", 1, NULL, &d);
            if (status == FIN_OK) {
                (void) snprintf(got, sizeof(got), "%.15g", d);
            }
            break;
        case 'b':
            status = fin_body_bool(&body, "x", 1, &b);
            if (status == FIN_OK) {
                (void) snprintf(got, sizeof(got), "%d", b);
            }
            break;
        case 'c':
            status = fin_body_choice(&body, "x", 1, sides, &side);
            if (status == FIN_OK) {
                (void) snprintf(got, sizeof(got), "%zu", side);
            }
            break;
        default:
            status = fin_body_date(&body, "x", 1, &date);
            if (status == FIN_OK) {
                (void) snprintf(got, sizeof(got), "%d", (int) date);
            }
            break;
        }

        fin_body_close(&body);

        if (status != FIN_OK) {
            assert_int_equal(status, FIN_E_VALUE);
            assert_int_equal(problems.n, 1);
            (void) snprintf(got, sizeof(got), "%s", problems.item[0].type);
        }

        assert_string_equal(got, rows[i].result);
    }
}


/* Places and words of Python's json module, but for what is refused besides. */
static void
test_json(void **state)
{
    size_t       i, pos;
    const char  *error;

    static const struct {
        const char  *json;
        size_t       pos;
        const char  *error;
    } rows[] = {
        { "{\"a\":[1,-0.5e+3,{}],\"b\":\"\\u00e9\\ud83d\\ude00\"}", 0, NULL },
        { " [true,false,null] ", 0, NULL },
        { "", 0, "Expecting value" },
        { "  ", 2, "Expecting value" },
        { "{", 1, "Expecting property name enclosed in double quotes" },
        { "{\"a\"", 4, "Expecting ':' delimiter" },
        { "{\"a\":", 5, "Expecting value" },
        { "{\"a\":1", 6, "Expecting ',' delimiter" },
        { "{\"a\":1,}", 7,
          "Expecting property name enclosed in double quotes" },
        { "[1,]", 3, "Expecting value" },
        { "{\"a\":01}", 6, "Expecting ',' delimiter" },
        { "{\"\xc3\xa9\":1.}", 6, "Expecting ',' delimiter" },
        { "-", 0, "Expecting value" },
        { "\"abc", 0, "Unterminated string starting at" },
        { "\"\\", 0, "Unterminated string starting at" },
        { "\"a\tb\"", 2, "Invalid control character at" },
        { "\"\\x\"", 1, "Invalid \\escape" },
        { "\"\\u12\"", 2, "Invalid \\uXXXX escape" },
        { "\"\\u00e9", 2, "Invalid \\uXXXX escape" },
        { "{} x", 3, "Extra data" },
        { "[1 2]", 3, "Expecting ',' delimiter" },
        { "{\"a\" 1}", 5, "Expecting ':' delimiter" },
        { "[}", 1, "Expecting value" },
        { "[1}", 2, "Expecting ',' delimiter" },
        { "tru", 0, "Expecting value" },

        { "\"\\ud800\"", 2, "Invalid \\uXXXX escape" },
        { "\"\\udc00\"", 2, "Invalid \\uXXXX escape" },
        { "\"\\ud800\\u0041\"", 2, "Invalid \\uXXXX escape" },
        { "\"\\u0000\"", 2, "NUL is not allowed" },
        { "[NaN]", 1, "Expecting value" },
        { "\"\xff\"", 1, "Invalid UTF-8" },
        { "\"\xc0\xaf\"", 1, "Invalid UTF-8" },
        { "\xef\xbb\xbf{}", 0, "Expecting value" },
        { "[1111111111111111111111111111111111111111111111111111111111111111"
          "]", 1, "Number is too long" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        error = fin_json_check(rows[i].json, strlen(rows[i].json), &pos);

        if (rows[i].error == NULL) {
            assert_null(error);
            continue;
        }

        assert_non_null(error);
        assert_string_equal(error, rows[i].error);
        assert_int_equal(pos, rows[i].pos);
    }
}


static void
test_depth(void **state)
{
    char    json[2 * (FIN_JSON_DEPTH_MAX + 1)];
    size_t  n, pos;

    (void) state;

    for (n = FIN_JSON_DEPTH_MAX; n <= FIN_JSON_DEPTH_MAX + 1; n++) {
        memset(json, '[', n);
        memset(json + n, ']', n);

        if (n == FIN_JSON_DEPTH_MAX) {
            assert_null(fin_json_check(json, 2 * n, &pos));

        } else {
            assert_string_equal(fin_json_check(json, 2 * n, &pos),
                                "Too deeply nested");
        }
    }
}


static void
test_bounds(void **state)
{
    char            text[FIN_PROBLEM_INPUT_MAX + 3];
    char           *data;
    size_t          i;
    fin_problem_t  *p;

    (void) state;

    fin_problems_init(&problems);

    for (i = 0; i < FIN_PROBLEMS_MAX + 5; i++) {
        p = fin_problem_add(&problems, "missing", "Field %zu", i);
        fin_problem_at(p, "body");
        fin_problem_at_index(p, (int64_t) i);
        fin_problem_input_text(p, "x", 1);
        fin_problem_input_json(p, "1", 1);
        fin_problem_ctx_number(p, "n", 1.5);
        fin_problem_ctx_text(p, "t", "x");
    }

    assert_int_equal(problems.n, FIN_PROBLEMS_MAX);
    assert_int_equal(problems.dropped, 5);

    data = written();
    assert_non_null(strstr(data, "\"msg\":\"Field 31\""));
    free(data);

    /* cut before the character that does not fit whole */
    memset(text, 'a', sizeof(text));
    memcpy(text + FIN_PROBLEM_INPUT_MAX - 1, "\xe2\x82\xac", 3);
    fin_problems_init(&problems);
    p = fin_problem_add(&problems, "x", "y");
    fin_problem_input_text(p, text, sizeof(text) - 1);
    assert_int_equal(p->input_len, FIN_PROBLEM_INPUT_MAX - 1);

    memset(text, '\x80', sizeof(text));
    fin_problem_input_text(p, text, sizeof(text));
    assert_int_equal(p->input_len, FIN_PROBLEM_INPUT_MAX - 3);

    /* JSON is whole or not there */
    p = fin_problem_add(&problems, "x", "y");
    fin_problem_input_json(p, text, FIN_PROBLEM_INPUT_MAX + 1);
    assert_int_equal(p->input_kind, FIN_PROBLEM_INPUT_NULL);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_watchlist),
        cmocka_unit_test(test_trimmed),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_bounds)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

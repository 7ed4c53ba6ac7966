#include <string.h>

#include "fin_assert.h"
#include "fin_query.h"
#include "fin_time.h"


#define INT_TEXT   "Input should be a valid integer, unable to parse string " \
                   "as an integer"
#define BOOL_TEXT  "Input should be a valid boolean, unable to interpret input"
#define DATE_TEXT  "Input should be a valid date or datetime, "
#define DAY_TEXT   "Datetimes provided to dates should have zero time - e.g. " \
                   "be exact dates"


/* What pydantic 2.13 says of the same text; msg NULL: it is taken. */
typedef struct {
    const char  *query;
    int64_t      value;
    const char  *type;
    const char  *msg;
} row_t;


static fin_problems_t  problems;


static fin_query_t
query(const char *s)
{
    fin_problems_init(&problems);

    return (fin_query_t) { s, strlen(s) };
}


static void
check(const row_t *row, fin_status_t status, int64_t value)
{
    if (row->msg == NULL) {
        if (status != FIN_OK || value != row->value) {
            print_error("%s\n", row->query);
        }

        assert_int_equal(status, FIN_OK);
        assert_true(value == row->value);
        assert_int_equal(problems.n, 0);
        return;
    }

    if (status != FIN_E_VALUE) {
        print_error("%s\n", row->query);
    }

    assert_int_equal(status, FIN_E_VALUE);
    assert_true(value == -77);
    assert_int_equal(problems.n, 1);
    assert_string_equal(problems.item[0].type, row->type);
    assert_string_equal(problems.item[0].msg, row->msg);
    assert_int_equal(problems.item[0].n_loc, 2);
    assert_string_equal(problems.item[0].loc[0].name, "query");
    assert_string_equal(problems.item[0].loc[1].name, "x");
}


static void
test_find(void **state)
{
    size_t        i, len;
    char          out[FIN_QUERY_VALUE_MAX + 1];
    fin_query_t   q;

    static const struct {
        const char  *query;
        const char  *value;             /* NULL: no such argument */
    } rows[] = {
        { "x=a", "a" },
        { "x=a&x=b", "b" },
        { "x=a&x", "" },
        { "x=", "" },
        { "x", "" },
        { "&&x=a&&", "a" },
        { "a=x&xx=1&x=2", "2" },
        { "x=a%20b+c%2B", "a b c+" },
        { "%78=a", "a" },
        { "x=%zz%4%", "%zz%4%" },
        { "x=%c3%A9", "\xc3\xa9" },
        { "x=a=b=c", "a=b=c" },
        { "x=a;y=b", "a;y=b" },
        { "X=a", NULL },
        { "xy=a", NULL },
        { "=x", NULL },
        { "", NULL }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        q = query(rows[i].query);

        if (rows[i].value == NULL) {
            assert_int_equal(fin_query_string(&q, "x", out, &len, &problems),
                             FIN_E_NO_DATA);

        } else {
            assert_int_equal(fin_query_string(&q, "x", out, &len, &problems),
                             FIN_OK);
            assert_string_equal(out, rows[i].value);
            assert_int_equal(len, strlen(rows[i].value));
        }

        assert_int_equal(problems.n, 0);
    }

    q = query("x=a%00b");
    assert_int_equal(fin_query_string(&q, "x", out, &len, &problems), FIN_OK);
    assert_int_equal(len, 3);
}


static void
test_too_long(void **state)
{
    char         s[2 + FIN_QUERY_VALUE_MAX + 2];
    char         out[FIN_QUERY_VALUE_MAX + 1];
    size_t       len;
    int64_t      value;
    fin_query_t  q;

    (void) state;

    memset(s, ' ', sizeof(s));
    s[0] = 'x';
    s[1] = '=';
    s[2] = '5';

    q = query("");
    q.data = s;
    q.len = 2 + FIN_QUERY_VALUE_MAX;
    assert_int_equal(fin_query_string(&q, "x", out, &len, &problems), FIN_OK);
    assert_int_equal(len, FIN_QUERY_VALUE_MAX);
    assert_int_equal(fin_query_int(&q, "x", NULL, &value, &problems), FIN_OK);
    assert_true(value == 5);

    q.len++;
    assert_int_equal(fin_query_int(&q, "x", NULL, &value, &problems),
                     FIN_E_VALUE);
    assert_string_equal(problems.item[0].type, "string_too_long");
    assert_int_equal(problems.item[0].input_len, FIN_PROBLEM_INPUT_MAX);
}


static void
test_bool(void **state)
{
    int           value;
    size_t        i;
    fin_query_t   q;
    fin_status_t  status;

    static const row_t  rows[] = {
        { "x=true", 1, NULL, NULL }, { "x=TrUe", 1, NULL, NULL },
        { "x=1", 1, NULL, NULL }, { "x=0", 0, NULL, NULL },
        { "x=yes", 1, NULL, NULL }, { "x=NO", 0, NULL, NULL },
        { "x=on", 1, NULL, NULL }, { "x=oFF", 0, NULL, NULL },
        { "x=t", 1, NULL, NULL }, { "x=F", 0, NULL, NULL },
        { "x=Y", 1, NULL, NULL }, { "x=n", 0, NULL, NULL },
        { "x=false", 0, NULL, NULL },
        { "x=", -77, "bool_parsing", BOOL_TEXT },
        { "x", -77, "bool_parsing", BOOL_TEXT },
        { "x=2", -77, "bool_parsing", BOOL_TEXT },
        { "x=1.0", -77, "bool_parsing", BOOL_TEXT },
        { "x=tr", -77, "bool_parsing", BOOL_TEXT },
        { "x=truee", -77, "bool_parsing", BOOL_TEXT },
        { "x=+true", -77, "bool_parsing", BOOL_TEXT },
        { "x=true%00", -77, "bool_parsing", BOOL_TEXT }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        value = -77;
        q = query(rows[i].query);
        status = fin_query_bool(&q, "x", &value, &problems);
        check(&rows[i], status, value);
    }
}


static void
test_int(void **state)
{
    size_t            i;
    int64_t           value;
    fin_query_t       q;
    fin_status_t      status;
    fin_int_limits_t  limits = { 1, 500 };

    static const row_t  rows[] = {
        { "x=5", 5, NULL, NULL }, { "x=5.0", 5, NULL, NULL },
        { "x=5.000", 5, NULL, NULL }, { "x=+5+", 5, NULL, NULL },
        { "x=%2B5", 5, NULL, NULL }, { "x=-5", -5, NULL, NULL },
        { "x=007", 7, NULL, NULL }, { "x=1_000", 1000, NULL, NULL },
        { "x=1_0.0", 10, NULL, NULL }, { "x=-0.0", 0, NULL, NULL },
        { "x=%0b5%0a", 5, NULL, NULL },
        { "x=9223372036854775807", INT64_MAX, NULL, NULL },
        { "x=-9223372036854775808", INT64_MIN, NULL, NULL },
        { "x=", -77, "int_parsing", INT_TEXT },
        { "x=+", -77, "int_parsing", INT_TEXT },
        { "x=%2B", -77, "int_parsing", INT_TEXT },
        { "x=5.5", -77, "int_parsing", INT_TEXT },
        { "x=5.", -77, "int_parsing", INT_TEXT },
        { "x=.0", -77, "int_parsing", INT_TEXT },
        { "x=5e0", -77, "int_parsing", INT_TEXT },
        { "x=0x5", -77, "int_parsing", INT_TEXT },
        { "x=--5", -77, "int_parsing", INT_TEXT },
        { "x=_1", -77, "int_parsing", INT_TEXT },
        { "x=1_", -77, "int_parsing", INT_TEXT },
        { "x=1__0", -77, "int_parsing", INT_TEXT },
        { "x=5.0_0", -77, "int_parsing", INT_TEXT },
        { "x=5+5", -77, "int_parsing", INT_TEXT },
        { "x=5.0.0", -77, "int_parsing", INT_TEXT },
        { "x=5%00", -77, "int_parsing", INT_TEXT },
        { "x=%D9%A5", -77, "int_parsing", INT_TEXT },
        /* pydantic has no bound here; a 64-bit one of its own text */
        { "x=9223372036854775808", -77, "int_parsing_size",
          "Unable to parse input string as an integer, exceeded maximum size" }
    };

    static const row_t  bounded[] = {
        { "x=1", 1, NULL, NULL },
        { "x=500", 500, NULL, NULL },
        { "x=0", -77, "greater_than_equal",
          "Input should be greater than or equal to 1" },
        { "x=501", -77, "less_than_equal",
          "Input should be less than or equal to 500" },
        { "x=99999999999999999999", -77, "less_than_equal",
          "Input should be less than or equal to 500" },
        { "x=-99999999999999999999", -77, "greater_than_equal",
          "Input should be greater than or equal to 1" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        value = -77;
        q = query(rows[i].query);
        status = fin_query_int(&q, "x", NULL, &value, &problems);
        check(&rows[i], status, value);
    }

    for (i = 0; i < sizeof(bounded) / sizeof(bounded[0]); i++) {
        value = -77;
        q = query(bounded[i].query);
        status = fin_query_int(&q, "x", &limits, &value, &problems);
        check(&bounded[i], status, value);
    }
}


static void
test_date(void **state)
{
    size_t        i;
    fin_date_t    value;
    fin_query_t   q;
    fin_status_t  status;

    static const row_t  rows[] = {
        { "x=2026-01-02", 20455, NULL, NULL },
        { "x=2024-02-29", 19782, NULL, NULL },
        { "x=0001-01-01", -719162, NULL, NULL },
        { "x=9999-12-31", 2932896, NULL, NULL },
        { "x=2026-01-02T00:00:00Z", 20455, NULL, NULL },
        { "x=2026-01-02+00:00", 20455, NULL, NULL },
        { "x=2026-01-02T00:00:00.0%2B05:30", 20455, NULL, NULL },
        { "x=1767312000", 20455, NULL, NULL },
        { "x=1767312000000", 20455, NULL, NULL },
        { "x=", -77, "date_from_datetime_parsing",
          DATE_TEXT "input is too short" },
        { "x=2026-1-2", -77, "date_from_datetime_parsing",
          DATE_TEXT "input is too short" },
        { "x=+2026-01-02", -77, "date_from_datetime_parsing",
          DATE_TEXT "invalid character in year" },
        { "x=2026/01/02", -77, "date_from_datetime_parsing",
          DATE_TEXT "invalid date separator, expected `-`" },
        { "x=2026-13-01", -77, "date_from_datetime_parsing",
          DATE_TEXT "month value is outside expected range of 1-12" },
        { "x=2026-02-30", -77, "date_from_datetime_parsing",
          DATE_TEXT "day value is outside expected range" },
        { "x=2025-02-29", -77, "date_from_datetime_parsing",
          DATE_TEXT "day value is outside expected range" },
        { "x=2026-01-021", -77, "date_from_datetime_parsing", DATE_TEXT
          "invalid datetime separator, expected `T`, `t`, `_` or space" },
        { "x=2026-01-02T24:00", -77, "date_from_datetime_parsing",
          DATE_TEXT "hour value is outside expected range of 0-23" },
        { "x=2026-01-02T00:00:00%2B01", -77, "date_from_datetime_parsing",
          DATE_TEXT "invalid timezone minute" },
        { "x=2026-01-02T00:00:00Zx", -77, "date_from_datetime_parsing",
          DATE_TEXT "unexpected extra characters at the end of the input" },
        { "x=99999999999999999", -77, "date_from_datetime_parsing", DATE_TEXT
          "dates after 9999 are not supported as unix timestamps" },
        { "x=2026-01-02T00:00:01", -77, "date_from_datetime_inexact",
          DAY_TEXT },
        { "x=20260102", -77, "date_from_datetime_inexact", DAY_TEXT },
        { "x=0000-01-01", -77, "date_parsing", "Input should be a valid date "
          "in the format YYYY-MM-DD, year 0 is out of range" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        value = -77;
        q = query(rows[i].query);
        status = fin_query_date(&q, "x", &value, &problems);
        check(&rows[i], status, value);
    }
}


static void
test_choice(void **state)
{
    size_t        value;
    fin_query_t   q;

    static const char *const  two[] = { "call", "put", NULL };
    static const char *const  three[] = { "a", "b", "c", NULL };

    (void) state;

    q = query("x=put");
    assert_int_equal(fin_query_choice(&q, "x", two, &value, &problems),
                     FIN_OK);
    assert_int_equal(value, 1);

    q = query("x=PUT");
    assert_int_equal(fin_query_choice(&q, "x", two, &value, &problems),
                     FIN_E_VALUE);
    assert_string_equal(problems.item[0].type, "literal_error");
    assert_string_equal(problems.item[0].msg,
                        "Input should be 'call' or 'put'");
    assert_string_equal(problems.item[0].ctx_key, "expected");
    assert_string_equal(problems.item[0].ctx_text, "'call' or 'put'");

    q = query("x=pu");
    assert_int_equal(fin_query_choice(&q, "x", three, &value, &problems),
                     FIN_E_VALUE);
    assert_string_equal(problems.item[0].msg,
                        "Input should be 'a', 'b' or 'c'");
}


static void
test_tickers(void **state)
{
    char               ticker[3][FIN_TICKER_MAX + 1], one[FIN_TICKER_MAX + 1];
    size_t             i;
    fin_query_t        q;
    fin_ticker_list_t  list = { ticker, 3, 0 };

    static const struct {
        const char    *query;
        fin_status_t   status;
        const char    *joined;
    } rows[] = {
        { "tickers=AAPL,MSFT", FIN_OK, "AAPL MSFT " },
        { "tickers=+aapl+,%20brk.b%2Caapl,", FIN_OK, "AAPL BRK.B " },
        { "tickers=A&tickers=B", FIN_OK, "B " },
        { "tickers=A,B,C,A,B", FIN_OK, "A B C " },
        { "tickers=", FIN_OK, "" },
        { "tickers=,+,", FIN_OK, "" },
        { "tickers=A,B,C,D", FIN_E_TOO_BIG, NULL },
        { "tickers=A+B", FIN_E_VALUE, NULL },
        { "tickers=A,1B", FIN_E_VALUE, NULL },
        { "tickers=A,B%00", FIN_E_VALUE, NULL },
        { "tickers=A,ABCDEFGHIJKLM", FIN_E_VALUE, NULL },
        { "tickers=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAA", FIN_E_VALUE, NULL },
        { "ticker=A", FIN_E_NO_DATA, NULL }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char    joined[64] = "";
        size_t  k;

        q = query(rows[i].query);
        assert_int_equal(fin_query_tickers(&q, "tickers", &list),
                         rows[i].status);

        if (rows[i].joined != NULL) {
            for (k = 0; k < list.n; k++) {
                strcat(strcat(joined, ticker[k]), " ");
            }

            assert_string_equal(joined, rows[i].joined);
        }
    }

    q = query("a=1&ticker=+aapl%20");
    assert_int_equal(fin_query_ticker(&q, "ticker", one), FIN_OK);
    assert_string_equal(one, "AAPL");
    assert_int_equal(fin_query_ticker(&q, "tickers", one), FIN_E_NO_DATA);

    q = query("ticker=");
    assert_int_equal(fin_query_ticker(&q, "ticker", one), FIN_E_VALUE);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_bool),
        cmocka_unit_test(test_int),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_tickers)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

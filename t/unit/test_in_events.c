#include <string.h>

#include "fin_assert.h"
#include "fin_in.h"
#include "fin_market_file.h"
#include "fin_time.h"


#define TODAY  18717                /* 2021-03-31 */

#define LIST(items)  "{\"status\":\"OK\",\"results\":[" items "]}"
#define DATE(date)   "{\"date\":\"" date "\"}"
#define CASH(date, amount)                                                    \
    "{\"ex_dividend_date\":\"" date "\",\"cash_amount\":" amount "}"


typedef struct {
    const char    *json;
    fin_status_t   status;
    const char    *date;            /* NULL: none */
} earnings_row_t;

typedef struct {
    const char    *json;
    fin_status_t   status;
    double         amount;
} dividends_row_t;


/* What refuses a list of either kind. */
static const struct {
    const char    *json;
    fin_status_t   status;
} refused[] = {
    { "", FIN_E_SYNTAX }, { "{", FIN_E_SYNTAX }, { "[]", FIN_E_SHAPE },
    { "null", FIN_E_SHAPE }, { "{}}", FIN_E_SYNTAX },
    { "{\"results\":{}}", FIN_E_SHAPE },
    { "{\"results\":\"none\"}", FIN_E_SHAPE },
    { "{\"results\":0}", FIN_E_SHAPE },
    { "{\"results\":[],\"results\":1}", FIN_E_SHAPE },
    { "{\"status\":\"ERROR\",\"results\":[]}", FIN_E_UPSTREAM },
    { "{\"status\":\"NOT_AUTHORIZED\"}", FIN_E_NOT_ENTITLED },
    { "{\"status\":\"NOT_FOUND\"}", FIN_E_NOT_FOUND }
};


static void
test_earnings(void **state)
{
    size_t                 i;
    fin_date_t             date;
    const earnings_row_t  *r;

    static const earnings_row_t  rows[] = {
        { LIST(DATE("2021-04-19")), FIN_OK, "2021-04-19" },
        { LIST(DATE("2021-03-31")), FIN_OK, "2021-03-31" },
        { LIST(DATE("2021-03-30")), FIN_OK, NULL },

        /* the earliest of what comes, in whatever order */
        { LIST(DATE("2021-07-19") "," DATE("2021-04-19") ","
               DATE("2021-10-19")), FIN_OK, "2021-04-19" },
        { LIST(DATE("2021-01-19") "," DATE("2021-07-19")), FIN_OK,
          "2021-07-19" },
        { LIST(DATE("2021-04-19") "," DATE("2021-04-19")), FIN_OK,
          "2021-04-19" },

        /* none, or none that is a date */
        { "{}", FIN_OK, NULL }, { LIST(""), FIN_OK, NULL },
        { "{\"results\":null}", FIN_OK, NULL },
        { "{\"status\":\"DELAYED\",\"results\":[]}", FIN_OK, NULL },
        { LIST("{}"), FIN_OK, NULL },
        { LIST("null,5,\"2021-04-19\",[" DATE("2021-04-19") "]"), FIN_OK,
          NULL },
        { LIST(DATE("2021-02-30") "," DATE("2021-13-01") "," DATE("") ","
               DATE("soon") "," DATE("2021-4-19") "," DATE("20210419")),
          FIN_OK, NULL },
        { LIST("{\"date\":18717},{\"date\":null},{\"Date\":\"2021-04-19\"}"),
          FIN_OK, NULL },
        { LIST("{\"date\":\"2021-04-19\",\"date\":\"2021-05-19\"}"), FIN_OK,
          "2021-05-19" },
        { LIST(DATE("nonsense") "," DATE("2021-09-09")), FIN_OK,
          "2021-09-09" },
        { LIST(DATE("9999-12-31")), FIN_OK, "9999-12-31" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        r = &rows[i];
        date = 5;

        assert_int_equal(fin_in_earnings(r->json, strlen(r->json), TODAY,
                                         &date, NULL), r->status);
        assert_int_equal(date, r->date == NULL ? FIN_NO_DATE
                                    : fin_date_parse(r->date, 10));
    }
}


static void
test_dividends(void **state)
{
    size_t                  i;
    double                  amount;
    const dividends_row_t  *r;

    static const dividends_row_t  rows[] = {
        { LIST(CASH("2021-03-11", "1.25") "," CASH("2020-12-11", "1.25") ","
               CASH("2020-09-11", "1.5") "," CASH("2020-06-11", "0.5")),
          FIN_OK, 4.5 },

        /* both ends of the year count, the days beyond do not */
        { LIST(CASH("2021-03-31", "1")), FIN_OK, 1 },
        { LIST(CASH("2021-04-01", "1")), FIN_OK, 0 },
        { LIST(CASH("2020-03-31", "1")), FIN_OK, 1 },
        { LIST(CASH("2020-03-30", "1")), FIN_OK, 0 },

        { "{}", FIN_OK, 0 }, { LIST(""), FIN_OK, 0 },
        { "{\"results\":null,\"status\":\"DELAYED\"}", FIN_OK, 0 },
        { LIST("null,1,{},[]"), FIN_OK, 0 },
        { LIST(CASH("2021-03-11", "\"1\"") "," CASH("2021-03-11", "-1") ","
               CASH("2021-03-11", "0") "," CASH("2021-03-11", "1e999") ","
               CASH("2021-03-11", "null") "," CASH("11.3.2021", "1") ","
               CASH("2021-03-12", "0.25")), FIN_OK, 0.25 },
        { LIST(CASH("2021-03-11", "1e308")), FIN_OK, 1e308 },
        { LIST(CASH("2021-03-11", "1e308") "," CASH("2021-03-11", "1e308")),
          FIN_E_VALUE, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        r = &rows[i];
        amount = 5;

        assert_int_equal(fin_in_dividends(r->json, strlen(r->json), TODAY,
                                          &amount, NULL), r->status);
        fin_assert_same(amount, r->amount);
    }
}


static void
test_refused(void **state)
{
    size_t          i, len;
    double          amount;
    fin_date_t      date;
    fin_in_error_t  err;

    (void) state;

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        len = strlen(refused[i].json);

        date = 5;
        memset(&err, 0, sizeof(err));
        assert_int_equal(fin_in_earnings(refused[i].json, len, TODAY, &date,
                                         &err), refused[i].status);
        assert_int_equal(date, FIN_NO_DATE);
        assert_true(err.field[0] != '\0' && err.text[0] != '\0');

        amount = 5;
        memset(&err, 0, sizeof(err));
        assert_int_equal(fin_in_dividends(refused[i].json, len, TODAY,
                                          &amount, &err), refused[i].status);
        fin_assert_same(amount, 0);
        assert_true(err.field[0] != '\0' && err.text[0] != '\0');
    }
}


static void
test_files(void **state)
{
    char        *json;
    size_t       len;
    fin_date_t   date;

    (void) state;

    json = fin_market_file("answers/earnings.200.json", &len);
    if (json == NULL) {
        skip();
    }

    assert_int_equal(fin_in_earnings(json, len, TODAY, &date, NULL), FIN_OK);
    assert_int_equal(date, fin_date_make(2021, 4, 19));
    assert_int_equal(fin_in_earnings(json, len, date + 1, &date, NULL),
                     FIN_OK);
    assert_int_equal(date, FIN_NO_DATE);
    free(json);

    json = fin_market_file("answers/not-authorized.403.json", &len);
    assert_non_null(json);
    assert_int_equal(fin_in_earnings(json, len, TODAY, &date, NULL),
                     FIN_E_NOT_ENTITLED);
    free(json);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_earnings),
        cmocka_unit_test(test_dividends),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_files)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

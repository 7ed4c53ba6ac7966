/* A Position's members: names, order, null where absent (api.md). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/codec/fin_out_position.h"


#define CREATED   1767366245123         /* 2026-01-02T15:04:05Z */
#define UPDATED   1402084801000         /* 2014-06-06T20:00:01Z */
#define COMPUTED  1402084800000
#define TODAY     20455                 /* 2026-01-02 */


static void
assert_text(fin_out_t *out, const char *want)
{
    assert_int_equal(fin_out_status(out), FIN_OK);
    fin_out_raw(out, "", 1);
    assert_string_equal(out->data, want);
    fin_out_free(out);
}


static fin_position_t
position(fin_position_type_t type)
{
    fin_position_t  p;

    fin_position_init(&p);
    strcpy(p.id, "0f8fad5b-d9cb-469f-a165-70867728950e");
    strcpy(p.ticker, "BRK.B");
    p.type = type;
    p.transaction_date = TODAY - 30;
    p.quantity = -3;
    p.created_at = CREATED;
    p.updated_at = UPDATED;
    p.version = 7;

    if (type == FIN_POSITION_OPTION) {
        p.option_type = FIN_PUT;
        p.strike = 97.5;
        p.expiration = TODAY + 14;
        p.premium = 1.25;

    } else {
        p.quantity = 100;
        p.purchase_price = 431.1;
    }

    return p;
}


static fin_metrics_t
metrics(int32_t dte)
{
    fin_metrics_t  m = { -150, -375, 225, 60, 30, dte };

    return m;
}


#define OPTION                                                                \
    "{\"id\":\"0f8fad5b-d9cb-469f-a165-70867728950e\","                       \
    "\"position_type\":\"option\",\"ticker\":\"BRK.B\","                      \
    "\"transaction_date\":\"2025-12-03\",\"quantity\":-3,"                    \
    "\"purchase_price\":null,\"option_type\":\"put\",\"strike\":97.5,"        \
    "\"expiration\":\"2026-01-16\",\"premium\":1.25,"                         \
    "\"created_at\":\"2026-01-02T15:04:05Z\","                                \
    "\"updated_at\":\"2014-06-06T20:00:01Z\",\"version\":7,"

#define STOCK                                                                 \
    "{\"id\":\"0f8fad5b-d9cb-469f-a165-70867728950e\","                       \
    "\"position_type\":\"stock\",\"ticker\":\"BRK.B\","                       \
    "\"transaction_date\":\"2025-12-03\",\"quantity\":100,"                   \
    "\"purchase_price\":431.1,\"option_type\":null,\"strike\":null,"          \
    "\"expiration\":null,\"premium\":null,"                                   \
    "\"created_at\":\"2026-01-02T15:04:05Z\","                                \
    "\"updated_at\":\"2014-06-06T20:00:01Z\",\"version\":7,"

#define STAMP  "\"timestamp\":\"2014-06-06T20:00:00Z\"}}"


static void
test_option(void **state)
{
    fin_out_t       out;
    fin_advice_t    a;
    fin_metrics_t   m = metrics(14);
    fin_position_t  p = position(FIN_POSITION_OPTION);

    (void) state;

    memset(&a, 0, sizeof(a));
    a.action = FIN_ACTION_ROLL;
    a.priority = 2;
    a.n = 2;
    strcpy(a.reason[0], "first");
    strcpy(a.reason[1], "\xe2\x9a\xa0\xef\xb8\x8f a \"second\"");
    a.has_roll = 1;
    a.roll.type = FIN_ROLL_DOWN_AND_OUT;
    strcpy(a.roll.ticker, "O:BRKB260220P00092500");
    a.roll.strike = 92.5;
    a.roll.expiration = TODAY + 49;
    a.roll.dte = 49;
    a.roll.expected_credit = -0.35;

    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, &m, &a, COMPUTED);
    assert_text(&out, OPTION
        "\"metrics\":{\"current_value\":-150,\"unrealized_pnl\":225,"
        "\"unrealized_pnl_pct\":60,\"days_held\":30,"
        "\"days_to_expiration\":14},"
        "\"recommendation\":{\"action\":\"roll\",\"reasoning\":[\"first\","
        "\"\xe2\x9a\xa0\xef\xb8\x8f a \\\"second\\\"\"],\"priority\":2,"
        "\"roll_parameters\":{\"roll_type\":\"down_and_out\","
        "\"ticker\":\"O:BRKB260220P00092500\",\"strike\":92.5,"
        "\"expiration\":\"2026-02-20\",\"dte\":49,"
        "\"expected_credit\":-0.35}," STAMP);

    p.option_type = FIN_CALL;
    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, NULL, NULL, COMPUTED);
    fin_out_raw(&out, "", 1);
    assert_non_null(strstr(out.data, "\"option_type\":\"call\""));
    fin_out_free(&out);
}


static void
test_stock(void **state)
{
    fin_out_t       out;
    fin_advice_t    a;
    fin_metrics_t   m = metrics(FIN_NO_DAYS);
    fin_position_t  p = position(FIN_POSITION_STOCK);

    (void) state;

    memset(&a, 0, sizeof(a));
    a.priority = 3;

    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, &m, &a, COMPUTED);
    assert_text(&out, STOCK
        "\"metrics\":{\"current_value\":-150,\"unrealized_pnl\":225,"
        "\"unrealized_pnl_pct\":60,\"days_held\":30,"
        "\"days_to_expiration\":null},"
        "\"recommendation\":{\"action\":\"maintain\",\"reasoning\":[],"
        "\"priority\":3,\"roll_parameters\":null," STAMP);

    /* what the other type left behind is not told */

    p.strike = 1;
    p.premium = 2;
    p.expiration = TODAY;
    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, NULL, NULL, COMPUTED);
    assert_text(&out, STOCK "\"metrics\":null,\"recommendation\":null}");

    p = position(FIN_POSITION_OPTION);
    p.purchase_price = 5;
    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, NULL, NULL, COMPUTED);
    assert_text(&out, OPTION "\"metrics\":null,\"recommendation\":null}");
}


/* Null, never 0 or NaN, for what is not to be had. */
static void
test_absent(void **state)
{
    size_t          len;
    fin_out_t       out;
    fin_advice_t    a;
    fin_metrics_t   m = { NAN, NAN, INFINITY, NAN, FIN_NO_DAYS, -2 };
    fin_position_t  p = position(FIN_POSITION_OPTION);

    (void) state;

    memset(&a, 0, sizeof(a));
    a.action = FIN_ACTION_CLOSE;
    a.priority = 1;
    a.has_roll = 1;
    a.roll.strike = 1;
    a.roll.expiration = TODAY;
    a.roll.expected_credit = NAN;

    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, &m, &a, COMPUTED);
    assert_text(&out, OPTION
        "\"metrics\":{\"current_value\":null,\"unrealized_pnl\":null,"
        "\"unrealized_pnl_pct\":null,\"days_held\":null,"
        "\"days_to_expiration\":-2},"
        "\"recommendation\":{\"action\":\"close\",\"reasoning\":[],"
        "\"priority\":1,\"roll_parameters\":{\"roll_type\":\"out\","
        "\"ticker\":\"\",\"strike\":1,\"expiration\":\"2026-01-02\","
        "\"dte\":0,\"expected_credit\":null}," STAMP);

    /* figures that a caller left wild stay within their arrays */

    a.n = FIN_ADVICE_REASONS + 5;
    memset(a.reason, 'x', sizeof(a.reason));
    memset(p.id, 'i', sizeof(p.id) - 1);
    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, &m, &a, COMPUTED);
    assert_int_equal(fin_out_status(&out), FIN_OK);
    len = out.len;
    assert_true(len > sizeof(a.reason));
    fin_out_free(&out);

    a.n = FIN_ADVICE_REASONS;
    fin_out_init(&out, 100000);
    fin_out_position(&out, &p, &m, &a, COMPUTED);
    assert_int_equal(out.len, len);
    fin_out_free(&out);

    /* the bound sticks */

    fin_out_init(&out, 100);
    fin_out_position(&out, &p, &m, &a, COMPUTED);
    assert_int_equal(fin_out_status(&out), FIN_E_TOO_BIG);
    fin_out_free(&out);
}


static void
test_summary(void **state)
{
    fin_out_t      out;
    fin_summary_t  s = { 15450.5, -1150, -7.25, 38000, 1 };

    (void) state;

    fin_out_init(&out, 1000);
    fin_out_summary(&out, &s);
    assert_text(&out,
        "{\"market_value\":15450.5,\"unrealized_pnl\":-1150,"
        "\"unrealized_pnl_pct\":-7.25,\"cash_secured\":38000,"
        "\"partial\":true}");

    s.market_value = s.unrealized_pnl = s.unrealized_pnl_pct = NAN;
    s.partial = 0;
    fin_out_init(&out, 1000);
    fin_out_summary(&out, &s);
    assert_text(&out,
        "{\"market_value\":null,\"unrealized_pnl\":null,"
        "\"unrealized_pnl_pct\":null,\"cash_secured\":38000,"
        "\"partial\":false}");
}


static void
test_names(void **state)
{
    (void) state;

    assert_string_equal(fin_position_class_list(FIN_CLASS_LEAPS),
                        "leaps_positions");
    assert_string_equal(fin_position_class_list(FIN_CLASS_SHORT_CALL),
                        "short_call_positions");
    assert_string_equal(fin_position_class_list(FIN_CLASS_STOCK),
                        "stock_positions");
    assert_string_equal(fin_position_class_list(FIN_CLASS_SHORT_PUT),
                        "short_put_positions");
    assert_string_equal(fin_position_class_list(FIN_CLASS_OTHER),
                        "other_positions");

    assert_string_equal(fin_action_name(FIN_ACTION_MAINTAIN), "maintain");
    assert_string_equal(fin_action_name(FIN_ACTION_CLOSE), "close");
    assert_string_equal(fin_action_name(FIN_ACTION_ROLL), "roll");
    assert_string_equal(fin_roll_type_name(FIN_ROLL_OUT), "out");
    assert_string_equal(fin_roll_type_name(FIN_ROLL_UP_AND_OUT),
                        "up_and_out");
    assert_string_equal(fin_roll_type_name(FIN_ROLL_DOWN_AND_OUT),
                        "down_and_out");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_option),
        cmocka_unit_test(test_stock),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The answers' members: names, order, null where absent (api.md). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/codec/fin_out_stock.h"
#include "fin_out_sample.h"


static void
assert_text(fin_out_t *out, const char *want)
{
    assert_int_equal(fin_out_status(out), FIN_OK);
    fin_out_raw(out, "", 1);
    assert_string_equal(out->data, want);
    fin_out_free(out);
}


static void
test_stock_data(void **state)
{
    fin_out_t    out;
    fin_stock_t  s;

    (void) state;
    sample_stock(&s);
    fin_out_init(&out, 100000);
    fin_out_stock_data(&out, &s);
    assert_text(&out,
        "{\"ticker\":\"BRK.B\",\"current_price\":645.57,\"daily_change\":-1.78,"
        "\"daily_change_pct\":-0.27,\"high_52week\":651.26,"
        "\"low_52week\":388.87,"
        "\"moving_averages\":{\"ma_20\":611.5,\"ma_50\":571.25,"
        "\"ma_200\":null},\"rsi\":71.125,\"atr\":8.5,"
        "\"historical_volatility\":0.15,\"implied_volatility\":0.24,"
        "\"iv_percentile\":25,\"iv_rank\":12.5,\"iv_source\":\"implied\","
        "\"earnings_date\":\"2026-01-29\",\"days_to_earnings\":27,"
        "\"support_levels\":[630.5,590],\"resistance_levels\":[651],"
        "\"swing_high\":651.26,\"swing_low\":511.33}");
}


static void
test_stock_data_absent(void **state)
{
    fin_out_t    out;
    fin_stock_t  s;

    (void) state;
    sample_stock(&s);
    s.price = s.change = s.change_pct = s.high_52week = s.low_52week = NAN;
    s.ma_20 = s.ma_50 = s.rsi = s.atr = s.hv = s.iv = NAN;
    s.iv_percentile = s.iv_rank = INFINITY;
    s.iv_source = FIN_IV_SOURCE_NONE;
    s.earnings = FIN_NO_DATE;
    s.support.n = s.resistance.n = 0;
    s.swing_high = s.swing_low = NAN;

    fin_out_init(&out, 100000);
    fin_out_stock_data(&out, &s);
    assert_text(&out,
        "{\"ticker\":\"BRK.B\",\"current_price\":null,\"daily_change\":null,"
        "\"daily_change_pct\":null,\"high_52week\":null,\"low_52week\":null,"
        "\"moving_averages\":{\"ma_20\":null,\"ma_50\":null,\"ma_200\":null},"
        "\"rsi\":null,\"atr\":null,\"historical_volatility\":null,"
        "\"implied_volatility\":null,\"iv_percentile\":null,\"iv_rank\":null,"
        "\"iv_source\":null,\"earnings_date\":null,\"days_to_earnings\":null,"
        "\"support_levels\":[],\"resistance_levels\":[],"
        "\"swing_high\":null,\"swing_low\":null}");
}


#define SIGNAL_HEAD                                                           \
    "{\"score\":\"yellow\",\"conditions\":{"                                  \
    "\"rsi\":{\"met\":false,\"value\":47.2,\"rule\":\"30..45\"},"             \
    "\"earnings\":{\"met\":true,\"value\":null,\"rule\":\"> 10\"}},"          \
    "\"conditions_met\":1,\"conditions_total\":2,"                            \
    "\"reasoning\":[\"\xe2\x9d\x8c RSI 47.2\","                               \
    "\"\xe2\x9a\xa0 none known\",\"\xe2\x9a\xa0 no \\\"quotes\\\"\"],"        \
    "\"recommended_strikes\":["

#define STRIKE                                                                \
    "{\"ticker\":\"O:AAPL260000C00100000\",\"strike\":100,"                   \
    "\"expiration\":\"2026-01-16\",\"dte\":14,\"premium\":1.3,"               \
    "\"price_source\":\"quote\",\"delta\":0.25,\"break_even\":98.7,"          \
    "\"return_on_capital\":1.3,\"annualized_return\":null,"                   \
    "\"open_interest\":345,\"spread_pct\":7.5"

#define SIGNAL_TAIL  "],\"timestamp\":\"2014-06-06T20:00:01Z\"}"

static void
test_signal(void **state)
{
    size_t        i;
    fin_out_t     out;
    fin_option_t  o;
    fin_signal_t  s;
    static const struct { fin_signal_kind_t kind; const char *want; } table[] = {
        { FIN_SIGNAL_CSP, SIGNAL_HEAD STRIKE "}" SIGNAL_TAIL },
        { FIN_SIGNAL_COVERED_CALL,
          SIGNAL_HEAD STRIKE ",\"effective_sale_price\":101.3}" SIGNAL_TAIL },
        { FIN_SIGNAL_LEAPS,
          SIGNAL_HEAD STRIKE ",\"leverage_ratio\":101.3}" SIGNAL_TAIL },
        { FIN_SIGNAL_PMCC, SIGNAL_HEAD STRIKE "}" SIGNAL_TAIL }
    };

    (void) state;

    for (i = 0; i < 4; i++) {
        sample_option(&o, 0);
        sample_signal(&s, table[i].kind, &o);
        fin_out_init(&out, 100000);
        fin_out_signal(&out, &s, 1402084801000);
        assert_text(&out, table[i].want);
    }

    sample_signal(&s, FIN_SIGNAL_CSP, NULL);
    s.score = FIN_SCORE_RED;
    fin_out_init(&out, 100000);
    fin_out_signal(&out, &s, 1402084801000);
    assert_memory_equal(out.data, "{\"score\":\"red\",", 15);
    assert_memory_equal(out.data + out.len - strlen(SIGNAL_TAIL) - 1,
                        "[" SIGNAL_TAIL, strlen(SIGNAL_TAIL) + 1);
    fin_out_free(&out);
}


static void
test_option(void **state)
{
    fin_out_t     out;
    fin_option_t  o;

    (void) state;
    sample_option(&o, 1);
    fin_out_init(&out, 100000);
    fin_out_array(&out);
    fin_out_option(&out, &o);

    o.bid = o.ask = o.price = o.volume = o.open_interest = NAN;
    o.last = 4.5;
    o.price_source = FIN_PRICE_NONE;
    o.iv = o.delta = o.gamma = o.theta = o.vega = NAN;
    o.greeks_source = FIN_GREEKS_MODEL;
    o.shares = 10;
    o.adjusted = 1;
    fin_out_option(&out, &o);
    fin_out_array_end(&out);

    assert_text(&out,
        "[{\"ticker\":\"O:AAPL260000P00100000\",\"option_type\":\"put\","
        "\"strike\":100,\"expiration\":\"2026-01-16\",\"dte\":14,"
        "\"bid\":2.25,\"ask\":2.35,\"mid_price\":2.3,\"last_price\":null,"
        "\"volume\":12,\"open_interest\":345,\"price_source\":\"quote\","
        "\"shares_per_contract\":100,\"adjusted\":false,"
        "\"implied_volatility\":0.28,\"delta\":-0.25,\"gamma\":0.031,"
        "\"theta\":-0.05,\"vega\":0.11,\"greeks_source\":\"upstream\"},"
        "{\"ticker\":\"O:AAPL260000P00100000\",\"option_type\":\"put\","
        "\"strike\":100,\"expiration\":\"2026-01-16\",\"dte\":14,"
        "\"bid\":null,\"ask\":null,\"mid_price\":null,\"last_price\":4.5,"
        "\"volume\":null,\"open_interest\":null,\"price_source\":null,"
        "\"shares_per_contract\":10,\"adjusted\":true,"
        "\"implied_volatility\":null,\"delta\":null,\"gamma\":null,"
        "\"theta\":null,\"vega\":null,\"greeks_source\":\"model\"}]");
}


static void
test_names(void **state)
{
    (void) state;
    assert_string_equal(fin_price_source_name(FIN_PRICE_QUOTE), "quote");
    assert_string_equal(fin_price_source_name(FIN_PRICE_TRADE), "trade");
    assert_string_equal(fin_price_source_name(FIN_PRICE_DAY), "day");
    assert_null(fin_price_source_name(FIN_PRICE_NONE));
    assert_string_equal(fin_options_status_name(FIN_OPTIONS_OK), "ok");
    assert_string_equal(fin_options_status_name(FIN_OPTIONS_NONE), "none");
    assert_string_equal(fin_options_status_name(FIN_OPTIONS_NOT_ENTITLED),
                        "not_entitled");
    assert_string_equal(fin_options_status_name(FIN_OPTIONS_UNAVAILABLE),
                        "unavailable");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_stock_data),
        cmocka_unit_test(test_stock_data_absent),
        cmocka_unit_test(test_signal),
        cmocka_unit_test(test_option),
        cmocka_unit_test(test_names)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The cash-secured put's signal: both sides of every threshold. */

#include "fin_assert.h"
#include "fin_options.h"


/* All four conditions met. */
static fin_stock_t
good(void)
{
    fin_stock_t  s = test_stock(90);

    s.swing_high = 100;
    s.rsi = 40;
    s.iv = 0.3;
    s.iv_percentile = 60;

    return s;
}


static fin_signal_t
evaluate(const fin_stock_t *s, const fin_chain_t *chain)
{
    fin_rules_t   rules;
    fin_signal_t  out;

    fin_rules_default(&rules);
    fin_signal_evaluate(FIN_SIGNAL_CSP, &rules, s, chain, FIN_OPTIONS_OK,
                        NULL, &out);
    assert_int_equal(out.n, 4);
    test_marks(&out);

    return out;
}


static void
test_pullback(void **state)
{
    size_t                  i;
    fin_stock_t             s;
    fin_signal_t            out;
    const fin_condition_t  *c;

    static const struct {
        double    price, top;
        double    support[3];
        unsigned  met, unknown;
        double    value;
    }  rows[] = {
        { 95, 100, { 0 }, 1, 0, 5 },
        { 95.01, 100, { 0 }, 0, 0, 4.99 },
        { 85, 100, { 0 }, 1, 0, 15 },
        { 84.99, 100, { 0 }, 0, 0, 15.01 },
        { 90, 100, { 0 }, 1, 0, 10 },
        { 190.19, 200.2, { 0 }, 1, 0, 5 },              /* decimals */
        { 100, 100, { 0 }, 0, 0, 0 },
        { 99, 100, { 98 }, 1, 0, 1 },
        { 103, 103, { 100 }, 1, 0, 0 },
        { 103.01, 103.01, { 100 }, 0, 0, 0 },
        { 10.3, 10.3, { 10 }, 1, 0, 0 },                /* decimals */
        { 10.31, 10.31, { 10 }, 0, 0, 0 },
        { 70, 100, { 69, 60, 50 }, 1, 0, 30 },
        { 70, 100, { 60, 50 }, 0, 0, 30 },
        { 70, 100, { 71 }, 0, 0, 30 },                  /* not under it */
        { 70, 100, { 71, 69 }, 1, 0, 30 },
        { 95, 100, { 94 }, 1, 0, 5 },
        { 90, NAN, { 89 }, 1, 0, 100.0 / 89 },
        { 90, NAN, { 80 }, 0, 0, 12.5 },
        { 90, NAN, { 0 }, 0, 1, NAN }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = good();
        s.price = rows[i].price;
        s.swing_high = rows[i].top;
        memcpy(s.support.level, rows[i].support, sizeof(rows[i].support));
        while (s.support.n < 3 && s.support.level[s.support.n] > 0) {
            s.support.n++;
        }

        out = evaluate(&s, NULL);
        c = test_condition(&out, "pullback");

        if (c->met != rows[i].met || c->unknown != rows[i].unknown) {
            fail_msg("row %zu: %s", i, c->reason);
        }

        fin_assert_close_row(c->value, rows[i].value, 1e-9, 1e-9, "row %zu",
                             i);
    }
}


static void
test_others(void **state)
{
    size_t                  i;
    fin_stock_t             s;
    fin_signal_t            out;
    const fin_condition_t  *c;

    static const struct {
        double    value;
        unsigned  rsi, iv;
    }  rows[] = {
        { 30, 1, 0 }, { 29.99, 0, 0 }, { 45, 1, 0 }, { 45.01, 0, 0 },
        { 50, 0, 0 }, { 50.01, 0, 1 }, { 100, 0, 1 }, { 0, 0, 0 },
        { NAN, 0, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = good();
        s.rsi = s.iv_percentile = rows[i].value;
        out = evaluate(&s, NULL);

        c = test_condition(&out, "rsi");
        assert_int_equal(c->met, rows[i].rsi);
        assert_int_equal(c->unknown, isnan(rows[i].value) != 0);
        fin_assert_same(c->value, rows[i].value);
        assert_string_equal(c->rule, "30..45");

        c = test_condition(&out, "iv");
        assert_int_equal(c->met, rows[i].iv);
        assert_int_equal(c->unknown, isnan(rows[i].value) != 0);
        assert_string_equal(c->rule, "> 50");
    }
}


static void
test_earnings(void **state)
{
    size_t                  i;
    fin_stock_t             s;
    fin_signal_t            out;
    const fin_condition_t  *c;

    static const struct {
        int       days;
        unsigned  met, unknown;
    }  rows[] = {
        { 0, 0, 0 }, { 10, 0, 0 }, { 11, 1, 0 }, { 90, 1, 0 },
        { -1, 1, 1 }                    /* past: the next is not known */
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = good();
        s.earnings = s.today + rows[i].days;
        out = evaluate(&s, NULL);
        c = test_condition(&out, "earnings");
        assert_int_equal(c->met, rows[i].met);
        assert_int_equal(c->unknown, rows[i].unknown);
        fin_assert_same(c->value,
                        rows[i].unknown ? (double) NAN : rows[i].days);
    }

    s = good();
    out = evaluate(&s, NULL);
    c = test_condition(&out, "earnings");
    assert_true(c->met && c->unknown && isnan(c->value));
    assert_int_equal(out.score, FIN_SCORE_GREEN);
}


static void
test_score(void **state)
{
    unsigned      i, met;
    fin_stock_t   s;
    fin_signal_t  out;

    (void) state;

    for (i = 0; i < 16; i++) {
        s = good();
        s.swing_high = (i & 1) ? 100 : 91;
        s.rsi = (i & 2) ? 40 : 60;
        s.iv_percentile = (i & 4) ? 60 : 40;
        s.earnings = s.today + ((i & 8) ? 20 : 5);
        met = (i & 1) + (i >> 1 & 1) + (i >> 2 & 1) + (i >> 3);

        out = evaluate(&s, NULL);
        assert_int_equal(out.met, met);
        assert_int_equal(out.score, met == 4 ? FIN_SCORE_GREEN
                         : met >= 2 ? FIN_SCORE_YELLOW : FIN_SCORE_RED);
    }
}


static void
test_reasons(void **state)
{
    fin_stock_t   s = good();
    fin_signal_t  out;

    (void) state;
    s.rsi = 37.2;
    s.earnings = s.today + 3;
    out = evaluate(&s, NULL);

    assert_string_equal(test_condition(&out, "pullback")->reason,
        "\xe2\x9c\x85 Price 90.00 is 10.00 % under the swing high 100.00, "
        "within 5..15 %");
    assert_string_equal(test_condition(&out, "rsi")->reason,
        "\xe2\x9c\x85 RSI 37.20 is within 30..45");
    assert_string_equal(test_condition(&out, "earnings")->reason,
        "\xe2\x9d\x8c Earnings on 2024-10-07, in 3 days, are within 10 days");
    s.iv_percentile = NAN;
    out = evaluate(&s, NULL);
    assert_string_equal(test_condition(&out, "iv")->reason,
        "\xe2\x9a\xa0\xef\xb8\x8f IV percentile is not known");
}


/* thresholds of a deployment show in met and in the rule's text */
static void
test_override(void **state)
{
    fin_rules_t   rules;
    fin_stock_t   s = good();
    fin_signal_t  out;

    (void) state;
    fin_rules_default(&rules);
    assert_int_equal(fin_rules_set(&rules, "csp", 3, "rsi_max", 7, 39.5),
                     FIN_OK);
    assert_int_equal(fin_rules_set(&rules, "csp", 3, "green", 5, 3), FIN_OK);
    fin_signal_evaluate(FIN_SIGNAL_CSP, &rules, &s, NULL, FIN_OPTIONS_OK,
                        NULL, &out);
    assert_int_equal(test_condition(&out, "rsi")->met, 0);
    assert_string_equal(test_condition(&out, "rsi")->rule, "30..39.5");
    assert_int_equal(out.score, FIN_SCORE_GREEN);
}


/* delta, days and type, both sides; the figures of one that fits */
static void
test_strikes(void **state)
{
    size_t              i;
    fin_chain_t         chain;
    fin_stock_t         s;
    fin_signal_t        out;
    fin_market_t        m = test_market(90);
    const fin_strike_t *k;

    static const struct {
        fin_right_t  type;
        int          dte;
        double       delta;
        unsigned     found;
    }  rows[] = {
        { FIN_PUT, 30, -0.25, 1 }, { FIN_CALL, 30, -0.25, 0 },
        { FIN_PUT, 21, -0.25, 1 }, { FIN_PUT, 20, -0.25, 0 },
        { FIN_PUT, 45, -0.25, 1 }, { FIN_PUT, 46, -0.25, 0 },
        { FIN_PUT, 30, -0.20, 1 }, { FIN_PUT, 30, -0.1999, 0 },
        { FIN_PUT, 30, -0.30, 1 }, { FIN_PUT, 30, -0.3001, 0 },
        { FIN_PUT, 30, 0.25, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = good();
        fin_chain_init(&chain);
        test_push_liquid(&chain, rows[i].type, rows[i].dte, 80, 1.6,
                         rows[i].delta);
        assert_int_equal(fin_chain_value(&chain, &m), FIN_OK);

        out = evaluate(&s, &chain);
        assert_int_equal(out.n_notes, 0);

        if (out.n_strikes != rows[i].found) {
            fail_msg("row %zu", i);
        }

        if (out.n_strikes) {
            k = &out.strike[0];
            assert_ptr_equal(k->option, chain.opt);
            fin_assert_close(k->break_even, 78.4, 1e-12, 0);
            fin_assert_close(k->return_on_capital, 2, 1e-12, 0);
            fin_assert_close(k->annualized_return, 730.0 / rows[i].dte,
                             1e-12, 0);
            fin_assert_close(k->spread_pct, 6.25, 1e-9, 0);
            assert_true(isnan(k->extra));
        }

        /* red recommends none */

        s.rsi = s.iv_percentile = 0;
        s.swing_high = 90;
        out = evaluate(&s, &chain);
        assert_int_equal(out.score, FIN_SCORE_RED);
        assert_int_equal(out.n_strikes, 0);
        fin_chain_free(&chain);
    }
}


/* one line for each thing that is lacking */
static void
test_notes(void **state)
{
    size_t                i;
    fin_chain_t           chain;
    fin_rules_t           rules;
    fin_stock_t           s;
    fin_signal_t          out;

    static const struct {
        fin_options_status_t  options;
        int                   contracts, quotes;
        double                iv;
        unsigned              notes;
        const char           *word;     /* in the first */
    }  rows[] = {
        { FIN_OPTIONS_OK, 1, 1, 0.2, 0, NULL },
        { FIN_OPTIONS_OK, 1, 0, 0.2, 1, "quotes" },
        { FIN_OPTIONS_OK, 1, 1, NAN, 1, "volatility" },
        { FIN_OPTIONS_OK, 1, 0, NAN, 2, "quotes" },
        { FIN_OPTIONS_NONE, 0, 0, NAN, 1, "lists no options" },
        { FIN_OPTIONS_NOT_ENTITLED, 0, 0, NAN, 1, "does not include" },
        { FIN_OPTIONS_UNAVAILABLE, 0, 0, NAN, 1, "not available" },
        { FIN_OPTIONS_UNAVAILABLE, 1, 1, 0.2, 1, "of before" },
        { FIN_OPTIONS_UNAVAILABLE, 1, 0, NAN, 3, "of before" }
    };

    (void) state;
    fin_rules_default(&rules);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = good();
        s.iv = rows[i].iv;
        fin_chain_init(&chain);

        if (rows[i].contracts) {
            test_push_liquid(&chain, FIN_PUT, 30, 80, 1, -0.25);

            if (!rows[i].quotes) {
                test_quote(chain.opt, NAN, NAN);
            }
        }

        fin_signal_evaluate(FIN_SIGNAL_CSP, &rules, &s, &chain,
                            rows[i].options, NULL, &out);
        test_marks(&out);
        assert_int_equal(out.n_notes, rows[i].notes);

        if (rows[i].word && strstr(out.note[0], rows[i].word) == NULL) {
            fail_msg("row %zu: %s", i, out.note[0]);
        }

        fin_chain_free(&chain);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_pullback),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_earnings),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_override),
        cmocka_unit_test(test_strikes),
        cmocka_unit_test(test_notes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/market/generate_*.c */

/*
 * Conditions, scores and recommended strikes of sample and real markets equal
 * those of a second implementation with numpy and scipy.
 */

#include "fin_assert.h"
#include "fin_golden.h"


static const struct {
    golden_key_t       key;
    fin_signal_kind_t  kind;
    struct {
        double         shares, cost_basis;
        int            has_leaps;
        double         leaps_strike, leaps_cost;
    }                  held;
    fin_score_t        score;
    unsigned           met;             /* a bit a condition, in their order */
    unsigned           n;
    struct {
        const char    *ticker;
        int32_t        dte;
        double         premium, delta, break_even, back, annualized, spread,
                       extra;
    }                  strike[FIN_STRIKES_MAX];
} rows[] = {
#include "../golden/signals/signals.inc"
};


static void
check_strike(size_t row, unsigned at, const fin_strike_t *strike)
{
    size_t  i;

    assert_string_equal(strike->option->ticker, rows[row].strike[at].ticker);
    assert_int_equal(strike->option->dte, rows[row].strike[at].dte);

    {
        const struct {
            const char  *name;
            double       value, want;
        } fields[] = {
            { "premium", strike->option->price,
              rows[row].strike[at].premium },
            { "delta", strike->option->delta, rows[row].strike[at].delta },
            { "break_even", strike->break_even,
              rows[row].strike[at].break_even },
            { "return_on_capital", strike->return_on_capital,
              rows[row].strike[at].back },
            { "annualized_return", strike->annualized_return,
              rows[row].strike[at].annualized },
            { "spread_pct", strike->spread_pct, rows[row].strike[at].spread },
            { "extra", strike->extra, rows[row].strike[at].extra }
        };

        for (i = 0; i < GOLDEN_COUNT(fields); i++) {
            fin_assert_close_row(fields[i].value, fields[i].want, 1e-9, 0,
                                 "%s %u of row %zu", fields[i].name, at, row);
        }
    }
}


static void
check_row(size_t row, const fin_sample_t *s)
{
    unsigned       i, met;
    fin_rules_t    rules;
    fin_signal_t   signal;
    fin_holding_t  held;

    memset(&held, 0, sizeof(held));
    held.shares = rows[row].held.shares;
    held.cost_basis = rows[row].held.cost_basis;
    held.has_leaps = rows[row].held.has_leaps != 0;
    held.leaps_strike = rows[row].held.leaps_strike;
    held.leaps_cost = rows[row].held.leaps_cost;

    fin_rules_default(&rules);
    fin_signal_evaluate(rows[row].kind, &rules, &s->stock, &s->chain,
                        s->chain.n > 0 ? FIN_OPTIONS_OK : FIN_OPTIONS_NONE,
                        &held, &signal);

    met = 0;

    for (i = 0; i < signal.n; i++) {
        met |= (unsigned) signal.condition[i].met << i;
    }

    if (met != rows[row].met || signal.score != rows[row].score
        || signal.n_strikes != rows[row].n)
    {
        fail_msg("row %zu, %s of %s: met 0x%x, score %d, %u strikes", row,
                 s->stock.ticker, rows[row].key.day, met, (int) signal.score,
                 signal.n_strikes);
    }

    for (i = 0; i < signal.n_strikes; i++) {
        check_strike(row, i, &signal.strike[i]);
    }
}


static void
check_rows(int real)
{
    size_t               i;
    golden_t             g;
    const fin_sample_t  *s;

    memset(&g, 0, sizeof(g));

    for (i = 0; i < GOLDEN_COUNT(rows); i++) {
        s = golden_open(&g, &rows[i].key, real);

        if (s != NULL) {
            check_row(i, s);
        }
    }

    golden_end(&g, real);
}


static void
test_sample(void **state)
{
    (void) state;
    check_rows(0);
}


static void
test_real(void **state)
{
    (void) state;
    check_rows(1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_real)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

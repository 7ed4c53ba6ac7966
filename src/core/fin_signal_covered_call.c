/*
 * Covered call: sell a call on shares that have run up to a resistance.
 */

#include "fin_conditions.h"


static void
fin_covered_call_resistance(const fin_evaluation_t *e)
{
    double              pct, best, level, most;
    unsigned            i;
    fin_condition_t    *c;
    const fin_stock_t  *stock;

    stock = e->stock;
    most = e->rule[FIN_RULE_COVERED_CALL_RESISTANCE_PCT];
    best = NAN;
    level = NAN;

    for (i = 0; i < stock->resistance.n; i++) {

        pct = fin_percent_under(stock->price, stock->resistance.level[i]);

        if (pct >= 0 && !(pct >= best)) {
            best = pct;
            level = stock->resistance.level[i];
        }
    }

    c = fin_condition_add(e, "resistance", best);
    c->met = (fin_percent_within(best, 0, most) != 0);
    fin_condition_rule(c, "0..%g %% under a resistance", most);

    if (c->unknown) {
        fin_condition_reason(c, "No resistance above the price is known");
        return;
    }

    fin_condition_reason(c, "Price %.2f is %.2f %% under the resistance %.2f, "
                         "%s %g %%", stock->price, best, level,
                         c->met ? "within" : "not within", most);
}


void
fin_signal_covered_call(const fin_evaluation_t *e)
{
    const double       *rule = e->rule;
    const fin_stock_t  *stock = e->stock;

    fin_condition_trend(e, "trend", "price", stock->price, "ma_20",
                        stock->ma_20);
    fin_condition_over(e, "rsi", "RSI", stock->rsi,
                       rule[FIN_RULE_COVERED_CALL_RSI_MIN]);
    fin_covered_call_resistance(e);
    fin_condition_over(e, "iv", fin_condition_iv_label(stock),
                       stock->iv_percentile,
                       rule[FIN_RULE_COVERED_CALL_IV_MIN]);
    fin_condition_earnings(e, rule[FIN_RULE_COVERED_CALL_EARNINGS_DAYS]);
}


static double
fin_covered_call_fill(fin_strike_t *s, const void *data)
{
    const fin_stock_t  *stock = data;

    fin_strike_returns(s, stock->price);
    s->break_even = stock->price - s->option->price;
    s->extra = s->option->strike + s->option->price;

    return -s->annualized_return;
}


void
fin_signal_covered_call_strikes(const fin_evaluation_t *e,
    fin_strike_filter_t *filter)
{
    filter->type = FIN_CALL;
    filter->delta_min = e->rule[FIN_RULE_COVERED_CALL_DELTA_MIN];
    filter->delta_max = e->rule[FIN_RULE_COVERED_CALL_DELTA_MAX];
    filter->dte_min = e->rule[FIN_RULE_COVERED_CALL_DTE_MIN];
    filter->dte_max = e->rule[FIN_RULE_COVERED_CALL_DTE_MAX];

    if (e->holding != NULL && e->holding->shares > 0) {
        filter->strike_from = e->holding->cost_basis;
    }

    e->out->n_strikes = fin_strikes_pick(e->out->strike, e->chain, filter,
                                         fin_covered_call_fill, e->stock);
}

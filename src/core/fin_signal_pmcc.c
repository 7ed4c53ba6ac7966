/*
 * Poor man's covered call: sell a short call against a LEAPS that is held.
 */

#include "fin_conditions.h"


int
fin_leaps_qualifies(const fin_rules_t *rules, int32_t dte, double delta)
{
    return dte >= rules->value[FIN_RULE_PMCC_LEAPS_DTE]
           && delta >= rules->value[FIN_RULE_PMCC_LEAPS_DELTA];
}


/* A condition with no figure of its own: its value is null. */
static void
fin_pmcc_leaps(const fin_evaluation_t *e)
{
    double            dte, delta;
    fin_condition_t  *c;

    dte = e->rule[FIN_RULE_PMCC_LEAPS_DTE];
    delta = e->rule[FIN_RULE_PMCC_LEAPS_DELTA];

    c = fin_condition_add(e, "leaps", NAN);
    c->unknown = 0;
    c->met = (e->holding != NULL && e->holding->has_leaps);
    fin_condition_rule(c, "long call, >= %g dte, delta >= %g", dte, delta);

    if (c->met) {
        fin_condition_reason(c, "A long call of strike %.2f is held, with "
                             "%g days or more and a delta of %g or more",
                             e->holding->leaps_strike, dte, delta);
        return;
    }

    fin_condition_reason(c, "No long call with %g days or more and a delta "
                         "of %g or more is held", dte, delta);
}


void
fin_signal_pmcc(const fin_evaluation_t *e)
{
    const double       *rule = e->rule;
    const fin_stock_t  *stock = e->stock;

    fin_pmcc_leaps(e);
    fin_condition_trend(e, "trend", "price", stock->price, "ma_20",
                        stock->ma_20);
    fin_condition_over(e, "rsi", "RSI", stock->rsi,
                       rule[FIN_RULE_PMCC_RSI_MIN]);
    fin_condition_over(e, "iv", fin_condition_iv_label(stock),
                       stock->iv_percentile, rule[FIN_RULE_PMCC_IV_MIN]);
    fin_condition_earnings(e, rule[FIN_RULE_PMCC_EARNINGS_DAYS]);
}


static double
fin_pmcc_fill(fin_strike_t *s, const void *data)
{
    const fin_holding_t  *holding = data;

    fin_strike_returns(s, holding->leaps_cost);

    return -s->annualized_return;
}


void
fin_signal_pmcc_strikes(const fin_evaluation_t *e,
    fin_strike_filter_t *filter)
{
    filter->type = FIN_CALL;
    filter->delta_min = e->rule[FIN_RULE_PMCC_DELTA_MIN];
    filter->delta_max = e->rule[FIN_RULE_PMCC_DELTA_MAX];
    filter->dte_min = e->rule[FIN_RULE_PMCC_DTE_MIN];
    filter->dte_max = e->rule[FIN_RULE_PMCC_DTE_MAX];
    filter->strike_over = e->holding->leaps_strike;

    e->out->n_strikes = fin_strikes_pick(e->out->strike, e->chain, filter,
                                         fin_pmcc_fill, e->holding);
}

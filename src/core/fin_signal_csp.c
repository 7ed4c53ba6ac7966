/*
 * Cash-secured put: sell a put on a stock that has come back a little.
 */

#include "fin_conditions.h"


/* How far the price is over the nearest support, in per cent of it; NAN. */
static double
fin_csp_over_support(const fin_stock_t *stock, double *level)
{
    double    pct, best;
    unsigned  i;

    best = NAN;

    for (i = 0; i < stock->support.n; i++) {

        pct = -fin_percent_under(stock->price, stock->support.level[i]);

        if (pct >= 0 && !(pct >= best)) {
            best = pct;
            *level = stock->support.level[i];
        }
    }

    return best;
}


/*
 * Either of two rules will do.  The value is the distance under the swing high
 * whenever that is known, also when it is the support that decides.
 */
static void
fin_csp_pullback(const fin_evaluation_t *e)
{
    int                 under, near;
    double              pct, over, level, from, to, most;
    fin_condition_t    *c;
    const fin_stock_t  *stock;

    stock = e->stock;
    from = e->rule[FIN_RULE_CSP_PULLBACK_MIN];
    to = e->rule[FIN_RULE_CSP_PULLBACK_MAX];
    most = e->rule[FIN_RULE_CSP_SUPPORT_PCT];
    level = NAN;

    pct = fin_percent_under(stock->price, stock->swing_high);
    over = fin_csp_over_support(stock, &level);
    under = fin_percent_within(pct, from, to);
    near = fin_percent_within(over, 0, most);

    c = fin_condition_add(e, "pullback", isnan(pct) ? over : pct);
    c->met = under || near;
    fin_condition_rule(c, "%g..%g %% under the swing high, or within %g %% "
                       "above a support", from, to, most);

    if (c->unknown) {
        fin_condition_reason(c, "No swing high and no support is known");

    } else if (near && !under) {
        fin_condition_reason(c, "Price %.2f is %.2f %% above the support "
                             "%.2f, within %g %%", stock->price, over, level,
                             most);

    } else if (isnan(pct)) {
        fin_condition_reason(c, "Price %.2f is %.2f %% above the support "
                             "%.2f, not within %g %%", stock->price, over,
                             level, most);

    } else {
        fin_condition_reason(c, "Price %.2f is %.2f %% under the swing high "
                             "%.2f, %s %g..%g %%%s", stock->price, pct,
                             stock->swing_high, under ? "within" : "outside",
                             from, to, under ? "" : ", and near no support");
    }
}


void
fin_signal_csp(const fin_evaluation_t *e)
{
    const double  *rule = e->rule;

    fin_csp_pullback(e);
    fin_condition_range(e, "rsi", "RSI", e->stock->rsi,
                        rule[FIN_RULE_CSP_RSI_MIN], rule[FIN_RULE_CSP_RSI_MAX]);
    fin_condition_over(e, "iv", fin_condition_iv_label(e->stock),
                       e->stock->iv_percentile, rule[FIN_RULE_CSP_IV_MIN]);
    fin_condition_earnings(e, rule[FIN_RULE_CSP_EARNINGS_DAYS]);
}


static double
fin_csp_fill(fin_strike_t *s, const void *data)
{
    (void) data;

    fin_strike_returns(s, s->option->strike);
    s->break_even = s->option->strike - s->option->price;

    return -s->annualized_return;
}


void
fin_signal_csp_strikes(const fin_evaluation_t *e, fin_strike_filter_t *filter)
{
    filter->type = FIN_PUT;
    filter->delta_min = e->rule[FIN_RULE_CSP_DELTA_MIN];
    filter->delta_max = e->rule[FIN_RULE_CSP_DELTA_MAX];
    filter->dte_min = e->rule[FIN_RULE_CSP_DTE_MIN];
    filter->dte_max = e->rule[FIN_RULE_CSP_DTE_MAX];

    e->out->n_strikes = fin_strikes_pick(e->out->strike, e->chain, filter,
                                         fin_csp_fill, NULL);
}

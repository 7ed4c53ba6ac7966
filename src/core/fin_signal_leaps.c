/*
 * LEAPS: buy a long call deep in the money in place of the stock.
 */

#include "fin_conditions.h"


static void
fin_leaps_pullback(const fin_evaluation_t *e)
{
    double              pct, from, to;
    fin_condition_t    *c;
    const fin_stock_t  *stock;

    stock = e->stock;
    from = e->rule[FIN_RULE_LEAPS_PULLBACK_MIN];
    to = e->rule[FIN_RULE_LEAPS_PULLBACK_MAX];
    pct = fin_percent_under(stock->price, stock->high_52week);

    c = fin_condition_add(e, "pullback", pct);
    c->met = (fin_percent_within(pct, from, to) != 0);
    fin_condition_rule(c, "%g..%g %% under the 52-week high", from, to);

    if (c->unknown) {
        fin_condition_reason(c, "The 52-week high is not known");
        return;
    }

    fin_condition_reason(c, "Price %.2f is %.2f %% under the 52-week high "
                         "%.2f, %s %g..%g %%", stock->price, pct,
                         stock->high_52week, c->met ? "within" : "outside",
                         from, to);
}


void
fin_signal_leaps(const fin_evaluation_t *e)
{
    const fin_stock_t  *stock = e->stock;

    fin_leaps_pullback(e);
    fin_condition_less(e, "iv", fin_condition_iv_label(stock),
                       stock->iv_percentile, e->rule[FIN_RULE_LEAPS_IV_MAX]);
    fin_condition_trend(e, "trend", "price", stock->price, "ma_200",
                        stock->ma_200);
    fin_condition_trend(e, "golden_cross", "ma_50", stock->ma_50, "ma_200",
                        stock->ma_200);
}


/* The least extrinsic value per day of life is the best. */
static double
fin_leaps_fill(fin_strike_t *s, const void *data)
{
    double               extrinsic;
    const fin_stock_t   *stock = data;
    const fin_option_t  *o = s->option;

    s->break_even = o->strike + o->price;
    s->extra = o->delta * stock->price / o->price;
    extrinsic = o->price - fmax(stock->price - o->strike, 0);

    return extrinsic / o->dte;
}


void
fin_signal_leaps_strikes(const fin_evaluation_t *e,
    fin_strike_filter_t *filter)
{
    filter->type = FIN_CALL;
    filter->delta_min = e->rule[FIN_RULE_LEAPS_DELTA_MIN];
    filter->delta_max = e->rule[FIN_RULE_LEAPS_DELTA_MAX];
    filter->dte_min = e->rule[FIN_RULE_LEAPS_DTE_MIN];
    filter->dte_max = e->rule[FIN_RULE_LEAPS_DTE_MAX];

    e->out->n_strikes = fin_strikes_pick(e->out->strike, e->chain, filter,
                                         fin_leaps_fill, e->stock);
}

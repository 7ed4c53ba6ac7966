#include <string.h>

#include "fin_rules.h"
#include "fin_strikes.h"
#include "fin_time.h"


#define FIN_STRIKES_SLACK  1e-9         /* of a percentage: its rounding */


void
fin_liquidity_of(fin_liquidity_t *liquidity, const fin_rules_t *rules,
    fin_signal_kind_t kind)
{
    size_t         i;
    const double  *v;

    static const unsigned char  first[FIN_SIGNAL_COUNT] = {
        FIN_RULE_CSP_OPEN_INTEREST_MIN,
        FIN_RULE_COVERED_CALL_OPEN_INTEREST_MIN,
        FIN_RULE_LEAPS_OPEN_INTEREST_MIN,
        FIN_RULE_PMCC_OPEN_INTEREST_MIN
    };

    i = first[kind];
    v = rules->value;

    /* FIN_RULES_STRIKES keeps the three together */

    liquidity->open_interest_min = v[i];
    liquidity->spread_max = v[i + 1];
    liquidity->volume_min = v[i + 2];
}


double
fin_option_spread_pct(const fin_option_t *o)
{
    double  mid;

    mid = (o->bid + o->ask) / 2;

    if (!(o->bid > 0 && o->ask > 0 && isfinite(mid))) {
        return NAN;
    }

    return 100 * (o->ask - o->bid) / mid;
}


int
fin_option_liquid(const fin_option_t *o, const fin_liquidity_t *liquidity,
    fin_date_t last_bar)
{
    if (o->adjusted || !isfinite(o->price)
        || !(o->open_interest >= liquidity->open_interest_min))
    {
        return 0;
    }

    if (isnan(o->bid) && isnan(o->ask)) {
        return o->volume >= liquidity->volume_min
               && o->day_t != 0 && fin_ny_date(o->day_t) == last_bar;
    }

    return o->bid > 0 && o->ask >= o->bid
           && fin_option_spread_pct(o)
              <= liquidity->spread_max + FIN_STRIKES_SLACK;
}


static int
fin_strikes_fit(const fin_option_t *o, const fin_strike_filter_t *f)
{
    return o->type == f->type
           && o->dte >= f->dte_min && o->dte <= f->dte_max
           && o->delta >= f->delta_min && o->delta <= f->delta_max
           && (isnan(f->strike_from) || o->strike >= f->strike_from)
           && (isnan(f->strike_over) || o->strike > f->strike_over)
           && fin_option_liquid(o, &f->liquidity, f->last_bar);
}


static int
fin_strikes_better(const fin_strike_t *a, double rank_a,
    const fin_strike_t *b, double rank_b)
{
    if (rank_a != rank_b) {
        return rank_a < rank_b;
    }

    return strcmp(a->option->ticker, b->option->ticker) < 0;
}


unsigned
fin_strikes_pick(fin_strike_t best[FIN_STRIKES_MAX], const fin_chain_t *chain,
    const fin_strike_filter_t *filter, fin_strike_fill_t fill,
    const void *data)
{
    double        r, rank[FIN_STRIKES_MAX];
    size_t        i;
    unsigned      n, at;
    fin_strike_t  s;

    n = 0;

    for (i = 0; i < chain->n; i++) {

        if (!fin_strikes_fit(&chain->opt[i], filter)) {
            continue;
        }

        s.option = &chain->opt[i];
        s.break_even = NAN;
        s.return_on_capital = NAN;
        s.annualized_return = NAN;
        s.spread_pct = fin_option_spread_pct(s.option);
        s.extra = NAN;

        r = fill(&s, data);
        r = isnan(r) ? INFINITY : r;

        for (at = n; at > 0; at--) {

            if (!fin_strikes_better(&s, r, &best[at - 1], rank[at - 1])) {
                break;
            }

            if (at < FIN_STRIKES_MAX) {
                best[at] = best[at - 1];
                rank[at] = rank[at - 1];
            }
        }

        if (at < FIN_STRIKES_MAX) {
            best[at] = s;
            rank[at] = r;
            n += (n < FIN_STRIKES_MAX);
        }
    }

    return n;
}


void
fin_strike_returns(fin_strike_t *s, double capital)
{
    double  roc;

    if (!(capital > 0) || s->option->dte <= 0) {
        return;
    }

    roc = 100 * s->option->price / capital;

    if (isfinite(roc * 365)) {
        s->return_on_capital = roc;
        s->annualized_return = roc * 365 / s->option->dte;
    }
}

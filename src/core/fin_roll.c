#include <stdlib.h>
#include <string.h>

#include "fin_advice.h"
#include "fin_roll.h"
#include "fin_strikes.h"


#define FIN_ROLL_SAME  1e-9             /* deltas this near are equally near */


/* The table's own thresholds, which a deployment does not change here. */
static void
fin_roll_liquidity(fin_liquidity_t *liquidity)
{
    fin_rules_t  rules;

    fin_rules_default(&rules);
    fin_liquidity_of(liquidity, &rules, FIN_SIGNAL_COVERED_CALL);
}


/* Whether a contract may be rolled to, but for its strike. */
static int
fin_roll_window(const fin_option_t *o, const fin_roll_query_t *query,
    const fin_liquidity_t *liquidity)
{
    fin_date_t  present = query->position->expiration;

    return o->type == query->position->option_type
           && o->dte >= query->dte_min && o->dte <= query->dte_max
           && (o->expiration > present
               || (o->expiration == present && query->type != FIN_ROLL_OUT))
           && fin_option_liquid(o, liquidity, query->last_bar);
}


static fin_date_t
fin_roll_expiration(const fin_chain_t *chain, const fin_roll_query_t *query,
    const fin_liquidity_t *liquidity)
{
    int                  order;
    size_t               i;
    const fin_option_t  *o, *best;

    best = NULL;

    for (i = 0; i < chain->n; i++) {

        o = &chain->opt[i];

        if (!fin_roll_window(o, query, liquidity)) {
            continue;
        }

        order = best == NULL ? -1 : abs(o->dte - query->dte_near)
                                    - abs(best->dte - query->dte_near);

        if (order < 0 || (order == 0 && o->dte < best->dte)) {
            best = o;
        }
    }

    return best != NULL ? best->expiration : FIN_NO_DATE;
}


static int
fin_roll_strike_fits(const fin_option_t *o, const fin_roll_query_t *query)
{
    double  present = query->position->strike;

    if (query->type == FIN_ROLL_OUT) {
        return fin_strike_same(o->strike, present);
    }

    if (fin_strike_same(o->strike, present) || !isfinite(o->delta)) {
        return 0;
    }

    return query->type == FIN_ROLL_UP_AND_OUT ? o->strike > present
                                              : o->strike < present;
}


static int
fin_roll_better(const fin_option_t *a, const fin_option_t *b,
    fin_roll_type_t type)
{
    double  near_a, near_b;

    if (type != FIN_ROLL_OUT) {
        near_a = fabs(fabs(a->delta) - FIN_ADVICE_ROLL_DELTA);
        near_b = fabs(fabs(b->delta) - FIN_ADVICE_ROLL_DELTA);

        if (fabs(near_a - near_b) > FIN_ROLL_SAME) {
            return near_a < near_b;
        }
    }

    if (a->strike != b->strike) {
        return a->strike < b->strike;
    }

    return strcmp(a->ticker, b->ticker) < 0;
}


fin_roll_status_t
fin_roll_find(const fin_chain_t *chain, const fin_roll_query_t *query,
    const fin_option_t **target, fin_date_t *expiration)
{
    size_t               i;
    fin_liquidity_t      liquidity;
    const fin_option_t  *o;

    *target = NULL;
    *expiration = FIN_NO_DATE;

    if (chain == NULL || chain->n == 0) {
        return FIN_ROLL_NO_CHAIN;
    }

    fin_roll_liquidity(&liquidity);
    *expiration = fin_roll_expiration(chain, query, &liquidity);

    if (*expiration == FIN_NO_DATE) {
        return FIN_ROLL_NO_EXPIRATION;
    }

    for (i = 0; i < chain->n; i++) {

        o = &chain->opt[i];

        if (o->expiration == *expiration
            && fin_roll_strike_fits(o, query)
            && fin_roll_window(o, query, &liquidity)
            && (*target == NULL || fin_roll_better(o, *target, query->type)))
        {
            *target = o;
        }
    }

    return *target != NULL ? FIN_ROLL_FOUND : FIN_ROLL_NO_CONTRACT;
}

#include <string.h>

#include "fin_indicators.h"
#include "fin_portfolio.h"


/* Lots of one thing.  Long sums: equal prices have themselves as mean. */
typedef struct {
    long double  held;                  /* net */
    long double  bought;
    long double  paid;
} fin_pile_t;

typedef struct {
    const char         *ticker;
    const fin_rules_t  *rules;          /* NULL: any LEAPS position will do */
    fin_date_t          today;
} fin_leaps_query_t;


static void
fin_pile_add(fin_pile_t *pile, int64_t quantity, double price)
{
    pile->held += (long double) quantity;

    if (quantity > 0) {
        pile->bought += (long double) quantity;
        pile->paid += (long double) quantity * (long double) price;
    }
}


/* The mean price of what was bought; NAN when nothing of it is held. */
static double
fin_pile_cost(const fin_pile_t *pile)
{
    if (!(pile->held > 0)) {
        return NAN;
    }

    return fin_finite((double) (pile->paid / pile->bought));
}


static double
fin_portfolio_secured(const fin_position_t *p)
{
    if (fin_position_class(p) != FIN_CLASS_SHORT_PUT) {
        return 0;
    }

    return 100 * p->strike * -(double) p->quantity;
}


void
fin_portfolio_summary(const fin_lot_t *lot, size_t n, fin_summary_t *out)
{
    size_t                i, valued;
    long double           value, pnl, cost, secured;
    const fin_metrics_t  *m;

    value = pnl = cost = secured = 0;
    valued = 0;

    for (i = 0; i < n; i++) {

        m = &lot[i].metrics;
        secured += (long double) fin_portfolio_secured(lot[i].position);

        if (isnan(m->current_value) || isnan(m->unrealized_pnl)) {
            continue;
        }

        value += (long double) m->current_value;
        pnl += (long double) m->unrealized_pnl;
        cost += (long double) fabs(m->cost);
        valued++;
    }

    out->partial = (valued < n);
    out->cash_secured = fin_finite((double) secured);

    if (valued == 0 && n > 0) {
        out->market_value = NAN;
        out->unrealized_pnl = NAN;
        out->unrealized_pnl_pct = NAN;
        return;
    }

    out->market_value = fin_finite((double) value);
    out->unrealized_pnl = fin_finite((double) pnl);
    out->unrealized_pnl_pct = fin_finite((double) (100 * pnl / cost));
}


static int
fin_portfolio_is_long_call(const fin_lot_t *lot, const char *ticker)
{
    const fin_position_t  *p = lot->position;

    return p->type == FIN_POSITION_OPTION && p->option_type == FIN_CALL
           && p->quantity > 0 && strcmp(p->ticker, ticker) == 0;
}


static int
fin_portfolio_is_leaps(const fin_lot_t *lot, const fin_leaps_query_t *query)
{
    int32_t  dte;

    if (!fin_portfolio_is_long_call(lot, query->ticker)) {
        return 0;
    }

    dte = fin_days_between(query->today, lot->position->expiration);

    if (query->rules != NULL) {
        return lot->contract != NULL
               && fin_leaps_qualifies(query->rules, dte,
                                      lot->contract->delta);
    }

    return dte >= 0 && fin_position_class(lot->position) == FIN_CLASS_LEAPS;
}


/* Negative when a is preferred to b, 0 when they are of one contract. */
static int
fin_portfolio_leaps_order(const fin_position_t *a, const fin_position_t *b)
{
    if (a->expiration != b->expiration) {
        return a->expiration > b->expiration ? -1 : 1;
    }

    if (fin_strike_same(a->strike, b->strike)) {
        return 0;
    }

    return a->strike < b->strike ? -1 : 1;
}


/* The preferred one of those after a contract (NULL: of all); NULL: none. */
static const fin_position_t *
fin_portfolio_leaps_next(const fin_lot_t *lot, size_t n,
    const fin_leaps_query_t *query, const fin_position_t *after)
{
    size_t                 i;
    const fin_position_t  *p, *best;

    best = NULL;

    for (i = 0; i < n; i++) {

        p = lot[i].position;

        if (fin_portfolio_is_leaps(&lot[i], query)
            && (after == NULL || fin_portfolio_leaps_order(after, p) < 0)
            && (best == NULL || fin_portfolio_leaps_order(p, best) < 0))
        {
            best = p;
        }
    }

    return best;
}


/* All lots, long and short, of a call. */
static fin_pile_t
fin_portfolio_pile(const fin_lot_t *lot, size_t n, const fin_position_t *of)
{
    size_t                 i;
    fin_pile_t             pile;
    const fin_position_t  *p;

    memset(&pile, 0, sizeof(fin_pile_t));

    for (i = 0; i < n; i++) {

        p = lot[i].position;

        if (p->type == FIN_POSITION_OPTION && p->option_type == FIN_CALL
            && fin_portfolio_leaps_order(p, of) == 0
            && strcmp(p->ticker, of->ticker) == 0)
        {
            fin_pile_add(&pile, p->quantity, p->premium);
        }
    }

    return pile;
}


/* The preferred LEAPS of which something is held; NULL: none. */
static const fin_position_t *
fin_portfolio_leaps(const fin_lot_t *lot, size_t n,
    const fin_leaps_query_t *query, double *cost)
{
    fin_pile_t             pile;
    const fin_position_t  *p;

    for (p = fin_portfolio_leaps_next(lot, n, query, NULL);
         p != NULL;
         p = fin_portfolio_leaps_next(lot, n, query, p))
    {
        pile = fin_portfolio_pile(lot, n, p);

        if (pile.held > 0) {
            *cost = fin_pile_cost(&pile);
            return p;
        }
    }

    return NULL;
}


void
fin_portfolio_holding(const fin_lot_t *lot, size_t n, const char *ticker,
    const fin_rules_t *rules, fin_date_t today, fin_holding_t *out)
{
    size_t                 i;
    fin_pile_t             shares;
    fin_leaps_query_t      query = { ticker, rules, today };
    const fin_position_t  *p;

    memset(&shares, 0, sizeof(fin_pile_t));
    memset(out, 0, sizeof(fin_holding_t));

    for (i = 0; i < n; i++) {

        p = lot[i].position;

        if (p->type == FIN_POSITION_STOCK && strcmp(p->ticker, ticker) == 0) {
            fin_pile_add(&shares, p->quantity, p->purchase_price);
        }
    }

    out->shares = shares.held > 0 ? (double) shares.held : 0;
    out->cost_basis = fin_pile_cost(&shares);

    out->leaps_strike = NAN;
    out->leaps_cost = NAN;

    p = fin_portfolio_leaps(lot, n, &query, &out->leaps_cost);

    if (p != NULL) {
        out->has_leaps = 1;
        out->leaps_strike = p->strike;
    }
}


double
fin_portfolio_leaps_strike(const fin_lot_t *lot, size_t n,
    const char *ticker, fin_date_t today, const fin_holding_t *holding)
{
    double                 cost;
    fin_leaps_query_t      query = { ticker, NULL, today };
    const fin_position_t  *p;

    if (holding->has_leaps) {
        return holding->leaps_strike;
    }

    p = fin_portfolio_leaps(lot, n, &query, &cost);

    return p != NULL ? p->strike : (double) NAN;
}

/*
 * Which parts of a chain a dashboard needs, so that a refresh does not ask for
 * all 8 800 contracts of SPY.  The bounds are wide enough for every figure of
 * a stock to be what the whole chain would give: the strikes of the implied
 * yield, the expirations on both sides of 30 days, and the strikes and days at
 * which the rules in force look for something to recommend.
 *
 * That holds while an expiration has a volatility at least every 35 days (a
 * monthly cycle), and while no option in question is more than
 * FIN_PARTS_SMILE times as volatile as the figure the plan was made from.
 */

#ifndef FIN_PARTS_H
#define FIN_PARTS_H

#include "fin_chain.h"
#include "fin_signal.h"


typedef struct {
    fin_right_t  type;
    fin_date_t   from, to;              /* expirations, ends included */
    double       strike_min, strike_max;
} fin_part_t;

#define FIN_PARTS_MAX    4
#define FIN_PARTS_SMILE  1.75


/*
 * Fills part[] and returns how many.  Of m, price, today and rate are looked
 * at.  vol is the highest that is known of the stock's volatilities (NAN:
 * none is): the higher, the wider the strikes.
 */
unsigned fin_parts_plan(const fin_market_t *m, double vol,
    const fin_rules_t *rules, fin_part_t part[FIN_PARTS_MAX]);

/* Whether a contract belongs to one of the parts: applied to what came, since
 * a server may ignore the filters. */
int fin_parts_match(const fin_part_t *part, unsigned n,
    const fin_option_t *o);


#endif

/*
 * Which parts of a chain a dashboard needs, so that a refresh asks for some
 * hundred contracts and not for all 8 800 of SPY.  The bounds are wide enough
 * for every figure of a stock to be what the whole chain would give: strikes
 * within 10 % of the price for the implied yield, the expirations on both
 * sides of 30 days (a monthly cycle is 35 days at most), and the strikes at
 * which the signals' deltas lie.
 */

#ifndef FIN_PARTS_H
#define FIN_PARTS_H

#include "fin_types.h"


typedef struct {
    fin_right_t  type;
    fin_date_t   from, to;              /* expirations, ends included */
    double       strike_min, strike_max;
} fin_part_t;

#define FIN_PARTS_MAX  4


/*
 * Fills part[] and returns how many.  hv is the historical volatility (NAN:
 * not known); higher volatilities widen the strikes.
 */
unsigned fin_parts_plan(double price, double hv, fin_date_t today,
    fin_part_t part[FIN_PARTS_MAX]);

/* Whether a contract belongs to one of the parts: applied to what came, since
 * a server may ignore the filters. */
int fin_parts_match(const fin_part_t *part, unsigned n,
    const fin_option_t *o);


#endif

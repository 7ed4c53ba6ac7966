/* Which parts of a chain a dashboard needs: see the header. */

#include "fin_parts.h"
#include "fin_rules.h"


#define FIN_PARTS_NEAR_DTE     65       /* beyond 30 + a cycle of 35 days */

/*
 * domain.md: the strikes of the yield.  The strike nearest the price is
 * farther only where strikes are 2.50 apart (prices under 25), or all of them
 * over the price.
 */
#define FIN_PARTS_YIELD        0.10     /* of the price */
#define FIN_PARTS_NEAREST      2.5      /* in money */

#define FIN_PARTS_VOL_LEAST    0.20
#define FIN_PARTS_VOL_UNKNOWN  1.0
#define FIN_PARTS_VOL_MOST     3.0

#define FIN_PARTS_YIELD_MOST   0.10     /* dividends, fees to borrow; a year */
#define FIN_PARTS_RATE_SLACK   0.02     /* implied yields may be below 0 */

#define FIN_PARTS_STRIKE_LEAST 0.01
#define FIN_PARTS_STRIKE_MOST  1e300    /* finite, whatever the price */


/* Where a signal's rules look: days, and strikes in parts of the price. */
typedef struct {
    double  dte_min, dte_max;
    double  low, high;
} fin_reach_t;


/* Strikes in whole cents, outwards: shorter addresses. */

static double
fin_parts_cents(double value, double (*round)(double))
{
    value = round(value * 100) / 100;

    return fmin(fmax(value, FIN_PARTS_STRIKE_LEAST), FIN_PARTS_STRIKE_MOST);
}


/* The normal distribution's quantile, by bisection; within 8 deviations. */

static double
fin_parts_quantile(double p)
{
    int     i;
    double  z, low, high;

    low = -8;
    high = 8;

    for (i = 0; i < 32; i++) {
        z = (low + high) / 2;

        if (0.5 * erfc(-z / sqrt(2)) < p) {
            low = z;

        } else {
            high = z;
        }
    }

    return (low + high) / 2;
}


/*
 * A call of delta N(z) has the strike S exp(-z v + v^2 / 2 + carry t), where
 * v = sigma sqrt(t): of all v from 0 to the most it is highest at an end and
 * lowest at v = z.  A put's delta is that of its call less 1.  delta and dte
 * are the rules, the least and the most.
 *
 * A yield takes its part of every delta, e^(-q t).  Where that may be more
 * than the rule's most leaves, all deep calls meet it, and the deepest has
 * the least extrinsic value: there is no bound below.
 */
static fin_reach_t
fin_parts_reach(const fin_market_t *m, double vol, fin_right_t type,
    const double *delta, const double *dte)
{
    double       t, v, z, most, highest;
    fin_reach_t  reach;

    reach.dte_min = floor(dte[0]);
    reach.dte_max = ceil(dte[1]);

    t = reach.dte_max / 365;
    most = FIN_PARTS_SMILE * vol * sqrt(t);

    z = fin_parts_quantile(type == FIN_PUT ? 1 + delta[0] : delta[0]);
    reach.high = exp(fmax(most * (most / 2 - z), 0)
                     + fmax(m->rate + FIN_PARTS_RATE_SLACK, 0) * t);

    highest = type == FIN_PUT ? 1 + delta[1]
                              : delta[1] * exp(FIN_PARTS_YIELD_MOST * t);
    z = fin_parts_quantile(highest);
    v = fmin(fmax(z, 0), most);
    reach.low = highest < 1 ? exp(v * (v / 2 - z) - FIN_PARTS_YIELD_MOST * t)
                            : 0;

    return reach;
}


static double
fin_parts_vol(double vol)
{
    if (!isfinite(vol)) {
        return FIN_PARTS_VOL_UNKNOWN;
    }

    return fmin(fmax(vol, FIN_PARTS_VOL_LEAST), FIN_PARTS_VOL_MOST);
}


static fin_part_t
fin_parts_make(const fin_market_t *m, fin_right_t type, double from,
    double to, double min, double max)
{
    fin_part_t  p;

    p.type = type;
    p.from = m->today + (fin_date_t) from;
    p.to = m->today + (fin_date_t) to;
    p.strike_min = fin_parts_cents(min, floor);
    p.strike_max = fin_parts_cents(max, ceil);

    return p;
}


unsigned
fin_parts_plan(const fin_market_t *m, double vol, const fin_rules_t *rules,
    fin_part_t part[FIN_PARTS_MAX])
{
    double         s, low, high, near_low, near_high, to;
    fin_reach_t    csp, call, pmcc, leaps;
    const double  *rule = rules->value;

    vol = fin_parts_vol(vol);

    csp = fin_parts_reach(m, vol, FIN_PUT, &rule[FIN_RULE_CSP_DELTA_MIN],
                          &rule[FIN_RULE_CSP_DTE_MIN]);
    call = fin_parts_reach(m, vol, FIN_CALL,
                           &rule[FIN_RULE_COVERED_CALL_DELTA_MIN],
                           &rule[FIN_RULE_COVERED_CALL_DTE_MIN]);
    pmcc = fin_parts_reach(m, vol, FIN_CALL, &rule[FIN_RULE_PMCC_DELTA_MIN],
                           &rule[FIN_RULE_PMCC_DTE_MIN]);
    leaps = fin_parts_reach(m, vol, FIN_CALL, &rule[FIN_RULE_LEAPS_DELTA_MIN],
                            &rule[FIN_RULE_LEAPS_DTE_MIN]);

    s = m->price;
    low = s * (1 - FIN_PARTS_YIELD);
    high = s * (1 + FIN_PARTS_YIELD);
    near_low = fmin(low, s - FIN_PARTS_NEAREST);
    near_high = fmax(high, s + FIN_PARTS_NEAREST);

    to = fmax(fmax(FIN_PARTS_NEAR_DTE, csp.dte_max),
              fmax(call.dte_max, pmcc.dte_max));

    part[0] = fin_parts_make(m, FIN_PUT, 0, to, fmin(near_low, s * csp.low),
                             fmax(near_high, s * csp.high));
    part[1] = fin_parts_make(m, FIN_CALL, 0, to,
                             fmin(near_low, s * fmin(call.low, pmcc.low)),
                             fmax(near_high, s * fmax(call.high, pmcc.high)));

    part[2] = fin_parts_make(m, FIN_CALL, leaps.dte_min, leaps.dte_max,
                             fmin(low, s * leaps.low),
                             fmax(high, s * leaps.high));
    part[3] = fin_parts_make(m, FIN_PUT, leaps.dte_min, leaps.dte_max, low,
                             high);

    return 4;
}


int
fin_parts_match(const fin_part_t *part, unsigned n, const fin_option_t *o)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        if (o->type == part[i].type
            && o->expiration >= part[i].from
            && o->expiration <= part[i].to
            && o->strike >= part[i].strike_min
            && o->strike <= part[i].strike_max)
        {
            return 1;
        }
    }

    return 0;
}

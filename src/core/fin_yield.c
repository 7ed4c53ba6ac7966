/*
 * The yield that put-call parity puts into one expiration's quotes.
 */

#include "fin_option.h"


#define FIN_YIELD_STRIKES  5
#define FIN_YIELD_WITHIN   0.10     /* of the price */
#define FIN_YIELD_SLACK    1e-12    /* of the price: rounding of K - S */


typedef struct {
    double    distance[FIN_YIELD_STRIKES];      /* |K - S|, ascending */
    double    forward[FIN_YIELD_STRIKES];
    unsigned  n;
} fin_yield_t;


/* Keeps the nearest; strikes come in ascending, so the lower wins a tie. */
static void
fin_yield_add(fin_yield_t *y, double distance, double forward, double slack)
{
    unsigned  i;

    if (y->n < FIN_YIELD_STRIKES) {
        i = y->n++;

    } else if (distance < y->distance[y->n - 1] - slack) {
        i = y->n - 1;

    } else {
        return;
    }

    for ( /* void */ ; i > 0 && distance < y->distance[i - 1] - slack; i--) {
        y->distance[i] = y->distance[i - 1];
        y->forward[i] = y->forward[i - 1];
    }

    y->distance[i] = distance;
    y->forward[i] = forward;
}


static double
fin_yield_median(fin_yield_t *y)
{
    double    v;
    unsigned  i, j;

    for (i = 1; i < y->n; i++) {
        v = y->forward[i];

        for (j = i; j > 0 && y->forward[j - 1] > v; j--) {
            y->forward[j] = y->forward[j - 1];
        }

        y->forward[j] = v;
    }

    i = y->n / 2;

    return (y->n % 2) ? y->forward[i]
                      : (y->forward[i - 1] + y->forward[i]) / 2;
}


/*
 * The quoted call's price less the quoted put's among the contracts of one
 * strike, opt[0..n-1]; NAN when either is missing.
 */
static double
fin_yield_pair(const fin_option_t *opt, size_t n)
{
    size_t  i;
    double  price[2] = { NAN, NAN };

    for (i = 0; i < n; i++) {

        if (opt[i].price_source == FIN_PRICE_QUOTE && !opt[i].adjusted
            && isnan(price[opt[i].type]))
        {
            price[opt[i].type] = opt[i].price;
        }
    }

    return price[FIN_CALL] - price[FIN_PUT];
}


double
fin_chain_yield(const fin_option_t *opt, size_t n, const fin_market_t *m)
{
    size_t       i, len;
    double       t, growth, distance, difference, slack, forward, q;
    fin_yield_t  y;

    if (n == 0 || opt[0].dte < 0) {
        return NAN;
    }

    t = fin_bs_years(opt[0].dte);
    growth = exp(m->rate * t);
    slack = FIN_YIELD_SLACK * m->price;
    y.n = 0;

    for (i = 0; i < n; i += len) {

        for (len = 1; i + len < n; len++) {
            if (opt[i + len].strike != opt[i].strike) {
                break;
            }
        }

        distance = fabs(opt[i].strike - m->price);

        if (!(distance <= FIN_YIELD_WITHIN * m->price + slack)) {
            continue;
        }

        difference = fin_yield_pair(opt + i, len);

        if (isfinite(difference)) {
            fin_yield_add(&y, distance,
                          opt[i].strike + growth * difference, slack);
        }
    }

    if (y.n == 0) {
        return NAN;
    }

    forward = fin_yield_median(&y);
    q = m->rate - log(forward / m->price) / t;

    return isfinite(q) ? q : NAN;
}


double
fin_chain_yield_at(const fin_chain_t *chain, fin_date_t expiration,
    const fin_market_t *m)
{
    size_t  low, high, middle;

    low = 0;
    high = chain->n;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (chain->opt[middle].expiration < expiration) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    if (low == chain->n || chain->opt[low].expiration != expiration) {
        return NAN;
    }

    return fin_chain_yield(chain->opt + low,
               fin_option_expiration_len(chain->opt + low, chain->n - low), m);
}

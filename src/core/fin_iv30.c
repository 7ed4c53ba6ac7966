/*
 * The volatility of a stock: its options', at the money, at 30 days.
 */

#include "fin_option.h"


#define FIN_IV30_DAYS   30
#define FIN_IV30_SLACK  1e-12       /* of the price: rounding of K - S */


typedef struct {
    int32_t  dte;
    double   iv;                    /* NAN: no such expiration */
} fin_iv30_side_t;


/* Where the strike nearest the price begins; n when all are adjusted. */
static size_t
fin_iv30_nearest(const fin_option_t *opt, size_t n, double price)
{
    size_t  i, best;
    double  distance, least;

    best = n;
    least = INFINITY;

    for (i = 0; i < n; i++) {

        if (opt[i].adjusted) {
            continue;
        }

        distance = fabs(opt[i].strike - price);

        if (distance < least - FIN_IV30_SLACK * price || best == n) {
            least = distance;
            best = i;
        }
    }

    return best;
}


/* The mean of the call's and the put's volatility at that strike; NAN. */
static double
fin_iv30_at_the_money(const fin_option_t *opt, size_t n, double price)
{
    size_t  i, at;
    double  iv[2] = { NAN, NAN };

    at = fin_iv30_nearest(opt, n, price);

    for (i = at; i < n && opt[i].strike == opt[at].strike; i++) {

        if (!opt[i].adjusted && isnan(iv[opt[i].type])) {
            iv[opt[i].type] = opt[i].iv;
        }
    }

    if (isnan(iv[FIN_CALL])) {
        return iv[FIN_PUT];
    }

    if (isnan(iv[FIN_PUT])) {
        return iv[FIN_CALL];
    }

    return (iv[FIN_CALL] + iv[FIN_PUT]) / 2;
}


/* Linear in total variance between the two expirations. */
static double
fin_iv30_between(const fin_iv30_side_t *a, const fin_iv30_side_t *b)
{
    double  ta, tb, t, wa, wb;

    ta = fin_bs_years(a->dte);
    tb = fin_bs_years(b->dte);
    t = fin_bs_years(FIN_IV30_DAYS);
    wa = a->iv * a->iv * ta;
    wb = b->iv * b->iv * tb;

    return sqrt((wa + (wb - wa) * (t - ta) / (tb - ta)) / t);
}


double
fin_chain_iv30(const fin_chain_t *chain, double price)
{
    size_t           i, len;
    double           iv;
    fin_iv30_side_t  before = { 0, NAN }, after = { 0, NAN };

    for (i = 0; i < chain->n && isnan(after.iv); i += len) {

        len = fin_option_expiration_len(chain->opt + i, chain->n - i);

        if (chain->opt[i].dte < 0) {
            continue;
        }

        iv = fin_iv30_at_the_money(chain->opt + i, len, price);

        if (isnan(iv)) {
            continue;
        }

        if (chain->opt[i].dte < FIN_IV30_DAYS) {
            before.dte = chain->opt[i].dte;
            before.iv = iv;

        } else {
            after.dte = chain->opt[i].dte;
            after.iv = iv;
        }
    }

    if (isnan(after.iv)) {
        return before.iv;
    }

    if (isnan(before.iv) || after.dte == FIN_IV30_DAYS) {
        return after.iv;
    }

    return fin_iv30_between(&before, &after);
}

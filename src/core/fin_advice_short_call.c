/* Short calls, covered by shares or by a LEAPS. */

#include "fin_advice_checks.h"
#include "fin_conditions.h"


/* Without shares, assignment is covered only by a LEAPS of a lower strike. */
static int
fin_advice_short_call_cover(fin_adviser_t *a)
{
    int     fired;
    double  strike, leaps;

    strike = a->in->position->strike;
    leaps = a->in->leaps_strike;

    if (a->in->shares > 0) {
        fin_advice_reason(a, FIN_REASON_CALM, "%.0f shares are held",
                          a->in->shares);
        return 0;
    }

    if (isnan(leaps)) {
        return fin_advice_missing(a, "Neither shares nor a LEAPS are held "
                                  "against this call");
    }

    fired = strike <= leaps || fin_strike_same(strike, leaps);

    return fin_advice_check(a, fired, FIN_ACTION_CLOSE, 1,
                            "No shares are held, and strike %.2f is %s the "
                            "LEAPS strike %.2f", strike,
                            fired ? "not above" : "above", leaps);
}


static int
fin_advice_short_call_risk(fin_adviser_t *a)
{
    int32_t  dte;

    dte = a->in->metrics->days_to_expiration;

    if (dte == FIN_NO_DAYS) {
        return fin_advice_missing(a, "The days to expiration are not known");
    }

    return fin_advice_check(a, dte < FIN_ADVICE_SHORT_DTE, FIN_ACTION_CLOSE,
                            1, "%d days are left, %s %d", (int) dte,
                            dte < FIN_ADVICE_SHORT_DTE ? "less than"
                                                       : "at least",
                            FIN_ADVICE_SHORT_DTE);
}


static void
fin_advice_short_call_roll(fin_adviser_t *a)
{
    double  price, strike, under;

    price = a->in->stock->price;
    strike = a->in->position->strike;
    under = fin_percent_under(price, strike);

    if (isnan(under)) {
        (void) fin_advice_missing(a, "The stock's price is not known");
        return;
    }

    if (price > strike) {
        (void) fin_advice_check(a, 1, FIN_ACTION_ROLL, 2,
                                "Price %.2f is over the strike %.2f", price,
                                strike);
        fin_advice_roll(a, FIN_ROLL_UP_AND_OUT);
        return;
    }

    if (fin_percent_within(under, 0, FIN_ADVICE_STRIKE_WITHIN)) {
        (void) fin_advice_check(a, 1, FIN_ACTION_ROLL, 2,
                                "Price %.2f is %.2f %% under the strike "
                                "%.2f, within %g %%", price, under, strike,
                                FIN_ADVICE_STRIKE_WITHIN);
        fin_advice_roll(a, FIN_ROLL_OUT);
        return;
    }

    if (fin_advice_check(a, under > FIN_ADVICE_STRIKE_UNDER + FIN_PCT_SLACK,
                         FIN_ACTION_ROLL, 2,
                         "Price %.2f is %.2f %% under the strike %.2f", price,
                         under, strike))
    {
        fin_advice_roll(a, FIN_ROLL_DOWN_AND_OUT);
    }
}


void
fin_advice_short_call(fin_adviser_t *a)
{
    if (fin_advice_earnings(a)
        || fin_advice_short_call_cover(a)
        || fin_advice_profit(a)
        || fin_advice_short_call_risk(a))
    {
        return;
    }

    fin_advice_short_call_roll(a);
}

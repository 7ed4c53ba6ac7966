/* Short puts, secured by cash. */

#include "fin_advice_checks.h"
#include "fin_conditions.h"


/* Few days left, and the stock under the strike: both are needed. */
static int
fin_advice_short_put_risk(fin_adviser_t *a)
{
    int32_t  dte;
    double   price, strike;

    dte = a->in->metrics->days_to_expiration;
    price = a->in->stock->price;
    strike = a->in->position->strike;

    if (dte == FIN_NO_DAYS) {
        return fin_advice_missing(a, "The days to expiration are not known");
    }

    if (!isfinite(price)) {
        return fin_advice_missing(a, "The stock's price is not known");
    }

    return fin_advice_check(a, dte < FIN_ADVICE_SHORT_DTE && price < strike,
                            FIN_ACTION_CLOSE, 1,
                            "%d days are left, %s %d, and price %.2f is %s "
                            "the strike %.2f", (int) dte,
                            dte < FIN_ADVICE_SHORT_DTE ? "less than"
                                                       : "at least",
                            FIN_ADVICE_SHORT_DTE, price,
                            price < strike ? "under" : "not under", strike);
}


static int
fin_advice_short_put_down(fin_adviser_t *a)
{
    double  down;

    down = fin_percent_under(a->in->stock->price, a->in->trade_price);

    if (isnan(down)) {
        return fin_advice_missing(a, "The stock's price at the trade, or "
                                  "now, is not known");
    }

    return fin_advice_check(a, down > FIN_ADVICE_PRICE_DOWN + FIN_PCT_SLACK,
                            FIN_ACTION_ROLL, 2,
                            "Price %.2f is %.2f %% under the %.2f of the "
                            "trade, the limit is %g %%", a->in->stock->price,
                            down, a->in->trade_price, FIN_ADVICE_PRICE_DOWN);
}


static int
fin_advice_short_put_near(fin_adviser_t *a)
{
    int     fired;
    double  off, price, strike;

    price = a->in->stock->price;
    strike = a->in->position->strike;
    off = fabs(fin_percent_under(price, strike));

    if (isnan(off)) {
        return 0;                       /* the risk has said so */
    }

    fired = fin_percent_within(off, 0, FIN_ADVICE_STRIKE_WITHIN);

    return fin_advice_check(a, fired, FIN_ACTION_ROLL, 2,
                            "Price %.2f is %.2f %% off the strike %.2f, %s "
                            "%g %%", price, off, strike,
                            fired ? "within" : "not within",
                            FIN_ADVICE_STRIKE_WITHIN);
}


void
fin_advice_short_put(fin_adviser_t *a)
{
    if (fin_advice_earnings(a)
        || fin_advice_profit(a)
        || fin_advice_short_put_risk(a))
    {
        return;
    }

    if (fin_advice_short_put_down(a)) {
        fin_advice_roll(a, FIN_ROLL_DOWN_AND_OUT);

    } else if (fin_advice_short_put_near(a)) {
        fin_advice_roll(a, FIN_ROLL_OUT);
    }
}

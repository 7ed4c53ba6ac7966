/* Long calls bought as LEAPS. */

#include "fin_advice_checks.h"


/* Less than an amount of days, ends included. */
static int
fin_advice_leaps_dte(fin_adviser_t *a, int most, fin_action_t action,
    unsigned priority)
{
    int32_t  dte;

    dte = a->in->metrics->days_to_expiration;

    return fin_advice_check(a, dte <= most, action, priority,
                            "%d days are left, %s %d", (int) dte,
                            dte <= most ? "no more than" : "more than", most);
}


static int
fin_advice_leaps_delta(fin_adviser_t *a, double delta, double least,
    fin_action_t action, unsigned priority)
{
    return fin_advice_check(a, delta < least, action, priority,
                            "Delta %.4g is %s %.2f", delta,
                            delta < least ? "less than" : "at least", least);
}


void
fin_advice_leaps(fin_adviser_t *a)
{
    int     known;
    double  delta;

    delta = a->in->contract != NULL ? a->in->contract->delta : (double) NAN;
    known = isfinite(delta) != 0;

    if (!known) {
        (void) fin_advice_missing(a, "The option's delta is not known");
    }

    if (a->in->metrics->days_to_expiration == FIN_NO_DAYS) {
        (void) fin_advice_missing(a, "The days to expiration are not known");
        return;
    }

    if (fin_advice_leaps_dte(a, FIN_ADVICE_LEAPS_CLOSE_DTE, FIN_ACTION_CLOSE,
                             1)
        || (known
            && fin_advice_leaps_delta(a, delta, FIN_ADVICE_LEAPS_CLOSE_DELTA,
                                      FIN_ACTION_CLOSE, 1)))
    {
        return;
    }

    if (fin_advice_leaps_dte(a, FIN_ADVICE_LEAPS_ROLL_DTE, FIN_ACTION_ROLL, 2)
        || (known
            && fin_advice_leaps_delta(a, delta, FIN_ADVICE_LEAPS_ROLL_DELTA,
                                      FIN_ACTION_ROLL, 2)))
    {
        fin_advice_roll(a, FIN_ROLL_OUT);
    }
}

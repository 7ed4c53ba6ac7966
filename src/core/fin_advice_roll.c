/* The target of a roll that a rule asks for, or why there is none. */

#include <string.h>

#include "fin_advice_checks.h"
#include "fin_time.h"


static void
fin_advice_roll_found(fin_adviser_t *a, fin_roll_type_t type,
    const fin_option_t *target)
{
    char         date[11];
    double       present;
    fin_roll_t  *roll = &a->out->roll;

    present = fin_position_option_price(a->in->position, a->in->contract,
                                        a->in->stock->today);

    a->out->has_roll = 1;
    roll->type = type;
    memcpy(roll->ticker, target->ticker, sizeof(roll->ticker));
    roll->strike = target->strike;
    roll->expiration = target->expiration;
    roll->dte = target->dte;
    roll->expected_credit = target->price - present;

    fin_date_format(target->expiration, date);

    if (isnan(roll->expected_credit)) {
        fin_advice_reason(a, FIN_REASON_FIRED, "Roll to strike %.2f of %s",
                          target->strike, date);
        (void) fin_advice_missing(a, "The credit is not known: the present "
                                  "contract has no price");
        return;
    }

    fin_advice_reason(a, FIN_REASON_FIRED,
                      "Roll to strike %.2f of %s: the new contract costs "
                      "%.2f, the present one %.2f", target->strike, date,
                      target->price, present);
}


static void
fin_advice_roll_none(fin_adviser_t *a, const fin_roll_query_t *query,
    fin_roll_status_t status, fin_date_t expiration)
{
    char         date[11];
    const char  *where;

    if (status == FIN_ROLL_NO_CHAIN) {
        (void) fin_advice_missing(a, "No contract to roll to: options are "
                                  "not available");
        return;
    }

    if (status == FIN_ROLL_NO_EXPIRATION) {
        fin_advice_reason(a, FIN_REASON_MISSING, "No contract to roll to: "
                          "none of %d to %d days, and later than the "
                          "present one, trades enough",
                          (int) query->dte_min, (int) query->dte_max);
        return;
    }

    where = query->type == FIN_ROLL_OUT ? "at"
            : query->type == FIN_ROLL_UP_AND_OUT ? "above" : "below";

    fin_date_format(expiration, date);
    fin_advice_reason(a, FIN_REASON_MISSING, "No contract to roll to: none of "
                      "%s %s strike %.2f trades enough", date, where,
                      query->position->strike);
}


void
fin_advice_roll(fin_adviser_t *a, fin_roll_type_t type)
{
    fin_date_t           expiration;
    fin_roll_query_t     query;
    fin_roll_status_t    status;
    const fin_option_t  *target;

    query.position = a->in->position;
    query.type = type;
    query.last_bar = a->in->stock->last_bar;

    if (fin_position_class(query.position) == FIN_CLASS_LEAPS) {
        query.dte_min = FIN_ADVICE_LEAPS_DTE_MIN;
        query.dte_max = FIN_ADVICE_LEAPS_DTE_MAX;
        query.dte_near = FIN_ADVICE_LEAPS_DTE_NEAR;

    } else {
        query.dte_min = FIN_ADVICE_ROLL_DTE_MIN;
        query.dte_max = FIN_ADVICE_ROLL_DTE_MAX;
        query.dte_near = FIN_ADVICE_ROLL_DTE_NEAR;
    }

    status = fin_roll_find(a->in->chain, &query, &target, &expiration);

    if (status == FIN_ROLL_FOUND) {
        fin_advice_roll_found(a, type, target);
        return;
    }

    fin_advice_roll_none(a, &query, status, expiration);
}

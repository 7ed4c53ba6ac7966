/*
 * Inside of the advice's files: rules are checks, called in their order until
 * one fires.
 */

#ifndef FIN_ADVICE_CHECKS_H
#define FIN_ADVICE_CHECKS_H

#include "fin_advice.h"


typedef enum {
    FIN_REASON_FIRED = 0,
    FIN_REASON_CALM,                    /* looked at, did not fire */
    FIN_REASON_MISSING                  /* its input is absent */
} fin_reason_kind_t;

typedef struct {
    const fin_advice_in_t  *in;
    fin_advice_t           *out;
    fin_reason_kind_t       kind[FIN_ADVICE_REASONS];
} fin_adviser_t;


/*
 * The next reason.  MISSING gets the warning sign; CALM ones are dropped in
 * the end unless the position is to be maintained.
 */
void fin_advice_reason(fin_adviser_t *a, fin_reason_kind_t kind,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Sets the action, when fired (else its reason is a calm one); returns
 * fired.  Called once with fired set.
 */
int fin_advice_check(fin_adviser_t *a, int fired, fin_action_t action,
    unsigned priority, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* An absent input: never fires. */
int fin_advice_missing(fin_adviser_t *a, const char *what);

/* Looks for the target of a roll that has fired, and says what it found. */
void fin_advice_roll(fin_adviser_t *a, fin_roll_type_t type);


/* Checks that short calls and short puts share. */
int fin_advice_earnings(fin_adviser_t *a);
int fin_advice_profit(fin_adviser_t *a);

/* All checks of a position. */
void fin_advice_leaps(fin_adviser_t *a);
void fin_advice_short_call(fin_adviser_t *a);
void fin_advice_short_put(fin_adviser_t *a);


#endif

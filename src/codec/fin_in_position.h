/*
 * What an owner writes: the body of POST and PUT positions, as FastAPI reads it
 * for a model with those fields.  All that is wrong is told at once, in the
 * order of the fields:
 *
 *  - position_type, ticker, transaction_date, quantity are required;
 *  - purchase_price is, of a stock; option_type, strike, expiration, premium
 *    are, of an option; those of the other type are absent or null, else it is
 *    a value_error whatever they hold;
 *  - where position_type is not known, the fields of either type are checked
 *    as far as they are there;
 *  - limits are those of fin_position.h.
 */

#ifndef FIN_IN_POSITION_H
#define FIN_IN_POSITION_H

#include "../core/fin_position.h"
#include "fin_problem.h"


/*
 * FIN_OK: *out holds what is written, and no id, instants, version;
 * FIN_E_SHAPE: see problems (422); FIN_E_VALUE: nothing wrong but a ticker that
 * is none (400), no problem added; FIN_E_NOMEM.  Unless FIN_OK *out is not to
 * be used.
 */
fin_status_t fin_in_position(const char *json, size_t len,
    fin_position_t *out, fin_problems_t *problems);


#endif

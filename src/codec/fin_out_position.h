/* Positions as the answer's JSON (api.md, "Positions"). */

#ifndef FIN_OUT_POSITION_H
#define FIN_OUT_POSITION_H

#include "../core/fin_advice.h"
#include "../core/fin_portfolio.h"
#include "fin_out.h"


/*
 * One Position; fields of the other type are null, and so are metrics and
 * advice that are NULL.  computed_at (ms UTC) is the recommendation's
 * timestamp.
 */
void fin_out_position(fin_out_t *out, const fin_position_t *p,
    const fin_metrics_t *metrics, const fin_advice_t *advice,
    int64_t computed_at);

/* The summary of GET positions. */
void fin_out_summary(fin_out_t *out, const fin_summary_t *summary);

/* The member of strategy_data that lists the class: "leaps_positions" ... */
const char *fin_position_class_list(fin_position_class_t class);

/* "maintain", "close", "roll" */
const char *fin_action_name(fin_action_t action);
/* "out", "up_and_out", "down_and_out" */
const char *fin_roll_type_name(fin_roll_type_t type);


#endif

/* Where a position is to be rolled to (domain.md, "Positions"). */

#ifndef FIN_ROLL_H
#define FIN_ROLL_H

#include "fin_position.h"


typedef enum {
    FIN_ROLL_OUT = 0,                   /* the same strike */
    FIN_ROLL_UP_AND_OUT,
    FIN_ROLL_DOWN_AND_OUT
} fin_roll_type_t;


typedef struct {
    const fin_position_t  *position;
    fin_roll_type_t        type;
    fin_date_t             last_bar;    /* New York date of the last bar */
    int32_t                dte_min, dte_max;    /* ends included */
    int32_t                dte_near;
} fin_roll_query_t;


typedef enum {
    FIN_ROLL_FOUND = 0,
    FIN_ROLL_NO_CHAIN,                  /* no options are to be had */
    FIN_ROLL_NO_EXPIRATION,             /* nothing liquid in the window */
    FIN_ROLL_NO_CONTRACT                /* none that fits at the expiration */
} fin_roll_status_t;


/*
 * The contract to roll to, among those of the position's type that are as
 * liquid as recommended strikes must be (the table's defaults); expirations
 * where nothing is liquid (weeklies that were just listed) do not count.
 * First the expiration: nearest dte_near within the window, the earlier of
 * two; then at that expiration the same strike, or the delta nearest 0.25 in
 * size among the strikes above or below (the lower of two strikes equally
 * near, then by ticker).  A roll goes out, so expirations
 * before the present one are left aside, and for the same strike the present
 * one too: it would be the very contract that is held.
 *
 * chain is valued; NULL where there is none.  *target is borrowed from it, NULL
 * unless FIN_ROLL_FOUND; *expiration is the one looked at, FIN_NO_DATE: none.
 */
fin_roll_status_t fin_roll_find(const fin_chain_t *chain,
    const fin_roll_query_t *query, const fin_option_t **target,
    fin_date_t *expiration);


#endif

/*
 * A snapshot of a stock of which nothing but a price is known: its bars failed,
 * and an owner holds some of it.
 */

#ifndef FIN_BUILD_BARE_H
#define FIN_BUILD_BARE_H

#include "../core/fin_signal.h"
#include "fin_out.h"


typedef struct {
    const char         *ticker;
    double              price;
    const fin_rules_t  *rules;
    fin_date_t          today;
    int64_t             fetched_at;     /* ms, finance_clock: of the price */
    int64_t             fetched_ms;     /* ms, real time; not fresh after it */
} fin_bare_t;


/* Writes the snapshot; out is empty before.  out's status tells of errors. */
void fin_build_bare(fin_out_t *out, const fin_bare_t *bare);


#endif

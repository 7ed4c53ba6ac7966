/*
 * Inside of the chain's files: what the contracts of one expiration share.
 */

#ifndef FIN_OPTION_H
#define FIN_OPTION_H

#include "fin_bs.h"
#include "fin_chain.h"


typedef struct {
    fin_bs_term_t  term;
    int64_t        day_from, day_to;    /* the last bar's day, ms UTC */
} fin_option_model_t;

/* The last bar's day, of the whole chain. */
void fin_option_model_init(fin_option_model_t *model, const fin_market_t *m);

/* The expiration's part; q as in fin_option_value(). */
void fin_option_model_term(fin_option_model_t *model, const fin_market_t *m,
    int32_t dte, double q);

/* Greeks and volatility of a contract that fin_option_price() has done. */
void fin_option_greeks(fin_option_t *o, const fin_option_model_t *model);

/* How many of opt[0..n-1] expire with opt[0]. */
size_t fin_option_expiration_len(const fin_option_t *opt, size_t n);


#endif

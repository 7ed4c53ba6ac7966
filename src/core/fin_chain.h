/*
 * A chain as a whole: prices, greeks, the yield that its quotes imply, and
 * the 30-day at-the-money volatility (domain.md, "Options").
 */

#ifndef FIN_CHAIN_H
#define FIN_CHAIN_H

#include "fin_types.h"


typedef struct {
    double      price;          /* of the underlying: last bar's close */
    fin_date_t  today;          /* New York */
    fin_date_t  last_bar;       /* New York date of the last bar */
    double      rate;           /* finance_risk_free_rate */
    double      dividend_yield; /* continuous; NAN where not known */
} fin_market_t;


void fin_chain_init(fin_chain_t *chain);
void fin_chain_free(fin_chain_t *chain);

/* A zeroed slot at the end (doubles NAN, shares 100), or NULL: no memory. */
fin_option_t *fin_chain_push(fin_chain_t *chain);

/*
 * Sorts by expiration, strike, type (call first), ticker; stable.  FIN_OK or
 * FIN_E_NOMEM, with the order as it was.
 */
fin_status_t fin_chain_sort(fin_chain_t *chain);

/* Whether it is in that order. */
int fin_chain_sorted(const fin_chain_t *chain);

/*
 * Drops contracts whose ticker occurred already (the first stays), and sorts.
 * FIN_OK or FIN_E_NOMEM, with the chain as it was or unsorted.
 */
fin_status_t fin_chain_unique(fin_chain_t *chain);

/* dte, adjusted, price and price_source of one contract. */
void fin_option_price(fin_option_t *o, fin_date_t today);

/*
 * The whole derived part of one contract, with yield q of its expiration; NAN
 * for q: m's dividend yield where known, else 0.
 */
void fin_option_value(fin_option_t *o, const fin_market_t *m, double q);

/*
 * Sorts the chain and fills the derived part of every contract: prices,
 * the implied yield of each expiration, greeks and volatilities.  Expired
 * contracts (dte < 0) get null greeks.  FIN_OK or FIN_E_NOMEM.
 */
fin_status_t fin_chain_value(fin_chain_t *chain, const fin_market_t *m);

/*
 * The yield that one expiration's quotes imply; opt[0..n-1] are its priced
 * contracts, sorted by strike, call before put; NAN without a usable pair.
 */
double fin_chain_yield(const fin_option_t *opt, size_t n,
    const fin_market_t *m);

/*
 * The same for one expiration of a valued, sorted chain, for a contract that
 * came from elsewhere; NAN where the chain has none or it implies none.
 */
double fin_chain_yield_at(const fin_chain_t *chain, fin_date_t expiration,
    const fin_market_t *m);

/* At-the-money volatility at 30 days of a valued, sorted chain; NAN: none. */
double fin_chain_iv30(const fin_chain_t *chain, double price);


#endif

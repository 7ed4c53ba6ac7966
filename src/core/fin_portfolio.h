/*
 * Positions together: the summary of an owner, and what the owner holds in a
 * ticker as far as signals and recommendations need it.
 */

#ifndef FIN_PORTFOLIO_H
#define FIN_PORTFOLIO_H

#include "fin_position.h"
#include "fin_signal.h"


/* A position with its figures; the pointers are borrowed. */
typedef struct {
    const fin_position_t  *position;
    const fin_option_t    *contract;    /* NULL: gone, or a stock */
    fin_metrics_t          metrics;
} fin_lot_t;


typedef struct {
    double    market_value;
    double    unrealized_pnl;
    double    unrealized_pnl_pct;       /* of the sum of absolute costs */
    double    cash_secured;
    unsigned  partial:1;                /* something was left out of the sums */
} fin_summary_t;


/*
 * Sums over the lots whose figures are there; partial tells that others were
 * left out.  Without any lot the sums are 0; with none that has figures the
 * three that need prices are NAN.  The per cent is NAN for a cost of 0.
 * cash_secured is 100 * strike * contracts over the short puts, and needs no
 * price.
 */
void fin_portfolio_summary(const fin_lot_t *lot, size_t n,
    fin_summary_t *out);

/*
 * What the lots hold in one ticker, others are skipped.
 *
 * Shares are the net of long and short lots, 0 when that is not positive; the
 * cost basis is the weighted mean of what was paid for the long lots (what a
 * short lot was sold at is no cost), NAN without shares.  Likewise a LEAPS is
 * held when more of that very contract is long than short, and its cost is
 * the weighted mean over its long lots.  Whether it qualifies is
 * fin_leaps_qualifies() on the days that are left and the contract's delta; of
 * several it is the one that expires last, then with the lowest strike.
 */
void fin_portfolio_holding(const fin_lot_t *lot, size_t n, const char *ticker,
    const fin_rules_t *rules, fin_date_t today, fin_holding_t *out);

/*
 * The strike that a short call must be over: that of holding's qualifying
 * LEAPS, else of the LEAPS positions (FIN_CLASS_LEAPS, not expired) the one
 * that expires last, then with the lowest strike; NAN when none is held.
 */
double fin_portfolio_leaps_strike(const fin_lot_t *lot, size_t n,
    const char *ticker, fin_date_t today, const fin_holding_t *holding);


#endif

/*
 * Which contracts may be recommended, and the best of them (domain.md,
 * "Signals": recommended strikes).
 */

#ifndef FIN_STRIKES_H
#define FIN_STRIKES_H

#include "fin_signal.h"


/* What a contract needs before it is recommended at all. */
typedef struct {
    double  open_interest_min;
    double  spread_max;             /* per cent of mid */
    double  volume_min;             /* where there is no quote */
} fin_liquidity_t;

/* The thresholds of one signal. */
void fin_liquidity_of(fin_liquidity_t *liquidity, const fin_rules_t *rules,
    fin_signal_kind_t kind);

/*
 * Whether a priced contract is unadjusted, has a price, the open interest and
 * either a good quote or, where no quote was sent, volume on the last bar's
 * day (New York).  A quote of which one side is absent or 0 is not a good one.
 */
int fin_option_liquid(const fin_option_t *o, const fin_liquidity_t *liquidity,
    fin_date_t last_bar);

/* 100 * (ask - bid) / mid; NAN without two positive sides. */
double fin_option_spread_pct(const fin_option_t *o);


typedef struct {
    fin_right_t      type;
    double           delta_min, delta_max;      /* ends included */
    double           dte_min, dte_max;          /* ends included */
    double           strike_from;       /* strike >= it; NAN: any */
    double           strike_over;       /* strike > it; NAN: any */
    fin_liquidity_t  liquidity;
    fin_date_t       last_bar;
} fin_strike_filter_t;

/*
 * Completes s, whose option and spread_pct are set and whose other figures
 * are NAN; returns its rank: the least is the best, NAN comes last.
 */
typedef double (*fin_strike_fill_t)(fin_strike_t *s, const void *data);

/* The best strikes, at most FIN_STRIKES_MAX, best first; returns how many. */
unsigned fin_strikes_pick(fin_strike_t best[FIN_STRIKES_MAX],
    const fin_chain_t *chain, const fin_strike_filter_t *filter,
    fin_strike_fill_t fill, const void *data);

/* return_on_capital and annualized_return of s; NAN for capital <= 0. */
void fin_strike_returns(fin_strike_t *s, double capital);


#endif

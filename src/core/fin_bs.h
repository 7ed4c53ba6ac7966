/*
 * Black-Scholes-Merton (Merton 1973; Hull, Options, Futures and Other
 * Derivatives, ch. 17 and 19), European, continuous yield q.
 */

#ifndef FIN_BS_H
#define FIN_BS_H

#include "fin_types.h"


typedef struct {
    double       s;             /* price of the underlying, > 0 */
    double       k;             /* strike, > 0 */
    double       t;             /* years, > 0: max(dte, 0.5) / 365 */
    double       r;             /* continuous rate, 0.04 = 4 % */
    double       q;             /* continuous yield */
    fin_right_t  type;
} fin_bs_t;


typedef struct {
    double  delta;
    double  gamma;
    double  theta;              /* per calendar day */
    double  vega;               /* per percentage point of volatility */
} fin_greeks_t;


/* years of a contract: max(dte, 0.5) / 365 */
double fin_bs_years(int32_t dte);

/* The value at volatility sigma > 0. */
double fin_bs_price(const fin_bs_t *o, double sigma);

void fin_bs_greeks(const fin_bs_t *o, double sigma, fin_greeks_t *g);

/*
 * The volatility at which the model gives price; NAN where none does (below
 * the discounted intrinsic value, at or above the bound, not finite).  Right
 * to 1e-6 wherever vega is not vanishing; bracketed, bounded iterations.
 */
double fin_bs_iv(const fin_bs_t *o, double price);


/* What the contracts of one expiration share, worked out once. */
typedef struct {
    double  s, t, r, q;
    double  sqrt_t;
    double  dr, dq;             /* e^(-rt), e^(-qt) */
    double  f;                  /* forward, s e^((r-q)t) */
} fin_bs_term_t;

void fin_bs_term(fin_bs_term_t *e, double s, double t, double r, double q);

/* The three above, for strike k of that expiration. */
double fin_bs_term_price(const fin_bs_term_t *e, fin_right_t type, double k,
    double sigma);
void fin_bs_term_greeks(const fin_bs_term_t *e, fin_right_t type, double k,
    double sigma, fin_greeks_t *g);
double fin_bs_term_iv(const fin_bs_term_t *e, fin_right_t type, double k,
    double price);


#endif

/*
 * Technical indicators over a series of daily bars (domain.md, "Indicators").
 * Every function takes the checked series, gives NAN where undefined or where
 * a figure is beyond a double's range (never an infinity), and allocates
 * nothing.  The *_series forms fill out[0..n-1], aligned with the bars, NAN
 * where undefined; the last element is the very double of the scalar form,
 * and a bar's value does not depend on the bars after it.
 */

#ifndef FIN_INDICATORS_H
#define FIN_INDICATORS_H

#include "fin_types.h"


/* Pivots: so many neighbours a side, so many bars looked at. */
#define FIN_PIVOT_SPAN      5
#define FIN_PIVOT_BARS      252

#define FIN_LEVELS_SCRATCH  (2 * FIN_PIVOT_BARS)    /* doubles */


/* An infinity becomes NAN, the absent value. */
static inline double
fin_finite(double x)
{
    return isfinite(x) ? x : (double) NAN;
}


/* Mean of the last n closes; NAN with fewer, or n == 0. */
double fin_ma(fin_series_t s, size_t n);
void fin_ma_series(fin_series_t s, size_t n, double *out);

/*
 * Wilder's RSI (Wilder 1978, New Concepts in Technical Trading Systems),
 * 0..100, period 14 in the service; NAN with fewer than period + 1 closes.
 * 50 when the averages of gains and losses are both 0.
 */
double fin_rsi(fin_series_t s, size_t period);
void fin_rsi_series(fin_series_t s, size_t period, double *out);

/*
 * Wilder's ATR (ibid.), a price: true range from the second bar on; NAN with
 * fewer than period + 1 bars.
 */
double fin_atr(fin_series_t s, size_t period);

/*
 * Sample st. deviation of the last n log returns x sqrt(252), a fraction per
 * year; NAN with fewer than n + 1 closes, or n < 2.
 */
double fin_hv(fin_series_t s, size_t n);
void fin_hv_series(fin_series_t s, size_t n, double *out);

/* Bars dated (New York) within 365 days of the last bar, ends included. */
void fin_high_low_52week(fin_series_t s, double *high, double *low);

/* Of the last n bars (60 in the service), of all when there are fewer. */
void fin_swing(fin_series_t s, size_t n, double *high, double *low);

/*
 * Clustered pivots (domain.md, support_levels); three a side, nearest first.
 * scratch holds FIN_LEVELS_SCRATCH doubles.  Levels that differ from price,
 * and gaps that differ from the 1.5 % bound, by rounding alone (1e-12) count
 * as equal to it.
 */
void fin_levels(fin_series_t s, double price, double *scratch,
    fin_levels_t *support, fin_levels_t *resistance);

/*
 * Rank and percentile of the last of n values, in per cent (domain.md,
 * iv_rank); both NAN for n == 0 or a flat series.  Values are finite.
 */
void fin_rank(const double *value, size_t n, double *rank,
    double *percentile);


#endif

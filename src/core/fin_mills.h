/*
 * The Mills ratio of the normal distribution, M(z) = N(-z) / phi(z).  With it
 * the Black-Scholes terms share one exponential, and logarithms of prices need
 * none, so that far tails neither underflow nor cancel.
 */

#ifndef FIN_MILLS_H
#define FIN_MILLS_H


#define FIN_SQRT_2PI      2.50662827463100050242
#define FIN_LOG_SQRT_2PI  0.91893853320467274178

/*
 * M(z) for z >= 0, within 4e-16 relative.  Rational approximations through
 * Chebyshev nodes, made and checked by t/golden/mills/mills.py.
 */
double fin_mills(double z);


#endif

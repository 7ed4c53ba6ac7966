#include "fin_indicators.h"


#define FIN_TRADING_DAYS  252


static double
fin_log_return(const fin_bar_t *bar)
{
    double  r;

    r = log(bar->c / bar[-1].c);

    /* a ratio beyond a double's range */
    return isfinite(r) ? r : log(bar->c) - log(bar[-1].c);
}


static double
fin_hv_annual(double sum_of_squares, size_t n)
{
    return fin_finite(sqrt(sum_of_squares / (double) (n - 1))
                      * sqrt(FIN_TRADING_DAYS));
}


double
fin_hv(fin_series_t s, size_t n)
{
    size_t  i;
    double  d, mean, sum;

    if (n < 2 || s.n <= n) {
        return NAN;
    }

    mean = 0;
    sum = 0;

    for (i = s.n - n; i < s.n; i++) {
        mean += fin_log_return(&s.bar[i]);
    }

    mean /= (double) n;

    for (i = s.n - n; i < s.n; i++) {
        d = fin_log_return(&s.bar[i]) - mean;
        sum += d * d;
    }

    return fin_hv_annual(sum, n);
}


/* The same over returns that are known: r[0..n-1]. */
static double
fin_hv_window(const double *r, size_t n)
{
    size_t  i;
    double  d, mean, sum;

    mean = 0;
    sum = 0;

    for (i = 0; i < n; i++) {
        mean += r[i];
    }

    mean /= (double) n;

    for (i = 0; i < n; i++) {
        d = r[i] - mean;
        sum += d * d;
    }

    return fin_hv_annual(sum, n);
}


/*
 * A window is summed anew for each bar: with windows this short that costs
 * less than the logarithms, and neither drifts nor goes negative as running
 * sums of squares do.
 */
void
fin_hv_series(fin_series_t s, size_t n, double *out)
{
    size_t  i;

    if (n < 2 || s.n <= n) {
        for (i = 0; i < s.n; i++) {
            out[i] = NAN;
        }

        return;
    }

    out[0] = NAN;

    for (i = 1; i < s.n; i++) {
        out[i] = fin_log_return(&s.bar[i]);
    }

    /* from the end, for a window reads only what lies at or before its bar */
    for (i = s.n; i-- > 1; /* void */) {
        out[i] = i >= n ? fin_hv_window(&out[i + 1 - n], n) : (double) NAN;
    }
}

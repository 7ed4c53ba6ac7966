#include "fin_indicators.h"


static double
fin_rsi_value(double gain, double loss)
{
    double  sum;

    sum = gain + loss;

    if (sum == 0) {
        return 50;
    }

    /* over an infinite sum even a true gain would come out as 0 */
    return isfinite(sum) ? 100 * (gain / sum) : (double) NAN;
}


/* The last value; every value goes to out unless it is NULL. */
static double
fin_rsi_run(fin_series_t s, size_t period, double *out)
{
    size_t  i;
    double  change, gain, loss, n;

    n = (double) period;
    gain = 0;
    loss = 0;

    for (i = 0; i < s.n; i++) {

        if (i > period) {
            gain *= n - 1;
            loss *= n - 1;
        }

        change = i > 0 ? s.bar[i].c - s.bar[i - 1].c : 0;
        gain += fmax(change, 0);
        loss += fmax(-change, 0);

        if (i >= period) {
            gain /= n;
            loss /= n;
        }

        if (out != NULL) {
            out[i] = i >= period ? fin_rsi_value(gain, loss) : (double) NAN;
        }
    }

    return s.n > period ? fin_rsi_value(gain, loss) : (double) NAN;
}


double
fin_rsi(fin_series_t s, size_t period)
{
    return period == 0 ? (double) NAN : fin_rsi_run(s, period, NULL);
}


void
fin_rsi_series(fin_series_t s, size_t period, double *out)
{
    size_t  i;

    if (period > 0) {
        (void) fin_rsi_run(s, period, out);
        return;
    }

    for (i = 0; i < s.n; i++) {
        out[i] = NAN;
    }
}

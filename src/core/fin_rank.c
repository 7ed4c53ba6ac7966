#include "fin_indicators.h"


void
fin_rank(const double *value, size_t n, double *rank, double *percentile)
{
    size_t  i, below;
    double  min, max, today;

    *rank = NAN;
    *percentile = NAN;

    if (n == 0) {
        return;
    }

    today = value[n - 1];
    min = today;
    max = today;
    below = 0;

    for (i = 0; i < n; i++) {
        min = fmin(min, value[i]);
        max = fmax(max, value[i]);
        below += value[i] < today;
    }

    if (max > min) {
        *rank = fin_finite(100 * ((today - min) / (max - min)));
        *percentile = 100 * ((double) below / (double) n);
    }
}

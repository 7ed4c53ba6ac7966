#include "fin_indicators.h"


static double
fin_true_range(const fin_bar_t *bar, double close_before)
{
    double  range;

    range = bar->h - bar->l;
    range = fmax(range, fabs(bar->h - close_before));

    return fmax(range, fabs(bar->l - close_before));
}


double
fin_atr(fin_series_t s, size_t period)
{
    size_t  i;
    double  atr, n;

    if (period == 0 || s.n <= period) {
        return NAN;
    }

    n = (double) period;
    atr = 0;

    for (i = 1; i <= period; i++) {
        atr += fin_true_range(&s.bar[i], s.bar[i - 1].c);
    }

    atr /= n;

    for ( /* void */ ; i < s.n; i++) {
        atr = (atr * (n - 1) + fin_true_range(&s.bar[i], s.bar[i - 1].c)) / n;
    }

    return fin_finite(atr);
}

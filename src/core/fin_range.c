#include "fin_indicators.h"
#include "fin_time.h"


#define FIN_YEAR_DAYS  365


static void
fin_high_low(fin_series_t s, size_t start, double *high, double *low)
{
    size_t  i;

    *high = NAN;
    *low = NAN;

    /* fmax and fmin take the other of a number and NAN */
    for (i = start; i < s.n; i++) {
        *high = fmax(*high, s.bar[i].h);
        *low = fmin(*low, s.bar[i].l);
    }
}


void
fin_high_low_52week(fin_series_t s, double *high, double *low)
{
    size_t   start;
    int64_t  first;

    start = s.n;

    if (s.n > 0) {
        first = fin_ny_midnight(fin_ny_date(s.bar[s.n - 1].t) - FIN_YEAR_DAYS);

        while (start > 0 && s.bar[start - 1].t >= first) {
            start--;
        }
    }

    fin_high_low(s, start, high, low);
}


void
fin_swing(fin_series_t s, size_t n, double *high, double *low)
{
    fin_high_low(s, s.n > n ? s.n - n : 0, high, low);
}

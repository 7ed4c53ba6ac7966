/* Bars for the unit tests: made by hand, or the made-up golden series. */

#ifndef FIN_BARS_H
#define FIN_BARS_H

#include "fin_time.h"


#define FIN_N(a)  (sizeof(a) / sizeof((a)[0]))

#define FIN_GOLDEN_BARS  600


static const int  fin_golden_cents[FIN_GOLDEN_BARS][4] = {
#include "../golden/talib/bars.inc"
};


/* n trading days (no holidays) from Monday 2022-01-03 on. */
static inline void
fin_bars_dates(fin_bar_t *bar, size_t n)
{
    size_t      i;
    fin_date_t  date;

    date = fin_date_make(2022, 1, 3);

    for (i = 0; i < n; i++, date++) {
        while (fin_date_weekday(date) % 6 == 0) {
            date++;
        }

        bar[i].t = fin_ny_midnight(date);
        bar[i].v = NAN;
        bar[i].vw = NAN;
    }
}


/* n bars with every price close[i]. */
static inline fin_series_t
fin_bars_closes(fin_bar_t *bar, const double *close, size_t n)
{
    size_t  i;

    fin_bars_dates(bar, n);

    for (i = 0; i < n; i++) {
        bar[i].o = bar[i].h = bar[i].l = bar[i].c = close[i];
    }

    return (fin_series_t) { bar, n };
}


static inline fin_series_t
fin_bars_golden(fin_bar_t *bar)
{
    size_t  i;

    fin_bars_dates(bar, FIN_GOLDEN_BARS);

    for (i = 0; i < FIN_GOLDEN_BARS; i++) {
        bar[i].o = fin_golden_cents[i][0] / 100.0;
        bar[i].h = fin_golden_cents[i][1] / 100.0;
        bar[i].l = fin_golden_cents[i][2] / 100.0;
        bar[i].c = fin_golden_cents[i][3] / 100.0;
    }

    return (fin_series_t) { bar, FIN_GOLDEN_BARS };
}


/* The first n bars, as they were on the evening of bar n - 1. */
static inline fin_series_t
fin_bars_first(fin_series_t s, size_t n)
{
    s.n = n;
    return s;
}


#endif

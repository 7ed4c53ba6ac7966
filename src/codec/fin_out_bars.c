/* The answer of GET bars. */

#include <stdlib.h>
#include <string.h>

#include "../core/fin_indicators.h"
#include "../core/fin_time.h"
#include "fin_bars_cache.h"


#define FIN_BARS_RSI_PERIOD  14


static void
fin_out_bar(fin_out_t *out, const fin_bar_t *bar)
{
    fin_out_object(out);
    fin_out_kdate(out, "date", fin_ny_date(bar->t));
    fin_out_kdouble(out, "open", bar->o);
    fin_out_kdouble(out, "high", bar->h);
    fin_out_kdouble(out, "low", bar->l);
    fin_out_kdouble(out, "close", bar->c);
    fin_out_kdouble(out, "volume", bar->v);
    fin_out_kdouble(out, "vwap", bar->vw);
    fin_out_object_end(out);
}


static void
fin_out_doubles(fin_out_t *out, const char *key, const double *value, size_t n)
{
    size_t  i;

    fin_out_key(out, key);
    fin_out_array(out);

    for (i = 0; i < n; i++) {
        fin_out_double(out, value[i]);
    }

    fin_out_array_end(out);
}


/* Computed over the whole series in scratch, the last days values written. */
static void
fin_out_indicators(fin_out_t *out, fin_series_t s, size_t days,
    double *scratch)
{
    size_t         i;
    const double  *last;
    static const struct {
        size_t       n;
        const char  *key;
    }  ma[] = {
        { 20, "ma_20" }, { 50, "ma_50" }, { 200, "ma_200" }
    };

    last = scratch + (s.n - days);

    fin_out_key(out, "indicators");
    fin_out_object(out);

    for (i = 0; i < sizeof(ma) / sizeof(ma[0]); i++) {
        fin_ma_series(s, ma[i].n, scratch);
        fin_out_doubles(out, ma[i].key, last, days);
    }

    fin_rsi_series(s, FIN_BARS_RSI_PERIOD, scratch);
    fin_out_doubles(out, "rsi", last, days);

    fin_out_object_end(out);
}


fin_status_t
fin_out_bars(fin_out_t *out, const char *ticker, fin_series_t s, size_t days,
    const char *tail)
{
    size_t   i;
    double  *scratch;

    if (s.n > SIZE_MAX / sizeof(double) - 1) {
        return FIN_E_TOO_BIG;
    }

    if (days > s.n) {
        days = s.n;
    }

    scratch = malloc((s.n + 1) * sizeof(double));
    if (scratch == NULL) {
        return FIN_E_NOMEM;
    }

    fin_out_object(out);
    fin_out_kstring(out, "ticker", ticker);
    fin_out_key(out, "bars");
    fin_out_array(out);

    for (i = s.n - days; i < s.n; i++) {
        fin_out_bar(out, &s.bar[i]);
    }

    fin_out_array_end(out);
    fin_out_indicators(out, s, days, scratch);

    if (tail != NULL) {
        fin_out_json(out, tail, strlen(tail));
    }

    fin_out_object_end(out);
    free(scratch);

    return fin_out_status(out);
}

/* From bars and a valued chain to everything that stock_data shows. */

#ifndef FIN_STOCK_H
#define FIN_STOCK_H

#include "fin_types.h"


/* One stored day of at-the-money volatility. */
typedef struct {
    fin_date_t  date;
    double      iv;
} fin_iv_day_t;

#define FIN_IV_DAYS_MAX   252
#define FIN_IV_DAYS_MIN   30


/*
 * Fills every field that bars alone decide, iv fields NAN/NONE, earnings
 * FIN_NO_DATE.  series is checked.  ticker is NUL-terminated and valid (it is
 * cut at FIN_TICKER_MAX).  FIN_OK; FIN_E_NO_DATA for no bars, stock untouched.
 */
fin_status_t fin_stock_from_bars(fin_stock_t *stock, const char *ticker,
    fin_series_t series, fin_date_t today);

/*
 * A stock of which nothing but a price is known (NAN, or not above 0: not even
 * that): all else is absent.
 */
void fin_stock_bare(fin_stock_t *stock, const char *ticker, double price,
    fin_date_t today);

/*
 * iv, iv_rank, iv_percentile and iv_source.  iv is the chain's 30-day figure
 * (NAN, or nothing finite and positive: none).  history is the stored days,
 * ascending by date, without or with the last bar's day, whose value iv
 * replaces; days after the last bar and days without a figure are passed
 * over, of the rest the newest 252 count, today's included.  With fewer than
 * 30 days in all, or without iv, the historical volatility's own series
 * stands in; iv_source is NONE where that has no value either.  A flat series
 * has a source, but neither rank nor percentile.  FIN_OK, or FIN_E_NO_DATA as
 * above.
 */
fin_status_t fin_stock_set_iv(fin_stock_t *stock, fin_series_t series,
    double iv, const fin_iv_day_t *history, size_t n);


#endif

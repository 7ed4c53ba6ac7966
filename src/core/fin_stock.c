#include <string.h>

#include "fin_indicators.h"
#include "fin_stock.h"
#include "fin_time.h"


#define FIN_WILDER_PERIOD  14
#define FIN_HV_RETURNS     20
#define FIN_SWING_BARS     60


static void
fin_stock_change(fin_stock_t *stock, fin_series_t s)
{
    double  before;

    stock->change = NAN;
    stock->change_pct = NAN;

    if (s.n < 2) {
        return;
    }

    before = s.bar[s.n - 2].c;

    stock->change = stock->price - before;
    stock->change_pct = fin_finite(100 * (stock->change / before));
}


static void
fin_stock_no_iv(fin_stock_t *stock)
{
    stock->iv = NAN;
    stock->iv_rank = NAN;
    stock->iv_percentile = NAN;
    stock->iv_source = FIN_IV_SOURCE_NONE;
}


fin_status_t
fin_stock_from_bars(fin_stock_t *stock, const char *ticker,
    fin_series_t series, fin_date_t today)
{
    double            scratch[FIN_LEVELS_SCRATCH];
    const fin_bar_t  *last;

    if (series.n == 0) {
        return FIN_E_NO_DATA;
    }

    last = &series.bar[series.n - 1];

    memset(stock, 0, sizeof(fin_stock_t));
    strncpy(stock->ticker, ticker, FIN_TICKER_MAX);

    stock->price = last->c;
    stock->today = today;
    stock->last_bar = fin_ny_date(last->t);
    stock->earnings = FIN_NO_DATE;

    stock->ma_20 = fin_ma(series, 20);
    stock->ma_50 = fin_ma(series, 50);
    stock->ma_200 = fin_ma(series, 200);
    stock->rsi = fin_rsi(series, FIN_WILDER_PERIOD);
    stock->atr = fin_atr(series, FIN_WILDER_PERIOD);
    stock->hv = fin_hv(series, FIN_HV_RETURNS);

    fin_stock_change(stock, series);
    fin_stock_no_iv(stock);
    fin_high_low_52week(series, &stock->high_52week, &stock->low_52week);
    fin_swing(series, FIN_SWING_BARS, &stock->swing_high, &stock->swing_low);
    fin_levels(series, stock->price, scratch, &stock->support,
               &stock->resistance);

    return FIN_OK;
}


void
fin_stock_bare(fin_stock_t *stock, const char *ticker, double price,
    fin_date_t today)
{
    memset(stock, 0, sizeof(fin_stock_t));
    memcpy(stock->ticker, ticker, strnlen(ticker, FIN_TICKER_MAX));

    stock->price = price > 0 && isfinite(price) ? price : (double) NAN;
    stock->change = stock->change_pct = NAN;
    stock->high_52week = stock->low_52week = NAN;
    stock->ma_20 = stock->ma_50 = stock->ma_200 = NAN;
    stock->rsi = stock->atr = stock->hv = NAN;
    stock->swing_high = stock->swing_low = NAN;
    stock->earnings = FIN_NO_DATE;
    stock->today = today;
    stock->last_bar = FIN_NO_DATE;

    fin_stock_no_iv(stock);
}


static int
fin_iv_ok(double iv)
{
    return isfinite(iv) && iv > 0;
}


/* The figures before today's, oldest first, into value[0..max-1]. */
static size_t
fin_iv_past(const fin_iv_day_t *history, size_t n, fin_date_t today,
    double *value, size_t max)
{
    size_t  i, k;

    /* back to the oldest that still counts, then forth */
    for (i = n, k = 0; i > 0 && k < max; i--) {
        k += history[i - 1].date < today && fin_iv_ok(history[i - 1].iv);
    }

    for (k = 0; i < n && history[i].date < today; i++) {
        if (fin_iv_ok(history[i].iv)) {
            value[k++] = history[i].iv;
        }
    }

    return k;
}


/* The last values of the historical volatility's own series. */
static size_t
fin_hv_past(fin_series_t series, double *value)
{
    double  hv[FIN_IV_DAYS_MAX + FIN_HV_RETURNS];
    size_t  n;

    n = sizeof(hv) / sizeof(hv[0]);

    if (series.n > n) {
        series.bar += series.n - n;
        series.n = n;
    }

    if (series.n <= FIN_HV_RETURNS) {
        return 0;
    }

    fin_hv_series(series, FIN_HV_RETURNS, hv);

    n = series.n - FIN_HV_RETURNS;
    memcpy(value, &hv[FIN_HV_RETURNS], n * sizeof(double));

    return n;
}


fin_status_t
fin_stock_set_iv(fin_stock_t *stock, fin_series_t series, double iv,
    const fin_iv_day_t *history, size_t n)
{
    double      value[FIN_IV_DAYS_MAX];
    size_t      days;
    fin_date_t  today;

    fin_stock_no_iv(stock);

    if (series.n == 0) {
        return FIN_E_NO_DATA;
    }

    days = 0;

    if (fin_iv_ok(iv)) {
        today = fin_ny_date(series.bar[series.n - 1].t);
        days = fin_iv_past(history, n, today, value, FIN_IV_DAYS_MAX - 1);
        value[days++] = iv;

        stock->iv = iv;
        stock->iv_source = FIN_IV_SOURCE_IMPLIED;
    }

    if (days < FIN_IV_DAYS_MIN) {
        days = fin_hv_past(series, value);
        stock->iv_source = days > 0 ? FIN_IV_SOURCE_HISTORICAL
                                    : FIN_IV_SOURCE_NONE;
    }

    fin_rank(value, days, &stock->iv_rank, &stock->iv_percentile);

    return FIN_OK;
}

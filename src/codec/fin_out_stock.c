/* stock_data. */

#include "fin_out_stock.h"


const char *
fin_price_source_name(fin_price_source_t source)
{
    switch (source) {
    case FIN_PRICE_QUOTE:
        return "quote";
    case FIN_PRICE_TRADE:
        return "trade";
    case FIN_PRICE_DAY:
        return "day";
    case FIN_PRICE_NONE:
        break;
    }

    return NULL;
}


const char *
fin_options_status_name(fin_options_status_t status)
{
    switch (status) {
    case FIN_OPTIONS_OK:
        return "ok";
    case FIN_OPTIONS_NONE:
        return "none";
    case FIN_OPTIONS_NOT_ENTITLED:
        return "not_entitled";
    case FIN_OPTIONS_UNAVAILABLE:
        break;
    }

    return "unavailable";
}


static const char *
fin_iv_source_name(fin_iv_source_t source)
{
    switch (source) {
    case FIN_IV_SOURCE_IMPLIED:
        return "implied";
    case FIN_IV_SOURCE_HISTORICAL:
        return "historical";
    case FIN_IV_SOURCE_NONE:
        break;
    }

    return NULL;
}


static void
fin_out_levels(fin_out_t *out, const char *key, const fin_levels_t *levels)
{
    unsigned  i;

    fin_out_key(out, key);
    fin_out_array(out);

    for (i = 0; i < levels->n && i < FIN_LEVELS_MAX; i++) {
        fin_out_double(out, levels->level[i]);
    }

    fin_out_array_end(out);
}


static void
fin_out_prices(fin_out_t *out, const fin_stock_t *stock)
{
    fin_out_kdouble(out, "current_price", stock->price);
    fin_out_kdouble(out, "daily_change", stock->change);
    fin_out_kdouble(out, "daily_change_pct", stock->change_pct);
    fin_out_kdouble(out, "high_52week", stock->high_52week);
    fin_out_kdouble(out, "low_52week", stock->low_52week);

    fin_out_key(out, "moving_averages");
    fin_out_object(out);
    fin_out_kdouble(out, "ma_20", stock->ma_20);
    fin_out_kdouble(out, "ma_50", stock->ma_50);
    fin_out_kdouble(out, "ma_200", stock->ma_200);
    fin_out_object_end(out);

    fin_out_kdouble(out, "rsi", stock->rsi);
    fin_out_kdouble(out, "atr", stock->atr);
}


static void
fin_out_volatility(fin_out_t *out, const fin_stock_t *stock)
{
    fin_out_kdouble(out, "historical_volatility", stock->hv);
    fin_out_kdouble(out, "implied_volatility", stock->iv);
    fin_out_kdouble(out, "iv_percentile", stock->iv_percentile);
    fin_out_kdouble(out, "iv_rank", stock->iv_rank);
    fin_out_kstring(out, "iv_source", fin_iv_source_name(stock->iv_source));
}


static void
fin_out_earnings(fin_out_t *out, const fin_stock_t *stock)
{
    fin_out_kdate(out, "earnings_date", stock->earnings);
    fin_out_key(out, "days_to_earnings");

    if (stock->earnings == FIN_NO_DATE || stock->today == FIN_NO_DATE) {
        fin_out_null(out);
        return;
    }

    fin_out_int(out, (int64_t) stock->earnings - stock->today);
}


void
fin_out_stock_data(fin_out_t *out, const fin_stock_t *stock)
{
    fin_out_object(out);
    fin_out_kstring(out, "ticker", stock->ticker);

    fin_out_prices(out, stock);
    fin_out_volatility(out, stock);
    fin_out_earnings(out, stock);

    fin_out_levels(out, "support_levels", &stock->support);
    fin_out_levels(out, "resistance_levels", &stock->resistance);
    fin_out_kdouble(out, "swing_high", stock->swing_high);
    fin_out_kdouble(out, "swing_low", stock->swing_low);

    fin_out_object_end(out);
}

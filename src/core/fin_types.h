/*
 * The plain structs that every layer shares.  In all of them an absent double
 * is NAN and an absent date is FIN_NO_DATE; nothing here owns memory unless
 * its comment says so.
 */

#ifndef FIN_TYPES_H
#define FIN_TYPES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "fin_status.h"


/* A civil date: days since 1970-01-01 (proleptic Gregorian). */
typedef int32_t  fin_date_t;

#define FIN_NO_DATE       INT32_MIN

#define FIN_TICKER_MAX    12        /* "BRK.B", with room; without NUL */
#define FIN_CONTRACT_MAX  31        /* "O:AAPL260116C00150000"; without NUL */


/* One daily bar, split-adjusted. */
typedef struct {
    int64_t     t;                  /* ms UTC, midnight New York */
    double      o, h, l, c;
    double      v;                  /* shares; NAN when absent */
    double      vw;                 /* NAN when absent */
} fin_bar_t;


/* Bars, oldest first, strictly ascending t.  A borrowed span. */
typedef struct {
    const fin_bar_t  *bar;
    size_t            n;
} fin_series_t;


typedef enum {
    FIN_CALL = 0,
    FIN_PUT = 1
} fin_right_t;


typedef enum {
    FIN_PRICE_NONE = 0,
    FIN_PRICE_QUOTE,                /* mid of bid and ask */
    FIN_PRICE_TRADE,                /* the last trade */
    FIN_PRICE_DAY                   /* the day's close */
} fin_price_source_t;


typedef enum {
    FIN_GREEKS_MODEL = 0,
    FIN_GREEKS_UPSTREAM
} fin_greeks_source_t;


/*
 * A contract.  The first part is what upstream says (codec fills it), the
 * second is derived by fin_chain_value().
 */
typedef struct {
    char                 ticker[FIN_CONTRACT_MAX + 1];
    fin_right_t          type;
    fin_date_t           expiration;
    double               strike;            /* > 0 */
    double               shares;            /* shares_per_contract, 100 when absent */
    double               bid, ask;
    double               last;              /* last trade's price */
    int64_t              last_t;            /* ms UTC; 0 when absent */
    double               day_close;
    int64_t              day_t;             /* day.last_updated, ms UTC; 0 */
    double               volume;            /* day.volume */
    double               open_interest;
    double               up_iv, up_delta, up_gamma, up_theta, up_vega;

    int32_t              dte;               /* calendar days from today */
    double               price;             /* mid_price of the answer */
    fin_price_source_t   price_source;
    fin_greeks_source_t  greeks_source;
    double               iv, delta, gamma, theta, vega;
    unsigned             adjusted:1;        /* shares != 100 */
} fin_option_t;


/* A chain; opt is an owned malloc'ed array (fin_chain_free). */
typedef struct {
    fin_option_t  *opt;
    size_t         n;
    size_t         cap;
} fin_chain_t;


typedef enum {
    FIN_IV_SOURCE_NONE = 0,
    FIN_IV_SOURCE_IMPLIED,
    FIN_IV_SOURCE_HISTORICAL
} fin_iv_source_t;


typedef enum {
    FIN_OPTIONS_OK = 0,
    FIN_OPTIONS_NONE,               /* the market lists no contracts */
    FIN_OPTIONS_NOT_ENTITLED,       /* the plan has no options */
    FIN_OPTIONS_UNAVAILABLE         /* upstream failed or sent nonsense */
} fin_options_status_t;


#define FIN_LEVELS_MAX  3

typedef struct {
    double    level[FIN_LEVELS_MAX];
    unsigned  n;
} fin_levels_t;


/* Every field of the answer's stock_data. */
typedef struct {
    char             ticker[FIN_TICKER_MAX + 1];
    double           price;                     /* current_price */
    double           change, change_pct;
    double           high_52week, low_52week;
    double           ma_20, ma_50, ma_200;
    double           rsi, atr;
    double           hv;                        /* historical_volatility */
    double           iv;                        /* implied_volatility */
    double           iv_percentile, iv_rank;
    fin_iv_source_t  iv_source;
    fin_date_t       earnings;                  /* FIN_NO_DATE: none known */
    fin_date_t       today;
    fin_date_t       last_bar;                  /* New York date of it */
    double           swing_high, swing_low;
    fin_levels_t     support, resistance;
} fin_stock_t;


#endif

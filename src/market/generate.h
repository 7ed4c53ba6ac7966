/*
 * A sample market: made-up prices for ten well-known tickers, in the shape of
 * Massive's answers and in the layout that market-server reads.  The same day
 * and seed give the same market.  Each stock's path is drawn until it shows
 * the picture that its row of the table asks for, so every picture is there
 * on any day.  Weekends are left out, holidays are not.
 */

#ifndef MARKET_GENERATE_H
#define MARKET_GENERATE_H

#include <stdint.h>
#include <stdio.h>

#include "../core/fin_bs.h"
#include "../core/fin_signal.h"
#include "../core/fin_stock.h"
#include "../core/fin_types.h"


#define SAMPLE_STOCKS       10
#define SAMPLE_DAYS         730         /* calendar days of bars */
#define SAMPLE_BARS_MAX     (SAMPLE_DAYS + 1)
#define SAMPLE_KNOTS_MAX    10
#define SAMPLE_EXPIRY_MAX   32
#define SAMPLE_STRIKES_MAX  48          /* of one expiration */
#define SAMPLE_RATE         0.04        /* finance_risk_free_rate's default */
#define SAMPLE_ANY          (-1)


/* Something at so many bars before the last one; linear in between. */
typedef struct {
    int     back;
    double  value;
} sample_knot_t;


typedef struct {
    const char     *ticker;
    const char     *name;
    const char     *exchange;
    const char     *type;                       /* "CS", "ETF" */
    double          price;                      /* the last close, about */
    double          yield;                      /* continuous, of dividends */
    double          usual_iv;                   /* of far expirations */
    double          shares;                     /* traded on a usual day */
    int             earnings;                   /* in so many days; 0: none */
    int             options;
    int             score[FIN_SIGNAL_COUNT];    /* wanted, or SAMPLE_ANY */
    sample_knot_t   level[SAMPLE_KNOTS_MAX];    /* per cent of price less 100 */
    sample_knot_t   sigma[SAMPLE_KNOTS_MAX];    /* a year's volatility */
} sample_stock_t;


typedef struct {
    const sample_stock_t  *stock;
    fin_date_t             today;
    fin_date_t             earnings;            /* FIN_NO_DATE: none */
    size_t                 n;
    fin_bar_t              bar[SAMPLE_BARS_MAX];
    fin_stock_t            figures;             /* what a service will show */
} sample_path_t;


extern const sample_stock_t  sample_stocks[SAMPLE_STOCKS];


/* xorshift64* (Vigna 2016), seeded through splitmix64. */
typedef struct {
    uint64_t  state;
} sample_random_t;

/* Streams of different purposes are independent of each other. */
void sample_random_seed(sample_random_t *random, uint64_t seed,
    const char *ticker, uint64_t purpose);

/* Uniform in 0 <= x < 1. */
double sample_random(sample_random_t *random);

/* Normal, mean 0, standard deviation 1. */
double sample_normal(sample_random_t *random);


/*
 * Bars up to the last weekday at or before today that show the wanted picture,
 * whether or not the date of the earnings is known.
 * FIN_OK, or FIN_E_NO_DATA when none of many draws does.
 */
fin_status_t sample_path_make(sample_path_t *path,
    const sample_stock_t *stock, fin_date_t today, uint64_t seed);

/* Expirations, ascending: how many, at most SAMPLE_EXPIRY_MAX. */
unsigned sample_expirations(fin_date_t today,
    fin_date_t expiration[SAMPLE_EXPIRY_MAX]);

/* Strikes, ascending: how many, at most SAMPLE_STRIKES_MAX. */
unsigned sample_strikes(double price, double sigma, double years,
    double strike[SAMPLE_STRIKES_MAX]);

/* The surface: volatility of a strike; at_30d is the one at the money. */
double sample_surface(const fin_bs_term_t *term, double strike,
    double at_30d, double usual);

/* The 30-day volatility at the money that the stock's chain is made of. */
double sample_at_30d(const sample_path_t *path);


/* One contract as upstream tells it. */
typedef struct {
    char          ticker[FIN_CONTRACT_MAX + 1];
    fin_right_t   type;
    fin_date_t    expiration;
    double        strike;
    double        bid, ask;             /* 0: none */
    double        last, before;         /* the day's close, the day's before */
    double        open_interest;
    double        volume;               /* 0: it did not trade */
    double        sigma;
    fin_greeks_t  greeks;
    unsigned      quoted:1;
    unsigned      greeks_told:1;
    int64_t       quote_ns, trade_ns;
} sample_contract_t;

void sample_contract_make(sample_contract_t *contract,
    const sample_path_t *path, const fin_bs_term_t *term, fin_right_t type,
    double strike, fin_date_t expiration, sample_random_t *random);

void sample_contract_write(FILE *out, const sample_contract_t *contract,
    const sample_path_t *path);


/* Massive's answers, one JSON object each. */
void sample_bars_write(FILE *out, const sample_path_t *path);
void sample_chain_write(FILE *out, const sample_path_t *path, uint64_t seed);
void sample_reference_write(FILE *out, const sample_path_t *path);
void sample_earnings_write(FILE *out, const sample_path_t *path);
void sample_dividends_write(FILE *out, const sample_path_t *path);

/*
 * Writes the files of one stock under dir, which must be there with its
 * folders.  FIN_OK; FIN_E_VALUE, with a line on stderr: a file cannot be
 * written.
 */
fin_status_t sample_stock_save(const char *dir, const sample_path_t *path,
    uint64_t seed);


#endif

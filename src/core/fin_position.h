/*
 * A position of an owner, what kind it is, and its metrics (domain.md,
 * "Positions").
 */

#ifndef FIN_POSITION_H
#define FIN_POSITION_H

#include "fin_types.h"


#define FIN_POSITION_ID_MAX  36         /* a UUID's text; without NUL */

#define FIN_NO_DAYS          INT32_MIN  /* a number of days that is absent */


typedef enum {
    FIN_POSITION_STOCK = 0,
    FIN_POSITION_OPTION
} fin_position_type_t;


/* In the order of the answer's lists. */
typedef enum {
    FIN_CLASS_LEAPS = 0,                /* long call, bought with >= 180 days */
    FIN_CLASS_SHORT_CALL,
    FIN_CLASS_STOCK,                    /* long or short */
    FIN_CLASS_SHORT_PUT,
    FIN_CLASS_OTHER,                    /* other long calls, and long puts */
    FIN_CLASS_COUNT
} fin_position_class_t;


/* As its owner wrote it; fields of the other type are absent. */
typedef struct {
    char                 id[FIN_POSITION_ID_MAX + 1];
    char                 ticker[FIN_TICKER_MAX + 1];
    fin_position_type_t  type;
    fin_date_t           transaction_date;
    int64_t              quantity;          /* not 0; negative: short */
    double               purchase_price;    /* a share; stock only */
    fin_right_t          option_type;       /* these four: option only */
    double               strike;
    fin_date_t           expiration;
    double               premium;           /* a share */
    int64_t              created_at;        /* ms UTC */
    int64_t              updated_at;        /* ms UTC */
    int64_t              version;
} fin_position_t;


/* Figures of a short position: value and cost are negative. */
typedef struct {
    double   current_value;
    double   cost;                      /* what value is compared with */
    double   unrealized_pnl;
    double   unrealized_pnl_pct;        /* of the absolute cost; NAN for 0 */
    int32_t  days_held;
    int32_t  days_to_expiration;        /* FIN_NO_DAYS for a stock */
} fin_metrics_t;


/* What an owner may write: a size, prices, a strike in thousandths, years. */
#define FIN_POSITION_QUANTITY_MAX  INT64_C(1000000000)
#define FIN_POSITION_PRICE_MAX     1e9
#define FIN_POSITION_STRIKE_MAX    99999.999
#define FIN_POSITION_YEAR_MIN      1900
#define FIN_POSITION_YEAR_MAX      2200


/* Everything absent; a stock's type. */
void fin_position_init(fin_position_t *p);

/* 1900-01-01 .. 2200-12-31 */
int fin_position_date_possible(fin_date_t date);

/*
 * Whether dates, quantity and the fields of its type are within the above, and
 * it does not expire before the trade.
 */
int fin_position_possible(const fin_position_t *p);

fin_position_class_t fin_position_class(const fin_position_t *p);

/* Calendar days; FIN_NO_DAYS where either is absent. */
int32_t fin_days_between(fin_date_t from, fin_date_t to);

/* Strikes are quoted in thousandths: whether two are the same one. */
int fin_strike_same(double a, double b);

/*
 * The contract of an option position in a sorted chain; NULL for a stock, and
 * for a contract that is gone.  A position does not say whether its contract
 * is adjusted: of several the first that is not, else the first.
 */
const fin_option_t *fin_position_contract(const fin_position_t *p,
    const fin_chain_t *chain);

/*
 * What an option of the position is quoted at, a share; NAN without a contract
 * (NULL), without a price, and after expiration, when it is gone whatever a
 * chain from before says.
 */
double fin_position_option_price(const fin_position_t *p,
    const fin_option_t *contract, fin_date_t today);

/*
 * The metrics.  price is the stock's, NAN where not to be had; contract is
 * valued (fin_chain_value, fin_option_value), NULL for a stock or when gone.
 * Value and cost of an option are both by the contract's own multiplier, so
 * without a contract the cost is absent too.  What lacks its price is NAN,
 * never 0; days are arithmetic: negative before the trade, after expiration.
 */
void fin_position_metrics(const fin_position_t *p, double price,
    const fin_option_t *contract, fin_date_t today, fin_metrics_t *out);

/*
 * The close of the last bar dated (New York) on or before a date: the stock's
 * price at a trade; NAN before the first bar, and for FIN_NO_DATE.
 */
double fin_series_close_on(fin_series_t s, fin_date_t date);


#endif

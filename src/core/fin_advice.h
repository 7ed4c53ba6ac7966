/*
 * Recommendations: what to do about a position, and why (domain.md,
 * "Positions").  The first rule that matches wins, in the order urgent close,
 * profit taking, risk, roll, maintain.
 */

#ifndef FIN_ADVICE_H
#define FIN_ADVICE_H

#include "fin_roll.h"
#include "fin_signal.h"


/* The thresholds; finance_signal does not change them.  Per cent, days. */
#define FIN_ADVICE_EARNINGS_DAYS     7      /* within: ends included */
#define FIN_ADVICE_PROFIT            60.0   /* >=, of the premium received */
#define FIN_ADVICE_SHORT_DTE         21     /* < */
#define FIN_ADVICE_STRIKE_WITHIN     3.0    /* <=, of the strike */
#define FIN_ADVICE_STRIKE_UNDER      5.0    /* >, of the strike */
#define FIN_ADVICE_PRICE_DOWN        10.0   /* >, of the price at the trade */
#define FIN_ADVICE_LEAPS_CLOSE_DTE   90     /* <= */
#define FIN_ADVICE_LEAPS_CLOSE_DELTA 0.60   /* < */
#define FIN_ADVICE_LEAPS_ROLL_DTE    180    /* <= */
#define FIN_ADVICE_LEAPS_ROLL_DELTA  0.65   /* < */
#define FIN_ADVICE_ROLL_DTE_MIN      30
#define FIN_ADVICE_ROLL_DTE_MAX      60
#define FIN_ADVICE_ROLL_DTE_NEAR     45
#define FIN_ADVICE_LEAPS_DTE_MIN     365
#define FIN_ADVICE_LEAPS_DTE_MAX     540
#define FIN_ADVICE_LEAPS_DTE_NEAR    450
#define FIN_ADVICE_ROLL_DELTA        0.25   /* nearest to it, in size */


typedef enum {
    FIN_ACTION_MAINTAIN = 0,
    FIN_ACTION_CLOSE,
    FIN_ACTION_ROLL
} fin_action_t;


/* A roll target; a copy, nothing is borrowed. */
typedef struct {
    fin_roll_type_t  type;
    char             ticker[FIN_CONTRACT_MAX + 1];
    double           strike;
    fin_date_t       expiration;
    int32_t          dte;
    double           expected_credit;   /* a share: new price less the present
                                           one; negative is a debit; NAN where
                                           the present one is not known */
} fin_roll_t;


#define FIN_ADVICE_REASONS  14

typedef struct {
    fin_action_t  action;
    unsigned      priority;             /* 1..3, 1 is the most urgent */
    unsigned      n;
    char          reason[FIN_ADVICE_REASONS][192];      /* UTF-8 */
    unsigned      has_roll:1;
    fin_roll_t    roll;
} fin_advice_t;


/* What a recommendation looks at; all pointers are borrowed. */
typedef struct {
    const fin_position_t  *position;
    const fin_metrics_t   *metrics;         /* of the position */
    const fin_option_t    *contract;        /* valued; NULL: gone, or a stock */
    const fin_stock_t     *stock;           /* prices, dates, earnings */
    const fin_chain_t     *chain;           /* valued; NULL: none */
    double                 shares;          /* held; fin_holding_t */
    double                 leaps_strike;    /* fin_portfolio_leaps_strike() */
    double                 trade_price;     /* fin_series_close_on(); NAN */
    const fin_signal_t    *covered_call;    /* NULL: not to be had */
} fin_advice_in_t;


/*
 * The recommendation.  A condition whose input is absent does not match; a
 * reason that begins with the warning sign says what was missing.  The other
 * reasons are, for close and roll, the rule that matched (first) and the
 * target or why there is none; for maintain, how far each rule is from
 * matching; for stocks and other options what the covered-call signal says.
 * A roll to which no contract fits stays a roll, without has_roll.
 */
void fin_advice_make(const fin_advice_in_t *in, fin_advice_t *out);


#endif

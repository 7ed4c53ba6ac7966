/*
 * One owner's positions in one ticker: from the stock's book to finished JSON.
 * Pure and free of globals, so that it runs on a thread; the book is shared.
 */

#ifndef FIN_HOLDINGS_H
#define FIN_HOLDINGS_H

#include "../core/fin_advice.h"
#include "../core/fin_portfolio.h"
#include "fin_book.h"


/* A Position's bytes in out, and what the summary and events need of it. */
typedef struct {
    size_t                from, len;
    fin_metrics_t         metrics;
    fin_position_class_t  class;
    fin_action_t          action;
    unsigned              priority;
    unsigned              valued:1;     /* value and P&L are known */
} fin_holding_lot_t;


typedef struct {
    const fin_position_t  *position;    /* of one ticker, in the answer's
                                           order */
    size_t                 n;
    const fin_book_t      *book;        /* shared, read only; NULL: no market
                                           data */
    double                 price;       /* used when book is NULL: prev's
                                           close; NAN */
    const fin_chain_t     *extra;       /* raw contracts that were asked for
                                           one by one; NULL: none */
    const fin_rules_t     *rules;
    fin_date_t             today;       /* New York, now */
    int64_t                computed_at;

    fin_holding_lot_t     *lot;         /* [n], the caller's */
    size_t                 signals_len; /* the two signals, with the comma
                                           between them, at the start of out */
} fin_holdings_t;

/*
 * The run of members "covered_call_signal":{...},"pmcc_signal":{...},
 * "leaps_positions":[...],"short_call_positions":[...],"stock_positions":[...],
 * "short_put_positions":[...],"other_positions":[...], no brace around it: what
 * takes the place of a snapshot's bytes from FIN_CUT_OWNER_SIGNALS to
 * FIN_CUT_STRATEGY_END.  Fills lot[] (as position[]) and signals_len.
 *
 * Days are counted from today, also where the book is of a day before.  A
 * contract is looked for in the book, then among extra, which is valued with
 * the yield that the book has for its expiration.  A LEAPS is rolled to
 * contracts of extra, all else to those of the book.  Without a book options
 * have no value, and extra is not looked at.
 *
 * out is empty before.  FIN_OK; FIN_E_INTERNAL: a position that is not valid or
 * not of the ticker; FIN_E_TOO_BIG (the bound of out), FIN_E_NOMEM.  What is in
 * out is then of no use.
 */
fin_status_t fin_holdings_write(fin_out_t *out, fin_holdings_t *h);


#define FIN_NEED_NAME_MAX  47

/*
 * What has to be asked for.  roll 0: the contract of that name, expiration
 * (from and to) and strike.  roll 1: a LEAPS' targets, calls of that strike
 * that expire from..to; the name is "C00150000:2027-01-01:2027-06-25".
 */
typedef struct {
    char         name[FIN_NEED_NAME_MAX + 1];
    fin_right_t  type;
    fin_date_t   from, to;
    double       strike;
    unsigned     roll:1;
} fin_need_t;

/*
 * What of the positions is neither in the book nor in extra, each once,
 * contracts first; returns how many, max at most.  Nothing without a book, and
 * nothing where its options are neither OK nor NONE.  To be called again when
 * more of extra has come: a delta may ask for a roll.  What upstream does not
 * have stays a need.  In fin_holdings_needs.c.
 */
size_t fin_holdings_needs(const fin_holdings_t *h, fin_need_t *need,
    size_t max);

/*
 * A roll's need out of its name; FIN_OK, or FIN_E_VALUE: it is none.
 */
fin_status_t fin_need_read(const char *name, fin_need_t *need);


#endif

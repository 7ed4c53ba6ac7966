/*
 * The addresses of Massive's calls (domain.md, "Upstream"): path below the prefix of
 * finance_market, and arguments.  Everything put into them was checked
 * (tickers) or is escaped here (cursors).
 */

#ifndef FIN_REQUEST_H
#define FIN_REQUEST_H

#include "../core/fin_parts.h"
#include "fin_in.h"


#define FIN_REQUEST_PATH_MAX  128
#define FIN_REQUEST_ARGS_MAX  (FIN_CURSOR_MAX * 3 + 256)

typedef enum {
    FIN_REQUEST_BARS = 0,
    FIN_REQUEST_CHAIN,
    FIN_REQUEST_CONTRACT,
    FIN_REQUEST_PREV,
    FIN_REQUEST_REFERENCE,
    FIN_REQUEST_MARKET,
    FIN_REQUEST_EARNINGS,
    FIN_REQUEST_DIVIDENDS,
    FIN_REQUEST_EMAIL           /* of none of Massive's calls */
} fin_request_kind_e;

typedef struct {
    fin_request_kind_e  kind;
    char    path[FIN_REQUEST_PATH_MAX];
    size_t  path_len;
    char    args[FIN_REQUEST_ARGS_MAX];
    size_t  args_len;
} fin_request_t;


/* Daily bars, from and to included. */
void fin_request_bars(fin_request_t *req, const char *ticker,
    fin_date_t from, fin_date_t to);

/* A page of a chain: part NULL for all of it; cursor "" for the first. */
void fin_request_chain(fin_request_t *req, const char *ticker,
    const fin_part_t *part, const char *cursor);

/*
 * One contract, and the session before: for what an owner holds.  contract is
 * that of fin_contract_name().  Their answers are for fin_in_chain() and
 * fin_in_bars().
 */
void fin_request_contract(fin_request_t *req, const char *ticker,
    const char *contract);
void fin_request_prev(fin_request_t *req, const char *ticker);

void fin_request_reference(fin_request_t *req, const char *ticker);
void fin_request_market(fin_request_t *req);

/* Earnings from today on; dividends of the FIN_DIVIDEND_DAYS to today. */
void fin_request_earnings(fin_request_t *req, const char *ticker,
    fin_date_t today);
void fin_request_dividends(fin_request_t *req, const char *ticker,
    fin_date_t today);


#endif

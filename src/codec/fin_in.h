/*
 * What comes from outside, parsed once, strictly and bounded: JSON text to core
 * structs.  Names of members are case-sensitive; of members that occur twice
 * the last counts.  No function keeps a pointer into its input, and
 * each may run on a thread.  err may be NULL; it is filled unless FIN_OK.
 *
 * All refuse what is not one JSON object, is over 16 MB or holds a NUL
 * (FIN_E_SYNTAX, FIN_E_SHAPE, FIN_E_TOO_BIG), and read the answer's own
 * "status": ERROR is FIN_E_UPSTREAM, NOT_AUTHORIZED FIN_E_NOT_ENTITLED,
 * NOT_FOUND FIN_E_NOT_FOUND, any other a success (DELAYED is one).
 */

#ifndef FIN_IN_H
#define FIN_IN_H

#include "../core/fin_types.h"


/* Where and why an input was refused; for one log line. */
typedef struct {
    char  field[64];            /* "results[12].c" */
    char  text[128];            /* "not a positive number" */
} fin_in_error_t;

#define FIN_CURSOR_MAX  1023

typedef struct {
    fin_bar_t  *bar;            /* malloc'ed, owned */
    size_t      n;
} fin_bars_t;

void fin_bars_free(fin_bars_t *bars);


/*
 * /v2/aggs/...: FIN_OK; FIN_E_NO_DATA: results absent or empty; FIN_E_SYNTAX,
 * FIN_E_SHAPE, FIN_E_VALUE (fin_series_check), FIN_E_NOMEM.  *out is empty
 * unless FIN_OK.  More than 20000 bars: FIN_E_TOO_BIG.  v that is negative, vw
 * that is not positive, count as absent.
 */
fin_status_t fin_in_bars(const char *json, size_t len, fin_bars_t *out,
    fin_in_error_t *err);

/*
 * One page of /v3/snapshot/options/{T}: appends to chain; results may also be
 * one object, as .../{T}/{contract} answers.  cursor gets the cursor of
 * next_url ("" when there is none; its host is never looked at; one without a
 * usable cursor is FIN_E_VALUE).  Contracts without expiration, positive strike
 * or a ticker of [A-Za-z0-9:.-]: FIN_E_VALUE, types other than call and put
 * are skipped.  FIN_OK for an empty page.  Over 50000 contracts: FIN_E_TOO_BIG.
 *
 * Absent count bids, asks, volumes and open interest below 0, prices of trades
 * and days and volatilities not above 0, and what is no number.  Shares are
 * 100 when absent or null, NAN when there but not above 0.  Unless FIN_OK the
 * chain is as before and cursor "".
 */
fin_status_t fin_in_chain(const char *json, size_t len, fin_chain_t *chain,
    char cursor[FIN_CURSOR_MAX + 1], fin_in_error_t *err);

/*
 * The first cursor argument of a next_url, percent-decoded ('+' stays one);
 * FIN_E_VALUE when it is too long, malformed, empty or absent; only printable
 * ASCII is taken.  cursor is "" unless FIN_OK.
 */
fin_status_t fin_in_cursor(const char *url, size_t len,
    char cursor[FIN_CURSOR_MAX + 1]);

/*
 * /v3/reference/tickers/{T}: FIN_OK (also when active is absent),
 * FIN_E_NOT_FOUND (active is false), FIN_E_SHAPE.
 */
fin_status_t fin_in_reference(const char *json, size_t len,
    fin_in_error_t *err);

/*
 * /benzinga/v1/earnings: the earliest date that is today or later; FIN_NO_DATE
 * when none comes.  FIN_OK, or as fin_in_bars().
 */
fin_status_t fin_in_earnings(const char *json, size_t len, fin_date_t today,
    fin_date_t *earliest, fin_in_error_t *err);

/*
 * /v3/reference/dividends: the sum of the cash amounts whose ex-dividend date
 * is within FIN_DIVIDEND_DAYS to today, ends included; 0 for none.
 */
#define FIN_DIVIDEND_DAYS  365
fin_status_t fin_in_dividends(const char *json, size_t len, fin_date_t today,
    double *amount, fin_in_error_t *err);

typedef enum {
    FIN_SESSION_UNKNOWN = 0,
    FIN_SESSION_OPEN,
    FIN_SESSION_CLOSED,
    FIN_SESSION_EXTENDED
} fin_session_t;

/*
 * /v1/marketstatus/now: the "market" member (a word that is not known is
 * FIN_SESSION_UNKNOWN, no string FIN_E_SHAPE) and serverTime (ms; 0: absent,
 * malformed).
 */
fin_status_t fin_in_market_status(const char *json, size_t len,
    fin_session_t *session, int64_t *server_time, fin_in_error_t *err);

/* "open", "closed", "extended-hours", "unknown" */
const char *fin_session_name(fin_session_t session);

/* Body of POST watchlist, {"ticker": "aapl"}; in fin_in_body.h */


#endif

/* From a request to Massive's answer to it. */

#ifndef MARKET_ANSWER_H
#define MARKET_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "market_fault.h"
#include "market_http.h"
#include "market_reply.h"
#include "market_store.h"


#define MARKET_NEXT_HOST  "https://api.massive.com"
#define MARKET_EVIL_HOST  "https://evil.example"


typedef struct {
    const market_store_t    *store;
    const market_request_t  *request;
    const market_fault_t    *fault;     /* that will spoil it, or NULL */
    market_reply_t          *reply;     /* was reset */

    const char              *query;     /* the cursor's, where there is one */
    size_t                   query_len;
    size_t                   offset;    /* where the page begins */
    bool                     bad_cursor;
    char                     cursor[1024];
} market_ask_t;


/* Takes in the cursor; to be called before the two below. */
void market_page_open(market_ask_t *ask);

/* Appends ,"next_url":"..." to the reply's own buffer. */
void market_page_next(const market_ask_t *ask, size_t offset);

/* Answers; an unknown path is a 404. */
void market_route(market_ask_t *ask);

/*
 * The path under which the request is counted: its path up to the ticker,
 * with "/prev", "/" and a star (one contract), or "?ticker=" and the ticker.
 */
void market_route_key(const market_ask_t *ask, char *key, size_t size);

/* A 400 that names the argument; returns false. */
bool market_ask_bad(market_ask_t *ask, const char *name);

/* The data of the ticker in the path, or NULL. */
const market_data_t *market_ask_data(const market_ask_t *ask);

/* The argument limit, 1..max. False when the 400 is written. */
bool market_ask_limit(market_ask_t *ask, long long usual, long long max,
    size_t *limit);

/*
 * The arguments name, name.gt, name.gte, name.lt and name.lte narrow
 * low..high. False when the 400 is written.
 */
bool market_ask_range(market_ask_t *ask, const char *name,
    bool (*parse)(const char *text, double *value), double *low,
    double *high);

/* Appends "status":"...","request_id":"..." to the reply's own buffer. */
void market_ask_status(market_ask_t *ask, const market_list_t *list);

/* Puts {"results":[...],...} around the items in the reply. */
void market_ask_list(market_ask_t *ask, const market_list_t *list,
    size_t next);

/* Answers of the routes; part 3 of the path is a ticker where it has one. */
void market_answer_bars(market_ask_t *ask);
void market_answer_prev(market_ask_t *ask);
void market_answer_chain(market_ask_t *ask);
void market_answer_contract(market_ask_t *ask);
void market_answer_reference(market_ask_t *ask);
void market_answer_earnings(market_ask_t *ask);
void market_answer_dividends(market_ask_t *ask);
void market_answer_status(market_ask_t *ask);


#endif

/*
 * Faults: rules that spoil the answers to requests whose target begins with a
 * text. They are set over the control API, while the server runs.
 */

#ifndef MARKET_FAULT_H
#define MARKET_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "market_buf.h"
#include "market_http.h"
#include "market_reply.h"


typedef enum {
    MARKET_FAULT_DELAY = 0,     /* ms later than otherwise */
    MARKET_FAULT_HANG,          /* no answer; the connection stays open */
    MARKET_FAULT_RESET,         /* RST instead of an answer */
    MARKET_FAULT_CLOSE,         /* FIN instead of an answer */
    MARKET_FAULT_STATUS,        /* error of that status */
    MARKET_FAULT_HTML,          /* 200 with a page of HTML */
    MARKET_FAULT_TRUNCATE,      /* half the body, full Content-Length */
    MARKET_FAULT_SHORT_CHUNK,   /* half a chunk, then FIN */
    MARKET_FAULT_EMPTY,         /* 200 without a body */
    MARKET_FAULT_NO_RESULTS,    /* 200, "results" absent */
    MARKET_FAULT_GZIP,          /* compressed, asked for or not */
    MARKET_FAULT_BIG,           /* that many bytes of JSON */
    MARKET_FAULT_BIG_CHUNKED,   /* the same without Content-Length */
    MARKET_FAULT_DRIP,          /* some bytes of body each ms */
    MARKET_FAULT_PAGE_LOOP,     /* next_url leads to the first page */
    MARKET_FAULT_FOREIGN_NEXT,  /* next_url on another host */
    MARKET_FAULT_GARBAGE_JSON,  /* 200 with a body that is no JSON */
    MARKET_FAULT_NAN,           /* value NaN at the last such field */
    MARKET_FAULT_INF,           /* the same with 1e999 */
    MARKET_FAULT_CHUNKED,       /* good, in chunks of that many bytes */
    MARKET_FAULT_STATUS_LINE,   /* garbled status line */
    MARKET_FAULT_SLOW_HEADERS,  /* a line of the head each ms */
    MARKET_FAULT_RESET_BODY,    /* half the body, RST after ms */
    MARKET_FAULT_BODY           /* 200 with value as its body */
} market_fault_kind_e;


typedef struct {
    char                 *match;        /* owned */
    size_t                match_len;
    market_fault_kind_e   kind;
    long long             times;        /* left; negative: for ever */
    long long             after;        /* matches that are let pass first */
    long long             ms;
    long long             status;
    long long             retry_after;  /* s; negative: none */
    long long             bytes;
    char                  field[64];    /* nan; empty: a price */
    char                  value[64];    /* nan, inf, body */
    uint64_t              hits;
} market_fault_t;


typedef struct {
    market_fault_t  *rules;     /* in the order in which they were added */
    size_t           n;
} market_faults_t;


/*
 * Adds the rule that a query describes (match, kind, times, after, ms, status,
 * retry_after, bytes, field, value). False, with *why naming the argument that
 * is wrong.
 */
bool market_fault_add(market_faults_t *faults, const char *query, size_t len,
    const char **why);

/*
 * The first matching rule with times left, which is counted as used, or NULL.
 * The match is tried on the target as sent and on its decoded path.
 */
const market_fault_t *market_fault_take(market_faults_t *faults,
    const market_request_t *request);

/* The name of a rule's kind. */
const char *market_fault_name(const market_fault_t *fault);

/* Spoils an answer that is not finished; adds to *delay (ms). */
void market_fault_apply(const market_fault_t *fault,
    const market_request_t *request, market_reply_t *reply, long long *delay);

void market_fault_clear(market_faults_t *faults);


#endif

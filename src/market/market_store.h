/*
 * The sample market's data: read once at the start, kept as the very bytes
 * that the files hold, and never changed after that.
 */

#ifndef MARKET_STORE_H
#define MARKET_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "market_buf.h"
#include "market_map.h"
#include "market_reply.h"


/*
 * One bar, contract, earnings date or dividend. A field that the file leaves
 * out is NAN or 0 and passes every filter, so that odd data can be served.
 */

typedef struct {
    size_t   offset;            /* of its bytes in the list's raw */
    size_t   len;               /* with the comma that follows them */
    double   number;            /* strike; NAN: none */
    double   day;               /* yyyymmdd: bar (New York), expiration, ...;
                                   NAN: none */
    char     type;              /* 'c' call, 'p' put, 0 */
    char    *name;              /* contract ticker, owned; or NULL */
} market_item_t;


typedef struct {
    market_buf_t    raw;        /* items in the files' order, each with ',' */
    market_item_t  *items;
    size_t          n;
    size_t          size;
    size_t         *by_name;    /* chains: indexes of items by ticker */
    size_t          named;
    char            status[16]; /* what the first file says, or "OK" */
} market_list_t;


typedef struct {
    double   number_low;        /* all four ends are included */
    double   number_high;
    double   day_low;
    double   day_high;
    char     type;              /* 0: any */
} market_filter_t;


typedef enum {
    MARKET_BARS = 0,
    MARKET_CHAIN,
    MARKET_EARNINGS,
    MARKET_DIVIDENDS,
    MARKET_LISTS
} market_kind_e;


typedef struct {
    char           *name;
    market_list_t   lists[MARKET_LISTS];
    market_buf_t    reference;  /* the file's bytes; empty: no file */
    market_buf_t    prev;
} market_data_t;


typedef struct {
    market_map_t     names;     /* tickers and clones -> market_data_t */
    market_data_t  **data;      /* owned, sorted by name */
    size_t           n;
    market_buf_t     status;    /* marketstatus.json; empty: no file */
} market_store_t;


/*
 * Reads a data directory. On failure false, with the reason on stderr: no
 * directory, a file that cannot be read or is not the JSON it should be.
 */
bool market_store_load(market_store_t *store, const char *dir);

/*
 * Adds the tickers T001 to T{clones}, which stand for the tickers with bars
 * (all tickers, when none has bars) in turn.
 */
void market_store_clone(market_store_t *store, long clones);

/* The data of a ticker or clone, or NULL. */
const market_data_t *market_store_find(const market_store_t *store,
    const char *ticker);

void market_store_free(market_store_t *store);


/* Appends the items of one file. False, with *why set, when it is unusable. */
bool market_list_add(market_list_t *list, market_kind_e kind,
    const market_buf_t *file, const char **why);

/* To be called once, after the last file. */
void market_list_ready(market_list_t *list, market_kind_e kind);

void market_list_free(market_list_t *list);

/* Lets everything pass. */
void market_filter_init(market_filter_t *filter);

/*
 * Appends, joined by commas, up to limit items that pass, beginning with the
 * item at start in the list's order, or in the reverse one. Returns how many,
 * and in *next where to go on, 0 when nothing more would pass.
 */
size_t market_list_select(const market_list_t *list,
    const market_filter_t *filter, size_t start, size_t limit, bool reverse,
    market_reply_t *reply, size_t *next);

/* The contract of that name, or NULL. */
const market_item_t *market_list_find(const market_list_t *list,
    const char *name);


#endif

/* What reached the server, for tests to look at. */

#ifndef MARKET_STATS_H
#define MARKET_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "market_buf.h"
#include "market_map.h"


#define MARKET_LAST       100
#define MARKET_MAX_PATHS  100000
#define MARKET_TIMES      20000


typedef struct {
    uint64_t       total;
    uint64_t       in_flight;       /* requests without a whole answer */
    uint64_t       max_in_flight;
    uint64_t       connections;     /* accepted; control's are counted too */
    market_map_t   paths;
    market_buf_t   last[MARKET_LAST];   /* raw heads, a ring */
    size_t         next;
    size_t         nlast;
    int64_t        times[MARKET_TIMES]; /* of requests, us; a ring by total */
} market_stats_t;


/* A request came: its path as it is counted, and its raw head. */
void market_stats_begin(market_stats_t *stats, const char *path,
    const char *head, size_t len);

/* It was answered, or its connection is gone. */
void market_stats_end(market_stats_t *stats);

/* Appends {"total":...,"paths":{...}} without the closing brace. */
void market_stats_print(const market_stats_t *stats, market_buf_t *out);

/* Appends a JSON list of the heads whose target begins with the prefix. */
void market_stats_last(const market_stats_t *stats, const char *prefix,
    market_buf_t *out);

/* Appends a JSON list of when the newest requests came, us on a clock that is
 * not set, oldest first. */
void market_stats_times(const market_stats_t *stats, market_buf_t *out);

/* All counters to 0; max_in_flight to what is in flight now. */
void market_stats_reset(market_stats_t *stats);

void market_stats_free(market_stats_t *stats);


#endif

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "market_stats.h"


void
market_stats_begin(market_stats_t *stats, const char *path, const char *head,
    size_t len)
{
    size_t           path_len;
    market_buf_t    *last;
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    stats->times[stats->total % MARKET_TIMES]
        = (int64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;

    stats->total++;
    stats->in_flight++;

    if (stats->in_flight > stats->max_in_flight) {
        stats->max_in_flight = stats->in_flight;
    }

    path_len = strlen(path);

    if (stats->paths.n < MARKET_MAX_PATHS
        || market_map_find(&stats->paths, path, path_len) != NULL)
    {
        market_map_insert(&stats->paths, path, path_len)->count++;
    }

    last = &stats->last[stats->next];
    last->len = 0;
    market_buf_add(last, head, len);

    stats->next = (stats->next + 1) % MARKET_LAST;

    if (stats->nlast < MARKET_LAST) {
        stats->nlast++;
    }
}


void
market_stats_end(market_stats_t *stats)
{
    stats->in_flight--;
}


void
market_stats_print(const market_stats_t *stats, market_buf_t *out)
{
    size_t                 i;
    const market_entry_t  *entry;

    market_buf_printf(out, "{\"total\":%" PRIu64 ",\"in_flight\":%" PRIu64
                      ",\"max_in_flight\":%" PRIu64 ",\"connections\":%"
                      PRIu64 ",\"paths\":{", stats->total, stats->in_flight,
                      stats->max_in_flight, stats->connections);

    for (i = 0; i < stats->paths.n; i++) {
        entry = &stats->paths.entries[i];

        market_buf_puts(out, i > 0 ? "," : "");
        market_buf_json(out, entry->key, entry->len);
        market_buf_printf(out, ":%" PRIu64, entry->count);
    }

    market_buf_puts(out, "}");
}


void
market_stats_last(const market_stats_t *stats, const char *prefix,
    market_buf_t *out)
{
    bool                 any;
    size_t               i, len, target;
    const char          *blank;
    const market_buf_t  *head;

    any = false;
    len = strlen(prefix);
    market_buf_puts(out, "[");

    for (i = 0; i < stats->nlast; i++) {
        head = &stats->last[(stats->next + MARKET_LAST - stats->nlast + i)
                            % MARKET_LAST];
        blank = memchr(head->data, ' ', head->len);
        target = (size_t) (blank - head->data) + 1;

        if (head->len - target < len
            || memcmp(head->data + target, prefix, len) != 0)
        {
            continue;
        }

        market_buf_puts(out, any ? ",\n" : "");
        market_buf_json(out, head->data, head->len);
        any = true;
    }

    market_buf_puts(out, "]\n");
}


void
market_stats_times(const market_stats_t *stats, market_buf_t *out)
{
    uint64_t  i, first;

    first = stats->total > MARKET_TIMES ? stats->total - MARKET_TIMES : 0;
    market_buf_puts(out, "[");

    for (i = first; i < stats->total; i++) {
        market_buf_printf(out, "%s%" PRId64, i > first ? "," : "",
                          stats->times[i % MARKET_TIMES]);
    }

    market_buf_puts(out, "]\n");
}


void
market_stats_reset(market_stats_t *stats)
{
    market_map_free(&stats->paths);

    stats->total = 0;
    stats->max_in_flight = stats->in_flight;
    stats->connections = 0;
    stats->next = 0;
    stats->nlast = 0;
}


void
market_stats_free(market_stats_t *stats)
{
    size_t  i;

    market_map_free(&stats->paths);

    for (i = 0; i < MARKET_LAST; i++) {
        market_buf_free(&stats->last[i]);
    }
}

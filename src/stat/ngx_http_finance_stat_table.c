/* The families: see the header. */


#include "ngx_http_finance_stat_table.h"


#define ngx_http_finance_stat_values(a)  a, sizeof(a) / sizeof(a[0])

#define NGX_HTTP_FINANCE_STAT_ALL_ROUTES                                      \
    { "route", NULL, NGX_HTTP_FINANCE_STAT_ROUTES }

#define NGX_HTTP_FINANCE_STAT_NO_LABEL  { NULL, NULL, 1 }

#define NGX_HTTP_FINANCE_STAT_PLAIN                                           \
    { NGX_HTTP_FINANCE_STAT_NO_LABEL, NGX_HTTP_FINANCE_STAT_NO_LABEL }


static const char *const  ngx_http_finance_stat_status_names[] = {
    "200", "201", "202", "204", "206", "301", "302", "303", "304", "307",
    "400", "401", "403", "404", "405", "408", "409", "412", "413", "414",
    "415", "416", "422", "429", "431", "499", "500", "501", "502", "503",
    "504", "other"
};

static const char *const  ngx_http_finance_stat_kinds[] = {
    "stock", "bars", "options", "reference", "market", "contract", "price",
    "email"
};

static const char *const  ngx_http_finance_stat_cache_results[] = {
    "fresh", "stale", "miss", "negative"
};

static const char *const  ngx_http_finance_stat_resources[] = {
    "bars", "options", "contract", "price", "reference", "market",
    "earnings", "dividends", "email"
};

static const char *const  ngx_http_finance_stat_upstream_outcomes[] = {
    "ok", "3xx", "4xx", "429", "5xx", "timeout", "truncated", "too_big",
    "budget", "cancelled", "other"
};

static const char *const  ngx_http_finance_stat_outcomes[] = {
    "ok", "failed"
};

static const char *const  ngx_http_finance_stat_joins[] = {
    "worker", "shared"
};

static const char *const  ngx_http_finance_stat_redis_errors[] = {
    "connect", "lost", "timeout", "busy", "reply", "down", "other"
};

static const char *const  ngx_http_finance_stat_running[] = {
    "active", "waiting"
};

static const char *const  ngx_http_finance_stat_connections[] = {
    "ready", "connecting"
};


_Static_assert(sizeof(ngx_http_finance_stat_status_names)
               / sizeof(ngx_http_finance_stat_status_names[0])
               == NGX_HTTP_FINANCE_STAT_STATUSES, "each status has a name");


const ngx_http_finance_stat_family_t  ngx_http_finance_stat_families[] = {

    { "finance_http_requests_total",
      "Requests that ended, by route and status.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_REQUESTS,
      { NGX_HTTP_FINANCE_STAT_ALL_ROUTES,
        { "status", ngx_http_finance_stat_values(
                        ngx_http_finance_stat_status_names) } }, 1 },

    { "finance_http_request_duration_seconds",
      "Time from a request's arrival at its location until its answer was "
      "handed on, by route.",
      FIN_PROM_HISTOGRAM, NGX_HTTP_FINANCE_TIME_REQUEST,
      { NGX_HTTP_FINANCE_STAT_ALL_ROUTES,
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 1 },

    { "finance_http_response_bytes_total",
      "Bytes sent to clients, headers included, by route.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_BYTES,
      { NGX_HTTP_FINANCE_STAT_ALL_ROUTES,
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 1 },

    { "finance_limit_refused_total",
      "Requests that finance_limit refused.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_LIMITED,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_cache_results_total",
      "Looks for a datum in the cache, by kind and what was found.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_CACHE,
      { { "kind", ngx_http_finance_stat_values(ngx_http_finance_stat_kinds) },
        { "result", ngx_http_finance_stat_values(
                        ngx_http_finance_stat_cache_results) } }, 1 },

    { "finance_upstream_calls_total",
      "Calls of the market, further attempts included, by resource and "
      "outcome; those of \"budget\" were not made.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_UPSTREAM,
      { { "resource", ngx_http_finance_stat_values(
                          ngx_http_finance_stat_resources) },
        { "outcome", ngx_http_finance_stat_values(
                         ngx_http_finance_stat_upstream_outcomes) } }, 1 },

    { "finance_upstream_duration_seconds",
      "Time of one call of the market.",
      FIN_PROM_HISTOGRAM, NGX_HTTP_FINANCE_TIME_UPSTREAM,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_upstream_bytes_total",
      "Bytes of the market's answers.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_UPSTREAM_BYTES,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_upstream_nonsense_total",
      "Jobs that failed because an answer of the market could not be read.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_NONSENSE,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_upstream_retries_total",
      "Calls of the market that were further attempts.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_RETRIES,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_upstream_calls",
      "Calls of the market that are under way, or wait to begin.",
      FIN_PROM_GAUGE, NGX_HTTP_FINANCE_GAUGE_UPSTREAM_ACTIVE,
      { { "state", ngx_http_finance_stat_values(
                       ngx_http_finance_stat_running) },
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 0 },

    { "finance_budget_refused_total",
      "Calls of the market that finance_budget did not allow.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_BUDGET_REFUSED,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_budget_waited_total",
      "Calls of the market that had to wait for finance_budget.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_BUDGET_WAITED,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_jobs_total",
      "Jobs that ended, by kind of datum and outcome.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_JOBS,
      { { "kind", ngx_http_finance_stat_values(ngx_http_finance_stat_kinds) },
        { "outcome", ngx_http_finance_stat_values(
                         ngx_http_finance_stat_outcomes) } }, 1 },

    { "finance_jobs",
      "Jobs that are under way, or wait to begin.",
      FIN_PROM_GAUGE, NGX_HTTP_FINANCE_GAUGE_JOBS_ACTIVE,
      { { "state", ngx_http_finance_stat_values(
                       ngx_http_finance_stat_running) },
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 0 },

    { "finance_flight_joins_total",
      "Who waited for a fetch of another: one of the same worker's, or of "
      "another worker or host.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_JOINS,
      { { "where", ngx_http_finance_stat_values(
                       ngx_http_finance_stat_joins) },
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 0 },

    { "finance_flight_takeovers_total",
      "Fetches of another worker or host that were taken over when it died.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_TAKEOVERS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_refresh_rounds_total",
      "Rounds of finance_refresh that ended, by outcome.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_ROUNDS,
      { { "outcome", ngx_http_finance_stat_values(
                         ngx_http_finance_stat_outcomes) },
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 0 },

    { "finance_redis_commands_total",
      "Commands given to Redis.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_REDIS_COMMANDS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_redis_round_trips_total",
      "Batches of commands that were sent to Redis.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_REDIS_TRIPS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_redis_duration_seconds",
      "Time of one batch, waiting for a connection included.",
      FIN_PROM_HISTOGRAM, NGX_HTTP_FINANCE_TIME_REDIS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_redis_errors_total",
      "Batches that failed, and connections that could not be made or were "
      "lost, by kind.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_REDIS_ERRORS,
      { { "kind", ngx_http_finance_stat_values(
                      ngx_http_finance_stat_redis_errors) },
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 0 },

    { "finance_redis_connects_total",
      "Connections to Redis that became ready.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_REDIS_CONNECTS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_redis_connections",
      "Connections to Redis, by state.",
      FIN_PROM_GAUGE, NGX_HTTP_FINANCE_GAUGE_REDIS_READY,
      { { "state", ngx_http_finance_stat_values(
                       ngx_http_finance_stat_connections) },
        NGX_HTTP_FINANCE_STAT_NO_LABEL }, 0 },

    { "finance_redis_waiting",
      "Batches that wait for a connection to Redis.",
      FIN_PROM_GAUGE, NGX_HTTP_FINANCE_GAUGE_REDIS_WAITING,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_redis_down",
      "Workers that know a Redis as away, one for each Redis.",
      FIN_PROM_GAUGE, NGX_HTTP_FINANCE_GAUGE_REDIS_DOWN,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_streams",
      "Streams that are open.",
      FIN_PROM_GAUGE, NGX_HTTP_FINANCE_GAUGE_STREAMS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_streams_opened_total",
      "Streams that were opened.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_STREAMS_OPENED,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_streams_slow_total",
      "Streams that were closed because their client did not read.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_STREAMS_SLOW,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_streams_refused_total",
      "Streams that were refused because there are too many.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_STREAMS_REFUSED,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_streams_replays_total",
      "Streams that asked for what they had missed.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_STREAMS_REPLAYS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_stream_events_total",
      "Events sent, one for each stream that got it.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_EVENTS_SENT,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_loop_hold_seconds",
      "How long one turn of this module's code held a worker's event loop.",
      FIN_PROM_HISTOGRAM, NGX_HTTP_FINANCE_TIME_HOLD,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 },

    { "finance_worker_starts_total",
      "Workers that began.",
      FIN_PROM_COUNTER, NGX_HTTP_FINANCE_STAT_WORKERS,
      NGX_HTTP_FINANCE_STAT_PLAIN, 0 }
};


const ngx_uint_t  ngx_http_finance_stat_nfamilies
    = sizeof(ngx_http_finance_stat_families)
      / sizeof(ngx_http_finance_stat_families[0]);


static const char  *ngx_http_finance_stat_routes[
    NGX_HTTP_FINANCE_STAT_ROUTES] = { "none", "page" };


void
ngx_http_finance_stat_route_set(ngx_uint_t route, const char *name)
{
    if (route < NGX_HTTP_FINANCE_STAT_ROUTES) {
        ngx_http_finance_stat_routes[route] = name;
    }
}


const char *
ngx_http_finance_stat_route(ngx_uint_t route)
{
    return route < NGX_HTTP_FINANCE_STAT_ROUTES
           ? ngx_http_finance_stat_routes[route] : NULL;
}


static void
ngx_http_finance_stat_sum(uint32_t *crc, const char *text)
{
    ngx_crc32_update(crc, (u_char *) text, ngx_strlen(text) + 1);
}


uint32_t
ngx_http_finance_stat_layout(void)
{
    uint32_t                               crc;
    ngx_uint_t                             i, j, k;
    const ngx_http_finance_stat_label_t   *label;
    const ngx_http_finance_stat_family_t  *family;

    ngx_crc32_init(crc);

    for (i = 0; i < ngx_http_finance_stat_nfamilies; i++) {
        family = &ngx_http_finance_stat_families[i];
        ngx_http_finance_stat_sum(&crc, family->name);

        for (j = 0; j < NGX_HTTP_FINANCE_STAT_LABELS; j++) {
            label = &family->label[j];

            for (k = 0; label->values && k < label->n; k++) {
                ngx_http_finance_stat_sum(&crc, label->values[k]);
            }
        }
    }

    for (i = 0; i < NGX_HTTP_FINANCE_STAT_ROUTES; i++) {
        if (ngx_http_finance_stat_routes[i]) {
            ngx_http_finance_stat_sum(&crc, ngx_http_finance_stat_routes[i]);
        }
    }

    ngx_crc32_final(crc);

    return crc;
}

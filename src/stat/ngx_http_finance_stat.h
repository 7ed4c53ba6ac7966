/*
 * Counters of all workers, gauges of each, and times: what GET metrics shows.
 *
 * Counters and times are in a zone of their own (..._stat_zone.h) and only
 * grow: an atomic addition each, so that they are exact whatever worker dies.
 * Gauges are in a slot of this process, so that what a dead one had is not
 * counted any longer.  Before the zone is there, and in unit tests, static
 * memory takes the counts.  For the event loop's thread alone.
 */

#ifndef _NGX_HTTP_FINANCE_STAT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STAT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* A table of routes has so many at most, "page" and "none" among them. */
#define NGX_HTTP_FINANCE_STAT_ROUTES     48

/* Answers are told apart by these statuses; the last is that of others. */
#define NGX_HTTP_FINANCE_STAT_STATUSES   32

/* What is cached and what jobs get, in the order of ..._job_kind_e. */
#define NGX_HTTP_FINANCE_STAT_KINDS      8


typedef enum {
    NGX_HTTP_FINANCE_CACHE_FRESH = 0,
    NGX_HTTP_FINANCE_CACHE_STALE,
    NGX_HTTP_FINANCE_CACHE_MISS,
    NGX_HTTP_FINANCE_CACHE_NEGATIVE,    /* fresh: there is none */
    NGX_HTTP_FINANCE_CACHE_RESULTS
} ngx_http_finance_stat_cache_e;

/* What the market is asked for, in the order of fin_request_kind_e. */
#define NGX_HTTP_FINANCE_STAT_RESOURCES  9

typedef enum {
    NGX_HTTP_FINANCE_UPSTREAM_OK = 0,       /* 2xx, whole */
    NGX_HTTP_FINANCE_UPSTREAM_3XX,
    NGX_HTTP_FINANCE_UPSTREAM_4XX,          /* but 429 */
    NGX_HTTP_FINANCE_UPSTREAM_429,
    NGX_HTTP_FINANCE_UPSTREAM_5XX,          /* nginx's own 502, too */
    NGX_HTTP_FINANCE_UPSTREAM_TIMEOUT,
    NGX_HTTP_FINANCE_UPSTREAM_TRUNCATED,
    NGX_HTTP_FINANCE_UPSTREAM_TOO_BIG,
    NGX_HTTP_FINANCE_UPSTREAM_BUDGET,       /* not made */
    NGX_HTTP_FINANCE_UPSTREAM_CANCELLED,
    NGX_HTTP_FINANCE_UPSTREAM_OTHER,
    NGX_HTTP_FINANCE_UPSTREAM_OUTCOMES
} ngx_http_finance_stat_upstream_e;

typedef enum {
    NGX_HTTP_FINANCE_JOIN_WORKER = 0,       /* one under way in this worker */
    NGX_HTTP_FINANCE_JOIN_SHARED,           /* another's: worker or host */
    NGX_HTTP_FINANCE_JOINS
} ngx_http_finance_stat_join_e;

typedef enum {
    NGX_HTTP_FINANCE_OUTCOME_OK = 0,
    NGX_HTTP_FINANCE_OUTCOME_FAILED,
    NGX_HTTP_FINANCE_OUTCOMES
} ngx_http_finance_stat_outcome_e;

typedef enum {
    NGX_HTTP_FINANCE_REDIS_E_CONNECT = 0,   /* none could be made */
    NGX_HTTP_FINANCE_REDIS_E_LOST,          /* one was closed under way */
    NGX_HTTP_FINANCE_REDIS_E_TIMEOUT,
    NGX_HTTP_FINANCE_REDIS_E_BUSY,          /* no room to wait */
    NGX_HTTP_FINANCE_REDIS_E_REPLY,         /* an error that Redis answered */
    NGX_HTTP_FINANCE_REDIS_E_DOWN,          /* known to be away: not sent */
    NGX_HTTP_FINANCE_REDIS_E_OTHER,
    NGX_HTTP_FINANCE_REDIS_ERRORS
} ngx_http_finance_stat_redis_e;


/* Counters; a _LAST ends what has dimensions. */
typedef enum {
    NGX_HTTP_FINANCE_STAT_REQUESTS = 0,     /* route, status */
    NGX_HTTP_FINANCE_STAT_REQUESTS_LAST = NGX_HTTP_FINANCE_STAT_REQUESTS
        + NGX_HTTP_FINANCE_STAT_ROUTES * NGX_HTTP_FINANCE_STAT_STATUSES - 1,
    NGX_HTTP_FINANCE_STAT_BYTES,            /* route: sent to clients */
    NGX_HTTP_FINANCE_STAT_BYTES_LAST = NGX_HTTP_FINANCE_STAT_BYTES
        + NGX_HTTP_FINANCE_STAT_ROUTES - 1,
    NGX_HTTP_FINANCE_STAT_LIMITED,          /* refused by finance_limit */

    NGX_HTTP_FINANCE_STAT_CACHE,            /* kind, result */
    NGX_HTTP_FINANCE_STAT_CACHE_LAST = NGX_HTTP_FINANCE_STAT_CACHE
        + NGX_HTTP_FINANCE_STAT_KINDS * NGX_HTTP_FINANCE_CACHE_RESULTS - 1,

    NGX_HTTP_FINANCE_STAT_UPSTREAM,         /* resource, outcome */
    NGX_HTTP_FINANCE_STAT_UPSTREAM_LAST = NGX_HTTP_FINANCE_STAT_UPSTREAM
        + NGX_HTTP_FINANCE_STAT_RESOURCES
          * NGX_HTTP_FINANCE_UPSTREAM_OUTCOMES - 1,
    NGX_HTTP_FINANCE_STAT_UPSTREAM_BYTES,   /* bodies */
    NGX_HTTP_FINANCE_STAT_NONSENSE,         /* 2xx that could not be read */
    NGX_HTTP_FINANCE_STAT_RETRIES,
    NGX_HTTP_FINANCE_STAT_BUDGET_REFUSED,
    NGX_HTTP_FINANCE_STAT_BUDGET_WAITED,

    NGX_HTTP_FINANCE_STAT_JOBS,             /* kind, outcome */
    NGX_HTTP_FINANCE_STAT_JOBS_LAST = NGX_HTTP_FINANCE_STAT_JOBS
        + NGX_HTTP_FINANCE_STAT_KINDS * NGX_HTTP_FINANCE_OUTCOMES - 1,
    NGX_HTTP_FINANCE_STAT_JOINS,            /* where */
    NGX_HTTP_FINANCE_STAT_JOINS_LAST = NGX_HTTP_FINANCE_STAT_JOINS
        + NGX_HTTP_FINANCE_JOINS - 1,
    NGX_HTTP_FINANCE_STAT_TAKEOVERS,        /* of another's lease */
    NGX_HTTP_FINANCE_STAT_ROUNDS,           /* outcome */
    NGX_HTTP_FINANCE_STAT_ROUNDS_LAST = NGX_HTTP_FINANCE_STAT_ROUNDS
        + NGX_HTTP_FINANCE_OUTCOMES - 1,

    NGX_HTTP_FINANCE_STAT_REDIS_COMMANDS,
    NGX_HTTP_FINANCE_STAT_REDIS_TRIPS,      /* batches, each a round trip */
    NGX_HTTP_FINANCE_STAT_REDIS_ERRORS,     /* kind */
    NGX_HTTP_FINANCE_STAT_REDIS_ERRORS_LAST
        = NGX_HTTP_FINANCE_STAT_REDIS_ERRORS
          + NGX_HTTP_FINANCE_REDIS_ERRORS - 1,
    NGX_HTTP_FINANCE_STAT_REDIS_CONNECTS,   /* that became ready */

    NGX_HTTP_FINANCE_STAT_STREAMS_OPENED,
    NGX_HTTP_FINANCE_STAT_STREAMS_SLOW,     /* dropped: did not read */
    NGX_HTTP_FINANCE_STAT_STREAMS_REFUSED,  /* by a cap */
    NGX_HTTP_FINANCE_STAT_STREAMS_REPLAYS,  /* with a Last-Event-ID */
    NGX_HTTP_FINANCE_STAT_EVENTS_SENT,      /* one for each stream */

    NGX_HTTP_FINANCE_STAT_WORKERS,          /* begun */

    NGX_HTTP_FINANCE_STAT_N
} ngx_http_finance_stat_e;


/* Histograms. */
typedef enum {
    NGX_HTTP_FINANCE_TIME_REQUEST = 0,      /* route */
    NGX_HTTP_FINANCE_TIME_REQUEST_LAST = NGX_HTTP_FINANCE_TIME_REQUEST
        + NGX_HTTP_FINANCE_STAT_ROUTES - 1,
    NGX_HTTP_FINANCE_TIME_UPSTREAM,         /* an attempt, begin to end */
    NGX_HTTP_FINANCE_TIME_REDIS,            /* a batch, waiting included */
    NGX_HTTP_FINANCE_TIME_HOLD,             /* the event loop, by us */
    NGX_HTTP_FINANCE_TIME_N
} ngx_http_finance_time_e;


/* Of this process, now. */
typedef enum {
    NGX_HTTP_FINANCE_GAUGE_STREAMS = 0,     /* open */
    NGX_HTTP_FINANCE_GAUGE_UPSTREAM_ACTIVE,
    NGX_HTTP_FINANCE_GAUGE_UPSTREAM_WAITING,
    NGX_HTTP_FINANCE_GAUGE_JOBS_ACTIVE,
    NGX_HTTP_FINANCE_GAUGE_JOBS_WAITING,
    NGX_HTTP_FINANCE_GAUGE_REDIS_READY,     /* connections */
    NGX_HTTP_FINANCE_GAUGE_REDIS_DIALING,
    NGX_HTTP_FINANCE_GAUGE_REDIS_WAITING,   /* batches without one */
    NGX_HTTP_FINANCE_GAUGE_REDIS_DOWN,      /* Redis that it knows as away */
    NGX_HTTP_FINANCE_GAUGE_N
} ngx_http_finance_gauge_e;


/* Upper bounds of buckets, and one for what is above. */
#define NGX_HTTP_FINANCE_TIME_BOUNDS     20

typedef struct {
    ngx_atomic_t    bucket[NGX_HTTP_FINANCE_TIME_BOUNDS + 1];
    ngx_atomic_t    usec;                   /* the sum */
} ngx_http_finance_histogram_t;

typedef struct {
    ngx_atomic_t                   count[NGX_HTTP_FINANCE_STAT_N];
    ngx_http_finance_histogram_t   time[NGX_HTTP_FINANCE_TIME_N];
} ngx_http_finance_counters_t;

/* One a process, in cache lines of its own; pid 0 and those of the dead: free. */
#define NGX_HTTP_FINANCE_GAUGE_MAX       15

typedef struct {
    ngx_atomic_t    pid;
    ngx_atomic_t    gauge[NGX_HTTP_FINANCE_GAUGE_MAX];
} ngx_http_finance_gauges_t;


extern const uint16_t  ngx_http_finance_stat_statuses[
    NGX_HTTP_FINANCE_STAT_STATUSES];

/* usec */
extern const uint32_t  ngx_http_finance_time_bounds[
    NGX_HTTP_FINANCE_TIME_BOUNDS];

/* this process's view: the zone's, or static memory; never NULL */
extern ngx_http_finance_counters_t  *ngx_http_finance_counters;
extern ngx_http_finance_gauges_t    *ngx_http_finance_gauges;


#define ngx_http_finance_stat_add(id, n)                                      \
    ((void) ngx_atomic_fetch_add(&ngx_http_finance_counters->count[id],       \
                                 (ngx_atomic_int_t) (n)))

/* n may be negative */
#define ngx_http_finance_gauge_add(id, n)                                     \
    ((void) ngx_atomic_fetch_add(&ngx_http_finance_gauges->gauge[id],         \
                                 (ngx_atomic_int_t) (n)))

/* A time that was measured, usec. */
void ngx_http_finance_stat_time(ngx_http_finance_time_e id, uint64_t usec);

/* Now, usec, on a clock that never goes back. */
uint64_t ngx_http_finance_stat_now(void);

/* Around code that the event loop calls; what is inside another counts once. */
uint64_t ngx_http_finance_hold_begin(void);
void ngx_http_finance_hold_end(uint64_t began);


/* What has dimensions. */

#define ngx_http_finance_stat_cache(kind, result, n)                          \
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_CACHE                     \
                              + (kind) * NGX_HTTP_FINANCE_CACHE_RESULTS       \
                              + (result), n)

#define ngx_http_finance_stat_upstream(resource, outcome)                     \
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_UPSTREAM                  \
                              + (resource)                                    \
                                * NGX_HTTP_FINANCE_UPSTREAM_OUTCOMES          \
                              + (outcome), 1)

#define ngx_http_finance_stat_redis_error(kind)                               \
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_REDIS_ERRORS + (kind), 1)

#define ngx_http_finance_stat_job(kind, outcome)                              \
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_JOBS                      \
                              + (kind) * NGX_HTTP_FINANCE_OUTCOMES            \
                              + (outcome), 1)

/* An answer of a route; status as nginx has it. */
void ngx_http_finance_stat_request(ngx_uint_t route, ngx_uint_t status);


/* What was done for one request, for the $finance_* variables. */
typedef struct {
    ngx_uint_t    upstream_calls;       /* begun for it */
    uint64_t      upstream_usec;        /* of those that ended */
    ngx_uint_t    redis_calls;          /* batches */
    uint64_t      redis_usec;
    ngx_uint_t    tickers;              /* in its answer */
    ngx_uint_t    errors;               /* parts that failed */
    unsigned      fresh:1;              /* some of it was in the cache, */
    unsigned      stale:1;              /* is older than it should be, */
    unsigned      missed:1;             /* was waited for, */
    unsigned      forced:1;             /* was asked for anew, */
    unsigned      partial:1;            /* is missing */
} ngx_http_finance_account_t;

/* Both may be NULL. */
void ngx_http_finance_account_add(ngx_http_finance_account_t *account,
    const ngx_http_finance_account_t *more);

/* n looks into the cache for somebody; NULL: for nobody, and not counted. */
void ngx_http_finance_account_cache(ngx_http_finance_account_t *account,
    ngx_uint_t kind, ngx_http_finance_stat_cache_e result, ngx_uint_t n);


#endif /* _NGX_HTTP_FINANCE_STAT_H_INCLUDED_ */

/*
 * Whether a pool is up, and when to try again: pure, the time and chance are
 * parameters.
 *
 *     UNUSED -> CONNECTING -> UP <-> DOWN
 *
 * UNUSED, CONNECTING: callers wait for the connection; UP: at least one is
 * ready; DOWN: the last attempt failed, callers fail at once while a probe is
 * made now and then.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_HEALTH_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_HEALTH_H_INCLUDED_


#include <stdint.h>


typedef enum {
    NGX_HTTP_FINANCE_REDIS_UNUSED = 0,
    NGX_HTTP_FINANCE_REDIS_CONNECTING,
    NGX_HTTP_FINANCE_REDIS_UP,
    NGX_HTTP_FINANCE_REDIS_DOWN
} ngx_http_finance_redis_state_e;


/* A connection that lived so long was a healthy one, ms. */
#define NGX_HTTP_FINANCE_REDIS_HEALTHY  10000
/* The backoff ends here (or at retry, if that is more), ms: who asks within
 * a second of the server's return is answered. */
#define NGX_HTTP_FINANCE_REDIS_CAP      750
/* The same when an operator must act. */
#define NGX_HTTP_FINANCE_REDIS_SLOW     5000


typedef struct {
    ngx_http_finance_redis_state_e   state;
    unsigned                         ready;      /* usable connections */
    unsigned                         failures;   /* since the last healthy */
    uint64_t                         tried;      /* ms, the last attempt */
    unsigned                         slow:1;     /* an operator must act */
    char                             reason[96]; /* why it is (was) down */
} ngx_http_finance_redis_health_t;


void ngx_http_finance_redis_health_init(ngx_http_finance_redis_health_t *h);

/* An attempt to connect begins. */
void ngx_http_finance_redis_health_try(ngx_http_finance_redis_health_t *h,
    uint64_t now);

/* A connection is ready.  True when the pool was down before. */
int ngx_http_finance_redis_health_ready(ngx_http_finance_redis_health_t *h);

/* An attempt failed.  True when the pool goes down with it. */
int ngx_http_finance_redis_health_failed(ngx_http_finance_redis_health_t *h,
    const char *reason, int slow);

/*
 * A ready connection that lived for so many ms is lost, or is not to be used
 * any more (lived 0).  True when the pool goes down with it: the loss of the
 * last healthy one only makes the pool connect again.
 */
int ngx_http_finance_redis_health_lost(ngx_http_finance_redis_health_t *h,
    uint64_t lived, const char *reason);

/*
 * The server hangs: down, whatever is ready, which is to be closed now.  True
 * when it was not down before.
 */
int ngx_http_finance_redis_health_hung(ngx_http_finance_redis_health_t *h,
    const char *reason);

/* We closed one ourselves: ready or being made. */
void ngx_http_finance_redis_health_closed(ngx_http_finance_redis_health_t *h,
    int ready);

/*
 * ms until the next attempt: 0 after a healthy time, else full jitter, evenly
 * from [0, min(cap, retry * 2^(failures - 1))]; the upper half of [0, slow]
 * when an operator must act.  chance is any random number.
 */
uint64_t ngx_http_finance_redis_health_delay(
    const ngx_http_finance_redis_health_t *h, uint64_t retry, uint64_t chance);

/*
 * True when a caller that finds the pool down should set off a probe: the last
 * attempt is at least retry ms ago.  So a pool in use is back soon after its
 * server, whatever the backoff has come to.
 */
int ngx_http_finance_redis_health_due(const ngx_http_finance_redis_health_t *h,
    uint64_t retry, uint64_t now);


#endif /* _NGX_HTTP_FINANCE_REDIS_HEALTH_H_INCLUDED_ */

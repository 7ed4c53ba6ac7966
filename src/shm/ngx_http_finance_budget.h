/*
 * finance_budget: how many calls of the market may start, for all workers of
 * this nginx by a window in the zone, and for all hosts by one in Redis.  Both
 * have to agree.  While Redis is away the zone's stands alone.
 *
 * Calls are asked for by job.  A job that has begun is to be finished, so that
 * Redis keeps what older jobs of any worker still need from younger ones.
 * What is granted has to be used at once: a start that is not made within the
 * slack is given back.
 */

#ifndef _NGX_HTTP_FINANCE_BUDGET_H_INCLUDED_
#define _NGX_HTTP_FINANCE_BUDGET_H_INCLUDED_


#include "../core/fin_uuid.h"
#include "../redis/ngx_http_finance_redis.h"
#include "ngx_http_finance_zone.h"


/* Starts asked for at once. */
#define NGX_HTTP_FINANCE_BUDGET_ASK  32


/* What is asked for, for one job. */
typedef struct {
    uint64_t     seq;           /* of the job, in this worker */
    ngx_uint_t   want;          /* calls that wait, 1 or more */
    ngx_uint_t   need;          /* these, and those still to come */
    ngx_msec_t   age;           /* of the job: who is older goes first */
    ngx_msec_t   left;          /* of its time */
    unsigned     background:1;  /* nobody waits for it: it leaves a reserve of
                                   a quarter of the rate to clients, and goes
                                   behind them */
} ngx_http_finance_claim_t;


typedef struct {
    /* the directive's */
    ngx_http_finance_zone_t         *zone;
    ngx_http_finance_redis_conf_t   *redis;
    u_char                          *file;
    ngx_uint_t                       line;
    ngx_uint_t                       rate;
    ngx_uint_t                       burst;
    ngx_uint_t                       minute;    /* else a second */

    /* this worker's; times in ms */
    ngx_event_t                     *wake;      /* posted when starts may be
                                                   had */
    ngx_event_t                      timer;
    ngx_http_finance_task_t          task;
    ngx_http_finance_redis_batch_t   batch;
    ngx_pool_t                      *pool;      /* the batch's */
    ngx_http_finance_claim_t         claim;     /* of asked, got and held */
    ngx_uint_t                       asked;     /* of Redis, while asking */
    ngx_uint_t                       got;       /* by the last answer, */
    ngx_uint_t                       held;      /* of these not yet made */
    int64_t                          stamp;     /* in the zone, of asked/held */
    int64_t                          asked_at;
    int64_t                          held_at;
    int64_t                          next_at[2];    /* Redis has none before:
                                                       clients', background's */
    int64_t                          last_at;   /* nor the job's last one */
    ngx_uint_t                       ahead;     /* calls of older jobs */
    int64_t                          lag;       /* a slow Redis: starts are
                                                   so much after its clock */
    ngx_uint_t                       asks;
    ngx_uint_t                       denials;   /* there was no start to be
                                                   had when asked */
    char                             id[FIN_UUID_LEN + 1];
    time_t                           spent_told;
    unsigned                         asking:1;
    unsigned                         local:1;       /* held without Redis */
    unsigned                         away:1;        /* Redis is, logged */
} ngx_http_finance_budget_t;


/* In a worker: wake is posted whenever a start may be had that could not be
 * had before. */
void ngx_http_finance_budget_start(ngx_http_finance_budget_t *b,
    ngx_event_t *wake);

/* No timer and no question is left; in exit_process, or for another one. */
void ngx_http_finance_budget_stop(ngx_http_finance_budget_t *b);

/* NGX_OK: one call of the job is to be started now.  NGX_AGAIN: not yet. */
ngx_int_t ngx_http_finance_budget_take(ngx_http_finance_budget_t *b,
    const ngx_http_finance_claim_t *claim);

/* The job needs no more calls, though it said so. */
void ngx_http_finance_budget_leave(ngx_http_finance_budget_t *b,
    uint64_t seq);

/* Ms until the k-th start from now (1: the next) can be had at the earliest. */
ngx_msec_t ngx_http_finance_budget_wait(ngx_http_finance_budget_t *b,
    ngx_uint_t background, ngx_uint_t k);

/* Such ms as the seconds that a client is told to wait: 1 at least. */
#define ngx_http_finance_budget_seconds(ms)                                   \
    ngx_max((time_t) ((ms) + 999) / 1000, 1)

/* The wait for the last call of a job, for which k calls are to be made. */
ngx_msec_t ngx_http_finance_budget_wait_last(ngx_http_finance_budget_t *b,
    ngx_uint_t background, ngx_uint_t k, uint64_t seq);

/* Ms that so many calls take when all was free before. */
ngx_msec_t ngx_http_finance_budget_at_best(ngx_http_finance_budget_t *b,
    ngx_uint_t need);

/* How many there may be in a period, and how many this nginx has left now. */
#define ngx_http_finance_budget_cap(b)  ((b)->rate + (b)->burst)

ngx_uint_t ngx_http_finance_budget_left(ngx_http_finance_budget_t *b);

/* Asks Redis for what is left of all hosts; the reply's figure, or NGX_ERROR. */
ngx_int_t ngx_http_finance_budget_add_left(ngx_http_finance_budget_t *b,
    ngx_http_finance_redis_batch_t *batch);
ngx_int_t ngx_http_finance_budget_left_reply(
    const ngx_http_finance_redis_reply_t *reply);


/*
 * In ngx_http_finance_budget_redis.c, for ngx_http_finance_budget.c: asks for
 * b->asked, which may be 0 for telling what the job needs; ends in
 * ngx_http_finance_budget_granted(), never within.
 */
void ngx_http_finance_budget_ask(ngx_http_finance_budget_t *b);

/* The last `held` of what was got are not used. */
void ngx_http_finance_budget_unask(ngx_http_finance_budget_t *b);

/* Of asked, got may start now; nothing more before wait ms from now, and of
 * this job's the last one not before last ms from now. */
void ngx_http_finance_budget_granted(ngx_http_finance_budget_t *b,
    ngx_uint_t got, int64_t wait, int64_t last);

ngx_uint_t ngx_http_finance_budget_share(ngx_http_finance_budget_t *b,
    ngx_uint_t background);
int64_t ngx_http_finance_budget_slack(ngx_http_finance_budget_t *b);
int64_t ngx_http_finance_budget_span(ngx_http_finance_budget_t *b);


#endif /* _NGX_HTTP_FINANCE_BUDGET_H_INCLUDED_ */

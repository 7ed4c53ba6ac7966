/*
 * finance_budget: how many calls of the market may start, for all workers of
 * this nginx by a window in the zone, and for all hosts by one in Redis.  Both
 * have to agree.  While Redis is away the zone's stands alone.
 *
 * What one worker asks Redis for, it asks for all of its queue at once, and has
 * to use at once: a start that is granted and not made within the slack is
 * given back.
 */

#ifndef _NGX_HTTP_FINANCE_BUDGET_H_INCLUDED_
#define _NGX_HTTP_FINANCE_BUDGET_H_INCLUDED_


#include "../core/fin_uuid.h"
#include "../redis/ngx_http_finance_redis.h"
#include "ngx_http_finance_zone.h"


/* Starts asked for at once. */
#define NGX_HTTP_FINANCE_BUDGET_ASK  32


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
    ngx_uint_t                       asked;     /* of Redis; 0: nothing is */
    ngx_uint_t                       got;       /* by the last answer, */
    ngx_uint_t                       held;      /* of these not yet made */
    int64_t                          stamp;     /* in the zone, of asked/held */
    int64_t                          asked_at;
    int64_t                          held_at;
    int64_t                          next_at[2];    /* Redis has none before:
                                                       clients', background's */
    int64_t                          lag;       /* a slow Redis: starts are
                                                   so much after its clock */
    ngx_uint_t                       asks;
    char                             id[FIN_UUID_LEN + 1];
    time_t                           spent_told;
    unsigned                         background:1;  /* asked/held */
    unsigned                         local:1;       /* held without Redis */
    unsigned                         away:1;        /* Redis is, logged */
} ngx_http_finance_budget_t;


/* In a worker: wake is posted whenever a start may be had that could not be
 * had before. */
void ngx_http_finance_budget_start(ngx_http_finance_budget_t *b,
    ngx_event_t *wake);

/* No timer and no question is left; in exit_process, or for another one. */
void ngx_http_finance_budget_stop(ngx_http_finance_budget_t *b);

/*
 * NGX_OK: one call is to be started now.  NGX_AGAIN: not yet.  want is how many
 * wait, this one included; background: for nobody who waits, who leaves a
 * reserve of a quarter of the rate to clients.
 */
ngx_int_t ngx_http_finance_budget_take(ngx_http_finance_budget_t *b,
    ngx_uint_t background, ngx_uint_t want);

/* Ms until the k-th start from now (1: the next) can be had at the earliest. */
ngx_msec_t ngx_http_finance_budget_wait(ngx_http_finance_budget_t *b,
    ngx_uint_t background, ngx_uint_t k);

/* How many there may be in a period, and how many this nginx has left now. */
#define ngx_http_finance_budget_cap(b)  ((b)->rate + (b)->burst)

ngx_uint_t ngx_http_finance_budget_left(ngx_http_finance_budget_t *b);

/* Asks Redis for what is left of all hosts; the reply's figure, or NGX_ERROR. */
ngx_int_t ngx_http_finance_budget_add_left(ngx_http_finance_budget_t *b,
    ngx_http_finance_redis_batch_t *batch);
ngx_int_t ngx_http_finance_budget_left_reply(
    const ngx_http_finance_redis_reply_t *reply);


/* In ngx_http_finance_budget_redis.c, for ngx_http_finance_budget.c: asks for
 * b->asked; ends in ngx_http_finance_budget_granted(), never within. */
void ngx_http_finance_budget_ask(ngx_http_finance_budget_t *b);

/* The last `held` of what was got are not used. */
void ngx_http_finance_budget_unask(ngx_http_finance_budget_t *b);

/* Of asked, got may start now; nothing more before wait ms from now. */
void ngx_http_finance_budget_granted(ngx_http_finance_budget_t *b,
    ngx_uint_t got, int64_t wait);

ngx_uint_t ngx_http_finance_budget_share(ngx_http_finance_budget_t *b,
    ngx_uint_t background);
int64_t ngx_http_finance_budget_slack(ngx_http_finance_budget_t *b);
int64_t ngx_http_finance_budget_span(ngx_http_finance_budget_t *b);


#endif /* _NGX_HTTP_FINANCE_BUDGET_H_INCLUDED_ */

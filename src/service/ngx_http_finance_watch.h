/*
 * finance_refresh: what owners watch is fetched again shortly before it expires,
 * without a client, so that a dashboard finds fresh figures.  One worker of all
 * that share a Redis leads: it holds a lease in Redis, finance:lock:{refresh},
 * which it renews; the others ask for it again and again, and one of them has it
 * within the lease's time when the leader dies.  Nothing runs without Redis.
 *
 * The leader works in rounds, one an interval: the owners (see ..._owners.h),
 * their watchlists, when each ticker expires, and a job for each that is due.
 */

#ifndef _NGX_HTTP_FINANCE_WATCH_H_INCLUDED_
#define _NGX_HTTP_FINANCE_WATCH_H_INCLUDED_


#include "../codec/fin_out.h"
#include "../core/fin_types.h"
#include "../core/fin_uuid.h"
#include "../feed/ngx_http_finance_conf.h"
#include "../fetch/ngx_http_finance_detached.h"


/* A leader that died is followed after so long, ms; asked for so often. */
#define NGX_HTTP_FINANCE_WATCH_LEASE   3000
#define NGX_HTTP_FINANCE_WATCH_ASK     1000
#define NGX_HTTP_FINANCE_WATCH_SPREAD  250

/* What the market has nothing for is left alone for so long, ms. */
#define NGX_HTTP_FINANCE_WATCH_NONE    600000
#define NGX_HTTP_FINANCE_WATCH_NONES   64


typedef struct ngx_http_finance_round_s  ngx_http_finance_round_t;

typedef struct {
    char                              ticker[FIN_TICKER_MAX + 1];
    int64_t                           until_ms;
} ngx_http_finance_watch_none_t;


/* Of a location; its memory is the cycle's. */
struct ngx_http_finance_watch_s {

    /* the directive's; ms */
    ngx_msec_t                        interval;
    ngx_msec_t                        ahead;
    ngx_msec_t                        jitter;
    u_char                           *file;
    ngx_uint_t                        line;
    ngx_http_finance_loc_conf_t      *conf;
    void                            **loc_conf;
    ngx_http_core_srv_conf_t         *cscf;

    /* this worker's */
    ngx_http_finance_place_t          place;
    ngx_event_t                       ask;      /* for the lease */
    ngx_event_t                       next;     /* round */
    ngx_http_finance_round_t         *round;    /* under way; NULL: none */
    ngx_http_finance_watch_none_t     none[NGX_HTTP_FINANCE_WATCH_NONES];

    char                              token[FIN_UUID_LEN + 1];  /* "": off */
    ngx_http_finance_task_t           task;     /* of the question */
    ngx_http_finance_redis_batch_t    redis;
    ngx_pool_t                       *pool;     /* its; NULL: none is asked */
    ngx_msec_t                        asked;
    ngx_msec_t                        until;    /* the lease is ours */
    unsigned                          leads:1;
};


/* In a worker: asks for the lease from now on, for each location that has
 * finance_refresh. */
void ngx_http_finance_watch_init(ngx_cycle_t *cycle);

/* Nothing goes on; for exit_process. */
void ngx_http_finance_watch_exit(ngx_cycle_t *cycle);

/* Whether this worker leads, for sure. */
ngx_uint_t ngx_http_finance_watch_leads(ngx_http_finance_watch_t *watch);

/* "refresh": {"role": "leader" | "standby" | "off"} for health. */
void ngx_http_finance_watch_out(fin_out_t *out,
    ngx_http_finance_loc_conf_t *conf);


/* In ngx_http_finance_round.c: one round; it ends in
 * ngx_http_finance_watch_rest(). */
void ngx_http_finance_round_start(ngx_http_finance_watch_t *watch);

/* Ends the round that is under way, if one is; its jobs go on. */
void ngx_http_finance_round_stop(ngx_http_finance_watch_t *watch);

/*
 * The round that began then is over: the next one at its time, but not before
 * the market allows it (seconds; -1: it does).
 */
void ngx_http_finance_watch_rest(ngx_http_finance_watch_t *watch,
    ngx_msec_t began, time_t retry_after);


#endif /* _NGX_HTTP_FINANCE_WATCH_H_INCLUDED_ */

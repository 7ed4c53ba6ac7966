/* A round of finance_refresh; for ngx_http_finance_round*.c alone. */

#ifndef _NGX_HTTP_FINANCE_ROUND_H_INCLUDED_
#define _NGX_HTTP_FINANCE_ROUND_H_INCLUDED_


#include "../codec/fin_watch.h"
#include "../feed/ngx_http_finance_stocks.h"
#include "ngx_http_finance_watch.h"


/* Jobs at once. */
#define NGX_HTTP_FINANCE_ROUND_JOBS  4


typedef enum {
    NGX_HTTP_FINANCE_ROUND_OWNERS = 0,
    NGX_HTTP_FINANCE_ROUND_LISTS,
    NGX_HTTP_FINANCE_ROUND_HEADS,
    NGX_HTTP_FINANCE_ROUND_JOBS_RUN,
    NGX_HTTP_FINANCE_ROUND_SESSION
} ngx_http_finance_round_step_e;


typedef struct {
    ngx_http_finance_join_t          join;
    const char                      *ticker;    /* NULL: free */
} ngx_http_finance_round_job_t;


/* In its request's pool. */
struct ngx_http_finance_round_s {
    ngx_http_finance_watch_t        *watch;
    ngx_http_finance_loc_conf_t     *conf;
    ngx_http_request_t              *request;   /* detached */
    ngx_http_finance_task_t          task;
    ngx_msec_t                       began;

    ngx_pool_t                      *pool;      /* of the batch */
    ngx_http_finance_redis_batch_t   redis;
    u_char                           cursor[NGX_INT64_LEN];
    size_t                           cursor_len;
    fin_watch_t                      tickers;   /* heap */
    ngx_uint_t                       watched;
    ngx_uint_t                       heads;     /* asked for */

    ngx_uint_t                       next;      /* of tickers, to begin */
    int64_t                          began_ms;  /* real time, of the first */
    ngx_http_finance_op_t            nap;
    ngx_http_finance_round_job_t     job[NGX_HTTP_FINANCE_ROUND_JOBS];
    ngx_uint_t                       running;
    ngx_uint_t                       done;
    ngx_uint_t                       failures;  /* in a row */
    time_t                           retry_after;
    ngx_http_finance_stocks_t        session;
    ngx_msec_t                       session_asked;
    unsigned                         session_tried:1;
    unsigned                         stop:1;    /* begin no more */
};


/*
 * In ngx_http_finance_round_jobs.c: those that are due, each at its time.
 * NGX_AGAIN, or NGX_DONE: the round is over.
 */
ngx_int_t ngx_http_finance_round_jobs(ngx_http_finance_round_t *round);


#endif /* _NGX_HTTP_FINANCE_ROUND_H_INCLUDED_ */

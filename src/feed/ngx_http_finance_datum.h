/*
 * One cached datum: from Redis while it is fresh, else from a job, else stale
 * from Redis.  A helper over one task, for bars, chains and references.
 */

#ifndef _NGX_HTTP_FINANCE_DATUM_H_INCLUDED_
#define _NGX_HTTP_FINANCE_DATUM_H_INCLUDED_


#include "ngx_http_finance_job.h"


/* Real time until which the bytes are fresh; 0: damaged, a miss. */
typedef int64_t (*ngx_http_finance_fresh_pt)(const char *data, size_t len);

typedef struct ngx_http_finance_datum_s  ngx_http_finance_datum_t;

struct ngx_http_finance_datum_s {
    ngx_http_finance_task_t          *task;
    ngx_http_finance_loc_conf_t      *conf;
    ngx_http_finance_job_kind_e       kind;
    const char                       *ticker;
    const char                       *name;     /* of a contract; else NULL */
    ngx_http_finance_fresh_pt         fresh;
    ngx_http_finance_redis_batch_t    redis;
    ngx_http_finance_join_t           join;
    ngx_uint_t                        step;

    ngx_str_t                         data;     /* valid when has is set */
    fin_status_t                      status;   /* why nothing is fresh */
    int64_t                           fresh_ms;
    ngx_http_finance_datum_t         *reference;
    unsigned                          has:1;
    unsigned                          stale:1;
    unsigned                          unknown:1;    /* no such ticker */
};


/*
 * ticker and name (of a contract; NULL else) must live as long as the task.
 * NGX_OK or NGX_ERROR (no memory).
 */
ngx_int_t ngx_http_finance_datum_start(ngx_http_finance_datum_t *d,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name,
    ngx_http_finance_fresh_pt fresh);

/*
 * NGX_AGAIN, or NGX_OK: has or status.  Where the market has no data, its
 * reference data say whether the ticker is one at all.
 */
ngx_int_t ngx_http_finance_datum_run(ngx_http_finance_datum_t *d);

/* A ngx_http_finance_fresh_pt for records (codec/fin_record.h). */
int64_t ngx_http_finance_record_fresh(const char *data, size_t len);

/* The cache's seconds until fresh_ms, for max-age; 0 at least. */
time_t ngx_http_finance_max_age(int64_t fresh_ms);


#endif /* _NGX_HTTP_FINANCE_DATUM_H_INCLUDED_ */

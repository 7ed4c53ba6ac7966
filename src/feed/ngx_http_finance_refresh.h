/* The state of the jobs that make a stock, its bars or its whole chain. */

#ifndef _NGX_HTTP_FINANCE_REFRESH_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REFRESH_H_INCLUDED_


#include "../async/ngx_http_finance_gather.h"
#include "../async/ngx_http_finance_work.h"
#include "../codec/fin_build.h"
#include "../codec/fin_record.h"
#include "../codec/fin_request.h"
#include "../fetch/ngx_http_finance_fetch.h"
#include "../redis/ngx_http_finance_redis.h"
#include "ngx_http_finance_job.h"
#include "ngx_http_finance_plan.h"


/* domain.md: pages at most, then the answer says that it is truncated */
#define NGX_HTTP_FINANCE_PAGES_MAX  60


/* One filtered part of a chain: its pages follow each other. */
typedef struct {
    ngx_http_finance_job_t     *job;
    const fin_part_t           *part;           /* NULL: the whole chain */
    ngx_http_finance_fetch_t    fetch;
    ngx_http_finance_work_t     work;
    ngx_uint_t                  step;
    ngx_uint_t                  pages;
    uint64_t                    seen[NGX_HTTP_FINANCE_PAGES_MAX];
    char                        cursor[FIN_CURSOR_MAX + 1];
    fin_chain_t                 chain;
    fin_status_t                status;
    unsigned                    truncated:1;
} ngx_http_finance_refresh_part_t;


/* A fact that a plan may lack: asked for once a day. */
typedef struct {
    ngx_http_finance_fetch_t   fetch;
    unsigned                   known:1;     /* fresh in Redis */
} ngx_http_finance_fact_t;

typedef enum {
    NGX_HTTP_FINANCE_FACT_EARNINGS = 0,
    NGX_HTTP_FINANCE_FACT_DIVIDENDS,
    NGX_HTTP_FINANCE_FACT_COUNT
} ngx_http_finance_fact_e;


typedef struct {
    ngx_http_finance_fetch_t          fetch;    /* bars */
    ngx_http_finance_work_t           work;
    ngx_http_finance_redis_batch_t    redis;    /* what is known already */
    ngx_http_finance_fact_t           fact[NGX_HTTP_FINANCE_FACT_COUNT];
    ngx_http_finance_gather_t         gather;
    ngx_http_finance_refresh_part_t  *part;
    ngx_uint_t                        n_parts;
    fin_build_t                      *build;    /* NULL while a work has it */
    fin_status_t                      chain_status; /* why there is none */
    unsigned                          older:1;      /* is to stay */
    unsigned                          unknown:1;    /* to the market */
    unsigned                          lost:1;       /* a part of the chain */
    unsigned                          bars_asked_again:1;
    unsigned                          chain_reported:1;
} ngx_http_finance_refresh_t;


/* Advances part i of the refresh; a step of its gather. */
ngx_int_t ngx_http_finance_refresh_part_step(void *data, ngx_uint_t i);

/* Makes the parts' states; NGX_OK or NGX_ERROR. */
ngx_int_t ngx_http_finance_refresh_parts_init(ngx_http_finance_job_t *job);

/* Joins the parts' contracts in build and decides options_status. */
fin_status_t ngx_http_finance_refresh_parts_merge(
    ngx_http_finance_refresh_t *refresh);

/* In ngx_http_finance_refresh_older.c: looks for what there is of a stock whose
 * chain has failed; then, true: it is better than what can be made. */
void ngx_http_finance_refresh_older_start(ngx_http_finance_job_t *job);
ngx_uint_t ngx_http_finance_refresh_older(ngx_http_finance_job_t *job);

/* Frees what the parts hold on the heap. */
void ngx_http_finance_refresh_parts_free(ngx_http_finance_refresh_t *refresh);

/* Starts a fetch of req for the job. */
void ngx_http_finance_refresh_get(ngx_http_finance_job_t *job,
    ngx_http_finance_fetch_t *fetch, const fin_request_t *req,
    ngx_msec_t timeout);

/* The same, tried again as retry says instead of finance_retry. */
void ngx_http_finance_refresh_try(ngx_http_finance_job_t *job,
    ngx_http_finance_fetch_t *fetch, const fin_request_t *req,
    ngx_msec_t timeout, const fin_retry_t *retry);

/* Cache writes of a finished refresh; nobody waits for them. */
void ngx_http_finance_refresh_store(ngx_http_finance_job_t *job,
    fin_build_t *build);

/* Writes finance:cache:kind:{name}, kept until it is too old even to be
 * served stale; nobody waits for it. */
void ngx_http_finance_record_store(ngx_http_finance_job_t *job,
    const char *kind, const char *name, const fin_record_t *record);

/* Sets a key that is finished, kept as above; nobody waits for it. */
void ngx_http_finance_cache_store(ngx_http_finance_job_t *job,
    const char *key, const fin_out_t *value, time_t fresh);

/* Asks Redis for what is known: volatilities, facts, whether the ticker is one,
 * the plan; and reads it. */
void ngx_http_finance_refresh_known_start(ngx_http_finance_job_t *job);
void ngx_http_finance_refresh_known_read(ngx_http_finance_job_t *job);

/* Starts the fetches of the facts that are not known. */
void ngx_http_finance_refresh_facts_start(ngx_http_finance_job_t *job);

/* NGX_AGAIN while one is under way; NGX_OK: they are in build. */
ngx_int_t ngx_http_finance_refresh_facts_run(ngx_http_finance_job_t *job);

void ngx_http_finance_refresh_facts_free(ngx_http_finance_refresh_t *refresh);


#endif /* _NGX_HTTP_FINANCE_REFRESH_H_INCLUDED_ */

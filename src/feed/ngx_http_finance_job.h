/*
 * A job gets one datum from the market for everyone in this worker who waits
 * for it: a stock, its bars, its whole chain, whether a ticker is one, the
 * market's session.  One kind asks somebody else: whether there is an e-mail
 * address.  It belongs to no client (detached request), so that it goes on when
 * a client leaves, and its memory goes when it ends.
 */

#ifndef _NGX_HTTP_FINANCE_JOB_H_INCLUDED_
#define _NGX_HTTP_FINANCE_JOB_H_INCLUDED_


#include "../async/ngx_http_finance_op.h"
#include "../async/ngx_http_finance_task.h"
#include "../core/fin_types.h"
#include "../fetch/ngx_http_finance_detached.h"
#include "../fetch/ngx_http_finance_fetch.h"
#include "ngx_http_finance_blob.h"
#include "ngx_http_finance_conf.h"
#include "ngx_http_finance_lease.h"


/* At most so many jobs of a worker are under way; the rest wait in order. */
#define NGX_HTTP_FINANCE_JOBS_ACTIVE  256

/* So many are started in one turn of the event loop. */
#define NGX_HTTP_FINANCE_JOBS_TURN    16


typedef enum {
    NGX_HTTP_FINANCE_JOB_STOCK = 0,     /* blob: a snapshot */
    NGX_HTTP_FINANCE_JOB_BARS,          /* blob: packed bars */
    NGX_HTTP_FINANCE_JOB_CHAIN,         /* blob: a packed chain */
    NGX_HTTP_FINANCE_JOB_REFERENCE,     /* blob: a record */
    NGX_HTTP_FINANCE_JOB_MARKET,        /* blob: a record */
    NGX_HTTP_FINANCE_JOB_CONTRACT,      /* blob: packed contracts; has a name */
    NGX_HTTP_FINANCE_JOB_PREV,          /* blob: a record: the close before */
    NGX_HTTP_FINANCE_JOB_EMAIL          /* no blob; FIN_E_VALUE: there is no
                                           such address */
} ngx_http_finance_job_kind_e;


typedef void (*ngx_http_finance_job_release_pt)(ngx_http_finance_job_t *job);

struct ngx_http_finance_job_s {
    ngx_str_node_t                     node;        /* by key */
    ngx_queue_t                        queue;       /* while it waits */
    ngx_queue_t                        waiters;     /* joins */
    ngx_http_finance_place_t           place;
    ngx_event_t                        patience;    /* while it waits */
    ngx_http_finance_task_t            task;        /* when it runs */
    ngx_http_request_t                *request;     /* detached; NULL: waits */
    ngx_http_finance_loc_conf_t       *conf;
    ngx_http_finance_job_kind_e        kind;
    char                               ticker[FIN_TICKER_MAX + 1];
    ngx_str_t                          name;        /* what of it; see join */
    time_t                             retry_after; /* seconds the market
                                                       asked for; -1: none */
    ngx_http_finance_turn_t            turn;        /* where calls are counted */
    int64_t                            created_ms;  /* real time */
    int64_t                            newer_ms;    /* what is fresh until then
                                                       will not do; 0: all
                                                       that is fresh does */
    ngx_http_finance_lease_t           lease;
    ngx_http_finance_account_t         account;     /* of who made it */
    void                              *state;       /* the kind's, in pool */
    ngx_http_finance_job_release_pt    release;     /* frees heap parts of it */
    unsigned                           active:1;    /* counted */
    unsigned                           force:1;     /* what is fresh will not
                                                       do */
    unsigned                           joined:1;    /* by who made it */
    unsigned                           told:1;      /* another has logged it */
    unsigned                           want_book:1; /* a stock's, for someone
                                                       who holds it */
    unsigned                           ended:1;
};


/* Waiting for a job, as an op. */
typedef struct {
    ngx_http_finance_op_t              op;          /* first */
    ngx_queue_t                        queue;       /* in job->waiters */
    ngx_event_t                        patience;    /* with a budget */
    ngx_http_finance_job_t            *job;
    ngx_http_finance_blob_t           *blob;        /* DONE OK: held by the
                                                       task's request's pool */
    time_t                             retry_after; /* as job's */
    unsigned                           blind:1;     /* blob is of no use */
    unsigned                           own:1;       /* it made the job */
} ngx_http_finance_join_t;


/*
 * Joins the job of that kind and ticker ("" for what belongs to none), which
 * is made when there is none.  name says which datum of the ticker, for kinds
 * that have several; NULL or "": the one.  It is copied and NUL-terminated.
 * Failures are completions too.  Whom finance_budget would keep waiting
 * for more than ten seconds is told so, with FIN_E_BUDGET; the job goes on.
 */
void ngx_http_finance_join_start(ngx_http_finance_join_t *join,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name);

/*
 * The same for nobody: a job that is made so is background work until somebody
 * asks for it, and is given up when nginx quits.  What is fresh, but until
 * newer_ms at most, will not do for it; 0: it does.
 */
void ngx_http_finance_join_background(ngx_http_finance_join_t *join,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, int64_t newer_ms);

/*
 * The same as the first without waiting for it: what is served is stale.  Not after a
 * failure of a moment ago.
 */
void ngx_http_finance_job_kick(ngx_http_request_t *like,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name);

/*
 * Between ngx_http_finance_job.c and _join.c: the one that is under way, or a
 * new one; NULL: no memory.
 */
ngx_http_finance_job_t *ngx_http_finance_job_get(ngx_http_request_t *like,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name, ngx_uint_t background);

/* Between them: those who wait for it are others, or none. */
void ngx_http_finance_job_idle(ngx_http_finance_job_t *job);

/* Between them: ms that finance_budget keeps it waiting. */
ngx_msec_t ngx_http_finance_job_wait(ngx_http_finance_job_t *job);

/* Between them: all who wait have status and blob, and wait no more. */
void ngx_http_finance_join_wake(ngx_http_finance_job_t *job,
    fin_status_t status, ngx_http_finance_blob_t *blob);

/* What the workers of this nginx have kept of a datum for each other, with Redis
 * away: a copy in the request's pool, of any age; len 0: nothing. */
void ngx_http_finance_job_kept(ngx_http_request_t *r,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name, ngx_str_t *value);

/* Somebody waits for it, here or in another worker: it is no background work from
 * now on. */
void ngx_http_finance_job_awaited(ngx_http_finance_job_t *job);

/* Begins the kind's work, for ngx_http_finance_lease.c alone. */
void ngx_http_finance_job_run(ngx_http_finance_job_t *job);

/* What the kind's work has brought so far is of no use: it may begin anew. */
void ngx_http_finance_job_drop(ngx_http_finance_job_t *job);

/* The one way a job ends: gives status and blob (may be NULL) to all who wait
 * and closes it.  The job is gone afterwards.  blob's reference is taken. */
void ngx_http_finance_job_end(ngx_http_finance_job_t *job,
    fin_status_t status, ngx_http_finance_blob_t *blob);

/*
 * Until when something fetched now is fresh, ms of real time: the time that
 * finance_cache says, give or take a tenth, so that what was fetched together
 * does not age together.
 */
int64_t ngx_http_finance_fresh_until(int64_t fetched_ms, time_t fresh);

/* What finance_cache says for a kind, seconds; 0: always asked anew, and
 * waited for. */
time_t ngx_http_finance_fresh_time(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind);

/* "stock", "bars", ... for logs */
const char *ngx_http_finance_job_kind(ngx_http_finance_job_kind_e kind);


/* The kinds' first steps; set task.resume and state. */
void ngx_http_finance_refresh_start(ngx_http_finance_job_t *job);
void ngx_http_finance_lookup_start(ngx_http_finance_job_t *job);
void ngx_http_finance_contract_start(ngx_http_finance_job_t *job);
void ngx_http_finance_email_start(ngx_http_finance_job_t *job);


#endif /* _NGX_HTTP_FINANCE_JOB_H_INCLUDED_ */

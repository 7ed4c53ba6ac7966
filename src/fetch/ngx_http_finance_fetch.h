/*
 * One GET from the market: a background, in-memory subrequest of a job's
 * detached request to the internal location that finance_market names, as an
 * op; or from another such location, whose answer is no more than its status.
 * The body is taken by a filter of ours, so that neither
 * subrequest_output_buffer_size nor a too large answer can end the job.
 *
 * What fails and may pass is tried again, as a new subrequest; the op runs on
 * and waits in between, with no subrequest and no connection.
 */

#ifndef _NGX_HTTP_FINANCE_FETCH_H_INCLUDED_
#define _NGX_HTTP_FINANCE_FETCH_H_INCLUDED_


#include "../async/ngx_http_finance_op.h"
#include "../async/ngx_http_finance_task.h"
#include "../codec/fin_request.h"
#include "../core/fin_backoff.h"
#include "../shm/ngx_http_finance_budget.h"


/* At most so many subrequests of a worker are under way, and at most a
 * quarter of worker_connections; the rest wait. */
#define NGX_HTTP_FINANCE_FETCH_ACTIVE    512

/* So many are started in one turn of the event loop. */
#define NGX_HTTP_FINANCE_FETCH_TURN      8

/* A larger answer is refused; Massive's largest pages are well below. */
#define NGX_HTTP_FINANCE_FETCH_MAX_BODY  (8 * 1024 * 1024)


typedef struct ngx_http_finance_fetch_slot_s  ngx_http_finance_fetch_slot_t;

/*
 * A job's place in the line for a budget's calls: older jobs go first, so that
 * one is done before the next begins, and those that nobody waits for last.
 */
typedef struct {
    uint64_t                        seq;
    ngx_uint_t                      total;          /* calls that it takes, */
    ngx_uint_t                      expected;       /* and still to start */
    ngx_msec_t                      created;
    unsigned                        background:1;
    unsigned                        together:1;     /* those expected are of
                                                       no use one by one */
    unsigned                        claimed:1;      /* the budget knows it */
} ngx_http_finance_turn_t;

typedef struct {
    ngx_http_finance_op_t           op;             /* first */
    ngx_str_t                       uri;
    ngx_str_t                       args;
    fin_retry_t                     retry;
    ngx_uint_t                      attempts;       /* begun */
    unsigned                        probe:1;        /* not the market's */
    ngx_uint_t                      resource;       /* fin_request_kind_e, set
                                                       like turn */

    /* of the last attempt */
    ngx_uint_t                      http_status;    /* 0: none arrived */
    time_t                          retry_after;    /* seconds, -1: none */
    u_char                         *body;           /* malloc'ed; see below */
    size_t                          len;
    ngx_http_finance_turn_t        *turn;           /* set after the start by
                                                       who has one; outlives
                                                       the op */
    ngx_http_finance_fetch_slot_t  *slot;           /* of the present one */
} ngx_http_finance_fetch_t;


/*
 * Starts it; uri and args must live as long as the task's request.  timeout is
 * for all attempts that retry allows together.  Failures are completions too.
 * DONE with FIN_OK: the body (2xx) is the caller's, to free() or to hand on
 * (then body is NULLed by the taker); an op that ends otherwise has none.
 */
void ngx_http_finance_fetch_start(ngx_http_finance_fetch_t *fetch,
    ngx_http_finance_task_t *task, ngx_str_t *uri, ngx_str_t *args,
    ngx_msec_t timeout, const fin_retry_t *retry);

/*
 * The same of somebody who is not the market: DONE with FIN_OK is a 2xx, its
 * body is dropped, and what health says of the market does not change.
 */
void ngx_http_finance_fetch_probe(ngx_http_finance_fetch_t *fetch,
    ngx_http_finance_task_t *task, ngx_str_t *uri, ngx_msec_t timeout);

/* Puts the two filters in; from the module's postconfiguration. */
ngx_int_t ngx_http_finance_fetch_init(ngx_conf_t *cf);

/*
 * From now on calls start when the budget allows it; NULL: there is none.  A
 * fetch whose turn cannot come before its deadline fails with FIN_E_BUDGET at
 * once, retry_after being when it could.
 */
void ngx_http_finance_fetch_budget_set(ngx_http_finance_budget_t *budget);
ngx_http_finance_budget_t *ngx_http_finance_fetch_budget(void);

/* Some turn has changed: those in the line are looked at anew. */
void ngx_http_finance_fetch_again(void);

/* This worker's subrequests to the market since its start, those of them that
 * were further attempts, and those under way. */
ngx_uint_t ngx_http_finance_fetch_calls(void);
ngx_uint_t ngx_http_finance_fetch_retries(void);
ngx_uint_t ngx_http_finance_fetch_active(void);

/* How this worker's last answer from the market was; FIN_E_NO_DATA: none yet. */
fin_status_t ngx_http_finance_fetch_last(void);


#endif /* _NGX_HTTP_FINANCE_FETCH_H_INCLUDED_ */

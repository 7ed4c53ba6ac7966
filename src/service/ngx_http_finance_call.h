/*
 * One client's request as the services see it: what is asked, a task to wait
 * with, and the answer that grows.  A service ends with exactly one
 * ngx_http_finance_call_done(); src/http sends what the call then holds.
 */

#ifndef _NGX_HTTP_FINANCE_CALL_H_INCLUDED_
#define _NGX_HTTP_FINANCE_CALL_H_INCLUDED_


#include "../async/ngx_http_finance_task.h"
#include "../codec/fin_out.h"
#include "../codec/fin_problem.h"
#include "../codec/fin_query.h"
#include "../feed/ngx_http_finance_blob.h"
#include "../feed/ngx_http_finance_conf.h"


typedef struct ngx_http_finance_call_s  ngx_http_finance_call_t;

struct ngx_http_finance_call_s {
    ngx_http_finance_task_t        task;
    ngx_http_request_t            *request;
    ngx_http_finance_loc_conf_t   *conf;

    ngx_str_t                      owner;       /* checked, not escaped */
    ngx_str_t                      arg;         /* {ticker} ... of the path */
    ngx_str_t                      body;        /* read, when the route has one */
    void                          *state;       /* the service's, in the pool */
    ngx_http_finance_account_t     account;     /* for the variables */

    /* the answer */
    ngx_uint_t                     status;      /* 200 */
    ngx_chain_t                   *out;
    ngx_chain_t                  **last_out;
    off_t                          length;
    uint64_t                       etag;        /* of the content */
    int64_t                        version;     /* the ETag instead; 0: none */
    ngx_str_t                      location;    /* of what was created */
    const char                    *type;        /* NULL: application/json */
    const char                    *policy;      /* of a page, or NULL */
    time_t                         max_age;     /* -1: no-store */
    time_t                         retry_after; /* -1: none */
    unsigned                       has_etag:1;
    unsigned                       has_complete:1;
    unsigned                       complete:1;  /* Finance-Complete */
    void                          *idem;        /* Idempotency-Key's, if any */
    unsigned                       admin:1;     /* finance_admin says so */
    unsigned                       done:1;

    void                         (*respond)(ngx_http_finance_call_t *call);

    /* instead: sends the headers of an answer that the service then sends
     * itself, and ends; what nginx's ngx_http_send_header() returns */
    ngx_int_t                    (*begin)(ngx_http_finance_call_t *call);
};


/* The first step of an endpoint; sets task.resume where it waits. */
typedef void (*ngx_http_finance_service_pt)(ngx_http_finance_call_t *call);


/* Adds bytes that live as long as the request; nothing is copied. */
ngx_int_t ngx_http_finance_call_add(ngx_http_finance_call_t *call,
    const void *data, size_t len);

/* Adds what out holds and gives its memory to the request. */
ngx_int_t ngx_http_finance_call_add_out(ngx_http_finance_call_t *call,
    fin_out_t *out);

/* A pool cleanup that frees heap memory. */
void ngx_http_finance_call_free(void *data);

/* Drops what was added. */
void ngx_http_finance_call_reset(ngx_http_finance_call_t *call);

/* The end, once. */
void ngx_http_finance_call_done(ngx_http_finance_call_t *call);

/* Ends with {"detail": text}; 503 gets a Retry-After. */
void ngx_http_finance_call_fail(ngx_http_finance_call_t *call,
    ngx_uint_t status, const char *detail);

/* Ends with what stands for a fin_status_t. */
void ngx_http_finance_call_fail_status(ngx_http_finance_call_t *call,
    fin_status_t status);

/* The same for a failed job; retry_after is what the market asked for. */
void ngx_http_finance_call_fail_job(ngx_http_finance_call_t *call,
    fin_status_t status, time_t retry_after);

/* Ends with a 422 that lists the problems. */
void ngx_http_finance_call_fail_problems(ngx_http_finance_call_t *call,
    const fin_problems_t *problems);

/*
 * call->location: the location's prefix, what ("user/"), and an id.  NGX_OK or
 * NGX_ERROR (no memory).
 */
ngx_int_t ngx_http_finance_call_location(ngx_http_finance_call_t *call,
    const char *what, const char *id);

/*
 * The value of a header of the request.  NGX_OK; NGX_DECLINED: there is none;
 * NGX_ERROR: there are several.
 */
ngx_int_t ngx_http_finance_call_header(ngx_http_finance_call_t *call,
    const char *name, ngx_str_t *value);

/*
 * The ticker of the path into out; NGX_ERROR: the call was ended with a 400.
 */
ngx_int_t ngx_http_finance_call_ticker(ngx_http_finance_call_t *call,
    char out[FIN_TICKER_MAX + 1]);


/* The endpoints. */
void ngx_http_finance_dashboard(ngx_http_finance_call_t *call);
void ngx_http_finance_stock(ngx_http_finance_call_t *call);
void ngx_http_finance_signals(ngx_http_finance_call_t *call);
void ngx_http_finance_bars(ngx_http_finance_call_t *call);
void ngx_http_finance_options(ngx_http_finance_call_t *call);
void ngx_http_finance_watchlist_get(ngx_http_finance_call_t *call);
void ngx_http_finance_watchlist_add(ngx_http_finance_call_t *call);
void ngx_http_finance_watchlist_remove(ngx_http_finance_call_t *call);
void ngx_http_finance_positions_get(ngx_http_finance_call_t *call);
void ngx_http_finance_position_get(ngx_http_finance_call_t *call);
void ngx_http_finance_position_create(ngx_http_finance_call_t *call);
void ngx_http_finance_position_replace(ngx_http_finance_call_t *call);
void ngx_http_finance_position_remove(ngx_http_finance_call_t *call);
void ngx_http_finance_user_create(ngx_http_finance_call_t *call);
void ngx_http_finance_user_get(ngx_http_finance_call_t *call);
void ngx_http_finance_users_get(ngx_http_finance_call_t *call);
void ngx_http_finance_profile(ngx_http_finance_call_t *call);
void ngx_http_finance_stream(ngx_http_finance_call_t *call);
void ngx_http_finance_health(ngx_http_finance_call_t *call);
void ngx_http_finance_metrics(ngx_http_finance_call_t *call);
void ngx_http_finance_openapi(ngx_http_finance_call_t *call);
void ngx_http_finance_docs(ngx_http_finance_call_t *call);
void ngx_http_finance_docs_part(ngx_http_finance_call_t *call);


#endif /* _NGX_HTTP_FINANCE_CALL_H_INCLUDED_ */

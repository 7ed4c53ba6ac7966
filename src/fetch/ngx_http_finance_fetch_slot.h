/* What the op, the subrequest and the filters of one fetch share. */

#ifndef _NGX_HTTP_FINANCE_FETCH_SLOT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_FETCH_SLOT_H_INCLUDED_


#include "ngx_http_finance_fetch.h"


/*
 * One attempt.  Lives in the job's request pool, longer than the op: a
 * subrequest that was given up runs on into a slot without a fetch.
 */
struct ngx_http_finance_fetch_slot_s {
    ngx_event_t                   delay;        /* before a further attempt */
    ngx_queue_t                   queue;        /* while it waits for room */
    ngx_http_request_t           *parent;
    ngx_http_finance_fetch_t     *fetch;        /* NULL: given up */
    ngx_http_post_subrequest_t    ps;
    ngx_str_t                     uri;
    ngx_str_t                     args;
    ngx_uint_t                    attempt;      /* 0: the first */
    u_char                       *body;         /* malloc'ed */
    size_t                        len;
    size_t                        cap;
    fin_status_t                  refused;      /* by the filters */
    uint64_t                      began;        /* usec; 0: not yet */
    ngx_uint_t                    denials;      /* when it began to wait */
    unsigned                      waiting:1;    /* in the queue */
    unsigned                      active:1;     /* counted as under way */
    unsigned                      complete:1;   /* the body's end was seen */
    unsigned                      done:1;
    unsigned                      probe:1;      /* not the market's */
    unsigned                      counted:1;
};


/* The slot of one of our subrequests, NULL for any other request. */
ngx_http_finance_fetch_slot_t *ngx_http_finance_fetch_slot(
    ngx_http_request_t *r);

ngx_int_t ngx_http_finance_fetch_done(ngx_http_request_t *r, void *data,
    ngx_int_t rc);

/* A slot for the fetch's next attempt, not yet in the queue; NULL: no memory. */
ngx_http_finance_fetch_slot_t *ngx_http_finance_fetch_attempt(
    ngx_http_finance_fetch_t *fetch);

/* Into the queue, which starts it from a posted event. */
void ngx_http_finance_fetch_enqueue(ngx_http_finance_fetch_slot_t *s);

/*
 * In ngx_http_finance_fetch_retry.c: after an attempt that ended with status.
 * NGX_OK: the fetch has a new slot, which waits; NGX_DECLINED: that was all.
 */
ngx_int_t ngx_http_finance_fetch_retry(ngx_http_finance_fetch_t *fetch,
    fin_status_t status);

/* The end of a slot, with or without a subrequest. */
void ngx_http_finance_fetch_end(ngx_http_finance_fetch_slot_t *s,
    fin_status_t status);

/* In ngx_http_finance_fetch_line.c.  NGX_OK: the head of the queue is to be
 * started now; NGX_AGAIN: nothing is, the pump is posted when that changes. */
ngx_int_t ngx_http_finance_fetch_line(ngx_http_finance_budget_t *budget,
    ngx_queue_t *queue);

/* In ngx_http_finance_fetch_count.c: an attempt waits, begins, and ends (or is
 * given up), each once; its fetch is known yet. */
void ngx_http_finance_fetch_count_wait(ngx_http_finance_fetch_slot_t *s);
void ngx_http_finance_fetch_count_begin(ngx_http_finance_fetch_slot_t *s);
void ngx_http_finance_fetch_count_end(ngx_http_finance_fetch_slot_t *s,
    fin_status_t status);

/* In ngx_http_finance_fetch_result.c: what a finished subrequest means. */
fin_status_t ngx_http_finance_fetch_result(ngx_http_request_t *r,
    ngx_int_t rc, ngx_uint_t complete, ngx_uint_t *http_status);
time_t ngx_http_finance_fetch_retry_after(ngx_http_request_t *r);


#endif /* _NGX_HTTP_FINANCE_FETCH_SLOT_H_INCLUDED_ */

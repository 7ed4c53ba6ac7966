/*
 * A request without a client: the parent of a job's subrequests.  It has a
 * connection slot and a socket of its own that is never polled, so that every
 * path of nginx that closes a request and its connection works as it stands,
 * and a pool that goes when the job goes.  Its headers are empty: nothing that
 * a client sent can reach the market.
 */

#ifndef _NGX_HTTP_FINANCE_DETACHED_H_INCLUDED_
#define _NGX_HTTP_FINANCE_DETACHED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* Appends what is being done, e.g. "refreshing AAPL"; NULL for nothing. */
typedef u_char *(*ngx_http_finance_detached_log_pt)(void *data, u_char *buf,
    size_t len);


/* Whose location it is; outlives requests (the cycle's). */
typedef struct {
    void                     **loc_conf;
    ngx_http_conf_ctx_t       *ctx;         /* the server's */
    ngx_http_addr_conf_t      *addr_conf;
    ngx_listening_t           *listening;
} ngx_http_finance_place_t;


/* Where a request is being served. */
void ngx_http_finance_detached_place(ngx_http_request_t *r,
    ngx_http_finance_place_t *place);

/* NULL: no connection slot, no socket or no memory (logged). */
ngx_http_request_t *ngx_http_finance_detached_create(
    const ngx_http_finance_place_t *place);

/* handler and data say in the error log whose work it is. */
void ngx_http_finance_detached_name(ngx_http_request_t *r,
    ngx_http_finance_detached_log_pt handler, void *data);

/*
 * Ends it with everything that is still under way; the request's cleanups
 * run.  When subrequests are running the memory goes at the next
 * ngx_http_run_posted_requests() of its connection, else at once.
 */
void ngx_http_finance_detached_close(ngx_http_request_t *r);


#endif /* _NGX_HTTP_FINANCE_DETACHED_H_INCLUDED_ */

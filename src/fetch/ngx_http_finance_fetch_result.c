/* What a finished subrequest means, in the project's own statuses. */


#include "ngx_http_finance_fetch_slot.h"


static ngx_uint_t ngx_http_finance_fetch_truncated(ngx_http_request_t *r,
    ngx_uint_t complete);


fin_status_t
ngx_http_finance_fetch_result(ngx_http_request_t *r, ngx_int_t rc,
    ngx_uint_t complete, ngx_uint_t *http_status)
{
    ngx_uint_t  status;

    status = r->headers_out.status;

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        status = rc;

    } else if (rc == NGX_ERROR) {
        status = NGX_HTTP_BAD_GATEWAY;
    }

    *http_status = status;

    if (status >= NGX_HTTP_OK && status < NGX_HTTP_SPECIAL_RESPONSE) {
        return ngx_http_finance_fetch_truncated(r, complete) ? FIN_E_TRUNCATED
                                                             : FIN_OK;
    }

    switch (status) {

    case NGX_HTTP_UNAUTHORIZED:
        return FIN_E_UNAUTHORIZED;

    case NGX_HTTP_FORBIDDEN:
        return FIN_E_NOT_ENTITLED;

    case NGX_HTTP_NOT_FOUND:
        return FIN_E_NOT_FOUND;

    case NGX_HTTP_TOO_MANY_REQUESTS:
        return FIN_E_THROTTLED;

    case NGX_HTTP_REQUEST_TIME_OUT:
    case NGX_HTTP_GATEWAY_TIME_OUT:
        return FIN_E_TIMEOUT;

    default:
        return FIN_E_UPSTREAM;
    }
}


/*
 * nginx gives a body that was cut off as a success.  Read unbuffered, it lacks
 * the last buffer; read through the event pipe (for the proxy cache), the pipe
 * knows.  Answers out of the cache leave the pipe's fields zero.
 */

static ngx_uint_t
ngx_http_finance_fetch_truncated(ngx_http_request_t *r, ngx_uint_t complete)
{
    ngx_event_pipe_t     *p;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    if (!complete) {
        return 1;
    }

    if (u == NULL || u->pipe == NULL) {
        return 0;
    }

    p = u->pipe;

    return p->upstream_error
           || (p->upstream_eof && !p->upstream_done && p->length != -1);
}


/* seconds; a date, too, is allowed by RFC 9110 */

time_t
ngx_http_finance_fetch_retry_after(ngx_http_request_t *r)
{
    time_t            t;
    ngx_int_t         n;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_out.headers.part;
    h = part->elts;

    for (i = 0; /* void */; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return -1;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash != 0
            && h[i].key.len == sizeof("Retry-After") - 1
            && ngx_strncasecmp(h[i].key.data, (u_char *) "Retry-After",
                               sizeof("Retry-After") - 1)
               == 0)
        {
            break;
        }
    }

    n = ngx_atoi(h[i].value.data, h[i].value.len);
    if (n != NGX_ERROR) {
        return n;
    }

    t = ngx_parse_http_time(h[i].value.data, h[i].value.len);
    if (t == NGX_ERROR) {
        return -1;
    }

    return ngx_max(t - ngx_time(), 0);
}

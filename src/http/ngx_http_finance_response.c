/* From a call that is done to bytes and headers: see the header. */


#include "ngx_http_finance_response.h"


static ngx_int_t ngx_http_finance_response_headers(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_response_type(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_response_etag(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_response_location(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_response_cache(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_response_number(ngx_http_request_t *r,
    const char *key, const char *prefix, time_t value);


ngx_int_t
ngx_http_finance_response_send(ngx_http_finance_call_t *call)
{
    ngx_int_t            rc;
    ngx_chain_t         *cl;
    ngx_http_request_t  *r;

    r = call->request;

    if (call->out == NULL) {
        return call->status >= NGX_HTTP_SPECIAL_RESPONSE
               ? (ngx_int_t) call->status : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_finance_response_headers(call) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    for (cl = call->out; cl->next; cl = cl->next) { /* void */ }

    cl->buf->last_buf = (r == r->main) ? 1 : 0;
    cl->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, call->out);
}


/* of pieces, each of which is to reach the client as it is sent */

ngx_int_t
ngx_http_finance_response_begin(ngx_http_finance_call_t *call)
{
    ngx_str_t            value;
    ngx_http_request_t  *r;

    r = call->request;
    call->length = -1;

    ngx_str_set(&value, "no");

    if (ngx_http_finance_response_headers(call) != NGX_OK
        || ngx_http_finance_response_header(r, "X-Accel-Buffering", &value)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

#if (NGX_HTTP_GZIP)
    r->gzip_tested = 1;
    r->gzip_ok = 0;
#endif

    return ngx_http_send_header(r);
}


static ngx_int_t
ngx_http_finance_response_headers(ngx_http_finance_call_t *call)
{
    ngx_str_t            value;
    ngx_http_request_t  *r;

    r = call->request;

    r->headers_out.status = call->status;
    r->headers_out.content_length_n = call->length;
    r->headers_out.last_modified_time = -1;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        /* a precondition was looked at before the write, not now */
        r->disable_not_modified = 1;
    }

    ngx_str_set(&value, "nosniff");

    if (ngx_http_finance_response_header(r, "X-Content-Type-Options", &value)
        != NGX_OK
        || ngx_http_finance_response_type(call) != NGX_OK
        || ngx_http_finance_response_etag(call) != NGX_OK
        || ngx_http_finance_response_cache(call) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (call->has_complete) {
        if (call->complete) {
            ngx_str_set(&value, "true");
        } else {
            ngx_str_set(&value, "false");
        }

        if (ngx_http_finance_response_header(r, "Finance-Complete", &value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (call->location.len
        && ngx_http_finance_response_location(call) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (call->retry_after >= 0) {
        return ngx_http_finance_response_number(r, "Retry-After", "",
                                                call->retry_after);
    }

    return NGX_OK;
}


/* and what a page of this type may load and do */

static ngx_int_t
ngx_http_finance_response_type(ngx_http_finance_call_t *call)
{
    u_char              *end;
    ngx_str_t           *type, value;
    ngx_http_request_t  *r;

    r = call->request;
    type = &r->headers_out.content_type;

    ngx_str_set(type, "application/json");

    if (call->type) {
        type->data = (u_char *) call->type;
        type->len = ngx_strlen(call->type);
    }

    /* its charset is no part of what gzip_types and others compare */

    end = ngx_strlchr(type->data, type->data + type->len, ';');

    r->headers_out.content_type_len = end ? (size_t) (end - type->data)
                                          : type->len;
    r->headers_out.content_type_lowcase = NULL;

    if (call->policy == NULL) {
        return NGX_OK;
    }

    ngx_str_set(&value, "no-referrer");

    if (ngx_http_finance_response_header(r, "Referrer-Policy", &value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    value.data = (u_char *) call->policy;
    value.len = ngx_strlen(call->policy);

    return ngx_http_finance_response_header(r, "Content-Security-Policy",
                                            &value);
}


static ngx_int_t
ngx_http_finance_response_etag(ngx_http_finance_call_t *call)
{
    ngx_str_t            value;
    ngx_http_request_t  *r;

    if (!call->has_etag && call->version == 0) {
        return NGX_OK;
    }

    r = call->request;

#if (NGX_HTTP_GZIP)
    if (call->version) {
        /* compressed, it would be a weak one, which If-Match never matches */
        r->gzip_tested = 1;
        r->gzip_ok = 0;
    }
#endif

    value.data = ngx_pnalloc(r->pool, NGX_INT64_LEN + 2);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = (call->version
                 ? ngx_sprintf(value.data, "\"%L\"", call->version)
                 : ngx_sprintf(value.data, "\"%016xL\"", call->etag))
                - value.data;

    r->headers_out.etag = ngx_list_push(&r->headers_out.headers);
    if (r->headers_out.etag == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(r->headers_out.etag, sizeof(ngx_table_elt_t));

    r->headers_out.etag->hash = 1;
    ngx_str_set(&r->headers_out.etag->key, "ETag");
    r->headers_out.etag->value = value;

    return NGX_OK;
}


/* not headers_out.location: nginx would make that an absolute one */

static ngx_int_t
ngx_http_finance_response_location(ngx_http_finance_call_t *call)
{
    return ngx_http_finance_response_header(call->request, "Location",
                                            &call->location);
}


static ngx_int_t
ngx_http_finance_response_cache(ngx_http_finance_call_t *call)
{
    ngx_str_t  value;

    if (call->max_age >= 0) {
        return ngx_http_finance_response_number(call->request,
                                                "Cache-Control",
                                                "private, max-age=",
                                                call->max_age);
    }

    ngx_str_set(&value, "no-store");

    return ngx_http_finance_response_header(call->request, "Cache-Control",
                                            &value);
}


static ngx_int_t
ngx_http_finance_response_number(ngx_http_request_t *r, const char *key,
    const char *prefix, time_t number)
{
    ngx_str_t  value;

    value.data = ngx_pnalloc(r->pool, ngx_strlen(prefix) + NGX_TIME_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%s%T", prefix, number) - value.data;

    return ngx_http_finance_response_header(r, key, &value);
}


ngx_int_t
ngx_http_finance_response_header(ngx_http_request_t *r, const char *key,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    h->key.data = (u_char *) key;
    h->key.len = ngx_strlen(key);
    h->value = *value;

    return NGX_OK;
}


void
ngx_http_finance_response_detail(ngx_uint_t status, ngx_str_t *detail)
{
    ngx_uint_t  i;

    static const struct {
        ngx_uint_t   status;
        ngx_str_t    detail;
    } details[] = {
        { 400, ngx_string("Bad request") },
        { 401, ngx_string("Not authenticated") },
        { 403, ngx_string("Forbidden") },
        { 404, ngx_string("Not found") },
        { 405, ngx_string("Method not allowed") },
        { 408, ngx_string("Request timed out") },
        { 409, ngx_string("Conflict") },
        { 412, ngx_string("Precondition failed") },
        { 413, ngx_string("Request body is too large") },
        { 414, ngx_string("URI is too long") },
        { 415, ngx_string("Content-Type must be application/json") },
        { 416, ngx_string("Range not satisfiable") },
        { 429, ngx_string("Too many requests") },
        { 431, ngx_string("Request headers are too large") },
        { 500, ngx_string("Internal error") },
        { 502, ngx_string("Upstream error") },
        { 503, ngx_string("Service unavailable") },
        { 504, ngx_string("Upstream timed out") }
    };

    for (i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
        if (details[i].status == status) {
            *detail = details[i].detail;
            return;
        }
    }

    ngx_str_set(detail, "Error");
}

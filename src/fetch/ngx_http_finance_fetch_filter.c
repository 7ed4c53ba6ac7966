/*
 * Takes the bodies of our subrequests, and of no others.  Both filters may
 * return NGX_ERROR to end a subrequest early: the done handler turns that
 * into NGX_OK, so the job goes on.
 */


#include "ngx_http_finance_fetch_slot.h"


#define NGX_HTTP_FINANCE_FETCH_READ  (64 * 1024)    /* bytes at once */


static ngx_int_t ngx_http_finance_fetch_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_fetch_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static void ngx_http_finance_fetch_unbuffer(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_fetch_append(
    ngx_http_finance_fetch_slot_t *s, ngx_buf_t *b);
static ngx_int_t ngx_http_finance_fetch_grow(
    ngx_http_finance_fetch_slot_t *s, size_t size);
static ngx_int_t ngx_http_finance_fetch_refuse(
    ngx_http_finance_fetch_slot_t *s, fin_status_t status);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


ngx_int_t
ngx_http_finance_fetch_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_finance_fetch_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_finance_fetch_body_filter;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_fetch_header_filter(ngx_http_request_t *r)
{
    off_t                           len;
    ngx_http_finance_fetch_slot_t  *s;

    s = ngx_http_finance_fetch_slot(r);

    if (s == NULL) {
        return ngx_http_next_header_filter(r);
    }

    if (s->fetch == NULL) {
        return ngx_http_finance_fetch_refuse(s, FIN_E_CANCELLED);
    }

    if (s->probe) {
        ngx_http_finance_fetch_unbuffer(r);
        return NGX_OK;
    }

    /*
     * Not asked for, and "gunzip on" in the location would have undone it; the
     * body of an error is not read anyway.
     */

    if (r->headers_out.status < NGX_HTTP_SPECIAL_RESPONSE
        && r->headers_out.content_encoding
        && r->headers_out.content_encoding->value.len)
    {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "finance: the market's answer is encoded as \"%V\": add "
                      "\"gunzip on;\" to the location of finance_market",
                      &r->headers_out.content_encoding->value);

        return ngx_http_finance_fetch_refuse(s, FIN_E_UPSTREAM);
    }

    len = r->headers_out.content_length_n;

    if (len > NGX_HTTP_FINANCE_FETCH_MAX_BODY) {
        return ngx_http_finance_fetch_refuse(s, FIN_E_TOO_BIG);
    }

    if (len > 0 && ngx_http_finance_fetch_grow(s, (size_t) len) != NGX_OK) {
        return ngx_http_finance_fetch_refuse(s, FIN_E_NOMEM);
    }

    ngx_http_finance_fetch_unbuffer(r);

    return NGX_OK;
}


/*
 * nginx's event pipe hands a background subrequest's body on only at its end
 * and spills what its buffers do not hold into a temporary file.  Answers that
 * do not go to the proxy cache are therefore read unbuffered, in large pieces.
 * This runs before the upstream module decides how to read the body.
 *
 * All of them read into one buffer of the worker: what is read goes through
 * our body filter before the upstream module returns to the event loop, so
 * nothing is ever left in it.
 */

static void
ngx_http_finance_fetch_unbuffer(ngx_http_request_t *r)
{
    size_t                n;
    ngx_buf_t            *b;
    ngx_http_upstream_t  *u;

    static u_char  buffer[NGX_HTTP_FINANCE_FETCH_READ];

    u = r->upstream;

    if (u == NULL || u->peer.connection == NULL || !u->buffering
#if (NGX_HTTP_CACHE)
        || u->cacheable || r->cached
#endif
       )
    {
        return;
    }

    u->buffering = 0;

    b = &u->buffer;
    n = b->last - b->pos;

    if ((size_t) (b->end - b->start) >= sizeof(buffer)) {
        return;
    }

    ngx_memcpy(buffer, b->pos, n);

    b->start = buffer;
    b->pos = buffer;
    b->last = buffer + n;
    b->end = buffer + sizeof(buffer);
}


static ngx_int_t
ngx_http_finance_fetch_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t                    *cl;
    ngx_http_finance_fetch_slot_t  *s;

    s = ngx_http_finance_fetch_slot(r);

    if (s == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    if (s->fetch == NULL) {
        return ngx_http_finance_fetch_refuse(s, FIN_E_CANCELLED);
    }

    for (cl = in; cl; cl = cl->next) {
        if (ngx_http_finance_fetch_append(s, cl->buf) != NGX_OK) {
            return NGX_ERROR;
        }

        if (cl->buf->last_in_chain || cl->buf->last_buf) {
            s->complete = 1;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_fetch_append(ngx_http_finance_fetch_slot_t *s, ngx_buf_t *b)
{
    size_t  size;

    if (s->probe) {
        b->pos = b->last;
        b->file_pos = b->file_last;
        return NGX_OK;
    }

    if (!ngx_buf_in_memory(b)) {
        b->file_pos = b->file_last;
        return NGX_OK;
    }

    size = b->last - b->pos;

    if (size == 0) {
        return NGX_OK;
    }

    if (size > NGX_HTTP_FINANCE_FETCH_MAX_BODY - s->len) {
        return ngx_http_finance_fetch_refuse(s, FIN_E_TOO_BIG);
    }

    if (ngx_http_finance_fetch_grow(s, s->len + size) != NGX_OK) {
        return ngx_http_finance_fetch_refuse(s, FIN_E_NOMEM);
    }

    ngx_memcpy(s->body + s->len, b->pos, size);
    s->len += size;

    b->pos = b->last;
    b->file_pos = b->file_last;

    return NGX_OK;
}


/* heap, not pool: the body goes on to a thread and is freed when parsed */

static ngx_int_t
ngx_http_finance_fetch_grow(ngx_http_finance_fetch_slot_t *s, size_t size)
{
    u_char  *p;
    size_t   cap;

    if (size <= s->cap) {
        return NGX_OK;
    }

    cap = size;

    if (s->cap) {
        cap = ngx_min(ngx_max(size, s->cap * 2),
                      NGX_HTTP_FINANCE_FETCH_MAX_BODY);
    }

    p = realloc(s->body, cap);
    if (p == NULL) {
        return NGX_ERROR;
    }

    s->body = p;
    s->cap = cap;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_fetch_refuse(ngx_http_finance_fetch_slot_t *s,
    fin_status_t status)
{
    if (s->refused == FIN_OK) {
        s->refused = status;
    }

    return NGX_ERROR;
}

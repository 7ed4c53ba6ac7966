/*
 * Errors that nginx itself raises inside the location (access, limits, body
 * too large) leave as JSON, too: the HTML page that nginx made is swallowed
 * and {"detail": ...} sent in its place.
 */


#include "ngx_http_finance_handler.h"
#include "ngx_http_finance_response.h"


static ngx_int_t ngx_http_finance_error_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_error_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static ngx_int_t ngx_http_finance_error_make(ngx_http_request_t *r);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


ngx_int_t
ngx_http_finance_error_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_finance_error_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_finance_error_body_filter;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_error_header_filter(ngx_http_request_t *r)
{
    ngx_http_finance_ctx_t       *ctx;
    ngx_http_finance_loc_conf_t  *conf;

    if (r != r->main || r->headers_out.status < NGX_HTTP_BAD_REQUEST) {
        return ngx_http_next_header_filter(r);
    }

    conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);

    if (!conf->api) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_finance_module);

    if (ctx && ctx->answered && ctx->call.out) {
        return ngx_http_next_header_filter(r);
    }

    if (ngx_http_finance_error_make(r) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_http_finance_error_make(ngx_http_request_t *r)
{
    u_char                  *p;
    ngx_str_t                detail;
    ngx_http_finance_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_finance_module);

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_finance_ctx_t));
        if (ctx == NULL) {
            return NGX_ERROR;
        }

        ngx_http_set_ctx(r, ctx, ngx_http_finance_module);
    }

    ngx_http_finance_response_detail(r->headers_out.status, &detail);

    p = ngx_pnalloc(r->pool, detail.len + sizeof("{\"detail\":\"\"}"));
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->error.data = p;
    ctx->error.len = ngx_sprintf(p, "{\"detail\":\"%V\"}", &detail) - p;
    ctx->replaced = 1;
    ctx->sent = 0;

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.charset.len = 0;

    ngx_http_clear_content_length(r);
    r->headers_out.content_length_n = ctx->error.len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_error_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_buf_t               *b;
    ngx_chain_t             *cl, out;
    ngx_http_finance_ctx_t  *ctx;

    if (in == NULL || r != r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_finance_module);

    if (ctx == NULL || !ctx->replaced) {
        return ngx_http_next_body_filter(r, in);
    }

    for (cl = in; cl; cl = cl->next) {
        cl->buf->pos = cl->buf->last;
        cl->buf->file_pos = cl->buf->file_last;
    }

    if (ctx->sent) {
        return NGX_OK;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = ctx->error.data;
    b->last = b->pos + ctx->error.len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    ctx->sent = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_next_body_filter(r, &out);
}

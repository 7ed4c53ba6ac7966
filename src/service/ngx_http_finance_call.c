/* One client's request as the services see it: see the header. */


#include "ngx_http_finance_call.h"
#include "../codec/fin_key.h"


#define NGX_HTTP_FINANCE_RETRY_AFTER      1     /* seconds, with a 503 */
#define NGX_HTTP_FINANCE_RETRY_AFTER_MAX  3600




ngx_int_t
ngx_http_finance_call_add(ngx_http_finance_call_t *call, const void *data,
    size_t len)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    if (len == 0) {
        return NGX_OK;
    }

    b = ngx_calloc_buf(call->request->pool);
    cl = ngx_alloc_chain_link(call->request->pool);

    if (b == NULL || cl == NULL) {
        return NGX_ERROR;
    }

    b->pos = (u_char *) data;
    b->last = b->pos + len;
    b->start = b->pos;
    b->end = b->last;
    b->memory = 1;

    cl->buf = b;
    cl->next = NULL;

    *call->last_out = cl;
    call->last_out = &cl->next;
    call->length += len;

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_call_add_out(ngx_http_finance_call_t *call, fin_out_t *out)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(call->request->pool, 0);

    if (cln == NULL || fin_out_status(out) != FIN_OK) {
        fin_out_free(out);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_finance_call_free;
    cln->data = out->data;

    return ngx_http_finance_call_add(call, out->data, out->len);
}


void
ngx_http_finance_call_reset(ngx_http_finance_call_t *call)
{
    call->out = NULL;
    call->last_out = &call->out;
    call->length = 0;
    call->has_etag = 0;
    call->has_complete = 0;
    call->version = 0;
    ngx_str_null(&call->location);
    call->type = NULL;
    call->policy = NULL;
    call->max_age = -1;
}


void
ngx_http_finance_call_done(ngx_http_finance_call_t *call)
{
    if (call->done) {
        return;
    }

    call->done = 1;
    call->respond(call);
}


void
ngx_http_finance_call_fail(ngx_http_finance_call_t *call, ngx_uint_t status,
    const char *detail)
{
    fin_out_t  out;

    ngx_http_finance_call_reset(call);
    fin_out_init(&out, 4096);

    fin_out_object(&out);
    fin_out_kstring(&out, "detail", detail);
    fin_out_object_end(&out);

    call->status = status;
    call->account.errors = 1;

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE && call->retry_after < 0) {
        call->retry_after = NGX_HTTP_FINANCE_RETRY_AFTER;
    }

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        call->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        ngx_http_finance_call_reset(call);
    }

    ngx_http_finance_call_done(call);
}


void
ngx_http_finance_call_fail_status(ngx_http_finance_call_t *call,
    fin_status_t status)
{
    ngx_http_finance_call_fail(call, fin_status_http(status),
                               fin_status_detail(status));
}


void
ngx_http_finance_call_fail_job(ngx_http_finance_call_t *call,
    fin_status_t status, time_t retry_after)
{
    if ((status == FIN_E_THROTTLED || status == FIN_E_BUDGET)
        && retry_after > 0)
    {
        call->retry_after = ngx_min(retry_after,
                                    NGX_HTTP_FINANCE_RETRY_AFTER_MAX);
    }

    ngx_http_finance_call_fail_status(call, status);
}


void
ngx_http_finance_call_fail_problems(ngx_http_finance_call_t *call,
    const fin_problems_t *problems)
{
    fin_out_t  out;

    ngx_http_finance_call_reset(call);
    fin_out_init(&out, 64 * 1024);

    fin_out_problems(&out, problems);

    call->status = 422;
    call->account.errors = problems->n;

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


ngx_int_t
ngx_http_finance_call_ticker(ngx_http_finance_call_t *call,
    char out[FIN_TICKER_MAX + 1])
{
    if (fin_ticker_parse((char *) call->arg.data, call->arg.len, out)
        == FIN_OK)
    {
        call->account.tickers = 1;
        return NGX_OK;
    }

    ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST, "Invalid ticker");

    return NGX_ERROR;
}


ngx_int_t
ngx_http_finance_call_location(ngx_http_finance_call_t *call,
    const char *what, const char *id)
{
    u_char                    *p;
    size_t                     len;
    ngx_str_t                 *prefix;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(call->request, ngx_http_core_module);
    prefix = &clcf->name;

    len = prefix->len + 2 * ngx_escape_uri(NULL, prefix->data, prefix->len,
                                           NGX_ESCAPE_URI);

    p = ngx_pnalloc(call->request->pool,
                    len + 1 + ngx_strlen(what) + ngx_strlen(id));
    if (p == NULL) {
        return NGX_ERROR;
    }

    call->location.data = p;

    p = (u_char *) ngx_escape_uri(p, prefix->data, prefix->len,
                                  NGX_ESCAPE_URI);

    if (prefix->len == 0 || prefix->data[prefix->len - 1] != '/') {
        *p++ = '/';
    }

    p = ngx_sprintf(p, "%s%s", what, id);
    call->location.len = p - call->location.data;

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_call_header(ngx_http_finance_call_t *call, const char *name,
    ngx_str_t *value)
{
    size_t            len;
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    n = 0;
    len = ngx_strlen(name);

    for (part = &call->request->headers_in.headers.part;
         part;
         part = part->next)
    {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncasecmp(h[i].key.data, (u_char *) name, len) == 0)
            {
                *value = h[i].value;
                n++;
            }
        }
    }

    return n == 1 ? NGX_OK : n == 0 ? NGX_DECLINED : NGX_ERROR;
}


void
ngx_http_finance_call_free(void *data)
{
    free(data);
}

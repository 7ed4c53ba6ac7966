/*
 * The content handler: route, owner, body, then the service; and what happens
 * when the service is done or the client leaves.
 */


#include "ngx_http_finance_handler.h"
#include "ngx_http_finance_cors.h"
#include "ngx_http_finance_limit.h"
#include "ngx_http_finance_page.h"
#include "ngx_http_finance_response.h"
#include "ngx_http_finance_route.h"
#include "../codec/fin_key.h"


static ngx_int_t ngx_http_finance_handle(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_path(ngx_http_request_t *r,
    ngx_str_t *path);
static ngx_http_finance_ctx_t *ngx_http_finance_ctx_create(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_refuse(ngx_http_finance_ctx_t *ctx,
    ngx_uint_t status, const char *detail);
static ngx_int_t ngx_http_finance_not_allowed(ngx_http_finance_ctx_t *ctx,
    ngx_uint_t allowed);
static ngx_int_t ngx_http_finance_owner(ngx_http_finance_ctx_t *ctx);
static ngx_int_t ngx_http_finance_start(ngx_http_finance_ctx_t *ctx,
    const ngx_http_finance_route_t *route);
static ngx_int_t ngx_http_finance_read_body(ngx_http_finance_ctx_t *ctx,
    const ngx_http_finance_route_t *route);
static void ngx_http_finance_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_body_text(ngx_http_request_t *r,
    ngx_str_t *body);
static ngx_int_t ngx_http_finance_json_type(ngx_http_request_t *r);
static void ngx_http_finance_run(ngx_http_finance_ctx_t *ctx,
    ngx_http_finance_service_pt service);
static void ngx_http_finance_respond(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_begin(ngx_http_finance_call_t *call);
static void ngx_http_finance_resume_none(ngx_http_finance_task_t *task);
static void ngx_http_finance_cleanup(void *data);
static void ngx_http_finance_writer(ngx_http_request_t *r);


ngx_int_t
ngx_http_finance_handler(ngx_http_request_t *r)
{
    uint64_t   began;
    ngx_int_t  rc;

    began = ngx_http_finance_hold_begin();
    rc = ngx_http_finance_handle(r);
    ngx_http_finance_hold_end(began);

    return rc;
}


static ngx_int_t
ngx_http_finance_handle(ngx_http_request_t *r)
{
    ngx_int_t                        rc;
    ngx_str_t                        path;
    ngx_uint_t                       allowed;
    ngx_http_finance_ctx_t          *ctx;
    ngx_http_finance_file_t         *file;
    const ngx_http_finance_route_t  *route;

    if (r != r->main) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "finance_api serves no subrequests: finance_market "
                      "must not name this location");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = ngx_http_finance_ctx_create(r);
    if (ctx == NULL
        || ngx_http_finance_limit_policy_header(&ctx->call) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_finance_path(r, &path) != NGX_OK) {
        return ngx_http_finance_refuse(ctx, NGX_HTTP_NOT_FOUND, "Not found");
    }

    file = ngx_http_finance_page_find(r, &path);

    if (file) {
        ctx->route = NGX_HTTP_FINANCE_STAT_PAGE;

        return (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
               ? ngx_http_finance_page_send(&ctx->call, file)
               : ngx_http_finance_not_allowed(ctx, NGX_HTTP_GET);
    }

    route = ngx_http_finance_route_find(&path, r->method, &ctx->call.arg,
                                        &allowed);

    if (route == NULL && allowed == 0) {
        return ngx_http_finance_refuse(ctx, NGX_HTTP_NOT_FOUND, "Not found");
    }

    if (route == NULL) {
        return ngx_http_finance_not_allowed(ctx, allowed);
    }

    ctx->route = ngx_http_finance_route_number(route);

    if (ngx_http_finance_cross_site(r) != NGX_OK) {
        return ngx_http_finance_refuse(ctx, NGX_HTTP_FORBIDDEN,
                                       "Cross-site request refused");
    }

    rc = route->open ? NGX_OK : ngx_http_finance_owner(ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        return ngx_http_finance_refuse(ctx, NGX_HTTP_UNAUTHORIZED,
                                       "Not authenticated");
    }

    /* who only asks how we are is not counted */

    rc = route->service == ngx_http_finance_health
         || route->service == ngx_http_finance_metrics
         ? NGX_OK : ngx_http_finance_limit_check(&ctx->call);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_LIMITED, 1);

        return ngx_http_finance_refuse(ctx, NGX_HTTP_TOO_MANY_REQUESTS,
                                       "Too many requests");
    }

    return ngx_http_finance_start(ctx, route);
}


static ngx_int_t
ngx_http_finance_path(ngx_http_request_t *r, ngx_str_t *path)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (r->uri.len < clcf->name.len) {
        return NGX_DECLINED;
    }

    path->data = r->uri.data + clcf->name.len;
    path->len = r->uri.len - clcf->name.len;

    if (path->len == 0 || clcf->name.data[clcf->name.len - 1] == '/') {
        return NGX_OK;
    }

    /* "location /api" serves /api/health, not /apihealth */

    if (path->data[0] != '/') {
        return NGX_DECLINED;
    }

    path->data++;
    path->len--;

    return NGX_OK;
}


static ngx_http_finance_ctx_t *
ngx_http_finance_ctx_create(ngx_http_request_t *r)
{
    ngx_http_cleanup_t       *cln;
    ngx_http_finance_ctx_t   *ctx;
    ngx_http_finance_call_t  *call;

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_finance_ctx_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (ctx == NULL || cln == NULL) {
        return NULL;
    }

    call = &ctx->call;

    call->request = r;
    call->conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);
    call->status = NGX_HTTP_OK;
    call->last_out = &call->out;
    call->max_age = -1;
    call->retry_after = -1;
    call->respond = ngx_http_finance_respond;
    call->begin = ngx_http_finance_begin;

    ngx_http_finance_task_init(&call->task, r, r->connection->log,
                               ngx_http_finance_resume_none, call, 0);
    call->task.account = &call->account;

    ctx->began = ngx_http_finance_stat_now();

    cln->handler = ngx_http_finance_cleanup;
    cln->data = ctx;

    ngx_http_set_ctx(r, ctx, ngx_http_finance_module);

    return ctx;
}


/* an answer that needs no waiting, and no body of the client's */

static ngx_int_t
ngx_http_finance_refuse(ngx_http_finance_ctx_t *ctx, ngx_uint_t status,
    const char *detail)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->call.request;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    r->main->count++;
    ngx_http_finance_call_fail(&ctx->call, status, detail);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_finance_not_allowed(ngx_http_finance_ctx_t *ctx, ngx_uint_t allowed)
{
    u_char      buf[64], *p;
    ngx_str_t   value;

    p = buf;

    if (allowed & NGX_HTTP_GET) {
        p = ngx_cpymem(p, ", GET, HEAD", 11);
    }

    if (allowed & NGX_HTTP_POST) {
        p = ngx_cpymem(p, ", POST", 6);
    }

    if (allowed & NGX_HTTP_PUT) {
        p = ngx_cpymem(p, ", PUT", 5);
    }

    if (allowed & NGX_HTTP_DELETE) {
        p = ngx_cpymem(p, ", DELETE", 8);
    }

    value.len = p - buf - 2;
    value.data = ngx_pnalloc(ctx->call.request->pool, value.len);

    if (value.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(value.data, buf + 2, value.len);

    if (ngx_http_finance_response_header(ctx->call.request, "Allow", &value)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_finance_refuse(ctx, NGX_HTTP_NOT_ALLOWED,
                                   "Method not allowed");
}


/*
 * finance_user left out: one shared owner; set and empty: nobody.
 * finance_admin lifts limits when it is not empty and not "0".
 */

static ngx_int_t
ngx_http_finance_owner(ngx_http_finance_ctx_t *ctx)
{
    ngx_str_t                 admin;
    ngx_http_finance_call_t  *call;

    call = &ctx->call;

    if (call->conf->admin) {
        if (ngx_http_complex_value(call->request, call->conf->admin, &admin)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        call->admin = admin.len > 1
                      || (admin.len == 1 && admin.data[0] != '0');
    }

    if (call->conf->user == NULL) {
        ngx_str_set(&call->owner, "default");
        return NGX_OK;
    }

    if (ngx_http_complex_value(call->request, call->conf->user, &call->owner)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (call->owner.len == 0 || call->owner.len > FIN_OWNER_MAX) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_start(ngx_http_finance_ctx_t *ctx,
    const ngx_http_finance_route_t *route)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->call.request;

    if (route->body) {
        return ngx_http_finance_read_body(ctx, route);
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    r->main->count++;
    ngx_http_finance_run(ctx, route->service);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_finance_read_body(ngx_http_finance_ctx_t *ctx,
    const ngx_http_finance_route_t *route)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->call.request;

    if (r->headers_in.content_length_n > (off_t) ctx->call.conf->max_body) {
        return ngx_http_finance_refuse(ctx,
                                       NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                       "Request body is too large");
    }

    ctx->call.state = (void *) route;

    rc = ngx_http_read_client_request_body(r, ngx_http_finance_body_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_finance_body_handler(ngx_http_request_t *r)
{
    ngx_int_t                        rc;
    ngx_http_finance_ctx_t          *ctx;
    const ngx_http_finance_route_t  *route;

    ctx = ngx_http_get_module_ctx(r, ngx_http_finance_module);

    route = ctx->call.state;
    ctx->call.state = NULL;

    rc = ngx_http_finance_body_text(r, &ctx->call.body);

    if (rc != NGX_OK) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (ctx->call.body.len > ctx->call.conf->max_body) {
        ngx_http_finance_call_fail(&ctx->call,
                                   NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                   "Request body is too large");
        return;
    }

    if (ctx->call.body.len && ngx_http_finance_json_type(r) != NGX_OK) {
        ngx_http_finance_call_fail(&ctx->call,
                                   NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                   "Content-Type must be application/json");
        return;
    }

    ngx_http_finance_run(ctx, route->service);
}


/* one span, from memory and from a temporary file */

static ngx_int_t
ngx_http_finance_body_text(ngx_http_request_t *r, ngx_str_t *body)
{
    size_t        size;
    ssize_t       n;
    u_char       *p;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    ngx_str_null(body);

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    p = ngx_pnalloc(r->pool, size ? size : 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = size;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        if (ngx_buf_in_memory(b)) {
            p = ngx_cpymem(p, b->pos, b->last - b->pos);
            continue;
        }

        if (!b->in_file) {
            /* an empty body's end is a buffer without bytes */
            continue;
        }

        n = ngx_read_file(b->file, p, (size_t) (b->file_last - b->file_pos),
                          b->file_pos);

        if (n != b->file_last - b->file_pos) {
            return NGX_ERROR;
        }

        p += n;
    }

    return NGX_OK;
}


/* "application/json", with or without parameters */

static ngx_int_t
ngx_http_finance_json_type(ngx_http_request_t *r)
{
    size_t      len;
    ngx_str_t  *type;

    if (r->headers_in.content_type == NULL) {
        return NGX_DECLINED;
    }

    type = &r->headers_in.content_type->value;
    len = sizeof("application/json") - 1;

    if (type->len < len
        || ngx_strncasecmp(type->data, (u_char *) "application/json", len)
           != 0
        || (type->len > len && type->data[len] != ';'
            && type->data[len] != ' '))
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static void
ngx_http_finance_run(ngx_http_finance_ctx_t *ctx,
    ngx_http_finance_service_pt service)
{
    ngx_http_request_t  *r;

    r = ctx->call.request;

    r->write_event_handler = ngx_http_finance_writer;

    if (!r->discard_body) {
        /* so that a client that leaves is noticed */
        r->read_event_handler = ngx_http_test_reading;
    }

    service(&ctx->call);
}


static void
ngx_http_finance_respond(ngx_http_finance_call_t *call)
{
    ngx_int_t                rc;
    ngx_http_request_t      *r;
    ngx_http_finance_ctx_t  *ctx;

    r = call->request;
    ctx = ngx_http_get_module_ctx(r, ngx_http_finance_module);

    ctx->answered = 1;

    ngx_http_finance_task_end(&call->task);

    rc = ngx_http_finance_response_send(call);

    ctx->ended = ngx_http_finance_stat_now();

    ngx_http_finalize_request(r, rc);
}


static ngx_int_t
ngx_http_finance_begin(ngx_http_finance_call_t *call)
{
    ngx_http_finance_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(call->request, ngx_http_finance_module);

    ctx->answered = 1;
    /* how long the rest takes is the client's business */
    ctx->ended = ngx_http_finance_stat_now();

    return ngx_http_finance_response_begin(call);
}


static void
ngx_http_finance_resume_none(ngx_http_finance_task_t *task)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, task->log, 0,
                   "finance resume before a service");
}


static void
ngx_http_finance_cleanup(void *data)
{
    ngx_http_finance_ctx_t  *ctx = data;

    ngx_http_finance_task_end(&ctx->call.task);
}


/* nginx calls it now and then while we wait; nothing is to be written */

static void
ngx_http_finance_writer(ngx_http_request_t *r)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "finance writer");
}

/*
 * The variables, for log_format, map and add_header.  Of a request that is
 * not ours, or that our handler did not get to see, they are not found: "-".
 */


#include "ngx_http_finance_handler.h"
#include "ngx_http_finance_route.h"


typedef enum {
    NGX_HTTP_FINANCE_VAR_UPSTREAM_CALLS = 0,
    NGX_HTTP_FINANCE_VAR_UPSTREAM_TIME,
    NGX_HTTP_FINANCE_VAR_REDIS_CALLS,
    NGX_HTTP_FINANCE_VAR_REDIS_TIME,
    NGX_HTTP_FINANCE_VAR_TICKERS,
    NGX_HTTP_FINANCE_VAR_ERRORS
} ngx_http_finance_var_e;


static ngx_http_finance_ctx_t *ngx_http_finance_vars_ctx(
    ngx_http_request_t *r, ngx_http_variable_value_t *v);
static ngx_int_t ngx_http_finance_var_route(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_finance_var_cache(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_finance_var_number(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_finance_var_user(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_finance_var_set(ngx_http_variable_value_t *v,
    const u_char *data, size_t len);


/* all change while a request is under way */

static ngx_http_variable_t  ngx_http_finance_vars[] = {

    { ngx_string("finance_route"), NULL, ngx_http_finance_var_route, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_cache"), NULL, ngx_http_finance_var_cache, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_upstream_calls"), NULL, ngx_http_finance_var_number,
      NGX_HTTP_FINANCE_VAR_UPSTREAM_CALLS, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_upstream_time"), NULL, ngx_http_finance_var_number,
      NGX_HTTP_FINANCE_VAR_UPSTREAM_TIME, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_redis_calls"), NULL, ngx_http_finance_var_number,
      NGX_HTTP_FINANCE_VAR_REDIS_CALLS, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_redis_time"), NULL, ngx_http_finance_var_number,
      NGX_HTTP_FINANCE_VAR_REDIS_TIME, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_tickers"), NULL, ngx_http_finance_var_number,
      NGX_HTTP_FINANCE_VAR_TICKERS, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_errors"), NULL, ngx_http_finance_var_number,
      NGX_HTTP_FINANCE_VAR_ERRORS, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("finance_user"), NULL, ngx_http_finance_var_user, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_finance_vars_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_finance_vars; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* NULL: not found, as v says then */

static ngx_http_finance_ctx_t *
ngx_http_finance_vars_ctx(ngx_http_request_t *r, ngx_http_variable_value_t *v)
{
    ngx_http_finance_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_finance_module);

    if (ctx == NULL || ctx->began == 0) {
        v->not_found = 1;
        return NULL;
    }

    return ctx;
}


static ngx_int_t
ngx_http_finance_var_route(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    const char              *name;
    ngx_http_finance_ctx_t  *ctx;

    ctx = ngx_http_finance_vars_ctx(r, v);
    if (ctx == NULL) {
        return NGX_OK;
    }

    name = ngx_http_finance_stat_route(ctx->route);

    return ngx_http_finance_var_set(v, (u_char *) name, ngx_strlen(name));
}


static ngx_int_t
ngx_http_finance_var_cache(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                    value;
    ngx_http_finance_ctx_t      *ctx;
    ngx_http_finance_account_t  *account;

    ctx = ngx_http_finance_vars_ctx(r, v);
    if (ctx == NULL) {
        return NGX_OK;
    }

    account = &ctx->call.account;

    if (account->partial) {
        ngx_str_set(&value, "PARTIAL");

    } else if (account->forced) {
        ngx_str_set(&value, "REFRESH");

    } else if (account->stale) {
        ngx_str_set(&value, "STALE");

    } else if (account->missed) {
        ngx_str_set(&value, "MISS");

    } else if (account->fresh) {
        ngx_str_set(&value, "HIT");

    } else {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_finance_var_set(v, value.data, value.len);
}


/* times as nginx writes them: seconds and milliseconds */

static ngx_int_t
ngx_http_finance_var_number(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                      *p;
    uint64_t                     usec;
    ngx_uint_t                   n;
    ngx_http_finance_ctx_t      *ctx;
    ngx_http_finance_account_t  *account;

    ctx = ngx_http_finance_vars_ctx(r, v);
    if (ctx == NULL) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    account = &ctx->call.account;

    if (data == NGX_HTTP_FINANCE_VAR_UPSTREAM_TIME
        || data == NGX_HTTP_FINANCE_VAR_REDIS_TIME)
    {
        usec = data == NGX_HTTP_FINANCE_VAR_UPSTREAM_TIME
               ? account->upstream_usec : account->redis_usec;

        return ngx_http_finance_var_set(v, p,
                   ngx_sprintf(p, "%uL.%03uL", usec / 1000000,
                               usec / 1000 % 1000) - p);
    }

    switch (data) {

    case NGX_HTTP_FINANCE_VAR_UPSTREAM_CALLS:
        n = account->upstream_calls;
        break;

    case NGX_HTTP_FINANCE_VAR_REDIS_CALLS:
        n = account->redis_calls;
        break;

    case NGX_HTTP_FINANCE_VAR_TICKERS:
        n = account->tickers;
        break;

    default: /* NGX_HTTP_FINANCE_VAR_ERRORS */
        n = account->errors;
    }

    return ngx_http_finance_var_set(v, p, ngx_sprintf(p, "%ui", n) - p);
}


/*
 * Who was asking, where finance_user says.  It is what a client gave: a
 * control character in it could end the line of a header.
 */

static ngx_int_t
ngx_http_finance_var_user(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                  *p;
    size_t                   i;
    ngx_str_t               *owner;
    ngx_http_finance_ctx_t  *ctx;

    ctx = ngx_http_finance_vars_ctx(r, v);
    if (ctx == NULL) {
        return NGX_OK;
    }

    owner = &ctx->call.owner;

    if (ctx->call.conf->user == NULL || owner->len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, owner->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < owner->len; i++) {
        p[i] = owner->data[i] < 0x20 || owner->data[i] == 0x7f
               ? '?' : owner->data[i];
    }

    return ngx_http_finance_var_set(v, p, owner->len);
}


static ngx_int_t
ngx_http_finance_var_set(ngx_http_variable_value_t *v, const u_char *data,
    size_t len)
{
    v->data = (u_char *) data;
    v->len = len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}

/* Limits of callers, at the request: see the header. */


#include "ngx_http_finance_limit.h"
#include "ngx_http_finance_response.h"


static void ngx_http_finance_limit_caller(ngx_http_finance_call_t *call,
    ngx_http_finance_caller_t *caller);
static void ngx_http_finance_limit_address(ngx_connection_t *c,
    ngx_http_finance_caller_t *caller);
static ngx_int_t ngx_http_finance_limit_header(ngx_http_request_t *r,
    fin_gcra_result_t *result, time_t seconds);


ngx_int_t
ngx_http_finance_limit_policy_header(ngx_http_finance_call_t *call)
{
    if (call->conf->limit == NULL) {
        return NGX_OK;
    }

    return ngx_http_finance_response_header(call->request, "RateLimit-Policy",
                                            &call->conf->limit->policy);
}


ngx_int_t
ngx_http_finance_limit_check(ngx_http_finance_call_t *call)
{
    time_t                         seconds;
    ngx_int_t                      rc;
    fin_gcra_result_t              result;
    ngx_http_request_t            *r;
    ngx_http_finance_caller_t      caller;
    ngx_http_finance_main_conf_t  *fmcf;

    if (call->conf->limit == NULL) {
        return NGX_OK;
    }

    r = call->request;
    fmcf = ngx_http_get_module_main_conf(r, ngx_http_finance_module);

    ngx_http_finance_limit_caller(call, &caller);

    rc = ngx_http_finance_callers_take(fmcf->zone, call->conf->limit, &caller,
                                       &result);

    if (rc == NGX_DECLINED) {
        return NGX_OK;
    }

    seconds = (time_t) ((result.wait + 999999999) / 1000000000);
    seconds = ngx_max(seconds, 1);

    if (rc == NGX_BUSY) {
        call->retry_after = seconds;

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "finance: too many requests of \"%V\"",
                      caller.kind == 'u' ? &call->owner
                                         : &r->connection->addr_text);
    }

    if (ngx_http_finance_limit_header(r, &result, seconds) != NGX_OK) {
        return NGX_ERROR;
    }

    return rc;
}


/* an owner wherever it comes from, else an address */

static void
ngx_http_finance_limit_caller(ngx_http_finance_call_t *call,
    ngx_http_finance_caller_t *caller)
{
    if (call->conf->user) {
        caller->kind = 'u';
        caller->data = call->owner.data;
        caller->len = call->owner.len;
        return;
    }

    ngx_http_finance_limit_address(call->request->connection, caller);
}


/* of IPv6 the network, of which one customer has all addresses */

static void
ngx_http_finance_limit_address(ngx_connection_t *c,
    ngx_http_finance_caller_t *caller)
{
    struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    caller->kind = 'x';
    caller->data = (u_char *) "";
    caller->len = 0;

    switch (c->sockaddr->sa_family) {

    case AF_INET:
        sin = (struct sockaddr_in *) c->sockaddr;
        caller->kind = '4';
        caller->data = (u_char *) &sin->sin_addr;
        caller->len = 4;
        break;

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) c->sockaddr;

        if (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr)) {
            caller->kind = '4';
            caller->data = &sin6->sin6_addr.s6_addr[12];
            caller->len = 4;
            break;
        }

        caller->kind = '6';
        caller->data = sin6->sin6_addr.s6_addr;
        caller->len = 8;
        break;
#endif

    default:    /* a unix socket: all who come through it are one */
        break;
    }
}


/* t is the time in which no more than r can be used: until the next token */

static ngx_int_t
ngx_http_finance_limit_header(ngx_http_request_t *r,
    fin_gcra_result_t *result, time_t seconds)
{
    ngx_str_t  value;

    static const char  format[] = "\"default\";r=%uD;t=%T";

    value.data = ngx_pnalloc(r->pool, sizeof(format) + NGX_INT32_LEN
                                      + NGX_TIME_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, format, result->left, seconds)
                - value.data;

    return ngx_http_finance_response_header(r, "RateLimit", &value);
}

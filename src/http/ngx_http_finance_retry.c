/* finance_retry: read, checked and handed down. */


#include "ngx_http_finance_directives.h"


#define NGX_HTTP_FINANCE_RETRY_ATTEMPTS      3
#define NGX_HTTP_FINANCE_RETRY_BASE          100        /* ms */
#define NGX_HTTP_FINANCE_RETRY_MAX           2000

#define NGX_HTTP_FINANCE_RETRY_ATTEMPTS_MAX  10
#define NGX_HTTP_FINANCE_RETRY_TIME_MAX      60000      /* ms */


static ngx_int_t ngx_http_finance_retry_arg(ngx_conf_t *cf, ngx_str_t *arg,
    fin_retry_t *retry);
static ngx_int_t ngx_http_finance_retry_time(ngx_conf_t *cf, ngx_str_t *arg,
    uint32_t *slot, size_t prefix);


/* finance_retry N [base=T] [max=T] */

char *
ngx_http_finance_retry(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_int_t     n;
    ngx_str_t    *args;
    ngx_uint_t    i;
    fin_retry_t  *retry;

    retry = &flcf->retry;

    if (retry->attempts) {
        return "is duplicate";
    }

    args = cf->args->elts;
    n = ngx_atoi(args[1].data, args[1].len);

    if (n < 1 || n > NGX_HTTP_FINANCE_RETRY_ATTEMPTS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of attempts \"%V\" in "
                           "\"finance_retry\", it must be from 1 to %d",
                           &args[1], NGX_HTTP_FINANCE_RETRY_ATTEMPTS_MAX);
        return NGX_CONF_ERROR;
    }

    retry->attempts = (uint32_t) n;

    for (i = 2; i < cf->args->nelts; i++) {
        if (ngx_http_finance_retry_arg(cf, &args[i], retry) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (retry->base_ms == 0) {
        retry->base_ms = NGX_HTTP_FINANCE_RETRY_BASE;
    }

    if (retry->max_ms == 0) {
        retry->max_ms = NGX_HTTP_FINANCE_RETRY_MAX;
    }

    if (retry->base_ms > retry->max_ms) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"base=\" of \"finance_retry\" is %uDms and "
                           "longer than \"max=\", %uDms", retry->base_ms,
                           retry->max_ms);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_finance_retry_arg(ngx_conf_t *cf, ngx_str_t *arg,
    fin_retry_t *retry)
{
    if (ngx_strncmp(arg->data, "base=", 5) == 0) {
        return ngx_http_finance_retry_time(cf, arg, &retry->base_ms, 5);
    }

    if (ngx_strncmp(arg->data, "max=", 4) == 0) {
        return ngx_http_finance_retry_time(cf, arg, &retry->max_ms, 4);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown parameter \"%V\" of \"finance_retry\": base= "
                       "and max= are known", arg);

    return NGX_ERROR;
}


/* a time behind "base=" or "max="; the slot is 0 until it is set */

static ngx_int_t
ngx_http_finance_retry_time(ngx_conf_t *cf, ngx_str_t *arg, uint32_t *slot,
    size_t prefix)
{
    ngx_int_t  ms;
    ngx_str_t  value;

    if (*slot) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate \"%V\" in \"finance_retry\"", arg);
        return NGX_ERROR;
    }

    value.data = arg->data + prefix;
    value.len = arg->len - prefix;

    ms = ngx_parse_time(&value, 0);

    if (ms == NGX_ERROR || ms < 1 || ms > NGX_HTTP_FINANCE_RETRY_TIME_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"finance_retry\", it must "
                           "be from 1ms to 60s", arg);
        return NGX_ERROR;
    }

    *slot = (uint32_t) ms;

    return NGX_OK;
}


/* inherited whole: a level that says something says all of it */

void
ngx_http_finance_retry_merge(fin_retry_t *retry, const fin_retry_t *prev)
{
    if (retry->attempts) {
        return;
    }

    if (prev->attempts) {
        *retry = *prev;
        return;
    }

    retry->attempts = NGX_HTTP_FINANCE_RETRY_ATTEMPTS;
    retry->base_ms = NGX_HTTP_FINANCE_RETRY_BASE;
    retry->max_ms = NGX_HTTP_FINANCE_RETRY_MAX;
}

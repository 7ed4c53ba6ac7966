/* finance_stream off | [connections=N] [user=N] [heartbeat=T] */


#include "ngx_http_finance_directives.h"


#define NGX_HTTP_FINANCE_STREAM_USER       16
#define NGX_HTTP_FINANCE_STREAM_HEARTBEAT  15000
/* less is no heartbeat, and more is longer than what is between waits */
#define NGX_HTTP_FINANCE_STREAM_LEAST      500
#define NGX_HTTP_FINANCE_STREAM_MOST       3600000


static ngx_int_t ngx_http_finance_stream_arg(ngx_str_t *arg,
    ngx_http_finance_stream_conf_t *stream, ngx_uint_t *seen);
static ngx_int_t ngx_http_finance_stream_value(ngx_str_t *arg,
    const char *name, ngx_str_t *value);


char *
ngx_http_finance_stream_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_str_t                       *args;
    ngx_uint_t                       i, seen;
    ngx_http_finance_stream_conf_t  *stream;

    stream = &flcf->stream;

    if (stream->on != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    args = cf->args->elts;

    stream->on = 1;
    stream->connections = 0;
    stream->user = NGX_HTTP_FINANCE_STREAM_USER;
    stream->heartbeat = NGX_HTTP_FINANCE_STREAM_HEARTBEAT;

    if (cf->args->nelts == 2 && ngx_strcmp(args[1].data, "off") == 0) {
        stream->on = 0;
        return NGX_CONF_OK;
    }

    if (cf->args->nelts == 2 && ngx_strcmp(args[1].data, "on") == 0) {
        return NGX_CONF_OK;
    }

    seen = 0;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_http_finance_stream_arg(&args[i], stream, &seen) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of "
                               "\"finance_stream\": \"off\", or once each "
                               "connections=N, user=N, heartbeat=T of 500ms "
                               "to 1h", &args[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_finance_stream_arg(ngx_str_t *arg,
    ngx_http_finance_stream_conf_t *stream, ngx_uint_t *seen)
{
    ngx_int_t   n;
    ngx_str_t   value;
    ngx_uint_t  bit;

    if (ngx_http_finance_stream_value(arg, "connections=", &value)
        == NGX_OK)
    {
        bit = 1;
        n = ngx_atoi(value.data, value.len);
        stream->connections = n;

    } else if (ngx_http_finance_stream_value(arg, "user=", &value)
               == NGX_OK)
    {
        bit = 2;
        n = ngx_atoi(value.data, value.len);
        stream->user = n;

    } else if (ngx_http_finance_stream_value(arg, "heartbeat=", &value)
               == NGX_OK)
    {
        bit = 4;
        n = ngx_parse_time(&value, 0);
        stream->heartbeat = n;

        if (n < NGX_HTTP_FINANCE_STREAM_LEAST
            || n > NGX_HTTP_FINANCE_STREAM_MOST)
        {
            return NGX_ERROR;
        }

    } else {
        return NGX_ERROR;
    }

    if (n < 1 || (*seen & bit)) {
        return NGX_ERROR;
    }

    *seen |= bit;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_stream_value(ngx_str_t *arg, const char *name,
    ngx_str_t *value)
{
    size_t  len;

    len = ngx_strlen(name);

    if (arg->len < len || ngx_strncmp(arg->data, name, len) != 0) {
        return NGX_DECLINED;
    }

    value->data = arg->data + len;
    value->len = arg->len - len;

    return NGX_OK;
}


void
ngx_http_finance_stream_merge(ngx_http_finance_stream_conf_t *stream,
    const ngx_http_finance_stream_conf_t *prev)
{
    if (stream->on != NGX_CONF_UNSET) {
        return;
    }

    if (prev->on != NGX_CONF_UNSET) {
        *stream = *prev;
        return;
    }

    stream->on = 1;
    stream->connections = 0;
    stream->user = NGX_HTTP_FINANCE_STREAM_USER;
    stream->heartbeat = NGX_HTTP_FINANCE_STREAM_HEARTBEAT;
}

/*
 * Where a request comes from.  Browsers say it in Sec-Fetch-Site and, with
 * whatever may change something, in Origin; other clients say nothing and
 * are nobody's tool.
 */


#include "ngx_http_finance_cors.h"
#include "../codec/fin_origin.h"


#define NGX_HTTP_FINANCE_SITE_SHOWN  128    /* bytes of a value in the log */


static ngx_int_t ngx_http_finance_site_own(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_site_host(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_site_refuse(ngx_http_request_t *r,
    const char *why, ngx_str_t *value);


ngx_int_t
ngx_http_finance_cross_site(ngx_http_request_t *r)
{
    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS)) {
        return NGX_OK;
    }

    if (ngx_http_finance_cors_origin(r)) {
        return NGX_OK;
    }

    if (ngx_http_finance_site_own(r) != NGX_OK) {
        return NGX_DECLINED;
    }

    return ngx_http_finance_site_host(r);
}


ngx_str_t *
ngx_http_finance_cors_origin(ngx_http_request_t *r)
{
    ngx_str_t                    *value;
    ngx_uint_t                    i, n;
    fin_origin_t                  origin, *allowed;
    ngx_http_finance_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);

    if (conf->cors == NULL) {
        return NULL;
    }

    value = ngx_http_finance_request_header(r, "Origin", &n);

    if (n != 1
        || fin_origin_parse((char *) value->data, value->len, &origin)
           != FIN_OK)
    {
        return NULL;
    }

    allowed = conf->cors->elts;

    for (i = 0; i < conf->cors->nelts; i++) {
        if (fin_origin_equal(&allowed[i], &origin)) {
            return value;
        }
    }

    return NULL;
}


/* "none" is the person: an address typed in, a bookmark */

static ngx_int_t
ngx_http_finance_site_own(ngx_http_request_t *r)
{
    ngx_str_t   *value;
    ngx_uint_t   n;

    value = ngx_http_finance_request_header(r, "Sec-Fetch-Site", &n);

    if (n == 0) {
        return NGX_OK;
    }

    if (n > 1) {
        return ngx_http_finance_site_refuse(r, "several Sec-Fetch-Site, first",
                                            value);
    }

    if ((value->len == 11 && ngx_strncmp(value->data, "same-origin", 11) == 0)
        || (value->len == 4 && ngx_strncmp(value->data, "none", 4) == 0))
    {
        return NGX_OK;
    }

    return ngx_http_finance_site_refuse(r, "Sec-Fetch-Site", value);
}


/*
 * Behind a proxy that ends TLS our own scheme is not the browser's, so that
 * only host and port are compared.
 */

static ngx_int_t
ngx_http_finance_site_host(ngx_http_request_t *r)
{
    ngx_str_t     *value, host;
    ngx_uint_t     n;
    fin_origin_t   origin;

    value = ngx_http_finance_request_header(r, "Origin", &n);

    if (n == 0) {
        return NGX_OK;
    }

    if (n > 1) {
        return ngx_http_finance_site_refuse(r, "several Origin, first", value);
    }

    if (fin_origin_parse((char *) value->data, value->len, &origin)
        != FIN_OK)
    {
        return ngx_http_finance_site_refuse(r, "Origin is none", value);
    }

    ngx_str_null(&host);

    if (r->headers_in.host) {
        host = r->headers_in.host->value;

    } else if (r->http_version > NGX_HTTP_VERSION_11 && r->host_end) {
        /* HTTP/3 may have it in :authority alone; HTTP/1: without its port */
        host.data = r->host_start;
        host.len = r->host_end - r->host_start;
    }

    if (!fin_origin_is_host(&origin, (char *) host.data, host.len)) {
        return ngx_http_finance_site_refuse(r, "Origin is not the host",
                                            value);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_site_refuse(ngx_http_request_t *r, const char *why,
    ngx_str_t *value)
{
    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "finance: cross-site request refused: %s: \"%*s\"", why,
                  ngx_min(value->len, NGX_HTTP_FINANCE_SITE_SHOWN),
                  value->data);

    return NGX_DECLINED;
}


ngx_str_t *
ngx_http_finance_request_header(ngx_http_request_t *r, const char *name,
    ngx_uint_t *n)
{
    size_t            len;
    ngx_str_t        *value;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    *n = 0;
    value = NULL;
    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash == 0 || h[i].key.len != len
                || ngx_strncasecmp(h[i].key.data, (u_char *) name, len) != 0)
            {
                continue;
            }

            if ((*n)++ == 0) {
                value = &h[i].value;
            }
        }
    }

    return value;
}

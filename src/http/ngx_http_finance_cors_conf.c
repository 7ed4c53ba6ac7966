/* The finance_cors directive: the list of origins. */


#include "ngx_http_finance_directives.h"
#include "../codec/fin_origin.h"


#define NGX_HTTP_FINANCE_CORS_MAX  32


static char *ngx_http_finance_cors_add(ngx_conf_t *cf, ngx_array_t *list,
    ngx_str_t *text);


char *
ngx_http_finance_cors_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    char        *rv;
    ngx_str_t   *args;
    ngx_uint_t   i;

    if (flcf->cors != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    args = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(args[1].data, "off") == 0) {
        flcf->cors = NULL;
        return NGX_CONF_OK;
    }

    if (cf->args->nelts - 1 > NGX_HTTP_FINANCE_CORS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%ui origins in \"finance_cors\", %d at most",
                           cf->args->nelts - 1, NGX_HTTP_FINANCE_CORS_MAX);
        return NGX_CONF_ERROR;
    }

    flcf->cors = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                  sizeof(fin_origin_t));
    if (flcf->cors == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        rv = ngx_http_finance_cors_add(cf, flcf->cors, &args[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


/* the text lives as long as the configuration */

static char *
ngx_http_finance_cors_add(ngx_conf_t *cf, ngx_array_t *list, ngx_str_t *text)
{
    ngx_uint_t     i;
    fin_origin_t   origin, *known, *o;

    if (ngx_strlchr(text->data, text->data + text->len, '*')) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"finance_cors\": answers are an "
                           "owner's own, so that there are no wildcards: "
                           "name each origin", text);
        return NGX_CONF_ERROR;
    }

    if (fin_origin_parse((char *) text->data, text->len, &origin)
        != FIN_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid origin \"%V\" in \"finance_cors\": "
                           "http or https, host and port without a path, "
                           "e.g. https://app.example:8443, or \"off\" alone",
                           text);
        return NGX_CONF_ERROR;
    }

    known = list->elts;

    for (i = 0; i < list->nelts; i++) {
        if (fin_origin_equal(&known[i], &origin)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate origin \"%V\" in \"finance_cors\"",
                               text);
            return NGX_CONF_ERROR;
        }
    }

    o = ngx_array_push(list);
    if (o == NULL) {
        return NGX_CONF_ERROR;
    }

    *o = origin;

    return NGX_CONF_OK;
}

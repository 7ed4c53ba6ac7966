/* What is counted of a request when it ends: its route, status, bytes, time. */


#include "ngx_http_finance_handler.h"
#include "ngx_http_finance_route.h"


static ngx_int_t ngx_http_finance_count(ngx_http_request_t *r);


/* none where no location serves, so that others are not slower for it */

ngx_int_t
ngx_http_finance_count_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt           *h;
    ngx_http_core_main_conf_t     *cmcf;
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_finance_module);

    if (fmcf->stat == NULL) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_finance_count;

    return NGX_OK;
}


/* also what nginx refused before the handler: that has no route */

static ngx_int_t
ngx_http_finance_count(ngx_http_request_t *r)
{
    uint64_t                      ended;
    ngx_uint_t                    route;
    ngx_http_finance_ctx_t       *ctx;
    ngx_http_finance_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);

    if (!conf->api || r != r->main) {
        return NGX_OK;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_finance_module);
    route = ctx ? ctx->route : NGX_HTTP_FINANCE_STAT_NONE;

    ngx_http_finance_stat_request(route, r->err_status
                                         ? r->err_status
                                         : r->headers_out.status);

    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_BYTES + route,
                              r->connection->sent);

    if (ctx && ctx->began) {
        ended = ctx->ended ? ctx->ended : ngx_http_finance_stat_now();

        ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_REQUEST + route,
                                   ended - ctx->began);
    }

    return NGX_OK;
}

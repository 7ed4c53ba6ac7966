/* The finance_refresh directive. */


#include "ngx_http_finance_directives.h"
#include "../service/ngx_http_finance_watch.h"


#define NGX_HTTP_FINANCE_WATCH_LEAST  1000      /* of interval, ms */


static char *ngx_http_finance_refresh_args(ngx_conf_t *cf,
    ngx_http_finance_watch_t *watch);
static ngx_msec_t *ngx_http_finance_refresh_slot(
    ngx_http_finance_watch_t *watch, ngx_str_t *arg, ngx_str_t *value);


char *
ngx_http_finance_refresh(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_http_finance_watch_t  *watch;

    if (flcf->watch) {
        return "is duplicate";
    }

    watch = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_watch_t));
    if (watch == NULL) {
        return NGX_CONF_ERROR;
    }

    watch->interval = NGX_CONF_UNSET_MSEC;
    watch->ahead = NGX_CONF_UNSET_MSEC;
    watch->jitter = NGX_CONF_UNSET_MSEC;
    watch->file = cf->conf_file->file.name.data;
    watch->line = cf->conf_file->line;

    flcf->watch = watch;

    return ngx_http_finance_refresh_args(cf, watch);
}


static char *
ngx_http_finance_refresh_args(ngx_conf_t *cf, ngx_http_finance_watch_t *watch)
{
    ngx_str_t   *args, value;
    ngx_uint_t   i;
    ngx_msec_t  *slot;

    args = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        slot = ngx_http_finance_refresh_slot(watch, &args[i], &value);

        if (slot == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown parameter \"%V\" of "
                               "\"finance_refresh\": interval=, ahead= and "
                               "jitter= are known", &args[i]);
            return NGX_CONF_ERROR;
        }

        if (*slot != NGX_CONF_UNSET_MSEC) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate \"%V\" in \"finance_refresh\"",
                               &args[i]);
            return NGX_CONF_ERROR;
        }

        *slot = (ngx_msec_t) ngx_parse_time(&value, 0);

        if (*slot == (ngx_msec_t) NGX_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid time \"%V\" in \"finance_refresh\"",
                               &args[i]);
            return NGX_CONF_ERROR;
        }
    }

    if (watch->interval == NGX_CONF_UNSET_MSEC) {
        return "needs \"interval=\"";
    }

    if (watch->interval < NGX_HTTP_FINANCE_WATCH_LEAST) {
        return "has an interval of less than a second";
    }

    ngx_conf_init_msec_value(watch->ahead, watch->interval);
    ngx_conf_init_msec_value(watch->jitter, watch->interval / 10);

    if (watch->jitter > watch->interval) {
        return "has a jitter that is longer than its interval";
    }

    return NGX_CONF_OK;
}


static ngx_msec_t *
ngx_http_finance_refresh_slot(ngx_http_finance_watch_t *watch,
    ngx_str_t *arg, ngx_str_t *value)
{
    size_t      len;
    ngx_uint_t  i;

    struct {
        const char  *name;
        ngx_msec_t  *slot;
    } known[] = {
        { "interval=", &watch->interval },
        { "ahead=", &watch->ahead },
        { "jitter=", &watch->jitter }
    };

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        len = ngx_strlen(known[i].name);

        if (arg->len > len
            && ngx_strncmp(arg->data, known[i].name, len) == 0)
        {
            value->data = arg->data + len;
            value->len = arg->len - len;

            return known[i].slot;
        }
    }

    return NULL;
}


/* merged: all else is known of the location */

ngx_int_t
ngx_http_finance_refresh_make(ngx_conf_t *cf,
    ngx_http_finance_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t       *clcf;
    ngx_http_finance_watch_t       *watch, **place;
    ngx_http_finance_main_conf_t   *fmcf;

    watch = conf->watch;

    if (!conf->api) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"finance_refresh\" in %s:%ui needs \"finance_api\" in "
                      "the same location", watch->file, watch->line);
        return NGX_ERROR;
    }

    if (conf->stock_fresh == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"finance_refresh\" in %s:%ui has nothing to do: "
                      "\"finance_cache\" says stock=0",
                      watch->file, watch->line);
        return NGX_ERROR;
    }

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_finance_module);
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (fmcf->watches == NULL) {
        fmcf->watches = ngx_array_create(cf->pool, 2, sizeof(void *));
        if (fmcf->watches == NULL) {
            return NGX_ERROR;
        }
    }

    place = ngx_array_push(fmcf->watches);
    if (place == NULL) {
        return NGX_ERROR;
    }

    *place = watch;

    watch->conf = conf;
    watch->loc_conf = clcf->loc_conf;
    watch->cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    return NGX_OK;
}

/* The module: directives, configuration, start and end. */


#include "ngx_http_finance_cors.h"
#include "ngx_http_finance_directives.h"
#include "ngx_http_finance_handler.h"
#include "ngx_http_finance_route.h"
#include "../feed/ngx_http_finance_near.h"
#include "../feed/ngx_http_finance_shelf.h"
#include "../fetch/ngx_http_finance_fetch.h"
#include "../redis/ngx_http_finance_redis_events.h"
#include "../redis/ngx_http_finance_redis_news.h"
#include "../service/ngx_http_finance_memo.h"
#include "../service/ngx_http_finance_watch.h"
#include "../stream/ngx_http_finance_stream.h"


static void *ngx_http_finance_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_finance_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_finance_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_finance_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_finance_merge_api(ngx_conf_t *cf,
    ngx_http_finance_loc_conf_t *conf);
static ngx_int_t ngx_http_finance_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_finance_init_process(ngx_cycle_t *cycle);
static void ngx_http_finance_exit_process(ngx_cycle_t *cycle);


#define NGX_HTTP_FINANCE_ANY                                                  \
    (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF)


static ngx_command_t  ngx_http_finance_commands[] = {

    { ngx_string("finance_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_finance_api,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_redis"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_1MORE,
      ngx_http_finance_redis_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_market"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_http_finance_market,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_timeout"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_http_finance_timeout,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_finance_loc_conf_t, timeout),
      NULL },

    { ngx_string("finance_retry"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE123,
      ngx_http_finance_retry,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_cache"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_1MORE,
      ngx_http_finance_cache,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_refresh"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_finance_refresh,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_user"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_finance_loc_conf_t, user),
      NULL },

    { ngx_string("finance_admin"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_finance_loc_conf_t, admin),
      NULL },

    { ngx_string("finance_cors"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_1MORE,
      ngx_http_finance_cors_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_finance_zone_directive,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_budget"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_finance_budget_directive,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_limit"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE12,
      ngx_http_finance_limit_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_email_validator"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_http_finance_email_validator,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_risk_free_rate"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_http_finance_risk_free_rate,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_signal"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_2MORE,
      ngx_http_finance_signal,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_max_body"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_finance_loc_conf_t, max_body),
      NULL },

    { ngx_string("finance_threads"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_TAKE1,
      ngx_http_finance_threads,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_page"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_finance_loc_conf_t, page),
      NULL },

    { ngx_string("finance_stream"),
      NGX_HTTP_FINANCE_ANY|NGX_CONF_1MORE,
      ngx_http_finance_stream_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("finance_clock"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_finance_clock_directive,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_finance_module_ctx = {
    ngx_http_finance_vars_add,             /* preconfiguration */
    ngx_http_finance_init,                 /* postconfiguration */

    ngx_http_finance_create_main_conf,     /* create main configuration */
    ngx_http_finance_init_main_conf,       /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_finance_create_loc_conf,      /* create location configuration */
    ngx_http_finance_merge_loc_conf        /* merge location configuration */
};


ngx_module_t  ngx_http_finance_module = {
    NGX_MODULE_V1,
    &ngx_http_finance_module_ctx,          /* module context */
    ngx_http_finance_commands,             /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_finance_init_process,         /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_finance_exit_process,         /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static void *
ngx_http_finance_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_main_conf_t));
    if (fmcf == NULL) {
        return NULL;
    }

    fmcf->clock_fixed = NGX_CONF_UNSET;

    return fmcf;
}


/* all of "http" is read, nothing is merged yet */

static char *
ngx_http_finance_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_finance_main_conf_t  *fmcf = conf;

    ngx_http_finance_loc_conf_t  *flcf;

    flcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_finance_module);

    if (fmcf->budget && flcf->redis != NGX_CONF_UNSET_PTR) {
        fmcf->budget->redis = flcf->redis;
    }

    return ngx_http_finance_zone_needs(cf, fmcf);
}


static void *
ngx_http_finance_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_finance_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->api = 0;
     *     conf->market = { 0, NULL };
     *     conf->email_validator = { 0, NULL };
     *     conf->retry.attempts = 0;
     *     conf->watch = NULL;
     */

    conf->redis = NGX_CONF_UNSET_PTR;
    conf->timeout = NGX_CONF_UNSET_MSEC;
    conf->stock_fresh = NGX_CONF_UNSET;
    conf->options_fresh = NGX_CONF_UNSET;
    conf->reference_fresh = NGX_CONF_UNSET;
    conf->stale = NGX_CONF_UNSET;
    conf->user = NGX_CONF_UNSET_PTR;
    conf->admin = NGX_CONF_UNSET_PTR;
    conf->cors = NGX_CONF_UNSET_PTR;
    conf->limit = NGX_CONF_UNSET_PTR;
    conf->rate = NAN;
    conf->signals = NGX_CONF_UNSET_PTR;
    conf->max_body = NGX_CONF_UNSET_SIZE;
    conf->threads = NGX_CONF_UNSET_PTR;
    conf->page = NGX_CONF_UNSET;
    conf->stream.on = NGX_CONF_UNSET;

    return conf;
}


static char *
ngx_http_finance_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_finance_loc_conf_t  *prev = parent;
    ngx_http_finance_loc_conf_t  *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    ngx_conf_merge_ptr_value(conf->redis, prev->redis, NULL);
    ngx_conf_merge_str_value(conf->market, prev->market, "");
    ngx_conf_merge_str_value(conf->email_validator, prev->email_validator,
                             "");
    ngx_conf_merge_msec_value(conf->timeout, prev->timeout, 30000);
    ngx_http_finance_retry_merge(&conf->retry, &prev->retry);
    ngx_conf_merge_sec_value(conf->stock_fresh, prev->stock_fresh, 300);
    ngx_conf_merge_sec_value(conf->options_fresh, prev->options_fresh, 900);
    ngx_conf_merge_sec_value(conf->reference_fresh, prev->reference_fresh,
                             86400);
    ngx_conf_merge_sec_value(conf->stale, prev->stale, 7 * 86400);
    ngx_conf_merge_ptr_value(conf->user, prev->user, NULL);
    ngx_conf_merge_ptr_value(conf->admin, prev->admin, NULL);
    ngx_conf_merge_ptr_value(conf->cors, prev->cors, NULL);
    ngx_conf_merge_ptr_value(conf->limit, prev->limit, NULL);
    ngx_conf_merge_ptr_value(conf->signals, prev->signals, NULL);
    ngx_conf_merge_size_value(conf->max_body, prev->max_body, 64 * 1024);
    ngx_conf_merge_ptr_value(conf->threads, prev->threads,
                             NGX_CONF_UNSET_PTR);
    ngx_conf_merge_value(conf->page, prev->page, 1);
    ngx_http_finance_stream_merge(&conf->stream, &prev->stream);

    if (isnan(conf->rate)) {
        conf->rate = isnan(prev->rate) ? 0.04 : prev->rate;
    }

    if (conf->watch && ngx_http_finance_refresh_make(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (prev->api && clcf->noname && clcf->handler == NULL) {
        /* an "if" or "limit_except" within is the same location */
        conf->api = 1;
        conf->api_file = prev->api_file;
        conf->api_line = prev->api_line;
        conf->watch = prev->watch;
        clcf->handler = ngx_http_finance_handler;
    }

    if (!conf->api) {
        return NGX_CONF_OK;
    }

    return ngx_http_finance_merge_api(cf, conf);
}


/* a location with finance_api: what only that needs is made here */

static char *
ngx_http_finance_merge_api(ngx_conf_t *cf, ngx_http_finance_loc_conf_t *conf)
{
    ngx_http_finance_main_conf_t  *fmcf;

    if (conf->market.len == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"finance_api\" in %s:%ui needs \"finance_market\" to "
                      "name the internal location of the market",
                      conf->api_file, conf->api_line);
        return NGX_CONF_ERROR;
    }

    if (conf->redis == NULL) {
        conf->redis = ngx_http_finance_redis_default(cf);
        if (conf->redis == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    conf->redis->used = 1;

    if (ngx_http_finance_rules_make(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_finance_module);

    if (fmcf->stat == NULL) {
        ngx_http_finance_route_names();

        fmcf->stat = ngx_http_finance_stat_zone_add(cf,
                                                    &ngx_http_finance_module);
        if (fmcf->stat == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->cors) {
        fmcf->cors = 1;
    }

    if (fmcf->budget && fmcf->budget->redis == NULL) {
        /* not set in "http": that of the first location */
        fmcf->budget->redis = conf->redis;
    }

#if (NGX_THREADS)
    if (conf->threads == NGX_CONF_UNSET_PTR) {
        conf->threads = ngx_thread_pool_add(cf, NULL);
        if (conf->threads == NULL) {
            return NGX_CONF_ERROR;
        }
    }
#else
    conf->threads = NULL;
#endif

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_finance_init(ngx_conf_t *cf)
{
    if (ngx_http_finance_fetch_init(cf) != NGX_OK
        || ngx_http_finance_cors_init(cf) != NGX_OK
        || ngx_http_finance_count_init(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_error_init(cf);
}


static ngx_int_t
ngx_http_finance_init_process(ngx_cycle_t *cycle)
{
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_finance_module);

    if (fmcf && (ngx_process == NGX_PROCESS_WORKER
                 || ngx_process == NGX_PROCESS_SINGLE))
    {
        if (fmcf->stat) {
            ngx_http_finance_stat_begin(fmcf->stat);
        }

        ngx_http_finance_fetch_budget_set(fmcf->budget);
    }

    ngx_http_finance_redis_init(cycle);
    ngx_http_finance_watch_init(cycle);

    return NGX_OK;
}


static void
ngx_http_finance_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_finance_fetch_budget_set(NULL);
    ngx_http_finance_watch_exit(cycle);
    ngx_http_finance_stream_exit();
    ngx_http_finance_redis_events_exit(cycle);
    ngx_http_finance_redis_news_exit(cycle);
    ngx_http_finance_redis_exit(cycle);
    ngx_http_finance_near_exit();
    ngx_http_finance_shelf_exit();
    ngx_http_finance_memo_exit();
    ngx_http_finance_stat_end();
}

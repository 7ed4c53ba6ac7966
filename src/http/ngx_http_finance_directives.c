/* The setters of the directives that need more than a slot. */


#include "ngx_http_finance_directives.h"
#include "ngx_http_finance_handler.h"
#include "../core/fin_time.h"


static ngx_int_t ngx_http_finance_number(ngx_str_t *text, double *value);
static ngx_int_t ngx_http_finance_cache_arg(ngx_str_t *arg,
    ngx_http_finance_loc_conf_t *flcf, time_t **slot, ngx_str_t *value);


char *
ngx_http_finance_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_http_core_loc_conf_t  *clcf;

    if (flcf->api) {
        return "is duplicate";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

#if (NGX_PCRE)
    if (clcf->regex) {
        return "is not allowed in a location given by a regular expression";
    }
#endif

    if (clcf->named || clcf->noname) {
        return "needs a location with a prefix";
    }

    flcf->api = 1;
    flcf->api_file = cf->conf_file->file.name.data;
    flcf->api_line = cf->conf_file->line;

    clcf->handler = ngx_http_finance_handler;

    if (clcf->name.len && clcf->name.data[clcf->name.len - 1] == '/') {
        clcf->auto_redirect = 1;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_finance_redis_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    if (flcf->redis != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    return ngx_http_finance_redis_parse(cf, &flcf->redis);
}


char *
ngx_http_finance_market(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_str_t  *value;

    if (flcf->market.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    flcf->market = value[1];

    if (flcf->market.len < 2 || flcf->market.data[0] != '/') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid prefix \"%V\" in \"finance_market\": it "
                           "is an internal location, e.g. \"/_market\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (flcf->market.data[flcf->market.len - 1] == '/') {
        flcf->market.len--;
    }

    return NGX_CONF_OK;
}


/* as written: the address follows at once */

char *
ngx_http_finance_email_validator(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_str_t  *value;

    if (flcf->email_validator.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    flcf->email_validator = value[1];

    if (value[1].len < 2 || value[1].data[0] != '/'
        || ngx_strlchr(value[1].data, value[1].data + value[1].len, '?'))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid prefix \"%V\" in "
                           "\"finance_email_validator\": it is an internal "
                           "location, e.g. \"/_email/\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_finance_timeout(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *rv;

    ngx_http_finance_loc_conf_t  *flcf = conf;

    rv = ngx_conf_set_msec_slot(cf, cmd, conf);

    if (rv == NGX_CONF_OK && flcf->timeout == 0) {
        return "must not be 0";
    }

    return rv;
}


char *
ngx_http_finance_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    time_t      *slot;
    ngx_str_t   *args, value;
    ngx_uint_t   i;

    args = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_http_finance_cache_arg(&args[i], flcf, &slot, &value)
            != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown parameter \"%V\" of "
                               "\"finance_cache\": stock=, options=, "
                               "reference= and stale= are known", &args[i]);
            return NGX_CONF_ERROR;
        }

        if (*slot != NGX_CONF_UNSET) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate \"%V\" in \"finance_cache\"",
                               &args[i]);
            return NGX_CONF_ERROR;
        }

        *slot = ngx_parse_time(&value, 1);

        if (*slot == (time_t) NGX_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid time \"%V\" in \"finance_cache\"",
                               &args[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_finance_cache_arg(ngx_str_t *arg, ngx_http_finance_loc_conf_t *flcf,
    time_t **slot, ngx_str_t *value)
{
    size_t      len;
    ngx_uint_t  i;

    struct {
        const char  *name;
        time_t      *slot;
    } known[] = {
        { "stock=", &flcf->stock_fresh },
        { "options=", &flcf->options_fresh },
        { "reference=", &flcf->reference_fresh },
        { "stale=", &flcf->stale }
    };

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        len = ngx_strlen(known[i].name);

        if (arg->len > len
            && ngx_strncmp(arg->data, known[i].name, len) == 0)
        {
            *slot = known[i].slot;
            value->data = arg->data + len;
            value->len = arg->len - len;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


char *
ngx_http_finance_risk_free_rate(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_str_t  *value;

    if (!isnan(flcf->rate)) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_http_finance_number(&value[1], &flcf->rate) != NGX_OK
        || flcf->rate < -0.1 || flcf->rate > 1.0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid rate \"%V\" in "
                           "\"finance_risk_free_rate\": a fraction a year "
                           "from -0.1 to 1, e.g. 0.04", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_finance_number(ngx_str_t *text, double *value)
{
    char  buf[32], *end;

    if (text->len == 0 || text->len >= sizeof(buf)) {
        return NGX_ERROR;
    }

    ngx_memcpy(buf, text->data, text->len);
    buf[text->len] = '\0';

    *value = strtod(buf, &end);

    return (*end == '\0' && isfinite(*value)) ? NGX_OK : NGX_ERROR;
}


/* finance_signal NAME key=value ...: kept, and applied when merged */

char *
ngx_http_finance_signal(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    double                              number;
    u_char                             *eq;
    ngx_str_t                          *args, key, value;
    ngx_uint_t                          i;
    fin_rules_t                         rules;
    fin_status_t                        status;
    ngx_http_finance_signal_t          *s;

    args = cf->args->elts;
    fin_rules_default(&rules);

    if (flcf->signals == NGX_CONF_UNSET_PTR) {
        flcf->signals = ngx_array_create(cf->pool, 4,
                                         sizeof(ngx_http_finance_signal_t));
        if (flcf->signals == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 2; i < cf->args->nelts; i++) {

        eq = ngx_strlchr(args[i].data, args[i].data + args[i].len, '=');
        key = args[i];
        number = 0;
        status = FIN_E_VALUE;

        if (eq) {
            key.len = eq - args[i].data;
            value.data = eq + 1;
            value.len = args[i].len - key.len - 1;

            if (ngx_http_finance_number(&value, &number) == NGX_OK) {
                status = fin_rules_set(&rules, (char *) args[1].data,
                                       args[1].len, (char *) key.data,
                                       key.len, number);
            }
        }

        if (status != FIN_OK) {
            return ngx_http_finance_signal_refuse(cf, &args[1], &args[i],
                                                  status);
        }

        s = ngx_array_push(flcf->signals);
        if (s == NULL) {
            return NGX_CONF_ERROR;
        }

        s->name = args[1];
        s->key = key;
        s->value = number;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_finance_threads(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_str_t  *value;

    if (flcf->threads != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        flcf->threads = NULL;
        return NGX_CONF_OK;
    }

#if (NGX_THREADS)
    flcf->threads = ngx_thread_pool_add(cf, &value[1]);

    return flcf->threads ? NGX_CONF_OK : NGX_CONF_ERROR;
#else
    return "needs an nginx that was built with threads";
#endif
}


char *
ngx_http_finance_clock_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_main_conf_t  *fmcf = conf;

    ngx_str_t  *value;

    if (fmcf->clock_fixed != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "system") == 0) {
        fmcf->clock_fixed = 0;
        return NGX_CONF_OK;
    }

    if (fin_instant_parse((char *) value[1].data, value[1].len,
                          &fmcf->clock_ms)
        != FIN_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid instant \"%V\" in \"finance_clock\": "
                           "\"system\", or e.g. 2026-01-02T21:00:00Z",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    fmcf->clock_fixed = 1;

    return NGX_CONF_OK;
}

/* The directives finance_zone, finance_budget and finance_limit. */


#include "ngx_http_finance_directives.h"


#define NGX_HTTP_FINANCE_RATE_MAX  100000


/* rate=Nr/s|Nr/m [burst=N] */
typedef struct {
    ngx_uint_t    rate;
    ngx_uint_t    burst;
    ngx_uint_t    minute;
} ngx_http_finance_rate_t;


static char *ngx_http_finance_rate(ngx_conf_t *cf,
    ngx_http_finance_rate_t *rate);
static ngx_int_t ngx_http_finance_rate_arg(ngx_str_t *arg,
    ngx_http_finance_rate_t *rate);
static ngx_int_t ngx_http_finance_rate_number(u_char *p, size_t len,
    ngx_uint_t *n);
static ngx_int_t ngx_http_finance_limit_policy(ngx_conf_t *cf,
    ngx_http_finance_limit_t *limit, ngx_http_finance_rate_t *rate);
static char *ngx_http_finance_zone_missing(ngx_conf_t *cf, const char *name,
    u_char *file, ngx_uint_t line);


/* name:size */

char *
ngx_http_finance_zone_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_main_conf_t  *fmcf = conf;

    u_char     *p;
    ssize_t     size;
    ngx_str_t  *value, name, text;

    if (fmcf->zone) {
        return "is duplicate";
    }

    value = cf->args->elts;

    p = ngx_strlchr(value[1].data, value[1].data + value[1].len, ':');

    name.data = value[1].data;
    name.len = p ? (size_t) (p - name.data) : 0;

    text.data = name.data + name.len + 1;
    text.len = p ? value[1].len - name.len - 1 : 0;

    size = text.len ? ngx_parse_size(&text) : NGX_ERROR;

    if (name.len == 0 || size == NGX_ERROR
        || ngx_strlchr(name.data, name.data + name.len, '}')
        || ngx_strlchr(name.data, name.data + name.len, '{'))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone \"%V\" in \"finance_zone\": a name "
                           "and a size, e.g. finance:1m", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (size < (ssize_t) NGX_HTTP_FINANCE_ZONE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" in \"finance_zone\" is too small: "
                           "%uzk at least", &value[1],
                           (size_t) NGX_HTTP_FINANCE_ZONE_MIN / 1024);
        return NGX_CONF_ERROR;
    }

    fmcf->zone = ngx_http_finance_zone_add(cf, &name, (size_t) size,
                                           &ngx_http_finance_module);

    return fmcf->zone ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_finance_budget_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_main_conf_t  *fmcf = conf;

    ngx_http_finance_rate_t     rate;
    ngx_http_finance_budget_t  *budget;

    if (fmcf->budget) {
        return "is duplicate";
    }

    if (ngx_http_finance_rate(cf, &rate) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    budget = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_budget_t));
    if (budget == NULL) {
        return NGX_CONF_ERROR;
    }

    budget->rate = rate.rate;
    budget->burst = rate.burst;
    budget->minute = rate.minute;
    budget->file = cf->conf_file->file.name.data;
    budget->line = cf->conf_file->line;

    fmcf->budget = budget;

    return NGX_CONF_OK;
}


char *
ngx_http_finance_limit_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_finance_loc_conf_t  *flcf = conf;

    ngx_str_t                     *value;
    ngx_http_finance_rate_t        rate;
    ngx_http_finance_limit_t      *limit;
    ngx_http_finance_main_conf_t  *fmcf;

    if (flcf->limit != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        flcf->limit = NULL;
        return NGX_CONF_OK;
    }

    if (ngx_http_finance_rate(cf, &rate) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    limit = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_limit_t));
    if (limit == NULL
        || ngx_http_finance_limit_policy(cf, limit, &rate) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_finance_module);

    if (fmcf->limits == 0) {
        fmcf->limit_file = cf->conf_file->file.name.data;
        fmcf->limit_line = cf->conf_file->line;
    }

    limit->id = fmcf->limits++;
    flcf->limit = limit;

    return NGX_CONF_OK;
}


/*
 * A bucket of rate + burst that fills at the rate: so a quota of as many for
 * the time that filling it takes.
 */

static ngx_int_t
ngx_http_finance_limit_policy(ngx_conf_t *cf, ngx_http_finance_limit_t *limit,
    ngx_http_finance_rate_t *rate)
{
    ngx_uint_t  cap, window, seconds;

    static const char  format[] = "\"default\";q=%ui;w=%ui";

    cap = rate->rate + rate->burst;
    seconds = rate->minute ? 60 : 1;
    window = (cap * seconds + rate->rate - 1) / rate->rate;

    fin_gcra_init(&limit->gcra, (uint32_t) rate->rate,
                  (int64_t) seconds * 1000000000, (uint32_t) cap);

    limit->policy.data = ngx_pnalloc(cf->pool, sizeof(format)
                                               + 2 * NGX_INT_T_LEN);
    if (limit->policy.data == NULL) {
        return NGX_ERROR;
    }

    limit->policy.len = ngx_sprintf(limit->policy.data, format, cap, window)
                        - limit->policy.data;

    return NGX_OK;
}


/* the arguments of the directive that is being read; logs what is wrong */

static char *
ngx_http_finance_rate(ngx_conf_t *cf, ngx_http_finance_rate_t *rate)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    ngx_memzero(rate, sizeof(ngx_http_finance_rate_t));
    rate->burst = NGX_CONF_UNSET_UINT;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_finance_rate_arg(&value[i], rate) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"%V\": "
                               "rate=5r/m, rate=10r/s, burst=20 are right, "
                               "with numbers up to %d", &value[i], &value[0],
                               NGX_HTTP_FINANCE_RATE_MAX);
            return NGX_CONF_ERROR;
        }
    }

    if (rate->rate == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs a rate, e.g. rate=5r/m", &value[0]);
        return NGX_CONF_ERROR;
    }

    if (rate->burst == NGX_CONF_UNSET_UINT) {
        rate->burst = 0;
    }

    return NGX_CONF_OK;
}


/* each once */

static ngx_int_t
ngx_http_finance_rate_arg(ngx_str_t *arg, ngx_http_finance_rate_t *rate)
{
    u_char  *p;
    size_t   len;

    p = arg->data;
    len = arg->len;

    if (len > 6 && ngx_strncmp(p, "burst=", 6) == 0) {
        return rate->burst == NGX_CONF_UNSET_UINT
               ? ngx_http_finance_rate_number(p + 6, len - 6, &rate->burst)
               : NGX_ERROR;
    }

    if (len < 9 || ngx_strncmp(p, "rate=", 5) != 0 || rate->rate) {
        return NGX_ERROR;
    }

    if (ngx_strncmp(p + len - 3, "r/m", 3) == 0) {
        rate->minute = 1;

    } else if (ngx_strncmp(p + len - 3, "r/s", 3) != 0) {
        return NGX_ERROR;
    }

    if (ngx_http_finance_rate_number(p + 5, len - 8, &rate->rate) != NGX_OK
        || rate->rate == 0)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_rate_number(u_char *p, size_t len, ngx_uint_t *n)
{
    ngx_int_t  value;

    value = ngx_atoi(p, len);

    if (value == NGX_ERROR || value > NGX_HTTP_FINANCE_RATE_MAX) {
        return NGX_ERROR;
    }

    *n = (ngx_uint_t) value;

    return NGX_OK;
}


/* finance_zone may stand behind what needs it */

char *
ngx_http_finance_zone_needs(ngx_conf_t *cf, ngx_http_finance_main_conf_t *fmcf)
{
    ngx_http_finance_budget_t  *budget;

    budget = fmcf->budget;

    if (fmcf->zone == NULL && budget) {
        return ngx_http_finance_zone_missing(cf, "finance_budget",
                                             budget->file, budget->line);
    }

    if (fmcf->zone == NULL && fmcf->limits) {
        return ngx_http_finance_zone_missing(cf, "finance_limit",
                                             fmcf->limit_file,
                                             fmcf->limit_line);
    }

    if (budget) {
        budget->zone = fmcf->zone;

        fmcf->zone->starts = ngx_http_finance_budget_cap(budget);

        if (!ngx_http_finance_zone_fits(fmcf->zone, fmcf->zone->starts)) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"finance_budget\" in %s:%ui needs a larger "
                          "\"finance_zone\" than \"%V\": 16 bytes for each of "
                          "%ui calls", budget->file, budget->line,
                          &fmcf->zone->name, fmcf->zone->starts);
            return NGX_CONF_ERROR;
        }
    }

    if (fmcf->zone) {
        fmcf->zone->limits = fmcf->limits != 0;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_finance_zone_missing(ngx_conf_t *cf, const char *name, u_char *file,
    ngx_uint_t line)
{
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"%s\" in %s:%ui needs shared memory: add "
                  "\"finance_zone finance:1m;\" to \"http\"",
                  name, file, line);

    return NGX_CONF_ERROR;
}

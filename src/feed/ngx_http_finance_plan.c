/* What the market's plan includes: see the header. */


#include "ngx_http_finance_plan.h"
#include "../codec/fin_key.h"


#define NGX_HTTP_FINANCE_PLAN_HOUR  3600


static const char *const  ngx_http_finance_plan_names[] = {
    "today", "options", "earnings", "dividends"
};


void
ngx_http_finance_plan_note(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_plan_e what, fin_status_t status, ngx_pool_t *pool,
    ngx_log_t *log)
{
    char                            key[FIN_KEY_MAX];
    ngx_str_t                       argv[5];
    ngx_http_finance_capability_t  *c;
    ngx_http_finance_redis_batch_t  batch;

    c = &conf->plan[what];

    if (status == FIN_OK) {
        c->state = NGX_HTTP_FINANCE_PLAN_OK;
        return;
    }

    if (status != FIN_E_NOT_ENTITLED
        || ngx_http_finance_plan_denied(conf, what))
    {
        return;
    }

    c->state = NGX_HTTP_FINANCE_PLAN_DENIED;
    c->until = ngx_time() + NGX_HTTP_FINANCE_PLAN_HOUR;

    ngx_log_error(NGX_LOG_NOTICE, log, 0,
                  "finance: the market's plan does not include \"%s\", "
                  "asking again in an hour",
                  ngx_http_finance_plan_names[what]);

    ngx_http_finance_redis_batch_init(&batch, pool);

    ngx_str_set(&argv[0], "SET");
    argv[1].data = (u_char *) key;
    argv[1].len = fin_key_cache(key, "plan", ngx_http_finance_plan_names[what]);
    ngx_str_set(&argv[2], "denied");
    ngx_str_set(&argv[3], "EX");
    ngx_str_set(&argv[4], "3600");

    if (ngx_http_finance_redis_add(&batch, 5, argv) == NGX_OK) {
        ngx_http_finance_redis_forget(&batch, conf->redis, log);
    }
}


ngx_uint_t
ngx_http_finance_plan_denied(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_plan_e what)
{
    return conf->plan[what].state == NGX_HTTP_FINANCE_PLAN_DENIED
           && conf->plan[what].until > ngx_time();
}


ngx_int_t
ngx_http_finance_plan_ask(ngx_http_finance_redis_batch_t *batch)
{
    char        key[NGX_HTTP_FINANCE_PLAN_COUNT][64];
    ngx_str_t   argv[NGX_HTTP_FINANCE_PLAN_COUNT + 1];
    ngx_uint_t  i;

    ngx_str_set(&argv[0], "MGET");

    for (i = 0; i < NGX_HTTP_FINANCE_PLAN_COUNT; i++) {
        argv[i + 1].data = (u_char *) key[i];
        argv[i + 1].len = ngx_sprintf((u_char *) key[i],
                                      "finance:cache:plan:{%s}",
                                      ngx_http_finance_plan_names[i])
                          - (u_char *) key[i];
    }

    return ngx_http_finance_redis_add(batch, NGX_HTTP_FINANCE_PLAN_COUNT + 1,
                                      argv);
}


void
ngx_http_finance_plan_told(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_redis_reply_t *reply)
{
    ngx_uint_t                      i;
    ngx_http_finance_capability_t  *c;

    if (reply->type != NGX_HTTP_FINANCE_REDIS_ARRAY
        || reply->n != NGX_HTTP_FINANCE_PLAN_COUNT)
    {
        return;
    }

    for (i = 0; i < NGX_HTTP_FINANCE_PLAN_COUNT; i++) {
        c = &conf->plan[i];

        if (reply->element[i].type == NGX_HTTP_FINANCE_REDIS_STRING) {

            /* told anew at each refresh: no longer than Redis keeps it */

            c->state = NGX_HTTP_FINANCE_PLAN_DENIED;
            c->until = ngx_time() + 60;

        } else if (c->state == NGX_HTTP_FINANCE_PLAN_DENIED) {
            c->state = NGX_HTTP_FINANCE_PLAN_UNKNOWN;
        }
    }
}


void
ngx_http_finance_plan_out(fin_out_t *out, ngx_http_finance_loc_conf_t *conf)
{
    ngx_uint_t   i;
    const char  *text;

    fin_out_key(out, "plan");
    fin_out_object(out);

    for (i = 0; i < NGX_HTTP_FINANCE_PLAN_COUNT; i++) {
        text = "unknown";

        if (conf->plan[i].state == NGX_HTTP_FINANCE_PLAN_OK) {
            text = "ok";

        } else if (ngx_http_finance_plan_denied(conf, i)) {
            text = "not_entitled";
        }

        fin_out_kstring(out, ngx_http_finance_plan_names[i], text);
    }

    fin_out_object_end(out);
}

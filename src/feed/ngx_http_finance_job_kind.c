/* What is known of a kind of job alone: its name, how long it is fresh. */


#include "ngx_http_finance_job.h"


int64_t
ngx_http_finance_fresh_until(int64_t fetched_ms, time_t fresh)
{
    int64_t  tenth;

    tenth = (int64_t) fresh * 100;

    return fetched_ms + (int64_t) fresh * 1000 - tenth
           + (int64_t) ((uint64_t) ngx_random() % (uint64_t) (2 * tenth + 1));
}


time_t
ngx_http_finance_fresh_time(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind)
{
    switch (kind) {

    case NGX_HTTP_FINANCE_JOB_CHAIN:
    case NGX_HTTP_FINANCE_JOB_CONTRACT:
        return conf->options_fresh;

    case NGX_HTTP_FINANCE_JOB_REFERENCE:
        return conf->reference_fresh;

    default:
        return conf->stock_fresh;
    }
}


const char *
ngx_http_finance_job_kind(ngx_http_finance_job_kind_e kind)
{
    static const char *const  names[] = {
        "stock", "bars", "chain", "reference", "market", "contract",
        "price", "email"
    };

    return names[kind];
}

/*
 * GET metrics: what all workers have counted, as Prometheus' text, and what
 * this one reads off shared memory.  Asks nobody.
 */


#include "ngx_http_finance_call.h"
#include "ngx_http_finance_version.h"
#include "../fetch/ngx_http_finance_fetch.h"
#include "../stat/ngx_http_finance_stat_table.h"


#define NGX_HTTP_FINANCE_METRICS_MAX  (4 * 1024 * 1024)


static void ngx_http_finance_metrics_build(fin_out_t *out);
static void ngx_http_finance_metrics_gauge(fin_out_t *out, const char *name,
    const char *help, int64_t value);
static void ngx_http_finance_metrics_budget(fin_out_t *out);
static void ngx_http_finance_metrics_zone(fin_out_t *out,
    ngx_http_finance_call_t *call);


void
ngx_http_finance_metrics(ngx_http_finance_call_t *call)
{
    fin_out_t  out;

    fin_out_init(&out, NGX_HTTP_FINANCE_METRICS_MAX);

    ngx_http_finance_metrics_build(&out);
    ngx_http_finance_metrics_gauge(&out, "finance_workers",
                                   "Workers that live, those of before a "
                                   "reload that still serve included.",
                                   (int64_t)
                                       ngx_http_finance_stat_processes());
    ngx_http_finance_stat_out(&out);
    ngx_http_finance_metrics_budget(&out);
    ngx_http_finance_metrics_zone(&out, call);

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->type = FIN_PROM_TYPE;

    ngx_http_finance_call_done(call);
}


static void
ngx_http_finance_metrics_build(fin_out_t *out)
{
    static const fin_prom_label_t  labels[] = {
        { "version", NGX_HTTP_FINANCE_VERSION },
        { "nginx", NGINX_VERSION }
    };

    fin_prom_family(out, "finance_build_info",
                    "1, with what this is built of.", FIN_PROM_GAUGE);
    fin_prom_int(out, "finance_build_info", labels, 2, 1);
}


static void
ngx_http_finance_metrics_gauge(fin_out_t *out, const char *name,
    const char *help, int64_t value)
{
    fin_prom_family(out, name, help, FIN_PROM_GAUGE);
    fin_prom_int(out, name, NULL, 0, value);
}


static void
ngx_http_finance_metrics_budget(fin_out_t *out)
{
    ngx_http_finance_budget_t  *budget;

    budget = ngx_http_finance_fetch_budget();

    if (budget == NULL) {
        return;
    }

    ngx_http_finance_metrics_gauge(out, "finance_budget_limit",
                                   "Calls of the market that finance_budget "
                                   "allows at once when none were made.",
                                   (int64_t)
                                       ngx_http_finance_budget_cap(budget));
    ngx_http_finance_metrics_gauge(out, "finance_budget_left",
                                   "Calls of the market that finance_budget "
                                   "allows this nginx now.",
                                   (int64_t)
                                       ngx_http_finance_budget_left(budget));
}


static void
ngx_http_finance_metrics_zone(fin_out_t *out, ngx_http_finance_call_t *call)
{
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_http_get_module_main_conf(call->request,
                                         ngx_http_finance_module);

    if (fmcf->zone == NULL) {
        return;
    }

    ngx_http_finance_metrics_gauge(out, "finance_zone_size_bytes",
                                   "Size of finance_zone.",
                                   (int64_t) fmcf->zone->size);
    ngx_http_finance_metrics_gauge(out, "finance_zone_free_bytes",
                                   "What is free of finance_zone, in whole "
                                   "pages.",
                                   (int64_t) (fmcf->zone->pool->pfree
                                              * ngx_pagesize));
}

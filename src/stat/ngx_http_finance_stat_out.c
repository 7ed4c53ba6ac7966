/* All families as Prometheus' text. */


#include "ngx_http_finance_stat_table.h"
#include "ngx_http_finance_stat_zone.h"


static void ngx_http_finance_stat_family_out(fin_out_t *out,
    const ngx_http_finance_stat_family_t *family);
static void ngx_http_finance_stat_sample_out(fin_out_t *out,
    const ngx_http_finance_stat_family_t *family, ngx_uint_t id,
    const fin_prom_label_t *labels, size_t n);
static const char *ngx_http_finance_stat_value(
    const ngx_http_finance_stat_label_t *label, ngx_uint_t i);
static void ngx_http_finance_stat_times_out(fin_out_t *out,
    const ngx_http_finance_stat_family_t *family, ngx_uint_t id,
    const fin_prom_label_t *labels, size_t n);


void
ngx_http_finance_stat_out(fin_out_t *out)
{
    ngx_uint_t  i;

    for (i = 0; i < ngx_http_finance_stat_nfamilies; i++) {
        ngx_http_finance_stat_family_out(out,
                                         &ngx_http_finance_stat_families[i]);
    }
}


static void
ngx_http_finance_stat_family_out(fin_out_t *out,
    const ngx_http_finance_stat_family_t *family)
{
    size_t                                n;
    ngx_uint_t                            i, j;
    fin_prom_label_t                   labels[2];
    const ngx_http_finance_stat_label_t  *outer, *inner;

    fin_prom_family(out, family->name, family->help, family->type);

    outer = &family->label[0];
    inner = &family->label[1];

    n = (outer->name != NULL) + (inner->name != NULL);

    for (i = 0; i < outer->n; i++) {
        labels[0].name = outer->name;
        labels[0].value = ngx_http_finance_stat_value(outer, i);

        if (n > 0 && labels[0].value == NULL) {
            continue;
        }

        for (j = 0; j < inner->n; j++) {
            labels[1].name = inner->name;
            labels[1].value = ngx_http_finance_stat_value(inner, j);

            ngx_http_finance_stat_sample_out(out, family,
                                             family->first + i * inner->n + j,
                                             labels, n);
        }
    }
}


static const char *
ngx_http_finance_stat_value(const ngx_http_finance_stat_label_t *label,
    ngx_uint_t i)
{
    if (label->name == NULL) {
        return NULL;
    }

    return label->values ? label->values[i] : ngx_http_finance_stat_route(i);
}


static void
ngx_http_finance_stat_sample_out(fin_out_t *out,
    const ngx_http_finance_stat_family_t *family, ngx_uint_t id,
    const fin_prom_label_t *labels, size_t n)
{
    int64_t  value;

    if (family->type == FIN_PROM_HISTOGRAM) {
        ngx_http_finance_stat_times_out(out, family, id, labels, n);
        return;
    }

    value = family->type == FIN_PROM_GAUGE
            ? ngx_http_finance_gauge_sum(id)
            : (int64_t) ngx_http_finance_counters->count[id];

    if (value || !family->sparse) {
        fin_prom_int(out, family->name, labels, n, value);
    }
}


/* a time that is counted meanwhile is in one bucket or in none */

static void
ngx_http_finance_stat_times_out(fin_out_t *out,
    const ngx_http_finance_stat_family_t *family, ngx_uint_t id,
    const fin_prom_label_t *labels, size_t n)
{
    uint64_t                       buckets[NGX_HTTP_FINANCE_TIME_BOUNDS + 1];
    uint64_t                       count;
    ngx_uint_t                     i;
    fin_prom_times_t            times;
    ngx_http_finance_histogram_t  *h;

    h = &ngx_http_finance_counters->time[id];
    count = 0;

    for (i = 0; i <= NGX_HTTP_FINANCE_TIME_BOUNDS; i++) {
        buckets[i] = h->bucket[i];
        count += buckets[i];
    }

    if (count == 0 && family->sparse) {
        return;
    }

    times.bounds = ngx_http_finance_time_bounds;
    times.buckets = buckets;
    times.n = NGX_HTTP_FINANCE_TIME_BOUNDS;
    times.usec = h->usec;

    fin_prom_times(out, family->name, labels, n, &times);
}

/* What is counted of attempts, each once: see the slot's header. */


#include "ngx_http_finance_fetch_slot.h"


static ngx_uint_t ngx_http_finance_fetch_denials(void);
static ngx_uint_t ngx_http_finance_fetch_outcome(fin_status_t status,
    ngx_uint_t http_status);


_Static_assert(FIN_REQUEST_EMAIL + 1 == NGX_HTTP_FINANCE_STAT_RESOURCES,
               "each call is counted as one of its own");


void
ngx_http_finance_fetch_count_wait(ngx_http_finance_fetch_slot_t *s)
{
    s->denials = ngx_http_finance_fetch_denials();

    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_UPSTREAM_WAITING, 1);
}


/* how often the budget had nothing to give */

static ngx_uint_t
ngx_http_finance_fetch_denials(void)
{
    ngx_http_finance_budget_t  *budget;

    budget = ngx_http_finance_fetch_budget();

    return budget ? budget->denials : 0;
}


void
ngx_http_finance_fetch_count_begin(ngx_http_finance_fetch_slot_t *s)
{
    s->began = ngx_http_finance_stat_now();

    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_UPSTREAM_WAITING, -1);
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_UPSTREAM_ACTIVE, 1);

    if (s->attempt) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_RETRIES, 1);
    }

    if (s->denials != ngx_http_finance_fetch_denials() && !s->probe) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_BUDGET_WAITED, 1);
    }

    if (s->fetch->op.task->account) {
        s->fetch->op.task->account->upstream_calls++;
    }
}


void
ngx_http_finance_fetch_count_end(ngx_http_finance_fetch_slot_t *s,
    fin_status_t status)
{
    uint64_t                   usec;
    ngx_http_finance_fetch_t  *fetch;

    fetch = s->fetch;

    if (s->counted || fetch == NULL) {
        return;
    }

    s->counted = 1;

    if (s->began == 0) {
        if (status == FIN_E_BUDGET) {
            ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_BUDGET_REFUSED,
                                      1);
            ngx_http_finance_stat_upstream(fetch->resource,
                                           NGX_HTTP_FINANCE_UPSTREAM_BUDGET);
        }

        return;
    }

    usec = ngx_http_finance_stat_now() - s->began;

    if (fetch->op.task->account) {
        fetch->op.task->account->upstream_usec += usec;
    }

    ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_UPSTREAM, usec);
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_UPSTREAM_BYTES, s->len);
    ngx_http_finance_stat_upstream(fetch->resource,
        ngx_http_finance_fetch_outcome(status, fetch->http_status));
}


static ngx_uint_t
ngx_http_finance_fetch_outcome(fin_status_t status, ngx_uint_t http_status)
{
    switch (status) {

    case FIN_OK:
        return NGX_HTTP_FINANCE_UPSTREAM_OK;

    case FIN_E_TIMEOUT:
        return NGX_HTTP_FINANCE_UPSTREAM_TIMEOUT;

    case FIN_E_TRUNCATED:
        return NGX_HTTP_FINANCE_UPSTREAM_TRUNCATED;

    case FIN_E_TOO_BIG:
        return NGX_HTTP_FINANCE_UPSTREAM_TOO_BIG;

    case FIN_E_CANCELLED:
        return NGX_HTTP_FINANCE_UPSTREAM_CANCELLED;

    case FIN_E_THROTTLED:
        return NGX_HTTP_FINANCE_UPSTREAM_429;

    default:
        break;
    }

    switch (http_status / 100) {

    case 3:
        return NGX_HTTP_FINANCE_UPSTREAM_3XX;

    case 4:
        return NGX_HTTP_FINANCE_UPSTREAM_4XX;

    case 5:
        return NGX_HTTP_FINANCE_UPSTREAM_5XX;

    default:
        return NGX_HTTP_FINANCE_UPSTREAM_OTHER;
    }
}

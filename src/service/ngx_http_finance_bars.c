/* GET stocks/{ticker}/bars. */


#include "ngx_http_finance_call.h"
#include "../codec/fin_bars_cache.h"
#include "../codec/fin_snapshot.h"
#include "../core/fin_time.h"
#include "../feed/ngx_http_finance_datum.h"


#define NGX_HTTP_FINANCE_BARS_DEFAULT  252


typedef struct {
    char                       ticker[FIN_TICKER_MAX + 1];
    int64_t                    days;
    ngx_http_finance_datum_t   datum;
} ngx_http_finance_bars_t;


static void ngx_http_finance_bars_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_bars_respond(ngx_http_finance_call_t *call);
static int64_t ngx_http_finance_bars_fresh(const char *data, size_t len);


void
ngx_http_finance_bars(ngx_http_finance_call_t *call)
{
    fin_query_t               query;
    fin_problems_t            problems;
    fin_int_limits_t          limits;
    ngx_http_finance_bars_t  *bars;

    bars = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_bars_t));
    if (bars == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (ngx_http_finance_call_ticker(call, bars->ticker) != NGX_OK) {
        return;
    }

    query.data = (char *) call->request->args.data;
    query.len = call->request->args.len;
    fin_problems_init(&problems);

    bars->days = NGX_HTTP_FINANCE_BARS_DEFAULT;
    limits.ge = 1;
    limits.le = INT64_MAX;

    if (fin_query_int(&query, "days", &limits, &bars->days, &problems)
        == FIN_E_VALUE)
    {
        ngx_http_finance_call_fail_problems(call, &problems);
        return;
    }

    call->state = bars;
    call->task.resume = ngx_http_finance_bars_resume;

    if (ngx_http_finance_datum_start(&bars->datum, &call->task, call->conf,
                                     NGX_HTTP_FINANCE_JOB_BARS, bars->ticker, NULL,
                                     ngx_http_finance_bars_fresh)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static void
ngx_http_finance_bars_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_bars_t  *bars;
    ngx_http_finance_call_t  *call;

    call = task->data;
    bars = call->state;

    if (ngx_http_finance_datum_run(&bars->datum) == NGX_AGAIN) {
        return;
    }

    if (bars->datum.unknown) {
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Invalid ticker");
        return;
    }

    if (!bars->datum.has) {
        ngx_http_finance_call_fail_job(call, bars->datum.status,
                                       bars->datum.join.retry_after);
        return;
    }

    ngx_http_finance_bars_respond(call);
}


static void
ngx_http_finance_bars_respond(ngx_http_finance_call_t *call)
{
    char                      at[21], tail[80];
    fin_out_t                 out;
    fin_bars_t                packed;
    fin_series_t              s;
    fin_status_t              status;
    fin_bars_head_t           head;
    ngx_http_finance_bars_t  *bars;

    bars = call->state;

    status = fin_bars_unpack((char *) bars->datum.data.data,
                             bars->datum.data.len, &head, &packed);
    if (status != FIN_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_INTERNAL);
        return;
    }

    s.bar = packed.bar;
    s.n = packed.n;

    fin_instant_format(head.fetched_at, at);
    ngx_sprintf((u_char *) tail, "\"stale\":%s,\"as_of\":\"%s\"%Z",
                bars->datum.stale ? "true" : "false", at);

    fin_out_init(&out, 8 * 1024 * 1024);

    status = fin_out_bars(&out, bars->ticker, s,
                          (size_t) ngx_min(bars->days, INT32_MAX), tail);

    fin_bars_free(&packed);

    if (status != FIN_OK) {
        fin_out_free(&out);
        ngx_http_finance_call_fail_status(call, status);
        return;
    }

    call->etag = fin_hash64(out.data, out.len, 0);
    call->has_etag = 1;
    call->max_age = ngx_http_finance_max_age(head.fresh_ms);

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


static int64_t
ngx_http_finance_bars_fresh(const char *data, size_t len)
{
    fin_bars_head_t  head;

    return fin_bars_unpack(data, len, &head, NULL) == FIN_OK ? head.fresh_ms
                                                             : 0;
}

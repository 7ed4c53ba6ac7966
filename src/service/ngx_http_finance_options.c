/* GET stocks/{ticker}/options: the whole chain, filtered. */


#include "ngx_http_finance_call.h"
#include "../codec/fin_chain_cache.h"
#include "../codec/fin_snapshot.h"
#include "../core/fin_time.h"
#include "../feed/ngx_http_finance_datum.h"


#define NGX_HTTP_FINANCE_OPTIONS_MAX  (32 * 1024 * 1024)


typedef struct {
    char                       ticker[FIN_TICKER_MAX + 1];
    fin_chain_filter_t         filter;
    ngx_http_finance_datum_t   datum;
} ngx_http_finance_options_t;


static ngx_int_t ngx_http_finance_options_query(
    ngx_http_finance_call_t *call, fin_chain_filter_t *filter);
static void ngx_http_finance_options_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_options_respond(ngx_http_finance_call_t *call);
static int64_t ngx_http_finance_options_fresh(const char *data, size_t len);


void
ngx_http_finance_options(ngx_http_finance_call_t *call)
{
    ngx_http_finance_options_t  *options;

    options = ngx_pcalloc(call->request->pool,
                          sizeof(ngx_http_finance_options_t));
    if (options == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (ngx_http_finance_call_ticker(call, options->ticker) != NGX_OK
        || ngx_http_finance_options_query(call, &options->filter) != NGX_OK)
    {
        return;
    }

    call->state = options;
    call->task.resume = ngx_http_finance_options_resume;

    if (ngx_http_finance_datum_start(&options->datum, &call->task,
                                     call->conf, NGX_HTTP_FINANCE_JOB_CHAIN,
                                     options->ticker, NULL,
                                     ngx_http_finance_options_fresh)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


/* NGX_ERROR: the call was ended with a 422 of every bad argument */

static ngx_int_t
ngx_http_finance_options_query(ngx_http_finance_call_t *call,
    fin_chain_filter_t *filter)
{
    size_t          type;
    int64_t         min, max;
    fin_query_t     query;
    fin_problems_t  problems;

    static const char *const  types[] = { "call", "put", NULL };

    query.data = (char *) call->request->args.data;
    query.len = call->request->args.len;
    fin_problems_init(&problems);

    filter->expiration = FIN_NO_DATE;
    filter->type = -1;
    min = INT32_MIN;
    max = INT32_MAX;

    (void) fin_query_date(&query, "expiration", &filter->expiration,
                          &problems);

    if (fin_query_choice(&query, "type", types, &type, &problems) == FIN_OK) {
        filter->type = type == 0 ? FIN_CALL : FIN_PUT;
    }

    (void) fin_query_int(&query, "min_dte", NULL, &min, &problems);
    (void) fin_query_int(&query, "max_dte", NULL, &max, &problems);

    if (problems.n) {
        ngx_http_finance_call_fail_problems(call, &problems);
        return NGX_ERROR;
    }

    filter->min_dte = (int32_t) ngx_max(ngx_min(min, INT32_MAX), INT32_MIN);
    filter->max_dte = (int32_t) ngx_max(ngx_min(max, INT32_MAX), INT32_MIN);

    return NGX_OK;
}


static void
ngx_http_finance_options_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t     *call;
    ngx_http_finance_options_t  *options;

    call = task->data;
    options = call->state;

    if (ngx_http_finance_datum_run(&options->datum) == NGX_AGAIN) {
        return;
    }

    if (options->datum.unknown) {
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Invalid ticker");
        return;
    }

    if (!options->datum.has) {
        ngx_http_finance_call_fail_job(call, options->datum.status,
                                       options->datum.join.retry_after);
        return;
    }

    ngx_http_finance_options_respond(call);
}


static void
ngx_http_finance_options_respond(ngx_http_finance_call_t *call)
{
    fin_out_t                    out;
    fin_date_t                   today;
    fin_status_t                 status;
    ngx_http_finance_datum_t    *datum;
    ngx_http_finance_options_t  *options;

    options = call->state;
    datum = &options->datum;
    today = fin_ny_date(ngx_http_finance_clock(call->request));

    fin_out_init(&out, NGX_HTTP_FINANCE_OPTIONS_MAX);

    status = fin_out_chain(&out, options->ticker, (char *) datum->data.data,
                           datum->data.len, &options->filter, today,
                           datum->stale);

    if (status != FIN_OK) {
        fin_out_free(&out);
        ngx_http_finance_call_fail_status(call, status == FIN_E_NOMEM
                                                ? status : FIN_E_INTERNAL);
        return;
    }

    call->etag = fin_hash64(out.data, out.len, 0);
    call->has_etag = 1;
    call->max_age = ngx_http_finance_max_age(datum->fresh_ms);

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


static int64_t
ngx_http_finance_options_fresh(const char *data, size_t len)
{
    fin_chain_head_t  head;

    return fin_chain_head(data, len, &head) == FIN_OK ? head.fresh_ms : 0;
}

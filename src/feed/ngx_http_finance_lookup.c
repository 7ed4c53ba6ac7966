/*
 * The small jobs: is a ticker one, and is the market open.  One call, one
 * record in the cache.
 */


#include "ngx_http_finance_refresh.h"
#include "../codec/fin_record.h"


/* "unknown" may be a listing of tomorrow */
#define NGX_HTTP_FINANCE_UNKNOWN_FRESH  600     /* seconds */


typedef struct {
    ngx_http_finance_fetch_t   fetch;
    fin_record_t               record;
    fin_out_t                  data;
    fin_out_t                  out;
} ngx_http_finance_lookup_t;


static void ngx_http_finance_lookup_resume(ngx_http_finance_task_t *task);
static fin_status_t ngx_http_finance_lookup_reference(
    ngx_http_finance_job_t *job, time_t *fresh);
static fin_status_t ngx_http_finance_lookup_market(
    ngx_http_finance_job_t *job, time_t *fresh);
static void ngx_http_finance_lookup_refused(ngx_http_finance_job_t *job,
    fin_in_error_t *err);
static void ngx_http_finance_lookup_release(ngx_http_finance_job_t *job);


void
ngx_http_finance_lookup_start(ngx_http_finance_job_t *job)
{
    fin_request_t               req;
    ngx_http_finance_lookup_t  *lookup;

    lookup = ngx_pcalloc(job->request->pool,
                         sizeof(ngx_http_finance_lookup_t));
    if (lookup == NULL) {
        ngx_http_finance_job_end(job, FIN_E_NOMEM, NULL);
        return;
    }

    fin_out_init(&lookup->data, 4096);
    fin_out_init(&lookup->out, 4096);

    lookup->record.fetched_at = ngx_http_finance_clock(job->request);
    lookup->record.fetched_ms = ngx_http_finance_now();

    job->state = lookup;
    job->release = ngx_http_finance_lookup_release;
    job->task.resume = ngx_http_finance_lookup_resume;

    if (job->kind == NGX_HTTP_FINANCE_JOB_REFERENCE) {
        fin_request_reference(&req, job->ticker);

    } else {
        fin_request_market(&req);
    }

    ngx_http_finance_refresh_get(job, &lookup->fetch, &req,
                                 job->conf->timeout);
}


static void
ngx_http_finance_lookup_resume(ngx_http_finance_task_t *task)
{
    time_t                      fresh;
    fin_status_t                status;
    ngx_http_finance_job_t     *job;
    ngx_http_finance_lookup_t  *lookup;

    job = task->data;
    lookup = job->state;
    fresh = 0;

    if (ngx_http_finance_op_running(&lookup->fetch.op)) {
        return;
    }

    job->retry_after = lookup->fetch.retry_after;

    if (job->kind == NGX_HTTP_FINANCE_JOB_REFERENCE) {
        status = ngx_http_finance_lookup_reference(job, &fresh);

    } else {
        status = ngx_http_finance_lookup_market(job, &fresh);
    }

    if (status != FIN_OK) {
        ngx_http_finance_job_end(job, status, NULL);
        return;
    }

    lookup->record.fresh_ms =
          ngx_http_finance_fresh_until(lookup->record.fetched_ms, fresh);
    lookup->record.data = lookup->data.data;
    lookup->record.len = lookup->data.len;

    fin_record_write(&lookup->out, &lookup->record);

    status = fin_out_status(&lookup->out);
    if (status != FIN_OK) {
        ngx_http_finance_job_end(job, status, NULL);
        return;
    }

    ngx_http_finance_record_store(job, "ref",
                                  job->ticker[0] ? job->ticker : "market",
                                  &lookup->record);

    ngx_http_finance_job_end(job, FIN_OK,
                             ngx_http_finance_blob_take(&lookup->out));
}


static fin_status_t
ngx_http_finance_lookup_reference(ngx_http_finance_job_t *job, time_t *fresh)
{
    fin_status_t                status;
    fin_in_error_t              err;
    ngx_http_finance_lookup_t  *lookup;

    lookup = job->state;
    status = lookup->fetch.op.status;

    if (status == FIN_OK) {
        status = fin_in_reference(lookup->fetch.body
                                  ? (char *) lookup->fetch.body : "",
                                  lookup->fetch.len, &err);

        if (status != FIN_OK && status != FIN_E_NOT_FOUND) {
            ngx_http_finance_lookup_refused(job, &err);
            return status;
        }
    }

    if (status != FIN_OK && status != FIN_E_NOT_FOUND) {
        return status;
    }

    fin_record_known_write(&lookup->data, status == FIN_OK);

    *fresh = job->conf->reference_fresh;

    if (status == FIN_E_NOT_FOUND) {
        *fresh = ngx_min(*fresh, NGX_HTTP_FINANCE_UNKNOWN_FRESH);
    }

    return fin_out_status(&lookup->data);
}


static fin_status_t
ngx_http_finance_lookup_market(ngx_http_finance_job_t *job, time_t *fresh)
{
    int64_t                     server_time;
    fin_status_t                status;
    fin_session_t               session;
    fin_in_error_t              err;
    ngx_http_finance_lookup_t  *lookup;

    lookup = job->state;

    if (lookup->fetch.op.status != FIN_OK) {
        return lookup->fetch.op.status;
    }

    status = fin_in_market_status(lookup->fetch.body
                                  ? (char *) lookup->fetch.body : "",
                                  lookup->fetch.len, &session, &server_time,
                                  &err);
    if (status != FIN_OK) {
        ngx_http_finance_lookup_refused(job, &err);
        return status;
    }

    fin_out_object(&lookup->data);
    fin_out_kstring(&lookup->data, "status", fin_session_name(session));
    fin_out_kinstant(&lookup->data, "as_of", lookup->record.fetched_at);
    fin_out_object_end(&lookup->data);

    *fresh = job->conf->stock_fresh;

    return fin_out_status(&lookup->data);
}


static void
ngx_http_finance_lookup_refused(ngx_http_finance_job_t *job,
    fin_in_error_t *err)
{
    ngx_log_error(NGX_LOG_ERR, job->task.log, 0,
                  "finance: %s answer refused: %s %s",
                  ngx_http_finance_job_kind(job->kind), err->field, err->text);
}


static void
ngx_http_finance_lookup_release(ngx_http_finance_job_t *job)
{
    ngx_http_finance_lookup_t  *lookup;

    lookup = job->state;

    free(lookup->fetch.body);
    lookup->fetch.body = NULL;

    fin_out_free(&lookup->data);
    fin_out_free(&lookup->out);
}

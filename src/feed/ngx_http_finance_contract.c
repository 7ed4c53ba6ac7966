/*
 * The small jobs of what owners hold: contracts outside the parts of a chain
 * that a stock is made of, and the price of a stock whose bars failed.  One
 * call, one value in the cache.
 */


#include "ngx_http_finance_refresh.h"
#include "../codec/fin_contracts_cache.h"
#include "../codec/fin_holdings.h"
#include "../codec/fin_key.h"


#define NGX_HTTP_FINANCE_CONTRACTS_MAX  (1024 * 1024)   /* bytes, packed */


typedef struct {
    ngx_http_finance_fetch_t   fetch;
    int64_t                    fetched_at;
    int64_t                    fetched_ms;
    fin_out_t                  out;
} ngx_http_finance_contract_t;


static fin_status_t ngx_http_finance_contract_request(
    ngx_http_finance_job_t *job, fin_request_t *req);
static void ngx_http_finance_contract_resume(ngx_http_finance_task_t *task);
static fin_status_t ngx_http_finance_contract_pack(
    ngx_http_finance_job_t *job);
static fin_status_t ngx_http_finance_contract_prev(
    ngx_http_finance_job_t *job);
static void ngx_http_finance_contract_refused(ngx_http_finance_job_t *job,
    fin_in_error_t *err);
static void ngx_http_finance_contract_release(ngx_http_finance_job_t *job);


void
ngx_http_finance_contract_start(ngx_http_finance_job_t *job)
{
    fin_status_t                  status;
    fin_request_t                 req;
    ngx_http_finance_contract_t  *c;

    c = ngx_pcalloc(job->request->pool, sizeof(ngx_http_finance_contract_t));
    if (c == NULL) {
        ngx_http_finance_job_end(job, FIN_E_NOMEM, NULL);
        return;
    }

    fin_out_init(&c->out, NGX_HTTP_FINANCE_CONTRACTS_MAX);

    c->fetched_at = ngx_http_finance_clock(job->request);
    c->fetched_ms = ngx_http_finance_now();

    job->state = c;
    job->release = ngx_http_finance_contract_release;
    job->task.resume = ngx_http_finance_contract_resume;

    status = ngx_http_finance_contract_request(job, &req);

    if (status != FIN_OK) {
        ngx_http_finance_job_end(job, status, NULL);
        return;
    }

    ngx_http_finance_refresh_get(job, &c->fetch, &req, job->conf->timeout);
}


/* a contract by its name, or some of one strike */

static fin_status_t
ngx_http_finance_contract_request(ngx_http_finance_job_t *job,
    fin_request_t *req)
{
    char        *name;
    fin_need_t   need;
    fin_part_t   part;

    if (job->kind == NGX_HTTP_FINANCE_JOB_PREV) {
        fin_request_prev(req, job->ticker);
        return FIN_OK;
    }

    name = (char *) job->name.data;

    if (fin_contract_valid(name, job->name.len)) {
        fin_request_contract(req, job->ticker, name);
        return FIN_OK;
    }

    if (fin_need_read(name, &need) != FIN_OK) {
        return FIN_E_INTERNAL;
    }

    part.type = need.type;
    part.from = need.from;
    part.to = need.to;
    part.strike_min = need.strike;
    part.strike_max = need.strike;

    fin_request_chain(req, job->ticker, &part, "");

    return FIN_OK;
}


static void
ngx_http_finance_contract_resume(ngx_http_finance_task_t *task)
{
    fin_status_t                  status;
    ngx_http_finance_job_t       *job;
    ngx_http_finance_contract_t  *c;

    job = task->data;
    c = job->state;

    if (ngx_http_finance_op_running(&c->fetch.op)) {
        return;
    }

    job->retry_after = c->fetch.retry_after;

    status = job->kind == NGX_HTTP_FINANCE_JOB_PREV
             ? ngx_http_finance_contract_prev(job)
             : ngx_http_finance_contract_pack(job);

    ngx_http_finance_job_end(job, status,
                             status == FIN_OK
                             ? ngx_http_finance_blob_take(&c->out) : NULL);
}


/* a contract that the market does not know is remembered as none */

static fin_status_t
ngx_http_finance_contract_pack(ngx_http_finance_job_t *job)
{
    char                          key[FIN_KEY_MAX];
    char                          cursor[FIN_CURSOR_MAX + 1];
    fin_chain_t                   chain;
    fin_status_t                  status;
    fin_in_error_t                err;
    fin_contracts_head_t          head;
    ngx_http_finance_contract_t  *c;

    c = job->state;
    status = c->fetch.op.status;
    fin_chain_init(&chain);

    if (status == FIN_OK) {
        status = fin_in_chain(c->fetch.body ? (char *) c->fetch.body : "",
                              c->fetch.len, &chain, cursor, &err);

        if (status != FIN_OK && status != FIN_E_NOT_FOUND) {
            ngx_http_finance_contract_refused(job, &err);
        }
    }

    if (status == FIN_OK || status == FIN_E_NOT_FOUND) {
        head.fetched_at = c->fetched_at;
        head.fetched_ms = c->fetched_ms;
        head.fresh_ms = ngx_http_finance_fresh_until(c->fetched_ms,
                                             job->conf->options_fresh);

        status = fin_contracts_pack(&c->out, &head, &chain);
    }

    fin_chain_free(&chain);

    if (status == FIN_OK
        && fin_key_contract(key, job->ticker, (char *) job->name.data))
    {
        ngx_http_finance_cache_store(job, key, &c->out,
                                     job->conf->options_fresh);
    }

    return status;
}


/* the close of the session before, as a record */

static fin_status_t
ngx_http_finance_contract_prev(ngx_http_finance_job_t *job)
{
    fin_out_t                     data;
    fin_bars_t                    bars;
    fin_record_t                  record;
    fin_status_t                  status;
    fin_in_error_t                err;
    ngx_http_finance_contract_t  *c;

    c = job->state;

    if (c->fetch.op.status != FIN_OK) {
        return c->fetch.op.status == FIN_E_NOT_FOUND ? FIN_E_NO_DATA
                                                     : c->fetch.op.status;
    }

    status = fin_in_bars(c->fetch.body ? (char *) c->fetch.body : "",
                         c->fetch.len, &bars, &err);

    if (status != FIN_OK) {
        if (status != FIN_E_NO_DATA) {
            ngx_http_finance_contract_refused(job, &err);
        }

        return status;
    }

    fin_out_init(&data, 256);
    fin_record_amount_write(&data, bars.bar[bars.n - 1].c);
    fin_bars_free(&bars);

    record.fetched_at = c->fetched_at;
    record.fetched_ms = c->fetched_ms;
    record.fresh_ms = ngx_http_finance_fresh_until(c->fetched_ms,
                                                   job->conf->stock_fresh);
    record.data = data.data;
    record.len = data.len;

    status = fin_out_status(&data);

    if (status == FIN_OK) {
        fin_record_write(&c->out, &record);
        status = fin_out_status(&c->out);
    }

    if (status == FIN_OK) {
        ngx_http_finance_record_store(job, "prev", job->ticker, &record);
    }

    fin_out_free(&data);

    return status;
}


static void
ngx_http_finance_contract_refused(ngx_http_finance_job_t *job,
    fin_in_error_t *err)
{
    ngx_log_error(NGX_LOG_ERR, job->task.log, 0,
                  "finance: %s%s%V of %s refused: %s %s",
                  ngx_http_finance_job_kind(job->kind),
                  job->name.len ? " " : "", &job->name, job->ticker, err->field, err->text);
}


static void
ngx_http_finance_contract_release(ngx_http_finance_job_t *job)
{
    ngx_http_finance_contract_t  *c;

    c = job->state;

    free(c->fetch.body);
    c->fetch.body = NULL;

    fin_out_free(&c->out);
}

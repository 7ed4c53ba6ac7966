/*
 * The jobs that make a stock, its bars or its whole chain: bars first (they
 * give the price and so the strikes to ask for), then the chain's parts
 * together, then the computation, then the cache.
 */


#include "ngx_http_finance_job_budget.h"
#include "ngx_http_finance_near.h"
#include "ngx_http_finance_refresh.h"
#include "ngx_http_finance_shelf.h"
#include "../core/fin_session.h"
#include "../core/fin_time.h"


#define NGX_HTTP_FINANCE_BARS_DAYS     730
#define NGX_HTTP_FINANCE_RETRY_SOON    30       /* seconds */


enum {
    NGX_HTTP_FINANCE_REFRESH_KNOWN = 0,
    NGX_HTTP_FINANCE_REFRESH_BARS,
    NGX_HTTP_FINANCE_REFRESH_PARSE,
    NGX_HTTP_FINANCE_REFRESH_CHAIN,
    NGX_HTTP_FINANCE_REFRESH_OLDER,
    NGX_HTTP_FINANCE_REFRESH_FACTS,
    NGX_HTTP_FINANCE_REFRESH_BUILD
};


/* the bars' answer on its way through a work */
typedef struct {
    u_char          *body;
    size_t           len;
    fin_build_t     *build;
    fin_in_error_t   error;
} ngx_http_finance_refresh_bars_t;


static void ngx_http_finance_refresh_resume(ngx_http_finance_task_t *task);
static fin_status_t ngx_http_finance_refresh_late(
    ngx_http_finance_job_t *job);
static fin_status_t ngx_http_finance_refresh_run(ngx_http_finance_job_t *job,
    ngx_int_t *rc);
static void ngx_http_finance_refresh_bars(ngx_http_finance_job_t *job,
    fin_date_t to);
static fin_status_t ngx_http_finance_refresh_bars_done(
    ngx_http_finance_job_t *job);
static fin_status_t ngx_http_finance_refresh_ask(ngx_http_finance_job_t *job);
static fin_date_t ngx_http_finance_session_before(fin_date_t date);
static fin_status_t ngx_http_finance_refresh_chain_done(
    ngx_http_finance_job_t *job);
static fin_status_t ngx_http_finance_refresh_facts(
    ngx_http_finance_job_t *job);
static fin_status_t ngx_http_finance_refresh_built(
    ngx_http_finance_job_t *job, ngx_int_t *rc);
static fin_status_t ngx_http_finance_refresh_parse(
    ngx_http_finance_job_t *job);
static void ngx_http_finance_refresh_parse_run(void *data);
static void ngx_http_finance_refresh_parse_free(void *data);
static fin_status_t ngx_http_finance_refresh_parsed(
    ngx_http_finance_job_t *job);
static fin_status_t ngx_http_finance_refresh_build(
    ngx_http_finance_job_t *job);
static int64_t ngx_http_finance_refresh_still(ngx_http_finance_job_t *job);
static void ngx_http_finance_refresh_build_free(void *data);
static void ngx_http_finance_refresh_finish(ngx_http_finance_job_t *job);
static void ngx_http_finance_refresh_shelve(ngx_http_finance_job_t *job,
    fin_build_t *b);
static void ngx_http_finance_refresh_release(ngx_http_finance_job_t *job);


void
ngx_http_finance_refresh_start(ngx_http_finance_job_t *job)
{
    fin_build_t                 *b;
    ngx_http_finance_refresh_t  *refresh;

    refresh = ngx_pcalloc(job->request->pool,
                          sizeof(ngx_http_finance_refresh_t));
    b = fin_build_create(job->ticker);

    if (refresh == NULL || b == NULL) {
        fin_build_free(b);
        ngx_http_finance_job_end(job, FIN_E_NOMEM, NULL);
        return;
    }

    b->rate = job->conf->rate;
    b->rules = job->conf->rules;
    b->fetched_at = ngx_http_finance_clock(job->request);
    b->fetched_ms = ngx_http_finance_now();
    b->today = fin_ny_date(b->fetched_at);

    refresh->build = b;

    job->state = refresh;
    job->release = ngx_http_finance_refresh_release;
    job->task.resume = ngx_http_finance_refresh_resume;
    job->task.step = NGX_HTTP_FINANCE_REFRESH_KNOWN;

    ngx_http_finance_refresh_known_start(job);
}


static void
ngx_http_finance_refresh_resume(ngx_http_finance_task_t *task)
{
    ngx_int_t                rc;
    fin_status_t             status;
    ngx_http_finance_job_t  *job;

    job = task->data;
    rc = NGX_AGAIN;

    /* once the bars are there, a stock is made of what came in time */

    status = (task->expired && task->step < NGX_HTTP_FINANCE_REFRESH_CHAIN)
             ? ngx_http_finance_refresh_late(job)
             : ngx_http_finance_refresh_run(job, &rc);

    if (status != FIN_OK) {
        ngx_http_finance_job_end(job, status, NULL);
        return;
    }

    if (rc == NGX_OK) {
        ngx_http_finance_refresh_finish(job);
    }
}


static fin_status_t
ngx_http_finance_refresh_late(ngx_http_finance_job_t *job)
{
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    return ngx_http_finance_job_late(job, &refresh->fetch);
}


/* a failure ends the job; *rc: NGX_AGAIN waits, NGX_OK is done */

static fin_status_t
ngx_http_finance_refresh_run(ngx_http_finance_job_t *job, ngx_int_t *rc)
{
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    switch (job->task.step) {

    case NGX_HTTP_FINANCE_REFRESH_KNOWN:
        return ngx_http_finance_op_running(&refresh->redis.op)
               ? FIN_OK : ngx_http_finance_refresh_ask(job);

    case NGX_HTTP_FINANCE_REFRESH_BARS:
        return ngx_http_finance_refresh_bars_done(job);

    case NGX_HTTP_FINANCE_REFRESH_PARSE:
        if (ngx_http_finance_op_running(&refresh->work.op)) {
            return FIN_OK;
        }

        return ngx_http_finance_refresh_parsed(job);

    case NGX_HTTP_FINANCE_REFRESH_CHAIN:
        if (ngx_http_finance_gather_run(&refresh->gather) == NGX_AGAIN) {
            return FIN_OK;
        }

        return ngx_http_finance_refresh_chain_done(job);

    case NGX_HTTP_FINANCE_REFRESH_OLDER:
        if (ngx_http_finance_op_running(&refresh->redis.op)) {
            return FIN_OK;
        }

        refresh->older = ngx_http_finance_refresh_older(job);

        return ngx_http_finance_refresh_facts(job);

    case NGX_HTTP_FINANCE_REFRESH_FACTS:
        return ngx_http_finance_refresh_facts(job);

    default: /* NGX_HTTP_FINANCE_REFRESH_BUILD */
        return ngx_http_finance_refresh_built(job, rc);
    }
}


/* what Redis knows is read: now the market */

static fin_status_t
ngx_http_finance_refresh_ask(ngx_http_finance_job_t *job)
{
    fin_date_t                   today;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;
    today = refresh->build->today;

    ngx_http_finance_refresh_known_read(job);

    if (refresh->unknown) {
        return FIN_E_NO_DATA;
    }

    job->task.step = NGX_HTTP_FINANCE_REFRESH_BARS;

    if (ngx_http_finance_plan_denied(job->conf, NGX_HTTP_FINANCE_PLAN_TODAY)) {
        refresh->bars_asked_again = 1;
        today = ngx_http_finance_session_before(today);
    }

    ngx_http_finance_refresh_bars(job, today);

    if (job->kind != NGX_HTTP_FINANCE_JOB_BARS) {
        ngx_http_finance_refresh_facts_start(job);
    }

    return FIN_OK;
}


/* weekends only: on a holiday the last bar is simply older */

static fin_date_t
ngx_http_finance_session_before(fin_date_t date)
{
    do {
        date--;
    } while (fin_date_weekday(date) == 0 || fin_date_weekday(date) == 6);

    return date;
}


static fin_status_t
ngx_http_finance_refresh_chain_done(ngx_http_finance_job_t *job)
{
    fin_status_t                 status;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    status = ngx_http_finance_refresh_parts_merge(refresh);

    if (status != FIN_OK) {
        return status;
    }

    if (refresh->build->options == FIN_OPTIONS_UNAVAILABLE) {
        job->task.step = NGX_HTTP_FINANCE_REFRESH_OLDER;
        ngx_http_finance_refresh_older_start(job);
        return FIN_OK;
    }

    return ngx_http_finance_refresh_facts(job);
}


static fin_status_t
ngx_http_finance_refresh_facts(ngx_http_finance_job_t *job)
{
    job->task.step = NGX_HTTP_FINANCE_REFRESH_FACTS;

    if (ngx_http_finance_refresh_facts_run(job) == NGX_AGAIN) {
        return FIN_OK;
    }

    return ngx_http_finance_refresh_build(job);
}


static fin_status_t
ngx_http_finance_refresh_built(ngx_http_finance_job_t *job, ngx_int_t *rc)
{
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    if (ngx_http_finance_op_running(&refresh->work.op)) {
        return FIN_OK;
    }

    if (refresh->work.op.status != FIN_OK) {
        return refresh->work.op.status;
    }

    refresh->build = refresh->work.data;
    refresh->work.data = NULL;
    *rc = NGX_OK;

    return refresh->build->status;
}


static void
ngx_http_finance_refresh_bars(ngx_http_finance_job_t *job, fin_date_t to)
{
    fin_request_t                req;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    fin_request_bars(&req, job->ticker,
                     refresh->build->today - NGX_HTTP_FINANCE_BARS_DAYS, to);

    ngx_http_finance_refresh_get(job, &refresh->fetch, &req,
                                 job->conf->timeout);
}


static fin_status_t
ngx_http_finance_refresh_bars_done(ngx_http_finance_job_t *job)
{
    fin_status_t                 status;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    if (ngx_http_finance_op_running(&refresh->fetch.op)) {
        return FIN_OK;
    }

    status = refresh->fetch.op.status;
    job->retry_after = refresh->fetch.retry_after;

    if (!refresh->bars_asked_again) {
        ngx_http_finance_plan_note(job->conf, NGX_HTTP_FINANCE_PLAN_TODAY,
                                   status, job->request->pool,
                                   job->task.log);

        if (status == FIN_E_NOT_ENTITLED) {

            /* a free plan before the day's end: up to the session before */

            refresh->bars_asked_again = 1;
            ngx_http_finance_refresh_bars(job,
                  ngx_http_finance_session_before(refresh->build->today));

            return FIN_OK;
        }
    }

    if (status == FIN_E_NOT_FOUND) {
        return FIN_E_NO_DATA;
    }

    if (status != FIN_OK) {
        return status;
    }

    return ngx_http_finance_refresh_parse(job);
}


static fin_status_t
ngx_http_finance_refresh_parse(ngx_http_finance_job_t *job)
{
    ngx_http_finance_refresh_t       *refresh;
    ngx_http_finance_refresh_bars_t  *bars;

    refresh = job->state;

    bars = calloc(1, sizeof(ngx_http_finance_refresh_bars_t));
    if (bars == NULL) {
        return FIN_E_NOMEM;
    }

    bars->body = refresh->fetch.body;
    bars->len = refresh->fetch.len;
    bars->build = refresh->build;

    refresh->fetch.body = NULL;
    refresh->build = NULL;

    job->task.step = NGX_HTTP_FINANCE_REFRESH_PARSE;

    if (ngx_http_finance_work_start(&refresh->work, &job->task,
                                    job->conf->threads,
                                    ngx_http_finance_refresh_parse_run,
                                    ngx_http_finance_refresh_parse_free,
                                    bars, job->conf->timeout)
        != NGX_OK)
    {
        return FIN_E_NOMEM;
    }

    return FIN_OK;
}


/* on a thread */

static void
ngx_http_finance_refresh_parse_run(void *data)
{
    fin_build_t                      *b;
    ngx_http_finance_refresh_bars_t  *bars;

    bars = data;
    b = bars->build;

    b->status = fin_in_bars(bars->body ? (char *) bars->body : "", bars->len,
                            &b->bars, &bars->error);

    free(bars->body);
    bars->body = NULL;

    if (b->status == FIN_OK) {
        fin_build_plan(b);
    }
}


static void
ngx_http_finance_refresh_parse_free(void *data)
{
    ngx_http_finance_refresh_bars_t  *bars = data;

    fin_build_free(bars->build);
    free(bars->body);
    free(bars);
}


static fin_status_t
ngx_http_finance_refresh_parsed(ngx_http_finance_job_t *job)
{
    fin_build_t                      *b;
    ngx_http_finance_refresh_t       *refresh;
    ngx_http_finance_refresh_bars_t  *bars;

    refresh = job->state;

    if (refresh->work.op.status != FIN_OK) {
        return refresh->work.op.status;
    }

    bars = refresh->work.data;
    refresh->work.data = NULL;

    b = bars->build;
    refresh->build = b;
    bars->build = NULL;

    if (b->status != FIN_OK && b->status != FIN_E_NO_DATA) {
        ngx_log_error(NGX_LOG_ERR, job->task.log, 0,
                      "finance: bars of %s refused: %s %s",
                      job->ticker, bars->error.field, bars->error.text);
    }

    ngx_http_finance_refresh_parse_free(bars);

    if (b->status != FIN_OK) {
        return b->status;
    }

    if (job->kind == NGX_HTTP_FINANCE_JOB_BARS) {
        return ngx_http_finance_refresh_build(job);
    }

    if (job->kind == NGX_HTTP_FINANCE_JOB_CHAIN) {
        b->n_parts = 0;
    }

    if (ngx_http_finance_plan_denied(job->conf,
                                     NGX_HTTP_FINANCE_PLAN_OPTIONS))
    {
        b->options = FIN_OPTIONS_NOT_ENTITLED;
        ngx_http_finance_job_saved(job, FIN_PARTS_MAX);
        return ngx_http_finance_refresh_facts(job);
    }

    if (ngx_http_finance_refresh_parts_init(job) != NGX_OK) {
        return FIN_E_NOMEM;
    }

    job->task.step = NGX_HTTP_FINANCE_REFRESH_CHAIN;

    return ngx_http_finance_gather_run(&refresh->gather) == NGX_AGAIN
           ? FIN_OK : FIN_E_INTERNAL;
}


static fin_status_t
ngx_http_finance_refresh_build(ngx_http_finance_job_t *job)
{
    time_t                        fresh;
    fin_build_t                  *b;
    ngx_http_finance_refresh_t   *refresh;
    ngx_http_finance_work_run_pt  run;

    refresh = job->state;
    b = refresh->build;

    if (refresh->older) {
        /* that the chain failed was logged */
        job->told = 1;
        return refresh->chain_status;
    }

    fresh = job->conf->stock_fresh;
    run = (ngx_http_finance_work_run_pt) fin_build_stock;

    if (job->kind == NGX_HTTP_FINANCE_JOB_BARS) {
        run = (ngx_http_finance_work_run_pt) fin_build_bars;

    } else if (job->kind == NGX_HTTP_FINANCE_JOB_CHAIN) {
        fresh = job->conf->options_fresh;
        run = (ngx_http_finance_work_run_pt) fin_build_chain;
    }

    if (b->options == FIN_OPTIONS_UNAVAILABLE) {
        fresh = ngx_min(fresh, NGX_HTTP_FINANCE_RETRY_SOON);
    }

    b->fresh_ms = ngx_http_finance_fresh_until(b->fetched_ms, fresh);

    if (b->options != FIN_OPTIONS_UNAVAILABLE) {
        b->fresh_ms = ngx_max(b->fresh_ms,
                              ngx_http_finance_refresh_still(job));
    }

    refresh->build = NULL;
    job->task.step = NGX_HTTP_FINANCE_REFRESH_BUILD;

    if (ngx_http_finance_work_start(&refresh->work, &job->task,
                                    job->conf->threads, run,
                                    ngx_http_finance_refresh_build_free, b,
                                    job->conf->timeout)
        != NGX_OK)
    {
        return FIN_E_NOMEM;
    }

    return FIN_OK;
}


/* while the market is closed nothing changes: until when, ms of real time */

static int64_t
ngx_http_finance_refresh_still(ngx_http_finance_job_t *job)
{
    int64_t       until;
    ngx_str_t     closed;
    fin_build_t  *b;
    fin_record_t  record;

    b = ((ngx_http_finance_refresh_t *) job->state)->build;
    ngx_str_set(&closed, "\"status\":\"closed\"");

    if (job->conf->session_len == 0
        || fin_record_read((char *) job->conf->session, job->conf->session_len,
                           &record)
           != FIN_OK
        || record.fresh_ms <= b->fetched_ms
        || ngx_strlcasestrn((u_char *) record.data,
                            (u_char *) record.data + record.len,
                            closed.data, closed.len - 1)
           == NULL)
    {
        return 0;
    }

    until = fin_session_still(record.fetched_at, b->stock.last_bar);

    /* the answers' clock may be a fixed one */

    return until ? until - b->fetched_at + b->fetched_ms : 0;
}


static void
ngx_http_finance_refresh_build_free(void *data)
{
    fin_build_free(data);
}


static void
ngx_http_finance_refresh_finish(ngx_http_finance_job_t *job)
{
    fin_build_t                 *b;
    ngx_http_finance_blob_t     *blob;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;
    b = refresh->build;

    ngx_http_finance_refresh_store(job, b);

    blob = ngx_http_finance_blob_take(&b->out);

    if (blob && job->kind == NGX_HTTP_FINANCE_JOB_STOCK) {
        ngx_http_finance_near_put(job->conf->redis, job->ticker, blob);
    }

    if (blob && job->want_book) {
        ngx_http_finance_refresh_shelve(job, b);
    }

    ngx_http_finance_job_end(job, blob ? FIN_OK : FIN_E_NOMEM, blob);
}


/* those who wait for the book need not unpack what is here already */

static void
ngx_http_finance_refresh_shelve(ngx_http_finance_job_t *job, fin_build_t *b)
{
    fin_book_t  *book;

    book = fin_build_take_book(b);

    if (book) {
        ngx_http_finance_shelf_release(
            ngx_http_finance_shelf_put(job->conf->redis, job->ticker, book));
    }
}


static void
ngx_http_finance_refresh_release(ngx_http_finance_job_t *job)
{
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    ngx_http_finance_refresh_parts_free(refresh);
    ngx_http_finance_refresh_facts_free(refresh);
    ngx_http_finance_work_release(&refresh->work);
    fin_build_free(refresh->build);
    free(refresh->fetch.body);

    refresh->build = NULL;
    refresh->fetch.body = NULL;
}

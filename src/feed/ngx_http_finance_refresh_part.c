/* One part of a chain: fetch a page, parse it, follow its cursor. */


#include "ngx_http_finance_refresh.h"
#include "../codec/fin_snapshot.h"


enum {
    NGX_HTTP_FINANCE_PART_NEXT = 0,
    NGX_HTTP_FINANCE_PART_FETCH,
    NGX_HTTP_FINANCE_PART_PARSE
};


/* a page on its way through a work */
typedef struct {
    u_char          *body;
    size_t           len;
    fin_chain_t      chain;
    fin_status_t     status;
    fin_in_error_t   error;
    char             cursor[FIN_CURSOR_MAX + 1];
} ngx_http_finance_page_t;


static ngx_int_t ngx_http_finance_part_fail(
    ngx_http_finance_refresh_part_t *p, fin_status_t status);
static ngx_int_t ngx_http_finance_part_drop(
    ngx_http_finance_refresh_part_t *p);
static void ngx_http_finance_part_fetch(ngx_http_finance_refresh_part_t *p);
static ngx_int_t ngx_http_finance_part_parse(
    ngx_http_finance_refresh_part_t *p);
static ngx_int_t ngx_http_finance_part_parsed(
    ngx_http_finance_refresh_part_t *p);
static ngx_int_t ngx_http_finance_part_more(
    ngx_http_finance_refresh_part_t *p);
static void ngx_http_finance_page_run(void *data);
static void ngx_http_finance_page_free(void *data);


ngx_int_t
ngx_http_finance_refresh_parts_init(ngx_http_finance_job_t *job)
{
    ngx_uint_t                   i, n;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;
    n = refresh->build->n_parts ? refresh->build->n_parts : 1;

    refresh->part = ngx_pcalloc(job->request->pool,
                                n * sizeof(ngx_http_finance_refresh_part_t));
    if (refresh->part == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        refresh->part[i].job = job;
        fin_chain_init(&refresh->part[i].chain);

        if (refresh->build->n_parts) {
            refresh->part[i].part = &refresh->build->part[i];
        }
    }

    refresh->n_parts = n;
    job->turn.together = 1;     /* a chain is used whole or not at all */

    return ngx_http_finance_gather_init(&refresh->gather, job->request->pool,
                                        n, 0,
                                        ngx_http_finance_refresh_part_step,
                                        refresh);
}


ngx_int_t
ngx_http_finance_refresh_part_step(void *data, ngx_uint_t i)
{
    ngx_http_finance_refresh_t       *refresh = data;
    ngx_http_finance_refresh_part_t  *p = &refresh->part[i];

    if (refresh->lost && p->step != NGX_HTTP_FINANCE_PART_PARSE) {
        return ngx_http_finance_part_drop(p);
    }

    switch (p->step) {

    case NGX_HTTP_FINANCE_PART_NEXT:
        ngx_http_finance_part_fetch(p);
        return NGX_AGAIN;

    case NGX_HTTP_FINANCE_PART_FETCH:
        if (ngx_http_finance_op_running(&p->fetch.op)) {
            return NGX_AGAIN;
        }

        return ngx_http_finance_part_parse(p);

    default: /* NGX_HTTP_FINANCE_PART_PARSE */
        if (ngx_http_finance_op_running(&p->work.op)) {
            return NGX_AGAIN;
        }

        return ngx_http_finance_part_parsed(p);
    }
}


/*
 * A chain is used whole or not at all: figures from a part of what was asked
 * for would look right and be wrong.
 */

fin_status_t
ngx_http_finance_refresh_parts_merge(ngx_http_finance_refresh_t *refresh)
{
    size_t        k;
    ngx_uint_t    i;
    fin_build_t  *b;
    fin_option_t *o;

    b = refresh->build;
    b->options = FIN_OPTIONS_OK;

    for (i = 0; i < refresh->n_parts; i++) {

        if (refresh->part[i].status == FIN_E_NOT_ENTITLED) {
            b->options = FIN_OPTIONS_NOT_ENTITLED;
            return FIN_OK;
        }

        if (refresh->part[i].status != FIN_OK
            && refresh->part[i].status != FIN_E_NOT_FOUND)
        {
            if (refresh->part[i].part == NULL) {
                /* the chain is all that was asked for: an older one will do */
                refresh->part[i].job->retry_after =
                                          refresh->part[i].fetch.retry_after;
                return refresh->part[i].status;
            }

            b->options = FIN_OPTIONS_UNAVAILABLE;

            if (refresh->chain_status == FIN_OK
                && refresh->part[i].status != FIN_E_CANCELLED)
            {
                refresh->chain_status = refresh->part[i].status;
            }
        }
    }

    if (b->options != FIN_OPTIONS_OK) {
        return FIN_OK;
    }

    for (i = 0; i < refresh->n_parts; i++) {

        b->truncated |= refresh->part[i].truncated;

        for (k = 0; k < refresh->part[i].chain.n; k++) {

            o = fin_chain_push(&b->chain);
            if (o == NULL) {
                return FIN_E_NOMEM;
            }

            *o = refresh->part[i].chain.opt[k];
        }

        fin_chain_free(&refresh->part[i].chain);
    }

    if (b->chain.n == 0) {
        b->options = FIN_OPTIONS_NONE;
    }

    return FIN_OK;
}


void
ngx_http_finance_refresh_parts_free(ngx_http_finance_refresh_t *refresh)
{
    ngx_uint_t  i;

    for (i = 0; i < refresh->n_parts; i++) {
        fin_chain_free(&refresh->part[i].chain);
        ngx_http_finance_work_release(&refresh->part[i].work);
        free(refresh->part[i].fetch.body);
        refresh->part[i].fetch.body = NULL;
    }

    refresh->n_parts = 0;
}


void
ngx_http_finance_refresh_get(ngx_http_finance_job_t *job,
    ngx_http_finance_fetch_t *fetch, const fin_request_t *req,
    ngx_msec_t timeout)
{
    ngx_http_finance_refresh_try(job, fetch, req, timeout, &job->conf->retry);
}


void
ngx_http_finance_refresh_try(ngx_http_finance_job_t *job,
    ngx_http_finance_fetch_t *fetch, const fin_request_t *req,
    ngx_msec_t timeout, const fin_retry_t *retry)
{
    u_char      *p;
    ngx_str_t    uri, args;
    ngx_str_t   *market;

    market = &job->conf->market;

    p = ngx_pnalloc(job->request->pool,
                    market->len + req->path_len + req->args_len);

    if (p == NULL) {
        ngx_memzero(fetch, sizeof(ngx_http_finance_fetch_t));
        ngx_http_finance_op_init(&fetch->op, &job->task, "fetch", NULL);
        ngx_http_finance_op_start(&fetch->op, timeout);
        ngx_http_finance_op_complete(&fetch->op, FIN_E_NOMEM);
        return;
    }

    uri.data = p;
    p = ngx_cpymem(p, market->data, market->len);
    p = ngx_cpymem(p, req->path, req->path_len);
    uri.len = p - uri.data;

    args.data = p;
    args.len = req->args_len;
    ngx_memcpy(p, req->args, req->args_len);

    ngx_http_finance_fetch_start(fetch, &job->task, &uri, &args, timeout,
                                 retry);
    fetch->turn = &job->turn;
    fetch->resource = req->kind;
}


static ngx_int_t
ngx_http_finance_part_fail(ngx_http_finance_refresh_part_t *p,
    fin_status_t status)
{
    ngx_uint_t                   level;
    ngx_http_finance_refresh_t  *refresh;

    refresh = p->job->state;

    p->status = status;
    p->job->retry_after = p->fetch.retry_after;
    fin_chain_free(&p->chain);

    if (status != FIN_E_NOT_FOUND && !refresh->lost) {
        refresh->lost = 1;
        ngx_http_finance_task_wake(&p->job->task);
    }

    /* the parts fail alike: one line for all */

    if (refresh->chain_reported) {
        return NGX_ERROR;
    }

    refresh->chain_reported = 1;
    level = NGX_LOG_WARN;

    if (status == FIN_E_NOT_ENTITLED || status == FIN_E_NOT_FOUND
        || status == FIN_E_BUDGET)
    {
        level = NGX_LOG_INFO;
    }

    ngx_log_error(level, p->job->task.log, 0,
                  "finance: chain of %s failed: %s (%s)", p->job->ticker,
                  fin_status_detail(status), fin_status_name(status));

    return NGX_ERROR;
}


/* without another part this one is of no use: no further call, no attempt */

static ngx_int_t
ngx_http_finance_part_drop(ngx_http_finance_refresh_part_t *p)
{
    ngx_http_finance_op_cancel(&p->fetch.op);

    p->status = FIN_E_CANCELLED;
    fin_chain_free(&p->chain);

    return NGX_ERROR;
}


static void
ngx_http_finance_part_fetch(ngx_http_finance_refresh_part_t *p)
{
    fin_request_t  req;

    fin_request_chain(&req, p->job->ticker, p->part, p->cursor);
    ngx_http_finance_refresh_get(p->job, &p->fetch, &req,
                                 p->job->conf->timeout);

    p->pages++;
    p->step = NGX_HTTP_FINANCE_PART_FETCH;
}


static ngx_int_t
ngx_http_finance_part_parse(ngx_http_finance_refresh_part_t *p)
{
    ngx_http_finance_page_t  *page;

    ngx_http_finance_plan_note(p->job->conf, NGX_HTTP_FINANCE_PLAN_OPTIONS,
                               p->fetch.op.status, p->job->request->pool,
                               p->job->task.log);

    if (p->fetch.op.status != FIN_OK) {
        return ngx_http_finance_part_fail(p, p->fetch.op.status);
    }

    page = calloc(1, sizeof(ngx_http_finance_page_t));
    if (page == NULL) {
        return ngx_http_finance_part_fail(p, FIN_E_NOMEM);
    }

    page->body = p->fetch.body;
    page->len = p->fetch.len;
    page->chain = p->chain;

    p->fetch.body = NULL;
    fin_chain_init(&p->chain);

    p->step = NGX_HTTP_FINANCE_PART_PARSE;

    if (ngx_http_finance_work_start(&p->work, &p->job->task,
                                    p->job->conf->threads,
                                    ngx_http_finance_page_run,
                                    ngx_http_finance_page_free, page,
                                    p->job->conf->timeout)
        != NGX_OK)
    {
        return ngx_http_finance_part_fail(p, FIN_E_NOMEM);
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_finance_part_parsed(ngx_http_finance_refresh_part_t *p)
{
    fin_status_t                 status;
    ngx_http_finance_page_t     *page;
    ngx_http_finance_refresh_t  *refresh;

    if (p->work.op.status != FIN_OK) {
        return ngx_http_finance_part_fail(p, p->work.op.status);
    }

    page = p->work.data;
    p->work.data = NULL;

    p->chain = page->chain;
    fin_chain_init(&page->chain);
    ngx_memcpy(p->cursor, page->cursor, sizeof(p->cursor));
    status = page->status;

    refresh = p->job->state;

    if (status != FIN_OK && !refresh->chain_reported) {
        refresh->chain_reported = 1;
            ngx_log_error(NGX_LOG_ERR, p->job->task.log, 0,
                      "finance: chain of %s refused: %s %s",
                      p->job->ticker, page->error.field, page->error.text);
    }

    ngx_http_finance_page_free(page);

    if (status != FIN_OK) {
        return ngx_http_finance_part_fail(p, status);
    }

    return ngx_http_finance_part_more(p);
}


/* the cursor of the next page: none, seen before, one too many, or on */

static ngx_int_t
ngx_http_finance_part_more(ngx_http_finance_refresh_part_t *p)
{
    uint64_t    hash;
    ngx_uint_t  i;

    if (p->cursor[0] == '\0') {
        return NGX_OK;
    }

    hash = fin_hash64(p->cursor, ngx_strlen(p->cursor), 0);

    for (i = 0; i + 1 < p->pages; i++) {
        if (p->seen[i] == hash) {
            p->truncated = 1;
            return NGX_OK;
        }
    }

    if (p->pages == NGX_HTTP_FINANCE_PAGES_MAX) {
        p->truncated = 1;
        return NGX_OK;
    }

    if (((ngx_http_finance_refresh_t *) p->job->state)->lost) {
        return ngx_http_finance_part_drop(p);
    }

    if (p->job->task.expired) {
        return ngx_http_finance_part_fail(p, FIN_E_TIMEOUT);
    }

    p->seen[p->pages - 1] = hash;

    ngx_http_finance_part_fetch(p);

    return NGX_AGAIN;
}


/* on a thread */

static void
ngx_http_finance_page_run(void *data)
{
    ngx_http_finance_page_t  *page = data;

    page->status = fin_in_chain(page->body ? (char *) page->body : "",
                                page->len, &page->chain, page->cursor,
                                &page->error);

    free(page->body);
    page->body = NULL;
}


static void
ngx_http_finance_page_free(void *data)
{
    ngx_http_finance_page_t  *page = data;

    fin_chain_free(&page->chain);
    free(page->body);
    free(page);
}

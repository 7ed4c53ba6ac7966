/*
 * How an event is made: as an answer to a request that nobody sent, by what
 * answers those of clients.
 */


#include "ngx_http_finance_stream_inside.h"
#include "../service/ngx_http_finance_position_out.h"
#include "../service/ngx_http_finance_stock_out.h"


/* bytes of an event */
#define NGX_HTTP_FINANCE_BUILD_MAX  (4 * 1024 * 1024)


typedef struct {
    ngx_http_finance_call_t         call;       /* first */
    ngx_http_finance_notice_t      *notice;
} ngx_http_finance_build_t;


/* A stock as those see it who hold nothing of it. */
typedef struct {
    ngx_http_finance_stocks_t       stocks;
    ngx_http_finance_portfolio_t    nothing;
} ngx_http_finance_build_stock_t;


enum {
    NGX_HTTP_FINANCE_BUILD_READ = 0,
    NGX_HTTP_FINANCE_BUILD_VALUE
};


static ngx_http_finance_build_t *ngx_http_finance_build_create(
    ngx_http_finance_notice_t *notice);
static void ngx_http_finance_build_cleanup(void *data);
static void ngx_http_finance_build_none(ngx_http_finance_task_t *task);
static void ngx_http_finance_build_respond(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_build_frame(
    ngx_http_finance_notice_t *notice, ngx_chain_t *cl);
static u_char *ngx_http_finance_build_log(void *data, u_char *buf,
    size_t len);
static void ngx_http_finance_build_stock(ngx_http_finance_call_t *call);
static void ngx_http_finance_build_stock_run(ngx_http_finance_task_t *task);
static void ngx_http_finance_build_owner(ngx_http_finance_call_t *call);
static void ngx_http_finance_build_owner_run(ngx_http_finance_task_t *task);
static ngx_int_t ngx_http_finance_build_taken(ngx_http_finance_call_t *call);
static void ngx_http_finance_build_watchlist(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_build_found(ngx_http_finance_call_t *call);
static void ngx_http_finance_build_position(ngx_http_finance_call_t *call,
    ngx_http_finance_lot_t *lot, const char *ticker);
static void ngx_http_finance_build_done(ngx_http_finance_call_t *call,
    fin_out_t *out);


ngx_int_t
ngx_http_finance_build_start(ngx_http_finance_notice_t *notice)
{
    ngx_http_finance_call_t   *call;
    ngx_http_finance_build_t  *build;

    build = ngx_http_finance_build_create(notice);
    if (build == NULL) {
        return NGX_ERROR;
    }

    call = &build->call;

    if (notice->load || notice->event.kind != FIN_EVENT_STOCK) {
        ngx_http_finance_build_owner(call);

    } else if (notice->audience) {
        ngx_http_finance_stock(call);

    } else {
        ngx_http_finance_build_stock(call);
    }

    return NGX_OK;
}


static ngx_http_finance_build_t *
ngx_http_finance_build_create(ngx_http_finance_notice_t *notice)
{
    ngx_http_cleanup_t        *cln;
    ngx_http_request_t        *r;
    ngx_http_finance_call_t   *call;
    ngx_http_finance_build_t  *build;

    r = ngx_http_finance_detached_create(&notice->hub->place);
    if (r == NULL) {
        return NULL;
    }

    build = ngx_pcalloc(r->pool, sizeof(ngx_http_finance_build_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (build == NULL || cln == NULL) {
        ngx_http_finance_detached_close(r);
        return NULL;
    }

    ngx_http_finance_detached_name(r, ngx_http_finance_build_log, notice);

    build->notice = notice;
    call = &build->call;

    call->request = r;
    call->conf = notice->hub->conf;
    call->status = NGX_HTTP_OK;
    call->last_out = &call->out;
    call->max_age = -1;
    call->retry_after = -1;
    call->respond = ngx_http_finance_build_respond;

    if (notice->audience) {
        call->owner = notice->audience->node.str;
    }

    call->arg.data = (u_char *) notice->event.ticker;
    call->arg.len = ngx_strlen(notice->event.ticker);

    ngx_http_finance_task_init(&call->task, r, r->connection->log,
                               ngx_http_finance_build_none, call, 0);

    cln->handler = ngx_http_finance_build_cleanup;
    cln->data = build;

    notice->request = r;

    return build;
}


/* also when nginx closes it for us: then nothing was made */

static void
ngx_http_finance_build_cleanup(void *data)
{
    ngx_http_finance_build_t   *build = data;
    ngx_http_finance_notice_t  *notice;

    ngx_http_finance_task_end(&build->call.task);

    notice = build->notice;

    if (notice) {
        build->notice = NULL;
        notice->request = NULL;
        ngx_http_finance_notice_failed(notice);
    }
}


static void
ngx_http_finance_build_none(ngx_http_finance_task_t *task)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, task->log, 0,
                   "finance resume before a service");
}


static void
ngx_http_finance_build_respond(ngx_http_finance_call_t *call)
{
    ngx_int_t                   rc;
    ngx_http_finance_build_t   *build;
    ngx_http_finance_notice_t  *notice;

    build = (ngx_http_finance_build_t *) call;
    notice = build->notice;

    rc = NGX_OK;

    if (call->status >= NGX_HTTP_INTERNAL_SERVER_ERROR) {
        rc = NGX_ERROR;

    } else if (call->status == NGX_HTTP_OK && !notice->load && call->out) {
        rc = ngx_http_finance_build_frame(notice, call->out);
    }

    build->notice = NULL;
    notice->request = NULL;

    ngx_http_finance_task_end(&call->task);
    ngx_http_finance_detached_close(call->request);

    if (rc == NGX_OK) {
        ngx_http_finance_notice_ready(notice);

    } else {
        ngx_http_finance_notice_failed(notice);
    }
}


static ngx_int_t
ngx_http_finance_build_frame(ngx_http_finance_notice_t *notice,
    ngx_chain_t *cl)
{
    fin_out_t  out;

    static const char  *names[] = { "stock", "watchlist", "position" };

    fin_out_init(&out, NGX_HTTP_FINANCE_BUILD_MAX);
    fin_event_begin(&out, &notice->id, names[notice->event.kind]);

    for ( /* void */ ; cl; cl = cl->next) {
        fin_event_data(&out, (char *) cl->buf->pos,
                       cl->buf->last - cl->buf->pos);
    }

    fin_event_end(&out);

    if (fin_out_status(&out) != FIN_OK) {
        fin_out_free(&out);
        return NGX_ERROR;
    }

    notice->bytes.data = (u_char *) out.data;
    notice->bytes.len = out.len;

    return NGX_OK;
}


static u_char *
ngx_http_finance_build_log(void *data, u_char *buf, size_t len)
{
    ngx_http_finance_notice_t  *notice = data;

    return ngx_snprintf(buf, len, " while making event %uL-%uL",
                        notice->id.ms, notice->id.seq);
}


static void
ngx_http_finance_build_stock(ngx_http_finance_call_t *call)
{
    ngx_http_finance_build_stock_t  *b;

    b = ngx_pcalloc(call->request->pool,
                    sizeof(ngx_http_finance_build_stock_t));
    if (b == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = b;
    call->task.resume = ngx_http_finance_build_stock_run;

    if (ngx_http_finance_stocks_start(&b->stocks, &call->task, call->conf,
                                      &call->arg, 1, 0, 0)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static void
ngx_http_finance_build_stock_run(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t         *call;
    ngx_http_finance_stock_t        *st;
    ngx_http_finance_build_stock_t  *b;

    call = task->data;
    b = call->state;

    if (ngx_http_finance_stocks_run(&b->stocks) != NGX_OK) {
        return;
    }

    st = &b->stocks.stock[0];

    if (!st->has) {
        ngx_http_finance_call_fail_job(call, st->status,
                                       st->join.retry_after);
        return;
    }

    if (ngx_http_finance_stock_out(call, st, &b->nothing) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


static void
ngx_http_finance_build_owner(ngx_http_finance_call_t *call)
{
    ngx_http_finance_portfolio_t  *p;

    p = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_portfolio_t));
    if (p == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = p;
    call->task.resume = ngx_http_finance_build_owner_run;

    if (ngx_http_finance_portfolio_read(p, call, &call->owner, 1) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static void
ngx_http_finance_build_owner_run(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t       *call;
    ngx_http_finance_notice_t     *notice;
    ngx_http_finance_portfolio_t  *p;

    call = task->data;
    p = call->state;
    notice = ((ngx_http_finance_build_t *) call)->notice;

    if (task->step == NGX_HTTP_FINANCE_BUILD_READ
        && (ngx_http_finance_op_running(&p->redis.op)
            || ngx_http_finance_build_taken(call) != NGX_OK))
    {
        return;
    }

    if (ngx_http_finance_portfolio_run(p) == NGX_OK) {
        ngx_http_finance_build_position(call,
               ngx_http_finance_portfolio_find(p, notice->event.position),
               NULL);
    }
}


/* NGX_OK: a position is being valued; NGX_ERROR: the call was ended */

static ngx_int_t
ngx_http_finance_build_taken(ngx_http_finance_call_t *call)
{
    char                           ticker[FIN_TICKER_MAX + 1];
    const char                    *had;
    fin_status_t                   status;
    ngx_http_finance_notice_t     *notice;
    ngx_http_finance_audience_t   *a;
    ngx_http_finance_portfolio_t  *p;

    p = call->state;
    notice = ((ngx_http_finance_build_t *) call)->notice;
    a = notice->audience;

    status = ngx_http_finance_portfolio_take(p);

    if (status == FIN_OK
        && p->redis.reply[1].type != NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        status = FIN_E_REDIS;
    }

    if (status != FIN_OK) {
        ngx_http_finance_call_fail_status(call, status);
        return NGX_ERROR;
    }

    had = ngx_http_finance_audience_ticker(a, notice->event.position);

    if (had) {
        (void) ngx_cpystrn((u_char *) ticker, (u_char *) had, sizeof(ticker));
    }

    /* an older entry, which is made for one who comes back, is no news */

    if (a->loading == notice
        && ngx_http_finance_audience_know(a, p) != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    if (notice->load) {
        ngx_http_finance_call_done(call);
        return NGX_ERROR;
    }

    if (notice->event.kind == FIN_EVENT_WATCHLIST) {

        if (a->loading == notice && a->same) {
            ngx_http_finance_call_done(call);

        } else {
            ngx_http_finance_build_watchlist(call);
        }

        return NGX_ERROR;
    }

    if (notice->event.op == FIN_EVENT_REMOVED) {

        if (ngx_http_finance_portfolio_find(p, notice->event.position)
            || (had == NULL && a->loading == notice && !a->resumed))
        {
            /* it was not: somebody came first, or there was none */
            ngx_http_finance_call_done(call);
            return NGX_ERROR;
        }

        ngx_http_finance_build_position(call, NULL, had ? ticker : NULL);
        return NGX_ERROR;
    }

    return ngx_http_finance_build_found(call);
}


static void
ngx_http_finance_build_watchlist(ngx_http_finance_call_t *call)
{
    fin_out_t                        out;
    ngx_uint_t                       i;
    ngx_http_finance_portfolio_t    *p;
    ngx_http_finance_redis_reply_t  *r;

    p = call->state;
    r = &p->redis.reply[1];

    fin_out_init(&out, NGX_HTTP_FINANCE_BUILD_MAX);
    fin_out_array(&out);

    for (i = 0; i < r->n; i++) {
        fin_out_string(&out, (char *) r->element[i].str.data,
                       r->element[i].str.len);
    }

    fin_out_array_end(&out);
    ngx_http_finance_build_done(call, &out);
}


/* what was written may be gone again: of that another entry tells */

static ngx_int_t
ngx_http_finance_build_found(ngx_http_finance_call_t *call)
{
    ngx_http_finance_lot_t        *lot;
    ngx_http_finance_notice_t     *notice;
    ngx_http_finance_portfolio_t  *p;

    p = call->state;
    notice = ((ngx_http_finance_build_t *) call)->notice;

    lot = ngx_http_finance_portfolio_find(p, notice->event.position);

    if (lot == NULL) {
        ngx_http_finance_call_done(call);
        return NGX_ERROR;
    }

    call->task.step = NGX_HTTP_FINANCE_BUILD_VALUE;

    if (ngx_http_finance_portfolio_value(p, NULL, lot->position.ticker)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_finance_build_position(ngx_http_finance_call_t *call,
    ngx_http_finance_lot_t *lot, const char *ticker)
{
    fin_out_t                   out;
    ngx_http_finance_notice_t  *notice;

    notice = ((ngx_http_finance_build_t *) call)->notice;

    if (lot) {
        ticker = lot->position.ticker;
    }

    fin_out_init(&out, NGX_HTTP_FINANCE_BUILD_MAX);

    fin_out_object(&out);
    fin_out_kstring(&out, "id", notice->event.position);
    fin_out_kstring(&out, "ticker", ticker);
    fin_out_kstring(&out, "op", fin_event_op_name(notice->event.op));
    fin_out_key(&out, "position");

    if (lot == NULL) {
        fin_out_null(&out);

    } else if (ngx_http_finance_position_out(&out, lot) != NGX_OK) {
        fin_out_free(&out);
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    fin_out_object_end(&out);
    ngx_http_finance_build_done(call, &out);
}


static void
ngx_http_finance_build_done(ngx_http_finance_call_t *call, fin_out_t *out)
{
    if (ngx_http_finance_call_add_out(call, out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}

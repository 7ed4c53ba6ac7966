/* GET dashboard: the watchlist's snapshots joined, each with its own fate. */


#include "ngx_http_finance_owners.h"
#include "ngx_http_finance_stock_out.h"
#include "../codec/fin_key.h"
#include "../feed/ngx_http_finance_datum.h"


#define NGX_HTTP_FINANCE_TICKERS_MAX  500       /* of one dashboard */


enum {
    NGX_HTTP_FINANCE_DASHBOARD_WATCHLIST = 0,
    NGX_HTTP_FINANCE_DASHBOARD_STOCKS,
    NGX_HTTP_FINANCE_DASHBOARD_POSITIONS
};


typedef struct {
    ngx_http_finance_portfolio_t     portfolio;
    ngx_http_finance_stocks_t        stocks;
    int                              force;
    unsigned                         taken:1;
} ngx_http_finance_dashboard_t;


static ngx_int_t ngx_http_finance_dashboard_query(
    ngx_http_finance_call_t *call, ngx_str_t **tickers, ngx_uint_t *n);
static ngx_int_t ngx_http_finance_dashboard_list(
    ngx_http_finance_call_t *call, fin_query_t *query, ngx_str_t **tickers,
    ngx_uint_t *n);
static void ngx_http_finance_dashboard_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_dashboard_listed(ngx_http_finance_call_t *call);
static void ngx_http_finance_dashboard_load(ngx_http_finance_call_t *call,
    ngx_str_t *tickers, ngx_uint_t n);
static void ngx_http_finance_dashboard_respond(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_dashboard_stocks(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_dashboard_tail(
    ngx_http_finance_call_t *call);


void
ngx_http_finance_dashboard(ngx_http_finance_call_t *call)
{
    ngx_uint_t                     n;
    ngx_str_t                     *tickers;
    ngx_http_finance_dashboard_t  *d;

    d = ngx_pcalloc(call->request->pool,
                    sizeof(ngx_http_finance_dashboard_t));
    if (d == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = d;
    call->task.resume = ngx_http_finance_dashboard_resume;

    tickers = NULL;
    n = 0;

    if (ngx_http_finance_dashboard_query(call, &tickers, &n) != NGX_OK) {
        return;
    }

    if (ngx_http_finance_portfolio_read(&d->portfolio, call, &call->owner,
                                        tickers == NULL)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (tickers) {
        ngx_http_finance_dashboard_load(call, tickers, n);
    }
}


/* NGX_ERROR: the call was ended */

static ngx_int_t
ngx_http_finance_dashboard_query(ngx_http_finance_call_t *call,
    ngx_str_t **tickers, ngx_uint_t *n)
{
    fin_query_t                    query;
    fin_problems_t                 problems;
    ngx_http_finance_dashboard_t  *d;

    d = call->state;

    query.data = (char *) call->request->args.data;
    query.len = call->request->args.len;
    fin_problems_init(&problems);

    if (fin_query_bool(&query, "force_refresh", &d->force, &problems)
        == FIN_E_VALUE)
    {
        ngx_http_finance_call_fail_problems(call, &problems);
        return NGX_ERROR;
    }

    return ngx_http_finance_dashboard_list(call, &query, tickers, n);
}


static ngx_int_t
ngx_http_finance_dashboard_list(ngx_http_finance_call_t *call,
    fin_query_t *query, ngx_str_t **tickers, ngx_uint_t *n)
{
    ngx_uint_t         i;
    fin_status_t       status;
    fin_ticker_list_t  list;

    if (query->len == 0) {
        return NGX_OK;
    }

    list.max = NGX_HTTP_FINANCE_TICKERS_MAX;
    list.n = 0;
    list.ticker = ngx_palloc(call->request->pool,
                             list.max * (FIN_TICKER_MAX + 1));
    if (list.ticker == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    status = fin_query_tickers(query, "tickers", &list);

    if (status == FIN_E_NO_DATA || (status == FIN_OK && list.n == 0)) {
        return NGX_OK;
    }

    if (status != FIN_OK) {
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   status == FIN_E_TOO_BIG
                                   ? "Too many tickers" : "Invalid ticker");
        return NGX_ERROR;
    }

    *tickers = ngx_palloc(call->request->pool, list.n * sizeof(ngx_str_t));
    if (*tickers == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    for (i = 0; i < list.n; i++) {
        (*tickers)[i].data = (u_char *) list.ticker[i];
        (*tickers)[i].len = ngx_strlen(list.ticker[i]);
    }

    *n = list.n;

    return NGX_OK;
}


static void
ngx_http_finance_dashboard_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t       *call;
    ngx_http_finance_dashboard_t  *d;

    call = task->data;
    d = call->state;

    if (ngx_http_finance_op_running(&d->portfolio.redis.op)) {
        return;
    }

    switch (task->step) {

    case NGX_HTTP_FINANCE_DASHBOARD_WATCHLIST:
        ngx_http_finance_dashboard_listed(call);
        return;

    case NGX_HTTP_FINANCE_DASHBOARD_STOCKS:
        if (!d->taken) {
            d->taken = 1;
            (void) ngx_http_finance_portfolio_take(&d->portfolio);
            ngx_http_finance_portfolio_mark(&d->portfolio, &d->stocks);
        }

        if (ngx_http_finance_stocks_run(&d->stocks) != NGX_OK) {
            return;
        }

        task->step = NGX_HTTP_FINANCE_DASHBOARD_POSITIONS;

        if (ngx_http_finance_portfolio_value(&d->portfolio, &d->stocks, NULL)
            != NGX_OK)
        {
            ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
            return;
        }

        /* fall through */

    default: /* NGX_HTTP_FINANCE_DASHBOARD_POSITIONS */
        if (ngx_http_finance_portfolio_run(&d->portfolio) == NGX_OK) {
            ngx_http_finance_dashboard_respond(call);
        }
    }
}


static void
ngx_http_finance_dashboard_listed(ngx_http_finance_call_t *call)
{
    ngx_uint_t                       i, n;
    ngx_str_t                       *tickers;
    ngx_http_finance_dashboard_t    *d;
    ngx_http_finance_redis_reply_t  *r;

    d = call->state;

    if (d->portfolio.redis.op.status != FIN_OK
        || d->portfolio.redis.reply[1].type != NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return;
    }

    r = &d->portfolio.redis.reply[1];

    tickers = ngx_palloc(call->request->pool,
                         (r->n + 1) * sizeof(ngx_str_t));
    if (tickers == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    n = 0;

    for (i = 0; i < r->n && n < NGX_HTTP_FINANCE_TICKERS_MAX; i++) {
        if (fin_ticker_valid((char *) r->element[i].str.data,
                             r->element[i].str.len))
        {
            tickers[n++] = r->element[i].str;
        }
    }

    if (n) {
        ngx_http_finance_owner_seen(call, 0);
    }

    ngx_http_finance_dashboard_load(call, tickers, n);
}


static void
ngx_http_finance_dashboard_load(ngx_http_finance_call_t *call,
    ngx_str_t *tickers, ngx_uint_t n)
{
    ngx_http_finance_dashboard_t  *d;

    d = call->state;
    call->task.step = NGX_HTTP_FINANCE_DASHBOARD_STOCKS;

    if (ngx_http_finance_stocks_start(&d->stocks, &call->task, call->conf,
                                      tickers, n, d->force, 1)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static void
ngx_http_finance_dashboard_respond(ngx_http_finance_call_t *call)
{
    static const char  begin[] = "{\"stocks\":[";

    if (ngx_http_finance_call_add(call, begin, sizeof(begin) - 1) != NGX_OK
        || ngx_http_finance_dashboard_stocks(call) != NGX_OK
        || ngx_http_finance_dashboard_tail(call) != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->has_etag = 1;
    call->has_complete = 1;

    ngx_http_finance_call_done(call);
}


static ngx_int_t
ngx_http_finance_dashboard_stocks(ngx_http_finance_call_t *call)
{
    ngx_uint_t                     i, n;
    ngx_http_finance_stock_t      *st;
    ngx_http_finance_dashboard_t  *d;

    d = call->state;

    n = 0;
    call->complete = 1;

    for (i = 0; i < d->stocks.n; i++) {
        st = &d->stocks.stock[i];

        if (!st->has
            && ngx_http_finance_stock_bare(call, st, &d->portfolio) != NGX_OK)
        {
            call->complete = 0;
            call->account.partial = 1;
            continue;
        }

        if (st->bare || !ngx_http_finance_stock_whole(st, &d->portfolio)) {
            call->complete = 0;
            call->account.partial = 1;
        }

        if (st->stale) {
            call->complete = 0;
        }

        if (n++ && ngx_http_finance_call_add(call, ",", 1) != NGX_OK) {
            return NGX_ERROR;
        }

        if (ngx_http_finance_stock_out(call, st, &d->portfolio) != NGX_OK) {
            return NGX_ERROR;
        }

        call->etag = ngx_http_finance_stock_etag(st, &d->portfolio,
                                                 call->etag);
    }

    /* what the owner writes shows at once, and to no other at this browser */
    call->max_age = 0;

    return NGX_OK;
}


/* "errors", "timestamp", "last_refresh", "market" */

static ngx_int_t
ngx_http_finance_dashboard_tail(ngx_http_finance_call_t *call)
{
    size_t                         content;
    int64_t                        oldest;
    fin_out_t                      out;
    ngx_uint_t                     i;
    ngx_http_finance_stock_t      *st;
    ngx_http_finance_dashboard_t  *d;

    d = call->state;
    oldest = INT64_MAX;

    fin_out_init(&out, 256 * 1024);
    fin_out_text(&out, "],\"errors\":[");

    for (i = 0; i < d->stocks.n; i++) {
        st = &d->stocks.stock[i];

        if (st->has) {
            oldest = ngx_min(oldest, st->snapshot.fetched_at);
            continue;
        }

        call->account.errors++;

        fin_out_object(&out);
        fin_out_kstring(&out, "ticker", st->ticker);
        fin_out_kstring(&out, "detail", fin_status_detail(st->status));
        fin_out_kint(&out, "status", fin_status_http(st->status));
        fin_out_object_end(&out);
    }

    fin_out_text(&out, "],\"last_refresh\":");

    if (oldest == INT64_MAX) {
        fin_out_text(&out, "null");

    } else {
        out.comma = 0;
        fin_out_instant(&out, oldest);
    }

    fin_out_text(&out, ",\"market\":");

    if (d->stocks.market.len) {
        fin_out_raw(&out, d->stocks.market.data, d->stocks.market.len);

    } else {
        fin_out_text(&out, "{\"status\":\"unknown\",\"as_of\":null}");
    }

    /* all but the timestamp is content */

    content = out.len;

    if (fin_out_status(&out) == FIN_OK) {
        call->etag = fin_hash64(out.data, content, call->etag);
    }

    fin_out_text(&out, ",\"timestamp\":");
    out.comma = 0;
    fin_out_instant(&out, ngx_http_finance_clock(call->request));
    fin_out_text(&out, "}");

    return ngx_http_finance_call_add_out(call, &out);
}

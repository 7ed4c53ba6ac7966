/* GET stocks/{ticker} and stocks/{ticker}/signals. */


#include "ngx_http_finance_stock_out.h"
#include "../codec/fin_key.h"
#include "../codec/fin_record.h"
#include "../core/fin_time.h"
#include "../feed/ngx_http_finance_datum.h"


enum {
    NGX_HTTP_FINANCE_STOCK_LOAD = 0,
    NGX_HTTP_FINANCE_STOCK_POSITIONS,
    NGX_HTTP_FINANCE_STOCK_REFERENCE
};


typedef struct {
    char                           ticker[FIN_TICKER_MAX + 1];
    ngx_http_finance_stocks_t      stocks;
    ngx_http_finance_portfolio_t   portfolio;
    ngx_http_finance_datum_t       reference;
    unsigned                       taken:1;
    unsigned                       signals:1;
} ngx_http_finance_one_t;


static void ngx_http_finance_one(ngx_http_finance_call_t *call,
    ngx_uint_t signals);
static void ngx_http_finance_one_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_one_loaded(ngx_http_finance_call_t *call);
static void ngx_http_finance_one_reference(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_signals_out(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p);


void
ngx_http_finance_stock(ngx_http_finance_call_t *call)
{
    ngx_http_finance_one(call, 0);
}


void
ngx_http_finance_signals(ngx_http_finance_call_t *call)
{
    ngx_http_finance_one(call, 1);
}


static void
ngx_http_finance_one(ngx_http_finance_call_t *call, ngx_uint_t signals)
{
    int                      force;
    ngx_str_t                ticker;
    fin_query_t              query;
    fin_problems_t           problems;
    ngx_http_finance_one_t  *one;

    one = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_one_t));
    if (one == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (ngx_http_finance_call_ticker(call, one->ticker) != NGX_OK) {
        return;
    }

    force = 0;
    query.data = (char *) call->request->args.data;
    query.len = call->request->args.len;
    fin_problems_init(&problems);

    if (fin_query_bool(&query, "force_refresh", &force, &problems)
        == FIN_E_VALUE)
    {
        ngx_http_finance_call_fail_problems(call, &problems);
        return;
    }

    one->signals = signals;
    call->state = one;
    call->task.resume = ngx_http_finance_one_resume;

    ticker.data = (u_char *) one->ticker;
    ticker.len = ngx_strlen(one->ticker);

    if (ngx_http_finance_stocks_start(&one->stocks, &call->task, call->conf,
                                      &ticker, 1, force, 0)
        != NGX_OK
        || ngx_http_finance_portfolio_read(&one->portfolio, call,
                                           &call->owner, 0)
           != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static void
ngx_http_finance_one_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_one_t   *one;
    ngx_http_finance_call_t  *call;

    call = task->data;
    one = call->state;

    if (ngx_http_finance_op_running(&one->portfolio.redis.op)) {
        return;
    }

    switch (task->step) {

    case NGX_HTTP_FINANCE_STOCK_LOAD:
        if (!one->taken) {
            one->taken = 1;
            (void) ngx_http_finance_portfolio_take(&one->portfolio);
            ngx_http_finance_portfolio_mark(&one->portfolio, &one->stocks);
        }

        if (ngx_http_finance_stocks_run(&one->stocks) != NGX_OK) {
            return;
        }

        task->step = NGX_HTTP_FINANCE_STOCK_POSITIONS;

        if (ngx_http_finance_portfolio_value(&one->portfolio, &one->stocks,
                                             NULL)
            != NGX_OK)
        {
            ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
            return;
        }

        /* fall through */

    case NGX_HTTP_FINANCE_STOCK_POSITIONS:
        if (ngx_http_finance_portfolio_run(&one->portfolio) == NGX_OK) {
            ngx_http_finance_one_loaded(call);
        }

        return;

    default: /* NGX_HTTP_FINANCE_STOCK_REFERENCE */
        if (ngx_http_finance_datum_run(&one->reference) == NGX_OK) {
            ngx_http_finance_one_reference(call);
        }
    }
}


static void
ngx_http_finance_one_loaded(ngx_http_finance_call_t *call)
{
    ngx_int_t                  rc;
    ngx_http_finance_one_t    *one;
    ngx_http_finance_stock_t  *st;

    one = call->state;
    st = &one->stocks.stock[0];

    if (!st->has) {
        (void) ngx_http_finance_stock_bare(call, st, &one->portfolio);
    }

    if (!st->has && st->status == FIN_E_NO_DATA) {

        /* no such ticker (400), or one without a bar (404)? */

        call->task.step = NGX_HTTP_FINANCE_STOCK_REFERENCE;

        if (ngx_http_finance_datum_start(&one->reference, &call->task,
                                         call->conf,
                                         NGX_HTTP_FINANCE_JOB_REFERENCE,
                                         one->ticker, NULL,
                                         ngx_http_finance_record_fresh)
            != NGX_OK)
        {
            ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        }

        return;
    }

    if (!st->has) {
        ngx_http_finance_call_fail_job(call, st->status,
                                       st->join.retry_after);
        return;
    }

    if (st->bare || !ngx_http_finance_stock_whole(st, &one->portfolio)) {
        call->account.partial = 1;
    }

    rc = one->signals ? ngx_http_finance_signals_out(call, st,
                                                     &one->portfolio)
                      : ngx_http_finance_stock_out(call, st,
                                                   &one->portfolio);

    if (rc != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->etag = ngx_http_finance_stock_etag(st, &one->portfolio,
                                             one->signals);
    call->has_etag = 1;
    call->max_age = 0;      /* the owner's positions are in it */

    ngx_http_finance_call_done(call);
}


static void
ngx_http_finance_one_reference(ngx_http_finance_call_t *call)
{
    fin_record_t             record;
    ngx_http_finance_one_t  *one;

    one = call->state;

    if (one->reference.has
        && fin_record_read((char *) one->reference.data.data,
                           one->reference.data.len, &record)
           == FIN_OK
        && !fin_record_known(&record))
    {
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Invalid ticker");
        return;
    }

    ngx_http_finance_call_fail_status(call, FIN_E_NO_DATA);
}


static ngx_int_t
ngx_http_finance_signals_out(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p)
{
    size_t                       n;
    u_char                      *data, *last;
    fin_cut_t                    cut;
    fin_snapshot_t              *s;
    ngx_http_finance_holding_t  *h;

    s = &st->snapshot;
    h = ngx_http_finance_portfolio_holding(p, st->ticker);

    /* two of the four look at what the owner holds */

    cut = h && h->has ? FIN_CUT_OWNER_SIGNALS : FIN_CUT_POSITIONS;
    n = s->cut[cut] - s->cut[FIN_CUT_SIGNALS];

    data = ngx_pnalloc(call->request->pool,
                       sizeof("{\"ticker\":\"\",}") + FIN_TICKER_MAX + n
                       + (h && h->has ? h->signals : 0));
    if (data == NULL) {
        return NGX_ERROR;
    }

    last = ngx_sprintf(data, "{\"ticker\":\"%s\",", st->ticker);
    last = ngx_cpymem(last, s->data + s->cut[FIN_CUT_SIGNALS], n);

    if (h && h->has) {
        last = ngx_cpymem(last, h->members.data, h->signals);
    }

    /* the comma before the positions */

    if (last[-1] == ',') {
        last--;
    }

    *last++ = '}';

    return ngx_http_finance_call_add(call, data, last - data);
}

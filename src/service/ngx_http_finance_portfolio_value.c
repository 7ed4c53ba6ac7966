/*
 * Valuing a portfolio: the market's data of each ticker, contracts outside
 * them, the computation.  See ngx_http_finance_portfolio.h.
 */


#include "ngx_http_finance_memo.h"
#include "ngx_http_finance_portfolio_work.h"
#include "../codec/fin_key.h"


static ngx_int_t ngx_http_finance_value_own(ngx_http_finance_portfolio_t *p,
    const char *ticker);
static void ngx_http_finance_value_loaded(ngx_http_finance_portfolio_t *p);
static ngx_int_t ngx_http_finance_value_ask(ngx_http_finance_portfolio_t *p);
static void ngx_http_finance_value_books(ngx_http_finance_portfolio_t *p);
static ngx_int_t ngx_http_finance_value_found(
    ngx_http_finance_portfolio_t *p);
static ngx_uint_t ngx_http_finance_value_wants_book(
    ngx_http_finance_holding_t *h);


ngx_int_t
ngx_http_finance_portfolio_value(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_stocks_t *stocks, const char *ticker)
{
    p->stocks = stocks;
    p->step = NGX_HTTP_FINANCE_VALUE_STOCKS;

    if (stocks == NULL) {
        return ngx_http_finance_value_own(p, ticker);
    }

    if (p->status == FIN_OK) {
        ngx_http_finance_value_loaded(p);

    } else {
        p->step = NGX_HTTP_FINANCE_VALUE_DONE;
    }

    return NGX_OK;
}


/* loads the stocks that the owner has positions in */

static ngx_int_t
ngx_http_finance_value_own(ngx_http_finance_portfolio_t *p,
    const char *ticker)
{
    ngx_int_t                    rc;
    ngx_str_t                   *tickers;
    ngx_uint_t                   i, n;
    ngx_http_finance_holding_t  *h;

    if (ngx_http_finance_portfolio_group(p) != NGX_OK) {
        return NGX_ERROR;
    }

    n = 0;

    tickers = ngx_palloc(p->call->request->pool,
                         (p->n_holdings + 1) * sizeof(ngx_str_t));
    if (tickers == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];

        if (ticker == NULL || ngx_strcmp(h->ticker, ticker) == 0) {
            tickers[n].data = (u_char *) h->ticker;
            tickers[n++].len = ngx_strlen(h->ticker);
        }
    }

    if (n == 0) {
        p->step = NGX_HTTP_FINANCE_VALUE_DONE;
        return NGX_OK;
    }

    p->stocks = &p->own;

    rc = ngx_http_finance_stocks_start(&p->own, &p->call->task,
                                       p->call->conf, tickers, n, 0, 0);
    if (rc == NGX_OK) {
        ngx_http_finance_portfolio_mark(p, &p->own);
    }

    return rc;
}


ngx_int_t
ngx_http_finance_portfolio_run(ngx_http_finance_portfolio_t *p)
{
    for ( ;; ) {

        if (p->step == NGX_HTTP_FINANCE_VALUE_DONE) {
            return NGX_OK;
        }

        if (p->step == NGX_HTTP_FINANCE_VALUE_STOCKS) {
            if (ngx_http_finance_stocks_run(&p->own) == NGX_AGAIN) {
                return NGX_AGAIN;
            }

            ngx_http_finance_value_loaded(p);
            continue;
        }

        if (p->step == NGX_HTTP_FINANCE_VALUE_NEEDS) {
            if (ngx_http_finance_value_needed(p) == NGX_AGAIN) {
                return NGX_AGAIN;
            }

            continue;
        }

        /* the steps before start several things, and wait for all of them */

        if (!ngx_http_finance_task_idle(&p->call->task)) {
            return NGX_AGAIN;
        }

        switch (p->step) {

        case NGX_HTTP_FINANCE_VALUE_BOOKS:
            ngx_http_finance_value_books(p);
            break;

        case NGX_HTTP_FINANCE_VALUE_MISSING:
            if (ngx_http_finance_value_found(p) == NGX_AGAIN) {
                return NGX_AGAIN;
            }

            break;

        default: /* NGX_HTTP_FINANCE_VALUE_WORK */
            ngx_http_finance_value_worked(p);
            break;
        }
    }
}


/* the stocks are there: their books, from this worker or from Redis */

static void
ngx_http_finance_value_loaded(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                   i;
    ngx_http_finance_stock_t    *st;
    ngx_http_finance_holding_t  *h;

    p->step = NGX_HTTP_FINANCE_VALUE_BOOKS;

    if (p->holding == NULL && ngx_http_finance_portfolio_group(p) != NGX_OK) {
        p->n_holdings = 0;
    }

    ngx_http_finance_portfolio_mark(p, p->stocks);

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];
        st = h->stock;

        if (st == NULL || !st->has
            || ngx_http_finance_memo_get(p, h) == NGX_OK)
        {
            continue;
        }

        h->book = ngx_http_finance_shelf_get(p->stocks->conf->redis,
                                             h->ticker,
                                             st->snapshot.fetched_ms);
    }

    if (ngx_http_finance_value_ask(p) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, p->call->task.log, 0,
                      "finance: no memory for valuing positions");
        p->step = NGX_HTTP_FINANCE_VALUE_DONE;
    }
}


/* one round trip for the books, and prices of stocks that have no snapshot */

static ngx_int_t
ngx_http_finance_value_ask(ngx_http_finance_portfolio_t *p)
{
    char                        (*key)[FIN_KEY_MAX];
    ngx_str_t                   *argv;
    ngx_uint_t                   i, n;
    ngx_pool_t                  *pool;
    ngx_http_finance_holding_t  *h;

    n = 1;
    pool = p->call->request->pool;

    argv = ngx_palloc(pool, (p->n_holdings + 1) * sizeof(ngx_str_t));
    key = ngx_pnalloc(pool, (p->n_holdings + 1) * sizeof(*key));

    if (argv == NULL || key == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "MGET");

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];

        if (h->stock && !h->stock->has) {
            h->asked_prev = 1;

            if (ngx_http_finance_datum_start(&h->prev, &p->call->task,
                                             p->call->conf,
                                             NGX_HTTP_FINANCE_JOB_PREV,
                                             h->ticker, NULL,
                                             ngx_http_finance_record_fresh)
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }

        if (ngx_http_finance_value_wants_book(h)) {
            argv[n].data = (u_char *) key[n - 1];
            argv[n].len = fin_key_cache(key[n - 1], "book", h->ticker);
            n++;
        }
    }

    ngx_http_finance_redis_batch_init(&p->books, pool);

    if (n > 1) {
        if (ngx_http_finance_redis_add(&p->books, n, argv) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_finance_redis_start(&p->books, &p->call->task,
                                     p->call->conf->redis);
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_finance_value_wants_book(ngx_http_finance_holding_t *h)
{
    return ngx_http_finance_value_due(h) && h->stock->has && h->book == NULL
           && h->packed.data == NULL;
}


static void
ngx_http_finance_value_books(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                       i, k;
    ngx_http_finance_holding_t      *h;
    ngx_http_finance_redis_reply_t  *r;

    r = NULL;

    if (ngx_http_finance_op_done(&p->books.op) && p->books.op.status == FIN_OK
        && p->books.reply[0].type == NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        r = &p->books.reply[0];
    }

    k = 0;

    for (i = 0; r && i < p->n_holdings && k < r->n; i++) {
        h = &p->holding[i];

        if (!ngx_http_finance_value_wants_book(h)) {
            continue;
        }

        if (r->element[k].type == NGX_HTTP_FINANCE_REDIS_STRING
            && r->element[k].str.len)
        {
            h->packed = r->element[k].str;
        }

        k++;
    }

    ngx_http_finance_value_missing(p);
}


/* a book that nobody has (any more): the stock is made anew */

void
ngx_http_finance_value_missing(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                   i;
    ngx_http_finance_holding_t  *h;

    p->step = NGX_HTTP_FINANCE_VALUE_MISSING;

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];

        if (!ngx_http_finance_value_wants_book(h)) {
            continue;
        }

        h->asked = 1;
        ngx_http_finance_join_start(&h->join, &p->call->task, p->call->conf,
                                    NGX_HTTP_FINANCE_JOB_STOCK, h->ticker,
                                    NULL);
        if (h->join.job) {
            h->join.job->want_book = 1;
            h->join.job->force = 1;
        }
    }
}


static ngx_int_t
ngx_http_finance_value_found(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                   i;
    fin_record_t                 record;
    ngx_http_finance_holding_t  *h;

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];

        if (h->asked_prev
            && ngx_http_finance_datum_run(&h->prev) == NGX_AGAIN)
        {
            return NGX_AGAIN;
        }
    }

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];

        if (h->asked && h->book == NULL) {
            h->book = ngx_http_finance_shelf_get(p->call->conf->redis,
                                                 h->ticker, 0);
        }

        if (h->asked_prev && h->prev.has
            && fin_record_read((char *) h->prev.data.data, h->prev.data.len,
                               &record)
               == FIN_OK)
        {
            h->price = fin_record_amount(&record);
            h->price_at = record.fetched_at;
        }
    }

    if (ngx_http_finance_value_work(p) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, p->call->task.log, 0,
                      "finance: no memory for valuing positions");
        p->step = NGX_HTTP_FINANCE_VALUE_DONE;
        return NGX_OK;
    }

    return ngx_http_finance_task_idle(&p->call->task) ? NGX_OK : NGX_AGAIN;
}

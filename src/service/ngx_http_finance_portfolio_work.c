/* Valuing a portfolio: the computation and what it lacks.  See the headers. */


#include "ngx_http_finance_memo.h"
#include "ngx_http_finance_portfolio_work.h"
#include "../codec/fin_contracts_cache.h"
#include "../core/fin_time.h"


/* contracts, then the rolls that these call for, then without; those in which
 * the market was asked */
#define NGX_HTTP_FINANCE_ROUNDS_MAX  3


static ngx_int_t ngx_http_finance_value_fill(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, ngx_http_finance_valuation_t *v);
static ngx_int_t ngx_http_finance_value_start(
    ngx_http_finance_portfolio_t *p);
static void ngx_http_finance_value_shelve(ngx_http_finance_portfolio_t *p);
static ngx_uint_t ngx_http_finance_value_damaged(
    ngx_http_finance_portfolio_t *p);
static ngx_uint_t ngx_http_finance_value_lacks(
    ngx_http_finance_portfolio_t *p, ngx_http_finance_holding_t *h);
static ngx_int_t ngx_http_finance_value_need(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, fin_need_t *need);
static ngx_uint_t ngx_http_finance_value_extra(
    ngx_http_finance_portfolio_t *p, ngx_http_finance_holding_t *h);
static void ngx_http_finance_value_take(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h);
static int64_t ngx_http_finance_value_until(ngx_http_finance_holding_t *h);
static int64_t ngx_http_finance_contracts_fresh(const char *data, size_t len);


ngx_int_t
ngx_http_finance_value_work(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < p->n_holdings; i++) {
        if (ngx_http_finance_value_due(&p->holding[i])) {
            p->holding[i].index = n++;
        }
    }

    if (n == 0) {
        p->step = NGX_HTTP_FINANCE_VALUE_DONE;
        return NGX_OK;
    }

    p->values = ngx_http_finance_valuations_create(n, &p->call->conf->rules);
    if (p->values == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < p->n_holdings; i++) {
        if (ngx_http_finance_value_due(&p->holding[i])
            && ngx_http_finance_value_fill(p, &p->holding[i],
                                 &p->values->ticker[p->holding[i].index])
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_finance_value_start(p);
}


static ngx_int_t
ngx_http_finance_value_fill(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, ngx_http_finance_valuation_t *v)
{
    int64_t     now;
    ngx_uint_t  i;

    if (ngx_http_finance_valuation_positions(v, h->n) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < h->n; i++) {
        v->position[i] = h->lot[i]->position;
    }

    now = ngx_http_finance_clock(p->call->request);

    v->in.price = h->price;
    v->in.today = fin_ny_date(now);

    /* the figures are of that time: the same bytes until there are new ones */

    v->in.computed_at = h->stock->has ? h->stock->snapshot.fetched_at
                        : h->price_at ? h->price_at : now;

    if (h->book) {
        v->book = h->book;
        v->in.book = h->book->book;
        h->book = NULL;
        return NGX_OK;
    }

    return h->packed.len ? ngx_http_finance_valuation_packed(v, &h->packed)
                         : NGX_OK;
}


/* the work has the valuations until it is done, whatever becomes of us */

static ngx_int_t
ngx_http_finance_value_start(ngx_http_finance_portfolio_t *p)
{
    ngx_http_finance_valuations_t  *vs;

    vs = p->values;
    p->values = NULL;

    vs->last = ++p->rounds >= NGX_HTTP_FINANCE_ROUNDS_MAX;
    p->step = NGX_HTTP_FINANCE_VALUE_WORK;

    return ngx_http_finance_work_start(&p->work, &p->call->task,
                                       p->call->conf->threads,
                                       ngx_http_finance_valuations_run,
                                       ngx_http_finance_valuations_free, vs,
                                       p->call->conf->timeout);
}


void
ngx_http_finance_value_worked(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                     i, lacks;
    ngx_http_finance_valuation_t  *v;

    p->step = NGX_HTTP_FINANCE_VALUE_DONE;

    if (p->work.op.status != FIN_OK) {
        ngx_log_error(NGX_LOG_ERR, p->call->task.log, 0,
                      "finance: positions were not valued: %s",
                      fin_status_name(p->work.op.status));
        return;
    }

    p->values = p->work.data;
    p->work.data = NULL;
    lacks = 0;

    ngx_http_finance_value_shelve(p);

    if (ngx_http_finance_value_damaged(p)) {
        ngx_http_finance_value_missing(p);
        return;
    }

    for (i = 0; i < p->n_holdings; i++) {
        if (!ngx_http_finance_value_due(&p->holding[i])) {
            continue;
        }

        v = &p->values->ticker[p->holding[i].index];

        if (v->n_needs) {
            lacks |= ngx_http_finance_value_lacks(p, &p->holding[i]);
        }
    }

    if (lacks) {
        p->step = NGX_HTTP_FINANCE_VALUE_NEEDS;
        return;
    }

    for (i = 0; i < p->n_holdings; i++) {
        if (ngx_http_finance_value_due(&p->holding[i])) {
            ngx_http_finance_value_take(p, &p->holding[i]);
        }
    }
}


/* what was unpacked is for others, too */

static void
ngx_http_finance_value_shelve(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                     i;
    ngx_http_finance_valuation_t  *v;

    for (i = 0; i < p->n_holdings; i++) {
        if (!ngx_http_finance_value_due(&p->holding[i])) {
            continue;
        }

        v = &p->values->ticker[p->holding[i].index];

        if (v->unpacked) {
            v->book = ngx_http_finance_shelf_put(p->call->conf->redis,
                                                 p->holding[i].ticker,
                                                 v->unpacked);
            v->unpacked = NULL;
            v->in.book = v->book ? v->book->book : NULL;
        }
    }
}


/*
 * A book that could not be unpacked, as that of another version, is as good as
 * none: all is done again, with the other books as they are.
 */

static ngx_uint_t
ngx_http_finance_value_damaged(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                     i, n;
    ngx_http_finance_holding_t    *h;
    ngx_http_finance_valuation_t  *v;

    n = 0;

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];

        if (ngx_http_finance_value_due(h) && h->packed.data
            && p->values->ticker[h->index].in.book == NULL)
        {
            ngx_str_null(&h->packed);
            n++;
        }
    }

    if (n == 0) {
        return 0;
    }

    for (i = 0; i < p->n_holdings; i++) {
        h = &p->holding[i];

        if (ngx_http_finance_value_due(h)) {
            v = &p->values->ticker[h->index];
            h->book = v->book;
            v->book = NULL;
        }
    }

    ngx_http_finance_valuations_free(p->values);
    p->values = NULL;
    p->rounds = 0;

    return 1;
}


static ngx_uint_t
ngx_http_finance_value_lacks(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h)
{
    size_t                         i;
    ngx_http_finance_valuation_t  *v;

    v = &p->values->ticker[h->index];

    for (i = 0; i < v->n_needs; i++) {
        if (ngx_http_finance_value_need(p, h, &v->need[i]) != NGX_OK) {
            p->rounds = NGX_HTTP_FINANCE_ROUNDS_MAX;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_finance_value_need(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, fin_need_t *need)
{
    ngx_pool_t                  *pool;
    ngx_http_finance_needed_t   *needed, **slot;

    pool = p->call->request->pool;

    if (h->needs == NULL) {
        h->needs = ngx_array_create(pool, 4, sizeof(needed));
        if (h->needs == NULL) {
            return NGX_ERROR;
        }
    }

    /* ops are linked into the task: they must not move */

    needed = ngx_pcalloc(pool, sizeof(ngx_http_finance_needed_t));
    if (needed == NULL) {
        return NGX_ERROR;
    }

    needed->need = *need;

    slot = ngx_array_push(h->needs);

    if (slot == NULL
        || ngx_http_finance_valuation_tried(&p->values->ticker[h->index],
                                            need->name)
           != NGX_OK)
    {
        if (slot) {
            h->needs->nelts--;
        }

        return NGX_ERROR;
    }

    *slot = needed;

    if (ngx_http_finance_datum_start(&needed->datum, &p->call->task,
                                     p->call->conf,
                                     NGX_HTTP_FINANCE_JOB_CONTRACT,
                                     h->ticker, needed->need.name,
                                     ngx_http_finance_contracts_fresh)
        != NGX_OK)
    {
        h->needs->nelts--;
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_value_needed(ngx_http_finance_portfolio_t *p)
{
    ngx_int_t                    rc;
    ngx_uint_t                   i, k, asked;
    ngx_http_finance_needed_t  **needed;

    rc = NGX_OK;
    asked = 0;

    for (i = 0; i < p->n_holdings; i++) {

        if (p->holding[i].needs == NULL) {
            continue;
        }

        needed = p->holding[i].needs->elts;

        for (k = 0; k < p->holding[i].needs->nelts; k++) {
            if (!needed[k]->taken
                && ngx_http_finance_datum_run(&needed[k]->datum)
                   == NGX_AGAIN)
            {
                rc = NGX_AGAIN;
            }
        }
    }

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    for (i = 0; i < p->n_holdings; i++) {
        if (p->holding[i].needs) {
            asked |= ngx_http_finance_value_extra(p, &p->holding[i]);
        }
    }

    if (!asked && p->rounds < NGX_HTTP_FINANCE_ROUNDS_MAX) {
        /* what was cached is no reason to stop: others get their turn */
        p->rounds--;
    }

    if (ngx_http_finance_value_start(p) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, p->call->task.log, 0,
                      "finance: no memory for valuing positions");
        p->step = NGX_HTTP_FINANCE_VALUE_DONE;
    }

    return NGX_OK;
}


/*
 * What came joins what is known; a failure leaves its position without value.
 * Whether the market was asked.
 */

static ngx_uint_t
ngx_http_finance_value_extra(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h)
{
    ngx_uint_t                     i, asked;
    fin_contracts_head_t           head;
    ngx_http_finance_datum_t      *d;
    ngx_http_finance_needed_t    **needed;
    ngx_http_finance_valuation_t  *v;

    asked = 0;
    v = &p->values->ticker[h->index];
    needed = h->needs->elts;

    for (i = 0; i < h->needs->nelts; i++) {
        d = &needed[i]->datum;

        if (needed[i]->taken) {
            continue;
        }

        needed[i]->taken = 1;
        asked |= ngx_http_finance_op_done(&d->join.op);

        if (!d->has
            || fin_contracts_unpack((char *) d->data.data, d->data.len, &head,
                                    &v->extra)
               != FIN_OK)
        {
            h->partial = 1;
        }
    }

    return asked;
}


static void
ngx_http_finance_value_take(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h)
{
    u_char                        *out;
    ngx_uint_t                     i;
    ngx_http_finance_valuation_t  *v;

    v = &p->values->ticker[h->index];

    if (v->status != FIN_OK) {
        ngx_log_error(NGX_LOG_ERR, p->call->task.log, 0,
                      "finance: positions in %s were not valued: %s",
                      h->ticker, fin_status_name(v->status));
        return;
    }

    out = (u_char *) v->out.data;

    if (v->unmet) {
        /* the next request goes on from here */
        h->partial = 1;
    }

    h->has = 1;
    h->members.data = out;
    h->members.len = v->out.len;
    h->signals = v->in.signals_len;
    h->etag = v->etag;

    for (i = 0; i < h->n; i++) {
        ngx_http_finance_lot_take(h->lot[i], &v->lot[i], out);
    }

    /* one that is being written is not what the next request will read */

    if (h->stock->has && !h->partial && v->in.book && !p->written) {
        ngx_http_finance_memo_put(p, h, v,
                                  ngx_http_finance_value_until(h));
    }
}


/* contracts that were asked for by name age on their own */

static int64_t
ngx_http_finance_value_until(ngx_http_finance_holding_t *h)
{
    int64_t                      until;
    ngx_uint_t                   i;
    ngx_http_finance_needed_t  **needed;

    until = INT64_MAX;

    if (h->needs) {
        needed = h->needs->elts;

        for (i = 0; i < h->needs->nelts; i++) {
            until = ngx_min(until, needed[i]->datum.fresh_ms);
        }
    }

    return until;
}


void
ngx_http_finance_portfolio_cleanup(void *data)
{
    ngx_http_finance_portfolio_t  *p = data;

    ngx_uint_t  i;

    ngx_http_finance_work_release(&p->work);
    ngx_http_finance_valuations_free(p->values);
    p->values = NULL;

    for (i = 0; i < p->n_holdings; i++) {
        ngx_http_finance_shelf_release(p->holding[i].book);
        p->holding[i].book = NULL;
    }
}


static int64_t
ngx_http_finance_contracts_fresh(const char *data, size_t len)
{
    fin_contracts_head_t  head;

    return fin_contracts_unpack(data, len, &head, NULL) == FIN_OK
           ? head.fresh_ms : 0;
}

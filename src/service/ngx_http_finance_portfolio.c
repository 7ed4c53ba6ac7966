/* An owner's positions as Redis has them: see the header. */


#include "ngx_http_finance_portfolio_work.h"
#include "../codec/fin_key.h"
#include "../codec/fin_position_record.h"


static ngx_int_t ngx_http_finance_portfolio_grow(
    ngx_http_finance_portfolio_t *p, ngx_uint_t n);
static void ngx_http_finance_portfolio_parse(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_redis_reply_t *r);
static int ngx_libc_cdecl ngx_http_finance_lot_cmp(const void *one,
    const void *two);
static int ngx_libc_cdecl ngx_http_finance_lot_cmp_ticker(const void *one,
    const void *two);
static void ngx_http_finance_portfolio_hold(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_lot_t **lot);


ngx_int_t
ngx_http_finance_portfolio_read(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_call_t *call, ngx_str_t *owner, ngx_uint_t watchlist)
{
    char                 key[FIN_KEY_MAX];
    ngx_str_t            argv[4];
    ngx_pool_cleanup_t  *cln;

    ngx_memzero(p, sizeof(ngx_http_finance_portfolio_t));

    cln = ngx_pool_cleanup_add(call->request->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_finance_portfolio_cleanup;
    cln->data = p;

    p->call = call;
    p->owner = *owner;
    p->status = FIN_E_REDIS;

    ngx_http_finance_redis_batch_init(&p->redis, call->request->pool);

    ngx_str_set(&argv[0], "HGETALL");
    argv[1].data = (u_char *) key;
    argv[1].len = fin_key_positions(key, (char *) owner->data, owner->len);

    if (ngx_http_finance_redis_add(&p->redis, 2, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    if (watchlist) {
        ngx_str_set(&argv[0], "ZRANGE");
        argv[1].len = fin_key_watchlist(key, (char *) owner->data,
                                        owner->len);
        ngx_str_set(&argv[2], "0");
        ngx_str_set(&argv[3], "-1");

        if (ngx_http_finance_redis_add(&p->redis, 4, argv) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    ngx_http_finance_redis_start(&p->redis, &call->task, call->conf->redis);

    return NGX_OK;
}


fin_status_t
ngx_http_finance_portfolio_take(ngx_http_finance_portfolio_t *p)
{
    ngx_http_finance_redis_reply_t  *r;

    if (p->redis.op.status != FIN_OK
        || p->redis.reply[0].type != NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        p->status = FIN_E_REDIS;
        return p->status;
    }

    r = &p->redis.reply[0];

    if (ngx_http_finance_portfolio_grow(p, r->n / 2) != NGX_OK) {
        p->status = FIN_E_NOMEM;
        return p->status;
    }

    ngx_http_finance_portfolio_parse(p, r);

    ngx_qsort(p->lot, p->n, sizeof(ngx_http_finance_lot_t),
              ngx_http_finance_lot_cmp);

    p->status = FIN_OK;

    return p->status;
}


ngx_int_t
ngx_http_finance_portfolio_put(ngx_http_finance_portfolio_t *p,
    const fin_position_t *position)
{
    ngx_http_finance_lot_t  *lot;

    lot = ngx_http_finance_portfolio_find(p, position->id);

    if (lot == NULL) {
        if (ngx_http_finance_portfolio_grow(p, p->n + 1) != NGX_OK) {
            return NGX_ERROR;
        }

        lot = &p->lot[p->n++];
    }

    p->written = 1;
    lot->position = *position;
    ngx_str_null(&lot->stored);

    return NGX_OK;
}


ngx_http_finance_lot_t *
ngx_http_finance_portfolio_find(ngx_http_finance_portfolio_t *p,
    const char *id)
{
    ngx_uint_t  i;

    for (i = 0; i < p->n; i++) {
        if (ngx_strcmp(p->lot[i].position.id, id) == 0) {
            return &p->lot[i];
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_finance_portfolio_summary(ngx_http_finance_portfolio_t *p,
    const char *ticker, fin_summary_t *summary)
{
    fin_lot_t               *lots;
    ngx_uint_t               i, n;
    ngx_http_finance_lot_t  *lot;

    n = 0;

    lots = ngx_palloc(p->call->request->pool, (p->n + 1) * sizeof(fin_lot_t));
    if (lots == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < p->n; i++) {
        lot = &p->lot[i];

        if (ticker && ngx_strcmp(lot->position.ticker, ticker) != 0) {
            continue;
        }

        lots[n].position = &lot->position;
        lots[n].contract = NULL;
        lots[n].metrics = lot->metrics;

        if (!lot->valued) {
            lots[n].metrics.current_value = NAN;
            lots[n].metrics.unrealized_pnl = NAN;
        }

        n++;
    }

    fin_portfolio_summary(lots, n, summary);

    if (p->damaged) {
        summary->partial = 1;
    }

    return NGX_OK;
}


void
ngx_http_finance_portfolio_mark(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_stocks_t *stocks)
{
    ngx_uint_t                   i;
    ngx_http_finance_holding_t  *h;

    if (p->status != FIN_OK || ngx_http_finance_portfolio_group(p) != NGX_OK) {
        return;
    }

    for (i = 0; i < stocks->n; i++) {
        h = ngx_http_finance_portfolio_holding(p, stocks->stock[i].ticker);

        if (h) {
            h->stock = &stocks->stock[i];
            h->stock->want_book = 1;
        }
    }
}


ngx_http_finance_holding_t *
ngx_http_finance_portfolio_holding(ngx_http_finance_portfolio_t *p,
    const char *ticker)
{
    ngx_int_t   rc;
    ngx_uint_t  low, high, mid;

    low = 0;
    high = p->n_holdings;

    while (low < high) {
        mid = low + (high - low) / 2;
        rc = ngx_strcmp(p->holding[mid].ticker, ticker);

        if (rc == 0) {
            return &p->holding[mid];
        }

        if (rc < 0) {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_finance_portfolio_group(ngx_http_finance_portfolio_t *p)
{
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    ngx_http_finance_lot_t  **lot;

    if (p->holding) {
        return NGX_OK;
    }

    pool = p->call->request->pool;

    lot = ngx_palloc(pool, (p->n + 1) * sizeof(ngx_http_finance_lot_t *));
    p->holding = ngx_pcalloc(pool,
                         (p->n + 1) * sizeof(ngx_http_finance_holding_t));

    if (lot == NULL || p->holding == NULL) {
        p->holding = NULL;
        return NGX_ERROR;
    }

    for (i = 0; i < p->n; i++) {
        lot[i] = &p->lot[i];
    }

    ngx_qsort(lot, p->n, sizeof(ngx_http_finance_lot_t *),
              ngx_http_finance_lot_cmp_ticker);

    ngx_http_finance_portfolio_hold(p, lot);

    return NGX_OK;
}


/* lots sorted by ticker, and within it as they are in p->lot */

static void
ngx_http_finance_portfolio_hold(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_lot_t **lot)
{
    ngx_uint_t                   i;
    ngx_http_finance_holding_t  *h;

    h = NULL;

    for (i = 0; i < p->n; i++) {

        if (h == NULL
            || ngx_strcmp(h->ticker, lot[i]->position.ticker) != 0)
        {
            h = &p->holding[p->n_holdings++];
            ngx_memcpy(h->ticker, lot[i]->position.ticker,
                       sizeof(h->ticker));
            h->price = NAN;
            h->lot = &lot[i];
        }

        h->n++;
    }
}


void
ngx_http_finance_lot_take(ngx_http_finance_lot_t *lot,
    const fin_holding_lot_t *made, u_char *data)
{
    lot->json.data = data + made->from;
    lot->json.len = made->len;
    lot->metrics = made->metrics;
    lot->valued = 1;
}


/* room for n lots in all; those behind p->n are zeroed */

static ngx_int_t
ngx_http_finance_portfolio_grow(ngx_http_finance_portfolio_t *p,
    ngx_uint_t n)
{
    ngx_http_finance_lot_t  *lot;

    lot = ngx_pcalloc(p->call->request->pool,
                      (n + 1) * sizeof(ngx_http_finance_lot_t));
    if (lot == NULL) {
        return NGX_ERROR;
    }

    if (p->n) {
        ngx_memcpy(lot, p->lot, p->n * sizeof(ngx_http_finance_lot_t));
    }

    p->lot = lot;

    return NGX_OK;
}


static void
ngx_http_finance_portfolio_parse(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_redis_reply_t *r)
{
    ngx_str_t               *id, *value;
    ngx_uint_t               i;
    ngx_http_finance_lot_t  *lot;

    for (i = 0; i + 1 < r->n; i += 2) {
        id = &r->element[i].str;
        value = &r->element[i + 1].str;
        lot = &p->lot[p->n];

        if (fin_position_record_read((char *) value->data, value->len,
                                     &lot->position)
            != FIN_OK
            || id->len != ngx_strlen(lot->position.id)
            || ngx_strncmp(id->data, lot->position.id, id->len) != 0)
        {
            ngx_log_error(NGX_LOG_ERR, p->call->task.log, 0,
                          "finance: the stored position \"%V\" cannot be "
                          "read and is left out", id);
            p->damaged = 1;
            continue;
        }

        lot->stored = *value;
        p->n++;
    }
}


static int ngx_libc_cdecl
ngx_http_finance_lot_cmp(const void *one, const void *two)
{
    const ngx_http_finance_lot_t  *a = one, *b = two;

    if (a->position.created_at != b->position.created_at) {
        return a->position.created_at < b->position.created_at ? -1 : 1;
    }

    return ngx_strcmp(a->position.id, b->position.id);
}


static int ngx_libc_cdecl
ngx_http_finance_lot_cmp_ticker(const void *one, const void *two)
{
    int                            rc;
    const ngx_http_finance_lot_t  *a, *b;

    a = *(ngx_http_finance_lot_t *const *) one;
    b = *(ngx_http_finance_lot_t *const *) two;

    rc = ngx_strcmp(a->position.ticker, b->position.ticker);

    if (rc != 0) {
        return rc;
    }

    return a < b ? -1 : a > b;
}

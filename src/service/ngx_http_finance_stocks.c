/* Some tickers' snapshots: see the header. */


#include "ngx_http_finance_stocks.h"
#include "../codec/fin_key.h"


enum {
    NGX_HTTP_FINANCE_STOCKS_REDIS = 0,
    NGX_HTTP_FINANCE_STOCKS_JOBS
};


static ngx_int_t ngx_http_finance_stocks_mget(ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_cached(ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_cached_market(
    ngx_http_finance_stocks_t *s, ngx_http_finance_redis_reply_t *e,
    int64_t now);
static void ngx_http_finance_stocks_join(ngx_http_finance_stocks_t *s);
static ngx_uint_t ngx_http_finance_stocks_joined(
    ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_take(ngx_http_finance_stocks_t *s);


ngx_int_t
ngx_http_finance_stocks_start(ngx_http_finance_stocks_t *s,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_str_t *tickers, ngx_uint_t n, ngx_uint_t force,
    ngx_uint_t want_market)
{
    ngx_uint_t  i;

    ngx_memzero(s, sizeof(ngx_http_finance_stocks_t));

    s->task = task;
    s->conf = conf;
    s->n = n;
    s->force = force;
    s->want_market = want_market;

    s->stock = ngx_pcalloc(task->request->pool,
                           (n + 1) * sizeof(ngx_http_finance_stock_t));
    if (s->stock == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        ngx_memcpy(s->stock[i].ticker, tickers[i].data,
                   ngx_min(tickers[i].len, FIN_TICKER_MAX));
    }

    return ngx_http_finance_stocks_mget(s);
}


ngx_int_t
ngx_http_finance_stocks_run(ngx_http_finance_stocks_t *s)
{
    if (s->step == NGX_HTTP_FINANCE_STOCKS_REDIS) {

        if (ngx_http_finance_op_running(&s->redis.op)) {
            return NGX_AGAIN;
        }

        ngx_http_finance_stocks_cached(s);
        ngx_http_finance_stocks_join(s);

        s->step = NGX_HTTP_FINANCE_STOCKS_JOBS;
    }

    if (!ngx_http_finance_stocks_joined(s)) {
        return NGX_AGAIN;
    }

    ngx_http_finance_stocks_take(s);

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_stocks_mget(ngx_http_finance_stocks_t *s)
{
    char        *key;
    ngx_int_t    rc;
    ngx_str_t   *argv;
    ngx_uint_t   i, n;
    ngx_pool_t  *pool;

    pool = s->task->request->pool;
    n = s->n + s->want_market;

    argv = ngx_palloc(pool, (n + 1) * sizeof(ngx_str_t));
    key = ngx_pnalloc(pool, (n + 1) * (sizeof("finance:cache:stock:{}")
                                       + FIN_TICKER_MAX + 8));
    if (argv == NULL || key == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "MGET");

    for (i = 0; i < n; i++) {
        argv[i + 1].data = (u_char *) key;
        argv[i + 1].len = i < s->n
                          ? fin_key_cache(key, "stock", s->stock[i].ticker)
                          : fin_key_cache(key, "ref", "market");
        key += argv[i + 1].len;
    }

    ngx_http_finance_redis_batch_init(&s->redis, pool);

    rc = ngx_http_finance_redis_add(&s->redis, n + 1, argv);

    if (rc == NGX_OK) {
        ngx_http_finance_redis_start(&s->redis, s->task, s->conf->redis);
    }

    return rc;
}


/* a cache that cannot be read is an empty one */

static void
ngx_http_finance_stocks_cached(ngx_http_finance_stocks_t *s)
{
    int64_t                          now;
    ngx_uint_t                       i;
    ngx_http_finance_stock_t        *st;
    ngx_http_finance_redis_reply_t  *r;

    if (s->redis.op.status != FIN_OK
        || s->redis.reply[0].type != NGX_HTTP_FINANCE_REDIS_ARRAY
        || s->redis.reply[0].n != s->n + s->want_market)
    {
        return;
    }

    now = ngx_http_finance_now();
    r = s->redis.reply[0].element;

    for (i = 0; i < s->n; i++) {
        st = &s->stock[i];

        if (r[i].type != NGX_HTTP_FINANCE_REDIS_STRING
            || fin_snapshot_read((char *) r[i].str.data, r[i].str.len,
                                 &st->snapshot)
               != FIN_OK)
        {
            continue;
        }

        st->has = 1;
        st->stale = st->snapshot.fresh_ms <= now;
    }

    if (s->want_market) {
        ngx_http_finance_stocks_cached_market(s, &r[s->n], now);
    }
}


static void
ngx_http_finance_stocks_cached_market(ngx_http_finance_stocks_t *s,
    ngx_http_finance_redis_reply_t *e, int64_t now)
{
    if (e->type != NGX_HTTP_FINANCE_REDIS_STRING
        || fin_record_read((char *) e->str.data, e->str.len, &s->market)
           != FIN_OK
        || s->market.fresh_ms <= now)
    {
        ngx_memzero(&s->market, sizeof(fin_record_t));
    }
}


static void
ngx_http_finance_stocks_join(ngx_http_finance_stocks_t *s)
{
    ngx_uint_t                 i;
    ngx_http_finance_stock_t  *st;

    for (i = 0; i < s->n; i++) {
        st = &s->stock[i];

        if (st->has && !st->stale && !s->force) {
            continue;
        }

        st->joined = 1;
        s->refreshed = 1;
        ngx_http_finance_join_start(&st->join, s->task, s->conf,
                                    NGX_HTTP_FINANCE_JOB_STOCK, st->ticker);
    }

    if (s->want_market && (s->market.len == 0 || s->force)) {
        s->market_joined = 1;
        ngx_http_finance_join_start(&s->market_join, s->task, s->conf,
                                    NGX_HTTP_FINANCE_JOB_MARKET, "");
    }
}


static ngx_uint_t
ngx_http_finance_stocks_joined(ngx_http_finance_stocks_t *s)
{
    /* every join and nothing else runs on the task now */

    return ngx_http_finance_task_idle(s->task);
}


static void
ngx_http_finance_stocks_take(ngx_http_finance_stocks_t *s)
{
    ngx_uint_t                 i;
    ngx_http_finance_blob_t   *blob;
    ngx_http_finance_stock_t  *st;

    for (i = 0; i < s->n; i++) {
        st = &s->stock[i];

        if (!st->joined) {
            continue;
        }

        st->status = st->join.op.status;
        blob = st->join.blob;

        if (st->status == FIN_OK && blob
            && fin_snapshot_read((char *) blob->data.data, blob->data.len,
                                 &st->snapshot)
               == FIN_OK)
        {
            st->has = 1;
            st->stale = 0;
            continue;
        }

        /* what is in the cache, fresh or not, is what there is */

        if (st->has) {
            st->stale = 1;
        }
    }

    if (s->market_joined && s->market_join.op.status == FIN_OK
        && s->market_join.blob)
    {
        blob = s->market_join.blob;
        (void) fin_record_read((char *) blob->data.data, blob->data.len,
                               &s->market);
    }
}

/* Some tickers' snapshots: see the header. */


#include "ngx_http_finance_stocks.h"
#include "../codec/fin_key.h"
#include "../redis/ngx_http_finance_redis_news.h"


enum {
    NGX_HTTP_FINANCE_STOCKS_REDIS = 0,
    NGX_HTTP_FINANCE_STOCKS_CHANGED,
    NGX_HTTP_FINANCE_STOCKS_JOBS
};


static void ngx_http_finance_stocks_hold(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st);
static ngx_int_t ngx_http_finance_stocks_mget(ngx_http_finance_stocks_t *s);
static ngx_str_t *ngx_http_finance_stocks_keys(ngx_http_finance_stocks_t *s,
    ngx_uint_t *argc);
static void ngx_http_finance_stocks_cached(ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_kept(ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_kept_one(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st);
static void ngx_http_finance_stocks_cached_one(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st, ngx_http_finance_redis_reply_t *r);
static void ngx_http_finance_stocks_keep(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st, ngx_str_t *bytes);
static void ngx_http_finance_stocks_cached_market(
    ngx_http_finance_stocks_t *s, ngx_http_finance_redis_reply_t *r);
static void ngx_http_finance_stocks_session(ngx_http_finance_stocks_t *s,
    ngx_str_t *bytes);
static void ngx_http_finance_stocks_held_session(
    ngx_http_finance_stocks_t *s);
static ngx_uint_t ngx_http_finance_stocks_changed(
    ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_join(ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_count(ngx_http_finance_stocks_t *s,
    const ngx_uint_t *found);
static void ngx_http_finance_stocks_take(ngx_http_finance_stocks_t *s);
static void ngx_http_finance_stocks_take_one(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st);


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
        ngx_http_finance_stocks_hold(s, &s->stock[i]);
    }

    if (want_market && !force) {
        ngx_http_finance_stocks_held_session(s);
    }

    if (task->account) {
        task->account->tickers = n;
    }

    ngx_http_finance_redis_news_listen(conf->redis);

    return ngx_http_finance_stocks_mget(s);
}


ngx_int_t
ngx_http_finance_stocks_run(ngx_http_finance_stocks_t *s)
{
    /* whatever runs on the task now is ours */

    if (!ngx_http_finance_task_idle(s->task)) {
        return NGX_AGAIN;
    }

    switch (s->step) {

    case NGX_HTTP_FINANCE_STOCKS_REDIS:
        ngx_http_finance_stocks_cached(s);

        if (ngx_http_finance_stocks_changed(s)) {
            s->step = NGX_HTTP_FINANCE_STOCKS_CHANGED;

            if (ngx_http_finance_stocks_mget(s) == NGX_OK) {
                return NGX_AGAIN;
            }
        }

        break;

    case NGX_HTTP_FINANCE_STOCKS_CHANGED:
        ngx_http_finance_stocks_cached(s);
        break;

    default: /* NGX_HTTP_FINANCE_STOCKS_JOBS */
        ngx_http_finance_stocks_take(s);
        return NGX_OK;
    }

    s->step = NGX_HTTP_FINANCE_STOCKS_JOBS;
    ngx_http_finance_stocks_join(s);

    return ngx_http_finance_task_idle(s->task) ? NGX_OK : NGX_AGAIN;
}


/* what this worker has of a stock: good when Redis names the same version */

static void
ngx_http_finance_stocks_hold(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st)
{
    ngx_http_finance_near_t  *near;

    near = ngx_http_finance_near_get(s->conf->redis, st->ticker);

    if (near == NULL
        || ngx_http_finance_blob_hold(near->blob, s->task->request->pool)
           != NGX_OK)
    {
        return;
    }

    st->held = near->blob;
    st->snapshot = near->snapshot;
    st->has = 1;
    ngx_memcpy(st->tag, near->tag, NGX_HTTP_FINANCE_TAG_LEN);
}


/* the tags of those held and the bytes of the others; then of the changed */

static ngx_int_t
ngx_http_finance_stocks_mget(ngx_http_finance_stocks_t *s)
{
    ngx_int_t    rc;
    ngx_str_t   *argv;
    ngx_uint_t   argc;

    argv = ngx_http_finance_stocks_keys(s, &argc);
    if (argv == NULL) {
        return NGX_ERROR;
    }

    ngx_http_finance_redis_batch_init(&s->redis, s->task->request->pool);

    rc = ngx_http_finance_redis_add(&s->redis, argc, argv);

    if (rc == NGX_OK) {
        ngx_http_finance_redis_start(&s->redis, s->task, s->conf->redis);
    }

    return rc;
}


static ngx_str_t *
ngx_http_finance_stocks_keys(ngx_http_finance_stocks_t *s, ngx_uint_t *argc)
{
    char        *key;
    ngx_str_t   *argv;
    ngx_uint_t   i, n;
    ngx_pool_t  *pool;

    pool = s->task->request->pool;
    n = 0;

    argv = ngx_palloc(pool, (s->n + 2) * sizeof(ngx_str_t));
    key = ngx_pnalloc(pool, (s->n + 1) * (sizeof("finance:cache:stock:{}")
                                          + FIN_TICKER_MAX));
    if (argv == NULL || key == NULL) {
        return NULL;
    }

    ngx_str_set(&argv[n], "MGET");
    n++;

    for (i = 0; i < s->n; i++) {

        if (s->step == NGX_HTTP_FINANCE_STOCKS_CHANGED
            && !s->stock[i].changed)
        {
            continue;
        }

        argv[n].data = (u_char *) key;
        argv[n].len = fin_key_cache(key,
                              s->step == NGX_HTTP_FINANCE_STOCKS_REDIS
                              && s->stock[i].held ? "tag" : "stock",
                              s->stock[i].ticker);
        key += argv[n++].len;
    }

    if (s->want_market && s->step == NGX_HTTP_FINANCE_STOCKS_REDIS) {
        argv[n].data = (u_char *) key;
        argv[n++].len = fin_key_cache(key, "ref", "market");
    }

    *argc = n;

    return argv;
}


/*
 * The replies, in the order of the keys.  While Redis cannot be read what the
 * worker holds stands as long as it is fresh, or what another one has kept.
 */

static void
ngx_http_finance_stocks_cached(ngx_http_finance_stocks_t *s)
{
    ngx_uint_t                       i, n;
    ngx_http_finance_redis_reply_t  *r;

    if (s->redis.op.status != FIN_OK
        || s->redis.reply[0].type != NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        ngx_http_finance_stocks_kept(s);
        return;
    }

    r = s->redis.reply[0].element;
    n = s->redis.reply[0].n;

    for (i = 0; i < s->n && n; i++) {

        if (s->step == NGX_HTTP_FINANCE_STOCKS_CHANGED
            && !s->stock[i].changed)
        {
            continue;
        }

        ngx_http_finance_stocks_cached_one(s, &s->stock[i], r++);
        n--;
    }

    if (n && s->want_market && s->step == NGX_HTTP_FINANCE_STOCKS_REDIS) {
        ngx_http_finance_stocks_cached_market(s, r);
    }
}


static void
ngx_http_finance_stocks_kept(ngx_http_finance_stocks_t *s)
{
    ngx_str_t   kept;
    ngx_uint_t  i;

    for (i = 0; i < s->n; i++) {
        if (!s->stock[i].has
            || s->stock[i].snapshot.fresh_ms <= ngx_http_finance_now())
        {
            ngx_http_finance_stocks_kept_one(s, &s->stock[i]);
        }
    }

    if (s->want_market && s->market.len == 0) {
        ngx_http_finance_job_kept(s->task->request, s->conf,
                                  NGX_HTTP_FINANCE_JOB_MARKET, "", NULL,
                                  &kept);
        if (kept.len) {
            ngx_http_finance_stocks_session(s, &kept);
        }
    }
}


static void
ngx_http_finance_stocks_kept_one(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st)
{
    ngx_str_t       kept;
    fin_snapshot_t  snapshot;

    ngx_http_finance_job_kept(s->task->request, s->conf,
                              NGX_HTTP_FINANCE_JOB_STOCK, st->ticker, NULL,
                              &kept);

    if (kept.len
        && fin_snapshot_read((char *) kept.data, kept.len, &snapshot)
           == FIN_OK
        && (!st->has || snapshot.fetched_ms > st->snapshot.fetched_ms))
    {
        ngx_http_finance_stocks_keep(s, st, &kept);
    }
}


static void
ngx_http_finance_stocks_cached_one(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st, ngx_http_finance_redis_reply_t *r)
{
    if (r->type != NGX_HTTP_FINANCE_REDIS_STRING) {

        /* gone from Redis: what is held is a stale answer at best */

        st->gone = 1;
        return;
    }

    if (s->step == NGX_HTTP_FINANCE_STOCKS_REDIS && st->held) {
        st->changed = r->str.len != NGX_HTTP_FINANCE_TAG_LEN
                      || ngx_memcmp(r->str.data, st->tag,
                                    NGX_HTTP_FINANCE_TAG_LEN)
                         != 0;
        return;
    }

    ngx_http_finance_stocks_keep(s, st, &r->str);
}


static void
ngx_http_finance_stocks_keep(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st, ngx_str_t *bytes)
{
    ngx_http_finance_blob_t  *blob;

    if (fin_snapshot_read((char *) bytes->data, bytes->len, &st->snapshot)
        != FIN_OK)
    {
        st->has = 0;
        return;
    }

    st->has = 1;
    blob = ngx_http_finance_blob_copy(bytes);

    if (blob) {
        ngx_http_finance_near_put(s->conf->redis, st->ticker, blob);
        ngx_http_finance_blob_release(blob);
    }
}


static void
ngx_http_finance_stocks_cached_market(ngx_http_finance_stocks_t *s,
    ngx_http_finance_redis_reply_t *r)
{
    if (r->type == NGX_HTTP_FINANCE_REDIS_STRING) {
        ngx_http_finance_stocks_session(s, &r->str);
    }
}


/*
 * The market's session, while it is fresh; the worker keeps a copy, so that
 * neither Redis nor the market is asked for it again.
 */

static void
ngx_http_finance_stocks_session(ngx_http_finance_stocks_t *s,
    ngx_str_t *bytes)
{
    fin_record_t  record;

    if (fin_record_read((char *) bytes->data, bytes->len, &record)
        != FIN_OK)
    {
        return;
    }

    if (record.fresh_ms <= ngx_http_finance_now()) {
        s->market_old = record;
        return;
    }

    s->market = record;

    if (bytes->len <= NGX_HTTP_FINANCE_SESSION_MAX) {
        ngx_memcpy(s->conf->session, bytes->data, bytes->len);
        s->conf->session_len = bytes->len;
    }
}


/* what the worker has: copied, since it may change before the answer goes */

static void
ngx_http_finance_stocks_held_session(ngx_http_finance_stocks_t *s)
{
    ngx_str_t  bytes;

    bytes.len = s->conf->session_len;
    bytes.data = ngx_pnalloc(s->task->request->pool, bytes.len + 1);

    if (bytes.len && bytes.data) {
        ngx_memcpy(bytes.data, s->conf->session, bytes.len);
        ngx_http_finance_stocks_session(s, &bytes);
    }
}


static ngx_uint_t
ngx_http_finance_stocks_changed(ngx_http_finance_stocks_t *s)
{
    ngx_uint_t  i;

    for (i = 0; i < s->n; i++) {
        if (s->stock[i].changed) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_finance_stocks_join(ngx_http_finance_stocks_t *s)
{
    int64_t                    now;
    ngx_uint_t                 i, old, waits;
    ngx_uint_t                 found[NGX_HTTP_FINANCE_CACHE_RESULTS];
    ngx_http_finance_stock_t  *st;

    ngx_memzero(found, sizeof(found));

    old = 0;
    waits = 0;
    now = ngx_http_finance_now();

    for (i = 0; i < s->n; i++) {
        st = &s->stock[i];

        if (st->snapshot.fresh_ms + s->conf->stale * 1000 <= now) {
            /* a worker may hold what Redis has dropped, or is about to */
            st->has = 0;
        }

        st->stale = st->has && st->snapshot.fresh_ms <= now;

        if (st->has && !st->stale && !st->gone && !s->force) {
            found[NGX_HTTP_FINANCE_CACHE_FRESH]++;
            continue;
        }

        if (st->has && !st->gone && !s->force && s->conf->stock_fresh > 0) {
            old = 1;
            found[NGX_HTTP_FINANCE_CACHE_STALE]++;
            /* served as it is, and made anew behind the answer */
            ngx_http_finance_job_kick(s->task->request, s->conf,
                                      NGX_HTTP_FINANCE_JOB_STOCK, st->ticker,
                                      NULL);
            continue;
        }

        st->joined = 1;
        waits = 1;
        found[NGX_HTTP_FINANCE_CACHE_MISS]++;
        ngx_http_finance_join_start(&st->join, s->task, s->conf,
                                    NGX_HTTP_FINANCE_JOB_STOCK, st->ticker, NULL);

        if (st->join.job) {
            st->join.job->want_book |= st->want_book;
            st->join.job->force |= s->force;
        }
    }

    ngx_http_finance_stocks_count(s, found);

    if (s->want_market && (s->market.len == 0 || s->force)) {

        if (!waits && (old || s->market_old.len)) {
            /* an answer that is there does not wait for this */
            s->market = s->market_old;
            ngx_http_finance_job_kick(s->task->request, s->conf,
                                      NGX_HTTP_FINANCE_JOB_MARKET, "", NULL);
            return;
        }

        s->market_joined = 1;

        if (s->background) {
            ngx_http_finance_join_background(&s->market_join, s->task,
                                             s->conf,
                                             NGX_HTTP_FINANCE_JOB_MARKET, "",
                                             0);
            return;
        }

        ngx_http_finance_join_start(&s->market_join, s->task, s->conf,
                                    NGX_HTTP_FINANCE_JOB_MARKET, "", NULL);
    }
}


/* what the market is asked for in any case was not looked for */

static void
ngx_http_finance_stocks_count(ngx_http_finance_stocks_t *s,
    const ngx_uint_t *found)
{
    ngx_uint_t                   i;
    ngx_http_finance_account_t  *account;

    account = s->task->account;

    if (s->force && account) {
        account->forced = 1;
        return;
    }

    for (i = 0; i < NGX_HTTP_FINANCE_CACHE_RESULTS; i++) {
        ngx_http_finance_account_cache(account, NGX_HTTP_FINANCE_JOB_STOCK,
                                       i, found[i]);
    }
}


static void
ngx_http_finance_stocks_take(ngx_http_finance_stocks_t *s)
{
    ngx_uint_t                i;
    ngx_http_finance_blob_t  *blob;

    for (i = 0; i < s->n; i++) {
        if (s->stock[i].joined) {
            ngx_http_finance_stocks_take_one(s, &s->stock[i]);
        }
    }

    blob = s->market_join.blob;

    if (s->market_joined && s->market_join.op.status == FIN_OK && blob) {
        (void) fin_record_read((char *) blob->data.data, blob->data.len,
                               &s->market);
        ngx_http_finance_stocks_session(s, &blob->data);
    }
}


static void
ngx_http_finance_stocks_take_one(ngx_http_finance_stocks_t *s,
    ngx_http_finance_stock_t *st)
{
    ngx_http_finance_blob_t  *blob;

    st->status = st->join.op.status;
    blob = st->join.blob;

    if (st->status == FIN_OK && blob
        && fin_snapshot_read((char *) blob->data.data, blob->data.len,
                             &st->snapshot)
           == FIN_OK)
    {
        st->has = 1;
        st->stale = 0;
        return;
    }

    /* what was there before, fresh or not, is what there is */

    st->stale = st->has;

    if (st->stale && s->task->account) {
        s->task->account->stale = 1;
    }
}

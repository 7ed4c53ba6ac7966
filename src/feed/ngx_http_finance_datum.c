/* One cached datum: see the header. */


#include "ngx_http_finance_datum.h"
#include "../codec/fin_key.h"
#include "../codec/fin_record.h"


enum {
    NGX_HTTP_FINANCE_DATUM_REDIS = 0,
    NGX_HTTP_FINANCE_DATUM_JOB,
    NGX_HTTP_FINANCE_DATUM_REFERENCE,
    NGX_HTTP_FINANCE_DATUM_DONE
};


static void ngx_http_finance_datum_cached(ngx_http_finance_datum_t *d);
static void ngx_http_finance_datum_take(ngx_http_finance_datum_t *d,
    ngx_str_t *data);
static void ngx_http_finance_datum_count(ngx_http_finance_datum_t *d);
static ngx_int_t ngx_http_finance_datum_ask(ngx_http_finance_datum_t *d);
static ngx_int_t ngx_http_finance_datum_asked(ngx_http_finance_datum_t *d);
static const char *ngx_http_finance_datum_key(ngx_http_finance_job_kind_e k);


ngx_int_t
ngx_http_finance_datum_start(ngx_http_finance_datum_t *d,
    ngx_http_finance_task_t *task, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name,
    ngx_http_finance_fresh_pt fresh)
{
    char       key[FIN_KEY_MAX];
    ngx_str_t  argv[2];

    ngx_memzero(d, sizeof(ngx_http_finance_datum_t));

    d->task = task;
    d->conf = conf;
    d->kind = kind;
    d->ticker = ticker;
    d->name = name;
    d->fresh = fresh;

    ngx_http_finance_redis_batch_init(&d->redis, task->request->pool);

    ngx_str_set(&argv[0], "GET");
    argv[1].data = (u_char *) key;
    argv[1].len = name ? fin_key_contract(key, ticker, name)
                       : fin_key_cache(key, ngx_http_finance_datum_key(kind),
                                       ticker);

    if (ngx_http_finance_redis_add(&d->redis, 2, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_finance_redis_start(&d->redis, task, conf->redis);

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_datum_run(ngx_http_finance_datum_t *d)
{
    if (d->step == NGX_HTTP_FINANCE_DATUM_REDIS) {

        if (ngx_http_finance_op_running(&d->redis.op)) {
            return NGX_AGAIN;
        }

        ngx_http_finance_datum_cached(d);

        if (d->has && d->fresh_ms > ngx_http_finance_now()) {
            ngx_http_finance_datum_count(d);
            return NGX_OK;
        }

        if (d->fresh_ms + d->conf->stale * 1000 <= ngx_http_finance_now()) {
            d->has = 0;
        }

        d->stale = 1;
        ngx_http_finance_datum_count(d);

        if (d->has && ngx_http_finance_fresh_time(d->conf, d->kind) > 0) {
            /* served as it is, and got anew behind the answer */
            ngx_http_finance_job_kick(d->task->request, d->conf, d->kind,
                                      d->ticker, d->name);
            d->step = NGX_HTTP_FINANCE_DATUM_DONE;
            return NGX_OK;
        }

        d->step = NGX_HTTP_FINANCE_DATUM_JOB;
        ngx_http_finance_join_start(&d->join, d->task, d->conf, d->kind,
                                    d->ticker, d->name);
    }

    if (d->step == NGX_HTTP_FINANCE_DATUM_DONE) {
        return NGX_OK;
    }

    if (d->step == NGX_HTTP_FINANCE_DATUM_REFERENCE) {
        return ngx_http_finance_datum_asked(d);
    }

    if (ngx_http_finance_op_running(&d->join.op)) {
        return NGX_AGAIN;
    }

    d->status = d->join.op.status;

    if (d->status == FIN_OK && d->join.blob) {
        ngx_http_finance_datum_take(d, &d->join.blob->data);
        d->stale = 0;
    }

    if (d->has && d->stale && d->task->account) {
        d->task->account->stale = 1;
    }

    if (d->status == FIN_E_NO_DATA && !d->has
        && (d->kind == NGX_HTTP_FINANCE_JOB_BARS
            || d->kind == NGX_HTTP_FINANCE_JOB_CHAIN))
    {
        return ngx_http_finance_datum_ask(d);
    }

    return NGX_OK;
}


/* in Redis, or, while that is away, in the zone */

static void
ngx_http_finance_datum_cached(ngx_http_finance_datum_t *d)
{
    ngx_str_t  kept;

    if (d->redis.op.status != FIN_OK) {
        ngx_http_finance_job_kept(d->task->request, d->conf, d->kind,
                                  d->ticker, d->name, &kept);

        if (kept.len) {
            ngx_http_finance_datum_take(d, &kept);
        }

    } else if (d->redis.reply[0].type == NGX_HTTP_FINANCE_REDIS_STRING) {
        ngx_http_finance_datum_take(d, &d->redis.reply[0].str);
    }
}


/* what the cache had; a stale one that is not served as it is is a miss */

static void
ngx_http_finance_datum_count(ngx_http_finance_datum_t *d)
{
    fin_record_t                   record;
    ngx_http_finance_stat_cache_e  result;

    result = NGX_HTTP_FINANCE_CACHE_FRESH;

    if (d->stale) {
        result = d->has && ngx_http_finance_fresh_time(d->conf, d->kind) > 0
                 ? NGX_HTTP_FINANCE_CACHE_STALE : NGX_HTTP_FINANCE_CACHE_MISS;

    } else if (d->kind == NGX_HTTP_FINANCE_JOB_REFERENCE
               && fin_record_read((char *) d->data.data, d->data.len, &record)
                  == FIN_OK
               && !fin_record_known(&record))
    {
        result = NGX_HTTP_FINANCE_CACHE_NEGATIVE;
    }

    ngx_http_finance_account_cache(d->task->account, d->kind, result,
                                   1);
}


/* no such ticker (400), or one without a bar (404)? */

static ngx_int_t
ngx_http_finance_datum_ask(ngx_http_finance_datum_t *d)
{
    d->reference = ngx_palloc(d->task->request->pool,
                              sizeof(ngx_http_finance_datum_t));

    if (d->reference == NULL
        || ngx_http_finance_datum_start(d->reference, d->task, d->conf,
                                        NGX_HTTP_FINANCE_JOB_REFERENCE,
                                        d->ticker, NULL,
                                        ngx_http_finance_record_fresh)
           != NGX_OK)
    {
        d->status = FIN_E_NOMEM;
        return NGX_OK;
    }

    d->step = NGX_HTTP_FINANCE_DATUM_REFERENCE;

    return ngx_http_finance_datum_asked(d);
}


static ngx_int_t
ngx_http_finance_datum_asked(ngx_http_finance_datum_t *d)
{
    fin_record_t  record;

    if (ngx_http_finance_datum_run(d->reference) == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    d->unknown = d->reference->has
                 && fin_record_read((char *) d->reference->data.data,
                                    d->reference->data.len, &record)
                    == FIN_OK
                 && !fin_record_known(&record);

    return NGX_OK;
}


int64_t
ngx_http_finance_record_fresh(const char *data, size_t len)
{
    fin_record_t  record;

    return fin_record_read(data, len, &record) == FIN_OK ? record.fresh_ms
                                                         : 0;
}


time_t
ngx_http_finance_max_age(int64_t fresh_ms)
{
    int64_t  left;

    left = (fresh_ms - ngx_http_finance_now()) / 1000;

    return (time_t) ngx_max(left, 0);
}


static void
ngx_http_finance_datum_take(ngx_http_finance_datum_t *d, ngx_str_t *data)
{
    int64_t  fresh_ms;

    fresh_ms = d->fresh((char *) data->data, data->len);

    if (fresh_ms > 0) {
        d->data = *data;
        d->fresh_ms = fresh_ms;
        d->has = 1;
    }
}


static const char *
ngx_http_finance_datum_key(ngx_http_finance_job_kind_e kind)
{
    switch (kind) {

    case NGX_HTTP_FINANCE_JOB_BARS:
        return "bars";

    case NGX_HTTP_FINANCE_JOB_CHAIN:
        return "options";

    case NGX_HTTP_FINANCE_JOB_PREV:
        return "prev";

    default:
        return "ref";
    }
}

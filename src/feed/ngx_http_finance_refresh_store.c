/* What a refresh writes to Redis. */


#include "ngx_http_finance_event.h"
#include "ngx_http_finance_near.h"
#include "ngx_http_finance_refresh.h"
#include "../codec/fin_key.h"
#include "../core/fin_time.h"


static ngx_int_t ngx_http_finance_store_stock(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_job_t *job,
    fin_build_t *b);
static ngx_int_t ngx_http_finance_store_word(
    ngx_http_finance_redis_batch_t *batch, const char *word);
static ngx_int_t ngx_http_finance_store_set(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_job_t *job,
    const char *kind, const char *name, const void *data, size_t len,
    time_t fresh);
static ngx_int_t ngx_http_finance_store_key(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_job_t *job,
    const char *key, const void *data, size_t len, time_t fresh);
static ngx_int_t ngx_http_finance_store_iv(
    ngx_http_finance_redis_batch_t *batch, fin_build_t *b);


void
ngx_http_finance_refresh_store(ngx_http_finance_job_t *job, fin_build_t *b)
{
    ngx_int_t                        rc;
    ngx_http_finance_redis_batch_t   batch;

    ngx_http_finance_redis_batch_init(&batch, job->request->pool);

    switch (job->kind) {

    case NGX_HTTP_FINANCE_JOB_BARS:
        rc = ngx_http_finance_store_set(&batch, job, "bars", job->ticker,
                                        b->out.data,
                                        b->out.len, job->conf->stock_fresh);
        break;

    case NGX_HTTP_FINANCE_JOB_CHAIN:
        rc = ngx_http_finance_store_set(&batch, job, "options", job->ticker,
                                        b->out.data,
                                        b->out.len,
                                        job->conf->options_fresh);
        break;

    default:
        rc = ngx_http_finance_store_stock(&batch, job, b);
        break;
    }

    if (rc == NGX_OK) {
        ngx_http_finance_lease_close(job, &batch, FIN_OK);
        ngx_http_finance_redis_forget(&batch, job->conf->redis,
                                      job->task.log);
    }
}


/* the snapshot, its tag and what goes with them: all or nothing */

static ngx_int_t
ngx_http_finance_store_stock(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_job_t *job, fin_build_t *b)
{
    u_char                    tag[NGX_HTTP_FINANCE_TAG_LEN];
    time_t                    fresh;
    fin_snapshot_t            snapshot;
    ngx_http_finance_near_t  *near;

    if (fin_snapshot_read(b->out.data, b->out.len, &snapshot) != FIN_OK) {
        return NGX_ERROR;
    }

    ngx_http_finance_near_tag(&snapshot, tag);
    fresh = job->conf->stock_fresh;

    if (ngx_http_finance_store_word(batch, "MULTI") != NGX_OK
        || ngx_http_finance_store_set(batch, job, "stock", job->ticker,
                                      b->out.data,
                                      b->out.len, fresh)
           != NGX_OK
        || ngx_http_finance_store_set(batch, job, "tag", job->ticker, tag,
                                      sizeof(tag),
                                      fresh)
           != NGX_OK
        || ngx_http_finance_store_set(batch, job, "bars", job->ticker,
                                      b->packed_bars.data,
                                      b->packed_bars.len, fresh)
           != NGX_OK
        || (b->packed_book.len
            && ngx_http_finance_store_set(batch, job, "book", job->ticker,
                                          b->packed_book.data,
                                          b->packed_book.len, fresh)
               != NGX_OK)
        || (isfinite(b->iv30) && ngx_http_finance_store_iv(batch, b)
                                 != NGX_OK))
    {
        return NGX_ERROR;
    }

    if (ngx_http_finance_store_word(batch, "EXEC") != NGX_OK) {
        return NGX_ERROR;
    }

    /* what this worker does not hold may be new */

    near = ngx_http_finance_near_get(job->conf->redis, job->ticker);

    return near && near->snapshot.etag == snapshot.etag
           ? NGX_OK : ngx_http_finance_event_stock(batch, job->ticker);
}


static ngx_int_t
ngx_http_finance_store_word(ngx_http_finance_redis_batch_t *batch,
    const char *word)
{
    ngx_str_t  argv[1];

    argv[0].data = (u_char *) word;
    argv[0].len = ngx_strlen(word);

    return ngx_http_finance_redis_add(batch, 1, argv);
}


static ngx_int_t
ngx_http_finance_store_set(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_job_t *job, const char *kind, const char *name,
    const void *data, size_t len, time_t fresh)
{
    char  key[FIN_KEY_MAX];

    (void) fin_key_cache(key, kind, name);

    return ngx_http_finance_store_key(batch, job, key, data, len, fresh);
}


static ngx_int_t
ngx_http_finance_store_key(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_job_t *job, const char *key, const void *data,
    size_t len, time_t fresh)
{
    u_char     ttl[NGX_TIME_T_LEN];
    ngx_str_t  argv[5];

    ngx_str_set(&argv[0], "SET");
    argv[1].data = (u_char *) key;
    argv[1].len = ngx_strlen(key);
    argv[2].data = (u_char *) data;
    argv[2].len = len;
    ngx_str_set(&argv[3], "EX");
    argv[4].data = ttl;
    argv[4].len = ngx_sprintf(ttl, "%T", ngx_max(fresh + job->conf->stale, 1))
                  - ttl;

    return ngx_http_finance_redis_add(batch, 5, argv);
}


/* one value a trading day, 252 kept: the oldest goes for a new day */

static ngx_int_t
ngx_http_finance_store_iv(ngx_http_finance_redis_batch_t *batch,
    fin_build_t *b)
{
    char       key[FIN_KEY_MAX], date[11], value[FIN_DTOA_MAX];
    ngx_str_t  argv[4];

    ngx_str_set(&argv[0], "HSET");
    argv[1].data = (u_char *) key;
    argv[1].len = fin_key_iv(key, b->ticker);
    fin_date_format(b->stock.last_bar, date);
    argv[2].data = (u_char *) date;
    argv[2].len = 10;
    argv[3].data = (u_char *) value;
    argv[3].len = fin_dtoa(b->iv30, value);

    if (ngx_http_finance_redis_add(batch, 4, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    if (b->n_iv_days < FIN_IV_DAYS_MAX
        || b->iv_day[b->n_iv_days - 1].date >= b->stock.last_bar)
    {
        return NGX_OK;
    }

    ngx_str_set(&argv[0], "HDEL");
    fin_date_format(b->iv_day[0].date, date);

    return ngx_http_finance_redis_add(batch, 3, argv);
}


void
ngx_http_finance_record_store(ngx_http_finance_job_t *job, const char *kind,
    const char *name, const fin_record_t *record)
{
    char       key[FIN_KEY_MAX];
    fin_out_t  out;

    fin_out_init(&out, 4096);
    fin_record_write(&out, record);

    if (fin_out_status(&out) == FIN_OK && fin_key_cache(key, kind, name)) {
        ngx_http_finance_cache_store(job, key, &out,
                   (time_t) ((record->fresh_ms - record->fetched_ms) / 1000));
    }

    fin_out_free(&out);
}


void
ngx_http_finance_cache_store(ngx_http_finance_job_t *job, const char *key,
    const fin_out_t *value, time_t fresh)
{
    ngx_http_finance_redis_batch_t  batch;

    ngx_http_finance_redis_batch_init(&batch, job->request->pool);

    if (ngx_http_finance_store_key(&batch, job, key, value->data, value->len,
                                   fresh)
        != NGX_OK)
    {
        return;
    }

    /* what the job is for, not what it learned on the way */

    if (job->lease.value.len == ngx_strlen(key)
        && ngx_strncmp(job->lease.value.data, key, job->lease.value.len) == 0)
    {
        ngx_http_finance_lease_close(job, &batch, FIN_OK);
    }

    ngx_http_finance_redis_forget(&batch, job->conf->redis, job->task.log);
}

/* What a refresh reads from and writes to Redis. */


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
    const char *kind, const void *data, size_t len, time_t fresh);
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
        rc = ngx_http_finance_store_set(&batch, job, "bars", b->out.data,
                                        b->out.len, job->conf->stock_fresh);
        break;

    case NGX_HTTP_FINANCE_JOB_CHAIN:
        rc = ngx_http_finance_store_set(&batch, job, "options", b->out.data,
                                        b->out.len,
                                        job->conf->options_fresh);
        break;

    default:
        rc = ngx_http_finance_store_stock(&batch, job, b);
        break;
    }

    if (rc == NGX_OK) {
        ngx_http_finance_redis_forget(&batch, job->conf->redis,
                                      job->task.log);
    }
}


/* the snapshot, its tag and what goes with them: all or nothing */

static ngx_int_t
ngx_http_finance_store_stock(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_job_t *job, fin_build_t *b)
{
    u_char          tag[NGX_HTTP_FINANCE_TAG_LEN];
    time_t          fresh;
    fin_snapshot_t  snapshot;

    if (fin_snapshot_read(b->out.data, b->out.len, &snapshot) != FIN_OK) {
        return NGX_ERROR;
    }

    ngx_http_finance_near_tag(&snapshot, tag);
    fresh = job->conf->stock_fresh;

    if (ngx_http_finance_store_word(batch, "MULTI") != NGX_OK
        || ngx_http_finance_store_set(batch, job, "stock", b->out.data,
                                      b->out.len, fresh)
           != NGX_OK
        || ngx_http_finance_store_set(batch, job, "tag", tag, sizeof(tag),
                                      fresh)
           != NGX_OK
        || ngx_http_finance_store_set(batch, job, "bars",
                                      b->packed_bars.data,
                                      b->packed_bars.len, fresh)
           != NGX_OK
        || (isfinite(b->iv30) && ngx_http_finance_store_iv(batch, b)
                                 != NGX_OK))
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_store_word(batch, "EXEC");
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


void
ngx_http_finance_refresh_history_start(ngx_http_finance_job_t *job,
    ngx_http_finance_redis_batch_t *batch)
{
    char       key[FIN_KEY_MAX];
    ngx_str_t  argv[2];

    ngx_http_finance_redis_batch_init(batch, job->request->pool);

    ngx_str_set(&argv[0], "HGETALL");
    argv[1].data = (u_char *) key;
    argv[1].len = fin_key_iv(key, job->ticker);

    if (ngx_http_finance_redis_add(batch, 2, argv) == NGX_OK) {
        ngx_http_finance_redis_start(batch, &job->task, job->conf->redis);
    }
}


static int ngx_libc_cdecl
ngx_http_finance_history_cmp(const void *one, const void *two)
{
    const fin_iv_day_t  *a = one, *b = two;

    return (a->date > b->date) - (a->date < b->date);
}


static ngx_int_t
ngx_http_finance_history_day(ngx_http_finance_redis_reply_t *e,
    fin_iv_day_t *day)
{
    char   text[32], *end;

    day->date = fin_date_parse((char *) e[0].str.data, e[0].str.len);

    if (day->date == FIN_NO_DATE || e[1].str.len == 0
        || e[1].str.len >= sizeof(text))
    {
        return NGX_ERROR;
    }

    ngx_memcpy(text, e[1].str.data, e[1].str.len);
    text[e[1].str.len] = '\0';

    day->iv = strtod(text, &end);

    return (*end == '\0' && isfinite(day->iv) && day->iv > 0) ? NGX_OK
                                                              : NGX_ERROR;
}


/* a history that cannot be had is an empty one: the fallback stands in */

void
ngx_http_finance_refresh_history_read(ngx_http_finance_redis_batch_t *batch,
    fin_build_t *b)
{
    ngx_uint_t                       i;
    fin_iv_day_t                    *day;
    ngx_http_finance_redis_reply_t  *r;

    if (!ngx_http_finance_op_done(&batch->op) || batch->op.status != FIN_OK
        || batch->reply[0].type != NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        return;
    }

    r = &batch->reply[0];

    for (i = 0; i + 1 < r->n && b->n_iv_days < FIN_IV_DAYS_MAX; i += 2) {
        day = &b->iv_day[b->n_iv_days];

        if (ngx_http_finance_history_day(&r->element[i], day) == NGX_OK) {
            b->n_iv_days++;
        }
    }

    ngx_qsort(b->iv_day, b->n_iv_days, sizeof(fin_iv_day_t),
              ngx_http_finance_history_cmp);
}


static ngx_int_t
ngx_http_finance_store_set(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_job_t *job, const char *kind, const void *data,
    size_t len, time_t fresh)
{
    char       key[FIN_KEY_MAX];
    u_char     ttl[NGX_TIME_T_LEN];
    ngx_str_t  argv[5];

    ngx_str_set(&argv[0], "SET");
    argv[1].data = (u_char *) key;
    argv[1].len = fin_key_cache(key, kind, job->ticker);
    argv[2].data = (u_char *) data;
    argv[2].len = len;
    ngx_str_set(&argv[3], "EX");
    argv[4].data = ttl;
    argv[4].len = ngx_sprintf(ttl, "%T", fresh + job->conf->stale) - ttl;

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

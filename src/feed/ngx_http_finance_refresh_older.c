/*
 * The chain of a stock could not be had: is an older stock, that has one, better
 * than a new one without?  It is as long as its chain may be called fresh, which
 * finance_cache says with options=: then the refresh fails, and the older one is
 * served with its own date.  Later the new price is worth more.
 */


#include "ngx_http_finance_near.h"
#include "ngx_http_finance_refresh.h"
#include "../codec/fin_key.h"


static ngx_uint_t ngx_http_finance_older_will_do(ngx_http_finance_job_t *job,
    const fin_snapshot_t *snapshot);


void
ngx_http_finance_refresh_older_start(ngx_http_finance_job_t *job)
{
    char                         key[FIN_KEY_MAX];
    ngx_str_t                    argv[2];
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    ngx_http_finance_redis_batch_init(&refresh->redis, job->request->pool);

    ngx_str_set(&argv[0], "GET");
    argv[1].data = (u_char *) key;
    argv[1].len = fin_key_cache(key, "stock", job->ticker);

    if (ngx_http_finance_redis_add(&refresh->redis, 2, argv) == NGX_OK) {
        ngx_http_finance_redis_start(&refresh->redis, &job->task,
                                     job->conf->redis);
        return;
    }

    ngx_http_finance_task_wake(&job->task);
}


ngx_uint_t
ngx_http_finance_refresh_older(ngx_http_finance_job_t *job)
{
    ngx_str_t                        value;
    fin_snapshot_t                   snapshot;
    ngx_http_finance_near_t         *near;
    ngx_http_finance_refresh_t      *refresh;
    ngx_http_finance_redis_reply_t  *r;

    refresh = job->state;
    ngx_str_null(&value);

    if (ngx_http_finance_op_done(&refresh->redis.op)
        && refresh->redis.op.status == FIN_OK)
    {
        r = refresh->redis.reply;

        if (r->type == NGX_HTTP_FINANCE_REDIS_STRING) {
            value = r->str;
        }

    } else {
        ngx_http_finance_job_kept(job->request, job->conf, job->kind,
                                  job->ticker, NULL, &value);

        near = ngx_http_finance_near_get(job->conf->redis, job->ticker);

        if (value.len == 0 && near) {
            return ngx_http_finance_older_will_do(job, &near->snapshot);
        }
    }

    return value.len
           && fin_snapshot_read((char *) value.data, value.len, &snapshot)
              == FIN_OK
           && ngx_http_finance_older_will_do(job, &snapshot);
}


static ngx_uint_t
ngx_http_finance_older_will_do(ngx_http_finance_job_t *job,
    const fin_snapshot_t *snapshot)
{
    return fin_snapshot_options(snapshot)
           && snapshot->fetched_ms + (int64_t) job->conf->options_fresh * 1000
              > ngx_http_finance_now();
}

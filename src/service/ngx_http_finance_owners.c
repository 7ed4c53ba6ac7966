/* Who has a watchlist: see the header. */


#include "ngx_http_finance_owners.h"
#include "../codec/fin_snapshot.h"


#define NGX_HTTP_FINANCE_OWNERS_SLOTS  1024
#define NGX_HTTP_FINANCE_OWNERS_AGAIN  300000       /* ms */


typedef struct {
    uint64_t     hash;          /* 0: free */
    int64_t      written_ms;
} ngx_http_finance_owner_t;


static ngx_uint_t ngx_http_finance_owner_known(ngx_http_finance_call_t *call,
    ngx_uint_t anew);


/* this worker's: who was written lately */

static ngx_http_finance_owner_t
    ngx_http_finance_owner_slots[NGX_HTTP_FINANCE_OWNERS_SLOTS];


void
ngx_http_finance_owner_seen(ngx_http_finance_call_t *call, ngx_uint_t anew)
{
    u_char                          score[NGX_INT64_LEN], kept[NGX_INT_T_LEN];
    ngx_str_t                       argv[4];
    ngx_http_finance_redis_batch_t  batch;

    if (call->conf->watch == NULL
        || ngx_http_finance_redis_state(call->conf->redis)
           != NGX_HTTP_FINANCE_REDIS_UP
        || ngx_http_finance_owner_known(call, anew))
    {
        return;
    }

    ngx_http_finance_redis_batch_init(&batch, call->request->pool);

    ngx_str_set(&argv[0], "ZADD");
    ngx_str_set(&argv[1], NGX_HTTP_FINANCE_OWNERS_KEY);
    argv[2].data = score;
    argv[2].len = ngx_sprintf(score, "%L", ngx_http_finance_now()) - score;
    argv[3] = call->owner;

    if (ngx_http_finance_redis_add(&batch, 4, argv) != NGX_OK) {
        return;
    }

    ngx_str_set(&argv[0], "EXPIRE");
    argv[2].data = kept;
    argv[2].len = ngx_sprintf(kept, "%d", NGX_HTTP_FINANCE_OWNERS_KEPT)
                  - kept;

    if (ngx_http_finance_redis_add(&batch, 3, argv) == NGX_OK) {
        ngx_http_finance_redis_forget(&batch, call->conf->redis,
                                      call->task.log);
    }
}


/* and if not, is from now on */

static ngx_uint_t
ngx_http_finance_owner_known(ngx_http_finance_call_t *call, ngx_uint_t anew)
{
    int64_t                    now;
    uint64_t                   hash;
    ngx_http_finance_owner_t  *slot;

    now = ngx_http_finance_now();
    hash = fin_hash64(&call->conf->redis, sizeof(void *), 0);
    hash = fin_hash64(call->owner.data, call->owner.len, hash);
    hash = hash ? hash : 1;

    slot = &ngx_http_finance_owner_slots[hash % NGX_HTTP_FINANCE_OWNERS_SLOTS];

    if (!anew && slot->hash == hash
        && now - slot->written_ms < NGX_HTTP_FINANCE_OWNERS_AGAIN)
    {
        return 1;
    }

    slot->hash = hash;
    slot->written_ms = now;

    return 0;
}


ngx_int_t
ngx_http_finance_owners_forget(ngx_http_finance_redis_batch_t *batch)
{
    u_char     until[NGX_INT64_LEN];
    ngx_str_t  argv[4];

    ngx_str_set(&argv[0], "ZREMRANGEBYSCORE");
    ngx_str_set(&argv[1], NGX_HTTP_FINANCE_OWNERS_KEY);
    ngx_str_set(&argv[2], "-inf");
    argv[3].data = until;
    argv[3].len = ngx_sprintf(until, "%L",
                              ngx_http_finance_now()
                              - (int64_t) NGX_HTTP_FINANCE_OWNERS_KEPT * 1000)
                  - until;

    return ngx_http_finance_redis_add(batch, 4, argv);
}

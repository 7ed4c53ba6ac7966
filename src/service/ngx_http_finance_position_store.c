/* The writes of positions: see the header. */


#include "ngx_http_finance_position_store.h"
#include "../codec/fin_key.h"
#include "../feed/ngx_http_finance_event.h"


#define NGX_HTTP_FINANCE_RECORD_MAX  4096


static ngx_int_t ngx_http_finance_store_record(ngx_pool_t *pool,
    const fin_position_t *position, ngx_str_t *record);
static void ngx_http_finance_store_positions(ngx_http_finance_call_t *call,
    char *buf, ngx_str_t *key);
static void ngx_http_finance_store_text(const char *text, ngx_str_t *arg);


/*
 * An error ends a script and undoes nothing: a key of another type is found
 * out by reading it, before the first write.
 */

static ngx_str_t  ngx_http_finance_create_script = ngx_string(
    "redis.call('HLEN', KEYS[1]) "
    "redis.call('ZCARD', KEYS[2]) "
    "if KEYS[3] then "
    "local v = redis.call('GET', KEYS[3]) "
    "if v and v ~= ARGV[5] then return v end "
    "redis.call('SET', KEYS[3], ARGV[6], 'EX', ARGV[7]) "
    "end "
    "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) "
    "redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[4]) "
    "return 1");

static ngx_str_t  ngx_http_finance_replace_script = ngx_string(
    "local v = redis.call('HGET', KEYS[1], ARGV[1]) "
    "if v ~= ARGV[2] then return v end "
    "if ARGV[5] ~= '' then "
    "redis.call('ZADD', KEYS[2], 'NX', ARGV[4], ARGV[5]) "
    "end "
    "redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) "
    "return 1");

static ngx_str_t  ngx_http_finance_remove_script = ngx_string(
    "local v = redis.call('HGET', KEYS[1], ARGV[1]) "
    "if v ~= ARGV[2] then return v end "
    "redis.call('HDEL', KEYS[1], ARGV[1]) "
    "return 1");


ngx_int_t
ngx_http_finance_position_store_create(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_call_t *call, const fin_position_t *position,
    ngx_http_finance_idem_t *idem, ngx_str_t *answer)
{
    char        key[2][FIN_KEY_MAX];
    u_char      score[NGX_INT64_LEN];
    ngx_str_t   argv[13];
    ngx_uint_t  n;

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_create_script;
    ngx_str_set(&argv[2], "2");
    ngx_http_finance_store_positions(call, key[0], &argv[3]);
    argv[4].data = (u_char *) key[1];
    argv[4].len = fin_key_watchlist(key[1], (char *) call->owner.data,
                                    call->owner.len);
    n = 5;

    if (idem->key.len) {
        ngx_str_set(&argv[2], "3");
        argv[n++] = idem->key;
    }

    ngx_http_finance_store_text(position->id, &argv[n++]);

    if (ngx_http_finance_store_record(call->request->pool, position,
                                      &argv[n++])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[n].data = score;
    argv[n++].len = ngx_sprintf(score, "%L", ngx_http_finance_now()) - score;
    ngx_http_finance_store_text(position->ticker, &argv[n++]);

    if (idem->key.len) {
        argv[n++] = idem->pending;
        argv[n++] = *answer;
        ngx_http_finance_idem_kept(&argv[n]);
        n++;
    }

    if (ngx_http_finance_redis_add(batch, n, argv) != NGX_OK
        || ngx_http_finance_event_watchlist(batch, &call->owner) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_event_position(batch, &call->owner,
                                           FIN_EVENT_CREATED, position->id);
}


ngx_int_t
ngx_http_finance_position_store_replace(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_call_t *call,
    const fin_position_t *position, ngx_str_t *stored, ngx_uint_t watch)
{
    char       key[2][FIN_KEY_MAX];
    u_char     score[NGX_INT64_LEN];
    ngx_str_t  argv[10];

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_replace_script;
    ngx_str_set(&argv[2], "2");
    ngx_http_finance_store_positions(call, key[0], &argv[3]);
    argv[4].data = (u_char *) key[1];
    argv[4].len = fin_key_watchlist(key[1], (char *) call->owner.data,
                                    call->owner.len);

    ngx_http_finance_store_text(position->id, &argv[5]);
    argv[6] = *stored;

    if (ngx_http_finance_store_record(call->request->pool, position,
                                      &argv[7])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[8].data = score;
    argv[8].len = ngx_sprintf(score, "%L", ngx_http_finance_now()) - score;
    ngx_http_finance_store_text(watch ? position->ticker : "", &argv[9]);

    if (ngx_http_finance_redis_add(batch, 10, argv) != NGX_OK
        || (watch && ngx_http_finance_event_watchlist(batch, &call->owner)
                     != NGX_OK))
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_event_position(batch, &call->owner,
                                           FIN_EVENT_REPLACED, position->id);
}


ngx_int_t
ngx_http_finance_position_store_remove(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_call_t *call, const char *id, ngx_str_t *stored)
{
    char       key[FIN_KEY_MAX];
    ngx_str_t  argv[6];

    if (stored == NULL) {
        ngx_str_set(&argv[0], "HDEL");
        ngx_http_finance_store_positions(call, key, &argv[1]);
        ngx_http_finance_store_text(id, &argv[2]);

        if (ngx_http_finance_redis_add(batch, 3, argv) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_finance_event_position(batch, &call->owner,
                                               FIN_EVENT_REMOVED, id);
    }

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_remove_script;
    ngx_str_set(&argv[2], "1");
    ngx_http_finance_store_positions(call, key, &argv[3]);
    ngx_http_finance_store_text(id, &argv[4]);
    argv[5] = *stored;

    if (ngx_http_finance_redis_add(batch, 6, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_finance_event_position(batch, &call->owner,
                                           FIN_EVENT_REMOVED, id);
}


ngx_int_t
ngx_http_finance_position_store_read(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_call_t *call, const char *id)
{
    char       key[FIN_KEY_MAX];
    ngx_str_t  argv[3];

    ngx_str_set(&argv[0], "HGET");
    ngx_http_finance_store_positions(call, key, &argv[1]);
    ngx_http_finance_store_text(id, &argv[2]);

    return ngx_http_finance_redis_add(batch, 3, argv);
}


/* the bytes, in the pool */

static ngx_int_t
ngx_http_finance_store_record(ngx_pool_t *pool,
    const fin_position_t *position, ngx_str_t *record)
{
    ngx_int_t  rc;
    fin_out_t  out;

    rc = NGX_ERROR;

    fin_out_init(&out, NGX_HTTP_FINANCE_RECORD_MAX);
    fin_position_record_write(&out, position);

    if (fin_out_status(&out) == FIN_OK) {
        record->len = out.len;
        record->data = ngx_pnalloc(pool, out.len);

        if (record->data) {
            ngx_memcpy(record->data, out.data, out.len);
            rc = NGX_OK;
        }
    }

    fin_out_free(&out);

    return rc;
}


static void
ngx_http_finance_store_positions(ngx_http_finance_call_t *call, char *buf,
    ngx_str_t *key)
{
    key->data = (u_char *) buf;
    key->len = fin_key_positions(buf, (char *) call->owner.data,
                                 call->owner.len);
}


static void
ngx_http_finance_store_text(const char *text, ngx_str_t *arg)
{
    arg->data = (u_char *) text;
    arg->len = ngx_strlen(text);
}

/* Keys in Redis that are held for a while: see the header. */


#include "ngx_http_finance_hold.h"


static ngx_str_t  ngx_http_finance_hold_renew_script = ngx_string(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then "
    "return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end "
    "return 0");

static ngx_str_t  ngx_http_finance_hold_free_script = ngx_string(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then "
    "return redis.call('DEL', KEYS[1]) end "
    "return 0");


ngx_int_t
ngx_http_finance_hold_renew(ngx_http_finance_redis_batch_t *batch,
    ngx_str_t *key, ngx_str_t *value, ngx_msec_t time)
{
    u_char     ttl[NGX_INT64_LEN];
    ngx_str_t  argv[6];

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_hold_renew_script;
    ngx_str_set(&argv[2], "1");
    argv[3] = *key;
    argv[4] = *value;
    argv[5].data = ttl;
    argv[5].len = ngx_sprintf(ttl, "%M", time) - ttl;

    return ngx_http_finance_redis_add(batch, 6, argv);
}


ngx_int_t
ngx_http_finance_hold_free(ngx_http_finance_redis_batch_t *batch,
    ngx_str_t *key, ngx_str_t *value)
{
    ngx_str_t  argv[5];

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_hold_free_script;
    ngx_str_set(&argv[2], "1");
    argv[3] = *key;
    argv[4] = *value;

    return ngx_http_finance_redis_add(batch, 5, argv);
}

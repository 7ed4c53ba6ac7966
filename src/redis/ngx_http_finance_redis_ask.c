/* Commands of our own, and whether the server drops what owners gave. */


#include "ngx_http_finance_redis_pool.h"


static void ngx_http_finance_redis_ask_evict(
    ngx_http_finance_redis_pool_t *pool, ngx_http_finance_redis_type_e type,
    const char *str, size_t len);


void
ngx_http_finance_redis_ask(ngx_http_finance_redis_pool_t *pool,
    ngx_http_finance_redis_conn_t *conn, const char *command,
    ngx_http_finance_redis_answer_pt answer)
{
    u_char                         *p;
    size_t                          len;
    ngx_http_finance_redis_call_t  *call;

    len = ngx_strlen(command);

    call = ngx_calloc(sizeof(ngx_http_finance_redis_call_t), pool->log);
    p = ngx_alloc(sizeof(size_t) + len + 1, pool->log);

    if (call == NULL || p == NULL) {
        goto failed;
    }

    /* as ngx_http_finance_redis_add() does it */
    ngx_memcpy(p, &len, sizeof(size_t));
    ngx_memcpy(p + sizeof(size_t), command, len + 1);

    call->pool = pool;
    call->wire.data = p;
    call->wire.len = sizeof(size_t) + len;
    call->size = call->wire.len;
    call->own = 1;
    call->n = 1;
    call->answer = answer;
    call->began = ngx_http_finance_stat_now();

    if (conn) {
        ngx_http_finance_redis_conn_send(conn, call);
        return;
    }

    if (ngx_http_finance_redis_pool_submit(pool, call) == FIN_OK) {
        return;
    }

failed:

    if (call) {
        ngx_free(call);
    }

    if (p) {
        ngx_free(p);
    }
}


void
ngx_http_finance_redis_ask_eviction(ngx_http_finance_redis_conn_t *conn)
{
    ngx_http_finance_redis_ask(conn->pool, conn,
                               "*2\r\n$4\r\nINFO\r\n$6\r\nmemory\r\n",
                               ngx_http_finance_redis_ask_evict);
}


/* One worker tells for all, the one that connects when it starts. */
static void
ngx_http_finance_redis_ask_evict(ngx_http_finance_redis_pool_t *pool,
    ngx_http_finance_redis_type_e type, const char *str, size_t len)
{
    if (type == NGX_HTTP_FINANCE_REDIS_STRING) {
        ngx_http_finance_redis_evict_read(&pool->evict, str, len);

    } else {
        ngx_memzero(&pool->evict, sizeof(ngx_http_finance_redis_evict_t));
    }

    if (pool->evict_told || ngx_worker != 0) {
        return;
    }

    if (!pool->evict.known) {
        pool->evict_told = 1;
        ngx_log_error(NGX_LOG_INFO, pool->log, 0,
                      "finance redis %V does not tell its maxmemory-policy",
                      ngx_http_finance_redis_pool_name(pool));

    } else if (pool->evict.policy[0]) {
        pool->evict_told = 1;
        ngx_log_error(NGX_LOG_WARN, pool->log, 0,
                      "finance redis %V may drop what owners gave: its "
                      "maxmemory-policy is \"%s\"",
                      ngx_http_finance_redis_pool_name(pool),
                      pool->evict.policy);
    }
}


const char *
ngx_http_finance_redis_eviction(ngx_http_finance_redis_conf_t *conf)
{
    return conf->pool && conf->pool->evict.policy[0]
           ? conf->pool->evict.policy : NULL;
}

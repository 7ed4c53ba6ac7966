/* A worker's connections to one Redis: see the header. */


#include "ngx_http_finance_redis_pool.h"
#include "ngx_http_finance_redis_events.h"
#include "ngx_http_finance_redis_news_inside.h"


static ngx_http_finance_redis_conn_t *ngx_http_finance_redis_pool_pick(
    ngx_http_finance_redis_pool_t *pool, ngx_uint_t n, size_t size);
static fin_status_t ngx_http_finance_redis_pool_wait(
    ngx_http_finance_redis_pool_t *pool, ngx_http_finance_redis_call_t *call);
static ngx_http_finance_redis_call_t *ngx_http_finance_redis_pool_unwait(
    ngx_http_finance_redis_pool_t *pool);
static void ngx_http_finance_redis_pool_open(
    ngx_http_finance_redis_pool_t *pool);
static void ngx_http_finance_redis_pool_first(
    ngx_http_finance_redis_conn_t *conn);
static void ngx_http_finance_redis_pool_after(
    ngx_http_finance_redis_pool_t *pool, ngx_int_t down);
static void ngx_http_finance_redis_pool_down(
    ngx_http_finance_redis_pool_t *pool);
static void ngx_http_finance_redis_pool_schedule(
    ngx_http_finance_redis_pool_t *pool);
static void ngx_http_finance_redis_pool_timer(ngx_event_t *ev);


/* The worker's pools, for its exit. */
static ngx_queue_t  ngx_http_finance_redis_pools;


ngx_http_finance_redis_pool_t *
ngx_http_finance_redis_pool_get(ngx_http_finance_redis_conf_t *conf)
{
    ngx_log_t                      *log;
    ngx_uint_t                      i;
    ngx_http_finance_redis_pool_t  *pool;

    if (conf->pool) {
        return conf->pool;
    }

    log = ngx_cycle->log;

    pool = ngx_calloc(sizeof(ngx_http_finance_redis_pool_t), log);
    if (pool == NULL) {
        return NULL;
    }

    pool->conn = ngx_calloc(conf->connections
                            * sizeof(ngx_http_finance_redis_conn_t), log);
    if (pool->conn == NULL) {
        ngx_free(pool);
        return NULL;
    }

    pool->conf = conf;
    pool->log = log;
    pool->n = conf->connections;

    ngx_queue_init(&pool->waiting);
    ngx_http_finance_redis_health_init(&pool->health);

    /* must not keep a worker that wants to exit */
    pool->timer.cancelable = 1;
    pool->timer.handler = ngx_http_finance_redis_pool_timer;
    pool->timer.data = pool;
    pool->timer.log = log;

    for (i = 0; i < pool->n; i++) {
        ngx_http_finance_redis_conn_init(&pool->conn[i], pool);
    }

    if (ngx_http_finance_redis_pools.next == NULL) {
        ngx_queue_init(&ngx_http_finance_redis_pools);
    }

    ngx_queue_insert_tail(&ngx_http_finance_redis_pools, &pool->queue);
    conf->pool = pool;

    return pool;
}


fin_status_t
ngx_http_finance_redis_pool_submit(ngx_http_finance_redis_pool_t *pool,
    ngx_http_finance_redis_call_t *call)
{
    ngx_http_finance_redis_conn_t  *conn;

    switch (pool->health.state) {

    case NGX_HTTP_FINANCE_REDIS_UP:

        conn = ngx_http_finance_redis_pool_pick(pool, call->n, call->size);
        if (conn == NULL) {
            return FIN_E_BUSY;
        }

        ngx_http_finance_redis_conn_send(conn, call);
        return FIN_OK;

    case NGX_HTTP_FINANCE_REDIS_DOWN:

        if (ngx_http_finance_redis_health_due(&pool->health, pool->conf->retry,
                                              ngx_current_msec))
        {
            ngx_http_finance_redis_pool_open(pool);
        }

        return FIN_E_REDIS;

    default:

        ngx_http_finance_redis_pool_open(pool);

        if (pool->health.state == NGX_HTTP_FINANCE_REDIS_DOWN) {
            /* refused at once */
            return FIN_E_REDIS;
        }

        return ngx_http_finance_redis_pool_wait(pool, call);
    }
}


fin_status_t
ngx_http_finance_redis_pool_submit_on(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_call_t *call)
{
    if (conn->state != NGX_HTTP_FINANCE_REDIS_READY) {
        return FIN_E_REDIS;
    }

    if (!ngx_http_finance_redis_conn_room(conn, call->n, call->size)) {
        return FIN_E_BUSY;
    }

    ngx_http_finance_redis_conn_send(conn, call);

    return FIN_OK;
}


/* The least loaded one, the first of equals: what comes together stays so. */
static ngx_http_finance_redis_conn_t *
ngx_http_finance_redis_pool_pick(ngx_http_finance_redis_pool_t *pool,
    ngx_uint_t n, size_t size)
{
    ngx_uint_t                      i;
    ngx_http_finance_redis_conn_t  *conn, *best;

    best = NULL;

    for (i = 0; i < pool->n; i++) {
        conn = &pool->conn[i];

        if (ngx_http_finance_redis_conn_room(conn, n, size)
            && (best == NULL || conn->pending < best->pending))
        {
            best = conn;
        }
    }

    return best;
}


static fin_status_t
ngx_http_finance_redis_pool_wait(ngx_http_finance_redis_pool_t *pool,
    ngx_http_finance_redis_call_t *call)
{
    u_char  *p;

    if (pool->waiting_n
        && (pool->waiting_n + call->n > NGX_HTTP_FINANCE_REDIS_PENDING
            || pool->waiting_bytes + call->size > NGX_HTTP_FINANCE_REDIS_BYTES))
    {
        return FIN_E_BUSY;
    }

    if (call->forget) {
        /* the batch's pool will not wait */
        p = ngx_alloc(call->wire.len + 1, pool->log);
        if (p == NULL) {
            return FIN_E_NOMEM;
        }

        /* and the NUL, see ngx_http_finance_redis_add() */
        ngx_memcpy(p, call->wire.data, call->wire.len + 1);
        call->wire.data = p;
        call->own = 1;
    }

    ngx_queue_insert_tail(&pool->waiting, &call->queue);
    pool->waiting_n += call->n;
    pool->waiting_bytes += call->size;
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_REDIS_WAITING, 1);

    return FIN_OK;
}


static ngx_http_finance_redis_call_t *
ngx_http_finance_redis_pool_unwait(ngx_http_finance_redis_pool_t *pool)
{
    ngx_http_finance_redis_call_t  *call;

    if (ngx_queue_empty(&pool->waiting)) {
        return NULL;
    }

    call = ngx_queue_data(ngx_queue_head(&pool->waiting),
                          ngx_http_finance_redis_call_t, queue);

    ngx_queue_remove(&call->queue);
    pool->waiting_n -= call->n;
    pool->waiting_bytes -= call->size;
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_REDIS_WAITING, -1);

    return call;
}


void
ngx_http_finance_redis_pool_withdraw(ngx_http_finance_redis_call_t *call)
{
    ngx_http_finance_redis_pool_t  *pool;

    pool = call->pool;

    ngx_queue_remove(&call->queue);
    pool->waiting_n -= call->n;
    pool->waiting_bytes -= call->size;
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_REDIS_WAITING, -1);

    ngx_free(call);
}


void
ngx_http_finance_redis_call_end(ngx_http_finance_redis_call_t *call,
    fin_status_t status)
{
    ngx_http_finance_redis_batch_t  *batch;

    batch = call->batch;

    if (batch || call->forget || call->answer) {
        ngx_http_finance_redis_count_end(call, status);
    }

    if (batch) {
        batch->call = NULL;
        ngx_http_finance_op_complete(&batch->op, status);
    }

    if (call->forget && status != FIN_OK) {
        ngx_http_finance_redis_pool_forgot(call->pool, fin_status_name(status));
    }

    if (call->own) {
        ngx_free(call->wire.data);
    }

    ngx_free(call);
}


/*
 * While there is none, one connection at a time is tried; once that is ready,
 * the others follow.
 */
static void
ngx_http_finance_redis_pool_open(ngx_http_finance_redis_pool_t *pool)
{
    ngx_uint_t                      i;
    ngx_http_finance_redis_conn_t  *conn;

    if (pool->health.ready == 0) {
        for (i = 0; i < pool->n; i++) {
            if (pool->conn[i].state == NGX_HTTP_FINANCE_REDIS_OPENING) {
                return;
            }
        }
    }

    if (pool->timer.timer_set) {
        ngx_del_timer(&pool->timer);
    }

    for (i = 0; i < pool->n; i++) {
        conn = &pool->conn[i];

        if (conn->state != NGX_HTTP_FINANCE_REDIS_CLOSED) {
            continue;
        }

        ngx_http_finance_redis_health_try(&pool->health, ngx_current_msec);

        if (ngx_http_finance_redis_conn_open(conn) != NGX_OK
            || pool->health.ready == 0)
        {
            return;
        }
    }
}


void
ngx_http_finance_redis_pool_ready(ngx_http_finance_redis_conn_t *conn)
{
    ngx_uint_t                      level;
    ngx_http_finance_redis_pool_t  *pool;
    ngx_http_finance_redis_call_t  *call;

    pool = conn->pool;

    if (ngx_http_finance_redis_health_ready(&pool->health)) {
        level = pool->flaps ? NGX_LOG_INFO : NGX_LOG_NOTICE;

        ngx_log_error(level, pool->log, 0, "finance redis %V is up",
                      ngx_http_finance_redis_pool_name(pool));
    }

    ngx_http_finance_redis_count_health(pool);

    /* what may wait in all is what one connection takes */
    for ( ;; ) {
        call = ngx_http_finance_redis_pool_unwait(pool);
        if (call == NULL) {
            break;
        }

        ngx_http_finance_redis_conn_send(conn, call);
    }

    if (pool->health.ready == 1) {
        ngx_http_finance_redis_pool_first(conn);
    }
}


/* It is back, or there for the first time. */
static void
ngx_http_finance_redis_pool_first(ngx_http_finance_redis_conn_t *conn)
{
    ngx_http_finance_redis_pool_t  *pool;

    pool = conn->pool;

    if (ngx_exiting) {
        return;
    }

    ngx_http_finance_redis_ask_eviction(conn);

    /* neither here, inside hiredis */

    if (pool->n > 1) {
        ngx_add_timer(&pool->timer, 0);
    }

    ngx_http_finance_redis_news_wake(pool->conf);
    ngx_http_finance_redis_events_wake(pool->conf);
}


void
ngx_http_finance_redis_pool_failed(ngx_http_finance_redis_conn_t *conn,
    const char *reason)
{
    ngx_http_finance_redis_pool_t  *pool;

    pool = conn->pool;

    ngx_http_finance_stat_redis_error(NGX_HTTP_FINANCE_REDIS_E_CONNECT);

    ngx_http_finance_redis_pool_after(pool,
        ngx_http_finance_redis_health_failed(&pool->health, reason,
                                             conn->slow));
}


void
ngx_http_finance_redis_pool_lost(ngx_http_finance_redis_conn_t *conn,
    ngx_msec_t lived, const char *reason)
{
    ngx_http_finance_redis_pool_t  *pool;

    pool = conn->pool;

    ngx_http_finance_stat_redis_error(NGX_HTTP_FINANCE_REDIS_E_LOST);

    ngx_http_finance_redis_pool_after(pool,
        ngx_http_finance_redis_health_lost(&pool->health, lived, reason));
}


void
ngx_http_finance_redis_pool_closed(ngx_http_finance_redis_conn_t *conn,
    ngx_uint_t ready)
{
    ngx_http_finance_redis_health_closed(&conn->pool->health, ready != 0);
}


ngx_uint_t
ngx_http_finance_redis_pool_silent(ngx_http_finance_redis_pool_t *pool,
    ngx_msec_t since)
{
    ngx_uint_t  i;

    for (i = 0; i < pool->n; i++) {
        if (pool->conn[i].io.ac
            && (ngx_msec_int_t) (pool->conn[i].io.heard - since) > 0
            && pool->conn[i].state != NGX_HTTP_FINANCE_REDIS_OPENING)
        {
            return 0;
        }
    }

    return 1;
}


void
ngx_http_finance_redis_pool_hung(ngx_http_finance_redis_pool_t *pool,
    const char *reason)
{
    ngx_int_t   down;
    ngx_uint_t  i;

    down = ngx_http_finance_redis_health_hung(&pool->health, reason);

    for (i = 0; i < pool->n; i++) {
        ngx_http_finance_redis_conn_close(&pool->conn[i], reason, 1);
    }

    ngx_http_finance_redis_pool_after(pool, down);
}


void
ngx_http_finance_redis_pool_drained(ngx_http_finance_redis_conn_t *conn)
{
    ngx_http_finance_redis_pool_schedule(conn->pool);
}


static void
ngx_http_finance_redis_pool_after(ngx_http_finance_redis_pool_t *pool,
    ngx_int_t down)
{
    ngx_http_finance_redis_call_t  *call;

    if (pool->closing) {
        return;
    }

    ngx_http_finance_redis_count_health(pool);

    if (down) {
        ngx_http_finance_redis_pool_down(pool);
    }

    if (pool->health.state == NGX_HTTP_FINANCE_REDIS_DOWN) {

        for ( ;; ) {
            call = ngx_http_finance_redis_pool_unwait(pool);
            if (call == NULL) {
                break;
            }

            ngx_http_finance_redis_call_end(call, FIN_E_REDIS);
        }
    }

    ngx_http_finance_redis_pool_schedule(pool);
}


void
ngx_http_finance_redis_pool_begin(ngx_http_finance_redis_conf_t *conf)
{
    ngx_http_finance_redis_pool_t  *pool;

    pool = ngx_http_finance_redis_pool_get(conf);

    if (pool && pool->health.state == NGX_HTTP_FINANCE_REDIS_UNUSED) {
        /* in the first turn: by now the clock is still the master's */
        ngx_add_timer(&pool->timer, 0);
    }
}


/* A server that comes and goes by the second is not logged by the second. */
static void
ngx_http_finance_redis_pool_down(ngx_http_finance_redis_pool_t *pool)
{
    ngx_uint_t  level;

    pool->flaps = (pool->told
                   && ngx_current_msec - pool->told
                      < NGX_HTTP_FINANCE_REDIS_HEALTHY);

    if (!pool->flaps) {
        pool->told = ngx_current_msec;
    }

    level = pool->flaps ? NGX_LOG_INFO : NGX_LOG_ERR;

    ngx_log_error(level, pool->log, 0, "finance redis %V is down: %s",
                  ngx_http_finance_redis_pool_name(pool), pool->health.reason);
}


static void
ngx_http_finance_redis_pool_schedule(ngx_http_finance_redis_pool_t *pool)
{
    ngx_msec_t  delay;

    if (pool->timer.timer_set || pool->closing
        || (ngx_exiting && ngx_queue_empty(&pool->waiting)))
    {
        return;
    }

    delay = ngx_http_finance_redis_health_delay(&pool->health,
                                                pool->conf->retry,
                                                (uint64_t) ngx_random());

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, pool->log, 0,
                   "finance redis %V connects in %Mms",
                   ngx_http_finance_redis_pool_name(pool), delay);

    ngx_add_timer(&pool->timer, delay);
}


static void
ngx_http_finance_redis_pool_timer(ngx_event_t *ev)
{
    ngx_http_finance_redis_pool_t  *pool = ev->data;

    if (ngx_exiting && ngx_queue_empty(&pool->waiting)) {
        return;
    }

    ngx_http_finance_redis_pool_open(pool);
}


void
ngx_http_finance_redis_pool_forgot(ngx_http_finance_redis_pool_t *pool,
    const char *error)
{
    if (error == NULL) {
        pool->forget_failed = 0;
        return;
    }

    pool->forgotten++;

    if (pool->forget_failed) {
        return;
    }

    pool->forget_failed = 1;

    ngx_log_error(NGX_LOG_WARN, pool->log, 0,
                  "finance redis %V: writing the cache fails: %s",
                  ngx_http_finance_redis_pool_name(pool), error);
}


void
ngx_http_finance_redis_pool_close(ngx_http_finance_redis_pool_t *pool)
{
    ngx_uint_t                      i;
    ngx_http_finance_redis_call_t  *call;

    pool->closing = 1;

    for (i = 0; i < pool->n; i++) {
        ngx_http_finance_redis_conn_close(&pool->conn[i], "nginx exits", 1);
    }

    for ( ;; ) {
        call = ngx_http_finance_redis_pool_unwait(pool);
        if (call == NULL) {
            break;
        }

        ngx_http_finance_redis_call_end(call, FIN_E_REDIS);
    }

    if (pool->timer.timer_set) {
        ngx_del_timer(&pool->timer);
    }

    ngx_queue_remove(&pool->queue);
    pool->conf->pool = NULL;

    ngx_free(pool->conn);
    ngx_free(pool);
}


void
ngx_http_finance_redis_exit(ngx_cycle_t *cycle)
{
    ngx_queue_t  *q;

    if (ngx_http_finance_redis_pools.next == NULL) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_finance_redis_pools)) {
        q = ngx_queue_head(&ngx_http_finance_redis_pools);

        ngx_http_finance_redis_pool_close(
            ngx_queue_data(q, ngx_http_finance_redis_pool_t, queue));
    }
}


ngx_str_t *
ngx_http_finance_redis_pool_name(ngx_http_finance_redis_pool_t *pool)
{
    ngx_http_finance_redis_conf_t  *conf;

    conf = pool->conf;

    return conf->unix_path.len ? &conf->unix_path : &conf->host;
}


ngx_http_finance_redis_state_e
ngx_http_finance_redis_state(ngx_http_finance_redis_conf_t *conf)
{
    return conf->pool ? conf->pool->health.state
                      : NGX_HTTP_FINANCE_REDIS_UNUSED;
}


const char *
ngx_http_finance_redis_reason(ngx_http_finance_redis_conf_t *conf)
{
    return conf->pool ? conf->pool->health.reason : "";
}


ngx_uint_t
ngx_http_finance_redis_forgotten(ngx_http_finance_redis_conf_t *conf)
{
    return conf->pool ? conf->pool->forgotten : 0;
}

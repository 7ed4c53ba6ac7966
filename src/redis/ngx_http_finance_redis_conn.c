/* One connection of a pool: see the header. */


#include "ngx_http_finance_redis_dial.h"
#include "ngx_http_finance_redis_pool.h"


/* The parser's buffer is kept between replies up to this size. */
#define NGX_HTTP_FINANCE_REDIS_BUFFER  (256 * 1024)


static ngx_int_t ngx_http_finance_redis_conn_hello(
    ngx_http_finance_redis_conn_t *conn);
static void ngx_http_finance_redis_conn_reply(redisAsyncContext *ac,
    void *reply, void *data);
static void ngx_http_finance_redis_conn_answer(
    ngx_http_finance_redis_conn_t *conn, redisReply *reply);
static void ngx_http_finance_redis_conn_error(
    ngx_http_finance_redis_conn_t *conn, ngx_http_finance_redis_call_t *call);
static void ngx_http_finance_redis_conn_done(
    ngx_http_finance_redis_conn_t *conn, ngx_http_finance_redis_call_t *call,
    fin_status_t status);
static void ngx_http_finance_redis_conn_timer(ngx_event_t *ev);
static void ngx_http_finance_redis_conn_closed(
    ngx_http_finance_redis_adapter_t *io, const char *error);
static void ngx_http_finance_redis_conn_shutdown(
    ngx_http_finance_redis_adapter_t *io, ngx_uint_t force);


void
ngx_http_finance_redis_conn_init(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_pool_t *pool)
{
    ngx_memzero(conn, sizeof(ngx_http_finance_redis_conn_t));

    conn->pool = pool;
    ngx_queue_init(&conn->calls);

    conn->io.closed = ngx_http_finance_redis_conn_closed;
    conn->io.shutdown = ngx_http_finance_redis_conn_shutdown;

    conn->timer.handler = ngx_http_finance_redis_conn_timer;
    conn->timer.data = conn;
    conn->timer.log = pool->log;
}


ngx_int_t
ngx_http_finance_redis_conn_open(ngx_http_finance_redis_conn_t *conn)
{
    redisAsyncContext              *ac;
    ngx_http_finance_redis_pool_t  *pool;

    pool = conn->pool;

    conn->reason = NULL;
    conn->slow = 0;
    conn->closing = 0;
    conn->quiet = 0;

    ac = ngx_http_finance_redis_dial(pool->conf);

    if (ac == NULL || ac->err
        || ngx_http_finance_redis_adapter_attach(&conn->io, ac, pool->log)
           != NGX_OK)
    {
        ngx_http_finance_redis_pool_failed(conn,
            ac == NULL ? "no memory"
                       : ac->err ? ac->errstr : "no free connection in nginx");

        if (ac) {
            redisAsyncFree(ac);
        }

        return NGX_ERROR;
    }

    ac->data = conn;
    ac->c.reader->fn = &ngx_http_finance_redis_reply_functions;
    ac->c.reader->privdata = conn;
    ac->c.reader->maxbuf = NGX_HTTP_FINANCE_REDIS_BUFFER;

    ngx_http_finance_redis_count_state(conn, NGX_HTTP_FINANCE_REDIS_OPENING);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, pool->log, 0,
                   "finance redis %V connecting, fd:%d",
                   ngx_http_finance_redis_pool_name(pool), conn->io.c->fd);

    /* connect and handshake together */
    ngx_add_timer(&conn->timer, pool->conf->timeout);

    if (ngx_http_finance_redis_conn_hello(conn) != NGX_OK) {
        ngx_http_finance_redis_conn_close(conn, "no memory", 0);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Buffered by hiredis until it is connected. */
static ngx_int_t
ngx_http_finance_redis_conn_hello(ngx_http_finance_redis_conn_t *conn)
{
    ngx_uint_t                      i;
    ngx_http_finance_redis_call_t  *call;
    ngx_http_finance_redis_conf_t  *conf;

    conf = conn->pool->conf;

    call = ngx_calloc(sizeof(ngx_http_finance_redis_call_t), conn->pool->log);
    if (call == NULL) {
        return NGX_ERROR;
    }

    call->hello = 1;
    call->pool = conn->pool;
    call->conn = conn;
    call->started = ngx_current_msec;

    ngx_queue_insert_tail(&conn->calls, &call->queue);

    ngx_http_finance_redis_hello_init(&conn->hello, conf->password.len != 0,
                                      (unsigned) conf->db);

    for (i = 0; i < conn->hello.n; i++) {
        if (ngx_http_finance_redis_dial_step(conn->io.ac, conf,
                                             NGX_HTTP_FINANCE_REDIS_NAME,
                                             conn->hello.step[i],
                                             ngx_http_finance_redis_conn_reply,
                                             call)
            != REDIS_OK)
        {
            break;
        }

        call->n++;
        conn->pending++;
    }

    if (call->n == 0) {
        ngx_queue_remove(&call->queue);
        ngx_free(call);
    }

    return i == conn->hello.n ? NGX_OK : NGX_ERROR;
}


ngx_uint_t
ngx_http_finance_redis_conn_room(ngx_http_finance_redis_conn_t *conn,
    ngx_uint_t n, size_t size)
{
    if (conn->state != NGX_HTTP_FINANCE_REDIS_READY || conn->closing) {
        return 0;
    }

    /* whatever its size, one batch alone is let through */
    return conn->pending == 0
           || (conn->pending + n <= NGX_HTTP_FINANCE_REDIS_PENDING
               && conn->bytes + size <= NGX_HTTP_FINANCE_REDIS_BYTES);
}


void
ngx_http_finance_redis_conn_send(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_call_t *call)
{
    u_char      *p;
    size_t       len;
    ngx_uint_t   i;

    call->conn = conn;
    call->started = ngx_current_msec;

    ngx_http_finance_redis_count_sent(call);

    ngx_queue_insert_tail(&conn->calls, &call->queue);
    conn->bytes += call->size;

    if (!conn->timer.timer_set) {
        ngx_add_timer(&conn->timer, conn->pool->conf->timeout);
    }

    p = call->wire.data;

    for (i = 0; i < call->n; i++) {

        ngx_memcpy(&len, p, sizeof(size_t));
        p += sizeof(size_t);

        if (redisAsyncFormattedCommand(conn->io.ac,
                                       ngx_http_finance_redis_conn_reply, call,
                                       (char *) p, len)
            != REDIS_OK)
        {
            break;
        }

        p += len;
        conn->pending++;
    }

    if (call->own) {
        ngx_free(call->wire.data);
        call->own = 0;
    }

    ngx_str_null(&call->wire);

    if (i < call->n) {
        /* the callbacks of those before are still to come */
        call->n = i;
        call->nomem = 1;

        if (i == 0) {
            ngx_http_finance_redis_conn_done(conn, call, FIN_E_REDIS);
        }
    }
}


void
ngx_http_finance_redis_conn_close(ngx_http_finance_redis_conn_t *conn,
    const char *reason, ngx_uint_t quiet)
{
    if (conn->io.ac == NULL || conn->closing) {
        return;
    }

    conn->closing = 1;
    conn->quiet = quiet ? 1 : 0;
    conn->reason = reason;

    redisAsyncFree(conn->io.ac);
}


/* One reply, or NULL: the connection is about to be gone. */
static void
ngx_http_finance_redis_conn_reply(redisAsyncContext *ac, void *reply,
    void *data)
{
    fin_status_t                    status;
    ngx_http_finance_redis_call_t  *call = data;
    ngx_http_finance_redis_conn_t  *conn;

    conn = call->conn;

    conn->pending--;
    call->done++;

    if (reply == NULL) {
        status = FIN_E_REDIS;

        if (ngx_current_msec - call->started >= conn->pool->conf->timeout) {
            status = FIN_E_TIMEOUT;
        }

        if (call->done == call->n) {
            ngx_http_finance_redis_conn_done(conn, call, status);
        }

        return;
    }

    if (call->hello) {
        ngx_http_finance_redis_conn_answer(conn, reply);

        if (call->done == call->n) {
            ngx_queue_remove(&call->queue);
            ngx_free(call);
        }

        return;
    }

    if (((redisReply *) reply)->type == REDIS_REPLY_ERROR) {
        ngx_http_finance_redis_conn_error(conn, call);

    } else if (call->forget) {
        ngx_http_finance_redis_pool_forgot(conn->pool, NULL);
    }

    if (call->done == call->n) {
        ngx_http_finance_redis_conn_done(conn, call,
                                         call->nomem ? FIN_E_NOMEM : FIN_OK);
    }
}


static void
ngx_http_finance_redis_conn_answer(ngx_http_finance_redis_conn_t *conn,
    redisReply *reply)
{
    const ngx_http_finance_redis_error_t  *error;

    if (conn->closing) {
        return;
    }

    if (reply->type == REDIS_REPLY_ERROR) {
        error = ngx_http_finance_redis_hello_answer(&conn->hello, reply->str,
                                                    reply->len);
    } else {
        error = ngx_http_finance_redis_hello_answer(&conn->hello, NULL, 0);
    }

    if (error) {
        conn->slow = (error->retry == NGX_HTTP_FINANCE_REDIS_OPERATOR);
        ngx_http_finance_redis_conn_close(conn, error->reason, 0);
        return;
    }

    if (conn->hello.done < conn->hello.n) {
        return;
    }

    ngx_http_finance_redis_count_state(conn, NGX_HTTP_FINANCE_REDIS_READY);
    conn->ready_at = ngx_current_msec;

    ngx_del_timer(&conn->timer);

    ngx_http_finance_redis_pool_ready(conn);
}


/* An error reply to a command: it goes up as any reply does. */
static void
ngx_http_finance_redis_conn_error(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_call_t *call)
{
    ngx_http_finance_redis_pool_t         *pool;
    const ngx_http_finance_redis_error_t  *error;

    pool = conn->pool;

    error = ngx_http_finance_redis_error_find(conn->root.str, conn->root.len);

    ngx_http_finance_stat_redis_error(NGX_HTTP_FINANCE_REDIS_E_REPLY);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, pool->log, 0,
                   "finance redis error reply: %s", conn->root.str);

    if (call->forget) {
        ngx_http_finance_redis_pool_forgot(pool, conn->root.str);
    }

    if (error->cluster && !pool->cluster) {
        pool->cluster = 1;
        ngx_log_error(NGX_LOG_ERR, pool->log, 0, "finance redis %V is %s",
                      ngx_http_finance_redis_pool_name(pool), error->reason);
    }

    if (error->drop && conn->state == NGX_HTTP_FINANCE_REDIS_READY) {
        ngx_http_finance_redis_count_state(conn,
                                           NGX_HTTP_FINANCE_REDIS_DRAINING);
        ngx_http_finance_redis_pool_lost(conn, 0, error->reason);
    }
}


static void
ngx_http_finance_redis_conn_done(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_call_t *call, fin_status_t status)
{
    ngx_queue_remove(&call->queue);
    conn->bytes -= call->size;

    ngx_http_finance_redis_call_end(call, status);

    if (!ngx_queue_empty(&conn->calls) || conn->closing) {
        return;
    }

    if (conn->state == NGX_HTTP_FINANCE_REDIS_DRAINING || ngx_exiting) {
        ngx_http_finance_redis_conn_close(conn, "not needed any more", 1);
    }
}


/*
 * One timer a connection, not one a call: it is armed by the first call and
 * looks at the oldest one when it fires.
 */
static void
ngx_http_finance_redis_conn_timer(ngx_event_t *ev)
{
    ngx_msec_t                      age, timeout;
    ngx_http_finance_redis_call_t  *call;
    ngx_http_finance_redis_conn_t  *conn = ev->data;

    if (ngx_queue_empty(&conn->calls)) {
        return;
    }

    call = ngx_queue_data(ngx_queue_head(&conn->calls),
                          ngx_http_finance_redis_call_t, queue);

    age = ngx_current_msec - call->started;
    timeout = conn->pool->conf->timeout;

    if (age < timeout) {
        ngx_add_timer(ev, timeout - age);
        return;
    }

    if (call->hello) {
        ngx_http_finance_redis_conn_close(conn, "no connection in time", 0);

    } else if (ngx_http_finance_redis_pool_silent(conn->pool, call->started)) {
        ngx_http_finance_redis_pool_hung(conn->pool, "no answer in time");

    } else {
        ngx_http_finance_redis_conn_close(conn, "no answer in time", 0);
    }
}


static void
ngx_http_finance_redis_conn_closed(ngx_http_finance_redis_adapter_t *io,
    const char *error)
{
    const char                           *reason;
    ngx_http_finance_redis_conn_t        *conn;
    ngx_http_finance_redis_conn_state_e   state;

    conn = (ngx_http_finance_redis_conn_t *) io;

    if (conn->timer.timer_set) {
        ngx_del_timer(&conn->timer);
    }

    reason = conn->reason ? conn->reason : error ? error : "it was closed";

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, conn->pool->log, 0,
                   "finance redis %V connection closed in state %d: %s",
                   ngx_http_finance_redis_pool_name(conn->pool),
                   conn->state, reason);

    state = conn->state;
    ngx_http_finance_redis_count_state(conn, NGX_HTTP_FINANCE_REDIS_CLOSED);

    if (state == NGX_HTTP_FINANCE_REDIS_DRAINING) {
        ngx_http_finance_redis_pool_drained(conn);

    } else if (conn->quiet) {
        ngx_http_finance_redis_pool_closed(conn,
                                       state == NGX_HTTP_FINANCE_REDIS_READY);

    } else if (state == NGX_HTTP_FINANCE_REDIS_READY) {
        ngx_http_finance_redis_pool_lost(conn,
                                         ngx_current_msec - conn->ready_at,
                                         reason);
    } else {
        ngx_http_finance_redis_pool_failed(conn, reason);
    }
}


static void
ngx_http_finance_redis_conn_shutdown(ngx_http_finance_redis_adapter_t *io,
    ngx_uint_t force)
{
    ngx_http_finance_redis_conn_t  *conn;

    conn = (ngx_http_finance_redis_conn_t *) io;

    if (!force) {
        if (conn->state == NGX_HTTP_FINANCE_REDIS_OPENING) {
            if (!ngx_queue_empty(&conn->pool->waiting)) {
                return;
            }

        } else if (!ngx_queue_empty(&conn->calls)) {
            /* closes itself after the last reply */
            return;
        }
    }

    ngx_http_finance_redis_conn_close(conn, "nginx is shutting down", 1);
}

/* Batches of commands: see ngx_http_finance_redis.h. */


#include "ngx_http_finance_redis_pool.h"


#define NGX_HTTP_FINANCE_REDIS_WIRE  1024


static ngx_int_t ngx_http_finance_redis_batch_grow(
    ngx_http_finance_redis_batch_t *batch, size_t size);
static ngx_int_t ngx_http_finance_redis_batch_mode(const ngx_str_t *name);
static ngx_http_finance_redis_call_t *ngx_http_finance_redis_batch_call(
    ngx_http_finance_redis_batch_t *batch, ngx_http_finance_redis_pool_t *pool);
static fin_status_t ngx_http_finance_redis_batch_submit(
    ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_conf_t *conf);
static void ngx_http_finance_redis_batch_forget(
    ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_conn_t *conn, ngx_http_finance_redis_conf_t *conf,
    ngx_log_t *log);
static void ngx_http_finance_redis_batch_cancel(ngx_http_finance_op_t *op);


void
ngx_http_finance_redis_batch_init(ngx_http_finance_redis_batch_t *batch,
    ngx_pool_t *pool)
{
    ngx_memzero(batch, sizeof(ngx_http_finance_redis_batch_t));

    batch->pool = pool;
}


ngx_int_t
ngx_http_finance_redis_add(ngx_http_finance_redis_batch_t *batch,
    ngx_uint_t argc, const ngx_str_t *argv)
{
    u_char      *p, *command;
    size_t       len;
    ngx_uint_t   i;

    if (argc == 0 || ngx_http_finance_redis_batch_mode(&argv[0])) {
        return NGX_ERROR;
    }

    len = sizeof("*\r\n") - 1 + NGX_INT_T_LEN;

    for (i = 0; i < argc; i++) {

        if (argv[i].len > NGX_HTTP_FINANCE_REDIS_BYTES) {
            return NGX_ERROR;
        }

        len += sizeof("$\r\n\r\n") - 1 + NGX_SIZE_T_LEN + argv[i].len;
    }

    /* hiredis looks at the byte behind a command: there is a NUL */
    if (ngx_http_finance_redis_batch_grow(batch, sizeof(size_t) + len + 1)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    command = batch->wire.data + batch->wire.len + sizeof(size_t);

    p = ngx_sprintf(command, "*%ui\r\n", argc);

    for (i = 0; i < argc; i++) {
        p = ngx_sprintf(p, "$%uz\r\n", argv[i].len);
        p = ngx_cpymem(p, argv[i].data, argv[i].len);
        *p++ = CR;
        *p++ = LF;
    }

    *p = '\0';

    len = p - command;
    ngx_memcpy(command - sizeof(size_t), &len, sizeof(size_t));

    batch->wire.len = p - batch->wire.data;
    batch->n++;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_redis_batch_grow(ngx_http_finance_redis_batch_t *batch,
    size_t size)
{
    u_char  *p;
    size_t   cap;

    size += batch->wire.len;

    if (size <= batch->wire_cap) {
        return NGX_OK;
    }

    if (size > NGX_HTTP_FINANCE_REDIS_BYTES) {
        return NGX_ERROR;
    }

    cap = ngx_max(2 * batch->wire_cap, NGX_HTTP_FINANCE_REDIS_WIRE);
    cap = ngx_max(cap, size);

    p = ngx_pnalloc(batch->pool, cap);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (batch->wire.data) {
        ngx_memcpy(p, batch->wire.data, batch->wire.len);
        (void) ngx_pfree(batch->pool, batch->wire.data);
    }

    batch->wire.data = p;
    batch->wire_cap = cap;

    return NGX_OK;
}


/* Commands that have no reply of their own, or many: a pipeline breaks. */
static ngx_int_t
ngx_http_finance_redis_batch_mode(const ngx_str_t *name)
{
    static const char  *refused[] = {
        "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE",
        "SUNSUBSCRIBE", "MONITOR", "HELLO", "QUIT", "RESET", "SYNC", "PSYNC",
        NULL
    };

    ngx_uint_t  i;

    for (i = 0; refused[i]; i++) {
        if (name->len == ngx_strlen(refused[i])
            && ngx_strncasecmp(name->data, (u_char *) refused[i], name->len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


void
ngx_http_finance_redis_start(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_task_t *task, ngx_http_finance_redis_conf_t *conf)
{
    fin_status_t  status;

    ngx_http_finance_op_init(&batch->op, task, "redis",
                             ngx_http_finance_redis_batch_cancel);
    ngx_http_finance_op_start(&batch->op, conf->timeout);

    batch->call = NULL;

    if (batch->n == 0) {
        ngx_http_finance_op_complete(&batch->op, FIN_OK);
        return;
    }

    status = ngx_http_finance_redis_batch_submit(batch, conf);

    if (status != FIN_OK) {
        ngx_http_finance_redis_count_refused(status);
        ngx_http_finance_op_complete(&batch->op, status);
    }
}


static fin_status_t
ngx_http_finance_redis_batch_submit(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_conf_t *conf)
{
    fin_status_t                    status;
    ngx_http_finance_redis_call_t  *call;
    ngx_http_finance_redis_pool_t  *pool;

    pool = ngx_http_finance_redis_pool_get(conf);
    if (pool == NULL) {
        return FIN_E_NOMEM;
    }

    batch->reply = ngx_pcalloc(batch->pool,
                         batch->n * sizeof(ngx_http_finance_redis_reply_t));
    if (batch->reply == NULL) {
        return FIN_E_NOMEM;
    }

    call = ngx_http_finance_redis_batch_call(batch, pool);
    if (call == NULL) {
        return FIN_E_NOMEM;
    }

    call->batch = batch;
    batch->call = call;

    status = ngx_http_finance_redis_pool_submit(pool, call);

    if (status != FIN_OK) {
        batch->call = NULL;
        ngx_free(call);
    }

    return status;
}


void
ngx_http_finance_redis_forget(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_conf_t *conf, ngx_log_t *log)
{
    ngx_http_finance_redis_batch_forget(batch, NULL, conf, log);
}


void
ngx_http_finance_redis_forget_behind(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_batch_t *before,
    ngx_http_finance_redis_conf_t *conf, ngx_log_t *log)
{
    ngx_http_finance_redis_conn_t  *conn;

    conn = NULL;

    if (ngx_http_finance_op_running(&before->op) && before->call) {
        conn = before->call->conn;

        if (conn == NULL) {
            /* it was never sent, and will not be */
            return;
        }
    }

    ngx_http_finance_redis_batch_forget(batch, conn, conf, log);
}


static void
ngx_http_finance_redis_batch_forget(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_conn_t *conn, ngx_http_finance_redis_conf_t *conf,
    ngx_log_t *log)
{
    fin_status_t                    status;
    ngx_http_finance_redis_call_t  *call;
    ngx_http_finance_redis_pool_t  *pool;

    if (batch->n == 0) {
        return;
    }

    pool = ngx_http_finance_redis_pool_get(conf);
    if (pool == NULL) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "finance redis: no memory for writing the cache");
        return;
    }

    status = FIN_E_NOMEM;

    call = ngx_http_finance_redis_batch_call(batch, pool);

    if (call) {
        call->forget = 1;
        status = conn
                 ? ngx_http_finance_redis_pool_submit_on(conn, call)
                 : ngx_http_finance_redis_pool_submit(pool, call);
    }

    if (status != FIN_OK) {
        ngx_http_finance_redis_count_refused(status);
        ngx_http_finance_redis_pool_forgot(pool, fin_status_name(status));

        if (call) {
            ngx_free(call);
        }
    }
}


static ngx_http_finance_redis_call_t *
ngx_http_finance_redis_batch_call(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_pool_t *pool)
{
    ngx_http_finance_redis_call_t  *call;

    call = ngx_calloc(sizeof(ngx_http_finance_redis_call_t), pool->log);
    if (call == NULL) {
        return NULL;
    }

    call->pool = pool;
    call->wire = batch->wire;
    call->size = batch->wire.len;
    call->n = batch->n;
    call->began = ngx_http_finance_stat_now();

    return call;
}


/* The op is over: what is still to come finds nobody. */
static void
ngx_http_finance_redis_batch_cancel(ngx_http_finance_op_t *op)
{
    ngx_http_finance_redis_call_t   *call;
    ngx_http_finance_redis_batch_t  *batch;

    batch = (ngx_http_finance_redis_batch_t *) op;
    call = batch->call;

    if (call == NULL) {
        return;
    }

    ngx_http_finance_redis_count_end(call, op->status);

    batch->call = NULL;
    call->batch = NULL;

    if (call->conn == NULL) {
        ngx_http_finance_redis_pool_withdraw(call);
    }
}

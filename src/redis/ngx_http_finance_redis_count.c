/* What is counted of batches and connections: see the pool's header. */


#include "ngx_http_finance_redis_pool.h"


static void ngx_http_finance_redis_count_error(fin_status_t status);
static void ngx_http_finance_redis_count_gauge(
    ngx_http_finance_redis_conn_state_e state, ngx_int_t n);


void
ngx_http_finance_redis_count_sent(ngx_http_finance_redis_call_t *call)
{
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_REDIS_TRIPS, 1);
    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_REDIS_COMMANDS, call->n);

    if (call->batch && call->batch->op.task->account) {
        call->batch->op.task->account->redis_calls++;
    }
}


void
ngx_http_finance_redis_count_end(ngx_http_finance_redis_call_t *call,
    fin_status_t status)
{
    uint64_t  usec;

    if (call->conn) {
        usec = ngx_http_finance_stat_now() - call->began;
        ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_REDIS, usec);

        if (call->batch && call->batch->op.task->account) {
            call->batch->op.task->account->redis_usec += usec;
        }
    }

    ngx_http_finance_redis_count_error(status);
}


void
ngx_http_finance_redis_count_refused(fin_status_t status)
{
    ngx_http_finance_redis_count_error(status);
}


/* a batch that its connection took along is one that found Redis away */

static void
ngx_http_finance_redis_count_error(fin_status_t status)
{
    switch (status) {

    case FIN_OK:
    case FIN_E_CANCELLED:
        break;

    case FIN_E_TIMEOUT:
        ngx_http_finance_stat_redis_error(NGX_HTTP_FINANCE_REDIS_E_TIMEOUT);
        break;

    case FIN_E_BUSY:
        ngx_http_finance_stat_redis_error(NGX_HTTP_FINANCE_REDIS_E_BUSY);
        break;

    case FIN_E_REDIS:
        ngx_http_finance_stat_redis_error(NGX_HTTP_FINANCE_REDIS_E_DOWN);
        break;

    default:
        ngx_http_finance_stat_redis_error(NGX_HTTP_FINANCE_REDIS_E_OTHER);
    }
}


void
ngx_http_finance_redis_count_state(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_conn_state_e state)
{
    ngx_http_finance_redis_count_gauge(conn->state, -1);
    conn->state = state;
    ngx_http_finance_redis_count_gauge(conn->state, 1);

    if (state == NGX_HTTP_FINANCE_REDIS_READY) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_REDIS_CONNECTS, 1);
    }
}


static void
ngx_http_finance_redis_count_gauge(ngx_http_finance_redis_conn_state_e state,
    ngx_int_t n)
{
    if (state == NGX_HTTP_FINANCE_REDIS_OPENING) {
        ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_REDIS_DIALING, n);

    } else if (state == NGX_HTTP_FINANCE_REDIS_READY) {
        ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_REDIS_READY, n);
    }
}


void
ngx_http_finance_redis_count_health(ngx_http_finance_redis_pool_t *pool)
{
    ngx_uint_t  down;

    down = pool->health.state == NGX_HTTP_FINANCE_REDIS_DOWN;

    if (down != pool->counted) {
        pool->counted = down;
        ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_REDIS_DOWN,
                                   down ? 1 : -1);
    }
}

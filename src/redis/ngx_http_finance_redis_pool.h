/*
 * A worker's connections to one Redis, and what waits while there is none.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_POOL_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_POOL_H_INCLUDED_


#include "ngx_http_finance_redis_conn.h"
#include "ngx_http_finance_redis_evict.h"


struct ngx_http_finance_redis_pool_s {
    ngx_queue_t                        queue;       /* of the worker's pools */
    ngx_http_finance_redis_conf_t     *conf;
    ngx_log_t                         *log;         /* the cycle's */
    ngx_http_finance_redis_health_t    health;
    ngx_event_t                        timer;       /* the next attempt */
    ngx_queue_t                        waiting;     /* calls, oldest first */
    ngx_uint_t                         waiting_n;   /* their commands */
    size_t                             waiting_bytes;
    ngx_msec_t                         told;        /* of going down */
    ngx_uint_t                         forgotten;
    unsigned                           flaps:1;     /* up and down, unlogged */
    unsigned                           forget_failed:1;     /* logged */
    unsigned                           cluster:1;           /* logged */
    unsigned                           evict_told:1;        /* logged */
    unsigned                           closing:1;
    unsigned                           counted:1;   /* as away */
    ngx_http_finance_redis_evict_t     evict;
    ngx_uint_t                         n;
    ngx_http_finance_redis_conn_t     *conn;        /* [n] */
};


/* This worker's pool of conf, made now if need be; NULL: no memory. */
ngx_http_finance_redis_pool_t *ngx_http_finance_redis_pool_get(
    ngx_http_finance_redis_conf_t *conf);

/* Connects, if nobody has yet. */
void ngx_http_finance_redis_pool_begin(ngx_http_finance_redis_conf_t *conf);

/*
 * Sends the call, or lets it wait for the first connection.  FIN_OK: the pool
 * has it; else why not, and it still is the caller's.
 */
fin_status_t ngx_http_finance_redis_pool_submit(
    ngx_http_finance_redis_pool_t *pool, ngx_http_finance_redis_call_t *call);

/* The same on that connection, and no other: FIN_E_BUSY, FIN_E_REDIS else. */
fin_status_t ngx_http_finance_redis_pool_submit_on(
    ngx_http_finance_redis_conn_t *conn, ngx_http_finance_redis_call_t *call);

/* Takes a call that waits out again and frees it. */
void ngx_http_finance_redis_pool_withdraw(ngx_http_finance_redis_call_t *call);

/* Closes everything and frees the pool; conf->pool is NULL afterwards. */
void ngx_http_finance_redis_pool_close(ngx_http_finance_redis_pool_t *pool);


/*
 * Sends a command of our own, RESP text: on conn, which is ready, or, when it is
 * NULL, on any one.  answer hears the reply; a command that is lost has none.
 */
void ngx_http_finance_redis_ask(ngx_http_finance_redis_pool_t *pool,
    ngx_http_finance_redis_conn_t *conn, const char *command,
    ngx_http_finance_redis_answer_pt answer);

/* For ngx_http_finance_redis_eviction(), over a connection that is ready. */
void ngx_http_finance_redis_ask_eviction(ngx_http_finance_redis_conn_t *conn);


/* For GET metrics and $finance_redis_*: a batch is sent; it ended, or nobody
 * waits for it any longer; it could not be taken. */
void ngx_http_finance_redis_count_sent(ngx_http_finance_redis_call_t *call);
void ngx_http_finance_redis_count_end(ngx_http_finance_redis_call_t *call,
    fin_status_t status);
void ngx_http_finance_redis_count_refused(fin_status_t status);

/* A connection's new state, and what the pool knows of its Redis. */
void ngx_http_finance_redis_count_state(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_conn_state_e state);
void ngx_http_finance_redis_count_health(ngx_http_finance_redis_pool_t *pool);


/* A call's end, whatever it was: completes its op, frees it. */
void ngx_http_finance_redis_call_end(ngx_http_finance_redis_call_t *call,
    fin_status_t status);


/* What connections tell their pool. */
void ngx_http_finance_redis_pool_ready(ngx_http_finance_redis_conn_t *conn);
void ngx_http_finance_redis_pool_failed(ngx_http_finance_redis_conn_t *conn,
    const char *reason);
void ngx_http_finance_redis_pool_lost(ngx_http_finance_redis_conn_t *conn,
    ngx_msec_t lived, const char *reason);
void ngx_http_finance_redis_pool_closed(ngx_http_finance_redis_conn_t *conn,
    ngx_uint_t ready);
/* Whether nothing came over any connection after this time. */
ngx_uint_t ngx_http_finance_redis_pool_silent(
    ngx_http_finance_redis_pool_t *pool, ngx_msec_t since);
/* The server accepts and says nothing: none of the others will, either. */
void ngx_http_finance_redis_pool_hung(ngx_http_finance_redis_pool_t *pool,
    const char *reason);
/* One that drained is closed. */
void ngx_http_finance_redis_pool_drained(ngx_http_finance_redis_conn_t *conn);

/* A command that nobody waits for: ok, or lost for this reason. */
void ngx_http_finance_redis_pool_forgot(ngx_http_finance_redis_pool_t *pool,
    const char *error);

/* The server's name in messages. */
ngx_str_t *ngx_http_finance_redis_pool_name(
    ngx_http_finance_redis_pool_t *pool);


#endif /* _NGX_HTTP_FINANCE_REDIS_POOL_H_INCLUDED_ */

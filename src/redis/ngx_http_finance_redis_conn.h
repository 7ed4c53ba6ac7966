/*
 * One connection of a pool: its handshake, the calls that wait for replies,
 * its timeouts.
 *
 *     CLOSED -> CONNECTING -> READY -> CLOSED
 *                               |
 *                               +-> DRAINING -> CLOSED
 *
 * CONNECTING lasts until the handshake's last answer.  DRAINING takes no new
 * calls and closes after its last reply.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_CONN_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_CONN_H_INCLUDED_


#include "ngx_http_finance_redis.h"
#include "ngx_http_finance_redis_adapter.h"
#include "ngx_http_finance_redis_hello.h"


/* Of one connection, or of what waits for one. */
#define NGX_HTTP_FINANCE_REDIS_PENDING  1024
#define NGX_HTTP_FINANCE_REDIS_BYTES    (8 * 1024 * 1024)


typedef enum {
    NGX_HTTP_FINANCE_REDIS_CLOSED = 0,
    NGX_HTTP_FINANCE_REDIS_OPENING,
    NGX_HTTP_FINANCE_REDIS_READY,
    NGX_HTTP_FINANCE_REDIS_DRAINING
} ngx_http_finance_redis_conn_state_e;

typedef struct ngx_http_finance_redis_conn_s  ngx_http_finance_redis_conn_t;


/* The reply to a command of our own: a status, an error, a text or a number,
 * as the parser finds it; nothing may be closed here. */
typedef void (*ngx_http_finance_redis_answer_pt)(
    ngx_http_finance_redis_pool_t *pool, ngx_http_finance_redis_type_e type,
    const char *str, size_t len);


/*
 * A batch's lower half: heap memory that stays until the last of its replies
 * came or was given up, whether or not its batch is still there.
 */
struct ngx_http_finance_redis_call_s {
    ngx_queue_t                       queue;    /* in conn->calls or
                                                   pool->waiting */
    ngx_http_finance_redis_batch_t   *batch;    /* NULL: nobody waits */
    ngx_http_finance_redis_conn_t    *conn;     /* NULL: waits for one */
    ngx_http_finance_redis_pool_t    *pool;
    ngx_str_t                         wire;     /* until it is sent */
    size_t                            size;     /* of wire, for the cap */
    ngx_uint_t                        n;        /* commands */
    ngx_uint_t                        done;     /* answered */
    ngx_msec_t                        started;
    uint64_t                          began;    /* usec, waiting included */
    ngx_http_finance_redis_answer_pt  answer;   /* of our own commands */
    unsigned                          forget:1;
    unsigned                          hello:1;
    unsigned                          nomem:1;  /* a reply did not fit */
    unsigned                          own:1;    /* wire is heap memory */
};


struct ngx_http_finance_redis_conn_s {
    ngx_http_finance_redis_adapter_t      io;       /* first */
    ngx_http_finance_redis_pool_t        *pool;
    ngx_http_finance_redis_conn_state_e   state;
    ngx_queue_t                           calls;    /* oldest first */
    ngx_uint_t                            pending;  /* commands */
    size_t                                bytes;
    ngx_event_t                           timer;    /* handshake, then oldest */
    ngx_msec_t                            ready_at;
    ngx_http_finance_redis_hello_t        hello;

    redisReply                            root;     /* of the reply being read,
                                                       what hiredis sees */
    char                                  text[128];/* of an error reply */

    const char                           *reason;   /* why we close, static */
    unsigned                              slow:1;   /* an operator must act */
    unsigned                              closing:1;
    unsigned                              quiet:1;  /* nothing is wrong */
};


void ngx_http_finance_redis_conn_init(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_pool_t *pool);

/*
 * CLOSED -> CONNECTING.  NGX_ERROR: it failed at once, as the pool has been
 * told.  Never from inside hiredis.
 */
ngx_int_t ngx_http_finance_redis_conn_open(
    ngx_http_finance_redis_conn_t *conn);

/* True when n commands of size bytes may be added. */
ngx_uint_t ngx_http_finance_redis_conn_room(
    ngx_http_finance_redis_conn_t *conn, ngx_uint_t n, size_t size);

/* Sends call->wire; call is the connection's from here on. */
void ngx_http_finance_redis_conn_send(ngx_http_finance_redis_conn_t *conn,
    ngx_http_finance_redis_call_t *call);

/*
 * Gives up what is pending and closes, at once or, inside a reply's callback,
 * right after that.  reason is static; quiet: nothing is wrong.
 */
void ngx_http_finance_redis_conn_close(ngx_http_finance_redis_conn_t *conn,
    const char *reason, ngx_uint_t quiet);


/* What the reader puts replies into: hiredis' objects are never made. */
extern redisReplyObjectFunctions  ngx_http_finance_redis_reply_functions;


#endif /* _NGX_HTTP_FINANCE_REDIS_CONN_H_INCLUDED_ */

/*
 * Redis for the rest of the module: a pool of pipelined connections per worker
 * and a batch of commands as one op.  hiredis is not seen above this folder.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_H_INCLUDED_


#include "../async/ngx_http_finance_op.h"
#include "../async/ngx_http_finance_task.h"

#include "ngx_http_finance_redis_health.h"


/* What finance_redis says; made at configuration time, shared by locations
 * with the same text. */
typedef struct ngx_http_finance_redis_pool_s  ngx_http_finance_redis_pool_t;
typedef struct ngx_http_finance_redis_news_s  ngx_http_finance_redis_news_t;
typedef struct ngx_http_finance_redis_events_s
    ngx_http_finance_redis_events_t;

typedef struct {
    ngx_str_t                       url;            /* as written */
    ngx_str_t                       unix_path;      /* or: */
    ngx_str_t                       host;           /* for messages */
    ngx_addr_t                     *addr;           /* resolved at nginx -t */
    ngx_str_t                       user;
    ngx_str_t                       password;       /* never logged */
    ngx_uint_t                      db;
    ngx_uint_t                      connections;    /* 4 */
    ngx_msec_t                      timeout;        /* 1s, connect, command */
    ngx_msec_t                      retry;          /* 500ms, the backoff's
                                                       start; while down, a
                                                       caller may set off a
                                                       probe so often */
    ngx_uint_t                      used;           /* by a location that
                                                       serves */
    ngx_http_finance_redis_pool_t  *pool;           /* this worker's, made on
                                                       first use */
    ngx_http_finance_redis_news_t  *news;           /* likewise */
    ngx_http_finance_redis_events_t  *events;       /* while it has streams */
} ngx_http_finance_redis_conf_t;


/*
 * Parses the directive's arguments: value[1] is the url, the rest
 * connections=, timeout=, retry=, password_file=.  Returns NGX_CONF_OK or a
 * message / NGX_CONF_ERROR after logging with file and line.  rediss://,
 * sentinel= and cluster are refused with a clear reason.  Equal texts share one
 * conf.
 */
char *ngx_http_finance_redis_parse(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t **out);

/* redis://127.0.0.1:6379/0 and the defaults. */
ngx_http_finance_redis_conf_t *ngx_http_finance_redis_default(ngx_conf_t *cf);


typedef enum {
    NGX_HTTP_FINANCE_REDIS_NIL = 0,
    NGX_HTTP_FINANCE_REDIS_STATUS,      /* +OK */
    NGX_HTTP_FINANCE_REDIS_ERROR,       /* -ERR ..., text in str */
    NGX_HTTP_FINANCE_REDIS_INTEGER,
    NGX_HTTP_FINANCE_REDIS_STRING,
    NGX_HTTP_FINANCE_REDIS_ARRAY
} ngx_http_finance_redis_type_e;

/* A reply, copied into the batch's pool. */
typedef struct ngx_http_finance_redis_reply_s  ngx_http_finance_redis_reply_t;

struct ngx_http_finance_redis_reply_s {
    ngx_http_finance_redis_type_e    type;
    ngx_str_t                        str;
    int64_t                          integer;
    ngx_uint_t                       n;
    ngx_http_finance_redis_reply_t  *element;       /* [n] */
};


typedef struct ngx_http_finance_redis_call_s  ngx_http_finance_redis_call_t;

/*
 * A batch: commands written in one go on one connection, answered in order.
 * FIN_OK when every reply arrived (some may be ERROR replies);
 * FIN_E_REDIS: no connection, lost, or a handshake error;
 * FIN_E_BUSY: too much pending; FIN_E_TIMEOUT.
 */
typedef struct {
    ngx_http_finance_op_t            op;            /* first */
    ngx_pool_t                      *pool;
    ngx_uint_t                       n;             /* commands */
    ngx_http_finance_redis_reply_t  *reply;         /* [n], valid when DONE OK */
    ngx_str_t                        wire;          /* size_t length, RESP, ...
                                                       grows in pool */
    size_t                           wire_cap;
    ngx_http_finance_redis_call_t   *call;          /* lower half */
} ngx_http_finance_redis_batch_t;


/* An empty batch; pool outlives the op (the request's). */
void ngx_http_finance_redis_batch_init(ngx_http_finance_redis_batch_t *batch,
    ngx_pool_t *pool);

/*
 * Adds a command of argc byte strings.  NGX_OK or NGX_ERROR: no memory, more
 * than 8 MB in one batch, or a command that changes the connection's mode
 * (SUBSCRIBE, MONITOR, ...).
 */
ngx_int_t ngx_http_finance_redis_add(ngx_http_finance_redis_batch_t *batch,
    ngx_uint_t argc, const ngx_str_t *argv);

/*
 * Starts it on the pool's least loaded connection (a batch that comes while
 * connections are being made waits for one, within its timeout; while Redis is
 * known to be away it fails at once).  Failures, too, are completions: see op.
 */
void ngx_http_finance_redis_start(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_task_t *task, ngx_http_finance_redis_conf_t *conf);

/*
 * The same without a waiter: cache writes.  The commands are copied, a failure
 * or an error reply is logged once per state change and counted.
 */
void ngx_http_finance_redis_forget(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_conf_t *conf, ngx_log_t *log);

/*
 * The same, executed after another batch that is still under way: on its
 * connection.  For undoing what that may do after nobody waits for it.
 */
void ngx_http_finance_redis_forget_behind(
    ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_redis_batch_t *before,
    ngx_http_finance_redis_conf_t *conf, ngx_log_t *log);


/* For health: this worker's view, no I/O. */
ngx_http_finance_redis_state_e ngx_http_finance_redis_state(
    ngx_http_finance_redis_conf_t *conf);

/*
 * Why it is (or last was) down, for a person: "Connection refused", "it is
 * loading its data", ...; "" when it never was.  Valid until the next turn.
 */
const char *ngx_http_finance_redis_reason(ngx_http_finance_redis_conf_t *conf);

/* Its maxmemory-policy if that could drop what owners gave; NULL: it does not, or
 * we do not know. */
const char *ngx_http_finance_redis_eviction(
    ngx_http_finance_redis_conf_t *conf);

/* Failures of ngx_http_finance_redis_forget() in this worker: batches that were
 * lost and error replies. */
ngx_uint_t ngx_http_finance_redis_forgotten(
    ngx_http_finance_redis_conf_t *conf);

/*
 * For init_process: the first worker connects at once, so that what is wrong is
 * in the log before a client comes.
 */
void ngx_http_finance_redis_init(ngx_cycle_t *cycle);

/* Closes every pool of this worker; for exit_process. */
void ngx_http_finance_redis_exit(ngx_cycle_t *cycle);


#endif /* _NGX_HTTP_FINANCE_REDIS_H_INCLUDED_ */

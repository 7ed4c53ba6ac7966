/*
 * What has changed, as Redis' stream finance:events has it (codec/fin_event.h):
 * read on a connection of its own, by a worker that has somebody to tell, from
 * the beginning of what is kept there, and then as it comes.
 *
 * Nothing is missed over a lost connection: reading goes on behind the last
 * entry.  Where that is no longer there, the log is cleared and read anew.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_EVENTS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_EVENTS_H_INCLUDED_


#include "../codec/fin_event_log.h"
#include "ngx_http_finance_redis.h"


typedef enum {
    NGX_HTTP_FINANCE_REDIS_EVENTS_MORE = 0, /* entries came */
    NGX_HTTP_FINANCE_REDIS_EVENTS_UP,       /* all that is there was read */
    NGX_HTTP_FINANCE_REDIS_EVENTS_AWAY,     /* the connection is lost, or was
                                               not made: tried again */
    NGX_HTTP_FINANCE_REDIS_EVENTS_GAP       /* the log was cleared */
} ngx_http_finance_redis_events_e;


/*
 * Who is told; one for the worker.  Inside hiredis: nothing is sent or freed
 * here, it may look at the log and post events.
 */
typedef void (*ngx_http_finance_redis_events_pt)(
    ngx_http_finance_redis_conf_t *conf, ngx_http_finance_redis_events_e what);

void ngx_http_finance_redis_events_handler(
    ngx_http_finance_redis_events_pt handler);


/* Reads from now on.  NGX_OK, also when it does already, or NGX_ERROR (no
 * memory). */
ngx_int_t ngx_http_finance_redis_events_listen(
    ngx_http_finance_redis_conf_t *conf);

/* No more, and the log goes; not inside hiredis. */
void ngx_http_finance_redis_events_leave(
    ngx_http_finance_redis_conf_t *conf);

/* Whether the log has all that there is in Redis. */
ngx_uint_t ngx_http_finance_redis_events_up(
    ngx_http_finance_redis_conf_t *conf);

/* What was read; NULL: it is not listened to. */
const fin_event_log_t *ngx_http_finance_redis_events_log(
    ngx_http_finance_redis_conf_t *conf);

/* The pool is up: a good time to try again. */
void ngx_http_finance_redis_events_wake(ngx_http_finance_redis_conf_t *conf);

/* Ends it for every Redis; for exit_process. */
void ngx_http_finance_redis_events_exit(ngx_cycle_t *cycle);


#endif /* _NGX_HTTP_FINANCE_REDIS_EVENTS_H_INCLUDED_ */

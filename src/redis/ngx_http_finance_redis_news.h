/*
 * What the workers of all hosts tell each other: messages on the channel
 * finance:news, heard on a connection of its own.
 *
 * A worker hears what it publishes itself, too.  Nothing is promised: a message
 * may be missed, and then the handler is told that some may have been.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_NEWS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_NEWS_H_INCLUDED_


#include "ngx_http_finance_redis.h"


#define NGX_HTTP_FINANCE_REDIS_NEWS_CHANNEL  "finance:news"

/* A longer message is dropped, bytes. */
#define NGX_HTTP_FINANCE_REDIS_NEWS_MAX      1024


/*
 * message is valid during the call.  NULL: the subscription was lost, or made
 * (anew), or more came than was kept: something may have been missed.
 */
typedef void (*ngx_http_finance_redis_news_pt)(
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *message);


/*
 * Who hears what is published; one for the worker.  Called from the event
 * loop, never inside hiredis: messages are queued and delivered by a posted
 * event.
 */
void ngx_http_finance_redis_news_handler(
    ngx_http_finance_redis_news_pt handler);

/*
 * This worker listens to conf's channel from now on: connects in the
 * background, and again after a loss.  Cheap when it already does.
 */
void ngx_http_finance_redis_news_listen(ngx_http_finance_redis_conf_t *conf);

/* Whether the subscription stands. */
ngx_uint_t ngx_http_finance_redis_news_up(ngx_http_finance_redis_conf_t *conf);

/* Ends every subscription of this worker; for exit_process. */
void ngx_http_finance_redis_news_exit(ngx_cycle_t *cycle);


#endif /* _NGX_HTTP_FINANCE_REDIS_NEWS_H_INCLUDED_ */

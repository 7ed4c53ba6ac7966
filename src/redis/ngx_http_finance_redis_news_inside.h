/*
 * The connection on which news are heard, for this folder.
 *
 * After the handshake nothing but SUBSCRIBE is ever said on it: hiredis would
 * give the answer to another command's callback.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_NEWS_INSIDE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_NEWS_INSIDE_H_INCLUDED_


#include "ngx_http_finance_redis_dial.h"
#include "ngx_http_finance_redis_news.h"
#include "ngx_http_finance_redis_ring.h"


/* What we say to hear it; nobody is told. */
#define NGX_HTTP_FINANCE_REDIS_NEWS_SIGN   "-"
/* A message, and what it begins with: its kind, its channel. */
#define NGX_HTTP_FINANCE_REDIS_NEWS_PARTS  3


struct ngx_http_finance_redis_news_s {
    ngx_http_finance_redis_adapter_t   io;          /* first */
    ngx_queue_t                        queue;       /* of the worker's */
    ngx_http_finance_redis_conf_t     *conf;
    ngx_log_t                         *log;         /* the cycle's */
    ngx_http_finance_redis_health_t    health;      /* its backoff */
    ngx_http_finance_redis_hello_t     hello;
    ngx_event_t                        timer;       /* the handshake's end, or
                                                       the next attempt */
    ngx_msec_t                         up_at;

    ngx_event_t                        beat;        /* is it still alive? */
    ngx_uint_t                         asked;       /* beats published, */
    ngx_uint_t                         unheard;     /* of those by Redis, too,
                                                       since one was heard */
    ngx_event_t                        deliver;     /* posted */
    ngx_http_finance_redis_ring_t      ring;

    /* the reply being read, what hiredis sees */
    redisReply                         root;
    redisReply                         part[NGX_HTTP_FINANCE_REDIS_NEWS_PARTS];
    redisReply                        *parts[NGX_HTTP_FINANCE_REDIS_NEWS_PARTS];
    char                               text[128];   /* of an error */
    char                               kind[16];
    char                               channel[16];
    u_char                             message[NGX_HTTP_FINANCE_REDIS_NEWS_MAX];

    const char                        *reason;      /* why we close, static */
    unsigned                           up:1;
    unsigned                           slow:1;      /* an operator must act */
    unsigned                           closing:1;
    unsigned                           quiet:1;     /* nothing is wrong */
    unsigned                           told:1;      /* logged */
    unsigned                           heard:1;     /* since the last beat */
    unsigned                           missed:1;    /* to be told */
};


/* The pool is up: a good time to try again, or to see whether what was said
 * meanwhile is still heard.  May be called inside hiredis. */
void ngx_http_finance_redis_news_wake(ngx_http_finance_redis_conf_t *conf);

/* reason is static; quiet: nothing is wrong. */
void ngx_http_finance_redis_news_close(ngx_http_finance_redis_news_t *news,
    const char *reason, ngx_uint_t quiet);

/* Closes and frees; conf->news is NULL afterwards. */
void ngx_http_finance_redis_news_free(ngx_http_finance_redis_news_t *news);


/* The socket's own way to find out. */
void ngx_http_finance_redis_news_keepalive(
    ngx_http_finance_redis_news_t *news);
/* A timer while it is up: what to do about silence. */
void ngx_http_finance_redis_news_beat(ngx_event_t *ev);
/* All is well so far. */
void ngx_http_finance_redis_news_pause(ngx_http_finance_redis_news_t *news);
/* Is it, still? */
void ngx_http_finance_redis_news_beat_now(ngx_http_finance_redis_news_t *news);


/*
 * What the reader of that connection puts replies into.  What reaches hiredis
 * is of the form that it takes for granted: single answers during the handshake,
 * then errors, and messages of our channel.  Anything else ends the connection.
 */
extern redisReplyObjectFunctions  ngx_http_finance_redis_news_functions;


#endif /* _NGX_HTTP_FINANCE_REDIS_NEWS_INSIDE_H_INCLUDED_ */

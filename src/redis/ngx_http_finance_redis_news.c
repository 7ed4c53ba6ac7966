/* Messages between workers: see the headers. */


#include "ngx_http_finance_redis_news_inside.h"
#include "ngx_http_finance_redis_pool.h"


#define NGX_HTTP_FINANCE_REDIS_NEWS_NAME  "nginx-finance-news"


static void ngx_http_finance_redis_news_open(
    ngx_http_finance_redis_news_t *news);
static ngx_int_t ngx_http_finance_redis_news_hello(
    ngx_http_finance_redis_news_t *news);
static void ngx_http_finance_redis_news_greet(redisAsyncContext *ac,
    void *reply, void *data);
static void ngx_http_finance_redis_news_message(redisAsyncContext *ac,
    void *reply, void *data);
static void ngx_http_finance_redis_news_begin(
    ngx_http_finance_redis_news_t *news);
static void ngx_http_finance_redis_news_tell(
    ngx_http_finance_redis_news_t *news);
static void ngx_http_finance_redis_news_deliver(ngx_event_t *ev);
static void ngx_http_finance_redis_news_timer(ngx_event_t *ev);
static void ngx_http_finance_redis_news_closed(
    ngx_http_finance_redis_adapter_t *io, const char *error);
static void ngx_http_finance_redis_news_failed(
    ngx_http_finance_redis_news_t *news, const char *reason);
static void ngx_http_finance_redis_news_schedule(
    ngx_http_finance_redis_news_t *news);
static void ngx_http_finance_redis_news_shutdown(
    ngx_http_finance_redis_adapter_t *io, ngx_uint_t force);
static ngx_str_t *ngx_http_finance_redis_news_server(
    ngx_http_finance_redis_news_t *news);


/* The worker's, for its exit. */
static ngx_queue_t                     ngx_http_finance_redis_news_all;
static ngx_http_finance_redis_news_pt  ngx_http_finance_redis_news_reader;


void
ngx_http_finance_redis_news_handler(ngx_http_finance_redis_news_pt handler)
{
    ngx_http_finance_redis_news_reader = handler;
}


void
ngx_http_finance_redis_news_listen(ngx_http_finance_redis_conf_t *conf)
{
    ngx_log_t                      *log;
    ngx_http_finance_redis_news_t  *news;

    if (conf->news || ngx_exiting) {
        return;
    }

    log = ngx_cycle->log;

    news = ngx_calloc(sizeof(ngx_http_finance_redis_news_t), log);
    if (news == NULL) {
        return;
    }

    news->conf = conf;
    news->log = log;
    news->io.closed = ngx_http_finance_redis_news_closed;
    news->io.shutdown = ngx_http_finance_redis_news_shutdown;

    ngx_http_finance_redis_health_init(&news->health);

    /* none of these keeps a worker that wants to exit */

    news->timer.cancelable = 1;
    news->timer.handler = ngx_http_finance_redis_news_timer;
    news->timer.data = news;
    news->timer.log = log;

    news->beat.cancelable = 1;
    news->beat.handler = ngx_http_finance_redis_news_beat;
    news->beat.data = news;
    news->beat.log = log;

    news->deliver.handler = ngx_http_finance_redis_news_deliver;
    news->deliver.data = news;
    news->deliver.log = log;

    if (ngx_http_finance_redis_news_all.next == NULL) {
        ngx_queue_init(&ngx_http_finance_redis_news_all);
    }

    ngx_queue_insert_tail(&ngx_http_finance_redis_news_all, &news->queue);
    conf->news = news;

    ngx_http_finance_redis_news_open(news);
}


static void
ngx_http_finance_redis_news_open(ngx_http_finance_redis_news_t *news)
{
    redisAsyncContext  *ac;

    if (ngx_http_finance_redis_state(news->conf) == NGX_HTTP_FINANCE_REDIS_DOWN)
    {
        /* one probe a worker will do, we are woken */
        return;
    }

    news->reason = NULL;
    news->slow = 0;
    news->closing = 0;
    news->quiet = 0;

    ngx_http_finance_redis_health_try(&news->health, ngx_current_msec);

    ac = ngx_http_finance_redis_dial(news->conf);

    if (ac == NULL || ac->err
        || ngx_http_finance_redis_adapter_attach(&news->io, ac, news->log)
           != NGX_OK)
    {
        ngx_http_finance_redis_news_failed(news,
            ac == NULL ? "no memory"
                       : ac->err ? ac->errstr : "no free connection in nginx");

        if (ac) {
            redisAsyncFree(ac);
        }

        return;
    }

    ac->data = news;
    ac->c.reader->fn = &ngx_http_finance_redis_news_functions;
    ac->c.reader->privdata = news;

    ngx_http_finance_redis_news_keepalive(news);

    /* connect and handshake together */
    ngx_add_timer(&news->timer, news->conf->timeout);

    if (ngx_http_finance_redis_news_hello(news) != NGX_OK) {
        ngx_http_finance_redis_news_close(news, "no memory", 0);
    }
}


/* Buffered by hiredis until it is connected; channels belong to no database. */
static ngx_int_t
ngx_http_finance_redis_news_hello(ngx_http_finance_redis_news_t *news)
{
    ngx_uint_t                      i;
    redisAsyncContext              *ac;
    ngx_http_finance_redis_conf_t  *conf;

    ac = news->io.ac;
    conf = news->conf;

    ngx_http_finance_redis_hello_init(&news->hello, conf->password.len != 0,
                                      0);

    for (i = 0; i < news->hello.n; i++) {
        if (ngx_http_finance_redis_dial_step(ac, conf,
                                             NGX_HTTP_FINANCE_REDIS_NEWS_NAME,
                                             news->hello.step[i],
                                             ngx_http_finance_redis_news_greet,
                                             news)
            != REDIS_OK)
        {
            return NGX_ERROR;
        }
    }

    if (redisAsyncCommand(ac, ngx_http_finance_redis_news_message, news,
                          "SUBSCRIBE " NGX_HTTP_FINANCE_REDIS_NEWS_CHANNEL)
        != REDIS_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* The answer to a step of the handshake, or NULL: it will be closed. */
static void
ngx_http_finance_redis_news_greet(redisAsyncContext *ac, void *reply,
    void *data)
{
    redisReply                            *r = reply;
    ngx_http_finance_redis_news_t         *news = data;
    const ngx_http_finance_redis_error_t  *error;

    if (r == NULL || news->closing) {
        return;
    }

    if (r->type == REDIS_REPLY_ERROR) {
        error = ngx_http_finance_redis_hello_answer(&news->hello, r->str,
                                                    r->len);
    } else {
        error = ngx_http_finance_redis_hello_answer(&news->hello, NULL, 0);
    }

    if (error) {
        news->slow = (error->retry == NGX_HTTP_FINANCE_REDIS_OPERATOR);
        ngx_http_finance_redis_news_close(news, error->reason, 0);
    }
}


/* A message, that we are subscribed, or NULL. */
static void
ngx_http_finance_redis_news_message(redisAsyncContext *ac, void *reply,
    void *data)
{
    redisReply                     *r = reply;
    ngx_http_finance_redis_news_t  *news = data;

    if (r == NULL || news->closing) {
        return;
    }

    if (r->element[2]->type == REDIS_REPLY_INTEGER) {
        ngx_http_finance_redis_news_begin(news);
        return;
    }

    news->heard = 1;

    if (r->element[2]->len == 1
        && news->message[0] == NGX_HTTP_FINANCE_REDIS_NEWS_SIGN[0])
    {
        return;
    }

    if (r->element[2]->len > NGX_HTTP_FINANCE_REDIS_NEWS_MAX) {
        /* none of ours */
        return;
    }

    if (!ngx_http_finance_redis_ring_push(&news->ring, news->message,
                                          r->element[2]->len))
    {
        news->missed = 1;
    }

    ngx_http_finance_redis_news_tell(news);
}


static void
ngx_http_finance_redis_news_begin(ngx_http_finance_redis_news_t *news)
{
    ngx_uint_t  level;

    if (news->up) {
        return;
    }

    (void) ngx_http_finance_redis_health_ready(&news->health);

    news->up = 1;
    news->up_at = ngx_current_msec;

    level = news->told ? NGX_LOG_NOTICE : NGX_LOG_INFO;

    ngx_log_error(level, news->log, 0, "finance redis %V: news are heard",
                  ngx_http_finance_redis_news_server(news));

    news->told = 0;

    ngx_del_timer(&news->timer);
    ngx_http_finance_redis_news_pause(news);

    /* what was said before */
    news->missed = 1;
    ngx_http_finance_redis_news_tell(news);
}


/* Not here, inside hiredis. */
static void
ngx_http_finance_redis_news_tell(ngx_http_finance_redis_news_t *news)
{
    ngx_post_event(&news->deliver, &ngx_posted_events);
}


static void
ngx_http_finance_redis_news_deliver(ngx_event_t *ev)
{
    int                             n;
    u_char                          text[NGX_HTTP_FINANCE_REDIS_RING_MAX];
    ngx_str_t                       message;
    ngx_http_finance_redis_news_t  *news = ev->data;

    if (news->missed) {
        news->missed = 0;

        if (ngx_http_finance_redis_news_reader) {
            ngx_http_finance_redis_news_reader(news->conf, NULL);
        }
    }

    for ( ;; ) {
        n = ngx_http_finance_redis_ring_pop(&news->ring, text);
        if (n < 0) {
            return;
        }

        message.data = text;
        message.len = (size_t) n;

        if (ngx_http_finance_redis_news_reader) {
            ngx_http_finance_redis_news_reader(news->conf, &message);
        }
    }
}


void
ngx_http_finance_redis_news_wake(ngx_http_finance_redis_conf_t *conf)
{
    ngx_http_finance_redis_news_t  *news;

    news = conf->news;

    if (news == NULL) {
        return;
    }

    if (news->up) {
        ngx_http_finance_redis_news_beat_now(news);

    } else if (news->io.ac == NULL) {

        if (news->timer.timer_set) {
            ngx_del_timer(&news->timer);
        }

        ngx_add_timer(&news->timer, 0);
    }
}


static void
ngx_http_finance_redis_news_timer(ngx_event_t *ev)
{
    ngx_http_finance_redis_news_t  *news = ev->data;

    if (news->io.ac) {
        ngx_http_finance_redis_news_close(news, "no connection in time", 0);

    } else if (!ngx_exiting) {
        ngx_http_finance_redis_news_open(news);
    }
}


void
ngx_http_finance_redis_news_close(ngx_http_finance_redis_news_t *news,
    const char *reason, ngx_uint_t quiet)
{
    if (news->io.ac == NULL || news->closing) {
        return;
    }

    news->closing = 1;
    news->quiet = quiet ? 1 : 0;
    news->reason = reason;

    redisAsyncFree(news->io.ac);
}


static void
ngx_http_finance_redis_news_closed(ngx_http_finance_redis_adapter_t *io,
    const char *error)
{
    const char                     *reason;
    ngx_http_finance_redis_news_t  *news;

    news = (ngx_http_finance_redis_news_t *) io;

    reason = news->reason ? news->reason : error ? error : "it was closed";

    if (news->timer.timer_set) {
        ngx_del_timer(&news->timer);
    }

    if (news->beat.timer_set) {
        ngx_del_timer(&news->beat);
    }

    news->unheard = 0;

    if (news->quiet) {
        ngx_http_finance_redis_health_closed(&news->health, news->up);
        news->up = 0;
        return;
    }

    if (!news->up) {
        ngx_http_finance_redis_news_failed(news, reason);
        return;
    }

    ngx_log_error(NGX_LOG_INFO, news->log, 0,
                  "finance redis %V: news are not heard: %s",
                  ngx_http_finance_redis_news_server(news), reason);

    (void) ngx_http_finance_redis_health_lost(&news->health,
                                             ngx_current_msec - news->up_at,
                                             reason);
    news->up = 0;
    news->missed = 1;

    ngx_http_finance_redis_news_tell(news);
    ngx_http_finance_redis_news_schedule(news);
}


/* Whatever the reason, a Redis that is down was told of by the pool. */
static void
ngx_http_finance_redis_news_failed(ngx_http_finance_redis_news_t *news,
    const char *reason)
{
    ngx_uint_t  level;

    (void) ngx_http_finance_redis_health_failed(&news->health, reason,
                                               news->slow);

    level = NGX_LOG_INFO;

    if (!news->told && (news->slow || news->health.failures > 2)
        && ngx_http_finance_redis_state(news->conf)
           == NGX_HTTP_FINANCE_REDIS_UP)
    {
        news->told = 1;
        level = NGX_LOG_WARN;
    }

    ngx_log_error(level, news->log, 0,
                  "finance redis %V: news cannot be heard: %s",
                  ngx_http_finance_redis_news_server(news), reason);

    ngx_http_finance_redis_news_schedule(news);
}


static void
ngx_http_finance_redis_news_schedule(ngx_http_finance_redis_news_t *news)
{
    ngx_msec_t  delay;

    if (ngx_exiting) {
        return;
    }

    delay = ngx_http_finance_redis_health_delay(&news->health,
                                                news->conf->retry,
                                                (uint64_t) ngx_random());
    ngx_add_timer(&news->timer, delay);
}


/*
 * An old worker hears news as long as it has requests that may wait for them:
 * the connection does not keep it, and goes when it exits.
 */
static void
ngx_http_finance_redis_news_shutdown(ngx_http_finance_redis_adapter_t *io,
    ngx_uint_t force)
{
    ngx_http_finance_redis_news_t  *news;

    news = (ngx_http_finance_redis_news_t *) io;

    if (force || !news->up) {
        ngx_http_finance_redis_news_close(news, "nginx is shutting down", 1);
    }
}


ngx_uint_t
ngx_http_finance_redis_news_up(ngx_http_finance_redis_conf_t *conf)
{
    return conf->news && conf->news->up;
}


void
ngx_http_finance_redis_news_free(ngx_http_finance_redis_news_t *news)
{
    ngx_http_finance_redis_news_close(news, "nginx exits", 1);

    if (news->timer.timer_set) {
        ngx_del_timer(&news->timer);
    }

    if (news->deliver.posted) {
        ngx_delete_posted_event(&news->deliver);
    }

    ngx_queue_remove(&news->queue);
    news->conf->news = NULL;

    ngx_free(news);
}


void
ngx_http_finance_redis_news_exit(ngx_cycle_t *cycle)
{
    ngx_queue_t  *q;

    if (ngx_http_finance_redis_news_all.next == NULL) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_finance_redis_news_all)) {
        q = ngx_queue_head(&ngx_http_finance_redis_news_all);

        ngx_http_finance_redis_news_free(
            ngx_queue_data(q, ngx_http_finance_redis_news_t, queue));
    }
}


static ngx_str_t *
ngx_http_finance_redis_news_server(ngx_http_finance_redis_news_t *news)
{
    ngx_http_finance_redis_conf_t  *conf;

    conf = news->conf;

    return conf->unix_path.len ? &conf->unix_path : &conf->host;
}

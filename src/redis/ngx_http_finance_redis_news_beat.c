/* Whether the connection of the news is still alive. */


#include "ngx_http_finance_redis_news_inside.h"
#include "ngx_http_finance_redis_pool.h"


/* Silence of so long is looked into, ms, a quarter more or less. */
#define NGX_HTTP_FINANCE_REDIS_NEWS_BEAT  10000
/* So many of our own messages that are not heard mean a dead connection. */
#define NGX_HTTP_FINANCE_REDIS_NEWS_DEAF  2

#define NGX_HTTP_FINANCE_REDIS_NEWS_PUBLISH                                   \
    "*3\r\n$7\r\nPUBLISH\r\n$12\r\n"                                          \
    NGX_HTTP_FINANCE_REDIS_NEWS_CHANNEL "\r\n$1\r\n"                         \
    NGX_HTTP_FINANCE_REDIS_NEWS_SIGN "\r\n"


static void ngx_http_finance_redis_news_published(
    ngx_http_finance_redis_pool_t *pool, ngx_http_finance_redis_type_e type,
    const char *str, size_t len);


/*
 * A peer that is gone without a word is found out by the beats; where they are
 * not permitted, by this.  Failing is no harm.
 */
void
ngx_http_finance_redis_news_keepalive(ngx_http_finance_redis_news_t *news)
{
#if (NGX_HAVE_KEEPALIVE_TUNABLE)
    int  idle, interval, probes;

    if (news->conf->unix_path.len) {
        return;
    }

    idle = 5;
    interval = 2;
    probes = 3;

    (void) setsockopt(news->io.c->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle,
                      sizeof(int));
    (void) setsockopt(news->io.c->fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval,
                      sizeof(int));
    (void) setsockopt(news->io.c->fd, IPPROTO_TCP, TCP_KEEPCNT, &probes,
                      sizeof(int));
#endif
}


/*
 * Nothing was heard for a while: does what we publish ourselves come back?  All
 * who listen hear it, so that one of them asks for all.
 */
void
ngx_http_finance_redis_news_beat(ngx_event_t *ev)
{
    ngx_http_finance_redis_news_t  *news = ev->data;
    ngx_http_finance_redis_pool_t  *pool;

    if (news->heard) {
        news->unheard = 0;
        ngx_http_finance_redis_news_pause(news);
        return;
    }

    if (news->unheard >= NGX_HTTP_FINANCE_REDIS_NEWS_DEAF) {
        ngx_http_finance_redis_news_close(news, "it has gone silent", 0);
        return;
    }

    pool = ngx_http_finance_redis_pool_get(news->conf);

    if (pool == NULL || pool->health.state == NGX_HTTP_FINANCE_REDIS_DOWN
        || news->asked >= NGX_HTTP_FINANCE_REDIS_NEWS_DEAF)
    {
        /* it cannot, or may not, be published */
        ngx_http_finance_redis_news_pause(news);
        return;
    }

    news->asked++;

    ngx_http_finance_redis_ask(pool, NULL, NGX_HTTP_FINANCE_REDIS_NEWS_PUBLISH,
                               ngx_http_finance_redis_news_published);

    ngx_add_timer(&news->beat, news->conf->timeout);
}


static void
ngx_http_finance_redis_news_published(ngx_http_finance_redis_pool_t *pool,
    ngx_http_finance_redis_type_e type, const char *str, size_t len)
{
    if (pool->conf->news && type == NGX_HTTP_FINANCE_REDIS_INTEGER) {
        pool->conf->news->unheard++;
    }
}


void
ngx_http_finance_redis_news_pause(ngx_http_finance_redis_news_t *news)
{
    ngx_msec_t  quarter;

    quarter = NGX_HTTP_FINANCE_REDIS_NEWS_BEAT / 4;

    news->heard = 0;
    news->asked = 0;

    ngx_add_timer(&news->beat, 3 * quarter
                               + (ngx_msec_t) ngx_random() % (2 * quarter));
}


void
ngx_http_finance_redis_news_beat_now(ngx_http_finance_redis_news_t *news)
{
    news->heard = 0;
    news->asked = 0;
    news->unheard = 0;

    if (news->beat.timer_set) {
        ngx_del_timer(&news->beat);
    }

    ngx_add_timer(&news->beat, 0);
}

/* Messages on their way out of hiredis' parser: see the header. */


#include "ngx_http_finance_redis_news_inside.h"


static void *ngx_http_finance_redis_news_string(const redisReadTask *task,
    char *str, size_t len);
static void *ngx_http_finance_redis_news_answer(
    ngx_http_finance_redis_news_t *news, int type, const char *str,
    size_t len);
static void *ngx_http_finance_redis_news_part(
    ngx_http_finance_redis_news_t *news, int idx, char *str, size_t len);
static void *ngx_http_finance_redis_news_array(const redisReadTask *task,
    ngx_http_finance_redis_elements_t n);
static void *ngx_http_finance_redis_news_integer(const redisReadTask *task,
    long long integer);
static void *ngx_http_finance_redis_news_nil(const redisReadTask *task);
static void ngx_http_finance_redis_news_object_free(void *reply);
static void *ngx_http_finance_redis_news_refuse(
    ngx_http_finance_redis_news_t *news);
static ngx_uint_t ngx_http_finance_redis_news_greeted(
    ngx_http_finance_redis_news_t *news);
#if (HIREDIS_MAJOR >= 1)
static void *ngx_http_finance_redis_news_double(const redisReadTask *task,
    double value, char *str, size_t len);
static void *ngx_http_finance_redis_news_bool(const redisReadTask *task,
    int value);
#endif


redisReplyObjectFunctions  ngx_http_finance_redis_news_functions = {
    .createString = ngx_http_finance_redis_news_string,
    .createArray = ngx_http_finance_redis_news_array,
    .createInteger = ngx_http_finance_redis_news_integer,
    .createNil = ngx_http_finance_redis_news_nil,
#if (HIREDIS_MAJOR >= 1)
    .createDouble = ngx_http_finance_redis_news_double,
    .createBool = ngx_http_finance_redis_news_bool,
#endif
    .freeObject = ngx_http_finance_redis_news_object_free
};


static void *
ngx_http_finance_redis_news_string(const redisReadTask *task, char *str,
    size_t len)
{
    ngx_http_finance_redis_news_t  *news = task->privdata;

    if (task->parent == NULL) {
        return ngx_http_finance_redis_news_answer(news, task->type, str, len);
    }

    if (task->type != REDIS_REPLY_STRING) {
        return ngx_http_finance_redis_news_refuse(news);
    }

    return ngx_http_finance_redis_news_part(news, (int) task->idx, str, len);
}


/* A status or an error: after the handshake, to SUBSCRIBE, only that. */
static void *
ngx_http_finance_redis_news_answer(ngx_http_finance_redis_news_t *news,
    int type, const char *str, size_t len)
{
    const ngx_http_finance_redis_error_t  *error;

    if (type != REDIS_REPLY_ERROR
        && (type != REDIS_REPLY_STATUS
            || ngx_http_finance_redis_news_greeted(news)))
    {
        return ngx_http_finance_redis_news_refuse(news);
    }

    if (len >= sizeof(news->text)) {
        len = sizeof(news->text) - 1;
    }

    ngx_memcpy(news->text, str, len);
    news->text[len] = '\0';

    news->root.type = type;
    news->root.str = news->text;
    news->root.len = len;

    if (type == REDIS_REPLY_ERROR
        && ngx_http_finance_redis_news_greeted(news))
    {
        /* hiredis closes */
        error = ngx_http_finance_redis_error_find(str, len);

        news->slow = (error->retry == NGX_HTTP_FINANCE_REDIS_OPERATOR);
        news->reason = error->retry == NGX_HTTP_FINANCE_REDIS_ANSWER
                       ? "it refused the channel" : error->reason;
    }

    return &news->root;
}


static void *
ngx_http_finance_redis_news_part(ngx_http_finance_redis_news_t *news, int idx,
    char *str, size_t len)
{
    char       *copy;
    size_t      size;
    redisReply  *part;

    switch (idx) {

    case 0:
        copy = news->kind;
        size = sizeof(news->kind);
        break;

    case 1:
        copy = news->channel;
        size = sizeof(news->channel);
        break;

    default:
        copy = (char *) news->message;
        size = sizeof(news->message) + 1;
    }

    part = &news->part[idx];

    part->type = REDIS_REPLY_STRING;
    part->str = copy;
    part->len = len;

    if (len < size) {
        ngx_memcpy(copy, str, len);
    }

    if (idx == 2) {
        /* one that is too long, of which we keep the length, is dropped */
        return ngx_strcmp(news->kind, "message") == 0
               ? part : ngx_http_finance_redis_news_refuse(news);
    }

    if (len >= size) {
        return ngx_http_finance_redis_news_refuse(news);
    }

    copy[len] = '\0';

    if (idx == 0
        ? ngx_strcmp(copy, "message") != 0 && ngx_strcmp(copy, "subscribe") != 0
        : ngx_strcmp(copy, NGX_HTTP_FINANCE_REDIS_NEWS_CHANNEL) != 0)
    {
        return ngx_http_finance_redis_news_refuse(news);
    }

    return part;
}


static void *
ngx_http_finance_redis_news_array(const redisReadTask *task,
    ngx_http_finance_redis_elements_t n)
{
    ngx_uint_t                      i;
    ngx_http_finance_redis_news_t  *news = task->privdata;

    if (task->parent || task->type != REDIS_REPLY_ARRAY
        || n != NGX_HTTP_FINANCE_REDIS_NEWS_PARTS
        || !ngx_http_finance_redis_news_greeted(news))
    {
        return ngx_http_finance_redis_news_refuse(news);
    }

    for (i = 0; i < NGX_HTTP_FINANCE_REDIS_NEWS_PARTS; i++) {
        news->parts[i] = &news->part[i];
    }

    news->root.type = REDIS_REPLY_ARRAY;
    news->root.elements = NGX_HTTP_FINANCE_REDIS_NEWS_PARTS;
    news->root.element = news->parts;

    return &news->root;
}


/* To how many channels we listen. */
static void *
ngx_http_finance_redis_news_integer(const redisReadTask *task,
    long long integer)
{
    redisReply                     *part;
    ngx_http_finance_redis_news_t  *news = task->privdata;

    if (task->parent == NULL || task->idx != 2
        || ngx_strcmp(news->kind, "subscribe") != 0)
    {
        return ngx_http_finance_redis_news_refuse(news);
    }

    part = &news->part[2];

    part->type = REDIS_REPLY_INTEGER;
    part->integer = integer;

    return part;
}


static void *
ngx_http_finance_redis_news_nil(const redisReadTask *task)
{
    return ngx_http_finance_redis_news_refuse(task->privdata);
}


static void
ngx_http_finance_redis_news_object_free(void *reply)
{
    /* all is the connection's */
}


/* hiredis takes it for a lack of memory and closes. */
static void *
ngx_http_finance_redis_news_refuse(ngx_http_finance_redis_news_t *news)
{
    news->reason = "it answered what nobody asked";

    return NULL;
}


/* Whether every step of the handshake is answered. */
static ngx_uint_t
ngx_http_finance_redis_news_greeted(ngx_http_finance_redis_news_t *news)
{
    return news->hello.done == news->hello.n;
}


#if (HIREDIS_MAJOR >= 1)

static void *
ngx_http_finance_redis_news_double(const redisReadTask *task, double value,
    char *str, size_t len)
{
    return ngx_http_finance_redis_news_refuse(task->privdata);
}


static void *
ngx_http_finance_redis_news_bool(const redisReadTask *task, int value)
{
    return ngx_http_finance_redis_news_refuse(task->privdata);
}

#endif

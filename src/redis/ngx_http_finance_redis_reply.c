/*
 * Replies on their way from hiredis' parser into a batch's pool: one copy.
 *
 * The parser asks for an object for each value that it has read.  We answer
 * with the value's slot in the batch's tree of replies, filled; the reply as a
 * whole is conn->root, a redisReply that holds what hiredis and the callback
 * look at.  When nobody waits for the reply (any more), only conn->root is kept
 * up and no slot is touched: its pool may be gone.
 *
 * A NULL makes the parser fail and hiredis drop the connection.
 */


#include "ngx_http_finance_redis_conn.h"


/* Of one array; a server that says more is not ours. */
#define NGX_HTTP_FINANCE_REDIS_ELEMENTS  131072


typedef struct {
    void                            *object;    /* for the parser */
    ngx_http_finance_redis_call_t   *call;
    ngx_http_finance_redis_reply_t  *reply;     /* NULL: nobody waits */
} ngx_http_finance_redis_place_t;


static void *ngx_http_finance_redis_reply_string(const redisReadTask *task,
    char *str, size_t len);
static void *ngx_http_finance_redis_reply_array(const redisReadTask *task,
    ngx_http_finance_redis_elements_t n);
static void *ngx_http_finance_redis_reply_integer(const redisReadTask *task,
    long long integer);
static void *ngx_http_finance_redis_reply_nil(const redisReadTask *task);
static void ngx_http_finance_redis_reply_free(void *reply);
static void *ngx_http_finance_redis_reply_refuse(const redisReadTask *task,
    const char *reason);
static void ngx_http_finance_redis_reply_answer(const redisReadTask *task,
    ngx_http_finance_redis_place_t *place, ngx_http_finance_redis_type_e type,
    const char *str, size_t len);
static void ngx_http_finance_redis_reply_place(const redisReadTask *task,
    int root, ngx_http_finance_redis_type_e type,
    ngx_http_finance_redis_place_t *place);
static void ngx_http_finance_redis_reply_error(
    ngx_http_finance_redis_conn_t *conn, const char *str, size_t len);
#if (HIREDIS_MAJOR >= 1)
static void *ngx_http_finance_redis_reply_double(const redisReadTask *task,
    double value, char *str, size_t len);
static void *ngx_http_finance_redis_reply_bool(const redisReadTask *task,
    int value);
#endif


redisReplyObjectFunctions  ngx_http_finance_redis_reply_functions = {
    .createString = ngx_http_finance_redis_reply_string,
    .createArray = ngx_http_finance_redis_reply_array,
    .createInteger = ngx_http_finance_redis_reply_integer,
    .createNil = ngx_http_finance_redis_reply_nil,
#if (HIREDIS_MAJOR >= 1)
    .createDouble = ngx_http_finance_redis_reply_double,
    .createBool = ngx_http_finance_redis_reply_bool,
#endif
    .freeObject = ngx_http_finance_redis_reply_free
};


static void *
ngx_http_finance_redis_reply_string(const redisReadTask *task, char *str,
    size_t len)
{
    u_char                          *p;
    ngx_http_finance_redis_type_e    type;
    ngx_http_finance_redis_place_t   place;

    switch (task->type) {

    case REDIS_REPLY_STRING:
        type = NGX_HTTP_FINANCE_REDIS_STRING;
        break;

    case REDIS_REPLY_STATUS:
        type = NGX_HTTP_FINANCE_REDIS_STATUS;
        break;

    case REDIS_REPLY_ERROR:
        type = NGX_HTTP_FINANCE_REDIS_ERROR;
        ngx_http_finance_redis_reply_error(task->privdata, str, len);
        break;

    default:
        return ngx_http_finance_redis_reply_refuse(task,
                                                   "it does not speak RESP2");
    }

    ngx_http_finance_redis_reply_place(task, task->type, type, &place);

    if (place.reply == NULL) {
        ngx_http_finance_redis_reply_answer(task, &place, type, str, len);
        return place.object;
    }

    p = ngx_pnalloc(place.call->batch->pool, len + 1);
    if (p == NULL) {
        place.call->nomem = 1;
        return place.object;
    }

    /* the NUL is not counted, it is for parsers that want one */
    ngx_memcpy(p, str, len);
    p[len] = '\0';

    place.reply->str.data = p;
    place.reply->str.len = len;

    return place.object;
}


static void *
ngx_http_finance_redis_reply_array(const redisReadTask *task,
    ngx_http_finance_redis_elements_t n)
{
    ngx_http_finance_redis_place_t  place;

    if (task->type != REDIS_REPLY_ARRAY) {
        return ngx_http_finance_redis_reply_refuse(task,
                                                   "it does not speak RESP2");
    }

    if ((size_t) n > NGX_HTTP_FINANCE_REDIS_ELEMENTS) {
        return ngx_http_finance_redis_reply_refuse(task,
                                                   "its reply is too large");
    }

    ngx_http_finance_redis_reply_place(task, REDIS_REPLY_ARRAY,
                                       NGX_HTTP_FINANCE_REDIS_ARRAY, &place);

    if (place.reply == NULL || n == 0) {
        return place.object;
    }

    place.reply->element = ngx_pcalloc(place.call->batch->pool,
                               (size_t) n
                               * sizeof(ngx_http_finance_redis_reply_t));

    if (place.reply->element == NULL) {
        place.call->nomem = 1;
        return place.object;
    }

    place.reply->n = (ngx_uint_t) n;

    return place.object;
}


static void *
ngx_http_finance_redis_reply_integer(const redisReadTask *task,
    long long integer)
{
    ngx_http_finance_redis_place_t  place;

    ngx_http_finance_redis_reply_place(task, REDIS_REPLY_INTEGER,
                                       NGX_HTTP_FINANCE_REDIS_INTEGER, &place);

    if (place.reply) {
        place.reply->integer = integer;

    } else {
        ngx_http_finance_redis_reply_answer(task, &place,
                                            NGX_HTTP_FINANCE_REDIS_INTEGER,
                                            NULL, 0);
    }

    return place.object;
}


static void *
ngx_http_finance_redis_reply_nil(const redisReadTask *task)
{
    ngx_http_finance_redis_place_t  place;

    ngx_http_finance_redis_reply_place(task, REDIS_REPLY_NIL,
                                       NGX_HTTP_FINANCE_REDIS_NIL, &place);

    return place.object;
}


static void
ngx_http_finance_redis_reply_free(void *reply)
{
    /* pools and conn->root need no freeing */
}


/* hiredis takes it for a lack of memory and closes. */
static void *
ngx_http_finance_redis_reply_refuse(const redisReadTask *task,
    const char *reason)
{
    ngx_http_finance_redis_conn_t  *conn = task->privdata;

    conn->reason = reason;

    return NULL;
}


/* To a command of our own, see ngx_http_finance_redis_ask(). */
static void
ngx_http_finance_redis_reply_answer(const redisReadTask *task,
    ngx_http_finance_redis_place_t *place, ngx_http_finance_redis_type_e type,
    const char *str, size_t len)
{
    ngx_http_finance_redis_call_t  *call;

    call = place->call;

    if (call && call->answer && task->parent == NULL) {
        call->answer(call->pool, type, str, len);
    }
}


static void
ngx_http_finance_redis_reply_place(const redisReadTask *task, int root,
    ngx_http_finance_redis_type_e type, ngx_http_finance_redis_place_t *place)
{
    ngx_http_finance_redis_conn_t   *conn = task->privdata;
    ngx_http_finance_redis_call_t   *call;
    ngx_http_finance_redis_reply_t  *reply;

    if (task->parent == NULL) {
        conn->root.type = root;
    }

    place->object = &conn->root;
    place->reply = NULL;
    place->call = NULL;

    if (ngx_queue_empty(&conn->calls)) {

        /* hiredis can take an error, at anything else it would abort() */
        if (root != REDIS_REPLY_ERROR) {
            place->object = ngx_http_finance_redis_reply_refuse(task,
                                            "it answered what nobody asked");
        }

        return;
    }

    call = ngx_queue_data(ngx_queue_head(&conn->calls),
                          ngx_http_finance_redis_call_t, queue);

    place->call = call;

    if (call->batch == NULL || call->nomem) {
        return;
    }

    reply = &call->batch->reply[call->done];

    if (task->parent) {

        if (task->parent->parent) {
            reply = task->parent->obj;
        }

        reply = &reply->element[task->idx];
        place->object = reply;
    }

    reply->type = type;

    place->reply = reply;
}


static void
ngx_http_finance_redis_reply_error(ngx_http_finance_redis_conn_t *conn,
    const char *str, size_t len)
{
    if (len >= sizeof(conn->text)) {
        len = sizeof(conn->text) - 1;
    }

    ngx_memcpy(conn->text, str, len);
    conn->text[len] = '\0';

    conn->root.str = conn->text;
    conn->root.len = len;
}


#if (HIREDIS_MAJOR >= 1)

static void *
ngx_http_finance_redis_reply_double(const redisReadTask *task, double value,
    char *str, size_t len)
{
    return ngx_http_finance_redis_reply_refuse(task, "it does not speak RESP2");
}


static void *
ngx_http_finance_redis_reply_bool(const redisReadTask *task, int value)
{
    return ngx_http_finance_redis_reply_refuse(task, "it does not speak RESP2");
}

#endif

/*
 * The reader of the stream of events: see the header.
 *
 *     open -> hello -> is our last entry there? -> XREAD until nothing comes
 *                      -> XREAD BLOCK, again and again
 *
 * One command at a time is under way, and the timer is that of its reply.
 */


#include "ngx_http_finance_redis_dial.h"
#include "ngx_http_finance_redis_events.h"
#include "ngx_http_finance_redis_pool.h"


#define NGX_HTTP_FINANCE_REDIS_EVENTS_NAME   "nginx-finance-events"

/* Entries of one reply. */
#define NGX_HTTP_FINANCE_REDIS_EVENTS_COUNT  512
/* So long a reply waits for entries, ms: what is silent longer is dead. */
#define NGX_HTTP_FINANCE_REDIS_EVENTS_BLOCK  5000


struct ngx_http_finance_redis_events_s {
    ngx_http_finance_redis_adapter_t   io;          /* first */
    ngx_queue_t                        queue;       /* of the worker's */
    ngx_http_finance_redis_conf_t     *conf;
    ngx_log_t                         *log;         /* the cycle's */
    ngx_http_finance_redis_health_t    health;      /* its backoff */
    ngx_http_finance_redis_hello_t     hello;
    ngx_event_t                        timer;       /* the reply's end, or the
                                                       next attempt */
    ngx_msec_t                         up_at;
    fin_event_log_t                    entries;
    const char                        *reason;      /* why we close, static */
    unsigned                           up:1;        /* all was read */
    unsigned                           slow:1;      /* an operator must act */
    unsigned                           closing:1;
    unsigned                           quiet:1;     /* nothing is wrong */
    unsigned                           told:1;      /* logged */
};


static void ngx_http_finance_redis_events_open(
    ngx_http_finance_redis_events_t *ev);
static int ngx_http_finance_redis_events_hello(
    ngx_http_finance_redis_events_t *ev);
static void ngx_http_finance_redis_events_greet(redisAsyncContext *ac,
    void *reply, void *data);
static void ngx_http_finance_redis_events_begin(
    ngx_http_finance_redis_events_t *ev);
static void ngx_http_finance_redis_events_found(redisAsyncContext *ac,
    void *reply, void *data);
static void ngx_http_finance_redis_events_read(
    ngx_http_finance_redis_events_t *ev);
static void ngx_http_finance_redis_events_came(redisAsyncContext *ac,
    void *reply, void *data);
static redisReply *ngx_http_finance_redis_events_list(redisReply *r);
static ngx_int_t ngx_http_finance_redis_events_take(
    ngx_http_finance_redis_events_t *ev, redisReply *r);
static ngx_uint_t ngx_http_finance_redis_events_good(
    ngx_http_finance_redis_events_t *ev, redisReply *r);
static void ngx_http_finance_redis_events_close(
    ngx_http_finance_redis_events_t *ev, const char *reason);
static void ngx_http_finance_redis_events_closed(
    ngx_http_finance_redis_adapter_t *io, const char *error);
static void ngx_http_finance_redis_events_shutdown(
    ngx_http_finance_redis_adapter_t *io, ngx_uint_t force);
static void ngx_http_finance_redis_events_failed(
    ngx_http_finance_redis_events_t *ev, const char *reason);
static void ngx_http_finance_redis_events_timer(ngx_event_t *timer);
static void ngx_http_finance_redis_events_tell(
    ngx_http_finance_redis_events_t *ev, ngx_http_finance_redis_events_e what);


/* The worker's, for its exit. */
static ngx_queue_t                       ngx_http_finance_redis_events_all;
static ngx_http_finance_redis_events_pt  ngx_http_finance_redis_events_told;


void
ngx_http_finance_redis_events_handler(ngx_http_finance_redis_events_pt handler)
{
    ngx_http_finance_redis_events_told = handler;
}


ngx_int_t
ngx_http_finance_redis_events_listen(ngx_http_finance_redis_conf_t *conf)
{
    ngx_http_finance_redis_events_t  *ev;

    if (conf->events) {
        return NGX_OK;
    }

    ev = ngx_calloc(sizeof(ngx_http_finance_redis_events_t), ngx_cycle->log);
    if (ev == NULL) {
        return NGX_ERROR;
    }

    if (fin_event_log_init(&ev->entries) != FIN_OK) {
        ngx_free(ev);
        return NGX_ERROR;
    }

    ev->conf = conf;
    ev->log = ngx_cycle->log;
    ev->io.closed = ngx_http_finance_redis_events_closed;
    ev->io.shutdown = ngx_http_finance_redis_events_shutdown;

    ngx_http_finance_redis_health_init(&ev->health);

    /* does not keep a worker that wants to exit: its streams do */
    ev->timer.cancelable = 1;
    ev->timer.handler = ngx_http_finance_redis_events_timer;
    ev->timer.data = ev;
    ev->timer.log = ev->log;

    if (ngx_http_finance_redis_events_all.next == NULL) {
        ngx_queue_init(&ngx_http_finance_redis_events_all);
    }

    ngx_queue_insert_tail(&ngx_http_finance_redis_events_all, &ev->queue);
    conf->events = ev;

    ngx_http_finance_redis_events_open(ev);

    return NGX_OK;
}


static void
ngx_http_finance_redis_events_open(ngx_http_finance_redis_events_t *ev)
{
    redisAsyncContext  *ac;

    if (ngx_http_finance_redis_state(ev->conf) == NGX_HTTP_FINANCE_REDIS_DOWN)
    {
        /* one probe a worker will do, we are woken */
        ngx_http_finance_redis_events_tell(ev,
                                       NGX_HTTP_FINANCE_REDIS_EVENTS_AWAY);
        return;
    }

    ev->reason = NULL;
    ev->slow = 0;
    ev->closing = 0;
    ev->quiet = 0;

    ngx_http_finance_redis_health_try(&ev->health, ngx_current_msec);

    ac = ngx_http_finance_redis_dial(ev->conf);

    if (ac == NULL || ac->err
        || ngx_http_finance_redis_adapter_attach(&ev->io, ac, ev->log)
           != NGX_OK)
    {
        ngx_http_finance_redis_events_failed(ev,
            ac == NULL ? "no memory"
                       : ac->err ? ac->errstr : "no free connection in nginx");

        if (ac) {
            redisAsyncFree(ac);
        }

        return;
    }

    ac->data = ev;

    /* connect and handshake together */
    ngx_add_timer(&ev->timer, ev->conf->timeout);

    if (ngx_http_finance_redis_events_hello(ev) != REDIS_OK) {
        ngx_http_finance_redis_events_close(ev, "no memory");
    }
}


static int
ngx_http_finance_redis_events_hello(ngx_http_finance_redis_events_t *ev)
{
    ngx_uint_t                      i;
    ngx_http_finance_redis_conf_t  *conf;

    conf = ev->conf;

    ngx_http_finance_redis_hello_init(&ev->hello, conf->password.len != 0,
                                      (unsigned) conf->db);

    for (i = 0; i < ev->hello.n; i++) {
        if (ngx_http_finance_redis_dial_step(ev->io.ac, conf,
                                          NGX_HTTP_FINANCE_REDIS_EVENTS_NAME,
                                          ev->hello.step[i],
                                          ngx_http_finance_redis_events_greet,
                                          ev)
            != REDIS_OK)
        {
            return REDIS_ERR;
        }
    }

    return REDIS_OK;
}


static void
ngx_http_finance_redis_events_greet(redisAsyncContext *ac, void *reply,
    void *data)
{
    ngx_uint_t                             refused;
    redisReply                            *r = reply;
    ngx_http_finance_redis_events_t       *ev = data;
    const ngx_http_finance_redis_error_t  *error;

    if (r == NULL || ev->closing) {
        return;
    }

    refused = r->type == REDIS_REPLY_ERROR;
    error = ngx_http_finance_redis_hello_answer(&ev->hello,
                                                refused ? r->str : NULL,
                                                refused ? r->len : 0);

    if (error) {
        ev->slow = (error->retry == NGX_HTTP_FINANCE_REDIS_OPERATOR);
        ngx_http_finance_redis_events_close(ev, error->reason);
        return;
    }

    if (ev->hello.done == ev->hello.n) {
        ngx_http_finance_redis_events_begin(ev);
    }
}


/* Is the entry that was read last still there?  Then nothing was missed. */
static void
ngx_http_finance_redis_events_begin(ngx_http_finance_redis_events_t *ev)
{
    char             id[FIN_EVENT_ID_MAX];
    size_t           len;
    fin_event_id_t   last;

    fin_event_log_before(&ev->entries, ev->entries.end, &last);

    if (last.ms == 0 && last.seq == 0) {
        ngx_http_finance_redis_events_read(ev);
        return;
    }

    len = fin_event_id_format(&last, id);

    if (redisAsyncCommand(ev->io.ac, ngx_http_finance_redis_events_found, ev,
                          "XRANGE " FIN_EVENT_KEY " %b %b", id, len, id, len)
        != REDIS_OK)
    {
        ngx_http_finance_redis_events_close(ev, "no memory");
    }
}


static void
ngx_http_finance_redis_events_found(redisAsyncContext *ac, void *reply,
    void *data)
{
    redisReply                       *r = reply;
    ngx_http_finance_redis_events_t  *ev = data;

    if (r == NULL || ev->closing || !ngx_http_finance_redis_events_good(ev, r))
    {
        return;
    }

    if (r->type != REDIS_REPLY_ARRAY || r->elements == 0) {
        ngx_log_error(NGX_LOG_NOTICE, ev->log, 0,
                      "finance redis: events were lost: all who listen load "
                      "afresh");

        fin_event_log_clear(&ev->entries);
        ngx_http_finance_redis_events_tell(ev,
                                           NGX_HTTP_FINANCE_REDIS_EVENTS_GAP);
    }

    ngx_http_finance_redis_events_read(ev);
}


/* Once all has come, a reply waits for what is to come. */
static void
ngx_http_finance_redis_events_read(ngx_http_finance_redis_events_t *ev)
{
    int              rc;
    char             id[FIN_EVENT_ID_MAX];
    size_t           len;
    fin_event_id_t   last;

    fin_event_log_before(&ev->entries, ev->entries.end, &last);
    len = fin_event_id_format(&last, id);

    if (ev->up) {
        rc = redisAsyncCommand(ev->io.ac, ngx_http_finance_redis_events_came,
                               ev, "XREAD COUNT %d BLOCK %d STREAMS "
                               FIN_EVENT_KEY " %b",
                               NGX_HTTP_FINANCE_REDIS_EVENTS_COUNT,
                               NGX_HTTP_FINANCE_REDIS_EVENTS_BLOCK, id, len);
        ngx_add_timer(&ev->timer, NGX_HTTP_FINANCE_REDIS_EVENTS_BLOCK
                                  + ev->conf->timeout);

    } else {
        rc = redisAsyncCommand(ev->io.ac, ngx_http_finance_redis_events_came,
                               ev, "XREAD COUNT %d STREAMS "
                               FIN_EVENT_KEY " %b",
                               NGX_HTTP_FINANCE_REDIS_EVENTS_COUNT, id, len);
        ngx_add_timer(&ev->timer, ev->conf->timeout);
    }

    if (rc != REDIS_OK) {
        ngx_http_finance_redis_events_close(ev, "no memory");
    }
}


static void
ngx_http_finance_redis_events_came(redisAsyncContext *ac, void *reply,
    void *data)
{
    ngx_int_t                         n;
    redisReply                       *r = reply;
    ngx_http_finance_redis_events_t  *ev = data;

    if (r == NULL || ev->closing || !ngx_http_finance_redis_events_good(ev, r))
    {
        return;
    }

    n = ngx_http_finance_redis_events_take(ev, r);

    if (n == NGX_ERROR) {
        ngx_http_finance_redis_events_close(ev, "it answered nonsense");
        return;
    }

    if (n) {
        ngx_http_finance_redis_events_tell(ev,
                                       NGX_HTTP_FINANCE_REDIS_EVENTS_MORE);
    }

    if (!ev->up && n < NGX_HTTP_FINANCE_REDIS_EVENTS_COUNT) {
        (void) ngx_http_finance_redis_health_ready(&ev->health);

        ev->up = 1;
        ev->up_at = ngx_current_msec;
        ev->told = 0;

        ngx_http_finance_redis_events_tell(ev,
                                           NGX_HTTP_FINANCE_REDIS_EVENTS_UP);
    }

    ngx_http_finance_redis_events_read(ev);
}


/* An error: nothing will be better on this connection. */
static ngx_uint_t
ngx_http_finance_redis_events_good(ngx_http_finance_redis_events_t *ev,
    redisReply *r)
{
    const ngx_http_finance_redis_error_t  *error;

    if (r->type != REDIS_REPLY_ERROR) {
        return 1;
    }

    error = ngx_http_finance_redis_error_find(r->str, r->len);

    ev->slow = error->retry != NGX_HTTP_FINANCE_REDIS_PASSES;
    ngx_http_finance_redis_events_close(ev,
            error->retry == NGX_HTTP_FINANCE_REDIS_ANSWER
            ? "it refused to read the stream of events" : error->reason);

    return 0;
}


/* [[key, [[id, [name, line]], ...]]], or nil; how many, or NGX_ERROR */
static ngx_int_t
ngx_http_finance_redis_events_take(ngx_http_finance_redis_events_t *ev,
    redisReply *r)
{
    size_t           i;
    redisReply      *entry, *fields;
    fin_status_t     status;
    fin_event_id_t   id;

    if (r->type == REDIS_REPLY_NIL) {
        return 0;
    }

    r = ngx_http_finance_redis_events_list(
            ngx_http_finance_redis_events_list(r) ? r->element[0] : NULL);

    if (r == NULL || r->elements != 2
        || r->element[1]->type != REDIS_REPLY_ARRAY)
    {
        return NGX_ERROR;
    }

    r = r->element[1];

    for (i = 0; i < r->elements; i++) {
        entry = ngx_http_finance_redis_events_list(r->element[i]);

        if (entry == NULL || entry->elements != 2
            || entry->element[0]->type != REDIS_REPLY_STRING
            || fin_event_id_parse(entry->element[0]->str,
                                  entry->element[0]->len, &id)
               != FIN_OK)
        {
            return NGX_ERROR;
        }

        /* one that is not ours is an entry, still, and means nothing */

        fields = ngx_http_finance_redis_events_list(entry->element[1]);
        status = FIN_E_VALUE;

        if (fields && fields->elements == 2
            && fields->element[1]->type == REDIS_REPLY_STRING
            && fields->element[1]->len <= FIN_EVENT_MAX)
        {
            status = fin_event_log_add(&ev->entries, &id,
                                       fields->element[1]->str,
                                       fields->element[1]->len);

        } else {
            status = fin_event_log_add(&ev->entries, &id, "", 0);
        }

        if (status != FIN_OK) {
            return NGX_ERROR;
        }
    }

    return (ngx_int_t) r->elements;
}


/* NULL: it is no array, or an empty one */
static redisReply *
ngx_http_finance_redis_events_list(redisReply *r)
{
    return r && r->type == REDIS_REPLY_ARRAY && r->elements ? r : NULL;
}


static void
ngx_http_finance_redis_events_close(ngx_http_finance_redis_events_t *ev,
    const char *reason)
{
    if (ev->io.ac == NULL || ev->closing) {
        return;
    }

    ev->closing = 1;
    ev->reason = reason;

    redisAsyncFree(ev->io.ac);
}


static void
ngx_http_finance_redis_events_closed(ngx_http_finance_redis_adapter_t *io,
    const char *error)
{
    const char                       *reason;
    ngx_http_finance_redis_events_t  *ev;

    ev = (ngx_http_finance_redis_events_t *) io;

    reason = ev->reason ? ev->reason : error ? error : "it was closed";

    if (ev->timer.timer_set) {
        ngx_del_timer(&ev->timer);
    }

    if (ev->quiet) {
        ngx_http_finance_redis_health_closed(&ev->health, ev->up);
        ev->up = 0;
        return;
    }

    if (!ev->up) {
        ngx_http_finance_redis_events_failed(ev, reason);
        return;
    }

    ngx_log_error(NGX_LOG_INFO, ev->log, 0,
                  "finance redis: events are not read: %s", reason);

    (void) ngx_http_finance_redis_health_lost(&ev->health,
                                              ngx_current_msec - ev->up_at,
                                              reason);
    ev->up = 0;

    ngx_add_timer(&ev->timer,
                  ngx_http_finance_redis_health_delay(&ev->health,
                                                      ev->conf->retry,
                                                   (uint64_t) ngx_random()));
    ngx_http_finance_redis_events_tell(ev, NGX_HTTP_FINANCE_REDIS_EVENTS_AWAY);
}


/* A Redis that is down was told of by the pool. */
static void
ngx_http_finance_redis_events_failed(ngx_http_finance_redis_events_t *ev,
    const char *reason)
{
    ngx_uint_t  level;

    (void) ngx_http_finance_redis_health_failed(&ev->health, reason, ev->slow);

    level = NGX_LOG_INFO;

    if (!ev->told && ev->slow) {
        ev->told = 1;
        level = NGX_LOG_WARN;
    }

    ngx_log_error(level, ev->log, 0,
                  "finance redis: events cannot be read: %s", reason);

    ngx_add_timer(&ev->timer,
                  ngx_http_finance_redis_health_delay(&ev->health,
                                                      ev->conf->retry,
                                                   (uint64_t) ngx_random()));
    ngx_http_finance_redis_events_tell(ev, NGX_HTTP_FINANCE_REDIS_EVENTS_AWAY);
}


static void
ngx_http_finance_redis_events_timer(ngx_event_t *timer)
{
    ngx_http_finance_redis_events_t  *ev = timer->data;

    if (ev->io.ac) {
        ngx_http_finance_redis_events_close(ev, "it does not answer");

    } else if (!ngx_exiting) {
        ngx_http_finance_redis_events_open(ev);
    }
}


/* nginx exits: there is nothing that could be lost */
static void
ngx_http_finance_redis_events_shutdown(ngx_http_finance_redis_adapter_t *io,
    ngx_uint_t force)
{
    ngx_http_finance_redis_events_t  *ev;

    ev = (ngx_http_finance_redis_events_t *) io;

    ev->quiet = 1;
    ngx_http_finance_redis_events_close(ev, "nginx is shutting down");
}


static void
ngx_http_finance_redis_events_tell(ngx_http_finance_redis_events_t *ev,
    ngx_http_finance_redis_events_e what)
{
    if (ngx_http_finance_redis_events_told) {
        ngx_http_finance_redis_events_told(ev->conf, what);
    }
}


void
ngx_http_finance_redis_events_wake(ngx_http_finance_redis_conf_t *conf)
{
    ngx_http_finance_redis_events_t  *ev;

    ev = conf->events;

    if (ev && ev->io.ac == NULL && !ngx_exiting) {

        if (ev->timer.timer_set) {
            ngx_del_timer(&ev->timer);
        }

        ngx_add_timer(&ev->timer, 0);
    }
}


void
ngx_http_finance_redis_events_leave(ngx_http_finance_redis_conf_t *conf)
{
    ngx_http_finance_redis_events_t  *ev;

    ev = conf->events;

    if (ev == NULL) {
        return;
    }

    ev->quiet = 1;
    ngx_http_finance_redis_events_close(ev, "nobody listens");

    if (ev->timer.timer_set) {
        ngx_del_timer(&ev->timer);
    }

    ngx_queue_remove(&ev->queue);
    conf->events = NULL;

    fin_event_log_free(&ev->entries);
    ngx_free(ev);
}


ngx_uint_t
ngx_http_finance_redis_events_up(ngx_http_finance_redis_conf_t *conf)
{
    return conf->events && conf->events->up;
}


const fin_event_log_t *
ngx_http_finance_redis_events_log(ngx_http_finance_redis_conf_t *conf)
{
    return conf->events ? &conf->events->entries : NULL;
}


void
ngx_http_finance_redis_events_exit(ngx_cycle_t *cycle)
{
    ngx_queue_t                      *q;
    ngx_http_finance_redis_events_t  *ev;

    if (ngx_http_finance_redis_events_all.next == NULL) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_finance_redis_events_all)) {
        q = ngx_queue_head(&ngx_http_finance_redis_events_all);
        ev = ngx_queue_data(q, ngx_http_finance_redis_events_t, queue);

        ngx_http_finance_redis_events_leave(ev->conf);
    }
}

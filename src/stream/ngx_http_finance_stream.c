/* GET stream: a client comes, waits, is let in, goes. */


#include "ngx_http_finance_stream_inside.h"
#include "../service/ngx_http_finance_owners.h"


/* When to try again, seconds; nearly all connections are as short as that. */
#define NGX_HTTP_FINANCE_STREAM_RETRY  5

/* A browser comes back after so many ms: not all of them at once. */
#define NGX_HTTP_FINANCE_STREAM_BACK   500
#define NGX_HTTP_FINANCE_STREAM_SPREAD 2500

/* An id may be so much ahead of this worker, ms. */
#define NGX_HTTP_FINANCE_STREAM_AHEAD  1000


static void ngx_http_finance_stream_head(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_stream_room(ngx_http_finance_call_t *call);
static ngx_http_finance_stream_t *ngx_http_finance_stream_create(
    ngx_http_finance_call_t *call, ngx_http_finance_hub_t *hub);
static void ngx_http_finance_stream_last_id(ngx_http_finance_stream_t *st);
static ngx_int_t ngx_http_finance_stream_place(ngx_http_finance_stream_t *st,
    uint64_t *next);
static ngx_int_t ngx_http_finance_stream_hello(ngx_http_finance_stream_t *st,
    ngx_uint_t missed);
static void ngx_http_finance_stream_cleanup(void *data);


void
ngx_http_finance_stream(ngx_http_finance_call_t *call)
{
    ngx_http_finance_hub_t     *hub;
    ngx_http_finance_stream_t  *st;

    if (!call->conf->stream.on) {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND, "Not found");
        return;
    }

    call->type = "text/event-stream";

    if (call->request->method == NGX_HTTP_HEAD) {
        ngx_http_finance_stream_head(call);
        return;
    }

    if (ngx_exiting) {
        ngx_http_finance_call_fail(call, NGX_HTTP_SERVICE_UNAVAILABLE,
                                   "The server is shutting down");
        return;
    }

    if (ngx_http_finance_stream_room(call) != NGX_OK) {
        return;
    }

    hub = ngx_http_finance_hub_get(call);

    if (hub == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (!ngx_http_finance_redis_events_up(call->conf->redis)
        && ngx_http_finance_redis_state(call->conf->redis)
           == NGX_HTTP_FINANCE_REDIS_DOWN)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return;
    }

    st = ngx_http_finance_stream_create(call, hub);

    if (st == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_owner_seen(call, 0);

    ngx_http_finance_audience_run(st->audience);
}


static void
ngx_http_finance_stream_head(ngx_http_finance_call_t *call)
{
    ngx_int_t  rc;

    rc = call->begin(call);

    ngx_http_finance_task_end(&call->task);
    ngx_http_finalize_request(call->request, rc);
}


/* NGX_ERROR: the call was ended */

static ngx_int_t
ngx_http_finance_stream_room(ngx_http_finance_call_t *call)
{
    ngx_uint_t                     max;
    ngx_http_finance_hub_t        *hub;
    ngx_http_finance_audience_t   *a;
    ngx_http_finance_loc_conf_t   *conf;

    conf = call->conf;
    max = conf->stream.connections;

    if (max == 0) {
        max = ngx_cycle->connection_n / 2;
    }

    if (ngx_http_finance_streams >= max) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_STREAMS_REFUSED, 1);
        call->retry_after = NGX_HTTP_FINANCE_STREAM_RETRY;
        ngx_http_finance_call_fail(call, NGX_HTTP_SERVICE_UNAVAILABLE,
                                   "Too many streams are open");
        return NGX_ERROR;
    }

    if (conf->user == NULL || conf->stream.user == 0) {
        return NGX_OK;
    }

    hub = ngx_http_finance_hub_get(call);
    if (hub == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    a = ngx_http_finance_audience_find(hub, &call->owner);

    if (a && a->n >= conf->stream.user) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_STREAMS_REFUSED, 1);
        call->retry_after = NGX_HTTP_FINANCE_STREAM_RETRY;
        ngx_http_finance_call_fail(call, NGX_HTTP_TOO_MANY_REQUESTS,
                                   "Too many streams of this user are open");
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_http_finance_stream_t *
ngx_http_finance_stream_create(ngx_http_finance_call_t *call,
    ngx_http_finance_hub_t *hub)
{
    ngx_http_cleanup_t           *cln;
    ngx_http_finance_stream_t    *st;
    ngx_http_finance_audience_t  *a;

    st = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_stream_t));
    cln = ngx_http_cleanup_add(call->request, 0);

    if (st == NULL || cln == NULL) {
        return NULL;
    }

    a = ngx_http_finance_audience_get(hub, &call->owner);
    if (a == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_finance_stream_cleanup;
    cln->data = st;

    st->call = call;
    st->audience = a;
    st->last = &st->due;
    st->since = ngx_current_msec;

    call->state = st;

    ngx_queue_insert_tail(&a->streams, &st->queue);
    ngx_queue_insert_tail(&hub->spoke[hub->next], &st->spoke);
    hub->next = (hub->next + 1) % NGX_HTTP_FINANCE_STREAM_SPOKES;

    a->n++;
    hub->streams++;
    hub->tick.cancelable = 0;
    ngx_http_finance_streams++;

    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, 1);

    call->request->write_event_handler = ngx_http_finance_stream_writer;

    ngx_http_finance_stream_last_id(st);

    return st;
}


static void
ngx_http_finance_stream_last_id(ngx_http_finance_stream_t *st)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    rc = ngx_http_finance_call_header(st->call, "Last-Event-ID", &value);

    if (rc == NGX_DECLINED || (rc == NGX_OK && value.len == 0)) {
        return;
    }

    st->resumes = 1;
    st->unknown = rc != NGX_OK
                  || fin_event_id_parse((char *) value.data, value.len,
                                        &st->from)
                     != FIN_OK;

    st->audience->resumed = 1;

    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_STREAMS_REPLAYS, 1);
}


void
ngx_http_finance_stream_open(ngx_http_finance_stream_t *st)
{
    uint64_t                      next;
    ngx_int_t                     rc;
    const fin_event_log_t        *log;
    ngx_http_finance_audience_t  *a;

    a = st->audience;
    log = ngx_http_finance_redis_events_log(a->hub->conf->redis);
    next = a->next;

    rc = ngx_http_finance_stream_place(st, &next);

    if (rc == NGX_AGAIN) {
        return;
    }

    st->open = 1;
    a->n_open++;

    for ( /* void */ ; rc == NGX_OK && next < a->next; next++) {
        ngx_http_finance_audience_entry(a, fin_event_log_get(log, next), st);

        if (st->n > NGX_HTTP_FINANCE_STREAM_MISSED) {
            ngx_http_finance_stream_clear(st);
            rc = NGX_DECLINED;
        }
    }

    if (!st->resumes || rc != NGX_OK) {
        fin_event_log_before(log, a->next, &st->from);
    }

    if (ngx_http_finance_stream_hello(st, rc != NGX_OK) != NGX_OK) {
        ngx_http_finance_stream_stop(st, 1);
        return;
    }

    ngx_http_finance_stream_work(st);
}


/*
 * The first entry that it has not got.  NGX_OK; NGX_DECLINED: nobody knows;
 * NGX_AGAIN: it is ahead of us, who knows of what.
 */

static ngx_int_t
ngx_http_finance_stream_place(ngx_http_finance_stream_t *st, uint64_t *next)
{
    const fin_event_log_t  *log;

    if (!st->resumes) {
        return NGX_OK;
    }

    if (st->unknown) {
        return NGX_DECLINED;
    }

    log = ngx_http_finance_redis_events_log(st->audience->hub->conf->redis);

    switch (fin_event_log_after(log, &st->from, next)) {

    case FIN_OK:
        return NGX_OK;

    case FIN_E_NO_DATA:
        return ngx_current_msec - st->since < NGX_HTTP_FINANCE_STREAM_AHEAD
               ? NGX_AGAIN : NGX_DECLINED;

    default:
        return NGX_DECLINED;
    }
}


static ngx_int_t
ngx_http_finance_stream_hello(ngx_http_finance_stream_t *st,
    ngx_uint_t missed)
{
    fin_out_t                   out;
    ngx_http_finance_due_t     *due;
    ngx_http_finance_notice_t  *notice;

    fin_out_init(&out, 4096);

    fin_out_text(&out, "retry: ");
    fin_out_int(&out, NGX_HTTP_FINANCE_STREAM_BACK
                      + ngx_random() % NGX_HTTP_FINANCE_STREAM_SPREAD);
    fin_out_text(&out, "\n");

    if (!st->resumes || missed) {
        fin_event_begin(&out, &st->from, missed ? "reset" : "hello");
        fin_out_text(&out, "{}\n");
    }

    fin_out_text(&out, "\n");

    notice = ngx_http_finance_notice_made(st->audience->hub, &out);
    if (notice == NULL) {
        return NGX_ERROR;
    }

    /* before all others */

    due = ngx_alloc(sizeof(ngx_http_finance_due_t), st->audience->hub->log);

    if (due == NULL) {
        ngx_http_finance_notice_release(notice);
        return NGX_ERROR;
    }

    due->notice = notice;
    due->next = st->due;

    if (st->due == NULL) {
        st->last = &due->next;
    }

    st->due = due;
    st->n++;

    return NGX_OK;
}


/* however it ended */

static void
ngx_http_finance_stream_cleanup(void *data)
{
    ngx_http_finance_hub_t       *hub;
    ngx_http_finance_stream_t    *st = data;
    ngx_http_finance_audience_t  *a;

    a = st->audience;
    hub = a->hub;

    ngx_http_finance_stream_clear(st);

    if (st->working) {
        ngx_queue_remove(&st->work);
    }

    ngx_queue_remove(&st->queue);
    ngx_queue_remove(&st->spoke);

    if (st->open) {
        a->n_open--;
    }

    if (--a->n == 0) {
        ngx_http_finance_audience_leave(a);
    }

    ngx_http_finance_audience_release(a);

    hub->streams--;
    ngx_http_finance_streams--;
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_STREAMS, -1);
}

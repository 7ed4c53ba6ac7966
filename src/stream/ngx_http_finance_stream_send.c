/*
 * Writing to a stream: a few events at a time are given to nginx, and the next
 * ones when these are sent.
 */


#include "ngx_http_finance_stream_inside.h"


/* Events that nginx has at a time. */
#define NGX_HTTP_FINANCE_STREAM_GIVEN  8


static void ngx_http_finance_stream_begin(ngx_http_finance_stream_t *st);
static ngx_int_t ngx_http_finance_stream_send(ngx_http_finance_stream_t *st);
static ngx_int_t ngx_http_finance_stream_take(ngx_http_finance_stream_t *st,
    ngx_chain_t **out);
static ngx_chain_t *ngx_http_finance_stream_link(
    ngx_http_finance_stream_t *st, ngx_str_t *bytes);
static ngx_int_t ngx_http_finance_stream_sent(ngx_http_finance_stream_t *st,
    ngx_chain_t *out);
static void ngx_http_finance_stream_end(ngx_http_finance_stream_t *st,
    ngx_int_t rc);
static void ngx_http_finance_stream_free(ngx_http_finance_due_t *due);
static ngx_uint_t ngx_http_finance_stream_full(
    ngx_http_finance_stream_t *st);


/* whose buffers they are */
static u_char  ngx_http_finance_stream_tag;


void
ngx_http_finance_stream_work(ngx_http_finance_stream_t *st)
{
    ngx_http_finance_hub_t  *hub;

    hub = st->audience->hub;

    if (!st->working) {
        st->working = 1;
        ngx_queue_insert_tail(&hub->work, &st->work);
        ngx_http_finance_hub_wake(hub);
    }
}


void
ngx_http_finance_stream_stop(ngx_http_finance_stream_t *st, ngx_uint_t drop)
{
    if (!st->end) {
        st->since = ngx_current_msec;
    }

    st->end = 1;
    st->drop |= (drop != 0);

    ngx_http_finance_stream_work(st);
}


void
ngx_http_finance_stream_push(ngx_http_finance_stream_t *st,
    ngx_http_finance_notice_t *notice)
{
    ngx_http_finance_due_t  *due;

    if (st->drop) {
        return;
    }

    due = ngx_alloc(sizeof(ngx_http_finance_due_t), st->audience->hub->log);
    if (due == NULL) {
        ngx_http_finance_stream_stop(st, 1);
        return;
    }

    due->next = NULL;
    due->notice = notice;
    notice->refs++;

    *st->last = due;
    st->last = &due->next;
    st->n++;

    if (st->busy && ngx_http_finance_stream_full(st)) {
        st->slow = 1;
        ngx_http_finance_stream_stop(st, 1);
        return;
    }

    if (st->due == due && notice->state == NGX_HTTP_FINANCE_NOTICE_READY) {
        ngx_http_finance_stream_work(st);
    }
}


/* what waits for one who does not read */

static ngx_uint_t
ngx_http_finance_stream_full(ngx_http_finance_stream_t *st)
{
    size_t                   size;
    ngx_http_finance_due_t  *due;

    if (st->n > NGX_HTTP_FINANCE_STREAM_WAITING) {
        return 1;
    }

    size = 0;

    for (due = st->due; due; due = due->next) {
        size += due->notice->bytes.len;
    }

    return size > NGX_HTTP_FINANCE_STREAM_BYTES;
}


void
ngx_http_finance_stream_run(ngx_http_finance_stream_t *st)
{
    ngx_int_t            rc;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = st->call->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (!st->begun) {
        ngx_http_finance_stream_begin(st);

    } else {
        rc = st->drop ? NGX_ERROR : ngx_http_finance_stream_send(st);

        if (rc != NGX_AGAIN) {
            ngx_http_finance_stream_end(st, rc);
        }
    }

    /* the connection's slot outlives its request */
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_finance_stream_begin(ngx_http_finance_stream_t *st)
{
    ngx_int_t                 rc;
    ngx_http_finance_call_t  *call;

    call = st->call;

    if (!st->open || st->end) {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return;
    }

    st->begun = 1;

    rc = call->begin(call);

    if (rc == NGX_ERROR || rc > NGX_OK) {
        ngx_http_finance_stream_end(st, rc);
        return;
    }

    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_STREAMS_OPENED, 1);

    rc = ngx_http_finance_stream_send(st);

    if (rc != NGX_AGAIN) {
        ngx_http_finance_stream_end(st, rc);
    }
}


void
ngx_http_finance_stream_writer(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_event_t                *wev;
    ngx_http_finance_call_t    *call;
    ngx_http_finance_stream_t  *st;

    /* the first member of what is the request's */
    call = ngx_http_get_module_ctx(r, ngx_http_finance_module);

    st = call->state;
    wev = r->connection->write;

    if (!st->begun) {
        return;
    }

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, NGX_ETIMEDOUT,
                      "finance: the client does not read its stream");
        st->slow = 1;
        ngx_http_finance_stream_end(st, NGX_ERROR);
        return;
    }

    if (wev->delayed) {
        return;
    }

    rc = ngx_http_finance_stream_send(st);

    if (rc != NGX_AGAIN) {
        ngx_http_finance_stream_end(st, rc);
    }
}


/* NGX_AGAIN: there will be more; NGX_OK: that was all; NGX_ERROR */

static ngx_int_t
ngx_http_finance_stream_send(ngx_http_finance_stream_t *st)
{
    ngx_int_t            rc;
    ngx_chain_t         *out;
    ngx_http_request_t  *r;

    r = st->call->request;
    out = NULL;

    if (r->connection->error) {
        return NGX_ERROR;
    }

    for ( ;; ) {

        if (st->busy == NULL) {
            if (ngx_http_finance_stream_take(st, &out) != NGX_OK) {
                return NGX_ERROR;
            }

            if (out == NULL) {
                return st->end && st->due == NULL ? NGX_OK : NGX_AGAIN;
            }
        }

        rc = ngx_http_output_filter(r, out);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        rc = ngx_http_finance_stream_sent(st, out);

        if (rc != NGX_OK) {
            return rc;
        }

        out = NULL;
    }
}


/* the events that are ready, in their order, as far as nginx takes them */

static ngx_int_t
ngx_http_finance_stream_take(ngx_http_finance_stream_t *st, ngx_chain_t **out)
{
    ngx_uint_t                n, events;
    ngx_chain_t             **last;
    ngx_http_finance_due_t   *due, **given;

    n = 0;
    events = 0;
    last = out;
    *last = NULL;
    given = &st->given;

    while (st->due && n < NGX_HTTP_FINANCE_STREAM_GIVEN
           && st->due->notice->state == NGX_HTTP_FINANCE_NOTICE_READY)
    {
        due = st->due;
        st->due = due->next;
        st->n--;

        if (st->due == NULL) {
            st->last = &st->due;
        }

        due->next = NULL;
        *given = due;
        given = &due->next;

        if (due->notice->bytes.len == 0) {
            continue;
        }

        *last = ngx_http_finance_stream_link(st, &due->notice->bytes);
        if (*last == NULL) {
            return NGX_ERROR;
        }

        n++;
        events += (due->notice->hub != NULL);   /* no comment */
        last = &(*last)->next;
    }

    if (events) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_EVENTS_SENT, events);
    }

    if (*out == NULL) {
        ngx_http_finance_stream_free(st->given);
        st->given = NULL;
    }

    return NGX_OK;
}


static ngx_chain_t *
ngx_http_finance_stream_link(ngx_http_finance_stream_t *st, ngx_str_t *bytes)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = ngx_chain_get_free_buf(st->call->request->pool, &st->free);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->tag = (ngx_buf_tag_t) &ngx_http_finance_stream_tag;
    b->memory = 1;
    b->flush = 1;
    b->start = bytes->data;
    b->pos = b->start;
    b->last = b->pos + bytes->len;
    b->end = b->last;

    cl->next = NULL;

    return cl;
}


/* NGX_OK: all of it, the bytes are not needed any longer; NGX_AGAIN: the
 * client takes no more at present */

static ngx_int_t
ngx_http_finance_stream_sent(ngx_http_finance_stream_t *st, ngx_chain_t *out)
{
    ngx_event_t               *wev;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = st->call->request;
    wev = r->connection->write;

    ngx_chain_update_chains(r->pool, &st->free, &st->busy, &out,
                            (ngx_buf_tag_t) &ngx_http_finance_stream_tag);

    if (st->busy == NULL) {
        ngx_http_finance_stream_free(st->given);
        st->given = NULL;

        if (wev->timer_set && !wev->delayed) {
            ngx_del_timer(wev);
        }

        return NGX_OK;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!wev->delayed) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        return NGX_ERROR;
    }

    return NGX_AGAIN;
}


static void
ngx_http_finance_stream_end(ngx_http_finance_stream_t *st, ngx_int_t rc)
{
    ngx_http_request_t  *r;

    r = st->call->request;

    if (st->slow) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_STREAMS_SLOW, 1);
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "finance: a stream is dropped, its client is too slow");
    }

    if (rc == NGX_OK) {
        rc = ngx_http_send_special(r, NGX_HTTP_LAST);
    }

    ngx_http_finance_task_end(&st->call->task);
    ngx_http_finalize_request(r, rc);
}


void
ngx_http_finance_stream_clear(ngx_http_finance_stream_t *st)
{
    ngx_http_finance_stream_free(st->given);
    ngx_http_finance_stream_free(st->due);

    st->given = NULL;
    st->due = NULL;
    st->last = &st->due;
    st->n = 0;
}


static void
ngx_http_finance_stream_free(ngx_http_finance_due_t *due)
{
    ngx_http_finance_due_t  *next;

    for ( /* void */ ; due; due = next) {
        next = due->next;

        ngx_http_finance_notice_release(due->notice);
        ngx_free(due);
    }
}

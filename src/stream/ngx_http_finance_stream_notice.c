/* Events, each made once: see ..._stream_inside.h. */


#include "ngx_http_finance_stream_inside.h"


static ngx_http_finance_notice_t *ngx_http_finance_notice_create(
    ngx_http_finance_hub_t *hub, ngx_http_finance_audience_t *audience);
static void ngx_http_finance_recent_add(ngx_http_finance_recent_t *recent,
    ngx_http_finance_notice_t *notice);
static void ngx_http_finance_notice_tell(ngx_http_finance_notice_t *notice,
    ngx_http_finance_audience_t *a, ngx_uint_t failed);
static void ngx_http_finance_notice_tell_all(
    ngx_http_finance_notice_t *notice, ngx_uint_t failed);


void
ngx_http_finance_recent_init(ngx_http_finance_recent_t *recent,
    ngx_uint_t max)
{
    ngx_queue_init(&recent->queue);
    recent->n = 0;
    recent->max = max;
}


void
ngx_http_finance_recent_clear(ngx_http_finance_recent_t *recent)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&recent->queue)) {
        q = ngx_queue_head(&recent->queue);
        ngx_queue_remove(q);
        recent->n--;

        ngx_http_finance_notice_release(
            ngx_queue_data(q, ngx_http_finance_notice_t, queue));
    }
}


static void
ngx_http_finance_recent_add(ngx_http_finance_recent_t *recent,
    ngx_http_finance_notice_t *notice)
{
    ngx_queue_t  *q;

    notice->refs++;
    ngx_queue_insert_tail(&recent->queue, &notice->queue);

    if (++recent->n > recent->max) {
        q = ngx_queue_head(&recent->queue);
        ngx_queue_remove(q);
        recent->n--;

        ngx_http_finance_notice_release(
            ngx_queue_data(q, ngx_http_finance_notice_t, queue));
    }
}


ngx_http_finance_notice_t *
ngx_http_finance_notice_get(ngx_http_finance_hub_t *hub,
    ngx_http_finance_audience_t *audience, const fin_event_id_t *id,
    const fin_event_t *event)
{
    ngx_queue_t                *q;
    ngx_http_finance_notice_t  *notice;
    ngx_http_finance_recent_t  *recent;

    recent = audience ? &audience->recent : &hub->shared;

    /* the newest is the one that is asked for most */

    for (q = ngx_queue_last(&recent->queue);
         q != ngx_queue_sentinel(&recent->queue);
         q = ngx_queue_prev(q))
    {
        notice = ngx_queue_data(q, ngx_http_finance_notice_t, queue);

        if (fin_event_id_cmp(&notice->id, id) == 0) {
            notice->refs++;
            return notice;
        }
    }

    notice = ngx_http_finance_notice_create(hub, audience);
    if (notice == NULL) {
        return NULL;
    }

    notice->id = *id;
    notice->event = *event;

    ngx_http_finance_recent_add(recent, notice);

    return notice;
}


ngx_http_finance_notice_t *
ngx_http_finance_notice_load(ngx_http_finance_audience_t *audience)
{
    ngx_http_finance_notice_t  *notice;

    notice = ngx_http_finance_notice_create(audience->hub, audience);

    if (notice) {
        notice->load = 1;
    }

    return notice;
}


/* the queue of what is to be made has a reference, too */

static ngx_http_finance_notice_t *
ngx_http_finance_notice_create(ngx_http_finance_hub_t *hub,
    ngx_http_finance_audience_t *audience)
{
    ngx_http_finance_notice_t  *notice;

    notice = ngx_calloc(sizeof(ngx_http_finance_notice_t), hub->log);
    if (notice == NULL) {
        return NULL;
    }

    notice->hub = hub;
    notice->audience = audience;
    notice->refs = 2;
    notice->at = ngx_current_msec;

    if (audience) {
        audience->refs++;
    }

    ngx_queue_insert_tail(&hub->todo, &notice->work);
    ngx_http_finance_hub_wake(hub);

    return notice;
}


ngx_http_finance_notice_t *
ngx_http_finance_notice_made(ngx_http_finance_hub_t *hub, fin_out_t *out)
{
    ngx_http_finance_notice_t  *notice;

    notice = NULL;

    if (fin_out_status(out) == FIN_OK) {
        notice = ngx_calloc(sizeof(ngx_http_finance_notice_t), hub->log);
    }

    if (notice == NULL) {
        fin_out_free(out);
        return NULL;
    }

    notice->hub = hub;
    notice->refs = 1;
    notice->state = NGX_HTTP_FINANCE_NOTICE_READY;
    notice->bytes.data = (u_char *) out->data;
    notice->bytes.len = out->len;

    return notice;
}


void
ngx_http_finance_notice_release(ngx_http_finance_notice_t *notice)
{
    if (--notice->refs) {
        return;
    }

    if (notice->audience) {
        ngx_http_finance_audience_release(notice->audience);
    }

    free(notice->bytes.data);
    ngx_free(notice);
}


void
ngx_http_finance_notice_run(ngx_http_finance_hub_t *hub)
{
    ngx_queue_t                *q, *next;
    ngx_http_finance_notice_t  *notice;

    for (q = ngx_queue_head(&hub->todo);
         q != ngx_queue_sentinel(&hub->todo);
         q = next)
    {
        next = ngx_queue_next(q);
        notice = ngx_queue_data(q, ngx_http_finance_notice_t, work);

        if (notice->refs == 1) {
            /* nobody waits for it any more */
            ngx_queue_remove(q);
            ngx_http_finance_notice_release(notice);
            continue;
        }

        if ((ngx_msec_int_t) (notice->at - ngx_current_msec) > 0) {
            continue;
        }

        if (hub->building >= NGX_HTTP_FINANCE_STREAM_BUILDS) {
            return;
        }

        /* the one who makes it has the reference now */

        ngx_queue_remove(q);
        notice->state = NGX_HTTP_FINANCE_NOTICE_BUILDING;
        hub->building++;

        if (ngx_http_finance_build_start(notice) != NGX_OK) {
            ngx_http_finance_notice_failed(notice);
            return;
        }
    }
}


void
ngx_http_finance_notice_ready(ngx_http_finance_notice_t *notice)
{
    ngx_http_finance_hub_t       *hub;
    ngx_http_finance_audience_t  *a;

    hub = notice->hub;
    a = notice->audience;

    hub->building--;
    notice->state = NGX_HTTP_FINANCE_NOTICE_READY;

    ngx_http_finance_notice_tell_all(notice, 0);

    if (a && a->loading == notice) {
        a->loading = NULL;
        a->known = 1;
        ngx_http_finance_notice_release(notice);
        ngx_http_finance_audience_run(a);
    }

    ngx_http_finance_notice_release(notice);
    ngx_http_finance_hub_wake(hub);
}


void
ngx_http_finance_notice_failed(ngx_http_finance_notice_t *notice)
{
    ngx_http_finance_hub_t       *hub;
    ngx_http_finance_audience_t  *a;

    hub = notice->hub;
    a = notice->audience;

    hub->building--;

    /* while Redis is away those who are open wait for it */

    if (ngx_http_finance_redis_state(hub->conf->redis)
        != NGX_HTTP_FINANCE_REDIS_DOWN)
    {
        notice->tries++;
    }

    if (notice->refs > 1 && notice->tries < NGX_HTTP_FINANCE_STREAM_TRIES) {
        notice->state = NGX_HTTP_FINANCE_NOTICE_TODO;
        notice->at = ngx_current_msec + NGX_HTTP_FINANCE_STREAM_AGAIN;
        ngx_queue_insert_tail(&hub->todo, &notice->work);
        return;
    }

    /* who was to get it comes back for it */

    notice->state = NGX_HTTP_FINANCE_NOTICE_READY;
    ngx_http_finance_notice_tell_all(notice, 1);

    if (a && a->loading == notice) {
        a->loading = NULL;
        a->known = 0;
        ngx_http_finance_audience_fail(a, 0);
        ngx_http_finance_notice_release(notice);
    }

    ngx_http_finance_notice_release(notice);
}


static void
ngx_http_finance_notice_tell_all(ngx_http_finance_notice_t *notice,
    ngx_uint_t failed)
{
    ngx_queue_t             *q;
    ngx_http_finance_hub_t  *hub;

    if (notice->audience) {
        ngx_http_finance_notice_tell(notice, notice->audience, failed);
        return;
    }

    hub = notice->hub;

    for (q = ngx_queue_head(&hub->audiences);
         q != ngx_queue_sentinel(&hub->audiences);
         q = ngx_queue_next(q))
    {
        ngx_http_finance_notice_tell(notice,
            ngx_queue_data(q, ngx_http_finance_audience_t, queue), failed);
    }
}


/* those for whom it is the next one, or, of a failed one, those who have it */

static void
ngx_http_finance_notice_tell(ngx_http_finance_notice_t *notice,
    ngx_http_finance_audience_t *a, ngx_uint_t failed)
{
    ngx_queue_t                *q;
    ngx_http_finance_due_t     *due;
    ngx_http_finance_stream_t  *st;

    for (q = ngx_queue_head(&a->streams);
         q != ngx_queue_sentinel(&a->streams);
         q = ngx_queue_next(q))
    {
        st = ngx_queue_data(q, ngx_http_finance_stream_t, queue);

        for (due = st->due; due; due = failed ? due->next : NULL) {

            if (due->notice != notice) {
                continue;
            }

            if (failed) {
                /* not even what is behind it */
                ngx_http_finance_stream_stop(st, 1);

            } else {
                ngx_http_finance_stream_work(st);
            }

            break;
        }
    }
}

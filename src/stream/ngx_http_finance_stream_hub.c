/* A location's streams in this worker: see ..._stream_inside.h. */


#include "ngx_http_finance_stream_inside.h"
#include "../service/ngx_http_finance_owners.h"


/* The hub stays so long without a stream, ms: who comes back soon finds it. */
#define NGX_HTTP_FINANCE_HUB_STAYS  10000
/* So often it looks whether nginx exits, ms. */
#define NGX_HTTP_FINANCE_HUB_LOOKS  250
/* Who has a stream and asks for nothing is here, still, ms. */
#define NGX_HTTP_FINANCE_HUB_SEEN   86400000


static void ngx_http_finance_hub_told(ngx_http_finance_redis_conf_t *conf,
    ngx_http_finance_redis_events_e what);
static void ngx_http_finance_hub_turn(ngx_event_t *ev);
static void ngx_http_finance_hub_write(ngx_http_finance_hub_t *hub);
static void ngx_http_finance_hub_audiences(ngx_http_finance_hub_t *hub);
static void ngx_http_finance_hub_tick(ngx_event_t *ev);
static void ngx_http_finance_hub_beat(ngx_http_finance_hub_t *hub);
static void ngx_http_finance_hub_waits(ngx_http_finance_hub_t *hub);
static ngx_msec_t ngx_http_finance_hub_pause(ngx_http_finance_hub_t *hub);
static void ngx_http_finance_hub_free(ngx_http_finance_hub_t *hub);


/* this worker's */

static ngx_queue_t  ngx_http_finance_hubs;
ngx_uint_t          ngx_http_finance_streams;

/* a comment: for proxies, and to find out who is gone; never freed */

static ngx_http_finance_notice_t  ngx_http_finance_hub_comment = {
    .refs = 1,
    .state = NGX_HTTP_FINANCE_NOTICE_READY,
    .bytes = ngx_string(":\n\n")
};


ngx_http_finance_hub_t *
ngx_http_finance_hub_get(ngx_http_finance_call_t *call)
{
    ngx_uint_t               i;
    ngx_queue_t             *q;
    ngx_http_finance_hub_t  *hub;

    if (ngx_http_finance_hubs.next == NULL) {
        ngx_queue_init(&ngx_http_finance_hubs);
        ngx_http_finance_redis_events_handler(ngx_http_finance_hub_told);
    }

    for (q = ngx_queue_head(&ngx_http_finance_hubs);
         q != ngx_queue_sentinel(&ngx_http_finance_hubs);
         q = ngx_queue_next(q))
    {
        hub = ngx_queue_data(q, ngx_http_finance_hub_t, queue);

        if (hub->conf == call->conf) {
            return hub;
        }
    }

    if (ngx_http_finance_redis_events_listen(call->conf->redis) != NGX_OK) {
        return NULL;
    }

    hub = ngx_calloc(sizeof(ngx_http_finance_hub_t), ngx_cycle->log);
    if (hub == NULL) {
        return NULL;
    }

    hub->conf = call->conf;
    hub->log = ngx_cycle->log;

    ngx_http_finance_detached_place(call->request, &hub->place);
    ngx_http_finance_recent_init(&hub->shared,
                                 NGX_HTTP_FINANCE_STREAM_SHARED);
    ngx_rbtree_init(&hub->tree, &hub->sentinel, ngx_str_rbtree_insert_value);
    ngx_queue_init(&hub->audiences);
    ngx_queue_init(&hub->work);
    ngx_queue_init(&hub->todo);

    for (i = 0; i < NGX_HTTP_FINANCE_STREAM_SPOKES; i++) {
        ngx_queue_init(&hub->spoke[i]);
    }

    hub->turn.handler = ngx_http_finance_hub_turn;
    hub->turn.data = hub;
    hub->turn.log = hub->log;

    hub->tick.handler = ngx_http_finance_hub_tick;
    hub->tick.data = hub;
    hub->tick.log = hub->log;

    ngx_queue_insert_tail(&ngx_http_finance_hubs, &hub->queue);
    ngx_add_timer(&hub->tick, ngx_http_finance_hub_pause(hub));

    return hub;
}


void
ngx_http_finance_hub_wake(ngx_http_finance_hub_t *hub)
{
    ngx_post_event(&hub->turn, &ngx_posted_events);
}


/* inside hiredis */

static void
ngx_http_finance_hub_told(ngx_http_finance_redis_conf_t *conf,
    ngx_http_finance_redis_events_e what)
{
    ngx_queue_t             *q;
    ngx_http_finance_hub_t  *hub;

    for (q = ngx_queue_head(&ngx_http_finance_hubs);
         q != ngx_queue_sentinel(&ngx_http_finance_hubs);
         q = ngx_queue_next(q))
    {
        hub = ngx_queue_data(q, ngx_http_finance_hub_t, queue);

        if (hub->conf->redis != conf) {
            continue;
        }

        hub->more = 1;
        hub->away |= (what == NGX_HTTP_FINANCE_REDIS_EVENTS_AWAY);
        hub->gap |= (what == NGX_HTTP_FINANCE_REDIS_EVENTS_GAP);

        ngx_http_finance_hub_wake(hub);
    }
}


static void
ngx_http_finance_hub_turn(ngx_event_t *ev)
{
    uint64_t                 began;
    ngx_http_finance_hub_t  *hub = ev->data;

    began = ngx_http_finance_hold_begin();

    if (hub->more) {
        ngx_http_finance_hub_audiences(hub);
    }

    ngx_http_finance_notice_run(hub);
    ngx_http_finance_hub_write(hub);

    ngx_http_finance_hold_end(began);
}


/* from the head: any may be gone once another was written to */

static void
ngx_http_finance_hub_write(ngx_http_finance_hub_t *hub)
{
    ngx_uint_t                  n;
    ngx_queue_t                *q;
    ngx_http_finance_stream_t  *st;

    for (n = 0; n < NGX_HTTP_FINANCE_STREAM_SLICE; n++) {

        if (ngx_queue_empty(&hub->work)) {
            return;
        }

        q = ngx_queue_head(&hub->work);
        st = ngx_queue_data(q, ngx_http_finance_stream_t, work);

        ngx_queue_remove(q);
        st->working = 0;

        ngx_http_finance_stream_run(st);
    }

    if (!ngx_queue_empty(&hub->work)) {
        ngx_post_event(&hub->turn, &ngx_posted_next_events);
    }
}


static void
ngx_http_finance_hub_audiences(ngx_http_finance_hub_t *hub)
{
    ngx_uint_t                    away, gap;
    ngx_queue_t                  *q;
    ngx_http_finance_audience_t  *a;

    away = hub->away;
    gap = hub->gap;

    hub->more = 0;
    hub->away = 0;
    hub->gap = 0;

    for (q = ngx_queue_head(&hub->audiences);
         q != ngx_queue_sentinel(&hub->audiences);
         q = ngx_queue_next(q))
    {
        a = ngx_queue_data(q, ngx_http_finance_audience_t, queue);

        if (gap || away) {
            /* who waits is told; who is open only when something is missed,
             * and finds that out when it comes back */
            ngx_http_finance_audience_fail(a, !gap);
        }

        ngx_http_finance_audience_run(a);
    }
}


/* the only place where time matters, and where a hub goes */

static void
ngx_http_finance_hub_tick(ngx_event_t *ev)
{
    ngx_http_finance_hub_t  *hub = ev->data;

    if (hub->streams == 0
        && (ngx_exiting
            || ngx_current_msec - hub->left >= NGX_HTTP_FINANCE_HUB_STAYS))
    {
        ngx_http_finance_hub_free(hub);
        return;
    }

    if (hub->streams) {
        hub->left = ngx_current_msec;
    }

    ngx_http_finance_hub_waits(hub);

    if (!ngx_exiting && (ngx_msec_int_t) (ngx_current_msec - hub->beat) >= 0) {
        ngx_http_finance_hub_beat(hub);
    }

    ngx_http_finance_hub_wake(hub);

    /* streams keep a worker that wants to exit, and end then, here */
    hub->tick.cancelable = (hub->streams == 0);

    ngx_add_timer(&hub->tick, ngx_http_finance_hub_pause(hub));
}


static void
ngx_http_finance_hub_beat(ngx_http_finance_hub_t *hub)
{
    ngx_queue_t                *q, *spoke;
    ngx_http_finance_stream_t  *st;

    hub->beat = ngx_current_msec + hub->conf->stream.heartbeat
                                   / NGX_HTTP_FINANCE_STREAM_SPOKES;
    spoke = &hub->spoke[hub->hand++ % NGX_HTTP_FINANCE_STREAM_SPOKES];

    for (q = ngx_queue_head(spoke);
         q != ngx_queue_sentinel(spoke);
         q = ngx_queue_next(q))
    {
        st = ngx_queue_data(q, ngx_http_finance_stream_t, spoke);

        /* what is not sent yet will do as well */

        if (st->begun && st->due == NULL && st->given == NULL) {
            ngx_http_finance_stream_push(st, &ngx_http_finance_hub_comment);
        }
    }
}


/* who waits for too long, and who is to end because nginx does */

static void
ngx_http_finance_hub_waits(ngx_http_finance_hub_t *hub)
{
    ngx_msec_t                    limit;
    ngx_queue_t                  *q, *p;
    ngx_http_finance_stream_t    *st;
    ngx_http_finance_audience_t  *a;

    limit = 2 * hub->conf->redis->timeout + 1000;

    for (q = ngx_queue_head(&hub->audiences);
         q != ngx_queue_sentinel(&hub->audiences);
         q = ngx_queue_next(q))
    {
        a = ngx_queue_data(q, ngx_http_finance_audience_t, queue);

        for (p = ngx_queue_head(&a->streams);
             p != ngx_queue_sentinel(&a->streams);
             p = ngx_queue_next(p))
        {
            st = ngx_queue_data(p, ngx_http_finance_stream_t, queue);

            if (ngx_exiting && !st->end) {
                ngx_http_finance_stream_stop(st, 0);

            } else if ((!st->open && ngx_current_msec - st->since > limit)
                       || (st->end && ngx_current_msec - st->since > 1000))
            {
                ngx_http_finance_stream_stop(st, 1);

            } else if (ngx_current_msec - a->seen > NGX_HTTP_FINANCE_HUB_SEEN)
            {
                a->seen = ngx_current_msec;
                ngx_http_finance_owner_seen(st->call, 1);
            }
        }

        ngx_http_finance_audience_run(a);
    }
}


static ngx_msec_t
ngx_http_finance_hub_pause(ngx_http_finance_hub_t *hub)
{
    return ngx_min(hub->conf->stream.heartbeat
                   / NGX_HTTP_FINANCE_STREAM_SPOKES + 1,
                   NGX_HTTP_FINANCE_HUB_LOOKS);
}


/* without streams: audiences and their notices went with them */

static void
ngx_http_finance_hub_free(ngx_http_finance_hub_t *hub)
{
    ngx_queue_t                    *q;
    ngx_http_finance_redis_conf_t  *redis;

    if (hub->building) {
        /* soon */
        ngx_add_timer(&hub->tick, ngx_http_finance_hub_pause(hub));
        return;
    }

    redis = hub->conf->redis;

    /* what nobody waits for goes, nothing is begun */
    ngx_http_finance_recent_clear(&hub->shared);
    ngx_http_finance_notice_run(hub);

    if (hub->turn.posted) {
        ngx_delete_posted_event(&hub->turn);
    }

    if (hub->tick.timer_set) {
        ngx_del_timer(&hub->tick);
    }

    ngx_queue_remove(&hub->queue);
    ngx_free(hub);

    for (q = ngx_queue_head(&ngx_http_finance_hubs);
         q != ngx_queue_sentinel(&ngx_http_finance_hubs);
         q = ngx_queue_next(q))
    {
        hub = ngx_queue_data(q, ngx_http_finance_hub_t, queue);

        if (hub->conf->redis == redis) {
            return;
        }
    }

    ngx_http_finance_redis_events_leave(redis);
}


void
ngx_http_finance_stream_exit(void)
{
    ngx_queue_t             *q, *next;
    ngx_http_finance_hub_t  *hub;

    if (ngx_http_finance_hubs.next == NULL) {
        return;
    }

    for (q = ngx_queue_head(&ngx_http_finance_hubs);
         q != ngx_queue_sentinel(&ngx_http_finance_hubs);
         q = next)
    {
        next = ngx_queue_next(q);
        hub = ngx_queue_data(q, ngx_http_finance_hub_t, queue);

        /* a worker that is told to exit at once has streams, still: they end
         * with the process */

        if (hub->streams == 0 && hub->building == 0) {
            ngx_http_finance_hub_free(hub);
        }
    }
}

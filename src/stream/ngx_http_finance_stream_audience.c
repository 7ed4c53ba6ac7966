/* The streams of one owner: see ..._stream_inside.h. */


#include "ngx_http_finance_stream_inside.h"
#include "../codec/fin_snapshot.h"


static ngx_uint_t ngx_http_finance_audience_watches(
    ngx_http_finance_audience_t *a, const char *ticker);
static ngx_uint_t ngx_http_finance_audience_holds(
    ngx_http_finance_audience_t *a, const char *ticker);
static void ngx_http_finance_audience_waiting(
    ngx_http_finance_audience_t *a);


ngx_http_finance_audience_t *
ngx_http_finance_audience_find(ngx_http_finance_hub_t *hub, ngx_str_t *owner)
{
    return (ngx_http_finance_audience_t *)
               ngx_str_rbtree_lookup(&hub->tree, owner,
                                     ngx_crc32_short(owner->data, owner->len));
}


ngx_http_finance_audience_t *
ngx_http_finance_audience_get(ngx_http_finance_hub_t *hub, ngx_str_t *owner)
{
    ngx_http_finance_audience_t  *a;

    a = ngx_http_finance_audience_find(hub, owner);

    if (a) {
        a->refs++;
        return a;
    }

    a = ngx_calloc(sizeof(ngx_http_finance_audience_t) + owner->len, hub->log);
    if (a == NULL) {
        return NULL;
    }

    a->hub = hub;
    a->refs = 1;
    a->seen = ngx_current_msec;
    ngx_queue_init(&a->streams);
    ngx_http_finance_recent_init(&a->recent, NGX_HTTP_FINANCE_STREAM_RECENT);

    a->node.node.key = ngx_crc32_short(owner->data, owner->len);
    a->node.str.len = owner->len;
    a->node.str.data = (u_char *) (a + 1);
    ngx_memcpy(a->node.str.data, owner->data, owner->len);

    ngx_rbtree_insert(&hub->tree, &a->node.node);
    ngx_queue_insert_tail(&hub->audiences, &a->queue);

    return a;
}


void
ngx_http_finance_audience_release(ngx_http_finance_audience_t *a)
{
    if (--a->refs) {
        return;
    }

    ngx_free(a->watched);
    ngx_free(a->held);
    ngx_free(a);
}


/* the notices that it keeps refer to it */

void
ngx_http_finance_audience_leave(ngx_http_finance_audience_t *a)
{
    ngx_http_finance_notice_t  *notice;

    ngx_rbtree_delete(&a->hub->tree, &a->node.node);
    ngx_queue_remove(&a->queue);

    ngx_http_finance_recent_clear(&a->recent);

    notice = a->loading;
    a->loading = NULL;

    if (notice) {
        ngx_http_finance_notice_release(notice);
    }
}


void
ngx_http_finance_audience_run(ngx_http_finance_audience_t *a)
{
    const fin_event_log_t    *log;
    const fin_event_entry_t  *entry;

    log = ngx_http_finance_redis_events_log(a->hub->conf->redis);

    if (!ngx_http_finance_redis_events_up(a->hub->conf->redis)) {
        return;
    }

    if (a->known && a->next < log->first) {
        /* more came than is kept: who comes back may find what is missing */
        ngx_http_finance_audience_fail(a, 0);
        a->known = 0;
    }

    if (!a->known && a->loading == NULL) {
        /* read after this entry, it is what came up to this one at least */
        a->next = log->end;
        a->loading = ngx_http_finance_notice_load(a);

        if (a->loading == NULL) {
            ngx_http_finance_audience_fail(a, 0);
            return;
        }
    }

    while (a->loading == NULL) {

        ngx_http_finance_audience_waiting(a);

        entry = fin_event_log_get(log, a->next);
        if (entry == NULL) {
            return;
        }

        a->next++;
        ngx_http_finance_audience_entry(a, entry, NULL);
    }
}


static void
ngx_http_finance_audience_waiting(ngx_http_finance_audience_t *a)
{
    ngx_queue_t                *q;
    ngx_http_finance_stream_t  *st;

    if (a->n_open == a->n) {
        return;
    }

    for (q = ngx_queue_head(&a->streams);
         q != ngx_queue_sentinel(&a->streams);
         q = ngx_queue_next(q))
    {
        st = ngx_queue_data(q, ngx_http_finance_stream_t, queue);

        if (!st->open && !st->end && !st->drop) {
            ngx_http_finance_stream_open(st);
        }
    }
}


void
ngx_http_finance_audience_entry(ngx_http_finance_audience_t *a,
    const fin_event_entry_t *entry, ngx_http_finance_stream_t *st)
{
    fin_event_t                   event;
    ngx_queue_t                  *q;
    ngx_http_finance_notice_t    *notice;
    ngx_http_finance_audience_t  *whose;

    if (entry->old
        || fin_event_read(entry->line, entry->len, &event) != FIN_OK)
    {
        return;
    }

    whose = a;

    if (event.kind == FIN_EVENT_STOCK) {

        if (!ngx_http_finance_audience_watches(a, event.ticker)) {
            return;
        }

        if (!ngx_http_finance_audience_holds(a, event.ticker)) {
            whose = NULL;
        }

    } else if (event.owner_len != a->node.str.len
               || ngx_memcmp(event.owner, a->node.str.data, event.owner_len)
                  != 0)
    {
        return;
    }

    notice = ngx_http_finance_notice_get(a->hub, whose, &entry->id, &event);
    if (notice == NULL) {
        ngx_http_finance_audience_fail(a, 0);
        return;
    }

    if (st) {
        ngx_http_finance_stream_push(st, notice);
        ngx_http_finance_notice_release(notice);
        return;
    }

    for (q = ngx_queue_head(&a->streams);
         q != ngx_queue_sentinel(&a->streams);
         q = ngx_queue_next(q))
    {
        st = ngx_queue_data(q, ngx_http_finance_stream_t, queue);

        if (st->open && fin_event_id_cmp(&entry->id, &st->from) > 0) {
            ngx_http_finance_stream_push(st, notice);
        }
    }

    if (event.kind == FIN_EVENT_STOCK) {
        ngx_http_finance_notice_release(notice);
        return;
    }

    /* what the owner has, has changed: whoever makes it finds out */
    a->loading = notice;
}


static ngx_uint_t
ngx_http_finance_audience_watches(ngx_http_finance_audience_t *a,
    const char *ticker)
{
    uint64_t    hash;
    ngx_uint_t  i;

    hash = fin_hash64(ticker, ngx_strlen(ticker), 0);

    for (i = 0; i < a->n_watched; i++) {
        if (a->watched[i] == hash) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_finance_audience_holds(ngx_http_finance_audience_t *a,
    const char *ticker)
{
    ngx_uint_t  i;

    for (i = 0; i < a->n_held; i++) {
        if (ngx_strcmp(a->held[i].ticker, ticker) == 0) {
            return 1;
        }
    }

    return 0;
}


const char *
ngx_http_finance_audience_ticker(ngx_http_finance_audience_t *a,
    const char *id)
{
    ngx_uint_t  i;

    for (i = 0; i < a->n_held; i++) {
        if (ngx_strcmp(a->held[i].id, id) == 0) {
            return a->held[i].ticker;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_finance_audience_know(ngx_http_finance_audience_t *a,
    ngx_http_finance_portfolio_t *p)
{
    uint64_t                         hash, *watched;
    ngx_uint_t                       i;
    ngx_http_finance_held_t         *held;
    ngx_http_finance_redis_reply_t  *r;

    r = &p->redis.reply[1];

    watched = ngx_alloc((r->n + 1) * sizeof(uint64_t), a->hub->log);
    held = ngx_alloc((p->n + 1) * sizeof(ngx_http_finance_held_t),
                     a->hub->log);

    if (watched == NULL || held == NULL) {
        ngx_free(watched);
        ngx_free(held);
        return NGX_ERROR;
    }

    for (i = 0; i < r->n; i++) {
        watched[i] = fin_hash64(r->element[i].str.data,
                                r->element[i].str.len, 0);
    }

    /*
     * Who came without an id has looked, or will look, at what there is after
     * what is known here; who came back may have missed just that change.
     */

    hash = fin_hash64(watched, r->n * sizeof(uint64_t), r->n);

    a->same = a->known && hash == a->hash && !a->resumed;
    a->hash = hash;

    for (i = 0; i < p->n; i++) {
        (void) ngx_cpystrn((u_char *) held[i].id,
                           (u_char *) p->lot[i].position.id,
                           sizeof(held[i].id));
        (void) ngx_cpystrn((u_char *) held[i].ticker,
                           (u_char *) p->lot[i].position.ticker,
                           sizeof(held[i].ticker));
    }

    ngx_free(a->watched);
    ngx_free(a->held);

    a->watched = watched;
    a->n_watched = r->n;
    a->held = held;
    a->n_held = p->n;

    return NGX_OK;
}


void
ngx_http_finance_audience_fail(ngx_http_finance_audience_t *a,
    ngx_uint_t waiting)
{
    ngx_queue_t                *q;
    ngx_http_finance_stream_t  *st;

    for (q = ngx_queue_head(&a->streams);
         q != ngx_queue_sentinel(&a->streams);
         q = ngx_queue_next(q))
    {
        st = ngx_queue_data(q, ngx_http_finance_stream_t, queue);

        if (!st->open || !waiting) {
            ngx_http_finance_stream_stop(st, !st->open);
        }
    }
}

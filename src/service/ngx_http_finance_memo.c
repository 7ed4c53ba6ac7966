/* What this worker has made of owners' positions: see the header. */


#include "ngx_http_finance_memo.h"
#include "../codec/fin_snapshot.h"
#include "../core/fin_time.h"


/* whose it is: never found by a hash alone */
#define NGX_HTTP_FINANCE_MEMO_KEY                                             \
    (sizeof(void *) + FIN_TICKER_MAX + 1 + FIN_OWNER_MAX)


typedef struct {
    ngx_str_node_t             node;        /* location, ticker, owner */
    ngx_queue_t                queue;       /* least recently used last */
    uint64_t                   digest[2];   /* of what it was made of */
    int64_t                    fresh_ms;
    ngx_http_finance_blob_t   *blob;        /* the members */
    size_t                     signals;
    uint64_t                   etag;
    ngx_uint_t                 n;
    fin_holding_lot_t         *lot;         /* [n], behind the key */
} ngx_http_finance_memo_t;


static void ngx_http_finance_memo_key(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, u_char *buf, ngx_str_t *key);
static void ngx_http_finance_memo_digest(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, uint64_t digest[2]);
static ngx_http_finance_memo_t *ngx_http_finance_memo_find(ngx_str_t *key);
static ngx_http_finance_memo_t *ngx_http_finance_memo_create(ngx_str_t *key,
    ngx_uint_t n, fin_out_t *out);
static size_t ngx_http_finance_memo_bytes(ngx_http_finance_memo_t *memo);
static void ngx_http_finance_memo_drop(ngx_http_finance_memo_t *memo);


/* this worker's */

static ngx_rbtree_t       ngx_http_finance_memo_tree;
static ngx_rbtree_node_t  ngx_http_finance_memo_sentinel;
static ngx_queue_t        ngx_http_finance_memo_lru;
static size_t             ngx_http_finance_memo_size;


ngx_int_t
ngx_http_finance_memo_get(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h)
{
    u_char                    buf[NGX_HTTP_FINANCE_MEMO_KEY];
    uint64_t                  digest[2];
    ngx_str_t                 key;
    ngx_uint_t                i;
    ngx_http_finance_memo_t  *memo;

    ngx_http_finance_memo_key(p, h, buf, &key);
    memo = ngx_http_finance_memo_find(&key);

    if (memo == NULL || memo->n != h->n
        || memo->fresh_ms <= ngx_http_finance_now())
    {
        return NGX_DECLINED;
    }

    ngx_http_finance_memo_digest(p, h, digest);

    if (ngx_memcmp(digest, memo->digest, sizeof(digest)) != 0
        || ngx_http_finance_blob_hold(memo->blob, p->call->request->pool)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    ngx_queue_remove(&memo->queue);
    ngx_queue_insert_head(&ngx_http_finance_memo_lru, &memo->queue);

    h->has = 1;
    h->members = memo->blob->data;
    h->signals = memo->signals;
    h->etag = memo->etag;

    for (i = 0; i < h->n; i++) {
        ngx_http_finance_lot_take(h->lot[i], &memo->lot[i],
                                  memo->blob->data.data);
    }

    return NGX_OK;
}


void
ngx_http_finance_memo_put(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, ngx_http_finance_valuation_t *v,
    int64_t fresh_ms)
{
    u_char                    buf[NGX_HTTP_FINANCE_MEMO_KEY];
    ngx_str_t                 key;
    ngx_queue_t              *q;
    ngx_http_finance_memo_t  *memo;

    ngx_http_finance_memo_key(p, h, buf, &key);
    memo = ngx_http_finance_memo_find(&key);

    if (memo) {
        ngx_http_finance_memo_drop(memo);
    }

    memo = ngx_http_finance_memo_create(&key, h->n, &v->out);
    if (memo == NULL) {
        return;
    }

    ngx_http_finance_memo_digest(p, h, memo->digest);

    memo->fresh_ms = fresh_ms;
    memo->signals = v->in.signals_len;
    memo->etag = v->etag;
    ngx_memcpy(memo->lot, v->lot, h->n * sizeof(fin_holding_lot_t));

    ngx_rbtree_insert(&ngx_http_finance_memo_tree, &memo->node.node);
    ngx_queue_insert_head(&ngx_http_finance_memo_lru, &memo->queue);
    ngx_http_finance_memo_size += ngx_http_finance_memo_bytes(memo);

    while (ngx_http_finance_memo_size > NGX_HTTP_FINANCE_MEMO_MAX) {
        q = ngx_queue_last(&ngx_http_finance_memo_lru);
        ngx_http_finance_memo_drop(
                         ngx_queue_data(q, ngx_http_finance_memo_t, queue));
    }
}


void
ngx_http_finance_memo_exit(void)
{
    ngx_queue_t  *q;

    if (ngx_http_finance_memo_tree.root == NULL) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_finance_memo_lru)) {
        q = ngx_queue_head(&ngx_http_finance_memo_lru);
        ngx_http_finance_memo_drop(
                         ngx_queue_data(q, ngx_http_finance_memo_t, queue));
    }
}


static void
ngx_http_finance_memo_key(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, u_char *buf, ngx_str_t *key)
{
    u_char  *last;

    /* a ticker ends with its NUL, so that no owner's name can be part of it */

    last = ngx_cpymem(buf, &p->call->conf, sizeof(void *));
    last = ngx_cpymem(last, h->ticker, ngx_strlen(h->ticker) + 1);
    last = ngx_cpymem(last, p->owner.data, p->owner.len);

    key->data = buf;
    key->len = last - buf;
}


static void
ngx_http_finance_memo_digest(ngx_http_finance_portfolio_t *p,
    ngx_http_finance_holding_t *h, uint64_t digest[2])
{
    int64_t     head[4];
    ngx_uint_t  i;
    ngx_str_t  *stored;

    head[0] = h->stock->snapshot.fetched_ms;
    head[1] = h->stock->snapshot.fetched_at;
    head[2] = (int64_t) h->stock->snapshot.etag;
    head[3] = fin_ny_date(ngx_http_finance_clock(p->call->request));

    digest[0] = fin_hash64(head, sizeof(head), 1);
    digest[1] = fin_hash64(head, sizeof(head), 2);

    for (i = 0; i < h->n; i++) {
        stored = &h->lot[i]->stored;

        digest[0] = fin_hash64(stored->data, stored->len, digest[0]);
        digest[1] = fin_hash64(stored->data, stored->len, digest[1]);
    }
}


static ngx_http_finance_memo_t *
ngx_http_finance_memo_find(ngx_str_t *key)
{
    if (ngx_http_finance_memo_tree.root == NULL) {
        ngx_rbtree_init(&ngx_http_finance_memo_tree,
                        &ngx_http_finance_memo_sentinel,
                        ngx_str_rbtree_insert_value);
        ngx_queue_init(&ngx_http_finance_memo_lru);
    }

    return (ngx_http_finance_memo_t *)
               ngx_str_rbtree_lookup(&ngx_http_finance_memo_tree, key,
                                     ngx_crc32_short(key->data, key->len));
}


static ngx_http_finance_memo_t *
ngx_http_finance_memo_create(ngx_str_t *key, ngx_uint_t n, fin_out_t *out)
{
    ngx_str_t                 data;
    ngx_http_finance_memo_t  *memo;

    memo = malloc(sizeof(ngx_http_finance_memo_t)
                  + n * sizeof(fin_holding_lot_t) + key->len);
    if (memo == NULL) {
        return NULL;
    }

    data.data = (u_char *) out->data;
    data.len = out->len;

    memo->blob = ngx_http_finance_blob_copy(&data);
    if (memo->blob == NULL) {
        free(memo);
        return NULL;
    }

    memo->n = n;
    memo->lot = (fin_holding_lot_t *) (memo + 1);

    memo->node.str.data = (u_char *) (memo->lot + n);
    memo->node.str.len = key->len;
    ngx_memcpy(memo->node.str.data, key->data, key->len);
    memo->node.node.key = ngx_crc32_short(key->data, key->len);

    return memo;
}


static size_t
ngx_http_finance_memo_bytes(ngx_http_finance_memo_t *memo)
{
    return sizeof(ngx_http_finance_memo_t) + memo->node.str.len
           + memo->n * sizeof(fin_holding_lot_t) + memo->blob->data.len;
}


static void
ngx_http_finance_memo_drop(ngx_http_finance_memo_t *memo)
{
    ngx_rbtree_delete(&ngx_http_finance_memo_tree, &memo->node.node);
    ngx_queue_remove(&memo->queue);

    ngx_http_finance_memo_size -= ngx_http_finance_memo_bytes(memo);
    ngx_http_finance_blob_release(memo->blob);

    free(memo);
}

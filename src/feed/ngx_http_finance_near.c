/* The snapshots that this worker holds: see the header. */


#include "ngx_http_finance_near.h"


#define NGX_HTTP_FINANCE_NEAR_KEY  (FIN_TICKER_MAX + 1 + sizeof(void *))


static void ngx_http_finance_near_key(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, u_char *buf, ngx_str_t *key);
static ngx_http_finance_near_t *ngx_http_finance_near_find(ngx_str_t *key);
static ngx_http_finance_near_t *ngx_http_finance_near_add(ngx_str_t *key);
static void ngx_http_finance_near_drop(ngx_http_finance_near_t *near);


/* this worker's */

static ngx_rbtree_t       ngx_http_finance_near_tree;
static ngx_rbtree_node_t  ngx_http_finance_near_sentinel;
static ngx_queue_t        ngx_http_finance_near_lru;
static size_t             ngx_http_finance_near_size;


ngx_http_finance_near_t *
ngx_http_finance_near_get(ngx_http_finance_redis_conf_t *redis,
    const char *ticker)
{
    u_char                    buf[NGX_HTTP_FINANCE_NEAR_KEY];
    ngx_str_t                 key;
    ngx_http_finance_near_t  *near;

    ngx_http_finance_near_key(redis, ticker, buf, &key);
    near = ngx_http_finance_near_find(&key);

    if (near) {
        ngx_queue_remove(&near->queue);
        ngx_queue_insert_head(&ngx_http_finance_near_lru, &near->queue);
    }

    return near;
}


void
ngx_http_finance_near_put(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, ngx_http_finance_blob_t *blob)
{
    u_char                    buf[NGX_HTTP_FINANCE_NEAR_KEY];
    ngx_str_t                 key;
    ngx_queue_t              *q;
    fin_snapshot_t            snapshot;
    ngx_http_finance_near_t  *near;

    if (fin_snapshot_read((char *) blob->data.data, blob->data.len, &snapshot)
        != FIN_OK)
    {
        return;
    }

    ngx_http_finance_near_key(redis, ticker, buf, &key);
    near = ngx_http_finance_near_find(&key);

    if (near) {
        ngx_http_finance_near_drop(near);
    }

    near = ngx_http_finance_near_add(&key);
    if (near == NULL) {
        return;
    }

    blob->refs++;
    near->blob = blob;
    near->snapshot = snapshot;
    ngx_http_finance_near_tag(&snapshot, near->tag);

    ngx_http_finance_near_size += blob->data.len;

    while (ngx_http_finance_near_size > NGX_HTTP_FINANCE_NEAR_MAX) {
        q = ngx_queue_last(&ngx_http_finance_near_lru);
        ngx_http_finance_near_drop(
                         ngx_queue_data(q, ngx_http_finance_near_t, queue));
    }
}


void
ngx_http_finance_near_tag(const fin_snapshot_t *snapshot, u_char *tag)
{
    ngx_sprintf(tag, "%016xL%013L", snapshot->etag, snapshot->fetched_ms);
}


void
ngx_http_finance_near_exit(void)
{
    ngx_queue_t  *q;

    if (ngx_http_finance_near_tree.root == NULL) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_finance_near_lru)) {
        q = ngx_queue_head(&ngx_http_finance_near_lru);
        ngx_http_finance_near_drop(
                         ngx_queue_data(q, ngx_http_finance_near_t, queue));
    }
}


static void
ngx_http_finance_near_key(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, u_char *buf, ngx_str_t *key)
{
    u_char  *p;

    p = ngx_cpymem(buf, &redis, sizeof(void *));

    key->data = buf;
    key->len = ngx_cpystrn(p, (u_char *) ticker, FIN_TICKER_MAX + 1) - buf;
}


static ngx_http_finance_near_t *
ngx_http_finance_near_find(ngx_str_t *key)
{
    if (ngx_http_finance_near_tree.root == NULL) {
        ngx_rbtree_init(&ngx_http_finance_near_tree,
                        &ngx_http_finance_near_sentinel,
                        ngx_str_rbtree_insert_value);
        ngx_queue_init(&ngx_http_finance_near_lru);
    }

    return (ngx_http_finance_near_t *)
               ngx_str_rbtree_lookup(&ngx_http_finance_near_tree, key,
                                     ngx_crc32_short(key->data, key->len));
}


static ngx_http_finance_near_t *
ngx_http_finance_near_add(ngx_str_t *key)
{
    ngx_http_finance_near_t  *near;

    near = malloc(sizeof(ngx_http_finance_near_t) + key->len);
    if (near == NULL) {
        return NULL;
    }

    near->node.node.key = ngx_crc32_short(key->data, key->len);
    near->node.str.data = (u_char *) (near + 1);
    near->node.str.len = key->len;
    ngx_memcpy(near->node.str.data, key->data, key->len);

    ngx_rbtree_insert(&ngx_http_finance_near_tree, &near->node.node);
    ngx_queue_insert_head(&ngx_http_finance_near_lru, &near->queue);

    return near;
}


static void
ngx_http_finance_near_drop(ngx_http_finance_near_t *near)
{
    ngx_rbtree_delete(&ngx_http_finance_near_tree, &near->node.node);
    ngx_queue_remove(&near->queue);

    ngx_http_finance_near_size -= near->blob->data.len;
    ngx_http_finance_blob_release(near->blob);

    free(near);
}

/* The books that this worker holds unpacked: see the header. */


#include "ngx_http_finance_shelf.h"


#define NGX_HTTP_FINANCE_SHELF_KEY  (FIN_TICKER_MAX + 1 + sizeof(void *))


static void ngx_http_finance_shelf_key(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, u_char *buf, ngx_str_t *key);
static ngx_http_finance_shelved_t *ngx_http_finance_shelf_find(
    ngx_str_t *key);
static ngx_http_finance_shelved_t *ngx_http_finance_shelf_last(void);
static void ngx_http_finance_shelf_drop(ngx_http_finance_shelved_t *s);


/* this worker's */

static ngx_rbtree_t       ngx_http_finance_shelf_tree;
static ngx_rbtree_node_t  ngx_http_finance_shelf_sentinel;
static ngx_queue_t        ngx_http_finance_shelf_lru;
static size_t             ngx_http_finance_shelf_size;


ngx_http_finance_shelved_t *
ngx_http_finance_shelf_get(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, int64_t fetched_ms)
{
    u_char                       buf[NGX_HTTP_FINANCE_SHELF_KEY];
    ngx_str_t                    key;
    ngx_http_finance_shelved_t  *s;

    ngx_http_finance_shelf_key(redis, ticker, buf, &key);
    s = ngx_http_finance_shelf_find(&key);

    if (s == NULL || s->book->fetched_ms < fetched_ms) {
        return NULL;
    }

    ngx_queue_remove(&s->queue);
    ngx_queue_insert_head(&ngx_http_finance_shelf_lru, &s->queue);
    s->refs++;

    return s;
}


ngx_http_finance_shelved_t *
ngx_http_finance_shelf_put(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, fin_book_t *book)
{
    u_char                       buf[NGX_HTTP_FINANCE_SHELF_KEY];
    ngx_str_t                    key;
    ngx_http_finance_shelved_t  *s, *old;

    ngx_http_finance_shelf_key(redis, ticker, buf, &key);
    old = ngx_http_finance_shelf_find(&key);

    s = malloc(sizeof(ngx_http_finance_shelved_t) + key.len);
    if (s == NULL) {
        fin_book_free(book);
        return NULL;
    }

    if (old) {
        ngx_http_finance_shelf_drop(old);
    }

    s->node.node.key = ngx_crc32_short(key.data, key.len);
    s->node.str.data = (u_char *) (s + 1);
    s->node.str.len = key.len;
    ngx_memcpy(s->node.str.data, key.data, key.len);

    /* the tree's reference, and the caller's */
    s->refs = 2;
    s->book = book;

    ngx_rbtree_insert(&ngx_http_finance_shelf_tree, &s->node.node);
    ngx_queue_insert_head(&ngx_http_finance_shelf_lru, &s->queue);
    ngx_http_finance_shelf_size += book->bytes;

    while (ngx_http_finance_shelf_size > NGX_HTTP_FINANCE_SHELF_MAX
           && ngx_http_finance_shelf_last() != s)
    {
        ngx_http_finance_shelf_drop(ngx_http_finance_shelf_last());
    }

    return s;
}


void
ngx_http_finance_shelf_release(ngx_http_finance_shelved_t *s)
{
    if (s == NULL || --s->refs > 0) {
        return;
    }

    fin_book_free((fin_book_t *) s->book);
    free(s);
}


void
ngx_http_finance_shelf_exit(void)
{
    if (ngx_http_finance_shelf_tree.root == NULL) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_finance_shelf_lru)) {
        ngx_http_finance_shelf_drop(ngx_http_finance_shelf_last());
    }
}


static void
ngx_http_finance_shelf_key(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, u_char *buf, ngx_str_t *key)
{
    u_char  *p;

    p = ngx_cpymem(buf, &redis, sizeof(void *));

    key->data = buf;
    key->len = ngx_cpystrn(p, (u_char *) ticker, FIN_TICKER_MAX + 1) - buf;
}


static ngx_http_finance_shelved_t *
ngx_http_finance_shelf_find(ngx_str_t *key)
{
    if (ngx_http_finance_shelf_tree.root == NULL) {
        ngx_rbtree_init(&ngx_http_finance_shelf_tree,
                        &ngx_http_finance_shelf_sentinel,
                        ngx_str_rbtree_insert_value);
        ngx_queue_init(&ngx_http_finance_shelf_lru);
    }

    return (ngx_http_finance_shelved_t *)
               ngx_str_rbtree_lookup(&ngx_http_finance_shelf_tree, key,
                                     ngx_crc32_short(key->data, key->len));
}


static ngx_http_finance_shelved_t *
ngx_http_finance_shelf_last(void)
{
    return ngx_queue_data(ngx_queue_last(&ngx_http_finance_shelf_lru),
                          ngx_http_finance_shelved_t, queue);
}


/* off the shelf; those who read in it keep it until they are done */

static void
ngx_http_finance_shelf_drop(ngx_http_finance_shelved_t *s)
{
    ngx_rbtree_delete(&ngx_http_finance_shelf_tree, &s->node.node);
    ngx_queue_remove(&s->queue);

    ngx_http_finance_shelf_size -= s->book->bytes;

    ngx_http_finance_shelf_release(s);
}

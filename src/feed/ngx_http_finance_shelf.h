/*
 * The books (codec/fin_book.h) that this worker holds unpacked: what an
 * owner's positions are valued with.  Shared, read only, counted; those least
 * recently used go.
 */

#ifndef _NGX_HTTP_FINANCE_SHELF_H_INCLUDED_
#define _NGX_HTTP_FINANCE_SHELF_H_INCLUDED_


#include "../codec/fin_book.h"
#include "../redis/ngx_http_finance_redis.h"


#define NGX_HTTP_FINANCE_SHELF_MAX  (64 * 1024 * 1024)  /* bytes a worker */


typedef struct {
    ngx_str_node_t      node;           /* by ticker and Redis */
    ngx_queue_t         queue;          /* least recently used last */
    ngx_uint_t          refs;
    const fin_book_t   *book;
} ngx_http_finance_shelved_t;


/*
 * The book of a ticker that was fetched at that instant (ms of real time), or
 * later; NULL: not held.  The reference is the caller's, to be released.
 */
ngx_http_finance_shelved_t *ngx_http_finance_shelf_get(
    ngx_http_finance_redis_conf_t *redis, const char *ticker,
    int64_t fetched_ms);

/*
 * Keeps a book in the place of an older one, and gives back a reference as
 * above; the book is the shelf's from now on.  NULL: no memory, the book was
 * freed.
 */
ngx_http_finance_shelved_t *ngx_http_finance_shelf_put(
    ngx_http_finance_redis_conf_t *redis, const char *ticker,
    fin_book_t *book);

/* NULL is fine. */
void ngx_http_finance_shelf_release(ngx_http_finance_shelved_t *s);

/* Gives all of it back; when the worker ends. */
void ngx_http_finance_shelf_exit(void);


#endif /* _NGX_HTTP_FINANCE_SHELF_H_INCLUDED_ */

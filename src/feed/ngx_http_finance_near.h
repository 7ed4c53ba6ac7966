/*
 * The snapshots that this worker holds already.  Redis stays the judge: a
 * reader asks it for the tags (30 bytes each) of those it holds and for the
 * bytes (6 KB each) of the others only.  Least recently used ones go.
 */

#ifndef _NGX_HTTP_FINANCE_NEAR_H_INCLUDED_
#define _NGX_HTTP_FINANCE_NEAR_H_INCLUDED_


#include "../codec/fin_snapshot.h"
#include "../redis/ngx_http_finance_redis.h"
#include "ngx_http_finance_blob.h"


#define NGX_HTTP_FINANCE_NEAR_MAX  (32 * 1024 * 1024)   /* bytes a worker */

/* etag and fetched_ms: names one version of a snapshot, on every host */
#define NGX_HTTP_FINANCE_TAG_LEN   29


typedef struct {
    ngx_str_node_t             node;        /* by ticker and Redis */
    ngx_queue_t                queue;       /* least recently used last */
    ngx_http_finance_blob_t   *blob;
    fin_snapshot_t             snapshot;    /* into blob */
    u_char                     tag[NGX_HTTP_FINANCE_TAG_LEN];
} ngx_http_finance_near_t;


/* NULL: not held.  Valid until control goes back to the event loop. */
ngx_http_finance_near_t *ngx_http_finance_near_get(
    ngx_http_finance_redis_conf_t *redis, const char *ticker);

/*
 * Keeps a snapshot, in the place of an older one; takes a reference of its
 * own.  Bytes that are no snapshot, or a lack of memory, change nothing.
 */
void ngx_http_finance_near_put(ngx_http_finance_redis_conf_t *redis,
    const char *ticker, ngx_http_finance_blob_t *blob);

/* Writes the NGX_HTTP_FINANCE_TAG_LEN bytes of a snapshot's tag. */
void ngx_http_finance_near_tag(const fin_snapshot_t *snapshot, u_char *tag);

/* Gives all of it back; when the worker ends. */
void ngx_http_finance_near_exit(void);


#endif /* _NGX_HTTP_FINANCE_NEAR_H_INCLUDED_ */

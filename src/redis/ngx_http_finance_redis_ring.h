/*
 * Messages that wait to be delivered, in a ring of fixed size: pure.  When it
 * is full the oldest make room.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_RING_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_RING_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>


#define NGX_HTTP_FINANCE_REDIS_RING_SIZE  65536     /* bytes */
/* The longest message, bytes. */
#define NGX_HTTP_FINANCE_REDIS_RING_MAX   1024


/* All zero is an empty one. */
typedef struct {
    size_t         head;        /* where the oldest begins */
    size_t         used;
    uint64_t       dropped;     /* messages, ever */
    unsigned char  data[NGX_HTTP_FINANCE_REDIS_RING_SIZE];
} ngx_http_finance_redis_ring_t;


/* True when nothing was dropped: neither older messages for room, nor this one
 * for its length. */
int ngx_http_finance_redis_ring_push(ngx_http_finance_redis_ring_t *ring,
    const void *message, size_t len);

/* The oldest message is copied to out, which takes the longest; its length, or
 * -1 when there is none. */
int ngx_http_finance_redis_ring_pop(ngx_http_finance_redis_ring_t *ring,
    void *out);


#endif /* _NGX_HTTP_FINANCE_REDIS_RING_H_INCLUDED_ */

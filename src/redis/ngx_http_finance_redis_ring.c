/* Messages that wait to be delivered: see the header. */


#include <string.h>

#include "ngx_http_finance_redis_ring.h"


#define NGX_HTTP_FINANCE_REDIS_RING_HEAD  2     /* a length, low byte first */


static void ngx_http_finance_redis_ring_write(
    ngx_http_finance_redis_ring_t *ring, const void *bytes, size_t len);
static void ngx_http_finance_redis_ring_read(
    ngx_http_finance_redis_ring_t *ring, void *out, size_t len);
static size_t ngx_http_finance_redis_ring_length(
    ngx_http_finance_redis_ring_t *ring);
static void ngx_http_finance_redis_ring_skip(
    ngx_http_finance_redis_ring_t *ring, size_t len);


int
ngx_http_finance_redis_ring_push(ngx_http_finance_redis_ring_t *ring,
    const void *message, size_t len)
{
    uint64_t       dropped;
    unsigned char  head[NGX_HTTP_FINANCE_REDIS_RING_HEAD];

    dropped = ring->dropped;

    if (len > NGX_HTTP_FINANCE_REDIS_RING_MAX) {
        ring->dropped++;
        return 0;
    }

    while (ring->used + sizeof(head) + len > NGX_HTTP_FINANCE_REDIS_RING_SIZE) {
        ngx_http_finance_redis_ring_skip(ring,
                                 ngx_http_finance_redis_ring_length(ring));
        ring->dropped++;
    }

    head[0] = (unsigned char) (len & 0xff);
    head[1] = (unsigned char) (len >> 8);

    ngx_http_finance_redis_ring_write(ring, head, sizeof(head));
    ngx_http_finance_redis_ring_write(ring, message, len);

    return ring->dropped == dropped;
}


int
ngx_http_finance_redis_ring_pop(ngx_http_finance_redis_ring_t *ring, void *out)
{
    size_t  len;

    if (ring->used == 0) {
        return -1;
    }

    len = ngx_http_finance_redis_ring_length(ring);
    ngx_http_finance_redis_ring_read(ring, out, len);

    return (int) len;
}


static void
ngx_http_finance_redis_ring_write(ngx_http_finance_redis_ring_t *ring,
    const void *bytes, size_t len)
{
    size_t  at, n;

    if (len == 0) {
        return;
    }

    at = (ring->head + ring->used) % NGX_HTTP_FINANCE_REDIS_RING_SIZE;
    n = NGX_HTTP_FINANCE_REDIS_RING_SIZE - at;

    if (n > len) {
        n = len;
    }

    memcpy(ring->data + at, bytes, n);
    memcpy(ring->data, (const unsigned char *) bytes + n, len - n);

    ring->used += len;
}


static void
ngx_http_finance_redis_ring_read(ngx_http_finance_redis_ring_t *ring,
    void *out, size_t len)
{
    size_t  n;

    n = NGX_HTTP_FINANCE_REDIS_RING_SIZE - ring->head;

    if (n > len) {
        n = len;
    }

    memcpy(out, ring->data + ring->head, n);
    memcpy((unsigned char *) out + n, ring->data, len - n);

    ngx_http_finance_redis_ring_skip(ring, len);
}


/* Takes the head of the oldest. */
static size_t
ngx_http_finance_redis_ring_length(ngx_http_finance_redis_ring_t *ring)
{
    unsigned char  head[NGX_HTTP_FINANCE_REDIS_RING_HEAD];

    ngx_http_finance_redis_ring_read(ring, head, sizeof(head));

    return head[0] | (size_t) head[1] << 8;
}


static void
ngx_http_finance_redis_ring_skip(ngx_http_finance_redis_ring_t *ring,
    size_t len)
{
    ring->head = (ring->head + len) % NGX_HTTP_FINANCE_REDIS_RING_SIZE;
    ring->used -= len;
}

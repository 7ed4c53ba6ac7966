/* Whether a pool is up: see the header. */


#include <string.h>

#include "ngx_http_finance_redis_health.h"


static void ngx_http_finance_redis_health_reason(
    ngx_http_finance_redis_health_t *h, const char *reason);
static int ngx_http_finance_redis_health_down(
    ngx_http_finance_redis_health_t *h);


void
ngx_http_finance_redis_health_init(ngx_http_finance_redis_health_t *h)
{
    memset(h, 0, sizeof(ngx_http_finance_redis_health_t));
}


void
ngx_http_finance_redis_health_try(ngx_http_finance_redis_health_t *h,
    uint64_t now)
{
    h->tried = now;

    if (h->state == NGX_HTTP_FINANCE_REDIS_UNUSED) {
        h->state = NGX_HTTP_FINANCE_REDIS_CONNECTING;
    }
}


int
ngx_http_finance_redis_health_ready(ngx_http_finance_redis_health_t *h)
{
    int  back;

    back = (h->state == NGX_HTTP_FINANCE_REDIS_DOWN);

    h->ready++;
    h->slow = 0;
    h->state = NGX_HTTP_FINANCE_REDIS_UP;

    return back;
}


int
ngx_http_finance_redis_health_failed(ngx_http_finance_redis_health_t *h,
    const char *reason, int slow)
{
    h->failures++;
    h->slow = slow ? 1 : 0;

    ngx_http_finance_redis_health_reason(h, reason);

    if (h->ready) {
        return 0;
    }

    return ngx_http_finance_redis_health_down(h);
}


int
ngx_http_finance_redis_health_lost(ngx_http_finance_redis_health_t *h,
    uint64_t lived, const char *reason)
{
    h->ready--;

    if (lived >= NGX_HTTP_FINANCE_REDIS_HEALTHY) {
        h->failures = 0;

    } else if (h->failures == 0 || h->ready == 0) {
        /* several that are lost at once are one failure */
        h->failures++;
    }

    ngx_http_finance_redis_health_reason(h, reason);

    if (h->ready) {
        return 0;
    }

    if (h->failures == 0) {
        h->state = NGX_HTTP_FINANCE_REDIS_CONNECTING;
        return 0;
    }

    return ngx_http_finance_redis_health_down(h);
}


int
ngx_http_finance_redis_health_hung(ngx_http_finance_redis_health_t *h,
    const char *reason)
{
    h->failures++;
    h->slow = 0;

    ngx_http_finance_redis_health_reason(h, reason);

    return ngx_http_finance_redis_health_down(h);
}


void
ngx_http_finance_redis_health_closed(ngx_http_finance_redis_health_t *h,
    int ready)
{
    if (ready) {
        h->ready--;
    }

    if (h->ready == 0 && h->state != NGX_HTTP_FINANCE_REDIS_DOWN) {
        h->state = NGX_HTTP_FINANCE_REDIS_UNUSED;
    }
}


uint64_t
ngx_http_finance_redis_health_delay(const ngx_http_finance_redis_health_t *h,
    uint64_t retry, uint64_t chance)
{
    unsigned  i;
    uint64_t  most, cap;

    cap = h->slow ? NGX_HTTP_FINANCE_REDIS_SLOW : NGX_HTTP_FINANCE_REDIS_CAP;

    if (cap < retry) {
        cap = retry;
    }

    if (h->failures == 0) {
        return 0;
    }

    if (h->slow) {
        return cap / 2 + chance % (cap / 2 + 1);
    }

    most = retry;

    for (i = 1; i < h->failures && most < cap; i++) {
        most *= 2;
    }

    if (most > cap) {
        most = cap;
    }

    return chance % (most + 1);
}


int
ngx_http_finance_redis_health_due(const ngx_http_finance_redis_health_t *h,
    uint64_t retry, uint64_t now)
{
    uint64_t  gap;

    gap = retry;

    if (h->slow && gap < NGX_HTTP_FINANCE_REDIS_SLOW) {
        gap = NGX_HTTP_FINANCE_REDIS_SLOW;
    }

    return h->state == NGX_HTTP_FINANCE_REDIS_DOWN && now - h->tried >= gap;
}


static int
ngx_http_finance_redis_health_down(ngx_http_finance_redis_health_t *h)
{
    if (h->state == NGX_HTTP_FINANCE_REDIS_DOWN) {
        return 0;
    }

    h->state = NGX_HTTP_FINANCE_REDIS_DOWN;

    return 1;
}


static void
ngx_http_finance_redis_health_reason(ngx_http_finance_redis_health_t *h,
    const char *reason)
{
    size_t  n;

    n = strlen(reason);

    if (n >= sizeof(h->reason)) {
        n = sizeof(h->reason) - 1;
    }

    memmove(h->reason, reason, n);
    h->reason[n] = '\0';
}

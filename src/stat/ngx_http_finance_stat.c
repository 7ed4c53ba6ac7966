/* Counters, gauges and times: see the header. */


#include "ngx_http_finance_stat.h"


const uint32_t  ngx_http_finance_time_bounds[NGX_HTTP_FINANCE_TIME_BOUNDS] = {
    10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000,
    250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000
};


/* the last stands for all others */

const uint16_t  ngx_http_finance_stat_statuses[
    NGX_HTTP_FINANCE_STAT_STATUSES] = {
    200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 400, 401, 403, 404, 405,
    408, 409, 412, 413, 414, 415, 416, 422, 429, 431, 499, 500, 501, 502, 503,
    504, 0
};


/* of who has no zone */

static ngx_http_finance_counters_t  ngx_http_finance_counters_none;
static ngx_http_finance_gauges_t    ngx_http_finance_gauges_none;

ngx_http_finance_counters_t  *ngx_http_finance_counters
    = &ngx_http_finance_counters_none;
ngx_http_finance_gauges_t    *ngx_http_finance_gauges
    = &ngx_http_finance_gauges_none;


/* this process's: how deep we are in our own code */

static ngx_uint_t  ngx_http_finance_hold_depth;


void
ngx_http_finance_stat_time(ngx_http_finance_time_e id, uint64_t usec)
{
    ngx_uint_t                     i;
    ngx_http_finance_histogram_t  *h;

    h = &ngx_http_finance_counters->time[id];

    for (i = 0; i < NGX_HTTP_FINANCE_TIME_BOUNDS; i++) {
        if (usec <= ngx_http_finance_time_bounds[i]) {
            break;
        }
    }

    (void) ngx_atomic_fetch_add(&h->usec, (ngx_atomic_int_t) usec);
    (void) ngx_atomic_fetch_add(&h->bucket[i], 1);
}


uint64_t
ngx_http_finance_stat_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}


void
ngx_http_finance_stat_request(ngx_uint_t route, ngx_uint_t status)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_FINANCE_STAT_STATUSES - 1; i++) {
        if (ngx_http_finance_stat_statuses[i] == status) {
            break;
        }
    }

    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_REQUESTS
                              + route * NGX_HTTP_FINANCE_STAT_STATUSES + i, 1);
}


uint64_t
ngx_http_finance_hold_begin(void)
{
    return ngx_http_finance_hold_depth++ ? 0 : ngx_http_finance_stat_now();
}


void
ngx_http_finance_hold_end(uint64_t began)
{
    ngx_http_finance_hold_depth--;

    if (began) {
        ngx_http_finance_stat_time(NGX_HTTP_FINANCE_TIME_HOLD,
                                   ngx_http_finance_stat_now() - began);
    }
}


void
ngx_http_finance_account_add(ngx_http_finance_account_t *account,
    const ngx_http_finance_account_t *more)
{
    if (account == NULL || more == NULL) {
        return;
    }

    account->upstream_calls += more->upstream_calls;
    account->upstream_usec += more->upstream_usec;
    account->redis_calls += more->redis_calls;
    account->redis_usec += more->redis_usec;
}


void
ngx_http_finance_account_cache(ngx_http_finance_account_t *account,
    ngx_uint_t kind, ngx_http_finance_stat_cache_e result, ngx_uint_t n)
{
    if (account == NULL || n == 0) {
        return;
    }

    ngx_http_finance_stat_cache(kind, result, n);

    switch (result) {

    case NGX_HTTP_FINANCE_CACHE_STALE:
        account->stale = 1;
        break;

    case NGX_HTTP_FINANCE_CACHE_MISS:
        account->missed = 1;
        break;

    default:
        account->fresh = 1;
    }
}

/* Limits of callers: see the header. */


#include "ngx_http_finance_callers.h"
#include "../codec/fin_snapshot.h"

#include <ngx_sha1.h>


#define NGX_HTTP_FINANCE_CALLER_HEAD  4     /* id, kind */
#define NGX_HTTP_FINANCE_CALLER_SHA1  20


static size_t ngx_http_finance_callers_key(
    const ngx_http_finance_limit_t *limit,
    const ngx_http_finance_caller_t *caller, u_char *key);


ngx_int_t
ngx_http_finance_callers_take(ngx_http_finance_zone_t *zone,
    const ngx_http_finance_limit_t *limit,
    const ngx_http_finance_caller_t *caller, fin_gcra_result_t *result)
{
    int             taken, dropped;
    size_t          len;
    u_char          key[FIN_CALLER_KEY];
    uint64_t        hash;
    fin_callers_t  *callers;

    len = ngx_http_finance_callers_key(limit, caller, key);
    hash = fin_hash64(key, len, zone->sh->seed);

    callers = ngx_http_finance_zone_callers(zone);
    if (callers == NULL) {
        return NGX_DECLINED;
    }

    taken = fin_callers_take(callers, &limit->gcra, key, len, hash,
                             ngx_http_finance_zone_now(), result, &dropped);

    ngx_http_finance_zone_callers_done(zone);

    if (dropped) {
        ngx_http_finance_zone_full(zone, "callers are forgotten too early");
    }

    return taken ? NGX_OK : NGX_BUSY;
}


/* a name that is too long is known by its digest */

static size_t
ngx_http_finance_callers_key(const ngx_http_finance_limit_t *limit,
    const ngx_http_finance_caller_t *caller, u_char *key)
{
    ngx_sha1_t  sha1;

    key[0] = (u_char) (limit->id >> 8);
    key[1] = (u_char) limit->id;
    key[2] = caller->kind;
    key[3] = caller->len > FIN_CALLER_KEY - NGX_HTTP_FINANCE_CALLER_HEAD;

    if (!key[3]) {
        ngx_memcpy(key + NGX_HTTP_FINANCE_CALLER_HEAD, caller->data,
                   caller->len);

        return NGX_HTTP_FINANCE_CALLER_HEAD + caller->len;
    }

    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, caller->data, caller->len);
    ngx_sha1_final(key + NGX_HTTP_FINANCE_CALLER_HEAD, &sha1);

    return NGX_HTTP_FINANCE_CALLER_HEAD + NGX_HTTP_FINANCE_CALLER_SHA1;
}

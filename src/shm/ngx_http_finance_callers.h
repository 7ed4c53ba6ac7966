/* finance_limit: the buckets of callers in the zone. */

#ifndef _NGX_HTTP_FINANCE_CALLERS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_CALLERS_H_INCLUDED_


#include "ngx_http_finance_zone.h"


/* One directive's; several levels may share it. */
typedef struct {
    fin_gcra_t   gcra;
    ngx_uint_t   id;            /* which one: callers are counted for each */
    ngx_str_t    policy;        /* RateLimit-Policy's value */
} ngx_http_finance_limit_t;


/* Who calls: a name of ours, or an address. */
typedef struct {
    u_char       kind;          /* keeps names and addresses apart */
    u_char      *data;
    size_t       len;
} ngx_http_finance_caller_t;


/*
 * Takes a token of the caller's bucket.  NGX_OK; NGX_BUSY: there is none;
 * NGX_DECLINED: nobody can be counted, so nobody is limited.
 */
ngx_int_t ngx_http_finance_callers_take(ngx_http_finance_zone_t *zone,
    const ngx_http_finance_limit_t *limit,
    const ngx_http_finance_caller_t *caller, fin_gcra_result_t *result);


#endif /* _NGX_HTTP_FINANCE_CALLERS_H_INCLUDED_ */

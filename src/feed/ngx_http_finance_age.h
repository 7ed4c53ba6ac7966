/* How old the values of the cache are, whatever their form. */

#ifndef _NGX_HTTP_FINANCE_AGE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_AGE_H_INCLUDED_


#include "ngx_http_finance_job.h"


typedef struct {
    int64_t   fetched_ms;       /* real time */
    int64_t   fresh_ms;
} ngx_http_finance_age_t;


/* Of a job's blob, which is what Redis holds.  NGX_OK, or NGX_ERROR: damaged,
 * of another version; then both are 0. */
ngx_int_t ngx_http_finance_age(ngx_http_finance_job_kind_e kind,
    ngx_str_t *value, ngx_http_finance_age_t *age);

/* The key in Redis of what a job gets, in a buffer of FIN_KEY_MAX; its
 * length. */
size_t ngx_http_finance_value_key(ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name, char *key);


#endif /* _NGX_HTTP_FINANCE_AGE_H_INCLUDED_ */

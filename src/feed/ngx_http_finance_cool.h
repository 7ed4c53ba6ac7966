/*
 * What has just failed is not asked for again behind stale answers until some
 * time has passed: a second at first, longer each time, or as long as the
 * market said.  A small table of the worker's; a collision forgets.
 */

#ifndef _NGX_HTTP_FINANCE_COOL_H_INCLUDED_
#define _NGX_HTTP_FINANCE_COOL_H_INCLUDED_


#include "ngx_http_finance_job.h"


/* Notes how a job ended. */
void ngx_http_finance_cool_note(ngx_http_finance_job_t *job,
    fin_status_t status);

/* Whether it is too early to ask again. */
ngx_uint_t ngx_http_finance_cool_is(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name);


#endif /* _NGX_HTTP_FINANCE_COOL_H_INCLUDED_ */

/* What is counted of jobs and of those who wait for them. */

#ifndef _NGX_HTTP_FINANCE_JOB_COUNT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_JOB_COUNT_H_INCLUDED_


#include "ngx_http_finance_job.h"


/* One more or less. */
#define ngx_http_finance_job_count_wait(n)                                    \
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_JOBS_WAITING, n)

#define ngx_http_finance_job_count_active(n)                                  \
    ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_JOBS_ACTIVE, n)

/* A job's end. */
void ngx_http_finance_job_count(ngx_http_finance_job_t *job,
    fin_status_t status);

/* join waits now: for a job that it made, or for another's. */
void ngx_http_finance_join_count(ngx_http_finance_join_t *join,
    ngx_uint_t own);

/* join waits no longer: it pays for what its own job has done so far. */
void ngx_http_finance_join_account(ngx_http_finance_join_t *join,
    ngx_http_finance_job_t *job);


#endif /* _NGX_HTTP_FINANCE_JOB_COUNT_H_INCLUDED_ */

/* What is counted of jobs: see the header. */


#include "ngx_http_finance_job_count.h"


_Static_assert(NGX_HTTP_FINANCE_JOB_EMAIL + 1 == NGX_HTTP_FINANCE_STAT_KINDS,
               "each kind is counted as one of its own");


/* that there is none is an answer, too */

void
ngx_http_finance_job_count(ngx_http_finance_job_t *job, fin_status_t status)
{
    ngx_uint_t  email;

    email = job->kind == NGX_HTTP_FINANCE_JOB_EMAIL;

    if (status == FIN_OK || status == FIN_E_NO_DATA
        || status == FIN_E_NOT_FOUND || (status == FIN_E_VALUE && email))
    {
        ngx_http_finance_stat_job(job->kind, NGX_HTTP_FINANCE_OUTCOME_OK);
        return;
    }

    ngx_http_finance_stat_job(job->kind, NGX_HTTP_FINANCE_OUTCOME_FAILED);

    if (!job->told
        && (status == FIN_E_SYNTAX || status == FIN_E_SHAPE
            || status == FIN_E_VALUE))
    {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_NONSENSE, 1);
    }
}


void
ngx_http_finance_join_count(ngx_http_finance_join_t *join, ngx_uint_t own)
{
    join->own = own;

    if (!own) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_JOINS
                                  + NGX_HTTP_FINANCE_JOIN_WORKER, 1);
    }
}


void
ngx_http_finance_join_account(ngx_http_finance_join_t *join,
    ngx_http_finance_job_t *job)
{
    if (join->own) {
        ngx_http_finance_account_add(join->op.task->account, &job->account);
    }
}

/*
 * The job that asks the location of finance_email_validator about an address,
 * which is the job's name.  Answers are not kept.
 */


#include "../feed/ngx_http_finance_job.h"
#include "../fetch/ngx_http_finance_fetch.h"


static void ngx_http_finance_email_resume(ngx_http_finance_task_t *task);
static fin_status_t ngx_http_finance_email_verdict(
    const ngx_http_finance_fetch_t *fetch);


void
ngx_http_finance_email_start(ngx_http_finance_job_t *job)
{
    u_char                    *p;
    ngx_str_t                  uri, *prefix;
    ngx_http_finance_fetch_t  *fetch;

    prefix = &job->conf->email_validator;

    fetch = ngx_pcalloc(job->request->pool, sizeof(ngx_http_finance_fetch_t));
    p = ngx_pnalloc(job->request->pool, prefix->len + job->name.len);

    if (fetch == NULL || p == NULL) {
        ngx_http_finance_job_end(job, FIN_E_NOMEM, NULL);
        return;
    }

    /* a subrequest's URI is plain text: who passes it on escapes it */

    uri.data = p;
    uri.len = prefix->len + job->name.len;
    p = ngx_cpymem(p, prefix->data, prefix->len);
    ngx_memcpy(p, job->name.data, job->name.len);

    job->state = fetch;
    job->task.resume = ngx_http_finance_email_resume;

    ngx_http_finance_fetch_probe(fetch, &job->task, &uri, job->conf->timeout);
}


static void
ngx_http_finance_email_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_job_t    *job;
    ngx_http_finance_fetch_t  *fetch;

    job = task->data;
    fetch = job->state;

    if (ngx_http_finance_op_running(&fetch->op)) {
        return;
    }

    ngx_http_finance_job_end(job, ngx_http_finance_email_verdict(fetch), NULL);
}


/* 4xx is about the address, unless it is about the one who asks */

static fin_status_t
ngx_http_finance_email_verdict(const ngx_http_finance_fetch_t *fetch)
{
    ngx_uint_t  status;

    status = fetch->http_status;

    switch (status) {

    case NGX_HTTP_UNAUTHORIZED:
    case NGX_HTTP_FORBIDDEN:
    case 407: /* proxy authentication required */
    case NGX_HTTP_REQUEST_TIME_OUT:
    case NGX_HTTP_TOO_MANY_REQUESTS:
    case NGX_HTTP_CLIENT_CLOSED_REQUEST:
        return FIN_E_UPSTREAM;
    }

    if (status >= NGX_HTTP_BAD_REQUEST
        && status < NGX_HTTP_INTERNAL_SERVER_ERROR)
    {
        return FIN_E_VALUE;
    }

    return fetch->op.status;
}

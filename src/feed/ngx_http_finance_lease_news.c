/* What leaders tell on finance:news of how they ended, and others of whom they
 * wait for: see lease.h. */


#include "ngx_http_finance_job.h"
#include "../redis/ngx_http_finance_redis_news.h"


static void ngx_http_finance_lease_news(ngx_http_finance_redis_conf_t *conf,
    ngx_str_t *message);
static ngx_uint_t ngx_http_finance_lease_wanted(
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *message);
static void ngx_http_finance_lease_heard(ngx_http_finance_job_t *job,
    u_char *p, u_char *last);
static void ngx_http_finance_lease_wake(ngx_http_finance_job_t *job);


/* this worker's */

ngx_queue_t  ngx_http_finance_lease_followers;
ngx_queue_t  ngx_http_finance_lease_behind;


void
ngx_http_finance_lease_listen(ngx_http_finance_job_t *job)
{
    if (ngx_http_finance_lease_followers.next == NULL) {
        ngx_queue_init(&ngx_http_finance_lease_followers);
        ngx_queue_init(&ngx_http_finance_lease_behind);
        ngx_http_finance_redis_news_handler(ngx_http_finance_lease_news);
    }

    ngx_http_finance_redis_news_listen(job->conf->redis);
}


/* how a leader somewhere ended; all who follow it may be looked up here */

static void
ngx_http_finance_lease_news(ngx_http_finance_redis_conf_t *conf,
    ngx_str_t *message)
{
    u_char                    *p, *last;
    ngx_str_t                 *name;
    ngx_queue_t               *q, *next;
    ngx_http_finance_job_t    *job;
    ngx_http_finance_lease_t  *lease;

    if (message && ngx_http_finance_lease_wanted(conf, message)) {
        return;
    }

    for (q = ngx_queue_head(&ngx_http_finance_lease_followers);
         q != ngx_queue_sentinel(&ngx_http_finance_lease_followers);
         q = next)
    {
        next = ngx_queue_next(q);

        lease = ngx_queue_data(q, ngx_http_finance_lease_t, queue);
        job = ngx_http_finance_lease_job(lease);
        name = &lease->name;

        if (job->conf->redis != conf) {
            continue;
        }

        if (message == NULL) {
            /* something may have been missed */
            ngx_http_finance_lease_wake(job);
            continue;
        }

        p = message->data;
        last = p + message->len;

        if (message->len > name->len && p[name->len] == ' '
            && ngx_memcmp(p, name->data, name->len) == 0)
        {
            ngx_http_finance_lease_heard(job, p + name->len + 1, last);
        }
    }
}


/* true: it says that somebody waits for what nobody waited for */

static ngx_uint_t
ngx_http_finance_lease_wanted(ngx_http_finance_redis_conf_t *conf,
    ngx_str_t *message)
{
    size_t                     len;
    ngx_queue_t               *q, *next;
    ngx_http_finance_job_t    *job;
    ngx_http_finance_lease_t  *lease;

    len = sizeof(NGX_HTTP_FINANCE_LEASE_WANTED) - 1;

    if (message->len < len
        || ngx_memcmp(message->data + message->len - len,
                      NGX_HTTP_FINANCE_LEASE_WANTED, len)
           != 0)
    {
        return 0;
    }

    for (q = ngx_queue_head(&ngx_http_finance_lease_behind);
         q != ngx_queue_sentinel(&ngx_http_finance_lease_behind);
         q = next)
    {
        next = ngx_queue_next(q);

        lease = ngx_queue_data(q, ngx_http_finance_lease_t, queue);
        job = ngx_http_finance_lease_job(lease);

        if (job->conf->redis == conf && lease->wanted.len == message->len
            && ngx_memcmp(lease->wanted.data, message->data, message->len)
               == 0)
        {
            ngx_http_finance_job_awaited(job);
        }
    }

    return 1;
}


/* what concerns the leader's worker alone is tried again here */

static void
ngx_http_finance_lease_heard(ngx_http_finance_job_t *job, u_char *p,
    u_char *last)
{
    u_char     *sp;
    ngx_int_t   status, after;

    sp = ngx_strlchr(p, last, ' ');

    status = sp ? ngx_atoi(p, sp - p) : NGX_ERROR;
    after = sp ? ngx_atoi(sp + 1, last - sp - 1) : NGX_ERROR;

    if (ngx_http_finance_lease_told(job, status,
                                    after == NGX_ERROR ? -1 : after)
        != NGX_OK)
    {
        ngx_http_finance_lease_wake(job);
    }
}


ngx_int_t
ngx_http_finance_lease_told(ngx_http_finance_job_t *job, ngx_int_t status,
    time_t retry_after)
{
    switch (status) {

    case FIN_E_SYNTAX:
    case FIN_E_SHAPE:
    case FIN_E_VALUE:
    case FIN_E_NO_DATA:
    case FIN_E_NOT_FOUND:
    case FIN_E_NOT_ENTITLED:
    case FIN_E_UNAUTHORIZED:
    case FIN_E_THROTTLED:
    case FIN_E_BUDGET:
    case FIN_E_UPSTREAM:
    case FIN_E_TRUNCATED:
    case FIN_E_TOO_BIG:
    case FIN_E_TIMEOUT:
        job->retry_after = retry_after;
        job->told = 1;
        ngx_http_finance_job_end(job, (fin_status_t) status, NULL);

        return NGX_OK;

    default:
        return NGX_DECLINED;
    }
}


/* the nap is over: the value will be there, or the lease to be had */

static void
ngx_http_finance_lease_wake(ngx_http_finance_job_t *job)
{
    job->lease.want = 1;
    ngx_http_finance_lease_ask(job);
}

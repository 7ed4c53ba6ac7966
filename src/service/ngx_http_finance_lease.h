/*
 * One fetch for many: among the workers of all hosts that share a Redis, one
 * leads a job and the others follow.  The leader holds a lease of some
 * seconds in Redis (finance:lock:...), which it renews, and tells on
 * finance:news how it ended, in the batch that stores what it got.  A follower
 * reads that, fails with the leader, or leads when the lease has run out.
 * Without Redis every worker leads its own.
 */

#ifndef _NGX_HTTP_FINANCE_LEASE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_LEASE_H_INCLUDED_


#include "../async/ngx_http_finance_op.h"
#include "../async/ngx_http_finance_task.h"
#include "../core/fin_uuid.h"
#include "../redis/ngx_http_finance_redis.h"


typedef struct ngx_http_finance_job_s  ngx_http_finance_job_t;


/* A part of each job. */
typedef struct {
    ngx_queue_t                      queue;     /* of followers */
    ngx_http_finance_redis_batch_t   redis;
    ngx_http_finance_op_t            nap;
    ngx_event_t                      renew;     /* while it is held */
    ngx_str_t                        name;      /* "stock:AAPL:" */
    ngx_str_t                        lock;      /* Redis keys */
    ngx_str_t                        value;
    char                             token[FIN_UUID_LEN + 1];
    unsigned                         held:1;
    unsigned                         following:1;
    unsigned                         followed:1;
    unsigned                         want:1;    /* the value, whoever leads */
} ngx_http_finance_lease_t;


/*
 * Asks for the lease of job, whose task has begun.  Then the job is run
 * (ngx_http_finance_job_run), or ended with what another one got.
 */
void ngx_http_finance_lease_start(ngx_http_finance_job_t *job);

/*
 * Gives the lease back and tells the others, behind what batch stores; nothing
 * when it is not held.
 */
void ngx_http_finance_lease_close(ngx_http_finance_job_t *job,
    ngx_http_finance_redis_batch_t *batch, fin_status_t status);

/* The job's end: no more renewing and following; a lease that is still held is
 * given back.  status is told. */
void ngx_http_finance_lease_end(ngx_http_finance_job_t *job,
    fin_status_t status);


#endif /* _NGX_HTTP_FINANCE_LEASE_H_INCLUDED_ */

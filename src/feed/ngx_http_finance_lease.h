/*
 * One fetch for many: among the workers of all hosts that share a Redis, one
 * leads a job and the others follow.  The leader holds a lease of some
 * seconds in Redis (finance:lock:...), which it renews, and tells on
 * finance:news how it ended, in the batch that stores what it got.  A follower
 * reads that, fails with the leader, or leads when the lease has run out.
 * A leader that nobody waits for, who may have to wait for a budget, is told when
 * somebody does.
 *
 * Whoever leads says so in the zone, too (shm/ngx_http_finance_flight.h).  While
 * Redis is away the workers of this nginx agree there, and what a leader got is
 * kept there.  Without a zone every worker leads its own then.
 */

#ifndef _NGX_HTTP_FINANCE_LEASE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_LEASE_H_INCLUDED_


#include "../async/ngx_http_finance_op.h"
#include "../async/ngx_http_finance_task.h"
#include "../core/fin_uuid.h"
#include "../redis/ngx_http_finance_redis.h"
#include "../shm/ngx_http_finance_flight.h"
#include "ngx_http_finance_blob.h"


typedef struct ngx_http_finance_job_s  ngx_http_finance_job_t;


/* A part of each job. */
typedef struct {
    ngx_queue_t                      queue;     /* of followers, or behind */
    ngx_http_finance_redis_batch_t   redis;
    ngx_http_finance_op_t            nap;
    ngx_event_t                      renew;     /* while it is held */
    ngx_msec_t                       asked;     /* when Redis was */
    ngx_msec_t                       until;     /* held for certain */
    ngx_http_finance_resume_pt       resume;    /* in doubt: the job's */
    ngx_str_t                        name;      /* "stock:AAPL:" */
    ngx_str_t                        wanted;    /* "stock:AAPL: wanted" */
    ngx_str_t                        lock;      /* Redis keys */
    ngx_str_t                        value;
    char                             token[FIN_UUID_LEN + 1];
    ngx_http_finance_flight_t        flight;    /* in the zone */
    unsigned                         held:1;
    unsigned                         following:1;
    unsigned                         followed:1;
    unsigned                         want:1;    /* the value, whoever leads */
    unsigned                         took:1;    /* it took another's */
    unsigned                         behind:1;  /* it leads, as background
                                                   work */
    unsigned                         asked_again:1;
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

/*
 * The job's end: no more renewing and following; a lease that is still held is
 * given back.  status is told, and blob (may be NULL) kept in the zone if it is
 * of use there.
 */
void ngx_http_finance_lease_end(ngx_http_finance_job_t *job,
    fin_status_t status, ngx_http_finance_blob_t *blob);


/* Somebody waits for the job, as nobody did before. */
void ngx_http_finance_lease_awaited(ngx_http_finance_job_t *job);


/* Between the files ngx_http_finance_lease*.c. */

/* "stock:AAPL: wanted" on finance:news */
#define NGX_HTTP_FINANCE_LEASE_WANTED  " wanted"

/* This worker's leases: of followers; of background jobs that lead. */
extern ngx_queue_t  ngx_http_finance_lease_followers;
extern ngx_queue_t  ngx_http_finance_lease_behind;

/* This worker hears what others tell of their leases, from now on. */
void ngx_http_finance_lease_listen(ngx_http_finance_job_t *job);

/* Asks Redis, and goes on with the job as its answer has it. */
void ngx_http_finance_lease_ask(ngx_http_finance_job_t *job);

/* Asks alone: the job's task is resumed with the answer.  NGX_OK or NGX_ERROR. */
ngx_int_t ngx_http_finance_lease_ask_start(ngx_http_finance_job_t *job);

/*
 * What Redis said: NGX_OK, it is held; NGX_DECLINED, another one leads; NGX_DONE,
 * the job has ended with what is there; NGX_ERROR, nothing.
 */
ngx_int_t ngx_http_finance_lease_answer(ngx_http_finance_job_t *job);

/* Others lead, in Redis. */
void ngx_http_finance_lease_follow_leader(ngx_http_finance_job_t *job);

/*
 * The worker was stopped for so long that the lease may be another's by now:
 * before anything else of the job happens, Redis is asked.
 */
void ngx_http_finance_lease_doubt(ngx_http_finance_job_t *job);

/* The next renewal. */
void ngx_http_finance_lease_arm(ngx_http_finance_job_t *job);

/* No more renewals, nor leading in the zone. */
void ngx_http_finance_lease_leave(ngx_http_finance_job_t *job,
    fin_status_t status, ngx_http_finance_blob_t *blob);

/* Nobody else can hold what is held. */
#define ngx_http_finance_lease_sure(job)                                      \
    ((ngx_msec_int_t) ((job)->lease.until - ngx_current_msec) > 0)

/* Leads job, or follows who leads it in the zone, or takes what is there. */
void ngx_http_finance_lease_lead(ngx_http_finance_job_t *job);

/* In queue, looking itself after so many ms. */
void ngx_http_finance_lease_follow(ngx_http_finance_job_t *job,
    ngx_queue_t *queue, ngx_msec_t look);
void ngx_http_finance_lease_unfollow(ngx_http_finance_job_t *job);

/* NGX_OK: value will do, the job has ended with it; NGX_DECLINED. */
ngx_int_t ngx_http_finance_lease_take(ngx_http_finance_job_t *job,
    ngx_str_t *value);

/*
 * The leader failed.  NGX_OK: so does the job, which has ended;  NGX_DECLINED:
 * that concerns the leader's worker alone.
 */
ngx_int_t ngx_http_finance_lease_told(ngx_http_finance_job_t *job,
    ngx_int_t status, time_t retry_after);

/* Without a renewal the lease has run out then. */
ngx_msec_t ngx_http_finance_lease_time(ngx_http_finance_job_t *job);

#define ngx_http_finance_lease_job(l)                                         \
    ((ngx_http_finance_job_t *)                                               \
         ((u_char *) (l) - offsetof(ngx_http_finance_job_t, lease)))

/*
 * NGX_OK: the job is to be run, leading or alone.  NGX_DONE: it follows, or has
 * ended.
 */
ngx_int_t ngx_http_finance_lease_zone_lead(ngx_http_finance_job_t *job);
void ngx_http_finance_lease_zone_renew(ngx_http_finance_job_t *job);
void ngx_http_finance_lease_zone_end(ngx_http_finance_job_t *job,
    fin_status_t status, ngx_http_finance_blob_t *blob);


#endif /* _NGX_HTTP_FINANCE_LEASE_H_INCLUDED_ */

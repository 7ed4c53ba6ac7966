/* Who leads among the workers of this nginx: see lease.h. */


#include "ngx_http_finance_age.h"
#include "ngx_http_finance_job.h"
#include "../codec/fin_key.h"


/* a follower looks whether any leader has ended, and whether its own lives */
#define NGX_HTTP_FINANCE_LEASE_ZONE_POLL  2     /* ms */
#define NGX_HTTP_FINANCE_LEASE_ZONE_LOOK  50


static ngx_http_finance_zone_t *ngx_http_finance_lease_zone(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_lease_zone_answered(
    ngx_http_finance_job_t *job, ngx_http_finance_flight_answer_t *answer);
static void ngx_http_finance_lease_zone_follow(ngx_http_finance_job_t *job,
    uint32_t ended);
static void ngx_http_finance_lease_zone_poll(ngx_event_t *ev);


/* this worker's */

static ngx_queue_t               ngx_http_finance_lease_zone_followers;
static ngx_event_t               ngx_http_finance_lease_zone_event;
static ngx_http_finance_zone_t  *ngx_http_finance_lease_zone_polled;
static uint32_t                  ngx_http_finance_lease_zone_seen;


static ngx_http_finance_zone_t *
ngx_http_finance_lease_zone(ngx_http_request_t *r)
{
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_finance_module);

    return fmcf->zone;
}


ngx_int_t
ngx_http_finance_lease_zone_lead(ngx_http_finance_job_t *job)
{
    uint32_t                           ended;
    ngx_int_t                          rc;
    ngx_http_finance_zone_t           *zone;
    ngx_http_finance_lease_t          *lease;
    ngx_http_finance_flight_answer_t   answer;

    lease = &job->lease;
    zone = ngx_http_finance_lease_zone(job->request);

    if (zone == NULL || lease->value.len == 0) {
        return NGX_OK;
    }

    if (lease->flight.id == 0) {
        ngx_http_finance_flight_init(&lease->flight, &job->conf->redis->url,
                                     &lease->value, job->turn.seq);
    }

    do {
        ended = ngx_http_finance_flight_changes(zone);

        ngx_http_finance_flight_ask(zone, &lease->flight,
                                    ngx_http_finance_lease_time(job),
                                    !job->turn.background, &answer);

        if (answer.state == NGX_HTTP_FINANCE_FLIGHT_FOLLOWS) {
            ngx_http_finance_lease_zone_polled = zone;
            ngx_http_finance_lease_zone_follow(job, ended);
            return NGX_DONE;
        }

        rc = ngx_http_finance_lease_zone_answered(job, &answer);

        free(answer.value.data);

    } while (rc == NGX_AGAIN);

    return rc;
}


/*
 * What is there will do, or not.  A leader that ended with nothing that can be
 * had is followed by everyone for himself: one after the other would take long.
 */

static ngx_int_t
ngx_http_finance_lease_zone_answered(ngx_http_finance_job_t *job,
    ngx_http_finance_flight_answer_t *answer)
{
    ngx_uint_t  ended;

    ended = answer->state == NGX_HTTP_FINANCE_FLIGHT_ENDED;

    if (ended && answer->status != FIN_OK) {
        return ngx_http_finance_lease_told(job, answer->status,
                                           answer->retry_after) == NGX_OK
               ? NGX_DONE : NGX_AGAIN;
    }

    /* who has the lease in Redis knows what is there */

    if (answer->value.len && (ended || !job->lease.held)) {
        job->lease.want |= ended;

        if (ngx_http_finance_lease_take(job, &answer->value) == NGX_OK) {
            return NGX_DONE;
        }
    }

    return NGX_OK;
}


static void
ngx_http_finance_lease_zone_follow(ngx_http_finance_job_t *job,
    uint32_t ended)
{
    ngx_event_t  *ev;

    ev = &ngx_http_finance_lease_zone_event;

    if (ev->handler == NULL) {
        ngx_queue_init(&ngx_http_finance_lease_zone_followers);
        ev->handler = ngx_http_finance_lease_zone_poll;
        ev->data = &ngx_http_finance_lease_zone_event;
        ev->log = ngx_cycle->log;

        /* followers have timers of their own */
        ev->cancelable = 1;
    }

    if (!ev->timer_set) {
        ngx_http_finance_lease_zone_seen = ended;
        ngx_add_timer(ev, NGX_HTTP_FINANCE_LEASE_ZONE_POLL);
    }

    ngx_http_finance_lease_follow(job, &ngx_http_finance_lease_zone_followers,
                                  NGX_HTTP_FINANCE_LEASE_ZONE_LOOK);
}


/* some leader has ended: whose, everyone sees for himself */

static void
ngx_http_finance_lease_zone_poll(ngx_event_t *ev)
{
    uint32_t                   ended;
    ngx_queue_t               *q, followers;
    ngx_http_finance_lease_t  *lease;

    ended = ngx_http_finance_flight_changes(
                                         ngx_http_finance_lease_zone_polled);

    if (ended != ngx_http_finance_lease_zone_seen) {
        ngx_http_finance_lease_zone_seen = ended;

        /* those who go on following queue up anew */

        ngx_queue_init(&followers);
        ngx_queue_add(&followers, &ngx_http_finance_lease_zone_followers);
        ngx_queue_init(&ngx_http_finance_lease_zone_followers);

        while (!ngx_queue_empty(&followers)) {
            q = ngx_queue_head(&followers);
            lease = ngx_queue_data(q, ngx_http_finance_lease_t, queue);

            ngx_http_finance_lease_lead(ngx_http_finance_lease_job(lease));
        }
    }

    if (!ev->timer_set
        && !ngx_queue_empty(&ngx_http_finance_lease_zone_followers))
    {
        ngx_add_timer(ev, NGX_HTTP_FINANCE_LEASE_ZONE_POLL);
    }
}


void
ngx_http_finance_lease_zone_renew(ngx_http_finance_job_t *job)
{
    ngx_http_finance_zone_t  *zone;

    if (!job->lease.flight.leads) {
        return;
    }

    zone = ngx_http_finance_lease_zone(job->request);

    ngx_http_finance_flight_renew(zone, &job->lease.flight,
                                  ngx_http_finance_lease_time(job));

    if (job->turn.background
        && ngx_http_finance_flight_awaited(zone, &job->lease.flight))
    {
        ngx_http_finance_job_awaited(job);
    }
}


/* with Redis there, what others come for is in it */

void
ngx_http_finance_lease_zone_end(ngx_http_finance_job_t *job,
    fin_status_t status, ngx_http_finance_blob_t *blob)
{
    ngx_uint_t  keep;

    if (!job->lease.flight.leads) {
        return;
    }

    keep = ngx_http_finance_redis_state(job->conf->redis)
           != NGX_HTTP_FINANCE_REDIS_UP;

    ngx_http_finance_flight_end(ngx_http_finance_lease_zone(job->request),
                                &job->lease.flight, (int) status,
                                job->retry_after,
                                blob && !job->lease.took ? &blob->data : NULL,
                                keep);
}


void
ngx_http_finance_job_kept(ngx_http_request_t *r,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name, ngx_str_t *value)
{
    char                      key[FIN_KEY_MAX];
    ngx_str_t                 k, kept;
    ngx_http_finance_zone_t  *zone;

    ngx_str_null(value);

    zone = ngx_http_finance_lease_zone(r);

    k.data = (u_char *) key;
    k.len = ngx_http_finance_value_key(kind, ticker, name, key);

    if (zone == NULL || k.len == 0) {
        return;
    }

    ngx_http_finance_flight_value(zone, &conf->redis->url, &k, &kept);

    if (kept.len) {
        value->data = ngx_pstrdup(r->pool, &kept);
        value->len = value->data ? kept.len : 0;
    }

    free(kept.data);
}

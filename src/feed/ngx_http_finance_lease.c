/* One fetch for many, among workers and hosts: see the header. */


#include "ngx_http_finance_age.h"
#include "ngx_http_finance_hold.h"
#include "ngx_http_finance_job_budget.h"
#include "ngx_http_finance_near.h"
#include "../codec/fin_key.h"
#include "../redis/ngx_http_finance_redis_news.h"


/* a follower looks so often itself; without news more often */
#define NGX_HTTP_FINANCE_LEASE_LOOK    500
#define NGX_HTTP_FINANCE_LEASE_BLIND   20

/* a token that begins so is one of background work: no UUID does */
#define NGX_HTTP_FINANCE_LEASE_BEHIND  "w"

/* without Redis a leader looks so often whether somebody waits, ms */
#define NGX_HTTP_FINANCE_LEASE_AWAITED  50


static ngx_int_t ngx_http_finance_lease_names(ngx_http_finance_job_t *job);
static ngx_int_t ngx_http_finance_lease_ask_add(ngx_http_finance_job_t *job);
static void ngx_http_finance_lease_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_lease_answered(ngx_http_finance_job_t *job);
static ngx_uint_t ngx_http_finance_lease_fits(ngx_http_finance_job_t *job,
    ngx_str_t *value);
static void ngx_http_finance_lease_leads(ngx_http_finance_job_t *job);
static void ngx_http_finance_lease_renew(ngx_event_t *ev);
static ngx_str_t ngx_http_finance_lease_token(ngx_http_finance_job_t *job);


/*
 * Of whoever asks whether he leads, or leads still: 1, and what is there; or 0,
 * and that if he wants it.  A leader that nobody waits for is told that somebody
 * does.
 */
static ngx_str_t  ngx_http_finance_lease_ask_script = ngx_string(
    "local by = redis.call('GET', KEYS[1]) "
    "if not by or by == ARGV[1] then "
    "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) "
    "return {1, redis.call('GET', KEYS[2])} end "
    "if ARGV[4] ~= '' and string.sub(by, 1, 1) == ARGV[5] then "
    "redis.call('PUBLISH', ARGV[6], ARGV[4]) end "
    "if ARGV[3] == '1' then return {0, redis.call('GET', KEYS[2])} end "
    "return {0}");


void
ngx_http_finance_lease_start(ngx_http_finance_job_t *job)
{
    if (job->kind == NGX_HTTP_FINANCE_JOB_EMAIL) {
        /* nothing of it is kept that another one could take */
        ngx_http_finance_job_run(job);
        return;
    }

    ngx_http_finance_lease_listen(job);

    job->task.resume = ngx_http_finance_lease_resume;

    if (fin_uuid_make(job->lease.token) != FIN_OK
        || ngx_http_finance_lease_names(job) != NGX_OK)
    {
        ngx_http_finance_job_run(job);
        return;
    }

    if (job->turn.background) {
        job->lease.token[0] = NGX_HTTP_FINANCE_LEASE_BEHIND[0];
    }

    ngx_http_finance_lease_ask(job);
}


/* the lock and what it is for are in one slot of a cluster */

static ngx_int_t
ngx_http_finance_lease_names(ngx_http_finance_job_t *job)
{
    char        *key;
    u_char      *p;
    const char  *kind, *tag;
    ngx_pool_t  *pool;

    pool = job->request->pool;
    kind = ngx_http_finance_job_kind(job->kind);
    tag = job->ticker[0] ? job->ticker : "market";

    key = ngx_pnalloc(pool, FIN_KEY_MAX);
    p = ngx_pnalloc(pool, 2 * (FIN_TICKER_MAX + job->name.len + 64)
                          + sizeof(NGX_HTTP_FINANCE_LEASE_WANTED));

    if (key == NULL || p == NULL) {
        return NGX_ERROR;
    }

    job->lease.value.data = (u_char *) key;
    job->lease.value.len = ngx_http_finance_value_key(job->kind, job->ticker,
                                                  (char *) job->name.data,
                                                  key);

    job->lease.name.data = p;
    p = ngx_sprintf(p, "%s:%s:%V", kind, job->ticker, &job->name);
    job->lease.name.len = p - job->lease.name.data;

    p = ngx_cpymem(p, NGX_HTTP_FINANCE_LEASE_WANTED,
                   sizeof(NGX_HTTP_FINANCE_LEASE_WANTED) - 1);
    job->lease.wanted.data = job->lease.name.data;
    job->lease.wanted.len = p - job->lease.name.data;

    job->lease.lock.data = p;
    p = ngx_sprintf(p, "finance:lock:{%s}:%s", tag, kind);

    if (job->name.len) {
        p = ngx_sprintf(p, ":%V", &job->name);
    }

    job->lease.lock.len = p - job->lease.lock.data;

    return job->lease.value.len ? NGX_OK : NGX_ERROR;
}


void
ngx_http_finance_lease_ask(ngx_http_finance_job_t *job)
{
    ngx_http_finance_lease_unfollow(job);

    if (ngx_http_finance_lease_ask_start(job) != NGX_OK) {
        ngx_http_finance_lease_lead(job);
    }
}


ngx_int_t
ngx_http_finance_lease_ask_start(ngx_http_finance_job_t *job)
{
    if (ngx_http_finance_lease_ask_add(job) != NGX_OK) {
        return NGX_ERROR;
    }

    job->lease.asked = ngx_current_msec;

    ngx_http_finance_redis_start(&job->lease.redis, &job->task,
                                 job->conf->redis);

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_lease_ask_add(ngx_http_finance_job_t *job)
{
    u_char                     ttl[NGX_INT64_LEN];
    ngx_str_t                  argv[11];
    ngx_http_finance_lease_t  *lease;

    lease = &job->lease;

    ngx_http_finance_redis_batch_init(&lease->redis, job->request->pool);

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_lease_ask_script;
    ngx_str_set(&argv[2], "2");
    argv[3] = lease->lock;
    argv[4] = lease->value;
    argv[5] = ngx_http_finance_lease_token(job);
    argv[6].data = ttl;
    argv[6].len = ngx_sprintf(ttl, "%M", ngx_http_finance_lease_time(job))
                  - ttl;

    if (lease->want || lease->held) {
        ngx_str_set(&argv[7], "1");

    } else {
        ngx_str_set(&argv[7], "0");
    }

    argv[8] = lease->wanted;
    argv[8].len = job->turn.background ? 0 : lease->wanted.len;
    ngx_str_set(&argv[9], NGX_HTTP_FINANCE_LEASE_BEHIND);
    ngx_str_set(&argv[10], NGX_HTTP_FINANCE_REDIS_NEWS_CHANNEL);

    return ngx_http_finance_redis_add(&lease->redis, 11, argv);
}


static void
ngx_http_finance_lease_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_job_t    *job;
    ngx_http_finance_lease_t  *lease;

    job = task->data;
    lease = &job->lease;

    if (task->expired) {
        ngx_http_finance_job_end(job, ngx_http_finance_job_late(job, NULL),
                                 NULL);
        return;
    }

    if (lease->following) {

        if (ngx_http_finance_op_running(&lease->nap)) {
            return;
        }

        if (lease->flight.leader) {
            ngx_http_finance_lease_lead(job);

        } else {
            ngx_http_finance_lease_ask(job);
        }

        return;
    }

    if (!ngx_http_finance_op_running(&lease->redis.op)) {
        ngx_http_finance_lease_answered(job);
    }
}


static void
ngx_http_finance_lease_answered(ngx_http_finance_job_t *job)
{
    switch (ngx_http_finance_lease_answer(job)) {

    case NGX_DONE:
        return;

    case NGX_DECLINED:
        ngx_http_finance_lease_follow_leader(job);
        return;

    case NGX_OK:
        if (!ngx_http_finance_lease_sure(job) && !job->lease.asked_again) {
            /* it took long to hear that */
            job->lease.asked_again = 1;
            ngx_http_finance_lease_ask(job);
            return;
        }

        /* fall through */

    default: /* nobody to agree with but this nginx' workers */
        ngx_http_finance_lease_lead(job);
    }
}


ngx_int_t
ngx_http_finance_lease_answer(ngx_http_finance_job_t *job)
{
    ngx_http_finance_lease_t        *lease;
    ngx_http_finance_redis_reply_t  *r;

    lease = &job->lease;
    r = lease->redis.reply;

    if (lease->redis.op.status != FIN_OK
        || r->type != NGX_HTTP_FINANCE_REDIS_ARRAY || r->n == 0
        || r->element[0].type != NGX_HTTP_FINANCE_REDIS_INTEGER)
    {
        return NGX_ERROR;
    }

    lease->held = r->element[0].integer == 1;
    lease->until = lease->asked + ngx_http_finance_lease_time(job);

    if (r->n == 2 && r->element[1].type == NGX_HTTP_FINANCE_REDIS_STRING) {

        if (ngx_http_finance_lease_take(job, &r->element[1].str) == NGX_OK) {
            return NGX_DONE;
        }

        lease->want = 0;
    }

    return lease->held ? NGX_OK : NGX_DECLINED;
}


void
ngx_http_finance_lease_follow_leader(ngx_http_finance_job_t *job)
{
    ngx_http_finance_lease_follow(job, &ngx_http_finance_lease_followers,
                              ngx_http_finance_redis_news_up(job->conf->redis)
                              ? NGX_HTTP_FINANCE_LEASE_LOOK
                              : NGX_HTTP_FINANCE_LEASE_BLIND);
}


ngx_int_t
ngx_http_finance_lease_take(ngx_http_finance_job_t *job, ngx_str_t *value)
{
    ngx_http_finance_blob_t  *blob;

    if (!ngx_http_finance_lease_fits(job, value)) {
        return NGX_DECLINED;
    }

    job->lease.took = 1;
    blob = ngx_http_finance_blob_copy(value);

    if (blob && job->kind == NGX_HTTP_FINANCE_JOB_STOCK) {
        ngx_http_finance_near_put(job->conf->redis, job->ticker, blob);
    }

    ngx_http_finance_job_end(job, blob ? FIN_OK : FIN_E_NOMEM, blob);

    return NGX_OK;
}


/* what another one has got meanwhile will do */

static ngx_uint_t
ngx_http_finance_lease_fits(ngx_http_finance_job_t *job, ngx_str_t *value)
{
    ngx_http_finance_age_t  age;

    return ngx_http_finance_age(job->kind, value, &age) == NGX_OK
           && age.fresh_ms > ngx_http_finance_now()
           && age.fresh_ms > job->newer_ms
           && (!job->force || job->lease.want
               || age.fetched_ms >= job->created_ms);
}


void
ngx_http_finance_lease_follow(ngx_http_finance_job_t *job,
    ngx_queue_t *queue, ngx_msec_t look)
{
    ngx_http_finance_lease_t  *lease;

    lease = &job->lease;

    if (!lease->followed) {
        lease->followed = 1;
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_JOINS
                                  + NGX_HTTP_FINANCE_JOIN_SHARED, 1);
    }

    lease->following = 1;
    job->task.resume = ngx_http_finance_lease_resume;
    ngx_queue_insert_tail(queue, &lease->queue);

    ngx_http_finance_op_sleep(&lease->nap, &job->task, look);
}


void
ngx_http_finance_lease_unfollow(ngx_http_finance_job_t *job)
{
    if (job->lease.following) {
        job->lease.following = 0;
        ngx_queue_remove(&job->lease.queue);
        ngx_http_finance_op_cancel(&job->lease.nap);
    }
}


void
ngx_http_finance_lease_lead(ngx_http_finance_job_t *job)
{
    ngx_http_finance_lease_unfollow(job);

    if (ngx_http_finance_lease_zone_lead(job) != NGX_OK) {
        return;
    }

    if (job->lease.held || job->lease.flight.leads) {
        ngx_http_finance_lease_leads(job);
    }

    ngx_http_finance_job_run(job);
}


/* others follow: they are told now and then that it still goes on */

static void
ngx_http_finance_lease_leads(ngx_http_finance_job_t *job)
{
    ngx_event_t  *ev;

    if (job->lease.followed) {
        ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_TAKEOVERS, 1);
    }

    ev = &job->lease.renew;

    ev->handler = ngx_http_finance_lease_renew;
    ev->data = job;
    ev->log = ngx_cycle->log;
    ev->cancelable = 1;

    ngx_http_finance_lease_arm(job);

    if (job->lease.held && job->turn.background) {
        job->lease.behind = 1;
        ngx_queue_insert_tail(&ngx_http_finance_lease_behind,
                              &job->lease.queue);
    }
}


static void
ngx_http_finance_lease_renew(ngx_event_t *ev)
{
    ngx_str_t                        token;
    ngx_http_finance_job_t          *job;
    ngx_http_finance_redis_batch_t   batch;

    job = ev->data;

    if (job->lease.held && !ngx_http_finance_lease_sure(job)) {
        ngx_http_finance_lease_doubt(job);
        return;
    }

    token = ngx_http_finance_lease_token(job);

    ngx_http_finance_redis_batch_init(&batch, job->request->pool);
    ngx_http_finance_lease_zone_renew(job);

    if (job->lease.held
        && ngx_http_finance_hold_renew(&batch, &job->lease.lock, &token,
                                    ngx_http_finance_lease_time(job))
        == NGX_OK)
    {
        ngx_http_finance_redis_forget(&batch, job->conf->redis,
                                      job->task.log);
        job->lease.until = ngx_current_msec
                           + ngx_http_finance_lease_time(job);
    }

    ngx_http_finance_lease_arm(job);
}


/* with Redis there it is news that somebody waits */

void
ngx_http_finance_lease_arm(ngx_http_finance_job_t *job)
{
    ngx_msec_t  time;

    time = ngx_http_finance_lease_time(job) / 3;

    if (job->turn.background && !job->lease.held) {
        time = ngx_min(time, NGX_HTTP_FINANCE_LEASE_AWAITED);
    }

    ngx_add_timer(&job->lease.renew, time);
}


/* whoever leads it is told, or has just been */

void
ngx_http_finance_lease_awaited(ngx_http_finance_job_t *job)
{
    if (job->lease.behind) {
        job->lease.behind = 0;
        ngx_queue_remove(&job->lease.queue);
    }

    if (job->lease.following) {
        ngx_http_finance_op_cancel(&job->lease.nap);
        ngx_http_finance_task_wake(&job->task);
    }
}


static ngx_str_t
ngx_http_finance_lease_token(ngx_http_finance_job_t *job)
{
    ngx_str_t  token;

    token.data = (u_char *) job->lease.token;
    token.len = FIN_UUID_LEN;

    return token;
}


/* a leader that died is followed while there is time left to do its work */

ngx_msec_t
ngx_http_finance_lease_time(ngx_http_finance_job_t *job)
{
    return ngx_min(NGX_HTTP_FINANCE_HOLD_TIME,
                   ngx_max(job->conf->timeout / 3, 30));
}


void
ngx_http_finance_lease_close(ngx_http_finance_job_t *job,
    ngx_http_finance_redis_batch_t *batch, fin_status_t status)
{
    u_char     *p;
    ngx_str_t   token, argv[3];

    if (!job->lease.held) {
        return;
    }

    job->lease.held = 0;

    token = ngx_http_finance_lease_token(job);

    if (ngx_http_finance_hold_free(batch, &job->lease.lock, &token)
        != NGX_OK)
    {
        return;
    }

    p = ngx_pnalloc(job->request->pool,
                    job->lease.name.len + 2 * (NGX_INT64_LEN + 1));
    if (p == NULL) {
        return;
    }

    /* "stock:AAPL: STATUS RETRY-AFTER" */

    ngx_str_set(&argv[0], "PUBLISH");
    ngx_str_set(&argv[1], NGX_HTTP_FINANCE_REDIS_NEWS_CHANNEL);
    argv[2].data = p;
    argv[2].len = ngx_sprintf(p, "%V %d %T", &job->lease.name, (int) status,
                              job->retry_after)
                  - p;

    (void) ngx_http_finance_redis_add(batch, 3, argv);
}


/* it leads no more, here; what Redis knows of it is another matter */

void
ngx_http_finance_lease_leave(ngx_http_finance_job_t *job,
    fin_status_t status, ngx_http_finance_blob_t *blob)
{
    if (job->lease.renew.timer_set) {
        ngx_del_timer(&job->lease.renew);
    }

    if (job->lease.behind) {
        job->lease.behind = 0;
        ngx_queue_remove(&job->lease.queue);
    }

    ngx_http_finance_lease_zone_end(job, status, blob);
}


void
ngx_http_finance_lease_end(ngx_http_finance_job_t *job, fin_status_t status,
    ngx_http_finance_blob_t *blob)
{
    ngx_http_finance_redis_batch_t  batch;

    ngx_http_finance_lease_unfollow(job);
    ngx_http_finance_lease_leave(job, status, blob);

    if (!job->lease.held) {
        return;
    }

    ngx_http_finance_redis_batch_init(&batch, job->request->pool);
    ngx_http_finance_lease_close(job, &batch, status);
    ngx_http_finance_redis_forget(&batch, job->conf->redis, ngx_cycle->log);
}

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

/* "stock:AAPL: wanted" on finance:news */
#define NGX_HTTP_FINANCE_LEASE_WANTED  " wanted"

/* without Redis a leader looks so often whether somebody waits, ms */
#define NGX_HTTP_FINANCE_LEASE_AWAITED  50


static ngx_int_t ngx_http_finance_lease_names(ngx_http_finance_job_t *job);
static void ngx_http_finance_lease_ask(ngx_http_finance_job_t *job);
static ngx_int_t ngx_http_finance_lease_ask_add(ngx_http_finance_job_t *job);
static void ngx_http_finance_lease_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_lease_answered(ngx_http_finance_job_t *job);
static ngx_uint_t ngx_http_finance_lease_fits(ngx_http_finance_job_t *job,
    ngx_str_t *value);
static void ngx_http_finance_lease_leads(ngx_http_finance_job_t *job);
static void ngx_http_finance_lease_renew(ngx_event_t *ev);
static void ngx_http_finance_lease_arm(ngx_http_finance_job_t *job);
static ngx_str_t ngx_http_finance_lease_token(ngx_http_finance_job_t *job);
static void ngx_http_finance_lease_news(ngx_http_finance_redis_conf_t *conf,
    ngx_str_t *message);
static ngx_uint_t ngx_http_finance_lease_wanted(
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *message);
static void ngx_http_finance_lease_heard(ngx_http_finance_job_t *job,
    u_char *p, u_char *last);
static void ngx_http_finance_lease_wake(ngx_http_finance_job_t *job);


/*
 * Of whoever asks whether he leads: 1, and what is there; or 0, and that if he
 * wants it.  A leader that nobody waits for is told that somebody does.
 */
static ngx_str_t  ngx_http_finance_lease_ask_script = ngx_string(
    "local held = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) "
    "if held then return {1, redis.call('GET', KEYS[2])} end "
    "if ARGV[4] ~= '' "
    "and string.sub(redis.call('GET', KEYS[1]) or '', 1, 1) == ARGV[5] then "
    "redis.call('PUBLISH', ARGV[6], ARGV[4]) end "
    "if ARGV[3] == '1' then return {0, redis.call('GET', KEYS[2])} end "
    "return {0}");

/* this worker's */

static ngx_queue_t  ngx_http_finance_lease_followers;
static ngx_queue_t  ngx_http_finance_lease_behind;  /* background, leading */


void
ngx_http_finance_lease_start(ngx_http_finance_job_t *job)
{
    if (job->kind == NGX_HTTP_FINANCE_JOB_EMAIL) {
        /* nothing of it is kept that another one could take */
        ngx_http_finance_job_run(job);
        return;
    }

    if (ngx_http_finance_lease_followers.next == NULL) {
        ngx_queue_init(&ngx_http_finance_lease_followers);
        ngx_queue_init(&ngx_http_finance_lease_behind);
        ngx_http_finance_redis_news_handler(ngx_http_finance_lease_news);
    }

    ngx_http_finance_redis_news_listen(job->conf->redis);

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


static void
ngx_http_finance_lease_ask(ngx_http_finance_job_t *job)
{
    ngx_http_finance_lease_unfollow(job);

    if (ngx_http_finance_lease_ask_add(job) != NGX_OK) {
        ngx_http_finance_lease_lead(job);
        return;
    }

    ngx_http_finance_redis_start(&job->lease.redis, &job->task,
                                 job->conf->redis);
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

    if (lease->want) {
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
    ngx_http_finance_redis_reply_t  *r;

    r = job->lease.redis.reply;

    if (job->lease.redis.op.status != FIN_OK
        || r->type != NGX_HTTP_FINANCE_REDIS_ARRAY || r->n == 0
        || r->element[0].type != NGX_HTTP_FINANCE_REDIS_INTEGER)
    {
        /* nobody to agree with but this nginx' workers */
        ngx_http_finance_lease_lead(job);
        return;
    }

    if (r->element[0].integer == 1) {
        job->lease.held = 1;
    }

    if (r->n == 2 && r->element[1].type == NGX_HTTP_FINANCE_REDIS_STRING) {

        if (ngx_http_finance_lease_take(job, &r->element[1].str) == NGX_OK) {
            return;
        }

        job->lease.want = 0;
    }

    if (job->lease.held) {
        ngx_http_finance_lease_lead(job);
        return;
    }

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
    }

    ngx_http_finance_lease_arm(job);
}


/* with Redis there it is news that somebody waits */

static void
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


void
ngx_http_finance_lease_end(ngx_http_finance_job_t *job, fin_status_t status,
    ngx_http_finance_blob_t *blob)
{
    ngx_http_finance_redis_batch_t  batch;

    if (job->lease.renew.timer_set) {
        ngx_del_timer(&job->lease.renew);
    }

    if (job->lease.behind) {
        job->lease.behind = 0;
        ngx_queue_remove(&job->lease.queue);
    }

    ngx_http_finance_lease_unfollow(job);
    ngx_http_finance_lease_zone_end(job, status, blob);

    if (!job->lease.held) {
        return;
    }

    ngx_http_finance_redis_batch_init(&batch, job->request->pool);
    ngx_http_finance_lease_close(job, &batch, status);
    ngx_http_finance_redis_forget(&batch, job->conf->redis, ngx_cycle->log);
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

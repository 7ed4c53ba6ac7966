/* Jobs and those who wait for them: see the header. */


#include "ngx_http_finance_cool.h"
#include "ngx_http_finance_job_budget.h"
#include "ngx_http_finance_job_count.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif


/* "kind:ticker:conf:name" */
#define NGX_HTTP_FINANCE_JOB_NAME  320
#define NGX_HTTP_FINANCE_JOB_KEY                                              \
    (FIN_TICKER_MAX + 2 * sizeof(void *) + 6 + NGX_HTTP_FINANCE_JOB_NAME)


static void ngx_http_finance_jobs_memory(void);
static ngx_http_finance_job_t *ngx_http_finance_job_find(ngx_str_t *key);
static ngx_http_finance_job_t *ngx_http_finance_job_create(
    ngx_http_request_t *like, ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, ngx_str_t *key);
static void ngx_http_finance_job_impatient(ngx_event_t *ev);
static ngx_int_t ngx_http_finance_job_open(ngx_http_finance_job_t *job);
static ngx_msec_t ngx_http_finance_job_left(ngx_http_finance_job_t *job);
static void ngx_http_finance_job_expired(ngx_http_finance_task_t *task);
static ngx_uint_t ngx_http_finance_jobs_room(void);
static void ngx_http_finance_job_next(ngx_event_t *ev);
static void ngx_http_finance_job_report(ngx_http_finance_job_t *job,
    fin_status_t status);
static void ngx_http_finance_job_remove(ngx_http_finance_job_t *job);
static void ngx_http_finance_job_cleanup(void *data);
static u_char *ngx_http_finance_job_log(void *data, u_char *buf, size_t len);


/* this worker's */

static ngx_rbtree_t       ngx_http_finance_jobs;
static ngx_rbtree_node_t  ngx_http_finance_jobs_sentinel;
static ngx_queue_t        ngx_http_finance_jobs_waiting;
static ngx_event_t        ngx_http_finance_jobs_event;
static ngx_uint_t         ngx_http_finance_jobs_nactive;
static uint64_t           ngx_http_finance_jobs_seq;


void
ngx_http_finance_job_kick(ngx_http_request_t *like,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name)
{
    ngx_http_finance_job_t  *job;

    if (ngx_http_finance_cool_is(conf, kind, ticker, name)) {
        return;
    }

    job = ngx_http_finance_job_get(like, conf, kind, ticker, name, 1);

    if (job) {
        job->joined = 1;
    }
}


/* the one that is under way, or a new one; NULL: no memory */

ngx_http_finance_job_t *
ngx_http_finance_job_get(ngx_http_request_t *like,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name, ngx_uint_t background)
{
    u_char                   buf[NGX_HTTP_FINANCE_JOB_KEY], *p;
    ngx_str_t                key;
    ngx_http_finance_job_t  *job;

    name = name ? name : "";
    p = ngx_snprintf(buf, sizeof(buf), "%d:%s:%p:%s", (int) kind, ticker,
                     conf, name);

    key.data = buf;
    key.len = p - buf;

    /* a name that was cut would be another's */

    job = key.len < sizeof(buf) ? ngx_http_finance_job_find(&key) : NULL;

    if (job == NULL && key.len < sizeof(buf)) {
        job = ngx_http_finance_job_create(like, conf, kind, ticker,
                                          &key);

        if (job) {
            job->turn.background = background != 0;
        }
    }

    if (job && !background) {
        ngx_http_finance_job_awaited(job);
    }

    if (job && job->name.data == NULL) {
        job->name.len = ngx_strlen(name);
        job->name.data = job->node.str.data + key.len - job->name.len;
    }

    return job;
}


void
ngx_http_finance_job_awaited(ngx_http_finance_job_t *job)
{
    if (!job->turn.background) {
        return;
    }

    job->turn.background = 0;

    ngx_http_finance_job_idle(job);
    ngx_http_finance_lease_awaited(job);

    /* its turn comes earlier: to start, or to make its calls */

    ngx_post_event(&ngx_http_finance_jobs_event, &ngx_posted_events);
    ngx_http_finance_fetch_again();
}


void
ngx_http_finance_job_end(ngx_http_finance_job_t *job, fin_status_t status,
    ngx_http_finance_blob_t *blob)
{
    ngx_http_finance_job_count(job, status);
    ngx_http_finance_job_report(job, status);
    ngx_http_finance_lease_end(job, status, blob);
    ngx_http_finance_cool_note(job, status);
    ngx_http_finance_job_remove(job);
    ngx_http_finance_join_wake(job, status, blob);

    ngx_http_finance_blob_release(blob);

    if (job->request) {
        /* the request's cleanup frees the job */
        ngx_http_finance_task_end(&job->task);
        ngx_http_finance_detached_close(job->request);
        return;
    }

    if (job->patience.timer_set) {
        ngx_del_timer(&job->patience);
    }

    free(job);
}


/*
 * Nobody waits for it: then a worker that shuts down does not wait, either.
 * nginx closes idle connections when that begins.
 */

void
ngx_http_finance_job_idle(ngx_http_finance_job_t *job)
{
    ngx_connection_t  *c;

    if (job->request == NULL) {
        return;
    }

    c = job->request->connection;
    c->idle = job->turn.background || ngx_queue_empty(&job->waiters);

    if (c->idle && ngx_exiting) {
        c->close = 1;
        ngx_post_event(c->read, &ngx_posted_events);
    }
}


/*
 * Answers are blocks of a hundred kilobytes that come and go by the hundred:
 * without this glibc gives them back to the system and asks for them again,
 * and a turn of the event loop waits for the page faults.
 */

static void
ngx_http_finance_jobs_memory(void)
{
#ifdef __GLIBC__
    (void) mallopt(M_MMAP_THRESHOLD, 16 * 1024 * 1024);
    (void) mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
    (void) mallopt(M_TOP_PAD, 1024 * 1024);
#endif
}


static ngx_http_finance_job_t *
ngx_http_finance_job_find(ngx_str_t *key)
{
    uint32_t         hash;
    ngx_str_node_t  *node;

    if (ngx_http_finance_jobs.root == NULL) {
        ngx_rbtree_init(&ngx_http_finance_jobs,
                        &ngx_http_finance_jobs_sentinel,
                        ngx_str_rbtree_insert_value);
        ngx_queue_init(&ngx_http_finance_jobs_waiting);
        ngx_http_finance_jobs_event.handler = ngx_http_finance_job_next;
        ngx_http_finance_jobs_event.log = ngx_cycle->log;

        ngx_http_finance_jobs_memory();
    }

    hash = ngx_crc32_short(key->data, key->len);
    node = ngx_str_rbtree_lookup(&ngx_http_finance_jobs, key, hash);

    return node ? (ngx_http_finance_job_t *) node : NULL;
}


/* heap memory, with the key behind it: no connection is taken yet */

static ngx_http_finance_job_t *
ngx_http_finance_job_create(ngx_http_request_t *like,
    ngx_http_finance_loc_conf_t *conf, ngx_http_finance_job_kind_e kind,
    const char *ticker, ngx_str_t *key)
{
    ngx_http_finance_job_t  *job;

    job = calloc(1, sizeof(ngx_http_finance_job_t) + key->len + 1);
    if (job == NULL) {
        return NULL;
    }

    job->conf = conf;
    job->kind = kind;
    job->retry_after = -1;
    job->created_ms = ngx_http_finance_now();
    job->turn.seq = ++ngx_http_finance_jobs_seq;
    job->turn.created = ngx_current_msec;
    ngx_http_finance_job_budget_begin(job);
    ngx_cpystrn((u_char *) job->ticker, (u_char *) ticker,
                sizeof(job->ticker));

    ngx_queue_init(&job->waiters);
    ngx_http_finance_detached_place(like, &job->place);

    job->node.str.data = (u_char *) (job + 1);
    job->node.str.len = key->len;
    ngx_memcpy(job->node.str.data, key->data, key->len);
    job->node.node.key = ngx_crc32_short(key->data, key->len);
    ngx_rbtree_insert(&ngx_http_finance_jobs, &job->node.node);

    job->patience.handler = ngx_http_finance_job_impatient;
    job->patience.data = job;
    job->patience.log = ngx_cycle->log;
    ngx_add_timer(&job->patience, conf->timeout);

    ngx_http_finance_job_count_wait(1);
    ngx_queue_insert_tail(&ngx_http_finance_jobs_waiting, &job->queue);
    ngx_post_event(&ngx_http_finance_jobs_event, &ngx_posted_events);

    return job;
}


/* another one may start: each takes a connection, and so do its fetches */

static ngx_uint_t
ngx_http_finance_jobs_room(void)
{
    ngx_uint_t  max;

    max = ngx_min(ngx_cycle->connection_n / 8, NGX_HTTP_FINANCE_JOBS_ACTIVE);

    if (ngx_http_finance_jobs_nactive >= ngx_max(max, 1)) {
        return 0;
    }

    return ngx_http_finance_fetch_budget() == NULL
           || ngx_http_finance_job_admit(&ngx_http_finance_jobs,
                                         &ngx_http_finance_jobs_waiting,
                                         &ngx_http_finance_jobs_event);
}


static void
ngx_http_finance_job_next(ngx_event_t *ev)
{
    ngx_uint_t               n;
    ngx_queue_t             *q;
    ngx_http_finance_job_t  *job;

    for (n = 0; n < NGX_HTTP_FINANCE_JOBS_TURN; n++) {

        if (ngx_queue_empty(&ngx_http_finance_jobs_waiting)
            || !ngx_http_finance_jobs_room())
        {
            return;
        }

        q = ngx_queue_head(&ngx_http_finance_jobs_waiting);
        job = ngx_queue_data(q, ngx_http_finance_job_t, queue);

        if (job->turn.background && ngx_exiting) {
            ngx_http_finance_job_end(job, FIN_E_CANCELLED, NULL);
            continue;
        }

        ngx_queue_remove(q);

        job->active = 1;
        ngx_http_finance_jobs_nactive++;
        ngx_http_finance_job_count_wait(-1);
        ngx_http_finance_job_count_active(1);

        if (ngx_http_finance_job_open(job) == NGX_OK) {
            ngx_http_finance_lease_start(job);

        } else {
            ngx_http_finance_job_end(job, FIN_E_BUSY, NULL);
        }
    }

    /* the others in the next turn: sockets get served in between */

    ngx_post_event(ev, &ngx_posted_next_events);
}


/* the deadline passed while the job waited for its turn */

static void
ngx_http_finance_job_impatient(ngx_event_t *ev)
{
    ngx_http_finance_job_t  *job = ev->data;

    if (ngx_http_finance_job_denied(job, &ngx_http_finance_jobs) != NGX_OK) {
        ngx_http_finance_job_end(job, FIN_E_BUSY, NULL);
    }
}


ngx_msec_t
ngx_http_finance_job_wait(ngx_http_finance_job_t *job)
{
    return ngx_http_finance_job_budget_wait(job, &ngx_http_finance_jobs);
}


/* a request of its own, from now on the job's owner */

static ngx_int_t
ngx_http_finance_job_open(ngx_http_finance_job_t *job)
{
    ngx_http_cleanup_t  *cln;
    ngx_http_request_t  *r;

    r = ngx_http_finance_detached_create(&job->place);
    if (r == NULL) {
        return NGX_ERROR;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        ngx_http_finance_detached_close(r);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_finance_job_cleanup;
    cln->data = job;

    job->request = r;

    ngx_http_finance_detached_name(r, ngx_http_finance_job_log, job);
    ngx_http_finance_job_idle(job);

    /* the time that it waited counts */

    ngx_http_finance_task_init(&job->task, r, r->connection->log,
                               ngx_http_finance_job_expired, job,
                               ngx_http_finance_job_left(job));
    job->task.account = &job->account;

    return NGX_OK;
}


static ngx_msec_t
ngx_http_finance_job_left(ngx_http_finance_job_t *job)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (job->patience.timer.key - ngx_current_msec);
    ngx_del_timer(&job->patience);

    return ngx_max(left, 1);
}


static void
ngx_http_finance_job_expired(ngx_http_finance_task_t *task)
{
    ngx_http_finance_job_end(task->data, FIN_E_TIMEOUT, NULL);
}


void
ngx_http_finance_job_run(ngx_http_finance_job_t *job)
{
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, job->task.log, 0,
                   "finance job %s \"%s\" start",
                   ngx_http_finance_job_kind(job->kind), job->ticker);

    switch (job->kind) {

    case NGX_HTTP_FINANCE_JOB_REFERENCE:
    case NGX_HTTP_FINANCE_JOB_MARKET:
        ngx_http_finance_lookup_start(job);
        break;

    case NGX_HTTP_FINANCE_JOB_CONTRACT:
    case NGX_HTTP_FINANCE_JOB_PREV:
        ngx_http_finance_contract_start(job);
        break;

    case NGX_HTTP_FINANCE_JOB_EMAIL:
        ngx_http_finance_email_start(job);
        break;

    default:
        ngx_http_finance_refresh_start(job);
        break;
    }
}


void
ngx_http_finance_job_drop(ngx_http_finance_job_t *job)
{
    if (job->release) {
        job->release(job);
        job->release = NULL;
    }

    ngx_http_finance_job_budget_end(job);
    ngx_http_finance_job_budget_begin(job);
}


/* a failure, once; nonsense was logged with its field where it was read */

static void
ngx_http_finance_job_report(ngx_http_finance_job_t *job, fin_status_t status)
{
    ngx_uint_t   level;
    ngx_log_t   *log;

    if (job->told) {
        return;
    }

    switch (status) {

    case FIN_OK:
    case FIN_E_CANCELLED:
    case FIN_E_SYNTAX:
    case FIN_E_SHAPE:
    case FIN_E_VALUE:
        return;

    case FIN_E_NO_DATA:
    case FIN_E_NOT_FOUND:
    case FIN_E_BUDGET:
        level = NGX_LOG_INFO;
        break;

    default:
        level = NGX_LOG_ERR;
        break;
    }

    log = ngx_cycle->log;

    if (job->request) {
        log = job->request->connection->log;
        log->action = NULL;         /* the last subrequest's */
    }

    if (job->kind == NGX_HTTP_FINANCE_JOB_EMAIL) {
        ngx_log_error(level, log, 0, "finance: the e-mail validator failed: %s",
                      fin_status_name(status));
        return;
    }

    ngx_log_error(level, log, 0, "finance: %s of %s failed: %s (%s)",
                  ngx_http_finance_job_kind(job->kind),
                  job->ticker[0] ? job->ticker : "the market",
                  fin_status_detail(status), fin_status_name(status));
}


/* out of the registry: nobody joins any more */

static void
ngx_http_finance_job_remove(ngx_http_finance_job_t *job)
{
    if (job->ended) {
        return;
    }

    job->ended = 1;

    ngx_rbtree_delete(&ngx_http_finance_jobs, &job->node.node);

    if (!job->active) {
        ngx_http_finance_job_count_wait(-1);
        ngx_queue_remove(&job->queue);
        return;
    }

    job->active = 0;
    ngx_http_finance_jobs_nactive--;
    ngx_http_finance_job_count_active(-1);
    ngx_http_finance_job_budget_end(job);

    if (!ngx_queue_empty(&ngx_http_finance_jobs_waiting)) {
        ngx_post_event(&ngx_http_finance_jobs_event, &ngx_posted_events);
    }
}


/* the request goes: at the job's end, or nginx closes it under way */

static void
ngx_http_finance_job_cleanup(void *data)
{
    ngx_http_finance_job_t  *job = data;

    ngx_http_finance_lease_end(job, FIN_E_CANCELLED, NULL);
    ngx_http_finance_job_remove(job);
    ngx_http_finance_join_wake(job, FIN_E_CANCELLED, NULL);
    ngx_http_finance_task_end(&job->task);
    ngx_http_finance_detached_name(job->request, NULL, NULL);

    if (job->release) {
        job->release(job);
    }

    free(job);
}


static u_char *
ngx_http_finance_job_log(void *data, u_char *buf, size_t len)
{
    ngx_http_finance_job_t  *job = data;

    return ngx_snprintf(buf, len, ", finance job: %s %s",
                        ngx_http_finance_job_kind(job->kind), job->ticker);
}

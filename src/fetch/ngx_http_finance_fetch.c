/* Subrequests to the market: start, queue, completion. */


#include "ngx_http_finance_fetch_slot.h"


static void ngx_http_finance_fetch_begin(ngx_http_finance_fetch_t *fetch,
    ngx_http_finance_task_t *task, ngx_str_t *uri, ngx_str_t *args,
    ngx_msec_t timeout, const fin_retry_t *retry, ngx_uint_t probe);
static void ngx_http_finance_fetch_cancel(ngx_http_finance_op_t *op);
static void ngx_http_finance_fetch_pump(ngx_event_t *ev);
static ngx_int_t ngx_http_finance_fetch_pump_some(void);
static ngx_uint_t ngx_http_finance_fetch_room(void);
static void ngx_http_finance_fetch_pump_post(void);
static void ngx_http_finance_fetch_launch(ngx_http_finance_fetch_slot_t *s);
static void ngx_http_finance_fetch_release(ngx_http_finance_fetch_slot_t *s);
static void ngx_http_finance_fetch_cleanup(void *data);


/* this worker's */

static ngx_queue_t  ngx_http_finance_fetch_queue;
static ngx_event_t  ngx_http_finance_fetch_event;
static ngx_uint_t   ngx_http_finance_fetch_nactive;
static ngx_uint_t   ngx_http_finance_fetch_nprobes;     /* of those */
static ngx_uint_t   ngx_http_finance_fetch_ncalls;
static ngx_uint_t   ngx_http_finance_fetch_nretries;
static ngx_http_finance_budget_t  *ngx_http_finance_fetch_limit;
static fin_status_t  ngx_http_finance_fetch_status = FIN_E_NO_DATA;


void
ngx_http_finance_fetch_start(ngx_http_finance_fetch_t *fetch,
    ngx_http_finance_task_t *task, ngx_str_t *uri, ngx_str_t *args,
    ngx_msec_t timeout, const fin_retry_t *retry)
{
    ngx_http_finance_fetch_begin(fetch, task, uri, args, timeout, retry, 0);
}


void
ngx_http_finance_fetch_probe(ngx_http_finance_fetch_t *fetch,
    ngx_http_finance_task_t *task, ngx_str_t *uri, ngx_msec_t timeout)
{
    ngx_str_t    args;
    fin_retry_t  once;

    ngx_memzero(&once, sizeof(fin_retry_t));
    once.attempts = 1;
    ngx_str_null(&args);

    ngx_http_finance_fetch_begin(fetch, task, uri, &args, timeout, &once, 1);
}


static void
ngx_http_finance_fetch_begin(ngx_http_finance_fetch_t *fetch,
    ngx_http_finance_task_t *task, ngx_str_t *uri, ngx_str_t *args,
    ngx_msec_t timeout, const fin_retry_t *retry, ngx_uint_t probe)
{
    ngx_http_finance_fetch_slot_t  *s;

    ngx_memzero(fetch, sizeof(ngx_http_finance_fetch_t));
    fetch->uri = *uri;
    fetch->args = *args;
    fetch->retry = *retry;
    fetch->probe = probe;
    fetch->resource = FIN_REQUEST_EMAIL;
    fetch->retry_after = -1;

    ngx_http_finance_op_init(&fetch->op, task, "fetch",
                             ngx_http_finance_fetch_cancel);
    ngx_http_finance_op_start(&fetch->op, timeout);

    s = ngx_http_finance_fetch_attempt(fetch);

    if (s == NULL) {
        ngx_http_finance_op_complete(&fetch->op, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_fetch_enqueue(s);
}


ngx_http_finance_fetch_slot_t *
ngx_http_finance_fetch_attempt(ngx_http_finance_fetch_t *fetch)
{
    ngx_pool_cleanup_t             *cln;
    ngx_http_request_t             *r;
    ngx_http_finance_fetch_slot_t  *s;

    r = fetch->op.task->request;

    s = ngx_pcalloc(r->pool, sizeof(ngx_http_finance_fetch_slot_t));
    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (s == NULL || cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_finance_fetch_cleanup;
    cln->data = s;

    s->parent = r;
    s->fetch = fetch;
    s->uri = fetch->uri;
    s->args = fetch->args;
    s->attempt = fetch->attempts++;
    s->ps.handler = ngx_http_finance_fetch_done;
    s->ps.data = s;
    s->probe = fetch->probe;

    fetch->slot = s;

    return s;
}


void
ngx_http_finance_fetch_budget_set(ngx_http_finance_budget_t *budget)
{
    if (ngx_http_finance_fetch_limit) {
        ngx_http_finance_budget_stop(ngx_http_finance_fetch_limit);
    }

    ngx_http_finance_fetch_limit = budget;

    if (budget) {
        ngx_http_finance_budget_start(budget, &ngx_http_finance_fetch_event);
    }
}


ngx_http_finance_budget_t *
ngx_http_finance_fetch_budget(void)
{
    return ngx_http_finance_fetch_limit;
}


void
ngx_http_finance_fetch_again(void)
{
    if (ngx_http_finance_fetch_event.handler) {
        ngx_http_finance_fetch_pump_post();
    }
}


ngx_uint_t
ngx_http_finance_fetch_calls(void)
{
    return ngx_http_finance_fetch_ncalls;
}


ngx_uint_t
ngx_http_finance_fetch_retries(void)
{
    return ngx_http_finance_fetch_nretries;
}


ngx_uint_t
ngx_http_finance_fetch_active(void)
{
    return ngx_http_finance_fetch_nactive - ngx_http_finance_fetch_nprobes;
}


fin_status_t
ngx_http_finance_fetch_last(void)
{
    return ngx_http_finance_fetch_status;
}


ngx_http_finance_fetch_slot_t *
ngx_http_finance_fetch_slot(ngx_http_request_t *r)
{
    if (r->post_subrequest == NULL
        || r->post_subrequest->handler != ngx_http_finance_fetch_done)
    {
        return NULL;
    }

    return r->post_subrequest->data;
}


/* the subrequest, if there is one, runs to its end into the void */

static void
ngx_http_finance_fetch_cancel(ngx_http_finance_op_t *op)
{
    ngx_http_finance_fetch_t       *fetch;
    ngx_http_finance_fetch_slot_t  *s;

    fetch = (ngx_http_finance_fetch_t *) op;
    s = fetch->slot;

    if (s == NULL) {
        return;
    }

    fetch->slot = NULL;

    if (op->status == FIN_E_TIMEOUT && !s->probe) {

        if (s->waiting && ngx_http_finance_fetch_limit) {
            /* the market was not asked: that is not its fault */
            op->status = FIN_E_BUDGET;
            fetch->retry_after = 1;

        } else {
            ngx_http_finance_fetch_status = FIN_E_TIMEOUT;
        }
    }

    ngx_http_finance_fetch_count_end(s, op->status);
    s->fetch = NULL;

    if (!s->active) {
        ngx_http_finance_fetch_release(s);
    }
}


/*
 * Every start goes through the queue and a posted event, also when a slot is
 * free: a subrequest is never made inside a resume or a completion.
 */

void
ngx_http_finance_fetch_enqueue(ngx_http_finance_fetch_slot_t *s)
{
    if (ngx_http_finance_fetch_event.handler == NULL) {
        ngx_queue_init(&ngx_http_finance_fetch_queue);
        ngx_http_finance_fetch_event.handler = ngx_http_finance_fetch_pump;
        ngx_http_finance_fetch_event.log = ngx_cycle->log;
    }

    s->waiting = 1;
    ngx_http_finance_fetch_count_wait(s);
    ngx_queue_insert_tail(&ngx_http_finance_fetch_queue, &s->queue);

    ngx_http_finance_fetch_pump_post();
}


/* another one may start; clients keep three quarters of the connections */

static ngx_uint_t
ngx_http_finance_fetch_room(void)
{
    ngx_uint_t  max;

    max = ngx_min(ngx_cycle->connection_n / 4, NGX_HTTP_FINANCE_FETCH_ACTIVE);

    return ngx_http_finance_fetch_nactive < ngx_max(max, 1);
}


static void
ngx_http_finance_fetch_pump_post(void)
{
    if (!ngx_queue_empty(&ngx_http_finance_fetch_queue)
        && ngx_http_finance_fetch_room())
    {
        ngx_post_event(&ngx_http_finance_fetch_event, &ngx_posted_events);
    }
}


static void
ngx_http_finance_fetch_pump(ngx_event_t *ev)
{
    uint64_t  began;

    began = ngx_http_finance_hold_begin();

    /* the others in the next turn: sockets get served in between */

    if (ngx_http_finance_fetch_pump_some() == NGX_AGAIN && !ev->posted) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }

    ngx_http_finance_hold_end(began);
}


/* NGX_AGAIN: there may be more */

static ngx_int_t
ngx_http_finance_fetch_pump_some(void)
{
    ngx_uint_t                      n;
    ngx_queue_t                    *q;
    ngx_connection_t               *c;
    ngx_http_finance_fetch_slot_t  *s;

    for (n = 0; n < NGX_HTTP_FINANCE_FETCH_TURN; n++) {

        if (ngx_queue_empty(&ngx_http_finance_fetch_queue)
            || !ngx_http_finance_fetch_room())
        {
            return NGX_OK;
        }

        if (ngx_http_finance_fetch_limit
            && ngx_http_finance_fetch_line(ngx_http_finance_fetch_limit,
                                           &ngx_http_finance_fetch_queue)
               != NGX_OK)
        {
            return NGX_OK;
        }

        q = ngx_queue_head(&ngx_http_finance_fetch_queue);
        s = ngx_queue_data(q, ngx_http_finance_fetch_slot_t, queue);

        ngx_queue_remove(q);
        s->waiting = 0;
        ngx_http_finance_fetch_count_begin(s);

        c = s->parent->connection;

        ngx_http_set_log_request(c->log, s->parent);
        ngx_http_finance_fetch_launch(s);
        ngx_http_run_posted_requests(c);
    }

    return NGX_AGAIN;
}


static void
ngx_http_finance_fetch_launch(ngx_http_finance_fetch_slot_t *s)
{
    ngx_http_request_t  *sr;

    s->active = 1;
    ngx_http_finance_fetch_nactive++;

    if (s->probe) {
        ngx_http_finance_fetch_nprobes++;

    } else {
        ngx_http_finance_fetch_ncalls++;
    }

    if (s->attempt) {
        ngx_http_finance_fetch_nretries++;
    }

    if (ngx_http_subrequest(s->parent, &s->uri, &s->args, &sr, &s->ps,
                            NGX_HTTP_SUBREQUEST_IN_MEMORY
                            |NGX_HTTP_SUBREQUEST_BACKGROUND)
        != NGX_OK)
    {
        ngx_http_finance_fetch_end(s, FIN_E_INTERNAL);
    }
}


/*
 * Called by nginx when the subrequest is finalized, perhaps again later: the
 * first call counts.  NGX_OK keeps nginx from making an error page and from
 * ending the job.
 */

ngx_int_t
ngx_http_finance_fetch_done(ngx_http_request_t *r, void *data, ngx_int_t rc)
{
    fin_status_t                    status;
    ngx_http_finance_fetch_t       *fetch;
    ngx_http_finance_fetch_slot_t  *s;

    s = data;
    fetch = s->fetch;

    if (s->done) {
        return NGX_OK;
    }

    /*
     * Set when our body filter ends the subrequest: nginx would terminate the
     * whole request for it.  The connection is the job's, there is no client.
     */
    r->connection->error = 0;

    status = FIN_E_CANCELLED;

    if (fetch) {
        status = ngx_http_finance_fetch_result(r, rc, s->complete,
                                               &fetch->http_status);
        fetch->retry_after = ngx_http_finance_fetch_retry_after(r);

        if (s->refused != FIN_OK) {
            status = s->refused;
            fetch->http_status = r->headers_out.status;
        }

        if (!s->probe) {
            ngx_http_finance_fetch_status = status;

        } else if (status == FIN_E_TRUNCATED) {
            /* "return 204" in a location sends no end of a body */
            status = FIN_OK;
        }

        ngx_http_finance_fetch_count_end(s, status);

        if (ngx_http_finance_fetch_retry(fetch, status) == NGX_OK) {
            s->fetch = NULL;
        }
    }

    ngx_http_finance_fetch_end(s, status);

    return NGX_OK;
}


void
ngx_http_finance_fetch_end(ngx_http_finance_fetch_slot_t *s,
    fin_status_t status)
{
    ngx_http_finance_fetch_t  *fetch;

    ngx_http_finance_fetch_count_end(s, status);

    s->done = 1;
    fetch = s->fetch;

    if (fetch && ngx_http_finance_op_running(&fetch->op)) {

        if (status == FIN_OK) {
            fetch->body = s->body;
            fetch->len = s->len;
            s->body = NULL;
        }

        fetch->slot = NULL;
        ngx_http_finance_op_complete(&fetch->op, status);
    }

    s->fetch = NULL;

    ngx_http_finance_fetch_release(s);
}


static void
ngx_http_finance_fetch_release(ngx_http_finance_fetch_slot_t *s)
{
    if (s->delay.timer_set) {
        ngx_del_timer(&s->delay);
    }

    if (s->waiting) {
        s->waiting = 0;
        ngx_queue_remove(&s->queue);
        ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_UPSTREAM_WAITING,
                                   -1);
    }

    if (s->active) {
        s->active = 0;
        ngx_http_finance_gauge_add(NGX_HTTP_FINANCE_GAUGE_UPSTREAM_ACTIVE, -1);
        ngx_http_finance_fetch_nactive--;
        ngx_http_finance_fetch_nprobes -= s->probe;
        ngx_http_finance_fetch_pump_post();
    }

    if (s->body) {
        ngx_free(s->body);
        s->body = NULL;
    }
}


static void
ngx_http_finance_fetch_cleanup(void *data)
{
    ngx_http_finance_fetch_slot_t  *s = data;

    ngx_http_finance_fetch_count_end(s, FIN_E_CANCELLED);

    if (s->fetch) {
        s->fetch->slot = NULL;
        s->fetch = NULL;
    }

    s->done = 1;

    ngx_http_finance_fetch_release(s);
}

/*
 * POST positions: the key is reserved, the ticker checked, the answer made,
 * and all of it written in one script.
 */


#include "ngx_http_finance_position_out.h"
#include "ngx_http_finance_position_store.h"


enum {
    NGX_HTTP_FINANCE_CREATE_KEY = 0,
    NGX_HTTP_FINANCE_CREATE_CHECK,
    NGX_HTTP_FINANCE_CREATE_VALUE,
    NGX_HTTP_FINANCE_CREATE_WRITE
};


typedef struct {
    fin_position_t                   position;
    ngx_http_finance_idem_t          idem;
    ngx_http_finance_datum_t         reference;
    ngx_http_finance_portfolio_t     portfolio;
    ngx_http_finance_redis_batch_t   redis;
} ngx_http_finance_create_t;


static void ngx_http_finance_create_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_create_check(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_create_checked(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_create_value(ngx_http_finance_call_t *call);
static void ngx_http_finance_create_write(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_create_answer(
    ngx_http_finance_call_t *call, fin_out_t *out);
static void ngx_http_finance_create_written(ngx_http_finance_call_t *call);


void
ngx_http_finance_position_create(ngx_http_finance_call_t *call)
{
    ngx_http_finance_create_t  *c;

    c = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_create_t));
    if (c == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = c;
    call->task.resume = ngx_http_finance_create_resume;

    if (ngx_http_finance_position_body(call, &c->position) != NGX_OK) {
        return;
    }

    if (ngx_http_finance_idem_start(&c->idem, call) == NGX_DECLINED) {
        ngx_http_finance_create_check(call);
    }
}


static void
ngx_http_finance_create_resume(ngx_http_finance_task_t *task)
{
    ngx_int_t                   rc;
    ngx_http_finance_call_t    *call;
    ngx_http_finance_create_t  *c;

    call = task->data;
    c = call->state;

    switch (task->step) {

    case NGX_HTTP_FINANCE_CREATE_KEY:
        if (!ngx_http_finance_op_running(&c->idem.redis.op)
            && ngx_http_finance_idem_started(&c->idem) == NGX_OK)
        {
            ngx_http_finance_create_check(call);
        }

        return;

    case NGX_HTTP_FINANCE_CREATE_CHECK:
        rc = ngx_http_finance_datum_run(&c->reference);

        if (rc == NGX_AGAIN
            || ngx_http_finance_op_running(&c->portfolio.redis.op)
            || ngx_http_finance_create_checked(call) != NGX_OK
            || ngx_http_finance_create_value(call) != NGX_OK)
        {
            return;
        }

        /* fall through */

    case NGX_HTTP_FINANCE_CREATE_VALUE:
        if (ngx_http_finance_portfolio_run(&c->portfolio) == NGX_OK) {
            ngx_http_finance_create_write(call);
        }

        return;

    default: /* NGX_HTTP_FINANCE_CREATE_WRITE */
        if (!ngx_http_finance_op_running(&c->redis.op)) {
            ngx_http_finance_create_written(call);
        }
    }
}


/* is the ticker one, and what else does the owner hold? */

static void
ngx_http_finance_create_check(ngx_http_finance_call_t *call)
{
    ngx_http_finance_create_t  *c;

    c = call->state;
    call->task.step = NGX_HTTP_FINANCE_CREATE_CHECK;

    if (ngx_http_finance_datum_start(&c->reference, &call->task, call->conf,
                                     NGX_HTTP_FINANCE_JOB_REFERENCE,
                                     c->position.ticker, NULL,
                                     ngx_http_finance_record_fresh)
        != NGX_OK
        || ngx_http_finance_portfolio_read(&c->portfolio, call, &call->owner,
                                        0)
           != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


/* NGX_ERROR: the call was ended */

static ngx_int_t
ngx_http_finance_create_checked(ngx_http_finance_call_t *call)
{
    fin_status_t                status;
    ngx_http_finance_create_t  *c;

    c = call->state;

    status = ngx_http_finance_portfolio_take(&c->portfolio);

    if (status != FIN_OK) {
        ngx_http_finance_call_fail_status(call, status);
        return NGX_ERROR;
    }

    if (c->portfolio.n >= NGX_HTTP_FINANCE_POSITIONS_MAX) {
        ngx_http_finance_call_fail(call, NGX_HTTP_CONFLICT,
                                   "Too many positions");
        return NGX_ERROR;
    }

    return ngx_http_finance_position_known(call, &c->reference);
}


static ngx_int_t
ngx_http_finance_create_value(ngx_http_finance_call_t *call)
{
    int64_t                        now;
    ngx_http_finance_create_t     *c;
    ngx_http_finance_portfolio_t  *p;

    c = call->state;
    p = &c->portfolio;
    now = ngx_http_finance_clock(call->request);

    /* later than all that are there, so that the order is that of creation */

    if (p->n && p->lot[p->n - 1].position.created_at >= now) {
        now = p->lot[p->n - 1].position.created_at + 1;
    }

    c->position.created_at = now;
    c->position.updated_at = now;
    c->position.version = 1;

    call->task.step = NGX_HTTP_FINANCE_CREATE_VALUE;

    if (fin_uuid_make(c->position.id) == FIN_OK
        && ngx_http_finance_portfolio_put(p, &c->position) == NGX_OK
        && ngx_http_finance_portfolio_value(p, NULL, c->position.ticker)
           == NGX_OK)
    {
        return NGX_OK;
    }

    ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);

    return NGX_ERROR;
}


static void
ngx_http_finance_create_write(ngx_http_finance_call_t *call)
{
    ngx_str_t                   answer;
    fin_out_t                   out;
    ngx_http_finance_create_t  *c;

    c = call->state;
    call->task.step = NGX_HTTP_FINANCE_CREATE_WRITE;

    ngx_str_null(&answer);
    ngx_http_finance_redis_batch_init(&c->redis, call->request->pool);
    fin_out_init(&out, NGX_HTTP_FINANCE_POSITIONS_OUT);

    if (ngx_http_finance_create_answer(call, &out) != NGX_OK
        || (c->idem.key.len
            && ngx_http_finance_idem_value(&c->idem, call->status, &out,
                                           &answer)
               != NGX_OK)
        || ngx_http_finance_position_store_create(&c->redis, call,
                                                  &c->position, &c->idem,
                                                  &answer)
           != NGX_OK)
    {
        fin_out_free(&out);
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    /* the answer, should the write succeed */

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_redis_start(&c->redis, &call->task, call->conf->redis);
}


static ngx_int_t
ngx_http_finance_create_answer(ngx_http_finance_call_t *call, fin_out_t *out)
{
    ngx_http_finance_create_t  *c;

    c = call->state;

    call->status = NGX_HTTP_CREATED;
    call->version = c->position.version;

    if (ngx_http_finance_call_location(call, "positions/", c->position.id)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_position_out(out,
                 ngx_http_finance_portfolio_find(&c->portfolio,
                                                 c->position.id));
}


static void
ngx_http_finance_create_written(ngx_http_finance_call_t *call)
{
    ngx_http_finance_create_t       *c;
    ngx_http_finance_redis_reply_t  *r;

    c = call->state;

    if (c->redis.op.status != FIN_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return;
    }

    r = &c->redis.reply[0];

    if (r->type == NGX_HTTP_FINANCE_REDIS_INTEGER) {
        ngx_http_finance_idem_keep(&c->idem);
        ngx_http_finance_call_done(call);
        return;
    }

    ngx_http_finance_call_reset(call);

    if (r->type == NGX_HTTP_FINANCE_REDIS_STRING && c->idem.key.len) {
        ngx_http_finance_idem_found(&c->idem, &r->str);
        return;
    }

    ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
}

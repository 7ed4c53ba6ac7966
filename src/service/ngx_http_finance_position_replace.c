/*
 * PUT and DELETE positions/{id}: what is there is read, and replaced if it
 * still is what was read; with If-Match a version that is not the present one
 * is refused, without it a writer who was overtaken tries again.
 */


#include "ngx_http_finance_owners.h"
#include "ngx_http_finance_position_out.h"
#include "ngx_http_finance_position_store.h"
#include "../codec/fin_etag.h"


/* so many others may come first in a row */
#define NGX_HTTP_FINANCE_REPLACE_TRIES  1000


enum {
    NGX_HTTP_FINANCE_REPLACE_READ = 0,
    NGX_HTTP_FINANCE_REPLACE_CHECK,
    NGX_HTTP_FINANCE_REPLACE_WRITE,
    NGX_HTTP_FINANCE_REPLACE_ALL,
    NGX_HTTP_FINANCE_REPLACE_VALUE
};


typedef struct {
    char                             id[FIN_UUID_LEN + 1];
    fin_position_t                   position;  /* what is written */
    fin_position_t                   present;   /* what is there */
    ngx_str_t                        stored;    /* its bytes */
    ngx_http_finance_datum_t         reference;
    ngx_http_finance_portfolio_t     portfolio;
    ngx_http_finance_redis_batch_t   redis;
    ngx_uint_t                       tries;
    unsigned                         known:1;   /* the new ticker is one */
    unsigned                         remove:1;
} ngx_http_finance_replace_t;


static ngx_http_finance_replace_t *ngx_http_finance_replace_state(
    ngx_http_finance_call_t *call);
static void ngx_http_finance_replace_read(ngx_http_finance_call_t *call);
static void ngx_http_finance_replace_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_replace_stored(ngx_http_finance_call_t *call,
    ngx_http_finance_redis_reply_t *r);
static void ngx_http_finance_replace_check(ngx_http_finance_call_t *call);
static void ngx_http_finance_replace_write(ngx_http_finance_call_t *call);
static void ngx_http_finance_replace_written(ngx_http_finance_call_t *call);
static void ngx_http_finance_replace_all(ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_replace_value(
    ngx_http_finance_call_t *call);
static void ngx_http_finance_replace_respond(ngx_http_finance_call_t *call);
static void ngx_http_finance_removed(ngx_http_finance_call_t *call);


void
ngx_http_finance_position_replace(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t  *u;

    u = ngx_http_finance_replace_state(call);

    if (u == NULL
        || ngx_http_finance_position_body(call, &u->position) != NGX_OK)
    {
        return;
    }

    ngx_http_finance_replace_read(call);
}


void
ngx_http_finance_position_remove(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t  *u;

    u = ngx_http_finance_replace_state(call);

    if (u == NULL) {
        return;
    }

    u->remove = 1;

    if (call->request->headers_in.if_match) {
        ngx_http_finance_replace_read(call);
        return;
    }

    ngx_http_finance_replace_write(call);
}


static ngx_http_finance_replace_t *
ngx_http_finance_replace_state(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t  *u;

    u = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_replace_t));
    if (u == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NULL;
    }

    call->state = u;
    call->task.resume = ngx_http_finance_replace_resume;

    return ngx_http_finance_position_id(call, u->id) == NGX_OK ? u : NULL;
}


static void
ngx_http_finance_replace_read(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t  *u;

    u = call->state;

    ngx_http_finance_redis_batch_init(&u->redis, call->request->pool);

    if (ngx_http_finance_position_store_read(&u->redis, call, u->id)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_redis_start(&u->redis, &call->task, call->conf->redis);
}


static void
ngx_http_finance_replace_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t     *call;
    ngx_http_finance_replace_t  *u;

    call = task->data;
    u = call->state;

    switch (task->step) {

    case NGX_HTTP_FINANCE_REPLACE_READ:
    case NGX_HTTP_FINANCE_REPLACE_WRITE:
        if (ngx_http_finance_op_running(&u->redis.op)) {
            return;
        }

        if (u->redis.op.status != FIN_OK) {
            ngx_http_finance_call_fail_status(call, FIN_E_REDIS);

        } else if (task->step == NGX_HTTP_FINANCE_REPLACE_READ) {
            ngx_http_finance_replace_stored(call, &u->redis.reply[0]);

        } else {
            ngx_http_finance_replace_written(call);
        }

        return;

    case NGX_HTTP_FINANCE_REPLACE_CHECK:
        if (ngx_http_finance_datum_run(&u->reference) == NGX_OK
            && ngx_http_finance_position_known(call, &u->reference) == NGX_OK)
        {
            u->known = 1;
            ngx_http_finance_replace_write(call);
        }

        return;

    case NGX_HTTP_FINANCE_REPLACE_ALL:
        if (ngx_http_finance_op_running(&u->portfolio.redis.op)
            || ngx_http_finance_replace_value(call) != NGX_OK)
        {
            return;
        }

        /* fall through */

    default: /* NGX_HTTP_FINANCE_REPLACE_VALUE */
        if (ngx_http_finance_portfolio_run(&u->portfolio) == NGX_OK) {
            ngx_http_finance_replace_respond(call);
        }
    }
}


/* what is there, at first or when another writer came first */

static void
ngx_http_finance_replace_stored(ngx_http_finance_call_t *call,
    ngx_http_finance_redis_reply_t *r)
{
    ngx_table_elt_t             *match;
    ngx_http_finance_replace_t  *u;

    u = call->state;
    match = call->request->headers_in.if_match;

    if (r->type == NGX_HTTP_FINANCE_REDIS_NIL) {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND,
                                   "Position not found");
        return;
    }

    if (r->type != NGX_HTTP_FINANCE_REDIS_STRING) {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return;
    }

    if (fin_position_record_read((char *) r->str.data, r->str.len,
                                 &u->present)
        != FIN_OK)
    {
        ngx_log_error(NGX_LOG_ERR, call->task.log, 0,
                      "finance: the stored position \"%s\" cannot be read",
                      u->id);
        ngx_http_finance_call_fail_status(call, FIN_E_INTERNAL);
        return;
    }

    u->stored = r->str;

    if (match && !fin_if_match((char *) match->value.data, match->value.len,
                               u->present.version))
    {
        ngx_http_finance_call_fail(call, NGX_HTTP_PRECONDITION_FAILED,
                                   "The position has changed: its version is "
                                   "not the one of If-Match");
        return;
    }

    if (u->tries++ == NGX_HTTP_FINANCE_REPLACE_TRIES) {
        ngx_http_finance_call_fail_status(call, FIN_E_BUSY);
        return;
    }

    if (u->remove || u->known
        || ngx_strcmp(u->position.ticker, u->present.ticker) == 0)
    {
        ngx_http_finance_replace_write(call);
        return;
    }

    ngx_http_finance_replace_check(call);
}


static void
ngx_http_finance_replace_check(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t  *u;

    u = call->state;
    call->task.step = NGX_HTTP_FINANCE_REPLACE_CHECK;

    if (ngx_http_finance_datum_start(&u->reference, &call->task, call->conf,
                                     NGX_HTTP_FINANCE_JOB_REFERENCE,
                                     u->position.ticker, NULL,
                                     ngx_http_finance_record_fresh)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static void
ngx_http_finance_replace_write(ngx_http_finance_call_t *call)
{
    ngx_int_t                    rc;
    ngx_uint_t                   watch;
    ngx_http_finance_replace_t  *u;

    u = call->state;
    call->task.step = NGX_HTTP_FINANCE_REPLACE_WRITE;

    ngx_http_finance_redis_batch_init(&u->redis, call->request->pool);

    if (u->remove) {
        rc = ngx_http_finance_position_store_remove(&u->redis, call, u->id,
                                       u->stored.len ? &u->stored : NULL);

    } else {
        ngx_memcpy(u->position.id, u->id, sizeof(u->id));
        u->position.created_at = u->present.created_at;
        u->position.updated_at =
                               ngx_max(ngx_http_finance_clock(call->request),
                                       u->present.updated_at);
        u->position.version = u->present.version + 1;

        watch = ngx_strcmp(u->position.ticker, u->present.ticker) != 0;

        rc = ngx_http_finance_position_store_replace(&u->redis, call,
                                                     &u->position, &u->stored,
                                                     watch);
    }

    if (rc != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_redis_start(&u->redis, &call->task, call->conf->redis);
}


static void
ngx_http_finance_replace_written(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t      *u;
    ngx_http_finance_redis_reply_t  *r;

    u = call->state;
    r = &u->redis.reply[0];

    if (r->type != NGX_HTTP_FINANCE_REDIS_INTEGER) {
        ngx_http_finance_replace_stored(call, r);
        return;
    }

    if (u->remove && r->integer == 0) {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND,
                                   "Position not found");
        return;
    }

    if (u->remove) {
        ngx_http_finance_removed(call);
        return;
    }

    ngx_http_finance_owner_seen(call, 1);
    ngx_http_finance_replace_all(call);
}


/* written: from here on nothing fails, figures may be absent */

static void
ngx_http_finance_replace_all(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t  *u;

    u = call->state;
    call->task.step = NGX_HTTP_FINANCE_REPLACE_ALL;

    if (ngx_http_finance_portfolio_read(&u->portfolio, call, &call->owner,
                                        0)
        != NGX_OK)
    {
        ngx_http_finance_replace_respond(call);
    }
}


/* NGX_ERROR: the call was ended, and may be gone */

static ngx_int_t
ngx_http_finance_replace_value(ngx_http_finance_call_t *call)
{
    ngx_http_finance_replace_t  *u;

    u = call->state;
    call->task.step = NGX_HTTP_FINANCE_REPLACE_VALUE;

    if (ngx_http_finance_portfolio_take(&u->portfolio) != FIN_OK
        || ngx_http_finance_portfolio_put(&u->portfolio, &u->position)
           != NGX_OK
        || ngx_http_finance_portfolio_value(&u->portfolio, NULL,
                                            u->position.ticker)
           != NGX_OK)
    {
        ngx_http_finance_replace_respond(call);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_finance_replace_respond(ngx_http_finance_call_t *call)
{
    ngx_int_t                    rc;
    fin_out_t                    out;
    ngx_http_finance_lot_t      *lot, bare;
    ngx_http_finance_replace_t  *u;

    u = call->state;

    lot = ngx_http_finance_portfolio_find(&u->portfolio, u->id);

    if (lot == NULL) {
        ngx_memzero(&bare, sizeof(ngx_http_finance_lot_t));
        bare.position = u->position;
        lot = &bare;
    }

    call->version = u->position.version;
    fin_out_init(&out, NGX_HTTP_FINANCE_POSITIONS_OUT);

    rc = ngx_http_finance_position_out(&out, lot);

    if (rc != NGX_OK) {
        fin_out_free(&out);
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


static void
ngx_http_finance_removed(ngx_http_finance_call_t *call)
{
    fin_out_t                    out;
    ngx_http_finance_replace_t  *u;

    u = call->state;

    fin_out_init(&out, 256);

    fin_out_object(&out);
    fin_out_kstring(&out, "id", u->id);
    fin_out_kstring(&out, "status", "deleted");
    fin_out_object_end(&out);

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}

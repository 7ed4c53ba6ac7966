/* GET, POST and DELETE of the watchlist. */


#include "ngx_http_finance_call.h"
#include "ngx_http_finance_owners.h"
#include "../codec/fin_in_body.h"
#include "../codec/fin_record.h"
#include "../codec/fin_snapshot.h"
#include "../feed/ngx_http_finance_datum.h"
#include "../feed/ngx_http_finance_event.h"


enum {
    NGX_HTTP_FINANCE_WATCHLIST_CHECK = 0,
    NGX_HTTP_FINANCE_WATCHLIST_WRITE
};


typedef struct {
    char                             ticker[FIN_TICKER_MAX + 1];
    ngx_http_finance_datum_t         reference;
    ngx_http_finance_redis_batch_t   redis;
} ngx_http_finance_watchlist_t;


static ngx_http_finance_watchlist_t *ngx_http_finance_watchlist_state(
    ngx_http_finance_call_t *call, ngx_http_finance_resume_pt resume);
static ngx_int_t ngx_http_finance_watchlist_command(
    ngx_http_finance_call_t *call, ngx_uint_t argc, ngx_str_t *argv);
static void ngx_http_finance_watchlist_got(ngx_http_finance_task_t *task);
static ngx_int_t ngx_http_finance_watchlist_asked(
    ngx_http_finance_call_t *call, char *ticker);
static void ngx_http_finance_watchlist_adding(ngx_http_finance_task_t *task);
static void ngx_http_finance_watchlist_checked(
    ngx_http_finance_call_t *call);
static void ngx_http_finance_watchlist_write(ngx_http_finance_call_t *call);
static void ngx_http_finance_watchlist_added(ngx_http_finance_call_t *call);
static void ngx_http_finance_watchlist_removed(
    ngx_http_finance_task_t *task);
static ngx_int_t ngx_http_finance_watchlist_integer(
    ngx_http_finance_call_t *call, int64_t *n);
static void ngx_http_finance_watchlist_done(ngx_http_finance_call_t *call,
    const char *what);


void
ngx_http_finance_watchlist_get(ngx_http_finance_call_t *call)
{
    ngx_str_t  argv[4];

    if (ngx_http_finance_watchlist_state(call, ngx_http_finance_watchlist_got)
        == NULL)
    {
        return;
    }

    ngx_str_set(&argv[0], "ZRANGE");
    ngx_str_set(&argv[2], "0");
    ngx_str_set(&argv[3], "-1");

    (void) ngx_http_finance_watchlist_command(call, 4, argv);
}


void
ngx_http_finance_watchlist_add(ngx_http_finance_call_t *call)
{
    ngx_http_finance_watchlist_t  *w;

    w = ngx_http_finance_watchlist_state(call,
                                         ngx_http_finance_watchlist_adding);
    if (w == NULL) {
        return;
    }

    if (ngx_http_finance_watchlist_asked(call, w->ticker) != NGX_OK) {
        return;
    }

    if (ngx_http_finance_datum_start(&w->reference, &call->task, call->conf,
                                     NGX_HTTP_FINANCE_JOB_REFERENCE,
                                     w->ticker, NULL,
                                     ngx_http_finance_record_fresh)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


void
ngx_http_finance_watchlist_remove(ngx_http_finance_call_t *call)
{
    ngx_str_t                      argv[3];
    ngx_http_finance_watchlist_t  *w;

    w = ngx_http_finance_watchlist_state(call,
                                         ngx_http_finance_watchlist_removed);
    if (w == NULL) {
        return;
    }

    if (ngx_http_finance_call_ticker(call, w->ticker) != NGX_OK) {
        return;
    }

    ngx_str_set(&argv[0], "ZREM");
    argv[2].data = (u_char *) w->ticker;
    argv[2].len = ngx_strlen(w->ticker);

    (void) ngx_http_finance_watchlist_command(call, 3, argv);
}


static ngx_http_finance_watchlist_t *
ngx_http_finance_watchlist_state(ngx_http_finance_call_t *call,
    ngx_http_finance_resume_pt resume)
{
    ngx_http_finance_watchlist_t  *w;

    w = ngx_pcalloc(call->request->pool,
                    sizeof(ngx_http_finance_watchlist_t));
    if (w == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NULL;
    }

    call->state = w;
    call->task.resume = resume;

    return w;
}


/* argv[1] is filled in with the owner's key */

static ngx_int_t
ngx_http_finance_watchlist_command(ngx_http_finance_call_t *call,
    ngx_uint_t argc, ngx_str_t *argv)
{
    char                           key[FIN_KEY_MAX];
    ngx_http_finance_watchlist_t  *w;

    w = call->state;

    argv[1].data = (u_char *) key;
    argv[1].len = fin_key_watchlist(key, (char *) call->owner.data,
                                    call->owner.len);

    ngx_http_finance_redis_batch_init(&w->redis, call->request->pool);

    if (ngx_http_finance_redis_add(&w->redis, argc, argv) != NGX_OK
        || (call->request->method & (NGX_HTTP_POST|NGX_HTTP_DELETE)
            && ngx_http_finance_event_watchlist(&w->redis, &call->owner)
               != NGX_OK))
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    ngx_http_finance_redis_start(&w->redis, &call->task, call->conf->redis);

    return NGX_OK;
}


static void
ngx_http_finance_watchlist_got(ngx_http_finance_task_t *task)
{
    fin_out_t                        out;
    ngx_uint_t                       i;
    ngx_http_finance_call_t         *call;
    ngx_http_finance_watchlist_t    *w;
    ngx_http_finance_redis_reply_t  *r;

    call = task->data;
    w = call->state;

    if (ngx_http_finance_op_running(&w->redis.op)) {
        return;
    }

    if (w->redis.op.status != FIN_OK
        || w->redis.reply[0].type != NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return;
    }

    r = &w->redis.reply[0];

    if (r->n) {
        ngx_http_finance_owner_seen(call, 0);
    }

    fin_out_init(&out, 1024 * 1024);
    fin_out_array(&out);

    for (i = 0; i < r->n; i++) {
        fin_out_string(&out, (char *) r->element[i].str.data,
                       r->element[i].str.len);
    }

    fin_out_array_end(&out);

    if (fin_out_status(&out) == FIN_OK) {
        call->etag = fin_hash64(out.data, out.len, 0);
        call->has_etag = 1;
        call->max_age = 0;
    }

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


/* from the body, or from ?ticker=; NGX_ERROR: the call was ended */

static ngx_int_t
ngx_http_finance_watchlist_asked(ngx_http_finance_call_t *call, char *ticker)
{
    fin_query_t     query;
    fin_status_t    status;
    fin_problems_t  problems;

    fin_problems_init(&problems);
    status = FIN_E_NO_DATA;

    if (call->body.len == 0) {
        query.data = (char *) call->request->args.data;
        query.len = call->request->args.len;
        status = fin_query_ticker(&query, "ticker", ticker);
    }

    if (status == FIN_E_NO_DATA) {
        status = fin_in_watchlist((char *) call->body.data, call->body.len,
                                  ticker, &problems);
    }

    switch (status) {

    case FIN_OK:
        return NGX_OK;

    case FIN_E_SHAPE:
        ngx_http_finance_call_fail_problems(call, &problems);
        return NGX_ERROR;

    case FIN_E_VALUE:
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Invalid ticker");
        return NGX_ERROR;

    default:
        ngx_http_finance_call_fail_status(call, status);
        return NGX_ERROR;
    }
}


static void
ngx_http_finance_watchlist_adding(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t       *call;
    ngx_http_finance_watchlist_t  *w;

    call = task->data;
    w = call->state;

    if (task->step == NGX_HTTP_FINANCE_WATCHLIST_CHECK) {
        if (ngx_http_finance_datum_run(&w->reference) == NGX_OK) {
            ngx_http_finance_watchlist_checked(call);
        }

        return;
    }

    if (!ngx_http_finance_op_running(&w->redis.op)) {
        ngx_http_finance_watchlist_added(call);
    }
}


static void
ngx_http_finance_watchlist_checked(ngx_http_finance_call_t *call)
{
    fin_record_t                   record;
    ngx_http_finance_watchlist_t  *w;

    w = call->state;

    if (!w->reference.has) {
        ngx_http_finance_call_fail_job(call, w->reference.status,
                                       w->reference.join.retry_after);
        return;
    }

    if (fin_record_read((char *) w->reference.data.data,
                        w->reference.data.len, &record)
        != FIN_OK
        || !fin_record_known(&record))
    {
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Invalid ticker");
        return;
    }

    ngx_http_finance_watchlist_write(call);
}


static void
ngx_http_finance_watchlist_write(ngx_http_finance_call_t *call)
{
    u_char                         score[NGX_INT64_LEN];
    ngx_str_t                      argv[5];
    ngx_http_finance_watchlist_t  *w;

    w = call->state;
    call->task.step = NGX_HTTP_FINANCE_WATCHLIST_WRITE;

    ngx_str_set(&argv[0], "ZADD");
    ngx_str_set(&argv[2], "NX");
    argv[3].data = score;
    argv[3].len = ngx_sprintf(score, "%L", ngx_http_finance_now()) - score;
    argv[4].data = (u_char *) w->ticker;
    argv[4].len = ngx_strlen(w->ticker);

    (void) ngx_http_finance_watchlist_command(call, 5, argv);
}


static void
ngx_http_finance_watchlist_added(ngx_http_finance_call_t *call)
{
    int64_t  n;

    if (ngx_http_finance_watchlist_integer(call, &n) != NGX_OK) {
        return;
    }

    if (n == 0) {
        ngx_http_finance_call_fail(call, NGX_HTTP_CONFLICT,
                                   "Ticker is already on the watchlist");
        return;
    }

    ngx_http_finance_owner_seen(call, 1);
    ngx_http_finance_watchlist_done(call, "added");
}


static void
ngx_http_finance_watchlist_removed(ngx_http_finance_task_t *task)
{
    int64_t                        n;
    ngx_http_finance_call_t       *call;
    ngx_http_finance_watchlist_t  *w;

    call = task->data;
    w = call->state;

    if (ngx_http_finance_op_running(&w->redis.op)
        || ngx_http_finance_watchlist_integer(call, &n) != NGX_OK)
    {
        return;
    }

    if (n == 0) {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND,
                                   "Ticker is not on the watchlist");
        return;
    }

    ngx_http_finance_watchlist_done(call, "removed");
}


/* how many members a write changed; NGX_ERROR: the call was ended */

static ngx_int_t
ngx_http_finance_watchlist_integer(ngx_http_finance_call_t *call, int64_t *n)
{
    ngx_http_finance_watchlist_t  *w;

    w = call->state;

    if (w->redis.op.status != FIN_OK
        || w->redis.reply[0].type != NGX_HTTP_FINANCE_REDIS_INTEGER)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return NGX_ERROR;
    }

    *n = w->redis.reply[0].integer;

    return NGX_OK;
}


static void
ngx_http_finance_watchlist_done(ngx_http_finance_call_t *call,
    const char *what)
{
    fin_out_t                      out;
    ngx_http_finance_watchlist_t  *w;

    w = call->state;

    fin_out_init(&out, 4096);

    fin_out_object(&out);
    fin_out_kstring(&out, "ticker", w->ticker);
    fin_out_kstring(&out, "status", what);
    fin_out_object_end(&out);

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}

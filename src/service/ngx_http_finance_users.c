/* GET of one user and of several; the loading of one for others. */


#include "ngx_http_finance_user.h"
#include "../codec/fin_snapshot.h"


typedef struct {
    fin_user_ids_t                   ids;
    ngx_http_finance_redis_batch_t   redis;
} ngx_http_finance_users_t;


static void ngx_http_finance_user_got(ngx_http_finance_task_t *task);
static void ngx_http_finance_users_got(ngx_http_finance_task_t *task);
static void ngx_http_finance_users_answer(ngx_http_finance_call_t *call);
static void ngx_http_finance_user_send(ngx_http_finance_call_t *call,
    fin_out_t *out);


ngx_int_t
ngx_http_finance_user_load(ngx_http_finance_user_load_t *load,
    ngx_http_finance_call_t *call)
{
    if (fin_user_id((char *) call->arg.data, call->arg.len, load->id)
        != FIN_OK)
    {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND,
                                   "User not found");
        return NGX_ERROR;
    }

    ngx_http_finance_redis_batch_init(&load->redis, call->request->pool);

    if (ngx_http_finance_user_ask(&load->redis, load->id) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    ngx_http_finance_redis_start(&load->redis, &call->task,
                                 call->conf->redis);

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_user_loaded(ngx_http_finance_user_load_t *load,
    ngx_http_finance_call_t *call)
{
    fin_status_t  status;

    if (ngx_http_finance_op_running(&load->redis.op)) {
        return NGX_AGAIN;
    }

    status = FIN_E_REDIS;

    if (load->redis.op.status == FIN_OK) {
        status = ngx_http_finance_user_read(&load->redis.reply[0], call,
                                            load->id, &load->user);
    }

    if (status == FIN_OK) {
        return NGX_OK;
    }

    if (status == FIN_E_NOT_FOUND) {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND,
                                   "User not found");

    } else {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
    }

    return NGX_ERROR;
}


void
ngx_http_finance_user_get(ngx_http_finance_call_t *call)
{
    ngx_http_finance_user_load_t  *load;

    load = ngx_pcalloc(call->request->pool,
                       sizeof(ngx_http_finance_user_load_t));
    if (load == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = load;
    call->task.resume = ngx_http_finance_user_got;

    (void) ngx_http_finance_user_load(load, call);
}


static void
ngx_http_finance_user_got(ngx_http_finance_task_t *task)
{
    fin_out_t                      out;
    ngx_http_finance_call_t       *call;
    ngx_http_finance_user_load_t  *load;

    call = task->data;
    load = call->state;

    if (ngx_http_finance_user_loaded(load, call) != NGX_OK) {
        return;
    }

    fin_out_init(&out, 16 * 1024);
    fin_out_user(&out, &load->user);

    ngx_http_finance_user_send(call, &out);
}


void
ngx_http_finance_users_get(ngx_http_finance_call_t *call)
{
    size_t                     i;
    ngx_http_finance_users_t  *u;

    u = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_users_t));
    if (u == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = u;
    call->task.resume = ngx_http_finance_users_got;

    if (fin_user_ids((char *) call->arg.data, call->arg.len, &u->ids)
        != FIN_OK)
    {
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Too many ids");
        return;
    }

    ngx_http_finance_redis_batch_init(&u->redis, call->request->pool);

    for (i = 0; i < u->ids.n; i++) {
        if (ngx_http_finance_user_ask(&u->redis, u->ids.id[i]) != NGX_OK) {
            ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
            return;
        }
    }

    /* one without commands is done, too */

    ngx_http_finance_redis_start(&u->redis, &call->task, call->conf->redis);
}


static void
ngx_http_finance_users_got(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t   *call;
    ngx_http_finance_users_t  *u;

    call = task->data;
    u = call->state;

    if (ngx_http_finance_op_running(&u->redis.op)) {
        return;
    }

    if (u->redis.op.status != FIN_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
        return;
    }

    ngx_http_finance_users_answer(call);
}


/* who is missing, another's or damaged is left out */

static void
ngx_http_finance_users_answer(ngx_http_finance_call_t *call)
{
    size_t                     i;
    fin_out_t                  out;
    fin_user_t                 user;
    ngx_http_finance_users_t  *u;

    u = call->state;

    fin_out_init(&out, 1024 * 1024);
    fin_out_object(&out);
    fin_out_key(&out, "users");
    fin_out_array(&out);

    for (i = 0; i < u->ids.n; i++) {
        if (ngx_http_finance_user_read(&u->redis.reply[i], call,
                                       u->ids.id[i], &user)
            == FIN_OK)
        {
            fin_out_user(&out, &user);
        }
    }

    fin_out_array_end(&out);
    fin_out_object_end(&out);

    ngx_http_finance_user_send(call, &out);
}


static void
ngx_http_finance_user_send(ngx_http_finance_call_t *call, fin_out_t *out)
{
    if (fin_out_status(out) == FIN_OK) {
        call->etag = fin_hash64(out->data, out->len, 0);
        call->has_etag = 1;
        call->max_age = 0;
    }

    if (ngx_http_finance_call_add_out(call, out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}

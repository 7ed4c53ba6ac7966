/* POST user: the body, the e-mail validator, then one write of everything. */


#include "ngx_http_finance_user.h"
#include "../feed/ngx_http_finance_job.h"


#define NGX_HTTP_FINANCE_USER_UNCHECKED                                       \
    "The e-mail address could not be checked"


enum {
    NGX_HTTP_FINANCE_USER_KEY = 0,
    NGX_HTTP_FINANCE_USER_FREE,
    NGX_HTTP_FINANCE_USER_VALIDATE,
    NGX_HTTP_FINANCE_USER_WRITE
};


typedef struct {
    fin_user_body_t                  body;
    fin_user_t                       user;
    char                             id[FIN_UUID_LEN + 1];
    ngx_http_finance_idem_t          idem;
    ngx_http_finance_redis_batch_t   redis;
    ngx_http_finance_join_t          join;
} ngx_http_finance_user_create_t;


static ngx_int_t ngx_http_finance_user_asked(ngx_http_finance_call_t *call);
static void ngx_http_finance_user_creating(ngx_http_finance_task_t *task);
static void ngx_http_finance_user_keyed(ngx_http_finance_call_t *call);
static void ngx_http_finance_user_free(ngx_http_finance_call_t *call);
static void ngx_http_finance_user_validate(ngx_http_finance_call_t *call);
static void ngx_http_finance_user_validated(ngx_http_finance_call_t *call);
static void ngx_http_finance_user_create_write(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_user_refused(ngx_http_finance_call_t *call,
    ngx_int_t rc);
static void ngx_http_finance_user_created(ngx_http_finance_call_t *call);


void
ngx_http_finance_user_create(ngx_http_finance_call_t *call)
{
    ngx_http_finance_user_create_t  *c;

    c = ngx_pcalloc(call->request->pool,
                    sizeof(ngx_http_finance_user_create_t));
    if (c == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = c;
    call->task.resume = ngx_http_finance_user_creating;

    if (ngx_http_finance_user_asked(call) != NGX_OK) {
        return;
    }

    if (ngx_http_finance_idem_start(&c->idem, call) == NGX_DECLINED) {
        ngx_http_finance_user_keyed(call);
    }
}


static void
ngx_http_finance_user_keyed(ngx_http_finance_call_t *call)
{
    ngx_http_finance_user_create_t  *c;

    c = call->state;

    if (call->conf->email_validator.len == 0) {
        ngx_http_finance_user_create_write(call);
        return;
    }

    /* nobody is asked about an address that cannot be had */

    call->task.step = NGX_HTTP_FINANCE_USER_FREE;

    if (ngx_http_finance_user_check(&c->redis, call, &c->body.email)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_redis_start(&c->redis, &call->task, call->conf->redis);
}


/* NGX_ERROR: the call was ended */

static ngx_int_t
ngx_http_finance_user_asked(ngx_http_finance_call_t *call)
{
    fin_status_t                     status;
    fin_problems_t                   problems;
    ngx_http_finance_user_create_t  *c;

    c = call->state;

    fin_problems_init(&problems);

    status = fin_in_user((char *) call->body.data, call->body.len, &c->body,
                         &problems);

    if (status == FIN_E_SHAPE) {
        ngx_http_finance_call_fail_problems(call, &problems);
        return NGX_ERROR;
    }

    if (status == FIN_OK) {
        status = fin_uuid_make(c->id);
    }

    if (status != FIN_OK) {
        ngx_http_finance_call_fail_status(call, status);
        return NGX_ERROR;
    }

    c->user.id.data = c->id;
    c->user.id.len = FIN_UUID_LEN;
    c->user.email.data = c->body.email.text;
    c->user.email.len = c->body.email.len;
    c->user.name.data = c->body.name;
    c->user.name.len = c->body.name_len;
    c->user.created_at = ngx_http_finance_clock(call->request);

    return NGX_OK;
}


static void
ngx_http_finance_user_creating(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t         *call;
    ngx_http_finance_user_create_t  *c;

    call = task->data;
    c = call->state;

    switch (task->step) {

    case NGX_HTTP_FINANCE_USER_KEY:
        if (!ngx_http_finance_op_running(&c->idem.redis.op)
            && ngx_http_finance_idem_started(&c->idem) == NGX_OK)
        {
            ngx_http_finance_user_keyed(call);
        }

        return;

    case NGX_HTTP_FINANCE_USER_FREE:
        if (!ngx_http_finance_op_running(&c->redis.op)) {
            ngx_http_finance_user_free(call);
        }

        return;

    case NGX_HTTP_FINANCE_USER_VALIDATE:
        if (!ngx_http_finance_op_running(&c->join.op)) {
            ngx_http_finance_user_validated(call);
        }

        return;

    default: /* NGX_HTTP_FINANCE_USER_WRITE */
        if (!ngx_http_finance_op_running(&c->redis.op)) {
            ngx_http_finance_user_created(call);
        }
    }
}


static void
ngx_http_finance_user_free(ngx_http_finance_call_t *call)
{
    ngx_http_finance_user_create_t  *c;

    c = call->state;

    if (ngx_http_finance_user_refused(call,
                                  ngx_http_finance_user_checked(&c->redis))
        == NGX_OK)
    {
        ngx_http_finance_user_validate(call);
    }
}


static void
ngx_http_finance_user_validate(ngx_http_finance_call_t *call)
{
    ngx_http_finance_user_create_t  *c;

    c = call->state;
    call->task.step = NGX_HTTP_FINANCE_USER_VALIDATE;

    ngx_http_finance_join_start(&c->join, &call->task, call->conf,
                                NGX_HTTP_FINANCE_JOB_EMAIL, "",
                                c->body.email.text);
}


static void
ngx_http_finance_user_validated(ngx_http_finance_call_t *call)
{
    fin_problems_t                   problems;
    ngx_http_finance_user_create_t  *c;

    c = call->state;

    switch (c->join.op.status) {

    case FIN_OK:
        ngx_http_finance_user_create_write(call);
        return;

    case FIN_E_VALUE:
        fin_problems_init(&problems);
        fin_user_email_problem(&problems, c->body.given, c->body.given_len);
        ngx_http_finance_call_fail_problems(call, &problems);
        return;

    case FIN_E_TIMEOUT:
        ngx_http_finance_call_fail(call, NGX_HTTP_GATEWAY_TIME_OUT,
                                   NGX_HTTP_FINANCE_USER_UNCHECKED);
        return;

    case FIN_E_NOMEM:
    case FIN_E_BUSY:
    case FIN_E_CANCELLED:
    case FIN_E_INTERNAL:
        /* it was never asked */
        ngx_http_finance_call_fail_status(call, c->join.op.status);
        return;

    default:
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_GATEWAY,
                                   NGX_HTTP_FINANCE_USER_UNCHECKED);
    }
}


/* the answer is made first: it is written with the user */

static void
ngx_http_finance_user_create_write(ngx_http_finance_call_t *call)
{
    ngx_str_t                        answer;
    fin_out_t                        out;
    ngx_http_finance_user_create_t  *c;

    c = call->state;
    call->task.step = NGX_HTTP_FINANCE_USER_WRITE;
    call->status = NGX_HTTP_CREATED;

    ngx_str_null(&answer);

    fin_out_init(&out, 16 * 1024);
    fin_out_user(&out, &c->user);

    if (fin_out_status(&out) != FIN_OK
        || ngx_http_finance_call_location(call, "user/", c->id) != NGX_OK
        || (c->idem.key.len
            && ngx_http_finance_idem_value(&c->idem, call->status, &out,
                                           &answer)
               != NGX_OK)
        || ngx_http_finance_user_write(&c->redis, call, &c->user,
                                       &c->body.email, &c->idem, &answer)
           != NGX_OK)
    {
        fin_out_free(&out);
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_redis_start(&c->redis, &call->task, call->conf->redis);
}


/*
 * What the store says of the e-mail and the owner: NGX_OK, else the call was
 * ended.  Which of the two is taken is not told.
 */

static ngx_int_t
ngx_http_finance_user_refused(ngx_http_finance_call_t *call, ngx_int_t rc)
{
    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (rc == NGX_DECLINED) {
        ngx_http_finance_call_fail(call, NGX_HTTP_CONFLICT,
                                   "User already exists");

    } else {
        ngx_http_finance_call_fail_status(call, FIN_E_REDIS);
    }

    return NGX_ERROR;
}


static void
ngx_http_finance_user_created(ngx_http_finance_call_t *call)
{
    ngx_http_finance_user_create_t  *c;

    c = call->state;

    if (c->idem.key.len && c->redis.op.status == FIN_OK
        && c->redis.reply[0].type == NGX_HTTP_FINANCE_REDIS_STRING)
    {
        ngx_http_finance_call_reset(call);
        ngx_http_finance_idem_found(&c->idem, &c->redis.reply[0].str);
        return;
    }

    if (ngx_http_finance_user_refused(call,
                                  ngx_http_finance_user_written(&c->redis))
        == NGX_OK)
    {
        ngx_http_finance_idem_keep(&c->idem);
        ngx_http_finance_call_done(call);
    }
}

/* Idempotency-Key of a POST: see the header. */


#include "ngx_http_finance_idem.h"


/* 'D', the fingerprint, the status, then version and location in lines */
#define NGX_HTTP_FINANCE_IDEM_HEAD   (1 + FIN_IDEM_FINGERPRINT_LEN + 3)


static ngx_int_t ngx_http_finance_idem_key(ngx_http_finance_idem_t *idem);
static ngx_int_t ngx_http_finance_idem_reserve(
    ngx_http_finance_idem_t *idem);
static ngx_int_t ngx_http_finance_idem_release(
    ngx_http_finance_idem_t *idem, ngx_http_finance_redis_batch_t *batch);
static void ngx_http_finance_idem_renew(ngx_event_t *ev);
static void ngx_http_finance_idem_settle(ngx_http_finance_idem_t *idem);
static void ngx_http_finance_idem_respond(ngx_http_finance_call_t *call);
static void ngx_http_finance_idem_released(ngx_http_finance_task_t *task);
static void ngx_http_finance_idem_cleanup(void *data);
static void ngx_http_finance_idem_replay(ngx_http_finance_idem_t *idem,
    ngx_str_t *value);
static u_char *ngx_http_finance_idem_line(u_char *p, u_char *last,
    ngx_str_t *line);
static void ngx_http_finance_idem_other(ngx_http_finance_idem_t *idem,
    const char *msg);


static ngx_str_t  ngx_http_finance_idem_reserve_script = ngx_string(
    "local v = redis.call('GET', KEYS[1]) "
    "if v then return v end "
    "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) "
    "return false");

ngx_int_t
ngx_http_finance_idem_start(ngx_http_finance_idem_t *idem,
    ngx_http_finance_call_t *call)
{
    ngx_int_t  rc;

    ngx_memzero(idem, sizeof(ngx_http_finance_idem_t));

    idem->call = call;

    rc = ngx_http_finance_call_header(call, "Idempotency-Key", &idem->header);

    if (rc == NGX_DECLINED) {
        return NGX_DECLINED;
    }

    /* twice is as bad as none that is one */

    if (rc != NGX_OK
        || !fin_idem_key_valid((char *) idem->header.data, idem->header.len))
    {
        ngx_http_finance_idem_other(idem, "Idempotency-Key should be one "
                                    "value of 1 to 255 visible characters");
        return NGX_ERROR;
    }

    if (ngx_http_finance_idem_key(idem) != NGX_OK
        || ngx_http_finance_idem_reserve(idem) != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_idem_key(ngx_http_finance_idem_t *idem)
{
    u_char                   *p;
    char                      token[FIN_UUID_LEN + 1];
    ngx_http_request_t       *r;
    ngx_http_finance_call_t  *call;
    char                      print[FIN_IDEM_FINGERPRINT_LEN + 1];

    call = idem->call;
    r = call->request;

    idem->key.data = ngx_pnalloc(r->pool, FIN_KEY_IDEM_MAX);

    if (idem->key.data == NULL || fin_uuid_make(token) != FIN_OK) {
        return NGX_ERROR;
    }

    idem->key.len = fin_key_idem((char *) idem->key.data,
                                 (char *) call->owner.data, call->owner.len,
                                 (char *) idem->header.data,
                                 idem->header.len);

    fin_idem_fingerprint((char *) r->method_name.data, r->method_name.len,
                         (char *) r->uri.data, r->uri.len,
                         (char *) call->body.data, call->body.len, print);

    p = idem->buf;
    *p++ = 'P';
    p = ngx_cpymem(p, print, FIN_IDEM_FINGERPRINT_LEN);
    p = ngx_cpymem(p, token, FIN_UUID_LEN);

    idem->pending.data = idem->buf;
    idem->pending.len = p - idem->buf;

    return idem->key.len ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_finance_idem_reserve(ngx_http_finance_idem_t *idem)
{
    u_char                    ttl[NGX_INT64_LEN];
    ngx_str_t                 argv[6];
    ngx_http_cleanup_t       *cln;
    ngx_http_finance_call_t  *call;

    call = idem->call;

    cln = ngx_http_cleanup_add(call->request, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ngx_http_finance_redis_batch_init(&idem->redis, call->request->pool);

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_idem_reserve_script;
    ngx_str_set(&argv[2], "1");
    argv[3] = idem->key;
    argv[4] = idem->pending;
    argv[5].data = ttl;
    argv[5].len = ngx_sprintf(ttl, "%d", NGX_HTTP_FINANCE_HOLD_TIME) - ttl;

    if (ngx_http_finance_redis_add(&idem->redis, 6, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_finance_idem_cleanup;
    cln->data = idem;

    idem->renew.handler = ngx_http_finance_idem_renew;
    idem->renew.data = idem;
    idem->renew.log = ngx_cycle->log;
    idem->renew.cancelable = 1;

    /* it may be set although no reply comes */

    idem->reserved = 1;
    idem->respond = call->respond;
    call->respond = ngx_http_finance_idem_respond;
    call->idem = idem;

    ngx_http_finance_redis_start(&idem->redis, &call->task,
                                 call->conf->redis);

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_idem_started(ngx_http_finance_idem_t *idem)
{
    ngx_http_finance_redis_reply_t  *r;

    if (idem->redis.op.status != FIN_OK) {
        ngx_http_finance_call_fail_status(idem->call, FIN_E_REDIS);
        return NGX_ERROR;
    }

    r = &idem->redis.reply[0];

    if (r->type == NGX_HTTP_FINANCE_REDIS_NIL) {
        ngx_add_timer(&idem->renew, NGX_HTTP_FINANCE_HOLD_RENEW);
        return NGX_OK;
    }

    /* another's: nothing of ours is there */

    idem->reserved = 0;

    if (r->type != NGX_HTTP_FINANCE_REDIS_STRING) {
        ngx_http_finance_call_fail_status(idem->call, FIN_E_REDIS);
        return NGX_ERROR;
    }

    ngx_http_finance_idem_found(idem, &r->str);

    return NGX_ERROR;
}


void
ngx_http_finance_idem_found(ngx_http_finance_idem_t *idem, ngx_str_t *value)
{
    idem->reserved = 0;

    if (value->len < NGX_HTTP_FINANCE_IDEM_HEAD
        || ngx_memcmp(value->data + 1, idem->pending.data + 1,
                      FIN_IDEM_FINGERPRINT_LEN)
           != 0)
    {
        ngx_http_finance_idem_other(idem, "Idempotency-Key was used with "
                                    "another request");
        return;
    }

    if (value->data[0] == 'D') {
        ngx_http_finance_idem_replay(idem, value);
        return;
    }

    idem->call->retry_after = 1;
    ngx_http_finance_call_fail(idem->call, NGX_HTTP_CONFLICT,
                               "A request with this Idempotency-Key is "
                               "under way");
}


ngx_int_t
ngx_http_finance_idem_value(ngx_http_finance_idem_t *idem, ngx_uint_t status,
    const fin_out_t *body, ngx_str_t *value)
{
    u_char                   *p;
    ngx_http_finance_call_t  *call;

    call = idem->call;

    p = ngx_pnalloc(call->request->pool,
                    NGX_HTTP_FINANCE_IDEM_HEAD + NGX_INT64_LEN + 2
                    + call->location.len + body->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->data = p;

    *p++ = 'D';
    p = ngx_cpymem(p, idem->pending.data + 1, FIN_IDEM_FINGERPRINT_LEN);
    p = ngx_sprintf(p, "%03ui%L\n%V\n", status, call->version,
                    &call->location);
    p = ngx_cpymem(p, body->data, body->len);

    value->len = p - value->data;

    return NGX_OK;
}


/* whoever dies in the middle is not in flight for long */

static void
ngx_http_finance_idem_renew(ngx_event_t *ev)
{
    ngx_http_finance_idem_t         *idem;
    ngx_http_finance_redis_batch_t   batch;

    idem = ev->data;

    ngx_http_finance_redis_batch_init(&batch, idem->call->request->pool);

    if (ngx_http_finance_hold_renew(&batch, &idem->key, &idem->pending,
                                    NGX_HTTP_FINANCE_HOLD_TIME)
        == NGX_OK)
    {
        ngx_http_finance_redis_forget(&batch, idem->call->conf->redis,
                                      idem->call->task.log);
    }

    ngx_add_timer(ev, NGX_HTTP_FINANCE_HOLD_RENEW);
}


static void
ngx_http_finance_idem_settle(ngx_http_finance_idem_t *idem)
{
    if (idem->renew.timer_set) {
        ngx_del_timer(&idem->renew);
    }
}


void
ngx_http_finance_idem_keep(ngx_http_finance_idem_t *idem)
{
    idem->kept = 1;
}


/* the first answer, once more */

static void
ngx_http_finance_idem_replay(ngx_http_finance_idem_t *idem, ngx_str_t *value)
{
    u_char                   *p, *last;
    ngx_int_t                 status, version;
    ngx_str_t                 line, location;
    ngx_http_finance_call_t  *call;

    call = idem->call;
    p = value->data + NGX_HTTP_FINANCE_IDEM_HEAD - 3;
    last = value->data + value->len;

    status = ngx_atoi(p, 3);
    p = ngx_http_finance_idem_line(p + 3, last, &line);
    version = ngx_atoi(line.data, line.len);
    p = ngx_http_finance_idem_line(p, last, &location);

    if (p == NULL || status < NGX_HTTP_OK || status > 599
        || version == NGX_ERROR
        || ngx_http_finance_call_add(call, p, last - p) != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_INTERNAL);
        return;
    }

    call->status = status;
    call->version = version;
    call->location = location;

    ngx_http_finance_call_done(call);
}


/* up to the line feed; what is behind it, NULL: there is none */

static u_char *
ngx_http_finance_idem_line(u_char *p, u_char *last, ngx_str_t *line)
{
    u_char  *end;

    ngx_str_null(line);

    if (p == NULL) {
        return NULL;
    }

    end = ngx_strlchr(p, last, '\n');
    if (end == NULL) {
        return NULL;
    }

    line->data = p;
    line->len = end - p;

    return end + 1;
}


static void
ngx_http_finance_idem_other(ngx_http_finance_idem_t *idem, const char *msg)
{
    fin_problem_t   *problem;
    fin_problems_t   problems;

    fin_problems_init(&problems);

    problem = fin_problem_add(&problems, "value_error", "%s", msg);
    fin_problem_at(problem, "header");
    fin_problem_at(problem, "idempotency-key");
    fin_problem_input_text(problem, (char *) idem->header.data,
                           idem->header.len);

    ngx_http_finance_call_fail_problems(idem->call, &problems);
}


/*
 * The answer of a request whose key is reserved: a failure gives it back
 * first, so that the client's next try does not find it in flight.
 */

static void
ngx_http_finance_idem_respond(ngx_http_finance_call_t *call)
{
    ngx_http_finance_idem_t  *idem;

    idem = call->idem;
    ngx_http_finance_idem_settle(idem);

    if (idem->reserved && !idem->kept) {

        idem->reserved = 0;

        if (ngx_http_finance_idem_release(idem, &idem->release) == NGX_OK) {
            call->task.resume = ngx_http_finance_idem_released;
            ngx_http_finance_redis_start(&idem->release, &call->task,
                                         call->conf->redis);
            return;
        }
    }

    idem->respond(call);
}


static void
ngx_http_finance_idem_released(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t  *call;
    ngx_http_finance_idem_t  *idem;

    call = task->data;
    idem = call->idem;

    if (!ngx_http_finance_op_running(&idem->release.op)) {
        idem->respond(call);
    }
}


static ngx_int_t
ngx_http_finance_idem_release(ngx_http_finance_idem_t *idem,
    ngx_http_finance_redis_batch_t *batch)
{
    ngx_http_finance_redis_batch_init(batch, idem->call->request->pool);

    return ngx_http_finance_hold_free(batch, &idem->key, &idem->pending);
}


/* the client has left in the middle */

static void
ngx_http_finance_idem_cleanup(void *data)
{
    ngx_http_finance_idem_t  *idem = data;

    ngx_http_finance_redis_batch_t  batch;

    ngx_http_finance_idem_settle(idem);

    if (!idem->reserved || idem->kept) {
        return;
    }

    idem->reserved = 0;

    if (ngx_http_finance_idem_release(idem, &batch) == NGX_OK) {
        /* the key may be being reserved right now */
        ngx_http_finance_redis_forget_behind(&batch, &idem->redis,
                                             idem->call->conf->redis,
                                             ngx_cycle->log);
    }
}

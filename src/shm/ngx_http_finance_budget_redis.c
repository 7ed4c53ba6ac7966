/*
 * The budget of all hosts that share a Redis: a sorted set of starts by Redis'
 * own clock, one script for a question.
 */


#include "ngx_http_finance_budget.h"


#define NGX_HTTP_FINANCE_BUDGET_BUSY   100   /* ms */

/* what older jobs do not take is looked for so often, ms */
#define NGX_HTTP_FINANCE_BUDGET_LOOK   200

#define NGX_HTTP_FINANCE_BUDGET_ARGS   16
#define NGX_HTTP_FINANCE_BUDGET_REPLY  5

/* "finance:budget:{NAME}", and a member: id, number of the question, i */
#define NGX_HTTP_FINANCE_BUDGET_MEMBER                                        \
    (FIN_UUID_LEN + 2 * NGX_INT_T_LEN + 2)


static void ngx_http_finance_budget_answered(ngx_http_finance_task_t *task);
static ngx_uint_t ngx_http_finance_budget_late(ngx_http_finance_budget_t *b);
static void ngx_http_finance_budget_alone(ngx_http_finance_budget_t *b,
    const char *why);
static ngx_int_t ngx_http_finance_budget_question(
    ngx_http_finance_budget_t *b, ngx_http_finance_redis_batch_t *batch,
    ngx_uint_t want, const ngx_http_finance_claim_t *claim);
static u_char *ngx_http_finance_budget_job(ngx_http_finance_budget_t *b,
    u_char *p, uint64_t seq);
static u_char *ngx_http_finance_budget_number(u_char *p, ngx_str_t *arg,
    uint64_t n);
static ngx_uint_t ngx_http_finance_budget_numbers(
    const ngx_http_finance_redis_reply_t *reply);
static ngx_int_t ngx_http_finance_budget_key(ngx_http_finance_budget_t *b,
    ngx_pool_t *pool, const char *suffix, ngx_str_t *key);


/*
 * KEYS: the starts by time; the jobs that still need some, by their birth; how
 * many each needs, and until when.
 * ARGV: how many are wanted; how many there may be in a span; the span; how much
 * later they start; a prefix for their names; the job's name, what it needs,
 * its age, its time left, what is added to the birth of background work.
 *
 * Starts far ahead of the clock, which was set back, count as of now.
 *
 * Returns how many are granted, ms until the next one, how many are left, how
 * many older jobs need, ms until the job's last one.
 */
static ngx_str_t  ngx_http_finance_budget_script = ngx_string(
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000 + math.floor(t[2] / 1000) "
    "local cap = tonumber(ARGV[2]) "
    "local span = tonumber(ARGV[3]) "
    "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - span) "
    "for _, m in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], "
    "now + 2 * span, '+inf')) do redis.call('ZADD', KEYS[1], now, m) end "
    "local n = redis.call('ZCARD', KEYS[1]) "

    "local me = ARGV[6] "
    "local need = tonumber(ARGV[7]) "
    "local late = tonumber(ARGV[10]) "
    "local born = now - ARGV[8] + late "
    "local ahead = 0 "
    "if me ~= '' then "
    "local known = redis.call('ZSCORE', KEYS[2], me) "
    "if known and (tonumber(known) < 1e14) == (late == 0) then "
    "born = tonumber(known) "
    "end "
    "for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', "
    "string.format('(%.0f', born))) do "
    "local v = redis.call('HGET', KEYS[3], id) "
    "local k, til = string.match(v or '', '^(%d+) (%d+)$') "
    "if not k or tonumber(til) <= now then "
    "redis.call('ZREM', KEYS[2], id) redis.call('HDEL', KEYS[3], id) "
    "elseif id ~= me then ahead = ahead + k "
    "end end end "

    "local got = math.max(math.min(tonumber(ARGV[1]), cap - n - ahead), 0) "
    "for i = 1, got do "
    "redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[5] .. i) "
    "end "
    "if got > 0 then redis.call('PEXPIRE', KEYS[1], 4 * span) end "
    "n = n + got "
    "need = need - got "

    "if me ~= '' then "
    "if need > 0 then "
    "redis.call('ZADD', KEYS[2], string.format('%.0f', born), me) "
    "redis.call('HSET', KEYS[3], me, "
    "string.format('%.0f %.0f', need, now + ARGV[9])) "
    "redis.call('PEXPIRE', KEYS[2], 3600000) "
    "redis.call('PEXPIRE', KEYS[3], 3600000) "
    "else "
    "redis.call('ZREM', KEYS[2], me) redis.call('HDEL', KEYS[3], me) "
    "end end "

    "local function wait(k) "
    "if k < 1 then return 0 end "
    "local i = n - cap + (k - 1) % cap + 1 "
    "local w = math.floor((k - 1) / cap) * span "
    "if i > 0 then "
    "local e = redis.call('ZRANGE', KEYS[1], i - 1, i - 1, 'WITHSCORES') "
    "w = w + math.max(e[2] + span - now, 0) "
    "end "
    "return w end "

    "return {got, wait(ahead + 1), math.max(cap - n, 0), ahead, "
    "need > 0 and wait(ahead + need) or 0}");


void
ngx_http_finance_budget_ask(ngx_http_finance_budget_t *b)
{
    b->asks++;

    if (b->id[0] == '\0' && fin_uuid_make(b->id) != FIN_OK) {
        b->id[0] = '\0';
    }

    ngx_http_finance_task_init(&b->task, NULL, ngx_cycle->log,
                               ngx_http_finance_budget_answered, b, 0);

    b->pool = ngx_create_pool(4096, ngx_cycle->log);

    if (b->pool) {
        ngx_http_finance_redis_batch_init(&b->batch, b->pool);
    }

    if (b->pool == NULL || b->id[0] == '\0'
        || ngx_http_finance_budget_question(b, &b->batch, b->asked,
                                            &b->claim)
           != NGX_OK)
    {
        /* the answer is read, and there is none */

        ngx_memzero(&b->batch.op, sizeof(ngx_http_finance_op_t));
        b->batch.op.state = NGX_HTTP_FINANCE_OP_DONE;
        b->batch.op.status = FIN_E_NOMEM;

        ngx_http_finance_task_wake(&b->task);
        return;
    }

    ngx_http_finance_redis_start(&b->batch, &b->task, b->redis);
}


static void
ngx_http_finance_budget_answered(ngx_http_finance_task_t *task)
{
    int64_t                          wait, last;
    ngx_uint_t                       got;
    fin_status_t                     status;
    ngx_http_finance_budget_t       *b;
    ngx_http_finance_redis_reply_t  *r;

    b = task->data;

    if (ngx_http_finance_op_running(&b->batch.op)) {
        return;
    }

    status = b->batch.op.status;
    r = b->batch.reply;

    got = 0;
    wait = NGX_HTTP_FINANCE_BUDGET_BUSY;
    last = 0;
    b->local = 0;
    b->ahead = 0;

    if (status == FIN_OK && ngx_http_finance_budget_numbers(r)) {
        ngx_http_finance_budget_alone(b, NULL);

        got = ngx_min((ngx_uint_t) r->element[0].integer, b->asked);
        wait = r->element[1].integer;
        wait = wait ? wait : NGX_HTTP_FINANCE_BUDGET_LOOK;
        b->ahead = (ngx_uint_t) r->element[3].integer;
        last = r->element[4].integer;

        if (got && ngx_http_finance_budget_late(b)) {
            b->got = got;
            b->held = got;
            ngx_http_finance_budget_unask(b);
            got = 0;
            wait = 1;
        }

    } else if (status != FIN_E_BUSY && status != FIN_E_NOMEM) {
        ngx_http_finance_budget_alone(b, status == FIN_OK
                                         ? "it refuses the script"
                                         : fin_status_name(status));
        got = b->asked;
        b->local = 1;
    }

    ngx_http_finance_task_end(&b->task);

    if (b->pool) {
        ngx_destroy_pool(b->pool);
        b->pool = NULL;
    }

    ngx_http_finance_budget_granted(b, got, wait, last);
}


/*
 * A start that Redis counts at an instant must not be made long after it.  Of a
 * Redis that is always slow, later instants are asked for.
 */

static ngx_uint_t
ngx_http_finance_budget_late(ngx_http_finance_budget_t *b)
{
    int64_t  slack, took, allowed;

    slack = ngx_http_finance_budget_slack(b);
    took = ngx_http_finance_zone_now() / 1000000 - b->asked_at;
    allowed = slack / 2 + b->lag;

    b->lag = 0;

    if (took > slack / 2) {
        b->lag = ngx_min(took + took / 2,
                         ngx_http_finance_budget_span(b) / 2);
    }

    return took > allowed;
}


/* logged when it changes; NULL: it is with the others again */

static void
ngx_http_finance_budget_alone(ngx_http_finance_budget_t *b, const char *why)
{
    if (why && !b->away) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "finance_budget is counted by this nginx alone, Redis "
                      "does not answer: %s", why);

    } else if (why == NULL && b->away) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "finance_budget is counted in Redis again");
    }

    b->away = why != NULL;
}


/* claim NULL: for nobody */

static ngx_int_t
ngx_http_finance_budget_question(ngx_http_finance_budget_t *b,
    ngx_http_finance_redis_batch_t *batch, ngx_uint_t want,
    const ngx_http_finance_claim_t *claim)
{
    u_char      *p;
    ngx_str_t    argv[NGX_HTTP_FINANCE_BUDGET_ARGS];
    ngx_pool_t  *pool;

    static const ngx_http_finance_claim_t  nobody;

    pool = batch->pool;
    p = ngx_pnalloc(pool, 2 * NGX_HTTP_FINANCE_BUDGET_MEMBER
                          + 9 * NGX_INT64_LEN);

    if (p == NULL
        || ngx_http_finance_budget_key(b, pool, "", &argv[3]) != NGX_OK
        || ngx_http_finance_budget_key(b, pool, ":jobs", &argv[4]) != NGX_OK
        || ngx_http_finance_budget_key(b, pool, ":needs", &argv[5])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = ngx_http_finance_budget_script;
    ngx_str_set(&argv[2], "3");

    argv[10].data = p;
    p = ngx_sprintf(p, "%s:%ui:", b->id, b->asks);
    argv[10].len = p - argv[10].data;

    argv[11].data = p;

    if (claim) {
        p = ngx_http_finance_budget_job(b, p, claim->seq);
    }

    argv[11].len = p - argv[11].data;

    claim = claim ? claim : &nobody;

    p = ngx_http_finance_budget_number(p, &argv[6], want);
    p = ngx_http_finance_budget_number(p, &argv[7],
                   ngx_http_finance_budget_share(b, claim->background));
    p = ngx_http_finance_budget_number(p, &argv[8],
                   (uint64_t) ngx_http_finance_budget_span(b));
    p = ngx_http_finance_budget_number(p, &argv[9], (uint64_t) b->lag);
    p = ngx_http_finance_budget_number(p, &argv[12], claim->need);
    p = ngx_http_finance_budget_number(p, &argv[13], claim->age);
    p = ngx_http_finance_budget_number(p, &argv[14], claim->left);
    (void) ngx_http_finance_budget_number(p, &argv[15],
                                          claim->background
                                          ? 100000000000000ULL : 0);

    return ngx_http_finance_redis_add(batch, NGX_HTTP_FINANCE_BUDGET_ARGS,
                                      argv);
}


static u_char *
ngx_http_finance_budget_number(u_char *p, ngx_str_t *arg, uint64_t n)
{
    arg->data = p;
    p = ngx_sprintf(p, "%uL", n);
    arg->len = p - arg->data;

    return p;
}


static u_char *
ngx_http_finance_budget_job(ngx_http_finance_budget_t *b, u_char *p,
    uint64_t seq)
{
    return ngx_sprintf(p, "%s:%uL", b->id, seq);
}


void
ngx_http_finance_budget_leave(ngx_http_finance_budget_t *b, uint64_t seq)
{
    u_char                           name[NGX_HTTP_FINANCE_BUDGET_MEMBER];
    ngx_str_t                        argv[3];
    ngx_pool_t                      *pool;
    ngx_http_finance_redis_batch_t   batch;

    if (b->away || b->id[0] == '\0') {
        return;
    }

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    ngx_http_finance_redis_batch_init(&batch, pool);

    argv[2].data = name;
    argv[2].len = ngx_http_finance_budget_job(b, name, seq) - name;

    ngx_str_set(&argv[0], "ZREM");

    if (ngx_http_finance_budget_key(b, pool, ":jobs", &argv[1]) != NGX_OK
        || ngx_http_finance_redis_add(&batch, 3, argv) != NGX_OK)
    {
        goto done;
    }

    ngx_str_set(&argv[0], "HDEL");

    if (ngx_http_finance_budget_key(b, pool, ":needs", &argv[1]) == NGX_OK
        && ngx_http_finance_redis_add(&batch, 3, argv) == NGX_OK)
    {
        ngx_http_finance_redis_forget(&batch, b->redis, ngx_cycle->log);
    }

done:

    ngx_destroy_pool(pool);
}


void
ngx_http_finance_budget_unask(ngx_http_finance_budget_t *b)
{
    u_char                          *p;
    ngx_str_t                        argv[2 + NGX_HTTP_FINANCE_BUDGET_ASK];
    ngx_uint_t                       i, n;
    ngx_pool_t                      *pool;
    ngx_http_finance_redis_batch_t   batch;

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    ngx_http_finance_redis_batch_init(&batch, pool);

    n = 2;
    p = ngx_pnalloc(pool, b->held * NGX_HTTP_FINANCE_BUDGET_MEMBER);

    if (p == NULL
        || ngx_http_finance_budget_key(b, pool, "", &argv[1]) != NGX_OK)
    {
        goto done;
    }

    ngx_str_set(&argv[0], "ZREM");

    for (i = b->got - b->held + 1; i <= b->got; i++) {
        argv[n].data = p;
        p = ngx_sprintf(p, "%s:%ui:%ui", b->id, b->asks, i);
        argv[n].len = p - argv[n].data;
        n++;
    }

    if (ngx_http_finance_redis_add(&batch, n, argv) == NGX_OK) {
        ngx_http_finance_redis_forget(&batch, b->redis, ngx_cycle->log);
    }

done:

    ngx_destroy_pool(pool);
}


ngx_int_t
ngx_http_finance_budget_add_left(ngx_http_finance_budget_t *b,
    ngx_http_finance_redis_batch_t *batch)
{
    return ngx_http_finance_budget_question(b, batch, 0, NULL);
}


ngx_int_t
ngx_http_finance_budget_left_reply(const ngx_http_finance_redis_reply_t *reply)
{
    if (!ngx_http_finance_budget_numbers(reply)) {
        return NGX_ERROR;
    }

    return (ngx_int_t) reply->element[2].integer;
}


static ngx_uint_t
ngx_http_finance_budget_numbers(const ngx_http_finance_redis_reply_t *reply)
{
    ngx_uint_t  i;

    if (reply->type != NGX_HTTP_FINANCE_REDIS_ARRAY
        || reply->n != NGX_HTTP_FINANCE_BUDGET_REPLY)
    {
        return 0;
    }

    for (i = 0; i < NGX_HTTP_FINANCE_BUDGET_REPLY; i++) {
        if (reply->element[i].type != NGX_HTTP_FINANCE_REDIS_INTEGER
            || reply->element[i].integer < 0
            || reply->element[i].integer > INT32_MAX)
        {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_finance_budget_key(ngx_http_finance_budget_t *b, ngx_pool_t *pool,
    const char *suffix, ngx_str_t *key)
{
    key->data = ngx_pnalloc(pool, sizeof("finance:budget:{}:needs")
                                  + b->zone->name.len);
    if (key->data == NULL) {
        return NGX_ERROR;
    }

    key->len = ngx_sprintf(key->data, "finance:budget:{%V}%s", &b->zone->name,
                           suffix)
               - key->data;

    return NGX_OK;
}

/*
 * A round of finance_refresh: whom there is, what they watch, when it expires.
 * Redis is asked in batches, each in a pool of its own, so that many owners
 * neither hold up the event loop nor fill the memory.
 */


#include "ngx_http_finance_owners.h"
#include "ngx_http_finance_round.h"
#include "../codec/fin_key.h"


/* owners, and tickers, of a batch; tickers of a watchlist as in a dashboard */
#define NGX_HTTP_FINANCE_ROUND_BATCH    "50"
#define NGX_HTTP_FINANCE_ROUND_TICKERS  200
#define NGX_HTTP_FINANCE_ROUND_LIST     "499"


static void ngx_http_finance_round_cleanup(void *data);
static void ngx_http_finance_round_resume(ngx_http_finance_task_t *task);
static ngx_int_t ngx_http_finance_round_run(ngx_http_finance_round_t *round);
static ngx_int_t ngx_http_finance_round_owners(
    ngx_http_finance_round_t *round);
static ngx_int_t ngx_http_finance_round_lists(
    ngx_http_finance_round_t *round);
static ngx_int_t ngx_http_finance_round_lists_add(
    ngx_http_finance_round_t *round, ngx_http_finance_redis_reply_t *owners);
static void ngx_http_finance_round_listed(ngx_http_finance_round_t *round);
static ngx_int_t ngx_http_finance_round_heads(
    ngx_http_finance_round_t *round);
static void ngx_http_finance_round_headed(ngx_http_finance_round_t *round);
static ngx_int_t ngx_http_finance_round_batch(
    ngx_http_finance_round_t *round);
static ngx_int_t ngx_http_finance_round_send(
    ngx_http_finance_round_t *round, ngx_http_finance_round_step_e step);
static ngx_int_t ngx_http_finance_round_finish(
    ngx_http_finance_round_t *round);


void
ngx_http_finance_round_start(ngx_http_finance_watch_t *watch)
{
    ngx_msec_t                 began;
    ngx_http_cleanup_t        *cln;
    ngx_http_request_t        *r;
    ngx_http_finance_round_t  *round;

    began = ngx_current_msec;

    r = ngx_http_finance_detached_create(&watch->place);
    if (r == NULL) {
        ngx_http_finance_watch_rest(watch, began, -1);
        return;
    }

    round = ngx_pcalloc(r->pool, sizeof(ngx_http_finance_round_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (round == NULL || cln == NULL) {
        ngx_http_finance_detached_close(r);
        ngx_http_finance_watch_rest(watch, began, -1);
        return;
    }

    cln->handler = ngx_http_finance_round_cleanup;
    cln->data = round;

    /* nginx closes what is idle when it quits */
    r->connection->idle = 1;

    round->watch = watch;
    round->conf = watch->conf;
    round->request = r;
    round->began = began;
    round->retry_after = -1;
    round->cursor[0] = '0';
    round->cursor_len = 1;
    fin_watch_init(&round->tickers);

    watch->round = round;

    ngx_http_finance_task_init(&round->task, r, r->connection->log,
                               ngx_http_finance_round_resume, round, 0);

    if (ngx_http_finance_round_owners(round) != NGX_AGAIN) {
        ngx_http_finance_round_stop(watch);
        ngx_http_finance_watch_rest(watch, began, -1);
    }
}


void
ngx_http_finance_round_stop(ngx_http_finance_watch_t *watch)
{
    if (watch->round) {
        ngx_http_finance_detached_close(watch->round->request);
    }
}


/* its end, and when nginx closes it under way */

static void
ngx_http_finance_round_cleanup(void *data)
{
    ngx_http_finance_round_t  *round = data;

    ngx_http_finance_task_end(&round->task);

    if (round->pool) {
        ngx_destroy_pool(round->pool);
    }

    fin_watch_free(&round->tickers);

    round->watch->round = NULL;
}


static void
ngx_http_finance_round_resume(ngx_http_finance_task_t *task)
{
    time_t                     retry_after;
    ngx_int_t                  rc;
    ngx_msec_t                 began;
    ngx_http_finance_round_t  *round;
    ngx_http_finance_watch_t  *watch;

    round = task->data;
    watch = round->watch;

    rc = ngx_http_finance_round_run(round);

    if (rc == NGX_AGAIN) {
        return;
    }

    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_ROUNDS
                              + (rc == NGX_DONE && !round->stop
                                 ? NGX_HTTP_FINANCE_OUTCOME_OK
                                 : NGX_HTTP_FINANCE_OUTCOME_FAILED), 1);

    if (round->done) {
        ngx_log_error(NGX_LOG_INFO, task->log, 0,
                      "finance: %ui of %ui watched tickers refreshed",
                      round->done, round->watched);
    }

    began = round->began;
    retry_after = round->retry_after;

    ngx_http_finance_round_stop(watch);
    ngx_http_finance_watch_rest(watch, began, retry_after);
}


/* NGX_AGAIN; else it is over */

static ngx_int_t
ngx_http_finance_round_run(ngx_http_finance_round_t *round)
{
    if (round->task.step >= NGX_HTTP_FINANCE_ROUND_JOBS_RUN) {
        return ngx_http_finance_round_jobs(round);
    }

    if (ngx_http_finance_op_running(&round->redis.op)) {
        return NGX_AGAIN;
    }

    if (round->redis.op.status != FIN_OK
        || !ngx_http_finance_watch_leads(round->watch))
    {
        return NGX_ERROR;
    }

    switch (round->task.step) {

    case NGX_HTTP_FINANCE_ROUND_OWNERS:
        return ngx_http_finance_round_lists(round);

    case NGX_HTTP_FINANCE_ROUND_LISTS:
        ngx_http_finance_round_listed(round);

        if (round->cursor_len != 1 || round->cursor[0] != '0') {
            return ngx_http_finance_round_owners(round);
        }

        break;

    default: /* NGX_HTTP_FINANCE_ROUND_HEADS */
        ngx_http_finance_round_headed(round);
    }

    if (round->heads < round->tickers.n) {
        return ngx_http_finance_round_heads(round);
    }

    return ngx_http_finance_round_finish(round);
}


/* all is known: to the work */

static ngx_int_t
ngx_http_finance_round_finish(ngx_http_finance_round_t *round)
{
    round->watched = round->tickers.n;
    round->began_ms = ngx_http_finance_now();

    fin_watch_pick(&round->tickers, round->began_ms);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, round->task.log, 0,
                   "finance refresh: %uz of %ui tickers are due",
                   round->tickers.n, round->watched);

    if (round->pool) {
        ngx_destroy_pool(round->pool);
        round->pool = NULL;
    }

    round->task.step = NGX_HTTP_FINANCE_ROUND_JOBS_RUN;

    return ngx_http_finance_round_jobs(round);
}


static ngx_int_t
ngx_http_finance_round_owners(ngx_http_finance_round_t *round)
{
    ngx_str_t  argv[5];

    if (ngx_http_finance_round_batch(round) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "ZSCAN");
    ngx_str_set(&argv[1], NGX_HTTP_FINANCE_OWNERS_KEY);
    argv[2].data = round->cursor;
    argv[2].len = round->cursor_len;
    ngx_str_set(&argv[3], "COUNT");
    ngx_str_set(&argv[4], NGX_HTTP_FINANCE_ROUND_BATCH);

    if (ngx_http_finance_owners_forget(&round->redis) != NGX_OK
        || ngx_http_finance_redis_add(&round->redis, 5, argv) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_round_send(round, NGX_HTTP_FINANCE_ROUND_OWNERS);
}


/* [cursor, [owner, score, ...]] */

static ngx_int_t
ngx_http_finance_round_lists(ngx_http_finance_round_t *round)
{
    ngx_int_t                        rc;
    ngx_pool_t                      *pool;
    ngx_http_finance_redis_reply_t  *r, *cursor;

    r = &round->redis.reply[1];

    if (r->type != NGX_HTTP_FINANCE_REDIS_ARRAY || r->n != 2) {
        return NGX_ERROR;
    }

    cursor = &r->element[0];

    if (cursor->type != NGX_HTTP_FINANCE_REDIS_STRING || cursor->str.len == 0
        || cursor->str.len > sizeof(round->cursor)
        || r->element[1].type != NGX_HTTP_FINANCE_REDIS_ARRAY)
    {
        return NGX_ERROR;
    }

    round->cursor_len = cursor->str.len;
    ngx_memcpy(round->cursor, cursor->str.data, cursor->str.len);

    /* the owners' names are read while the next batch is made */

    pool = round->pool;
    round->pool = NULL;

    rc = ngx_http_finance_round_lists_add(round, &r->element[1]);

    ngx_destroy_pool(pool);

    return rc == NGX_OK
           ? ngx_http_finance_round_send(round, NGX_HTTP_FINANCE_ROUND_LISTS)
           : NGX_ERROR;
}


static ngx_int_t
ngx_http_finance_round_lists_add(ngx_http_finance_round_t *round,
    ngx_http_finance_redis_reply_t *owners)
{
    char        key[FIN_KEY_MAX];
    ngx_str_t   argv[4], *owner;
    ngx_uint_t  i;

    if (ngx_http_finance_round_batch(round) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "ZRANGE");
    ngx_str_set(&argv[2], "0");
    ngx_str_set(&argv[3], NGX_HTTP_FINANCE_ROUND_LIST);

    for (i = 0; i < owners->n; i += 2) {
        owner = &owners->element[i].str;

        argv[1].data = (u_char *) key;
        argv[1].len = fin_key_watchlist(key, (char *) owner->data,
                                        owner->len);

        if (argv[1].len
            && ngx_http_finance_redis_add(&round->redis, 4, argv) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static void
ngx_http_finance_round_listed(ngx_http_finance_round_t *round)
{
    ngx_uint_t                       i, k;
    ngx_http_finance_redis_reply_t  *r;

    for (i = 0; i < round->redis.n; i++) {
        r = &round->redis.reply[i];

        if (r->type != NGX_HTTP_FINANCE_REDIS_ARRAY) {
            continue;
        }

        for (k = 0; k < r->n; k++) {
            (void) fin_watch_add(&round->tickers,
                                 (char *) r->element[k].str.data,
                                 r->element[k].str.len);
        }
    }
}


/* when each expires: the first bytes of its snapshot */

static ngx_int_t
ngx_http_finance_round_heads(ngx_http_finance_round_t *round)
{
    char        key[FIN_KEY_MAX];
    u_char      end[NGX_INT_T_LEN];
    ngx_str_t   argv[4];
    ngx_uint_t  i, n;

    if (ngx_http_finance_round_batch(round) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "GETRANGE");
    ngx_str_set(&argv[2], "0");
    argv[3].data = end;
    argv[3].len = ngx_sprintf(end, "%d", FIN_SNAPSHOT_TIMES - 1) - end;

    n = ngx_min(round->tickers.n - round->heads,
                NGX_HTTP_FINANCE_ROUND_TICKERS);

    for (i = 0; i < n; i++) {
        argv[1].data = (u_char *) key;
        argv[1].len = fin_key_cache(key, "stock",
                                round->tickers.item[round->heads + i].ticker);

        if (ngx_http_finance_redis_add(&round->redis, 4, argv) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    round->heads += n;

    return ngx_http_finance_round_send(round, NGX_HTTP_FINANCE_ROUND_HEADS);
}


static void
ngx_http_finance_round_headed(ngx_http_finance_round_t *round)
{
    ngx_str_t                       *head;
    ngx_uint_t                       i, n;
    ngx_http_finance_redis_reply_t  *r;

    n = round->redis.n;

    for (i = 0; i < n; i++) {
        r = &round->redis.reply[i];
        head = &r->str;

        /* a tenth more than usual is usual: fresh_until() */

        fin_watch_head(&round->tickers.item[round->heads - n + i],
                       (char *) head->data,
                       r->type == NGX_HTTP_FINANCE_REDIS_STRING ? head->len
                                                                : 0,
                       (int64_t) round->watch->ahead,
                       (int64_t) round->conf->stock_fresh * 1100);
    }
}


/* an empty one; what the last one brought is gone */

static ngx_int_t
ngx_http_finance_round_batch(ngx_http_finance_round_t *round)
{
    if (round->pool) {
        ngx_destroy_pool(round->pool);
    }

    round->pool = ngx_create_pool(4096, round->task.log);
    if (round->pool == NULL) {
        return NGX_ERROR;
    }

    ngx_http_finance_redis_batch_init(&round->redis, round->pool);

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_round_send(ngx_http_finance_round_t *round,
    ngx_http_finance_round_step_e step)
{
    round->task.step = step;

    ngx_http_finance_redis_start(&round->redis, &round->task,
                                 round->conf->redis);

    return NGX_AGAIN;
}

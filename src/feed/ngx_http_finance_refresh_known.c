/* What a refresh knows before it asks the market: see refresh.h. */


#include "ngx_http_finance_job_budget.h"
#include "ngx_http_finance_refresh.h"
#include "../codec/fin_key.h"
#include "../core/fin_time.h"


/* nobody waits longer for what may be left out, nor asks more often */
#define NGX_HTTP_FINANCE_FACT_TIMEOUT   5000
#define NGX_HTTP_FINANCE_FACT_ATTEMPTS  2


static ngx_int_t ngx_http_finance_known_ask(ngx_http_finance_job_t *job,
    ngx_http_finance_redis_batch_t *batch);
static void ngx_http_finance_unknown_read(ngx_http_finance_job_t *job,
    ngx_str_t *value);
static void ngx_http_finance_history_read(ngx_http_finance_redis_reply_t *r,
    fin_build_t *b);
static void ngx_http_finance_fact_cached(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which, ngx_http_finance_redis_reply_t *r);
static void ngx_http_finance_fact_take(fin_build_t *b,
    ngx_http_finance_fact_e which, const fin_record_t *record);
static void ngx_http_finance_fact_done(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which);
static fin_status_t ngx_http_finance_fact_parse(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which, fin_out_t *data);
static void ngx_http_finance_fact_store(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which, fin_out_t *data);


static const struct {
    const char                *key;
    ngx_http_finance_plan_e    plan;
} ngx_http_finance_facts[] = {
    { "earnings", NGX_HTTP_FINANCE_PLAN_EARNINGS },
    { "dividends", NGX_HTTP_FINANCE_PLAN_DIVIDENDS }
};


void
ngx_http_finance_refresh_known_start(ngx_http_finance_job_t *job)
{
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    ngx_http_finance_redis_batch_init(&refresh->redis, job->request->pool);

    if (ngx_http_finance_known_ask(job, &refresh->redis) == NGX_OK) {
        ngx_http_finance_redis_start(&refresh->redis, &job->task,
                                     job->conf->redis);
        return;
    }

    ngx_http_finance_task_wake(&job->task);
}


/* HGETALL of the volatilities, GET of each fact and of what the ticker is, MGET
 * of the plan */

static ngx_int_t
ngx_http_finance_known_ask(ngx_http_finance_job_t *job,
    ngx_http_finance_redis_batch_t *batch)
{
    char        key[FIN_KEY_MAX];
    ngx_str_t   argv[2];
    ngx_uint_t  i;

    argv[1].data = (u_char *) key;

    ngx_str_set(&argv[0], "HGETALL");
    argv[1].len = fin_key_iv(key, job->ticker);

    if (ngx_http_finance_redis_add(batch, 2, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "GET");

    for (i = 0; i < NGX_HTTP_FINANCE_FACT_COUNT; i++) {
        argv[1].len = fin_key_cache(key, ngx_http_finance_facts[i].key,
                                    job->ticker);

        if (ngx_http_finance_redis_add(batch, 2, argv) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    argv[1].len = fin_key_cache(key, "ref", job->ticker);

    if (ngx_http_finance_redis_add(batch, 2, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_finance_plan_ask(batch);
}


void
ngx_http_finance_refresh_known_read(ngx_http_finance_job_t *job)
{
    ngx_str_t                        kept;
    ngx_uint_t                       i;
    ngx_http_finance_refresh_t      *refresh;
    ngx_http_finance_redis_reply_t  *r;

    refresh = job->state;

    if (!ngx_http_finance_op_done(&refresh->redis.op)
        || refresh->redis.op.status != FIN_OK)
    {
        ngx_http_finance_job_kept(job->request, job->conf,
                                  NGX_HTTP_FINANCE_JOB_REFERENCE, job->ticker,
                                  NULL, &kept);
        ngx_http_finance_unknown_read(job, &kept);
        return;
    }

    r = refresh->redis.reply;

    ngx_http_finance_history_read(&r[0], refresh->build);

    for (i = 0; i < NGX_HTTP_FINANCE_FACT_COUNT; i++) {
        ngx_http_finance_fact_cached(job, i, &r[i + 1]);
    }

    r = &r[NGX_HTTP_FINANCE_FACT_COUNT + 1];

    if (r[0].type == NGX_HTTP_FINANCE_REDIS_STRING) {
        ngx_http_finance_unknown_read(job, &r[0].str);
    }

    ngx_http_finance_plan_told(job->conf, &r[1]);
}


/* what the market does not know need not be asked for, for a while */

static void
ngx_http_finance_unknown_read(ngx_http_finance_job_t *job, ngx_str_t *value)
{
    fin_record_t  record;

    if (fin_record_read((char *) value->data, value->len, &record) == FIN_OK
        && record.fresh_ms > ngx_http_finance_now()
        && !fin_record_known(&record) && !job->force)
    {
        ((ngx_http_finance_refresh_t *) job->state)->unknown = 1;
    }
}


static int ngx_libc_cdecl
ngx_http_finance_history_cmp(const void *one, const void *two)
{
    const fin_iv_day_t  *a = one, *b = two;

    return (a->date > b->date) - (a->date < b->date);
}


static ngx_int_t
ngx_http_finance_history_day(ngx_http_finance_redis_reply_t *e,
    fin_iv_day_t *day)
{
    char   text[32], *end;

    day->date = fin_date_parse((char *) e[0].str.data, e[0].str.len);

    if (day->date == FIN_NO_DATE || e[1].str.len == 0
        || e[1].str.len >= sizeof(text))
    {
        return NGX_ERROR;
    }

    ngx_memcpy(text, e[1].str.data, e[1].str.len);
    text[e[1].str.len] = '\0';

    day->iv = strtod(text, &end);

    return (*end == '\0' && isfinite(day->iv) && day->iv > 0) ? NGX_OK
                                                              : NGX_ERROR;
}


/* a history that cannot be had is an empty one: the fallback stands in */

static void
ngx_http_finance_history_read(ngx_http_finance_redis_reply_t *r,
    fin_build_t *b)
{
    ngx_uint_t     i;
    fin_iv_day_t  *day;

    if (r->type != NGX_HTTP_FINANCE_REDIS_ARRAY) {
        return;
    }

    for (i = 0; i + 1 < r->n && b->n_iv_days < FIN_IV_DAYS_MAX; i += 2) {
        day = &b->iv_day[b->n_iv_days];

        if (ngx_http_finance_history_day(&r->element[i], day) == NGX_OK) {
            b->n_iv_days++;
        }
    }

    ngx_qsort(b->iv_day, b->n_iv_days, sizeof(fin_iv_day_t),
              ngx_http_finance_history_cmp);
}


static void
ngx_http_finance_fact_cached(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which, ngx_http_finance_redis_reply_t *r)
{
    fin_record_t                 record;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    if (r->type != NGX_HTTP_FINANCE_REDIS_STRING
        || fin_record_read((char *) r->str.data, r->str.len, &record)
           != FIN_OK)
    {
        return;
    }

    /* an old one will do until there is a new one */

    ngx_http_finance_fact_take(refresh->build, which, &record);

    if (record.fresh_ms > ngx_http_finance_now()) {
        refresh->fact[which].known = 1;
    }
}


static void
ngx_http_finance_fact_take(fin_build_t *b, ngx_http_finance_fact_e which,
    const fin_record_t *record)
{
    fin_date_t  date;

    if (which == NGX_HTTP_FINANCE_FACT_DIVIDENDS) {
        b->dividends = fin_record_amount(record);
        return;
    }

    date = fin_record_date(record);

    /* a date of the past is none */
    b->earnings = date >= b->today ? date : FIN_NO_DATE;
}


void
ngx_http_finance_refresh_facts_start(ngx_http_finance_job_t *job)
{
    ngx_uint_t                   i;
    fin_retry_t                  retry;
    fin_request_t                req;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    retry = job->conf->retry;
    retry.attempts = ngx_min(retry.attempts, NGX_HTTP_FINANCE_FACT_ATTEMPTS);

    for (i = 0; i < NGX_HTTP_FINANCE_FACT_COUNT; i++) {

        if (refresh->fact[i].known
            || ngx_http_finance_plan_denied(job->conf,
                                            ngx_http_finance_facts[i].plan))
        {
            ngx_http_finance_job_saved(job, 1);
            continue;
        }

        if (i == NGX_HTTP_FINANCE_FACT_EARNINGS) {
            fin_request_earnings(&req, job->ticker, refresh->build->today);

        } else {
            fin_request_dividends(&req, job->ticker, refresh->build->today);
        }

        ngx_http_finance_refresh_try(job, &refresh->fact[i].fetch, &req,
                                     ngx_min(job->conf->timeout,
                                             NGX_HTTP_FINANCE_FACT_TIMEOUT),
                                     &retry);
    }
}


ngx_int_t
ngx_http_finance_refresh_facts_run(ngx_http_finance_job_t *job)
{
    ngx_uint_t                   i;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    for (i = 0; i < NGX_HTTP_FINANCE_FACT_COUNT; i++) {
        if (ngx_http_finance_op_running(&refresh->fact[i].fetch.op)) {
            return NGX_AGAIN;
        }
    }

    for (i = 0; i < NGX_HTTP_FINANCE_FACT_COUNT; i++) {
        if (ngx_http_finance_op_done(&refresh->fact[i].fetch.op)) {
            ngx_http_finance_fact_done(job, i);
        }
    }

    return NGX_OK;
}


void
ngx_http_finance_refresh_facts_free(ngx_http_finance_refresh_t *refresh)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_FINANCE_FACT_COUNT; i++) {
        free(refresh->fact[i].fetch.body);
        refresh->fact[i].fetch.body = NULL;
    }
}


/* 403 and 404 mean "not known", for as long as a fact is fresh */

static void
ngx_http_finance_fact_done(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which)
{
    fin_out_t                    data;
    fin_status_t                 status;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;
    status = refresh->fact[which].fetch.op.status;

    ngx_http_finance_plan_note(job->conf, ngx_http_finance_facts[which].plan,
                               status, job->request->pool, job->task.log);

    fin_out_init(&data, 256);

    switch (status) {

    case FIN_OK:
        status = ngx_http_finance_fact_parse(job, which, &data);
        break;

    case FIN_E_NOT_FOUND:
    case FIN_E_NOT_ENTITLED:
        fin_out_text(&data, which == NGX_HTTP_FINANCE_FACT_EARNINGS
                            ? "{\"date\":null}" : "{\"amount\":null}");
        status = FIN_OK;
        break;

    default:
        break;
    }

    if (status == FIN_OK) {
        ngx_http_finance_fact_store(job, which, &data);
    }

    fin_out_free(&data);
}


static fin_status_t
ngx_http_finance_fact_parse(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which, fin_out_t *data)
{
    size_t                       len;
    double                       amount;
    fin_date_t                   date;
    const char                  *body;
    fin_build_t                 *b;
    fin_status_t                 status;
    fin_in_error_t               err;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;
    b = refresh->build;

    body = (char *) refresh->fact[which].fetch.body;
    len = refresh->fact[which].fetch.len;

    if (which == NGX_HTTP_FINANCE_FACT_EARNINGS) {
        status = fin_in_earnings(body ? body : "", len, b->today, &date, &err);

        if (status == FIN_OK) {
            fin_record_date_write(data, date);
        }

    } else {
        status = fin_in_dividends(body ? body : "", len, b->today, &amount,
                                  &err);

        if (status == FIN_OK) {
            fin_record_amount_write(data, amount);
        }
    }

    if (status != FIN_OK) {
        ngx_log_error(NGX_LOG_ERR, job->task.log, 0,
                      "finance: %s of %s refused: %s %s",
                      ngx_http_finance_facts[which].key, job->ticker,
                      err.field, err.text);
    }

    return status;
}


static void
ngx_http_finance_fact_store(ngx_http_finance_job_t *job,
    ngx_http_finance_fact_e which, fin_out_t *data)
{
    fin_record_t                 record;
    ngx_http_finance_refresh_t  *refresh;

    refresh = job->state;

    record.fetched_at = refresh->build->fetched_at;
    record.fetched_ms = refresh->build->fetched_ms;
    record.fresh_ms = ngx_http_finance_fresh_until(record.fetched_ms,
                                               job->conf->reference_fresh);
    record.data = data->data;
    record.len = data->len;

    ngx_http_finance_fact_take(refresh->build, which, &record);

    ngx_http_finance_record_store(job, ngx_http_finance_facts[which].key,
                                  job->ticker, &record);
}

/*
 * A round's jobs: what is due, in the order in which it expires, some at once
 * and spread over the interval.
 */


#include "ngx_http_finance_round.h"
#include "../codec/fin_record.h"
#include "../feed/ngx_http_finance_cool.h"


/* the market is away: the rest of a round is left out, after so many */
#define NGX_HTTP_FINANCE_ROUND_FAILURES  4

/* the session that could not be had is asked for again after so long, ms */
#define NGX_HTTP_FINANCE_ROUND_AGAIN     60000


static void ngx_http_finance_round_take(ngx_http_finance_round_t *round);
static void ngx_http_finance_round_took(ngx_http_finance_round_t *round,
    ngx_http_finance_round_job_t *job);
static ngx_int_t ngx_http_finance_round_begin(
    ngx_http_finance_round_t *round);
static ngx_msec_t ngx_http_finance_round_wait(
    ngx_http_finance_round_t *round);
static void ngx_http_finance_round_kick(ngx_http_finance_round_t *round,
    fin_watched_t *item);
static ngx_uint_t ngx_http_finance_round_session_fresh(
    ngx_http_finance_round_t *round);
static ngx_int_t ngx_http_finance_round_session(
    ngx_http_finance_round_t *round);
static ngx_http_finance_watch_none_t *ngx_http_finance_round_none(
    ngx_http_finance_round_t *round, const char *ticker);


ngx_int_t
ngx_http_finance_round_jobs(ngx_http_finance_round_t *round)
{
    if (round->task.step == NGX_HTTP_FINANCE_ROUND_SESSION) {

        if (ngx_http_finance_stocks_run(&round->session) == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        round->task.step = NGX_HTTP_FINANCE_ROUND_JOBS_RUN;
    }

    ngx_http_finance_round_take(round);

    if (!ngx_http_finance_watch_leads(round->watch)
        || ngx_http_finance_redis_state(round->conf->redis)
           != NGX_HTTP_FINANCE_REDIS_UP)
    {
        round->stop = 1;
    }

    while (!round->stop && round->next < round->tickers.n) {
        if (ngx_http_finance_round_begin(round) == NGX_AGAIN) {
            return NGX_AGAIN;
        }
    }

    return round->running ? NGX_AGAIN : NGX_DONE;
}


/* those that have ended */

static void
ngx_http_finance_round_take(ngx_http_finance_round_t *round)
{
    ngx_uint_t                     i;
    ngx_http_finance_round_job_t  *job;

    for (i = 0; i < NGX_HTTP_FINANCE_ROUND_JOBS; i++) {
        job = &round->job[i];

        if (job->ticker && !ngx_http_finance_op_running(&job->join.op)) {
            ngx_http_finance_round_took(round, job);

            job->ticker = NULL;
            round->running--;
        }
    }
}


static void
ngx_http_finance_round_took(ngx_http_finance_round_t *round,
    ngx_http_finance_round_job_t *job)
{
    ngx_http_finance_watch_none_t  *none;

    switch (job->join.op.status) {

    case FIN_OK:
        round->done++;
        round->failures = 0;
        return;

    case FIN_E_NO_DATA:
    case FIN_E_NOT_FOUND:
        none = ngx_http_finance_round_none(round, job->ticker);
        ngx_memcpy(none->ticker, job->ticker, sizeof(none->ticker));
        none->until_ms = ngx_http_finance_now() + NGX_HTTP_FINANCE_WATCH_NONE;
        round->failures = 0;
        return;

    case FIN_E_THROTTLED:
    case FIN_E_BUDGET:
    case FIN_E_BUSY:
        round->retry_after = ngx_max(round->retry_after,
                                     job->join.retry_after);
        round->stop = 1;
        return;

    default:
        if (++round->failures == NGX_HTTP_FINANCE_ROUND_FAILURES) {
            round->stop = 1;
        }
    }
}


/* NGX_OK: the next one is under way, or left out; NGX_AGAIN: it has to wait */

static ngx_int_t
ngx_http_finance_round_begin(ngx_http_finance_round_t *round)
{
    ngx_msec_t                      wait;
    fin_watched_t                  *item;
    ngx_http_finance_watch_none_t  *none;

    /* while they fail one after the other */

    if (round->running >= (round->failures ? 1 : NGX_HTTP_FINANCE_ROUND_JOBS))
    {
        return NGX_AGAIN;
    }

    wait = ngx_http_finance_round_wait(round);

    if (wait) {
        if (!ngx_http_finance_op_running(&round->nap)) {
            ngx_http_finance_op_sleep(&round->nap, &round->task, wait);
        }

        return NGX_AGAIN;
    }

    /* jobs want to know whether the market is closed */

    if (!ngx_http_finance_round_session_fresh(round)) {
        return round->running ? NGX_AGAIN
                              : ngx_http_finance_round_session(round);
    }

    item = &round->tickers.item[round->next++];
    none = ngx_http_finance_round_none(round, item->ticker);

    if (ngx_strcmp(none->ticker, item->ticker) == 0
        && none->until_ms > ngx_http_finance_now())
    {
        return NGX_OK;
    }

    if (!ngx_http_finance_cool_is(round->conf, NGX_HTTP_FINANCE_JOB_STOCK,
                                  item->ticker, NULL))
    {
        ngx_http_finance_round_kick(round, item);
    }

    return NGX_OK;
}


static ngx_msec_t
ngx_http_finance_round_wait(ngx_http_finance_round_t *round)
{
    int64_t         at;
    fin_watched_t  *item;

    item = &round->tickers.item[round->next];

    at = fin_watch_begin(round->next, round->tickers.n,
                         (int64_t) round->watch->interval,
                         item->fresh_ms - round->began_ms);
    at -= ngx_http_finance_now() - round->began_ms;

    return at > 0 ? (ngx_msec_t) at : 0;
}


/* what is newer than that when the job has its lease will do */

static void
ngx_http_finance_round_kick(ngx_http_finance_round_t *round,
    fin_watched_t *item)
{
    ngx_uint_t                     i;
    ngx_http_finance_round_job_t  *job;

    for (i = 0; round->job[i].ticker; i++) { /* void */ }

    job = &round->job[i];
    job->ticker = item->ticker;
    round->running++;

    ngx_http_finance_join_background(&job->join, &round->task, round->conf,
                                     NGX_HTTP_FINANCE_JOB_STOCK, item->ticker,
                                     item->fresh_ms);
    job->join.blind = 1;
}


/* as far as it can be had */

static ngx_uint_t
ngx_http_finance_round_session_fresh(ngx_http_finance_round_t *round)
{
    fin_record_t                  record;
    ngx_http_finance_loc_conf_t  *conf;

    conf = round->conf;

    if (conf->session_len
        && fin_record_read((char *) conf->session, conf->session_len, &record)
           == FIN_OK
        && record.fresh_ms > ngx_http_finance_now())
    {
        return 1;
    }

    return round->session_tried
           && ngx_current_msec - round->session_asked
              < NGX_HTTP_FINANCE_ROUND_AGAIN;
}


static ngx_int_t
ngx_http_finance_round_session(ngx_http_finance_round_t *round)
{
    round->session_tried = 1;
    round->session_asked = ngx_current_msec;

    ngx_http_finance_op_cancel(&round->nap);

    if (ngx_http_finance_stocks_start(&round->session, &round->task,
                                      round->conf, NULL, 0, 0, 1)
        != NGX_OK)
    {
        return NGX_OK;
    }

    round->session.background = 1;
    round->task.step = NGX_HTTP_FINANCE_ROUND_SESSION;

    return NGX_AGAIN;
}


static ngx_http_finance_watch_none_t *
ngx_http_finance_round_none(ngx_http_finance_round_t *round,
    const char *ticker)
{
    uint64_t  hash;

    hash = fin_hash64(ticker, ngx_strlen(ticker), 0);

    return &round->watch->none[hash % NGX_HTTP_FINANCE_WATCH_NONES];
}

/* GET health: what this worker knows; asks Redis, never the market. */


#include "ngx_http_finance_call.h"
#include "ngx_http_finance_version.h"
#include "ngx_http_finance_watch.h"
#include "../feed/ngx_http_finance_plan.h"
#include "../fetch/ngx_http_finance_fetch.h"


static void ngx_http_finance_health_resume(ngx_http_finance_task_t *task);
static void ngx_http_finance_health_redis(fin_out_t *out,
    ngx_http_finance_call_t *call, ngx_uint_t up);
static void ngx_http_finance_health_market(fin_out_t *out,
    ngx_http_finance_call_t *call);
static void ngx_http_finance_health_budget(fin_out_t *out,
    ngx_http_finance_redis_batch_t *asked);
static ngx_uint_t ngx_http_finance_health_market_ok(
    ngx_http_finance_call_t *call);


void
ngx_http_finance_health(ngx_http_finance_call_t *call)
{
    ngx_str_t                        argv[1];
    ngx_http_finance_budget_t       *budget;
    ngx_http_finance_redis_batch_t  *ping;

    ping = ngx_pcalloc(call->request->pool,
                       sizeof(ngx_http_finance_redis_batch_t));
    if (ping == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = ping;
    call->task.resume = ngx_http_finance_health_resume;

    ngx_http_finance_redis_batch_init(ping, call->request->pool);
    ngx_str_set(&argv[0], "PING");

    budget = ngx_http_finance_fetch_budget();

    if (ngx_http_finance_redis_add(ping, 1, argv) != NGX_OK
        || (budget && budget->redis == call->conf->redis
            && ngx_http_finance_budget_add_left(budget, ping) != NGX_OK))
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_redis_start(ping, &call->task, call->conf->redis);
}


static void
ngx_http_finance_health_resume(ngx_http_finance_task_t *task)
{
    fin_out_t                        out;
    ngx_uint_t                       up, ok;
    ngx_http_finance_call_t         *call;
    ngx_http_finance_redis_batch_t  *ping;

    call = task->data;
    ping = call->state;

    if (ngx_http_finance_op_running(&ping->op)) {
        return;
    }

    up = ping->op.status == FIN_OK
         && ping->reply[0].type == NGX_HTTP_FINANCE_REDIS_STATUS;

    ok = up && ngx_http_finance_health_market_ok(call);

    fin_out_init(&out, 4096);

    fin_out_object(&out);
    fin_out_kstring(&out, "status", ok ? "ok" : "degraded");
    ngx_http_finance_health_redis(&out, call, up);
    ngx_http_finance_health_market(&out, call);
    ngx_http_finance_health_budget(&out, ping);
    ngx_http_finance_watch_out(&out, call->conf);
    fin_out_kstring(&out, "version", NGX_HTTP_FINANCE_VERSION);
    fin_out_object_end(&out);

    /* without Redis no owner's read or write can be served */

    if (!up) {
        call->status = NGX_HTTP_SERVICE_UNAVAILABLE;
        call->retry_after = 1;
    }

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


static void
ngx_http_finance_health_redis(fin_out_t *out, ngx_http_finance_call_t *call,
    ngx_uint_t up)
{
    const char  *policy;

    fin_out_key(out, "redis");
    fin_out_object(out);
    fin_out_kstring(out, "status", up ? "up" : "down");

    if (!up) {
        fin_out_kstring(out, "reason",
                        ngx_http_finance_redis_reason(call->conf->redis));
    }

    fin_out_key(out, "eviction");

    policy = ngx_http_finance_redis_eviction(call->conf->redis);

    if (policy) {
        fin_out_string(out, policy, ngx_strlen(policy));

    } else {
        fin_out_null(out);
    }

    fin_out_object_end(out);
}


static void
ngx_http_finance_health_market(fin_out_t *out, ngx_http_finance_call_t *call)
{
    fin_status_t  last;

    last = ngx_http_finance_fetch_last();

    fin_out_key(out, "market");
    fin_out_object(out);

    if (last == FIN_E_NO_DATA) {
        fin_out_kstring(out, "status", "unused");

    } else if (ngx_http_finance_health_market_ok(call)) {
        fin_out_kstring(out, "status", "up");

    } else {
        fin_out_kstring(out, "status", "failing");
        fin_out_kstring(out, "reason", fin_status_name(last));
    }

    fin_out_kint(out, "in_flight", (int64_t) ngx_http_finance_fetch_active());
    ngx_http_finance_plan_out(out, call->conf);
    fin_out_object_end(out);
}


/* what is left to this nginx and, where Redis says, to all */

static void
ngx_http_finance_health_budget(fin_out_t *out,
    ngx_http_finance_redis_batch_t *asked)
{
    ngx_int_t                   all;
    ngx_uint_t                  left;
    ngx_http_finance_budget_t  *budget;

    budget = ngx_http_finance_fetch_budget();

    fin_out_key(out, "budget");

    if (budget == NULL) {
        fin_out_null(out);
        return;
    }

    left = ngx_http_finance_budget_left(budget);

    if (asked->op.status == FIN_OK && asked->n > 1) {
        all = ngx_http_finance_budget_left_reply(&asked->reply[1]);

        if (all != NGX_ERROR) {
            left = ngx_min(left, (ngx_uint_t) all);
        }
    }

    fin_out_object(out);
    fin_out_kint(out, "limit",
                 (int64_t) ngx_http_finance_budget_cap(budget));
    fin_out_kstring(out, "per", budget->minute ? "minute" : "second");
    fin_out_kint(out, "left", (int64_t) left);
    fin_out_object_end(out);
}


/* an answer that says no is an answer */

static ngx_uint_t
ngx_http_finance_health_market_ok(ngx_http_finance_call_t *call)
{
    switch (ngx_http_finance_fetch_last()) {

    case FIN_OK:
    case FIN_E_NO_DATA:
    case FIN_E_NOT_FOUND:
    case FIN_E_NOT_ENTITLED:
        return 1;

    default:
        return 0;
    }
}

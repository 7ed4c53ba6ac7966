/*
 * GET user/{id}/profile: a user beside what its owner watches and holds, both
 * asked for together.  A half that fails is null.
 */


#include "ngx_http_finance_portfolio.h"
#include "ngx_http_finance_user.h"
#include "../codec/fin_out_position.h"
#include "../codec/fin_snapshot.h"


enum {
    NGX_HTTP_FINANCE_PROFILE_READ = 0,
    NGX_HTTP_FINANCE_PROFILE_OWNER,
    NGX_HTTP_FINANCE_PROFILE_VALUE
};


typedef struct {
    ngx_http_finance_user_load_t     load;
    ngx_http_finance_portfolio_t    *portfolio;     /* NULL: nobody's */
} ngx_http_finance_profile_t;


static ngx_int_t ngx_http_finance_profile_read(ngx_http_finance_call_t *call,
    ngx_str_t *owner);
static void ngx_http_finance_profile_resume(ngx_http_finance_task_t *task);
static ngx_int_t ngx_http_finance_profile_loaded(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_profile_value(
    ngx_http_finance_call_t *call);
static void ngx_http_finance_profile_respond(ngx_http_finance_call_t *call);
static void ngx_http_finance_profile_out(ngx_http_finance_call_t *call,
    fin_out_t *out);
static void ngx_http_finance_profile_watchlist(
    ngx_http_finance_profile_t *pr, fin_out_t *out);
static void ngx_http_finance_profile_positions(
    ngx_http_finance_profile_t *pr, fin_out_t *out);


void
ngx_http_finance_profile(ngx_http_finance_call_t *call)
{
    ngx_http_finance_profile_t  *pr;

    pr = ngx_pcalloc(call->request->pool, sizeof(ngx_http_finance_profile_t));
    if (pr == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->state = pr;
    call->task.resume = ngx_http_finance_profile_resume;

    if (ngx_http_finance_user_load(&pr->load, call) != NGX_OK) {
        return;
    }

    /* whose the user is nearly always */

    if (ngx_http_finance_profile_read(call, &call->owner) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static ngx_int_t
ngx_http_finance_profile_read(ngx_http_finance_call_t *call, ngx_str_t *owner)
{
    ngx_http_finance_profile_t  *pr;

    pr = call->state;

    pr->portfolio = ngx_palloc(call->request->pool,
                               sizeof(ngx_http_finance_portfolio_t));
    if (pr->portfolio == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_finance_portfolio_read(pr->portfolio, call, owner, 1);
}


static void
ngx_http_finance_profile_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t     *call;
    ngx_http_finance_profile_t  *pr;

    call = task->data;
    pr = call->state;

    if (!ngx_http_finance_task_idle(task)
        && task->step != NGX_HTTP_FINANCE_PROFILE_VALUE)
    {
        return;
    }

    if (task->step == NGX_HTTP_FINANCE_PROFILE_READ
        && (ngx_http_finance_user_loaded(&pr->load, call) != NGX_OK
            || ngx_http_finance_profile_loaded(call) != NGX_OK))
    {
        return;
    }

    if (task->step == NGX_HTTP_FINANCE_PROFILE_OWNER
        && ngx_http_finance_profile_value(call) != NGX_OK)
    {
        return;
    }

    if (ngx_http_finance_portfolio_run(pr->portfolio) == NGX_OK) {
        ngx_http_finance_profile_respond(call);
    }
}


/*
 * An admin looks at another's: what that one has, then.  NGX_AGAIN: it is
 * being read; NGX_ERROR: the call was ended, and may be gone.
 */

static ngx_int_t
ngx_http_finance_profile_loaded(ngx_http_finance_call_t *call)
{
    ngx_str_t                    owner;
    ngx_http_finance_profile_t  *pr;

    pr = call->state;
    call->task.step = NGX_HTTP_FINANCE_PROFILE_OWNER;

    owner.data = (u_char *) pr->load.user.owner.data;
    owner.len = pr->load.user.owner.len;

    if (owner.len == call->owner.len
        && ngx_memcmp(owner.data, call->owner.data, owner.len) == 0)
    {
        return NGX_OK;
    }

    if (owner.len == 0) {
        pr->portfolio = NULL;
        ngx_http_finance_profile_respond(call);
        return NGX_ERROR;
    }

    if (ngx_http_finance_profile_read(call, &owner) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    return NGX_AGAIN;
}


/* NGX_ERROR: the call was ended, and may be gone */

static ngx_int_t
ngx_http_finance_profile_value(ngx_http_finance_call_t *call)
{
    ngx_http_finance_profile_t  *pr;

    pr = call->state;
    call->task.step = NGX_HTTP_FINANCE_PROFILE_VALUE;

    if (ngx_http_finance_portfolio_take(pr->portfolio) != FIN_OK
        || ngx_http_finance_portfolio_value(pr->portfolio, NULL, NULL)
           != NGX_OK)
    {
        ngx_http_finance_profile_respond(call);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_finance_profile_respond(ngx_http_finance_call_t *call)
{
    fin_out_t  out;

    fin_out_init(&out, 1024 * 1024);
    ngx_http_finance_profile_out(call, &out);

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


static void
ngx_http_finance_profile_out(ngx_http_finance_call_t *call, fin_out_t *out)
{
    ngx_http_finance_profile_t  *pr;

    pr = call->state;

    fin_out_object(out);
    fin_out_key(out, "user");
    fin_out_user(out, &pr->load.user);

    fin_out_key(out, "profile");
    fin_out_object(out);
    ngx_http_finance_profile_watchlist(pr, out);
    ngx_http_finance_profile_positions(pr, out);
    fin_out_object_end(out);

    fin_out_object_end(out);
}


static void
ngx_http_finance_profile_watchlist(ngx_http_finance_profile_t *pr,
    fin_out_t *out)
{
    ngx_str_t                       *ticker;
    ngx_uint_t                       i;
    ngx_http_finance_redis_reply_t  *r;

    fin_out_key(out, "watchlist");

    r = NULL;

    if (pr->portfolio) {
        if (pr->portfolio->redis.op.status == FIN_OK) {
            r = &pr->portfolio->redis.reply[1];
        }

        if (r == NULL || r->type != NGX_HTTP_FINANCE_REDIS_ARRAY) {
            fin_out_null(out);
            return;
        }
    }

    fin_out_array(out);

    for (i = 0; r && i < r->n; i++) {
        ticker = &r->element[i].str;
        fin_out_string(out, (char *) ticker->data, ticker->len);
    }

    fin_out_array_end(out);
}


static void
ngx_http_finance_profile_positions(ngx_http_finance_profile_t *pr,
    fin_out_t *out)
{
    fin_summary_t                  summary;
    ngx_http_finance_portfolio_t  *p;

    p = pr->portfolio;

    fin_out_key(out, "positions");

    if (p && p->status != FIN_OK) {
        fin_out_null(out);
        fin_out_key(out, "summary");
        fin_out_null(out);
        return;
    }

    fin_out_int(out, p ? (int64_t) p->n : 0);
    fin_out_key(out, "summary");

    if (p == NULL) {
        fin_portfolio_summary(NULL, 0, &summary);

    } else if (ngx_http_finance_portfolio_summary(p, NULL, &summary)
               != NGX_OK)
    {
        fin_out_null(out);
        return;
    }

    fin_out_summary(out, &summary);
}

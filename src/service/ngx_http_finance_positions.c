/* GET positions and positions/{id}. */


#include "ngx_http_finance_owners.h"
#include "ngx_http_finance_position_out.h"
#include "../core/fin_uuid.h"


enum {
    NGX_HTTP_FINANCE_POSITIONS_READ = 0,
    NGX_HTTP_FINANCE_POSITIONS_VALUE
};


typedef struct {
    char                            ticker[FIN_TICKER_MAX + 1];
    char                            id[FIN_UUID_LEN + 1];   /* "": all */
    ngx_http_finance_portfolio_t    portfolio;
} ngx_http_finance_positions_t;


static void ngx_http_finance_positions_start(ngx_http_finance_call_t *call,
    ngx_http_finance_positions_t *ps);
static ngx_http_finance_positions_t *ngx_http_finance_positions_state(
    ngx_http_finance_call_t *call);
static void ngx_http_finance_positions_resume(ngx_http_finance_task_t *task);
static ngx_int_t ngx_http_finance_positions_taken(
    ngx_http_finance_call_t *call);
static void ngx_http_finance_positions_respond(
    ngx_http_finance_call_t *call);
static ngx_int_t ngx_http_finance_positions_list(
    ngx_http_finance_call_t *call, fin_out_t *out);


void
ngx_http_finance_positions_get(ngx_http_finance_call_t *call)
{
    fin_query_t                    query;
    fin_status_t                   status;
    ngx_http_finance_positions_t  *ps;

    ps = ngx_http_finance_positions_state(call);
    if (ps == NULL) {
        return;
    }

    query.data = (char *) call->request->args.data;
    query.len = call->request->args.len;

    status = fin_query_ticker(&query, "ticker", ps->ticker);

    if (status == FIN_E_VALUE) {
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Invalid ticker");
        return;
    }

    if (status != FIN_OK) {
        ps->ticker[0] = '\0';
    }

    ngx_http_finance_positions_start(call, ps);
}


void
ngx_http_finance_position_get(ngx_http_finance_call_t *call)
{
    ngx_http_finance_positions_t  *ps;

    ps = ngx_http_finance_positions_state(call);

    if (ps == NULL
        || ngx_http_finance_position_id(call, ps->id) != NGX_OK)
    {
        return;
    }

    ngx_http_finance_positions_start(call, ps);
}


static ngx_http_finance_positions_t *
ngx_http_finance_positions_state(ngx_http_finance_call_t *call)
{
    ngx_http_finance_positions_t  *ps;

    ps = ngx_pcalloc(call->request->pool,
                     sizeof(ngx_http_finance_positions_t));
    if (ps == NULL) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NULL;
    }

    call->state = ps;
    call->task.resume = ngx_http_finance_positions_resume;

    return ps;
}


static void
ngx_http_finance_positions_start(ngx_http_finance_call_t *call,
    ngx_http_finance_positions_t *ps)
{
    if (ngx_http_finance_portfolio_read(&ps->portfolio, call, &call->owner,
                                        0)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
    }
}


static void
ngx_http_finance_positions_resume(ngx_http_finance_task_t *task)
{
    ngx_http_finance_call_t       *call;
    ngx_http_finance_positions_t  *ps;

    call = task->data;
    ps = call->state;

    if (task->step == NGX_HTTP_FINANCE_POSITIONS_READ
        && (ngx_http_finance_op_running(&ps->portfolio.redis.op)
            || ngx_http_finance_positions_taken(call) != NGX_OK))
    {
        return;
    }

    if (ngx_http_finance_portfolio_run(&ps->portfolio) == NGX_OK) {
        ngx_http_finance_positions_respond(call);
    }
}


/*
 * What others of the ticker say counts, too: all of it is valued.  NGX_ERROR:
 * the call was ended, and may be gone.
 */

static ngx_int_t
ngx_http_finance_positions_taken(ngx_http_finance_call_t *call)
{
    const char                    *ticker;
    fin_status_t                   status;
    ngx_http_finance_lot_t        *lot;
    ngx_http_finance_positions_t  *ps;

    ps = call->state;
    call->task.step = NGX_HTTP_FINANCE_POSITIONS_VALUE;

    status = ngx_http_finance_portfolio_take(&ps->portfolio);

    if (status != FIN_OK) {
        ngx_http_finance_call_fail_status(call, status);
        return NGX_ERROR;
    }

    if (ps->portfolio.n) {
        ngx_http_finance_owner_seen(call, 0);
    }

    ticker = ps->ticker[0] ? ps->ticker : NULL;

    if (ps->id[0]) {
        lot = ngx_http_finance_portfolio_find(&ps->portfolio, ps->id);

        if (lot == NULL) {
            ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND,
                                       "Position not found");
            return NGX_ERROR;
        }

        ticker = lot->position.ticker;
    }

    if (ngx_http_finance_portfolio_value(&ps->portfolio, NULL, ticker)
        != NGX_OK)
    {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_finance_positions_respond(ngx_http_finance_call_t *call)
{
    ngx_int_t                      rc;
    fin_out_t                      out;
    ngx_http_finance_lot_t        *lot;
    ngx_http_finance_positions_t  *ps;

    ps = call->state;
    fin_out_init(&out, NGX_HTTP_FINANCE_POSITIONS_OUT);

    if (ps->id[0]) {
        lot = ngx_http_finance_portfolio_find(&ps->portfolio, ps->id);

        /* the version says nothing of the value: not to be kept */

        call->version = lot->position.version;
        rc = ngx_http_finance_position_out(&out, lot);

    } else {
        rc = ngx_http_finance_positions_list(call, &out);

        if (fin_out_status(&out) == FIN_OK) {
            call->etag = fin_hash64(out.data, out.len, 0);
            call->has_etag = 1;
            call->max_age = 0;
        }
    }

    if (rc != NGX_OK) {
        fin_out_free(&out);
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    if (ngx_http_finance_call_add_out(call, &out) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    ngx_http_finance_call_done(call);
}


static ngx_int_t
ngx_http_finance_positions_list(ngx_http_finance_call_t *call, fin_out_t *out)
{
    const char                    *ticker;
    ngx_uint_t                     i;
    fin_summary_t                  summary;
    ngx_http_finance_lot_t        *lot;
    ngx_http_finance_positions_t  *ps;

    ps = call->state;
    ticker = ps->ticker[0] ? ps->ticker : NULL;

    fin_out_object(out);
    fin_out_key(out, "positions");
    fin_out_array(out);

    for (i = 0; i < ps->portfolio.n; i++) {
        lot = &ps->portfolio.lot[i];

        if (ticker && ngx_strcmp(lot->position.ticker, ticker) != 0) {
            continue;
        }

        if (ngx_http_finance_position_out(out, lot) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    fin_out_array_end(out);

    if (ngx_http_finance_portfolio_summary(&ps->portfolio, ticker, &summary)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    fin_out_key(out, "summary");
    fin_out_summary(out, &summary);
    fin_out_object_end(out);

    return NGX_OK;
}

/* A snapshot as an answer: see the header. */


#include "ngx_http_finance_stock_out.h"
#include "../codec/fin_build_bare.h"
#include "../core/fin_time.h"


static ngx_int_t ngx_http_finance_stock_owned(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p);
static ngx_int_t ngx_http_finance_stock_span(ngx_http_finance_call_t *call,
    fin_snapshot_t *s, fin_cut_t from, fin_cut_t to);


static const char  ngx_http_finance_stock_unknown[] =
    "\"leaps_positions\":null,\"short_call_positions\":null,"
    "\"stock_positions\":null,\"short_put_positions\":null,"
    "\"other_positions\":null";


ngx_int_t
ngx_http_finance_stock_out(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p)
{
    char            at[21];
    u_char         *data;
    size_t          len;
    fin_snapshot_t *s;

    s = &st->snapshot;
    len = sizeof(",\"stale\":false,\"as_of\":\"\"}") + sizeof(at);

    data = ngx_pnalloc(call->request->pool, len);
    if (data == NULL) {
        return NGX_ERROR;
    }

    fin_instant_format(s->fetched_at, at);
    len = ngx_sprintf(data, ",\"stale\":%s,\"as_of\":\"%s\"}",
                      st->stale ? "true" : "false", at)
          - data;

    if (ngx_http_finance_stock_owned(call, st, p) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_finance_call_add(call, data, len);
}


/* the stock's object without its end, as it is for this owner */

static ngx_int_t
ngx_http_finance_stock_owned(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p)
{
    fin_cut_t                    cut;
    ngx_str_t                    members;
    fin_snapshot_t              *s;
    ngx_http_finance_holding_t  *h;

    s = &st->snapshot;
    h = ngx_http_finance_portfolio_holding(p, st->ticker);

    if (p->status == FIN_OK && h == NULL) {
        return ngx_http_finance_stock_span(call, s, FIN_CUT_STOCK,
                                           FIN_CUT_END);
    }

    if (h && h->has) {
        cut = FIN_CUT_OWNER_SIGNALS;
        members = h->members;

    } else {
        cut = FIN_CUT_POSITIONS;
        members.data = (u_char *) ngx_http_finance_stock_unknown;
        members.len = sizeof(ngx_http_finance_stock_unknown) - 1;
    }

    if (ngx_http_finance_stock_span(call, s, FIN_CUT_STOCK, cut) != NGX_OK
        || ngx_http_finance_call_add(call, members.data, members.len)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_stock_span(call, s, FIN_CUT_STRATEGY_END,
                                       FIN_CUT_END);
}


static ngx_int_t
ngx_http_finance_stock_span(ngx_http_finance_call_t *call, fin_snapshot_t *s,
    fin_cut_t from, fin_cut_t to)
{
    return ngx_http_finance_call_add(call, s->data + s->cut[from],
                                     s->cut[to] - s->cut[from]);
}


uint64_t
ngx_http_finance_stock_etag(ngx_http_finance_stock_t *st,
    ngx_http_finance_portfolio_t *p, uint64_t seed)
{
    uint64_t                     part[4];
    ngx_http_finance_holding_t  *h;

    h = ngx_http_finance_portfolio_holding(p, st->ticker);

    part[0] = st->snapshot.etag;
    part[1] = (uint64_t) st->snapshot.fetched_at;
    part[2] = st->stale;
    part[3] = h && h->has ? h->etag : p->status != FIN_OK;

    return fin_hash64(part, sizeof(part), seed);
}


ngx_uint_t
ngx_http_finance_stock_whole(ngx_http_finance_stock_t *st,
    ngx_http_finance_portfolio_t *p)
{
    ngx_http_finance_holding_t  *h;

    h = ngx_http_finance_portfolio_holding(p, st->ticker);

    return p->status == FIN_OK && !p->damaged && (h == NULL || (h->has && !h->partial));
}


ngx_int_t
ngx_http_finance_stock_bare(ngx_http_finance_call_t *call,
    ngx_http_finance_stock_t *st, ngx_http_finance_portfolio_t *p)
{
    fin_out_t                    out;
    fin_bare_t                   bare;
    ngx_pool_cleanup_t          *cln;
    ngx_http_finance_holding_t  *h;

    h = ngx_http_finance_portfolio_holding(p, st->ticker);

    if (h == NULL || isnan(h->price)) {
        return NGX_DECLINED;
    }

    bare.ticker = st->ticker;
    bare.price = h->price;
    bare.rules = &call->conf->rules;
    bare.today = fin_ny_date(ngx_http_finance_clock(call->request));
    bare.fetched_at = h->price_at;
    bare.fetched_ms = ngx_http_finance_now();

    cln = ngx_pool_cleanup_add(call->request->pool, 0);
    if (cln == NULL) {
        return NGX_DECLINED;
    }

    fin_out_init(&out, 256 * 1024);
    fin_build_bare(&out, &bare);

    cln->handler = ngx_http_finance_call_free;
    cln->data = out.data;

    if (fin_out_status(&out) != FIN_OK
        || fin_snapshot_read(out.data, out.len, &st->snapshot) != FIN_OK)
    {
        return NGX_DECLINED;
    }

    st->has = 1;
    st->bare = 1;

    return NGX_OK;
}

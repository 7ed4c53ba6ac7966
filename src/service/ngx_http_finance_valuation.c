/* The computation behind a portfolio: see the header. */


#include "ngx_http_finance_valuation.h"
#include "../codec/fin_snapshot.h"


static void ngx_http_finance_valuation_run(
    ngx_http_finance_valuations_t *vs, ngx_http_finance_valuation_t *v);
static void ngx_http_finance_valuation_unpack(
    ngx_http_finance_valuation_t *v);
static void ngx_http_finance_valuation_needs(ngx_http_finance_valuation_t *v);
static size_t ngx_http_finance_valuation_untried(
    ngx_http_finance_valuation_t *v, size_t n);


ngx_http_finance_valuations_t *
ngx_http_finance_valuations_create(ngx_uint_t n, const fin_rules_t *rules)
{
    ngx_uint_t                      i;
    ngx_http_finance_valuation_t   *v;
    ngx_http_finance_valuations_t  *vs;

    vs = calloc(1, sizeof(ngx_http_finance_valuations_t));
    if (vs == NULL) {
        return NULL;
    }

    vs->ticker = calloc(n ? n : 1, sizeof(ngx_http_finance_valuation_t));
    if (vs->ticker == NULL) {
        free(vs);
        return NULL;
    }

    vs->n = n;
    vs->rules = *rules;

    for (i = 0; i < n; i++) {
        v = &vs->ticker[i];

        v->in.rules = &vs->rules;
        v->in.price = NAN;
        v->status = FIN_E_INTERNAL;
        fin_chain_init(&v->extra);
        fin_out_init(&v->out, NGX_HTTP_FINANCE_MEMBERS_MAX);
    }

    return vs;
}


void
ngx_http_finance_valuations_free(void *data)
{
    ngx_http_finance_valuations_t  *vs = data;

    ngx_uint_t                     i;
    ngx_http_finance_valuation_t  *v;

    if (vs == NULL) {
        return;
    }

    for (i = 0; i < vs->n; i++) {
        v = &vs->ticker[i];

        ngx_http_finance_shelf_release(v->book);
        fin_book_free(v->unpacked);
        fin_chain_free(&v->extra);
        fin_out_free(&v->out);
        free(v->position);
        free(v->lot);
        free(v->packed);
        free(v->tried);
        free(v->need);
    }

    free(vs->ticker);
    free(vs);
}


/* on a thread */

void
ngx_http_finance_valuations_run(void *data)
{
    ngx_http_finance_valuations_t  *vs = data;

    ngx_uint_t  i;

    for (i = 0; i < vs->n; i++) {
        ngx_http_finance_valuation_run(vs, &vs->ticker[i]);
    }
}


static void
ngx_http_finance_valuation_run(ngx_http_finance_valuations_t *vs,
    ngx_http_finance_valuation_t *v)
{
    if (v->out.len) {
        /* an earlier round's */
        return;
    }

    ngx_http_finance_valuation_unpack(v);

    v->in.extra = &v->extra;
    v->n_needs = 0;

    ngx_http_finance_valuation_needs(v);

    if (v->n_needs && !vs->last) {
        return;
    }

    v->unmet = v->n_needs != 0;
    v->n_needs = 0;

    v->status = fin_holdings_write(&v->out, &v->in);

    if (v->status == FIN_OK) {
        v->etag = fin_hash64(v->out.data, v->out.len, 0);
    }
}


static void
ngx_http_finance_valuation_unpack(ngx_http_finance_valuation_t *v)
{
    if (v->packed == NULL) {
        return;
    }

    if (fin_book_unpack((char *) v->packed, v->packed_len, &v->unpacked)
        == FIN_OK)
    {
        v->in.book = v->unpacked;
    }

    free(v->packed);
    v->packed = NULL;
}


/* what was asked for and did not come is a need still: room for it, too */

static void
ngx_http_finance_valuation_needs(ngx_http_finance_valuation_t *v)
{
    size_t  n, max;

    max = v->n_tried + NGX_HTTP_FINANCE_NEEDS_MAX;

    free(v->need);
    v->need = calloc(max, sizeof(fin_need_t));

    if (v->need) {
        n = fin_holdings_needs(&v->in, v->need, max);
        v->n_needs = ngx_min(ngx_http_finance_valuation_untried(v, n),
                             NGX_HTTP_FINANCE_NEEDS_MAX);
    }
}


/* those that were asked for go; the others move up */

static size_t
ngx_http_finance_valuation_untried(ngx_http_finance_valuation_t *v, size_t n)
{
    size_t  i, k, left;

    left = 0;

    for (i = 0; i < n; i++) {

        for (k = 0; k < v->n_tried; k++) {
            if (ngx_strcmp(v->tried[k], v->need[i].name) == 0) {
                break;
            }
        }

        if (k == v->n_tried) {
            v->need[left++] = v->need[i];
        }
    }

    return left;
}


ngx_int_t
ngx_http_finance_valuation_positions(ngx_http_finance_valuation_t *v,
    ngx_uint_t n)
{
    v->position = calloc(n, sizeof(fin_position_t));
    v->lot = calloc(n, sizeof(fin_holding_lot_t));

    if (v->position == NULL || v->lot == NULL) {
        return NGX_ERROR;
    }

    v->in.n = n;
    v->in.position = v->position;
    v->in.lot = v->lot;

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_valuation_packed(ngx_http_finance_valuation_t *v,
    ngx_str_t *packed)
{
    v->packed = malloc(packed->len);
    if (v->packed == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(v->packed, packed->data, packed->len);
    v->packed_len = packed->len;

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_valuation_tried(ngx_http_finance_valuation_t *v,
    const char *name)
{
    void  *tried;

    tried = realloc(v->tried, (v->n_tried + 1) * sizeof(v->tried[0]));
    if (tried == NULL) {
        return NGX_ERROR;
    }

    v->tried = tried;
    ngx_cpystrn((u_char *) v->tried[v->n_tried], (u_char *) name,
                sizeof(v->tried[0]));
    v->n_tried++;

    return NGX_OK;
}

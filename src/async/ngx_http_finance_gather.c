/* A bounded gather over one task: see the header. */


#include "ngx_http_finance_gather.h"


static void ngx_http_finance_gather_advance(ngx_http_finance_gather_t *g);
static void ngx_http_finance_gather_fill(ngx_http_finance_gather_t *g);
static ngx_uint_t ngx_http_finance_gather_step(ngx_http_finance_gather_t *g,
    ngx_uint_t i);


ngx_int_t
ngx_http_finance_gather_init(ngx_http_finance_gather_t *g, ngx_pool_t *pool,
    ngx_uint_t n, ngx_uint_t limit, ngx_http_finance_part_pt step, void *data)
{
    ngx_memzero(g, sizeof(ngx_http_finance_gather_t));

    if (limit == 0 || limit > n) {
        limit = n;
    }

    g->step = step;
    g->data = data;
    g->n = n;
    g->limit = limit;

    if (n == 0) {
        return NGX_OK;
    }

    if (limit > NGX_MAX_SIZE_T_VALUE / sizeof(ngx_uint_t)) {
        return NGX_ERROR;
    }

    g->slot = ngx_palloc(pool, limit * sizeof(ngx_uint_t));

    return g->slot == NULL ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_http_finance_gather_run(ngx_http_finance_gather_t *g)
{
    ngx_http_finance_gather_advance(g);
    ngx_http_finance_gather_fill(g);

    return g->ok + g->failed == g->n ? NGX_OK : NGX_AGAIN;
}


/* The parts under way, in the order they were started; ended ones leave. */
static void
ngx_http_finance_gather_advance(ngx_http_finance_gather_t *g)
{
    ngx_uint_t  i, kept;

    kept = 0;

    for (i = 0; i < g->active; i++) {
        if (ngx_http_finance_gather_step(g, g->slot[i])) {
            g->slot[kept++] = g->slot[i];
        }
    }

    g->active = kept;
}


/* A part that ends at once leaves its slot to the next. */
static void
ngx_http_finance_gather_fill(ngx_http_finance_gather_t *g)
{
    ngx_uint_t  i;

    while (g->active < g->limit && g->next < g->n) {
        i = g->next++;

        if (ngx_http_finance_gather_step(g, i)) {
            g->slot[g->active++] = i;
        }
    }
}


/* Whether the part is still under way. */
static ngx_uint_t
ngx_http_finance_gather_step(ngx_http_finance_gather_t *g, ngx_uint_t i)
{
    switch (g->step(g->data, i)) {

    case NGX_AGAIN:
        return 1;

    case NGX_OK:
        g->ok++;
        return 0;

    default:
        g->failed++;
        return 0;
    }
}

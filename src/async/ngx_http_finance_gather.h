/*
 * A bounded gather: n parts of which at most limit are under way, each failing
 * alone.  A helper over one task, not a second scheduler: the task's resume
 * calls run() until that says NGX_OK.
 */

#ifndef _NGX_HTTP_FINANCE_GATHER_H_INCLUDED_
#define _NGX_HTTP_FINANCE_GATHER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Advances part i: called first when a slot is free, then at each run() until
 * it returns something else than NGX_AGAIN.  NGX_OK: the part succeeded,
 * anything else: it failed (it has kept its own reason).  It must not end the
 * task, whose pool the gather lives in.
 */
typedef ngx_int_t (*ngx_http_finance_part_pt)(void *data, ngx_uint_t i);

typedef struct {
    ngx_http_finance_part_pt   step;
    void                      *data;
    ngx_uint_t                 n;
    ngx_uint_t                 limit;
    ngx_uint_t                 next;        /* first part not started */
    ngx_uint_t                 active;
    ngx_uint_t                 ok;
    ngx_uint_t                 failed;
    ngx_uint_t                *slot;        /* [limit] parts under way */
} ngx_http_finance_gather_t;


/* limit 0: all at once.  NGX_OK or NGX_ERROR (no memory). */
ngx_int_t ngx_http_finance_gather_init(ngx_http_finance_gather_t *g,
    ngx_pool_t *pool, ngx_uint_t n, ngx_uint_t limit,
    ngx_http_finance_part_pt step, void *data);

/* NGX_OK when every part has ended, NGX_AGAIN else. */
ngx_int_t ngx_http_finance_gather_run(ngx_http_finance_gather_t *g);


#endif /* _NGX_HTTP_FINANCE_GATHER_H_INCLUDED_ */

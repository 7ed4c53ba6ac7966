/* Which endpoint a path and a method name: one table. */

#ifndef _NGX_HTTP_FINANCE_ROUTE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_ROUTE_H_INCLUDED_


#include "../service/ngx_http_finance_call.h"
#include "../stat/ngx_http_finance_stat_table.h"


typedef struct {
    ngx_uint_t                    method;       /* GET serves HEAD, too */
    const char                   *path;         /* "stocks/{}/bars" */
    const char                   *name;         /* for $finance_route */
    ngx_http_finance_service_pt   service;
    unsigned                      body:1;       /* a JSON body is read */
    unsigned                      open:1;       /* nobody needs to be asking */
} ngx_http_finance_route_t;


/*
 * Finds the route of a path (below the location) and a method; arg gets what
 * stands for {}.  NULL: with *allowed 0 no such path, else the path is known
 * and *allowed has the bits of its methods.
 */
const ngx_http_finance_route_t *ngx_http_finance_route_find(ngx_str_t *path,
    ngx_uint_t method, ngx_str_t *arg, ngx_uint_t *allowed);

/* Which one it is for what is counted, and tells their names there. */
ngx_uint_t ngx_http_finance_route_number(
    const ngx_http_finance_route_t *route);
void ngx_http_finance_route_names(void);


#endif /* _NGX_HTTP_FINANCE_ROUTE_H_INCLUDED_ */

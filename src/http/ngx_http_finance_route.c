/* Which endpoint a path and a method name: see the header. */


#include "ngx_http_finance_route.h"


static ngx_int_t ngx_http_finance_route_match(const char *pattern,
    ngx_str_t *path, ngx_str_t *arg);


static const ngx_http_finance_route_t  ngx_http_finance_routes[] = {

    { NGX_HTTP_GET, "dashboard", "dashboard",
      ngx_http_finance_dashboard, 0, 0 },

    { NGX_HTTP_GET, "stocks/{}", "stock",
      ngx_http_finance_stock, 0, 0 },

    { NGX_HTTP_GET, "stocks/{}/bars", "bars",
      ngx_http_finance_bars, 0, 0 },

    { NGX_HTTP_GET, "stocks/{}/options", "options",
      ngx_http_finance_options, 0, 0 },

    { NGX_HTTP_GET, "stocks/{}/signals", "signals",
      ngx_http_finance_signals, 0, 0 },

    { NGX_HTTP_GET, "watchlist", "watchlist",
      ngx_http_finance_watchlist_get, 0, 0 },

    { NGX_HTTP_POST, "watchlist", "watchlist_add",
      ngx_http_finance_watchlist_add, 1, 0 },

    { NGX_HTTP_DELETE, "watchlist/{}", "watchlist_remove",
      ngx_http_finance_watchlist_remove, 0, 0 },

    { NGX_HTTP_GET, "positions", "positions",
      ngx_http_finance_positions_get, 0, 0 },

    { NGX_HTTP_POST, "positions", "position_create",
      ngx_http_finance_position_create, 1, 0 },

    { NGX_HTTP_GET, "positions/{}", "position",
      ngx_http_finance_position_get, 0, 0 },

    { NGX_HTTP_PUT, "positions/{}", "position_replace",
      ngx_http_finance_position_replace, 1, 0 },

    { NGX_HTTP_DELETE, "positions/{}", "position_remove",
      ngx_http_finance_position_remove, 0, 0 },

    { NGX_HTTP_POST, "user", "user_create",
      ngx_http_finance_user_create, 1, 0 },

    { NGX_HTTP_GET, "user/{}", "user",
      ngx_http_finance_user_get, 0, 0 },

    { NGX_HTTP_GET, "user/{}/profile", "profile",
      ngx_http_finance_profile, 0, 0 },

    { NGX_HTTP_GET, "users/{}", "users",
      ngx_http_finance_users_get, 0, 0 },

    { NGX_HTTP_GET, "stream", "stream",
      ngx_http_finance_stream, 0, 0 },

    { NGX_HTTP_GET, "health", "health",
      ngx_http_finance_health, 0, 0 },

    { NGX_HTTP_GET, "metrics", "metrics",
      ngx_http_finance_metrics, 0, 1 },

    { NGX_HTTP_GET, "openapi.json", "openapi",
      ngx_http_finance_openapi, 0, 1 },

    { NGX_HTTP_GET, "docs", "docs",
      ngx_http_finance_docs, 0, 1 },

    { NGX_HTTP_GET, "docs/{}", "docs_part",
      ngx_http_finance_docs_part, 0, 1 }
};


_Static_assert(sizeof(ngx_http_finance_routes)
               / sizeof(ngx_http_finance_routes[0])
               <= NGX_HTTP_FINANCE_STAT_ROUTES - NGX_HTTP_FINANCE_STAT_FIRST,
               "each route is counted as one of its own");


const ngx_http_finance_route_t *
ngx_http_finance_route_find(ngx_str_t *path, ngx_uint_t method,
    ngx_str_t *arg, ngx_uint_t *allowed)
{
    ngx_uint_t                       i, n;
    const ngx_http_finance_route_t  *route;

    if (method == NGX_HTTP_HEAD) {
        method = NGX_HTTP_GET;
    }

    *allowed = 0;
    n = sizeof(ngx_http_finance_routes) / sizeof(ngx_http_finance_routes[0]);

    for (i = 0; i < n; i++) {
        route = &ngx_http_finance_routes[i];

        if (ngx_http_finance_route_match(route->path, path, arg) != NGX_OK) {
            continue;
        }

        if (route->method == method) {
            return route;
        }

        *allowed |= route->method;
    }

    return NULL;
}


ngx_uint_t
ngx_http_finance_route_number(const ngx_http_finance_route_t *route)
{
    return NGX_HTTP_FINANCE_STAT_FIRST + (route - ngx_http_finance_routes);
}


void
ngx_http_finance_route_names(void)
{
    ngx_uint_t  i, n;

    n = sizeof(ngx_http_finance_routes) / sizeof(ngx_http_finance_routes[0]);

    for (i = 0; i < n; i++) {
        ngx_http_finance_stat_route_set(NGX_HTTP_FINANCE_STAT_FIRST + i,
                                        ngx_http_finance_routes[i].name);
    }
}


/* {} stands for one segment that is not empty */

static ngx_int_t
ngx_http_finance_route_match(const char *pattern, ngx_str_t *path,
    ngx_str_t *arg)
{
    u_char  *p, *last;

    p = path->data;
    last = p + path->len;

    for ( /* void */ ; *pattern; pattern++) {

        if (*pattern == '{') {
            pattern++;      /* at the brace that closes */

            arg->data = p;

            while (p < last && *p != '/') {
                p++;
            }

            arg->len = p - arg->data;

            if (arg->len == 0) {
                return NGX_DECLINED;
            }

            continue;
        }

        if (p == last || *p != (u_char) *pattern) {
            return NGX_DECLINED;
        }

        p++;
    }

    return p == last ? NGX_OK : NGX_DECLINED;
}

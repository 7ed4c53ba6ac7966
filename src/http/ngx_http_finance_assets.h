/*
 * The files of src/web as scripts/lib/web-assets compiles them in.  The first
 * whose path is "" is the page itself; an entry without a type ends the list.
 */

#ifndef _NGX_HTTP_FINANCE_ASSETS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_ASSETS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_str_t    path;          /* under the location: "js/app.js" */
    ngx_str_t    type;
    ngx_str_t    etag;          /* with its quotes */
    ngx_str_t    content;
} ngx_http_finance_asset_t;


extern ngx_http_finance_asset_t  ngx_http_finance_assets[];


#endif /* _NGX_HTTP_FINANCE_ASSETS_H_INCLUDED_ */

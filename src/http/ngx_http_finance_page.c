/* The page and its files, out of the module itself: see the header. */


#include "ngx_http_finance_page.h"
#include "ngx_http_finance_response.h"


static ngx_int_t ngx_http_finance_page_slash(ngx_http_request_t *r);
static u_char *ngx_http_finance_page_segment(ngx_str_t *uri);


ngx_http_finance_file_t *
ngx_http_finance_page_find(ngx_http_request_t *r, ngx_str_t *path)
{
    ngx_http_core_loc_conf_t     *clcf;
    ngx_http_finance_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!conf->page || clcf->exact_match) {
        /* "location = /x" has no room for the files of a page */
        return NULL;
    }

    return ngx_http_finance_file_find(ngx_http_finance_page_files, "", path);
}


ngx_int_t
ngx_http_finance_page_send(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *file)
{
    ngx_int_t                  rc;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = call->request;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (file->path.len == 0 && r->uri.len == clcf->name.len
        && r->uri.data[r->uri.len - 1] != '/')
    {
        return ngx_http_finance_page_slash(r);
    }

    r->main->count++;
    ngx_http_finance_file_send(call, file);

    return NGX_DONE;
}


/*
 * "location /x" asked for as /x: the page's own addresses are relative, so
 * that it must be /x/.  That Location is relative, too, as a proxy in front
 * may have taken a part of the path away.
 */

static ngx_int_t
ngx_http_finance_page_slash(ngx_http_request_t *r)
{
    size_t      len, escape;
    u_char     *p, *segment;
    ngx_int_t   rc;
    ngx_str_t   value;

    segment = ngx_http_finance_page_segment(&r->uri);
    len = r->uri.data + r->uri.len - segment;
    escape = 2 * ngx_escape_uri(NULL, segment, len,
                                NGX_ESCAPE_URI_COMPONENT);

    p = ngx_pnalloc(r->pool, len + escape + sizeof("./" "/?") + r->args.len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    value.data = p;
    p = ngx_cpymem(p, "./", 2);
    p = (u_char *) ngx_escape_uri(p, segment, len, NGX_ESCAPE_URI_COMPONENT);
    *p++ = '/';

    if (r->args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    value.len = p - value.data;

    r->headers_out.status = NGX_HTTP_MOVED_PERMANENTLY;
    r->headers_out.content_length_n = 0;

    if (ngx_http_finance_response_header(r, "Location", &value) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_send_special(r, NGX_HTTP_LAST);
}


/* what follows the last slash; a URI begins with one */

static u_char *
ngx_http_finance_page_segment(ngx_str_t *uri)
{
    u_char  *p;

    for (p = uri->data + uri->len; p > uri->data && p[-1] != '/'; p--) {
        /* void */
    }

    return p;
}

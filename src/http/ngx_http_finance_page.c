/* The page and its files, out of the module itself: see the header. */


#include "ngx_http_finance_page.h"
#include "ngx_http_finance_response.h"


static ngx_int_t ngx_http_finance_page_headers(ngx_http_request_t *r,
    ngx_http_finance_asset_t *asset);
static ngx_int_t ngx_http_finance_page_etag(ngx_http_request_t *r,
    ngx_http_finance_asset_t *asset);
static ngx_int_t ngx_http_finance_page_slash(ngx_http_request_t *r);
static u_char *ngx_http_finance_page_segment(ngx_str_t *uri);


typedef struct {
    const char  *key;
    ngx_str_t    value;
} ngx_http_finance_page_header_t;


/* scripts, styles and data of this address only */

static ngx_http_finance_page_header_t  ngx_http_finance_page_fixed[] = {
    { "X-Content-Type-Options", ngx_string("nosniff") },
    { "Cache-Control", ngx_string("no-cache") },
    { "Referrer-Policy", ngx_string("no-referrer") },
    { "Content-Security-Policy",
      ngx_string("default-src 'none'; script-src 'self'; style-src 'self'; "
                 "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
                 "form-action 'none'; frame-ancestors 'none'") },
    { NULL, ngx_null_string }
};


ngx_http_finance_asset_t *
ngx_http_finance_page_find(ngx_http_request_t *r, ngx_str_t *path)
{
    ngx_http_core_loc_conf_t     *clcf;
    ngx_http_finance_asset_t     *asset;
    ngx_http_finance_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!conf->page || clcf->exact_match) {
        /* "location = /x" has no room for the files of a page */
        return NULL;
    }

    for (asset = ngx_http_finance_assets; asset->type.len; asset++) {

        if (asset->path.len == path->len
            && ngx_memcmp(asset->path.data, path->data, path->len) == 0)
        {
            return asset;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_finance_page_send(ngx_http_request_t *r,
    ngx_http_finance_asset_t *asset)
{
    ngx_int_t                  rc;
    ngx_buf_t                 *b;
    ngx_chain_t                out;
    ngx_http_core_loc_conf_t  *clcf;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (asset->path.len == 0 && r->uri.len == clcf->name.len
        && r->uri.data[r->uri.len - 1] != '/')
    {
        return ngx_http_finance_page_slash(r);
    }

    if (ngx_http_finance_page_headers(r, asset) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = asset->content.data;
    b->last = b->pos + asset->content.len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_http_finance_page_headers(ngx_http_request_t *r,
    ngx_http_finance_asset_t *asset)
{
    ngx_http_finance_page_header_t  *h;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = asset->content.len;
    r->headers_out.last_modified_time = -1;

    r->headers_out.content_type = asset->type;
    r->headers_out.content_type_len = asset->type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_set(&r->headers_out.charset, "utf-8");

    for (h = ngx_http_finance_page_fixed; h->key; h++) {

        if (ngx_http_finance_response_header(r, h->key, &h->value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_finance_page_etag(r, asset);
}


static ngx_int_t
ngx_http_finance_page_etag(ngx_http_request_t *r,
    ngx_http_finance_asset_t *asset)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    ngx_str_set(&h->key, "ETag");
    h->value = asset->etag;

    r->headers_out.etag = h;

    return NGX_OK;
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

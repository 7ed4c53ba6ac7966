/* GET openapi.json, and docs, the page that renders it: src/docs. */


#include "ngx_http_finance_file.h"


/* The page's own files and this service; an icon of no bytes. */
#define NGX_HTTP_FINANCE_DOCS_POLICY                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; "               \
    "connect-src 'self'; img-src data:; base-uri 'none'; "                    \
    "form-action 'none'; frame-ancestors 'none'"


ngx_http_finance_file_bytes(ngx_http_finance_docs_json);
ngx_http_finance_file_bytes(ngx_http_finance_docs_html);
ngx_http_finance_file_bytes(ngx_http_finance_docs_css);
ngx_http_finance_file_bytes(ngx_http_finance_docs_js);


static ngx_http_finance_file_t  ngx_http_finance_docs_document = {
    "openapi.json", NULL, NULL,
    ngx_http_finance_docs_json, &ngx_http_finance_docs_json_len, 0
};

static ngx_http_finance_file_t  ngx_http_finance_docs_page = {
    "docs", "text/html; charset=utf-8", NGX_HTTP_FINANCE_DOCS_POLICY,
    ngx_http_finance_docs_html, &ngx_http_finance_docs_html_len, 0
};

static ngx_http_finance_file_t  ngx_http_finance_docs_parts[] = {

    { "docs.css", "text/css; charset=utf-8", NULL,
      ngx_http_finance_docs_css, &ngx_http_finance_docs_css_len, 0 },

    { "docs.js", "text/javascript; charset=utf-8", NULL,
      ngx_http_finance_docs_js, &ngx_http_finance_docs_js_len, 0 }
};


void
ngx_http_finance_openapi(ngx_http_finance_call_t *call)
{
    ngx_http_finance_file_send(call, &ngx_http_finance_docs_document);
}


void
ngx_http_finance_docs(ngx_http_finance_call_t *call)
{
    ngx_http_finance_file_send(call, &ngx_http_finance_docs_page);
}


/* what the page loads */

void
ngx_http_finance_docs_part(ngx_http_finance_call_t *call)
{
    ngx_http_finance_file_named(call, ngx_http_finance_docs_parts,
                                sizeof(ngx_http_finance_docs_parts)
                                / sizeof(ngx_http_finance_docs_parts[0]));
}

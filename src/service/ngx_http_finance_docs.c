/* GET openapi.json, and docs, the page that renders it: src/docs. */


#include "ngx_http_finance_file.h"


static void ngx_http_finance_docs_send(ngx_http_finance_call_t *call,
    const char *prefix, ngx_str_t *rest);


void
ngx_http_finance_openapi(ngx_http_finance_call_t *call)
{
    ngx_str_t  none = ngx_null_string;

    ngx_http_finance_docs_send(call, "openapi.json", &none);
}


void
ngx_http_finance_docs(ngx_http_finance_call_t *call)
{
    ngx_str_t  none = ngx_null_string;

    ngx_http_finance_docs_send(call, "docs", &none);
}


/* what the page loads */

void
ngx_http_finance_docs_part(ngx_http_finance_call_t *call)
{
    ngx_http_finance_docs_send(call, "docs/", &call->arg);
}


static void
ngx_http_finance_docs_send(ngx_http_finance_call_t *call, const char *prefix,
    ngx_str_t *rest)
{
    ngx_http_finance_file_send(call,
        ngx_http_finance_file_find(ngx_http_finance_docs_files, prefix,
                                   rest));
}

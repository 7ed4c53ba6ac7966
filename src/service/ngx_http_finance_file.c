/* An answer that is a file of the sources: see the header. */


#include "ngx_http_finance_file.h"
#include "../codec/fin_snapshot.h"


void
ngx_http_finance_file_send(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *file)
{
    if (file->etag == 0) {
        file->etag = fin_hash64((const char *) file->data, *file->len, 0);
    }

    if (ngx_http_finance_call_add(call, file->data, *file->len) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->type = file->type;
    call->policy = file->policy;
    call->etag = file->etag;
    call->has_etag = 1;
    call->max_age = 0;

    ngx_http_finance_call_done(call);
}


void
ngx_http_finance_file_named(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *files, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (call->arg.len == ngx_strlen(files[i].name)
            && ngx_memcmp(call->arg.data, files[i].name, call->arg.len) == 0)
        {
            ngx_http_finance_file_send(call, &files[i]);
            return;
        }
    }

    ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND, "Not found");
}

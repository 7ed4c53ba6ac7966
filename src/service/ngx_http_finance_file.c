/* An answer that is a file of the sources: see the header. */


#include "ngx_http_finance_file.h"
#include "../codec/fin_snapshot.h"


/* scripts, styles, images and data of this address only */
#define NGX_HTTP_FINANCE_FILE_POLICY                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; "               \
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "             \
    "form-action 'none'; frame-ancestors 'none'"


ngx_http_finance_file_t *
ngx_http_finance_file_find(ngx_http_finance_file_t *files, const char *prefix,
    ngx_str_t *rest)
{
    size_t                    len;
    ngx_http_finance_file_t  *file;

    len = ngx_strlen(prefix);

    for (file = files; file->type; file++) {

        if (file->path.len == len + rest->len
            && ngx_memcmp(file->path.data, prefix, len) == 0
            && (rest->len == 0 || ngx_memcmp(file->path.data + len, rest->data,
                                             rest->len) == 0))
        {
            return file;
        }
    }

    return NULL;
}


void
ngx_http_finance_file_send(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *file)
{
    if (file == NULL) {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND, "Not found");
        return;
    }

    if (file->etag == 0) {
        file->etag = fin_hash64((const char *) file->data, file->len, 0);
    }

    if (ngx_http_finance_call_add(call, file->data, file->len) != NGX_OK) {
        ngx_http_finance_call_fail_status(call, FIN_E_NOMEM);
        return;
    }

    call->type = file->type;
    call->etag = file->etag;
    call->has_etag = 1;
    call->max_age = 0;

    if (ngx_strncmp(file->type, "text/html", sizeof("text/html") - 1) == 0) {
        call->policy = NGX_HTTP_FINANCE_FILE_POLICY;
    }

    ngx_http_finance_call_done(call);
}

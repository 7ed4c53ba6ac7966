/* Finished bytes that several answers share: counted, on the heap. */

#ifndef _NGX_HTTP_FINANCE_BLOB_H_INCLUDED_
#define _NGX_HTTP_FINANCE_BLOB_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "../codec/fin_out.h"


typedef struct {
    ngx_uint_t   refs;
    ngx_str_t    data;          /* malloc'ed */
} ngx_http_finance_blob_t;


/* Takes the bytes of out (which is empty then); one reference; NULL: no
 * memory, out keeps them. */
ngx_http_finance_blob_t *ngx_http_finance_blob_take(fin_out_t *out);

/* A copy of bytes; one reference; NULL: no memory. */
ngx_http_finance_blob_t *ngx_http_finance_blob_copy(ngx_str_t *data);

void ngx_http_finance_blob_release(ngx_http_finance_blob_t *blob);

/* One more reference, given back when pool goes.  NGX_OK or NGX_ERROR. */
ngx_int_t ngx_http_finance_blob_hold(ngx_http_finance_blob_t *blob,
    ngx_pool_t *pool);


#endif /* _NGX_HTTP_FINANCE_BLOB_H_INCLUDED_ */

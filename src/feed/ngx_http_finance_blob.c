/* Finished bytes that several answers share: see the header. */


#include "ngx_http_finance_blob.h"


static void ngx_http_finance_blob_cleanup(void *data);


ngx_http_finance_blob_t *
ngx_http_finance_blob_take(fin_out_t *out)
{
    ngx_http_finance_blob_t  *blob;

    blob = malloc(sizeof(ngx_http_finance_blob_t));
    if (blob == NULL) {
        return NULL;
    }

    blob->refs = 1;
    blob->data.data = (u_char *) out->data;
    blob->data.len = out->len;

    fin_out_init(out, out->max);

    return blob;
}


ngx_http_finance_blob_t *
ngx_http_finance_blob_copy(ngx_str_t *data)
{
    ngx_http_finance_blob_t  *blob;

    blob = malloc(sizeof(ngx_http_finance_blob_t));
    if (blob == NULL) {
        return NULL;
    }

    blob->refs = 1;
    blob->data.len = data->len;
    blob->data.data = malloc(data->len);

    if (blob->data.data == NULL) {
        free(blob);
        return NULL;
    }

    ngx_memcpy(blob->data.data, data->data, data->len);

    return blob;
}


void
ngx_http_finance_blob_release(ngx_http_finance_blob_t *blob)
{
    if (blob == NULL || --blob->refs > 0) {
        return;
    }

    free(blob->data.data);
    free(blob);
}


ngx_int_t
ngx_http_finance_blob_hold(ngx_http_finance_blob_t *blob, ngx_pool_t *pool)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_finance_blob_cleanup;
    cln->data = blob;

    blob->refs++;

    return NGX_OK;
}


static void
ngx_http_finance_blob_cleanup(void *data)
{
    ngx_http_finance_blob_release(data);
}

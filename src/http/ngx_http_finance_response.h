/* From a call that is done to bytes and headers, and errors without a call. */

#ifndef _NGX_HTTP_FINANCE_RESPONSE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_RESPONSE_H_INCLUDED_


#include "../service/ngx_http_finance_call.h"


/*
 * Sends headers and body; returns what ngx_http_finalize_request() takes.
 * ETag, 304 (nginx's not_modified filter), HEAD and Cache-Control included.
 */
ngx_int_t ngx_http_finance_response_send(ngx_http_finance_call_t *call);

/*
 * Sends the headers of a body that follows in pieces, of a length that nobody
 * knows; returns what ngx_http_send_header() does.
 */
ngx_int_t ngx_http_finance_response_begin(ngx_http_finance_call_t *call);

/* Adds a header; value must live as long as the request. */
ngx_int_t ngx_http_finance_response_header(ngx_http_request_t *r,
    const char *key, ngx_str_t *value);

/* The sentence of an error that nginx itself raised; never empty. */
void ngx_http_finance_response_detail(ngx_uint_t status, ngx_str_t *detail);


#endif /* _NGX_HTTP_FINANCE_RESPONSE_H_INCLUDED_ */

/* Requests of pages of other sites: refused, or allowed by finance_cors. */

#ifndef _NGX_HTTP_FINANCE_CORS_H_INCLUDED_
#define _NGX_HTTP_FINANCE_CORS_H_INCLUDED_


#include "../feed/ngx_http_finance_conf.h"


/*
 * NGX_DECLINED when the request may change something and comes from a page
 * of another site that finance_cors does not allow (the log has why), else
 * NGX_OK.
 */
ngx_int_t ngx_http_finance_cross_site(ngx_http_request_t *r);

/* The request's origin, as it came, if finance_cors allows it; else NULL. */
ngx_str_t *ngx_http_finance_cors_origin(ngx_http_request_t *r);

/* The first value of a header of the request, and how many there are. */
ngx_str_t *ngx_http_finance_request_header(ngx_http_request_t *r,
    const char *name, ngx_uint_t *n);

/* For configurations with finance_cors only: headers, and preflights. */
ngx_int_t ngx_http_finance_cors_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_FINANCE_CORS_H_INCLUDED_ */

/* The content handler of finance_api. */

#ifndef _NGX_HTTP_FINANCE_HANDLER_H_INCLUDED_
#define _NGX_HTTP_FINANCE_HANDLER_H_INCLUDED_


#include "../service/ngx_http_finance_call.h"


/* Per request; its presence says that an answer is ours. */
typedef struct {
    ngx_http_finance_call_t    call;
    ngx_str_t                  error;       /* body for an error of nginx's */
    ngx_uint_t                 route;       /* its number; 0: none */
    uint64_t                   began;       /* usec; 0: not in the handler */
    uint64_t                   ended;       /* when the answer was handed on */
    unsigned                   answered:1;  /* our own answer is on its way */
    unsigned                   replaced:1;  /* nginx's error page goes */
    unsigned                   sent:1;
} ngx_http_finance_ctx_t;


ngx_int_t ngx_http_finance_handler(ngx_http_request_t *r);

/* Counts what ended, in nginx's log phase. */
ngx_int_t ngx_http_finance_count_init(ngx_conf_t *cf);

/* The $finance_* variables. */
ngx_int_t ngx_http_finance_vars_add(ngx_conf_t *cf);

/* Errors that nginx raises inside the location, as JSON. */
ngx_int_t ngx_http_finance_error_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_FINANCE_HANDLER_H_INCLUDED_ */

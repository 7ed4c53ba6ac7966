/* finance_limit: how many requests a caller may make. */

#ifndef _NGX_HTTP_FINANCE_LIMIT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_LIMIT_H_INCLUDED_


#include "../service/ngx_http_finance_call.h"


/* Says on the answer that there is a limit, and which. */
ngx_int_t ngx_http_finance_limit_policy_header(ngx_http_finance_call_t *call);

/*
 * Counts the request and says on the answer what is left.  NGX_OK; NGX_BUSY:
 * it is one too many, call->retry_after is set; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_finance_limit_check(ngx_http_finance_call_t *call);


#endif /* _NGX_HTTP_FINANCE_LIMIT_H_INCLUDED_ */

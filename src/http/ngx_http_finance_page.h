/* finance_page: the web page and its files, which hold nobody's data. */

#ifndef _NGX_HTTP_FINANCE_PAGE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_PAGE_H_INCLUDED_


#include "../service/ngx_http_finance_file.h"


/* The file of a path under the location; NULL: there is none, or no page. */
ngx_http_finance_file_t *ngx_http_finance_page_find(ngx_http_request_t *r,
    ngx_str_t *path);

/*
 * Sends it, for GET and HEAD; a page that was asked for without its slash is
 * redirected.  Returns what a content handler returns.
 */
ngx_int_t ngx_http_finance_page_send(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *file);


#endif /* _NGX_HTTP_FINANCE_PAGE_H_INCLUDED_ */

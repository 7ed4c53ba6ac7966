/* Files of the sources that the module serves out of itself. */

#ifndef _NGX_HTTP_FINANCE_FILE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_FILE_H_INCLUDED_


#include "ngx_http_finance_call.h"


typedef struct {
    ngx_str_t       path;           /* under the location: "js/app.js" */
    const char     *type;           /* NULL ends a table */
    const u_char   *data;
    size_t          len;
    uint64_t        etag;           /* 0 until it is first asked for */
} ngx_http_finance_file_t;


/* Made by scripts/lib/embed; the page itself has the path "". */
extern ngx_http_finance_file_t  ngx_http_finance_page_files[];
extern ngx_http_finance_file_t  ngx_http_finance_docs_files[];


/* The file whose path is prefix and rest, or NULL. */
ngx_http_finance_file_t *ngx_http_finance_file_find(
    ngx_http_finance_file_t *files, const char *prefix, ngx_str_t *rest);

/*
 * Ends with the file; NULL is a 404.  Its ETag is of its content, and a page
 * may load what is of this address only.
 */
void ngx_http_finance_file_send(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *file);


#endif /* _NGX_HTTP_FINANCE_FILE_H_INCLUDED_ */

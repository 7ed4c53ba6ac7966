/* An answer that is a file of the sources, compiled in by config. */

#ifndef _NGX_HTTP_FINANCE_FILE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_FILE_H_INCLUDED_


#include "ngx_http_finance_call.h"


typedef struct {
    const char     *name;           /* in the path */
    const char     *type;           /* NULL: application/json */
    const char     *policy;         /* Content-Security-Policy, or NULL */
    const u_char   *data;
    const size_t   *len;
    uint64_t        etag;           /* 0 until it is first asked for */
} ngx_http_finance_file_t;


/* Declares the bytes of a file by the name that config gives them. */
#define ngx_http_finance_file_bytes(name)                                     \
    extern const u_char  name[];                                              \
    extern const size_t  name##_len


/* Ends with the file; its ETag is of its content. */
void ngx_http_finance_file_send(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *file);

/* Ends with the one of n that call->arg names, or with a 404. */
void ngx_http_finance_file_named(ngx_http_finance_call_t *call,
    ngx_http_finance_file_t *files, ngx_uint_t n);


#endif /* _NGX_HTTP_FINANCE_FILE_H_INCLUDED_ */

/*
 * What is said on a new connection before anything else, and how the answers
 * are judged: pure.  All steps are written in one go.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_HELLO_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_HELLO_H_INCLUDED_


#include "ngx_http_finance_redis_error.h"


typedef enum {
    NGX_HTTP_FINANCE_REDIS_AUTH,        /* if there is a password */
    NGX_HTTP_FINANCE_REDIS_SELECT,      /* if the database is not 0 */
    NGX_HTTP_FINANCE_REDIS_SETNAME,
    NGX_HTTP_FINANCE_REDIS_PING,        /* refused while loading, unlike the
                                           others */
    NGX_HTTP_FINANCE_REDIS_HELLO_MAX
} ngx_http_finance_redis_step_e;

typedef struct {
    unsigned                        n;
    unsigned                        done;
    ngx_http_finance_redis_step_e   step[NGX_HTTP_FINANCE_REDIS_HELLO_MAX];
} ngx_http_finance_redis_hello_t;


void ngx_http_finance_redis_hello_init(ngx_http_finance_redis_hello_t *hello,
    int password, unsigned db);

/*
 * The answer to the next step: NULL, go on (all said when done == n), or why
 * the connection is of no use.  error is the error reply's text, NULL when the
 * answer is not an error.
 */
const ngx_http_finance_redis_error_t *ngx_http_finance_redis_hello_answer(
    ngx_http_finance_redis_hello_t *hello, const char *error, size_t len);


#endif /* _NGX_HTTP_FINANCE_REDIS_HELLO_H_INCLUDED_ */

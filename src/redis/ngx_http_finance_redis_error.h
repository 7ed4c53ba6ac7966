/*
 * What Redis' error replies mean to a client: pure, a table.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_ERROR_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_ERROR_H_INCLUDED_


#include <stddef.h>


typedef enum {
    /* an answer to this command, the server is well */
    NGX_HTTP_FINANCE_REDIS_ANSWER = 0,
    /* the server cannot serve now, which passes by itself */
    NGX_HTTP_FINANCE_REDIS_PASSES,
    /* stays so until an operator changes something: hurry is no use */
    NGX_HTTP_FINANCE_REDIS_OPERATOR
} ngx_http_finance_redis_retry_e;


typedef struct {
    const char                      *prefix;    /* of the reply */
    const char                      *reason;    /* for a person */
    ngx_http_finance_redis_retry_e   retry;
    unsigned                         drop:1;    /* a connection that gave this
                                                   to a command is made anew */
    unsigned                         cluster:1; /* it is a cluster's node */
    unsigned                         denied:1;  /* only this command is */
} ngx_http_finance_redis_error_t;


/*
 * The entry for an error reply's text (without "-" and CRLF); never NULL: an
 * unknown one is an ANSWER with the reason "error reply".
 */
const ngx_http_finance_redis_error_t *ngx_http_finance_redis_error_find(
    const char *text, size_t len);


#endif /* _NGX_HTTP_FINANCE_REDIS_ERROR_H_INCLUDED_ */

/*
 * The text of a Redis address, taken apart: pure, no resolving.
 *
 *     redis://[user:password@]host[:port][/db]
 *     redis://[:password@]host[:port][/db]
 *     unix:/path[:db]
 *
 * host may be an IPv6 address in brackets; user and password are
 * percent-encoded.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_URL_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_URL_H_INCLUDED_


#include <stddef.h>


#define NGX_HTTP_FINANCE_REDIS_PORT  6379


/* Borrowed from the text. */
typedef struct {
    const char    *data;
    size_t         len;
} ngx_http_finance_redis_span_t;

typedef struct {
    ngx_http_finance_redis_span_t   path;       /* unix socket, or: */
    ngx_http_finance_redis_span_t   host;       /* brackets are kept */
    unsigned                        port;
    unsigned                        db;
    ngx_http_finance_redis_span_t   user;       /* still encoded */
    ngx_http_finance_redis_span_t   password;   /* still encoded */
} ngx_http_finance_redis_url_t;


/*
 * NULL, or what is wrong with it for a person: a static text that holds no
 * part of the url, since that may hold a password.
 */
const char *ngx_http_finance_redis_url_parse(const char *text, size_t len,
    ngx_http_finance_redis_url_t *url);

/*
 * Percent-decoding into dst (at least in->len bytes).  The length written, or
 * -1 for a "%" that two hexadecimal digits do not follow.
 */
ptrdiff_t ngx_http_finance_redis_url_decode(char *dst,
    const ngx_http_finance_redis_span_t *in);


#endif /* _NGX_HTTP_FINANCE_REDIS_URL_H_INCLUDED_ */

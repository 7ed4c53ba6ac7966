/* The text of a Redis address: see the header. */


#include <string.h>

#include "ngx_http_finance_redis_url.h"


#define NGX_HTTP_FINANCE_REDIS_DB_MAX  99999


static const char *ngx_http_finance_redis_url_unix(const char *p,
    const char *last, ngx_http_finance_redis_url_t *url);
static const char *ngx_http_finance_redis_url_tcp(const char *p,
    const char *last, ngx_http_finance_redis_url_t *url);
static const char *ngx_http_finance_redis_url_login(const char *p,
    const char *last, ngx_http_finance_redis_url_t *url);
static const char *ngx_http_finance_redis_url_server(const char *p,
    const char *last, ngx_http_finance_redis_url_t *url);
static int ngx_http_finance_redis_url_number(const char *p, const char *last,
    unsigned max, unsigned *value);
static const char *ngx_http_finance_redis_url_last(const char *p,
    const char *last, char c);
static int ngx_http_finance_redis_url_hex(char c);


const char *
ngx_http_finance_redis_url_parse(const char *text, size_t len,
    ngx_http_finance_redis_url_t *url)
{
    const char  *last;

    last = text + len;
    memset(url, 0, sizeof(ngx_http_finance_redis_url_t));

    if (len >= 8 && memcmp(text, "redis://", 8) == 0) {
        return ngx_http_finance_redis_url_tcp(text + 8, last, url);
    }

    if (len >= 5 && memcmp(text, "unix:", 5) == 0) {
        return ngx_http_finance_redis_url_unix(text + 5, last, url);
    }

    if (len >= 9 && memcmp(text, "rediss://", 9) == 0) {
        return "TLS (rediss://) is not supported with this hiredis, "
               "use redis:// or unix:, or a TLS tunnel";
    }

    return "it must begin with \"redis://\" or \"unix:/\"";
}


ptrdiff_t
ngx_http_finance_redis_url_decode(char *dst,
    const ngx_http_finance_redis_span_t *in)
{
    int     high, low;
    char   *d;
    size_t  i;

    d = dst;

    for (i = 0; i < in->len; i++) {

        if (in->data[i] != '%') {
            *d++ = in->data[i];
            continue;
        }

        if (in->len - i < 3) {
            return -1;
        }

        high = ngx_http_finance_redis_url_hex(in->data[i + 1]);
        low = ngx_http_finance_redis_url_hex(in->data[i + 2]);

        if (high < 0 || low < 0) {
            return -1;
        }

        *d++ = (char) (high * 16 + low);
        i += 2;
    }

    return d - dst;
}


static const char *
ngx_http_finance_redis_url_unix(const char *p, const char *last,
    ngx_http_finance_redis_url_t *url)
{
    const char  *colon;

    if (p == last || *p != '/') {
        return "the path of a unix socket must begin with \"/\"";
    }

    colon = ngx_http_finance_redis_url_last(p, last, ':');

    if (colon) {
        if (!ngx_http_finance_redis_url_number(colon + 1, last,
                                               NGX_HTTP_FINANCE_REDIS_DB_MAX,
                                               &url->db))
        {
            return "the database after the socket's \":\" must be a number";
        }

        last = colon;
    }

    if (last[-1] == '/') {
        return "the path of a unix socket must not end with \"/\"";
    }

    url->path.data = p;
    url->path.len = (size_t) (last - p);

    return NULL;
}


static const char *
ngx_http_finance_redis_url_tcp(const char *p, const char *last,
    ngx_http_finance_redis_url_t *url)
{
    const char  *slash, *at, *error;

    if (memchr(p, '?', (size_t) (last - p))
        || memchr(p, '#', (size_t) (last - p)))
    {
        return "\"?\" and \"#\" have no meaning in it, "
               "in a password write %3F and %23";
    }

    slash = memchr(p, '/', (size_t) (last - p));

    if (slash) {
        /* "host/" is taken for "host" */
        if (slash + 1 != last
            && !ngx_http_finance_redis_url_number(slash + 1, last,
                                                  NGX_HTTP_FINANCE_REDIS_DB_MAX,
                                                  &url->db))
        {
            return "the database after \"/\" must be a number, "
                   "in a password write %2F";
        }

        last = slash;
    }

    at = ngx_http_finance_redis_url_last(p, last, '@');

    if (at) {
        error = ngx_http_finance_redis_url_login(p, at, url);
        if (error) {
            return error;
        }

        p = at + 1;
    }

    return ngx_http_finance_redis_url_server(p, last, url);
}


static const char *
ngx_http_finance_redis_url_login(const char *p, const char *last,
    ngx_http_finance_redis_url_t *url)
{
    const char  *colon;

    colon = memchr(p, ':', (size_t) (last - p));

    url->user.data = p;
    url->user.len = (size_t) ((colon ? colon : last) - p);

    if (colon) {
        url->password.data = colon + 1;
        url->password.len = (size_t) (last - colon - 1);
    }

    if (colon && url->password.len == 0) {
        return "the password is empty";
    }

    for ( /* void */ ; p < last; p++) {
        /* last is the "@", which ends the digits */
        if (*p == '%'
            && (ngx_http_finance_redis_url_hex(p[1]) < 0
                || ngx_http_finance_redis_url_hex(p[2]) < 0))
        {
            return "\"%\" in user or password must be followed by two "
                   "hexadecimal digits";
        }
    }

    return NULL;
}


static const char *
ngx_http_finance_redis_url_server(const char *p, const char *last,
    ngx_http_finance_redis_url_t *url)
{
    const char  *end;

    url->port = NGX_HTTP_FINANCE_REDIS_PORT;

    if (p < last && *p == '[') {
        end = memchr(p, ']', (size_t) (last - p));
        if (end == NULL || end == p + 1) {
            return "the IPv6 address lacks its \"]\" or is empty";
        }

        end++;

    } else {
        end = memchr(p, ':', (size_t) (last - p));
        if (end == NULL) {
            end = last;
        }
    }

    if (end == p) {
        return "it has no host";
    }

    url->host.data = p;
    url->host.len = (size_t) (end - p);

    if (end == last) {
        return NULL;
    }

    if (*end != ':'
        || !ngx_http_finance_redis_url_number(end + 1, last, 65535, &url->port)
        || url->port == 0)
    {
        return "the port must be a number from 1 to 65535 "
               "(an IPv6 address needs brackets)";
    }

    return NULL;
}


/* A decimal number that fills [p, last). */
static int
ngx_http_finance_redis_url_number(const char *p, const char *last, unsigned max,
    unsigned *value)
{
    unsigned  n;

    n = 0;

    if (p == last) {
        return 0;
    }

    for ( /* void */ ; p < last; p++) {
        if (*p < '0' || *p > '9') {
            return 0;
        }

        n = n * 10 + (unsigned) (*p - '0');

        if (n > max) {
            return 0;
        }
    }

    *value = n;

    return 1;
}


static const char *
ngx_http_finance_redis_url_last(const char *p, const char *last, char c)
{
    while (last > p) {
        if (*--last == c) {
            return last;
        }
    }

    return NULL;
}


static int
ngx_http_finance_redis_url_hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }

    return -1;
}

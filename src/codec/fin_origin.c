#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "fin_origin.h"


static int
fin_origin_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9');
}


/* The locale must not decide what a host is: no strncasecmp(). */
static int
fin_origin_same_text(const char *a, const char *b, size_t len)
{
    char    x, y;
    size_t  i;

    for (i = 0; i < len; i++) {
        x = a[i];
        y = b[i];

        if (x >= 'A' && x <= 'Z') {
            x = (char) (x - 'A' + 'a');
        }

        if (y >= 'A' && y <= 'Z') {
            y = (char) (y - 'A' + 'a');
        }

        if (x != y) {
            return 0;
        }
    }

    return 1;
}


/*
 * The length of a name or an IPv4 address that s begins with; 0: none.  A dot
 * at the end is part of a name: the same machine, but another site.
 */
static size_t
fin_origin_name(const char *s, size_t len)
{
    size_t  i;

    for (i = 0; i < len && s[i] != ':'; i++) {

        if (i == FIN_ORIGIN_HOST_MAX) {
            return 0;
        }

        if (s[i] == '.' && (i == 0 || s[i - 1] == '.')) {
            return 0;
        }

        if (!fin_origin_alnum(s[i]) && s[i] != '.' && s[i] != '-'
            && s[i] != '_')
        {
            return 0;
        }
    }

    return i;
}


/* The same of an IPv6 address, with its brackets. */
static size_t
fin_origin_ipv6(const char *s, size_t len)
{
    char             text[INET6_ADDRSTRLEN];
    size_t           n;
    const char      *end;
    struct in6_addr  addr;

    end = memchr(s, ']', len);
    if (end == NULL) {
        return 0;
    }

    n = (size_t) (end - s) - 1;

    if (n >= sizeof(text) || memchr(s + 1, '\0', n)) {
        return 0;
    }

    memcpy(text, s + 1, n);
    text[n] = '\0';

    return inet_pton(AF_INET6, text, &addr) == 1 ? n + 2 : 0;
}


/* 1 to 65535 as a number is printed; 0: none */
static unsigned
fin_origin_port(const char *s, size_t len)
{
    size_t    i;
    unsigned  port;

    if (len == 0 || len > 5 || s[0] == '0') {
        return 0;
    }

    port = 0;

    for (i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return 0;
        }

        port = port * 10 + (unsigned) (s[i] - '0');
    }

    return port > 65535 ? 0 : port;
}


/* host[:port], where the scheme is known */
static fin_status_t
fin_origin_authority(const char *s, size_t len, fin_origin_t *origin)
{
    origin->host = s;
    origin->host_len = (len && s[0] == '[') ? fin_origin_ipv6(s, len)
                                            : fin_origin_name(s, len);

    if (origin->host_len == 0) {
        return FIN_E_SYNTAX;
    }

    s += origin->host_len;
    len -= origin->host_len;

    if (len == 0) {
        origin->port = origin->https ? 443 : 80;
        return FIN_OK;
    }

    origin->port = s[0] == ':' ? fin_origin_port(s + 1, len - 1) : 0;

    return origin->port ? FIN_OK : FIN_E_SYNTAX;
}


fin_status_t
fin_origin_parse(const char *s, size_t len, fin_origin_t *origin)
{
    size_t  n;

    if (len >= 8 && fin_origin_same_text(s, "https://", 8)) {
        origin->https = 1;
        n = 8;

    } else if (len >= 7 && fin_origin_same_text(s, "http://", 7)) {
        origin->https = 0;
        n = 7;

    } else {
        return FIN_E_SYNTAX;
    }

    return fin_origin_authority(s + n, len - n, origin);
}


int
fin_origin_equal(const fin_origin_t *a, const fin_origin_t *b)
{
    return a->https == b->https && a->port == b->port
           && a->host_len == b->host_len
           && fin_origin_same_text(a->host, b->host, a->host_len);
}


int
fin_origin_is_host(const fin_origin_t *origin, const char *s, size_t len)
{
    fin_origin_t  host;

    host.https = origin->https;

    return fin_origin_authority(s, len, &host) == FIN_OK
           && fin_origin_equal(origin, &host);
}

/*
 * Web origins (RFC 6454) as browsers send them, and whether one is the host
 * that a request was sent to.  Texts are compared, no name is looked up.
 */

#ifndef FIN_ORIGIN_H
#define FIN_ORIGIN_H

#include <stddef.h>

#include "../core/fin_status.h"


#define FIN_ORIGIN_HOST_MAX  255


/* The host is borrowed from the text. */
typedef struct {
    const char  *host;          /* an IPv6 address keeps its brackets */
    size_t       host_len;
    unsigned     port;          /* the scheme's own where none was given */
    int          https;
} fin_origin_t;


/*
 * scheme://host[:port] with http or https, and nothing after it.  FIN_OK, or
 * FIN_E_SYNTAX for all else: "null", a path, user names, wildcards, ...
 */
fin_status_t fin_origin_parse(const char *s, size_t len,
    fin_origin_t *origin);

/* Scheme, host and port are the same; hosts in either case. */
int fin_origin_equal(const fin_origin_t *a, const fin_origin_t *b);

/*
 * Whether the value of a Host header, host[:port], names host and port of
 * the origin; without a port it means the default of the origin's scheme.
 */
int fin_origin_is_host(const fin_origin_t *origin, const char *s, size_t len);


#endif

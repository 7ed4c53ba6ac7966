/* Conditions on a version, whose ETag is "<version>" (RFC 9110, 13.1.1). */

#ifndef FIN_ETAG_H
#define FIN_ETAG_H

#include <stddef.h>
#include <stdint.h>


/*
 * Whether an If-Match of something that exists lets a write go on: 1 for "*",
 * and for a list that has the version's tag.  0 otherwise: a weak tag (W/"3")
 * never matches, and what is no list of tags matches nothing.
 */
int fin_if_match(const char *value, size_t len, int64_t version);


#endif

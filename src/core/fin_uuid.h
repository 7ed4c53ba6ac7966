/* Random identifiers of what owners make (RFC 4122, version 4). */

#ifndef FIN_UUID_H
#define FIN_UUID_H

#include <stddef.h>

#include "fin_status.h"


#define FIN_UUID_LEN  36            /* of the text, without NUL */


/* A new one, lower case, NUL-terminated.  FIN_OK, or FIN_E_INTERNAL when the
 * system has no random numbers. */
fin_status_t fin_uuid_make(char out[FIN_UUID_LEN + 1]);

/* Whether s is the text of a UUID, in either case, of any version. */
int fin_uuid_valid(const char *s, size_t len);


#endif

/*
 * Idempotency-Key: what a key may be, where its answer is kept, and what a
 * request is told by from another one with the same key.
 */

#ifndef FIN_IDEM_H
#define FIN_IDEM_H

#include "fin_key.h"


#define FIN_IDEM_KEY_MAX  255

/* finance:{owner}:idem:KEY, each byte of either as %XX, and a NUL */
#define FIN_KEY_IDEM_MAX  (FIN_KEY_MAX + FIN_IDEM_KEY_MAX * 3)

#define FIN_IDEM_FINGERPRINT_LEN  32        /* hex digits; without NUL */


/* 1..FIN_IDEM_KEY_MAX printable ASCII bytes, no blanks: 1, else 0. */
int fin_idem_key_valid(const char *s, size_t len);

/*
 * The Redis key, in out of FIN_KEY_IDEM_MAX bytes, ended by a NUL, and its
 * length.  Bytes of KEY outside [A-Za-z0-9_.-] are %XX, so that two keys never
 * share a place.  0, and an empty out, for an owner that fin_key.h refuses and
 * a key that is not valid.
 */
size_t fin_key_idem(char *out, const char *owner, size_t owner_len,
    const char *key, size_t key_len);

/*
 * 128 bits of method, path and body, as hex digits and a NUL: no defence
 * against a chosen collision, which could only be with a request of the same
 * owner's.
 */
void fin_idem_fingerprint(const char *method, size_t method_len,
    const char *path, size_t path_len, const char *body, size_t body_len,
    char out[FIN_IDEM_FINGERPRINT_LEN + 1]);


#endif

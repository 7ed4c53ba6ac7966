/*
 * Tickers, owners and Redis keys: the white list that everything from outside
 * passes before it gets into a URI, a key or an answer.
 */

#ifndef FIN_KEY_H
#define FIN_KEY_H

#include "../core/fin_types.h"


/*
 * Trims ASCII white space, upper-cases and checks: a letter, then letters,
 * digits, '.' or '-', FIN_TICKER_MAX at most.  FIN_OK (out is NUL-terminated)
 * or FIN_E_VALUE.
 */
fin_status_t fin_ticker_parse(const char *s, size_t len,
    char out[FIN_TICKER_MAX + 1]);

/* Exact form, no trimming: for bytes read back from the store. */
int fin_ticker_valid(const char *s, size_t len);

/* "O:" + ticker + yymmdd + C|P + 8 digits; 1 or 0. */
int fin_contract_valid(const char *s, size_t len);

/*
 * An owner as a part of a key: [A-Za-z0-9_@.-] as they are, all else %XX, so
 * that two owners never share a key and none can leave its braces.  Owners
 * longer than FIN_OWNER_MAX bytes, or empty: FIN_E_VALUE.
 */
#define FIN_OWNER_MAX  256
#define FIN_KEY_MAX    (FIN_OWNER_MAX * 3 + 128)

/*
 * Each returns the key's length; out has FIN_KEY_MAX bytes and is ended with a
 * NUL.  0, and an empty out, for an owner that is refused (see above) or a key
 * that would not fit.  The ticker must be a valid one: fin_ticker_parse().
 */
size_t fin_key_watchlist(char *out, const char *owner, size_t len);
size_t fin_key_positions(char *out, const char *owner, size_t len);
/* "finance:{owner}:user": the id of the owner's one user */
size_t fin_key_owner_user(char *out, const char *owner, size_t len);
/* "finance:user:{ID}"; the id must be a valid one: fin_uuid_valid() */
size_t fin_key_user(char *out, const char *id);
/* a hash: e-mail in lower case to id */
#define FIN_KEY_USER_EMAIL  "finance:user:email"
/* "finance:cache:KIND:{T}" with braces as part of the key (hash tag) */
size_t fin_key_cache(char *out, const char *kind, const char *ticker);
size_t fin_key_iv(char *out, const char *ticker);
/* "finance:cache:contract:{T}:NAME"; the name is a contract's, or of its form */
size_t fin_key_contract(char *out, const char *ticker, const char *name);

/* "finance:{" owner "}" suffix, for others; suffix is a short constant */
size_t fin_key_owner(char *out, const char *owner, size_t len,
    const char *suffix);


#endif

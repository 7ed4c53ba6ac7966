/*
 * Text to values as pydantic 2 reads them in its lax mode: what a query
 * string, and a string in a body, may hold where a number, a truth or a date is
 * asked for.  Checked against pydantic 2.13.  White space is ASCII's.
 */

#ifndef FIN_LAX_H
#define FIN_LAX_H

#include "../core/fin_types.h"


typedef enum {
    FIN_LAX_OK = 0,
    FIN_LAX_BAD,            /* not of that form */
    FIN_LAX_SIZE,           /* a whole number past 64 bits: *out saturates */
    FIN_LAX_INEXACT,        /* an instant that is not a midnight */
    FIN_LAX_YEAR            /* the year 0 */
} fin_lax_t;


/* White space off both ends. */
void fin_lax_trim(const char **s, size_t *len);

/* true/false, 1/0, yes/no, on/off, t/f, y/n in any case; no trimming. */
fin_lax_t fin_lax_bool(const char *s, size_t len, int *out);

/* " +1_000.00 " is 1000; OK, BAD or SIZE. */
fin_lax_t fin_lax_int(const char *s, size_t len, int64_t *out);

/* A decimal number, "inf", "nan"; *out may be infinite; OK or BAD. */
fin_lax_t fin_lax_double(const char *s, size_t len, double *out);

/*
 * YYYY-MM-DD, a date with a time that is midnight ("2026-01-02T00:00:00Z"; the
 * zone is not looked at), or a Unix time that is one, in s or ms.  BAD: *error
 * says why, in the words of pydantic.
 */
fin_lax_t fin_lax_date(const char *s, size_t len, fin_date_t *out,
    const char **error);

/* The same for a Unix time that is a number already; s, or ms over 2e10. */
fin_lax_t fin_lax_date_number(double value, fin_date_t *out,
    const char **error);


#endif

/*
 * A growable, bounded byte buffer and a JSON writer on it.  Errors stick: after a
 * failed allocation or the bound every call is a no-op and fin_out_status()
 * says why, so that writers need no check a call.
 */

#ifndef FIN_OUT_H
#define FIN_OUT_H

#include "../core/fin_types.h"


typedef struct {
    char          *data;        /* malloc'ed, owned; not NUL-terminated */
    size_t         len;
    size_t         cap;
    size_t         max;
    fin_status_t   status;
    unsigned       comma:1;     /* the next member or element needs one */
} fin_out_t;


void fin_out_init(fin_out_t *out, size_t max);
void fin_out_free(fin_out_t *out);
fin_status_t fin_out_status(const fin_out_t *out);

/*
 * Room for n more bytes at the end of data, or NULL (the error sticks).  The
 * caller writes there and adds what it wrote to len; the pointer is good until
 * the next call.
 */
char *fin_out_room(fin_out_t *out, size_t n);

/* Bytes as they are; commas are not looked at. */
void fin_out_raw(fin_out_t *out, const char *data, size_t len);
void fin_out_text(fin_out_t *out, const char *text);

/* { } [ ], commas are the writer's business. */
void fin_out_object(fin_out_t *out);
void fin_out_object_end(fin_out_t *out);
void fin_out_array(fin_out_t *out);
void fin_out_array_end(fin_out_t *out);
void fin_out_key(fin_out_t *out, const char *key);       /* plain ASCII */

/* Values.  A non-finite double is null. */
void fin_out_double(fin_out_t *out, double value);
void fin_out_int(fin_out_t *out, int64_t value);
void fin_out_bool(fin_out_t *out, int value);
void fin_out_null(fin_out_t *out);
/* Escaped; invalid UTF-8 becomes U+FFFD.  In fin_utf8.c. */
void fin_out_string(fin_out_t *out, const char *s, size_t len);
void fin_out_cstring(fin_out_t *out, const char *s);     /* NULL: null */
/* FIN_NO_DATE, and what years 0..9999 do not hold: null */
void fin_out_date(fin_out_t *out, fin_date_t date);
void fin_out_instant(fin_out_t *out, int64_t ms);
/* Finished JSON, not empty, put in as a value. */
void fin_out_json(fin_out_t *out, const char *json, size_t len);

/* key and value in one call */
void fin_out_kdouble(fin_out_t *out, const char *key, double value);
void fin_out_kint(fin_out_t *out, const char *key, int64_t value);
void fin_out_kbool(fin_out_t *out, const char *key, int value);
void fin_out_kstring(fin_out_t *out, const char *key, const char *s);
void fin_out_kdate(fin_out_t *out, const char *key, fin_date_t date);
void fin_out_kinstant(fin_out_t *out, const char *key, int64_t ms);

/*
 * The shortest decimal form that reads back as the same double, the closest of
 * those; in the form of ECMAScript's Number::toString: integers below 1e21
 * without a point or an exponent, "1e-7", "1.5e+22".  At most FIN_DTOA_MAX
 * bytes, no NUL; returns the length.  -0.0 is "0", what is not finite "null".
 * In fin_dtoa.c.
 */
#define FIN_DTOA_MAX  32
size_t fin_dtoa(double value, char *out);

/* Decimal digits of value, at most 20, no NUL; returns how many. */
size_t fin_utoa(uint64_t value, char *out);

/*
 * 1 when s (len > 0) begins with a well-formed UTF-8 sequence of *n bytes;
 * 0 when its first *n bytes, *n > 0, are to become one U+FFFD (the maximal
 * subpart, Unicode ch. 3.9).  In fin_utf8.c.
 */
int fin_utf8_step(const char *s, size_t len, size_t *n);


#endif

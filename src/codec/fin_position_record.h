/*
 * A position as Redis holds it: a value of the hash finance:{owner}:positions,
 * whose field is the id.
 *
 *     {"v":1,"id":"...","ticker":"AAPL","position_type":"option",
 *      "transaction_date":"2026-01-02","quantity":-1,"option_type":"call",
 *      "strike":150,"expiration":"2026-03-20","premium":2.5,
 *      "created_at":1767366245000,"updated_at":1767366245000,"version":1}
 *
 * A stock has "purchase_price" in place of the four.  Instants are ms UTC.
 * Doubles read back as the same ones.
 */

#ifndef FIN_POSITION_RECORD_H
#define FIN_POSITION_RECORD_H

#include "../core/fin_position.h"
#include "fin_out.h"


/* Versions are whole numbers in a double too. */
#define FIN_POSITION_VERSION_MAX  INT64_C(9007199254740991)


/*
 * One that could not be read back sets out's status to FIN_E_VALUE: it is the
 * caller's mistake.
 */
void fin_position_record_write(fin_out_t *out, const fin_position_t *p);

/*
 * FIN_OK; FIN_E_SYNTAX: damaged, of another version, impossible values, a
 * member twice, and *out is not to be used.  Members that are not known are
 * passed over.  Nothing is allocated; the bytes are untrusted, and need no
 * NUL.
 */
fin_status_t fin_position_record_read(const char *json, size_t len,
    fin_position_t *out);


#endif

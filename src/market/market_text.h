/* Numbers, dates, query arguments and base64 as they stand in a request. */

#ifndef MARKET_TEXT_H
#define MARKET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "market_buf.h"


/*
 * Decodes %XX (and + as a blank where plus is set) into out with a
 * terminating 0. Returns the length, or -1: bad escape, a NUL, or no room.
 */
int market_decode(const char *text, size_t len, bool plus, char *out,
    size_t size);

/*
 * Looks up a query argument by its exact name. Returns 1 and the decoded
 * value, 0 when it is missing, -1 when it cannot be decoded or is too long.
 */
int market_arg(const char *query, size_t len, const char *name, char *out,
    size_t size);

/* A whole number within min..max; the whole text must be the number. */
bool market_parse_int(const char *text, long long min, long long max,
    long long *value);

/* A finite number; the whole text must be the number. */
bool market_parse_double(const char *text, double *value);

/* YYYY-MM-DD as the number yyyymmdd. False when it is no date. */
bool market_parse_day(const char *text, double *day);

/*
 * The New York date (yyyymmdd) of a daily bar's time stamp, which is midnight
 * there and so 04:00 or 05:00 UTC: the UTC date four hours earlier.
 */
double market_day_of_ms(double ms);

/* base64url without padding, appended. */
void market_base64_encode(market_buf_t *out, const char *data, size_t len);

/* The reverse, with a terminating 0. Returns the length, or -1. */
int market_base64_decode(const char *text, size_t len, char *out,
    size_t size);


#endif

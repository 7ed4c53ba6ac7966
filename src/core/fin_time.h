/*
 * Civil dates, New York time and RFC 3339.  Time is always a parameter; the
 * daylight saving rules of the United States are built in, so no tzdata and
 * no global of libc is used (threads).  The rules: since 2007 the second
 * Sunday of March to the first of November (Energy Policy Act of 2005), since
 * 1987 the first of April to the last of October, before that the last of
 * April to the last of October (Uniform Time Act of 1966; the longer summers
 * of 1974 and 1975 are left aside).
 */

#ifndef FIN_TIME_H
#define FIN_TIME_H

#include "fin_types.h"


#define FIN_DAY_MS  INT64_C(86400000)


/*
 * y-m-d to days since 1970-01-01; FIN_NO_DATE for what is no date, and for
 * years outside 0..9999.
 */
fin_date_t fin_date_make(int year, int month, int day);

/* Any fin_date_t; FIN_NO_DATE gives 0-0-0. */
void fin_date_split(fin_date_t date, int *year, int *month, int *day);

/* 0 is Sunday. */
int fin_date_weekday(fin_date_t date);

/* Strictly "YYYY-MM-DD", len 10; FIN_NO_DATE otherwise. */
fin_date_t fin_date_parse(const char *s, size_t len);

/* Writes "YYYY-MM-DD" and a NUL; "" for years outside 0..9999, FIN_NO_DATE. */
void fin_date_format(fin_date_t date, char out[11]);

/*
 * The date in New York at an instant (ms UTC); FIN_NO_DATE for instants
 * outside the years 0..9999.
 */
fin_date_t fin_ny_date(int64_t ms);

/* The instant (ms UTC) of midnight New York on that date. */
int64_t fin_ny_midnight(fin_date_t date);

/*
 * Writes "2026-01-02T15:04:05Z" and a NUL; fractions are cut (towards the
 * past); "" for years outside 0..9999.
 */
void fin_instant_format(int64_t ms, char out[21]);

/*
 * RFC 3339 with "Z" or an offset, optional fraction (cut to ms); a leap
 * second (:60) is refused.  Returns FIN_OK or FIN_E_VALUE.
 */
fin_status_t fin_instant_parse(const char *s, size_t len, int64_t *ms);


#endif

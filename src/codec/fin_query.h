/*
 * A query string, read as FastAPI reads it: '&' between arguments,
 * percent-encoding and '+' for a space in names and values, the last of
 * repeated names counts, names are case-sensitive, unknown ones are ignored, a
 * '%' that begins no escape stands for itself.
 */

#ifndef FIN_QUERY_H
#define FIN_QUERY_H

#include "fin_key.h"
#include "fin_limits.h"
#include "fin_problem.h"


#define FIN_QUERY_VALUE_MAX  1023       /* bytes; tickers may be longer */

/* Borrowed: the bytes after '?', as they came. */
typedef struct {
    const char  *data;
    size_t       len;
} fin_query_t;


/*
 * Each: FIN_OK; FIN_E_NO_DATA: no such argument; FIN_E_VALUE: a problem was
 * added.  *out is untouched unless FIN_OK.  Names and choices (ended by NULL)
 * are constants; limits may be NULL.  An empty value is a value.
 */
fin_status_t fin_query_bool(const fin_query_t *query, const char *name,
    int *out, fin_problems_t *problems);
fin_status_t fin_query_int(const fin_query_t *query, const char *name,
    const fin_int_limits_t *limits, int64_t *out, fin_problems_t *problems);
fin_status_t fin_query_date(const fin_query_t *query, const char *name,
    fin_date_t *out, fin_problems_t *problems);
fin_status_t fin_query_choice(const fin_query_t *query, const char *name,
    const char *const *choices, size_t *out, fin_problems_t *problems);

/* The bytes, decoded and ended by a NUL; they may hold others. */
fin_status_t fin_query_string(const fin_query_t *query, const char *name,
    char out[FIN_QUERY_VALUE_MAX + 1], size_t *len, fin_problems_t *problems);

/* One ticker: FIN_OK, FIN_E_NO_DATA, FIN_E_VALUE (malformed; a 400). */
fin_status_t fin_query_ticker(const fin_query_t *query, const char *name,
    char out[FIN_TICKER_MAX + 1]);

typedef struct {
    char    (*ticker)[FIN_TICKER_MAX + 1];      /* the caller's array */
    size_t    max;
    size_t    n;
} fin_ticker_list_t;

/*
 * "A,B": exact forms, in order, each once; empty ones are passed over, so that
 * FIN_OK may leave none.  FIN_E_NO_DATA; FIN_E_VALUE: one is malformed (a 400);
 * FIN_E_TOO_BIG: more than max.
 */
fin_status_t fin_query_tickers(const fin_query_t *query, const char *name,
    fin_ticker_list_t *list);


#endif

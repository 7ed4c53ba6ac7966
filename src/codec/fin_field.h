/*
 * One field of what a caller sent, from a query string or a body, made into a
 * typed value or a problem; private to the codec (fin_query, fin_in_body).
 */

#ifndef FIN_FIELD_H
#define FIN_FIELD_H

#include "fin_limits.h"
#include "fin_problem.h"


struct cJSON;

/* A string has text (json too, in a body); anything else has json alone. */
typedef struct {
    fin_problems_t      *problems;
    const char          *in;            /* "query", "body" */
    const char          *name;
    const char          *text;
    size_t               len;
    const struct cJSON  *json;          /* NULL from a query */
} fin_field_t;


/* A problem with loc [in, name], [in] for a NULL name, and its input. */
fin_problem_t *fin_field_problem(const fin_field_t *field, const char *type,
    const char *msg);

/* Each: FIN_OK, or FIN_E_VALUE with one problem added and *out untouched. */
fin_status_t fin_field_bool(const fin_field_t *field, int *out);
fin_status_t fin_field_int(const fin_field_t *field,
    const fin_int_limits_t *limits, int64_t *out);
fin_status_t fin_field_double(const fin_field_t *field,
    const fin_double_limits_t *limits, double *out);
fin_status_t fin_field_date(const fin_field_t *field, fin_date_t *out);
fin_status_t fin_field_choice(const fin_field_t *field,
    const char *const *choices, size_t *out);
fin_status_t fin_field_string(const fin_field_t *field,
    const fin_string_limits_t *limits, const char **out, size_t *len);
/* The same without the white space at its ends, which does not count. */
fin_status_t fin_field_trimmed(const fin_field_t *field,
    const fin_string_limits_t *limits, const char **out, size_t *len);

/* Adds string_too_long; FIN_E_VALUE. */
fin_status_t fin_field_too_long(const fin_field_t *field, size_t limit);


#endif

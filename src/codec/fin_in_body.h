/*
 * A caller's JSON body: opened once, its fields read one by one, with all that
 * is wrong collected for a 422.  Unknown members are ignored; of members that occur
 * twice the last counts; names are case-sensitive.
 */

#ifndef FIN_IN_BODY_H
#define FIN_IN_BODY_H

#include "fin_key.h"
#include "fin_limits.h"
#include "fin_problem.h"


struct cJSON;

typedef struct {
    struct cJSON    *root;          /* owned: fin_body_close() */
    fin_problems_t  *problems;      /* borrowed */
} fin_body_t;


/*
 * FIN_OK; FIN_E_SHAPE with one problem added: nothing at all or null
 * ("missing"), not JSON ("json_invalid"), not an object
 * ("model_attributes_type"); FIN_E_NOMEM.  The body owns something only after
 * FIN_OK; it keeps no pointer into json.
 */
fin_status_t fin_body_open(fin_body_t *body, const char *json, size_t len,
    fin_problems_t *problems);
void fin_body_close(fin_body_t *body);

/*
 * Each: FIN_OK; FIN_E_VALUE with a problem added; FIN_E_NO_DATA: absent or
 * null, where it is optional.  *out is untouched unless FIN_OK.  Names and
 * choices (ended by NULL) are constants; limits may be NULL.
 */
#define FIN_BODY_OPTIONAL  0
#define FIN_BODY_REQUIRED  1

/* Borrowed from body, without NUL inside, ended by one. */
fin_status_t fin_body_string(const fin_body_t *body, const char *name,
    int required, const fin_string_limits_t *limits, const char **out,
    size_t *len);
/* The same without ASCII white space at its ends, and so ended by len alone. */
fin_status_t fin_body_trimmed(const fin_body_t *body, const char *name,
    int required, const fin_string_limits_t *limits, const char **out,
    size_t *len);
fin_status_t fin_body_bool(const fin_body_t *body, const char *name,
    int required, int *out);
fin_status_t fin_body_int(const fin_body_t *body, const char *name,
    int required, const fin_int_limits_t *limits, int64_t *out);
fin_status_t fin_body_double(const fin_body_t *body, const char *name,
    int required, const fin_double_limits_t *limits, double *out);
fin_status_t fin_body_date(const fin_body_t *body, const char *name,
    int required, fin_date_t *out);
fin_status_t fin_body_choice(const fin_body_t *body, const char *name,
    int required, const char *const *choices, size_t *out);

/* Whether there is such a member that is not null. */
int fin_body_given(const fin_body_t *body, const char *name);

/*
 * A problem that is the service's own, as of a validator in Python: type
 * "value_error", "Value error, " and msg; the input is the member's.
 */
void fin_body_value_error(const fin_body_t *body, const char *name,
    const char *msg);

/*
 * The body of POST watchlist, {"ticker": "aapl"}: FIN_OK and the ticker in its
 * exact form; FIN_E_SHAPE: see problems (422); FIN_E_VALUE: a string that is no
 * ticker (400), no problem added; FIN_E_NOMEM.
 */
fin_status_t fin_in_watchlist(const char *json, size_t len,
    char ticker[FIN_TICKER_MAX + 1], fin_problems_t *problems);


#endif

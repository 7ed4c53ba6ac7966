/*
 * Private to the codec: what all readers of upstream's JSON share.  Bars and
 * pages of chains, which are long, are read by fin_scan.h; all else is small
 * and read by cJSON, which is lax in places.  These are the rules on top of
 * both:
 *
 *  - the text is one object, FIN_JSON_MAX bytes at most, nothing around it but
 *    white space (no byte order mark); cJSON refuses nesting over 1000, the
 *    scanner over FIN_SCAN_DEPTH_MAX;
 *  - no NUL, neither as a byte nor as an escape, so that a C string is all;
 *  - of members that occur twice the last counts, as in JavaScript and Python;
 *  - member names are case-sensitive;
 *  - a number that overflows a double counts as absent, and so does one
 *    that is written as a string;
 *  - strings may hold invalid UTF-8: those that are used pass a white list of
 *    ASCII, and a damaged company name does not refuse an answer.
 */

#ifndef FIN_JSON_H
#define FIN_JSON_H

#include <string.h>

#include <cjson/cJSON.h>

#include "fin_in.h"
#include "fin_scan.h"


#define FIN_JSON_MAX     (16 * 1024 * 1024)

/* The first instant of the year 10000, ms: later ones are nonsense. */
#define FIN_JSON_MS_END  253402300800000


/*
 * Parses one object; FIN_OK and *root, which is the caller's, for
 * cJSON_Delete(); FIN_E_SYNTAX (also for a lack of memory inside cJSON, which
 * does not tell), FIN_E_SHAPE: JSON, but not an object, FIN_E_TOO_BIG.
 */
fin_status_t fin_json_parse(const char *json, size_t len, cJSON **root,
    fin_in_error_t *err);

/*
 * The same without a tree: FIN_OK, and scan is inside of the object, before its
 * first member; the errors of fin_json_parse() that show at the ends.
 */
fin_status_t fin_json_scan(fin_scan_t *scan, const char *json, size_t len,
    fin_in_error_t *err);

/* The value ahead, of "status"; "" when it is no string, or a longer one. */
#define FIN_JSON_STATUS_MAX  31
void fin_json_scan_status(fin_scan_t *scan,
    char status[FIN_JSON_STATUS_MAX + 1]);

/* After the last member: FIN_OK, or FIN_E_SYNTAX for all of the text. */
fin_status_t fin_json_scan_end(fin_scan_t *scan, fin_in_error_t *err);

/* The last member of that name; NULL: none, null, or object is no object. */
const cJSON *fin_json_get(const cJSON *object, const char *name);

/* Finite, or NAN: not a number, absent (NULL), infinite. */
double fin_json_number(const cJSON *item);

/* fin_json_number() that is > 0, or NAN. */
double fin_json_positive(const cJSON *item);

/* value, or NAN: not above (below) 0. */
static inline double
fin_json_above_zero(double value)
{
    return value > 0 ? value : NAN;
}


static inline double
fin_json_not_below_zero(double value)
{
    return value >= 0 ? value : NAN;
}


/* An instant in ms UTC from value (1/per_ms ms); 0: NAN, nonsense. */
int64_t fin_json_instant(double value, double per_ms);

/* The string, or NULL. */
const char *fin_json_text(const cJSON *item);

/*
 * What the answer's own "status" says under HTTP 200: FIN_OK (also when it is
 * absent or unknown, such as "DELAYED"), FIN_E_UPSTREAM ("ERROR"),
 * FIN_E_NOT_ENTITLED ("NOT_AUTHORIZED"), FIN_E_NOT_FOUND ("NOT_FOUND").
 */
fin_status_t fin_json_status(const cJSON *root, fin_in_error_t *err);

/* The same of the text of "status"; NULL: absent, no string. */
fin_status_t fin_json_status_text(const char *text, fin_in_error_t *err);

/* Fills err (NULL will do) and returns status; field is a printf format. */
fin_status_t fin_json_refuse(fin_in_error_t *err, fin_status_t status,
    const char *text, const char *field, ...)
    __attribute__((format(printf, 4, 5)));


static inline int
fin_json_is(const cJSON *item, const char *name)
{
    return item->string[0] == name[0] && strcmp(item->string, name) == 0;
}


#endif

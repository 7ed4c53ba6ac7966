/*
 * Whether a caller's text is JSON, to the letter of RFC 8259, and where and why
 * not, in the words of Python's json module.  cJSON is laxer ("01", tabs in
 * strings, invalid UTF-8) and gives no reason.
 */

#ifndef FIN_JSON_CHECK_H
#define FIN_JSON_CHECK_H

#include "../core/fin_types.h"


#define FIN_JSON_DEPTH_MAX  64

/*
 * NULL, or a constant text; *pos is then the place, in characters.  More is
 * refused than Python does: NaN and Infinity, lone surrogates, NUL in strings,
 * numbers longer than 63 bytes, nesting over FIN_JSON_DEPTH_MAX.
 */
const char *fin_json_check(const char *s, size_t len, size_t *pos);


#endif

/* What a field may be, beside its type; NULL in place of limits: anything. */

#ifndef FIN_LIMITS_H
#define FIN_LIMITS_H

#include "../core/fin_types.h"


typedef struct {
    int64_t  ge, le;            /* ends included; INT64_MIN, INT64_MAX: none */
} fin_int_limits_t;

/* Infinities and NaN are always refused. */
typedef struct {
    double  gt;                 /* NAN: none */
    double  ge, le;             /* NAN: none */
} fin_double_limits_t;

/* In characters, not bytes. */
typedef struct {
    size_t  min, max;           /* SIZE_MAX: no maximum */
} fin_string_limits_t;


#endif

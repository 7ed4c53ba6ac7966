/* Bars: what is refused (domain.md, "Input that is refused"). */

#ifndef FIN_SERIES_H
#define FIN_SERIES_H

#include "fin_types.h"


/*
 * FIN_OK, FIN_E_NO_DATA (n == 0) or FIN_E_VALUE: a missing (NAN), non-finite
 * or non-positive price, h < l ("h"), t not strictly ascending or no date
 * between the years 0 and 9999; then *index and *field ("o", "h", "l", "c",
 * "t", static) say where.  They are not touched otherwise.
 */
fin_status_t fin_series_check(fin_series_t s, size_t *index,
    const char **field);


#endif

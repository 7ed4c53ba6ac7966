/*
 * What Redis holds of a ticker's bars: a packed, versioned form (28 KB for two
 * years) that GET bars reads back without JSON, and the answer made from it.
 */

#ifndef FIN_BARS_CACHE_H
#define FIN_BARS_CACHE_H

#include "fin_in.h"
#include "fin_out.h"


/*
 * Magic, version, fetched_at, fetched_ms, fresh_ms, n, then n x 7 numbers of 8
 * bytes (t is an integer).  s is checked.  FIN_OK, FIN_E_NO_DATA (no bars),
 * FIN_E_TOO_BIG (over 20000, or the bound of out), FIN_E_NOMEM.
 */
fin_status_t fin_bars_pack(fin_out_t *out, fin_series_t s, int64_t fetched_at,
    int64_t fetched_ms, int64_t fresh_ms);

typedef struct {
    int64_t  fetched_at, fetched_ms, fresh_ms;
} fin_bars_head_t;

/*
 * FIN_OK, FIN_E_SYNTAX (damaged, other version: a miss), FIN_E_NOMEM; the head
 * alone with bars NULL.  *bars is empty unless FIN_OK, owned by the caller
 * (fin_bars_free); what comes back passes fin_series_check().
 */
fin_status_t fin_bars_unpack(const char *data, size_t len,
    fin_bars_head_t *head, fin_bars_t *bars);

/*
 * The members "ticker", "bars" and "indicators" of GET stocks/{ticker}/bars
 * for the last days bars, indicators computed over all of s; the object is
 * opened and closed here, tail (finished members, e.g. "\"stale\":false", not
 * empty) put in before its end, NULL for none.  FIN_OK, FIN_E_NOMEM,
 * FIN_E_TOO_BIG.  In fin_out_bars.c.
 */
fin_status_t fin_out_bars(fin_out_t *out, const char *ticker, fin_series_t s,
    size_t days, const char *tail);


#endif

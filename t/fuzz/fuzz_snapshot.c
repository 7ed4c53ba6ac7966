/*
 * libFuzzer: fin_snapshot_read.  What it accepts must lie within the value, in
 * order, with the braces and quotes where a server cuts; fin_snapshot_times
 * tells the same times.
 */

#include <stdlib.h>

#include "../../src/codec/fin_snapshot.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    int              i;
    const char      *p = (const char *) data;
    fin_snapshot_t   s, times;
    fin_status_t     early;

    early = fin_snapshot_times(p, len, &times);

    if (fin_snapshot_read(p, len, &s) != FIN_OK) {
        return 0;
    }

    if (early != FIN_OK || times.fetched_at != s.fetched_at
        || times.fetched_ms != s.fetched_ms || times.fresh_ms != s.fresh_ms)
    {
        abort();
    }

    for (i = 0; i < FIN_CUT_COUNT; i++) {
        if (s.cut[i] >= len || (i > 0 && s.cut[i] <= s.cut[i - 1])) {
            abort();
        }
    }

    if (s.data != p || s.len != len
        || p[s.cut[FIN_CUT_STOCK]] != '{'
        || p[s.cut[FIN_CUT_SIGNALS]] != '"'
        || p[s.cut[FIN_CUT_OWNER_SIGNALS]] != '"'
        || p[s.cut[FIN_CUT_POSITIONS]] != '"'
        || p[s.cut[FIN_CUT_STRATEGY_END]] != '}'
        || p[s.cut[FIN_CUT_END]] != '}'
        || s.fetched_ms < 0 || s.fetched_ms > 9999999999999
        || s.fresh_ms < 0 || s.fresh_ms > 9999999999999)
    {
        abort();
    }

    return 0;
}

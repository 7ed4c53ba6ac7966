/*
 * libFuzzer: fin_bars_unpack.  What it accepts must be a checked series, pack
 * to the same bytes again, and give an answer without NaN or infinity.
 */

#include <stdlib.h>
#include <string.h>

#include "../../src/codec/fin_bars_cache.h"
#include "../../src/core/fin_series.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);


static void
check_text(const char *p, size_t len)
{
    size_t  i;

    for (i = 0; i + 3 <= len; i++) {
        if (memcmp(p + i, "nan", 3) == 0 || memcmp(p + i, "inf", 3) == 0) {
            abort();
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    size_t            index;
    fin_out_t         out;
    fin_bars_t        bars;
    const char       *field;
    fin_series_t      s;
    fin_bars_head_t   head;

    if (fin_bars_unpack((const char *) data, len, &head, &bars) != FIN_OK) {
        if (bars.bar != NULL || bars.n != 0) {
            abort();
        }

        return 0;
    }

    s.bar = bars.bar;
    s.n = bars.n;

    if (fin_series_check(s, &index, &field) != FIN_OK
        || fin_bars_unpack((const char *) data, len, &head, NULL) != FIN_OK)
    {
        abort();
    }

    fin_out_init(&out, 1 << 24);

    if (fin_bars_pack(&out, s, head.fetched_at, head.fetched_ms, head.fresh_ms)
        != FIN_OK || out.len != len || memcmp(out.data, data, len) != 0)
    {
        abort();
    }

    fin_out_free(&out);
    fin_out_init(&out, 1 << 24);

    if (fin_out_bars(&out, "X", s, len % 300, NULL) != FIN_OK) {
        abort();
    }

    check_text(out.data, out.len);
    fin_out_free(&out);
    fin_bars_free(&bars);

    return 0;
}

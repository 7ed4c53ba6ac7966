#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fin_record.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/*
 * What reads stays within its bytes; written again it gives the same record,
 * and its amount the same amount.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double         amount;
    fin_out_t      out;
    fin_date_t     date;
    fin_record_t   r, again;
    const char    *bytes = (const char *) data;

    if (fin_record_read(bytes, size, &r) != FIN_OK) {
        return 0;
    }

    if (r.data < bytes || r.len < 2 || r.data + r.len + 1 != bytes + size) {
        abort();
    }

    date = fin_record_date(&r);
    amount = fin_record_amount(&r);

    if (!(isnan(amount) || (amount >= 0 && isfinite(amount)))
        || (date != FIN_NO_DATE && (date < -719528 || date > 2932896))
        || (fin_record_known(&r) && r.len != strlen("{\"known\":true}")))
    {
        abort();
    }

    fin_out_init(&out, size + 256);
    fin_record_write(&out, &r);

    if (fin_out_status(&out) == FIN_OK
        && (fin_record_read(out.data, out.len, &again) != FIN_OK
            || again.fetched_at != r.fetched_at
            || again.fetched_ms != r.fetched_ms
            || again.fresh_ms != r.fresh_ms || again.len != r.len
            || memcmp(again.data, r.data, r.len) != 0))
    {
        abort();
    }

    fin_out_free(&out);

    if (!isnan(amount)) {
        fin_out_init(&out, 256);
        fin_record_amount_write(&out, amount);
        r.data = out.data;
        r.len = out.len;

        if (fin_record_amount(&r) != amount) {
            abort();
        }

        fin_out_free(&out);
    }

    return 0;
}

/*
 * libFuzzer: fin_out_chain.  The first four bytes choose the filter, the rest
 * is the value.  An answer must begin and end as one and hold no more bytes
 * than the value has beside its own members.
 */

#include <stdlib.h>
#include <string.h>

#include "../../src/codec/fin_chain_cache.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char                 *copy;
    fin_out_t             out;
    fin_status_t          status;
    fin_chain_head_t      head;
    fin_chain_filter_t    f;
    static const int32_t  expiration[] = { FIN_NO_DATE, 20469, 20476, 0 };

    if (len < 4) {
        return 0;
    }

    f.expiration = expiration[data[0] % 4];
    f.type = data[1] % 3 - 1;
    f.min_dte = data[2] % 2 ? data[2] : INT32_MIN;
    f.max_dte = data[3] % 2 ? data[3] : INT32_MAX;
    data += 4;
    len -= 4;

    /* its exact size, so that a byte too far is seen */
    copy = malloc(len + (len == 0));
    if (copy == NULL) {
        return 0;
    }

    memcpy(copy, data, len);

    fin_out_init(&out, 1 << 24);
    status = fin_out_chain(&out, "X", copy, len, &f, 20455, 0);

    if (status == FIN_OK
        && (fin_chain_head(copy, len, &head) != FIN_OK
            || memcmp(out.data, "{\"ticker\":\"X\"", 13) != 0
            || out.data[out.len - 1] != '}' || out.len > len + 256))
    {
        abort();
    }

    if (status != FIN_OK && status != FIN_E_SYNTAX) {
        abort();
    }

    fin_out_free(&out);
    free(copy);

    return 0;
}

/*
 * libFuzzer: fin_contracts_unpack.  What it accepts must pack to a value that
 * comes back as itself, and be fit for being valued.
 */

#include <stdlib.h>
#include <string.h>

#include "../../src/codec/fin_contracts_cache.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);


static void
check_values(fin_chain_t *chain)
{
    size_t              i;
    const fin_market_t  m = { 123.5, 20530, 20529, 0.04, NAN };

    if (fin_chain_unique(chain) != FIN_OK) {
        abort();
    }

    for (i = 0; i < chain->n; i++) {
        fin_option_value(&chain->opt[i], &m, NAN);

        if (isinf(chain->opt[i].price) || isinf(chain->opt[i].delta)
            || isinf(chain->opt[i].iv))
        {
            abort();
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char                  *copy;
    fin_out_t              one, two;
    fin_chain_t            chain, back;
    fin_status_t           status;
    fin_contracts_head_t   head;

    /* its exact size, so that a byte too far is seen */
    copy = malloc(len + (len == 0));
    if (copy == NULL) {
        return 0;
    }

    memcpy(copy, data, len);
    fin_chain_init(&chain);
    fin_chain_init(&back);
    fin_out_init(&one, 1 << 24);
    fin_out_init(&two, 1 << 24);

    status = fin_contracts_unpack(copy, len, &head, &chain);

    if (status != FIN_OK) {
        if (status != FIN_E_SYNTAX || chain.n != 0) {
            abort();
        }

    } else if (fin_contracts_pack(&one, &head, &chain) != FIN_OK
               || one.len != len
               || fin_contracts_unpack(one.data, one.len, &head, &back)
                  != FIN_OK
               || back.n != chain.n
               || fin_contracts_pack(&two, &head, &back) != FIN_OK
               || memcmp(one.data, two.data, len) != 0)
    {
        abort();

    } else {
        check_values(&chain);
    }

    fin_chain_free(&chain);
    fin_chain_free(&back);
    fin_out_free(&one);
    fin_out_free(&two);
    free(copy);

    return 0;
}

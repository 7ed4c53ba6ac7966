#include <stdlib.h>

#include "../core/fin_chain.h"
#include "../core/fin_stock.h"
#include "fin_build_bare.h"
#include "fin_snapshot.h"


void
fin_build_bare(fin_out_t *out, const fin_bare_t *bare)
{
    unsigned            k;
    fin_chain_t         chain;
    fin_stock_t         stock;
    fin_signal_t       *signal;
    fin_snapshot_in_t   in;

    signal = calloc(FIN_SIGNAL_COUNT, sizeof(fin_signal_t));
    if (signal == NULL) {
        out->status = FIN_E_NOMEM;
        return;
    }

    fin_chain_init(&chain);
    fin_stock_bare(&stock, bare->ticker, bare->price, bare->today);

    in.fetched_at = bare->fetched_at;
    in.fetched_ms = bare->fetched_ms;
    in.fresh_ms = bare->fetched_ms;
    in.computed_at = bare->fetched_at;
    in.options = FIN_OPTIONS_UNAVAILABLE;
    in.stock = &stock;

    for (k = 0; k < FIN_SIGNAL_COUNT; k++) {
        fin_signal_evaluate((fin_signal_kind_t) k, bare->rules, &stock, &chain,
                            in.options, NULL, &signal[k]);
        in.signal[k] = &signal[k];
    }

    out->status = fin_snapshot_write(out, &in);

    free(signal);
}

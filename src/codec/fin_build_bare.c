#include <stdlib.h>
#include <string.h>

#include "../core/fin_chain.h"
#include "fin_build_bare.h"
#include "fin_snapshot.h"


/* All that is not known is absent. */
static void
fin_bare_stock(fin_stock_t *stock, const fin_bare_t *bare)
{
    memset(stock, 0, sizeof(fin_stock_t));
    memcpy(stock->ticker, bare->ticker, strnlen(bare->ticker, FIN_TICKER_MAX));

    stock->price = bare->price;
    stock->change = stock->change_pct = NAN;
    stock->high_52week = stock->low_52week = NAN;
    stock->ma_20 = stock->ma_50 = stock->ma_200 = NAN;
    stock->rsi = stock->atr = stock->hv = NAN;
    stock->iv = stock->iv_percentile = stock->iv_rank = NAN;
    stock->iv_source = FIN_IV_SOURCE_NONE;
    stock->earnings = FIN_NO_DATE;
    stock->today = bare->today;
    stock->last_bar = FIN_NO_DATE;
    stock->swing_high = stock->swing_low = NAN;
}


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
    fin_bare_stock(&stock, bare);

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

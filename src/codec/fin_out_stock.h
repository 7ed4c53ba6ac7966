/* Core structs as the answer's JSON (api.md). */

#ifndef FIN_OUT_STOCK_H
#define FIN_OUT_STOCK_H

#include "../core/fin_signal.h"
#include "fin_in.h"
#include "fin_out.h"


void fin_out_stock_data(fin_out_t *out, const fin_stock_t *stock);

/* A signal; computed_at is its timestamp. */
void fin_out_signal(fin_out_t *out, const fin_signal_t *signal,
    int64_t computed_at);

/* One Option of GET options. */
void fin_out_option(fin_out_t *out, const fin_option_t *option);

/* "quote", "trade", "day", null */
const char *fin_price_source_name(fin_price_source_t source);
/* "ok", "none", "not_entitled", "unavailable" */
const char *fin_options_status_name(fin_options_status_t status);


#endif

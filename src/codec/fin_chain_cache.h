/*
 * The whole chain of a ticker as Redis holds it for GET options: finished JSON
 * of each contract behind a packed index, so that a filtered answer is a join
 * of bytes.
 */

#ifndef FIN_CHAIN_CACHE_H
#define FIN_CHAIN_CACHE_H

#include "fin_in.h"
#include "fin_out.h"


typedef struct {
    int64_t               fetched_at, fetched_ms, fresh_ms;
    double                price;            /* underlying_price */
    fin_options_status_t  status;
    unsigned              truncated:1;
    uint32_t              n;
} fin_chain_head_t;

typedef struct {
    fin_date_t  expiration;     /* FIN_NO_DATE: any */
    int         type;           /* FIN_CALL, FIN_PUT, -1: any */
    int32_t     min_dte;        /* INT32_MIN: any */
    int32_t     max_dte;        /* INT32_MAX: any */
} fin_chain_filter_t;

/*
 * chain is valued and sorted; NULL for none.  head->n is not looked at.  FIN_OK,
 * FIN_E_VALUE (fetched_at is not within 1970..9999), FIN_E_TOO_BIG (over 100000
 * contracts, or the bound of out), FIN_E_NOMEM.
 */
fin_status_t fin_chain_pack(fin_out_t *out, const fin_chain_head_t *head,
    const fin_chain_t *chain);

/* FIN_OK or FIN_E_SYNTAX: damaged, another version, not of its length. */
fin_status_t fin_chain_head(const char *data, size_t len,
    fin_chain_head_t *head);

/*
 * The answer of GET options, made by joining bytes; every offset is checked.
 * today: for dte filters (dte in the finished bytes is of the day of the fetch).
 * FIN_E_SYNTAX when the value is damaged (what is in out is then of no use),
 * FIN_E_TOO_BIG, FIN_E_NOMEM.
 */
fin_status_t fin_out_chain(fin_out_t *out, const char *ticker,
    const char *data, size_t len, const fin_chain_filter_t *filter,
    fin_date_t today, int stale);


#endif

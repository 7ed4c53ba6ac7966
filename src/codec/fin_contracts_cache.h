/*
 * What Redis holds of contracts that were asked for one by one: raw, as
 * upstream said them, to be valued by whoever needs them.
 */

#ifndef FIN_CONTRACTS_CACHE_H
#define FIN_CONTRACTS_CACHE_H

#include "../core/fin_chain.h"
#include "fin_contract.h"
#include "fin_out.h"


typedef struct {
    int64_t  fetched_at, fetched_ms, fresh_ms;
} fin_contracts_head_t;

/*
 * The contracts' first part (fin_option_t); none is fine: asked for, and not
 * there.  FIN_OK; FIN_E_VALUE: what fin_in_chain() would not have let through;
 * FIN_E_TOO_BIG (over 50000, or the bound of out), FIN_E_NOMEM.
 */
fin_status_t fin_contracts_pack(fin_out_t *out,
    const fin_contracts_head_t *head, const fin_chain_t *chain);

/*
 * Appends to chain, whose contracts stay as they are unless FIN_OK; the head
 * alone with chain NULL.  FIN_OK, FIN_E_SYNTAX (damaged, other version: a
 * miss), FIN_E_NOMEM.
 */
fin_status_t fin_contracts_unpack(const char *data, size_t len,
    fin_contracts_head_t *head, fin_chain_t *chain);


#endif

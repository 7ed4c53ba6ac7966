/* The name of a contract, as the market writes it. */

#ifndef FIN_CONTRACT_H
#define FIN_CONTRACT_H

#include "../core/fin_types.h"


#define FIN_CONTRACT_STRIKE  9          /* the end of a name: C00150000 */

/*
 * "O:AAPL260116C00150000" of a stock's ticker; the market leaves '.' and '-'
 * out of it (BRK.B: "O:BRKB...").  Returns the length, out ends with a NUL; 0,
 * and an empty out, for what has no such name: a ticker that is none, years
 * outside 2000..2099, strikes that are not in thousandths or not within
 * 0.001..99999.999.
 */
size_t fin_contract_name(char out[FIN_CONTRACT_MAX + 1], const char *ticker,
    fin_date_t expiration, fin_right_t type, double strike);

/*
 * Whether a name, any that the market may have made, is safe in a URI, a key,
 * HTML and JSON alike: [A-Za-z0-9:.-], not empty.
 */
int fin_contract_safe(const char *name);

/* A strike in thousandths; 0: it is not in such, or too low or too high. */
uint32_t fin_contract_strike(double strike);


#endif

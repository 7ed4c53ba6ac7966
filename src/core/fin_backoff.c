/* Exponential backoff with full jitter: see the header. */


#include "fin_backoff.h"


static uint32_t
fin_backoff_cap(uint32_t attempt, uint32_t base_ms, uint32_t max_ms)
{
    /* base_ms << attempt fits as long as base_ms <= max_ms >> attempt */
    if (attempt >= 32 || base_ms > max_ms >> attempt) {
        return max_ms;
    }

    return base_ms << attempt;
}


uint32_t
fin_backoff(uint32_t attempt, uint32_t base_ms, uint32_t max_ms,
    uint32_t random)
{
    uint64_t  cap;

    if (base_ms == 0) {
        base_ms = 1;
    }

    if (max_ms == 0) {
        max_ms = 1;
    }

    cap = fin_backoff_cap(attempt, base_ms, max_ms);

    /* random / 2^32 of the range: even, and without a modulo's bias */
    return (uint32_t) ((cap * random) >> 32) + 1;
}

#include "fin_gcra.h"


void
fin_gcra_init(fin_gcra_t *g, uint32_t rate, int64_t period, uint32_t cap)
{
    g->interval = (period + rate - 1) / rate;
    g->cap = cap;
}


int
fin_gcra_take(const fin_gcra_t *g, int64_t *full, int64_t now,
    fin_gcra_result_t *result)
{
    int      taken;
    int64_t  used, most;

    most = g->interval * g->cap;
    used = *full > now ? *full - now : 0;

    if (used > most) {
        used = most;
    }

    taken = used <= most - g->interval;

    if (taken) {
        used += g->interval;
    }

    *full = now + used;

    result->left = (uint32_t) ((most - used) / g->interval);
    result->wait = used - (most - g->interval * (result->left + 1));

    return taken;
}

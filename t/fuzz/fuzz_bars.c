#include <math.h>
#include <stdlib.h>

#include "fin_in.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* Whatever comes, what is taken is finite, positive and in order. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           i;
    fin_bars_t       bars;
    fin_status_t     status;
    fin_in_error_t   err;
    const fin_bar_t *b;

    status = fin_in_bars((const char *) data, size, &bars, &err);

    if ((status == FIN_OK) != (bars.n > 0)) {
        abort();
    }

    for (i = 0; i < bars.n; i++) {
        b = &bars.bar[i];

        if (!(b->o > 0 && b->h > 0 && b->l > 0 && b->c > 0 && b->h >= b->l)
            || isinf(b->o) || isinf(b->h) || isinf(b->l) || isinf(b->c)
            || isinf(b->v) || b->v < 0 || isinf(b->vw) || b->vw <= 0
            || b->t <= (i == 0 ? 0 : b[-1].t))
        {
            abort();
        }
    }

    fin_bars_free(&bars);

    return 0;
}

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fin_chain.h"
#include "fin_in.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
check(const fin_option_t *o)
{
    size_t  i;

    const double  value[] = {
        o->bid, o->ask, o->last, o->day_close, o->volume, o->open_interest,
        o->up_iv, o->up_delta, o->up_gamma, o->up_theta, o->up_vega,
        o->shares
    };

    for (i = 0; i < sizeof(value) / sizeof(value[0]); i++) {
        if (isinf(value[i])) {
            abort();
        }
    }

    if (!(o->strike > 0) || isinf(o->strike) || o->expiration == FIN_NO_DATE
        || memchr(o->ticker, '\0', sizeof(o->ticker)) == NULL
        || o->ticker[0] == '\0' || strpbrk(o->ticker, "/%?#\"<>&{} ") != NULL
        || o->bid < 0 || o->ask < 0 || o->last <= 0 || o->day_close <= 0
        || o->up_iv <= 0 || o->last_t < 0 || o->day_t < 0)
    {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char             cursor[FIN_CURSOR_MAX + 1];
    size_t           i;
    fin_chain_t      chain;
    fin_status_t     status;
    fin_in_error_t   err;

    fin_chain_init(&chain);
    memset(cursor, 'x', sizeof(cursor));

    status = fin_in_chain((const char *) data, size, &chain, cursor, &err);

    if (memchr(cursor, '\0', sizeof(cursor)) == NULL
        || (status != FIN_OK && (chain.n != 0 || cursor[0] != '\0')))
    {
        abort();
    }

    for (i = 0; i < chain.n; i++) {
        check(&chain.opt[i]);
    }

    fin_chain_free(&chain);

    return 0;
}

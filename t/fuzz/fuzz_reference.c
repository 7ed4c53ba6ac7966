#include <stdlib.h>

#include "fin_in.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* The two small answers of the market: a ticker, the session. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t          server_time;
    fin_status_t     status;
    fin_session_t    session;
    fin_in_error_t   err;

    (void) fin_in_reference((const char *) data, size, &err);

    status = fin_in_market_status((const char *) data, size, &session,
                                  &server_time, &err);

    if (status != FIN_OK
        && (session != FIN_SESSION_UNKNOWN || server_time != 0))
    {
        abort();
    }

    return 0;
}

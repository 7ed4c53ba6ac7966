#include <stdlib.h>
#include <string.h>

#include "fin_in.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* A session that has a name, and an instant of the years that have four
 * digits; nothing of either from what is refused. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t          t;
    fin_status_t     status;
    fin_session_t    session;
    fin_in_error_t   err;

    memset(&err, 0, sizeof(err));
    session = FIN_SESSION_OPEN;
    t = 5;

    status = fin_in_market_status((const char *) data, size, &session, &t,
                                  &err);

    if (status != FIN_OK
        && (session != FIN_SESSION_UNKNOWN || t != 0
            || err.field[0] == '\0' || err.text[0] == '\0'))
    {
        abort();
    }

    if (session != FIN_SESSION_UNKNOWN
        && strcmp(fin_session_name(session), "unknown") == 0)
    {
        abort();
    }

    if (t < -INT64_C(62167305600000) || t > INT64_C(253402387200000)) {
        abort();
    }

    return 0;
}

#include <math.h>
#include <stdlib.h>

#include "fin_in.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* A date that is not past, or none; a sum that is finite and not negative. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double           amount;
    fin_date_t       date;
    fin_status_t     status;
    fin_in_error_t   err;
    const fin_date_t today = 18717;     /* 2021-03-31 */

    date = 0;
    status = fin_in_earnings((const char *) data, size, today, &date, &err);

    if (date != FIN_NO_DATE && (status != FIN_OK || date < today)) {
        abort();
    }

    amount = -1;
    status = fin_in_dividends((const char *) data, size, today, &amount,
                              &err);

    if (!isfinite(amount) || amount < 0 || (status != FIN_OK && amount != 0)) {
        abort();
    }

    return 0;
}

#include <stdlib.h>
#include <string.h>

#include "fin_in_body.h"
#include "fin_json_check.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *const  choices[] = { "call", "put", NULL };


/* Reads every kind of field from the members that the corpus uses. */
static void
fields(const fin_body_t *body)
{
    int                  b;
    size_t               len, choice;
    double               price;
    int64_t              n;
    fin_date_t           date;
    const char          *text;
    fin_int_limits_t     whole = { -10, 10 };
    fin_double_limits_t  positive = { 0, NAN, 1e6 };
    fin_string_limits_t  length = { 1, 8 };

    (void) fin_body_bool(body, "b", 1, &b);
    (void) fin_body_int(body, "i", 1, &whole, &n);
    (void) fin_body_int(body, "n", 0, NULL, &n);
    (void) fin_body_date(body, "t", 1, &date);
    (void) fin_body_choice(body, "c", 1, choices, &choice);

    if (fin_body_double(body, "d", 1, &positive, &price) == FIN_OK
        && !(price > 0 && price <= 1e6))
    {
        abort();
    }

    if (fin_body_string(body, "s", 1, &length, &text, &len) == FIN_OK
        && strlen(text) != len)
    {
        abort();
    }
}


/* What is written about it must be JSON again. */
static void
answer(const fin_problems_t *problems)
{
    size_t      pos;
    fin_out_t   out;

    fin_out_init(&out, 1 << 20);
    fin_out_problems(&out, problems);

    if (fin_out_status(&out) != FIN_OK
        || fin_json_check(out.data, out.len, &pos) != NULL)
    {
        abort();
    }

    fin_out_free(&out);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char             ticker[FIN_TICKER_MAX + 1];
    fin_body_t       body;
    fin_status_t     status;
    fin_problems_t   problems;

    fin_problems_init(&problems);
    status = fin_in_watchlist((const char *) data, size, ticker, &problems);

    /* what the strict check takes, cJSON takes */
    if (status == FIN_E_NOMEM || (status == FIN_E_SHAPE) != (problems.n > 0)) {
        abort();
    }

    if (fin_body_open(&body, (const char *) data, size, &problems)
        == FIN_OK)
    {
        fields(&body);
        fin_body_close(&body);
    }

    answer(&problems);

    return 0;
}

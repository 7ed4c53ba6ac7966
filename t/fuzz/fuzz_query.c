#include <stdlib.h>
#include <string.h>

#include "fin_json_check.h"
#include "fin_query.h"


#define TICKERS  8


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *const  choices[] = { "call", "put", NULL };


static void
tickers(const fin_query_t *query)
{
    char               ticker[TICKERS][FIN_TICKER_MAX + 1];
    size_t             i;
    fin_ticker_list_t  list = { ticker, TICKERS, 0 };

    (void) fin_query_tickers(query, "tickers", &list);

    for (i = 0; i < list.n; i++) {
        if (!fin_ticker_valid(ticker[i], strlen(ticker[i]))) {
            abort();
        }
    }

    if (fin_query_ticker(query, "x", ticker[0]) == FIN_OK
        && !fin_ticker_valid(ticker[0], strlen(ticker[0])))
    {
        abort();
    }
}


static void
fields(const fin_query_t *query, fin_problems_t *problems)
{
    int               b;
    char              text[FIN_QUERY_VALUE_MAX + 1];
    size_t            n;
    int64_t           i;
    fin_date_t        date;
    fin_int_limits_t  limits = { 1, 500 };

    (void) fin_query_bool(query, "x", &b, problems);
    (void) fin_query_date(query, "x", &date, problems);
    (void) fin_query_choice(query, "x", choices, &n, problems);
    (void) fin_query_int(query, "x", NULL, &i, problems);

    if (fin_query_int(query, "x", &limits, &i, problems) == FIN_OK
        && (i < 1 || i > 500))
    {
        abort();
    }

    if (fin_query_string(query, "x", text, &n, problems) == FIN_OK
        && (n > FIN_QUERY_VALUE_MAX || text[n] != '\0'))
    {
        abort();
    }
}


/*
 * What is written about it must be JSON again.  An input that is echoed may
 * hold a NUL, whose escape is JSON but is refused from callers: it is looked at
 * as another control character.
 */
static void
answer(const fin_problems_t *problems)
{
    size_t      i, pos;
    fin_out_t   out;

    fin_out_init(&out, 1 << 20);
    fin_out_problems(&out, problems);

    for (i = 0; i + 6 <= out.len; i++) {
        if (memcmp(out.data + i, "\\u0000", 6) == 0) {
            out.data[i + 5] = '1';
        }
    }

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
    fin_query_t      query = { (const char *) data, size };
    fin_problems_t   problems;

    fin_problems_init(&problems);
    fields(&query, &problems);
    tickers(&query);

    answer(&problems);

    return 0;
}

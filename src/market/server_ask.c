/* What the answers have in common: arguments in, the frame of a list out. */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "market_answer.h"
#include "market_text.h"


bool
market_ask_bad(market_ask_t *ask, const char *name)
{
    char  text[128];

    snprintf(text, sizeof(text), "The parameter '%s' is not valid.", name);
    market_reply_error(ask->reply, 400, text);

    return false;
}


const market_data_t *
market_ask_data(const market_ask_t *ask)
{
    return market_store_find(ask->store, ask->request->part[3]);
}


bool
market_ask_limit(market_ask_t *ask, long long usual, long long max, size_t *limit)
{
    int        rc;
    char       text[32];
    long long  n;

    n = usual;
    rc = market_arg(ask->query, ask->query_len, "limit", text, sizeof(text));

    if (rc < 0 || (rc > 0 && !market_parse_int(text, 1, max, &n))) {
        return market_ask_bad(ask, "limit");
    }

    *limit = (size_t) n;

    return true;
}


bool
market_ask_range(market_ask_t *ask, const char *name,
    bool (*parse)(const char *text, double *value), double *low,
    double *high)
{
    int     rc;
    char    arg[64], text[64];
    double  x;
    size_t  i;

    static const char *const  suffixes[] = { "", ".gt", ".gte", ".lt",
                                             ".lte" };

    for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        snprintf(arg, sizeof(arg), "%s%s", name, suffixes[i]);

        rc = market_arg(ask->query, ask->query_len, arg, text, sizeof(text));

        if (rc == 0) {
            continue;
        }

        if (rc < 0 || !parse(text, &x)) {
            return market_ask_bad(ask, arg);
        }

        if (i <= 2) {
            *low = fmax(*low, i == 1 ? nextafter(x, INFINITY) : x);
        }

        if (i == 0 || i >= 3) {
            *high = fmin(*high, i == 3 ? nextafter(x, -INFINITY) : x);
        }
    }

    return true;
}


void
market_ask_status(market_ask_t *ask, const market_list_t *list)
{
    market_buf_t  *own;

    own = &ask->reply->own;

    market_buf_printf(own, "\"status\":\"%s\",\"request_id\":\"",
                      list != NULL ? list->status : "OK");
    market_reply_id(own);
    market_buf_puts(own, "\"");
}


void
market_ask_list(market_ask_t *ask, const market_list_t *list, size_t next)
{
    size_t         from;
    market_buf_t  *own;

    own = &ask->reply->own;
    from = own->len;
    market_buf_puts(own, "{\"results\":[");
    market_reply_own_first(ask->reply, from);

    from = own->len;
    market_buf_puts(own, "],");
    market_ask_status(ask, list);

    if (next > 0 || (ask->fault != NULL
                     && ask->fault->kind == MARKET_FAULT_PAGE_LOOP))
    {
        market_page_next(ask, next);
    }

    market_buf_puts(own, "}");
    market_reply_own(ask->reply, from);
}

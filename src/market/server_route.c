#include <stdio.h>
#include <string.h>

#include "market_answer.h"
#include "market_text.h"


typedef struct {
    const char  *part[10];      /* "*" is any text */
    size_t       n;
    void       (*answer)(market_ask_t *ask);
    size_t       counted;       /* parts that are counted by */
    const char  *suffix;        /* added to them; NULL: the argument ticker */
} route_t;


static const route_t  routes[] = {
    { { "v2", "aggs", "ticker", "*", "range", "1", "day", "*", "*" }, 9,
      market_answer_bars, 4, "" },
    { { "v3", "snapshot", "options", "*" }, 4,
      market_answer_chain, 4, "" },
    { { "v3", "snapshot", "options", "*", "*" }, 5,
      market_answer_contract, 4, "/*" },
    { { "v3", "reference", "tickers", "*" }, 4,
      market_answer_reference, 4, "" },
    { { "v2", "aggs", "ticker", "*", "prev" }, 5,
      market_answer_prev, 5, "" },
    { { "benzinga", "v1", "earnings" }, 3,
      market_answer_earnings, 3, NULL },
    { { "v3", "reference", "dividends" }, 3,
      market_answer_dividends, 3, NULL },
    { { "v1", "marketstatus", "now" }, 3,
      market_answer_status, 3, "" },
};


static const route_t *
route_find(const market_request_t *request)
{
    size_t          i, k;
    const route_t  *route;

    for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        route = &routes[i];

        if (route->n != request->nparts) {
            continue;
        }

        for (k = 0; k < route->n; k++) {
            if (route->part[k][0] == '*' ? request->part[k][0] == '\0'
                : strcmp(route->part[k], request->part[k]) != 0)
            {
                break;
            }
        }

        if (k == route->n) {
            return route;
        }
    }

    return NULL;
}


void
market_route(market_ask_t *ask)
{
    const route_t  *route;

    route = route_find(ask->request);

    if (route == NULL) {
        market_reply_error(ask->reply, 404, NULL);

    } else if (!ask->request->is_get && !ask->request->is_head) {
        market_reply_error(ask->reply, 405, NULL);

    } else if (ask->bad_cursor) {
        market_reply_error(ask->reply, 400, "The cursor is not valid.");

    } else {
        route->answer(ask);
    }
}


void
market_route_key(const market_ask_t *ask, char *key, size_t size)
{
    char            ticker[64];
    size_t          i, len;
    market_buf_t    path;
    const route_t  *route;

    route = route_find(ask->request);
    memset(&path, 0, sizeof(path));

    if (route == NULL) {
        market_buf_add(&path, ask->request->target, ask->request->path_len);

    } else {
        for (i = 0; i < route->counted; i++) {
            market_buf_puts(&path, "/");
            market_buf_puts(&path, ask->request->part[i]);
        }

        if (route->suffix != NULL) {
            market_buf_puts(&path, route->suffix);

        } else if (market_arg(ask->query, ask->query_len, "ticker", ticker,
                              sizeof(ticker)) == 1)
        {
            market_buf_puts(&path, "?ticker=");
            market_buf_puts(&path, ticker);
        }
    }

    len = path.len < size - 1 ? path.len : size - 1;
    memcpy(key, path.data, len);
    key[len] = '\0';

    market_buf_free(&path);
}

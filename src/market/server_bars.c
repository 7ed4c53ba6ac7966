#include <string.h>

#include "market_answer.h"
#include "market_text.h"


/* What stands around bars, once they are in the reply. */

static void
wrap_bars(market_ask_t *ask, const market_list_t *list, size_t count,
    size_t next)
{
    size_t         from;
    market_buf_t  *own;

    own = &ask->reply->own;
    from = own->len;

    market_buf_puts(own, "{\"ticker\":");
    market_buf_json(own, ask->request->part[3],
                    strlen(ask->request->part[3]));
    market_buf_printf(own, ",\"queryCount\":%zu,\"resultsCount\":%zu,"
                      "\"adjusted\":true,%s", count, count,
                      count > 0 ? "\"results\":[" : "");
    market_reply_own_first(ask->reply, from);

    from = own->len;
    market_buf_puts(own, count > 0 ? "]," : "");
    market_ask_status(ask, list);

    if (count > 0) {
        market_buf_printf(own, ",\"count\":%zu", count);
    }

    if (next > 0) {
        market_page_next(ask, next);
    }

    market_buf_puts(own, "}");
    market_reply_own(ask->reply, from);
}


/* A date, or ms since 1970. */

static bool
parse_instant(const char *text, double *day)
{
    long long  ms;

    if (market_parse_day(text, day)) {
        return true;
    }

    if (!market_parse_int(text, 0, 99999999999999LL, &ms)) {
        return false;
    }

    *day = market_day_of_ms((double) ms);

    return true;
}


void
market_answer_bars(market_ask_t *ask)
{
    int                   rc;
    char                  sort[16];
    size_t                limit, count, next;
    market_filter_t       filter;
    const market_data_t  *data;
    const market_list_t  *list;

    market_filter_init(&filter);

    if (!parse_instant(ask->request->part[7], &filter.day_low)) {
        market_ask_bad(ask, "from");
        return;
    }

    if (!parse_instant(ask->request->part[8], &filter.day_high)
        || filter.day_high < filter.day_low)
    {
        market_ask_bad(ask, "to");
        return;
    }

    rc = market_arg(ask->query, ask->query_len, "sort", sort, sizeof(sort));

    if (rc == 0) {
        strcpy(sort, "asc");
    }

    if (rc < 0 || (strcmp(sort, "asc") != 0 && strcmp(sort, "desc") != 0)) {
        market_ask_bad(ask, "sort");
        return;
    }

    if (!market_ask_limit(ask, 5000, 50000, &limit)) {
        return;
    }

    data = market_ask_data(ask);
    list = data != NULL ? &data->lists[MARKET_BARS] : NULL;
    count = 0;
    next = 0;

    if (list != NULL) {
        count = market_list_select(list, &filter, ask->offset, limit,
                                   sort[0] == 'd', ask->reply, &next);
    }

    wrap_bars(ask, list, count, next);
}


void
market_answer_prev(market_ask_t *ask)
{
    size_t                from;
    const char           *raw;
    const market_data_t  *data;
    const market_list_t  *list;
    const market_item_t  *bar;

    data = market_ask_data(ask);

    if (data != NULL && data->prev.len > 0) {
        market_reply_ref(ask->reply, data->prev.data, data->prev.len);
        return;
    }

    list = data != NULL ? &data->lists[MARKET_BARS] : NULL;

    if (list == NULL || list->n == 0) {
        wrap_bars(ask, list, 0, 0);
        return;
    }

    bar = &list->items[list->n - 1];
    raw = list->raw.data + bar->offset;

    from = ask->reply->own.len;
    market_buf_puts(&ask->reply->own, "{\"T\":");
    market_buf_json(&ask->reply->own, ask->request->part[3],
                    strlen(ask->request->part[3]));
    market_buf_puts(&ask->reply->own, ",");
    market_reply_own(ask->reply, from);

    /* the bar without its brace and the comma that follows it */
    market_reply_ref(ask->reply, raw + 1, bar->len - 2);

    wrap_bars(ask, list, 1, 0);
}

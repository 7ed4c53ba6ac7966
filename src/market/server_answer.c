/* Reference data, events and the state of the market. */

#include <string.h>
#include <time.h>

#include "market_answer.h"
#include "market_text.h"


void
market_answer_reference(market_ask_t *ask)
{
    const market_data_t  *data;

    data = market_ask_data(ask);

    if (data == NULL || data->reference.len == 0) {
        market_reply_error(ask->reply, 404, "No such ticker.");
        return;
    }

    market_reply_ref(ask->reply, data->reference.data, data->reference.len);
}


/* Events of one ticker in the order of their dates. */

static void
answer_events(market_ask_t *ask, market_kind_e kind, const char *field,
    long long usual, bool newest_first)
{
    char                  text[64];
    size_t                limit, next;
    market_filter_t       filter;
    const market_data_t  *data;
    const market_list_t  *list;

    market_filter_init(&filter);

    if (!market_ask_limit(ask, usual, kind == MARKET_EARNINGS ? 50000 : 1000, &limit)
        || !market_ask_range(ask, field, market_parse_day, &filter.day_low,
                      &filter.day_high))
    {
        return;
    }

    if (market_arg(ask->query, ask->query_len, "sort", text, sizeof(text))
        == 1)
    {
        newest_first = strstr(text, ".desc") != NULL
                       || (newest_first && strstr(text, ".asc") == NULL);
    }

    if (market_arg(ask->query, ask->query_len, "order", text, sizeof(text))
        == 1)
    {
        newest_first = strcmp(text, "desc") == 0;
    }

    data = market_arg(ask->query, ask->query_len, "ticker", text,
                      sizeof(text)) == 1
           ? market_store_find(ask->store, text) : NULL;
    list = data != NULL ? &data->lists[kind] : NULL;
    next = 0;

    if (list != NULL) {
        market_list_select(list, &filter, ask->offset, limit, newest_first,
                           ask->reply, &next);
    }

    market_ask_list(ask, list, next);
}


void
market_answer_earnings(market_ask_t *ask)
{
    answer_events(ask, MARKET_EARNINGS, "date", 100, false);
}


void
market_answer_dividends(market_ask_t *ask)
{
    answer_events(ask, MARKET_DIVIDENDS, "ex_dividend_date", 10, true);
}


/* Without a file: by New York's clock (TZ is set at the start), no holidays. */

static void
status_now(market_ask_t *ask)
{
    int          minute, early, after, open;
    char         stamp[40], zone[8];
    size_t       from;
    time_t       now;
    struct tm    tm;
    const char  *market, *exchange;

    now = time(NULL);
    localtime_r(&now, &tm);

    minute = tm.tm_wday == 0 || tm.tm_wday == 6 ? -1
             : tm.tm_hour * 60 + tm.tm_min;
    early = minute >= 4 * 60 && minute < 9 * 60 + 30;
    open = minute >= 9 * 60 + 30 && minute < 16 * 60;
    after = minute >= 16 * 60 && minute < 20 * 60;

    market = open ? "open" : early || after ? "extended-hours" : "closed";
    exchange = open ? "open" : early || after ? "extended-hours" : "closed";

    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
    strftime(zone, sizeof(zone), "%z", &tm);

    from = ask->reply->own.len;
    market_buf_printf(&ask->reply->own, "{\"market\":\"%s\","
                      "\"earlyHours\":%s,\"afterHours\":%s,"
                      "\"serverTime\":\"%s%.3s:%s\",\"exchanges\":{"
                      "\"nyse\":\"%s\",\"nasdaq\":\"%s\",\"otc\":\"%s\"},"
                      "\"currencies\":{\"fx\":\"open\",\"crypto\":\"open\"}}",
                      market, early ? "true" : "false",
                      after ? "true" : "false", stamp, zone, zone + 3,
                      exchange, exchange, exchange);
    market_reply_own(ask->reply, from);
}


void
market_answer_status(market_ask_t *ask)
{
    if (ask->store->status.len > 0) {
        market_reply_ref(ask->reply, ask->store->status.data,
                         ask->store->status.len);
        return;
    }

    status_now(ask);
}

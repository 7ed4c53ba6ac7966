#include <string.h>

#include "market_answer.h"
#include "market_text.h"


void
market_answer_chain(market_ask_t *ask)
{
    int                   rc;
    char                  type[16];
    size_t                limit, next;
    market_filter_t       filter;
    const market_data_t  *data;
    const market_list_t  *list;

    market_filter_init(&filter);

    if (!market_ask_limit(ask, 10, 250, &limit)
        || !market_ask_range(ask, "strike_price", market_parse_double,
                      &filter.number_low, &filter.number_high)
        || !market_ask_range(ask, "expiration_date", market_parse_day,
                      &filter.day_low, &filter.day_high))
    {
        return;
    }

    rc = market_arg(ask->query, ask->query_len, "contract_type", type,
                    sizeof(type));

    if (rc < 0 || (rc > 0 && strcmp(type, "call") != 0
                   && strcmp(type, "put") != 0))
    {
        market_ask_bad(ask, "contract_type");
        return;
    }

    filter.type = rc > 0 ? type[0] : 0;

    data = market_ask_data(ask);
    list = data != NULL ? &data->lists[MARKET_CHAIN] : NULL;
    next = 0;

    if (list != NULL) {
        market_list_select(list, &filter, ask->offset, limit, false,
                           ask->reply, &next);
    }

    market_ask_list(ask, list, next);
}


void
market_answer_contract(market_ask_t *ask)
{
    size_t                from;
    const market_data_t  *data;
    const market_list_t  *list;
    const market_item_t  *item;

    data = market_ask_data(ask);
    list = data != NULL ? &data->lists[MARKET_CHAIN] : NULL;
    item = list != NULL ? market_list_find(list, ask->request->part[4]) : NULL;

    if (item == NULL) {
        market_reply_error(ask->reply, 404, "No such options contract.");
        return;
    }

    market_reply_ref(ask->reply, "{\"results\":", 11);
    market_reply_ref(ask->reply, list->raw.data + item->offset, item->len);

    from = ask->reply->own.len;
    market_ask_status(ask, list);
    market_buf_puts(&ask->reply->own, "}");
    market_reply_own(ask->reply, from);
}

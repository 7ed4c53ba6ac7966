#define _GNU_SOURCE
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "market_store.h"


static int
compare_days(const void *one, const void *two)
{
    const market_item_t  *a = one, *b = two;

    if (a->day < b->day) {
        return -1;
    }

    if (a->day > b->day) {
        return 1;
    }

    return a->offset < b->offset ? -1 : a->offset > b->offset;
}


static int
compare_names(const void *one, const void *two, void *data)
{
    const market_list_t  *list = data;
    const size_t         *a = one, *b = two;

    return strcmp(list->items[*a].name, list->items[*b].name);
}


void
market_list_ready(market_list_t *list, market_kind_e kind)
{
    size_t  i;

    if (list->status[0] == '\0') {
        strcpy(list->status, "OK");
    }

    if (list->n == 0) {
        return;
    }

    if (kind == MARKET_EARNINGS || kind == MARKET_DIVIDENDS) {
        qsort(list->items, list->n, sizeof(*list->items), compare_days);
    }

    list->by_name = market_alloc(list->n * sizeof(*list->by_name));

    for (i = 0; i < list->n; i++) {
        if (list->items[i].name != NULL) {
            list->by_name[list->named++] = i;
        }
    }

    qsort_r(list->by_name, list->named, sizeof(*list->by_name),
            compare_names, list);
}


void
market_list_free(market_list_t *list)
{
    size_t  i;

    for (i = 0; i < list->n; i++) {
        free(list->items[i].name);
    }

    free(list->items);
    free(list->by_name);
    market_buf_free(&list->raw);
    memset(list, 0, sizeof(*list));
}


void
market_filter_init(market_filter_t *filter)
{
    filter->number_low = -DBL_MAX;
    filter->number_high = DBL_MAX;
    filter->day_low = -DBL_MAX;
    filter->day_high = DBL_MAX;
    filter->type = 0;
}


static bool
item_passes(const market_item_t *item, const market_filter_t *filter)
{
    /* written so that a NAN passes */

    return !(item->number < filter->number_low)
           && !(item->number > filter->number_high)
           && !(item->day < filter->day_low)
           && !(item->day > filter->day_high)
           && (filter->type == 0 || item->type == 0
               || item->type == filter->type);
}


size_t
market_list_select(const market_list_t *list, const market_filter_t *filter,
    size_t start, size_t limit, bool reverse, market_reply_t *reply,
    size_t *next)
{
    size_t                i, count;
    const market_item_t  *item;

    count = 0;
    *next = 0;

    for (i = start; i < list->n; i++) {
        item = &list->items[reverse ? list->n - 1 - i : i];

        if (!item_passes(item, filter)) {
            continue;
        }

        if (count == limit) {
            *next = i;
            break;
        }

        market_reply_ref(reply, list->raw.data + item->offset, item->len);
        count++;
    }

    if (count > 0) {
        market_reply_trim(reply, 1);
    }

    return count;
}


const market_item_t *
market_list_find(const market_list_t *list, const char *name)
{
    int                   order;
    size_t                low, high, middle;
    const market_item_t  *item;

    low = 0;
    high = list->named;

    while (low < high) {
        middle = low + (high - low) / 2;
        item = &list->items[list->by_name[middle]];
        order = strcmp(name, item->name);

        if (order == 0) {
            return item;
        }

        if (order < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return NULL;
}

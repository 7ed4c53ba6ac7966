/*
 * From a file to the items of a list. cJSON checks the text and gives the few
 * fields that filters need; the bytes of each item are kept as they are, for
 * printing a number again could change it.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "market_store.h"
#include "market_text.h"


static const char *
skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
        p++;
    }

    return p;
}


static const char *
skip_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++) {
        if (*p == '\\') {
            p++;
        }
    }

    return p < end ? p + 1 : end;
}


/* The end of the value that begins at p, in a text that is valid JSON. */

static const char *
skip_value(const char *p, const char *end)
{
    int  depth;

    depth = 0;

    while (p < end) {
        if (*p == '"') {
            p = skip_string(p, end);

        } else if (*p == '{' || *p == '[') {
            depth++;
            p++;

        } else if (*p == '}' || *p == ']') {
            if (depth == 0) {
                return p;
            }

            depth--;
            p++;

        } else if (depth == 0) {
            while (p < end && strchr(",]} \n\r\t", *p) == NULL) {
                p++;
            }

            return p;

        } else {
            p++;
            continue;
        }

        if (depth == 0) {
            return p;
        }
    }

    return end;
}


/* The first item of the top-level array "results", or NULL. */

static const char *
find_results(const char *p, const char *end)
{
    size_t       len;
    const char  *key;

    static const char  name[] = "\"results\"";

    p = skip_blanks(p, end);

    while (p < end && *p != '}') {
        key = skip_blanks(p + 1, end);      /* after the brace or the comma */

        if (key >= end || *key != '"') {
            return NULL;
        }

        p = skip_string(key, end);
        len = (size_t) (p - key);
        p = skip_blanks(p, end);
        p = skip_blanks(p + 1, end);        /* after the colon */

        if (len == sizeof(name) - 1 && memcmp(key, name, len) == 0) {
            return p < end && *p == '[' ? p + 1 : NULL;
        }

        p = skip_blanks(skip_value(p, end), end);
    }

    return NULL;
}


static double
json_day(const cJSON *object, const char *name)
{
    double       day;
    const char  *text;

    text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object,
                                                                 name));

    return text != NULL && market_parse_day(text, &day) ? day : NAN;
}


static void
item_fill(market_item_t *item, market_kind_e kind, const cJSON *json)
{
    const char   *text;
    const cJSON  *details, *t;

    item->number = NAN;
    item->day = NAN;

    switch (kind) {

    case MARKET_BARS:
        t = cJSON_GetObjectItemCaseSensitive(json, "t");

        if (cJSON_IsNumber(t)) {
            item->day = market_day_of_ms(t->valuedouble);
        }

        break;

    case MARKET_CHAIN:
        details = cJSON_GetObjectItemCaseSensitive(json, "details");
        t = cJSON_GetObjectItemCaseSensitive(details, "strike_price");

        if (cJSON_IsNumber(t)) {
            item->number = t->valuedouble;
        }

        item->day = json_day(details, "expiration_date");

        t = cJSON_GetObjectItemCaseSensitive(details, "contract_type");
        text = cJSON_GetStringValue(t);
        item->type = text == NULL ? 0
                     : strcmp(text, "call") == 0 ? 'c'
                     : strcmp(text, "put") == 0 ? 'p' : 'o';

        t = cJSON_GetObjectItemCaseSensitive(details, "ticker");
        text = cJSON_GetStringValue(t);
        item->name = text != NULL ? market_copy(text, strlen(text)) : NULL;
        break;

    case MARKET_EARNINGS:
        item->day = json_day(json, "date");
        break;

    default:
        item->day = json_day(json, "ex_dividend_date");
    }
}


static void
list_append(market_list_t *list, market_kind_e kind, const cJSON *json,
    const char *text, size_t len)
{
    market_item_t  *item;

    if (list->n == list->size) {
        list->size = list->size ? list->size * 2 : 64;
        list->items = market_resize(list->items, list->size,
                                    sizeof(*list->items));
    }

    item = &list->items[list->n++];
    memset(item, 0, sizeof(*item));
    item->offset = list->raw.len;
    item->len = len + 1;

    market_buf_add(&list->raw, text, len);
    market_buf_add(&list->raw, ",", 1);

    item_fill(item, kind, json);
}


static void
list_status(market_list_t *list, const cJSON *json)
{
    const char  *text;

    text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json,
                                                                 "status"));

    if (list->status[0] == '\0' && text != NULL
        && strlen(text) < sizeof(list->status)
        && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(text))
    {
        strcpy(list->status, text);
    }
}


bool
market_list_add(market_list_t *list, market_kind_e kind,
    const market_buf_t *file, const char **why)
{
    cJSON        *json, *results, *item;
    const char   *p, *end, *next;

    json = cJSON_ParseWithLength(file->data, file->len);

    if (json == NULL || !cJSON_IsObject(json)) {
        cJSON_Delete(json);
        *why = "is not a JSON object";
        return false;
    }

    results = cJSON_GetObjectItemCaseSensitive(json, "results");
    end = file->data + file->len;
    p = find_results(file->data, end);

    if (results != NULL && (p == NULL || !cJSON_IsArray(results))) {
        cJSON_Delete(json);
        *why = "has \"results\" that are no array";
        return false;
    }

    list_status(list, json);

    cJSON_ArrayForEach(item, results) {
        p = skip_blanks(p, end);
        next = skip_value(p, end);
        list_append(list, kind, item, p, (size_t) (next - p));
        p = skip_blanks(next, end) + 1;     /* after the comma */
    }

    cJSON_Delete(json);

    return true;
}

/*
 * Paging. A cursor is the query of the request without its key and an offset
 * into the list, in base64url: opaque to a client, and nothing to remember
 * here.
 */

#include <stdint.h>
#include <string.h>

#include "market_answer.h"
#include "market_text.h"


void
market_page_open(market_ask_t *ask)
{
    int         rc;
    char        text[1400];
    long long   offset;

    ask->query = ask->request->query;
    ask->query_len = ask->request->query_len;
    ask->offset = 0;
    ask->bad_cursor = false;

    rc = market_arg(ask->query, ask->query_len, "cursor", text, sizeof(text));

    if (rc == 0) {
        return;
    }

    ask->bad_cursor = true;

    if (rc > 0) {
        rc = market_base64_decode(text, strlen(text), ask->cursor,
                                  sizeof(ask->cursor));
    }

    if (rc <= 0
        || market_arg(ask->cursor, (size_t) rc, "offset", text, sizeof(text))
           != 1
        || !market_parse_int(text, 0, INT32_MAX, &offset))
    {
        return;
    }

    ask->bad_cursor = false;
    ask->query = ask->cursor;
    ask->query_len = (size_t) rc;
    ask->offset = (size_t) offset;
}


static bool
named(const char *arg, size_t len, const char *name)
{
    size_t  n;

    n = strlen(name);

    return len > n && arg[n] == '=' && memcmp(arg, name, n) == 0;
}


void
market_page_next(const market_ask_t *ask, size_t offset)
{
    size_t         len;
    const char    *p, *end, *amp;
    market_buf_t   query, url;

    memset(&query, 0, sizeof(query));
    memset(&url, 0, sizeof(url));

    end = ask->query + ask->query_len;

    for (p = ask->query; p < end; p += len + 1) {
        amp = memchr(p, '&', (size_t) (end - p));
        len = (size_t) ((amp != NULL ? amp : end) - p);

        if (len > 0 && !named(p, len, "offset") && !named(p, len, "cursor")
            && !named(p, len, "apiKey"))
        {
            market_buf_add(&query, p, len);
            market_buf_puts(&query, "&");
        }
    }

    if (ask->fault != NULL && ask->fault->kind == MARKET_FAULT_PAGE_LOOP) {
        offset = 0;
    }

    market_buf_printf(&query, "offset=%zu", offset);

    market_buf_puts(&url, ask->fault != NULL
                          && ask->fault->kind == MARKET_FAULT_FOREIGN_NEXT
                          ? MARKET_EVIL_HOST : MARKET_NEXT_HOST);
    market_buf_add(&url, ask->request->target, ask->request->path_len);
    market_buf_puts(&url, "?cursor=");
    market_base64_encode(&url, query.data, query.len);

    market_buf_puts(&ask->reply->own, ",\"next_url\":");
    market_buf_json(&ask->reply->own, url.data, url.len);

    market_buf_free(&query);
    market_buf_free(&url);
}

/* What each kind of fault does to an answer. */

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "market_fault.h"


#define ITEM_BYTES   64
#define BLOCK_ITEMS  1024


static const char  html_page[] =
    "<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head>\n"
    "<body><h1>Checking your browser</h1></body></html>\n";

static const char  garbage[] =
    "{\"status\":\"OK\",\"results\":[{\"t\":1400000000000,\"c\":12.5,,}\x01]";


static void
spoil_no_results(const market_request_t *request, market_reply_t *reply)
{
    size_t         from;
    market_buf_t  *own;

    own = &reply->own;
    from = own->len;

    market_reply_clear(reply);
    reply->status = 200;

    market_buf_puts(own, "{");

    if (request->nparts > 3 && strcmp(request->part[0], "v2") == 0) {
        market_buf_puts(own, "\"ticker\":");
        market_buf_json(own, request->part[3], strlen(request->part[3]));
        market_buf_puts(own, ",\"queryCount\":0,\"resultsCount\":0,"
                        "\"adjusted\":true,");
    }

    market_buf_puts(own, "\"status\":\"OK\",\"request_id\":\"");
    market_reply_id(own);
    market_buf_puts(own, "\"}");

    market_reply_own(reply, from);
}


static void
spoil_gzip(market_reply_t *reply)
{
    int            rc;
    z_stream       stream;
    market_buf_t   in, out;

    memset(&in, 0, sizeof(in));
    memset(&out, 0, sizeof(out));
    memset(&stream, 0, sizeof(stream));

    market_reply_join(reply, &in);

    /* 15 + 16: the largest window, gzip's framing */

    rc = deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8,
                      Z_DEFAULT_STRATEGY);

    if (rc == Z_OK) {
        market_buf_reserve(&out, deflateBound(&stream, in.len));

        stream.next_in = (Bytef *) in.data;
        stream.avail_in = (uInt) in.len;
        stream.next_out = (Bytef *) out.data;
        stream.avail_out = (uInt) out.size;

        rc = deflate(&stream, Z_FINISH);
        out.len = stream.total_out;
        deflateEnd(&stream);
    }

    if (rc == Z_STREAM_END) {
        market_reply_body(reply, out.data, out.len);
        reply->encoding = "gzip";

    } else {
        market_reply_error(reply, 500, "The answer could not be compressed.");
    }

    market_buf_free(&in);
    market_buf_free(&out);
}


/*
 * A valid JSON text of exactly that many bytes (but no fewer than 256): the
 * same block of bars over and over, which is never copied.
 */

static void
spoil_big(const market_fault_t *fault, market_reply_t *reply)
{
    size_t       i, from, left, items, n;

    static char        block[ITEM_BYTES * BLOCK_ITEMS];
    static const char  item[] = "{\"v\":1000,\"o\":100,\"h\":102,\"l\":99,"
                                "\"c\":101.5,\"t\":1400000000000}";
    static const char  last[] = "],\"count\":1,\"status\":\"OK\"}";
    static const char  first[] = "{\"ticker\":\"BIG\",\"results\":[";

    if (block[0] == '\0') {
        memset(block, ' ', sizeof(block));

        for (i = 0; i < BLOCK_ITEMS; i++) {
            memcpy(block + i * ITEM_BYTES, item, sizeof(item) - 1);
            block[(i + 1) * ITEM_BYTES - 1] = ',';
        }
    }

    market_reply_clear(reply);
    reply->status = 200;

    left = fault->bytes < 256 ? 256 : (size_t) fault->bytes;
    left -= sizeof(first) - 1 + sizeof(last) - 1;

    items = left / ITEM_BYTES;
    left -= items * ITEM_BYTES;

    market_reply_ref(reply, first, sizeof(first) - 1);

    while (items > 0) {
        n = items < BLOCK_ITEMS ? items : BLOCK_ITEMS;
        market_reply_piece(reply, block, 0, n * ITEM_BYTES);
        items -= n;
    }

    market_reply_trim(reply, 1);        /* the comma after the last bar */

    from = reply->own.len;
    market_buf_printf(&reply->own, "%*s%s", (int) left + 1, "", last);
    market_reply_own(reply, from);
}


/* The last place where one of the fields has a number, or NULL. */

static char *
find_number(const market_buf_t *body, const char *field)
{
    char    *p, *found;
    size_t   len;

    found = NULL;
    len = strlen(field);

    for (p = body->data; p != NULL; ) {
        p = memmem(p, (size_t) (body->data + body->len - p), field, len);

        if (p != NULL) {
            p += len;

            if (p < body->data + body->len
                && strchr("-0123456789", *p) != NULL)
            {
                found = p;
            }
        }
    }

    return found;
}


static void
spoil_number(const market_fault_t *fault, market_reply_t *reply)
{
    char          *p, *end, name[80];
    size_t         i, from;
    market_buf_t   body;

    static const char *const  prices[] = { "\"c\":", "\"bid\":",
                                           "\"close\":", "\"price\":" };

    memset(&body, 0, sizeof(body));
    market_reply_join(reply, &body);

    p = NULL;

    if (body.len > 0 && fault->field[0] != '\0') {
        strcpy(name, "\"");
        strcat(name, fault->field);
        strcat(name, "\":");
        p = find_number(&body, name);

    } else if (body.len > 0) {
        for (i = 0; p == NULL && i < sizeof(prices) / sizeof(prices[0]); i++)
        {
            p = find_number(&body, prices[i]);
        }
    }

    if (p != NULL) {
        for (end = p; end < body.data + body.len
                      && strchr("+-.0123456789eE", *end) != NULL; end++)
        {
            /* void */
        }

        from = reply->own.len;
        market_buf_add(&reply->own, body.data, (size_t) (p - body.data));
        market_buf_puts(&reply->own, fault->value);
        market_buf_add(&reply->own, end,
                       (size_t) (body.data + body.len - end));
        market_reply_clear(reply);
        market_reply_own(reply, from);
    }

    market_buf_free(&body);
}


static void
spoil_framing(const market_fault_t *fault, market_reply_t *reply)
{
    switch (fault->kind) {

    case MARKET_FAULT_HANG:
        reply->act = MARKET_ACT_HANG;
        break;

    case MARKET_FAULT_RESET:
        reply->act = MARKET_ACT_RESET;
        break;

    case MARKET_FAULT_CLOSE:
        reply->act = MARKET_ACT_CLOSE;
        break;

    case MARKET_FAULT_TRUNCATE:
        reply->half = true;
        break;

    case MARKET_FAULT_SHORT_CHUNK:
        reply->half = true;
        reply->chunk = 1;
        break;

    case MARKET_FAULT_BIG_CHUNKED:
        reply->chunk = ITEM_BYTES * BLOCK_ITEMS;
        break;

    case MARKET_FAULT_CHUNKED:
        reply->chunk = (size_t) fault->bytes;
        break;

    case MARKET_FAULT_DRIP:
        reply->drip = (unsigned) fault->ms;
        reply->drop = (size_t) fault->bytes;
        break;

    case MARKET_FAULT_RESET_BODY:
        reply->half = true;
        reply->then_reset = true;
        reply->pause = (unsigned) fault->ms;
        break;

    case MARKET_FAULT_SLOW_HEADERS:
        reply->slow = (unsigned) fault->ms;
        break;

    case MARKET_FAULT_STATUS_LINE:
        reply->garbled = true;
        break;

    default:
        break;
    }
}


void
market_fault_apply(const market_fault_t *fault,
    const market_request_t *request, market_reply_t *reply, long long *delay)
{
    switch (fault->kind) {

    case MARKET_FAULT_DELAY:
        *delay += fault->ms;
        break;

    case MARKET_FAULT_STATUS:
        market_reply_error(reply, (int) fault->status, NULL);
        reply->retry_after = (long) fault->retry_after;
        break;

    case MARKET_FAULT_HTML:
        reply->status = 200;
        reply->type = "text/html";
        market_reply_body(reply, html_page, sizeof(html_page) - 1);
        break;

    case MARKET_FAULT_EMPTY:
        reply->status = 200;
        market_reply_clear(reply);
        break;

    case MARKET_FAULT_NO_RESULTS:
        spoil_no_results(request, reply);
        break;

    case MARKET_FAULT_GZIP:
        spoil_gzip(reply);
        break;

    case MARKET_FAULT_BIG:
    case MARKET_FAULT_BIG_CHUNKED:
        spoil_big(fault, reply);
        break;

    case MARKET_FAULT_GARBAGE_JSON:
        reply->status = 200;
        market_reply_body(reply, garbage, sizeof(garbage) - 1);
        break;

    case MARKET_FAULT_BODY:
        reply->status = 200;
        market_reply_body(reply, fault->value, strlen(fault->value));
        break;

    case MARKET_FAULT_NAN:
    case MARKET_FAULT_INF:
        spoil_number(fault, reply);
        break;

    default:
        break;
    }

    spoil_framing(fault, reply);
}

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "market_reply.h"


#define KEEP_BYTES  65536
#define KEEP_SEGS   1024


void
market_reply_reset(market_reply_t *reply)
{
    market_buf_t   own;
    market_seg_t  *segs;
    size_t         size;

    own = reply->own;
    segs = reply->segs;
    size = reply->size;

    /* a giant answer does not pin its memory to an idle connection */

    if (own.size > KEEP_BYTES) {
        market_buf_free(&own);
    }

    if (size > KEEP_SEGS) {
        free(segs);
        segs = NULL;
        size = 0;
    }

    memset(reply, 0, sizeof(*reply));

    own.len = 0;
    reply->own = own;
    reply->segs = segs;
    reply->size = size;
    reply->status = 200;
    reply->type = MARKET_JSON;
    reply->retry_after = -1;
}


void
market_reply_free(market_reply_t *reply)
{
    market_buf_free(&reply->own);
    free(reply->segs);
    memset(reply, 0, sizeof(*reply));
}


void
market_reply_clear(market_reply_t *reply)
{
    reply->n = 0;
    reply->length = 0;
}


void
market_reply_piece(market_reply_t *reply, const char *data, size_t offset,
    size_t len)
{
    market_seg_t  *seg;

    if (len == 0) {
        return;
    }

    if (reply->n == reply->size) {
        reply->size = reply->size ? reply->size * 2 : 16;
        reply->segs = market_resize(reply->segs, reply->size,
                                    sizeof(*reply->segs));
    }

    seg = &reply->segs[reply->n++];
    seg->data = data;
    seg->offset = offset;
    seg->len = len;

    reply->length += len;
}


void
market_reply_ref(market_reply_t *reply, const char *data, size_t len)
{
    market_seg_t  *last;

    last = reply->n > 0 ? &reply->segs[reply->n - 1] : NULL;

    if (last != NULL && last->data != NULL && last->data + last->len == data)
    {
        last->len += len;
        reply->length += len;
        return;
    }

    market_reply_piece(reply, data, 0, len);
}


void
market_reply_own(market_reply_t *reply, size_t from)
{
    market_reply_piece(reply, NULL, from, reply->own.len - from);
}


void
market_reply_own_first(market_reply_t *reply, size_t from)
{
    market_seg_t  last;

    if (reply->own.len == from) {
        return;
    }

    market_reply_own(reply, from);

    last = reply->segs[reply->n - 1];
    memmove(reply->segs + 1, reply->segs,
            (reply->n - 1) * sizeof(*reply->segs));
    reply->segs[0] = last;
}


void
market_reply_trim(market_reply_t *reply, size_t n)
{
    reply->segs[reply->n - 1].len -= n;
    reply->length -= n;
}


static const char *
seg_data(const market_reply_t *reply, const market_seg_t *seg)
{
    return seg->data != NULL ? seg->data : reply->own.data + seg->offset;
}


void
market_reply_join(const market_reply_t *reply, market_buf_t *out)
{
    size_t  i;

    market_buf_reserve(out, reply->length);

    for (i = 0; i < reply->n; i++) {
        market_buf_add(out, seg_data(reply, &reply->segs[i]),
                       reply->segs[i].len);
    }
}


void
market_reply_body(market_reply_t *reply, const char *data, size_t len)
{
    size_t  from;

    market_reply_clear(reply);

    from = reply->own.len;
    market_buf_add(&reply->own, data, len);
    market_reply_own(reply, from);
}


void
market_reply_id(market_buf_t *buf)
{
    int                i;
    char               digits[32];
    uint64_t           x;
    static uint64_t    state[2];

    if (state[0] == 0) {
        state[0] = (uint64_t) time(NULL) * 0x9e3779b97f4a7c15u | 1;
    }

    /* splitmix64, https://prng.di.unimi.it/splitmix64.c */

    for (i = 0; i < 32; i++) {
        if (i % 16 == 0) {
            state[0] += 0x9e3779b97f4a7c15u;
            x = state[0];
            x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
            x = (x ^ x >> 27) * 0x94d049bb133111ebu;
            state[1] = x ^ x >> 31;
        }

        digits[i] = "0123456789abcdef"[state[1] & 15];
        state[1] >>= 4;
    }

    market_buf_add(buf, digits, sizeof(digits));
}


static const char *
usual_text(int status)
{
    switch (status) {

    case 400:
        return "The request is not valid.";
    case 401:
        return "The API key is missing or not known.";
    case 403:
        return "This data is not part of the plan.";
    case 404:
        return "Nothing is known under this name.";
    case 405:
        return "This method is not allowed here.";
    case 429:
        return "More requests than the plan allows in a minute.";
    default:
        return "The request could not be answered.";
    }
}


void
market_reply_error(market_reply_t *reply, int status, const char *text)
{
    size_t         from;
    const char    *word, *member;
    market_buf_t  *own;

    if (text == NULL) {
        text = usual_text(status);
    }

    word = status == 403 ? "NOT_AUTHORIZED"
           : status == 404 ? "NOT_FOUND" : "ERROR";
    member = status == 403 || status == 404 ? "message" : "error";

    market_reply_clear(reply);
    reply->status = status;
    reply->type = MARKET_JSON;

    own = &reply->own;
    from = own->len;

    market_buf_printf(own, "{\"status\":\"%s\",\"request_id\":\"", word);
    market_reply_id(own);
    market_buf_printf(own, "\",\"%s\":", member);
    market_buf_json(own, text, strlen(text));
    market_buf_puts(own, "}\n");

    market_reply_own(reply, from);
}

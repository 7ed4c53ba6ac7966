/* HTTP framing of an answer, and the order in which its bytes go out. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "market_reply.h"


static const char *
reason(int status)
{
    static const struct {
        int          status;
        const char  *text;
    } reasons[] = {
        { 200, "OK" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
        { 403, "Forbidden" }, { 404, "Not Found" },
        { 405, "Method Not Allowed" }, { 408, "Request Timeout" },
        { 413, "Content Too Large" }, { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" }, { 501, "Not Implemented" },
        { 502, "Bad Gateway" }, { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" }
    };

    size_t  i;

    for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].status == status) {
            return reasons[i].text;
        }
    }

    return "Status";
}


/* Cuts the list of pieces after that many bytes. */

static void
frame_cut(market_reply_t *reply, size_t bytes)
{
    size_t  i, left;

    left = bytes;

    for (i = 0; i < reply->n && left > 0; i++) {
        if (reply->segs[i].len > left) {
            reply->segs[i].len = left;
        }

        left -= reply->segs[i].len;
    }

    reply->n = i;
    reply->length = bytes - left;
}


static void
frame_text(market_reply_t *reply, const char *text)
{
    size_t  from;

    from = reply->own.len;
    market_buf_puts(&reply->own, text);
    market_reply_own(reply, from);
}


static void
chunk_line(market_reply_t *reply, size_t len)
{
    size_t  from;

    from = reply->own.len;
    market_buf_printf(&reply->own, "%zx\r\n", len);
    market_reply_own(reply, from);
}


/* Appends len bytes of the old pieces, from *off in *piece on. */

static void
chunk_move(market_reply_t *reply, const market_seg_t **piece, size_t *off,
    size_t len)
{
    size_t               n;
    const market_seg_t  *seg;

    while (len > 0) {
        seg = *piece;
        n = seg->len - *off < len ? seg->len - *off : len;

        market_reply_piece(reply,
                           seg->data != NULL ? seg->data + *off : NULL,
                           seg->offset + *off, n);
        len -= n;
        *off += n;

        if (*off == seg->len) {
            (*piece)++;
            *off = 0;
        }
    }
}


static void
frame_chunked(market_reply_t *reply)
{
    size_t               left, off, n;
    market_seg_t        *old;
    const market_seg_t  *piece;

    old = reply->segs;
    left = reply->length;
    piece = old;
    off = 0;

    reply->segs = NULL;
    reply->size = 0;
    market_reply_clear(reply);

    if (reply->half) {
        /* one chunk is announced in full and stops in its middle */
        chunk_line(reply, left > 1 ? left : 2);
        chunk_move(reply, &piece, &off, left / 2);
        free(old);
        return;
    }

    while (left > 0) {
        n = left < reply->chunk ? left : reply->chunk;
        chunk_line(reply, n);
        chunk_move(reply, &piece, &off, n);
        frame_text(reply, "\r\n");
        left -= n;
    }

    frame_text(reply, "0\r\n\r\n");
    free(old);
}


static void
frame_head(market_reply_t *reply, size_t length)
{
    size_t         from;
    market_buf_t  *own;

    own = &reply->own;
    from = own->len;

    if (reply->garbled) {
        market_buf_puts(own, "%%% this is no status line %%%\r\n");

    } else {
        market_buf_printf(own, "HTTP/1.1 %d %s\r\n", reply->status,
                          reason(reply->status));
    }

    if (reply->type != NULL) {
        market_buf_printf(own, "Content-Type: %s\r\n", reply->type);
    }

    if (reply->encoding != NULL) {
        market_buf_printf(own, "Content-Encoding: %s\r\n", reply->encoding);
    }

    if (reply->chunk > 0) {
        market_buf_puts(own, "Transfer-Encoding: chunked\r\n");

    } else {
        market_buf_printf(own, "Content-Length: %zu\r\n", length);
    }

    if (reply->retry_after >= 0) {
        market_buf_printf(own, "Retry-After: %ld\r\n", reply->retry_after);
    }

    if (reply->sample) {
        market_buf_puts(own, "X-Sample-Market: generated\r\n");
    }

    market_buf_printf(own, "Connection: %s\r\n\r\n",
                      reply->keepalive ? "keep-alive" : "close");

    reply->head = own->len - from;
    market_reply_own_first(reply, from);
}


void
market_reply_finish(market_reply_t *reply)
{
    size_t  length;

    length = reply->length;

    if (reply->half) {
        reply->keepalive = false;
    }

    if (reply->bodiless) {
        market_reply_clear(reply);

    } else if (reply->chunk > 0) {
        frame_chunked(reply);

    } else if (reply->half) {
        frame_cut(reply, reply->length / 2);
    }

    frame_head(reply, length);

    reply->seg = 0;
    reply->off = 0;
    reply->sent = 0;
}


int
market_reply_iov(const market_reply_t *reply, struct iovec *iov, int n,
    size_t limit)
{
    int                  k;
    size_t               i, off, len;
    const char          *data;
    const market_seg_t  *seg;

    off = reply->off;
    k = 0;

    for (i = reply->seg; i < reply->n && k < n && limit > 0; i++) {
        seg = &reply->segs[i];
        data = seg->data != NULL ? seg->data : reply->own.data + seg->offset;
        len = seg->len - off < limit ? seg->len - off : limit;

        iov[k].iov_base = (void *) (uintptr_t) (data + off);
        iov[k].iov_len = len;

        k++;
        limit -= len;
        off = 0;
    }

    return k;
}


bool
market_reply_sent(market_reply_t *reply, size_t bytes)
{
    size_t  left;

    reply->sent += bytes;

    while (bytes > 0) {
        left = reply->segs[reply->seg].len - reply->off;

        if (bytes < left) {
            reply->off += bytes;
            break;
        }

        bytes -= left;
        reply->seg++;
        reply->off = 0;
    }

    return reply->seg == reply->n;
}


size_t
market_reply_allowance(const market_reply_t *reply, unsigned *wait)
{
    const char  *head, *end;

    *wait = 0;

    if (reply->slow > 0 && reply->sent < reply->head) {
        *wait = reply->slow;
        head = reply->own.data + reply->segs[0].offset + reply->sent;
        end = memchr(head, '\n', reply->head - reply->sent);

        return (size_t) (end - head) + 1;
    }

    if (reply->drip > 0) {
        *wait = reply->drip;

        return reply->sent < reply->head ? reply->head - reply->sent
                                         : reply->drop;
    }

    return SIZE_MAX;
}

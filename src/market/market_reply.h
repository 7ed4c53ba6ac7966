/*
 * An answer: a list of pieces of bytes, either kept by the store (never
 * copied) or written into the answer's own buffer, and how it is framed.
 */

#ifndef MARKET_REPLY_H
#define MARKET_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "market_buf.h"


#define MARKET_JSON  "application/json"


typedef enum {
    MARKET_ACT_SEND = 0,
    MARKET_ACT_HANG,            /* never answers */
    MARKET_ACT_RESET,           /* RST */
    MARKET_ACT_CLOSE            /* FIN, with not a byte sent */
} market_act_e;


typedef struct {
    const char  *data;          /* NULL: the bytes are own.data + offset */
    size_t       offset;
    size_t       len;
} market_seg_t;


typedef struct {
    int            status;
    const char    *type;        /* Content-Type, a literal; NULL: none */
    const char    *encoding;    /* Content-Encoding, a literal; NULL: none */
    long           retry_after; /* s; negative: none */
    market_act_e   act;
    size_t         chunk;       /* bytes in a chunk; 0: Content-Length */
    bool           half;        /* half of the body is sent, then a close */
    bool           garbled;     /* the status line is no status line */
    bool           keepalive;
    bool           bodiless;    /* HEAD */
    bool           sample;      /* marked as invented data */
    bool           then_reset;  /* RST after what is sent, */
    unsigned       pause;       /* so many ms later */
    unsigned       drip;        /* ms between drops of body; 0: off */
    size_t         drop;        /* bytes of one */
    unsigned       slow;        /* ms between lines of the head; 0: off */

    market_buf_t   own;
    market_seg_t  *segs;
    size_t         n;
    size_t         size;
    size_t         length;      /* bytes in all segs */

    size_t         head;        /* bytes of the head, once finished */
    size_t         seg;         /* what is sent: segs before this one, */
    size_t         off;         /* this many bytes of it, */
    size_t         sent;        /* that many bytes in all */
} market_reply_t;


/* Makes it an empty 200; buffers of the last answer are used again. */
void market_reply_reset(market_reply_t *reply);

void market_reply_free(market_reply_t *reply);

/* Drops the body only. */
void market_reply_clear(market_reply_t *reply);

/* Appends bytes that outlive the answer; neighbours become one piece. */
void market_reply_ref(market_reply_t *reply, const char *data, size_t len);

/* Appends one piece: data, or with data NULL the own bytes at offset. */
void market_reply_piece(market_reply_t *reply, const char *data,
    size_t offset, size_t len);

/*
 * Own text: write into reply->own after noting reply->own.len, then append
 * what was written from there on.
 */
void market_reply_own(market_reply_t *reply, size_t from);

/* The same, put before all other pieces. */
void market_reply_own_first(market_reply_t *reply, size_t from);

/* Drops the last n bytes of the last piece, which has as many. */
void market_reply_trim(market_reply_t *reply, size_t n);

/* Appends the body as one run of bytes to out. */
void market_reply_join(const market_reply_t *reply, market_buf_t *out);

/* Makes these bytes (copied) the whole body. */
void market_reply_body(market_reply_t *reply, const char *data, size_t len);

/* An error body in Massive's shape with its status. text NULL: a usual one. */
void market_reply_error(market_reply_t *reply, int status, const char *text);

/* Appends a request id, 32 hex digits, to the own buffer. */
void market_reply_id(market_buf_t *buf);

/* Puts head and framing around the body; then it is ready to be sent. */
void market_reply_finish(market_reply_t *reply);

/* Fills iov with at most n pieces and limit bytes that are not sent yet. */
int market_reply_iov(const market_reply_t *reply, struct iovec *iov, int n,
    size_t limit);

/* Bytes were sent. True when nothing is left. */
bool market_reply_sent(market_reply_t *reply, size_t bytes);

/*
 * What may be sent at once (SIZE_MAX: all of it), and in *wait the ms to wait
 * after it.
 */
size_t market_reply_allowance(const market_reply_t *reply, unsigned *wait);


#endif

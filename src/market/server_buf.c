#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "market_buf.h"


static void
out_of_memory(void)
{
    fputs("market-server: out of memory\n", stderr);
    exit(1);
}


void *
market_alloc(size_t size)
{
    void  *p;

    p = calloc(1, size > 0 ? size : 1);
    if (p == NULL) {
        out_of_memory();
    }

    return p;
}


void *
market_resize(void *p, size_t n, size_t element)
{
    if (element != 0 && n > SIZE_MAX / element) {
        out_of_memory();
    }

    p = realloc(p, n * element > 0 ? n * element : 1);
    if (p == NULL) {
        out_of_memory();
    }

    return p;
}


char *
market_copy(const char *text, size_t len)
{
    char  *copy;

    copy = market_alloc(len + 1);
    memcpy(copy, text, len);

    return copy;
}


void
market_buf_reserve(market_buf_t *buf, size_t len)
{
    size_t  size;

    if (len <= buf->size - buf->len) {
        return;
    }

    if (len > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
        out_of_memory();
    }

    size = buf->size * 2;

    if (size < buf->len + len) {
        size = buf->len + len;
    }

    if (size < 256) {
        size = 256;
    }

    buf->data = market_resize(buf->data, size, 1);
    buf->size = size;
}


void
market_buf_add(market_buf_t *buf, const void *data, size_t len)
{
    if (len == 0) {
        return;
    }

    market_buf_reserve(buf, len);
    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
}


void
market_buf_puts(market_buf_t *buf, const char *text)
{
    market_buf_add(buf, text, strlen(text));
}


void
market_buf_printf(market_buf_t *buf, const char *format, ...)
{
    int      n;
    size_t   room;
    va_list  args;

    market_buf_reserve(buf, 128);
    room = buf->size - buf->len;

    va_start(args, format);
    n = vsnprintf(buf->data + buf->len, room, format, args);
    va_end(args);

    if (n < 0) {
        return;
    }

    if ((size_t) n >= room) {
        market_buf_reserve(buf, (size_t) n + 1);

        va_start(args, format);
        vsnprintf(buf->data + buf->len, (size_t) n + 1, format, args);
        va_end(args);
    }

    buf->len += (size_t) n;
}


void
market_buf_json(market_buf_t *buf, const char *text, size_t len)
{
    size_t         i;
    unsigned char  c;

    market_buf_reserve(buf, len + 2);
    market_buf_add(buf, "\"", 1);

    for (i = 0; i < len; i++) {
        c = (unsigned char) text[i];

        if (c == '"' || c == '\\') {
            market_buf_add(buf, "\\", 1);
            market_buf_add(buf, text + i, 1);

        } else if (c < 0x20 || c >= 0x7f) {
            /* bytes over 0x7f are shown as Latin-1: always valid JSON */
            market_buf_printf(buf, "\\u%04x", c);

        } else {
            market_buf_add(buf, text + i, 1);
        }
    }

    market_buf_add(buf, "\"", 1);
}


void
market_buf_free(market_buf_t *buf)
{
    free(buf->data);
    memset(buf, 0, sizeof(*buf));
}

/*
 * Growing byte buffers and allocation for the sample market server.
 *
 * The server is test equipment: when memory runs out it says so and exits,
 * so no caller checks for NULL.
 */

#ifndef MARKET_BUF_H
#define MARKET_BUF_H

#include <stddef.h>


typedef struct {
    char    *data;              /* owned; NULL while size is 0 */
    size_t   len;
    size_t   size;
} market_buf_t;


/* Allocates zeroed memory; never returns NULL. */
void *market_alloc(size_t size);

/* Resizes an array to n elements of the given size; never returns NULL. */
void *market_resize(void *p, size_t n, size_t element);

/* A copy of len bytes with a terminating 0; the caller frees it. */
char *market_copy(const char *text, size_t len);

/* Makes room for len more bytes. */
void market_buf_reserve(market_buf_t *buf, size_t len);

void market_buf_add(market_buf_t *buf, const void *data, size_t len);

void market_buf_puts(market_buf_t *buf, const char *text);

void market_buf_printf(market_buf_t *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends the text as a JSON string with its quotes. */
void market_buf_json(market_buf_t *buf, const char *text, size_t len);

void market_buf_free(market_buf_t *buf);


#endif

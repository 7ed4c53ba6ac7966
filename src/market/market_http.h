/* Reading one HTTP/1 request. */

#ifndef MARKET_HTTP_H
#define MARKET_HTTP_H

#include <stdbool.h>
#include <stddef.h>


#define MARKET_MAX_HEAD   32768
#define MARKET_MAX_BODY   65536
#define MARKET_MAX_PARTS  12


/* All pointers but part[] point into the input and live as long as it does. */

typedef struct {
    const char  *head;          /* request line and headers, with their end */
    size_t       head_len;
    const char  *target;        /* as it was sent */
    size_t       target_len;
    size_t       path_len;      /* of the target, before the '?' */
    const char  *query;         /* after the '?'; may be empty */
    size_t       query_len;
    bool         is_get;
    bool         is_head;
    bool         is_post;
    bool         keepalive;
    const char  *auth;          /* value of Authorization, or NULL */
    size_t       auth_len;
    size_t       body_len;

    char         text[1024];    /* holds the decoded parts */
    const char  *part[MARKET_MAX_PARTS];    /* of the path, between '/' */
    size_t       nparts;        /* 0: too many, too long or badly encoded */
} market_request_t;


/*
 * Reads the request at the beginning of len bytes. Returns the bytes it takes
 * with its body, 0 when it is not complete, or minus the HTTP status of an
 * error after which the connection cannot be used.
 */
long market_http_parse(market_request_t *request, const char *data,
    size_t len);


#endif

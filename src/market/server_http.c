#define _GNU_SOURCE
#include <string.h>
#include <strings.h>

#include "market_http.h"
#include "market_text.h"


static bool
same(const char *text, size_t len, const char *name)
{
    return len == strlen(name) && strncasecmp(text, name, len) == 0;
}


static void
split_path(market_request_t *request)
{
    int          n;
    char        *out;
    size_t       room, len;
    const char  *p, *end, *slash;

    out = request->text;
    room = sizeof(request->text);
    p = request->target + 1;
    end = request->target + request->path_len;

    for ( ;; ) {
        slash = memchr(p, '/', (size_t) (end - p));
        len = (size_t) ((slash != NULL ? slash : end) - p);
        n = market_decode(p, len, false, out, room);

        if (n < 0 || request->nparts == MARKET_MAX_PARTS) {
            request->nparts = 0;
            return;
        }

        request->part[request->nparts++] = out;
        out += n + 1;
        room -= (size_t) n + 1;

        if (slash == NULL) {
            return;
        }

        p = slash + 1;
    }
}


static int
parse_line(market_request_t *request, const char *p, const char *end)
{
    size_t       method;
    const char  *blank, *question, *version;

    blank = memchr(p, ' ', (size_t) (end - p));
    if (blank == NULL || blank == p) {
        return -400;
    }

    method = (size_t) (blank - p);
    request->is_get = method == 3 && memcmp(p, "GET", 3) == 0;
    request->is_head = method == 4 && memcmp(p, "HEAD", 4) == 0;
    request->is_post = method == 4 && memcmp(p, "POST", 4) == 0;

    request->target = blank + 1;
    blank = memchr(request->target, ' ', (size_t) (end - request->target));

    if (blank == NULL || request->target[0] != '/') {
        return -400;
    }

    request->target_len = (size_t) (blank - request->target);
    version = blank + 1;

    if (end - version != 8 || memcmp(version, "HTTP/1.", 7) != 0
        || version[7] < '0' || version[7] > '9')
    {
        return -400;
    }

    request->keepalive = version[7] != '0';

    question = memchr(request->target, '?', request->target_len);
    request->path_len = request->target_len;
    request->query = blank;

    if (question != NULL) {
        request->path_len = (size_t) (question - request->target);
        request->query = question + 1;
        request->query_len = (size_t) (blank - question) - 1;
    }

    split_path(request);

    return 0;
}


static int
parse_length(market_request_t *request, const char *value, size_t len)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < len; i++) {
        if (value[i] < '0' || value[i] > '9') {
            return -400;
        }

        n = n * 10 + (size_t) (value[i] - '0');

        if (n > MARKET_MAX_BODY) {
            return -413;
        }
    }

    request->body_len = n;

    return len > 0 ? 0 : -400;
}


static int
parse_header(market_request_t *request, const char *p, const char *end)
{
    size_t       name, len;
    const char  *colon, *value;

    colon = memchr(p, ':', (size_t) (end - p));
    if (colon == NULL || colon == p) {
        return -400;
    }

    name = (size_t) (colon - p);
    value = colon + 1;

    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }

    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }

    len = (size_t) (end - value);

    if (same(p, name, "connection")) {
        if (same(value, len, "close")) {
            request->keepalive = false;

        } else if (same(value, len, "keep-alive")) {
            request->keepalive = true;
        }

    } else if (same(p, name, "authorization")) {
        request->auth = value;
        request->auth_len = len;

    } else if (same(p, name, "content-length")) {
        return parse_length(request, value, len);

    } else if (same(p, name, "transfer-encoding")) {
        return -501;
    }

    return 0;
}


long
market_http_parse(market_request_t *request, const char *data, size_t len)
{
    int          rc;
    const char  *p, *stop, *eol;

    stop = memmem(data, len, "\r\n\r\n", 4);

    if (stop == NULL) {
        return len < MARKET_MAX_HEAD ? 0 : -431;
    }

    /* part and text are filled as far as they are used */
    memset(request, 0, offsetof(market_request_t, text));
    request->nparts = 0;

    request->head = data;
    request->head_len = (size_t) (stop - data) + 4;

    eol = memmem(data, request->head_len, "\r\n", 2);
    rc = parse_line(request, data, eol);

    while (rc == 0 && eol != stop) {
        p = eol + 2;
        eol = memmem(p, (size_t) (stop + 4 - p), "\r\n", 2);
        rc = parse_header(request, p, eol);
    }

    if (rc != 0) {
        return rc;
    }

    return len - request->head_len >= request->body_len
           ? (long) (request->head_len + request->body_len) : 0;
}

/* Whether a full Redis drops what owners gave: see the header. */


#include <string.h>

#include "ngx_http_finance_redis_evict.h"


static size_t ngx_http_finance_redis_evict_word(const char *p,
    const char *end);
static int ngx_http_finance_redis_evict_begins(const char *word, size_t n,
    const char *prefix);


void
ngx_http_finance_redis_evict_read(ngx_http_finance_redis_evict_t *evict,
    const char *info, size_t len)
{
    size_t             n;
    const char        *p, *end;
    static const char  name[] = "maxmemory_policy:";

    memset(evict, 0, sizeof(ngx_http_finance_redis_evict_t));

    p = info;
    end = info + len;

    /* lines, which end with CRLF */

    while ((size_t) (end - p) >= sizeof(name) - 1
           && memcmp(p, name, sizeof(name) - 1) != 0)
    {
        p = memchr(p, '\n', (size_t) (end - p));
        if (p == NULL) {
            return;
        }

        p++;
    }

    if ((size_t) (end - p) < sizeof(name) - 1) {
        return;
    }

    p += sizeof(name) - 1;
    n = ngx_http_finance_redis_evict_word(p, end);

    if (ngx_http_finance_redis_evict_begins(p, n, "allkeys-")) {

        if (n >= sizeof(evict->policy)) {
            n = sizeof(evict->policy) - 1;
        }

        memcpy(evict->policy, p, n);
        evict->known = 1;

    } else {
        evict->known =
            ngx_http_finance_redis_evict_begins(p, n, "volatile-")
            || (ngx_http_finance_redis_evict_begins(p, n, "noeviction")
                && n == sizeof("noeviction") - 1);
    }
}


/* It is shown to people: letters and dashes. */
static size_t
ngx_http_finance_redis_evict_word(const char *p, const char *end)
{
    const char  *start;

    start = p;

    while (p < end && ((*p >= 'a' && *p <= 'z') || *p == '-')) {
        p++;
    }

    return (size_t) (p - start);
}


static int
ngx_http_finance_redis_evict_begins(const char *word, size_t n,
    const char *prefix)
{
    size_t  len;

    len = strlen(prefix);

    return n >= len && memcmp(word, prefix, len) == 0;
}

/* What Redis' error replies mean: see the header. */


#include <string.h>

#include "ngx_http_finance_redis_error.h"


#define NGX_HTTP_FINANCE_REDIS_A  NGX_HTTP_FINANCE_REDIS_ANSWER
#define NGX_HTTP_FINANCE_REDIS_P  NGX_HTTP_FINANCE_REDIS_PASSES
#define NGX_HTTP_FINANCE_REDIS_O  NGX_HTTP_FINANCE_REDIS_OPERATOR


/* prefix, reason, retry, drop, cluster, denied */
static const ngx_http_finance_redis_error_t
    ngx_http_finance_redis_errors[] =
{
    { "LOADING", "it is loading its data", NGX_HTTP_FINANCE_REDIS_P, 1, 0, 0 },
    { "MASTERDOWN", "a replica that has lost its master",
      NGX_HTTP_FINANCE_REDIS_P, 1, 0, 0 },
    { "READONLY", "a read-only replica", NGX_HTTP_FINANCE_REDIS_O, 0, 0, 0 },
    { "NOAUTH", "it wants a password", NGX_HTTP_FINANCE_REDIS_O, 1, 0, 0 },
    { "WRONGPASS", "wrong user or password",
      NGX_HTTP_FINANCE_REDIS_O, 1, 0, 0 },
    { "NOPERM", "the user may not do this", NGX_HTTP_FINANCE_REDIS_O, 0, 0, 1 },
    { "DENIED", "it is in protected mode", NGX_HTTP_FINANCE_REDIS_O, 1, 0, 0 },
    { "OOM", "its memory is full", NGX_HTTP_FINANCE_REDIS_P, 0, 0, 0 },
    { "MISCONF", "it cannot save and takes no writes",
      NGX_HTTP_FINANCE_REDIS_O, 0, 0, 0 },
    { "BUSY", "it is busy with a script", NGX_HTTP_FINANCE_REDIS_P, 0, 0, 0 },
    { "MOVED", "a cluster's node, clusters are not supported",
      NGX_HTTP_FINANCE_REDIS_O, 0, 1, 0 },
    { "ASK", "a cluster's node, clusters are not supported",
      NGX_HTTP_FINANCE_REDIS_O, 0, 1, 0 },
    { "CROSSSLOT", "a cluster's node, clusters are not supported",
      NGX_HTTP_FINANCE_REDIS_O, 0, 1, 0 },
    { "CLUSTERDOWN", "a cluster's node, clusters are not supported",
      NGX_HTTP_FINANCE_REDIS_P, 0, 1, 0 },
    { "ERR max number of clients", "it has too many clients",
      NGX_HTTP_FINANCE_REDIS_P, 1, 0, 0 },
    { "ERR invalid password", "wrong user or password",
      NGX_HTTP_FINANCE_REDIS_O, 1, 0, 0 },
    { "ERR Client sent AUTH, but", "it has no password, one is configured",
      NGX_HTTP_FINANCE_REDIS_O, 1, 0, 0 },
    { "ERR AUTH <password> called", "it has no password, one is configured",
      NGX_HTTP_FINANCE_REDIS_O, 1, 0, 0 },
    { "ERR DB index is out of range", "it has no such database",
      NGX_HTTP_FINANCE_REDIS_O, 0, 0, 0 },
    { "ERR SELECT is not allowed in cluster mode",
      "a cluster's node, clusters are not supported",
      NGX_HTTP_FINANCE_REDIS_O, 0, 1, 0 },
    { "", "error reply", NGX_HTTP_FINANCE_REDIS_A, 0, 0, 0 }
};


const ngx_http_finance_redis_error_t *
ngx_http_finance_redis_error_find(const char *text, size_t len)
{
    size_t                                 n;
    const ngx_http_finance_redis_error_t  *error;

    for (error = ngx_http_finance_redis_errors; *error->prefix; error++) {

        n = strlen(error->prefix);

        if (len < n || memcmp(text, error->prefix, n) != 0) {
            continue;
        }

        /* whole words: "BUSY" is not "BUSYKEY" or "BUSYGROUP" */
        if (len == n || text[n] == ' ') {
            break;
        }
    }

    return error;
}

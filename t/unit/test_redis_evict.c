/* build: src/redis/ngx_http_finance_redis_evict.c */
/* What the reply to INFO memory says of owners' data. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/redis/ngx_http_finance_redis_evict.h"


typedef struct {
    const char  *info;
    int          known;
    const char  *policy;
} evict_row_t;


static const evict_row_t  rows[] = {
    { "# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\nx:1\r\n",
      1, "" },
    { "maxmemory_policy:volatile-lru\r\n", 1, "" },
    { "maxmemory_policy:volatile-ttl", 1, "" },
    { "# Memory\r\nmaxmemory_policy:allkeys-lru\r\nallocator:x\r\n",
      1, "allkeys-lru" },
    { "a:1\nmaxmemory_policy:allkeys-random\nb:2\n", 1, "allkeys-random" },
    /* one that is yet to be invented */
    { "maxmemory_policy:allkeys-abcdefghijklmnopqrstuvw\r\n",
      1, "allkeys-abcdefghijklmno" },
    { "maxmemory_policy:allkeys-lru\"<x>\r\n", 1, "allkeys-lru" },

    { "", 0, "" },
    { "\r\n", 0, "" },
    { "maxmemory:100\r\nmaxmemory_human:100B", 0, "" },
    { "maxmemory_policy:", 0, "" },
    { "maxmemory_policy:\r\n", 0, "" },
    { "maxmemory_policy:noevictions\r\n", 0, "" },
    { "maxmemory_policy:all\r\nallkeys-lru\r\n", 0, "" },
    { "maxmemory_policy", 0, "" },
    { "xmaxmemory_policy:allkeys-lru\r\n", 0, "" },
    { "x:maxmemory_policy:allkeys-lru\r\n", 0, "" }
};


static void
test_rows(void **state)
{
    char                            *copy;
    size_t                           i, len;
    ngx_http_finance_redis_evict_t   evict;

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {

        /* of just this size: the sanitizer sees a byte too many read */
        len = strlen(rows[i].info);
        copy = malloc(len + (len == 0));
        assert_non_null(copy);
        memcpy(copy, rows[i].info, len);

        memset(&evict, 0xff, sizeof(evict));
        ngx_http_finance_redis_evict_read(&evict, copy, len);

        if (evict.known != (unsigned) rows[i].known
            || strcmp(evict.policy, rows[i].policy) != 0)
        {
            fail_msg("row %zu: known %u, policy \"%s\"", i, evict.known,
                     evict.policy);
        }

        free(copy);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

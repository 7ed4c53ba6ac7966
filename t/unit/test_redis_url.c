/* build: src/redis/ngx_http_finance_redis_url.c */
/* The text of finance_redis' url. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/redis/ngx_http_finance_redis_url.h"


typedef struct {
    const char  *text;
    const char  *host;
    unsigned     port;
    unsigned     db;
    const char  *user;
    const char  *password;
} good_t;


static const good_t  good[] = {
    { "redis://127.0.0.1:6379/0", "127.0.0.1", 6379, 0, "", "" },
    { "redis://127.0.0.1", "127.0.0.1", 6379, 0, "", "" },
    { "redis://localhost/", "localhost", 6379, 0, "", "" },
    { "redis://h:1/15", "h", 1, 15, "", "" },
    { "redis://h:65535", "h", 65535, 0, "", "" },
    { "redis://[::1]:7000/2", "[::1]", 7000, 2, "", "" },
    { "redis://[fe80::1]", "[fe80::1]", 6379, 0, "", "" },
    { "redis://:secret@h", "h", 6379, 0, "", "secret" },
    { "redis://bob:secret@h:7/1", "h", 7, 1, "bob", "secret" },
    { "redis://bob@h", "h", 6379, 0, "bob", "" },
    { "redis://b%40b:a%2Fb%3ac%25@h", "h", 6379, 0, "b@b", "a/b:c%" },
    { "redis://bob:a:b@c@h", "h", 6379, 0, "bob", "a:b@c" },
    { "redis://bob:x@[::1]:9", "[::1]", 9, 0, "bob", "x" },
    { NULL, NULL, 0, 0, NULL, NULL }
};


static const char  *bad[] = {
    "", "redis", "redis:", "redis:/h", "http://h", "127.0.0.1:6379",
    "redis://", "redis:///1", "redis://:6379", "redis://h:", "redis://h:0",
    "redis://h:65536", "redis://h:99999999999999999999", "redis://h:x",
    "redis://h:-1", "redis://h/x", "redis://h/-1", "redis://h/1/2",
    "redis://h/100000", "redis://h/99999999999999999999",
    "redis://[::1", "redis://[]", "redis://[]:1", "redis://[::1]x",
    "redis://::1", "redis://u:@h", "redis://u:p%@h", "redis://u:p%4@h",
    "redis://u:p%4g@h", "redis://%zz:p@h", "redis://u:p@", "redis://u:p@:1",
    "redis://h?db=1", "redis://h#1", "redis://u:a/b@h",
    "rediss://h", "unix:", "unix:relative", "unix:/", "unix:/dir/",
    "unix:/path:", "unix:/path:x", "unix:/path:100000", NULL
};


static void
decoded(const ngx_http_finance_redis_span_t *span, const char *expected)
{
    char       text[64];
    ptrdiff_t  n;

    n = ngx_http_finance_redis_url_decode(text, span);

    assert_int_equal(n, strlen(expected));
    assert_memory_equal(text, expected, strlen(expected));
}


static void
test_good(void **state)
{
    const good_t                  *g;
    ngx_http_finance_redis_url_t   url;

    (void) state;

    for (g = good; g->text; g++) {
        assert_null(ngx_http_finance_redis_url_parse(g->text, strlen(g->text),
                                                     &url));
        assert_int_equal(url.host.len, strlen(g->host));
        assert_memory_equal(url.host.data, g->host, url.host.len);
        assert_int_equal(url.port, g->port);
        assert_int_equal(url.db, g->db);
        assert_int_equal(url.path.len, 0);
        decoded(&url.user, g->user);
        decoded(&url.password, g->password);
    }
}


static void
test_unix(void **state)
{
    ngx_http_finance_redis_url_t  url;

    (void) state;

    assert_null(ngx_http_finance_redis_url_parse("unix:/run/r.sock", 16, &url));
    assert_int_equal(url.path.len, 11);
    assert_memory_equal(url.path.data, "/run/r.sock", 11);
    assert_int_equal(url.db, 0);

    assert_null(ngx_http_finance_redis_url_parse("unix:/a:b:7", 11, &url));
    assert_int_equal(url.path.len, 4);
    assert_memory_equal(url.path.data, "/a:b", 4);
    assert_int_equal(url.db, 7);
}


static void
test_decode(void **state)
{
    size_t                          i;
    char                            text[16];
    ngx_http_finance_redis_span_t   span;

    static const ngx_http_finance_redis_span_t  refused[] = {
        { "%", 1 }, { "%41", 1 }, { "%41", 2 }, { "a%4", 3 }, { "%zz", 3 },
        { "%4z", 3 }, { "%%41", 4 }
    };

    (void) state;

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(ngx_http_finance_redis_url_decode(text, &refused[i]),
                         -1);
    }

    span.data = "%00%fF%41x";
    span.len = 10;

    assert_int_equal(ngx_http_finance_redis_url_decode(text, &span), 4);
    assert_memory_equal(text, "\0\xff" "Ax", 4);
}


static void
test_bad(void **state)
{
    size_t                         i;
    const char                    *error;
    ngx_http_finance_redis_url_t   url;

    (void) state;

    for (i = 0; bad[i]; i++) {
        error = ngx_http_finance_redis_url_parse(bad[i], strlen(bad[i]), &url);

        if (error == NULL) {
            print_error("accepted: %s\n", bad[i]);
        }

        assert_non_null(error);
    }
}


/* the text is not NUL-terminated: a byte behind it must not be read */
static void
test_length(void **state)
{
    ngx_http_finance_redis_url_t  url;

    (void) state;

    assert_null(ngx_http_finance_redis_url_parse("redis://h:123456", 13, &url));
    assert_int_equal(url.port, 123);

    assert_non_null(ngx_http_finance_redis_url_parse("redis://u:p%41@h", 12,
                                                     &url));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_unix),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_length)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Origins of browsers' requests, and whether one is the host. */

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_origin.h"


#define LONG63   "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define LONG255  LONG63 "." LONG63 "." LONG63 "." LONG63

typedef struct {
    const char  *text;
    const char  *host;          /* NULL: refused */
    unsigned     port;
    int          https;
} parse_t;


static const parse_t  parse_rows[] = {
    { "http://a", "a", 80, 0 },
    { "https://a", "a", 443, 1 },
    { "https://app.example:8443", "app.example", 8443, 1 },
    { "http://a:443", "a", 443, 0 },
    { "https://a:443", "a", 443, 1 },
    { "http://a:1", "a", 1, 0 },
    { "http://a:65535", "a", 65535, 0 },
    { "HTTPS://App.Example", "App.Example", 443, 1 },
    { "http://127.0.0.1:8080", "127.0.0.1", 8080, 0 },
    { "http://a_b-c.xn--nxasmq6b", "a_b-c.xn--nxasmq6b", 80, 0 },
    { "https://a.example.", "a.example.", 443, 1 },
    { "http://[::1]", "[::1]", 80, 0 },
    { "http://[::1]:8080", "[::1]", 8080, 0 },
    { "https://[2001:DB8::a:1.2.3.4]", "[2001:DB8::a:1.2.3.4]", 443, 1 },
    { "http://" LONG255, LONG255, 80, 0 },

    { "", NULL, 0, 0 },
    { "null", NULL, 0, 0 },
    { "a", NULL, 0, 0 },
    { "a.example:80", NULL, 0, 0 },
    { "//a", NULL, 0, 0 },
    { "http", NULL, 0, 0 },
    { "http:/a", NULL, 0, 0 },
    { "http://", NULL, 0, 0 },
    { "https://", NULL, 0, 0 },
    { "http://:80", NULL, 0, 0 },
    { "http:// a", NULL, 0, 0 },
    { " http://a", NULL, 0, 0 },
    { "http://a ", NULL, 0, 0 },
    { "http://a http://b", NULL, 0, 0 },
    { "http://a,http://b", NULL, 0, 0 },
    { "httpx://a", NULL, 0, 0 },
    { "ftp://a", NULL, 0, 0 },
    { "file://", NULL, 0, 0 },
    { "chrome-extension://abc", NULL, 0, 0 },
    { "http://a/", NULL, 0, 0 },
    { "http://a/b", NULL, 0, 0 },
    { "http://a?b", NULL, 0, 0 },
    { "http://a#b", NULL, 0, 0 },
    { "http://a\\b", NULL, 0, 0 },
    { "http://joe@a", NULL, 0, 0 },
    { "http://joe:1@a", NULL, 0, 0 },
    { "http://a:80@b", NULL, 0, 0 },
    { "http://*", NULL, 0, 0 },
    { "http://*.a", NULL, 0, 0 },
    { "http://a%2eb", NULL, 0, 0 },
    { "http://\xc3\xa4.example", NULL, 0, 0 },
    { "http://.", NULL, 0, 0 },
    { "http://.a", NULL, 0, 0 },
    { "http://a..", NULL, 0, 0 },
    { "http://a..b", NULL, 0, 0 },
    { "http://a:", NULL, 0, 0 },
    { "http://a:0", NULL, 0, 0 },
    { "http://a:080", NULL, 0, 0 },
    { "http://a:65536", NULL, 0, 0 },
    { "http://a:99999", NULL, 0, 0 },
    { "http://a:4294967376", NULL, 0, 0 },
    { "http://a:+80", NULL, 0, 0 },
    { "http://a:8o", NULL, 0, 0 },
    { "http://a:80:80", NULL, 0, 0 },
    { "http://::1", NULL, 0, 0 },
    { "http://[::1", NULL, 0, 0 },
    { "http://::1]", NULL, 0, 0 },
    { "http://[]", NULL, 0, 0 },
    { "http://[a]", NULL, 0, 0 },
    { "http://[1.2.3.4]", NULL, 0, 0 },
    { "http://[:::1]", NULL, 0, 0 },
    { "http://[fe80::1%eth0]", NULL, 0, 0 },
    { "http://[v1.a]", NULL, 0, 0 },
    { "http://[::1]80", NULL, 0, 0 },
    { "http://[::1]:", NULL, 0, 0 },
    { "http://[::1]x:80", NULL, 0, 0 },
    { "http://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]", NULL,
      0, 0 },
    { "http://" LONG255 "a", NULL, 0, 0 },
    { "http://" LONG255 "." LONG255, NULL, 0, 0 },
};


/* A copy without a NUL behind it: what is read beyond is noticed. */
static char *
copied(const char *s, size_t len)
{
    char  *p;

    p = malloc(len ? len : 1);
    assert_non_null(p);
    memcpy(p, s, len);

    return p;
}


static void
origin_parsed(void **state)
{
    char           *text;
    size_t          i, len;
    fin_origin_t    origin;
    const parse_t  *row;

    (void) state;

    assert_int_equal(strlen(LONG255), FIN_ORIGIN_HOST_MAX);

    for (i = 0; i < sizeof(parse_rows) / sizeof(parse_rows[0]); i++) {
        row = &parse_rows[i];
        len = strlen(row->text);
        text = copied(row->text, len);

        if (fin_origin_parse(text, len, &origin)
            != (row->host ? FIN_OK : FIN_E_SYNTAX))
        {
            fail_msg("\"%s\"", row->text);
        }

        if (row->host) {
            assert_int_equal(origin.host_len, strlen(row->host));
            assert_memory_equal(origin.host, row->host, origin.host_len);
            assert_int_equal(origin.port, row->port);
            assert_int_equal(origin.https, row->https);
        }

        free(text);
    }
}


/* A NUL is a character like others, wherever it stands. */
static void
origin_with_nul(void **state)
{
    size_t        i;
    fin_origin_t  origin;

    static const struct {
        const char  *text;
        size_t       len;
    }  row[] = {
        { "http://a\0", 9 },
        { "http://\0a", 9 },
        { "http://a\0.b", 11 },
        { "http://a:8\0", 11 },
        { "http://[::1\0]", 13 },
        { "http://[\0::1]", 13 },
        { "http\0://a", 9 },
    };

    (void) state;

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(fin_origin_parse(row[i].text, row[i].len, &origin),
                         FIN_E_SYNTAX);
    }
}


static void
origin_equality(void **state)
{
    size_t        i;
    fin_origin_t  a, b;

    static const struct {
        const char  *a;
        const char  *b;
        int          equal;
    }  row[] = {
        { "https://a", "https://a", 1 },
        { "https://a", "HTTPS://A", 1 },
        { "https://a", "https://a:443", 1 },
        { "http://a:80", "http://a", 1 },
        { "http://[::a]", "http://[::A]:80", 1 },
        { "https://a", "http://a", 0 },
        { "https://a", "http://a:443", 0 },
        { "https://a", "https://a:444", 0 },
        { "https://a", "https://a.", 0 },
        { "https://a", "https://b", 0 },
        { "https://a.b", "https://a.bc", 0 },
        { "https://ab", "https://b", 0 },
        { "https://b.a", "https://a", 0 },
        { "https://a_b", "https://a-b", 0 },
    };

    (void) state;

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(fin_origin_parse(row[i].a, strlen(row[i].a), &a),
                         FIN_OK);
        assert_int_equal(fin_origin_parse(row[i].b, strlen(row[i].b), &b),
                         FIN_OK);

        if (fin_origin_equal(&a, &b) != row[i].equal
            || fin_origin_equal(&b, &a) != row[i].equal)
        {
            fail_msg("\"%s\" and \"%s\"", row[i].a, row[i].b);
        }
    }
}


static void
origin_and_host(void **state)
{
    char          *host;
    size_t         i, len;
    fin_origin_t   origin;

    static const struct {
        const char  *origin;
        const char  *host;
        int          same;
    }  row[] = {
        { "http://a.example", "a.example", 1 },
        { "https://a.example", "a.example", 1 },
        { "http://a.example", "A.EXAMPLE", 1 },
        { "http://A.example", "a.example", 1 },
        { "http://a.example", "a.example:80", 1 },
        { "http://a.example:80", "a.example", 1 },
        { "https://a.example", "a.example:443", 1 },
        { "https://a.example:443", "a.example", 1 },
        { "http://a.example:8080", "a.example:8080", 1 },
        { "https://a.example:8080", "a.example:8080", 1 },
        { "http://127.0.0.1:8080", "127.0.0.1:8080", 1 },
        { "http://[::1]", "[::1]:80", 1 },
        { "http://[::1]:8080", "[::1]:8080", 1 },
        { "http://[FE80::A]", "[fe80::a]", 1 },
        { "http://a.example.", "a.example.", 1 },

        { "http://a.example", "b.example", 0 },
        { "http://a.example", "example", 0 },
        { "http://a.example", "a.example.org", 0 },
        { "http://a.example", "xa.example", 0 },
        { "http://a.example", "a.example.", 0 },
        { "http://a.example.", "a.example", 0 },
        { "http://a.example", "a.example:443", 0 },
        { "https://a.example", "a.example:80", 0 },
        { "http://a.example:443", "a.example", 0 },
        { "http://a.example:8080", "a.example", 0 },
        { "http://a.example", "a.example:8080", 0 },
        { "http://a.example:8080", "a.example:8081", 0 },
        { "http://a.example", "", 0 },
        { "http://a.example", ":80", 0 },
        { "http://a.example", "a.example:", 0 },
        { "http://a.example", "a.example:080", 0 },
        { "http://a.example", "a.example/", 0 },
        { "http://a.example", "joe@a.example", 0 },
        { "http://a.example", "http://a.example", 0 },
        { "http://a.example", "a.example a.example", 0 },
        { "http://[::1]", "::1", 0 },
        { "http://[::1]", "[::1", 0 },
        { "http://[::1]", "[::1]:81", 0 },
        { "http://[::1]", "[0:0:0:0:0:0:0:1]", 0 },
        { "http://127.0.0.1", "localhost", 0 },
    };

    (void) state;

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(fin_origin_parse(row[i].origin,
                                          strlen(row[i].origin), &origin),
                         FIN_OK);

        len = strlen(row[i].host);
        host = copied(row[i].host, len);

        if (fin_origin_is_host(&origin, host, len) != row[i].same) {
            fail_msg("\"%s\" and \"%s\"", row[i].origin, row[i].host);
        }

        free(host);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(origin_parsed),
        cmocka_unit_test(origin_with_nul),
        cmocka_unit_test(origin_equality),
        cmocka_unit_test(origin_and_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <string.h>

#include "fin_assert.h"
#include "fin_in.h"


static void
test_cursor(void **state)
{
    size_t        i;
    char          cursor[FIN_CURSOR_MAX + 1];
    fin_status_t  status;

    static const struct {
        const char  *url;
        const char  *cursor;            /* NULL: refused */
    } rows[] = {
        { "https://api.massive.com/v3/snapshot/options/AAPL?cursor=page-2",
          "page-2" },
        { "https://evil.example/x?limit=2&cursor=YXA9MQ%3D%3D&sort=a",
          "YXA9MQ==" },
        { "?cursor=a+b%2Bc%2f", "a+b+c/" },
        { "?cursor=a&cursor=b", "a" },
        { "?cursor=a#cursor=b", "a" },
        { "?xcursor=a&cursor=b", "b" },
        { "?cursor=a?b=c", "a?b=c" },
        { "https://x/?a=1&&cursor=z", "z" },
        { "#?cursor=a", NULL },
        { "?Cursor=a", NULL },
        { "cursor=a", NULL },
        { "https://x/cursor=a", NULL },
        { "?cursor=", NULL },
        { "?cursor", NULL },
        { "?cursor=&a=1", NULL },
        { "?cursor=%", NULL },
        { "?cursor=%4", NULL },
        { "?cursor=%4g", NULL },
        { "?cursor=%4&x=1", NULL },
        { "?cursor=a%00b", NULL },
        { "?cursor=a%0d%0aHost:", NULL },
        { "?cursor=a%20b", "a b" },
        { "?cursor=a%7f", NULL },
        { "?cursor=a\tb", NULL },
        { "?cursor=\xc3\xa9", NULL },
        { "?cursor=%C3%A9", NULL },
        { "?", NULL },
        { "", NULL }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(cursor, 'x', sizeof(cursor));
        status = fin_in_cursor(rows[i].url, strlen(rows[i].url), cursor);

        if (rows[i].cursor == NULL) {
            assert_int_equal(status, FIN_E_VALUE);
            assert_string_equal(cursor, "");

        } else {
            assert_int_equal(status, FIN_OK);
            assert_string_equal(cursor, rows[i].cursor);
        }
    }
}


static void
test_cursor_length(void **state)
{
    char  url[8 + FIN_CURSOR_MAX + 1], cursor[FIN_CURSOR_MAX + 1];

    (void) state;

    memset(url, 'a', sizeof(url));
    memcpy(url, "?cursor=", 8);

    assert_int_equal(fin_in_cursor(url, 8 + FIN_CURSOR_MAX, cursor), FIN_OK);
    assert_int_equal(strlen(cursor), FIN_CURSOR_MAX);
    assert_int_equal(fin_in_cursor(url, 8 + FIN_CURSOR_MAX + 1, cursor),
                     FIN_E_VALUE);
    assert_string_equal(cursor, "");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_cursor),
        cmocka_unit_test(test_cursor_length)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

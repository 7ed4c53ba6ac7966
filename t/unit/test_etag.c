#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_etag.h"


static void
test_if_match(void **state)
{
    int      got;
    char    *copy;
    size_t   i, len;

    static const struct {
        const char  *value;
        int64_t      version;
        int          match;
    } rows[] = {
        { "*", 1, 1 }, { " * ", 3, 1 }, { "*,", 3, 1 },
        { "\"3\"", 3, 1 }, { "\"3\"", 4, 0 }, { "\"3\"", 33, 0 },
        { "\"33\"", 3, 0 }, { " \"3\"\t", 3, 1 },
        { "\"9007199254740991\"", INT64_C(9007199254740991), 1 },
        { "\"9223372036854775807\"", INT64_MAX, 1 },

        /* lists */
        { "\"1\", \"2\", \"3\"", 3, 1 }, { "\"3\",\"1\"", 3, 1 },
        { "\"1\",\"2\"", 3, 0 }, { ",, \"3\" ,,", 3, 1 },
        { "\"a,3\",\"b\"", 3, 0 }, { "\"a,\"\t,\t\"3\"", 3, 1 },
        { "\"\",\"3\"", 3, 1 }, { "\"\xc3\xa9\", \"3\"", 3, 1 },

        /* weak ones never match, beside a strong one they do no harm */
        { "W/\"3\"", 3, 0 }, { "W/\"3\", \"3\"", 3, 1 },
        { "\"2\", W/\"3\"", 3, 0 }, { "W/\"3\", W/\"3\"", 3, 0 },

        /* not the version as it is written */
        { "\"03\"", 3, 0 }, { "\"+3\"", 3, 0 }, { "\"3.0\"", 3, 0 },
        { "\"\"", 3, 0 }, { "\"*\"", 3, 0 }, { "\"-3\"", 3, 0 },

        /* no list of tags */
        { "", 3, 0 }, { " ", 3, 0 }, { ",", 3, 0 }, { "3", 3, 0 },
        { "'3'", 3, 0 }, { "\"3", 3, 0 }, { "3\"", 3, 0 }, { "\"", 3, 0 },
        { "\" 3\"", 3, 0 }, { "\"3 \"", 3, 0 }, { "\"3\"x", 3, 0 },
        { "\"3\" \"3\"", 3, 0 }, { "\"3\", x", 3, 0 }, { "x, \"3\"", 3, 0 },
        { "*, \"3\"", 3, 0 }, { "\"3\", *", 3, 0 }, { "**", 3, 0 },
        { "* *", 3, 0 }, { "w/\"3\"", 3, 0 }, { "W\"3\"", 3, 0 },
        { "W/", 3, 0 }, { "W/3", 3, 0 }, { "W", 3, 0 },
        { "\"3\", \" x\"", 3, 0 }, { "\"3\", \"4", 3, 0 }, { "\"3\", W/", 3, 0 },
        { "\"3\",\"\x7f\"", 3, 0 }, { "\"3\",\"\x01\"", 3, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        len = strlen(rows[i].value);
        copy = malloc(len > 0 ? len : 1);
        assert_non_null(copy);
        memcpy(copy, rows[i].value, len);

        got = fin_if_match(copy, len, rows[i].version);
        free(copy);

        if (got != rows[i].match) {
            fail_msg("If-Match: %s, version %lld: %d", rows[i].value,
                     (long long) rows[i].version, got);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_if_match)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

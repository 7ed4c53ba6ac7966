#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_idem.h"


static void
test_valid(void **state)
{
    int     c;
    char    key[FIN_IDEM_KEY_MAX + 1], one;
    size_t  i;

    static const struct {
        const char  *key;
        int          valid;
    } rows[] = {
        { "a", 1 }, { "!", 1 }, { "~", 1 }, { "\"{}:%*\"", 1 },
        { "0f8fad5b-d9cb-469f-a165-70867728950e", 1 },
        { "", 0 }, { " ", 0 }, { "a b", 0 }, { " a", 0 }, { "a ", 0 },
        { "a\t", 0 }, { "a\n", 0 }, { "\x7f", 0 }, { "\xc3\xa9", 0 },
        { "\xff", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(fin_idem_key_valid(rows[i].key, strlen(rows[i].key)),
                         rows[i].valid);
    }

    for (c = 0; c < 256; c++) {
        one = (char) c;
        assert_int_equal(fin_idem_key_valid(&one, 1), c > 0x20 && c < 0x7f);
    }

    memset(key, 'k', sizeof(key));
    assert_int_equal(fin_idem_key_valid(key, FIN_IDEM_KEY_MAX), 1);
    assert_int_equal(fin_idem_key_valid(key, FIN_IDEM_KEY_MAX + 1), 0);
    key[7] = '\0';
    assert_int_equal(fin_idem_key_valid(key, FIN_IDEM_KEY_MAX), 0);
}


static void
test_key(void **state)
{
    char    out[FIN_KEY_IDEM_MAX];
    size_t  i, n;

    static const struct {
        const char  *owner;
        const char  *key;
        const char  *text;              /* "" when refused */
    } rows[] = {
        { "default", "k", "finance:{default}:idem:k" },
        { "a@b.org", "Az09_.-", "finance:{a@b.org}:idem:Az09_.-" },
        { "a:b", "a@b", "finance:{a%3Ab}:idem:a%40b" },
        { "x", "a:b", "finance:{x}:idem:a%3Ab" },
        { "x", "{}%7E~", "finance:{x}:idem:%7B%7D%257E%7E" },
        { "x}y", "!", "finance:{x%7Dy}:idem:%21" },
        { "\xc3\xa9", "\"*\"", "finance:{%C3%A9}:idem:%22%2A%22" },
        { "", "k", "" }, { "x", "", "" }, { "x", "a b", "" },
        { "x", "a\r\nb", "" }, { "x", "\xc3\xa9", "" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(out, 'x', sizeof(out));
        n = fin_key_idem(out, rows[i].owner, strlen(rows[i].owner),
                         rows[i].key, strlen(rows[i].key));

        assert_string_equal(out, rows[i].text);
        assert_int_equal(n, strlen(rows[i].text));
    }
}


/* The longest ones fit, in memory of just that size. */
static void
test_key_longest(void **state)
{
    char    owner[FIN_OWNER_MAX + 1], key[FIN_IDEM_KEY_MAX + 1];
    char   *out;
    size_t  n;

    (void) state;

    memset(owner, '{', sizeof(owner));
    memset(key, '%', sizeof(key));
    out = malloc(FIN_KEY_IDEM_MAX);
    assert_non_null(out);

    n = fin_key_idem(out, owner, FIN_OWNER_MAX, key, FIN_IDEM_KEY_MAX);
    assert_int_equal(n, strlen("finance:{}:idem:") + 3 * FIN_OWNER_MAX
                        + 3 * FIN_IDEM_KEY_MAX);
    assert_true(n < FIN_KEY_IDEM_MAX);
    assert_int_equal(strlen(out), n);
    assert_string_equal(out + n - 6, "%25%25");

    assert_int_equal(fin_key_idem(out, owner, sizeof(owner), key, 1), 0);
    assert_string_equal(out, "");
    assert_int_equal(fin_key_idem(out, owner, 1, key, sizeof(key)), 0);
    assert_string_equal(out, "");

    free(out);
}


#define ROWS  12


/* Two requests differ wherever their bytes, or where they are split, do. */
static void
test_fingerprint(void **state)
{
    char    text[ROWS][FIN_IDEM_FINGERPRINT_LEN + 1];
    char    again[FIN_IDEM_FINGERPRINT_LEN + 1];
    size_t  i, j;

    static const char  *rows[ROWS][3] = {
        { "POST", "/positions", "{}" },
        { "POST", "/positions", "{} " },
        { "POST", "/positions", "" },
        { "POST", "/positions{}", "" },
        { "POST", "/position", "s{}" },
        { "POST/", "positions", "{}" },
        { "PUT", "/positions", "{}" },
        { "", "POST/positions", "{}" },
        { "", "", "POST/positions{}" },
        { "", "", "" },
        { "POST", "/positions", "{\"quantity\":1}" },
        { "POST", "/positions", "{\"quantity\":2}" }
    };

    (void) state;

    for (i = 0; i < ROWS; i++) {
        fin_idem_fingerprint(rows[i][0], strlen(rows[i][0]), rows[i][1],
                             strlen(rows[i][1]), rows[i][2],
                             strlen(rows[i][2]), text[i]);

        assert_int_equal(strlen(text[i]), FIN_IDEM_FINGERPRINT_LEN);
        assert_int_equal(strspn(text[i], "0123456789abcdef"),
                         FIN_IDEM_FINGERPRINT_LEN);

        fin_idem_fingerprint(rows[i][0], strlen(rows[i][0]), rows[i][1],
                             strlen(rows[i][1]), rows[i][2],
                             strlen(rows[i][2]), again);
        assert_string_equal(again, text[i]);

        /* neither half of one is that of another */
        for (j = 0; j < i; j++) {
            assert_memory_not_equal(text[i], text[j], 16);
            assert_memory_not_equal(text[i] + 16, text[j] + 16, 16);
        }

        assert_memory_not_equal(text[i], text[i] + 16, 16);
    }

    /* it is kept in Redis: another build must find the same */
    assert_string_equal(text[0], "4cd0da167b9b62afb8f0d59ce185d2b3");

    /* a NUL inside is a byte like any */
    fin_idem_fingerprint("POST", 4, "/positions", 10, "a\0b", 3, text[0]);
    fin_idem_fingerprint("POST", 4, "/positions", 10, "a\0c", 3, text[1]);
    fin_idem_fingerprint("POST", 4, "/positions", 10, "a", 1, text[2]);
    fin_idem_fingerprint("POST", 4, "/positions", 10, "a\0", 2, text[3]);
    assert_string_not_equal(text[0], text[1]);
    assert_string_not_equal(text[0], text[2]);
    assert_string_not_equal(text[2], text[3]);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_key_longest),
        cmocka_unit_test(test_fingerprint)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

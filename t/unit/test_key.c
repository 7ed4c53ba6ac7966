#include <string.h>

#include "fin_assert.h"
#include "fin_key.h"


static void
test_ticker(void **state)
{
    size_t        i;
    char          out[FIN_TICKER_MAX + 1];
    fin_status_t  status;

    static const struct {
        const char  *in;
        const char  *out;               /* NULL: refused */
    } rows[] = {
        { "AAPL", "AAPL" },
        { "aapl", "AAPL" },
        { " \t\n\v\f\raApL \r\n", "AAPL" },
        { "brk.b", "BRK.B" },
        { "BF-B", "BF-B" },
        { "A", "A" },
        { "A1", "A1" },
        { "ABCDEFGHIJKL", "ABCDEFGHIJKL" },
        { "ABCDEFGHIJKLM", NULL },
        { "", NULL },
        { "   ", NULL },
        { "1A", NULL },
        { ".A", NULL },
        { "-A", NULL },
        { "A B", NULL },
        { "A/B", NULL },
        { "A\\B", NULL },
        { "A%2F", NULL },
        { "A?x", NULL },
        { "A{B}", NULL },
        { "A\x01", NULL },
        { "A\x7f", NULL },
        { "\xc3\x84" "B", NULL },
        { "A\xc2\xa0", NULL },
        { "I:SPX", NULL },
        { "A,B", NULL }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(out, 'x', sizeof(out));
        status = fin_ticker_parse(rows[i].in, strlen(rows[i].in), out);

        if (rows[i].out == NULL) {
            assert_int_equal(status, FIN_E_VALUE);
            assert_string_equal(out, "");
            continue;
        }

        assert_int_equal(status, FIN_OK);
        assert_string_equal(out, rows[i].out);
        assert_true(fin_ticker_valid(out, strlen(out)));
    }

    /* a NUL inside is no end */
    assert_int_equal(fin_ticker_parse("AB\0C", 4, out), FIN_E_VALUE);
    assert_int_equal(fin_ticker_parse("ABC", 2, out), FIN_OK);
    assert_string_equal(out, "AB");
}


static void
test_ticker_exact(void **state)
{
    (void) state;

    assert_true(fin_ticker_valid("BRK.B", 5));
    assert_false(fin_ticker_valid("brk.b", 5));
    assert_false(fin_ticker_valid(" AAPL", 5));
    assert_false(fin_ticker_valid("AAPL ", 5));
    assert_false(fin_ticker_valid("", 0));
    assert_false(fin_ticker_valid("ABCDEFGHIJKLM", 13));
}


static void
test_contract(void **state)
{
    size_t  i;

    static const struct {
        const char  *in;
        int          valid;
    } rows[] = {
        { "O:AAPL260116C00150000", 1 },
        { "O:A260116P00150000", 1 },
        { "O:BRK.B260116P00150000", 1 },
        { "O:AAPL1260116C00150000", 1 },        /* adjusted: AAPL1 */
        { "O:ABCDEFGHIJKL260116C00150000", 1 },
        { "O:ABCDEFGHIJKLM260116C00150000", 0 },
        { "O:260116C00150000", 0 },
        { "o:AAPL260116C00150000", 0 },
        { "AAPL260116C00150000", 0 },
        { "O:AAPL260116X00150000", 0 },
        { "O:AAPL260116c00150000", 0 },
        { "O:AAPL260116C0015000", 0 },
        { "O:AAPL260116C0015000x", 0 },
        { "O:aapl260116C00150000", 0 },
        { "O:AA/L260116C00150000", 0 },
        { "O:", 0 },
        { "", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(fin_contract_valid(rows[i].in, strlen(rows[i].in)),
                         rows[i].valid);
    }
}


static void
test_keys(void **state)
{
    char    out[FIN_KEY_MAX], owner[FIN_OWNER_MAX + 1];
    size_t  i, n;

    static const struct {
        const char  *owner;
        const char  *key;
    } rows[] = {
        { "default", "finance:{default}:watchlist" },
        { "a.b-c_D@x.org", "finance:{a.b-c_D@x.org}:watchlist" },
        { "}:watchlist", "finance:{%7D%3Awatchlist}:watchlist" },
        { "%7D", "finance:{%257D}:watchlist" },
        { "CN=J\xc3\xa9, O=x", "finance:{CN%3DJ%C3%A9%2C%20O%3Dx}:watchlist" },
        { "a\r\nDEL x", "finance:{a%0D%0ADEL%20x}:watchlist" },
        { "{x", "finance:{%7Bx}:watchlist" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        n = fin_key_watchlist(out, rows[i].owner, strlen(rows[i].owner));
        assert_string_equal(out, rows[i].key);
        assert_int_equal(n, strlen(rows[i].key));
    }

    assert_int_equal(fin_key_positions(out, "default", 7), 27);
    assert_string_equal(out, "finance:{default}:positions");

    assert_int_equal(fin_key_watchlist(out, "a\0b", 3),
                     strlen("finance:{a%00b}:watchlist"));
    assert_string_equal(out, "finance:{a%00b}:watchlist");

    assert_int_equal(fin_key_cache(out, "stock", "AAPL"), 26);
    assert_string_equal(out, "finance:cache:stock:{AAPL}");
    assert_int_equal(fin_key_iv(out, "BRK.B"), 18);
    assert_string_equal(out, "finance:iv:{BRK.B}");

    assert_int_equal(fin_key_owner_user(out, "a}b", 3), 20);
    assert_string_equal(out, "finance:{a%7Db}:user");
    assert_int_equal(fin_key_user(out,
                                  "123e4567-e89b-42d3-a456-426614174000"),
                     51);
    assert_string_equal(out, "finance:user:"
                             "{123e4567-e89b-42d3-a456-426614174000}");

    assert_int_equal(fin_key_watchlist(out, "", 0), 0);
    assert_string_equal(out, "");

    memset(owner, '}', sizeof(owner));
    assert_int_equal(fin_key_watchlist(out, owner, FIN_OWNER_MAX),
                     9 + 3 * FIN_OWNER_MAX + 11);
    assert_int_equal(strlen(out), 9 + 3 * FIN_OWNER_MAX + 11);
    assert_int_equal(fin_key_positions(out, owner, FIN_OWNER_MAX + 1), 0);
}


/* Two owners never share a key. */
static void
test_keys_differ(void **state)
{
    int   a, b;
    char  s[2], t[2], first[FIN_KEY_MAX], second[FIN_KEY_MAX];

    (void) state;

    for (a = 0; a < 256; a++) {
        s[0] = (char) a;
        s[1] = '7';
        (void) fin_key_positions(first, s, 2);

        assert_ptr_equal(strchr(first, '}'), strrchr(first, '}'));
        assert_ptr_equal(strchr(first, '{'), strrchr(first, '{'));

        for (b = a + 1; b < 256; b++) {
            t[0] = (char) b;
            t[1] = '7';
            (void) fin_key_positions(second, t, 2);
            assert_string_not_equal(first, second);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_ticker),
        cmocka_unit_test(test_ticker_exact),
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_keys_differ)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

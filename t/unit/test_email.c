#include <string.h>

#include "fin_assert.h"
#include "fin_email.h"


#define L10  "aaaaaaaaaa"
#define L60  L10 L10 L10 L10 L10 L10
#define L63  L60 "aaa"
#define L64  L60 "aaaa"


/*
 * Each row was put before email-validator 1.3.0 (allow_smtputf8=False, white
 * space trimmed as pydantic does), which judges all but the last one alike.
 */
static const struct {
    const char  *in;
    const char  *text;          /* NULL: refused */
} addresses[] = {
    { "ann@example.org", "ann@example.org" },
    { "Ann@Example.ORG", "Ann@example.org" },
    { "ANN.B@EXAMPLE.ORG", "ANN.B@example.org" },
    { "a@b.co", "a@b.co" },
    { "a@b.c", "a@b.c" },
    { "1@2.c", "1@2.c" },
    { "a.b.c@example.org", "a.b.c@example.org" },
    { "ann+tag@example.org", "ann+tag@example.org" },
    { "ann-b_c@example.org", "ann-b_c@example.org" },
    { "-@example.org", "-@example.org" },
    { "!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org" },
    { "a/./b@example.org", "a/./b@example.org" },
    { "100%@example.org", "100%@example.org" },
    { "what?@example.org", "what?@example.org" },
    { "0@example.org", "0@example.org" },
    { "a@sub.sub.example.org", "a@sub.sub.example.org" },
    { "a@ex-am-ple.org", "a@ex-am-ple.org" },
    { "a@e--xample.org", "a@e--xample.org" },
    { "a@exam--ple.org", "a@exam--ple.org" },
    { "a@1.2.3.4a", "a@1.2.3.4a" },
    { "a@123.org", "a@123.org" },
    { "a@xn--bcher-kva.example", "a@xn--bcher-kva.example" },
    { "a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example" },
    { "a@tester.example", "a@tester.example" },
    { "a@local.example.org", "a@local.example.org" },
    { "a@test.org", "a@test.org" },
    { "a@mytest", NULL },
    { "a@x.mytest", "a@x.mytest" },
    { " ann@example.org", "ann@example.org" },
    { "\t\r\n ann@example.org \v\f", "ann@example.org" },
    { L64 "@example.org", L64 "@example.org" },
    { "a" L64 "@example.org", NULL },
    { "a@" L63 ".org", "a@" L63 ".org" },
    { "a@a" L63 ".org", NULL },
    { "a@b." L63, "a@b." L63 },
    { "a@b." L64, NULL },
    /* 254 in all, then 255 */
    { L64 "@" L63 "." L63 "." L60 "a", L64 "@" L63 "." L63 "." L60 "a" },
    { L64 "@" L63 "." L63 "." L60 "aa", NULL },
    { "  " L64 "@" L63 "." L63 "." L60 "a ",
      L64 "@" L63 "." L63 "." L60 "a" },
    { "", NULL },
    { " ", NULL },
    { "@", NULL },
    { "a", NULL },
    { "ann", NULL },
    { "ann@", NULL },
    { "@example.org", NULL },
    { "ann.example.org", NULL },
    { "ann@@example.org", NULL },
    { "ann@b@example.org", NULL },
    { "ann@example.org@", NULL },
    { ".ann@example.org", NULL },
    { "ann.@example.org", NULL },
    { "a..b@example.org", NULL },
    { ".@example.org", NULL },
    { "..@example.org", NULL },
    { "a b@example.org", NULL },
    { "ann @example.org", NULL },
    { "ann@ example.org", NULL },
    { "ann@exam ple.org", NULL },
    { "a\tb@example.org", NULL },
    { "a\nb@example.org", NULL },
    { "a\x01@example.org", NULL },
    { "a\x7f@example.org", NULL },
    { "a,b@example.org", NULL },
    { "a:b@example.org", NULL },
    { "a;b@example.org", NULL },
    { "a<b@example.org", NULL },
    { "a(b)@example.org", NULL },
    { "a[b]@example.org", NULL },
    { "a\\b@example.org", NULL },
    { "\"ann\"@example.org", NULL },
    { "\"a b\"@example.org", NULL },
    { "\"\"@example.org", NULL },
    { "Ann <ann@example.org>", NULL },
    { "<ann@example.org>", NULL },
    { "mailto:ann@example.org", NULL },
    { "ann@example.org, b@example.org", NULL },
    { "ann@localhost", NULL },
    { "ann@example", NULL },
    { "ann@.example.org", NULL },
    { "ann@example.org.", NULL },
    { "ann@example..org", NULL },
    { "ann@.", NULL },
    { "ann@-example.org", NULL },
    { "ann@example-.org", NULL },
    { "ann@example.-org", NULL },
    { "ann@example.org-", NULL },
    { "ann@-", NULL },
    { "ann@ex_ample.org", NULL },
    { "ann@ex+ample.org", NULL },
    { "ann@example.org/", NULL },
    { "ann@example.org?x", NULL },
    { "ann@example.org:25", NULL },
    { "ann@ab--cd.org", NULL },
    { "ann@x.ab--c", NULL },
    { "ann@127.0.0.1", NULL },
    { "ann@[127.0.0.1]", NULL },
    { "ann@[IPv6:::1]", NULL },
    { "ann@example.123", NULL },
    { "ann@example.o1", NULL },
    { "ann@example.1o", "ann@example.1o" },
    { "ann@x.local", NULL },
    { "ann@x.LOCAL", NULL },
    { "ann@x.localhost", NULL },
    { "ann@x.invalid", NULL },
    { "ann@x.test", NULL },
    { "ann@x.onion", NULL },
    { "ann@1.in-addr.arpa", NULL },
    { "ann\xc3\xa9@example.org", NULL },
    { "\xc2\xa0" "ann@example.org", NULL },
    /* ours: email-validator takes it and makes it xn--exmple-cua.org */
    { "ann@ex\xc3\xa4mple.org", NULL }
};


static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
}


static void
email_table(void **state)
{
    size_t        i, k;
    fin_email_t   email;
    fin_status_t  status;

    (void) state;

    for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        memset(&email, 'x', sizeof(email));

        status = fin_email_parse(addresses[i].in, strlen(addresses[i].in),
                                 &email);

        if (addresses[i].text == NULL) {
            if (status != FIN_E_VALUE) {
                fail_msg("taken: \"%s\"", addresses[i].in);
            }

            assert_string_equal(email.text, "");
            assert_string_equal(email.key, "");
            assert_int_equal(email.len, 0);
            continue;
        }

        if (status != FIN_OK) {
            fail_msg("refused: \"%s\"", addresses[i].in);
        }

        assert_string_equal(email.text, addresses[i].text);
        assert_int_equal(email.len, strlen(addresses[i].text));
        assert_int_equal(strlen(email.key), email.len);

        for (k = 0; k < email.len; k++) {
            assert_int_equal(email.key[k], lower(email.text[k]));
        }
    }
}


/* Of every byte: where it is taken. */
static void
email_bytes(void **state)
{
    int          c, in_local, in_domain;
    char         s[] = "axb@example.org", t[] = "a@exmaple.org";
    fin_email_t  email;

    static const char  alnum[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    (void) state;

    for (c = 0; c < 256; c++) {
        s[1] = (char) c;
        t[4] = (char) c;

        in_local = c != 0 && (strchr(alnum, c) != NULL
                              || strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
        in_domain = c != 0 && (strchr(alnum, c) != NULL
                               || strchr("-.", c) != NULL);

        assert_int_equal(fin_email_parse(s, sizeof(s) - 1, &email) == FIN_OK,
                         in_local);
        assert_int_equal(fin_email_parse(t, sizeof(t) - 1, &email) == FIN_OK,
                         in_domain);
    }
}


/* The length counts, not a NUL; nothing behind it is looked at. */
static void
email_length(void **state)
{
    fin_email_t  email;

    (void) state;

    assert_int_equal(fin_email_parse("a@b.orgXX", 7, &email), FIN_OK);
    assert_string_equal(email.text, "a@b.org");
    assert_int_equal(fin_email_parse("a@b.org\0", 8, &email), FIN_E_VALUE);
    assert_int_equal(fin_email_parse("a\0@b.org", 8, &email), FIN_E_VALUE);
    assert_int_equal(fin_email_parse("", 0, &email), FIN_E_VALUE);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(email_table),
        cmocka_unit_test(email_bytes),
        cmocka_unit_test(email_length)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

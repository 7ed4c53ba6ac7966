#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_in_tree.h"
#include "fin_scan_input.h"
#include "fin_scan_match.h"


#define OK  ((size_t) -1)


typedef struct {
    const char  *json;
    size_t       at;                    /* of the error, or OK */
    const char  *error;
} row_t;


static const row_t  rows[] = {
    { "{}", OK, NULL },
    { " [ ] \r\n\t", OK, NULL },
    { "\"\"", OK, NULL },
    { "true", OK, NULL },
    { "false", OK, NULL },
    { "null", OK, NULL },
    { "{\"a\":[1,{\"b\":[]},\"c\"],\"d\":{\"\":null}}", OK, NULL },
    { "[[],{},[{}],{\"a\":[[]]}]", OK, NULL },

    { "", 0, "ends early" },
    { "  ", 2, "ends early" },
    { "{", 1, "ends early" },
    { "[", 1, "ends early" },
    { "{\"a\"", 4, "ends early" },
    { "{\"a\":", 5, "ends early" },
    { "{\"a\":1", 6, "ends early" },
    { "[1", 2, "ends early" },
    { "[1,", 3, "ends early" },
    { "[1,]", 3, "not JSON" },
    { "[,1]", 1, "not JSON" },
    { "[1 2]", 3, "not JSON" },
    { "[1}", 2, "not JSON" },
    { "{\"a\":1]", 6, "not JSON" },
    { "{\"a\":1,}", 7, "not JSON" },
    { "{,}", 1, "not JSON" },
    { "{a:1}", 1, "not JSON" },
    { "{1:1}", 1, "not JSON" },
    { "{\"a\" 1}", 5, "not JSON" },
    { "{\"a\":}", 5, "not JSON" },
    { "{\"a\"::1}", 5, "not JSON" },
    { "[]]", 2, "more after the object" },
    { "{} x", 3, "more after the object" },
    { "\xef\xbb\xbf{}", 0, "not JSON" },
    { "[tru]", 1, "not JSON" },
    { "[truE]", 1, "not JSON" },
    { "[nulll]", 5, "not JSON" },
    { "nul", 0, "not JSON" },
    { "[NaN]", 1, "not JSON" },
    { "[Infinity]", 1, "not JSON" },
    { "['a']", 1, "not JSON" },
    { "[1]//", 3, "more after the object" },
    { "[\v1]", 1, "not JSON" },
    { "[\x01" "1]", 1, "not JSON" },

    { "[0,-0,10,0.0,-0.5,1e5,1E+05,1.5e-7,0e0]", OK, NULL },
    { "[01]", 1, "not JSON" },
    { "[-01]", 1, "not JSON" },
    { "[00]", 1, "not JSON" },
    { "[-]", 1, "not JSON" },
    { "[+1]", 1, "not JSON" },
    { "[.5]", 1, "not JSON" },
    { "[-.5]", 1, "not JSON" },
    { "[1.]", 1, "not JSON" },
    { "[1.e5]", 1, "not JSON" },
    { "[1e]", 1, "not JSON" },
    { "[1e+]", 1, "not JSON" },
    { "[1e5.5]", 4, "not JSON" },
    { "[1.5.5]", 4, "not JSON" },
    { "[0x10]", 2, "not JSON" },
    { "[1-2]", 2, "not JSON" },
    { "-", 0, "not JSON" },
    { "1e", 0, "not JSON" },
    { "1.", 0, "not JSON" },

    { "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uABCD\\uabcd\"]", OK, NULL },
    { "[\"\\ud83d\\ude00\"]", OK, NULL },
    { "[\"\x7f\x80\xff\xc3\"]", OK, NULL },
    { "[\"\\\\u0000\"]", OK, NULL },
    { "[\"\\u0000\"]", 2, "holds a NUL" },
    { "[\"12345678\\u0000\"]", 10, "holds a NUL" },
    { "[\"a]", 4, "ends early" },
    { "[\"a\\\"]", 6, "ends early" },
    { "[\"a\\", 3, "not JSON" },
    { "[\"\\x\"]", 2, "not JSON" },
    { "[\"\\U0041\"]", 2, "not JSON" },
    { "[\"\\u\"]", 2, "not JSON" },
    { "[\"\\u004\"]", 2, "not JSON" },
    { "[\"\\u004", 2, "not JSON" },
    { "[\"\\u00g1\"]", 2, "not JSON" },
    { "[\"\\u-041\"]", 2, "not JSON" },
    { "[\"\\ud83d\"]", 2, "not JSON" },
    { "[\"\\ud83d\\n\"]", 2, "not JSON" },
    { "[\"\\ud83d\\u0041\"]", 2, "not JSON" },
    { "[\"\\ud83d\\ud83d\"]", 2, "not JSON" },
    { "[\"\\ud83d\\ud", 2, "not JSON" },
    { "[\"\\ude00\"]", 2, "not JSON" },
    { "[\"\n\"]", 2, "not JSON" },
    { "[\"a\tb\"]", 3, "not JSON" },
    { "[\"1234567\x1f\"]", 9, "not JSON" },
    { "[\"12345678\x1f\"]", 10, "not JSON" },
    { "{\"a\n\":1}", 3, "not JSON" }
};


static void
test_rows(void **state)
{
    int          taken;
    char        *json;
    size_t       i, len;
    fin_scan_t   scan;

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        len = strlen(rows[i].json);
        json = fin_input_copy(rows[i].json, len);
        fin_scan_init(&scan, json, len);
        fin_scan_skip(&scan);
        taken = fin_scan_end(&scan);

        if (taken != (rows[i].at == OK)
            || (!taken && (scan.at != rows[i].at
                           || strcmp(scan.error, rows[i].error) != 0)))
        {
            fail_msg("%s: %s at %zu", rows[i].json,
                     taken ? "taken" : scan.error, scan.at);
        }

        /* the other judge */
        assert_int_equal(taken, fin_tree_strict(json, len) == NULL);
        free(json);
    }

    fin_scan_init(&scan, "[\"a\0b\"]", 7);
    fin_scan_skip(&scan);
    assert_false(fin_scan_end(&scan));
    assert_string_equal(scan.error, "holds a NUL");
    assert_int_equal(scan.at, 3);

    fin_scan_init(&scan, "{}\0", 3);
    fin_scan_skip(&scan);
    assert_false(fin_scan_end(&scan));
    assert_string_equal(scan.error, "holds a NUL");
}


static void
test_depth(void **state)
{
    char         json[2 * FIN_SCAN_DEPTH_MAX + 8];
    size_t       i, depth, inside;
    fin_scan_t   scan;

    (void) state;

    for (depth = FIN_SCAN_DEPTH_MAX - 1; depth <= FIN_SCAN_DEPTH_MAX + 1;
         depth++)
    {
        memset(json, '[', depth);
        memset(json + depth, ']', depth);

        /* skipped as a whole, or from within */
        for (inside = 0; inside <= depth; inside++) {
            fin_scan_init(&scan, json, 2 * depth);

            for (i = 0; i < inside; i++) {
                assert_int_equal(fin_scan_array(&scan),
                                 i < FIN_SCAN_DEPTH_MAX);
                (void) (i + 1 < inside && fin_scan_element(&scan));
            }

            if (inside < depth) {
                (void) (inside == 0 || fin_scan_element(&scan));
                fin_scan_skip(&scan);
            }

            for (i = 0; i < inside; i++) {
                assert_false(fin_scan_element(&scan));
            }

            assert_int_equal(fin_scan_end(&scan),
                             depth <= FIN_SCAN_DEPTH_MAX);
        }
    }

    assert_string_equal(scan.error, "too deeply nested");
    assert_int_equal(scan.at, FIN_SCAN_DEPTH_MAX);
}


static void
test_pull(void **state)
{
    size_t            i;
    fin_scan_t        scan;
    fin_scan_text_t   name, text;

    static const char  json[] =
        "{\"a\":1.5,\"\\u0061\\u00e9\":\"x\\ny\",\"T\":null,\"b\":[1,\"2\",[3],"
        "{\"c\":4}],\"\\u00412345678901234567890123456789012\":true,"
        "\"n\":1e999}";

    (void) state;

    fin_scan_init(&scan, json, sizeof(json) - 1);
    assert_true(fin_scan_object(&scan));

    assert_true(fin_scan_member(&scan, &name));
    assert_true(fin_scan_is(&name, "a"));
    assert_false(fin_scan_is(&name, "A"));
    assert_false(fin_scan_is(&name, "ab"));
    assert_false(fin_scan_is(&name, ""));
    fin_assert_same(fin_scan_number(&scan), 1.5);

    assert_true(fin_scan_member(&scan, &name));
    assert_true(fin_scan_is(&name, "a\xc3\xa9"));
    assert_true(fin_scan_text(&scan, &text));
    assert_true(text.escaped);
    assert_int_equal(text.len, 4);
    assert_true(fin_scan_match_text(&text, "x\ny"));

    /* of another type: passed */
    assert_true(fin_scan_member(&scan, &name));
    assert_true(fin_scan_is(&name, "T"));
    assert_int_equal(fin_scan_peek(&scan), 'n');
    assert_false(fin_scan_text(&scan, &text));

    assert_true(fin_scan_member(&scan, &name));
    assert_true(fin_scan_array(&scan));

    for (i = 0; fin_scan_element(&scan); i++) {
        fin_assert_same(fin_scan_number(&scan), i == 0 ? 1 : NAN);
    }

    assert_int_equal(i, 4);

    /* one that is too long keeps its escapes, and its value its place */
    assert_true(fin_scan_member(&scan, &name));
    assert_true(name.escaped);
    assert_true(fin_scan_match_text(&name,
                                    "A2345678901234567890123456789012"));
    assert_false(fin_scan_object(&scan));

    assert_true(fin_scan_member(&scan, &name));
    fin_assert_same(fin_scan_number(&scan), NAN);
    assert_false(fin_scan_member(&scan, &name));
    assert_true(fin_scan_end(&scan));
}


/* All calls end after an error, and the first one stays. */
static void
test_sticky(void **state)
{
    fin_scan_t       scan;
    fin_scan_text_t  text;

    (void) state;

    fin_scan_init(&scan, "{\"a\":[1,x,2]}", 13);
    assert_true(fin_scan_object(&scan));
    assert_true(fin_scan_member(&scan, &text));
    assert_true(fin_scan_array(&scan));
    assert_true(fin_scan_element(&scan));
    fin_assert_same(fin_scan_number(&scan), 1);
    assert_true(fin_scan_element(&scan));
    fin_assert_same(fin_scan_number(&scan), NAN);

    assert_false(fin_scan_element(&scan));
    assert_false(fin_scan_member(&scan, &text));
    assert_false(fin_scan_object(&scan));
    assert_false(fin_scan_array(&scan));
    assert_false(fin_scan_text(&scan, &text));
    fin_assert_same(fin_scan_number(&scan), NAN);
    fin_scan_skip(&scan);
    assert_int_equal(fin_scan_peek(&scan), '\0');
    assert_false(fin_scan_end(&scan));
    assert_int_equal(scan.at, 8);
    assert_string_equal(scan.error, "not JSON");
}


static void
test_copy(void **state)
{
    char              buf[32];
    size_t            i, n, size;
    fin_scan_t        scan;
    fin_scan_text_t   text;

    static const struct {
        const char  *json;
        const char  *text;
    } strings[] = {
        { "\"\"", "" },
        { "\"abc\"", "abc" },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
        { "\"\\u0001\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
          "\x01\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf" },
        { "\"\\ud800\\udc00\\uDBFF\\uDFFF\"",
          "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
        { "\"\xff\\n\xc3\"", "\xff\n\xc3" }
    };

    (void) state;

    for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        n = strlen(strings[i].text);
        fin_scan_init(&scan, strings[i].json, strlen(strings[i].json));
        assert_true(fin_scan_text(&scan, &text));

        for (size = 1; size <= sizeof(buf); size++) {
            memset(buf, 'x', sizeof(buf));

            if (size <= n) {
                assert_int_equal(fin_scan_copy(&text, buf, size), size);
                assert_string_equal(buf, "");

            } else {
                assert_int_equal(fin_scan_copy(&text, buf, size), n);
                assert_string_equal(buf, strings[i].text);
            }

            assert_true(size == sizeof(buf) || buf[size] == 'x');
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_pull),
        cmocka_unit_test(test_sticky),
        cmocka_unit_test(test_copy)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* fin_out: commas, escapes, bounds, sticky errors. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cjson/cJSON.h>

#include "../../src/codec/fin_out.h"


#define BOUND  1000000


static void
assert_text(fin_out_t *out, const char *want)
{
    assert_int_equal(fin_out_status(out), FIN_OK);
    fin_out_raw(out, "", 1);
    assert_string_equal(out->data, want);
    fin_out_free(out);
}


/* Everything the writer can do, nested. */
static void
write_all(fin_out_t *out)
{
    fin_out_object(out);
    fin_out_kdouble(out, "double", 645.57);
    fin_out_kdouble(out, "nan", NAN);
    fin_out_kdouble(out, "inf", -INFINITY);
    fin_out_kint(out, "int", -42);
    fin_out_kbool(out, "yes", 1);
    fin_out_kbool(out, "no", 0);
    fin_out_kstring(out, "string", "a\"b");
    fin_out_kstring(out, "absent", NULL);
    fin_out_kdate(out, "date", 0);
    fin_out_kdate(out, "nodate", FIN_NO_DATE);
    fin_out_kinstant(out, "at", 1767366245999);
    fin_out_key(out, "empty");
    fin_out_array(out);
    fin_out_array_end(out);
    fin_out_key(out, "list");
    fin_out_array(out);
    fin_out_object(out);
    fin_out_object_end(out);
    fin_out_array(out);
    fin_out_int(out, 1);
    fin_out_array_end(out);
    fin_out_object(out);
    fin_out_key(out, "x");
    fin_out_null(out);
    fin_out_object_end(out);
    fin_out_json(out, "{\"raw\":1}", 9);
    fin_out_double(out, 0.1);
    fin_out_array_end(out);
    fin_out_kint(out, "last", 0);
    fin_out_object_end(out);
}


static const char  all[] =
    "{\"double\":645.57,\"nan\":null,\"inf\":null,\"int\":-42,\"yes\":true,"
    "\"no\":false,\"string\":\"a\\\"b\",\"absent\":null,"
    "\"date\":\"1970-01-01\",\"nodate\":null,"
    "\"at\":\"2026-01-02T15:04:05Z\",\"empty\":[],"
    "\"list\":[{},[1],{\"x\":null},{\"raw\":1},0.1],\"last\":0}";


static void
test_all(void **state)
{
    fin_out_t  out;

    (void) state;
    fin_out_init(&out, BOUND);
    write_all(&out);
    assert_text(&out, all);
}


/* Any bound below the length fails, keeps a prefix, and stays failed. */
static void
test_bound(void **state)
{
    size_t     max;
    fin_out_t  out;

    (void) state;

    for (max = 0; max < sizeof(all) + 50; max++) {
        fin_out_init(&out, max);
        write_all(&out);

        assert_true(out.len <= max && out.cap <= max);

        if (max >= sizeof(all) - 1) {
            assert_int_equal(fin_out_status(&out), FIN_OK);
            assert_int_equal(out.len, sizeof(all) - 1);

        } else {
            assert_int_equal(fin_out_status(&out), FIN_E_TOO_BIG);
            fin_out_text(&out, "");
            assert_null(fin_out_room(&out, 1));
            assert_int_equal(fin_out_status(&out), FIN_E_TOO_BIG);
        }

        if (out.len > 0) {
            assert_memory_equal(out.data, all, out.len);
        }

        fin_out_free(&out);
    }
}


static void
test_no_memory(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    (void) state;
    skip();
#else
    fin_out_t  out;

    (void) state;
    fin_out_init(&out, SIZE_MAX);
    fin_out_int(&out, 1);
    assert_null(fin_out_room(&out, SIZE_MAX / 4));
    assert_int_equal(fin_out_status(&out), FIN_E_NOMEM);
    fin_out_int(&out, 2);
    assert_int_equal(out.len, 1);
    assert_int_equal(fin_out_status(&out), FIN_E_NOMEM);
    fin_out_free(&out);
#endif
}


static void
test_int(void **state)
{
    fin_out_t  out;

    (void) state;
    fin_out_init(&out, BOUND);
    fin_out_array(&out);
    fin_out_int(&out, INT64_MIN);
    fin_out_int(&out, INT64_MAX);
    fin_out_int(&out, 0);
    fin_out_array_end(&out);
    assert_text(&out, "[-9223372036854775808,9223372036854775807,0]");
}


static void
test_out_of_range(void **state)
{
    fin_out_t  out;

    (void) state;
    fin_out_init(&out, BOUND);
    fin_out_array(&out);
    fin_out_date(&out, -719529);
    fin_out_date(&out, -719528);
    fin_out_date(&out, 2932896);
    fin_out_date(&out, 2932897);
    fin_out_date(&out, INT32_MAX);
    fin_out_instant(&out, -62167219200001);
    fin_out_instant(&out, -62167219200000);
    fin_out_instant(&out, 253402300799999);
    fin_out_instant(&out, 253402300800000);
    fin_out_instant(&out, INT64_MIN);
    fin_out_instant(&out, INT64_MAX);
    fin_out_array_end(&out);
    assert_text(&out, "[null,\"0000-01-01\",\"9999-12-31\",null,null,"
                "null,\"0000-01-01T00:00:00Z\",\"9999-12-31T23:59:59Z\","
                "null,null,null]");
}


#define BAD  "\xef\xbf\xbd"

static void
test_string(void **state)
{
    size_t     i;
    fin_out_t  out;
    static const struct { const char *in; size_t len; const char *want; }
        table[] = {
        { "", 0, "\"\"" },
        { "plain", 5, "\"plain\"" },
        { "a\0b", 3, "\"a\\u0000b\"" },
        { "\"\\/\b\f\n\r\t", 8, "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
        { "\x01\x1f\x7f", 3, "\"\\u0001\\u001f\x7f\"" },
        { "\xc3\xa9\xe2\x9c\x85\xf0\x9f\x93\x88", 9,
          "\"\xc3\xa9\xe2\x9c\x85\xf0\x9f\x93\x88\"" },
        /* alone, cut short, overlong, surrogate, above U+10FFFF */
        { "a\x80z", 3, "\"a" BAD "z\"" },
        { "\xc3", 1, "\"" BAD "\"" },
        { "\xe2\x9c", 2, "\"" BAD "\"" },
        { "\xe2\x9cz", 3, "\"" BAD "z\"" },
        { "\xf0\x9f\x93\"", 4, "\"" BAD "\\\"\"" },
        { "\xc0\xaf", 2, "\"" BAD BAD "\"" },
        { "\xe0\x80\xaf", 3, "\"" BAD BAD BAD "\"" },
        { "\xf0\x80\x80\xaf", 4, "\"" BAD BAD BAD BAD "\"" },
        { "\xed\xa0\x80", 3, "\"" BAD BAD BAD "\"" },
        { "\xf4\x90\x80\x80", 4, "\"" BAD BAD BAD BAD "\"" },
        { "\xff\xfe", 2, "\"" BAD BAD "\"" },
        /* Unicode 15, table 3-8 */
        { "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 9,
          "\"" BAD BAD BAD BAD "A\"" }
    };

    (void) state;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        fin_out_init(&out, BOUND);
        fin_out_string(&out, table[i].in, table[i].len);
        assert_text(&out, table[i].want);
    }
}


static size_t
encode(uint32_t c, char *s)
{
    if (c < 0x80) {
        s[0] = (char) c;
        return 1;
    }

    if (c < 0x800) {
        s[0] = (char) (0xc0 | c >> 6);
        s[1] = (char) (0x80 | (c & 63));
        return 2;
    }

    if (c < 0x10000) {
        s[0] = (char) (0xe0 | c >> 12);
        s[1] = (char) (0x80 | (c >> 6 & 63));
        s[2] = (char) (0x80 | (c & 63));
        return 3;
    }

    s[0] = (char) (0xf0 | c >> 18);
    s[1] = (char) (0x80 | (c >> 12 & 63));
    s[2] = (char) (0x80 | (c >> 6 & 63));
    s[3] = (char) (0x80 | (c & 63));
    return 4;
}


/* Every code point is taken, whole; counted, so that nothing else is. */
static void
test_utf8(void **state)
{
    char      s[4];
    size_t    n, len, good[5] = { 0 };
    uint32_t  c, i;

    (void) state;

    for (c = 0; c <= 0x10ffff; c++) {
        len = encode(c, s);

        if (c >= 0xd800 && c <= 0xdfff) {
            assert_int_equal(fin_utf8_step(s, len, &n), 0);

        } else {
            assert_int_equal(fin_utf8_step(s, len, &n), 1);
            assert_int_equal(n, len);
        }
    }

    /* all 2^24 three-byte strings, a good tail for those of four */
    s[3] = (char) 0x80;

    for (i = 0; i < 1 << 24; i++) {
        s[0] = (char) (i >> 16);
        s[1] = (char) (i >> 8);
        s[2] = (char) i;

        if (fin_utf8_step(s, 4, &n)) {
            good[n]++;
        }
    }

    assert_int_equal(good[1], 128 << 16);
    assert_int_equal(good[2], 1920 << 8);
    assert_int_equal(good[3], 61440);
    assert_int_equal(good[4], 1048576 / 64);
}


/* Random bytes come out as JSON that cJSON reads, in well-formed UTF-8. */
static void
test_random_strings(void **state)
{
    int        i, j;
    char       in[64];
    size_t     n, at;
    cJSON     *json;
    uint32_t   seed;
    fin_out_t  out;

    (void) state;
    seed = 7;

    for (i = 0; i < 20000; i++) {
        for (j = 0; j < 64; j++) {
            seed = seed * 1664525 + 1013904223;
            in[j] = (char) (seed >> 24);
        }

        fin_out_init(&out, BOUND);
        fin_out_string(&out, in, (size_t) i % 65);

        for (at = 0; at < out.len; at += n) {
            assert_int_equal(fin_utf8_step(out.data + at, out.len - at, &n), 1);
        }

        json = cJSON_ParseWithLength(out.data, out.len);
        assert_true(cJSON_IsString(json));
        cJSON_Delete(json);
        fin_out_free(&out);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_int),
        cmocka_unit_test(test_out_of_range),
        cmocka_unit_test(test_string),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_random_strings)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_json_check.h"
#include "fin_record.h"


#define MS  INT64_C(1767366245000)      /* 2026-01-02T15:04:05Z */

#define HEAD                                                                  \
    "{\"v\":1,\"fetched_at\":\"2026-01-02T15:04:05Z\","                       \
    "\"fetched_ms\":1767366245000,\"fresh_ms\":1767366545000,\"data\":"
#define TEXT  HEAD "{\"known\":true}}"


static fin_record_t
record(const char *data)
{
    fin_record_t  r = { MS, MS, MS + 300000, data, strlen(data) };

    return r;
}


/* A copy that ends where its memory does. */
static fin_status_t
read_bytes(const char *bytes, size_t len, fin_record_t *r)
{
    char          *copy;
    fin_status_t   status;

    copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);

    status = fin_record_read(copy, len, r);

    if (status == FIN_OK) {
        assert_true(r->data >= copy && r->data + r->len < copy + len);
        assert_true(r->len >= 2 && r->data[0] == '{'
                    && r->data[r->len - 1] == '}');

        /* none of these may look beyond either */
        (void) fin_record_date(r);
        (void) fin_record_amount(r);
        (void) fin_record_known(r);
    }

    free(copy);

    return status;
}


static void
test_layout(void **state)
{
    size_t        pos;
    fin_out_t     out;
    fin_record_t  r = record("{\"known\":true}");

    (void) state;

    fin_out_init(&out, 1024);
    fin_record_write(&out, &r);

    assert_int_equal(fin_out_status(&out), FIN_OK);
    assert_int_equal(out.len, strlen(TEXT));
    assert_memory_equal(out.data, TEXT, out.len);
    assert_null(fin_json_check(out.data, out.len, &pos));

    memset(&r, 0, sizeof(r));
    assert_int_equal(fin_record_read(out.data, out.len, &r), FIN_OK);
    assert_true(r.fetched_at == MS && r.fetched_ms == MS);
    assert_true(r.fresh_ms == MS + 300000);
    assert_int_equal(r.len, strlen("{\"known\":true}"));
    assert_true(r.data == out.data + strlen(HEAD));

    fin_out_free(&out);
}


static void
test_extremes(void **state)
{
    size_t        i;
    fin_out_t     out;
    fin_record_t  r;

    static const struct {
        int64_t       fetched_at, fetched_ms, fresh_ms;
        fin_status_t  status;
    } rows[] = {
        { 0, INT64_C(1000000000000), INT64_C(9999999999999), FIN_OK },
        { INT64_C(253402300799000), MS, MS, FIN_OK },
        { -1000, MS, MS, FIN_OK },
        { INT64_C(-62167219200000), MS, MS, FIN_OK },       /* the year 0 */
        { INT64_C(-62167219201000), MS, MS, FIN_E_VALUE },
        { INT64_C(253402300800000), MS, MS, FIN_E_VALUE },
        { INT64_MIN, MS, MS, FIN_E_VALUE },
        { INT64_MAX, MS, MS, FIN_E_VALUE },
        { MS, INT64_C(999999999999), MS, FIN_E_VALUE },
        { MS, INT64_C(10000000000000), MS, FIN_E_VALUE },
        { MS, MS, 0, FIN_E_VALUE },
        { MS, MS, -1, FIN_E_VALUE },
        { MS, MS, INT64_MAX, FIN_E_VALUE }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        r = record("{}");
        r.fetched_at = rows[i].fetched_at;
        r.fetched_ms = rows[i].fetched_ms;
        r.fresh_ms = rows[i].fresh_ms;

        fin_out_init(&out, 1024);
        fin_record_write(&out, &r);
        assert_int_equal(fin_out_status(&out), rows[i].status);

        if (rows[i].status == FIN_OK) {
            assert_int_equal(fin_record_read(out.data, out.len, &r), FIN_OK);
            assert_true(r.fetched_at == rows[i].fetched_at);
            assert_true(r.fetched_ms == rows[i].fetched_ms);
            assert_true(r.fresh_ms == rows[i].fresh_ms);
            assert_int_equal(r.len, 2);
        }

        fin_out_free(&out);
    }

    /* the bound of out */
    r = record("{}");
    fin_out_init(&out, 64);
    fin_record_write(&out, &r);
    assert_int_equal(fin_out_status(&out), FIN_E_TOO_BIG);
    fin_out_free(&out);
}


/* Every byte of the head matters, and so does every length. */
static void
test_damaged(void **state)
{
    char          bytes[sizeof(TEXT)];
    size_t        i, j, len;
    fin_record_t  r;

    static const char  other[] = { '\0', ' ', '"', '}', 'x', '\x80' };

    (void) state;
    len = strlen(TEXT);

    for (i = 0; i < len; i++) {
        assert_int_equal(read_bytes(TEXT, i, &r), FIN_E_SYNTAX);
    }

    assert_int_equal(read_bytes(TEXT, len, &r), FIN_OK);

    for (i = 0; i < strlen(HEAD) + 1; i++) {
        for (j = 0; j < sizeof(other); j++) {
            memcpy(bytes, TEXT, len);

            if (bytes[i] == other[j]) {
                continue;
            }

            bytes[i] = other[j];
            assert_int_equal(read_bytes(bytes, len, &r), FIN_E_SYNTAX);
        }
    }

    memcpy(bytes, TEXT, len);
    bytes[5] = '2';                         /* another version */
    assert_int_equal(read_bytes(bytes, len, &r), FIN_E_SYNTAX);

    assert_int_equal(read_bytes(HEAD "{}}", strlen(HEAD) + 3, &r), FIN_OK);
    assert_int_equal(read_bytes(HEAD "[]}", strlen(HEAD) + 3, &r),
                     FIN_E_SYNTAX);
    assert_int_equal(read_bytes(HEAD "{}", strlen(HEAD) + 2, &r),
                     FIN_E_SYNTAX);
    assert_int_equal(read_bytes(HEAD "}}", strlen(HEAD) + 2, &r),
                     FIN_E_SYNTAX);
}


static void
test_dates(void **state)
{
    size_t        i;
    fin_out_t     out;
    fin_record_t  r;

    static const fin_date_t  date[] = {
        0, 20482, -1, -719528, 2932896, FIN_NO_DATE
    };
    static const struct {
        const char  *data;
        fin_date_t   date;
    } rows[] = {
        { "{\"date\":\"2026-01-29\"}", 20482 },
        { "{\"date\":null}", FIN_NO_DATE },
        { "{}", FIN_NO_DATE }, { "{\"date\":}", FIN_NO_DATE },
        { "{\"date\":\"\"}", FIN_NO_DATE },
        { "{\"date\":\"2026-02-29\"}", FIN_NO_DATE },
        { "{\"date\":\"2026-01-299\"}", FIN_NO_DATE },
        { "{\"date\":\"2026-01-2\"}", FIN_NO_DATE },
        { "{\"date\":x2026-01-29\"}", FIN_NO_DATE },
        { "{\"date\":\"2026-01-29x}", FIN_NO_DATE },
        { "{\"Date\":\"2026-01-29\"}", FIN_NO_DATE },
        { "{\"amount\":3}", FIN_NO_DATE }
    };

    (void) state;

    for (i = 0; i < sizeof(date) / sizeof(date[0]); i++) {
        fin_out_init(&out, 256);
        fin_record_date_write(&out, date[i]);
        assert_int_equal(fin_out_status(&out), FIN_OK);
        r.data = out.data;
        r.len = out.len;
        assert_int_equal(fin_record_date(&r), date[i]);
        assert_true(isnan(fin_record_amount(&r)));
        assert_int_equal(fin_record_known(&r), 0);
        fin_out_free(&out);
    }

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        r = record(rows[i].data);
        assert_int_equal(fin_record_date(&r), rows[i].date);
    }
}


static void
test_amounts(void **state)
{
    size_t        i;
    fin_out_t     out;
    fin_record_t  r;

    static const double  amount[] = {
        0, 3.2, 0.1 + 0.2, 5e-324, 2.2250738585072014e-308,
        1.7976931348623157e308, 1.2345678901234567e-300, NAN
    };
    static const struct {
        const char  *data;
        double       amount;
    } rows[] = {
        { "{\"amount\":3.2}", 3.2 }, { "{\"amount\":null}", NAN },
        { "{\"amount\":-1}", NAN }, { "{\"amount\":inf}", NAN },
        { "{\"amount\":nan}", NAN }, { "{\"amount\":1e999}", NAN },
        { "{\"amount\":}", NAN }, { "{\"amount\":3.2,}", NAN },
        { "{\"amount\":\"3\"}", NAN }, { "{}", NAN },
        { "{\"amount\":0000000000000000000000000000000001}", NAN },
        { "{\"date\":null}", NAN }
    };

    (void) state;

    for (i = 0; i < sizeof(amount) / sizeof(amount[0]); i++) {
        fin_out_init(&out, 256);
        fin_record_amount_write(&out, amount[i]);
        assert_int_equal(fin_out_status(&out), FIN_OK);
        r.data = out.data;
        r.len = out.len;
        fin_assert_same(fin_record_amount(&r), amount[i]);
        assert_int_equal(fin_record_date(&r), FIN_NO_DATE);
        fin_out_free(&out);
    }

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        r = record(rows[i].data);
        fin_assert_same(fin_record_amount(&r), rows[i].amount);
    }
}


static void
test_known(void **state)
{
    int           known;
    size_t        i;
    fin_out_t     out;
    fin_record_t  r;

    static const char  *not_known[] = {
        "{}", "{\"known\":false}", "{\"known\":truE}", "{\"known\":null}",
        "{\"known\":true }", "{\"known\":true}}"
    };

    (void) state;

    for (known = 0; known < 2; known++) {
        fin_out_init(&out, 256);
        fin_record_known_write(&out, known);
        r.data = out.data;
        r.len = out.len;
        assert_int_equal(fin_record_known(&r), known);
        fin_out_free(&out);
    }

    for (i = 0; i < sizeof(not_known) / sizeof(not_known[0]); i++) {
        r = record(not_known[i]);
        assert_int_equal(fin_record_known(&r), 0);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_known)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

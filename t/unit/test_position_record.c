#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_json_check.h"
#include "fin_position_record.h"
#include "fin_time.h"


#define ID     "0f8fad5b-d9cb-469f-a165-70867728950e"
#define HEAD   "{\"v\":1,\"id\":\"" ID "\",\"ticker\":\"BRK.B\","
#define TAIL                                                                  \
    "\"created_at\":1767366245000,\"updated_at\":1767366245001,\"version\":7}"
#define STOCK                                                                 \
    HEAD "\"position_type\":\"stock\",\"transaction_date\":\"2026-01-02\","   \
    "\"quantity\":-3,\"purchase_price\":0.1," TAIL
#define OPTION                                                                \
    HEAD "\"position_type\":\"option\",\"transaction_date\":\"2026-01-02\","  \
    "\"quantity\":2,\"option_type\":\"put\",\"strike\":99999.999,"            \
    "\"expiration\":\"2026-01-02\",\"premium\":2.5," TAIL


static fin_position_t
stock(void)
{
    fin_position_t  p;

    fin_position_init(&p);
    strcpy(p.id, ID);
    strcpy(p.ticker, "BRK.B");
    p.transaction_date = fin_date_make(2026, 1, 2);
    p.quantity = -3;
    p.purchase_price = 0.1;
    p.created_at = INT64_C(1767366245000);
    p.updated_at = INT64_C(1767366245001);
    p.version = 7;

    return p;
}


static fin_position_t
option(void)
{
    fin_position_t  p;

    p = stock();
    p.type = FIN_POSITION_OPTION;
    p.quantity = 2;
    p.purchase_price = NAN;
    p.option_type = FIN_PUT;
    p.strike = 99999.999;
    p.expiration = p.transaction_date;
    p.premium = 2.5;

    return p;
}


/* From memory that ends where the text does. */
static fin_status_t
read_text(const char *json, size_t len, fin_position_t *p)
{
    char          *copy;
    fin_status_t   status;

    copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, json, len);

    status = fin_position_record_read(copy, len, p);
    free(copy);

    return status;
}


static void
assert_same(const fin_position_t *a, const fin_position_t *b)
{
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->ticker, b->ticker);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->transaction_date, b->transaction_date);
    assert_true(a->quantity == b->quantity);
    fin_assert_same(a->purchase_price, b->purchase_price);
    assert_int_equal(a->option_type, b->option_type);
    fin_assert_same(a->strike, b->strike);
    assert_int_equal(a->expiration, b->expiration);
    fin_assert_same(a->premium, b->premium);
    assert_true(a->created_at == b->created_at);
    assert_true(a->updated_at == b->updated_at);
    assert_true(a->version == b->version);
}


/* Writes it, and reads the same. */
static void
round_trip(const fin_position_t *p)
{
    size_t          pos;
    fin_out_t       out;
    fin_position_t  again;

    fin_out_init(&out, 4096);
    fin_position_record_write(&out, p);
    assert_int_equal(fin_out_status(&out), FIN_OK);
    assert_null(fin_json_check(out.data, out.len, &pos));
    assert_int_equal(read_text(out.data, out.len, &again), FIN_OK);
    assert_same(&again, p);
    fin_out_free(&out);
}


static void
test_layout(void **state)
{
    size_t           i;
    fin_out_t        out;
    fin_position_t   p, again;

    static const char  *text[] = { STOCK, OPTION };

    (void) state;

    for (i = 0; i < 2; i++) {
        p = i == 0 ? stock() : option();

        fin_out_init(&out, 4096);
        fin_position_record_write(&out, &p);
        assert_int_equal(fin_out_status(&out), FIN_OK);
        assert_int_equal(out.len, strlen(text[i]));
        assert_memory_equal(out.data, text[i], out.len);
        fin_out_free(&out);

        assert_int_equal(read_text(text[i], strlen(text[i]), &again), FIN_OK);
        assert_same(&again, &p);
    }

    fin_out_init(&out, 64);
    fin_position_record_write(&out, &p);
    assert_int_equal(fin_out_status(&out), FIN_E_TOO_BIG);
    fin_out_free(&out);
}


static void
test_extremes(void **state)
{
    size_t          i;
    fin_position_t  p;

    static const double  price[] = {
        0, 0.1 + 0.2, 5e-324, 2.2250738585072014e-308, 1e9, 999999999.9999999,
        123456.78901234567, 1.0 / 3, 0.001, 100, 2.5
    };
    static const double  strike[] = {
        5e-324, 0.001, 0.5, 150, 1.0 / 3, 99999.999, 12345.678
    };
    static const int64_t  quantity[] = {
        1, -1, 1000000000, -1000000000, 999999999, 100
    };
    static const int64_t  instant[] = {
        0, 1, INT64_C(1767366245999), INT64_C(253402300799999)
    };
    static const int64_t  version[] = { 1, 2, INT64_C(9007199254740991) };

    (void) state;

    for (i = 0; i < sizeof(price) / sizeof(price[0]); i++) {
        p = stock();
        p.purchase_price = price[i];
        round_trip(&p);

        p = option();
        p.premium = price[i];
        round_trip(&p);
    }

    for (i = 0; i < sizeof(strike) / sizeof(strike[0]); i++) {
        p = option();
        p.strike = strike[i];
        p.option_type = i % 2 ? FIN_CALL : FIN_PUT;
        round_trip(&p);
    }

    for (i = 0; i < sizeof(quantity) / sizeof(quantity[0]); i++) {
        p = stock();
        p.quantity = quantity[i];
        round_trip(&p);
    }

    for (i = 0; i < sizeof(instant) / sizeof(instant[0]); i++) {
        p = stock();
        p.created_at = instant[i];
        p.updated_at = instant[sizeof(instant) / sizeof(instant[0]) - 1 - i];
        round_trip(&p);
    }

    for (i = 0; i < sizeof(version) / sizeof(version[0]); i++) {
        p = option();
        p.version = version[i];
        round_trip(&p);
    }

    p = option();
    p.transaction_date = fin_date_make(1900, 1, 1);
    p.expiration = fin_date_make(2200, 12, 31);
    strcpy(p.ticker, "ABCDEFGHIJKL");
    strcpy(p.id, "0F8FAD5B-D9CB-469F-A165-70867728950E");
    round_trip(&p);
}


/* Any double in range, to the bit. */
static void
test_random(void **state)
{
    size_t          i;
    double          value;
    uint64_t        bits, seed;
    fin_position_t  p;

    (void) state;
    seed = 88172645463325252ULL;

    for (i = 0; i < 20000; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;

        bits = seed & INT64_MAX;
        memcpy(&value, &bits, sizeof(value));

        p = option();
        p.premium = value <= 1e9 ? value : (double) (bits % 1000000000) / 7;
        p.strike = (double) (1 + bits % 99999999) / 1000;
        round_trip(&p);
    }
}


/* What the caller must not write is not written. */
static void
test_refused(void **state)
{
    size_t          i;
    fin_out_t       out;
    fin_position_t  p[24];

    (void) state;

    for (i = 0; i < 12; i++) {
        p[i] = stock();
    }

    for (i = 12; i < 24; i++) {
        p[i] = option();
    }

    p[0].id[0] = '\0';
    memset(p[1].id, 'a', sizeof(p[1].id));          /* no NUL */
    p[2].ticker[0] = '\0';
    memset(p[3].ticker, 'A', sizeof(p[3].ticker));
    strcpy(p[4].ticker, "aapl");
    p[5].transaction_date = FIN_NO_DATE;
    p[6].transaction_date = fin_date_make(1899, 12, 31);
    p[7].quantity = 0;
    p[8].quantity = 1000000001;
    p[9].quantity = INT64_MIN;
    p[10].purchase_price = NAN;
    p[11].purchase_price = -0.01;
    p[12].premium = INFINITY;
    p[13].premium = 1000000000.01;
    p[14].strike = 0;
    p[15].strike = NAN;
    p[16].strike = 100000;
    p[17].expiration = FIN_NO_DATE;
    p[18].expiration = p[18].transaction_date - 1;
    p[19].expiration = fin_date_make(2201, 1, 1);
    p[20].created_at = -1;
    p[21].updated_at = INT64_C(253402300800000);
    p[22].version = 0;
    p[23].version = INT64_C(9007199254740992);

    for (i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
        fin_out_init(&out, 4096);
        fin_position_record_write(&out, &p[i]);
        assert_int_equal(fin_out_status(&out), FIN_E_VALUE);
        assert_int_equal(out.len, 0);
        fin_out_free(&out);
    }
}


/* json with the one place that reads from changed to read to. */
static fin_status_t
read_changed(const char *json, const char *from, const char *to,
    fin_position_t *p)
{
    char          *text;
    size_t         head;
    const char    *at;
    fin_status_t   status;

    at = strstr(json, from);
    assert_non_null(at);

    head = (size_t) (at - json);
    text = malloc(strlen(json) + strlen(to) + 1);
    assert_non_null(text);
    memcpy(text, json, head);
    strcpy(text + head, to);
    strcat(text, at + strlen(from));

    status = read_text(text, strlen(text), p);
    free(text);

    return status;
}


static void
test_damaged(void **state)
{
    size_t          i;
    fin_status_t    status;
    fin_position_t  p;

    static const struct {
        char          kind;
        const char   *from, *to;
        fin_status_t  status;
    } rows[] = {
        /* what changes nothing */
        { 's', "{\"v\":1,", " { \"v\" : 1.0 , ", FIN_OK },
        { 's', "\"version\":7}", "\"version\":7} \n", FIN_OK },
        { 's', "\"version\":7}", "\"version\":7,\"new\":[{\"v\":2}]}",
          FIN_OK },
        { 's', "\"stock\"", "\"\\u0073tock\"", FIN_OK },
        { 's', "\"ticker\"", "\"\\u0074icker\"", FIN_OK },
        { 'o', "\"quantity\":2", "\"quantity\":2e0", FIN_OK },

        /* not this format */
        { 's', "\"v\":1", "\"v\":2", FIN_E_SYNTAX },
        { 's', "\"v\":1", "\"v\":0", FIN_E_SYNTAX },
        { 's', "\"v\":1", "\"v\":1.5", FIN_E_SYNTAX },
        { 's', "\"v\":1", "\"v\":\"1\"", FIN_E_SYNTAX },
        { 's', "\"v\":1", "\"v\":null", FIN_E_SYNTAX },
        { 's', "\"v\":1,", "", FIN_E_SYNTAX },
        { 's', "\"v\":1,", "\"v\":1,\"v\":1,", FIN_E_SYNTAX },
        { 's', "{\"v\"", "[{\"v\"", FIN_E_SYNTAX },
        { 's', "\"version\":7}", "\"version\":7}}", FIN_E_SYNTAX },
        { 's', "\"version\":7}", "\"version\":7,}", FIN_E_SYNTAX },
        { 's', "\"version\":7}", "\"version\":07}", FIN_E_SYNTAX },
        { 's', "\"version\":7}", "\"version\":7}x", FIN_E_SYNTAX },

        /* members that are not there, or twice, or of the other type */
        { 's', "\"id\":\"" ID "\",", "", FIN_E_SYNTAX },
        { 's', "\"ticker\":\"BRK.B\",", "", FIN_E_SYNTAX },
        { 's', "\"position_type\":\"stock\",", "", FIN_E_SYNTAX },
        { 's', "\"transaction_date\":\"2026-01-02\",", "", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3,", "", FIN_E_SYNTAX },
        { 's', "\"purchase_price\":0.1,", "", FIN_E_SYNTAX },
        { 'o', "\"option_type\":\"put\",", "", FIN_E_SYNTAX },
        { 'o', "\"strike\":99999.999,", "", FIN_E_SYNTAX },
        { 'o', "\"expiration\":\"2026-01-02\",", "", FIN_E_SYNTAX },
        { 'o', "\"premium\":2.5,", "", FIN_E_SYNTAX },
        { 's', "\"created_at\":1767366245000,", "", FIN_E_SYNTAX },
        { 's', "\"updated_at\":1767366245001,", "", FIN_E_SYNTAX },
        { 's', ",\"version\":7", "", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":-3,\"quantity\":-3",
          FIN_E_SYNTAX },
        { 's', "\"version\":7", "\"version\":7,\"\\u0076ersion\":8",
          FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":-3,\"premium\":1",
          FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":-3,\"strike\":null",
          FIN_E_SYNTAX },
        { 'o', "\"quantity\":2", "\"quantity\":2,\"purchase_price\":1",
          FIN_E_SYNTAX },
        { 's', "\"stock\"", "\"option\"", FIN_E_SYNTAX },
        { 'o', "\"option\",", "\"stock\",", FIN_E_SYNTAX },

        /* values that cannot be */
        { 's', ID, "0f8fad5b-d9cb-469f-a165-70867728950", FIN_E_SYNTAX },
        { 's', ID, ID "e", FIN_E_SYNTAX },
        { 's', ID, "0f8fad5b-d9cb-469f-a165-70867728950g", FIN_E_SYNTAX },
        { 's', ID, "", FIN_E_SYNTAX },
        { 's', "\"" ID "\"", "5", FIN_E_SYNTAX },
        { 's', "BRK.B", "brk.b", FIN_E_SYNTAX },
        { 's', "BRK.B", "", FIN_E_SYNTAX },
        { 's', "BRK.B", "ABCDEFGHIJKLM", FIN_E_SYNTAX },
        { 's', "BRK.B", "A/B", FIN_E_SYNTAX },
        { 's', "BRK.B", "BRK.B\\u0000", FIN_E_SYNTAX },
        { 's', "\"BRK.B\"", "null", FIN_E_SYNTAX },
        { 's', "\"BRK.B\"", "[\"BRK.B\"]", FIN_E_SYNTAX },
        { 's', "\"stock\"", "\"STOCK\"", FIN_E_SYNTAX },
        { 's', "\"stock\"", "\"stocks\"", FIN_E_SYNTAX },
        { 's', "\"stock\"", "\"\"", FIN_E_SYNTAX },
        { 's', "\"stock\"", "0", FIN_E_SYNTAX },
        { 's', "2026-01-02", "2026-02-29", FIN_E_SYNTAX },
        { 's', "2026-01-02", "1899-12-31", FIN_E_SYNTAX },
        { 's', "2026-01-02", "2201-01-01", FIN_E_SYNTAX },
        { 's', "2026-01-02", "2026-1-2", FIN_E_SYNTAX },
        { 's', "2026-01-02", "2026-01-02 ", FIN_E_SYNTAX },
        { 's', "2026-01-02", "2026-01-02T00:00:00Z", FIN_E_SYNTAX },
        { 's', "\"2026-01-02\"", "1767312000", FIN_E_SYNTAX },
        { 's', "\"2026-01-02\"", "null", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":0", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":-0", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":-3.5", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":1000000001", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":1e300", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":1e999", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":-9223372036854775808",
          FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":\"-3\"", FIN_E_SYNTAX },
        { 's', "\"quantity\":-3", "\"quantity\":true", FIN_E_SYNTAX },
        { 's', "\"purchase_price\":0.1", "\"purchase_price\":-0.1",
          FIN_E_SYNTAX },
        { 's', "\"purchase_price\":0.1", "\"purchase_price\":null",
          FIN_E_SYNTAX },
        { 's', "\"purchase_price\":0.1", "\"purchase_price\":1e10",
          FIN_E_SYNTAX },
        { 's', "\"purchase_price\":0.1", "\"purchase_price\":NaN",
          FIN_E_SYNTAX },
        { 's', "\"purchase_price\":0.1", "\"purchase_price\":\"0.1\"",
          FIN_E_SYNTAX },
        { 'o', "\"put\"", "\"Put\"", FIN_E_SYNTAX },
        { 'o', "\"put\"", "\"\"", FIN_E_SYNTAX },
        { 'o', "\"put\"", "\"putputputput\"", FIN_E_SYNTAX },
        { 'o', "\"put\"", "1", FIN_E_SYNTAX },
        { 'o', "99999.999", "0", FIN_E_SYNTAX },
        { 'o', "99999.999", "-1", FIN_E_SYNTAX },
        { 'o', "99999.999", "1e-400", FIN_E_SYNTAX },
        { 'o', "99999.999", "100000", FIN_E_SYNTAX },
        { 'o', "99999.999", "null", FIN_E_SYNTAX },
        { 'o', "\"expiration\":\"2026-01-02\"",
          "\"expiration\":\"2026-01-01\"", FIN_E_SYNTAX },
        { 'o', "\"expiration\":\"2026-01-02\"", "\"expiration\":null",
          FIN_E_SYNTAX },
        { 'o', "\"expiration\":\"2026-01-02\"",
          "\"expiration\":\"9999-12-31\"", FIN_E_SYNTAX },
        { 'o', "2.5", "-2.5", FIN_E_SYNTAX },
        { 'o', "2.5", "null", FIN_E_SYNTAX },
        { 'o', "2.5", "1000000000.1", FIN_E_SYNTAX },
        { 's', "1767366245000", "-1", FIN_E_SYNTAX },
        { 's', "1767366245000", "253402300800000", FIN_E_SYNTAX },
        { 's', "1767366245000", "0.5", FIN_E_SYNTAX },
        { 's', "1767366245001", "\"2026-01-02T15:04:05Z\"", FIN_E_SYNTAX },
        { 's', "1767366245001", "1e300", FIN_E_SYNTAX },
        { 's', "\"version\":7", "\"version\":0", FIN_E_SYNTAX },
        { 's', "\"version\":7", "\"version\":-7", FIN_E_SYNTAX },
        { 's', "\"version\":7", "\"version\":7.5", FIN_E_SYNTAX },
        { 's', "\"version\":7", "\"version\":9007199254740992",
          FIN_E_SYNTAX },
        { 's', "\"version\":7", "\"version\":\"7\"", FIN_E_SYNTAX }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        status = read_changed(rows[i].kind == 's' ? STOCK : OPTION,
                              rows[i].from, rows[i].to, &p);

        if (status != rows[i].status) {
            fail_msg("row %zu, %s for %s: %s", i, rows[i].to, rows[i].from,
                     fin_status_name(status));
        }
    }
}


/* Cut anywhere, and any byte another one. */
static void
test_bytes(void **state)
{
    char            text[sizeof(OPTION)];
    size_t          i, j, k, len, taken;
    fin_position_t  p;

    static const char  *json[] = { STOCK, OPTION };
    static const char   other[] = { '\0', ' ', '"', '}', ',', ':', '9', 'x',
                                    '\x80', '\\' };

    (void) state;

    taken = 0;

    for (k = 0; k < 2; k++) {
        len = strlen(json[k]);

        for (i = 0; i < len; i++) {
            assert_int_equal(read_text(json[k], i, &p), FIN_E_SYNTAX);

            for (j = 0; j < sizeof(other); j++) {
                memcpy(text, json[k], len);
                text[i] = other[j];

                if (other[j] == json[k][i]
                    || read_text(text, len, &p) != FIN_OK)
                {
                    continue;
                }

                /* another digit, or one fewer: as good as any */
                round_trip(&p);
                taken++;
                assert_true(other[j] == '9' || other[j] == ' ');
            }
        }
    }

    assert_int_equal(taken, 147);
}


static void
test_no_objects(void **state)
{
    char            deep[200];
    size_t          i;
    fin_position_t  p;

    static const char  *rows[] = {
        "", " ", "null", "true", "1", "\"\"", "[]", "{}", "[" STOCK "]",
        "{\"v\":1}", "{\"v\":1,", "{", "\xef\xbb\xbf" STOCK, STOCK STOCK
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(read_text(rows[i], strlen(rows[i]), &p),
                         FIN_E_SYNTAX);
    }

    memset(deep, '[', sizeof(deep));
    assert_int_equal(read_text(deep, sizeof(deep), &p), FIN_E_SYNTAX);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_no_objects)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

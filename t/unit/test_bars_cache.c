/* Packed bars and the answer made of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cjson/cJSON.h>

#include "../../src/codec/fin_bars_cache.h"
#include "../../src/core/fin_indicators.h"
#include "../../src/core/fin_time.h"


#define N       300
#define HEAD    40
#define RECORD  56


static fin_series_t
sample(fin_bar_t *bar, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        bar[i].t = fin_ny_midnight(20000 + (fin_date_t) i);
        bar[i].c = 100 + (double) (i * 37 % 101) / 100;
        bar[i].o = bar[i].c - 0.25;
        bar[i].h = bar[i].c + 1;
        bar[i].l = bar[i].c - 1;
        bar[i].v = i % 3 == 0 ? NAN : (double) (1000000 + i);
        bar[i].vw = i % 5 == 0 ? NAN : bar[i].c + 0.0012;
    }

    return (fin_series_t) { bar, n };
}


static void
pack(fin_out_t *out, fin_series_t s)
{
    fin_out_init(out, 4000000);
    assert_int_equal(fin_bars_pack(out, s, 111, 222, 333), FIN_OK);
}


static fin_status_t
unpack_copy(const char *data, size_t len, fin_bars_t *bars)
{
    char              *copy;
    fin_status_t       status;
    fin_bars_head_t    head;

    copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, data, len);
    status = fin_bars_unpack(copy, len, &head, bars);
    free(copy);

    return status;
}


static void
test_round_trip(void **state)
{
    size_t           i;
    fin_bar_t        bar[N];
    fin_out_t        out;
    fin_bars_t       bars;
    fin_series_t     s;
    fin_bars_head_t  head;

    (void) state;
    s = sample(bar, N);
    pack(&out, s);
    assert_int_equal(out.len, HEAD + N * RECORD);

    memset(&head, 0, sizeof(head));
    assert_int_equal(fin_bars_unpack(out.data, out.len, &head, NULL), FIN_OK);
    assert_int_equal(head.fetched_at, 111);
    assert_int_equal(head.fetched_ms, 222);
    assert_int_equal(head.fresh_ms, 333);

    assert_int_equal(fin_bars_unpack(out.data, out.len, &head, &bars), FIN_OK);
    assert_int_equal(bars.n, N);

    for (i = 0; i < N; i++) {
        assert_memory_equal(&bars.bar[i], &bar[i], sizeof(bar[i]));
    }

    fin_bars_free(&bars);
    fin_out_free(&out);
}


/* The bytes are those of every host and version 1. */
static void
test_layout(void **state)
{
    fin_out_t          out;
    fin_bar_t          bar = { 0x0102, 1, 2, 1, 1.5, NAN, 1.25 };
    static const char  want[] =
        "FINB" "\1\0\0\0" "\x6f\0\0\0\0\0\0\0" "\xde\0\0\0\0\0\0\0"
        "\x4d\1\0\0\0\0\0\0" "\1\0\0\0" "\0\0\0\0"
        "\2\1\0\0\0\0\0\0" "\0\0\0\0\0\0\xf0\x3f" "\0\0\0\0\0\0\0\x40"
        "\0\0\0\0\0\0\xf0\x3f" "\0\0\0\0\0\0\xf8\x3f";

    (void) state;
    pack(&out, (fin_series_t) { &bar, 1 });
    assert_memory_equal(out.data, want, sizeof(want) - 1);
    assert_memory_equal(out.data + HEAD + 48, "\0\0\0\0\0\0\xf4\x3f", 8);
    fin_out_free(&out);
}


static void
test_refused(void **state)
{
    fin_bar_t   bar[2];
    fin_out_t   out;

    (void) state;
    sample(bar, 2);
    fin_out_init(&out, 100);
    assert_int_equal(fin_bars_pack(&out, (fin_series_t) { bar, 0 }, 0, 0, 0),
                     FIN_E_NO_DATA);
    assert_int_equal(fin_bars_pack(&out, (fin_series_t) { bar, 20001 }, 0, 0, 0),
                     FIN_E_TOO_BIG);
    assert_int_equal(fin_bars_pack(&out, (fin_series_t) { bar, 2 }, 0, 0, 0),
                     FIN_E_TOO_BIG);
    fin_out_free(&out);
}


static void
put(fin_out_t *out, size_t at, uint64_t value, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        out->data[at + i] = (char) (value >> 8 * i);
    }
}


static uint64_t
bits(double v)
{
    uint64_t  u;

    memcpy(&u, &v, sizeof(u));
    return u;
}


static void
test_damaged(void **state)
{
    size_t        i, len;
    fin_bar_t     bar[3];
    fin_out_t     out;
    fin_bars_t    bars;
    fin_series_t  s;
    const struct { size_t at; uint64_t value; size_t n; } table[] = {
        { 0, 'x', 1 }, { 4, 2, 4 }, { 4, 0, 4 }, { 36, 1, 4 },
        { 32, 0, 4 }, { 32, 2, 4 }, { 32, 4, 4 }, { 32, 0xffffffff, 4 },
        /* 2^32 / 56: an n whose size would wrap in 32 bits */
        { 32, 76695845, 4 },
        /* t not ascending, not a date */
        { HEAD + RECORD, 0, 8 }, { HEAD, INT64_MIN, 8 },
        { HEAD + 2 * RECORD, INT64_MAX, 8 },
        /* prices */
        { HEAD + 8, bits(NAN), 8 }, { HEAD + 16, bits(INFINITY), 8 },
        { HEAD + 24, bits(-1), 8 }, { HEAD + 32, 0, 8 },
        { HEAD + 16, bits(0.5), 8 },
        /* v, vw */
        { HEAD + 40, bits(INFINITY), 8 }, { HEAD + 48, bits(-INFINITY), 8 }
    };

    (void) state;
    s = sample(bar, 3);

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        pack(&out, s);
        put(&out, table[i].at, table[i].value, table[i].n);
        assert_int_equal(unpack_copy(out.data, out.len, &bars), FIN_E_SYNTAX);
        assert_null(bars.bar);
        assert_int_equal(bars.n, 0);
        fin_out_free(&out);
    }

    pack(&out, s);

    for (len = 0; len < out.len; len++) {
        assert_int_equal(unpack_copy(out.data, len, &bars), FIN_E_SYNTAX);
        assert_int_equal(unpack_copy(out.data, len, NULL), FIN_E_SYNTAX);
    }

    fin_out_raw(&out, "", 1);
    assert_int_equal(unpack_copy(out.data, out.len, &bars), FIN_E_SYNTAX);
    fin_out_free(&out);
}


/* 20000 are taken, one more is not, however good. */
static void
test_too_many(void **state)
{
    fin_bar_t    *bar;
    fin_out_t     out;
    fin_bars_t    bars;
    const size_t  max = 20000;

    (void) state;
    bar = malloc(max * sizeof(*bar));
    assert_non_null(bar);
    pack(&out, sample(bar, max));
    assert_int_equal(unpack_copy(out.data, out.len, &bars), FIN_OK);
    fin_bars_free(&bars);

    bar->t = bar[max - 1].t + 86400000;
    assert_non_null(fin_out_room(&out, RECORD));
    memcpy(out.data + out.len, out.data + out.len - RECORD, RECORD);
    put(&out, out.len, (uint64_t) bar->t, 8);
    out.len += RECORD;
    put(&out, 32, max + 1, 4);
    assert_int_equal(unpack_copy(out.data, out.len, &bars), FIN_E_SYNTAX);
    fin_out_free(&out);
    free(bar);
}


static const cJSON *
member(const cJSON *object, const char *name)
{
    const cJSON  *item;

    item = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_non_null(item);
    return item;
}


static void
assert_series(const cJSON *list, const double *value, size_t n)
{
    size_t        i;
    const cJSON  *item;

    assert_int_equal(cJSON_GetArraySize(list), n);
    i = 0;

    cJSON_ArrayForEach(item, list) {
        if (isnan(value[i])) {
            assert_true(cJSON_IsNull(item));

        } else {
            assert_true(cJSON_IsNumber(item) && item->valuedouble == value[i]);
        }

        i++;
    }
}


/* The last days of what is computed over all bars. */
static void
test_answer(void **state)
{
    size_t         k, days;
    cJSON         *json;
    double         value[N];
    fin_bar_t      bar[N];
    fin_out_t      out;
    const cJSON   *indicators;
    fin_series_t   s;
    const size_t   asked[] = { 0, 1, 99, 252, N, N + 1, SIZE_MAX };

    (void) state;
    s = sample(bar, N);

    for (k = 0; k < sizeof(asked) / sizeof(asked[0]); k++) {
        days = asked[k] < N ? asked[k] : N;
        fin_out_init(&out, 4000000);
        assert_int_equal(fin_out_bars(&out, "X", s, asked[k],
                                      "\"stale\":false"), FIN_OK);
        json = cJSON_ParseWithLength(out.data, out.len);
        assert_int_equal(cJSON_GetArraySize(json), 4);
        assert_int_equal(cJSON_GetArraySize(member(json, "bars")), days);
        assert_true(cJSON_IsFalse(member(json, "stale")));

        indicators = member(json, "indicators");
        assert_int_equal(cJSON_GetArraySize(indicators), 4);
        fin_ma_series(s, 20, value);
        assert_series(member(indicators, "ma_20"), value + N - days, days);
        fin_ma_series(s, 50, value);
        assert_series(member(indicators, "ma_50"), value + N - days, days);
        fin_ma_series(s, 200, value);
        assert_series(member(indicators, "ma_200"), value + N - days, days);
        fin_rsi_series(s, 14, value);
        assert_series(member(indicators, "rsi"), value + N - days, days);

        cJSON_Delete(json);
        fin_out_free(&out);
    }
}


static void
test_answer_text(void **state)
{
    fin_out_t           out;
    static const char   want[] =
        "{\"ticker\":\"BRK.B\",\"bars\":["
        "{\"date\":\"2014-06-05\",\"open\":646.2,\"high\":649.37,"
        "\"low\":642.61,\"close\":647.35,\"volume\":10850200,\"vwap\":646.5},"
        "{\"date\":\"2014-06-06\",\"open\":649.9,\"high\":651.26,"
        "\"low\":644.47,\"close\":645.57,\"volume\":null,\"vwap\":null}],"
        "\"indicators\":{\"ma_20\":[null,null],\"ma_50\":[null,null],"
        "\"ma_200\":[null,null],\"rsi\":[null,null]}}";
    const fin_bar_t     bar[] = {
        { 1401940800000, 646.2, 649.37, 642.61, 647.35, 10850200, 646.5 },
        { 1402027200000, 649.9, 651.26, 644.47, 645.57, NAN, NAN }
    };

    (void) state;
    fin_out_init(&out, sizeof(want) - 1);
    assert_int_equal(fin_out_bars(&out, "BRK.B", (fin_series_t) { bar, 2 }, 252,
                                  NULL), FIN_OK);
    assert_int_equal(out.len, sizeof(want) - 1);
    assert_memory_equal(out.data, want, out.len);
    fin_out_free(&out);

    fin_out_init(&out, sizeof(want) - 2);
    assert_int_equal(fin_out_bars(&out, "BRK.B", (fin_series_t) { bar, 2 }, 252,
                                  NULL), FIN_E_TOO_BIG);
    fin_out_free(&out);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_answer_text)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

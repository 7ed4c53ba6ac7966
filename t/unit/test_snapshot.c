/* The stored form of a stock: round trip, cuts, etag, and what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <cjson/cJSON.h>

#include "fin_out_sample.h"


static void
write_sample(const sample_snapshot_t *sample, fin_out_t *out)
{
    fin_out_init(out, 1000000);
    assert_int_equal(fin_snapshot_write(out, &sample->in), FIN_OK);
}


/* Read from a copy of its exact size, so that a sanitizer sees its end. */
static fin_status_t
read_copy(const char *data, size_t len, fin_snapshot_t *snap)
{
    char          *copy;
    fin_status_t   status;

    copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, data, len);
    status = fin_snapshot_read(copy, len, snap);
    free(copy);

    return status;
}


static uint64_t
etag_of(const sample_snapshot_t *sample)
{
    fin_out_t       out;
    fin_snapshot_t  snap;

    write_sample(sample, &out);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_OK);
    fin_out_free(&out);

    return snap.etag;
}


static void
test_round_trip(void **state)
{
    fin_out_t          out;
    fin_snapshot_t     snap;
    sample_snapshot_t  sample;
    static const char  head[] =
        "{\"v\":1,\"fetched_at\":\"2014-06-06T20:00:00Z\","
        "\"fetched_ms\":1767366245123,\"fresh_ms\":1767366545123,\"etag\":\"";

    (void) state;
    sample_snapshot(&sample);
    write_sample(&sample, &out);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_OK);

    assert_ptr_equal(snap.data, out.data);
    assert_int_equal(snap.len, out.len);
    assert_int_equal(snap.fetched_at, 1402084800000);
    assert_int_equal(snap.fetched_ms, 1767366245123);
    assert_int_equal(snap.fresh_ms, 1767366545123);
    assert_memory_equal(out.data, head, strlen(head));

    fin_out_free(&out);
}


/* Names of the members of an object, in order. */
static void
assert_members(const cJSON *object, const char *const *name)
{
    const cJSON  *item;

    assert_true(cJSON_IsObject(object));

    cJSON_ArrayForEach(item, object) {
        assert_non_null(*name);
        assert_string_equal(item->string, *name++);
    }

    assert_null(*name);
}


/* The value is JSON, and so is what a server makes of the cuts. */
static void
test_json(void **state)
{
    char                text[10000];
    size_t              n;
    cJSON              *json, *stock;
    fin_out_t           out;
    fin_snapshot_t      snap;
    sample_snapshot_t   sample;
    static const char  *head[] = { "v", "fetched_at", "fetched_ms", "fresh_ms",
        "etag", "at", "stock", NULL };
    static const char  *members[] = { "ticker", "stock_data", "options_status",
        "strategy_data", "stale", "as_of", NULL };
    static const char  *strategy[] = { "csp_signal", "leaps_signal",
        "covered_call_signal", "pmcc_signal", "leaps_positions",
        "short_call_positions", "stock_positions", "short_put_positions",
        "other_positions", NULL };
    static const char  *owner[] = { "csp_signal", "leaps_signal", "stale", NULL };

    (void) state;
    sample_snapshot(&sample);
    sample.in.signal[FIN_SIGNAL_LEAPS] = NULL;
    write_sample(&sample, &out);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_OK);

    json = cJSON_ParseWithLength(out.data, out.len);
    assert_members(json, head);
    cJSON_Delete(json);

    n = snap.cut[FIN_CUT_END] - snap.cut[FIN_CUT_STOCK];
    snprintf(text, sizeof(text), "%.*s,\"stale\":false,\"as_of\":\"x\"}",
             (int) n, snap.data + snap.cut[FIN_CUT_STOCK]);
    json = cJSON_Parse(text);
    assert_members(json, members);
    stock = cJSON_GetObjectItem(json, "strategy_data");
    assert_members(stock, strategy);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(stock, "leaps_signal")));
    cJSON_Delete(json);

    /* the run of members that no owner changes, and the owner's end */
    snprintf(text, sizeof(text), "{%.*s\"stale\":0%.*s",
             (int) (snap.cut[FIN_CUT_OWNER_SIGNALS] - snap.cut[FIN_CUT_SIGNALS]),
             snap.data + snap.cut[FIN_CUT_SIGNALS], 1,
             snap.data + snap.cut[FIN_CUT_STRATEGY_END]);
    json = cJSON_Parse(text);
    assert_members(json, owner);
    cJSON_Delete(json);

    assert_memory_equal(snap.data + snap.cut[FIN_CUT_POSITIONS],
                        "\"leaps_positions\":[],", 21);
    fin_out_free(&out);
}


static void
test_options(void **state)
{
    fin_out_t          out;
    fin_snapshot_t     snap;
    sample_snapshot_t  sample;
    static const struct { fin_options_status_t status; int ok; } table[] = {
        { FIN_OPTIONS_OK, 1 }, { FIN_OPTIONS_NONE, 0 },
        { FIN_OPTIONS_NOT_ENTITLED, 0 }, { FIN_OPTIONS_UNAVAILABLE, 0 }
    };

    (void) state;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        sample_snapshot(&sample);
        sample.in.options = table[i].status;
        write_sample(&sample, &out);
        assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_OK);
        assert_int_equal(fin_snapshot_options(&snap), table[i].ok);

        /* of a stock that has no more than its name */
        snap.cut[FIN_CUT_SIGNALS] = snap.cut[FIN_CUT_STOCK] + 5;
        assert_int_equal(fin_snapshot_options(&snap), 0);
        fin_out_free(&out);
    }
}


static void
test_etag(void **state)
{
    uint64_t           etag;
    sample_snapshot_t  sample;

    (void) state;
    sample_snapshot(&sample);
    etag = etag_of(&sample);

    /* instants do not count */
    sample.in.computed_at += 86400000;
    sample.in.fetched_at += 1000;
    sample.in.fetched_ms += 1;
    sample.in.fresh_ms += 1;
    assert_true(etag_of(&sample) == etag);

    /* anything else does */
    sample.in.options = FIN_OPTIONS_NONE;
    assert_true(etag_of(&sample) != etag);
    sample_snapshot(&sample);
    sample.stock.ticker[0] = 'C';
    assert_true(etag_of(&sample) != etag);
    sample_snapshot(&sample);
    sample.stock.price += 0.01;
    assert_true(etag_of(&sample) != etag);
    sample_snapshot(&sample);
    sample.signal[FIN_SIGNAL_CSP].score = FIN_SCORE_GREEN;
    assert_true(etag_of(&sample) != etag);
    sample_snapshot(&sample);
    sample.signal[FIN_SIGNAL_PMCC].note[0][0] = 'x';
    assert_true(etag_of(&sample) != etag);
    sample_snapshot(&sample);
    sample.in.signal[FIN_SIGNAL_PMCC] = NULL;
    assert_true(etag_of(&sample) != etag);
}


/* Smallest and greatest times of the fixed width, and those beyond it. */
static void
test_times(void **state)
{
    size_t             i;
    cJSON             *json;
    fin_out_t          out;
    fin_snapshot_t     snap;
    sample_snapshot_t  sample;
    static const struct { int64_t ms; fin_status_t status; } table[] = {
        { 0, FIN_OK }, { 7, FIN_OK }, { 999999999999, FIN_OK },
        { 1000000000000, FIN_OK }, { 9999999999999, FIN_OK },
        { 10000000000000, FIN_E_VALUE }, { -1, FIN_E_VALUE },
        { INT64_MIN, FIN_E_VALUE }, { INT64_MAX, FIN_E_VALUE }
    };

    (void) state;

    for (i = 0; i < 4 * sizeof(table) / sizeof(table[0]); i++) {
        sample_snapshot(&sample);
        *(i % 4 == 0 ? &sample.in.fetched_ms : i % 4 == 1 ? &sample.in.fresh_ms
          : i % 4 == 2 ? &sample.in.fetched_at : &sample.in.computed_at)
            = table[i / 4].ms;

        fin_out_init(&out, 1000000);

        if (i % 4 >= 2 && table[i / 4].ms == 10000000000000) {
            /* shown times are calendar dates: this one is in 2286 */
            assert_int_equal(fin_snapshot_write(&out, &sample.in), FIN_OK);
            fin_out_free(&out);
            continue;
        }

        assert_int_equal(fin_snapshot_write(&out, &sample.in),
                         table[i / 4].status);

        if (table[i / 4].status == FIN_OK) {
            assert_int_equal(fin_snapshot_read(out.data, out.len, &snap),
                             FIN_OK);
            assert_int_equal(snap.fetched_ms, sample.in.fetched_ms);
            assert_int_equal(snap.fresh_ms, sample.in.fresh_ms);
            assert_int_equal(snap.fetched_at,
                             sample.in.fetched_at / 1000 * 1000);
            json = cJSON_ParseWithLength(out.data, out.len);
            assert_non_null(json);
            cJSON_Delete(json);
        }

        fin_out_free(&out);
    }
}


static void
test_bound(void **state)
{
    size_t             len, max;
    fin_out_t          out;
    sample_snapshot_t  sample;

    (void) state;
    sample_snapshot(&sample);
    write_sample(&sample, &out);
    len = out.len;
    assert_int_equal(fin_snapshot_write(&out, &sample.in), FIN_E_INTERNAL);
    fin_out_free(&out);

    for (max = 0; max <= len; max++) {
        fin_out_init(&out, max);
        assert_int_equal(fin_snapshot_write(&out, &sample.in),
                         max < len ? FIN_E_TOO_BIG : FIN_OK);
        fin_out_free(&out);
    }
}


static void
test_truncated(void **state)
{
    size_t             len;
    fin_out_t          out;
    fin_snapshot_t     snap;
    sample_snapshot_t  sample;

    (void) state;
    sample_snapshot(&sample);
    write_sample(&sample, &out);

    for (len = 0; len < out.len; len++) {
        assert_int_equal(read_copy(out.data, len, &snap), FIN_E_SYNTAX);
    }

    fin_out_raw(&out, "}", 1);
    assert_int_equal(read_copy(out.data, out.len, &snap), FIN_E_SYNTAX);
    fin_out_free(&out);
}


/* What a byte of the head may become and still be the same layout. */
static int
may_be(size_t at, char c)
{
    int  digit = c >= '0' && c <= '9';

    if (at == 56 || at == 81) {
        return digit || c == ' ';               /* a ms of fewer digits */
    }

    if ((at > 56 && at < 69) || (at > 81 && at < 94)
        || (at >= 21 && at < 41))
    {
        return digit;                           /* ms; of fetched_at */
    }

    return at >= 103 && at < 119 && (digit || (c >= 'a' && c <= 'f'));
}


/* Any byte of the head changed to any other. */
static void
test_damaged_head(void **state)
{
    char               was;
    size_t             at;
    unsigned           c;
    fin_out_t          out;
    fin_snapshot_t     snap, good;
    sample_snapshot_t  sample;

    (void) state;
    sample_snapshot(&sample);
    write_sample(&sample, &out);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &good), FIN_OK);

    for (at = 0; at < good.cut[FIN_CUT_STOCK]; at++) {
        was = out.data[at];

        for (c = 0; c < 256; c++) {
            out.data[at] = (char) c;

            if ((char) c != was
                && fin_snapshot_read(out.data, out.len, &snap) == FIN_OK)
            {
                if (!may_be(at, (char) c)) {
                    fail_msg("byte %zu taken as %02x", at, c);
                }

                assert_memory_equal(snap.cut, good.cut, sizeof(good.cut));
            }
        }

        out.data[at] = was;
    }

    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_OK);
    fin_out_free(&out);
}


/* The bytes at the cuts, right before them, and the last one. */
static void
test_damaged_cuts(void **state)
{
    size_t             i;
    fin_out_t          out;
    fin_snapshot_t     snap, good;
    sample_snapshot_t  sample;

    (void) state;
    sample_snapshot(&sample);
    write_sample(&sample, &out);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &good), FIN_OK);

    for (i = 0; i < FIN_CUT_COUNT; i++) {
        out.data[good.cut[i]] ^= 1;
        assert_int_equal(fin_snapshot_read(out.data, out.len, &snap),
                         FIN_E_SYNTAX);
        out.data[good.cut[i]] ^= 1;
        out.data[good.cut[i] - 1] ^= 1;
        assert_int_equal(fin_snapshot_read(out.data, out.len, &snap),
                         FIN_E_SYNTAX);
        out.data[good.cut[i] - 1] ^= 1;
    }

    out.data[out.len - 1] = ' ';
    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_E_SYNTAX);
    fin_out_free(&out);
}


static void
set_offset(fin_out_t *out, size_t cut, size_t offset)
{
    char  text[24];

    snprintf(text, sizeof(text), "%08zu", offset);
    memcpy(out->data + 128 + 11 * cut, text, 8);
}


/* A cut moved to another place with the right bytes. */
static void
test_moved_cuts(void **state)
{
    char              *p;
    size_t             at;
    fin_out_t          out;
    fin_snapshot_t     snap, good;
    sample_snapshot_t  sample;

    (void) state;
    sample_snapshot(&sample);
    write_sample(&sample, &out);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &good), FIN_OK);

    /* stock_data's '{' for the stock's */
    p = fin_out_room(&out, 1);
    *p = '\0';
    p = strstr(out.data + good.cut[FIN_CUT_STOCK] + 1, "{\"ticker\":");
    assert_non_null(p);
    set_offset(&out, FIN_CUT_STOCK, (size_t) (p - out.data));
    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_E_SYNTAX);
    set_offset(&out, FIN_CUT_STOCK, good.cut[FIN_CUT_STOCK]);

    /* another "]}" before the last */
    at = good.cut[FIN_CUT_STRATEGY_END] - 4;
    memcpy(out.data + at - 1, "]}", 2);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_OK);
    set_offset(&out, FIN_CUT_STRATEGY_END, at);
    assert_int_equal(fin_snapshot_read(out.data, out.len, &snap), FIN_E_SYNTAX);
    fin_out_free(&out);
}


/* No leading zeros, which JSON does not have. */
static void
test_short_ms(void **state)
{
    fin_out_t          out;
    sample_snapshot_t  sample;

    (void) state;
    sample_snapshot(&sample);
    sample.in.fetched_ms = 70;
    sample.in.fresh_ms = 0;
    write_sample(&sample, &out);
    assert_memory_equal(out.data + 56, "           70,", 14);
    assert_memory_equal(out.data + 81, "            0,", 14);
    fin_out_free(&out);
}


/* Offsets out of order or of range, the rest of the head intact. */
static void
test_offsets(void **state)
{
    size_t             i, j, at;
    fin_out_t          out;
    fin_snapshot_t     snap;
    sample_snapshot_t  sample;
    static const char *offset[] = { "00000000", "00000001", "99999999",
        "0000020 ", "-0000210", "+0000210", "0x000210" };

    (void) state;
    sample_snapshot(&sample);

    for (i = 0; i < FIN_CUT_COUNT; i++) {
        for (j = 0; j < sizeof(offset) / sizeof(offset[0]); j++) {
            write_sample(&sample, &out);
            at = 128 + 11 * i;
            assert_int_equal(out.data[at - 1], '"');
            assert_int_equal(out.data[at + 8], '"');
            memcpy(out.data + at, offset[j], 8);
            assert_int_equal(read_copy(out.data, out.len, &snap), FIN_E_SYNTAX);
            fin_out_free(&out);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_etag),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_damaged_head),
        cmocka_unit_test(test_damaged_cuts),
        cmocka_unit_test(test_moved_cuts),
        cmocka_unit_test(test_short_ms),
        cmocka_unit_test(test_offsets)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A chain as finished bytes: filters, damage, the answer's members. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <cjson/cJSON.h>

#include "../../src/codec/fin_chain_cache.h"
#include "../../src/codec/fin_out_stock.h"
#include "fin_out_sample.h"


#define N       24
#define HEAD    56
#define RECORD  16


static const fin_chain_filter_t  any = {
    FIN_NO_DATE, -1, INT32_MIN, INT32_MAX
};


static fin_chain_head_t
sample_head(void)
{
    fin_chain_head_t  head;

    memset(&head, 0, sizeof(head));
    head.fetched_at = 1767366245000;
    head.fetched_ms = 222;
    head.fresh_ms = 333;
    head.price = 102.5;
    head.status = FIN_OPTIONS_OK;
    head.truncated = 1;

    return head;
}


static void
pack(fin_out_t *out, fin_option_t *opt, size_t n)
{
    size_t            i;
    fin_chain_t       chain;
    fin_chain_head_t  head;

    for (i = 0; i < n; i++) {
        sample_option(&opt[i], (int) i);
    }

    chain.opt = opt;
    chain.n = chain.cap = n;
    head = sample_head();
    fin_out_init(out, 1000000);
    assert_int_equal(fin_chain_pack(out, &head, &chain), FIN_OK);
}


/* The answer from a copy of its exact size. */
static fin_status_t
answer(const char *data, size_t len, const fin_chain_filter_t *filter,
    fin_out_t *out)
{
    char          *copy;
    fin_status_t   status;

    copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, data, len);
    fin_out_init(out, 1000000);
    status = fin_out_chain(out, "AAPL", copy, len, filter, SAMPLE_TODAY, 1);
    free(copy);

    return status;
}


static void
test_head(void **state)
{
    fin_out_t         out;
    fin_option_t      opt[N];
    fin_chain_head_t  head;

    (void) state;
    pack(&out, opt, N);
    assert_int_equal(fin_chain_head(out.data, out.len, &head), FIN_OK);
    assert_int_equal(head.fetched_at, 1767366245000);
    assert_int_equal(head.fetched_ms, 222);
    assert_int_equal(head.fresh_ms, 333);
    assert_true(head.price == 102.5);
    assert_int_equal(head.status, FIN_OPTIONS_OK);
    assert_int_equal(head.truncated, 1);
    assert_int_equal(head.n, N);
    fin_out_free(&out);
}


/* What a filter has to give: the same contracts written one by one. */
static void
expect(fin_out_t *out, const fin_option_t *opt, size_t n,
    const fin_chain_filter_t *f)
{
    size_t  i;

    fin_out_init(out, 1000000);
    fin_out_text(out, "{\"ticker\":\"AAPL\",\"underlying_price\":102.5,"
                      "\"contracts\":");
    fin_out_array(out);

    for (i = 0; i < n; i++) {
        if ((f->expiration == FIN_NO_DATE || f->expiration == opt[i].expiration)
            && (f->type < 0 || f->type == (int) opt[i].type)
            && opt[i].dte >= f->min_dte && opt[i].dte <= f->max_dte)
        {
            fin_out_option(out, &opt[i]);
        }
    }

    fin_out_array_end(out);
    fin_out_text(out, ",\"truncated\":true,\"options_status\":\"ok\","
                      "\"stale\":true,\"as_of\":\"2026-01-02T15:04:05Z\"}");
}


static void
test_filters(void **state)
{
    size_t              i, n;
    cJSON              *json;
    fin_out_t           packed, out, want;
    fin_option_t        opt[N];
    fin_chain_filter_t  f;

    (void) state;

    for (n = 0; n <= N; n += N / 2) {
        pack(&packed, opt, n);

        for (i = 0; i < 3 * 3 * 4 * 4; i++) {
            f.type = (int) (i % 3) - 1;
            f.expiration = i / 3 % 3 == 0 ? FIN_NO_DATE
                           : i / 3 % 3 == 1 ? SAMPLE_TODAY + 21
                           : SAMPLE_TODAY + 22;
            f.min_dte = i / 9 % 4 == 0 ? INT32_MIN : (int) (i / 9 % 4) * 7 + 7;
            f.max_dte = i / 36 == 0 ? INT32_MAX : (int) (i / 36) * 14;

            assert_int_equal(answer(packed.data, packed.len, &f, &out), FIN_OK);
            expect(&want, opt, n, &f);
            assert_int_equal(out.len, want.len);
            assert_memory_equal(out.data, want.data, out.len);

            json = cJSON_ParseWithLength(out.data, out.len);
            assert_non_null(json);
            cJSON_Delete(json);
            fin_out_free(&out);
            fin_out_free(&want);
        }

        fin_out_free(&packed);
    }
}


/* dte filters go by the day of the question. */
static void
test_today(void **state)
{
    fin_out_t           packed, out;
    fin_option_t        opt[4];
    fin_chain_filter_t  f = any;

    (void) state;
    pack(&packed, opt, 4);
    f.min_dte = f.max_dte = 10;

    fin_out_init(&out, 1000000);
    assert_int_equal(fin_out_chain(&out, "AAPL", packed.data, packed.len, &f,
                                   SAMPLE_TODAY + 4, 0), FIN_OK);
    fin_out_raw(&out, "", 1);
    assert_non_null(strstr(out.data, "O:AAPL260000C00100000"));
    assert_non_null(strstr(out.data, "\"stale\":false"));
    fin_out_free(&out);

    assert_int_equal(answer(packed.data, packed.len, &f, &out), FIN_OK);
    fin_out_raw(&out, "", 1);
    assert_non_null(strstr(out.data, "\"contracts\":[]"));
    fin_out_free(&out);
    fin_out_free(&packed);
}


static void
test_no_contracts(void **state)
{
    fin_out_t         packed, out;
    fin_chain_head_t  head;

    (void) state;
    head = sample_head();
    head.price = NAN;
    head.truncated = 0;
    head.status = FIN_OPTIONS_NOT_ENTITLED;
    fin_out_init(&packed, 1000);
    assert_int_equal(fin_chain_pack(&packed, &head, NULL), FIN_OK);

    assert_int_equal(answer(packed.data, packed.len, &any, &out), FIN_OK);
    fin_out_raw(&out, "", 1);
    assert_string_equal(out.data,
        "{\"ticker\":\"AAPL\",\"underlying_price\":null,\"contracts\":[],"
        "\"truncated\":false,\"options_status\":\"not_entitled\","
        "\"stale\":true,\"as_of\":\"2026-01-02T15:04:05Z\"}");
    fin_out_free(&out);
    fin_out_free(&packed);
}


static void
test_refused(void **state)
{
    size_t            max, len;
    fin_out_t         out, packed;
    fin_option_t      opt[3];
    fin_chain_t       chain = { opt, 3, 3 };
    fin_chain_head_t  head;

    (void) state;
    pack(&packed, opt, 3);
    len = packed.len;
    fin_out_free(&packed);

    head = sample_head();
    head.fetched_at = -1;
    fin_out_init(&out, 10000);
    assert_int_equal(fin_chain_pack(&out, &head, &chain), FIN_E_VALUE);
    head.fetched_at = 253402300800000;
    assert_int_equal(fin_chain_pack(&out, &head, &chain), FIN_E_VALUE);

    head = sample_head();
    chain.n = 100001;
    assert_int_equal(fin_chain_pack(&out, &head, &chain), FIN_E_TOO_BIG);
    chain.n = 3;

    for (max = 0; max <= len; max++) {
        fin_out_init(&out, max);
        assert_int_equal(fin_chain_pack(&out, &head, &chain),
                         max < len ? FIN_E_TOO_BIG : FIN_OK);
        fin_out_free(&out);
    }
}


static void
test_damaged(void **state)
{
    size_t            i, len, body;
    fin_out_t         packed, out;
    fin_option_t      opt[3];
    fin_chain_head_t  head;
    static const struct { size_t at; uint32_t value; } table[] = {
        { 0, 0 }, { 4, 2 }, { 12, 0x80000000 }, { 12, 0x7fffffff },
        { 36, 0x7ff00000 }, { 40, 4 }, { 44, 2 },
        { 48, 0 }, { 48, 2 }, { 48, 4 }, { 48, 100001 }, { 48, 0xffffffff },
        { 52, 0 }, { 52, 0xffffffff },
        /* type, offset, length of the first, second and last */
        { HEAD + 4, 2 }, { HEAD + 8, 1 }, { HEAD + 8, 0xffffffff },
        { HEAD + 12, 0 }, { HEAD + 12, 1 }, { HEAD + 12, 0xffffffff },
        { HEAD + RECORD + 8, 0 }, { HEAD + RECORD + 8, 0xfffffff0 },
        { HEAD + RECORD + 12, 0xffffffff },
        { HEAD + 2 * RECORD + 8, 2 }, { HEAD + 2 * RECORD + 12, 2 },
        { HEAD + 2 * RECORD + 12, 0x7fffffff }
    };

    (void) state;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        pack(&packed, opt, 3);
        packed.data[table[i].at] = (char) table[i].value;
        packed.data[table[i].at + 1] = (char) (table[i].value >> 8);
        packed.data[table[i].at + 2] = (char) (table[i].value >> 16);
        packed.data[table[i].at + 3] = (char) (table[i].value >> 24);

        if (table[i].at == 36) {
            memset(packed.data + 32, 0, 4);
        }

        assert_int_equal(answer(packed.data, packed.len, &any, &out),
                         FIN_E_SYNTAX);
        fin_out_free(&out);
        fin_out_free(&packed);
    }

    pack(&packed, opt, 3);

    for (len = 0; len < packed.len; len++) {
        assert_int_equal(answer(packed.data, len, &any, &out), FIN_E_SYNTAX);
        fin_out_free(&out);
    }

    /* the bytes between two contracts, and at their ends */
    body = HEAD + 3 * RECORD;

    for (i = body; i < packed.len; i++) {
        if (packed.data[i] == '{' || packed.data[i] == '}'
            || (packed.data[i] == ',' && packed.data[i + 1] == '{'))
        {
            packed.data[i] ^= 1;
            assert_int_equal(answer(packed.data, packed.len, &any, &out),
                             FIN_E_SYNTAX);
            fin_out_free(&out);
            packed.data[i] ^= 1;
        }
    }

    assert_int_equal(fin_chain_head(packed.data, packed.len, &head), FIN_OK);
    fin_out_raw(&packed, "}", 1);
    assert_int_equal(fin_chain_head(packed.data, packed.len, &head),
                     FIN_E_SYNTAX);
    fin_out_free(&packed);
}


static void
put32(fin_out_t *out, size_t at, size_t value)
{
    size_t  i;

    for (i = 0; i < 4; i++) {
        out->data[at + i] = (char) (value >> 8 * i);
    }
}


/* More contracts in the body than in the index; more than there may be. */
static void
test_counts(void **state)
{
    char              *big;
    fin_out_t          packed, out;
    fin_option_t       opt[3];
    const size_t       max = 100000;
    fin_chain_head_t   head;

    (void) state;

    /* two records, three contracts */
    pack(&packed, opt, 3);
    memmove(packed.data + HEAD + 2 * RECORD, packed.data + HEAD + 3 * RECORD,
            packed.len - HEAD - 3 * RECORD);
    packed.len -= RECORD;
    put32(&packed, 48, 2);
    assert_int_equal(fin_chain_head(packed.data, packed.len, &head), FIN_OK);
    assert_int_equal(answer(packed.data, packed.len, &any, &out), FIN_E_SYNTAX);
    fin_out_free(&out);
    fin_out_free(&packed);

    /* none, and a body */
    pack(&packed, opt, 0);
    fin_out_raw(&packed, "{}", 2);
    put32(&packed, 52, 2);
    assert_int_equal(fin_chain_head(packed.data, packed.len, &head),
                     FIN_E_SYNTAX);

    big = calloc(1, HEAD + (max + 1) * RECORD);
    assert_non_null(big);
    put32(&packed, 52, 0);
    put32(&packed, 48, max);
    memcpy(big, packed.data, HEAD);
    assert_int_equal(fin_chain_head(big, HEAD + max * RECORD, &head), FIN_OK);
    put32(&packed, 48, max + 1);
    memcpy(big, packed.data, HEAD);
    assert_int_equal(fin_chain_head(big, HEAD + (max + 1) * RECORD, &head),
                     FIN_E_SYNTAX);
    free(big);
    fin_out_free(&packed);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_today),
        cmocka_unit_test(test_no_contracts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_counts)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

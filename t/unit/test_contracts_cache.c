/* build: -Wl,--wrap=realloc */

/* Contracts that were asked for one by one, packed as they came. */

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_contracts_cache.h"
#include "fin_in.h"
#include "fin_time.h"


#define HEAD    40
#define RECORD  160


static int  no_memory;

void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);


void *
__wrap_realloc(void *p, size_t size)
{
    return no_memory ? NULL : __real_realloc(p, size);
}


static const fin_contracts_head_t  head = { 111, 222, 333 };

/* As the market answers for one; the second is bare. */
static const char  whole[] =
    "{\"results\":{\"day\":{\"close\":14.95,\"last_updated\":"
    "1773864000000000000,\"volume\":296},\"last_trade\":{\"sip_timestamp\":"
    "1773856448000000000,\"price\":14.9},\"details\":{\"contract_type\":"
    "\"put\",\"expiration_date\":\"2026-03-20\",\"shares_per_contract\":10,"
    "\"strike_price\":197.5,\"ticker\":\"O:AAPL1260320P00197500\"},"
    "\"greeks\":{\"delta\":-0.9867,\"gamma\":0.0048,\"theta\":-0.0782,"
    "\"vega\":0.0053},\"implied_volatility\":0.4472,\"last_quote\":{\"ask\":"
    "15.25,\"bid\":0},\"open_interest\":3085},\"status\":\"OK\"}";
static const char  bare[] =
    "{\"results\":{\"details\":{\"contract_type\":\"call\","
    "\"expiration_date\":\"2027-01-15\",\"strike_price\":200,\"ticker\":"
    "\"O:AAPL270115C00200000\"}}}";


static void
read_both(fin_chain_t *chain)
{
    char  cursor[FIN_CURSOR_MAX + 1];

    fin_chain_init(chain);
    assert_int_equal(fin_in_chain(whole, strlen(whole), chain, cursor, NULL),
                     FIN_OK);
    assert_int_equal(fin_in_chain(bare, strlen(bare), chain, cursor, NULL),
                     FIN_OK);
    assert_int_equal(chain->n, 2);
}


static void
pack(fin_out_t *out, const fin_chain_t *chain)
{
    fin_out_init(out, 100000);
    assert_int_equal(fin_contracts_pack(out, &head, chain), FIN_OK);
    assert_int_equal(out->len, HEAD + chain->n * RECORD);
}


/* From memory of that very size; what was in chain stays. */
static fin_status_t
unpack_copy(const char *data, size_t len, fin_chain_t *chain)
{
    char                  *copy;
    fin_status_t           status;
    fin_contracts_head_t   got;

    copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, data, len);
    status = fin_contracts_unpack(copy, len, &got, chain);
    free(copy);

    if (status == FIN_OK) {
        assert_memory_equal(&got, &head, sizeof(head));
    }

    return status;
}


/* All that was read comes back, derived fields blank: the very same struct. */
static void
test_round_trip(void **state)
{
    fin_out_t    out;
    fin_chain_t  chain, back;

    (void) state;

    read_both(&chain);
    pack(&out, &chain);
    fin_chain_init(&back);

    assert_int_equal(unpack_copy(out.data, out.len, NULL), FIN_OK);
    assert_int_equal(unpack_copy(out.data, out.len, &back), FIN_OK);
    assert_int_equal(back.n, 2);
    assert_memory_equal(back.opt, chain.opt, 2 * sizeof(fin_option_t));

    /* appended to what is there */
    assert_int_equal(unpack_copy(out.data, out.len, &back), FIN_OK);
    assert_int_equal(back.n, 4);
    assert_memory_equal(back.opt, chain.opt, 2 * sizeof(fin_option_t));
    assert_memory_equal(back.opt + 2, chain.opt, 2 * sizeof(fin_option_t));

    fin_chain_free(&back);
    fin_out_free(&out);

    /* asked for, and not there */
    chain.n = 0;
    pack(&out, &chain);
    assert_int_equal(unpack_copy(out.data, out.len, &back), FIN_OK);
    assert_int_equal(back.n, 0);
    assert_null(back.opt);

    fin_out_free(&out);
    fin_chain_free(&chain);
}


/* The bytes are those of every host and version 1. */
static void
test_layout(void **state)
{
    fin_out_t    out;
    fin_chain_t  chain;

    static const char  want[] =
        "FINX" "\1\0\0\0" "\x6f\0\0\0\0\0\0\0" "\xde\0\0\0\0\0\0\0"
        "\x4d\1\0\0\0\0\0\0" "\2\0\0\0" "\0\0\0\0"
        "O:AAPL1260320P00197500\0\0\0\0\0\0\0\0\0\0" "\1\0\0\0" "\x34\x50\0\0"
        "\0\0\0\0\0\xb0\x68\x40" "\0\0\0\0\0\0\x24\x40" "\0\0\0\0\0\0\0\0"
        "\0\0\0\0\0\x80\x2e\x40";

    (void) state;

    read_both(&chain);
    pack(&out, &chain);
    assert_memory_equal(out.data, want, sizeof(want) - 1);
    assert_memory_equal(out.data + HEAD + RECORD + 32,
                        "\0\0\0\0" "\x61\x51\0\0" "\0\0\0\0\0\0\x69\x40", 16);

    fin_out_free(&out);
    fin_chain_free(&chain);
}


#define NAN_BITS    UINT64_C(0x7ff8000000000000)
#define INF_BITS    UINT64_C(0x7ff0000000000000)
#define MINUS_BITS  UINT64_C(0xbff0000000000000)

/* Where in the value, and what then makes it damaged. */
static const struct { size_t at; uint64_t value; size_t n; }  damage[] = {
    { 0, 'x', 1 }, { 4, 0, 4 }, { 4, 2, 4 }, { 36, 1, 4 },
    { 32, 0, 4 }, { 32, 1, 4 }, { 32, 3, 4 }, { 32, UINT32_MAX, 4 },
    /* more than 2^32 / 160 */
    { 32, 26843546 + 2, 4 },
    { HEAD, 0, 1 }, { HEAD, '/', 1 }, { HEAD + 3, 0x80, 1 },
    { HEAD + 32, 2, 4 }, { HEAD + 36, 0x80000000, 4 },
    { HEAD + 36, INT32_MAX, 4 },
    { HEAD + 40, 0, 8 }, { HEAD + 40, NAN_BITS, 8 },
    { HEAD + 40, INF_BITS, 8 }, { HEAD + 48, 0, 8 },
    { HEAD + 48, INF_BITS, 8 }, { HEAD + 56, MINUS_BITS, 8 },
    { HEAD + 64, INF_BITS, 8 }, { HEAD + 72, 0, 8 },
    { HEAD + 72, INF_BITS, 8 }, { HEAD + 80, INT64_MAX, 8 },
    { HEAD + 88, MINUS_BITS, 8 }, { HEAD + 96, INT64_MIN, 8 },
    { HEAD + 104, MINUS_BITS, 8 }, { HEAD + 112, INF_BITS, 8 },
    { HEAD + 120, 0, 8 }, { HEAD + 128, INF_BITS, 8 },
    { HEAD + 136, INF_BITS, 8 }, { HEAD + 144, INF_BITS, 8 },
    { HEAD + 152, INF_BITS, 8 }, { HEAD + RECORD, '"', 1 },
    { HEAD + RECORD + 40, MINUS_BITS, 8 }
};


static void
put(fin_out_t *out, size_t at, uint64_t value, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        out->data[at + i] = (char) (value >> 8 * i);
    }
}


static void
assert_damaged(const char *data, size_t len, fin_chain_t *chain)
{
    assert_int_equal(unpack_copy(data, len, chain), FIN_E_SYNTAX);
    assert_int_equal(chain->n, 1);
    assert_string_equal(chain->opt[0].ticker, "O:X");
}


static void
test_damaged(void **state)
{
    size_t       i, len;
    fin_out_t    out;
    fin_chain_t  chain, back;

    (void) state;

    read_both(&chain);
    fin_chain_init(&back);
    assert_non_null(fin_chain_push(&back));
    strcpy(back.opt[0].ticker, "O:X");

    for (i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
        pack(&out, &chain);
        put(&out, damage[i].at, damage[i].value, damage[i].n);

        if (unpack_copy(out.data, out.len, &back) != FIN_E_SYNTAX) {
            fail_msg("row %zu is taken", i);
        }

        assert_damaged(out.data, out.len, &back);
        fin_out_free(&out);
    }

    /* a ticker that does not end */
    pack(&out, &chain);
    memset(out.data + HEAD, 'A', 32);
    assert_damaged(out.data, out.len, &back);
    fin_out_free(&out);

    pack(&out, &chain);

    for (len = 0; len < out.len; len++) {
        assert_damaged(out.data, len, &back);
        assert_int_equal(unpack_copy(out.data, len, NULL), FIN_E_SYNTAX);
    }

    fin_out_raw(&out, "", 1);
    assert_damaged(out.data, out.len, &back);

    fin_out_free(&out);
    fin_chain_free(&back);
    fin_chain_free(&chain);
}


static void
test_refused(void **state)
{
    size_t       n;
    fin_out_t    out;
    fin_chain_t  chain;

    (void) state;

    read_both(&chain);
    fin_out_init(&out, HEAD + 2 * RECORD - 1);
    assert_int_equal(fin_contracts_pack(&out, &head, &chain), FIN_E_TOO_BIG);
    fin_out_free(&out);

    fin_out_init(&out, 100000);
    n = chain.n;
    chain.n = 50001;
    assert_int_equal(fin_contracts_pack(&out, &head, &chain), FIN_E_TOO_BIG);
    chain.n = n;

    chain.opt[1].strike = NAN;
    assert_int_equal(fin_contracts_pack(&out, &head, &chain), FIN_E_VALUE);
    chain.opt[1].strike = 1;
    chain.opt[1].ticker[0] = '\0';
    assert_int_equal(fin_contracts_pack(&out, &head, &chain), FIN_E_VALUE);
    memset(chain.opt[1].ticker, 'A', sizeof(chain.opt[1].ticker));
    assert_int_equal(fin_contracts_pack(&out, &head, &chain), FIN_E_VALUE);
    assert_int_equal(out.len, 0);

    fin_chain_free(&chain);
}


static void
test_no_memory(void **state)
{
    fin_out_t    out;
    fin_chain_t  chain, back;

    (void) state;

    read_both(&chain);
    fin_out_init(&out, 100000);
    no_memory = 1;
    assert_int_equal(fin_contracts_pack(&out, &head, &chain), FIN_E_NOMEM);
    no_memory = 0;

    pack(&out, &chain);
    fin_chain_init(&back);
    no_memory = 1;
    assert_int_equal(unpack_copy(out.data, out.len, &back), FIN_E_NOMEM);
    no_memory = 0;
    assert_int_equal(back.n, 0);

    fin_out_free(&out);
    fin_chain_free(&chain);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

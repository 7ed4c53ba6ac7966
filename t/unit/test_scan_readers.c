/* The readers of bars and chains beside those of fin_in_tree.h, of cJSON. */

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_in_tree.h"
#include "fin_market_file.h"
#include "fin_scan_input.h"


#define CONTRACT                                                              \
    "{\"break_even_price\":396.4,\"day\":{\"close\":23.6,\"last_updated\":"   \
    "1617220800000000000,\"volume\":63},\"details\":{\"contract_type\":"      \
    "\"call\",\"expiration_date\":\"2026-01-16\",\"shares_per_contract\":"    \
    "100,\"strike_price\":372.5,\"ticker\":\"O:SPY210402C00372500\"},"        \
    "\"last_trade\":{\"sip_timestamp\":1617216055000000000,\"price\":23.6,"   \
    "\"conditions\":[209]},\"greeks\":{\"delta\":0.99999102374912345,"        \
    "\"gamma\":7.018301e-06,\"theta\":-0.035770151779,\"vega\":1.1855071e-05" \
    "},\"implied_volatility\":0.194526681669,\"last_quote\":{\"ask\":24.15,"  \
    "\"bid\":23.65,\"timeframe\":\"DELAYED\"},\"open_interest\":245,"         \
    "\"underlying_asset\":{\"ticker\":\"SPY\",\"price\":null}}"

static const char  page[] =
    "{\"request_id\":\"x\\u00e9\\n\",\"results\":[" CONTRACT ",\n" CONTRACT
    "],\"status\":\"DELAYED\","
    "\"next_url\":\"https:\\/\\/x/y?a=1\\u0026cursor=abc\"}";

static const char  bars[] =
    "{\"ticker\":\"AAPL\",\"adjusted\":true,\"results\":["
    "{\"v\":75555200,\"vw\":58.6,\"o\":58.485714,\"c\":58.747143,"
    "\"h\":58.92857,\"l\":58.42857,\"t\":1325566800000,\"n\":5},"
    "{\"v\":65005500,\"vw\":58.9,\"o\":58.571429,\"c\":59.062859,"
    "\"h\":59.240002,\"l\":58.468571,\"t\":1325653200000},"
    "{\"v\":67817400,\"o\":59.278572,\"c\":59.718571,\"h\":59.792858,"
    "\"l\":58.952858,\"t\":1325739600000}],\"status\":\"OK\"}";


typedef const char *(*compare_t)(const char *, size_t, fin_status_t *);

/* 1 when it is taken; fails when the two readers differ. */
static int
compare(compare_t reader, const char *json, size_t len)
{
    char          *p;
    const char    *difference;
    fin_status_t   status;

    p = fin_input_copy(json, len);
    difference = reader(p, len, &status);
    free(p);

    if (difference != NULL) {
        fail_msg("%s: %.*s", difference, (int) len, json);
    }

    return status == FIN_OK;
}


/* The beginning of a token at or before a place that is drawn. */
static size_t
token(const char *json, size_t len)
{
    size_t  i;

    i = fin_random(len);

    while (i > 0 && strchr("{}[],:\"", json[i]) == NULL) {
        i--;
    }

    return i;
}


static size_t
replace(char *json, size_t len, size_t at, size_t n, const char *by,
    size_t size)
{
    memmove(json + at + size, json + at + n, len - at - n);
    memcpy(json + at, by, size);

    return len - n + size;
}


/* One change to a text in memory of twice its length and more. */
static size_t
mutate(char *json, size_t len)
{
    char        part[512];
    size_t      at, from, n;
    const char *word;

    static const char *const  words[] = {
        "null", "0", "-1", "1e999", "-0", "\"\"", "{}", "[]", "true", "1e300",
        "01", "1.", "\\u0041", "\\u0000", "\\ud800", "\\", "\n", "\t", " ",
        ",", ":", "}", "]", "{", "[", "\"", "\"results\":", "\"details\":",
        "\"status\":\"ERROR\",", "\"t\":1,", "\"shares_per_contract\":null,",
        "\"bid\":5,", "\"c\":7,", "\"last_quote\":{},", "\x01", "\xff", "call",
        "0.30000000000000004", "123456789012345678901", "\"next_url\":5,",
        "\"results\":[],", "\"results\":null,", "\"status\":null,"
    };

    switch (fin_random(6)) {

    case 0:                             /* a byte */
        json[fin_random(len)] ^= (char) (1 << fin_random(8));
        return len;

    case 1:                             /* a few go */
        at = fin_random(len);
        n = 1 + fin_random(3);
        return replace(json, len, at, n < len - at ? n : len - at, "", 0);

    case 2:                             /* a word more */
        word = words[fin_random(sizeof(words) / sizeof(words[0]))];
        at = token(json, len);
        return replace(json, len, at + fin_random(2), 0, word, strlen(word));

    case 3:                             /* a word for a value */
        word = words[fin_random(sizeof(words) / sizeof(words[0]))];
        at = token(json, len) + 1;
        n = strcspn(json + at, ",]}\"");
        return replace(json, len, at, n, word, strlen(word));

    case 4:                             /* tokens twice, or elsewhere */
        from = token(json, len);
        n = 1 + fin_random(80);
        n = n < len - from ? n : len - from;
        n = fin_random(2) ? n : strcspn(json + from, ",]}") + 1;
        n = n < sizeof(part) ? n : sizeof(part);
        n = n < len - from ? n : len - from;
        memcpy(part, json + from, n);
        at = fin_random(2) ? from : token(json, len);
        return replace(json, len, at, 0, part, n);

    default:                            /* tokens go */
        at = token(json, len);
        n = strcspn(json + at + 1, ",]}") + 1;
        return replace(json, len, at, n < len - at ? n : len - at, "", 0);
    }
}


#define CASES  40000            /* of each of the two */

static void
test_mutations(void **state)
{
    int        i, k, taken;
    char       json[8192];
    size_t     len, reader;

    static const struct {
        const char  *name;
        const char  *text;
        size_t       len;
        compare_t    compare;
    } readers[] = {
        { "bars", bars, sizeof(bars) - 1, fin_tree_bars },
        { "chain", page, sizeof(page) - 1, fin_tree_chain }
    };

    (void) state;

    for (reader = 0; reader < 2; reader++) {
        memcpy(json, readers[reader].text, readers[reader].len + 1);
        assert_true(compare(readers[reader].compare, json,
                            readers[reader].len));

        for (i = 0, taken = 0; i < CASES; i++) {
            len = readers[reader].len;
            memset(json, '\0', sizeof(json));
            memcpy(json, readers[reader].text, len);

            for (k = (int) fin_random(3); k >= 0; k--) {
                len = mutate(json, len);
                assert_in_range(len, 1, sizeof(json) - 1200);
                json[len] = '\0';
            }

            taken += compare(readers[reader].compare, json, len);
        }

        /* both kinds have to come, or little is compared */
        assert_in_range(taken, CASES / 20, CASES - CASES / 20);
    }
}


static void
test_cuts(void **state)
{
    size_t  len;

    (void) state;

    for (len = 0; len < sizeof(page) - 1; len++) {
        assert_false(compare(fin_tree_chain, page, len));
    }

    for (len = 0; len < sizeof(bars) - 1; len++) {
        assert_false(compare(fin_tree_bars, bars, len));
    }
}


/* A contract whose parts come again, as an empty or no object. */
#define AGAIN(part)                                                           \
    "{\"results\":[" CONTRACT ",{\"last_quote\":{\"bid\":1,\"ask\":2},"       \
    "\"last_trade\":{\"price\":1,\"sip_timestamp\":1617216055000000000},"     \
    "\"day\":{\"close\":2,\"volume\":3,\"last_updated\":"                     \
    "1617216055000000000},\"greeks\":{\"delta\":1,\"gamma\":2,\"theta\":3,"   \
    "\"vega\":4},\"open_interest\":5,\"implied_volatility\":6,\"details\":{"  \
    "\"contract_type\":\"put\",\"ticker\":\"O:1\",\"strike_price\":1,"        \
    "\"shares_per_contract\":15,\"expiration_date\":\"2026-01-16\"},"         \
    part "}]}"

static const char *const  answers[] = {
    AGAIN("\"last_quote\":{}"),
    AGAIN("\"last_trade\":{}"),
    AGAIN("\"day\":{}"),
    AGAIN("\"greeks\":{}"),
    AGAIN("\"details\":{}"),
    AGAIN("\"details\":{\"contract_type\":\"call\"}"),
    AGAIN("\"details\":{\"contract_type\":\"call\",\"ticker\":\"O:2\","
          "\"strike_price\":1,\"expiration_date\":\"2026-01-16\"}"),
    AGAIN("\"details\":{\"contract_type\":\"call\",\"strike_price\":1,"
          "\"expiration_date\":\"2026-01-16\"}"),
    AGAIN("\"details\":{\"contract_type\":\"call\",\"ticker\":\"O:2\","
          "\"expiration_date\":\"2026-01-16\"}"),
    AGAIN("\"last_quote\":[],\"last_trade\":1,\"day\":null,\"greeks\":\"\","
          "\"open_interest\":{},\"implied_volatility\":null"),
    "{\"results\":[{}],\"results\":[]}",
    "{\"results\":[5],\"results\":null}",
    "{\"results\":[5],\"status\":\"ERROR\"}",
    "{\"results\":[5],\"status\":\"ERROR\",\"status\":null}",
    "{\"results\":[5],\"status\":\"ERROR\",\"status\":\"OK\"}",
    "{\"status\":\"NOT_FOUND\",\"status\":\"ERRO\\u0052\"}",
    "{\"status\":\"ERROR567890123456789012345678901234567890\"}",
    "{\"results\":[5],\"x\":01}",
    "{\"x\":0.1000000000000000055511151231257827021181583404541015625000000"
        "0000000000000000000000000,\"results\":[],\"y\":01}",
    "{\"resul\\u0074s\":[5]}",
    "{\"results\":{},\"results\":7}",
    "{\"results\":[" CONTRACT "],\"results\":[]}",
    "{\"results\":[" CONTRACT "],\"results\":" CONTRACT "}",
    "{\"results\":[" CONTRACT "],\"results\":[" CONTRACT ",{}]}",
    "{\"results\":[{}],\"results\":[" CONTRACT "]}",
    "{\"results\":[" CONTRACT "],\"next_url\":\"x?cursor=a\",\"next_url\":7}",
    "{\"results\":[" CONTRACT "],\"next_url\":7,\"next_url\":null}",
    "{\"results\":[" CONTRACT "],\"next_url\":7,\"next_url\":\"\"}",
    "{\"next_url\":\"x?cursor=a\",\"next_url\":\"\\u003Fcursor=b\"}",
    "{\"next_url\":\"x?cursor=\\u00e9\"}",
    "{\"next_url\":\"x?cursor=a\\u0025\"}",
    "{\"results\":[{\"details\":{\"contract_type\":\"call\"},\"details\":"
        "{\"contract_type\":\"other\"}}]}",
    "{\"results\":[{\"details\":{\"contract_type\":\"call\"},\"details\":7}]}",
    "{\"results\":[{\"details\":{\"contract_type\":\"c\\u0061ll\",\"ticker\":"
        "\"O:123456789\",\"ticker\":\"O:\\u0041\",\"strike_price\":1,"
        "\"expiration_date\":\"2026-01-\\u00316\"}}]}",
    "{\"results\":[{\"details\":{\"contract_type\":\"put\",\"ticker\":"
        "\"O:1\",\"strike_price\":1,\"expiration_date\":\"2026-01-16\","
        "\"shares_per_contract\":15,\"shares_per_contract\":null}}]}",
    "{\"results\":[{\"t\":1,\"o\":1,\"h\":1,\"l\":1,\"c\":1}],\"results\":[]}",
    "{\"results\":[7],\"results\":[{\"t\":1,\"o\":1,\"h\":1,\"l\":1,"
        "\"c\":1}]}",
    "{\"results\":[{\"t\":1,\"o\":1,\"h\":1,\"l\":1,\"c\":1},{\"t\":2}],"
        "\"results\":[{\"t\":1,\"o\":1,\"h\":1,\"l\":1,\"\\u0063\":1}]}"
};


static void
test_answers(void **state)
{
    size_t  i;

    (void) state;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        (void) compare(fin_tree_bars, answers[i], strlen(answers[i]));
        (void) compare(fin_tree_chain, answers[i], strlen(answers[i]));
    }
}


/* Pages before count; what is too much leaves them as they are. */
static void
test_bound(void **state)
{
    char             cursor[FIN_CURSOR_MAX + 1];
    size_t           before;
    fin_chain_t      chain;
    fin_in_error_t   err;

    (void) state;

    for (before = 49997; before <= 50000; before++) {
        fin_chain_init(&chain);

        while (chain.n < before) {
            assert_non_null(fin_chain_push(&chain));
        }

        assert_int_equal(fin_in_chain(page, sizeof(page) - 1, &chain, cursor,
                                      &err),
                         before + 2 <= 50000 ? FIN_OK : FIN_E_TOO_BIG);
        assert_int_equal(chain.n, before + 2 <= 50000 ? before + 2 : before);
        assert_string_equal(cursor, before + 2 <= 50000 ? "abc" : "");
        fin_chain_free(&chain);
    }
}


static void
test_files(void **state)
{
    char     *json;
    size_t    i, k, n, len;

    static const char *const  files[] = {
        "real/AAPL.bars.json", "real/AAPL-before-split.bars.json",
        "real/AMZN.bars.json", "real/BAC.bars.json", "real/GOOG.bars.json",
        "real/IBM.bars.json", "real/META.bars.json", "real/NFLX.bars.json",
        "real/SPY.bars.json", "synthetic-chains/SPY/page-1.json",
        "synthetic-chains/SPY/page-2.json",
        "synthetic-chains/SPY/page-3.json",
        "real-chains/AAPL-2014-06-06/page-1.json",
        "real-chains/AAPL-2014-06-06/page-4.json",
        "real-chains/AAPL-2014-06-06/page-10.json"
    };

    (void) state;

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        json = fin_market_file(files[i], &len);

        if (json == NULL) {
            skip();
        }

        assert_int_equal(compare(fin_tree_bars, json, len)
                         + compare(fin_tree_chain, json, len), 1);

        /* and a byte wrong, somewhere */
        for (k = 0; k < 10; k++) {
            n = fin_random(len);
            json[n] ^= 4;
            (void) compare(i < 9 ? fin_tree_bars : fin_tree_chain, json, len);
            json[n] ^= 4;
        }

        free(json);
    }
}


/* That a difference would be told. */
static void
test_verdict(void **state)
{
    fin_in_error_t  e = { "results", "x" }, f = { "results", "y" };

    (void) state;

    assert_non_null(fin_tree_verdict("{}", 2, FIN_E_SYNTAX, FIN_OK, &e, &e));
    assert_non_null(fin_tree_verdict("{1}", 3, FIN_OK, FIN_OK, &e, &e));
    assert_non_null(fin_tree_verdict("{}", 2, FIN_OK, FIN_E_VALUE, &e, &e));
    assert_non_null(fin_tree_verdict("{}", 2, FIN_E_VALUE, FIN_E_VALUE, &e,
                                     &f));
    assert_null(fin_tree_verdict("{}", 2, FIN_E_VALUE, FIN_E_VALUE, &e, &e));
    assert_null(fin_tree_verdict("{\"a\":01}", 8, FIN_E_SYNTAX, FIN_OK, &e,
                                 &e));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_files)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_chain.h"
#include "fin_in.h"
#include "fin_market_file.h"
#include "fin_time.h"


#define TICKER   "\"ticker\":\"O:AAPL260116C00150000\""
#define DATE     "\"expiration_date\":\"2026-01-16\""
#define STRIKE   "\"strike_price\":150"
#define CALL     "\"contract_type\":\"call\""
#define DETAILS  "\"details\":{" CALL "," DATE "," STRIKE "," TICKER "}"
#define PAGE(c)  "{\"status\":\"OK\",\"results\":[{" DETAILS "},{" c "}]}"
#define IN(d)    PAGE("\"details\":{" d "}")


typedef struct {
    const char    *json;
    fin_status_t   status;
    size_t         n;                   /* contracts added */
    const char    *field;
} row_t;


static const row_t  rows[] = {
    { "{}", FIN_OK, 0, NULL },
    { "{\"results\":[]}", FIN_OK, 0, NULL },
    { "{\"results\":null}", FIN_OK, 0, NULL },
    { "{\"results\":{" DETAILS "}}", FIN_OK, 1, NULL },
    { "{\"results\":7}", FIN_E_SHAPE, 0, "results" },
    { "{\"results\":[7]}", FIN_E_SHAPE, 0, "results[0]" },
    { "{\"status\":\"NOT_AUTHORIZED\"}", FIN_E_NOT_ENTITLED, 0, "status" },
    { "{\"status\":\"ERROR\"}", FIN_E_UPSTREAM, 0, "status" },
    { "{\"results\":[{" DETAILS "}", FIN_E_SYNTAX, 0, NULL },

    { PAGE(DETAILS), FIN_OK, 2, NULL },
    { PAGE("\"Details\":{}"), FIN_E_VALUE, 0, "results[1].details" },
    { PAGE("\"details\":[]"), FIN_E_VALUE, 0, "results[1].details" },

    { IN("\"contract_type\":\"other\""), FIN_OK, 1, NULL },
    { IN("\"contract_type\":\"CALL\"," DATE "," STRIKE "," TICKER), FIN_OK, 1,
      NULL },
    { IN(DATE "," STRIKE "," TICKER), FIN_OK, 1, NULL },

    { IN(CALL "," STRIKE "," TICKER), FIN_E_VALUE, 0,
      "results[1].details.expiration_date" },
    { IN(CALL ",\"expiration_date\":\"2026-02-30\"," STRIKE "," TICKER),
      FIN_E_VALUE, 0, "results[1].details.expiration_date" },
    { IN(CALL ",\"expiration_date\":20260116," STRIKE "," TICKER),
      FIN_E_VALUE, 0, "results[1].details.expiration_date" },
    { IN(CALL "," DATE "," TICKER), FIN_E_VALUE, 0,
      "results[1].details.strike_price" },
    { IN(CALL "," DATE "," TICKER ",\"strike_price\":0"), FIN_E_VALUE, 0,
      "results[1].details.strike_price" },
    { IN(CALL "," DATE "," TICKER ",\"strike_price\":-5"), FIN_E_VALUE, 0,
      "results[1].details.strike_price" },
    { IN(CALL "," DATE "," TICKER ",\"strike_price\":1e999"), FIN_E_VALUE, 0,
      "results[1].details.strike_price" },
    { IN(CALL "," DATE "," TICKER ",\"strike_price\":\"150\""), FIN_E_VALUE,
      0, "results[1].details.strike_price" },

    { IN(CALL "," DATE "," STRIKE), FIN_E_VALUE, 0,
      "results[1].details.ticker" },
    { IN(CALL "," DATE "," STRIKE ",\"ticker\":\"\""), FIN_E_VALUE, 0,
      "results[1].details.ticker" },
    { IN(CALL "," DATE "," STRIKE ",\"ticker\":\"O:A/..\""), FIN_E_VALUE, 0,
      "results[1].details.ticker" },
    { IN(CALL "," DATE "," STRIKE ",\"ticker\":\"O:A B\""), FIN_E_VALUE, 0,
      "results[1].details.ticker" },
    { IN(CALL "," DATE "," STRIKE ",\"ticker\":\"O:\xc3\xa9\""), FIN_E_VALUE,
      0, "results[1].details.ticker" },
    { IN(CALL "," DATE "," STRIKE
         ",\"ticker\":\"O:34567890123456789012345678901\""), FIN_OK, 2,
      NULL },
    { IN(CALL "," DATE "," STRIKE
         ",\"ticker\":\"O:345678901234567890123456789012\""), FIN_E_VALUE, 0,
      "results[1].details.ticker" },

    { "{\"results\":[{" DETAILS "}],\"next_url\":\"\"}", FIN_OK, 1, NULL },
    { "{\"results\":[{" DETAILS "}],\"next_url\":null}", FIN_OK, 1, NULL },
    { "{\"results\":[{" DETAILS "}],\"next_url\":5}", FIN_E_VALUE, 0,
      "next_url" },
    { "{\"results\":[{" DETAILS "}],\"next_url\":\"https://x/?a=1\"}",
      FIN_E_VALUE, 0, "next_url" }
};


static void
test_rows(void **state)
{
    size_t           i, len;
    char            *json, cursor[FIN_CURSOR_MAX + 1];
    fin_chain_t      chain;
    fin_status_t     status;
    fin_in_error_t   err;

    (void) state;

    fin_chain_init(&chain);
    assert_non_null(fin_chain_push(&chain));

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(&err, 0, sizeof(err));
        memset(cursor, 'x', sizeof(cursor));
        len = strlen(rows[i].json);

        json = malloc(len);
        memcpy(json, rows[i].json, len);
        status = fin_in_chain(json, len, &chain, cursor, &err);
        free(json);

        if (status != rows[i].status) {
            print_error("%s: %s %s\n", rows[i].json, err.field, err.text);
        }

        assert_int_equal(status, rows[i].status);
        assert_int_equal(chain.n, 1 + rows[i].n);
        assert_string_equal(cursor, "");

        if (rows[i].field != NULL) {
            assert_string_equal(err.field, rows[i].field);
        }

        chain.n = 1;
    }

    fin_chain_free(&chain);
}


/* The contract of one object with these members beside its details. */
static fin_option_t
contract(const char *members)
{
    char           json[2048], cursor[FIN_CURSOR_MAX + 1];
    fin_chain_t    chain;
    fin_option_t   o;

    fin_chain_init(&chain);
    (void) snprintf(json, sizeof(json), "{\"results\":[{" DETAILS "%s%s}]}",
                    members[0] == '\0' ? "" : ",", members);

    assert_int_equal(fin_in_chain(json, strlen(json), &chain, cursor, NULL),
                     FIN_OK);
    assert_int_equal(chain.n, 1);
    o = chain.opt[0];
    fin_chain_free(&chain);

    return o;
}


static void
test_full(void **state)
{
    fin_option_t  o;

    (void) state;

    o = contract("\"last_quote\":{\"bid\":1.5,\"ask\":1.75,\"Bid\":9},"
                 "\"last_trade\":{\"price\":1.6,"
                 "\"sip_timestamp\":1617216055123456789},"
                 "\"day\":{\"close\":1.7,\"volume\":63,"
                 "\"last_updated\":1617220800000000000},"
                 "\"greeks\":{\"delta\":0.5,\"gamma\":0.1,\"theta\":-0.2,"
                 "\"vega\":0.3},\"implied_volatility\":0.25,"
                 "\"open_interest\":245");

    assert_string_equal(o.ticker, "O:AAPL260116C00150000");
    assert_int_equal(o.type, FIN_CALL);
    assert_int_equal(o.expiration, fin_date_make(2026, 1, 16));
    fin_assert_same(o.strike, 150);
    fin_assert_same(o.shares, 100);
    fin_assert_same(o.bid, 1.5);
    fin_assert_same(o.ask, 1.75);
    fin_assert_same(o.last, 1.6);
    assert_true(o.last_t == 1617216055123);
    fin_assert_same(o.day_close, 1.7);
    assert_true(o.day_t == 1617220800000);
    fin_assert_same(o.volume, 63);
    fin_assert_same(o.open_interest, 245);
    fin_assert_same(o.up_iv, 0.25);
    fin_assert_same(o.up_delta, 0.5);
    fin_assert_same(o.up_gamma, 0.1);
    fin_assert_same(o.up_theta, -0.2);
    fin_assert_same(o.up_vega, 0.3);
}


static void
test_absent(void **state)
{
    size_t        i;
    fin_option_t  o;

    static const char *const  none[] = {
        "",
        "\"greeks\":{},\"day\":{},\"last_quote\":{},\"last_trade\":{}",
        "\"greeks\":null,\"day\":null,\"last_quote\":null,"
        "\"last_trade\":null,\"open_interest\":null,"
        "\"implied_volatility\":null",
        "\"greeks\":[1],\"day\":\"x\",\"last_quote\":1,\"last_trade\":true,"
        "\"open_interest\":\"5\",\"implied_volatility\":\"0.2\"",
        "\"last_quote\":{\"bid\":-1,\"ask\":-0.01},"
        "\"last_trade\":{\"price\":-1,\"sip_timestamp\":-5},"
        "\"day\":{\"close\":0,\"volume\":-1,\"last_updated\":0},"
        "\"open_interest\":-1,\"implied_volatility\":0",
        "\"last_quote\":{\"bid\":1e999,\"ask\":\"1\"},"
        "\"last_trade\":{\"price\":1e999,\"sip_timestamp\":1e300},"
        "\"day\":{\"close\":-1e999,\"volume\":1e999,\"last_updated\":1e999},"
        "\"open_interest\":1e999,\"implied_volatility\":1e999,"
        "\"greeks\":{\"delta\":1e999,\"gamma\":-1e999,\"theta\":null,"
        "\"vega\":\"1\"}",
        "\"last_quote\":{\"bid\":1},\"last_quote\":{}",
        "\"Last_quote\":{\"bid\":1},\"open_Interest\":5,\"DAY\":{\"close\":1}"
    };

    (void) state;

    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        o = contract(none[i]);

        fin_assert_same(o.bid, NAN);
        fin_assert_same(o.ask, NAN);
        fin_assert_same(o.last, NAN);
        assert_true(o.last_t == 0);
        fin_assert_same(o.day_close, NAN);
        assert_true(o.day_t == 0);
        fin_assert_same(o.volume, NAN);
        fin_assert_same(o.open_interest, NAN);
        fin_assert_same(o.up_iv, NAN);
        fin_assert_same(o.up_delta, NAN);
        fin_assert_same(o.up_gamma, NAN);
        fin_assert_same(o.up_theta, NAN);
        fin_assert_same(o.up_vega, NAN);
    }

    o = contract("\"last_quote\":{\"bid\":0,\"ask\":0},\"open_interest\":0,"
                 "\"day\":{\"volume\":0}");
    fin_assert_same(o.bid, 0);
    fin_assert_same(o.ask, 0);
    fin_assert_same(o.open_interest, 0);
    fin_assert_same(o.volume, 0);
}


static void
test_shares(void **state)
{
    size_t        i;
    char          members[256];
    fin_option_t  o;

    static const struct {
        const char  *value;
        double       shares;
    } shares[] = {
        { "100", 100 }, { "15", 15 }, { "null", 100 }, { "0", NAN },
        { "-100", NAN }, { "\"100\"", NAN }, { "1e999", NAN }
    };

    (void) state;

    for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        /* a second details takes the place of the first */
        (void) snprintf(members, sizeof(members),
                        "\"details\":{\"contract_type\":\"put\"," DATE ","
                        STRIKE "," TICKER ",\"shares_per_contract\":%s}",
                        shares[i].value);
        o = contract(members);
        fin_assert_same(o.shares, shares[i].shares);
        assert_int_equal(o.type, FIN_PUT);
    }
}


static void
test_pages(void **state)
{
    int              page;
    char            *json, name[64], cursor[FIN_CURSOR_MAX + 1];
    char             expected[16];
    size_t           len, i, bids, quotes;
    fin_chain_t      chain;
    fin_in_error_t   err;

    (void) state;

    fin_chain_init(&chain);

    for (page = 1; page <= 10; page++) {
        (void) snprintf(name, sizeof(name),
                        "real-chains/AAPL-2014-06-06/page-%d.json", page);
        json = fin_market_file(name, &len);

        if (json == NULL) {
            fin_chain_free(&chain);
            skip();
        }

        assert_int_equal(fin_in_chain(json, len, &chain, cursor, &err),
                         FIN_OK);
        free(json);

        (void) snprintf(expected, sizeof(expected), "page-%d", page + 1);
        assert_string_equal(cursor, page == 10 ? "" : expected);
    }

    assert_int_equal(chain.n, 2352);

    for (i = 0, bids = 0, quotes = 0; i < chain.n; i++) {
        bids += chain.opt[i].bid <= 0;
        quotes += !isnan(chain.opt[i].last);
        fin_assert_same(chain.opt[i].up_delta, NAN);
    }

    assert_int_equal(bids, 157);                /* README of the data */
    assert_int_equal(quotes, 2352 - 1168);

    fin_chain_free(&chain);
}


static void
test_generated(void **state)
{
    char            *json, cursor[FIN_CURSOR_MAX + 1];
    size_t           len, i, greeks;
    fin_chain_t      chain;

    (void) state;

    json = fin_market_file("synthetic-chains/SPY/page-1.json", &len);

    if (json == NULL) {
        skip();
    }

    fin_chain_init(&chain);
    assert_int_equal(fin_in_chain(json, len, &chain, cursor, NULL), FIN_OK);
    assert_int_equal(chain.n, 250);
    free(json);

    for (i = 0, greeks = 0; i < chain.n; i++) {
        greeks += !isnan(chain.opt[i].up_delta);
    }

    assert_true(greeks > 200 && greeks < 250);
    fin_assert_same(chain.opt[0].up_delta, 0.999991023749);
    fin_assert_same(chain.opt[0].up_iv, 0.194526681669);
    assert_true(chain.opt[0].last_t == 1617216055000);

    fin_chain_free(&chain);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_generated)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

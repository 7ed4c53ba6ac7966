#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_chain.h"
#include "fin_request.h"
#include "fin_time.h"


#define TODAY  20482                /* 2026-01-29 */


static void
check(const fin_request_t *req, const char *path, const char *args)
{
    assert_int_equal(req->path_len, strlen(path));
    assert_memory_equal(req->path, path, req->path_len);
    assert_int_equal(req->args_len, strlen(args));
    assert_memory_equal(req->args, args, req->args_len);
}


/* On the heap, so that the sanitizers see its ends. */
static fin_request_t *
request(void)
{
    fin_request_t  *req;

    req = malloc(sizeof(fin_request_t));
    assert_non_null(req);
    memset(req, 0x5a, sizeof(fin_request_t));

    return req;
}


static void
test_addresses(void **state)
{
    fin_request_t  *req = request();

    (void) state;

    fin_request_bars(req, "AAPL", TODAY - 730, TODAY);
    check(req, "/v2/aggs/ticker/AAPL/range/1/day/2024-01-30/2026-01-29",
          "adjusted=true&sort=asc&limit=50000");

    fin_request_chain(req, "AAPL", NULL, "");
    check(req, "/v3/snapshot/options/AAPL", "limit=250");

    fin_request_reference(req, "BRK.B");
    check(req, "/v3/reference/tickers/BRK.B", "");

    fin_request_market(req);
    check(req, "/v1/marketstatus/now", "");

    fin_request_contract(req, "BRK.B", "O:BRKB260116C00500000");
    check(req, "/v3/snapshot/options/BRK.B/O:BRKB260116C00500000", "");

    fin_request_prev(req, "BRK.B");
    check(req, "/v2/aggs/ticker/BRK.B/prev", "adjusted=true");

    fin_request_earnings(req, "IBM", TODAY);
    check(req, "/benzinga/v1/earnings",
          "sort=date.asc&ticker=IBM&date.gte=2026-01-29");

    fin_request_dividends(req, "IBM", TODAY);
    check(req, "/v3/reference/dividends",
          "limit=100&ticker=IBM&ex_dividend_date.gte=2025-01-29");

    free(req);
}


static void
test_parts(void **state)
{
    fin_request_t  *req = request();

    static const fin_part_t  put = { FIN_PUT, TODAY, TODAY + 65, 119.93, 147 };
    static const fin_part_t  call = { FIN_CALL, TODAY + 540, TODAY + 900, 0.01,
                                      0.5 };

    (void) state;

    fin_request_chain(req, "SPY", &put, "");
    check(req, "/v3/snapshot/options/SPY",
          "limit=250&contract_type=put&expiration_date.gte=2026-01-29"
          "&expiration_date.lte=2026-04-04&strike_price.gte=119.93"
          "&strike_price.lte=147");

    fin_request_chain(req, "SPY", &call, "a+b/c==&x y");
    check(req, "/v3/snapshot/options/SPY",
          "limit=250&contract_type=call&expiration_date.gte=2027-07-23"
          "&expiration_date.lte=2028-07-17&strike_price.gte=0.01"
          "&strike_price.lte=0.5&cursor=a%2Bb%2Fc%3D%3D%26x%20y");

    free(req);
}


/* What is sent is what next_url said, whatever the cursor's bytes are. */
static void
test_cursor(void **state)
{
    char            cursor[FIN_CURSOR_MAX + 1], back[FIN_CURSOR_MAX + 1];
    char           *url;
    size_t          i, len;
    fin_request_t  *req = request();

    (void) state;

    for (len = 1; len <= FIN_CURSOR_MAX; len += (len < 100 ? 1 : 71)) {

        for (i = 0; i < len; i++) {
            cursor[i] = (char) (0x20 + (i * 7 + len) % 95);
        }

        cursor[len] = '\0';

        fin_request_chain(req, "A", NULL, cursor);

        url = malloc(req->args_len + 64);
        assert_non_null(url);
        i = (size_t) sprintf(url, "https://example.com/v3/A?%.*s",
                             (int) req->args_len, req->args);

        assert_int_equal(fin_in_cursor(url, i, back), FIN_OK);
        assert_string_equal(back, cursor);

        /* nothing in it ends the argument, or the address */
        assert_null(memchr(req->args, ' ', req->args_len));
        assert_null(memchr(req->args, '#', req->args_len));
        assert_null(memchr(req->args, '?', req->args_len));
        assert_null(memchr(req->args, '+', req->args_len));

        free(url);
    }

    free(req);
}


/* The longest of everything at once has room. */
static void
test_longest(void **state)
{
    char            cursor[FIN_CURSOR_MAX + 1], ticker[FIN_TICKER_MAX + 1];
    char            contract[FIN_CONTRACT_MAX + 1];
    fin_request_t  *req = request();

    static const fin_part_t  part = {
        FIN_CALL, 2932896, 2932896, 1.2345678901234567e-300,
        1.7976931348623157e308
    };

    (void) state;

    memset(cursor, '%', FIN_CURSOR_MAX);
    cursor[FIN_CURSOR_MAX] = '\0';
    memset(ticker, 'W', FIN_TICKER_MAX);
    ticker[FIN_TICKER_MAX] = '\0';

    fin_request_chain(req, ticker, &part, cursor);
    assert_in_range(req->args_len, 3 * FIN_CURSOR_MAX, sizeof(req->args) - 1);
    assert_memory_equal(req->args + req->args_len - 6, "%25%25", 6);

    /* as the compiler cannot see: nothing was written behind */
    assert_true(req->args[sizeof(req->args) - 1] == 0x5a);

    fin_request_bars(req, ticker, 2932896, 2932896);
    assert_in_range(req->path_len, 1, sizeof(req->path) - 1);
    fin_request_reference(req, ticker);
    assert_in_range(req->path_len, 1, sizeof(req->path) - 1);
    memset(contract, 'W', FIN_CONTRACT_MAX);
    contract[FIN_CONTRACT_MAX] = '\0';
    fin_request_contract(req, ticker, contract);
    assert_in_range(req->path_len, 60, sizeof(req->path) - 1);
    fin_request_prev(req, ticker);
    assert_in_range(req->path_len, 1, sizeof(req->path) - 1);
    fin_request_earnings(req, ticker, 2932896);
    assert_in_range(req->args_len, 1, 256);
    fin_request_dividends(req, ticker, 2932896);
    assert_in_range(req->args_len, 1, 256);

    free(req);
}


/* What is answered is read by the readers of bars and chains. */
static void
test_answers(void **state)
{
    char         cursor[FIN_CURSOR_MAX + 1];
    fin_bars_t   bars;
    fin_chain_t  chain;

    static const char  prev[] =
        "{\"ticker\":\"AAPL\",\"queryCount\":1,\"resultsCount\":1,"
        "\"adjusted\":true,\"results\":[{\"T\":\"AAPL\",\"v\":38663610,"
        "\"vw\":213.1500,\"o\":215.67,\"c\":212.40,\"h\":216.62,"
        "\"l\":211.18,\"t\":1773806400000,\"n\":351487}],"
        "\"status\":\"OK\",\"request_id\":\"a\",\"count\":1}";
    static const char  no_prev[] =
        "{\"ticker\":\"NONE\",\"queryCount\":0,\"resultsCount\":0,"
        "\"adjusted\":true,\"status\":\"OK\",\"request_id\":\"a\"}";
    static const char  contract[] =
        "{\"results\":{\"break_even_price\":212.45,\"day\":{\"change\":"
        "-5.15,\"close\":14.95,\"last_updated\":1773864000000000000,"
        "\"volume\":296},\"details\":{\"contract_type\":\"call\","
        "\"exercise_style\":\"american\",\"expiration_date\":"
        "\"2026-03-20\",\"shares_per_contract\":100,\"strike_price\":197.5,"
        "\"ticker\":\"O:AAPL260320C00197500\"},\"greeks\":{\"delta\":0.98},"
        "\"last_quote\":{\"ask\":15.25,\"bid\":14.70},\"open_interest\":"
        "3085},\"status\":\"OK\",\"request_id\":\"a\"}";
    static const char  no_contract[] =
        "{\"status\":\"NOT_FOUND\",\"request_id\":\"a\","
        "\"message\":\"No such options contract.\"}";

    (void) state;

    assert_int_equal(fin_in_bars(prev, strlen(prev), &bars, NULL), FIN_OK);
    assert_int_equal(bars.n, 1);
    fin_assert_same(bars.bar[0].c, 212.40);
    assert_int_equal(fin_ny_date(bars.bar[0].t), 20530);
    fin_bars_free(&bars);

    assert_int_equal(fin_in_bars(no_prev, strlen(no_prev), &bars, NULL),
                     FIN_E_NO_DATA);

    fin_chain_init(&chain);
    assert_int_equal(fin_in_chain(contract, strlen(contract), &chain, cursor,
                                  NULL), FIN_OK);
    assert_int_equal(chain.n, 1);
    assert_string_equal(chain.opt[0].ticker, "O:AAPL260320C00197500");
    fin_assert_same(chain.opt[0].bid, 14.70);
    fin_assert_same(chain.opt[0].strike, 197.5);

    assert_int_equal(fin_in_chain(no_contract, strlen(no_contract), &chain,
                                  cursor, NULL), FIN_E_NOT_FOUND);
    assert_int_equal(chain.n, 1);
    fin_chain_free(&chain);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_cursor),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_answers)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

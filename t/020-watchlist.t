# The watchlist: what is put on it, taken off it, refused, and whose it is.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

# Each owner's own, named by an argument or a header.
our $Owners = FinanceTest::market_config() . <<'END';
location /by-arg/ {
    finance_api;
    finance_market /_market;
    finance_user $arg_user;
}
location /by-header/ {
    finance_api;
    finance_market /_market;
    finance_user $http_x_user;
}
END

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(more_headers => 'Content-Type: application/json')
        if !defined $block->more_headers && !defined $block->raw_request;
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: empty at first
--- request
GET /finance/watchlist
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=0
X-Content-Type-Options: nosniff
ETag: "[0-9a-f]{16}"
--- response_body chomp
[]



=== TEST 2: a ticker is added, once
--- request eval
["POST /finance/watchlist\n{\"ticker\":\"AAPL\"}",
 "GET /finance/watchlist",
 "POST /finance/watchlist\n{\"ticker\":\"AAPL\"}",
 "GET /finance/watchlist"]
--- response_body eval
['{"ticker":"AAPL","status":"added"}',
 '["AAPL"]',
 '{"detail":"Ticker is already on the watchlist"}',
 '["AAPL"]']
--- error_code eval
[200, 200, 409, 200]



=== TEST 3: trimmed and upper-cased
--- request eval
["POST /finance/watchlist\n{\"ticker\":\" \\taapl\\n \"}",
 "POST /finance/watchlist\n{\"ticker\":\"Aapl\"}",
 "POST /finance/watchlist?ticker=%20msft+",
 "DELETE /finance/watchlist/%20aapl",
 "GET /finance/watchlist"]
--- response_body eval
['{"ticker":"AAPL","status":"added"}',
 '{"detail":"Ticker is already on the watchlist"}',
 '{"ticker":"MSFT","status":"added"}',
 '{"ticker":"AAPL","status":"removed"}',
 '["MSFT"]']
--- error_code eval
[200, 409, 200, 200, 200]



=== TEST 4: by the argument, which needs neither body nor content type
--- request eval
["POST /finance/watchlist?ticker=aapl", "POST /finance/watchlist?a=b&ticker=AAPL"]
--- more_headers
X-Nothing: 1
--- response_body eval
['{"ticker":"AAPL","status":"added"}',
 '{"detail":"Ticker is already on the watchlist"}']
--- error_code eval
[200, 409]



=== TEST 5: a body comes before the argument
--- request
POST /finance/watchlist?ticker=MSFT
{"ticker":"AAPL"}
--- response_body chomp
{"ticker":"AAPL","status":"added"}



=== TEST 6: oldest first, whatever the order of letters
--- request eval
["POST /finance/watchlist?ticker=TSLA",
 "POST /finance/watchlist?ticker=KO",
 "POST /finance/watchlist?ticker=AAPL",
 "GET /finance/watchlist",
 "DELETE /finance/watchlist/TSLA",
 "POST /finance/watchlist?ticker=TSLA",
 "GET /finance/watchlist"]
--- response_body eval
[(qr/"added"/) x 3, '["TSLA","KO","AAPL"]', qr/"removed"/, qr/"added"/,
 '["KO","AAPL","TSLA"]']



=== TEST 7: removed once, and what was never there
--- request eval
["POST /finance/watchlist?ticker=AAPL",
 "DELETE /finance/watchlist/AAPL",
 "DELETE /finance/watchlist/AAPL",
 "DELETE /finance/watchlist/NOPE",
 "DELETE /finance/watchlist/A%20B",
 "DELETE /finance/watchlist/",
 "GET /finance/watchlist"]
--- response_body eval
[qr/added/,
 '{"ticker":"AAPL","status":"removed"}',
 '{"detail":"Ticker is not on the watchlist"}',
 '{"detail":"Ticker is not on the watchlist"}',
 '{"detail":"Invalid ticker"}',
 '{"detail":"Not found"}',
 '[]']
--- error_code eval
[200, 200, 404, 404, 400, 404, 200]



=== TEST 8: removing asks the market nothing
--- request
DELETE /finance/watchlist/AAPL
--- response_body_filters eval
calls(qr/./)
--- response_body
{"detail":"Ticker is not on the watchlist"} calls 0
--- error_code: 404



=== TEST 9: malformed tickers never reach the market
--- request eval
[map { "POST /finance/watchlist\n{\"ticker\":\"$_\"}" }
     '', ' ', 'A B', 'A/B', '../x', "\xc3\x84", 'ABCDEFGHIJKLMNOPQ',
     'A?', '1234567890123456789']
--- response_body_filters eval
calls(qr/./)
--- response_body eval
[(qq({"detail":"Invalid ticker"} calls 0\n)) x 9]
--- error_code eval
[(400) x 9]



=== TEST 10: malformed as an argument, too
--- request eval
[map { "POST /finance/watchlist?ticker=$_" }
     '', '+', 'A%20B', '..%2Fx', 'A%00', '%C3%84', 'A' x 100]
--- response_body_filters eval
calls(qr/./)
--- response_body eval
[(qq({"detail":"Invalid ticker"} calls 0\n)) x 7]
--- error_code eval
[(400) x 7]



=== TEST 11: unknown to the market, and no longer traded
--- request eval
["POST /finance/watchlist\n{\"ticker\":\"NOPE\"}",
 "POST /finance/watchlist\n{\"ticker\":\"GONE\"}",
 "POST /finance/watchlist\n{\"ticker\":\"NEW\"}",
 "GET /finance/watchlist"]
--- response_body eval
['{"detail":"Invalid ticker"}',
 '{"detail":"Invalid ticker"}',
 '{"ticker":"NEW","status":"added"}',
 '["NEW"]']
--- error_code eval
[400, 400, 200, 200]



=== TEST 12: the market is asked once about a ticker, unknown or not
--- request eval
["POST /finance/watchlist?ticker=AAPL",
 "DELETE /finance/watchlist/AAPL",
 "POST /finance/watchlist?ticker=AAPL",
 "POST /finance/watchlist?ticker=NOPE",
 "POST /finance/watchlist?ticker=NOPE"]
--- response_body_filters eval
calls('/v3/reference/tickers/AAPL', '/v3/reference/tickers/NOPE', qr/./)
--- response_body_like eval
['added.*calls 1 0 1$', 'calls 1 0 1$', 'added.*calls 1 0 1$', 'calls 1 1 2$',
 'calls 1 1 2$']
--- error_code eval
[200, 200, 200, 400, 400]



=== TEST 13: when the market cannot say, it is not added
--- request eval
["GET /market-control/fault?match=/v3/reference/tickers/AAPL&kind=status&status=500",
 "POST /finance/watchlist?ticker=AAPL",
 "GET /finance/watchlist",
 "GET /market-control/reset",
 "POST /finance/watchlist?ticker=AAPL"]
--- response_body eval
[qr/OK/, '{"detail":"The market answered an error"}', '[]', qr/OK/,
 '{"ticker":"AAPL","status":"added"}']
--- error_code eval
[200, 502, 200, 200, 200]



=== TEST 14: content types
--- request eval
[map { "POST /finance/watchlist\n{\"ticker\":\"$_\"}" } qw(AAPL MSFT KO JPM SPY META)]
--- more_headers eval
["Content-Type: application/json; charset=utf-8",
 "Content-Type: Application/JSON",
 "Content-Type: text/plain",
 "Content-Type: application/jsonp",
 "Content-Type: application/x-www-form-urlencoded",
 "X-None: 1"]
--- response_body eval
[qr/added/, qr/added/,
 ('{"detail":"Content-Type must be application/json"}') x 4]
--- error_code eval
[200, 200, 415, 415, 415, 415]



=== TEST 15: no body
--- request eval
["POST /finance/watchlist", "POST /finance/watchlist?ticker2=AAPL"]
--- response_body eval
[('{"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}') x 2]
--- error_code eval
[422, 422]



=== TEST 16: an empty body of a told length
--- raw_request eval
"POST /finance/watchlist HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
. "Content-Length: 0\r\nConnection: close\r\n\r\n"
--- response_body chomp
{"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}
--- error_code: 422



=== TEST 17: an empty chunked body, with the argument
--- raw_request eval
"POST /finance/watchlist?ticker=ko HTTP/1.1\r\nHost: x\r\n"
. "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
--- response_body chomp
{"ticker":"KO","status":"added"}



=== TEST 18: bodies that are no JSON
--- request eval
[map { "POST /finance/watchlist\n$_" } '{', 'ticker=AAPL', '{"ticker":"AAPL"} x',
 "\x{ff}", '{"ticker":"AAPL",}', "{'ticker':'AAPL'}", 'NaN', '[' x 5000,
 '{"ticker":"A\\u0000B"}']
--- response_body_filters eval
pick(qw(detail.0.type detail.0.loc.0 detail.0.msg detail.@))
--- response_body eval
[(qq("json_invalid" "body" "JSON decode error" 1\n)) x 9]
--- error_code eval
[(422) x 9]



=== TEST 19: JSON of another shape
--- request eval
[map { "POST /finance/watchlist\n$_" } '[]', '"AAPL"', '5', 'true', 'null', '{}',
 '{"ticker":5}', '{"ticker":null}', '{"ticker":["AAPL"]}', '{"Ticker":"AAPL"}']
--- response_body_filters eval
pick(qw(detail.0.type detail.0.loc detail.0.msg detail.0.input))
--- response_body eval
my $object = '"model_attributes_type" ["body"] "Input should be a valid '
             . 'dictionary or object to extract fields from"';
my $string = '"string_type" ["body","ticker"] "Input should be a valid string"';
my $missing = '"missing" ["body","ticker"] "Field required"';
["$object []\n", "$object \"AAPL\"\n", "$object 5\n", "$object true\n",
 "\"missing\" [\"body\"] \"Field required\" null\n", "$missing {}\n",
 "$string 5\n", "$string null\n", "$string [\"AAPL\"]\n",
 "$missing {\"Ticker\":\"AAPL\"}\n"]
--- error_code eval
[(422) x 10]



=== TEST 20: unknown members are ignored, of two the last counts
--- request
POST /finance/watchlist
{"note":{"x":[1,2]},"ticker":"NOPE","ticker":"AAPL","n":null}
--- response_body chomp
{"ticker":"AAPL","status":"added"}



=== TEST 21: over the limit
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_max_body 100;/r
--- request eval
[map { "POST /finance/watchlist\n{\"ticker\":" . ' ' x $_ . '"AAPL"}' } 83, 84]
--- response_body eval
['{"ticker":"AAPL","status":"added"}', '{"detail":"Request body is too large"}']
--- error_code eval
[200, 413]



=== TEST 22: up to the limit in chunks
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_max_body 100;/r
--- raw_request eval
"POST /finance/watchlist HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
. "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n11\r\n{\"ticker\":\"AAPL\"}\r\n"
. "53\r\n" . ' ' x 83 . "\r\n0\r\n\r\n"
--- response_body chomp
{"ticker":"AAPL","status":"added"}



=== TEST 23: over it
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_max_body 100;/r
--- raw_request eval
"POST /finance/watchlist HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
. "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n11\r\n{\"ticker\":\"AAPL\"}\r\n"
. "54\r\n" . ' ' x 84 . "\r\n0\r\n\r\n"
--- response_body chomp
{"detail":"Request body is too large"}
--- error_code: 413



=== TEST 24: over nginx's own limit
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; client_max_body_size 100;/r
--- request eval
["POST /finance/watchlist\n{\"ticker\":" . ' ' x 84 . '"AAPL"}']
--- response_body eval
['{"detail":"Request body is too large"}']
--- response_headers
Content-Type: application/json
--- error_code: 413
--- error_log
client intended to send too large body



=== TEST 25: a body that goes through a temporary file
--- config eval
FinanceTest::market_config()
 =~ s/finance_api;/finance_api; client_body_buffer_size 1k;/r
--- request eval
["POST /finance/watchlist\n{\"ticker\":" . ' ' x 60_000 . '"AAPL"}']
--- response_body eval
['{"ticker":"AAPL","status":"added"}']
--- error_log
a client request body is buffered to a temporary file



=== TEST 26: in a file only, and in pieces that come late
--- config eval
FinanceTest::market_config()
 =~ s/finance_api;/finance_api; client_body_in_file_only clean;/r
--- request eval
[["POST /finance/watchlist\n{\"tick", { value => "er\":\"AA", delay_before => 0.05 },
  { value => "PL\"}", delay_before => 0.05 }]]
--- response_body chomp
{"ticker":"AAPL","status":"added"}



=== TEST 27: a chunked body, in pieces
--- raw_request eval
["POST /finance/watchlist HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
 . "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\n{\"ti\r\n5",
 "\r\ncker\"\r\n8\r\n:\"AAPL\"}\r\n", "0\r\n\r\n"]
--- raw_request_middle_delay: 0.02
--- response_body chomp
{"ticker":"AAPL","status":"added"}



=== TEST 28: HEAD
--- request eval
["GET /finance/watchlist", "HEAD /finance/watchlist"]
--- response_body eval
['[]', '']
--- response_headers eval
["Content-Length: 2", "Content-Length: 2
Content-Type: application/json"]



=== TEST 29: ETag and 304
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "HEAD /finance/watchlist",
 "GET /finance/watchlist", "GET /twice/watchlist",
 "POST /finance/watchlist?ticker=AAPL", "GET /finance/watchlist",
 "GET /twice/watchlist"]
--- more_headers eval
["X-A: 1", "If-None-Match: *", "If-None-Match: *", "If-None-Match: \"other\"",
 "X-A: 1", "X-A: 1", "If-None-Match: \"other\"", "X-A: 1"]
--- response_body eval
['[]', '', '', '[]', '', qr/added/, '["AAPL"]', '']
--- error_code eval
[200, 304, 304, 200, 304, 200, 200, 304]



=== TEST 30: owners do not see each other
--- config eval
$main::Owners
--- request eval
["POST /by-arg/watchlist?user=ann&ticker=AAPL",
 "POST /by-arg/watchlist?user=bob&ticker=AAPL",
 "POST /by-arg/watchlist?user=bob&ticker=KO",
 "GET /by-arg/watchlist?user=ann",
 "GET /by-arg/watchlist?user=bob",
 "DELETE /by-arg/watchlist/KO?user=ann",
 "GET /finance/watchlist",
 "GET /by-arg/watchlist?user=default",
 "GET /by-arg/watchlist?user=Ann"]
--- response_body eval
[(qr/"added"/) x 3, '["AAPL"]', '["AAPL","KO"]',
 '{"detail":"Ticker is not on the watchlist"}', '[]', '[]', '[]']
--- error_code eval
[(200) x 5, 404, (200) x 3]



=== TEST 31: nobody
--- config eval
$main::Owners
--- request eval
["GET /by-arg/watchlist", "GET /by-arg/watchlist?user=",
 "POST /by-arg/watchlist?ticker=AAPL", "DELETE /by-arg/watchlist/AAPL",
 "GET /by-header/watchlist", "GET /by-header/dashboard", "HEAD /by-arg/watchlist"]
--- response_body eval
[('{"detail":"Not authenticated"}') x 6, '']
--- error_code eval
[(401) x 7]



=== TEST 32: by a header; names that would be another key do not become one
--- config eval
$main::Owners
--- request eval
["POST /by-header/watchlist?ticker=AAPL",
 "GET /by-header/watchlist",
 "GET /by-header/watchlist",
 "GET /by-header/watchlist"]
--- more_headers eval
['X-User: ann}:x{', 'X-User: ann', 'X-User: ann}:x{', 'X-User: *']
--- response_body eval
[qr/"added"/, '[]', '["AAPL"]', '[]']



=== TEST 33: a name of unusual length
--- config eval
$main::Owners
--- request eval
["POST /by-arg/watchlist?ticker=AAPL&user=" . 'u' x 256,
 "GET /by-arg/watchlist?user=" . 'u' x 256,
 "GET /by-arg/watchlist?user=" . 'u' x 4000]
--- response_body eval
[qr/"added"/, '["AAPL"]', '{"detail":"Not authenticated"}']
--- error_code eval
[200, 200, 401]



=== TEST 34: the owner's key in Redis is the documented one
--- request eval
["POST /finance/watchlist?ticker=AAPL", "GET /finance/watchlist"]
--- response_body_filters eval
sub { "@{[ $_[0], @{ redis('KEYS', 'finance:*watchlist') },
           @{ redis('ZRANGE', 'finance:{default}:watchlist', 0, -1) } ]}" }
--- response_body eval
['{"ticker":"AAPL","status":"added"} finance:{default}:watchlist AAPL',
 '["AAPL"] finance:{default}:watchlist AAPL']



=== TEST 35: what another program put there is not trusted to be JSON
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, "A\"\n\\B", 2, 'AAPL');
--- request
GET /finance/watchlist
--- response_body chomp
["A\"\n\\B","AAPL"]



=== TEST 36: a key of another type
--- init
redis('SET', 'finance:{default}:watchlist', 'x');
--- request eval
["GET /finance/watchlist", "POST /finance/watchlist?ticker=AAPL",
 "DELETE /finance/watchlist/AAPL", "GET /finance/dashboard"]
--- response_body eval
[('{"detail":"The store is not available"}') x 4]
--- error_code eval
[(503) x 4]



=== TEST 37: two at once add it once
--- config eval
FinanceTest::market_config() . <<'END';
location = /both {
    ssi on;
    ssi_types *;
    alias $TEST_NGINX_HTML_DIR/both.html;
}
location /through/ {
    proxy_method POST;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END
--- user_files
>>> both.html
<!--# include virtual="/through/watchlist?ticker=AAPL" --><!--# include virtual="/through/watchlist?ticker=AAPL" -->
--- request eval
["GET /both", "GET /finance/watchlist"]
--- response_body_filters eval
words(qr/added|already|"AAPL"\]/)
--- response_body eval
['added already', '"AAPL"]']

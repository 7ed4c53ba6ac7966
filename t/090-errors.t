# Errors: all are JSON, also those that nginx raises inside the location, and
# none says where things are.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Fault = '/market-control/fault?match=';

# The location with more directives in it.
sub api_with {
    my ($directives) = @_;

    return FinanceTest::market_config()
           =~ s/finance_api;/finance_api;\n    $directives\n/r;
}

{
    no warnings 'once';

    *Test::Base::Filter::api_with = \&api_with;
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: no such thing
--- request eval
[map { "GET /finance/$_" } '', 'nothing', 'stocks', 'stocks/', 'stocks/A/B', 'Dashboard',
 'dashboard/', 'watchlist/', 'stocks/AAPL/', '%64ashboards', 'stocks/AAPL/bars/x']
--- response_body eval
[('{"detail":"Not found"}') x 11]
--- error_code eval
[(404) x 11]
--- response_headers eval
[("Content-Type: application/json
Content-Length: 22
Cache-Control: no-store
X-Content-Type-Options: nosniff
! ETag") x 11]



=== TEST 2: paths that nginx makes straight first
--- request eval
[map { "GET /finance/$_" } './dashboard?tickers=', 'x/../dashboard?tickers=', '/dashboard?tickers=',
 '%64ashboard?tickers=']
--- response_body_filters eval
pick('stocks')
--- response_body eval
[("[]\n") x 4]



=== TEST 3: another method
--- request eval
["POST /finance/dashboard\n{}", "DELETE /finance/dashboard", "PUT /finance/stocks/AAPL\nx",
 "PATCH /finance/watchlist\nx", "OPTIONS /finance/watchlist", "GET /finance/watchlist/AAPL",
 "POST /finance/watchlist/AAPL\nx", "DELETE /finance/watchlist", "POST /finance/stocks/A%20B/bars\n"]
--- response_body eval
[('{"detail":"Method not allowed"}') x 9]
--- error_code eval
[(405) x 9]
--- response_headers eval
["Allow: GET, HEAD", "Allow: GET, HEAD", "Allow: GET, HEAD", "Allow: GET, HEAD, POST",
 "Allow: GET, HEAD, POST", "Allow: DELETE", "Allow: DELETE", "Allow: GET, HEAD, POST",
 "Allow: GET, HEAD"]



=== TEST 4: a method that nobody knows
--- raw_request eval
"BREW /finance/dashboard HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
--- response_body chomp
{"detail":"Method not allowed"}
--- error_code: 405
--- response_headers
Allow: GET, HEAD



=== TEST 5: HEAD of an error
--- request eval
["HEAD /finance/nothing", "HEAD /finance/stocks/A%20B", "HEAD /finance/watchlist/AAPL"]
--- response_body eval
['', '', '']
--- response_headers eval
["Content-Length: 22
Content-Type: application/json", "Content-Length: 27", "Content-Length: 31
Allow: DELETE"]
--- error_code eval
[404, 400, 405]



=== TEST 6: deny
--- config eval
api_with('deny all;')
--- request eval
["GET /finance/watchlist", "HEAD /finance/watchlist", "POST /finance/watchlist\n{\"ticker\":\"KO\"}"]
--- response_body eval
['{"detail":"Forbidden"}', '', '{"detail":"Forbidden"}']
--- error_code eval
[403, 403, 403]
--- response_headers eval
[("Content-Type: application/json
Content-Length: 22") x 3]
--- error_log
access forbidden by rule



=== TEST 7: auth_basic
--- config eval
api_with('auth_basic "the market"; auth_basic_user_file $TEST_NGINX_HTML_DIR/users;')
--- user_files
>>> users
joe:{PLAIN}secret
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- more_headers eval
["X-A: 1", "Authorization: Basic am9lOnNlY3JldA==", "Authorization: Basic am9lOnNlY3JlZA=="]
--- response_body eval
['{"detail":"Not authenticated"}', '[]', '{"detail":"Not authenticated"}']
--- response_headers eval
['WWW-Authenticate: Basic realm="the market"
Content-Type: application/json', '! WWW-Authenticate', 'WWW-Authenticate: Basic realm="the market"']
--- error_code eval
[401, 200, 401]



=== TEST 8: finance_user of auth_basic: each his own
--- config eval
api_with('auth_basic "the market"; auth_basic_user_file $TEST_NGINX_HTML_DIR/users; finance_user $remote_user;')
--- user_files
>>> users
joe:{PLAIN}secret
ann:{PLAIN}secret
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/watchlist", "GET /finance/watchlist"]
--- more_headers eval
["Authorization: Basic am9lOnNlY3JldA==", "Authorization: Basic am9lOnNlY3JldA==",
 "Authorization: Basic YW5uOnNlY3JldA=="]
--- response_body eval
[qr/added/, '["KO"]', '[]']



=== TEST 9: limit_req
--- http_config
    limit_req_zone $server_name zone=one:1m rate=1r/m;
--- config eval
api_with('limit_req zone=one; limit_req_status 429;')
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "HEAD /finance/watchlist"]
--- response_body eval
['[]', '{"detail":"Too many requests"}', '']
--- error_code eval
[200, 429, 429]
--- response_headers eval
[("Content-Type: application/json") x 3]



=== TEST 10: limit_conn with nginx's own status
--- http_config
    limit_conn_zone $server_name zone=c:1m;
--- config eval
api_with('limit_conn c 1; finance_cache stock=0;') . <<'END'
location = /two {
    ssi on;
    ssi_types *;
    alias $TEST_NGINX_HTML_DIR/two.html;
}
location /through/ { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/; }
END
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300);
--- user_files
>>> two.html
<!--# include virtual="/through/stocks/KO/bars?days=1" --><!--# include virtual="/through/watchlist" -->
--- request
GET /two
--- response_body_like
"ticker":"KO".*\{"detail":"Service unavailable"\}



=== TEST 11: return within an if, with known and unknown statuses
--- config eval
api_with('if ($arg_no = 3) { return 403; } if ($arg_no = 10) { return 410; } if ($arg_no = 18) { return 418; }')
--- request eval
["GET /finance/watchlist?no=3", "GET /finance/watchlist", "GET /finance/watchlist?no=10",
 "GET /finance/watchlist?no=18", "HEAD /finance/watchlist?no=18"]
--- response_body_like eval
['^\{"detail":"Forbidden"\}$', '^\[\]$', '^\{"detail":"\w+"\}$', '^\{"detail":"\w+"\}$', '^$']
--- error_code eval
[403, 200, 410, 418, 418]
--- response_headers eval
[("Content-Type: application/json") x 5]



=== TEST 12: an if that does something else changes nothing
--- config eval
api_with('if ($arg_a) { add_header X-A $arg_a; }')
--- request eval
["GET /finance/watchlist?a=yes", "POST /finance/watchlist?a=yes&ticker=KO",
 "GET /finance/nothing?a=yes"]
--- response_body eval
['[]', '{"ticker":"KO","status":"added"}', '{"detail":"Not found"}']
--- error_code eval
[200, 200, 404]
--- response_headers eval
["X-A: yes", "X-A: yes", "! X-A"]



=== TEST 13: limit_except: who may write
--- config eval
api_with('limit_except GET { deny all; }') . <<'END'
location /open/ {
    finance_api;
    finance_market /_market;
    limit_except GET { allow 127.0.0.1; deny all; }
}
END
--- request eval
["GET /finance/watchlist", "POST /finance/watchlist?ticker=KO", "POST /open/watchlist?ticker=KO",
 "GET /open/watchlist", "DELETE /finance/watchlist/KO", "DELETE /open/watchlist/KO"]
--- response_body eval
['[]', '{"detail":"Forbidden"}', '{"ticker":"KO","status":"added"}', '["KO"]',
 '{"detail":"Forbidden"}', '{"ticker":"KO","status":"removed"}']
--- error_code eval
[200, 403, 200, 200, 403, 200]



=== TEST 14: an if with a handler of its own
--- config eval
api_with('if ($arg_a) { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT; }') . <<'END'
location /finance/other { return 200 "other\n"; }
END
--- request
GET /finance/other?a=1
--- response_body
other



=== TEST 15: an operator's own error page stays his
--- config eval
api_with('deny all; error_page 403 /denied.html;') . <<'END'
location = /denied.html { return 200 "my own\n"; }
END
--- request
GET /finance/watchlist
--- response_body
my own
--- error_code: 403



=== TEST 16: an error page for our own statuses does not take their place
--- config eval
api_with('error_page 404 405 500 502 503 504 /mine.html;') . <<'END'
location = /mine.html { return 200 "mine\n"; }
END
--- request eval
["GET /finance/nothing", "DELETE /finance/dashboard"]
--- response_body eval
['{"detail":"Not found"}', '{"detail":"Method not allowed"}']
--- error_code eval
[404, 405]



=== TEST 17: auth_request
--- config eval
api_with('auth_request /auth;') . <<'END'
location = /auth { internal; return 401; }
END
--- request
GET /finance/watchlist
--- response_body chomp
{"detail":"Not authenticated"}
--- error_code: 401
--- response_headers
Content-Type: application/json



=== TEST 18: outside of the location nginx's pages stay
--- request
GET /elsewhere
--- response_body_like: <html>
--- error_code: 404
--- response_headers
Content-Type: text/html



=== TEST 19: the location itself without its slash
--- request
GET /finance
--- error_code: 301
--- response_headers_like
Location: http://.*/finance/



=== TEST 20: no answer says where the market, its key or Redis are
--- config
    location /_market/ {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/;
        proxy_set_header Authorization "Bearer verysecretkey";
    }
    location /market-control/ {
        proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/_control/;
    }
    location /finance/ { finance_api; finance_market /_market; finance_timeout 300ms; finance_retry 1; }
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=200ms retry=50ms;
--- init
my @kinds = qw(status hang reset close html truncate garbage_json status_line);
market_fault(match => '/v2/aggs/ticker/', kind => $_, times => 1) for @kinds;
market_fault(match => '/v3/reference', kind => 'reset');
--- request eval
[(map { "GET /finance/stocks/KO/bars" } 1 .. 8), "POST /finance/watchlist?ticker=KO",
 "GET /finance/dashboard", "GET /finance/watchlist", "GET /finance/health"]
--- response_body_filters eval
my $clean = sub { $_[0] =~ m{secret|127\.|:\d{4,}|\.sock|_market|/v[123]/|unix:|http:}i
                  ? "leaks: $_[0]" : "clean\n" };
[([$clean]) x 8, [$clean, then(sub { redis_stop() })], ([$clean]) x 3]
--- response_body eval
[("clean\n") x 12]
--- error_code_like eval
[('^50[24]$') x 9, ('^503$') x 3]
--- raw_response_headers_unlike eval
[('secret|127\.|_market|\.sock') x 12]



=== TEST 21: the market's headers stay where they are
--- config eval
FinanceTest::market_config()
--- request
GET /finance/stocks/KO
--- raw_response_headers_unlike: X-Request-Id|Set-Cookie|X-Sample|request_id
--- response_body_unlike: request_id|api\.massive|next_url



=== TEST 22: requests that are no HTTP get nginx's own answer
--- raw_request eval
"GET /finance/watchlist HTTP/1.1\r\nConnection: close\r\n\r\n"
--- response_body_like: 400 Bad Request
--- error_code: 400



=== TEST 23: arguments that are no UTF-8, too long, broken
--- request eval
["GET /finance/dashboard?force_refresh=%ff", "GET /finance/dashboard?force_refresh=%",
 "GET /finance/dashboard?force_refresh=%zz", "GET /finance/dashboard?" . 'a=b&' x 1500,
 "GET /finance/dashboard?force_refresh=" . 'x' x 6000, "GET /finance/dashboard?&&=&=x&",
 "GET /finance/dashboard?force_refresh=<script>"]
--- response_body_filters eval
[map { [pick(qw(detail.0.type stocks))] } 1 .. 7]
--- response_body_like eval
['^"bool_parsing" missing$', '^"bool_parsing" missing$', '^"bool_parsing" missing$',
 '^missing \[\]$', '^"\w+" missing$', '^missing \[\]$', '^"bool_parsing" missing$']
--- error_code eval
[422, 422, 422, 200, 422, 200, 422]



=== TEST 24: range requests get the whole, or what was asked for
--- request
GET /finance/watchlist
--- more_headers
Range: bytes=0-0
--- response_body chomp
[]



=== TEST 25: what else is in front: gzip, and a filter's charset
--- config eval
api_with('gzip on; gzip_types application/json; gzip_min_length 10; charset utf-8; charset_types application/json;')
--- request eval
["GET /finance/stocks/KO", "GET /finance/nothing"]
--- more_headers eval
["Accept-Encoding: gzip", "X-A: 1"]
--- response_body_filters eval
[[sub { CORE::substr($_[0], 0, 2) eq "\x1f\x8b" ? "gzip\n" : $_[0] }], [sub { "$_[0]\n" }]]
--- response_body eval
["gzip\n", qq({"detail":"Not found"}\n)]
--- error_code eval
[200, 404]
--- response_headers_like eval
["Content-Encoding: gzip
Content-Type: application/json; charset=utf-8", "Content-Type: application/json; charset=utf-8"]



=== TEST 26: an error that nginx raises, with gzip and sub_filter
--- config eval
api_with('gzip on; gzip_types *; gzip_min_length 1; deny all;')
--- request
GET /finance/stocks/KO
--- more_headers
Accept-Encoding: gzip
--- response_body_filters eval
sub { require IO::Uncompress::Gunzip; my ($in, $out) = ($_[0]);
      CORE::substr($in, 0, 2) eq "\x1f\x8b"
      ? do { IO::Uncompress::Gunzip::gunzip(\$in, \$out); $out } : $in }
--- response_body chomp
{"detail":"Forbidden"}
--- error_code: 403

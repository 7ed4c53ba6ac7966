# finance_page: the web page at the location's root, and its files.
use strict;
use warnings;

use FinanceTest;
use Test::Nginx::Socket 'no_plan';

our $Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    . "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

# the answer's second visit carries the ETag of the first: see twice_config()
our $Locations = <<'END';
location /finance {
    finance_api;
    finance_user $http_x_user;
    finance_market /_market;
}
location /off/ {
    finance_api;
    finance_page off;
    finance_market /_market;
}
location = /tag {
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/js/api.js;
    proxy_set_header If-None-Match $arg_tag;
}
END

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the page is served at the root, as HTML with a strict policy
--- request
GET /finance/
--- response_headers eval
"Content-Type: text/html; charset=utf-8
X-Content-Type-Options: nosniff
Cache-Control: no-cache
Referrer-Policy: no-referrer
Content-Security-Policy: $::Policy"
--- response_body_like
(?s)^<!doctype html>.*src="js/app\.js".*</html>$



=== TEST 2: it names nothing of another site, and no address from the root
--- request
GET /finance/
--- response_body_unlike
(?:src|href)="(?:/|https?://(?!www\.tradingview\.com/"))



=== TEST 3: its files have their types
--- request eval
["GET /finance/app.css", "GET /finance/js/app.js", "GET /finance/icon.svg"]
--- response_headers eval
["Content-Type: text/css; charset=utf-8", "Content-Type: text/javascript; charset=utf-8",
 "Content-Type: image/svg+xml; charset=utf-8"]
--- response_body_like eval
[qr/--ground/, qr/^import /m, qr/^<svg /]



=== TEST 4: an ETag, quoted, of the content
--- request
GET /finance/js/api.js
--- response_headers_like
ETag: "\d+-\d+"



=== TEST 5: who has it gets a 304, with the policy
--- request
GET /finance/js/api.js
--- more_headers
If-None-Match: *
--- error_code: 304
--- response_headers
Cache-Control: no-cache
--- response_body:



=== TEST 6: another ETag is not enough
--- request
GET /finance/js/api.js
--- more_headers
If-None-Match: "1-1"
--- response_body_like
^// Requests



=== TEST 7: HEAD
--- request
HEAD /finance/
--- response_headers
Content-Type: text/html; charset=utf-8
--- response_headers_like
Content-Length: [1-9]\d{3,}
--- response_body:



=== TEST 8: to write is refused
--- request eval
["POST /finance/", "DELETE /finance/js/app.js", "PUT /finance/app.css"]
--- error_code eval
[405, 405, 405]
--- response_headers eval
[("Allow: GET, HEAD") x 3]
--- response_body eval
[('{"detail":"Method not allowed"}') x 3]



=== TEST 9: no such file
--- request eval
["GET /finance/js/none.js", "GET /finance/js/", "GET /finance/js", "GET /finance/index.html",
 "GET /finance/vendor/../../etc/passwd", "GET /finance/APP.css"]
--- error_code eval
[404, 404, 404, 404, 404, 404]
--- response_body_like eval
[(qr/Not found|404/) x 6]



=== TEST 10: off: there is nothing, and the API is as it was
--- request eval
["GET /off/", "GET /off/app.css", "GET /off/watchlist"]
--- config eval
$::Locations . market_config()
--- error_code eval
[404, 404, 200]
--- response_body eval
['{"detail":"Not found"}', '{"detail":"Not found"}', "[]"]



=== TEST 11: nobody needs to be signed in for the page, but for what it shows
--- config eval
$::Locations . market_config()
--- request eval
["GET /finance/", "GET /finance/js/app.js", "GET /finance/dashboard"]
--- error_code eval
[200, 200, 401]
--- response_body_like eval
[qr/^<!doctype/, qr/^import /m, qr/^\{"detail":"Not authenticated"\}$/]



=== TEST 12: without its slash it is redirected, by a relative address
--- config eval
$::Locations . market_config()
--- request eval
["GET /finance", "GET /finance?a=b", "HEAD /finance"]
--- error_code eval
[301, 301, 301]
--- response_headers eval
["Location: ./finance/", "Location: ./finance/?a=b", "Location: ./finance/"]
--- response_body eval
["", "", ""]



=== TEST 13: with its slash it is the page, in a location that has none
--- config eval
$::Locations . market_config()
--- request
GET /finance/
--- response_body_like
^<!doctype html>



=== TEST 14: compressed where nginx compresses, with a weak ETag
--- config eval
"gzip on; gzip_types text/css;\n" . market_config()
--- request
GET /finance/app.css
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
--- response_headers_like
ETag: W/"\d+-\d+"



=== TEST 15: nginx -t refuses what is neither on nor off
--- config eval
"finance_page perhaps;\n" . market_config()
--- must_die
--- error_log
invalid value "perhaps" in "finance_page" directive, it must be "on" or "off"

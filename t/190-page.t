# finance_page: the web page at the location's root, and its files.
use strict;
use warnings;

use FinanceTest;
use Test::Nginx::Socket 'no_plan';

our $Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    . "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

our $Locations = <<'END';
location /bare {
    finance_api;
    finance_user $http_x_user;
    finance_market /_market;
}
location /off/ {
    finance_api;
    finance_page off;
    finance_market /_market;
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
Cache-Control: private, max-age=0
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
ETag: "[0-9a-f]{16}"



=== TEST 5: who has it gets a 304
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /twice/js/api.js", "GET /twice/"]
--- error_code eval
[304, 304]
--- response_headers eval
[("Cache-Control: private, max-age=0") x 2]
--- response_body eval
["", ""]



=== TEST 6: another ETag is not enough
--- request
GET /finance/js/api.js
--- more_headers
If-None-Match: "0123456789abcdef"
--- response_body_like
^// Requests.*



=== TEST 7: HEAD
--- request
HEAD /finance/
--- response_headers_like
Content-Type: text/html; charset=utf-8
Content-Length: [1-9]\d{3,}
--- response_body eval
""



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
["GET /bare/", "GET /bare/js/app.js", "GET /bare/dashboard"]
--- error_code eval
[200, 200, 401]
--- response_body_like eval
[qr/^<!doctype/, qr/^import /m, qr/^\{"detail":"Not authenticated"\}$/]



=== TEST 12: without its slash it is redirected, by a relative address
--- config eval
$::Locations . market_config()
--- request eval
["GET /bare", "GET /bare?a=b", "HEAD /bare"]
--- error_code eval
[301, 301, 301]
--- response_headers eval
["Location: ./bare/", "Location: ./bare/?a=b", "Location: ./bare/"]
--- response_body eval
["", "", ""]



=== TEST 13: with its slash it is the page, in a location that has none
--- config eval
$::Locations . market_config()
--- request
GET /bare/
--- response_body_like
^<!doctype html>



=== TEST 14: compressed where nginx compresses, with a weak ETag
--- config eval
"gzip on; gzip_types text/css;\n" . market_config()
--- request
GET /finance/app.css
--- more_headers
Accept-Encoding: gzip
--- response_headers_like
Content-Encoding: gzip
ETag: W/"[0-9a-f]{16}"



=== TEST 15: nginx -t refuses what is neither on nor off
--- config eval
"finance_page perhaps;\n" . market_config()
--- must_die
--- error_log
invalid value "perhaps" in "finance_page" directive, it must be "on" or "off"
--- suppress_stderr

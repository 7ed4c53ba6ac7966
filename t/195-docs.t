# openapi.json, and docs, the page that renders it.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Location = "location /finance/ {\n    finance_api;\n"
                . "    finance_market /_market;\n";
our %File = map { ($_ => contents("src/docs/$_")) }
            qw(openapi.json docs.html docs.css docs.js);

sub contents {
    my ($path) = @_;

    open my $in, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the document is that of the sources
--- request
GET /finance/openapi.json
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=0
X-Content-Type-Options: nosniff
ETag: "[0-9a-f]{16}"
--- response_body eval
CORE::join '', map { s/^ *//r } split /\n/, $::File{'openapi.json'}



=== TEST 2: the page, which may load its own files only
--- request
GET /finance/docs
--- response_headers
Content-Type: text/html; charset=utf-8
Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
Cache-Control: private, max-age=0
Referrer-Policy: no-referrer
X-Content-Type-Options: nosniff
--- response_body eval
$::File{'docs.html'}



=== TEST 3: its script
--- request
GET /finance/docs/docs.js
--- response_headers
Content-Type: text/javascript; charset=utf-8
--- response_body eval
$::File{'docs.js'}



=== TEST 4: its style sheet
--- request
GET /finance/docs/docs.css
--- response_headers
Content-Type: text/css; charset=utf-8
--- response_body eval
$::File{'docs.css'}



=== TEST 5: no other file
--- request eval
["GET /finance/docs/docs.html", "GET /finance/docs/docs.jsx",
 "GET /finance/docs/docs.j", "GET /finance/docs/", "GET /finance/docs/a/b",
 "GET /finance/openapi.jso"]
--- response_body eval
[('{"detail":"Not found"}') x 6]
--- error_code eval
[(404) x 6]



=== TEST 6: nobody needs to be asking; elsewhere somebody
--- config eval
"$::Location    finance_user \$http_x_user;\n}\n"
--- request eval
["GET /finance/openapi.json", "GET /finance/docs", "GET /finance/docs/docs.js",
 "GET /finance/watchlist"]
--- error_code eval
[200, 200, 200, 401]



=== TEST 7: below any location
--- config
location /a/b {
    finance_api;
    finance_market /_market;
}
--- request eval
["GET /a/b/openapi.json", "GET /a/b/docs", "GET /a/b/docs/docs.css",
 "GET /a/bdocs"]
--- error_code eval
[200, 200, 200, 404]



=== TEST 8: only to be read
--- request eval
["POST /finance/openapi.json\n{}", "PUT /finance/docs\n{}",
 "DELETE /finance/docs/docs.js"]
--- response_headers eval
["Allow: GET, HEAD", "Allow: GET, HEAD", "Allow: GET, HEAD"]
--- response_body eval
[('{"detail":"Method not allowed"}') x 3]
--- error_code eval
[405, 405, 405]



=== TEST 9: not again what is known
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /twice/openapi.json", "GET /twice/docs", "GET /twice/docs/docs.css",
 "GET /twice/docs/docs.js"]
--- response_body eval
["", "", "", ""]
--- error_code eval
[304, 304, 304, 304]



=== TEST 10: another ETag
--- request
GET /finance/docs/docs.css
--- more_headers
If-None-Match: "0123456789abcdef"
--- response_body eval
$::File{'docs.css'}



=== TEST 11: compressed where nginx is told so
--- config eval
"$::Location    gzip on;\n    gzip_types application/json text/javascript;\n}\n"
--- request eval
["GET /finance/openapi.json", "GET /finance/docs/docs.js"]
--- more_headers
Accept-Encoding: gzip
--- response_headers eval
["Content-Encoding: gzip", "Content-Encoding: gzip"]



=== TEST 12: the store is away
--- http_config
finance_redis unix:/nonexistent/redis.sock;
--- request eval
["GET /finance/openapi.json", "GET /finance/docs"]
--- error_code eval
[200, 200]

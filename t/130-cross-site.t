# Requests of pages of other sites: refused, unless finance_cors names their
# origin; and what may stand in finance_cors.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

# The location with more directives in it.
sub api_with {
    my ($directives) = @_;

    return FinanceTest::market_config()
           =~ s/finance_api;/finance_api;\n    $directives\n/r;
}

sub cors_with { api_with('finance_cors https://app.example http://[::1]:3000; ' . join ' ', @_) }

# Expected headers: of an answer to an origin that is allowed, of one to
# another, and where there is no finance_cors.
sub allowed {
    my $origin = $_[0] // 'https://app.example';

    return "Vary: Origin
Access-Control-Allow-Origin: $origin
Access-Control-Allow-Credentials: true
Access-Control-Expose-Headers: "
       . "ETag, Finance-Complete, Location, RateLimit, RateLimit-Policy, Retry-After\n";
}

sub unnamed {
    return "! Access-Control-Allow-Origin
! Access-Control-Allow-Credentials
! Access-Control-Expose-Headers
! Access-Control-Allow-Methods
! Access-Control-Allow-Headers
! Access-Control-Max-Age\n";
}

sub varied { "Vary: Origin\n" . unnamed() }

sub untouched { "! Vary\n" . unnamed() }

# Nothing is on the watchlist: who gets through to it is told so.
sub passed { '{"detail":"Ticker is not on the watchlist"}' }

sub cross { '{"detail":"Cross-site request refused"}' }

# What nginx says of a directive, with where it stands.
sub refused {
    my ($what) = @_;

    return [qr/\[emerg\] .*$what.* in \S+nginx\.conf:\d+$/];
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(api_with cors_with allowed varied untouched passed cross refused);
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: clients that say nothing of where they come from
--- request eval
["POST /finance/watchlist?ticker=KO", "DELETE /finance/watchlist/KO", "DELETE /finance/watchlist/KO"]
--- response_body eval
['{"ticker":"KO","status":"added"}', '{"ticker":"KO","status":"removed"}', passed()]
--- error_code eval
[200, 200, 404]
--- response_headers eval
[(untouched()) x 3]
--- no_error_log
refused



=== TEST 2: Sec-Fetch-Site
--- request eval
[("DELETE /finance/watchlist/KO") x 8]
--- more_headers eval
[map { "Sec-Fetch-Site: $_" } 'same-origin', 'none', 'cross-site', 'same-site', '', 'Same-Origin',
 'none, cross-site', 'same-originx']
--- response_body eval
[(passed()) x 2, (cross()) x 6]
--- error_code eval
[404, 404, (403) x 6]
--- response_headers eval
[(untouched()) x 8]



=== TEST 3: Sec-Fetch-Site twice
--- request
DELETE /finance/watchlist/KO
--- more_headers
Sec-Fetch-Site: none
Sec-Fetch-Site: none
--- response_body eval
cross()
--- error_code: 403
--- error_log
cross-site request refused: several Sec-Fetch-Site, first: "none"



=== TEST 4: an origin that is the host
--- request eval
[("DELETE /finance/watchlist/KO") x 12]
--- more_headers eval
["Host: api.example\nOrigin: http://api.example", "Host: api.example\nOrigin: https://api.example",
 "Host: API.example\nOrigin: http://api.EXAMPLE", "Host: api.example:8080\nOrigin: http://api.example:8080",
 "Host: api.example:8080\nOrigin: https://api.example:8080",
 "Host: api.example:80\nOrigin: http://api.example", "Host: api.example:443\nOrigin: https://api.example",
 "Host: api.example\nOrigin: http://api.example:80", "Host: api.example\nOrigin: https://api.example:443",
 "Host: [::1]:8080\nOrigin: http://[::1]:8080", "Host: 127.0.0.1\nOrigin: http://127.0.0.1",
 "Host: api.example\nOrigin: https://api.example\nSec-Fetch-Site: same-origin"]
--- response_body eval
[(passed()) x 12]
--- error_code eval
[(404) x 12]



=== TEST 5: one that is not
--- request eval
[("DELETE /finance/watchlist/KO") x 12]
--- more_headers eval
["Host: api.example\nOrigin: http://evil.example", "Host: api.example\nOrigin: http://example",
 "Host: api.example\nOrigin: http://api.example.evil", "Host: api.example\nOrigin: http://xapi.example",
 "Host: api.example\nOrigin: http://api.example:8080", "Host: api.example:8080\nOrigin: http://api.example",
 "Host: api.example:443\nOrigin: http://api.example", "Host: api.example:80\nOrigin: https://api.example",
 "Host: api.example\nOrigin: http://api.example.", "Host: [::1]\nOrigin: http://[::2]",
 "Host: api.example\nOrigin: http://evil.example\nSec-Fetch-Site: same-origin",
 "Host: api.example\nOrigin: http://api.example\nSec-Fetch-Site: cross-site"]
--- response_body eval
[(cross()) x 12]
--- error_code eval
[(403) x 12]



=== TEST 6: one that is none
--- request eval
[("DELETE /finance/watchlist/KO") x 10]
--- more_headers eval
[map { "Host: api.example\nOrigin: $_" } 'null', '', 'api.example', 'http://api.example/',
 'http://joe@api.example', 'http://api.example http://api.example', 'ftp://api.example', '*',
 'http://', 'http://api.example' . 'e' x 300]
--- response_body eval
[(cross()) x 10]
--- error_code eval
[(403) x 10]



=== TEST 7: two of them, though both are the host
--- request
DELETE /finance/watchlist/KO
--- more_headers
Host: api.example
Origin: http://api.example
Origin: http://api.example
--- response_body eval
cross()
--- error_code: 403
--- error_log
cross-site request refused: several Origin, first: "http://api.example"



=== TEST 8: the log says why: the site
--- request
DELETE /finance/watchlist/KO
--- more_headers
Sec-Fetch-Site: cross-site
--- error_code: 403
--- error_log eval
qr/\[info\] .*finance: cross-site request refused: Sec-Fetch-Site: "cross-site", client: /



=== TEST 9: the log says why: another host
--- request
DELETE /finance/watchlist/KO
--- more_headers
Origin: http://evil.example
--- error_code: 403
--- error_log eval
qr/\[info\] .*refused: Origin is not the host: "http:\/\/evil\.example", client: .* host: "localhost"/



=== TEST 10: the log says why: no origin, cut where it is long
--- request eval
'DELETE /finance/watchlist/KO'
--- more_headers eval
"Origin: " . 'y' x 1000
--- error_code: 403
--- error_log eval
qr/\[info\] .*refused: Origin is none: "y{128}", client: /



=== TEST 11: without a host there is no origin that is it
--- raw_request eval
"DELETE /finance/watchlist/KO HTTP/1.0\r\nOrigin: http://localhost\r\n\r\n"
--- response_body eval
cross()
--- error_code: 403



=== TEST 12: without a host and an origin
--- raw_request eval
"DELETE /finance/watchlist/KO HTTP/1.0\r\n\r\n"
--- response_body eval
passed()
--- error_code: 404



=== TEST 13: a host in the request line is not looked at
--- raw_request eval
"DELETE http://api.example/finance/watchlist/KO HTTP/1.1\r\nHost: other.example\r\n"
. "Connection: close\r\nOrigin: http://api.example\r\n\r\n"
--- response_body eval
cross()
--- error_code: 403



=== TEST 14: reading is never refused
--- request eval
["GET /finance/watchlist", "HEAD /finance/watchlist", "GET /finance/watchlist", "HEAD /finance/watchlist",
 "OPTIONS /finance/watchlist"]
--- more_headers eval
["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: cross-site", "Origin: http://evil.example", "Origin: null",
 "Origin: http://evil.example\nAccess-Control-Request-Method: POST"]
--- response_body eval
['[]', '', '[]', '', '{"detail":"Method not allowed"}']
--- error_code eval
[200, 200, 200, 200, 405]
--- response_headers eval
[(untouched()) x 4, untouched() . 'Allow: GET, HEAD, POST']



=== TEST 15: a path that is none, and a method that is not its own, come first
--- request eval
["POST /finance/nothing\nx", "DELETE /finance/dashboard", "PATCH /finance/watchlist\nx"]
--- more_headers
Sec-Fetch-Site: cross-site
--- response_body eval
['{"detail":"Not found"}', ('{"detail":"Method not allowed"}') x 2]
--- error_code eval
[404, 405, 405]



=== TEST 16: before the body is looked at, and before the owner
--- config eval
api_with('finance_max_body 10; finance_user $arg_user;')
--- request eval
["POST /finance/watchlist\nthis is no JSON, and over 10 bytes", "POST /finance/watchlist?user=joe\n{",
 "POST /finance/watchlist?user=joe&ticker=KO", "GET /finance/watchlist?user=joe"]
--- more_headers
Sec-Fetch-Site: same-site
--- response_body eval
[(cross()) x 3, '[]']
--- error_code eval
[403, 403, 403, 200]



=== TEST 17: after auth_basic
--- config eval
api_with('auth_basic "the market"; auth_basic_user_file $TEST_NGINX_HTML_DIR/users;')
--- user_files
>>> users
joe:{PLAIN}secret
--- request eval
[("DELETE /finance/watchlist/KO") x 3]
--- more_headers eval
["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: cross-site\nAuthorization: Basic am9lOnNlY3JldA==",
 "Authorization: Basic am9lOnNlY3JldA=="]
--- response_body eval
['{"detail":"Not authenticated"}', cross(), passed()]
--- error_code eval
[401, 403, 404]



=== TEST 18: a connection goes on after a refusal, its body unread
--- pipelined_requests eval
["POST /finance/watchlist\n{\"ticker\":\"KO\"}", "POST /finance/watchlist\n{\"ticker\":\"KO\"}",
 "GET /finance/watchlist"]
--- more_headers eval
["Origin: http://evil.example\nContent-Type: application/json", "Content-Type: application/json", "X-A: 1"]
--- response_body eval
[cross(), '{"ticker":"KO","status":"added"}', '["KO"]']
--- error_code eval
[403, 200, 200]



=== TEST 19: an origin that finance_cors names
--- config eval
cors_with()
--- request eval
[("DELETE /finance/watchlist/KO") x 6]
--- more_headers eval
["Origin: https://app.example", "Origin: https://app.example\nSec-Fetch-Site: cross-site",
 "Origin: https://app.example:443", "Origin: HTTPS://APP.example", "Origin: http://[::1]:3000", "X-A: 1"]
--- response_body eval
[(passed()) x 6]
--- error_code eval
[(404) x 6]
--- response_headers eval
[allowed(), allowed(), allowed('https://app.example:443'), allowed('HTTPS://APP.example'),
 allowed('http://[::1]:3000'), varied()]



=== TEST 20: one that it does not name
--- config eval
cors_with()
--- request eval
[("DELETE /finance/watchlist/KO") x 8]
--- more_headers eval
["Origin: http://app.example", "Origin: https://app.example:8443", "Origin: https://app.example.evil",
 "Origin: https://x.app.example", "Origin: http://[::1]", "Origin: null", "Origin: https://app.example/",
 "Sec-Fetch-Site: cross-site"]
--- response_body eval
[(cross()) x 8]
--- error_code eval
[(403) x 8]
--- response_headers eval
[(varied()) x 8]



=== TEST 21: two of those that it names
--- config eval
cors_with()
--- request
DELETE /finance/watchlist/KO
--- more_headers
Origin: https://app.example
Origin: http://[::1]:3000
--- response_body eval
cross()
--- error_code: 403
--- response_headers eval
varied()



=== TEST 22: the host itself need not be named
--- config eval
cors_with()
--- request
DELETE /finance/watchlist/KO
--- more_headers
Host: api.example
Origin: http://api.example
--- response_body eval
passed()
--- error_code: 404
--- response_headers eval
varied()



=== TEST 23: 33 origins
--- config eval
api_with('finance_cors ' . CORE::join(' ', map { "https://o$_.example" } 1 .. 33) . ';')
--- must_die
--- error_log eval
refused(qr/33 origins in "finance_cors", 32 at most/)
--- suppress_stderr



=== TEST 24: every origin
--- config eval
api_with('finance_cors *;')
--- must_die
--- error_log eval
refused(qr/"\*" in "finance_cors": answers are an owner's own, so that there are no wildcards/)
--- suppress_stderr



=== TEST 25: every origin of a domain, after a good one
--- config eval
api_with('finance_cors https://app.example https://*.example;')
--- must_die
--- error_log eval
refused(qr{"https://\*\.example" in "finance_cors": answers are an owner's own})
--- suppress_stderr



=== TEST 26: an origin with a path
--- config eval
api_with('finance_cors https://app.example/;')
--- must_die
--- error_log eval
refused(qr{invalid origin "https://app\.example/" in "finance_cors": http or https, host and port without a path})
--- suppress_stderr



=== TEST 27: without a scheme
--- config eval
api_with('finance_cors app.example;')
--- must_die
--- error_log eval
refused(qr{invalid origin "app\.example" in "finance_cors"})
--- suppress_stderr



=== TEST 28: another scheme
--- config eval
api_with('finance_cors ftp://app.example;')
--- must_die
--- error_log eval
refused(qr{invalid origin "ftp://app\.example" in "finance_cors"})
--- suppress_stderr



=== TEST 29: a port that is none
--- config eval
api_with('finance_cors https://app.example:65536;')
--- must_die
--- error_log eval
refused(qr{invalid origin "https://app\.example:65536" in "finance_cors"})
--- suppress_stderr



=== TEST 30: what sandboxed pages send
--- config eval
api_with('finance_cors null;')
--- must_die
--- error_log eval
refused(qr{invalid origin "null" in "finance_cors"})
--- suppress_stderr



=== TEST 31: a variable
--- config eval
api_with('finance_cors $http_origin;')
--- must_die
--- error_log eval
refused(qr{invalid origin "\$http_origin" in "finance_cors"})
--- suppress_stderr



=== TEST 32: off beside an origin
--- config eval
api_with('finance_cors https://app.example off;')
--- must_die
--- error_log eval
refused(qr{invalid origin "off" in "finance_cors": .* or "off" alone})
--- suppress_stderr



=== TEST 33: nothing
--- config eval
api_with('finance_cors "";')
--- must_die
--- error_log eval
refused(qr{invalid origin "" in "finance_cors"})
--- suppress_stderr



=== TEST 34: without an argument
--- config eval
api_with('finance_cors;')
--- must_die
--- error_log eval
refused(qr{invalid number of arguments in "finance_cors" directive})
--- suppress_stderr



=== TEST 35: an origin twice, in other letters
--- config eval
api_with('finance_cors https://app.example HTTPS://App.example:443;')
--- must_die
--- error_log eval
refused(qr{duplicate origin "HTTPS://App\.example:443" in "finance_cors"})
--- suppress_stderr



=== TEST 36: the directive twice
--- config eval
api_with('finance_cors off; finance_cors https://app.example;')
--- must_die
--- error_log eval
refused(qr{"finance_cors" directive is duplicate})
--- suppress_stderr



=== TEST 37: within an if
--- config eval
api_with('if ($arg_a) { finance_cors off; }')
--- must_die
--- error_log eval
refused(qr{"finance_cors" directive is not allowed here})
--- suppress_stderr

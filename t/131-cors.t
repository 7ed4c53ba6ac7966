# finance_cors: what it adds to every answer, preflights, and how it is handed
# down.
use strict;
use warnings;

use FinanceTest sample => 1;
use IO::Socket::INET;
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
Access-Control-Expose-Headers: ETag, Finance-Complete, Location, RateLimit, "
           . "RateLimit-Policy, Retry-After\n";
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

sub preflight {
    return allowed(@_) . "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, DELETE
Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match
Access-Control-Max-Age: 600
! Content-Type
! Content-Length
! Transfer-Encoding
! Allow\n";
}

# Nothing is on the watchlist: who gets through to it is told so.
sub passed { '{"detail":"Ticker is not on the watchlist"}' }

sub cross { '{"detail":"Cross-site request refused"}' }

# Sends it all on one connection; of each answer a line: status, whether it is
# for the page, body.
sub converse {
    my ($bytes) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Proto => 'tcp',
                                       PeerPort => $ENV{TEST_NGINX_SERVER_PORT})
                 // die "no connection: $!\n";

    $socket->syswrite($bytes);

    my ($all, $piece, $said) = ('', '', '');

    $all .= $piece while $socket->sysread($piece, 65536);

    while ($all =~ /\G(HTTP\/1\.1 (\d+).*?\r\n)\r\n/gs) {
        my ($head, $status, $from) = ($1, $2, pos $all);
        my $length = $head =~ /^Content-Length: (\d+)/m ? $1 : 0;
        my $for = $head =~ /^Access-Control-Allow-Origin/m ? ' cors' : '';

        $said .= $status . $for . ($length ? ' ' : '') . CORE::substr($all, $from, $length) . "\n";
        pos($all) = $from + $length;
    }

    return $said;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(api_with cors_with allowed varied untouched preflight passed cross
               converse);
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: answers carry the headers
--- config eval
cors_with()
--- request eval
["GET /finance/watchlist", "HEAD /finance/watchlist", "POST /finance/watchlist?ticker=KO",
 "GET /finance/stocks/KO/bars?days=1", "GET /finance/dashboard", "GET /finance/health"]
--- more_headers
Origin: https://app.example
--- response_body_like eval
['^\[\]$', '^$', 'added', '"KO"', '"stocks":', '"status":"ok"']
--- response_headers eval
[(allowed()) x 6]



=== TEST 2: what they answer to another origin, and to none
--- config eval
cors_with()
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "HEAD /finance/watchlist"]
--- more_headers eval
["Origin: https://evil.example", "X-A: 1", "Origin: null"]
--- response_body eval
['[]', '[]', '']
--- response_headers eval
[(varied()) x 3]



=== TEST 3: 304 and 412, which are nginx's own
--- config eval
cors_with()
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- more_headers eval
["Origin: https://app.example\nIf-None-Match: *", "Origin: https://app.example\nIf-Match: \"no\"", "If-None-Match: *"]
--- response_body_like eval
['^$', '^\{"detail":"[^"]+"\}$', '^$']
--- error_code eval
[304, 412, 304]
--- response_headers eval
[allowed(), allowed(), varied()]



=== TEST 4: our errors carry the headers
--- config eval
cors_with('finance_max_body 40; finance_user $arg_user;')
--- request eval
["GET /finance/nothing", "DELETE /finance/dashboard", "POST /finance/watchlist?user=joe\n{}",
 "POST /finance/watchlist?user=joe\n" . 'x' x 41, "GET /finance/dashboard?user=joe&force_refresh=x",
 "GET /finance/watchlist", "GET /finance/stocks/A%20B?user=joe"]
--- more_headers
Origin: https://app.example
--- response_body_like eval
['Not found', 'Method not allowed', 'Content-Type must be', 'too large', 'bool_parsing',
 'Not authenticated', 'Invalid ticker']
--- error_code eval
[404, 405, 415, 413, 422, 401, 400]
--- response_headers eval
[allowed(), allowed() . "Allow: GET, HEAD", (allowed()) x 5]



=== TEST 5: a 422 of a body
--- config eval
cors_with()
--- request eval
["POST /finance/watchlist\n{}", "POST /finance/watchlist\n{"]
--- more_headers
Origin: https://app.example
Content-Type: application/json
--- response_body_like eval
['"missing"', 'json_invalid']
--- error_code eval
[422, 422]
--- response_headers eval
[(allowed()) x 2]



=== TEST 6: our errors to another origin, and to none
--- config eval
cors_with()
--- request eval
["GET /finance/nothing", "DELETE /finance/dashboard", "GET /finance/stocks/A%20B"]
--- more_headers eval
["Origin: https://evil.example", "X-A: 1", "X-A: 1"]
--- error_code eval
[404, 405, 400]
--- response_headers eval
[(varied()) x 3]



=== TEST 7: nginx's own 401: carries the headers
--- config eval
cors_with('auth_basic "the market"; auth_basic_user_file $TEST_NGINX_HTML_DIR/users;')
--- user_files
>>> users
joe:{PLAIN}secret
--- request eval
[("GET /finance/watchlist") x 4]
--- more_headers eval
["Origin: https://app.example", "Origin: https://app.example\nAuthorization: Basic am9lOnNlY3JldA==",
 "Origin: https://evil.example", "X-A: 1"]
--- response_body eval
['{"detail":"Not authenticated"}', '[]', ('{"detail":"Not authenticated"}') x 2]
--- error_code eval
[401, 200, 401, 401]
--- response_headers eval
[allowed() . 'WWW-Authenticate: Basic realm="the market"', allowed(), varied(), varied()]



=== TEST 8: a body that nginx finds too large
--- config eval
cors_with('client_max_body_size 10;')
--- request eval
["POST /finance/watchlist\n01234567890", "POST /finance/watchlist\n01234567890"]
--- more_headers eval
["Origin: https://app.example", "Origin: https://evil.example"]
--- response_body eval
[('{"detail":"Request body is too large"}') x 2]
--- error_code eval
[413, 413]
--- response_headers eval
[allowed(), varied()]



=== TEST 9: deny, and return within the location
--- config eval
cors_with('if ($arg_no) { return 503; } if ($arg_text) { return 200 "text"; } limit_except GET { deny all; }')
--- request eval
["POST /finance/watchlist", "GET /finance/watchlist?no=1", "GET /finance/watchlist?text=1",
 "GET /finance/watchlist"]
--- more_headers
Origin: https://app.example
--- response_body eval
['{"detail":"Forbidden"}', '{"detail":"Service unavailable"}', 'text', '[]']
--- error_code eval
[403, 503, 200, 200]
--- response_headers eval
[(allowed()) x 4]



=== TEST 10: limit_req
--- http_config
    limit_req_zone $server_name zone=one:1m rate=1r/m;
--- config eval
cors_with('limit_req zone=one; limit_req_status 429;')
--- request eval
["OPTIONS /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- more_headers
Origin: https://app.example
Access-Control-Request-Method: POST
--- response_body eval
['', '[]', '{"detail":"Too many requests"}']
--- error_code eval
[204, 200, 429]
--- response_headers eval
[preflight(), allowed(), allowed()]



=== TEST 11: the redirect to the location
--- config eval
cors_with()
--- request
GET /finance
--- more_headers
Origin: https://app.example
--- response_body_like: .
--- error_code: 301
--- response_headers eval
allowed() . 'Location: http://localhost:$ServerPort/finance/'



=== TEST 12: an error page inside of the location
--- config eval
cors_with('limit_except GET { deny all; } error_page 403 /finance/stocks/A%20B; error_page 503 @there;'
          . 'if ($arg_no) { return 503; }') . <<'END'
location @there { return 200 "there\n"; }
END
--- request eval
["POST /finance/watchlist", "GET /finance/watchlist?no=1"]
--- more_headers
Origin: https://app.example
--- response_body eval
['{"detail":"Invalid ticker"}', "there\n"]
--- error_code eval
[403, 503]
--- response_headers eval
[allowed(), untouched()]



=== TEST 13: an if within the location is the same location
--- config eval
cors_with('if ($arg_a) { add_header X-A $arg_a; }')
--- request eval
["GET /finance/watchlist?a=1", "OPTIONS /finance/watchlist?a=1", "DELETE /finance/watchlist/KO?a=1",
 "GET /finance/nothing?a=1"]
--- more_headers eval
["Origin: https://app.example", "Origin: https://app.example\nAccess-Control-Request-Method: POST",
 "Origin: https://app.example", "Origin: https://evil.example"]
--- response_body eval
['[]', '', passed(), '{"detail":"Not found"}']
--- error_code eval
[200, 204, 404, 404]
--- response_headers eval
["X-A: 1\n" . allowed(), "X-A: 1\n" . preflight(), allowed(), varied()]



=== TEST 14: headers of the operator's own
--- config eval
cors_with('add_header Vary "Accept, Origin"; add_header access-control-allow-origin * always;'
          . 'add_header Access-Control-Allow-Credentials false always;')
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/nothing"]
--- more_headers eval
["Origin: https://app.example", "X-A: 1", "Origin: https://app.example"]
--- error_code eval
[200, 200, 404]
--- response_headers eval
["Vary: Accept, Origin
Access-Control-Allow-Origin: https://app.example
Access-Control-Allow-Credentials: true", "Vary: Accept, Origin
Access-Control-Allow-Origin: *", allowed()]



=== TEST 15: a Vary that says everything, and one that says something else
--- config eval
cors_with('add_header Vary $arg_vary;')
--- request eval
["GET /finance/watchlist?vary=*", "GET /finance/watchlist?vary=X-Origin", "GET /finance/watchlist?vary=a,origin",
 "GET /finance/watchlist?vary=originx"]
--- response_headers eval
["Vary: *", "Vary: X-Origin, Origin", "Vary: a,origin", "Vary: originx, Origin"]



=== TEST 16: beside that of gzip
--- config eval
cors_with('gzip on; gzip_vary on; gzip_types application/json; gzip_min_length 1;')
--- request
GET /finance/stocks/KO/bars?days=30
--- more_headers
Origin: https://app.example
Accept-Encoding: gzip
--- response_body_filters eval
sub { CORE::substr($_[0], 0, 2) eq "\x1f\x8b" ? "gzip\n" : $_[0] }
--- response_body
gzip
--- raw_response_headers_like: (?is)^(?=.*\nVary: Origin\r)(?=.*\nVary: Accept-Encoding\r)



=== TEST 17: a preflight, of a path that is none as well
--- config eval
cors_with()
--- request eval
["OPTIONS /finance/watchlist", "OPTIONS /finance/watchlist/KO", "OPTIONS /finance/nothing",
 "OPTIONS /finance/dashboard"]
--- more_headers eval
[("Origin: https://app.example\nAccess-Control-Request-Method: DELETE\n"
  . "Access-Control-Request-Headers: content-type\nSec-Fetch-Site: cross-site") x 3,
 "Origin: http://[::1]:3000\nAccess-Control-Request-Method: BREW"]
--- response_body eval
[('') x 4]
--- error_code eval
[(204) x 4]
--- response_headers eval
[(preflight()) x 3, preflight('http://[::1]:3000')]



=== TEST 18: OPTIONS that are none
--- config eval
cors_with()
--- request eval
[("OPTIONS /finance/watchlist") x 5, "OPTIONS /finance/nothing", "GET /finance/watchlist"]
--- more_headers eval
["Origin: https://app.example", "Access-Control-Request-Method: POST",
 "Origin: https://evil.example\nAccess-Control-Request-Method: POST",
 "Origin: null\nAccess-Control-Request-Method: POST",
 "Origin: https://app.example\nOrigin: https://app.example\nAccess-Control-Request-Method: POST",
 "Origin: https://app.example", "Origin: https://app.example\nAccess-Control-Request-Method: POST"]
--- response_body eval
[('{"detail":"Method not allowed"}') x 5, '{"detail":"Not found"}', '[]']
--- error_code eval
[(405) x 5, 404, 200]
--- response_headers eval
[allowed() . 'Allow: GET, HEAD, POST', (varied() . 'Allow: GET, HEAD, POST') x 4, (allowed()) x 2]



=== TEST 19: a preflight carries no password
--- config eval
cors_with('auth_basic "the market"; auth_basic_user_file $TEST_NGINX_HTML_DIR/users;')
--- user_files
>>> users
joe:{PLAIN}secret
--- request eval
[("OPTIONS /finance/watchlist") x 4]
--- more_headers eval
["Origin: https://app.example\nAccess-Control-Request-Method: POST",
 "Origin: https://evil.example\nAccess-Control-Request-Method: POST",
 "Origin: https://app.example", "Access-Control-Request-Method: POST"]
--- response_body eval
['', ('{"detail":"Not authenticated"}') x 3]
--- error_code eval
[204, 401, 401, 401]
--- response_headers eval
[preflight() . '! WWW-Authenticate', varied(), allowed(), varied()]



=== TEST 20: nor is anybody asked about it
--- config eval
cors_with('auth_request /auth; deny all;') . <<'END'
location = /auth { internal; return 401; }
END
--- request eval
["OPTIONS /finance/watchlist", "OPTIONS /finance/watchlist", "DELETE /finance/watchlist/KO"]
--- more_headers eval
["Origin: https://app.example\nAccess-Control-Request-Method: POST",
 "Origin: https://evil.example\nAccess-Control-Request-Method: POST", "Origin: https://app.example"]
--- response_body_like eval
['^$', '^\{"detail":"\w[\w ]+"\}$', '^\{"detail":"\w[\w ]+"\}$']
--- error_code_like eval
['^204$', '^40[13]$', '^40[13]$']
--- response_headers eval
[preflight(), varied(), allowed()]



=== TEST 21: auth_request: its 401 carries the headers once
--- config eval
cors_with('auth_request /auth;') . <<'END'
location = /auth { internal; finance_cors https://app.example; return 401; }
END
--- request
GET /finance/watchlist
--- more_headers
Origin: https://app.example
--- response_body chomp
{"detail":"Not authenticated"}
--- error_code: 401
--- response_headers eval
allowed()



=== TEST 22: a preflight with a body, and what follows it
--- config eval
cors_with()
--- request
GET /finance/watchlist
--- response_body_filters eval
sub {
    my $asked = "Host: x\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n";

    converse("OPTIONS /finance/watchlist HTTP/1.1\r\n$asked\r\n"
             . "POST /finance/watchlist?ticker=KO HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n\r\n"
             . "OPTIONS /finance/watchlist HTTP/1.1\r\n${asked}Content-Length: 5\r\n\r\n12345"
             . "GET /finance/watchlist HTTP/1.1\r\nHost: x\r\n\r\n"
             . "OPTIONS /finance/watchlist HTTP/1.1\r\n${asked}Transfer-Encoding: chunked\r\n\r\n"
             . "3\r\nabc\r\n0\r\n\r\n"
             . "OPTIONS /finance/watchlist HTTP/1.1\r\nHost: x\r\n\r\n"
             . "DELETE /finance/watchlist/KO HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\n"
             . "Connection: close\r\n\r\n")
}
--- response_body
204 cors
200 cors {"ticker":"KO","status":"added"}
204 cors
200 ["KO"]
204 cors
405 {"detail":"Method not allowed"}
403 {"detail":"Cross-site request refused"}



=== TEST 23: pipelined, a preflight at the end
--- config eval
cors_with()
--- pipelined_requests eval
["GET /finance/watchlist", "OPTIONS /finance/watchlist"]
--- more_headers eval
["X-A: 1", "Origin: https://app.example\nAccess-Control-Request-Method: POST"]
--- response_body eval
['[]', '']
--- error_code eval
[200, 204]



=== TEST 24: a preflight whose body is broken
--- config eval
cors_with()
--- raw_request eval
"OPTIONS /finance/watchlist HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n"
. "Access-Control-Request-Method: POST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
--- error_code: 204
--- response_headers eval
preflight() . 'Connection: close'



=== TEST 25: handed down, replaced, turned off
--- http_config
    finance_cors https://http.example;
--- config
    finance_market /_market;
    location /a/ { finance_api; }
    location /b/ { finance_api; finance_cors https://b.example; }
    location /c/ { finance_api; finance_cors off; location /c/d/ { finance_api; } }
    location /e/ { return 200 "not ours\n"; }
--- request eval
["GET /a/watchlist", "GET /b/watchlist", "GET /b/watchlist", "GET /c/watchlist", "GET /c/d/watchlist", "GET /e/",
 "OPTIONS /c/watchlist", "DELETE /a/watchlist/KO", "DELETE /b/watchlist/KO", "DELETE /c/watchlist/KO",
 "OPTIONS /e/"]
--- more_headers eval
[("Origin: https://http.example") x 2, "Origin: https://b.example",
 ("Origin: https://http.example\nAccess-Control-Request-Method: POST") x 8]
--- error_code eval
[200, 200, 200, 200, 200, 200, 405, 404, 403, 403, 200]
--- response_headers eval
[allowed('https://http.example'), varied(), allowed('https://b.example'), (untouched()) x 4,
 allowed('https://http.example'), varied(), untouched(), untouched()]



=== TEST 26: of a server
--- config
    finance_market /_market;
    finance_cors https://server.example;
    location /a/ { finance_api; }
--- request
GET /a/watchlist
--- more_headers
Origin: https://server.example
--- response_headers eval
allowed('https://server.example')



=== TEST 27: off everywhere
--- config eval
api_with('finance_cors off;')
--- request eval
["OPTIONS /finance/watchlist", "DELETE /finance/watchlist/KO", "GET /finance/watchlist"]
--- more_headers
Origin: https://off
Access-Control-Request-Method: POST
--- response_body eval
['{"detail":"Method not allowed"}', cross(), '[]']
--- error_code eval
[405, 403, 200]
--- response_headers eval
[untouched() . 'Allow: GET, HEAD, POST', untouched(), untouched()]



=== TEST 28: 32 origins
--- config eval
api_with('finance_cors ' . CORE::join(' ', map { "https://o$_.example" } 1 .. 32) . ';')
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- more_headers eval
["Origin: https://o1.example", "Origin: https://o32.example", "Origin: https://o33.example"]
--- response_headers eval
[allowed('https://o1.example'), allowed('https://o32.example'), varied()]

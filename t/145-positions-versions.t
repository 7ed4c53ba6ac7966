# Versions of positions: If-Match, If-None-Match, ETags, and several at once.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use Test::Nginx::Socket 'no_plan';

# The page asks for what is at /put/ and /delete/ with those methods.
our $Both = FinanceTest::market_config() . <<'END';
location = /both {
    ssi on;
    ssi_types *;
    alias $TEST_NGINX_HTML_DIR/both.html;
}
location /put/ {
    proxy_method PUT;
    proxy_set_header Content-Type application/json;
    proxy_set_header If-Match '"1"';
    proxy_set_body '{"position_type":"stock","ticker":"AAPL","quantity":$arg_quantity,
                     "transaction_date":"2025-06-02","purchase_price":60}';
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
location /delete/ {
    proxy_method DELETE;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
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

=== TEST 1: If-Match that lets a PUT go on
--- init
store(1);
--- request eval
[map { replace(1, quantity => $_) } 1 .. 5]
--- more_headers eval
[map { "Content-Type: application/json\nIf-Match: $_" }
     '"1"', '*', '"0", "3"', 'W/"4","4" ,"9"', "\"xy\"\t,\"5\","]
--- response_body_filters eval
pick('quantity', 'version')
--- response_body eval
[map { "$_ " . ($_ + 1) . "\n" } 1 .. 5]



=== TEST 2: If-Match that stops it
--- init
store(1, version => 2);
--- request eval
[map { replace(1, quantity => $_) } 1 .. 12]
--- more_headers eval
[map { "Content-Type: application/json\nIf-Match: $_" }
     '"1"', '"3"', 'W/"2"', '2', '"02"', '"1", "3"', '"2"x', '""', "'2'", '"2", "x y"', '"2" "3"',
     '*, "2"']
--- response_body_filters eval
[unchanged(1)]
--- response_body eval
[(qq({"detail":"The position has changed: its version is not the one of If-Match"} unchanged\n)) x 12]
--- error_code eval
[(412) x 12]
--- response_headers eval
[("Cache-Control: no-store
Content-Type: application/json") x 12]



=== TEST 3: If-Match and DELETE
--- init
store(1, version => 2);
store(2);
store(3, version => 9007199254740991);
--- request eval
[map { "DELETE /finance/positions/" . id($_) } 1, 1, 1, 1, 1, 2, 3, 4]
--- more_headers eval
[map { "If-Match: $_" } '"1"', 'W/"2"', '"1","3"', '"2"', '*', '*',
                        '"1", "9007199254740991"', '*']
--- response_body_filters eval
[sub { $_[0] =~ /"status":"deleted"|"detail":"The position has changed|not found/
       ? "$&\n" : $_[0] }, left()]
--- response_body eval
[(qq("detail":"The position has changed left positions\n)) x 3,
 qq("status":"deleted" left positions\n), qq(not found left positions\n),
 qq("status":"deleted" left positions\n), qq("status":"deleted" left\n), qq(not found left\n)]
--- error_code eval
[412, 412, 412, 200, 404, 200, 200, 404]



=== TEST 4: the body is looked at before If-Match, the position before the market
--- init
store(1);
--- request eval
[replace(1, quantity => 0), replace(1, ticker => 'KO'), replace(2, ticker => 'KO')]
--- more_headers
Content-Type: application/json
If-Match: "5"
--- response_body_filters eval
calls(qr/./)
--- response_body_like eval
['value_error.*calls 0$', 'has changed.*calls 0$', 'not found.*calls 0$']
--- error_code eval
[422, 412, 404]



=== TEST 5: two replace the same version: one wins
--- config eval
$main::Both
--- init
store(1);
--- user_files
>>> both.html
<!--# include virtual="/put/positions/00000000-0000-4000-8000-000000000001?quantity=7" --><!--# include virtual="/put/positions/00000000-0000-4000-8000-000000000001?quantity=8" -->
--- request eval
["GET /both", "GET /finance/positions/" . id(1)]
--- response_body_filters eval
[[words(qr/has changed|"version":\d/)], [pick('version')]]
--- response_body eval
['"version":2 has changed', "2\n"]



=== TEST 6: without If-Match both are written, one after the other
--- config eval
$main::Both =~ s/.*If-Match.*\n//r
--- init
store(1);
--- user_files
>>> both.html
<!--# include virtual="/put/positions/00000000-0000-4000-8000-000000000001?quantity=7" --><!--# include virtual="/put/positions/00000000-0000-4000-8000-000000000001?quantity=8" --><!--# include virtual="/put/positions/00000000-0000-4000-8000-000000000001?quantity=9" -->
--- request eval
["GET /both", "GET /finance/positions/" . id(1)]
--- response_body_filters eval
[[words(qr/"version":\d/)], [pick('version')]]
--- response_body eval
['"version":2 "version":3 "version":4', "4\n"]



=== TEST 7: two delete it: one does
--- config eval
$main::Both
--- init
store(1);
--- user_files
>>> both.html
<!--# include virtual="/delete/positions/00000000-0000-4000-8000-000000000001" --><!--# include virtual="/delete/positions/00000000-0000-4000-8000-000000000001" -->
--- request
GET /both
--- response_body_filters eval
words(qr/deleted|not found/)
--- response_body chomp
deleted not found



=== TEST 8: If-None-Match: 304, of one and of the list
--- config eval
FinanceTest::twice_config()
--- init
store(1, version => 3);
--- request eval
[("GET /finance/positions/" . id(1)) x 5, "GET /finance/positions", "GET /twice/positions",
 "HEAD /finance/positions", "GET /twice/positions?ticker=AAPL", "GET /finance/positions/" . id(2)]
--- more_headers eval
[(map { "If-None-Match: $_" } '"3"', 'W/"3"', '"1", "3"', '"2"', '*', '"3"'), "X-A: 1",
 "If-None-Match: *", "X-A: 1", "If-None-Match: *"]
--- response_body_like eval
[('^$') x 3, '"version":3', '^$', '"positions":\[\{', ('^$') x 3, 'not found']
--- error_code eval
[304, 304, 304, 200, 304, 200, 304, 304, 304, 404]



=== TEST 9: the list's ETag follows each change, and nothing else
--- config eval
etag_config()
--- init
store(1);
@main::Tags = ();
--- request eval
my $etag = "GET /etag/positions";
[$etag, $etag, replace(1, quantity => 5), $etag, create(), $etag, "DELETE /finance/positions/" . id(1),
 $etag]
--- response_body_filters eval
[sub { return "changed\n" if $_[0] !~ /^"[0-9a-f]{16}"$/;
       my $seen = grep { $_ eq $_[0] } @main::Tags;
       push @main::Tags, $_[0];
       return $seen ? "seen\n" : "new\n" }]
--- response_body eval
["new\n", "seen\n", ("changed\n", "new\n") x 3]
--- error_code eval
[200, 200, 200, 200, 201, 200, 200, 200]



=== TEST 10: preconditions that nginx looks at: JSON too
--- init
store(1, version => 2);
--- request eval
["GET /finance/positions/" . id(1), "GET /finance/positions/" . id(1), "GET /finance/positions"]
--- more_headers eval
['If-Match: "1"', 'If-Match: "2"', 'If-Match: "1"']
--- response_body_like eval
['^\{"detail":"Precondition failed"\}$', '"version":2', '^\{"detail":"Precondition failed"\}$']
--- error_code eval
[412, 200, 412]

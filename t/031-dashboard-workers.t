# The dashboard of several workers, by the clock on the wall.
use strict;
use warnings;

use FinanceTest sample => 'now';
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';

add_block_preprocessor(sub {
    $_[0]->set_value(init => <<'END') if !defined $_[0]->init;
redis('ZADD', 'finance:{default}:watchlist', 1, 'KO', 2, 'AAPL', 3, 'JPM');
END
});

workers(3);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: what one worker has fetched the others have, too
--- request eval
[("GET /finance/dashboard?tickers=KO") x 12]
--- response_body_filters eval
[[pick('stocks.*.ticker'), then(sub { select undef, undef, undef, 0.1 }), calls("${main::Bars}KO")],
 ([pick('stocks.*.ticker'), calls("${main::Bars}KO")]) x 11]
--- response_body eval
[(qq(["KO"] calls 1\n)) x 12]



=== TEST 2: a forced refresh is seen by all
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard?force_refresh=1",
 ("GET /finance/dashboard") x 10]
--- response_body_filters eval
my $pause = then(sub { select undef, undef, undef, 1.1 });
my $calls = calls("${main::Bars}AAPL");
my $seen = check(sub { $_->{stocks}[1]{as_of} gt $main::First ? 'new' : "old $main::First" });
[[check(sub { $main::First = $_->{stocks}[1]{as_of}; 1 }), $pause, $calls],
 [check(sub { 1 }), then(sub { select undef, undef, undef, 0.1 }), $calls], ([$seen, $calls]) x 10]
--- response_body eval
["yes calls 1\n", "yes calls 2\n", ("new calls 2\n") x 10]



=== TEST 3: the watchlist is read anew each time
--- request eval
[map { ("POST /finance/watchlist?ticker=$_", "GET /finance/dashboard",
        "DELETE /finance/watchlist/$_", "GET /finance/dashboard") } qw(META SPY)]
--- response_body_filters eval
pick('stocks.*.ticker', 'status')
--- response_body eval
[map { (qq(missing "added"\n), qq(["KO","AAPL","JPM","$_"] missing\n),
        qq(missing "removed"\n), qq(["KO","AAPL","JPM"] missing\n)) } qw(META SPY)]



=== TEST 4: the ETag is that of the content: the timestamp may differ
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard"]
--- response_body_filters eval
[[check(sub { $main::Stamp = $_->{timestamp}; 1 }),
  then(sub { select undef, undef, undef, 1.1 })],
 [check(sub { $_->{timestamp} gt $main::Stamp })]]
--- response_body eval
["yes\n", "yes\n"]



=== TEST 5: so an older one's ETag is good a second later, not after a refresh
--- config eval
FinanceTest::twice_config() . <<'END'
location = /etag {
    set $target dashboard;
    auth_request /first;
    auth_request_set $etag $upstream_http_etag;
    ssi on;
    ssi_types *;
    alias $TEST_NGINX_HTML_DIR/etag.html;
}
END
--- user_files
>>> etag.html
<!--# echo var="etag" encoding="none" -->
--- request eval
["GET /etag", "GET /etag", "GET /finance/dashboard?force_refresh=1", "GET /etag"]
--- response_body_filters eval
my $pause = then(sub { select undef, undef, undef, 1.1 });
[[keep(), $pause, sub { $_[0] =~ /^"[0-9a-f]{16}"$/ ? "first\n" : $_[0] }], [same(), $pause],
 [$pause, sub { "new\n" }], [same(), sub { $_[0] =~ /^other: "[0-9a-f]{16}"$/ ? "other\n" : $_[0] }]]
--- response_body eval
["first\n", "same\n", "new\n", "other\n"]

# Positions and a Redis that is away, refuses, or holds something else.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use Test::Nginx::Socket 'no_plan';
use Time::HiRes qw(time);

our $Away = '{"detail":"The store is not available"}';

# Each call of positions.
our @Calls = ('GET /finance/positions', 'GET /finance/positions?ticker=KO',
              'GET /finance/positions/' . id(1), create(), replace(1), replace(1, ticker => 'KO'),
              'DELETE /finance/positions/' . id(1));

# "at once" when it took less than half a second since the last look.
our $Then;

sub at_once {
    my $took = time - ($Then // 0);

    $Then = time;

    return $took < 0.5 * $FinanceTest::Body::Slow ? 'at once' : $took;
}

sub pause { select undef, undef, undef, $_[0] }

{
    no warnings 'once';
    no strict 'refs';

    for my $package ('Test::Base::Filter', 'Test::Nginx::Util') {
        *{"${package}::$_"} = \&{"main::$_"} for qw(at_once pause);
    }
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(more_headers => 'Content-Type: application/json')
        if !defined $block->more_headers && !defined $block->raw_request;
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: stopped: 503 at once, on every call
--- init
redis_stop();
$main::Then = main::time();
--- request eval
[@main::Calls, @main::Calls]
--- more_headers eval
[(("Content-Type: application/json") x 7, ("Content-Type: application/json\nIf-Match: \"1\"") x 7)]
--- response_body_filters eval
[sub { "$_[0] " . at_once() . "\n" }]
--- response_body eval
[("${main::Away} at once\n") x 14]
--- error_code eval
[(503) x 14]
--- response_headers eval
[("Retry-After: 1
Cache-Control: no-store
Content-Type: application/json
! ETag
! Location") x 14]



=== TEST 2: stopped: stocks are served, what the owner holds is not known
--- init
redis_stop();
--- request eval
["GET /finance/stocks/AAPL", "GET /finance/dashboard?tickers=KO,AAPL", "GET /finance/dashboard",
 "GET /finance/stocks/AAPL/signals"]
--- response_body_filters eval
[[check(sub { "$_->{stock_data}{current_price} " . lists($_->{strategy_data}) })],
 [check(sub { CORE::join ', ', map { "$_->{ticker} " . lists($_->{strategy_data}) } @{ $_->{stocks} } })],
 [], [pick('%')]]
--- response_body eval
["212.4 null null null null null\n", "KO null null null null null, AAPL null null null null null\n", $main::Away,
 qq(["covered_call_signal","csp_signal","leaps_signal","pmcc_signal","ticker"]\n)]
--- error_code eval
[200, 200, 503, 200]
--- response_headers eval
["Cache-Control: private, max-age=0", "Cache-Control: private, max-age=0
Finance-Complete: false", "Retry-After: 1", ""]



=== TEST 3: the lists are there again with Redis, under another ETag
--- config eval
etag_config()
--- request eval
["GET /finance/stocks/AAPL", "GET /etag/stocks/AAPL", "GET /finance/stocks/AAPL", "GET /etag/stocks/AAPL"]
--- response_body_filters eval
my $lists = check(sub { lists($_->{strategy_data}) });
[[$lists], [keep(), sub { "kept\n" }, then(sub { redis_stop() })], [$lists], [same()]]
--- response_body_like eval
['^0 0 0 0 0$', '^kept$', '^null null null null null$', '^other: "[0-9a-f]{16}"$']



=== TEST 4: hangs: 503 when the time is over
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=200ms retry=100ms;
--- init
redis_freeze();
--- request eval
["GET /finance/positions", create(), "DELETE /finance/positions/" . id(1)]
--- response_body eval
[($main::Away) x 3]
--- error_code eval
[(503) x 3]
--- timeout: 3



=== TEST 5: a key of another type
--- init
redis('SET', 'finance:{default}:positions', 'x');
redis('ZADD', 'finance:{default}:watchlist', 1, 'KO');
--- request eval
[@main::Calls, "GET /finance/positions"]
--- response_body_filters eval
[sub { $_[0] . ' ' . redis('GET', 'finance:{default}:positions') . "\n" }, left()]
--- response_body eval
[("${main::Away} x left positions watchlist\n") x 8]
--- error_code eval
[(503) x 8]
--- response_headers eval
[("Retry-After: 1") x 8]



=== TEST 6: with it the dashboard is served, and says that it lacks something
--- init
redis('SET', 'finance:{default}:positions', 'x');
redis('ZADD', 'finance:{default}:watchlist', 1, 'KO');
--- request eval
["GET /finance/dashboard", "GET /finance/stocks/KO", "GET /finance/watchlist"]
--- response_body_filters eval
[[check(sub { lists($_->{stocks}[0]{strategy_data}) })], [check(sub { lists($_->{strategy_data}) })], []]
--- response_body eval
[("null null null null null\n") x 2, '["KO"]']
--- response_headers eval
["Finance-Complete: false
Cache-Control: private, max-age=0", "Cache-Control: private, max-age=0", ""]



=== TEST 7: a watchlist of another type: nothing of a new position is written
--- init
redis('SET', 'finance:{default}:watchlist', 'x');
store(1);
--- request eval
[create(), replace(1, ticker => 'KO'), "GET /finance/positions"]
--- response_body_filters eval
[[unchanged(1), left()], [unchanged(1), left()], [pick('positions.@')]]
--- response_body eval
[("${main::Away} unchanged left positions watchlist\n") x 2, "1\n"]
--- error_code eval
[503, 503, 200]



=== TEST 8: a replica, which takes no writes: they fail, reading goes on
--- init
store(1);
redis('REPLICAOF', '127.0.0.1', 1);
--- request eval
["GET /finance/positions", create(), replace(1, quantity => 3), "DELETE /finance/positions/" . id(1),
 "GET /finance/positions/" . id(1)]
--- response_body_filters eval
[[pick('positions.0.quantity')], [unchanged(1)], [unchanged(1)], [unchanged(1)],
 [pick('quantity'), then(sub { redis('REPLICAOF', 'NO', 'ONE') })]]
--- response_body eval
["100\n", ("${main::Away} unchanged\n") x 3, "100\n"]
--- error_code eval
[200, 503, 503, 503, 200]



=== TEST 9: no room left
--- init
store(1);
redis('CONFIG', 'SET', 'maxmemory', 1);
--- request eval
[create(), replace(1, quantity => 3), "GET /finance/positions", "DELETE /finance/positions/" . id(1)]
--- more_headers eval
["Content-Type: application/json\nIdempotency-Key: K", ("Content-Type: application/json") x 3]
--- response_body_filters eval
[[unchanged(1), left()], [unchanged(1)], [pick('positions.0.quantity')],
 [left(), then(sub { redis('CONFIG', 'SET', 'maxmemory', 0) })]]
--- response_body eval
["${main::Away} unchanged left positions\n", "${main::Away} unchanged\n", "100\n",
 qq({"id":"00000000-0000-4000-8000-000000000001","status":"deleted"} left\n)]
--- error_code eval
[503, 503, 200, 200]



=== TEST 10: damaged records among good ones are left out, and told in the log
--- init
store(1, quantity => 1);
store(2, quantity => 2);
my $key = 'finance:{default}:positions';
my $good = record(1);
redis('HSET', $key, id(11), '');
redis('HSET', $key, id(12), 'garbage');
redis('HSET', $key, id(13), substr($good, 0, 50));
redis('HSET', $key, id(14), $good);
redis('HSET', $key, 'x', $good);
redis('HSET', $key, id(15), $good =~ s/"quantity":1/"quantity":0/r =~ s/${\id(1)}/id(15)/er);
redis('HSET', $key, id(16), $good =~ s/"AAPL"/"a\/b"/r =~ s/${\id(1)}/id(16)/er);
redis('HSET', $key, id(17), $good . 'x');
redis('HSET', $key, id(18), "\xff" x 100_000);
--- request eval
["GET /finance/positions", "GET /finance/positions?ticker=KO", "GET /finance/stocks/AAPL"]
--- response_body_filters eval
[[pick('positions.*.quantity', 'summary.market_value', 'summary.partial')], [pick('positions', 'summary.partial')],
 [check(sub { lists($_->{strategy_data}) })]]
--- response_body eval
["[1,2] 637.2 true\n", "[] true\n", "0 0 2 0 0\n"]
--- grep_error_log eval
qr/\[error\] .*?the stored position "[^"]*"/
--- grep_error_log_out eval
my $each = CORE::join '', map { "(?=.*position \"$_\")" } 'x', map { id($_) } 11 .. 18;
qr/^$each/s



=== TEST 11: a record of another version
--- init
store(1, quantity => 1);
store(2, quantity => 2);
redis('HSET', 'finance:{default}:positions', id(1), record(1) =~ s/"v":1/"v":2/r);
--- request eval
["GET /finance/positions", "GET /finance/positions/" . id(1)]
--- response_body_filters eval
[[pick('positions.*.quantity', 'summary.partial')], []]
--- response_body eval
["[2] true\n", '{"detail":"Position not found"}']
--- error_code eval
[200, 404]
--- error_log
finance: the stored position "00000000-0000-4000-8000-000000000001" cannot be read and is left out



=== TEST 12: one that cannot be read is not overwritten blindly
--- init
redis('HSET', 'finance:{default}:positions', id(1), 'garbage');
--- request eval
[replace(1), "DELETE /finance/positions/" . id(1)]
--- more_headers eval
["Content-Type: application/json", "If-Match: \"1\""]
--- response_body_filters eval
left()
--- response_body eval
[(qq({"detail":"Internal error"} left positions\n)) x 2]
--- error_code eval
[500, 500]
--- error_log
finance: the stored position "00000000-0000-4000-8000-000000000001" cannot be read



=== TEST 13: it can be deleted
--- init
redis('HSET', 'finance:{default}:positions', id(1), 'garbage');
--- request
DELETE /finance/positions/00000000-0000-4000-8000-000000000001
--- response_body_filters eval
left()
--- response_body
{"id":"00000000-0000-4000-8000-000000000001","status":"deleted"} left



=== TEST 14: members that a later version may add do no harm
--- init
store(1, note => \'{"a":[1,"x"]}');
--- request eval
["GET /finance/positions/" . id(1), replace(1, quantity => 2)]
--- response_body_filters eval
pick('quantity', 'version')
--- response_body eval
["100 1\n", "2 2\n"]



=== TEST 15: the watchlist's and the cache's keys of another type do not stop reading
--- init
store(1);
redis('LPUSH', $_, 'x') for 'finance:cache:stock:{AAPL}', 'finance:cache:book:{AAPL}', 'finance:cache:tag:{AAPL}',
    'finance:{default}:watchlist', 'finance:cache:prev:{AAPL}';
--- request
GET /finance/positions
--- response_body_filters eval
pick('positions.0.metrics.current_value')
--- response_body
21240



=== TEST 16: Redis goes away between a write and the next read, and comes back empty
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK retry=50ms;
--- request eval
[create(), "GET /finance/positions", "GET /finance/positions"]
--- response_body_filters eval
[[pick('version'), then(sub { redis_stop() })], [then(sub { redis_start(); pause(1) })], [pick('positions')]]
--- response_body eval
["1\n", $main::Away, "[]\n"]
--- error_code eval
[201, 503, 200]

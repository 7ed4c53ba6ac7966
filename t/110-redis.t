# Redis away, hanging, refusing: what needs an owner's list says so, the
# market's data go on.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Fast = 'finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout='
            . 200 * $FinanceTest::Body::Slow . "ms retry=100ms;\n";
our $Gone = '"The store is not available"';

sub pause { select undef, undef, undef, $_[0] * $FinanceTest::Body::Slow }

{
    no warnings 'once';

    *Test::Base::Filter::pause = \&pause;
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(http_config => $Fast) if !defined $block->http_config;
});

worker_connections(512);
timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: not there from the beginning
--- init
redis_stop();
--- request eval
["GET /finance/watchlist", "POST /finance/watchlist?ticker=KO", "DELETE /finance/watchlist/KO",
 "GET /finance/dashboard", "GET /finance/stocks/KO", "GET /finance/stocks/KO/bars?days=1",
 "GET /finance/stocks/KO/options", "GET /finance/stocks/KO/signals",
 "GET /finance/dashboard?tickers=KO,JPM"]
--- response_body_filters eval
pick(qw(detail ticker stocks.*.ticker stocks.*.stale))
--- response_body eval
[(qq($main::Gone missing missing missing\n)) x 4, (qq(missing "KO" missing missing\n)) x 4,
 qq(missing missing ["KO","JPM"] [false,false]\n)]
--- error_code eval
[(503) x 4, (200) x 5]
--- response_headers_like eval
[("Retry-After: [1-9]\\d*
Cache-Control: no-store
Content-Type: application/json") x 4, ('') x 5]



=== TEST 2: it is said once in the log, not for each request
--- init
redis_stop();
--- request eval
[("GET /finance/watchlist") x 5]
--- response_body eval
[("{\"detail\":$main::Gone}") x 5]
--- error_code eval
[(503) x 5]
--- wait: 0.05
--- grep_error_log eval
qr/finance redis \S+ is down/
--- grep_error_log_out eval
qr/^(finance redis \S+ is down\n)?$/



=== TEST 3: stopped and started again, between requests
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/watchlist", "GET /finance/stocks/KO/bars?days=1",
 "GET /finance/watchlist", "GET /finance/watchlist", "POST /finance/watchlist?ticker=AAPL"]
--- response_body_filters eval
[[then(sub { redis_stop() })], [], [then(sub { redis_start(); pause(0.4) }), pick('ticker')],
 [then(sub { pause(0.1) }), sub { "any\n" }], [], []]
--- response_body eval
[qr/added/, "{\"detail\":$main::Gone}", qq("KO"\n), "any\n", '[]',
 '{"ticker":"AAPL","status":"added"}']
--- error_code_like eval
[200, 503, 200, '^(200|503)$', 200, 200]



=== TEST 4: back, it is used without a failure if nobody asked meanwhile
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist"]
--- response_body_filters eval
[[then(sub { redis_stop(); redis_start(); pause(0.5) })], []]
--- response_body eval
['[]', '[]']



=== TEST 5: it hangs: the owner's list waits no longer than timeout=
--- request eval
["GET /finance/stocks/KO", "GET /finance/watchlist", "GET /finance/stocks/JPM/bars?days=1",
 "GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- response_body_filters eval
[[pick('ticker'), then(sub { redis_freeze(); $main::From = Time::HiRes::time() })],
 [sub { my $took = Time::HiRes::time() - $main::From;
        ($took < 2 * $FinanceTest::Body::Slow ? '' : "took $took ") . "$_[0]\n" }],
 [pick('ticker')], [then(sub { redis_thaw(); pause(0.5) }), sub { "any\n" }],
 [then(sub { pause(0.3) }), sub { "any\n" }], []]
--- response_body eval
[qq("KO"\n), "{\"detail\":$main::Gone}\n", qq("JPM"\n), "any\n", "any\n", '[]']
--- error_code_like eval
[200, 503, 200, 503, '^(200|503)$', 200]



=== TEST 6: it hangs while a stock is asked for: the worker's own copy, or the market
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/stocks/JPM",
 "GET /finance/dashboard?tickers=KO,JPM,SPY"]
--- response_body_filters eval
[[pick('ticker', 'stale'), then(sub { redis_freeze() })], [pick('ticker', 'stale')],
 [pick('ticker', 'stale')], [pick(qw(stocks.*.ticker stocks.*.stale)), then(sub { redis_thaw() })]]
--- response_body eval
[(qq("KO" false\n)) x 2, qq("JPM" false\n), qq(["KO","JPM","SPY"] [false,false,false]\n)]



=== TEST 7: a wrong password
--- http_config
    finance_redis redis://joe:verysecret@127.0.0.1:$TEST_NGINX_REDIS_PORT timeout=200ms retry=100ms;
--- request eval
["GET /finance/watchlist", "GET /finance/stocks/KO/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
[[], [pick('ticker')], [pick(qw(status redis.status)),
                        sub { $_[0] =~ /secret|joe|127/ ? 'leaks' : $_[0] }]]
--- response_body eval
["{\"detail\":$main::Gone}", qq("KO"\n), qq("degraded" "down"\n)]
--- error_code eval
[503, 200, 503]
--- no_error_log
verysecret



=== TEST 8: one that wants a password and gets none
--- post_setup_server_root
redis('CONFIG', 'SET', 'requirepass', 'secret');
--- request eval
["GET /finance/watchlist", "GET /finance/stocks/KO/bars?days=1"]
--- response_body_filters eval
[[], [pick('ticker'), then(sub { redis_stop(); redis_start() })]]
--- response_body eval
["{\"detail\":$main::Gone}", qq("KO"\n)]
--- error_code eval
[503, 200]



=== TEST 9: full, so that it takes no writes
--- init
redis('CONFIG', 'SET', 'maxmemory', '1');
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/stocks/KO", "GET /finance/watchlist",
 "GET /finance/dashboard?tickers=KO"]
--- response_body_filters eval
[[], [pick('ticker')], [], [pick('stocks.*.ticker'),
                            then(sub { redis('CONFIG', 'SET', 'maxmemory', '0') })]]
--- response_body_like eval
['^\{"detail":"The store is not available"\}$', '^"KO"$', '^\[\]$', '^\["KO"\]$']
--- error_code eval
[503, 200, 200, 200]



=== TEST 10: read only
--- init
redis('REPLICAOF', '127.0.0.1', '1');
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/stocks/KO", "GET /finance/watchlist"]
--- response_body_filters eval
[[], [pick('ticker')], [then(sub { redis('REPLICAOF', 'NO', 'ONE') })]]
--- response_body_like eval
['^\{"detail":"The store is not available"\}$', '^"KO"$', '^\[\]$']
--- error_code eval
[503, 200, 200]



=== TEST 11: something that is no Redis
--- http_config
    finance_redis redis://127.0.0.1:$TEST_NGINX_MARKET_PORT timeout=200ms retry=100ms;
--- request eval
["GET /finance/watchlist", "GET /finance/stocks/KO/bars?days=1"]
--- response_body_filters eval
[[], [pick('ticker')]]
--- response_body eval
["{\"detail\":$main::Gone}", qq("KO"\n)]
--- error_code eval
[503, 200]



=== TEST 12: connections that Redis closes for idleness
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/watchlist", "GET /finance/watchlist"]
--- response_body_filters eval
[([then(sub { redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'); pause(0.3) })]) x 3]
--- response_body eval
[qr/added/, '["KO"]', '["KO"]']



=== TEST 13: one connection for many
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK connections=1 timeout=2s;
--- config eval
FinanceTest::market_config() . <<'END'
location = /many {
    ssi on;
    ssi_types *;
    alias $TEST_NGINX_HTML_DIR/many.html;
}
location /through/ { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/; }
END
--- user_files eval
[["many.html" => '<!--# include virtual="/through/dashboard?tickers=KO,JPM" -->' x 30]]
--- request
GET /many
--- response_body_filters eval
sub { my $n = () = $_[0] =~ /"errors":\[\]/g; "$n\n" }
--- response_body
30



=== TEST 14: what was cached before it went is not lost with its return
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[keep(), sub { "first\n" }, then(sub { pause(0.1); redis('FLUSHALL') })], [same()]]
--- response_body eval
["first\n", "same\n"]

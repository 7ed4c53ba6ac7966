# The fault matrix, with nothing at hand: each fault of the market on bars, on
# a chain and among a dashboard's stocks, with status, body, calls and time; and
# that all is well once the fault has gone. 161 is the same with something stale.
use strict;
use warnings;

use FinanceTest::Faults;
use FinanceTest sample => 1, market => \@FinanceTest::Faults::OPTIONS;
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Chain = '/v3/snapshot/options/';

# Those that may pass, when they do.
our @Passing = map { [@$_[0 .. 3], 0, 1.4] } grep { $_->[3] == 3 } @Faults;

our $Config = $Market . <<'END';
location /finance/ {
    finance_api;
    finance_market /_market;
    finance_timeout 1500ms;
    finance_retry 3 base=10ms max=20ms;
}
END

# Only the time for all attempts is short.
our $Late1 = $Config =~ s/proxy_read_timeout 150ms;//r =~ s/1500ms/400ms/r;

# 429 with a date as its Retry-After.
sub dated {
    my ($date) = @_;

    return $Config . <<"END";
location /_market/v2/ { internal; proxy_pass http://127.0.0.1:\$TEST_NGINX_SERVER_PORT/dated/; }
location /dated/ { add_header Retry-After "$date" always; return 429; }
END
}

# For each of n faults its request.
sub asked {
    my ($uri, $n) = @_;

    return ['GET /market-control/calls',
            map { my $t = fault_ticker($_); 'GET ' . $uri =~ s/TICKER/$t/r } 0 .. $n - 1];
}

# And again without any.
sub asked_again {
    my $asked = asked(@_);

    return [@$asked, 'GET /market-control/reset', @$asked[1 .. $#$asked]];
}

# Of those answers: the values at the paths, the calls and the time; and of
# those that follow.
sub seen {
    my ($path, $pick, $well, @faults) = @_;

    my $ok = sub { "ok\n" };
    my @failed = map { [took(@{ $faults[$_] }[4, 5],
                             pick(@$pick), calls($path . fault_ticker($_)))] } 0 .. $#faults;

    return [[$ok, mark()], @failed] if !$well;
    return [[$ok, mark()], @failed,
            [$ok], map { [pick(@$well), calls($path . fault_ticker($_))] } 0 .. $#faults];
}

# Their bodies.
sub bodies {
    my ($failed, $well, @faults) = @_;

    my @failed = map { $failed->($faults[$_], $_) . " in time\n" } 0 .. $#faults;

    return ["ok\n", @failed] if !$well;
    return ["ok\n", @failed, "ok\n", map { $well->($faults[$_], $_) . "\n" } 0 .. $#faults];
}

sub codes {
    my (@faults) = @_;

    return [200, (map { $_->[1] } @faults), 200, (200) x @faults];
}

# The Retry-After of a 503.
sub retry_after {
    my (@faults) = @_;

    return ['', map { my ($s) = FinanceTest::Faults::slow_fault($_->[0]) =~ /retry_after=(\d+)/;
                      $_->[1] == 503 ? 'Retry-After: ' . ($s // 1) . '$' : '' } @faults];
}

{
    no warnings 'once';

    for my $name (qw(asked asked_again seen bodies codes retry_after)) {
        no strict 'refs';

        *{"Test::Base::Filter::$name"} = \&$name;
    }
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(config => slowly($block->config // $Config));
});

worker_connections(1024);
timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the bars of a stock
--- init
main::set_faults($main::Bars, [], @main::Faults);
--- request eval
asked_again('/finance/stocks/TICKER', scalar @main::Faults)
--- response_body_filters eval
seen($main::Bars, ['detail', 'ticker'], ['ticker', 'stale'], @main::Faults)
--- response_body eval
bodies(sub { "$_[0][2] missing calls $_[0][3]" },
       sub { '"' . main::fault_ticker($_[1]) . '" false calls 1' }, @main::Faults)
--- error_code eval
codes(@main::Faults)
--- response_headers_like eval
retry_after(@main::Faults)



=== TEST 2: bars
--- init
main::set_faults($main::Bars, [], @main::Some);
--- request eval
asked_again('/finance/stocks/TICKER/bars?days=1', scalar @main::Some)
--- response_body_filters eval
seen($main::Bars, ['detail', 'bars'], ['bars.@', 'stale'], @main::Some)
--- response_body eval
bodies(sub { "$_[0][2] missing calls $_[0][3]" }, sub { '1 false calls 1' }, @main::Some)
--- error_code eval
codes(@main::Some)
--- response_headers_like eval
retry_after(@main::Some)



=== TEST 3: the whole chain
--- init
main::set_faults($main::Chain, [], @main::Some);
--- request eval
asked_again('/finance/stocks/TICKER/options?max_dte=5', scalar @main::Some)
--- response_body_filters eval
seen($main::Chain, ['detail', 'contracts'], ['options_status', 'stale', 'truncated'], @main::Some)
--- response_body_like eval
bodies(sub { "^\Q$_[0][2]\E missing calls $_[0][3]" }, sub { '^"ok" false false calls [1-9]' },
       @main::Some)
--- error_code eval
codes(@main::Some)
--- response_headers_like eval
retry_after(@main::Some)



=== TEST 4: the chain of a stock: its four parts fail, the stock does not
--- init
main::set_faults($main::Chain, [], @main::Some);
--- request eval
asked_again('/finance/stocks/TICKER', scalar @main::Some)
--- response_body_filters eval
seen($main::Chain, ['options_status', 'stale', 'strategy_data.csp_signal.recommended_strikes'],
     ['options_status', 'stale'], @main::Some)
--- response_body_like eval
# when one is given up the others make no more attempts
bodies(sub { my $n = $_[0][3]; '^"unavailable" false \[\] calls (' . CORE::join('|', 3 + $n .. 4 * $n) . ')' },
       # kept as it is for a while
       sub { '"unavailable" false calls 0' }, @main::Some)



=== TEST 5: a dashboard of all of them: each has its own fate
--- init
main::set_faults($main::Bars, [], @main::Faults);
--- request eval
my $uri = 'GET /finance/dashboard?tickers=' . CORE::join ',', map { main::fault_ticker($_) }
              0 .. @main::Faults + 2;
['GET /market-control/calls', $uri, 'GET /market-control/reset', $uri]
--- response_body_filters eval
my @calls = calls(map { $main::Bars . main::fault_ticker($_) } 0 .. @main::Faults + 2);
[[sub { "ok\n" }, mark()], [took(1, 2.5, pick(qw(stocks.*.stale errors.*.detail errors.*.status)), @calls)],
 [sub { "ok\n" }], [pick(qw(stocks.@ errors)), @calls]]
--- response_body eval
["ok\n", '[false,false,false] [' . CORE::join(',', map { $_->[2] } @main::Faults) . '] ['
         . CORE::join(',', map { $_->[1] } @main::Faults) . '] calls '
         . CORE::join(' ', (map { $_->[3] } @main::Faults), 1, 1, 1) . " in time\n",
 "ok\n", (@main::Faults + 3) . ' [] calls ' . CORE::join(' ', (1) x @main::Faults, 0, 0, 0) . "\n"]
--- response_headers_like eval
['', 'Finance-Complete: false', '', 'Finance-Complete: true']



=== TEST 6: what passes after the first attempt
--- init
main::set_faults($main::Bars, [times => 1], @main::Passing);
--- request eval
asked('/finance/stocks/TICKER', scalar @main::Passing)
--- response_body_filters eval
seen($main::Bars, ['stale', 'options_status'], undef, @main::Passing)
--- response_body eval
bodies(sub { 'false "ok" calls 2' }, undef, @main::Passing)



=== TEST 7: after the second
--- init
main::set_faults($main::Bars, [times => 2], @main::Passing);
--- request eval
asked('/finance/stocks/TICKER/bars?days=1', scalar @main::Passing)
--- response_body_filters eval
seen($main::Bars, ['stale', 'bars.@'], undef, @main::Passing)
--- response_body eval
bodies(sub { 'false 1 calls 3' }, undef, @main::Passing)



=== TEST 8: in each of the four parts of a chain, once: the chain is whole
--- init
main::set_faults($main::Chain, [times => 4], @main::Passing);
--- request eval
asked('/finance/stocks/TICKER', scalar @main::Passing)
--- response_body_filters eval
seen($main::Chain, ['options_status', 'stale'], undef, @main::Passing)
--- response_body eval
bodies(sub { '"ok" false calls 8' }, undef, @main::Passing)



=== TEST 9: on a later page
--- init
main::set_faults($main::Chain, [times => 1, after => 1], @main::Passing);
--- request eval
asked('/finance/stocks/TICKER/options?max_dte=5', scalar @main::Passing)
--- response_body_filters eval
seen($main::Chain, ['options_status', 'truncated'], undef, @main::Passing)
--- response_body_like eval
bodies(sub { '^"ok" false calls [3-5]' }, undef, @main::Passing)



=== TEST 10: a Retry-After that there is time for
--- init
main::set_faults($main::Bars, [times => 1], ['kind=status&status=429&retry_after=1'],
                 ['kind=status&status=503&retry_after=1']);
--- config eval
$main::Config =~ s/1500ms/4000ms/r
--- request eval
asked_again('/finance/stocks/TICKER/bars?days=1', 2)
--- response_body_filters eval
seen($main::Bars, ['stale', 'bars.@'], ['stale'], map { ['', 200, '', 2, 1, 1.5] } 1 .. 2)
--- response_body eval
bodies(sub { 'false 1 calls 2' }, sub { 'false calls 0' }, 1 .. 2)



=== TEST 11: a date of long ago
--- config eval
main::dated('Sat, 01 Jan 2000 00:00:00 GMT')
--- request
GET /finance/stocks/KO/bars
--- error_code: 503
--- response_headers
Retry-After: 1
--- grep_error_log eval: qr/attempt \d of 3/
--- grep_error_log_out
attempt 1 of 3
attempt 2 of 3



=== TEST 12: a date to come
--- config eval
main::dated('Sat, 01 Jan 2050 00:00:00 GMT')
--- request
GET /finance/stocks/KO/bars
--- error_code: 503
--- response_headers
Retry-After: 3600
--- grep_error_log eval: qr/attempt \d of 3/
--- grep_error_log_out eval
""



=== TEST 13: bars that the plan lacks: asked for once more, up to the day before
--- init
market_fault(match => $main::Bars, kind => 'status', status => 403);
--- request eval
["GET /market-control/calls", "GET /finance/stocks/KO", "GET /finance/stocks/TSLA/bars",
 "GET /market-control/reset", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[sub { "ok\n" }, mark()], [took(0, 1.4, pick('detail'), calls("${main::Bars}KO"))],
 [took(0, 1.4, pick('detail'), calls("${main::Bars}TSLA"))], [sub { "ok\n" }], [pick('stale', 'ticker')]]
--- response_body eval
my $lacks = '"The market plan does not include this data"';
["ok\n", "$lacks calls 2 in time\n", "$lacks calls 1 in time\n", "ok\n", qq(false "KO"\n)]
--- error_code eval
[200, 502, 502, 200, 200]



=== TEST 14: a chain that it lacks: asked for once, and not for an hour
--- init
market_fault(match => $main::Chain, kind => 'status', status => 403);
--- request eval
["GET /market-control/calls", "GET /finance/stocks/KO", "GET /finance/stocks/TSLA/options"]
--- response_body_filters eval
[[sub { "ok\n" }, mark()], [took(0, 1.4, pick('options_status', 'stale'), calls("${main::Chain}KO"))],
 [took(0, 1.4, pick('options_status', 'contracts'), calls("${main::Chain}TSLA"))]]
--- response_body eval
["ok\n", qq("not_entitled" false calls 4 in time\n), qq("not_entitled" [] calls 0 in time\n)]



=== TEST 15: valid and short: no bars, and a chain without contracts
--- init
market_fault(match => "$main::Bars$_", kind => 'body', value => '{}') for qw(KO TSLA);
market_fault(match => "$main::Bars$_", kind => 'no_results') for qw(AAPL GOOG);
market_fault(match => "${main::Chain}SPY", kind => 'body', value => '{}');
market_fault(match => "${main::Chain}META", kind => 'no_results');
--- request eval
my @asked = ((map { "GET /finance/stocks/$_" } qw(KO TSLA/bars AAPL GOOG/bars)),
             (map { "GET /finance/stocks/$_/options" } qw(SPY META)));
["GET /market-control/calls", @asked, "GET /market-control/reset", @asked[0 .. 3]]
--- response_body_filters eval
my $seen = sub { [took(0, 1.4, pick('detail', 'options_status'), calls(@_))] };
[[sub { "ok\n" }, mark()], (map { $seen->("$main::Bars$_") } qw(KO TSLA AAPL GOOG)),
 (map { $seen->("$main::Chain$_") } qw(SPY META)), [sub { "ok\n" }], map { [pick('stale')] } 1 .. 4]
--- response_body eval
my $none = qq("The market has no data for it" missing calls 1 in time\n);
["ok\n", ($none) x 4, (qq(missing "none" calls 1 in time\n)) x 2, "ok\n", ("false\n") x 4]
--- error_code eval
[200, (404) x 4, 200, 200, 200, (200) x 4]



=== TEST 16: pages that go in a circle, and to another host
--- init
market_fault(match => "${main::Chain}AAPL", kind => 'page_loop');
market_fault(match => "${main::Chain}TSLA", kind => 'foreign_next');
--- request eval
my @asked = map { ("GET /finance/stocks/$_/options", "GET /finance/stocks/$_") } qw(AAPL TSLA);
["GET /market-control/calls", @asked, "GET /market-control/reset"]
--- response_body_filters eval
my $seen = sub { [took(0, 1.4, pick('options_status', 'truncated', 'stale'), calls($main::Chain . $_[0]))] };
[[sub { "ok\n" }, mark()], (map { ($seen->($_)) x 2 } qw(AAPL TSLA)), [sub { "ok\n" }]]
--- response_body eval
["ok\n", qq("ok" true false calls 2 in time\n), qq("ok" missing false calls 10 in time\n),
 qq("ok" false false calls 4 in time\n), qq("ok" missing false calls 8 in time\n), "ok\n"]



=== TEST 17: no attempt ends before the time for all has passed
--- config eval
$main::Late1
--- init
main::set_faults($main::Bars, [], map { ["kind=$_"] } 'hang', 'delay&ms=1000', 'drip&ms=1&bytes=1',
                 'slow_headers&ms=200');
--- request eval
asked_again('/finance/stocks/TICKER', 4)
--- response_body_filters eval
seen($main::Bars, ['detail', 'ticker'], ['stale'], map { ['', 504, '', 1, 0.4, 1.3] } 1 .. 4)
--- response_body eval
bodies(sub { "$main::Late missing calls 1" }, sub { 'false calls 1' }, 1 .. 4)
--- error_code eval
[200, (504) x 4, 200, (200) x 4]



=== TEST 18: of a chain
--- config eval
$main::Late1
--- init
main::set_faults($main::Chain, [], map { ["kind=$_"] } 'hang', 'delay&ms=1000', 'drip&ms=1&bytes=1');
--- request eval
asked_again('/finance/stocks/TICKER', 3)
--- response_body_filters eval
seen($main::Chain, ['options_status', 'stale'], ['options_status'], map { ['', 200, '', 4, 0.4, 1.3] } 1 .. 3)
--- response_body eval
bodies(sub { '"unavailable" false calls 4' }, sub { '"unavailable" calls 0' }, 1 .. 3)



=== TEST 19: a byte at a time, and in time
--- config eval
$main::Config =~ s/proxy_read_timeout 150ms;//r
--- init
market_fault(match => '/v2', kind => 'drip', ms => 1, bytes => 1);
--- request eval
["GET /market-control/calls", "GET /finance/stocks/TINY/bars"]
--- response_body_filters eval
[[sub { "ok\n" }, mark()], [took(0.3, 1.5, pick('bars.@'), calls("${main::Bars}TINY"))]]
--- response_body eval
["ok\n", "5 calls 1 in time\n"]



=== TEST 20: the time for all passes in the second attempt
--- config eval
$main::Config =~ s/1500ms/250ms/r
--- init
market_fault(match => $main::Bars, kind => 'hang');
--- request eval
["GET /market-control/calls", "GET /finance/stocks/KO/bars"]
--- response_body_filters eval
[[sub { "ok\n" }, mark()], [took(0.25, 1.2, pick('detail'), calls("${main::Bars}KO"))]]
--- response_body eval
["ok\n", "$main::Late calls 2 in time\n"]
--- error_code eval
[200, 504]



=== TEST 21: what may be left out is attempted twice
--- init
market_fault(match => $_, kind => 'status', status => 500)
    for '/benzinga/v1/earnings', '/v3/reference/dividends';
--- request eval
["GET /market-control/calls", "GET /finance/stocks/KO", "GET /market-control/reset",
 "GET /finance/stocks/KO?force_refresh=1"]
--- response_body_filters eval
my @calls = calls(qr/earnings/, qr/dividends/);
[[sub { "ok\n" }, mark()], [took(0, 1.4, pick('stock_data.earnings_date', 'options_status'), @calls)],
 [sub { "ok\n" }], [pick('stock_data.earnings_date', 'options_status'), @calls]]
--- response_body_like eval
['ok', '^null "ok" calls 2 2 in time$', 'ok', '^"20\d\d-\d\d-\d\d" "ok" calls 1 1$']



=== TEST 22: whether a ticker is one, and the session
--- init
market_fault(match => $_, kind => 'status', status => 500) for '/v3/reference/tickers', '/v1';
--- request eval
["GET /market-control/calls", "POST /finance/watchlist?ticker=KO",
 "GET /finance/dashboard?tickers=KO", "GET /market-control/reset",
 "POST /finance/watchlist?ticker=KO", "GET /finance/dashboard?tickers=KO"]
--- response_body_filters eval
my $ok = sub { "ok\n" };
my @post = (pick('detail', 'status'), calls('/v3/reference/tickers/KO'));
my @get = (pick('market.status', 'errors'), calls('/v1/marketstatus/now'));
[[$ok, mark()], [took(0, 1.4, @post)], [took(0, 1.4, @get)], [$ok], [@post], [@get]]
--- response_body eval
["ok\n", "$main::Error missing calls 3 in time\n", qq("unknown" [] calls 3 in time\n), "ok\n",
 qq(missing "added" calls 1\n), qq("extended-hours" [] calls 1\n)]
--- error_code eval
[200, 502, 200, 200, 200, 200]



=== TEST 23: nginx itself asks once more over a kept connection that ends
--- http_config
upstream kept { server 127.0.0.1:$TEST_NGINX_MARKET_PORT; keepalive 1; }
--- config eval
$main::Config =~ s{http://127.0.0.1:\$TEST_NGINX_MARKET_PORT/;}
                  {http://kept/; proxy_http_version 1.1; proxy_set_header Connection "";}r
--- request eval
["GET /finance/stocks/TSLA/bars", "GET /market-control/fault?match=$main::Bars&kind=reset",
 "GET /finance/stocks/KO/bars"]
--- response_body_filters eval
[([sub { "ok\n" }]) x 2, [pick('detail'), calls("${main::Bars}KO")]]
--- response_body eval
["ok\n", "ok\n", "$main::Error calls 4\n"]
--- error_code eval
[200, 200, 502]



=== TEST 24: unless it is told not to
--- http_config
upstream kept { server 127.0.0.1:$TEST_NGINX_MARKET_PORT; keepalive 1; }
--- config eval
$main::Config =~ s{http://127.0.0.1:\$TEST_NGINX_MARKET_PORT/;}
                  {http://kept/; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_next_upstream off;}r
--- request eval
["GET /finance/stocks/TSLA/bars", "GET /market-control/fault?match=$main::Bars&kind=reset",
 "GET /finance/stocks/KO/bars"]
--- response_body_filters eval
[([sub { "ok\n" }]) x 2, [pick('detail'), calls("${main::Bars}KO")]]
--- response_body eval
["ok\n", "ok\n", "$main::Error calls 3\n"]
--- error_code eval
[200, 200, 502]



=== TEST 25: two addresses: each attempt is two calls
--- http_config
upstream two {
    server 127.0.0.1:$TEST_NGINX_MARKET_PORT max_fails=0;
    server 127.0.0.1:$TEST_NGINX_MARKET_PORT max_fails=0;
}
--- config eval
$main::Config =~ s{http://127.0.0.1:\$TEST_NGINX_MARKET_PORT/;}{http://two/;}r
--- init
market_fault(match => $main::Bars, kind => 'reset');
--- request
GET /finance/stocks/KO/bars
--- response_body_filters eval
[pick('detail'), calls("${main::Bars}KO")]
--- response_body eval
"$main::Error calls 6\n"
--- error_code: 502



=== TEST 26: one part of a chain is given up: the others make no further attempt
--- config eval
$main::Config =~ s/base=10ms max=20ms/base=5s max=5s/r =~ s/1500ms/10s/r
--- init
market_fault(match => '/v3/snapshot/options/KO', kind => 'status', status => 401, times => 1);
market_fault(match => '/v3/snapshot/options/KO', kind => 'status', status => 500);
--- request eval
["GET /market-control/calls", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[mark()], [took(0, 1, pick('options_status')), calls('/v3/snapshot/options/KO')]]
--- response_body_like eval
['', '^"unavailable" in time calls [45]$']

# Positions and the market: contracts outside the chain's parts, books, and what
# is left of it all when the market fails.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use FinanceTest::Sample;
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Chain = '/v3/snapshot/options/';
our $Fault = '/market-control/fault?match=';
our $Stale = FinanceTest::market_config()
             =~ s/finance_api;/finance_api; finance_cache stock=0 options=0;/r;

# A location that holds nothing of what /finance/ does, but for Redis.
our $Two = FinanceTest::market_config() . <<'END';
location /other/ {
    finance_api;
    finance_market /_market;
    finance_redis unix:$TEST_NGINX_REDIS_SOCK connections=1;
}
END

# A request for calls of strike 180 that expire in 365 to 540 days.
sub rolls_to {
    my ($request) = @_;

    my %want = ('expiration_date.gte' => '2027-03-18', 'expiration_date.lte' => '2027-09-09',
                'strike_price.gte' => 180, 'strike_price.lte' => 180, contract_type => 'call');

    return !grep { $request !~ /[?&]\Q$_=$want{$_}\E[& ]/ } keys %want;
}

# The contracts of four months that no part of AAPL's chain has.
our @Outside = grep { $_->{expiration_date} =~ /^2026-0[6789]/ }
               map { $_->{details} } @{ FinanceTest::Sample::read_json(
                   "$ENV{TEST_NGINX_DATA_DIR}/chain/AAPL.json")->{results} };

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(more_headers => 'Content-Type: application/json')
        if !defined $block->more_headers && !defined $block->raw_request;
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: a contract in the chain's parts is not asked for
--- init
store(1, strike => 220);
--- request
GET /finance/positions
--- response_body_filters eval
[pick('summary.partial'), calls("${main::Chain}AAPL/*", "${main::Bars}AAPL")]
--- response_body
false calls 0 1



=== TEST 2: one outside is asked for by its name, once for all
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store(1, strike => 200, option_type => 'put', expiration => '2026-06-19', premium => 7);
store(2, strike => 200, option_type => 'put', expiration => '2026-06-19', premium => 5, quantity => 2);
store(3, strike => 220);
--- request eval
["GET /finance/positions", "GET /finance/positions", "GET /finance/positions/" . id(1), "GET /finance/dashboard",
 "GET /finance/stocks/AAPL", "GET /finance/stocks/AAPL/signals"]
--- response_body_filters eval
my $calls = calls("${main::Chain}AAPL/*");
my $any = [sub { "ok" }, $calls];
[[check(sub { worth($_->{positions}[0], mid('O:AAPL260619P00200000'), 7, 100)
              || worth($_->{positions}[1], mid('O:AAPL260619P00200000'), 5, 100)
              || worth($_->{positions}[2], mid('O:AAPL260417C00220000'), 5.2, 100) || 1 }), $calls],
 ($any) x 5]
--- response_body eval
["yes calls 1\n", ("ok calls 1\n") x 5]
--- response_headers eval
[("") x 3, "Finance-Complete: true", "", ""]



=== TEST 3: it is in Redis, for other workers
--- config eval
$main::Two
--- init
store(1, strike => 200, option_type => 'put', expiration => '2026-06-19');
--- request eval
["GET /finance/positions", "GET /other/positions"]
--- response_body_filters eval
my $calls = calls("${main::Chain}AAPL/*", "${main::Bars}AAPL");
[[keep(), sub { "kept" }, $calls], [same(), $calls, sub { my $answer = $_[0] =~ s/\n//r;
   CORE::join(' ', $answer, CORE::sort grep { /contract|book/ } @{ redis('KEYS', 'finance:cache:*') }) }]]
--- response_body eval
["kept calls 1 1\n",
 "same calls 1 1 finance:cache:book:{AAPL} finance:cache:contract:{AAPL}:O:AAPL260619P00200000"]



=== TEST 4: with a POST and a PUT, too
--- request eval
[create(strike => 200, option_type => 'put', expiration => '2026-06-19', premium => 7),
 "GET /finance/positions"]
--- response_body_filters eval
my $calls = calls("${main::Chain}AAPL/*");
[[check(sub { worth($_, mid('O:AAPL260619P00200000'), 7, 100) || 1 }), $calls],
 [pick('summary.partial'), $calls]]
--- response_body eval
["yes calls 1\n", "false calls 1\n"]
--- error_code eval
[201, 200]



=== TEST 5: a contract that is gone: null, left out of sums, remembered
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store(1, strike => 201.5, option_type => 'put', expiration => '2026-06-19');
store(2, quantity => 1);
--- request eval
["GET /finance/positions", "GET /finance/positions", "GET /finance/dashboard"]
--- response_body_filters eval
my $calls = calls("${main::Chain}AAPL/*");
my $pick = pick(qw(positions.0.metrics positions.0.recommendation.action summary));
[([$pick, $calls]) x 2, [check(sub { lists($_->{stocks}[0]{strategy_data}) }), $calls]]
--- response_body eval
[(qq({"current_value":null,"days_held":44,"days_to_expiration":93,"unrealized_pnl":null,"unrealized_pnl_pct":null} "roll" )
  . '{"cash_secured":20150,"market_value":212.4,"partial":true,"unrealized_pnl":31.9,"unrealized_pnl_pct":17.6731301939058}'
  . " calls 1\n") x 2, "0 0 1 1 0 calls 1\n"]
--- response_headers eval
["", "", "Finance-Complete: true"]



=== TEST 6: nothing but such: no sums
--- init
store(1, strike => 201.5, option_type => 'put', expiration => '2026-06-19');
--- request
GET /finance/positions
--- response_body_filters eval
pick('summary')
--- response_body
{"cash_secured":20150,"market_value":null,"partial":true,"unrealized_pnl":null,"unrealized_pnl_pct":null}



=== TEST 7: an expired contract is not asked for
--- init
store(1, strike => 220, expiration => '2026-03-13');
--- request
GET /finance/positions
--- response_body_filters eval
[pick(qw(positions.0.metrics.current_value positions.0.metrics.days_to_expiration summary.partial)),
 calls("${main::Chain}AAPL/*")]
--- response_body
null -5 true calls 0



=== TEST 8: the call for a contract fails: null, the rest unharmed; asked for again next time
--- http_config
    finance_retry 1;
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store(1, strike => 200, option_type => 'put', expiration => '2026-06-19');
store(2, quantity => 1);
store(3, strike => 220, quantity => 1);
store(4, ticker => 'KO', purchase_price => 60);
market_fault(match => '/v3/snapshot/options/AAPL/O:AAPL260619P00200000', kind => 'status', status => 500, times => 3);
--- request eval
["GET /finance/positions", "GET /finance/dashboard", "GET /finance/stocks/AAPL", "GET /finance/positions",
 "GET /finance/dashboard"]
--- response_body_filters eval
my $calls = calls("${main::Chain}AAPL/*");
my $known = [check(sub { CORE::join ' ', map { defined $_->{metrics}{current_value} ? 'known' : 'null' } @{ $_->{positions} } }), $calls];
my $lists = [check(sub { lists($_->{stocks}[0]{strategy_data}) }), $calls];
[$known, $lists, [check(sub { lists($_->{strategy_data}) }), $calls], $known, $lists]
--- response_body eval
["null known known known calls 1\n", "0 0 1 1 1 calls 2\n", "0 0 1 1 1 calls 3\n", "known known known known calls 4\n",
 "0 0 1 1 1 calls 4\n"]
--- response_headers eval
["Cache-Control: private, max-age=0", "Finance-Complete: false
Cache-Control: private, max-age=0", "Cache-Control: private, max-age=0", "", "Finance-Complete: true"]



=== TEST 9: in each way that it can fail
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_timeout @{[800 * $FinanceTest::Body::Slow]}ms;/r
--- init
store(1, strike => 200, option_type => 'put', expiration => '2026-06-19');
store(2, quantity => 1);
--- request eval
[map { ("GET ${main::Fault}${main::Chain}AAPL/O&kind=$_", "GET /finance/positions", "GET /market-control/reset") }
     'truncate', 'garbage_json', 'html', 'reset', 'status&status=429', 'status&status=403', 'empty', 'hang']
--- response_body_filters eval
my $known = [pick(qw(positions.0.metrics.current_value positions.1.metrics.current_value summary.partial))];
[map { (([sub { "ok\n" }]), $known, [sub { "ok\n" }]) } 1 .. 8]
--- response_body eval
[("ok\n", "null 212.4 true\n", "ok\n") x 8]



=== TEST 10: a LEAPS that is to be rolled: its targets are asked for
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store(1, strike => 180, expiration => '2026-07-17', quantity => 1, premium => 40, transaction_date => '2024-06-03');
--- request eval
["GET /finance/positions", "GET /finance/positions", "GET /finance/dashboard"]
--- response_body_filters eval
my $calls = sub { my @roll = grep { main::rolls_to($_) } market_last($main::Chain);
                  my $answer = $_[0] =~ s/\n//r; "$answer asked " . @roll . "\n" };
[[check(sub { my $r = $_->{positions}[0]{recommendation}{roll_parameters};
              $r && $r->{roll_type} eq 'out' && $r->{ticker} eq 'O:AAPL270618C00180000' && $r->{dte} == 457
              && near($r->{expected_credit}, mid('O:AAPL270618C00180000') - mid('O:AAPL260717C00180000'))
              || JSON::PP->new->encode($_->{positions}) }), $calls],
 [pick('positions.0.recommendation.action'), $calls],
 [pick('stocks.0.strategy_data.leaps_positions.0.recommendation.roll_parameters.strike'), $calls]]
--- response_body eval
["yes asked 1\n", qq("roll" asked 1\n), "180 asked 1\n"]



=== TEST 11: no target, or the call for it fails: a roll without parameters, that says so
--- init
store(1, strike => 180, expiration => '2026-07-17', quantity => 1, premium => 40, transaction_date => '2024-06-03');
market_fault(match => '/v3/snapshot/options/AAPL?', kind => 'status', status => 500, after => 4);
--- request
GET /finance/positions
--- response_body_filters eval
check(sub { my $p = $_->{positions}[0];
            my $r = $p->{recommendation};
            "$r->{action} " . (defined $r->{roll_parameters} ? 'where' : 'null') . " $p->{metrics}{current_value} "
            . grep { /No contract to roll to/ } @{ $r->{reasoning} } })
--- response_body
roll null 3840 1



=== TEST 12: a stock without an option chain: only contracts outside its parts are asked for
--- init
store(1, ticker => 'JPM', strike => 200);
store(2, ticker => 'JPM', quantity => 1);
store(3, ticker => 'JPM', strike => 200, expiration => '2026-06-19');
--- request eval
["GET /finance/positions", "GET /finance/positions"]
--- response_body_filters eval
[pick('positions.*.metrics.current_value'), calls("${main::Chain}JPM/*")]
--- response_body eval
[("[null,204.6,null] calls 1\n") x 2]



=== TEST 13: the plan has no options: shares are valued, contracts not, and not asked for
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
market_fault(match => '/v3/snapshot/options', kind => 'status', status => 403);
store(1, strike => 220);
store(2, quantity => 1);
store(3, strike => 200, option_type => 'put', expiration => '2026-06-19');
--- request eval
["GET /finance/positions", "GET /finance/dashboard"]
--- response_body_filters eval
[[pick(qw(positions.*.metrics.current_value summary.partial)), calls("${main::Chain}AAPL/*")],
 [check(sub { my $s = $_->{stocks}[0]; "$s->{options_status} " . lists($s->{strategy_data}) }), calls("${main::Chain}AAPL/*")]]
--- response_body eval
["[null,212.4,null] true calls 0\n", "not_entitled 0 1 1 1 0 calls 0\n"]
--- response_headers eval
["", "Finance-Complete: true"]



=== TEST 14: the chain fails: likewise
--- init
market_fault(match => '/v3/snapshot/options', kind => 'status', status => 500);
store(1, strike => 220);
store(2, quantity => 1);
--- request
GET /finance/positions
--- response_body_filters eval
pick(qw(positions.*.metrics.current_value summary.partial))
--- response_body
[null,212.4] true



=== TEST 15: bars fail: what is held is valued by the close of the session before
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL', 2, 'KO');
market_fault(match => '/v2/aggs/ticker/AAPL/range', kind => 'status', status => 500);
store(1, quantity => 10);
store(2, strike => 220);
--- request eval
["GET /finance/positions", "GET /finance/dashboard", "GET /finance/stocks/AAPL", "GET /finance/positions/" . id(1)]
--- response_body_filters eval
my $prev = calls("${main::Bars}AAPL/prev");
[[pick(qw(positions.*.metrics.current_value summary.market_value summary.partial)), $prev],
 [check(sub { my $s = $_->{stocks}[0];
              CORE::join ' ', (map { $_->{ticker} } @{ $_->{stocks} }), scalar @{ $_->{errors} }, lists($s->{strategy_data}),
                  $s->{options_status}, $s->{stock_data}{current_price},
                  map { defined $_ ? 'known' : 'null' } @{ $s->{stock_data} }{qw(daily_change daily_change_pct rsi)} }), $prev],
 [pick(qw(ticker stock_data.current_price stock_data.daily_change strategy_data.stock_positions.0.metrics.current_value)), $prev],
 [pick('metrics.current_value'), $prev]]
--- response_body eval
["[2124,null] 2124 true calls 1\n", "AAPL KO 0 0 1 1 0 0 unavailable 212.4 null null null calls 1\n",
 qq("AAPL" 212.4 null 2124 calls 1\n), "2124 calls 1\n"]
--- response_headers eval
["", "Finance-Complete: false
Cache-Control: private, max-age=0", "Cache-Control: private, max-age=0", ""]



=== TEST 16: where nothing is held the stock is an error as ever
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
market_fault(match => '/v2/aggs/ticker/AAPL/range', kind => 'status', status => 500);
store(1, ticker => 'KO');
--- request eval
["GET /finance/dashboard", "GET /finance/stocks/AAPL"]
--- response_body_filters eval
[[pick('stocks', 'errors'), calls("${main::Bars}AAPL/prev")], [pick('detail'), calls("${main::Bars}AAPL/prev")]]
--- response_body eval
[qq([] [{"detail":"The market answered an error","status":502,"ticker":"AAPL"}] calls 0\n),
 qq("The market answered an error" calls 0\n)]
--- error_code eval
[200, 502]



=== TEST 17: neither bars nor the close before: 502, or 404; positions are listed all the same
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL', 2, 'NEW', 3, 'KO');
market_fault(match => '/v2/aggs/ticker/AAPL', kind => 'status', status => 500);
store(1, quantity => 10);
store(2, ticker => 'NEW');
store(3, ticker => 'KO', quantity => 1);
--- request eval
["GET /finance/dashboard", "GET /finance/positions", "GET /finance/stocks/AAPL", "GET /finance/stocks/NEW",
 "GET /finance/positions/" . id(2)]
--- response_body_filters eval
[[pick('stocks.*.ticker', 'errors.*.ticker', 'errors.*.status')],
 [pick('positions.*.metrics.current_value', 'positions.*.metrics.days_held', 'summary.market_value', 'summary.partial')],
 [pick('detail')], [pick('detail')], [pick('metrics.unrealized_pnl')]]
--- response_body eval
[qq(["KO"] ["AAPL","NEW"] [502,404]\n), "[null,null,62.35] [289,289,289] 62.35 true\n",
 qq("The market answered an error"\n), qq("The market has no data for it"\n), "null\n"]
--- error_code eval
[200, 200, 502, 404, 200]



=== TEST 18: the market is away, the stock stale: positions are valued by what there was
--- config eval
$main::Stale
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store(1, quantity => 10);
store(2, strike => 220);
store(3, strike => 200, option_type => 'put', expiration => '2026-06-19');
--- request eval
["GET /finance/positions", "GET ${main::Fault}/&kind=status&status=500", "GET /finance/positions",
 "GET /finance/dashboard", "GET /finance/positions/" . id(3)]
--- response_body_filters eval
[[keep(), pick('summary.partial')], [sub { "ok\n" }], [same()], [check(sub { my $s = $_->{stocks}[0];
  ($s->{stale} ? 'stale ' : '') . lists($s->{strategy_data}) })],
 [check(sub { defined $_->{metrics}{current_value} })]]
--- response_body eval
["false\n", "ok\n", "same\n", "stale 0 1 1 1 0\n", "yes\n"]
--- response_headers eval
["", "", "", "Finance-Complete: false", ""]



=== TEST 19: the market is away and nothing is cached: a position can be read and changed
--- init
store(1, quantity => 10);
redis('SET', 'finance:cache:ref:{KO}', '{"known":true}');
market_fault(match => '/', kind => 'status', status => 500);
--- request eval
["GET /finance/positions", replace(1, quantity => 5), "DELETE /finance/positions/" . id(1)]
--- response_body_filters eval
[[pick('positions.0.metrics', 'summary.partial')], [pick('quantity', 'metrics.current_value', 'metrics.days_held', 'version')], [left()]]
--- response_body eval
[qq({"current_value":null,"days_held":289,"days_to_expiration":null,"unrealized_pnl":null,"unrealized_pnl_pct":null} true\n),
 "5 null 289 2\n", qq({"id":"00000000-0000-4000-8000-000000000001","status":"deleted"} left\n)]



=== TEST 20: created while only the reference can be had: 201 with nulls
--- init
market_fault(match => '/v2', kind => 'status', status => 500);
--- request eval
[create(), create(strike => 220)]
--- response_body_filters eval
[pick('metrics.current_value', 'recommendation.action', 'version')]
--- response_body eval
[(qq(null "maintain" 1\n)) x 2]
--- error_code eval
[201, 201]



=== TEST 21: the book is gone from Redis: the stock is made anew
--- config eval
$main::Two
--- init
store(1, quantity => 10);
store(2, strike => 220);
--- request eval
["GET /finance/positions", "GET /other/positions"]
--- response_body_filters eval
my $bars = calls("${main::Bars}AAPL");
[[keep(), pick('summary.partial'), $bars, then(sub { redis('DEL', 'finance:cache:book:{AAPL}') })], [same(), $bars]]
--- response_body eval
["false calls 1\n", "same calls 2\n"]



=== TEST 22: it is damaged, or another version's: likewise, and beside others that are not
--- config eval
$main::Two
--- init
store(1, quantity => 10);
store(2, strike => 220);
store(3, ticker => 'KO', quantity => 10);
store(4, ticker => 'MSFT', quantity => 10);
--- request eval
["GET /finance/positions", "GET /other/positions", "GET /other/positions"]
--- response_body_filters eval
my $calls = calls(map { "${main::Bars}$_" } qw(AAPL KO MSFT));
[[keep(), pick('summary.partial'), $calls, then(sub {
      redis('SET', 'finance:cache:book:{AAPL}', 'garbage');
      redis('SETRANGE', 'finance:cache:book:{MSFT}', 4, "\x63") })], [same(), $calls], [same(), $calls]]
--- response_body eval
["false calls 1 1 1\n", ("same calls 2 1 2\n") x 2]



=== TEST 23: and the market away: null, without harm
--- config eval
$main::Two
--- init
store(1, quantity => 10);
store(3, ticker => 'KO', quantity => 10);
--- request eval
["GET /finance/positions", "GET ${main::Fault}/&kind=status&status=500", "GET /other/positions"]
--- response_body_filters eval
[[pick('summary.partial'), then(sub { redis('SET', 'finance:cache:book:{AAPL}', 'garbage') })], [sub { "ok\n" }],
 [pick('positions.*.metrics.current_value', 'summary.partial')]]
--- response_body eval
["false\n", "ok\n", "[null,623.5] true\n"]



=== TEST 24: garbage in the place of a contract is a miss
--- config eval
$main::Two
--- init
store(1, strike => 200, option_type => 'put', expiration => '2026-06-19');
--- request eval
["GET /finance/positions", "GET /other/positions"]
--- response_body_filters eval
my $calls = calls("${main::Chain}AAPL/*");
[[keep(), pick('summary.partial'), $calls,
  then(sub { redis('SET', 'finance:cache:contract:{AAPL}:O:AAPL260619P00200000', 'garbage') })], [same(), $calls]]
--- response_body eval
["false calls 1\n", "same calls 2\n"]



=== TEST 25: more contracts outside than are asked for at once
--- init
store($_, ticker => 'AAPL', strike => 130 + $_ * 2.5, option_type => 'put', expiration => '2026-09-18', quantity => 1) for 1 .. 80;
--- request
GET /finance/positions
--- response_body_filters eval
[check(sub { my $known = grep { defined $_->{metrics}{current_value} } @{ $_->{positions} };
             my $there = grep { my @quote = quote(sprintf 'O:AAPL260918P%08d', 1000 * (130 + $_ * 2.5)); @quote } 1 .. 80;
             $known == $there || "$known of $there" })]
--- response_body
yes



=== TEST 26: more than one request asks for: the next ones go on
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store($_ + 1, option_type => $main::Outside[$_]{contract_type}, strike => $main::Outside[$_]{strike_price},
      expiration => $main::Outside[$_]{expiration_date}, quantity => 1) for 0 .. $#main::Outside;
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard", "GET /finance/dashboard"]
--- response_body_filters eval
[sub { my @values = $_[0] =~ /"current_value":(null|\d)/g;
       return sprintf "%s, %s\n", @values == @main::Outside ? 'all there' : scalar @values,
                      grep({ $_ eq 'null' } @values) ? 'some null' : 'all known' },
 sub { my $n = market_calls("${main::Chain}AAPL/*"); $_[0] . ($n > 64 && $n <= @main::Outside ? "calls\n" : "$n calls\n") }]
--- response_body eval
["all there, some null\ncalls\n", ("all there, all known\ncalls\n") x 2]
--- response_headers eval
["Finance-Complete: false", ("Finance-Complete: true") x 2]

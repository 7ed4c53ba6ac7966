# GET stocks/{ticker}.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Sample;
use List::Util qw(max min sum);
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Chain = '/v3/snapshot/options/';
our $Fault = '/market-control/fault?match=';
our $Stale = FinanceTest::market_config()
             =~ s/finance_api;/finance_api; finance_cache stock=0 options=0;/r;

# The bars that the market serves, oldest first.
our @Aapl = @{ FinanceTest::Sample::read_json(
                   "$ENV{TEST_NGINX_DATA_DIR}/bars/AAPL.json")->{results} };

sub close_to {
    my ($name, $got, $expected) = @_;

    return defined $got && abs($got - $expected) <= 1e-9 * abs $expected
           ? () : "$name: " . ($got // 'null') . " is not $expected";
}

sub mean { return sum(map { $_->{c} } @Aapl[-$_[0] .. -1]) / $_[0] }

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: figures that are seen in the bars
--- request
GET /finance/stocks/AAPL
--- response_body_filters eval
check(sub {
    my $d = $_->{stock_data};
    my $year = $main::Aapl[-1]{t} - 365 * 86_400_000;
    my @year = grep { $_->{t} >= $year } @main::Aapl;

    return CORE::join('; ',
        main::close_to('current_price', $d->{current_price}, $main::Aapl[-1]{c}),
        main::close_to('daily_change', $d->{daily_change},
                       $main::Aapl[-1]{c} - $main::Aapl[-2]{c}),
        main::close_to('daily_change_pct', $d->{daily_change_pct},
                       ($main::Aapl[-1]{c} / $main::Aapl[-2]{c} - 1) * 100),
        (map { main::close_to("ma_$_", $d->{moving_averages}{"ma_$_"}, main::mean($_)) }
             20, 50, 200),
        main::close_to('high_52week', $d->{high_52week}, main::max(map { $_->{h} } @year)),
        main::close_to('low_52week', $d->{low_52week}, main::min(map { $_->{l} } @year)),
        main::close_to('swing_high', $d->{swing_high},
                       main::max(map { $_->{h} } @main::Aapl[-60 .. -1])),
        main::close_to('swing_low', $d->{swing_low},
                       main::min(map { $_->{l} } @main::Aapl[-60 .. -1]))) || 1;
})
--- response_body
yes



=== TEST 2: figures within their bounds, levels on their side, nearest first
--- request eval
[map { "GET /finance/stocks/$_" } qw(AAPL MSFT NVDA TSLA SPY KO)]
--- response_body_filters eval
check(sub {
    my $d = $_->{stock_data};
    my ($price, @down, @up) = ($d->{current_price}, @{ $d->{support_levels} });

    @up = @{ $d->{resistance_levels} };

    return $d->{rsi} > 0 && $d->{rsi} < 100 && $d->{atr} > 0
           && $d->{historical_volatility} > 0.02 && $d->{historical_volatility} < 2
           && $d->{implied_volatility} > 0.02 && $d->{implied_volatility} < 2
           && $d->{iv_rank} >= 0 && $d->{iv_rank} <= 100
           && $d->{iv_percentile} >= 0 && $d->{iv_percentile} < 100
           && $d->{iv_source} eq 'historical'
           && @down <= 3 && @up <= 3
           && !grep({ $_ >= $price } @down) && !grep({ $_ <= $price } @up)
           && "@down" eq "@{[ CORE::sort { $b <=> $a } @down ]}"
           && "@up" eq "@{[ CORE::sort { $a <=> $b } @up ]}";
})
--- response_body eval
[("yes\n") x 6]



=== TEST 3: headers
--- request
GET /finance/stocks/AAPL
--- response_body_like chomp
^\{"ticker":"AAPL",.*\}$
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=0
ETag: "[0-9a-f]{16}"
X-Content-Type-Options: nosniff



=== TEST 4: spelled in other ways, it is the same one
--- request eval
["GET /finance/stocks/AAPL", "GET /finance/stocks/aapl", "GET /finance/stocks/%20aApL%20",
 "GET /finance/stocks/%41APL"]
--- response_body_filters eval
my $calls = calls("${main::Bars}AAPL");
[[keep(), sub { 'same' }, $calls], ([same(), $calls]) x 3]
--- response_body eval
[("same calls 1\n") x 4]



=== TEST 5: the calls that it takes: bars once, the chain's parts
--- request
GET /finance/stocks/AAPL
--- response_body_filters eval
[pick('options_status'), calls("${main::Bars}AAPL", '/v3/reference/tickers/AAPL',
                               '/v1/marketstatus/now'),
 sub { my @chain = market_last("${main::Chain}AAPL");
       my $bad = grep { !/expiration_date\.gte=202\d-/ || !/limit=250/ } @chain;
       $_[0] . (@chain >= 3 ? "parts $bad\n" : "too few\n") }]
--- response_body
"ok" calls 1 0 0
parts 0



=== TEST 6: the bars that are asked for: 730 days to New York's today
--- request
GET /finance/stocks/AAPL
--- response_body_filters eval
sub { (market_last("${main::Bars}AAPL"))[0] =~ /^(.*) HTTP/ ? "$1\n" : '' }
--- response_body
GET /v2/aggs/ticker/AAPL/range/1/day/2024-03-18/2026-03-18?adjusted=true&sort=asc&limit=50000



=== TEST 7: cached, forced
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/stocks/KO?force_refresh=true",
 "GET /finance/stocks/KO?force_refresh=false", "GET /finance/stocks/KO?force_refresh=ja"]
--- response_body_filters eval
my $calls = calls("${main::Bars}KO");
[([pick('ticker'), $calls]) x 4, [pick('detail.0.type', 'detail.0.loc'), $calls]]
--- response_body eval
[qq("KO" calls 1\n), qq("KO" calls 1\n), qq("KO" calls 2\n), qq("KO" calls 2\n),
 qq("bool_parsing" ["query","force_refresh"] calls 2\n)]
--- error_code eval
[200, 200, 200, 200, 422]



=== TEST 8: malformed
--- request eval
[map { "GET /finance/stocks/$_" } '%20', 'A%20B', '%01', '%C3%84', 'A' x 20, 'A%2FB',
 'A%3FB', '-', '.']
--- response_body_filters eval
calls(qr/./)
--- response_body_like eval
[(qr/^\{"detail":"(Invalid ticker|Not found)"\} calls 0$/) x 9]
--- error_code_like eval
[(qr/^40[04]$/) x 9]



=== TEST 9: unknown to the market, no longer traded, and without a bar
--- request eval
["GET /finance/stocks/NOPE", "GET /finance/stocks/GONE", "GET /finance/stocks/NEW"]
--- response_body eval
['{"detail":"Invalid ticker"}', '{"detail":"Invalid ticker"}',
 '{"detail":"The market has no data for it"}']
--- error_code eval
[400, 400, 404]
--- response_headers eval
[("Cache-Control: no-store") x 3]



=== TEST 10: a ticker that had bars and has none any more: stale, and no success
--- config eval
$main::Stale
--- request eval
["GET /finance/stocks/KO", "GET ${main::Fault}${main::Bars}KO&kind=no_results",
 "GET /finance/stocks/KO", "GET /market-control/reset", "GET /finance/stocks/KO"]
--- response_body_filters eval
pick(qw(ticker stale as_of))
--- response_body eval
[qq("KO" false "2026-03-18T21:00:00Z"\n), "missing missing missing\n",
 qq("KO" true "2026-03-18T21:00:00Z"\n), "missing missing missing\n",
 qq("KO" false "2026-03-18T21:00:00Z"\n)]



=== TEST 11: few bars: what cannot be known is null
--- request
GET /finance/stocks/TINY
--- response_body_filters eval
pick(map { "stock_data.$_" } qw(moving_averages rsi atr historical_volatility
     implied_volatility iv_rank iv_percentile support_levels resistance_levels earnings_date
     days_to_earnings))
--- response_body
{"ma_20":null,"ma_200":null,"ma_50":null} null null null null null null [] [] null null



=== TEST 12: a plan without options
--- request eval
["GET ${main::Fault}${main::Chain}&kind=status&status=403", "GET /finance/stocks/AAPL",
 "GET /finance/dashboard?tickers=AAPL"]
--- response_body_filters eval
pick(qw(options_status stale stock_data.implied_volatility
        strategy_data.csp_signal.conditions_total strategy_data.csp_signal.recommended_strikes
        stocks.0.options_status))
--- response_body eval
["missing missing missing missing missing missing\n",
 qq("not_entitled" false null 4 [] missing\n),
 qq(missing missing missing missing missing "not_entitled"\n)]
--- response_headers eval
["", "! Finance-Complete", "Finance-Complete: true"]



=== TEST 13: it is said in the signals
--- request eval
["GET ${main::Fault}${main::Chain}&kind=status&status=403", "GET /finance/stocks/AAPL"]
--- response_body_filters eval
[[sub { "ok\n" }],
 [check(sub { my @said = grep { /^\x{26a0}/ }
                         @{ $_->{strategy_data}{csp_signal}{reasoning} };
              @said > 0 })]]
--- response_body eval
["ok\n", "yes\n"]



=== TEST 14: bars of today are not in the plan: asked up to the day before
--- request eval
["GET ${main::Fault}${main::Bars}KO&kind=status&status=403&times=1", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[sub { "ok\n" }],
 [pick('ticker', 'stale'),
  sub { $_[0] . CORE::join(' ', map { m{/day/(\S+?)\?} } market_last("${main::Bars}KO")) . "\n" }]]
--- response_body_like eval
["ok", qr{^"KO" false\n(2024-03-18/2026-03-18 2024-03-18/2026-03-17|2024-03-18/2026-03-17 2024-03-18/2026-03-18)\n$}]



=== TEST 15: nor those of the day before
--- request eval
["GET ${main::Fault}${main::Bars}KO&kind=status&status=403", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[sub { "ok\n" }], [calls("${main::Bars}KO")]]
--- response_body eval
["ok\n", qq({"detail":"The market plan does not include this data"} calls 2\n)]
--- error_code eval
[200, 502]



=== TEST 16: ETag, 304, HEAD
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /twice/stocks/KO", "HEAD /finance/stocks/KO", "GET /finance/stocks/KO"]
--- more_headers eval
["X-A: 1", "X-A: 1", 'If-None-Match: "x", *']
--- response_body_filters eval
[[sub { "<$_[0]>" }], [sub { "<$_[0]>" }], [pick('ticker')]]
--- response_body_like eval
['^<>$', '^<>$', '.']
--- error_code_like eval
['^304$', '^200$', '^(200|304)$']



=== TEST 17: the history of volatility: of 30 days on, that is the source
--- init
my $day = 86_400;
my $last = 1_773_792_000;    # 2026-03-18
redis('HSET', 'finance:iv:{AAPL}',
      map { my @t = gmtime($last - $_ * $day);
            (sprintf('%d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3]), 0.1 + $_ / 1000) }
          1 .. 40);
--- request
GET /finance/stocks/AAPL
--- response_body_filters eval
[pick(map { "stock_data.$_" } qw(iv_source iv_rank iv_percentile)),
 sub { $_[0] . redis('HLEN', 'finance:iv:{AAPL}') . ' '
       . (redis('HGET', 'finance:iv:{AAPL}', '2026-03-18') > 0.14) . "\n" }]
--- response_body_like
^"implied" 100 97\.5609756097561
41 1$



=== TEST 18: a history that is nonsense counts as none
--- init
redis('HSET', 'finance:iv:{AAPL}', map { ("day $_", 'x') } 1 .. 300);
--- request
GET /finance/stocks/AAPL
--- response_body_filters eval
pick(map { "stock_data.$_" } qw(iv_source))
--- response_body
"historical"



=== TEST 19: numbers are numbers, and no NaN anywhere
--- request eval
[map { "GET /finance/stocks/$_" } qw(AAPL TINY JPM)]
--- response_body_filters eval
[[sub { $_[0] =~ /nan|inf[^i]|infinity/i ? "bad\n" : "good\n" }],
 [sub { $_[0] =~ /nan|inf[^i]|infinity/i ? "bad\n" : "good\n" }],
 [sub { $_[0] =~ /nan|inf[^i]|infinity/i ? "bad\n" : "good\n" }]]
--- response_body eval
[("good\n") x 3]



=== TEST 20: the market's Retry-After is passed on, within an hour
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_retry 1;/r
--- init
market_fault(match => '/v2/aggs/ticker/AAPL', kind => 'status', status => 429,
             retry_after => 7);
market_fault(match => '/v2/aggs/ticker/MSFT', kind => 'status', status => 429,
             retry_after => 100000);
market_fault(match => '/v2/aggs/ticker/KO', kind => 'status', status => 429);
--- request eval
[map { "GET /finance/stocks/$_" } qw(AAPL MSFT KO)]
--- error_code eval
[503, 503, 503]
--- response_headers eval
['Retry-After: 7', 'Retry-After: 3600', 'Retry-After: 1']



=== TEST 21: a refused key is in the log, once, and names the stock
--- init
market_fault(match => '/v2/aggs/ticker/AAPL', kind => 'status', status => 401);
--- request
GET /finance/stocks/AAPL
--- error_code: 502
--- grep_error_log eval: qr/finance: stock of AAPL failed: [^,]*/
--- grep_error_log_out
finance: stock of AAPL failed: The market refused the server's key (unauthorized)



=== TEST 22: the four parts of a chain that fail alike are one line in the log
--- init
market_fault(match => '/v3/snapshot/options/AAPL', kind => 'garbage_json');
--- request
GET /finance/stocks/AAPL
--- error_code: 200
--- grep_error_log eval: qr/finance: chain of AAPL/
--- grep_error_log_out
finance: chain of AAPL

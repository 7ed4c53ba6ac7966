# GET dashboard: what is in it, where it comes from, and what is left of it
# when the market fails.
use strict;
use warnings;

use FinanceTest sample => 1;
use JSON::PP ();
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';

# ms in which all but what hangs is got
our $Time = $FinanceTest::Body::Slow > 1 ? 4000 : 300;
our $Chain = '/v3/snapshot/options/';
our $Fault = '/market-control/fault?match=';

# Everything is out of date at once, and may be served stale.
our $Stale = FinanceTest::market_config()
             =~ s/finance_api;/finance_api; finance_cache stock=0 options=0;/r;

# Three on the list, in an order that no sorting gives.
our $Watch = <<'END';
redis('ZADD', 'finance:{default}:watchlist', 1, 'KO', 2, 'AAPL', 3, 'JPM');
END

our $Stocks;

sub same_json {
    my $json = JSON::PP->new->canonical;

    return $json->encode($_[0]) eq $json->encode($_[1]);
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(init => $Watch) if !defined $block->init;
});

worker_connections(128);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: its members, in watchlist order
--- request
GET /finance/dashboard
--- response_body_filters eval
pick(qw(% stocks.*.ticker errors timestamp last_refresh market))
--- response_body
["errors","last_refresh","market","stocks","timestamp"] ["KO","AAPL","JPM"] [] "2026-03-18T21:00:00Z" "2026-03-18T21:00:00Z" {"as_of":"2026-03-18T21:00:00Z","status":"extended-hours"}
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=0
ETag: "[0-9a-f]{16}"
Finance-Complete: true
X-Content-Type-Options: nosniff



=== TEST 2: a stock's members
--- request
GET /finance/dashboard
--- response_body_filters eval
pick(qw(stocks.1.% stocks.1.stock_data.% stocks.1.strategy_data.%
        stocks.1.stock_data.moving_averages.%))
--- response_body eval
'["as_of","options_status","stale","stock_data","strategy_data","ticker"] '
. '["atr","current_price","daily_change","daily_change_pct","days_to_earnings",'
. '"earnings_date","high_52week","historical_volatility","implied_volatility",'
. '"iv_percentile","iv_rank","iv_source","low_52week","moving_averages",'
. '"resistance_levels","rsi","support_levels","swing_high","swing_low","ticker"] '
. '["covered_call_signal","csp_signal","leaps_positions","leaps_signal",'
. '"other_positions","pmcc_signal","short_call_positions","short_put_positions",'
. '"stock_positions"] ["ma_20","ma_200","ma_50"]' . "\n"



=== TEST 3: each stock is what stocks/{ticker} gives
--- request eval
["GET /finance/dashboard", "GET /finance/stocks/KO", "GET /finance/stocks/AAPL"]
--- response_body_filters eval
[[check(sub { $main::Stocks = $_->{stocks}; 1 })],
 [check(sub { main::same_json($_, $main::Stocks->[0]) })],
 [check(sub { main::same_json($_, $main::Stocks->[1]) })]]
--- response_body eval
["yes\n", "yes\n", "yes\n"]



=== TEST 4: options: there are, there are not
--- request
GET /finance/dashboard
--- response_body_filters eval
pick(qw(stocks.*.options_status stocks.*.stale stocks.*.as_of
        stocks.2.stock_data.implied_volatility))
--- response_body
["ok","ok","none"] [false,false,false] ["2026-03-18T21:00:00Z","2026-03-18T21:00:00Z","2026-03-18T21:00:00Z"] null



=== TEST 5: a second call asks the market nothing
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard"]
--- response_body_filters eval
[[keep(), sub { 'first' }, calls("${main::Bars}KO", "${main::Bars}AAPL",
                                 "${main::Bars}JPM", '/v1/marketstatus/now')],
 [same(), calls("${main::Bars}KO", "${main::Bars}AAPL", "${main::Bars}JPM",
                '/v1/marketstatus/now')]]
--- response_body eval
["first calls 1 1 1 1\n", "same calls 1 1 1 1\n"]



=== TEST 6: force_refresh, in each way to say so
--- request eval
["GET /finance/dashboard",
 map { "GET /finance/dashboard?force_refresh=$_" }
     qw(false 0 no OFF f n true 1 Yes oN t Y)]
--- response_body_filters eval
my $ko = calls("${main::Bars}KO");
my $pick = pick('stocks.@');
[map { [$pick, $ko] } 0 .. 12]
--- response_body eval
["3 calls 1\n", ("3 calls 1\n") x 6, map { "3 calls $_\n" } 2 .. 7]



=== TEST 7: force_refresh that says nothing
--- request eval
[map { "GET /finance/dashboard?force_refresh=$_" } 'maybe', '', '2', 'tru', '%00',
 'true%20']
--- response_body_filters eval
[map { [pick(qw(detail.0.type detail.0.loc detail.0.msg detail.0.input detail.@)),
        calls(qr/./)] } 1 .. 6]
--- response_body eval
[map { qq("bool_parsing" ["query","force_refresh"] "Input should be a valid boolean, unable to interpret input" $_ 1 calls 0\n) }
 '"maybe"', '""', '"2"', '"tru"', '"\\u0000"', '"true "']
--- error_code eval
[(422) x 6]
--- response_headers eval
[("Cache-Control: no-store") x 6]



=== TEST 8: some tickers only, in the order asked for, on the list or not
--- request eval
["GET /finance/dashboard?tickers=JPM,ko", "GET /finance/dashboard?tickers=%20meta%20,KO,META",
 "GET /finance/dashboard?tickers=,,JPM,", "GET /finance/dashboard?x=1&tickers=AAPL"]
--- response_body_filters eval
pick('stocks.*.ticker')
--- response_body eval
[qq(["JPM","KO"]\n), qq(["META","KO"]\n), qq(["JPM"]\n), qq(["AAPL"]\n)]



=== TEST 9: an empty list of tickers is the watchlist
--- request eval
["GET /finance/dashboard?tickers=", "GET /finance/dashboard?tickers=,"]
--- response_body_filters eval
pick('stocks.*.ticker')
--- response_body eval
[(qq(["KO","AAPL","JPM"]\n)) x 2]



=== TEST 10: a malformed ticker
--- request eval
[map { "GET /finance/dashboard?tickers=$_" } 'KO,A%20B', '..%2F..', "A" x 20,
 '%C3%84', 'KO;JPM', "@{[ map { qq(T$_) } 1 .. 501 ]}" =~ tr/ /,/r]
--- response_body_filters eval
calls(qr/./)
--- response_body eval
[(qq({"detail":"Invalid ticker"} calls 0\n)) x 5, qq({"detail":"Too many tickers"} calls 0\n)]
--- error_code eval
[(400) x 6]



=== TEST 11: no watchlist
--- init
--- request
GET /finance/dashboard
--- response_body_filters eval
[pick(qw(stocks errors last_refresh timestamp market.status)), calls(qr/aggs/)]
--- response_body
[] [] null "2026-03-18T21:00:00Z" "extended-hours" calls 0
--- response_headers
Finance-Complete: true
Cache-Control: private, max-age=0



=== TEST 12: one ticker fails, the others are served
--- request eval
["GET ${main::Fault}${main::Bars}AAPL&kind=status&status=500",
 "GET /finance/dashboard"]
--- response_body_filters eval
pick(qw(stocks.*.ticker errors last_refresh))
--- response_body eval
["missing missing missing\n",
 qq(["KO","JPM"] [{"detail":"The market answered an error","status":502,"ticker":"AAPL"}] "2026-03-18T21:00:00Z"\n)]
--- response_headers eval
["! Finance-Complete", "Finance-Complete: false
Cache-Control: private, max-age=0"]



=== TEST 13: each failure has its status
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_timeout ${main::Time}ms;/r
--- init eval
$main::Watch . <<'END'
redis('ZADD', 'finance:{default}:watchlist', map { ($_ + 3, (qw(NEW NOPE META SPY))[$_]) } 0 .. 3);
market_fault(match => '/v2/aggs/ticker/AAPL', kind => 'hang');
market_fault(match => '/v2/aggs/ticker/META', kind => 'status', status => 429);
market_fault(match => '/v2/aggs/ticker/SPY', kind => 'garbage_json');
END
--- request
GET /finance/dashboard
--- response_body_filters eval
pick(qw(stocks.*.ticker errors.*.ticker errors.*.status errors.0.detail))
--- response_body
["KO","JPM"] ["AAPL","NEW","NOPE","META","SPY"] [504,404,404,503,502] "The market did not answer in time"
--- response_headers
Finance-Complete: false



=== TEST 14: all fail: still 200
--- request eval
["GET ${main::Fault}/&kind=status&status=503", "GET /finance/dashboard"]
--- response_body_filters eval
pick(qw(stocks.@ errors.*.ticker errors.*.status last_refresh market))
--- response_body eval
["missing missing missing missing missing\n",
 qq(0 ["KO","AAPL","JPM"] [502,502,502] null {"as_of":null,"status":"unknown"}\n)]
--- response_headers eval
["", "Finance-Complete: false"]
--- error_code eval
[200, 200]



=== TEST 15: what failed is asked again next time
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_retry 1;/r
--- request eval
["GET ${main::Fault}${main::Bars}AAPL&kind=close&times=3",
 "GET /finance/dashboard", "GET /finance/dashboard", "GET /finance/dashboard",
 "GET /finance/dashboard"]
--- response_body_filters eval
[[sub { "ok\n" }], ([pick(qw(stocks.*.ticker)), calls("${main::Bars}KO")]) x 4]
--- response_body_like eval
["ok", "calls 1", "calls 1", "calls 1", '"KO","AAPL","JPM"\] calls 1']



=== TEST 16: out of date and not to be had anew: stale, with its time
--- config eval
$main::Stale
--- request eval
["GET /finance/dashboard", "GET ${main::Fault}${main::Bars}AAPL&kind=status",
 "GET /finance/dashboard"]
--- response_body_filters eval
pick(qw(stocks.*.ticker stocks.*.stale stocks.1.as_of errors))
--- response_body eval
[qq(["KO","AAPL","JPM"] [false,false,false] "2026-03-18T21:00:00Z" []\n),
 "missing missing missing missing\n",
 qq(["KO","AAPL","JPM"] [false,true,false] "2026-03-18T21:00:00Z" []\n)]
--- response_headers eval
["Finance-Complete: true", "", "Finance-Complete: false
Cache-Control: private, max-age=0"]



=== TEST 17: as_of is that of the answer that is served
--- init eval
$main::Watch
--- config eval
$main::Stale
--- request eval
["GET /finance/dashboard?tickers=AAPL", "GET ${main::Fault}/v2&kind=garbage_json",
 "GET /finance/dashboard?tickers=AAPL,KO"]
--- response_body_filters eval
[[pick('stocks.0.as_of')], [sub { "ok\n" }],
 [pick(qw(stocks.*.ticker stocks.*.stale stocks.0.as_of errors.*.ticker last_refresh))]]
--- response_body eval
[qq("2026-03-18T21:00:00Z"\n), "ok\n",
 qq(["AAPL"] [true] "2026-03-18T21:00:00Z" ["KO"] "2026-03-18T21:00:00Z"\n)]



=== TEST 18: fresh again once the market is back
--- config eval
$main::Stale
--- request eval
["GET /finance/dashboard", "GET ${main::Fault}/&kind=reset", "GET /finance/dashboard",
 "GET /market-control/reset", "GET /finance/dashboard"]
--- response_body_filters eval
pick(qw(stocks.*.stale))
--- response_body eval
["[false,false,false]\n", "missing\n", "[true,true,true]\n", "missing\n",
 "[false,false,false]\n"]
--- response_headers eval
["Finance-Complete: true", "", "Finance-Complete: false", "", "Finance-Complete: true"]



=== TEST 19: expires by the clock on the wall
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_cache stock=${FinanceTest::Body::Slow}s;/r
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard", "GET /finance/dashboard"]
--- response_body_filters eval
my $calls = calls("${main::Bars}KO");
[[pick('stocks.@'), $calls], [pick('stocks.@'), $calls, then(sub { select undef, undef, undef, 1.3 * $FinanceTest::Body::Slow })],
 [pick('stocks.@'), settled(2, "${main::Bars}KO")]]
--- response_body eval
["3 calls 1\n", "3 calls 1\n", "3 calls 2\n"]



=== TEST 20: stale no longer than finance_cache says
--- config eval
FinanceTest::market_config()
 =~ s/finance_api;/finance_api; finance_cache stock=0 stale=${FinanceTest::Body::Slow}s;/r
--- request eval
["GET /finance/dashboard?tickers=KO", "GET ${main::Fault}/v2&kind=status",
 "GET /finance/dashboard?tickers=KO", "GET /finance/dashboard?tickers=KO"]
--- response_body_filters eval
my $pick = pick(qw(stocks.*.stale errors.*.status));
[[$pick], [$pick], [$pick, then(sub { select undef, undef, undef, 1.1 * $FinanceTest::Body::Slow })], [$pick]]
--- response_body eval
["[false] []\n", "missing missing\n", "[true] []\n", "[] [502]\n"]



=== TEST 21: never stale when told so
--- config eval
FinanceTest::market_config()
 =~ s/finance_api;/finance_api; finance_cache stock=0 stale=0;/r
--- request eval
["GET /finance/dashboard?tickers=KO", "GET ${main::Fault}/v2&kind=status",
 "GET /finance/dashboard?tickers=KO"]
--- response_body_filters eval
pick(qw(stocks.*.stale errors.*.status))
--- response_body eval
["[false] []\n", "missing missing\n", "[] [502]\n"]



=== TEST 22: a forced refresh that fails leaves what is fresh
--- request eval
["GET /finance/dashboard", "GET ${main::Fault}${main::Bars}KO&kind=status",
 "GET /finance/dashboard?force_refresh=1"]
--- response_body_filters eval
pick(qw(stocks.*.ticker stocks.*.stale errors))
--- response_body eval
[qq(["KO","AAPL","JPM"] [false,false,false] []\n), "missing missing missing\n",
 qq(["KO","AAPL","JPM"] [true,false,false] []\n)]



=== TEST 23: ETag and 304
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /finance/dashboard", "GET /twice/dashboard", "GET /twice/dashboard?tickers=KO",
 "GET /finance/dashboard"]
--- more_headers eval
["X-A: 1", "X-A: 1", "X-A: 1", "If-None-Match: \"x\""]
--- response_body_filters eval
[[keep(), sub { "first\n" }], [sub { "<$_[0]>" }], [sub { "<$_[0]>" }], [same()]]
--- response_body eval
["first\n", "<>", "<>", "same\n"]
--- error_code eval
[200, 304, 304, 200]
--- raw_response_headers_unlike eval
["no such thing", "Content-Length", "Content-Length", "no such thing"]



=== TEST 24: HEAD
--- request eval
["GET /finance/dashboard", "HEAD /finance/dashboard", "HEAD /finance/dashboard?tickers=A%20B"]
--- response_body_filters eval
[[sub { length $_[0] > 5000 ? "long\n" : $_[0] }], [sub { "<$_[0]>" }], [sub { "<$_[0]>" }]]
--- response_body eval
["long\n", "<>", "<>"]
--- error_code eval
[200, 200, 400]
--- response_headers_like eval
["Finance-Complete: true", "Finance-Complete: true
Content-Length: \\d{4,}
ETag: \"[0-9a-f]{16}\"", "Content-Length: 27"]



=== TEST 25: the status of the market is asked for as often as stocks are
--- config eval
$main::Stale =~ s/finance_api;/finance_api; finance_retry 1;/r
--- request eval
["GET /finance/dashboard?tickers=KO", "GET /finance/dashboard?tickers=KO",
 "GET ${main::Fault}/v1&kind=status", "GET /finance/dashboard?tickers=KO"]
--- response_body_filters eval
[map { [pick('market.status', 'stocks.*.stale', 'errors'), calls('/v1/marketstatus/now')] } 1 .. 4]
--- response_body eval
[qq("extended-hours" [false] [] calls 1\n), qq("extended-hours" [false] [] calls 2\n),
 "missing missing missing calls 2\n", qq("unknown" [false] [] calls 3\n)]



=== TEST 26: garbage in the cache is no answer and does no harm
--- init eval
$main::Watch . <<'END'
redis('SET', 'finance:cache:stock:{KO}', "garbage\0" x 100);
redis('SET', 'finance:cache:stock:{AAPL}', '');
redis('LPUSH', 'finance:cache:stock:{JPM}', 'x');
redis('SET', 'finance:cache:ref:{market}', '{"status":"x"');
END
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard"]
--- response_body_filters eval
pick(qw(stocks.*.ticker stocks.*.stale market.status))
--- response_body eval
[(qq(["KO","AAPL","JPM"] [false,false,false] "extended-hours"\n)) x 2]



=== TEST 27: what is no ticker on the list is left out
--- init eval
$main::Watch . <<'END'
redis('ZADD', 'finance:{default}:watchlist', 4, 'a b', 5, '', 6, "x\0y", 7, 'A' x 10000);
END
--- request
GET /finance/dashboard
--- response_body_filters eval
pick(qw(stocks.*.ticker errors))
--- response_body
["KO","AAPL","JPM"] []



=== TEST 28: owners have their own list, and the market's data in common
--- config
    finance_market /_market;
    location /finance/ { finance_api; finance_user $arg_u; }
--- init
redis('ZADD', 'finance:{ann}:watchlist', 1, 'KO', 2, 'JPM');
redis('ZADD', 'finance:{bob}:watchlist', 1, 'KO');
--- request eval
["GET /finance/dashboard?u=ann", "GET /finance/dashboard?u=bob", "GET /finance/dashboard"]
--- response_body_filters eval
[([pick('stocks.*.ticker', 'detail'), calls("${main::Bars}KO")]) x 3]
--- response_body eval
[qq(["KO","JPM"] missing calls 1\n), qq(["KO"] missing calls 1\n),
 qq(missing "Not authenticated" calls 1\n)]
--- error_code eval
[200, 200, 401]



=== TEST 29: many at once are one call each
--- config eval
FinanceTest::market_config() . <<'END'
location = /many {
    ssi on;
    ssi_types *;
    alias $TEST_NGINX_HTML_DIR/many.html;
}
location /through/ {
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END
--- user_files eval
[["many.html" => '<!--# include virtual="/through/dashboard" -->' x 10]]
--- request
GET /many
--- response_body_filters eval
[sub { my $n = () = $_[0] =~ /"last_refresh":"2/g; "$n" },
 calls("${main::Bars}KO", "${main::Bars}AAPL", "${main::Bars}JPM")]
--- response_body
10 calls 1 1 1



=== TEST 30: all ten tickers
--- request
GET /finance/dashboard?tickers=AAPL,MSFT,NVDA,AMZN,GOOG,META,TSLA,SPY,KO,JPM
--- response_body_filters eval
pick(qw(stocks.*.options_status errors))
--- response_body
["ok","ok","ok","ok","ok","ok","ok","ok","ok","none"] []

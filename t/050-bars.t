# GET stocks/{ticker}/bars.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Sample;
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Fault = '/market-control/fault?match=';
our @Aapl = @{ FinanceTest::Sample::read_json(
                   "$ENV{TEST_NGINX_DATA_DIR}/bars/AAPL.json")->{results} };

# The mean of the n closes up to the bar, or nothing.
sub mean {
    my ($i, $n) = @_;

    return undef if $i + 1 < $n;

    my $sum = 0;

    $sum += $Aapl[$_]{c} for $i - $n + 1 .. $i;

    return $sum / $n;
}

# Bar i from the end, and its averages, against what the market serves.
sub same_bar {
    my ($answer, $i) = @_;

    my $at = @Aapl - @{ $answer->{bars} } + $i;
    my ($bar, $ours) = ($Aapl[$at], $answer->{bars}[$i]);

    my @t = gmtime($bar->{t} / 1000);
    my $date = sprintf '%d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3];

    return 0 if $ours->{date} ne $date;

    my %key = (open => 'o', high => 'h', low => 'l', close => 'c', volume => 'v',
               vwap => 'vw');

    for my $name (keys %key) {
        return 0 if ($ours->{$name} // -1) != ($bar->{ $key{$name} } // -1);
    }

    for my $n (20, 50, 200) {
        my ($want, $got) = (mean($at, $n), $answer->{indicators}{"ma_$n"}[$i]);

        return 0 if defined $want != defined $got;
        return 0 if defined $want && abs($want - $got) > 1e-9 * $want;
    }

    return 0 if ($at < 14) != !defined $answer->{indicators}{rsi}[$i];

    return 1;
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: its members, 252 bars when nothing is said
--- request
GET /finance/stocks/AAPL/bars
--- response_body_filters eval
pick(qw(% bars.@ bars.0.% indicators.% indicators.ma_20.@ indicators.ma_50.@
        indicators.ma_200.@ indicators.rsi.@ ticker bars.-1.date))
--- response_body
["as_of","bars","indicators","stale","ticker"] 252 ["close","date","high","low","open","volume","vwap"] ["ma_20","ma_200","ma_50","rsi"] 252 252 252 252 "AAPL" "2026-03-18"
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=(2[67]\d|2[89]\d|3[012]\d|330)
ETag: "[0-9a-f]{16}"



=== TEST 2: every bar and its averages, aligned
--- request eval
["GET /finance/stocks/AAPL/bars", "GET /finance/stocks/AAPL/bars?days=10000"]
--- response_body_filters eval
check(sub { my $answer = $_;
            my @bad = grep { !main::same_bar($answer, $_) } 0 .. $#{ $answer->{bars} };
            @bad ? "bad: @bad" : 1 })
--- response_body eval
["yes\n", "yes\n"]



=== TEST 3: so many days, cut after the indicators are computed
--- request eval
[map { "GET /finance/stocks/AAPL/bars?days=$_" } 1, 2, 20, 252, '+5', '%205%20', '5.0',
 '1_0', '9223372036854775807']
--- response_body_filters eval
pick(qw(bars.@ indicators.rsi.@ bars.-1.date), )
--- response_body_like eval
[map { qr/^$_ $_ "2026-03-18"$/ } 1, 2, 20, 252, 5, 5, 5, 10, '5\d\d']



=== TEST 4: the last one, however many are asked for
--- request eval
["GET /finance/stocks/AAPL/bars?days=1", "GET /finance/stocks/AAPL/bars?days=500"]
--- response_body_filters eval
[[check(sub { $main::One = $_; main::same_bar($_, 0) })],
 [check(sub { my $last = $#{ $_->{bars} };
              !grep { $main::One->{indicators}{$_}[0] != $_[0]{indicators}{$_}[$last] }
                    qw(ma_20 ma_50 ma_200 rsi) })]]
--- response_body eval
["yes\n", "yes\n"]



=== TEST 5: bad values
--- request eval
[map { "GET /finance/stocks/AAPL/bars?days=$_" } 'x', '', '5.5', '0', '-1', '1e2',
 '9223372036854775808', '%00', '5' x 5000]
--- response_body_filters eval
[map { [pick(qw(detail.0.type detail.0.loc detail.@)), calls(qr/./)] } 1 .. 9]
--- response_body_like eval
[(qr/^"int_parsing" \["query","days"\] 1 calls 0$/) x 3,
 (qr/^"greater_than_equal" \["query","days"\] 1 calls 0$/) x 2,
 qr/^"int_parsing" \["query","days"\] 1 calls 0$/,
 qr/^"(int_parsing_size|int_parsing)" \["query","days"\] 1 calls 0$/,
 qr/^"int_parsing" \["query","days"\] 1 calls 0$/,
 qr/^"\w+" \["query","days"\] 1 calls 0$/]
--- error_code eval
[(422) x 9]



=== TEST 6: the whole of a 422
--- request
GET /finance/stocks/AAPL/bars?days=0
--- response_body chomp
{"detail":[{"type":"greater_than_equal","loc":["query","days"],"msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}}]}
--- error_code: 422



=== TEST 7: fewer than asked for: nulls where nothing is defined
--- request
GET /finance/stocks/TINY/bars?days=100
--- response_body_filters eval
pick(qw(bars.@ indicators))
--- response_body
5 {"ma_20":[null,null,null,null,null],"ma_200":[null,null,null,null,null],"ma_50":[null,null,null,null,null],"rsi":[null,null,null,null,null]}



=== TEST 8: tickers: malformed, unknown, gone, without a bar
--- request eval
[map { "GET /finance/stocks/$_/bars" } 'A%20B', 'NOPE', 'GONE', 'NEW']
--- response_body eval
[('{"detail":"Invalid ticker"}') x 3, '{"detail":"The market has no data for it"}']
--- error_code eval
[400, 400, 400, 404]



=== TEST 9: cached, and for the stock of that ticker fetched already
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/KO/bars?days=3",
 "GET /finance/stocks/JPM", "GET /finance/stocks/JPM/bars?days=2"]
--- response_body_filters eval
[map { [pick('bars.@'), calls("${main::Bars}KO", "${main::Bars}JPM")] } 1 .. 4]
--- response_body eval
["1 calls 1 0\n", "3 calls 1 0\n", "missing calls 1 1\n", "2 calls 1 1\n"]



=== TEST 10: the chain is not asked for
--- request
GET /finance/stocks/AAPL/bars?days=1
--- response_body_filters eval
[pick('bars.@'), calls(qr/./)]
--- response_body
1 calls 1



=== TEST 11: stale, with its time, when the market fails
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_cache stock=0;/r
--- request eval
["GET /finance/stocks/KO/bars", "GET ${main::Fault}${main::Bars}KO&kind=status",
 "GET /finance/stocks/KO/bars", "GET /market-control/reset", "GET /finance/stocks/KO/bars"]
--- response_body_filters eval
pick(qw(bars.@ stale as_of))
--- response_body eval
my $fresh = qq(252 false "2026-03-18T21:00:00Z"\n);
my $none = "missing missing missing\n";
[$fresh, $none, qq(252 true "2026-03-18T21:00:00Z"\n), $none, $fresh]
--- error_code eval
[(200) x 5]



=== TEST 12: no longer than it may be stale
--- config eval
FinanceTest::market_config()
 =~ s/finance_api;/finance_api; finance_cache stock=0 stale=0;/r
--- request eval
["GET /finance/stocks/KO/bars", "GET ${main::Fault}${main::Bars}KO&kind=status",
 "GET /finance/stocks/KO/bars"]
--- response_body_filters eval
pick(qw(bars.@ detail))
--- response_body eval
["252 missing\n", "missing missing\n", qq(missing "The market answered an error"\n)]
--- error_code eval
[200, 200, 502]



=== TEST 13: ETag, 304, HEAD
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /twice/stocks/KO/bars", "HEAD /finance/stocks/KO/bars?days=1",
 "GET /finance/stocks/KO/bars?days=1"]
--- response_body_filters eval
sub { "<" . substr($_[0], 0, 5) . ">" }
--- response_body eval
["<>", "<>", '<{"tic>']
--- error_code eval
[304, 200, 200]



=== TEST 14: garbage in the cache
--- init
redis('SET', 'finance:cache:bars:{KO}', 'x' x 1000);
redis('LPUSH', 'finance:cache:bars:{JPM}', 'x');
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/JPM/bars?days=1"]
--- response_body_filters eval
pick('bars.@', 'stale')
--- response_body eval
["1 false\n", "1 false\n"]



=== TEST 15: only what ends in bars
--- request eval
["GET /finance/stocks/KO/bars/", "GET /finance/stocks/KO/bar", "GET /finance/stocks//bars",
 "GET /finance/stocks/bars", "GET /finance/stocks/KO/BARS"]
--- response_body_like eval
[('^\{"detail":"(Not found|Invalid ticker)"\}$') x 5]
--- error_code_like eval
[('^40[04]$') x 5]



=== TEST 16: what the market does not know is not asked for again, for bars, stock or chain
--- request eval
[("GET /finance/stocks/NOPE/bars") x 3, map { "GET /finance/stocks/$_" } qw(NOPE NOPE/options NOPE/signals
 NOPE?force_refresh=1 NEW/bars NEW/bars)]
--- response_body_filters eval
[map { [pick('detail'), then(sub { select undef, undef, undef, 0.05 }),
        calls("${main::Bars}$_", "/v3/reference/tickers/$_", "/v3/snapshot/options/$_")] }
 ('NOPE') x 7, 'NEW', 'NEW']
--- response_body eval
[(qq("Invalid ticker" calls 1 1 0\n)) x 6, qq("Invalid ticker" calls 2 1 0\n),
 qq("The market has no data for it" calls 1 1 0\n), qq("The market has no data for it" calls 2 1 0\n)]
--- error_code eval
[(400) x 7, 404, 404]



=== TEST 17: so while Redis is away
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK retry=100ms;
    finance_zone finance:1m;
--- init
redis_stop();
--- request eval
[("GET /finance/stocks/NOPE/bars") x 3, "GET /finance/stocks/NOPE"]
--- response_body_filters eval
[pick('detail'), calls("${main::Bars}NOPE", '/v3/reference/tickers/NOPE')]
--- response_body eval
[(qq("Invalid ticker" calls 1 1\n)) x 4]
--- error_code eval
[(400) x 4]

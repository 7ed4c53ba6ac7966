# GET stocks/{ticker}/signals.
use strict;
use warnings;

use FinanceTest sample => 1;
use JSON::PP ();
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Chain = '/v3/snapshot/options/';
our $Fault = '/market-control/fault?match=';
our @Names = qw(csp_signal covered_call_signal leaps_signal pmcc_signal);

# What a signal's score and strikes have to do with its conditions. Returns
# what is wrong.
sub wrong {
    my ($name, $s) = @_;

    my %total = (csp_signal => 4, covered_call_signal => 5, leaps_signal => 4,
                 pmcc_signal => 5);
    my %yellow = (csp_signal => 2, covered_call_signal => 3, leaps_signal => 2,
                  pmcc_signal => 3);
    my @conditions = values %{ $s->{conditions} };
    my $met = grep { $_->{met} } @conditions;
    my @strikes = @{ $s->{recommended_strikes} };
    my $score = $met == $total{$name} ? 'green' : $met >= $yellow{$name} ? 'yellow' : 'red';

    $score = 'red' if $name eq 'pmcc_signal' && !$s->{conditions}{leaps}{met};

    return "$name: $met of " . @conditions if $met != $s->{conditions_met}
        || @conditions != $total{$name} || $s->{conditions_total} != @conditions;
    return "$name: $s->{score} with $met" if $s->{score} ne $score;
    return "$name: red, with strikes" if $score eq 'red' && @strikes;
    return "$name: " . @strikes . ' strikes' if @strikes > 3;
    return "$name: reasons" if @{ $s->{reasoning} } < @conditions
        || grep { !/^(\x{2705}|\x{274c}|\x{26a0}\x{fe0f}) / } @{ $s->{reasoning} };
    return "$name: time" if $s->{timestamp} ne '2026-03-18T21:00:00Z';
    return ();
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: its members
--- request
GET /finance/stocks/AAPL/signals
--- response_body_filters eval
pick(qw(% ticker csp_signal.% csp_signal.conditions.% covered_call_signal.conditions.%
        leaps_signal.conditions.% pmcc_signal.conditions.% csp_signal.conditions.rsi.%))
--- response_body
["covered_call_signal","csp_signal","leaps_signal","pmcc_signal","ticker"] "AAPL" ["conditions","conditions_met","conditions_total","reasoning","recommended_strikes","score","timestamp"] ["earnings","iv","pullback","rsi"] ["earnings","iv","resistance","rsi","trend"] ["golden_cross","iv","pullback","trend"] ["earnings","iv","leaps","rsi","trend"] ["met","rule","value"]
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=0
ETag: "[0-9a-f]{16}"



=== TEST 2: score, strikes and reasons follow from the conditions
--- request eval
[map { "GET /finance/stocks/$_/signals" }
     qw(AAPL MSFT NVDA AMZN GOOG META TSLA SPY KO JPM TINY)]
--- response_body_filters eval
check(sub { my $all = $_;
            CORE::join('; ', map { main::wrong($_, $all->{$_}) } @main::Names) || 1 })
--- response_body eval
[("yes\n") x 11]



=== TEST 3: the pictures that the sample market is made to show
--- request eval
[map { "GET /finance/stocks/$_/signals" } qw(AAPL NVDA TSLA SPY KO)]
--- response_body_filters eval
pick(map { "$_.score" } @main::Names)
--- response_body_like eval
['^"green" ', '"green" "red"$', '^"red" "red" "red" "red"$',
 '"yellow" "yellow" "red"$', '^"yellow" "red" "red" "red"$']



=== TEST 4: strikes: members, bounds of delta and days, best first
--- request
GET /finance/stocks/AAPL/signals
--- response_body_filters eval
[check(sub {
    my @strikes = @{ $_->{csp_signal}{recommended_strikes} };

    return 'none' if !@strikes;

    for my $s (@strikes) {
        return "bounds $s->{ticker}"
            if $s->{delta} < -0.3 || $s->{delta} > -0.2 || $s->{dte} < 21 || $s->{dte} > 45
               || $s->{open_interest} < 10 || $s->{premium} <= 0;
        return "figures $s->{ticker}"
            if abs($s->{break_even} - ($s->{strike} - $s->{premium})) > 1e-9
               || abs($s->{return_on_capital} - 100 * $s->{premium} / $s->{strike}) > 1e-9
               || abs($s->{annualized_return}
                      - $s->{return_on_capital} * 365 / $s->{dte}) > 1e-9;
    }

    my @returns = map { $_->{annualized_return} } @strikes;

    return "@returns" eq "@{[ CORE::sort { $b <=> $a } @returns ]}";
})]
--- response_body
yes



=== TEST 5: of LEAPS
--- request
GET /finance/stocks/NVDA/signals
--- response_body_filters eval
check(sub {
    for my $s (@{ $_->{leaps_signal}{recommended_strikes} }) {
        return "$s->{ticker}" if $s->{delta} < 0.7 || $s->{delta} > 0.85
            || $s->{dte} < 540 || $s->{dte} > 900 || $s->{leverage_ratio} <= 1
            || defined $s->{return_on_capital} || defined $s->{annualized_return};
    }
    return @{ $_->{leaps_signal}{recommended_strikes} } > 0;
})
--- response_body
yes



=== TEST 6: the same as within the stock, out of the same fetch
--- request eval
["GET /finance/stocks/AAPL", "GET /finance/stocks/AAPL/signals"]
--- response_body_filters eval
my $calls = calls("${main::Bars}AAPL");
my $json = JSON::PP->new->canonical;
[[check(sub { $main::Whole = $_->{strategy_data}; 1 }), $calls],
 [check(sub { my $s = $_;
              !grep { $json->encode($s->{$_}) ne $json->encode($main::Whole->{$_}) }
                    @main::Names }), $calls]]
--- response_body eval
[("yes calls 1\n") x 2]



=== TEST 7: force_refresh
--- request eval
["GET /finance/stocks/KO/signals", "GET /finance/stocks/KO/signals?force_refresh=on",
 "GET /finance/stocks/KO/signals?force_refresh=perhaps"]
--- response_body_filters eval
[map { [pick('ticker'), calls("${main::Bars}KO")] } 1 .. 3]
--- response_body eval
[qq("KO" calls 1\n), qq("KO" calls 2\n), "missing calls 2\n"]
--- error_code eval
[200, 200, 422]



=== TEST 8: without options: what can be counted is, and it is said
--- request eval
["GET ${main::Fault}${main::Chain}&kind=status&status=403", "GET /finance/stocks/AAPL/signals"]
--- response_body_filters eval
[[sub { "ok\n" }],
 [check(sub { my $all = $_;
              my @wrong = map { main::wrong($_, $all->{$_}) } @main::Names;
              my @said = grep { /^\x{26a0}\x{fe0f} .*(option|plan)/i }
                         @{ $all->{csp_signal}{reasoning} };
              @wrong ? "@wrong" : @said && !@{ $all->{csp_signal}{recommended_strikes} } })]]
--- response_body eval
["ok\n", "yes\n"]



=== TEST 9: thresholds of the location
--- config eval
FinanceTest::market_config()
 =~ s/finance_api;/finance_api; finance_signal csp delta_min=-0.16 delta_max=-0.05 spread_max=100; finance_signal pmcc green=5;/r
--- request
GET /finance/stocks/AAPL/signals
--- response_body_filters eval
check(sub { my @strikes = @{ $_->{csp_signal}{recommended_strikes} };
            @strikes && !grep { $_->{delta} < -0.16 || $_->{delta} > -0.05 } @strikes })
--- response_body
yes



=== TEST 10: tickers: malformed, unknown, gone, without a bar
--- request eval
[map { "GET /finance/stocks/$_/signals" } 'A%20B', 'NOPE', 'GONE', 'NEW']
--- response_body eval
[('{"detail":"Invalid ticker"}') x 3, '{"detail":"The market has no data for it"}']
--- error_code eval
[400, 400, 400, 404]



=== TEST 11: ETag, 304, HEAD: another ETag than the stock's
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /twice/stocks/KO/signals", "HEAD /finance/stocks/KO/signals"]
--- response_body eval
['', '']
--- error_code eval
[304, 200]



=== TEST 12: the market fails
--- request eval
["GET ${main::Fault}${main::Bars}KO&kind=status", "GET /finance/stocks/KO/signals"]
--- response_body eval
[qr/OK/, '{"detail":"The market answered an error"}']
--- error_code eval
[200, 502]

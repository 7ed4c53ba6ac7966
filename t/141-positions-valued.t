# What positions are worth and what is recommended: in positions, dashboard,
# stocks and signals.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use FinanceTest::Sample;
use Test::Nginx::Socket 'no_plan';
use Time::Local qw(timegm);

our $Bars = '/v2/aggs/ticker/';
our $Chain = '/v3/snapshot/options/';
our $Fault = '/market-control/fault?match=';

# What the market has of AAPL, by contract, and the last close of some.
our %Contract = map { $_->{details}{ticker} => $_ }
                @{ FinanceTest::Sample::read_json(
                       "$ENV{TEST_NGINX_DATA_DIR}/chain/AAPL.json")->{results} };
our %Close = map {
    $_ => FinanceTest::Sample::read_json(
              "$ENV{TEST_NGINX_DATA_DIR}/bars/$_.json")->{results}[-1]{c}
} qw(AAPL KO MSFT);

# Calendar days from the sample's day.
sub days_to {
    my ($year, $month, $day) = split /-/, $_[0];

    return (timegm(0, 0, 0, $day, $month - 1, $year) - timegm(0, 0, 0, 18, 2, 2026)) / 86_400;
}

# The contract that a short call of that strike and expiration is rolled to,
# "up": of the expiration nearest 45 days that trades enough, a delta of 0.25.
sub roll_up {
    my ($strike, $expires) = @_;

    my @fit = grep {
        my $d = $_->{details};
        my ($bid, $ask) = quote($d->{ticker});

        $d->{contract_type} eq 'call' && $d->{expiration_date} ge $expires
            && days_to($d->{expiration_date}) >= 30 && days_to($d->{expiration_date}) <= 60
            && $_->{open_interest} >= 10 && defined $bid && $bid > 0 && $ask >= $bid
            && ($ask - $bid) <= 0.25 * ($ask + $bid) / 2;
    } values %Contract;
    my ($to) = map { $_->{details}{expiration_date} }
               sort { abs(days_to($a->{details}{expiration_date}) - 45)
                      <=> abs(days_to($b->{details}{expiration_date}) - 45)
                      || $a->{details}{expiration_date} cmp $b->{details}{expiration_date} } @fit;
    my ($best) = sort { abs($a->{greeks}{delta} - 0.25) <=> abs($b->{greeks}{delta} - 0.25) }
                 grep { $_->{details}{expiration_date} eq $to
                        && $_->{details}{strike_price} > $strike } @fit;

    return $best->{details};
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(days_to roll_up);
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

=== TEST 1: stocks, long and short: value, profit, days
--- init
store(1, quantity => 100, purchase_price => 180.5);
store(2, quantity => -40, purchase_price => 230, ticker => 'MSFT', transaction_date => '2026-03-18');
--- request
GET /finance/positions
--- response_body_filters eval
check(sub { my ($long, $short) = @{ $_->{positions} };
            worth($long, $main::Close{AAPL}, 180.5) || worth($short, $main::Close{MSFT}, 230)
            || "$long->{metrics}{days_held} $short->{metrics}{days_held} "
               . (defined $long->{metrics}{days_to_expiration} ? 'days' : 'null') })
--- response_body
289 0 null



=== TEST 2: options, long and short: contracts × 100 × mid
--- init
store(1, strike => 220, quantity => -2, premium => 5.2);
store(2, strike => 200, option_type => 'put', quantity => 3, premium => 1.25);
--- request
GET /finance/positions
--- response_body_filters eval
check(sub { my ($call, $put) = @{ $_->{positions} };
            worth($call, mid('O:AAPL260417C00220000'), 5.2, 100)
            || worth($put, mid('O:AAPL260417P00200000'), 1.25, 100)
            || "$call->{metrics}{days_to_expiration} $put->{metrics}{days_held}" })
--- response_body
30 44



=== TEST 3: a price of 0 paid: no per cent
--- init
store(1, purchase_price => 0, quantity => 10);
--- request
GET /finance/positions
--- response_body_filters eval
pick('positions.0.metrics.unrealized_pnl', 'positions.0.metrics.unrealized_pnl_pct', 'summary')
--- response_body
2124 null {"cash_secured":0,"market_value":2124,"partial":false,"unrealized_pnl":2124,"unrealized_pnl_pct":null}



=== TEST 4: each kind is in its list, in the order of creation
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL', 2, 'KO');
store(1, strike => 180, expiration => '2028-01-21', quantity => 1, premium => 60, transaction_date => '2025-11-03');
store(2, strike => 220);
store(3, ticker => 'KO', purchase_price => 60);
store(4, strike => 200, option_type => 'put');
store(5, strike => 200, option_type => 'put', quantity => 1);
store(6, strike => 220, quantity => 1);
store(7, quantity => -5);
store(8);
--- request
GET /finance/dashboard
--- response_body_filters eval
[check(sub { my %list = (leaps => [1], short_call => [2], stock => [7, 8], short_put => [4], other => [5, 6]);
             my ($aapl, $ko) = map { $_->{strategy_data} } @{ $_->{stocks} };

             for my $name (sort keys %list) {
                 my @ids = map { $_->{id} } @{ $aapl->{"${name}_positions"} };

                 return "$name @ids" if "@ids" ne "@{[ map { id($_) } @{ $list{$name} } ]}";
             }

             lists($aapl) . ', ' . lists($ko) })]
--- response_body
1 1 2 1 2, 0 0 1 0 0
--- response_headers
Finance-Complete: true



=== TEST 5: the same bytes in positions, positions/{id}, dashboard and stocks/{ticker}
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store(1, quantity => 3);
store(2, strike => 220);
--- request eval
["GET /finance/positions/" . id(2), "GET /finance/positions", "GET /finance/dashboard",
 "GET /finance/stocks/AAPL", "GET /finance/positions/" . id(1), "GET /finance/positions?ticker=AAPL"]
--- response_body_filters eval
my $in = sub { index($_[0], $main::One) > 0 ? "in it\n" : $_[0] };
[[sub { $main::One = $_[0]; "kept\n" }], [$in], [$in], [$in],
 [sub { $main::One = $_[0]; "kept\n" }], [$in]]
--- response_body eval
["kept\n", ("in it\n") x 3, "kept\n", "in it\n"]



=== TEST 6: what is recommended, and why: one of each rule
--- init
store(1);
store(2, strike => 230, premium => 15);
store(3, strike => 230, premium => 1, expiration => '2026-03-27');
store(4, strike => 215, premium => 10, expiration => '2026-04-24');
store(5, strike => 200, option_type => 'put', premium => 3);
store(6, strike => 215, option_type => 'put', premium => 3, expiration => '2026-03-27', transaction_date => '2026-03-17');
store(7, strike => 210, option_type => 'put', premium => 3, transaction_date => '2026-03-17');
store(8, strike => 190, option_type => 'put', premium => 3, transaction_date => '2026-03-17');
store(9, strike => 260, expiration => '2028-01-21', quantity => 1, premium => 30, transaction_date => '2025-11-03');
store(10, strike => 180, expiration => '2028-01-21', quantity => 1, premium => 60, transaction_date => '2025-11-03');
store(11, strike => 200, option_type => 'put', quantity => 1);
--- request
GET /finance/positions
--- response_body_filters eval
check(sub { CORE::join "\n", map { my $r = $_->{recommendation};
    "$r->{action} $r->{priority} " . ($r->{roll_parameters} ? $r->{roll_parameters}{roll_type} : '-')
    . " $r->{reasoning}[0]" } @{ $_->{positions} } })
--- response_body
maintain 3 - The covered-call signal is yellow: 3 of 5 conditions are met
close 2 - Profit 78.17 % of the premium received is at least 60 %
close 1 - 9 days are left, less than 21
roll 2 out Price 212.40 is 1.21 % under the strike 215.00, within 3 %
roll 2 down_and_out Price 212.40 is 14.35 % under the 248.00 of the trade, the limit is 10 %
close 1 - 9 days are left, less than 21, and price 212.40 is under the strike 215.00
roll 2 out Price 212.40 is 1.14 % off the strike 210.00, within 3 %
maintain 3 - Earnings on 2026-04-27, in 40 days, are not within 7 days
close 1 - Delta 0.4167 is less than 0.60
maintain 3 - 674 days are left, more than 90
maintain 3 - The covered-call signal is yellow: 3 of 5 conditions are met



=== TEST 7: where to roll, as found in the market's chain by hand
--- init
store(1, strike => 205);
store(2);
--- request
GET /finance/positions
--- response_body_filters eval
check(sub {
    my $got = $_->{positions}[0]{recommendation}{roll_parameters};
    my $to = roll_up(205, '2026-04-17');

    return $got->{roll_type} eq 'up_and_out' && $got->{ticker} eq $to->{ticker}
           && near($got->{strike}, $to->{strike_price})
           && $got->{expiration} eq $to->{expiration_date}
           && $got->{dte} == days_to($to->{expiration_date})
           && near($got->{expected_credit}, mid($to->{ticker}) - mid('O:AAPL260417C00205000'))
           || JSON::PP->new->encode([$got, $to]);
})
--- response_body
yes



=== TEST 8: earnings within 7 days come first
--- http_config
    finance_clock 2026-04-20T20:00:00Z;
--- init
store(1, strike => 260, expiration => '2026-06-19', premium => 100);
store(2, strike => 150, expiration => '2026-06-19', premium => 100, option_type => 'put');
store(3, strike => 260, expiration => '2026-06-19', premium => 100, quantity => 1);
--- request
GET /finance/positions
--- response_body_filters eval
pick(map { ("positions.$_.recommendation.action", "positions.$_.recommendation.priority",
            "positions.$_.recommendation.reasoning.0") } 0 .. 2)
--- response_body_like chomp
^"close" 1 "Earnings on 2026-04-27, in 7 days, are within 7 days" "close" 1 "Earnings on 2026-04-27, in 7 days, are within 7 days" "maintain" 3



=== TEST 9: a short call is covered by shares, else by a LEAPS of a lower strike
--- init
store(1, strike => 250, expiration => '2026-05-15', premium => 3);
--- request eval
my $get = "GET /finance/positions/" . id(1);
[$get, create(strike => 260, expiration => '2028-01-21', quantity => 1, premium => 30, transaction_date => '2025-11-03'),
 $get, create(quantity => 1), $get]
--- response_body_filters eval
my $pick = [pick('recommendation.action', 'recommendation.priority', 'recommendation.reasoning.0')];
[$pick, [sub { "made\n" }], $pick, [sub { "made\n" }], $pick]
--- response_body_like eval
['^"(maintain|roll)" [23] ', '^made', '^"close" 1 "No shares are held, and strike 250.00 is not above the LEAPS strike 260.00"',
 '^made', '^"(maintain|roll)" [23] ']
--- error_code eval
[200, 201, 200, 201, 200]



=== TEST 10: strikes of covered calls are not under what the shares have cost
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
--- request eval
["GET /finance/stocks/AAPL/signals", create(quantity => 100, purchase_price => 225),
 create(quantity => 100, purchase_price => 240), "GET /finance/stocks/AAPL/signals",
 "GET /finance/stocks/AAPL", "GET /finance/dashboard"]
--- response_body_filters eval
my $strikes = sub { my ($signal) = @_; CORE::join ' ', CORE::sort map { $_->{strike} } @{ $signal->{recommended_strikes} } };
my $made = [sub { "made\n" }];
[[check(sub { $main::Free = $strikes->($_->{covered_call_signal}); $main::Free =~ /\b22[0-9]/ })], $made, $made,
 [check(sub { $main::Bound = $strikes->($_->{covered_call_signal});
              !grep({ $_ < 232.5 } split ' ', $main::Bound) && $main::Bound ne $main::Free || $main::Bound })],
 [check(sub { $strikes->($_->{strategy_data}{covered_call_signal}) eq $main::Bound })],
 [check(sub { $strikes->($_->{stocks}[0]{strategy_data}{covered_call_signal}) eq $main::Bound })]]
--- response_body eval
["yes\n", "made\n", "made\n", ("yes\n") x 3]
--- error_code eval
[200, 201, 201, 200, 200, 200]



=== TEST 11: a LEAPS that is held counts for the PMCC signal; strikes are over its own
--- init
store(1, ticker => 'NVDA', strike => 70, expiration => '2028-01-21', quantity => 1, premium => 60, transaction_date => '2025-11-03');
--- request eval
["GET /finance/stocks/NVDA/signals", "GET /finance/stocks/AAPL/signals", "GET /finance/stocks/NVDA",
 "DELETE /finance/positions/" . id(1), "GET /finance/stocks/NVDA/signals"]
--- response_body_filters eval
my $look = [check(sub { my $s = $_->{pmcc_signal} // $_->{strategy_data}{pmcc_signal};
                        my $met = $s->{conditions}{leaps}{met} ? 'met' : 'not met';
                        my @bad = grep { $_->{strike} <= 70 } @{ $s->{recommended_strikes} };
                        $met . (@bad ? ' bad' : '') . ($s->{score} eq 'red' ? ' red' : ' not red') })];
[$look, $look, $look, [sub { "gone\n" }], $look]
--- response_body_like eval
["^met ", "^not met red\$", "^met ", "^gone", "^not met red\$"]



=== TEST 12: a forced refresh values positions anew
--- init
store(1, strike => 220);
--- request eval
["GET /finance/stocks/AAPL", "GET /finance/stocks/AAPL?force_refresh=true", "GET /finance/stocks/AAPL"]
--- response_body_filters eval
my $calls = calls("${main::Bars}AAPL");
[map { [pick('strategy_data.short_call_positions.0.metrics.current_value'), $calls] } 1 .. 3]
--- response_body eval
["-627.5 calls 1\n", ("-627.5 calls 2\n") x 2]



=== TEST 13: what is kept of it follows each write
--- init
store(1, quantity => 1);
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
--- request eval
my ($list, $stock, $all) = ("GET /finance/positions", "GET /finance/stocks/AAPL", "GET /finance/dashboard");
[$list, $stock, $all, replace(1, quantity => 2), $list, $stock, $all, create(quantity => 40), $list, $stock, $all,
 "DELETE /finance/positions/" . id(1), $list, $stock, $all]
--- response_body_filters eval
[sub { my @values = $_[0] =~ /"current_value":([\d.]+)/g; "@values\n" }]
--- response_body eval
["212.4\n", "212.4\n", "212.4\n", "424.8\n", ("424.8\n") x 3, "8496\n", ("424.8 8496\n") x 3, "\n", ("8496\n") x 3]
--- error_code eval
[(200) x 7, 201, (200) x 7]



=== TEST 14: without threads the same
--- config eval
FinanceTest::market_config() . <<'END';
location /off/ {
    finance_api;
    finance_market /_market;
    finance_threads off;
}
END
--- init
store(1, quantity => 10);
store(2, strike => 205);
store(3, strike => 180, expiration => '2026-07-17', quantity => 1, premium => 40, transaction_date => '2024-06-03');
store(4, ticker => 'KO', quantity => 10);
--- request eval
["GET /off/positions", "GET /finance/positions"]
--- response_body_filters eval
[[keep(), pick('summary.partial')], [same()]]
--- response_body eval
["false\n", "same\n"]



=== TEST 15: a stock that is not on the watchlist: in positions and where it is asked for
--- init
store(1, quantity => 10);
redis('ZADD', 'finance:{default}:watchlist', 1, 'KO');
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard?tickers=AAPL", "GET /finance/positions"]
--- response_body_filters eval
[[pick('stocks.*.ticker')], [pick('stocks.0.strategy_data.stock_positions.0.metrics.current_value')],
 [pick('positions.0.metrics.current_value')]]
--- response_body eval
[qq(["KO"]\n), "2124\n", "2124\n"]



=== TEST 16: the ETags of a stock, its signals and the dashboard follow what is held
--- config eval
FinanceTest::twice_config()
--- init
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
store(1, quantity => 10);
--- request eval
[map { "GET /twice/$_" } qw(stocks/AAPL stocks/AAPL/signals dashboard positions)]
--- response_body eval
[('') x 4]
--- error_code eval
[(304) x 4]



=== TEST 17: very many of one ticker, one work
--- init
store($_, quantity => $_, ticker => 'KO') for 1 .. 400;
--- request eval
["GET /finance/positions", "GET /finance/positions/" . id(400)]
--- response_body_filters eval
[[pick('positions.@', 'summary.partial'), calls("${main::Bars}KO")], [pick('metrics.current_value')]]
--- response_body eval
["400 false calls 1\n", "24940\n"]

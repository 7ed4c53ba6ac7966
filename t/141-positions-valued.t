# What positions are worth and what is recommended: in positions, dashboard,
# stocks and signals; contracts outside the chain's parts; a market that fails.
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

sub quote { return @{ $Contract{$_[0]}{last_quote} }{qw(bid ask)} }

sub mid { return (quote($_[0]))[0] / 2 + (quote($_[0]))[1] / 2 }

sub near { return defined $_[0] && abs($_[0] - $_[1]) < 1e-6 }

# The answer's metrics are what they should be: quantity × price × shares, and
# what was paid; else what is there.
sub worth {
    my ($p, $price, $paid, $shares) = @_;

    my $m = $p->{metrics};
    my $value = $p->{quantity} * $price * ($shares // 1);
    my $cost = $p->{quantity} * $paid * ($shares // 1);

    return near($m->{current_value}, $value)
           && near($m->{unrealized_pnl}, $value - $cost)
           && near($m->{unrealized_pnl_pct}, 100 * ($value - $cost) / abs $cost)
           ? '' : JSON::PP->new->encode($m) . " $value $cost";
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

# A request for calls of strike 180 that expire in 365 to 540 days.
sub rolls_to {
    my ($request) = @_;

    my %want = ('expiration_date.gte' => '2027-03-18', 'expiration_date.lte' => '2027-09-09',
                'strike_price.gte' => 180, 'strike_price.lte' => 180, contract_type => 'call');

    return !grep { $request !~ /[?&]\Q$_=$want{$_}\E[& ]/ } keys %want;
}

# The lists of a stock, by how many are in each.
sub lists {
    my ($strategy) = @_;

    return join ' ', map { !defined $strategy->{$_} ? 'null' : scalar @{ $strategy->{$_} } }
                     qw(leaps_positions short_call_positions stock_positions
                        short_put_positions other_positions);
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(days_to mid near worth roll_up lists);
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



=== TEST 12: a contract in the chain's parts is not asked for
--- init
store(1, strike => 220);
--- request
GET /finance/positions
--- response_body_filters eval
[pick('summary.partial'), calls("${main::Chain}AAPL/*", "${main::Bars}AAPL")]
--- response_body
false calls 0 1



=== TEST 13: one outside is asked for by its name, once for all
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



=== TEST 14: it is in Redis, for other workers
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



=== TEST 15: with a POST and a PUT, too
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



=== TEST 16: a contract that is gone: null, left out of sums, remembered
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



=== TEST 17: nothing but such: no sums
--- init
store(1, strike => 201.5, option_type => 'put', expiration => '2026-06-19');
--- request
GET /finance/positions
--- response_body_filters eval
pick('summary')
--- response_body
{"cash_secured":20150,"market_value":null,"partial":true,"unrealized_pnl":null,"unrealized_pnl_pct":null}



=== TEST 18: an expired contract is not asked for
--- init
store(1, strike => 220, expiration => '2026-03-13');
--- request
GET /finance/positions
--- response_body_filters eval
[pick(qw(positions.0.metrics.current_value positions.0.metrics.days_to_expiration summary.partial)),
 calls("${main::Chain}AAPL/*")]
--- response_body
null -5 true calls 0



=== TEST 19: the call for a contract fails: null, the rest unharmed; asked for again next time
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



=== TEST 20: in each way that it can fail
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_timeout 800ms;/r
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



=== TEST 21: a LEAPS that is to be rolled: its targets are asked for
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



=== TEST 22: no target, or the call for it fails: a roll without parameters, that says so
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



=== TEST 23: a stock without an option chain: only contracts outside its parts are asked for
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



=== TEST 24: the plan has no options: shares are valued, contracts not, and not asked for
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



=== TEST 25: the chain fails: likewise
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



=== TEST 26: bars fail: what is held is valued by the close of the session before
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



=== TEST 27: where nothing is held the stock is an error as ever
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



=== TEST 28: neither bars nor the close before: 502, or 404; positions are listed all the same
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



=== TEST 29: the market is away, the stock stale: positions are valued by what there was
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



=== TEST 30: the market is away and nothing is cached: a position can be read and changed
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



=== TEST 31: created while only the reference can be had: 201 with nulls
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



=== TEST 32: the book is gone from Redis: the stock is made anew
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



=== TEST 33: it is damaged, or another version's: likewise, and beside others that are not
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



=== TEST 34: and the market away: null, without harm
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



=== TEST 35: garbage in the place of a contract is a miss
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



=== TEST 36: a forced refresh values positions anew
--- init
store(1, strike => 220);
--- request eval
["GET /finance/stocks/AAPL", "GET /finance/stocks/AAPL?force_refresh=true", "GET /finance/stocks/AAPL"]
--- response_body_filters eval
my $calls = calls("${main::Bars}AAPL");
[map { [pick('strategy_data.short_call_positions.0.metrics.current_value'), $calls] } 1 .. 3]
--- response_body eval
["-627.5 calls 1\n", ("-627.5 calls 2\n") x 2]



=== TEST 37: what is kept of it follows each write
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



=== TEST 38: without threads the same
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



=== TEST 39: a stock that is not on the watchlist: in positions and where it is asked for
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



=== TEST 40: the ETags of a stock, its signals and the dashboard follow what is held
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



=== TEST 41: very many of one ticker, one work
--- init
store($_, quantity => $_, ticker => 'KO') for 1 .. 400;
--- request eval
["GET /finance/positions", "GET /finance/positions/" . id(400)]
--- response_body_filters eval
[[pick('positions.@', 'summary.partial'), calls("${main::Bars}KO")], [pick('metrics.current_value')]]
--- response_body eval
["400 false calls 1\n", "24940\n"]



=== TEST 42: more contracts outside than are asked for at once
--- init
store($_, ticker => 'AAPL', strike => 130 + $_ * 2.5, option_type => 'put', expiration => '2026-09-18', quantity => 1) for 1 .. 80;
--- request
GET /finance/positions
--- response_body_filters eval
[check(sub { my $known = grep { defined $_->{metrics}{current_value} } @{ $_->{positions} };
             my $there = grep { $main::Contract{sprintf 'O:AAPL260918P%08d', 1000 * (130 + $_ * 2.5)} } 1 .. 80;
             $known == $there || "$known of $there" })]
--- response_body
yes

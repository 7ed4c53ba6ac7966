# The fault matrix with something stale at hand: whatever the market does, that
# is served, with its own date, and all is fresh again once the fault has gone:
# what failed is not asked for again for a second, or for as long as the market
# said, which is an hour of two of the faults.
# Whether the answer waits for what the market does is not looked at: calls are
# counted when they have come to rest.
use strict;
use warnings;

use FinanceTest::Faults;
use FinanceTest sample => 'now', market => \@FinanceTest::Faults::OPTIONS;
use JSON::PP ();
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Chain = '/v3/snapshot/options/';

our @Others = (['kind=drip&ms=1&bytes=1', 504, '', 1], ['kind=hang', 504, '', 1],
               ['kind=body&value={}', 404, '', 1], ['kind=no_results', 404, '', 1],
               ['kind=status&status=403', 502, '', 2]);

# What comes through /aged/ is out of date at once.
our $Config = $Market . <<'END';
location /aged/ {
    finance_api;
    finance_market /_market;
    finance_cache stock=0 options=0;
}
location /finance/ {
    finance_api;
    finance_market /_market;
    finance_timeout 1500ms;
    finance_retry 3 base=10ms max=20ms;
}
END

sub pause { select undef, undef, undef, $_[0] * $FinanceTest::Body::Slow }

# Until what the faults have kept waiting is over, and a second, or what a market
# said with its 429, has passed since.
sub rest { pause(2.6) }

# When each was fetched, by the path asked for.
my %First;

sub as_of { return JSON::PP->new->utf8->decode($_[0])->{as_of} }

# The answer is kept as the first for this path.
sub first {
    my ($path) = @_;

    return sub { $First{$path} = as_of($_[0]) // die "no as_of: $_[0]"; "first\n" };
}

# Whether an answer is of the first one's time, or younger.
sub age {
    my ($path) = @_;

    return sub {
        my $as_of = as_of($_[0]) // return "no as_of: $_[0]";

        $_[0] =~ /"stale":(true|false)/ or return "neither stale nor not: $_[0]";

        return "stale $1 " . ($as_of eq $First{$path} ? 'first' : $as_of gt $First{$path} ? 'later'
                              : "$as_of before $First{$path}") . "\n";
    };
}

sub paths {
    my ($uri, $n) = @_;

    return map { my $t = fault_ticker($_); $uri =~ s/TICKER/$t/r } 0 .. $n - 1;
}

# Each is asked for through /aged/, with its fault, without it, and once more.
sub asked {
    my ($uri, $n) = @_;

    my @paths = paths($uri, $n);
    my @asked = map { "GET /finance/$_" } @paths;

    return [(map { "GET /aged/$_" } @paths), 'GET /market-control/calls', @asked,
            'GET /market-control/reset', @asked, 'GET /market-control/calls', @asked];
}

# Of those answers: age and calls. The faults begin when the first ones have
# come, and a second has passed, so that dates differ.
sub seen {
    my ($path, $uri, @faults) = @_;

    my @paths = paths($uri, scalar @faults);
    my $ok = sub { "ok\n" };

    return [(map { [first($_)] } @paths),
            [$ok, then(sub { market_reset(); set_faults($path, [], @faults); pause(1.1) })],
            (map { [age($paths[$_]), settled($faults[$_][3], $path . fault_ticker($_))] }
                 0 .. $#faults),
            [$ok, then(\&rest)], (map { [sub { "some\n" }] } @faults),
            [$ok, then(sub { pause(0.3) })], map { [age($_)] } @paths];
}

sub bodies {
    my (@faults) = @_;

    return [(map { "first\n" } @faults), "ok\n",
            (map { "stale true first calls $_->[3]\n" } @faults),
            "ok\n", (map { "some\n" } @faults), "ok\n",
            map { an_hour($_) ? "stale true first\n" : "stale false later\n" } @faults];
}

# Whether the market said so; of a dashboard of all of them: how many are what then.
sub an_hour { return $_[0][0] =~ /retry_after=3600/ }

sub after_all {
    my $old = grep { an_hour($_) } @Faults;

    return "stale $old first $old later " . (@Faults - $old) . " errors 0\n";
}

# Of a dashboard: how many are stale, of their first time, and errors.
sub ages {
    return check(sub {
        my ($stale, $first, $later) = (0, 0, 0);

        for my $stock (@{ $_->{stocks} }) {
            my $as_of = $First{"stocks/$stock->{ticker}"} //= $stock->{as_of};

            $stale++ if $stock->{stale};
            $first++ if $stock->{as_of} eq $as_of;
            $later++ if $stock->{as_of} gt $as_of;
        }

        return "stale $stale first $first later $later errors " . @{ $_->{errors} };
    });
}

sub forget { %First = () }

{
    no warnings 'once';

    for my $name (qw(asked seen bodies age ages first pause)) {
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
main::forget();
--- request eval
my @asked = map { "GET /finance/stocks/" . main::fault_ticker($_) } 0 .. $#main::Faults;
my $uri = 'dashboard?tickers=' . CORE::join ',', map { main::fault_ticker($_) } 0 .. $#main::Faults;
["GET /aged/$uri", @asked, 'GET /market-control/reset', "GET /finance/$uri",
 'GET /market-control/calls', "GET /finance/$uri"]
--- response_body_filters eval
my $ok = sub { "ok\n" };
my @tickers = map { main::fault_ticker($_) } 0 .. $#main::Faults;
[[ages(), then(sub { market_reset(); main::set_faults($main::Bars, [], @main::Faults); pause(1.1) })],
 (map { [main::age("stocks/$tickers[$_]"), settled($main::Faults[$_][3], $main::Bars . $tickers[$_])] }
      0 .. $#tickers),
 [$ok, then(\&main::rest)], [$ok], [$ok, then(sub { pause(0.5) })], [ages()]]
--- response_body eval
my $n = @main::Faults;
["stale 0 first $n later 0 errors 0\n", (map { "stale true first calls $_->[3]\n" } @main::Faults),
 "ok\n", "ok\n", "ok\n", main::after_all()]



=== TEST 2: bars
--- request eval
asked('stocks/TICKER/bars?days=1', scalar @main::Some)
--- response_body_filters eval
seen($main::Bars, 'stocks/TICKER/bars?days=1', @main::Some)
--- response_body eval
bodies(@main::Some)



=== TEST 3: the whole chain
--- request eval
asked('stocks/TICKER/options?max_dte=5', scalar @main::Some)
--- response_body_filters eval
seen($main::Chain, 'stocks/TICKER/options?max_dte=5', @main::Some)
--- response_body eval
bodies(@main::Some)



=== TEST 4: a dashboard of all of them
--- init
main::forget();
--- request eval
my $uri = 'dashboard?tickers=' . CORE::join ',', map { main::fault_ticker($_) } 0 .. $#main::Faults;
["GET /aged/$uri", "GET /finance/$uri", 'GET /market-control/reset', "GET /finance/$uri",
 'GET /market-control/calls', "GET /finance/$uri"]
--- response_body_filters eval
my $ok = sub { "ok\n" };
[[ages(), then(sub { market_reset(); main::set_faults($main::Bars, [], @main::Faults); pause(1.1) })],
 [ages(), then(sub { settled($_->[1], $main::Bars . main::fault_ticker($_->[0]))->('')
                         for map { [$_, $main::Faults[$_][3]] } 0 .. $#main::Faults }),
  calls(map { $main::Bars . main::fault_ticker($_) } 0 .. $#main::Faults)],
 [$ok, then(\&main::rest)], [$ok], [$ok, then(sub { pause(0.5) })], [ages()]]
--- response_body eval
my $n = @main::Faults;
["stale 0 first $n later 0 errors 0\n",
 "stale $n first $n later 0 errors 0 calls " . CORE::join(' ', map { $_->[3] } @main::Faults) . "\n",
 "ok\n", "ok\n", "ok\n", main::after_all()]
--- response_headers_like eval
['Finance-Complete: true', 'Finance-Complete: false', '', '', '', 'Finance-Complete: false']



=== TEST 5: slow until the time has passed, no bars all of a sudden, a plan that has lost them
--- config eval
$main::Config =~ s/proxy_read_timeout 150ms;//r =~ s/1500ms/400ms/r
--- request eval
asked('stocks/TICKER', scalar @main::Others)
--- response_body_filters eval
seen($main::Bars, 'stocks/TICKER', @main::Others)
--- response_body eval
bodies(@main::Others)



=== TEST 6: a refresh that loses the chain leaves the stock that has one, for options='s time
--- config eval
$main::Config . <<'END'
location /brief/ {
    finance_api;
    finance_market /_market;
    finance_cache options=1s;
    finance_retry 1;
}
END
--- request eval
["GET /aged/stocks/KO", ("GET /finance/stocks/KO") x 2, "GET /finance/stocks/KO?force_refresh=1",
 ("GET /brief/stocks/KO") x 2, "GET /market-control/reset", ("GET /finance/stocks/KO?force_refresh=1") x 2]
--- response_body_filters eval
my $age = age('stocks/KO');
my $seen = sub { my ($n) = @_; sub { my ($body) = @_; ($body =~ /"options_status":("\w+")/)[0] . ' ' . $age->($body) } };
my $pause = then(sub { pause(0.5) });
[[first('stocks/KO'), then(sub { market_fault(match => "${main::Chain}KO", kind => 'status', status => 500); pause(1.1) })],
 [$pause, $seen->()], [$pause, $seen->()], [$seen->()], [$pause, $seen->()], [$seen->()],
 [sub { "reset\n" }], [$seen->()], [$seen->()]]
--- response_body eval
["first\n", (qq("ok" stale true first\n)) x 4, qq("unavailable" stale false later\n), "reset\n",
 (qq("ok" stale false later\n)) x 2]

# One fetch for the workers of an nginx without a Redis: they agree in the zone.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Metrics;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes ();
use Test::Nginx::Socket 'no_plan';

our $Slow = $ENV{TEST_NGINX_USE_VALGRIND} ? 8 : $ENV{TEST_NGINX_FINANCE_SLOW} // 1;
our $Bars = '/v2/aggs/ticker/';
our @Tickers = qw(KO AAPL JPM MSFT NVDA AMZN GOOG META TSLA SPY);

sub pause { select undef, undef, undef, $_[0] }

# One request for each of the paths at once, code among them is run in its
# turn; the answers as they come: status, worker, body and when, in seconds.
sub ask {
    my (@paths) = @_;

    my ($from, $select, %answer) = (Time::HiRes::time(), IO::Select->new);

    for my $path (@paths) {
        $path->(), next if ref $path;

        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                      PeerPort => $ENV{TEST_NGINX_SERVER_PORT})
                or die "connect: $!\n";

        print $s "GET /finance/$path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        $select->add($s);
        $answer{$s} = { text => '' };
    }

    while ($select->count && Time::HiRes::time() < $from + 15 * $Slow) {
        for my $s ($select->can_read(0.5)) {
            if (!sysread $s, $answer{$s}{text}, 65536, length $answer{$s}{text}) {
                $select->remove($s);
            }
            $answer{$s}{at} = Time::HiRes::time() - $from;
        }
    }

    return sort { $a->{at} <=> $b->{at} }
           map { my ($text) = $_->{text};
                 { at => $_->{at} // 99, status => ($text =~ /^HTTP\S+ (\d+)/)[0] // 'none',
                   worker => ($text =~ /^X-Worker: (\d+)/m)[0] // 0,
                   body => ($text =~ /\r\n\r\n(.*)/s)[0] // '' } } values %answer;
}

# Asks n at once, until more than one worker has some of them: each time for
# another ticker. What they say, how often the market was asked for its bars.
sub crowd {
    my ($n, $path, @tickers) = @_;

    my $said = 'by one worker only';

    for my $ticker (@tickers) {
        my @answers = ask(("$path/$ticker") x $n);
        my %worker = map { $_->{worker} => 1 } @answers;
        my %status;

        $status{ $_->{status} }++ for @answers;
        $said = join(' ', map { "$status{$_} of $_," } sort keys %status) . ' calls '
                . market_calls("$Bars$ticker");
        $said .= sprintf ', late: %.0f ms', 1000 * ($answers[-1]{at} - $answers[0]{at})
            if $answers[-1]{at} - $answers[0]{at} > 0.2 * $Slow;
        last if keys %worker > 1;
        $said .= ' by one worker only';
    }

    return "$said\n";
}

# The same with 32, half of whom come after something has happened.
sub meanwhile {
    my ($before, $then) = @_;

    for my $ticker (@Tickers) {
        $before->();
        pause(0.3 * $Slow);

        my @answers = ask(("stocks/$ticker") x 16,
                          sub { pause(0.2); $then->(); pause(0.4 * $Slow) },
                          ("stocks/$ticker") x 16);
        my %worker = map { $_->{worker} => 1 } @answers;

        return words_of(scalar(grep { $_->{status} eq '200' } @answers), 'of 200, calls',
                        market_calls("$Bars$ticker")) if keys %worker > 1;
    }

    return "by one worker only\n";
}

# For as long as it takes to reach another worker than that: the answer.
sub another {
    my ($worker, $path) = @_;

    for (1 .. 200) {
        my @answers = ask(($path) x 4);
        my ($other) = grep { $_->{worker} ne $worker } @answers;

        return $other if $other;
    }

    return { status => 'no other worker', body => '', at => 0 };
}

sub words_of { CORE::join(' ', @_) . "\n" }

sub logged {
    my ($pattern) = @_;

    open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/error.log" or die $!;

    return grep { /$pattern/ } <$in>;
}

# The worker that leads the job of a ticker.
sub leader {
    my ($ticker) = @_;

    for (1 .. 100) {
        my ($line) = logged("finance job stock \"$ticker\" start");

        return $line =~ /\[debug\] (\d+)#/ ? $1 : die $line if $line;
        pause(0.02);
    }

    die "nobody leads $ticker\n";
}

# A counter of flights.
sub flights {
    my ($what) = @_;

    my $metrics = "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/finance/metrics";

    return FinanceTest::Metrics::scrape($metrics)->{series}{"finance_flight_$what"} // 0;
}

# How often a worker has joined another's.
sub followers { return flights('joins_total{where="shared"}') }

# Whether there are more than n of them, soon enough for the market's answer.
sub followers_come {
    my ($n) = @_;

    my $until = Time::HiRes::time() + 0.3 * $Slow;

    while (Time::HiRes::time() < $until) {
        return 1 if followers() > $n;
        pause(0.01);
    }

    return 0;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(pause ask words_of crowd meanwhile another logged leader market_calls
               flights followers followers_come
               market_fault redis_stop redis_start);
    *{"Test::Nginx::Util::$_"} = \&{"main::$_"} for qw(redis_stop market_fault);
}

add_block_preprocessor(sub {
    my ($block) = @_;

    my $more = $block->http_config // '';

    $more .= "    finance_zone finance:1m;\n" if $more !~ /finance_zone/;
    $block->set_value(http_config => "$more" . <<'END');
    finance_redis unix:$TEST_NGINX_REDIS_SOCK retry=100ms;
    finance_retry 1;
    add_header X-Worker $pid always;
END
    $block->set_value(init => "redis_stop();\n" . ($block->init // ''));
    $block->set_value(request => 'GET /nothing') if !defined $block->request;
    $block->set_value(error_code => 404) if !defined $block->error_code;
});

workers(2);
timeout(60);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: a crowd at two workers: one call, and all have it
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300);
--- response_body_filters eval
sub { crowd(32, 'stocks', @main::Tickers) }
--- response_body
32 of 200, calls 1



=== TEST 2: so with bars
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300);
--- response_body_filters eval
sub { my $said = crowd(32, 'stocks', @main::Tickers);
      my @more = ask(map { "stocks/$_/bars" } @main::Tickers[0, 0, 0, 0, 0, 0]);
      $said . words_of(map { $_->{status} } @more) }
--- response_body
32 of 200, calls 1
200 200 200 200 200 200



=== TEST 3: a failure is everybody's: one call, the same answer
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300);
--- init
market_fault(match => '/v2', kind => 'hang');
--- http_config eval
"finance_timeout @{[700 * $main::Slow]}ms;"
--- response_body_filters eval
sub { crowd(32, 'stocks', @main::Tickers) }
--- response_body
32 of 504, calls 1



=== TEST 4: what one worker has got the others find
--- response_body_filters eval
sub { my ($first) = ask('stocks/KO');
      my $second = another($first->{worker}, 'stocks/KO');
      my @third = ask(('dashboard?tickers=KO') x 8);
      words_of($first->{status}, $second->{status}, ($first->{body} eq $second->{body} ? 'same' : 'other'),
               (map { $_->{status} } @third), 'calls', market_calls("${main::Bars}KO")) }
--- response_body
200 200 same 200 200 200 200 200 200 200 200 calls 1



=== TEST 5: what is stale at one worker only is served by the other, too
--- http_config
    finance_cache stock=1s stale=60s;
--- response_body_filters eval
sub { my ($first) = ask('stocks/KO');
      pause(1.5);
      market_fault(match => '/v2', kind => 'status', status => 500);
      my $second = another($first->{worker}, 'stocks/KO');
      words_of($first->{status}, $second->{status}, $second->{body} =~ /"stale":(\w+)/) }
--- response_body
200 200 true



=== TEST 6: the leader's client hangs up: the others go on with the same call
--- init
market_fault(match => '/v2', kind => 'delay', ms => 500);
--- response_body_filters eval
sub { my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ENV{TEST_NGINX_SERVER_PORT}) or die $!;
      print $s "GET /finance/stocks/KO HTTP/1.1\r\nHost: x\r\n\r\n";
      pause(0.1);
      close $s;
      my @answers = ask(('stocks/KO') x 16);
      words_of((map { $_->{status} } @answers), 'calls', market_calls("${main::Bars}KO")) }
--- response_body
200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 calls 1



=== TEST 7: the leader's worker is killed: another one leads, at once
--- log_level: debug
--- init
market_fault(match => '/v2', kind => 'delay', ms => 500 * $main::Slow);
--- response_body_filters eval
sub { my $said = 'never some of each';
      for my $ticker (@main::Tickers) {
          my $n = followers();
          my $followed;
          my @answers = ask(("stocks/$ticker") x 16,
                            sub { my $pid = leader($ticker); $followed = followers_come($n); kill 'KILL', $pid },
                            ("stocks/$ticker") x 16);
          my $lost = grep { $_->{status} eq 'none' } @answers;
          my $good = grep { $_->{status} eq '200' } @answers;
          $said = words_of($lost + $good, 'calls', market_calls("${main::Bars}$ticker"),
                           $answers[-1]{at} < 1.5 * $main::Slow ? 'in time' : $answers[-1]{at});
          # else someone new was there before who followed
          last if $lost && $followed && flights('takeovers_total');
          $said = "never some of each\n";
      }
      CORE::chomp $said;
      words_of($said, flights('takeovers_total') ? 'counted' : 'not counted',
               followers() ? 'counted' : 'not counted') }
--- response_body
32 calls 2 in time counted counted
--- error_log
[alert]
exited on signal 9



=== TEST 8: a zone that is too small: each for itself, and that is said
--- http_config
    finance_zone finance:64k;
--- response_body_filters eval
sub { my @answers = ask(('dashboard?tickers=' . CORE::join ',', @main::Tickers) x 8, ('stocks/KO/options') x 4);
      my @bad = grep { $_->{status} ne '200' || $_->{body} =~ /"errors":\[\{/ } @answers;
      words_of(scalar @answers, 'answers', scalar @bad, 'bad,', logged('\[warn\].*finance_zone "finance" is full: an answer') ? 'said' : 'not said') }
--- response_body
12 answers 0 bad, said



=== TEST 9: without a zone each worker asks for itself
--- http_config
    # no finance_zone
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300);
--- response_body_filters eval
sub { crowd(32, 'stocks', @main::Tickers) }
--- response_body
32 of 200, calls 2



=== TEST 10: Redis comes back under way: what was begun without it is not begun again
--- init
market_fault(match => '/v2', kind => 'delay', ms => 1200 * $main::Slow);
--- response_body_filters eval
sub { meanwhile(\&redis_stop, \&redis_start) }
--- response_body
32 of 200, calls 1



=== TEST 11: and what was begun with it goes on when it goes
--- init
market_fault(match => '/v2', kind => 'delay', ms => 1200 * $main::Slow);
--- response_body_filters eval
sub { meanwhile(\&redis_start, \&redis_stop) }
--- response_body
32 of 200, calls 1

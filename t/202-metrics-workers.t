# The counters of several workers: exact over all of them, over reloads, and
# when one is killed; gauges are those of who lives.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Metrics;
use HTTP::Tiny;
use IO::Socket::INET;
use Test::Nginx::Socket 'no_plan';

sub pause { select undef, undef, undef, $_[0] }

# The pids of the master's workers.
sub living {
    my $master = master();
    my @pids;

    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $in, '<', $stat or next;
        my ($pid, $parent) = (<$in> // '') =~ /^(\d+) \(.*\) [^Z] (\d+)/ or next;
        push @pids, $pid if $parent == $master;
    }

    @pids = sort { $a <=> $b } @pids;

    return @pids;
}

# Until the code says so, or 10 s, more with a slow nginx.
sub until_true {
    my ($code) = @_;

    for (1 .. 200 * $FinanceTest::Body::Slow) {
        return 1 if $code->();
        pause(0.05);
    }

    return 0;
}

sub scrape {
    return FinanceTest::Metrics::scrape(
        "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/finance/metrics");
}

# n requests of each kind, a connection each, from several processes at once.
sub ask {
    my ($n) = @_;

    my @pids;

    for my $process (1 .. 4) {
        my $pid = fork // die "fork: $!\n";

        if ($pid) {
            push @pids, $pid;
            next;
        }

        require POSIX;

        my $http = HTTP::Tiny->new(timeout => 10, keep_alive => 0);
        my $base = "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/finance";
        my $bad = 0;

        for (1 .. $n) {
            $bad++ if $http->get("$base/watchlist")->{status} != 200;
            $bad++ if $http->get("$base/nothing")->{status} != 404;
            $bad++ if $http->get("$base/stocks/KO/bars?days=1")->{status} != 200;
        }

        POSIX::_exit($bad ? 1 : 0);
    }

    my $bad = 0;

    for my $pid (@pids) {
        waitpid $pid, 0;
        $bad++ if $?;
    }

    return 4 * $n - ($bad ? $bad * 1000 : 0);
}

# What was asked, what is counted of it, and which counters fell since the
# text before.
my ($Asked, $Before) = (0, undef);

sub compared {
    my ($name) = @_;

    # the log phase of the last one comes behind its answer
    my $text;
    until_true(sub {
        $text = scrape();
        return FinanceTest::Metrics::sum($text, 'finance_http_requests_total',
                                         qr/route="(?:watchlist|none|bars)"/) >= 3 * $Asked;
    });

    my @wrong = @{ $text->{problems} };
    my $s = $text->{series};
    my $of = sub { return $s->{$_[0]} // 0 };

    push @wrong, FinanceTest::Metrics::fallen($Before, $text) if $Before;

    for my $row (['watchlist', 200], ['none', 404], ['bars', 200]) {
        my ($route, $status) = @$row;
        my $n = $of->(qq(finance_http_requests_total{route="$route",status="$status"}));
        my $timed = $of->(qq(finance_http_request_duration_seconds_count{route="$route"}));

        push @wrong, "$route: $n counted, $timed timed, of $Asked"
            if $n != $Asked || $timed != $Asked;
    }

    my $bars = $of->('finance_cache_results_total{kind="bars",result="fresh"}')
               + $of->('finance_cache_results_total{kind="bars",result="miss"}');

    push @wrong, "bars: $bars looked up, of $Asked" if $bars != $Asked;
    push @wrong, 'bars: asked for more than once'
        if FinanceTest::Market::calls('/v2/aggs/ticker/KO') != 1;
    push @wrong, 'upstream: not one call'
        if $of->('finance_upstream_calls_total{resource="bars",outcome="ok"}') != 1;

    $Before = $text;

    return "$name: " . (@wrong ? join('; ', @wrong) : 'exact') . "\n";
}

sub reset_counts { ($Asked, $Before) = (0, undef) }

sub asked { $Asked += ask($_[0]) }

# A worker runs before it counts itself: long before under valgrind.
sub counted {
    return $FinanceTest::Body::Slow == 1 || until_true(sub { value('finance_workers') eq '2' });
}

sub reload {
    my %old = map { $_ => 1 } living();

    kill HUP => master();

    return until_true(sub { my @now = living(); @now == 2 && !grep { $old{$_} } @now })
           && counted();
}

sub kill_worker {
    my ($victim) = (living())[0];

    kill KILL => $victim;

    return until_true(sub { my @now = living(); @now == 2 && !grep { $_ == $victim } @now })
           && counted();
}

# A client with a slow request under way.
sub slow_client {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Proto => 'tcp',
                                       PeerPort => $ENV{TEST_NGINX_SERVER_PORT})
                 // die "no connection: $!\n";

    $socket->syswrite("GET /finance/stocks/AAPL/bars HTTP/1.1\r\nHost: x\r\n\r\n");

    return $socket;
}

sub value {
    my (@series) = @_;

    my $s = scrape()->{series};

    return join ' ', map { $s->{$_} // 'none' } @series;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(pause compared asked reset_counts reload kill_worker counted living until_true value
               slow_client scrape);
}

workers(2);
timeout(60);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: exact over two workers, reloads and a worker that is killed
--- request
GET /finance/health
--- response_body_filters eval
sub {
    my $said = '';
    my $step = sub { asked($_[1]); $said .= compared($_[0]) };

    reset_counts();
    $step->('two workers', 12);
    reload() or $said .= "no reload\n";
    $step->('after a reload', 12);
    kill_worker() or $said .= "no new worker\n";
    $step->('after a kill', 12);
    kill_worker() or $said .= "no new worker\n";
    reload() or $said .= "no reload\n";
    $step->('after both', 12);
    return $said . value('finance_workers', 'finance_worker_starts_total') . "\n";
}
--- response_body
two workers: exact
after a reload: exact
after a kill: exact
after both: exact
2 8
--- error_log
[alert]
exited on signal 9



=== TEST 2: a reload while requests come: none is lost, none counted twice
--- request
GET /finance/health
--- response_body_filters eval
sub {
    my $said = '';

    reset_counts();
    asked(1);

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        for (1 .. 4) { kill HUP => master(); pause(0.25) }
        require POSIX;
        POSIX::_exit(0);
    }

    asked(60);
    waitpid $pid, 0;
    until_true(sub { living() == 2 });

    return $said . compared('reloads under way');
}
--- response_body
reloads under way: exact



=== TEST 3: what a killed worker had under way goes with it, what it had counted stays
--- init
market_fault(match => '/v2', kind => 'delay', ms => 4000);
--- request
GET /finance/health
--- response_body_filters eval
sub {
    my @of = ('finance_jobs{state="active"}', 'finance_upstream_calls{state="active"}',
              'finance_workers');
    my @sockets = map { slow_client() } 1 .. 6;
    my $said = '';

    until_true(sub { value($of[1]) eq '1' });
    counted();
    $said .= value(@of) . "\n";

    my $before = scrape();

    for (1 .. 2) {
        kill_worker() or $said .= "no new worker\n";
        pause(0.1);
    }

    my $after = scrape();
    my @fallen = FinanceTest::Metrics::fallen($before, $after);

    $said .= "fallen: @fallen\n" if @fallen;

    return $said . value(@of) . "\n";
}
--- response_body_like
^[12] 1 2
0 0 2$
--- error_log
[alert]
exited on signal 9



=== TEST 4: gauges of workers that a reload has end are there as long as they serve
--- init
market_fault(match => '/v2', kind => 'delay', ms => 1500 * $FinanceTest::Body::Slow);
--- request
GET /finance/health
--- response_body_filters eval
sub {
    my @of = ('finance_upstream_calls{state="active"}');
    my $socket = slow_client();
    my $said = '';

    until_true(sub { value(@of) eq '1' });
    counted();
    kill HUP => master();
    pause(0.4 * $FinanceTest::Body::Slow);
    $said .= value(@of, 'finance_workers') . "\n";
    until_true(sub { value('finance_workers') eq '2' });

    return $said . value(@of, 'finance_workers') . "\n";
}
--- response_body
1 3
0 2

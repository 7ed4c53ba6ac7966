#!/usr/bin/env perl
# For scripts/stress: the run itself.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/stress";
use Time::HiRes qw(time);

use Budget;
use Check;
use Crowd;
use Ends;
use Lab;
use Refresh;
use Rounds;
use Streams;
use Workers;

my ($root, $minutes, @only) = @ARGV;

my $clients = $ENV{STRESS_CLIENTS} // 300;

# how often each is done: quick, and in each turn of a long run
my %PLAN = (
    crowd    => [\&Crowd::crowd, 1, 3],
    refresh  => [\&Refresh::refresh, 1, 6],
    aborts   => [sub { Rounds::aborts(@_, $clients) }, 2, 6],
    reloads  => [\&Rounds::reloads, 4, 100],
    http2    => [\&Ends::http2, 4, 12],
    redis    => [\&Ends::redis, 3, 30],
    faults   => [\&Ends::faults, 2, 6],
    streams  => [\&Streams::streams, 300, 10_000],
    wide     => [\&Rounds::wide, 200, 400],
    slots    => [\&Rounds::slots, 1, 1],
    quit     => [\&Ends::quit, 2, 6],
    shutdown => [\&Ends::shutdown_timeout, 1, 1],
    killed   => [\&Ends::worker_killed, 2, 5],
    kills    => [\&Workers::kills, 10, 60],
    budget   => [\&Budget::budget, 15, 60],
);
my @ORDER = qw(crowd refresh aborts reloads http2 redis faults streams wide slots quit shutdown
                killed kills budget);

$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{INT} = sub { exit 130 };
$SIG{$_} = sub { exit 143 } for qw(TERM HUP);

for my $name (@only) {
    die "stress: no step \"$name\": @ORDER\n" if !$PLAN{$name};
}

my $lab = Lab->new(
    root => $root, dir => $ENV{STRESS_DIR} // "$root/build/stress",
    module => $ENV{TEST_NGINX_FINANCE_MODULE}
              // "$root/build/ngx_http_finance_module.so",
    binary => $ENV{TEST_NGINX_BINARY} // 'nginx', slow => $ENV{STRESS_SLOW} // 1,
    wrap => [split ' ', $ENV{STRESS_WRAP} // ''],
    workers => $ENV{STRESS_WORKERS} // 2,
    timeout => ($ENV{STRESS_SLOW} // 1) > 1 ? '15s' : '4s', read_timeout => '3s',
);
my $seed = $ENV{STRESS_SEED} // int(time * 1000) % 1000000;
my $from = time;

# another allocator keeps what was freed
$Check::Memory = $lab->{slow} == 1 && !@{ $lab->{wrap} };
$Rounds::TICKERS = $ENV{STRESS_TICKERS} // 50;

srand $seed;
Check::say_step("seed $seed, in $lab->{dir}");

$lab->start_redis;
$lab->start_market;
$lab->start_nginx;

do {
    for my $name (@only ? @only : @ORDER) {
        my ($step, $quick, $long) = @{ $PLAN{$name} };

        $step->($lab, $minutes eq 'quick' ? $quick : $long);
        die "stress: nginx is gone\n" if !$lab->running('nginx');
    }
} while ($minutes ne 'quick' && time - $from < 60 * $minutes);

$lab->stop('nginx', 'QUIT', 20);
Check::logs($lab, 'the end');
Check::say_step($Check::Failures ? "$Check::Failures failures"
                                 : 'all is well');
exit($Check::Failures ? 1 : 0);

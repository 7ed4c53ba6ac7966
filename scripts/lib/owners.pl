#!/usr/bin/env perl
# For scripts/owners: the run itself.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/stress", "$FindBin::Bin/owners";
use Time::HiRes qw(time);

use Check;
use Cross;
use Kills;
use Lab;
use Race;
use Store;
use Walk;

my ($root, $much, @only) = @ARGV;

# how often each is done: quick, full
my %PLAN = (
    model         => [\&Walk::model, 3000, 30000],
    'kill-redis'  => [\&Kills::redis, 3, 20],
    'kill-worker' => [\&Kills::worker, 3, 20],
    race          => [\&Race::race, 20, 200],
    abort         => [\&Race::abort, 150, 1500],
    cross         => [\&Cross::cross, 1, 1],
);
my @ORDER = qw(model kill-redis kill-worker race abort cross);

$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{INT} = sub { exit 130 };
$SIG{$_} = sub { exit 143 } for qw(TERM HUP);

for my $name (@only) {
    die "owners: no step \"$name\": @ORDER\n" if !$PLAN{$name};
}

$Check::Name = 'owners';

my $lab = Lab->new(
    root => $root, dir => $ENV{OWNERS_DIR} // "$root/build/owners",
    module => $ENV{TEST_NGINX_FINANCE_MODULE}
              // "$root/build/ngx_http_finance_module.so",
    binary => $ENV{TEST_NGINX_BINARY} // 'nginx', slow => $ENV{STRESS_SLOW} // 1,
    wrap => [split ' ', $ENV{STRESS_WRAP} // ''], delay => 1, clone => 400,
    workers => 2, fsync => 'always', redis => 'timeout=5s retry=100ms',
    # longer than the lease of a worker that was killed, 3 s
    timeout => 5 * ($ENV{STRESS_SLOW} // 1) . 's',
    locations => <<'END',
        location /finance/ {
            finance_api;
            finance_market /_market;
            finance_user $http_x_user;
            finance_admin $http_x_admin;
        }
END
);
my $seed = $ENV{OWNERS_SEED} // int(time * 1000) % 1000000;

Check::say_step("seed $seed, in $lab->{dir}");
$Walk::Seed = $seed;

$lab->start_redis;
$lab->start_market;
$lab->start_nginx;

for my $name (@only ? @only : @ORDER) {
    my ($step, $quick, $full) = @{ $PLAN{$name} };

    # a step alone makes the choices that it makes among others
    srand $seed;
    eval { $step->($lab, $much eq 'quick' ? $quick : $full); 1 }
        or Check::fail("$name: $@");
    die "owners: nginx is gone\n" if !$lab->running('nginx');
}

$lab->stop('nginx', 'QUIT', 20);
Check::logs($lab, 'the end');
printf "%d passed, %d failed\n", $Check::Passed, $Check::Failures;
exit($Check::Failures ? 1 : 0);

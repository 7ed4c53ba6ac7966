#!/usr/bin/env perl
# For scripts/stress: the run itself.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/stress";

use Check;
use Lab;
use Rounds;

my ($root, @what) = @ARGV;
my %quick = map { $_ => 1 } @what;

$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{INT} = sub { exit 130 };
$SIG{$_} = sub { exit 143 } for qw(TERM HUP);

my $lab = Lab->new(root => $root, dir => "$root/build/stress",
                   module => $ENV{TEST_NGINX_FINANCE_MODULE}
                             // "$root/build/ngx_http_finance_module.so");

$lab->start_redis;
$lab->start_market;
$lab->start_nginx;

Rounds::aborts($lab, $quick{quick} ? 2 : 5, 300);
Rounds::reloads($lab, $quick{quick} ? 3 : 20);
Rounds::slots($lab);
exit($Check::Failures ? 1 : 0);

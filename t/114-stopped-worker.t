# A worker that leads a fetch and is stopped for longer than its lease (a machine
# that swaps, a frozen virtual machine): when it comes to, another one may lead, or
# have brought what was wanted.
use strict;
use warnings;

use FinanceTest sample => 1;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes ();
use Test::Nginx::Socket 'no_plan';

our $Slow = $FinanceTest::Body::Slow;
our $Bars = '/v2/aggs/ticker/KO';
our $Chain = '/v3/snapshot/options/KO';
our $Lock = 'finance:lock:{KO}:stock';
our $Value = 'finance:cache:stock:{KO}';

# A lease of 2 s: a third of it.
our $Timeout = 6 * $Slow;
our $Config = FinanceTest::market_config()
              =~ s/finance_api;/finance_api; finance_timeout ${Timeout}s; finance_retry 1;/r;

sub pause { select undef, undef, undef, $_[0] * $Slow }

sub until_true {
    my ($what, $code) = @_;

    for (1 .. 500) {
        return if $code->();
        pause(0.01);
    }

    die "$what: in vain\n";
}

sub ask {
    my ($path) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $ENV{TEST_NGINX_SERVER_PORT})
            or die "connect: $!\n";

    print $s "GET /finance/$path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    return $s;
}

# The status of what was asked for.
sub answer {
    my ($s) = @_;

    local $/;
    my $text = readline($s) // '';

    return ($text =~ /^HTTP\S+ (\d+)/)[0] // 'none';
}

# While the stock is fetched, its bars being on their way for the n-th time, the
# worker is stopped until its lease has run out; code runs before it goes on.
sub stopped {
    my ($n, $code) = @_;

    my ($pid) = worker_pids();

    until_true('bars asked for', sub { market_calls($Bars) >= $n });
    kill STOP => $pid;
    until_true('the lease has run out', sub { !redis('EXISTS', $Lock) });
    pause(0.3);
    $code->();
    kill CONT => $pid;
}

sub asked { 'bars ' . market_calls($Bars) . ' chain ' . market_calls($Chain) }

# When it was fetched, in Redis.
sub fetched { (redis('GETRANGE', $Value, 0, 93) // '') =~ /"fetched_ms":(\d+)/ ? $1 : 0 }

# Another host's: fetched now, fresh for an hour.
sub bring {
    my $now = int(1000 * Time::HiRes::time());
    my $fresh = $now + 3_600_000;
    my $head = redis('GETRANGE', $Value, 0, 93)
               =~ s/"fetched_ms":\d+,"fresh_ms":\d+/"fetched_ms":$now,"fresh_ms":$fresh/r;

    redis('SETRANGE', $Value, 0, $head);

    return $now;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(pause until_true ask answer stopped asked fetched bring);
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(config => $Config) if !defined $block->config;
    $block->set_value(init => "market_fault(match => \$main::Bars, kind => 'delay', "
                              . "ms => 500 * \$main::Slow);");
    $block->set_value(request => 'GET /nothing');
    $block->set_value(error_code => 404);
});

workers(1);
timeout(60 * $Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: another one leads: it is followed, and nothing is asked for meanwhile
--- response_body_filters eval
sub { my $s = ask('stocks/KO');
      stopped(1, sub { redis('SET', $main::Lock, 'another', 'PX', 60000) });
      pause(1);
      my $said = asked() . ' stored ' . redis('EXISTS', $main::Value);
      redis('DEL', $main::Lock);
      redis('PUBLISH', 'finance:news', 'stock:KO: 0 -1');
      "$said, then " . answer($s) . ' ' . asked() . ' stored ' . redis('EXISTS', $main::Value) . "\n" }
--- response_body
bars 1 chain 0 stored 0, then 200 bars 2 chain 4 stored 1
--- error_log
stock of KO: another one leads by now



=== TEST 2: another one has failed by now: so has this one
--- response_body_filters eval
sub { my $s = ask('stocks/KO');
      stopped(1, sub { redis('SET', $main::Lock, 'another', 'PX', 60000) });
      until_true('it follows', sub {
          redis('PUBLISH', 'finance:news', 'stock:KO: 10 -1');
          !IO::Select->new($s)->can_read(0) ? pause(0.1) : 1 });
      answer($s) . ' ' . asked() . "\n" }
--- response_body_like
^(400|404|50[234]) bars 1 chain 0$



=== TEST 3: another one has brought it: that is served and stays
--- config eval
$main::Config =~ s/finance_api;/finance_api; finance_cache stock=1s stale=1h;/r
--- response_body_filters eval
sub { my $first = answer(ask('stocks/KO'));
      pause(1.3 / $main::Slow);
      my $chain = market_calls($main::Chain);
      my ($s, $brought) = ask('stocks/KO');
      stopped(2, sub { $brought = bring() });
      pause(1);
      "$first " . answer($s) . ' bars ' . market_calls($main::Bars) . ' more of the chain '
      . (market_calls($main::Chain) - $chain) . (fetched() == $brought ? ' stays' : ' overwritten')
      . "\n" }
--- response_body
200 200 bars 2 more of the chain 0 stays



=== TEST 4: nobody has: it goes on where it was
--- response_body_filters eval
sub { my $s = ask('stocks/KO');
      stopped(1, sub { });
      answer($s) . ' ' . asked() . ' stored ' . redis('EXISTS', $main::Value) . "\n" }
--- response_body
200 bars 1 chain 4 stored 1



=== TEST 5: Redis is away when it comes to: it goes on, too
--- response_body_filters eval
sub { my $s = ask('stocks/KO');
      stopped(1, sub { FinanceTest::Redis::stop() });
      my $said = answer($s) . ' ' . asked() . "\n";
      FinanceTest::Redis::start();
      $said }
--- response_body
200 bars 1 chain 4



=== TEST 6: it is stopped for longer than the request may take
--- response_body_filters eval
sub { my $s = ask('stocks/KO');
      stopped(1, sub { pause(5) });
      answer($s) . ' ' . asked() . "\n" }
--- response_body_like
^504 bars 1 chain 0$

# GET stream on two workers.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Stream;
use NginxTest::Dirs;
use Test::Nginx::Socket 'no_plan';
use Time::HiRes ();

our $Port = NginxTest::Dirs::port();

# A port of its own, with a socket of each worker.
our $Each = <<"END";
    server {
        listen 127.0.0.1:$Port reuseport;
        location /finance/ {
            finance_api;
            finance_market /_market;
        }
        location /_market/ {
            internal;
            proxy_pass http://market/;
        }
    }
END

sub stream { return FinanceTest::Stream->new(@_) }
sub ask { return FinanceTest::Stream::ask(@_) }
sub buy { return FinanceTest::Stream::buy(@_) }
sub pause { select undef, undef, undef, $_[0] }

# Connections on which events are read.
sub readers {
    return scalar grep { /name=nginx-finance-events / }
                  split /\n/, FinanceTest::Redis::command(qw(CLIENT LIST));
}

# Seconds until it is true, at most so many.
sub until_true {
    my ($seconds, $condition) = @_;
    my $from = Time::HiRes::time();

    while (!$condition->()) {
        return $seconds + 1 if Time::HiRes::time() - $from > $seconds;
        pause(0.02);
    }

    return Time::HiRes::time() - $from;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(stream ask buy pause readers until_true);
}

workers(2);
timeout(30 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the same events and ids on every worker
--- http_config eval: $::Each
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my @p = (port => $::Port, skip => 'stock');
      my @s = map { stream(@p) } 1 .. 12;
      $_->event for @s;
      my $text = readers() . " workers\n";
      ask('POST', 'watchlist', @p, body => '{"ticker":"KO"}');
      my %id = map { $_->event->{id} => 1 } @s;
      $text .= keys(%id) . " id\n";
      $_->leave for @s;
      my $id = buy(3, @p);
      my @t = map { $_->again(@p) } @s;
      my %told = map { $_->told(2) => 1 } @t;
      return $text . CORE::join '', keys %told }
--- response_body
2 workers
1 id
watchlist ["KO"]
position created KO 3



=== TEST 2: a reload, each comes back where it likes
--- http_config eval: $::Each
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my @s = map { stream(port => $::Port, skip => 'stock') } 1 .. 3;
      $_->event for @s;
      my %old = map { $_ => 1 } worker_pids();
      kill HUP => master();
      my $text = CORE::join(' ', map { $_->ended(2) } @s) . "\n";
      my $took = until_true(3, sub { !grep { $old{$_} } worker_pids() });
      $text .= $took < 2 ? "gone\n" : "there for $took s\n";
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my @t = map { $_->again(port => $::Port) } @s;
      my $id = buy(2);
      $text . CORE::join '', map { $_->told(3) } @t }
--- response_body
end end end
gone
watchlist ["KO"]
watchlist ["KO"]
position created KO 2
watchlist ["KO"]
watchlist ["KO"]
position created KO 2
watchlist ["KO"]
watchlist ["KO"]
position created KO 2

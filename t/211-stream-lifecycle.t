# GET stream over time: caps, a reload, Redis away and back, clients that leave
# or do not read.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Stream;
use NginxTest::Dirs;
use Test::Nginx::Socket 'no_plan';
use Time::HiRes ();

our $Port = NginxTest::Dirs::port();
our $Owners = FinanceTest::market_config()
              =~ s/finance_api;/finance_api;\n    finance_user \$http_x_user;/r;

# A port of its own: a socket of each worker, and hardly a buffer in it.
our $Small = <<"END";
    server {
        listen 127.0.0.1:$Port sndbuf=8k;
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

# Whether error.log has a line with that.
sub logged {
    my ($what) = @_;

    open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/error.log" or die $!;

    return scalar grep { index($_, $what) >= 0 } <$in>;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(stream ask buy pause readers until_true logged);
}

timeout(30 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: so many of a worker, and no more
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_stream connections=2;/r
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my @s = map { stream() } 1, 2;
      my ($status, $body, $header) = ask('GET', 'stream');
      my $text = "$status $body $header->{'retry-after'}\n";
      $s[0]->leave;
      until_true(5, sub { $s[0] = stream(); $s[0]->{status} == 200 });
      $text . "$s[0]{status}\n" }
--- response_body
503 {"detail":"Too many streams are open"} 5
200



=== TEST 2: so many of a user
--- config eval
$::Owners =~ s/finance_api;/finance_api; finance_stream user=1;/r
--- request
GET /finance/watchlist
--- more_headers
X-User: a
--- response_body_filters eval
sub { my @a = (headers => { 'X-User' => 'a' });
      my $s = stream(@a);
      my ($status, $body, $header) = ask('GET', 'stream', @a);
      "$status $body $header->{'retry-after'}\n" . stream(headers => { 'X-User' => 'b' })->{status} . "\n" }
--- response_body
429 {"detail":"Too many streams of this user are open"} 5
200



=== TEST 3: one user may be all
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_stream user=1;/r
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { CORE::join(' ', map { stream()->{status} } 1 .. 3) . "\n" }
--- response_body
200 200 200



=== TEST 4: nobody reads events for nobody
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $none = readers(); my $s = stream(); $s->event; my $one = readers(); $s->leave;
      $none . $one . (until_true(14, sub { readers() == 0 }) < 14 ? "0\n" : "1\n") }
--- response_body
010



=== TEST 5: a reload: streams end cleanly, nothing is missed
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my @s = map { stream(skip => 'stock') } 1 .. 3;
      $_->event for @s;
      my ($old) = worker_pids();
      kill HUP => master();
      my $text = CORE::join(' ', map { $_->ended(2) } @s) . "\n";
      my $took = until_true(3, sub { !grep { $_ == $old } worker_pids() });
      $text .= $took < 2 ? "gone\n" : "there for $took s\n";
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my @t = map { $_->again } @s;
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



=== TEST 6: a client that leaves, one that sends more
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_stream connections=1;/r
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream();
      syswrite $s->{socket}, "GET /finance/watchlist HTTP/1.1\r\nHost: x\r\n\r\n";
      $s->event;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $text = $s->told(1);
      $s->leave;
      my $took = until_true(3, sub { stream()->{status} == 200 });
      $text . ($took < 1 ? "at once\n" : "after $took s\n") }
--- response_body
watchlist ["KO"]
at once



=== TEST 7: a client that does not read is dropped, others are not
--- http_config eval: $::Small
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      ask('GET', 'stocks/KO');
      my $slow = stream(port => $::Port, rcvbuf => 4096);
      my $s = stream(port => $::Port);
      $s->event;
      for (1 .. 80) {
          redis(qw(XADD finance:events * e), 'stock KO');
          $s->event or return "no event $_\n";
          last if $_ % 20 == 0 && logged('a stream is dropped');
      }
      my $n = logged('a stream is dropped, its client is too slow');
      my $end = $slow->ended(5);
      "$n $end\n" }
--- response_body
1 closed



=== TEST 8: Redis is away: heartbeats, nobody is let in; and back
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=300ms retry=100ms;
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_stream heartbeat=500ms;/r
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(skip => 'stock'); $s->event;
      redis_freeze();
      my ($t, $status);
      until_true(10, sub { $t = stream(); $t->{status} == 503 });
      my $text = "$t->{status} $t->{bytes} $t->{header}{'retry-after'}\n";
      my $n = $s->{comments};
      $text .= $s->comes($n + 2, 4) >= $n + 2 ? "alive\n" : "silent\n";
      redis_thaw();
      until_true(10, sub { ($status) = ask('POST', 'watchlist', body => '{"ticker":"KO"}');
                           $status == 200 || $status == 409 });
      $text . $s->told(1, 10) }
--- response_body
503 {"detail":"The store is not available"} 1
alive
watchlist ["KO"]



=== TEST 9: the connection is cut while something happens
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(skip => 'stock'); $s->event;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $text = $s->told(1);
      my ($id) = FinanceTest::Redis::command(qw(CLIENT LIST)) =~ /^id=(\d+) .*name=nginx-finance-events /m;
      FinanceTest::Redis::command('MULTI');
      FinanceTest::Redis::command(qw(CLIENT KILL ID), $id);
      FinanceTest::Redis::command(qw(ZREM finance:{default}:watchlist KO));
      FinanceTest::Redis::command(qw(XADD finance:events * e), 'watchlist default');
      FinanceTest::Redis::command('EXEC');
      $text . $s->told(1) }
--- response_body
watchlist ["KO"]
watchlist []



=== TEST 10: Redis comes back empty: who listens loads afresh
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=300ms retry=100ms;
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(skip => 'stock'); $s->event;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $text = $s->told(1);
      redis_stop(); pause(0.3); redis_start();
      $text .= $s->ended(10) . "\n";
      my $t;
      until_true(10, sub { $t = $s->again; $t->{status} == 200 });
      $text . $t->told(1) }
--- response_body
watchlist ["KO"]
end
reset {}



=== TEST 11: more came than is kept
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(); my $first = $s->event->{id};
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      $s->{skip} = 'stock';
      my $text = $s->told(1);
      my $id = $s->{id};
      FinanceTest::Redis::command('EVAL', "for i = 1, 4200 do redis.call('XADD', 'finance:events', "
          . "'MAXLEN', '~', '4096', '*', 'e', 'stock T' .. i) end return 1", 0);
      ask('POST', 'watchlist', body => '{"ticker":"TINY"}');
      $text .= $s->told(1);
      $text . CORE::join '', map { stream(headers => { 'Last-Event-ID' => $_ })->told(1) } $first, $id }
--- response_body
watchlist ["KO"]
watchlist ["KO","TINY"]
reset {}
reset {}



=== TEST 12: more was missed than is worth telling
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(skip => 'stock'); $s->event;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $text = $s->told(1);
      $s->leave;
      FinanceTest::Redis::command('EVAL', "for i = 1, 300 do redis.call('XADD', 'finance:events', '*', 'e', "
          . "string.format('position removed %08x-4e5f-4a6b-8c7d-0e1f2a3b4c5d default', i)) end return 1", 0);
      my $t = $s->again;
      $text .= $t->told(1);
      ask('POST', 'watchlist', body => '{"ticker":"TINY"}');
      $text . $t->told(1) }
--- response_body
watchlist ["KO"]
reset {}
watchlist ["KO","TINY"]

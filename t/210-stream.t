# GET stream: each kind of event, ids and what they are good for, who gets what.
# A block asks for something simple, and then talks to nginx by itself.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Stream;
use Test::Nginx::Socket 'no_plan';

our $Owners = FinanceTest::market_config()
              =~ s/finance_api;/finance_api;\n    finance_user \$http_x_user;/r;

sub stream { return FinanceTest::Stream->new(@_) }
sub ask { return FinanceTest::Stream::ask(@_) }
sub buy { return FinanceTest::Stream::buy(@_) }

# Of an answer of the API, what an event has of it.
sub told_stock {
    my ($ticker, %option) = @_;
    my ($status, $body) = ask('GET', "stocks/$ticker", %option);

    return $body;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(stream ask buy told_stock);
}

timeout(15 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: headers, and the first event
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(); my $e = $s->event;
      CORE::join "\n", $s->{status}, (map { $s->{header}{$_} } qw(content-type cache-control x-accel-buffering
      x-content-type-options)), "$e->{event} $e->{id} $e->{data}",
      $s->{retry} >= 500 && $s->{retry} < 3000 ? 'retry' : $s->{retry}, '' }
--- response_body
200
text/event-stream
no-store
no
nosniff
hello 0-0 {}
retry



=== TEST 2: the watchlist; what changes nothing tells nothing
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(); $s->event;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $text = $s->told(1);
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      ask('DELETE', 'watchlist/TINY');
      ask('POST', 'watchlist', body => '{"ticker":"TINY"}');
      $text .= $s->told(1);
      ask('DELETE', 'watchlist/KO');
      $text . $s->told(1) }
--- response_body
watchlist ["KO"]
watchlist ["KO","TINY"]
watchlist ["TINY"]



=== TEST 3: positions
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(skip => 'stock'); $s->event;
      my $id = buy(5);
      my $text = $s->told(1);
      my $e = $s->event;
      my ($status, $body) = ask('GET', "positions/$id");
      $text .= FinanceTest::Stream::brief($e) . "\n";
      $text .= $e->{data} eq qq({"id":"$id","ticker":"KO","op":"created","position":$body})
               ? "as GET has it\n" : "$e->{data}\n$body\n";
      ask('PUT', "positions/$id", body => $body =~ s/"quantity":5/"quantity":7/r);
      $text .= $s->told(1);
      ask('DELETE', "positions/$id");
      ask('DELETE', "positions/$id");
      $text . $s->told(1) }
--- response_body
watchlist ["KO"]
position created KO 5
as GET has it
position replaced KO 7
position removed KO null



=== TEST 4: a stock, when it is new; not one that nobody watches
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $s = stream(); $s->event;
      ask('GET', 'stocks/TINY');
      ask('GET', 'stocks/KO');
      my $e = $s->event;
      my $body = told_stock('KO');
      my $text = "$e->{event} " . ($e->{data} eq $body ? "as GET has it\n" : "$e->{data}\n$body\n");
      ask('GET', 'stocks/KO?force_refresh=true');
      ask('DELETE', 'watchlist/KO');
      $text . $s->told(1) }
--- response_body
stock as GET has it
watchlist []



=== TEST 5: with what the owner holds of it
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { buy(3);
      my $s = stream(); $s->event;
      redis(qw(XADD finance:events * e), 'stock KO');
      my $e = $s->event;
      my $body = told_stock('KO');
      ($e->{data} eq $body ? 'as GET has it ' : "$e->{data}\n$body\n") . ($body =~ /"quantity":(\d+)/)[0] . "\n" }
--- response_body
as GET has it 3



=== TEST 6: owners are apart
--- config eval: $::Owners
--- request
GET /finance/health
--- more_headers
X-User: carol
--- response_body_filters eval
sub { my %a = (headers => { 'X-User' => 'alice' }); my %b = (headers => { 'X-User' => 'bob b' });
      ask('POST', 'watchlist', %b, body => '{"ticker":"KO"}');
      my ($a, $b) = (stream(%a, skip => 'stock'), stream(%b));
      $_->event for $a, $b;
      my $id = buy(4, %a);
      my $text = $a->told(2);
      my $e = $b->event // {};
      $text .= 'b: ' . FinanceTest::Stream::brief($e) . ' '
               . ($e->{data} =~ /"quantity":4/ ? 'NOT APART' : 'without positions') . "\n";
      $a = $a->again(%a, skip => '');
      redis(qw(XADD finance:events * e), 'stock KO');
      $e = $a->event;
      $text .= 'a: ' . FinanceTest::Stream::brief($e) . ' ' . ($e->{data} =~ /"quantity":(\d)/)[0] . "\n";
      $e = $b->event;
      $text .= 'b: ' . FinanceTest::Stream::brief($e) . ' '
               . ($e->{data} =~ /"quantity"/ ? 'NOT APART' : 'without positions') . "\n";
      $a->{skip} = 'stock';
      ask('DELETE', "positions/$id", %a);
      ask('POST', 'watchlist', %b, body => '{"ticker":"TINY"}');
      $text . $a->told(1) . 'b: ' . $b->told(1) }
--- response_body
watchlist ["KO"]
position created KO 4
b: stock KO without positions
a: stock KO 4
b: stock KO without positions
position removed KO null
b: watchlist ["KO","TINY"]



=== TEST 7: nobody, other methods, HEAD
--- config eval: $::Owners
--- request eval
["GET /finance/stream", "POST /finance/stream\n{}", "HEAD /finance/stream"]
--- more_headers eval
["", "X-User: a", "X-User: a"]
--- response_body eval
['{"detail":"Not authenticated"}', '{"detail":"Method not allowed"}', '']
--- error_code eval
[401, 405, 200]
--- response_headers eval
["Content-Type: application/json", "Allow: GET, HEAD", "Content-Type: text/event-stream"]



=== TEST 8: off
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_stream off;/r
--- request
GET /finance/stream
--- error_code: 404
--- response_body chomp
{"detail":"Not found"}



=== TEST 9: who comes back gets what was missed, once, in order
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(skip => 'stock'); $s->event;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $text = $s->told(1);
      $s->leave;
      my $id = buy(1, ticker => 'TINY');
      buy(2, ticker => 'TINY');
      ask('DELETE', "positions/$id");
      ask('DELETE', 'watchlist/KO');
      my $t = $s->again;
      $text .= $t->told(3);
      my $u = $t->again;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $e = $u->event;
      $text .= FinanceTest::Stream::brief($e) . "\n";
      $text . ($e->{id} eq $t->event->{id} ? "the same id\n" : "other ids\n") }
--- response_body
watchlist ["KO"]
position created TINY 2
position removed null null
watchlist ["TINY"]
watchlist ["TINY","KO"]
the same id



=== TEST 10: ids of which nobody knows
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      my $s = stream(); my $now = $s->event->{id};
      my $text = '';
      for my $id ('x', '1-1', '0-1', '99999999999999-0', '18446744073709551616-0', '1-', $now =~ s/-/-9/r) {
          my $e = stream(headers => { 'Last-Event-ID' => $id })->event // {};
          $text .= "$e->{event} " . ($e->{id} eq $now ? 'now' : $e->{id}) . "\n";
      }
      $text }
--- response_body
reset now
reset now
reset now
reset now
reset now
reset now
reset now



=== TEST 11: from the beginning of all
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(); $s->event; $s->leave;
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      $s->again->told(1) }
--- response_body
watchlist ["KO"]



=== TEST 12: an entry that means nothing
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(); $s->event;
      redis(qw(XADD finance:events * e), $_) for 'stock', 'stock ko', 'watchlist ', 'position made x default', '';
      redis(qw(XADD finance:events * a b c d));
      redis(qw(XADD finance:events * e), 'x' x 5000);
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      $s->told(1) }
--- response_body
watchlist ["KO"]



=== TEST 13: heartbeats
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_stream heartbeat=500ms;/r
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(); $s->event; my $n = $s->comes(3, 4); $n >= 3 ? "$n\n" =~ s/.*/alive/r : "$n\n" }
--- response_body
alive



=== TEST 14: HTTP/1.0, and a client that closes its half
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(http => '1.0'); my $text = $s->told(1);
      ask('POST', 'watchlist', body => '{"ticker":"KO"}');
      $text .= $s->told(1);
      $text . ($s->{chunked} ? 'chunked' : 'plain') . "\n" }
--- response_body
hello {}
watchlist ["KO"]
plain



=== TEST 15: not compressed
--- http_config
    gzip on;
    gzip_types *;
    gzip_min_length 0;
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = stream(headers => { 'Accept-Encoding' => 'gzip' });
      ($s->{header}{'content-encoding'} // 'plain') . "\n" . $s->told(1) }
--- response_body
plain
hello {}

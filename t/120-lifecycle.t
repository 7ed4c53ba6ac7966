# Connections and processes: clients that leave, requests that follow each
# other on one connection, a reload while work is under way.
use strict;
use warnings;

use FinanceTest sample => 1;
use IO::Socket::INET;
use Time::HiRes ();
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Fault = '/market-control/fault?match=';
our $Gone;

sub pause { select undef, undef, undef, $_[0] }

# A request of its own, in a process of its own; returns at once.
sub request_aside {
    my ($name, $path, $then) = @_;

    my $pid = fork // die "fork: $!\n";

    return if $pid;

    require HTTP::Tiny;
    require POSIX;

    my $answer = HTTP::Tiny->new(timeout => 10)
        ->get("http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}$path");

    FinanceTest::Sample::write_file("$ENV{TEST_NGINX_SERVROOT}/html/$name",
                                    "$answer->{status} $answer->{content}");
    POSIX::_exit(0);
}

sub answer_of {
    my ($name) = @_;

    for (1 .. 100) {
        my $path = "$ENV{TEST_NGINX_SERVROOT}/html/$name";

        if (-s $path) {
            open my $in, '<', $path or die $!;
            return substr scalar <$in>, 0, 60;
        }

        pause(0.05);
    }

    return 'no answer';
}

# Sends the pieces on one connection, with a pause after each, and gives the
# answers, a line each: status and body.
sub converse {
    my (@pieces) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Proto => 'tcp',
                                       PeerPort => $ENV{TEST_NGINX_SERVER_PORT})
                 // die "no connection: $!\n";

    for my $piece (@pieces) {
        $socket->syswrite($piece);
        pause(0.15);
    }

    my ($all, $got) = ('', '');

    $all .= $got while $socket->sysread($got, 65536);

    $got = '';
    $got .= "$1 " . substr($all, pos $all, $2) . "\n"
        while $all =~ /HTTP\/1\.1 (\d+).*?Content-Length: (\d+)\r\n.*?\r\n\r\n/gs;

    return $got;
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
        for qw(pause request_aside answer_of converse logged);
}

timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: a client leaves while the market is asked
--- init
market_fault(match => '/', kind => 'delay', ms => 400);
--- request
GET /finance/stocks/KO
--- timeout: 100ms
--- abort
--- ignore_response
--- wait: 0.7



=== TEST 2: while Redis is asked
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=400ms;
--- init
redis_freeze();
--- request
GET /finance/watchlist
--- timeout: 100ms
--- abort
--- ignore_response
--- wait: 0.6



=== TEST 3: one of two who wait for the same: the other gets it
--- config eval
FinanceTest::market_config() . <<'END'
location /impatient/ {
    proxy_read_timeout 100ms;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
location /patient/ { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/; }
location = /both { ssi on; ssi_types *; alias $TEST_NGINX_HTML_DIR/both.html; }
END
--- user_files
>>> both.html
<!--# include virtual="/impatient/stocks/KO" --><!--# include virtual="/patient/stocks/KO" -->
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300);
--- request
GET /both
--- response_body_filters eval
[words(qr/504 Gateway Time-out(?=<\/title)|\{"ticker":"KO","stock_data"/),
 sub { "$_[0]\n" }, calls("${main::Bars}KO")]
--- response_body
504 Gateway Time-out {"ticker":"KO","stock_data" calls 1
--- error_log
upstream timed out



=== TEST 4: what a client that left has asked for is there for the next
--- config eval
FinanceTest::market_config() . <<'END'
location /impatient/ {
    proxy_read_timeout 100ms;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300, times => 1);
--- request eval
["GET /impatient/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[then(sub { pause(0.6) }), sub { "gone\n" }], [pick('ticker'), calls("${main::Bars}KO")]]
--- response_body eval
["gone\n", qq("KO" calls 1\n)]
--- error_code eval
[504, 200]



=== TEST 5: requests that follow each other on one connection
--- pipelined_requests eval
["GET /finance/watchlist", "POST /finance/watchlist?ticker=KO", "GET /finance/watchlist",
 "GET /finance/stocks/TINY/bars?days=1", "DELETE /finance/watchlist/KO", "GET /finance/watchlist"]
--- response_body eval
['[]', '{"ticker":"KO","status":"added"}', '["KO"]', qr/^\{"ticker":"TINY"/,
 '{"ticker":"KO","status":"removed"}', '[]']



=== TEST 6: errors among them, with bodies that nobody reads
--- pipelined_requests eval
["POST /finance/nothing\nsome body", "GET /finance/watchlist", "PUT /finance/dashboard\nsome body",
 "POST /finance/stocks/KO\n{\"a\":1}", "GET /finance/stocks/A%20B", "GET /finance/watchlist"]
--- response_body eval
['{"detail":"Not found"}', '[]', '{"detail":"Method not allowed"}',
 '{"detail":"Method not allowed"}', '{"detail":"Invalid ticker"}', '[]']
--- error_code eval
[404, 200, 405, 405, 400, 200]



=== TEST 7: a body that comes after its answer, then other requests
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { converse("POST /finance/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345",
               "67890GET /finance/watchlist HTTP/1.1\r\nHost: x\r\n\r\n",
               "GET /finance/stocks/A%20B HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") }
--- response_body
404 {"detail":"Not found"}
200 []
400 {"detail":"Invalid ticker"}



=== TEST 8: bodies in chunks, of which nobody reads any
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { converse("DELETE /finance/watchlist/KO HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
               "cde\r\n0\r\n\r\nGET /finance/health HTTP/1.1\r\nHost: x\r\n"
               . "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n")
      =~ s|,"market".*||r }
--- response_body
404 {"detail":"Ticker is not on the watchlist"}
200 {"status":"ok","redis":{"status":"up","eviction":null}



=== TEST 9: a connection that is kept after an answer that took its time
--- init
market_fault(match => '/v2', kind => 'delay', ms => 100);
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { converse("GET /finance/stocks/TINY/bars?days=1 HTTP/1.1\r\nHost: x\r\n\r\n"
               . "GET /finance/watchlist HTTP/1.1\r\nHost: x\r\n\r\n",
               "GET /finance/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      =~ s/"bars".*//r }
--- response_body
200 {"ticker":"TINY",
200 []
404 {"detail":"Not found"}



=== TEST 10: a body that never comes whole: nginx hangs up
--- raw_request eval
["POST /finance/watchlist HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
 . "Content-Length: 1000\r\n\r\n{\"ticker\":"]
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; client_body_timeout 200ms;/r
--- error_code:
--- response_body



=== TEST 11: a large body to what takes none
--- request eval
["POST /finance/dashboard\n" . 'x' x 200_000, "GET /finance/watchlist\n" . 'x' x 200_000]
--- response_body eval
['{"detail":"Method not allowed"}', '[]']
--- error_code eval
[405, 200]



=== TEST 12: a chunked body to what takes none
--- raw_request eval
"GET /finance/watchlist HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
. "5\r\nabcde\r\n0\r\n\r\n"
--- response_body chomp
[]



=== TEST 13: a client that closes its half
--- request
GET /finance/stocks/TINY/bars?days=1
--- shutdown: 1
--- response_body_like: "TINY"|^$
--- error_code_like: ^(200|)$



=== TEST 14: HTTP/1.0
--- raw_request eval
"GET /finance/stocks/TINY/bars?days=1 HTTP/1.0\r\n\r\n"
--- response_body_like: ^\{"ticker":"TINY"



=== TEST 15: a reload while the market is asked: the answer comes, no request is lost
--- init
market_fault(match => '/v2', kind => 'delay', ms => 500);
--- request eval
["GET /finance/watchlist", "GET /finance/stocks/TINY/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
[[then(sub { request_aside('aside', '/finance/stocks/KO'); pause(0.2); kill HUP => master();
             pause(0.1) })],
 [pick('ticker')], [pick('status'), sub { $_[0] . (logged('gracefully shutting down') ? "new\n" : "old\n")
                        . answer_of('aside') . "\n" }]]
--- response_body_like eval
['^\[\]$', '^"TINY"$', "^\"ok\"\nnew\n200 \\{\"ticker\":\"KO\""]
--- no_error_log
open socket



=== TEST 16: a reload while Redis hangs
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=300ms retry=100ms;
--- request eval
["GET /finance/watchlist", "GET /finance/stocks/TINY/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
[[then(sub { redis_freeze(); request_aside('aside', '/finance/watchlist'); pause(0.1);
             kill HUP => master(); pause(0.1) })],
 [pick('ticker'), then(sub { redis_thaw(); pause(0.6) })],
 [sub { answer_of('aside') . "\n" }]]
--- response_body_like eval
['^\[\]$', '^"TINY"$', '^(503|200) ']
--- error_code_like eval
[200, 200, '^(200|503)$']



=== TEST 17: again and again
--- request eval
[("GET /finance/stocks/TINY/bars?days=1") x 8]
--- response_body_filters eval
[pick('ticker'), then(sub { kill HUP => master(); pause(0.05) })]
--- response_body eval
[(qq("TINY"\n)) x 8]



=== TEST 18: the old worker ends, its connections to Redis and the market with it
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[([pick('ticker'), then(sub { kill HUP => master(); pause(0.4) })]) x 2,
 [pick('ticker'), sub { $_[0] . logged('exited with code 0') }]]
--- response_body eval
[(qq("KO"\n)) x 2, qr/^"KO"\n[1-9]/]
--- no_error_log
open socket
left in connection



=== TEST 19: a reload while a call waits for its next attempt
--- init
market_fault(match => '/v2/aggs/ticker/KO', kind => 'status', status => 429, retry_after => 1,
             times => 1);
--- request eval
["GET /finance/watchlist", "GET /finance/stocks/TINY/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
[[then(sub { request_aside('aside', '/finance/stocks/KO'); pause(0.2); kill HUP => master();
             pause(0.1) })],
 [pick('ticker')], [pick('status'), sub { $_[0] . (logged('gracefully shutting down') ? "new\n" : "old\n")
                        . answer_of('aside') . "\n" }, calls("${main::Bars}KO")]]
--- response_body_like eval
['^\[\]$', '^"TINY"$', "^\"ok\"\nnew\n200 \\{\"ticker\":\"KO\".* calls 2"]
--- no_error_log
open socket



=== TEST 20: a client that leaves while a call waits for its next attempt
--- init
market_fault(match => '/v2', kind => 'status', status => 429, retry_after => 1, times => 1);
--- config eval
FinanceTest::market_config() . <<'END'
location /impatient/ {
    proxy_read_timeout 100ms;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END
--- request eval
["GET /impatient/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[then(sub { pause(1.2) }), sub { "gone\n" }], [pick('ticker'), calls("${main::Bars}KO")]]
--- response_body eval
["gone\n", qq("KO" calls 2\n)]
--- error_code eval
[504, 200]



=== TEST 21: a slow reader
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; limit_rate 300k; sendfile off; send_timeout 5s;/r
--- request
GET /finance/stocks/AAPL/options
--- response_body_filters eval
pick('contracts.@')
--- response_body
958



=== TEST 22: a reader who stops
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; limit_rate 50k; send_timeout 300ms;/r
--- request
GET /finance/stocks/AAPL/options
--- timeout: 300ms
--- abort
--- ignore_response
--- wait: 0.5



=== TEST 23: a refresh behind a stale answer, of a market that hangs: the old worker does not wait for it
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=5s;
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_cache stock=1s;/r
--- request eval
[("GET /finance/stocks/KO") x 3]
--- response_body_filters eval
[[pick('stale'), then(sub { pause(1.3); market_fault(match => '/v2', kind => 'hang') })],
 [pick('stale'), then(sub {
      kill HUP => master();
      my $from = Time::HiRes::time();
      pause(0.02) while !logged('exited with code 0') && Time::HiRes::time() < $from + 8;
      $main::Gone = Time::HiRes::time() - $from })],
 [pick('stale'), sub { $_[0] . ($main::Gone < ($ENV{TEST_NGINX_USE_VALGRIND} ? 4 : 1.5) ? 'at once' : $main::Gone) . "\n" }]]
--- response_body eval
["false\n", "true\n", "true\nat once\n"]
--- no_error_log
open socket
left in connection

# finance_limit: how many requests a caller may make, who a caller is, and what
# the answers say about it.
use strict;
use warnings;

use FinanceTest sample => 1;
use IO::Socket::INET;
use Test::Nginx::Socket 'no_plan';
use Time::HiRes ();

our $Many = '{"detail":"Too many requests"}';
our $Zone = "finance_zone finance:64k;\n";

sub pause { select undef, undef, undef, $_[0] }

# In place of an answer: how many lines of error.log have that.
sub logged {
    my ($what) = @_;

    return sub {
        open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/error.log" or die $!;
        my $n = grep { index($_, $what) >= 0 } <$in>;

        return "logged $n times\n";
    };
}

sub as_is { return sub { $_[0] } }

# How many of n requests with that in the head get which status; %a stands for
# another address each time. A connection is for so many.
sub ask_many {
    my %status = statuses(@_);

    return join(', ', map { "$_ x $status{$_}" } sort keys %status) . "\n";
}

# The same of n, of whom so many are served, where there are so many at most and
# a second brings that many more. A slow nginx needs some: then it is asked for
# more, and what the time that has really passed brings may be served, too.
my $Last;

sub ask_limited {
    my ($n, $served, $all, $rate, $path, @more) = @_;

    return ask_many($n, $path, @more) if $FinanceTest::Body::Slow == 1;

    my $from = Time::HiRes::time();
    my %status = statuses($n += 20, $path, @more);
    my $most = $rate * ($from - ($Last // 0)) + 1;

    $Last = Time::HiRes::time();
    $most = ($most < $all ? $most : $all) + 1 + $rate * ($Last - $from);

    my ($got, $many) = map { $status{$_} // 0 } 200, 429;

    return "$got of $n served and $many refused, not $served to $most\n"
        if $got < $served || $got > $most || $got + $many != $n;

    return "200 x $served, 429 x " . ($n - 20 - $served) . "\n";
}

# Nobody has asked yet.
sub afresh { undef $Last }

sub statuses {
    my ($n, $path, $head, $each) = @_;

    my $port = $ENV{TEST_NGINX_SERVER_PORT};
    my ($socket, %status);

    for my $i (1 .. $n) {
        if (!$socket) {
            $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port)
                      // die "no connection: $!\n";
        }

        my $last = $i % ($each // 500) == 0 || $i == $n;
        my $request = "GET $path HTTP/1.1\r\nHost: x\r\n$head"
                      . ($last ? "Connection: close\r\n" : '') . "\r\n";

        $request =~ s/%a/join '.', 10, 0, int($i \/ 250), $i % 250/e;
        local $SIG{PIPE} = 'IGNORE';
        $socket->syswrite($request);

        my $text = '';

        while ($text !~ /\r\n\r\n/ || length($') < ($text =~ /^Content-Length: (\d+)/mi)[0]) {
            $socket->sysread($text, 65536, length $text) or last;
        }

        $status{ $text =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'none' }++;
        undef $socket if $last;
    }

    return %status;
}

# A pattern for the seconds that are left of so many; a slow nginx has needed
# some for what came before.
sub left {
    my ($least, $most) = @_;

    $least -= 4 * $FinanceTest::Body::Slow if $FinanceTest::Body::Slow > 1;

    return '(' . join('|', ($least > 0 ? $least : 1) .. $most) . ')';
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(pause ask_many ask_limited as_is logged);
}

# An owner by the path, an address by the header of a proxy in front.
our $Owners = FinanceTest::market_config() . <<'END';
location ~ ^/as/([^/]+)/(.*)$ {
    proxy_set_header X-User $1;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/owned/$2;
}
location /owned/ { finance_api; finance_market /_market; finance_user $http_x_user; }
END

our $Addresses = <<'END';
set_real_ip_from 127.0.0.1;
real_ip_header X-Real-IP;
END

workers(2);
timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: without it
--- http_config eval: $main::Zone
--- request
GET /finance/watchlist
--- response_headers
! RateLimit
! RateLimit-Policy



=== TEST 2: three a minute: what is left, and then 429
--- http_config eval: "$main::Zone finance_limit rate=3r/m;"
--- request eval
[("GET /finance/watchlist") x 5]
--- response_body eval
[('[]') x 3, ($main::Many) x 2]
--- error_code eval
[200, 200, 200, 429, 429]
--- response_headers_like eval
my $policy = 'RateLimit-Policy: "default";q=3;w=60';
my $left = main::left(19, 20);
[(map { $policy . "\nRateLimit: \"default\";r=$_;t=$left" } 2, 1, 0),
 ("$policy\nRateLimit: \"default\";r=0;t=$left\nRetry-After: $left\nCache-Control: no-store"
  . "\nContent-Type: application/json") x 2]
--- no_error_log
[error]



=== TEST 3: no Retry-After while there is something left
--- http_config eval: "$main::Zone finance_limit rate=3r/m;"
--- request
GET /finance/watchlist
--- response_headers
RateLimit-Policy: "default";q=3;w=60
RateLimit: "default";r=2;t=20
! Retry-After



=== TEST 4: a burst beside it, which takes its time to come again
--- http_config eval: "$main::Zone finance_limit rate=2r/s burst=3;"
--- init
main::afresh();
--- request eval
[("GET /finance/health") x 3]
--- response_body_filters eval
[[sub { ask_limited(8, 5, 5, 2, '/finance/watchlist', '') }, then(sub { pause(1.1) })],
 [sub { ask_limited(4, 2, 5, 2, '/finance/watchlist', '') }, then(sub { pause(2.6) })],
 [sub { ask_limited(9, 5, 5, 2, '/finance/watchlist', '') }]]
--- response_body eval
["200 x 5, 429 x 3\n", "200 x 2, 429 x 2\n", "200 x 5, 429 x 4\n"]
--- response_headers eval
[('RateLimit-Policy: "default";q=5;w=3') x 3]



=== TEST 5: what does not count: health, other methods, what is not there
--- http_config eval: "$main::Zone finance_limit rate=1r/m;"
--- request eval
["GET /finance/health", "GET /finance/health", "OPTIONS /finance/watchlist", "GET /finance/nothing",
 "PUT /finance/watchlist\n{}", "GET /finance/watchlist", "GET /finance/health", "GET /finance/watchlist"]
--- error_code eval
[200, 200, 405, 404, 405, 200, 200, 429]
--- response_headers eval
[('RateLimit-Policy: "default";q=1;w=60
! RateLimit') x 5, 'RateLimit: "default";r=0;t=60', "! RateLimit\n! Retry-After", '']
--- raw_response_headers_like eval
[('') x 7, 'RateLimit: "default";r=0;t=' . main::left(60, 60) . "\r\n"]



=== TEST 6: what counts: HEAD, a bad ticker, a body, an error
--- http_config eval: "$main::Zone finance_limit rate=5r/m;"
--- request eval
["HEAD /finance/watchlist", "GET /finance/stocks/A%20B", "POST /finance/watchlist\n{}",
 "POST /finance/watchlist?ticker=KO", "DELETE /finance/watchlist/XX", "POST /finance/watchlist\n{}"]
--- error_code eval
[200, 400, 415, 200, 404, 429]
--- response_headers_like eval
[map { "RateLimit: \"default\";r=$_;t=" . main::left(10, 19) } 4, 3, 2, 1, 0, 0]



=== TEST 7: a 429 is before the body is read, and the connection goes on
--- http_config eval: "$main::Zone finance_limit rate=1r/m;"
--- pipelined_requests eval
["GET /finance/watchlist", "POST /finance/watchlist\n" . 'x' x 1000, "GET /finance/health"]
--- response_body eval
['[]', $main::Many, qr/^\{"status":"ok"/]
--- error_code eval
[200, 429, 200]



=== TEST 8: with a 304
--- http_config eval: "$main::Zone finance_limit rate=9r/m;"
--- config eval
FinanceTest::twice_config()
--- request
GET /twice/watchlist
--- error_code: 304
--- response_headers_like
RateLimit: "default";r=7;t=.
RateLimit-Policy: "default";q=9;w=60



=== TEST 9: off within, and another within
--- http_config eval: "$main::Zone finance_limit rate=1r/m;"
--- config
    location /finance/ { finance_api; finance_market /_market; }
    location /free/ { finance_api; finance_market /_market; finance_limit off; }
    location /two/ { finance_api; finance_market /_market; finance_limit rate=2r/m; }
    location /more/ { finance_api; finance_market /_market; }
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /more/watchlist", "GET /free/watchlist",
 "GET /free/watchlist", "GET /two/watchlist", "GET /two/watchlist", "GET /two/watchlist"]
--- error_code eval
[200, 429, 429, 200, 200, 200, 200, 429]
--- response_headers eval
[('RateLimit-Policy: "default";q=1;w=60') x 3, ('! RateLimit-Policy') x 2,
 ('RateLimit-Policy: "default";q=2;w=60') x 3]



=== TEST 10: owners, each for itself
--- http_config eval: "$main::Zone finance_limit rate=2r/m;"
--- config eval: $main::Owners
--- request eval
["GET /as/ann/watchlist", "GET /as/ann/watchlist", "GET /as/bob/watchlist", "GET /as/ann/watchlist",
 "GET /as/bob/watchlist", "GET /as/bob/watchlist", "GET /as/ANN/watchlist"]
--- error_code eval
[200, 200, 200, 429, 200, 429, 200]



=== TEST 11: an owner that is none is asked for before it is counted
--- http_config eval: "$main::Zone finance_limit rate=1r/m;"
--- config eval: $main::Owners
--- request eval
["GET /owned/watchlist", "GET /owned/watchlist", "GET /as/ann/watchlist"]
--- error_code eval
[401, 401, 200]
--- response_headers eval
[('! RateLimit') x 2, 'RateLimit: "default";r=0;t=60']



=== TEST 12: names longer than what is kept of them
--- http_config eval: "$main::Zone finance_limit rate=1r/m;"
--- config eval: $main::Owners
--- request eval
[map { ("GET /as/$_/watchlist") x 2 } 'x' x 63, 'x' x 64, 'x' x 65, 'x' x 256, 'x' x 255 . 'y']
--- error_code eval
[(200, 429) x 5]



=== TEST 13: a name is not an address
--- http_config eval: "$main::Zone finance_limit rate=1r/m;"
--- config eval: $main::Owners
--- request eval
["GET /finance/watchlist", "GET /as/127.0.0.1/watchlist", "GET /finance/watchlist"]
--- error_code eval
[200, 200, 429]



=== TEST 14: addresses, each for itself; of IPv6 the network
--- http_config eval: "$main::Zone $main::Addresses finance_limit rate=1r/m;"
--- request eval
[("GET /finance/watchlist") x 9]
--- more_headers eval
[map { "X-Real-IP: $_" } '192.0.2.1', '192.0.2.2', '192.0.2.1', '::ffff:192.0.2.2', '2001:db8:1:2::5',
 '2001:db8:1:2:ffff::9', '2001:db8:1:3::5', '2001:db8:1:3::5', '192.0.2.3']
--- error_code eval
[200, 200, 429, 429, 200, 429, 200, 429, 200]



=== TEST 15: all workers count together
--- http_config eval: "$main::Zone finance_limit rate=20r/m;"
--- init
main::afresh();
--- request
GET /finance/health
--- response_body_filters eval
sub { ask_limited(60, 20, 20, 20 / 60, '/finance/watchlist', '', 1) }
--- response_body eval
"200 x 20, 429 x 40\n"



=== TEST 16: a zone full of callers: all are served, and the log says so once
--- http_config eval: "$main::Zone $main::Addresses finance_limit rate=2r/m;"
--- request eval
["GET /finance/health", "GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist",
 "GET /finance/health"]
--- response_body_filters eval
[[sub { ask_many(3000, '/finance/watchlist', "X-Real-IP: %a\r\n") }],
 [as_is()], [as_is()], [as_is()], [logged('"finance" is full: callers are forgotten too early')]]
--- response_body_like eval
['^200 x 3000$', '^\[\]$', '^\[\]$', 'Too many', '^logged [12] times$']
--- error_code eval
[200, 200, 200, 429, 200]



=== TEST 17: a reload forgets nobody
--- http_config eval: "$main::Zone finance_limit rate=2r/m;"
--- request eval
[("GET /finance/watchlist") x 3]
--- response_body_filters eval
[[as_is()], [then(sub { kill HUP => master(); pause(0.5) })], [as_is()]]
--- error_code eval
[200, 200, 429]

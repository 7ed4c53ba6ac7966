# How long it takes: owners' requests while Redis is refused or hangs, and all
# of them when it is back; and what is said of a Redis that drops things.
use strict;
use warnings;

use FinanceTest sample => 1;
use HTTP::Tiny;
use List::Util qw(max);
use Time::HiRes ();
use Test::Nginx::Socket 'no_plan';

our $Slow = $ENV{TEST_NGINX_USE_VALGRIND} ? 8 : $ENV{TEST_NGINX_FINANCE_SLOW} // 1;
our $Id = '0b8b9e6e-5a0c-4f5e-9d55-0d4f6c1f7a11';
our $Position = '{"position_type":"stock","ticker":"KO","quantity":1,"purchase_price":60,'
                . '"transaction_date":"2025-01-02"}';
our @Owners = (['GET', 'watchlist'], ['POST', 'watchlist?ticker=KO'], ['DELETE', 'watchlist/KO'],
               ['GET', 'dashboard'], ['GET', 'positions'], ['POST', 'positions', $Position],
               ['GET', "positions/$Id"], ['PUT', "positions/$Id", $Position],
               ['DELETE', "positions/$Id"], ['GET', 'health']);

sub pause { select undef, undef, undef, $_[0] }

# The status of an answer, and how long it took.
sub ask {
    my ($method, $path, $body) = @_;

    my $from = Time::HiRes::time();
    my $answer = HTTP::Tiny->new(timeout => 10)->request($method,
        "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/finance/$path",
        defined $body ? { content => $body,
                          headers => { 'content-type' => 'application/json' } } : ());
    my $status = $answer->{status};

    $status .= ' without Retry-After' if $status == 503 && !$answer->{headers}{'retry-after'};
    $status .= " $answer->{content}" if $status == 503 && $path ne 'health'
                                        && $answer->{content} !~ /"The store is not available"/;

    return ($status, Time::HiRes::time() - $from);
}

# What owners ask for, several times: each is a 503 at once?
sub owners {
    my (@bad, @took);

    for (1 .. 3) {
        for my $request (@Owners) {
            my ($status, $took) = ask(@$request);

            push @took, $took;
            push @bad, sprintf '%s %s: %s after %.3f s', @$request[0, 1], $status, $took
                if $status ne '503' || $took > 0.15 * $Slow;
        }
    }

    return @bad ? join "\n", @bad, '' : "503 at once\n";
}

# The market's data: every answer a 200, none late.
sub market {
    my (@paths) = @_;

    my @bad;

    for my $path (@paths) {
        my ($status, $took) = ask('GET', $path);

        push @bad, sprintf '%s: %s after %.3f s', $path, $status, $took
            if $status ne '200' || $took > 0.5 * $Slow;
    }

    return @bad ? join "\n", @bad, '' : "200\n";
}

# From now on, asking all the time: how long until all is well?
sub well {
    my $from = Time::HiRes::time();
    my ($last, $good) = ($from, 0);

    while ($good < 20 && Time::HiRes::time() < $from + 5 * $Slow) {
        my ($status) = ask('GET', 'watchlist');

        $good++;
        ($last, $good) = (Time::HiRes::time(), 0) if $status ne '200';
        pause(0.02);
    }

    my $took = $last - $from;

    return $good < 20 ? "never\n" : $took < $Slow ? "within a second\n" : "after $took s\n";
}

# Nobody asks for a second: then the first who does is answered.
sub well_unasked {
    pause(1 * $Slow);

    my $said = '';

    for (1 .. 2) {
        my ($status, $took) = ask('GET', 'watchlist');

        $said .= "$status " . ($took < 0.15 * $Slow ? 'at once' : "after $took") . "\n";
    }

    return $said;
}

# 30 who come one after the other, 50 ms apart, none of whom may have to wait
# for longer than the first.
sub crowd {
    my $from = Time::HiRes::time();
    my @clients = map { crowd_client($_ / 20) } 0 .. 29;
    my @late;

    for my $client (@clients) {
        my ($status, $at) = split ' ', readline $client->{pipe};
        my $took = $at - $from;

        waitpid $client->{pid}, 0;
        push @late, "$client->{after}: $status at $took"
            if $status ne '503' || $took > max($Slow > 1 ? 3 : 1, $client->{after}) + 0.3 * $Slow;
    }

    return @late ? join "\n", @late, '' : "none late\n";
}

sub crowd_client {
    my ($after) = @_;

    pipe my $read, my $write or die "pipe: $!\n";
    my $pid = fork // die "fork: $!\n";

    if ($pid) {
        close $write;
        return { pid => $pid, pipe => $read, after => $after };
    }

    require POSIX;

    pause($after);
    my ($status) = ask('GET', 'watchlist');
    syswrite $write, "$status " . Time::HiRes::time();
    POSIX::_exit(0);
}

sub logged {
    my ($pattern) = @_;

    open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/error.log" or die $!;

    return scalar grep { /$pattern/ } <$in>;
}

sub policy { redis('CONFIG', 'SET', 'maxmemory-policy', $_[0]) }

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(pause ask owners market crowd well well_unasked logged policy);
    *{"Test::Nginx::Util::policy"} = \&policy;
}

# valgrind is slower than the time limit of a command
add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(http_config => <<'END') if $Slow > 1 && !defined $block->http_config;
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=3s;
END
});

timeout(60);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: refused: 503 at once, the market's data go on
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[pick('ticker'), then(sub { redis_stop(); pause(0.05) })], [sub { owners() }],
 [sub { market(qw(stocks/KO stocks/JPM stocks/KO/bars stocks/KO/options stocks/KO/signals),
               'dashboard?tickers=KO,JPM,TINY') }]]
--- response_body eval
[qq("KO"\n), "503 at once\n", "200\n"]



=== TEST 2: it hangs: one waits for a second, then nobody does
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[pick('ticker'),
  sub { redis_freeze();
        my ($status, $took) = ask('GET', 'watchlist');
        $_[0] . $status . ($took > 0.9 && $took < 1.3 * $main::Slow ? " after a second\n" : " after $took s\n") }],
 [sub { owners() . owners() . owners() }],
 [sub { my $said = market(qw(stocks/KO stocks/JPM stocks/KO/bars stocks/KO/options
                             stocks/KO/signals), 'dashboard?tickers=KO,JPM,TINY');
        pause(2);
        my $later = owners();
        redis_thaw();
        $said . $later }]]
--- response_body eval
[qq("KO"\n503 after a second\n), "503 at once\n" x 3, "200\n503 at once\n"]



=== TEST 3: many who come while it begins to hang: all within a second, none later
--- request
GET /finance/stocks/KO
--- response_body_filters eval
[pick('ticker'), sub { redis_freeze(); my $said = crowd(); redis_thaw(); $said }]
--- response_body
none late



=== TEST 4: back after being refused
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- response_body_filters eval
[[then(sub { redis_stop() })], [sub { pause(2); redis_start(); well() }],
 [sub { redis_stop(); ask('GET', 'watchlist'); pause(2); redis_start(); well_unasked() }]]
--- response_body eval
["[]", "within a second\n", "200 at once\n" x 2]
--- error_code eval
[200, 503, 200]



=== TEST 5: back after hanging
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- response_body_filters eval
[[then(sub { redis_freeze() })], [sub { pause(2); redis_thaw(); well() }],
 [sub { redis_freeze(); ask('GET', 'watchlist'); pause(3); redis_thaw(); well_unasked() }]]
--- response_body eval
["[]", "within a second\n", "200 at once\n" x 2]
--- error_code eval
[200, 503, 200]



=== TEST 6: started anew
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist"]
--- response_body_filters eval
[[], [sub { redis_stop(); redis_start(); well() }],
 [sub { redis_stop(); redis_start(); well_unasked() }]]
--- response_body eval
["[]", "within a second\n", "200 at once\n" x 2]



=== TEST 7: it hung, was killed, and is started anew
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist"]
--- response_body_filters eval
[[then(sub { redis_freeze() })],
 [sub { pause(1.5); redis_stop(); redis_start(); well() }]]
--- response_body eval
["[]", "within a second\n"]
--- error_code eval
[200, 503]



=== TEST 8: one that drops what owners gave: said when nginx starts, and in health
--- post_setup_server_root
policy('allkeys-lru');
--- request eval
["GET /finance/watchlist", "GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[then(sub { pause(0.2) })],
 [pick(qw(status redis)), then(sub { pause(0.1 * $main::Slow); redis_stop(); redis_start(); policy('allkeys-lru'); pause(0.8 * $main::Slow) })],
 [pick(qw(status redis)), sub { $_[0] . logged('\[warn\].*may drop what owners gave: its maxmemory-policy is "allkeys-lru"')
                                . logged('may drop') . "\n" }]]
--- response_body_like eval
[qq(^\\[\\]\$), qq(^"ok" \\{"eviction":"allkeys-lru","status":"up"\\}\n\$), qq(^"ok" \\{"eviction":.*,"status":"up"\\}\n11\n\$)]



=== TEST 9: before anyone asked
--- post_setup_server_root
policy('allkeys-random');
--- request
GET /nothing
--- response_body_filters eval
sub { pause(0.1 * $main::Slow); my $n = logged('maxmemory-policy is "allkeys-random"'); policy('noeviction'); "$n\n" }
--- response_body
1
--- error_code: 404



=== TEST 10: one that only drops what has an expiry
--- post_setup_server_root
policy('volatile-lru');
--- request
GET /finance/health
--- response_body_filters eval
[pick(qw(status redis)), sub { policy('noeviction'); $_[0] . logged('maxmemory-policy') . "\n" }]
--- response_body
"ok" {"eviction":null,"status":"up"}
0



=== TEST 11: one that does not tell
--- http_config
    finance_redis redis://joe:secret@127.0.0.1:$TEST_NGINX_REDIS_PORT;
--- post_setup_server_root
policy('allkeys-lru');
redis(qw(ACL SETUSER joe reset on >secret ~* &* +@all -info));
--- request
GET /finance/health
--- response_body_filters eval
[pick(qw(status redis)), sub { policy('noeviction'); redis(qw(ACL DELUSER joe));
                               $_[0] . logged('\[info\].*does not tell its maxmemory-policy') . "\n" }]
--- response_body
"ok" {"eviction":null,"status":"up"}
1

# The connection on which workers hear each other: one a worker that serves,
# made again whenever it is lost, and gone with its worker.
use strict;
use warnings;

use FinanceTest sample => 1;
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use NginxTest::Dirs;
use Time::HiRes ();
use Test::Nginx::Socket 'no_plan';

$ENV{TEST_NGINX_SPREAD_PORT} = NginxTest::Dirs::port();
$ENV{TEST_NGINX_PROXY_PORT} = NginxTest::Dirs::port();

our $Workers = 2;
our $Slow = $ENV{TEST_NGINX_USE_VALGRIND} ? 8 : $ENV{TEST_NGINX_FINANCE_SLOW} // 1;
our $Times = 'timeout=' . 200 * $Slow . 'ms retry=100ms';
our $Redis = "finance_redis unix:\$TEST_NGINX_REDIS_SOCK $Times;\n";
our $Joe = "finance_redis redis://joe:secret\@127.0.0.1:\$TEST_NGINX_REDIS_PORT"
           . " $Times;\n";
our $Proxy = "finance_redis redis://127.0.0.1:\$TEST_NGINX_PROXY_PORT"
             . " $Times;\n";

sub pause { select undef, undef, undef, $_[0] }

# Waits for the condition, and gives how it was at last.
sub within {
    my ($seconds, $condition) = @_;

    my $until = Time::HiRes::time() + $seconds * $Slow;

    while (1) {
        my $value = eval { $condition->() };

        return $value if $value || Time::HiRes::time() > $until;
        pause(0.02);
    }
}

sub listeners { return redis('PUBSUB', 'NUMSUB', 'finance:news')->[1] }

# Asks over new connections, which the kernel spreads over the workers, until
# all of them listen, and a bit longer; then how many do, how long it took.
sub all_listen {
    my $http = HTTP::Tiny->new(timeout => 20, keep_alive => 0);
    my $url = "http://127.0.0.1:$ENV{TEST_NGINX_SPREAD_PORT}/finance/stocks/KO";

    for (1 .. 40) {
        my $answer = $http->get($url);

        return "status $answer->{status}\n" if $answer->{status} != 200;
        last if listeners() >= $Workers;
    }

    pause(0.1 * $Slow);

    return listeners() . "\n";
}

# So many seconds after that there are that many, and no more.
sub listen_again {
    my ($n, $seconds) = @_;

    within($seconds, sub { listeners() == $n });
    pause(0.05 * $Slow);

    return eval { listeners() } // $@;
}

sub clients {
    my ($name) = @_;

    return join ' ', sort map { /^id=(\d+)/ } grep { / name=$name / }
                          split /\n/, redis('CLIENT', 'LIST');
}

sub logged {
    my ($pattern) = @_;

    open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/error.log" or die $!;

    return scalar grep { /$pattern/ } <$in>;
}

# Between nginx and Redis, in a process of its own. At SIGUSR1 it closes all
# connections but those that have subscribed: these it only keeps, deaf.
sub proxy_start {
    my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64, ReuseAddr => 1,
                                       LocalPort => $ENV{TEST_NGINX_PROXY_PORT})
                 // die "no port: $!\n";
    our $ProxyPid = fork // die "fork: $!\n";

    return if $ProxyPid;

    my ($usr1, %peer, %subscribed) = (0);
    my $select = IO::Select->new($server);

    $SIG{USR1} = sub { $usr1 = 1 };
    alarm 60;

    while (getppid() != 1) {
        for my $s ($select->can_read(0.05)) {
            if ($s == $server) {
                my $client = $server->accept // next;
                my $redis = IO::Socket::UNIX->new(Peer => $ENV{TEST_NGINX_REDIS_SOCK});

                @peer{$client, $redis} = ($redis, $client);
                $select->add($client, $redis);
                next;
            }

            my $n = sysread $s, my $bytes, 65536;
            my $other = $peer{$s};

            if (!$n || !$other) {
                $select->remove($s, $other // ());
                $_ && $_->close for $s, $other;
                next;
            }

            $subscribed{$s} = $subscribed{$other} = 1 if $bytes =~ /SUBSCRIBE/;
            syswrite $other, $bytes;
        }

        next if !$usr1;

        $usr1 = 0;
        for my $s (grep { $_ != $server } $select->handles) {
            $select->remove($s);
            $s->close if !$subscribed{$s};
        }

        # what is kept is not closed, either
        our @Kept = values %peer;
    }

    require POSIX;
    POSIX::_exit(0);
}

sub proxy_deafen { kill USR1 => $main::ProxyPid }

sub proxy_end {
    kill KILL => $main::ProxyPid;
    waitpid $main::ProxyPid, 0;
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(pause within listeners all_listen listen_again clients logged
               proxy_deafen proxy_end);
    *{"Test::Nginx::Util::$_"} = \&{"main::$_"} for qw(proxy_start);
}

add_block_preprocessor(sub {
    my ($block) = @_;

    my $redis = $block->http_config // $Redis;

    $block->set_value(http_config => $redis . <<'END');
    server {
        listen 127.0.0.1:$TEST_NGINX_SPREAD_PORT reuseport;
        finance_market /_market;
        location /_market/ { internal; proxy_pass http://market/; }
        location /finance/ { finance_api; }
    }
END
});

workers($Workers);
timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: who has served listens, once, and nobody else
--- request eval
["GET /finance/health", "GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { listeners() . "\n" }], [sub { all_listen() }],
 [sub { my $n = () = clients('nginx-finance-news') =~ /\d+/g; $n . ' ' . all_listen() }]]
--- response_body eval
["0\n", "2\n", "2 2\n"]



=== TEST 2: the connection is closed by Redis
--- request eval
["GET /finance/health", "GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }],
 ([sub { my $old = clients('nginx-finance-news');
         redis('CLIENT', 'KILL', 'TYPE', 'pubsub');
         my $n = listen_again(2, 1);
         my $new = clients('nginx-finance-news');
         $n . ($new eq $old ? ' old' : ' new') . "\n" }]) x 2]
--- response_body eval
["2\n", "2 new\n", "2 new\n"]



=== TEST 3: a Redis that is started anew, without a request
--- request eval
["GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }], [sub { redis_stop(); redis_start(); listen_again(2, 1) . "\n" }]]
--- response_body eval
["2\n", "2\n"]



=== TEST 4: one that was away for longer
--- request eval
["GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }],
 [sub { redis_stop(); pause(1.5); redis_start(); listen_again(2, 1) . "\n" }]]
--- response_body eval
["2\n", "2\n"]



=== TEST 5: one that hangs for a while: the connection stands
--- request eval
["GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }],
 [sub { my $old = clients('nginx-finance-news');
        redis_freeze();
        HTTP::Tiny->new(timeout => 20)
            ->get("http://127.0.0.1:$ENV{TEST_NGINX_SPREAD_PORT}/finance/watchlist") for 1 .. 8;
        pause(1 * $main::Slow);
        redis_thaw();
        my $n = listen_again(2, 1);
        pause(0.6);
        $n . (clients('nginx-finance-news') eq $old ? ' old' : ' new') . "\n" }]]
--- response_body eval
["2\n", "2 old\n"]



=== TEST 6: a reload: the old workers' are gone, the new ones have theirs
--- request eval
["GET /finance/health", "GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }],
 [sub { kill HUP => master(); listen_again(0, 1) . "\n" }], [sub { all_listen() }]]
--- response_body eval
["2\n", "0\n", "2\n"]
--- no_error_log
open socket
left in connection



=== TEST 7: nginx quits with idle connections: at once
--- request eval
["GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }],
 [sub { my $from = Time::HiRes::time();
        kill HUP => master();
        within(3, sub { logged('exited with code 0') >= 2 });
        Time::HiRes::time() - $from < $main::Slow ? "at once\n" : "late\n" }]]
--- response_body eval
["2\n", "at once\n"]



=== TEST 8: messages of any kind do no harm
--- request eval
["GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }],
 [sub { my $old = clients('nginx-finance-news');
        redis('PUBLISH', 'finance:news', $_)
            for '', '-', '--', "a\r\nb\0c", 'x' x 1024, 'x' x 1025, 'x' x 200_000;
        redis('EVAL', 'for i = 1, 5000 do redis.call("PUBLISH", "finance:news", string.rep("x", i % 300)) end', 0);
        pause(0.3 * $main::Slow);
        listeners() . (clients('nginx-finance-news') eq $old ? ' old' : ' new') . "\n" }]]
--- response_body eval
["2\n", "2 old\n"]



=== TEST 9: a connection that is dead without a word, found out when Redis is back
--- http_config eval
$main::Proxy
--- post_setup_server_root
proxy_start();
--- request eval
["GET /finance/health", "GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[sub { all_listen() }],
 [sub { proxy_deafen(); my $n = within(3, sub { listeners() == 4 }) ? 4 : listeners();
        within(3, sub { logged('it has gone silent') >= 2 });
        "$n " . logged('it has gone silent') . "\n" }],
 [sub { my $answer = $_[0]; proxy_end(); $answer }, pick('status')]]
--- response_body eval
["2\n", "4 2\n", qq("ok"\n)]



=== TEST 10: a wrong password
--- http_config
    finance_redis redis://joe:verysecret@127.0.0.1:$TEST_NGINX_REDIS_PORT timeout=200ms retry=100ms;
--- request eval
["GET /finance/stocks/KO", "GET /finance/watchlist"]
--- response_body_filters eval
[[pick('ticker'), then(sub { pause(0.3 * $main::Slow) })],
 [sub { listeners() . ' ' . logged('\[warn\].* news ') . " $_[0]\n" }]]
--- response_body eval
[qq("KO"\n), qq(0 0 {"detail":"The store is not available"}\n)]
--- error_code eval
[200, 503]
--- no_error_log
verysecret



=== TEST 11: a right one
--- http_config eval
$main::Joe
--- post_setup_server_root
redis(qw(ACL SETUSER joe on >secret ~* &finance:* +@all));
--- request eval
["GET /finance/health"]
--- response_body_filters eval
sub { all_listen() }
--- response_body eval
["2\n"]



=== TEST 12: a user who may not: said once, all the rest goes on
--- http_config eval
$main::Joe
--- post_setup_server_root
redis(qw(ACL SETUSER joe reset on >secret ~* resetchannels +@all));
--- request eval
["GET /finance/stocks/KO", "GET /finance/watchlist", "POST /finance/watchlist?ticker=KO"]
--- response_body_filters eval
[[pick('ticker'), then(sub { pause(0.3 * $main::Slow) })], [],
 [sub { pause(0.3 * $main::Slow);
        my $n = logged('\[warn\].* news cannot be heard: the user may not do this');
        redis(qw(ACL DELUSER joe));
        $n >= 1 && $n <= 2 ? "$_[0], said\n" : "said $n times\n" }]]
--- response_body eval
[qq("KO"\n), '[]', qq({"ticker":"KO","status":"added"}, said\n)]

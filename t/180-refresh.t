# finance_refresh: what is watched is fetched again without a client, by one
# worker of all, while it is needed and no longer.
use strict;
use warnings;

use FinanceTest sample => 1;
use List::Util qw(sum0);
use Time::HiRes ();
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Fault = '/market-control/fault?match=';
our $Lock = 'finance:lock:{refresh}';
our $Begins = 'this worker refreshes what is watched';
our $Ends = 'this worker no longer refreshes what is watched';

# valgrind needs its time.
our $Slow = $ENV{TEST_NGINX_USE_VALGRIND} ? 8 : $ENV{TEST_NGINX_FINANCE_SLOW} // 1;

# What a block is served with.
sub refresh {
    my ($refresh, $more) = @_;

    return FinanceTest::market_config()
           =~ s/finance_api;/finance_api;\n    $refresh;\n    @{[$more \/\/ '']}\n/r;
}

sub pause { select undef, undef, undef, $_[0] }

# The lines of error.log with that.
sub logged {
    my ($what) = @_;

    open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/error.log" or die $!;

    return grep { index($_, $what) >= 0 } <$in>;
}

# Who leads, by the log: pids.
sub leaders {
    my %leads;

    for (logged('refreshes what is watched')) {
        my ($pid) = /\] (\d+)#/;

        /no longer/ ? delete $leads{$pid} : ($leads{$pid} = 1);
    }

    my @pids = grep { -d "/proc/$_" } sort { $a <=> $b } keys %leads;

    return @pids;
}

# Seconds until the code says so, or "not within N s".
sub until_true {
    my ($seconds, $code) = @_;

    my $from = Time::HiRes::time();

    $seconds *= $Slow;

    while (Time::HiRes::time() - $from < $seconds) {
        return Time::HiRes::time() - $from if $code->();
        pause(0.05);
    }

    return "not within $seconds s";
}

# "yes", or why not.
sub within {
    my ($seconds, $code) = @_;

    my $took = until_true($seconds, $code);

    return $took =~ /^[\d.e-]+$/ && $took < $seconds * $Slow ? 'yes' : $took;
}

sub bars {
    my ($ticker) = @_;

    return FinanceTest::Market::calls("$Bars$ticker");
}

# Whether each is asked for again, so many times, within some seconds.
sub again {
    my ($times, $seconds, @tickers) = @_;

    my %from = map { $_ => bars($_) } @tickers;

    return within($seconds, sub {
        !grep { bars($_) < $from{$_} + $times } @tickers
    });
}

# How often these are asked for in so many seconds.
sub more {
    my ($seconds, @tickers) = @_;

    my %from = map { $_ => bars($_) } @tickers;

    pause($seconds);

    return join ' ', map { bars($_) - $from{$_} } @tickers;
}

# A watchlist, and its owner, who was here just now, or so many seconds ago.
sub owner {
    my ($ago, $owner, @tickers) = @_;

    redis('ZADD', "finance:{$owner}:watchlist", map { $_ + 1, $tickers[$_] } 0 .. $#tickers);
    redis('ZADD', 'finance:owners', int(1000 * (Time::HiRes::time() - $ago)), $owner);
}

{
    no warnings 'once';
    no strict 'refs';

    for my $package ('Test::Base::Filter', 'Test::Nginx::Util') {
        *{"${package}::$_"} = \&{"main::$_"}
            for qw(refresh pause logged leaders until_true within bars again more owner);
    }
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(config => refresh('finance_refresh interval=1s',
                                        'finance_cache stock=2s;'))
        if !defined $block->config && !defined $block->must_die;
    $block->set_value(http_config =>
                      'finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=8s;')
        if $Slow > 1 && !defined $block->http_config && !defined $block->must_die;
    $block->set_value(request => 'GET /finance/watchlist')
        if !defined $block->request && !defined $block->must_die;
});

workers(2);
timeout(15 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: after the first request nobody asks, and what is watched stays fresh
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/dashboard", "GET /finance/dashboard"]
--- response_body_filters eval
[[pick('status')],
 [pick('stocks.*.ticker', 'stocks.0.stale'), sub { $_[0] . again(3, 10, 'KO') . "\n" }],
 [pick('stocks.*.ticker', 'stocks.0.stale'), sub { $_[0] . bars('AAPL') . "\n" }]]
--- response_body eval
[qq("added"\n), qq(["KO"] false\nyes\n), qq(["KO"] false\n0\n)]



=== TEST 2: each time all that makes a stock, once; once a day what is of a day
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { my $said = within(9, sub { (market_calls()->{paths}{'/v3/snapshot/options/KO'} // 0) == 8 });
      my $paths = market_calls()->{paths};
      CORE::join("\n", $said, map { "$paths->{$_} $_" } grep { !m{/marketstatus/} } sort keys %$paths)
      . "\n" }
--- response_body
yes
1 /benzinga/v1/earnings?ticker=KO
2 /v2/aggs/ticker/KO
1 /v3/reference/dividends?ticker=KO
8 /v3/snapshot/options/KO



=== TEST 3: nothing is near its end
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=1h;')
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/dashboard"]
--- response_body_filters eval
[[then(sub { within(6, sub { leaders() }) })],
 [sub { pause(1) if $main::Slow > 1;
        my $before = logged('tickers refreshed');
        bars('KO') . ' ' . more(3, 'KO') . ' ' . (logged('tickers refreshed') - $before) . "\n" }]]
--- response_body eval
[qq({"ticker":"KO","status":"added"}), "1 0 0\n"]



=== TEST 4: what was added is there before it is asked for
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=1h;')
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/dashboard"]
--- response_body_filters eval
[[sub { within(8, sub { redis('EXISTS', 'finance:cache:stock:{KO}') }) . "\n" }],
 [pick('stocks.0.stale'), calls("${main::Bars}KO")]]
--- response_body eval
["yes\n", "false calls 1\n"]



=== TEST 5: ahead: so long before it expires
--- config eval
refresh('finance_refresh interval=1s ahead=30m', 'finance_cache stock=1h;')
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/stocks/KO", "GET /finance/watchlist"]
--- response_body_filters eval
[[then(sub { within(6, sub { leaders() }) })],
 [sub { more(2.5, 'KO') . "\n" }],
 [sub { my $now = int(1000 * Time::HiRes::time());
        my $head = redis('GETRANGE', 'finance:cache:stock:{KO}', 0, 93);
        my ($fetched, $fresh) = ($now - 1_900_000, $now + 1_700_000);
        my $new = $head =~ s/"fetched_ms":\d+,"fresh_ms":\d+/"fetched_ms":$fetched,"fresh_ms":$fresh/r;
        redis('SETRANGE', 'finance:cache:stock:{KO}', 0, $new);
        length($new) . ' ' . again(1, 6, 'KO') . ' ' . more(2.5, 'KO') . "\n" }]]
--- response_body eval
[qq({"ticker":"KO","status":"added"}), "0\n", "94 yes 0\n"]



=== TEST 6: the market is closed: nothing can change, nothing is asked for
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=2s;') . <<'END'
location = /_market/v1/marketstatus/now {
    internal;
    default_type application/json;
    return 200 '{"market":"closed","earlyHours":false,"afterHours":false,"serverTime":"2026-03-18T17:00:00-04:00","exchanges":{"nyse":"closed","nasdaq":"closed","otc":"closed"},"currencies":{"fx":"open","crypto":"open"}}';
}
END
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { within(6, sub { bars('KO') }) . ' ' . more(4, 'KO') . "\n" }
--- response_body
yes 0



=== TEST 7: one of two workers, and it alone
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { again(3, 12, 'KO') . ' ' . logged($main::Begins) . ' ' . logged($main::Ends) . ' '
      . leaders() . ' ' . (redis('PTTL', $main::Lock) > 1500 ? 'held' : 'not held') . "\n" }
--- response_body
yes 1 0 1 held



=== TEST 8: health says who it is
--- request eval
[("GET /finance/health") x 40]
--- response_body_filters eval
[[then(sub { within(6, sub { leaders() }) }), sub { '"seen"' }],
 ([pick('refresh.role'), sub { $main::Role{$_[0]}++; $_[0] =~ /^"(leader|standby)"$/ ? '"seen"' : $_[0] }]) x 39]
--- response_body eval
[('"seen"') x 40]



=== TEST 9: and that there is none
--- config eval
FinanceTest::market_config()
--- request
GET /finance/health
--- response_body_filters eval
pick('refresh')
--- response_body
{"role":"off"}



=== TEST 10: without the directive nobody notes who was here
--- config eval
FinanceTest::market_config()
--- request eval
["POST /finance/watchlist?ticker=KO", "GET /finance/dashboard", "GET /finance/watchlist"]
--- response_body_filters eval
[[pick('status')], [pick('stocks.*.ticker')],
 [sub { redis('EXISTS', 'finance:owners', $main::Lock) . ' ' . logged('refreshes what') . "\n" }]]
--- response_body eval
[qq("added"\n), qq(["KO"]\n), "0 0\n"]



=== TEST 11: the tickers of two owners, each once
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=2s; finance_user $arg_me;')
--- request eval
["POST /finance/watchlist?me=ann&ticker=KO", "POST /finance/watchlist?me=ann&ticker=AAPL",
 "POST /finance/watchlist?me=bob&ticker=AAPL", "POST /finance/watchlist?me=bob&ticker=JPM",
 "GET /finance/watchlist?me=ann"]
--- response_body_filters eval
[([pick('status')]) x 4,
 [sub { my $said = again(3, 15, qw(KO AAPL JPM));
        my @n = sort { $a <=> $b } map { bars($_) } qw(KO AAPL JPM);
        "$said " . ($n[2] - $n[0] <= 2 ? "alike\n" : "@n\n") }]]
--- response_body eval
[(qq("added"\n)) x 4, "yes alike\n"]



=== TEST 12: one that was taken off is left alone, unless another one watches it
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=2s; finance_user $arg_me;')
--- init
owner(0, 'ann', 'KO', 'AAPL');
owner(0, 'bob', 'AAPL', 'JPM');
--- request eval
["GET /finance/watchlist?me=ann", "DELETE /finance/watchlist/KO?me=ann",
 "DELETE /finance/watchlist/AAPL?me=ann"]
--- response_body_filters eval
[[sub { again(1, 9, qw(KO AAPL JPM)) . "\n" }], [pick('status')],
 [then(sub { pause(2) }),
  sub { my $ko = bars('KO'); again(2, 9, qw(AAPL JPM)) . ' ' . (bars('KO') - $ko) . "\n" }]]
--- response_body eval
["yes\n", qq("removed"\n), "yes 0\n"]



=== TEST 13: who was not here for a week is forgotten
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=2s; finance_user $arg_me;')
--- init
owner(8 * 86400, 'ann', 'KO');
owner(6 * 86400, 'bob', 'JPM');
owner(0, "\x{01}{eve}*", 'TSLA');
--- request
GET /finance/watchlist?me=other
--- response_body_filters eval
sub { again(2, 9, 'JPM') . ' ' . bars('KO') . ' ' . bars('TSLA') . ' '
      . CORE::join(',', @{ redis('ZRANGE', 'finance:owners', 0, 0) }) . "\n" }
--- response_body
yes 0 0 bob



=== TEST 14: and is known again by any look at the list, or by a position
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=2s; finance_user $arg_me;')
--- init
redis('ZADD', "finance:{$_}:watchlist", 1, 'KO') for qw(ann bob eve);
--- request eval
["GET /finance/dashboard?me=ann", "GET /finance/watchlist?me=bob", "GET /finance/stocks/KO?me=eve",
 "GET /finance/watchlist?me=dan", "GET /finance/dashboard?me=eve&tickers=KO",
 "POST /finance/positions?me=fay\n"
 . '{"position_type":"stock","ticker":"KO","quantity":7,"purchase_price":50,"transaction_date":"2026-01-02"}']
--- more_headers
Content-Type: application/json
--- response_body_filters eval
[([sub { "$_[0]" ? "some\n" : '' }]) x 5,
 [then(sub { pause(0.2) }),
  sub { CORE::join(' ', sort @{ redis('ZRANGE', 'finance:owners', 0, -1) }) . ' '
        . (redis('TTL', 'finance:owners') > 604000 ? 'week' : 'short') . "\n" }]]
--- response_body eval
[("some\n") x 5, "ann bob fay week\n"]
--- error_code eval
[(200) x 5, 201]



=== TEST 15: what the market has nothing for is left alone
--- init
owner(0, 'default', 'NEW', 'KO');
--- response_body_filters eval
sub { again(3, 12, 'KO') . ' ' . bars('NEW') . "\n" }
--- response_body
yes 1



=== TEST 16: the market allows no more: as long as it says
--- init
owner(0, 'default', qw(AAPL JPM KO META MSFT NVDA SPY TSLA));
market_fault(match => '/v2/aggs', kind => 'status', status => 429, retry_after => 5);
--- response_body_filters eval
sub { my @all = qw(AAPL JPM KO META MSFT NVDA SPY TSLA);
      my $n = sub { main::sum0(map { bars($_) } @all) };
      my $said = within(6, sub { $n->() });
      pause(3);
      my $first = $n->();
      market_reset();
      "$said " . ($first <= 4 ? 'few' : $first) . ' ' . again(1, 15, @all) . "\n" }
--- response_body
yes few yes



=== TEST 17: the market is away: a few are tried at each interval, until it is back
--- init
owner(0, 'default', qw(AAPL AMZN GOOG JPM KO META MSFT NVDA SPY TSLA));
market_fault(match => '/', kind => 'reset');
--- response_body_filters eval
sub { my @all = qw(AAPL AMZN GOOG JPM KO META MSFT NVDA SPY TSLA);
      my $tried = sub { scalar grep { bars($_) } @all };
      my $said = within(6, sub { $tried->() >= 4 });
      pause(0.3);
      my $first = $tried->();
      market_reset();
      "$said " . ($first <= 5 ? 'few' : $first) . ' ' . again(1, 20, @all) . "\n" }
--- response_body
yes few yes



=== TEST 18: Redis away: nothing; and back: at once
--- http_config eval
"finance_redis unix:\$TEST_NGINX_REDIS_SOCK timeout=" . 300 * $main::Slow . "ms retry=100ms;"
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { my $first = again(1, 9, 'KO');
      redis_freeze();
      my $noticed = within(6, sub { !leaders() });
      my $while = more(2.5, 'KO');
      redis_thaw();
      "$first $noticed $while " . within(3, sub { leaders() }) . ' ' . again(1, 6, 'KO') . "\n" }
--- response_body
yes yes 0 yes yes



=== TEST 19: Redis dead, and back with nothing in it
--- http_config eval
"finance_redis unix:\$TEST_NGINX_REDIS_SOCK timeout=" . 300 * $main::Slow . "ms retry=100ms;"
--- request eval
["GET /finance/watchlist", "POST /finance/watchlist?ticker=JPM", "GET /finance/health"]
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
[[sub { my $first = again(1, 9, 'KO'); redis_stop(); pause(1); my $n = more(2, 'KO');
        redis_start(); redis_flush();
        my $back = within(6, sub { redis('EXISTS', $main::Lock) }); "$first $n $back\n" }],
 [pick('status')], [sub { again(2, 9, 'JPM') . "\n" }]]
--- response_body eval
["yes 0 yes\n", qq("added"\n), "yes\n"]



=== TEST 20: another host leads until its lease runs out
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { redis('SET', $main::Lock, 'another', 'PX', 4000 * $main::Slow);
      my $early = within(3, sub { !leaders() });
      my $took = until_true(8, sub { leaders() });
      "$early " . ($took =~ /^[\d.]+$/ && $took > 0.5 && $took < 5.5 * $main::Slow ? 'then' : $took)
      . ' ' . again(1, 6, 'KO') . "\n" }
--- response_body
yes then yes



=== TEST 21: it is another host's by now: that of this one ends
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { my $first = again(1, 9, 'KO');
      redis('SET', 'finance:lock:{refresh}', 'another', 'PX', 60000);
      my $noticed = within(3, sub { !leaders() });
      "$first $noticed " . more(3, 'KO') . ' ' . redis('GET', $main::Lock) . "\n" }
--- response_body
yes yes 0 another
--- error_log
another one does



=== TEST 22: the leader is killed: another one goes on within the lease's time
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { my $first = again(1, 9, 'KO');
      my ($pid) = leaders();
      my $n = logged($main::Begins);
      kill KILL => $pid;
      my $took = until_true(8, sub { logged($main::Begins) > $n });
      "$first " . ($took =~ /^[\d.]+$/ && $took < 4.5 * $main::Slow ? 'within' : $took) . ' '
      . again(1, 6, 'KO') . "\n" }
--- response_body
yes within yes
--- error_log
[alert]
exited on signal 9



=== TEST 23: a reload while the market hangs on it: the old workers end at once
--- init
owner(0, 'default', 'KO', 'JPM');
market_fault(match => '/v2/aggs', kind => 'hang');
--- response_body_filters eval
sub { my $first = within(8, sub { bars('KO') });
      pause(0.2);
      my ($pid) = leaders();
      kill HUP => master();
      my $gone = until_true(8, sub { !-d "/proc/$pid" });
      market_reset();
      "$first " . ($gone =~ /^[\d.e-]+$/ && $gone < $main::Slow ? 'gone' : $gone) . ' '
      . again(1, 9, 'KO', 'JPM') . "\n" }
--- response_body
yes gone yes
--- no_error_log
open socket
left in connection



=== TEST 24: but not under somebody who waits for the same
--- init
owner(0, 'default', 'KO');
market_fault(match => '/v2/aggs', kind => 'delay', ms => 1500);
--- response_body_filters eval
sub { my $first = within(8, sub { bars('KO') });
      my $pid = fork // die "fork: $!\n";
      if ($pid == 0) {
          require HTTP::Tiny;
          my $answer = HTTP::Tiny->new(timeout => 10)->get(
              "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/finance/stocks/KO");
          FinanceTest::Sample::write_file("$ENV{TEST_NGINX_SERVROOT}/html/aside",
              "$answer->{status} " . substr $answer->{content}, 0, 14);
          require POSIX;
          POSIX::_exit(0);
      }
      pause(0.4);
      kill HUP => master();
      waitpid $pid, 0;
      open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/html/aside" or die "aside: $!\n";
      "$first " . scalar <$in> }
--- response_body chomp
yes 200 {"ticker":"KO"
--- no_error_log
open socket
left in connection



=== TEST 25: somebody who comes meanwhile gets what is fetched anyway
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=1h;')
--- init
owner(0, 'default', 'KO');
market_fault(match => '/v2/aggs', kind => 'delay', ms => 800);
--- request eval
["GET /finance/watchlist", "GET /finance/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[sub { within(8, sub { bars('KO') }) . "\n" }],
 ([pick('ticker', 'stale'), calls("${main::Bars}KO")]) x 2]
--- response_body eval
["yes\n", (qq("KO" false calls 1\n)) x 2]



=== TEST 26: more owners than one batch holds
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=1h; finance_user $arg_me;')
--- init
my @clone = qw(AAPL JPM KO META MSFT NVDA SPY TSLA);
owner(0, "owner$_", $clone[$_ % 8]) for 1 .. 900;
owner(0, 'last', 'GOOG');
--- request
GET /finance/watchlist?me=nobody
--- response_body_filters eval
sub { my @all = qw(AAPL JPM KO META MSFT NVDA SPY TSLA GOOG);
      within(15, sub { !grep { !bars($_) } @all }) . ' ' . more(2, @all) . "\n" }
--- response_body
yes 0 0 0 0 0 0 0 0 0



=== TEST 27: two locations of one Redis: one of them at a time
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=2s;') . <<'END'
location /two/ {
    finance_api;
    finance_market /_market;
    finance_refresh interval=1s;
    finance_cache stock=2s;
}
END
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { again(3, 12, 'KO') . ' ' . logged($main::Begins) . "\n" }
--- response_body
yes 1



=== TEST 28: a watchlist of another type, and damaged names in it, harm nobody
--- config eval
refresh('finance_refresh interval=1s', 'finance_cache stock=2s; finance_user $arg_me;')
--- init
owner(0, 'ann', 'KO', 'a b', "X\r\nY", '', 'TOOLONGATICKER', 'JPM');
owner(0, 'bob', 'META');
redis('DEL', 'finance:{bob}:watchlist');
redis('SET', 'finance:{bob}:watchlist', 'text');
redis('SET', 'finance:cache:stock:{JPM}', 'damaged');
--- request
GET /finance/watchlist?me=eve
--- response_body_filters eval
sub { again(2, 9, 'KO', 'JPM') . ' ' . bars('META') . "\n" }
--- response_body
yes 0



=== TEST 29: the owners' key is of another type: a round that ends
--- request eval
["GET /finance/watchlist", "GET /finance/dashboard"]
--- init
redis('SET', 'finance:owners', 'text');
redis('ZADD', 'finance:{default}:watchlist', 1, 'KO');
--- response_body_filters eval
[[sub { within(6, sub { leaders() }) . ' ' . more(2, 'KO') . "\n" }], [pick('stocks.*.ticker')]]
--- response_body eval
["yes 0\n", qq(["KO"]\n)]



=== TEST 30: on the event loop, without threads
--- config eval
refresh('finance_refresh interval=1s jitter=0s', 'finance_cache stock=2s; finance_threads off;')
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { again(2, 9, 'KO') . "\n" }
--- response_body
yes



=== TEST 31: jitter as long as the interval, ahead longer than anything
--- config eval
refresh('finance_refresh interval=2s jitter=2s ahead=1d', 'finance_cache stock=2s;')
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { again(2, 9, 'KO') . "\n" }
--- response_body
yes



=== TEST 32: in a server that is not the first of its address
--- config eval
FinanceTest::market_config()
--- http_config
    server {
        listen unix:$TEST_NGINX_HTML_DIR/two.sock;
        server_name one;
        return 404;
    }
    server {
        listen unix:$TEST_NGINX_HTML_DIR/two.sock;
        server_name two;
        location /api/ {
            finance_api;
            finance_market /_market;
            finance_cache stock=2s;
            finance_refresh interval=1s;
        }
        location /_market/ {
            internal;
            proxy_pass http://market/;
            proxy_set_header X-Place "$server_name $server_addr $remote_addr $host $request_uri";
        }
    }
--- init
owner(0, 'default', 'KO');
--- response_body_filters eval
sub { my $said = again(2, 9, 'KO');
      "$said " . ((market_last('/v2/aggs'))[-1] =~ /^X-Place: (.*?)\r?$/m ? $1 : 'nowhere') . "\n" }
--- response_body
yes two 127.0.0.1 127.0.0.1 two /

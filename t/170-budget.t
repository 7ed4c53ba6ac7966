# finance_budget: never more calls of the market in any period than it says,
# counted by the market's own clock; and what clients see meanwhile.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Spent = qq({"detail":"The market's budget of calls is spent"});

# What a block has in http beside Redis.
sub budget {
    my ($rate, @more) = @_;

    my $text = join "\n", 'finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=300ms retry=100ms;',
                    @more;

    # the time for a job is longer for a slow nginx, that of a budget is the same;
    # with more than ten seconds clients would be told at once what waits for a minute
    my $minute = $rate =~ m{r/m};

    $text =~ s/(timeout[ =])(\d+)(m?s)\b/$1 . slower($2, $minute && $3 eq 's') . $3/ge;

    return "finance_zone finance:64k;\nfinance_budget rate=$rate;\n$text";
}

sub slower {
    my ($time, $ten_at_most) = @_;

    my $slow = $time * $FinanceTest::Body::Slow;

    return $ten_at_most && $time <= 10 && $slow > 10 ? 10 : $slow;
}

# A pattern for the seconds that are left of so many: all but one, at least;
# less with a slow nginx, which needs some for what came before.
sub left {
    my ($of, $at_most) = @_;

    my $least = $FinanceTest::Body::Slow > 1 ? $of - 5 * $FinanceTest::Body::Slow : $of - 1;

    return '(' . join('|', $least .. $at_most // $of + 1) . ')';
}

# The most calls that the market saw in any span of so many ms. A slow nginx takes
# its time from when a call is counted to when it is made, for one more than for
# another: more than the budget's count as that where a shorter span holds no more.
sub most {
    my ($ms, $budget) = @_;

    my $most = most_within($ms);

    return $most if $FinanceTest::Body::Slow == 1 || !$budget || $most <= $budget;
    return most_within($ms - 100 * $FinanceTest::Body::Slow) <= $budget ? $budget : $most;
}

sub most_within {
    my ($ms) = @_;

    my @at = eval FinanceTest::Market::control('times');

    @at = @{ $at[0] };

    my ($most, $from) = (0, 0);

    for my $i (0 .. $#at) {
        $from++ while $at[$i] - $at[$from] >= $ms * 1000;
        $most = $i - $from + 1 if $i - $from + 1 > $most;
    }

    return $most;
}

# Adds that to an answer, and how many calls there were.
sub seen {
    my ($ms, $budget) = @_;

    return sub {
        my ($text) = @_;

        chomp $text;
        return "$text: " . FinanceTest::Market::calls()->{total} . ', at most '
               . most($ms, $budget) . "\n";
    };
}

# Adds the tickers of all calls in their order.
sub order {
    my ($budget) = @_;

    return sub {
        my ($text) = @_;

        chomp $text;
        my @tickers = map { m{^GET \S+?[/=](KO|AAPL)\b} ? $1 : () }
                      FinanceTest::Market::last_requests('/');

        return "$text @tickers, at most " . most(1000, $budget) . "\n";
    };
}

# How many bars came, and how many answers said that the budget is spent.
sub outcomes {
    my ($text) = @_;

    my $bars = () = $text =~ /"bars":\[\{/g;
    my $spent = () = $text =~ /is spent/g;

    return "$bars bars, $spent spent\n";
}

# A page that asks for ten stocks three times.
sub includes {
    return join '', map { qq(<!--# include virtual="/each/stocks/$_/bars?days=1" -->\n) }
                    (qw(KO AAPL JPM MSFT NVDA AMZN GOOG META TSLA SPY)) x 3;
}

# Adds what Redis has counted.
sub counted {
    return sub {
        my ($text) = @_;

        chomp $text;
        return "$text " . redis('ZCARD', 'finance:budget:{finance}') . "\n";
    };
}

# n calls of another host, so many ms ago by Redis' clock.
sub others {
    my ($n, $ago) = @_;

    redis('EVAL', 'local t = redis.call("TIME") for i = 1, ARGV[1] do '
                  . 'redis.call("ZADD", KEYS[1], t[1] * 1000 - ARGV[2], "other:" .. i) end',
          1, 'finance:budget:{finance}', $n, $ago);
}

# An older job of another host, which needs n calls and has so many ms left.
sub older {
    my ($n, $left) = @_;

    redis('EVAL', 'local t = redis.call("TIME") '
                  . 'redis.call("ZADD", KEYS[1], t[1] * 1000 - 60000, "other:1") '
                  . 'redis.call("HSET", KEYS[2], "other:1", ARGV[1] .. " " .. '
                  . 'string.format("%.0f", t[1] * 1000 + ARGV[2]))',
          2, 'finance:budget:{finance}:jobs', 'finance:budget:{finance}:needs', $n, $left);
}

# Adds what Redis keeps for jobs.
sub kept {
    return sub {
        my ($text) = @_;

        chomp $text;
        return join(' ', $text, redis('ZCARD', 'finance:budget:{finance}:jobs'),
                    redis('HLEN', 'finance:budget:{finance}:needs')) . "\n";
    };
}

# Adds whether these stocks are in Redis within so many seconds.
sub come {
    my ($seconds, @tickers) = @_;

    return sub {
        my ($text) = @_;
        my $n = 0;

        chomp $text;

        for (1 .. 10 * $seconds) {
            $n = redis('EXISTS', map { "finance:cache:stock:{$_}" } @tickers);
            last if $n == @tickers;
            pause(0.1);
        }

        return "$text: " . ($n == @tickers ? 'all there' : "$n there") . "\n";
    };
}

# In place of an answer: how many lines of error.log have that.
sub logged {
    my ($what) = @_;

    return sub {
        open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/error.log" or die $!;
        my $n = grep { index($_, $what) >= 0 } <$in>;

        return "logged $n times\n";
    };
}

sub pause { select undef, undef, undef, $_[0] * $FinanceTest::Body::Slow }

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"}
        for qw(budget seen order counted kept come logged others pause);
    *{"Test::Nginx::Util::$_"} = \&{"main::$_"} for qw(others older);
}

add_block_preprocessor(sub {
    $_[0]->set_value(init => <<'END') if !defined $_[0]->init;
redis('ZADD', 'finance:{default}:watchlist', 1, 'KO', 2, 'AAPL', 3, 'JPM');
END
});

workers(2);
worker_connections(512);
timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: without a budget
--- request
GET /finance/health
--- response_body_filters eval
pick('budget')
--- response_body
null



=== TEST 2: a cold dashboard takes the time that its calls take, and no call is lost
--- http_config eval
budget('10r/s', 'finance_timeout 8s;')
--- request
GET /finance/dashboard
--- response_body_filters eval
[pick('stocks.*.options_status', 'stocks.*.stale', 'errors', 'market.status'), seen(1000, 10)]
--- response_body
["ok","ok","none"] [false,false,false] [] "extended-hours": 22, at most 10
--- response_headers
Finance-Complete: true
--- error_log
finance_budget of 10 calls a second is spent: others wait



=== TEST 3: five a minute: what can be had in time, and 503 at once for the others
--- http_config eval
budget('5r/m', 'finance_timeout 3s;')
--- request eval
["GET /finance/dashboard", "GET /finance/stocks/AAPL", "GET /finance/stocks/TINY/bars",
 "GET /finance/stocks/AAPL/options", "POST /finance/watchlist?ticker=SPY", "GET /finance/health",
 "GET /finance/stocks/JPM"]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('stocks.*.ticker', 'stocks.*.options_status', 'errors'), $seen],
 [pick('ticker', 'options_status'), $seen], [$seen], [$seen], [$seen],
 [pick('status', 'budget'), $seen], [$seen]]
--- response_body eval
my $error = qq({"detail":"The market's budget of calls is spent","status":503,"ticker":);
[qq(["KO"] ["unavailable"] [$error"AAPL"},$error"JPM"}]: 3, at most 3\n),
 qq("AAPL" "unavailable": 5, at most 5\n), (qq($main::Spent: 5, at most 5\n)) x 3,
 qq("ok" {"left":0,"limit":5,"per":"minute"}: 5, at most 5\n), qq($main::Spent: 5, at most 5\n)]
--- error_code eval
[200, 200, 503, 503, 503, 200, 503]
--- response_headers_like eval
["Finance-Complete: false", "Content-Type: .*", ("Retry-After: " . main::left(60)) x 3, "Content-Type: .*",
 "Retry-After: " . main::left(60)]
--- no_error_log
[error]



=== TEST 4: what is stale is served
--- http_config eval
budget('5r/m burst=2', 'finance_timeout 3s;', 'finance_cache stock=1s;')
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/dashboard"]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('stale', 'options_status'), then(sub { pause(1.5) }), $seen],
 [pick('stale', 'options_status'), $seen],
 [pick('stocks.*.ticker', 'stocks.*.stale', 'errors.*.status'), $seen]]
--- response_body eval
[qq(false "ok": 7, at most 7\n), qq(true "ok": 7, at most 7\n),
 qq(["KO"] [true] [503,503]: 7, at most 7\n)]



=== TEST 5: one stock is finished before the next one begins
--- http_config eval
budget('7r/s', 'finance_timeout 8s;')
--- request
GET /finance/dashboard?tickers=KO,AAPL
--- response_body_filters eval
[pick('stocks.*.options_status'), order(7)]
--- response_body
["ok","ok"] KO KO KO KO KO KO KO AAPL AAPL AAPL AAPL AAPL AAPL AAPL, at most 7



=== TEST 6: both workers at once: 30 clients, each with another ticker
--- http_config eval
budget('8r/s', 'finance_timeout 6s;')
--- config eval
FinanceTest::market_config() . 'location = /many { ssi on; ssi_types *; '
. 'alias $TEST_NGINX_HTML_DIR/many.html; } '
. 'location /each/ { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/; }'
--- user_files eval
[['many.html', main::includes()]]
--- request
GET /many
--- response_body_filters eval
[\&main::outcomes, seen(1000, 8)]
--- response_body_like
^30 bars, 0 spent: (1\d|20), at most 8$



=== TEST 7: hosts count together: five of another host are five of ours
--- http_config eval
budget('5r/m', 'finance_timeout 3s;')
--- init
others(5, 20000);
--- request eval
["GET /finance/stocks/KO", "GET /finance/health"]
--- response_body_filters eval
[[seen(60000)], [pick('budget')]]
--- response_body eval
["$main::Spent: 0, at most 0\n", qq({"left":0,"limit":5,"per":"minute"}\n)]
--- error_code eval
[503, 200]
--- response_headers_like eval
["Retry-After: " . main::left(41, 41), "Content-Type: application/json"]



=== TEST 8: three of another host, and two for us
--- http_config eval
budget('5r/m', 'finance_timeout 3s;')
--- init
others(3, 20000);
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/AAPL/bars?days=1",
 "GET /finance/stocks/JPM/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('ticker'), $seen], [pick('ticker'), $seen], [$seen],
 [pick('budget.left'), counted()]]
--- response_body eval
[qq("KO": 1, at most 1\n), qq("AAPL": 2, at most 2\n), "$main::Spent: 2, at most 2\n", "0 5\n"]
--- error_code eval
[200, 200, 503, 200]



=== TEST 9: those of long ago do not count, those of the future count as of now
--- http_config eval
budget('5r/m', 'finance_timeout 3s;')
--- init
others(9, 61000);
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/health", "GET /finance/stocks/JPM/bars",
 "GET /finance/health"]
--- response_body_filters eval
[[pick('ticker')], [pick('budget.left'), then(sub { others(4, -1_000_000) })],
 [seen(60000)], [pick('budget.left')]]
--- response_body eval
[qq("KO"\n), "4\n", "$main::Spent: 1, at most 1\n", "0\n"]
--- error_code eval
[200, 200, 503, 200]
--- response_headers_like eval
["Content-Type: .*", "Content-Type: .*", "Retry-After: " . main::left(60), "Content-Type: .*"]



=== TEST 10: Redis away: this nginx counts alone
--- http_config eval
budget('5r/m', 'finance_timeout 3s;')
--- init
redis_stop();
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/AAPL/bars?days=1",
 "GET /finance/dashboard?tickers=JPM,SPY", "GET /finance/stocks/META/bars",
 "GET /finance/health"]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('ticker'), $seen], [pick('ticker'), $seen], [pick('stocks.@', 'errors.@'), $seen], [$seen],
 [logged('counted by this nginx alone, Redis does not answer: redis')]]
--- response_body_like eval
['^"KO": 1, at most 1$', '^"AAPL": 2, at most 2$', '^[12] [01]: 5, at most 5$',
 "^\Q$main::Spent: 5, at most 5\E\$", '^logged [12] times$']
--- error_code eval
[200, 200, 200, 503, 503]



=== TEST 11: Redis hangs, and answers again
--- http_config eval
budget('9r/m', 'finance_timeout 3s;')
--- init
redis_freeze();
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/health", "GET /finance/stocks/AAPL/bars?days=1",
 "GET /finance/stocks/JPM/bars?days=1", ("GET /finance/stocks/SPY/bars?days=1") x 4]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('ticker'), $seen], [then(sub { redis_thaw(); pause(1) }), sub { "thawed\n" }],
 [pick('ticker'), $seen], [pick('ticker'), $seen], ([pick('ticker'), $seen]) x 4]
--- response_body eval
[qq("KO": 1, at most 1\n), "thawed\n", qq("AAPL": 2, at most 2\n), qq("JPM": 3, at most 3\n),
 (qq("SPY": 4, at most 4\n)) x 4]
--- error_code_like eval
[200, '^(200|503)$', (200) x 6]



=== TEST 12: a reload forgets nothing
--- http_config eval
budget('5r/m', 'finance_timeout 3s;')
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/JPM", ("GET /finance/stocks/AAPL") x 3]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('ticker'), $seen],
 [pick('ticker'), $seen, then(sub { redis_flush(); kill HUP => master(); pause(0.5) })],
 [$seen], [$seen], [$seen]]
--- response_body eval
[qq("KO": 3, at most 3\n), qq("JPM": 5, at most 5\n), ("$main::Spent: 5, at most 5\n") x 3]
--- error_code eval
[200, 200, 503, 503, 503]



=== TEST 13: a client that leaves: what it asked for goes on in its turn
--- http_config eval
budget('4r/s', 'finance_timeout 5s;')
--- config eval
FinanceTest::market_config() . <<'END'
location /impatient/ {
    proxy_read_timeout 200ms;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END
--- request eval
["GET /impatient/stocks/KO", "GET /finance/stocks/KO"]
--- response_body_filters eval
[[then(sub { pause(2) }), sub { "gone\n" }], [pick('options_status', 'stale'), seen(1000, 4)]]
--- response_body eval
["gone\n", qq("ok" false: 7, at most 4\n)]
--- error_code eval
[504, 200]



=== TEST 14: a market that hangs holds its calls, and no others
--- http_config eval
budget('5r/m', 'finance_timeout 1s;')
--- init
market_fault(match => '/v2/aggs/ticker/KO', kind => 'hang');
--- request eval
["GET /finance/stocks/KO/bars", "GET /finance/stocks/AAPL/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
[[seen(60000)], [pick('ticker'), seen(60000)], [pick('budget.left')]]
--- response_body eval
[qr/did not answer in time"\}: 1, at most 1/, qq("AAPL": 2, at most 2\n), "3\n"]
--- error_code eval
[504, 200, 200]



=== TEST 15: what an older job of another host still needs is kept for it
--- http_config eval
budget('5r/m', 'finance_timeout 3s;')
--- init
older(3, 50000);
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/AAPL/bars?days=1",
 "GET /finance/stocks/JPM/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('ticker'), $seen], [pick('ticker'), $seen], [$seen, kept()], [pick('budget.left')]]
--- response_body eval
[qq("KO": 1, at most 1\n), qq("AAPL": 2, at most 2\n), "$main::Spent: 2, at most 2 1 1\n", "3\n"]
--- error_code eval
[200, 200, 503, 200]



=== TEST 16: as long as it has time; what is over is tidied up
--- http_config eval
budget('7r/m', 'finance_timeout 3s;')
--- init
older(3, -1000);
--- request
GET /finance/stocks/KO
--- response_body_filters eval
[pick('options_status'), seen(60000), kept()]
--- response_body
"ok": 7, at most 7 0 0



=== TEST 17: refreshes that nobody waits for leave a reserve to those who do
--- http_config eval
budget('8r/m', 'finance_timeout 3s;', 'finance_cache stock=1s;')
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/stocks/KO",
 "GET /finance/stocks/TINY/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
my $seen = seen(60000);
[[pick('stale', 'options_status'), $seen, then(sub { pause(1.5) })],
 [pick('stale'), $seen, then(sub { pause(0.5) })], [pick('stale'), $seen, kept()],
 [pick('ticker'), $seen], [pick('budget.left')]]
--- response_body eval
[qq(false "ok": 7, at most 7\n), qq(true: 7, at most 7\n), qq(true: 7, at most 7 0 0\n),
 qq("TINY": 8, at most 8\n), "0\n"]



=== TEST 18: who waits goes before what nobody waits for, also in another worker
--- http_config eval
budget('4r/m', 'finance_timeout 100s;', 'finance_cache stock=1s;')
--- config eval
FinanceTest::market_config() . <<'END'
location /aged/ {
    finance_api;
    finance_market /_market;
    finance_cache stock=0;
    finance_timeout 4s;
}
END
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/KO/bars?days=1", "GET /aged/stocks/KO/bars?days=1"]
--- response_body_filters eval
my $bars = calls('/v2/aggs/ticker/KO');
[[pick('stale'), $bars, then(sub { pause(1.3); others(2, 0) })],
 [pick('stale'), then(sub { pause(0.5) }), $bars], [pick('ticker'), $bars]]
--- response_body eval
["false calls 1\n", "true calls 1\n", qq("KO" calls 2\n)]



=== TEST 19: so without Redis
--- http_config eval
budget('4r/m', 'finance_timeout 100s;', 'finance_cache stock=1s;') =~ s/64k/1m/r
--- config eval
FinanceTest::market_config() . <<'END'
location /aged/ {
    finance_api;
    finance_market /_market;
    finance_cache stock=0;
    finance_timeout 4s;
}
END
--- init
redis_stop();
--- request eval
["GET /finance/stocks/JPM/bars?days=1", "GET /finance/stocks/TINY/bars?days=1", "GET /finance/stocks/KO/bars?days=1",
 "GET /finance/stocks/KO/bars?days=1", "GET /aged/stocks/KO/bars?days=1"]
--- response_body_filters eval
my $bars = calls('/v2/aggs/ticker/KO');
[[pick('ticker')], [pick('ticker')], [pick('stale'), $bars, then(sub { pause(1.3) })],
 [pick('stale'), then(sub { pause(0.5) }), $bars], [pick('ticker'), $bars]]
--- response_body eval
[qq("JPM"\n), qq("TINY"\n), "false calls 1\n", "true calls 1\n", qq("KO" calls 2\n)]



=== TEST 20: what takes more than ten seconds a client is told at once, and comes without it
--- http_config eval
budget('1r/s', 'finance_timeout 60s;')
--- timeout: 40
--- request eval
["GET /finance/health", "GET /finance/dashboard?tickers=KO,AAPL,JPM", "GET /finance/dashboard?tickers=KO,AAPL,JPM"]
--- response_body_filters eval
[[pick('status'), mark()],
 [took(4, 9, pick('stocks.*.ticker', 'errors.*.ticker', 'errors.*.status')), come(25, qw(KO AAPL JPM))],
 [pick('stocks.*.ticker', 'errors.@'), sub { $_[0] . FinanceTest::Market::calls()->{total} . "\n" }]]
--- response_body eval
[qq("ok"\n), qq(["KO"] ["AAPL","JPM"] [503,503] in time: all there\n), qq(["KO","AAPL","JPM"] 0\n19\n)]

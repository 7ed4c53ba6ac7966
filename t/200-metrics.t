# GET metrics: its form, who may ask, and that each thing that happens is
# counted as what it is.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Metrics;
use IO::Socket::INET;
use Test::Nginx::Socket 'no_plan';

# valgrind needs its time.
our $Slow = $ENV{TEST_NGINX_USE_VALGRIND} ? 10 : 1;

our $Bars = '/v2/aggs/ticker/';
our $Fault = '/market-control/fault?match=';
our $Listed = "redis('ZADD', 'finance:{default}:watchlist', 1, 'KO', 2, 'AAPL', 3, 'JPM');";

# The locations, with more in that of finance_api.
sub with {
    my ($more) = @_;

    $more =~ s/(finance_timeout |[a-z]=)(\d+)(ms|s)\b/$1 . $2 * $Slow . $3/ge;

    return FinanceTest::market_config() =~ s/finance_api;/finance_api; $more/r;
}

# What a block has in http, its times so long as they have to be.
sub http {
    my ($text) = @_;

    return $text =~ s/((?:timeout|retry)=)(\d+)ms/$1 . $2 * $Slow . 'ms'/ger;
}

sub pause { select undef, undef, undef, $_[0] * $Slow }

# A stream, as much of it as came within 0.3 s; it stays open until closed().
my @Open;

sub opened {
    my ($head) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Proto => 'tcp',
                                       PeerPort => $ENV{TEST_NGINX_SERVER_PORT})
                 // die "no connection: $!\n";

    $socket->syswrite("GET /finance/stream HTTP/1.1\r\nHost: x\r\n$head\r\n");
    push @Open, $socket;
    pause(0.3);
    $socket->blocking(0);
    $socket->sysread(my $text, 65536);

    return $text // '';
}

sub closed {
    @Open = ();
    pause(0.3);
}

# Answers are of no interest but the last one's.
sub last_is {
    my ($n, @filters) = @_;

    return map { [sub { '' }] } 2 .. $n if !@filters;
    return ((map { [sub { '' }] } 2 .. $n), [@filters]);
}

{
    no warnings 'once';

    *Test::Base::Filter::well_formed = \&FinanceTest::Metrics::well_formed;
    *Test::Base::Filter::metric = \&FinanceTest::Metrics::metric;
    *Test::Base::Filter::serves = \&FinanceTest::Metrics::serves;
    *Test::Base::Filter::unseen = \&FinanceTest::Metrics::unseen;
    *Test::Base::Filter::promtool = \&FinanceTest::Metrics::promtool;
    *Test::Base::Filter::pause = \&pause;
    *Test::Base::Filter::last_is = \&last_is;
    *Test::Base::Filter::opened = \&opened;
    *Test::Base::Filter::closed = \&closed;
}

timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the form, of an nginx that has done nothing
--- request
GET /finance/metrics
--- response_body_filters eval
well_formed()
--- response_body
good
--- response_headers
Content-Type: text/plain; version=0.0.4; charset=utf-8
Cache-Control: no-store
X-Content-Type-Options: nosniff
! ETag
! Last-Modified



=== TEST 2: the form, when much has happened, and no name of anybody's in it
--- init eval: $main::Listed
--- config eval
main::with('finance_user $arg_me;')
--- request eval
["POST /finance/watchlist?ticker=KO&me=somebody", "GET /finance/dashboard?tickers=KO,NVDA&me=somebody",
 "GET /finance/stocks/NOPE?me=somebody", "GET /finance/stocks/KO/bars?me=somebody",
 "GET /finance/stocks/A%20B?me=somebody", "GET /finance/secret-path", "GET /finance/",
 "GET /finance/js/app.js", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(9, sub { return $_[0] =~ /KO|NVDA|NOPE|somebody|secret/ ? $_[0]
                         : FinanceTest::Metrics::well_formed()->($_[0]) })]
--- response_body eval
[('') x 8, "good\n"]
--- error_code eval
[200, 200, 400, 200, 400, 404, 200, 200, 200]



=== TEST 3: nobody needs to be asking, neither Redis nor the market is asked
--- config eval
main::with('finance_user "";')
--- init
redis_stop();
market_fault(match => '/', kind => 'hang');
--- request eval
[("GET /finance/metrics") x 4]
--- response_body_filters eval
[[well_formed()], [metric('finance_redis_commands_total'), keep()],
 [metric('finance_redis_commands_total'), same()],
 [metric('finance_upstream_calls_total', 'finance_http_requests_total{route="metrics",status="200"}')]]
--- response_body eval
["good\n", qr/^[01]\n$/, "same\n", "0 3\n"]



=== TEST 4: HEAD, and other methods
--- request eval
["HEAD /finance/metrics", "POST /finance/metrics", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(3, metric('finance_http_requests_total{route="metrics",status="200"}',
                   'finance_http_requests_total{route="none",status="405"}'))]
--- response_body eval
["", "", "1 1\n"]
--- error_code eval
[200, 405, 200]



=== TEST 5: requests by route and status
--- config eval
main::with('finance_user $arg_me;')
--- request eval
["GET /finance/watchlist?me=a", "GET /finance/watchlist?me=a", "GET /finance/watchlist",
 "GET /finance/nothing", "GET /finance/", "GET /finance/app.css",
 "GET /finance/stocks/KO/bars?days=x&me=a", "POST /finance/watchlist?ticker=KO&me=a",
 "DELETE /finance/watchlist/KO?me=a", "DELETE /finance/watchlist/KO?me=a", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(11, metric(map { my ($r, $s) = split ' ';
                          qq(finance_http_requests_total{route="$r",status="$s"}) }
    'watchlist 200', 'watchlist 401', 'none 404', 'page 200', 'bars 422', 'watchlist_add 200',
    'watchlist_remove 200', 'watchlist_remove 404'), sub { $_[0] })]
--- response_body eval
[('') x 10, "2 1 1 2 1 1 1 1\n"]
--- error_code eval
[200, 200, 401, 404, 200, 200, 422, 200, 200, 404, 200]



=== TEST 6: a histogram for each route, with as many as there were
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/nothing", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(4, metric(map { (qq(finance_http_request_duration_seconds_count{route="$_"}),
                          qq(finance_http_request_duration_seconds_bucket{route="$_",le="+Inf"})) }
                   qw(watchlist none dashboard)))]
--- response_body eval
[('') x 3, "2 2 1 1 none none\n"]
--- error_code eval
[200, 200, 404, 200]



=== TEST 7: bytes as the client got them
--- request eval
["GET /finance/docs/docs.js", "GET /finance/metrics"]
--- response_body_filters eval
[[sub { $main::Length = length $_[0]; '' }],
 [metric('finance_http_response_bytes_total{route="docs_part"}'),
  sub { $_[0] > $main::Length && $_[0] < $main::Length + 600 ? "yes\n" : "$main::Length $_[0]" }]]
--- response_body eval
["", "yes\n"]



=== TEST 8: the cache: a miss, then fresh
--- init eval: $main::Listed
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(3, metric(map { qq(finance_cache_results_total{kind="stock",result="$_"}) }
                   qw(miss fresh stale negative)))]
--- response_body eval
["", "", "3 3 none none\n"]



=== TEST 9: what is stale is; a ticker that there is not is negative the second time
--- config eval
main::with('finance_cache stock=1s options=1s;')
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /finance/stocks/NOPE/bars",
 "GET /finance/stocks/NOPE/bars", "GET /finance/metrics"]
--- response_body_filters eval
[[then(sub { pause(1.3) }), sub { '' }], last_is(4), [metric(
    map { qq(finance_cache_results_total{$_}) } 'kind="stock",result="miss"',
    'kind="stock",result="stale"', 'kind="bars",result="miss"', 'kind="reference",result="miss"',
    'kind="reference",result="negative"')]]
--- response_body eval
["", "", "", "", "1 1 2 1 1\n"]
--- error_code eval
[200, 200, 400, 400, 200]



=== TEST 10: calls of the market by what was asked for
--- request eval
["GET /finance/dashboard?tickers=KO", "GET /finance/metrics"]
--- response_body_filters eval
[[sub { '' }], [metric(map { qq(finance_upstream_calls_total{resource="$_",outcome="ok"}) }
                qw(bars options earnings dividends market)),
 sub { CORE::chomp(my $got = $_[0]); my $all = $got =~ s/(\d+)//gr; my @n = $got =~ /\d+/g;
       my $is = main::market_calls(qr/./); my $sum = 0; $sum += $_ for @n;
       $sum == $is && $n[0] == 1 ? "as many\n" : "$got of $is\n" }]]
--- response_body eval
["", "as many\n"]



=== TEST 11: their outcomes
--- config eval
main::with('finance_retry 1; finance_timeout 300ms; finance_cache stock=0 options=0 stale=0;')
--- request eval
[(map { ("GET /market-control/reset", "GET ${main::Fault}${main::Bars}KO&$_",
         "GET /finance/stocks/KO/bars?days=1") }
  qw(kind=status&status=500 kind=status&status=404 kind=status&status=429 kind=hang kind=truncate
     kind=empty kind=status&status=301)), "GET /finance/metrics"]
--- response_body_filters eval
[last_is(22, metric((map { qq(finance_upstream_calls_total{resource="bars",outcome="$_"}) }
                     qw(5xx 4xx 429 timeout truncated ok 3xx)),
                    'finance_upstream_nonsense_total', 'finance_upstream_retries_total',
                    'finance_jobs_total{kind="bars",outcome="failed"}'))]
--- response_body eval
[('') x 21, "1 1 1 1 1 1 1 1 0 6\n"]
--- error_code_like eval
[('^...$') x 21, '^200$']



=== TEST 12: further attempts are calls, too
--- config eval
main::with('finance_retry 3 base=10ms max=20ms;')
--- init
market_fault(match => '/v2', kind => 'status', status => 500, times => 2);
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(2, metric('finance_upstream_calls_total{resource="bars",outcome="5xx"}',
                   'finance_upstream_calls_total{resource="bars",outcome="ok"}',
                   'finance_upstream_retries_total', 'finance_upstream_duration_seconds_count'))]
--- response_body eval
["", "2 1 2 3\n"]



=== TEST 13: who joins a fetch that is under way
--- config eval
FinanceTest::market_config() . <<'END'
location /each/ { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/; }
location = /three { ssi on; ssi_types *; alias $TEST_NGINX_HTML_DIR/three.html; }
END
--- user_files
>>> three.html
<!--# include virtual="/each/stocks/KO/bars" --><!--# include virtual="/each/stocks/KO/bars" --><!--# include virtual="/each/stocks/KO/bars" -->
--- init
market_fault(match => '/v2', kind => 'delay', ms => 200);
--- request eval
["GET /three", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(2, metric('finance_flight_joins_total{where="worker"}',
                   'finance_jobs_total{kind="bars",outcome="ok"}'))]
--- response_body eval
["", "2 1\n"]



=== TEST 14: the budget: what is left, who waits, who is refused
--- http_config
finance_zone finance:64k;
finance_budget rate=2r/s;
finance_redis unix:$TEST_NGINX_REDIS_SOCK;
--- config eval
main::with('finance_timeout 1500ms;')
--- request eval
["GET /finance/metrics", "GET /finance/stocks/KO/bars", "GET /finance/stocks/AAPL/bars",
 "GET /finance/stocks/JPM/bars", "GET /finance/metrics"]
--- response_body_filters eval
# where two calls take longer than a second, two of another host take their place
my $others = then(sub {
    redis('EVAL', 'local t = redis.call("TIME") redis.call("DEL", KEYS[1]) for i = 1, 2 do '
                  . 'redis.call("ZADD", KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000), "other:" .. i) end',
          1, 'finance:budget:{finance}') if $main::Slow > 1 });
[[metric('finance_budget_limit', 'finance_budget_left')], [sub { '' }], [$others, sub { '' }], [sub { '' }],
 [metric('finance_budget_limit', 'finance_budget_refused_total', 'finance_budget_waited_total')]]
--- response_body eval
["2 2\n", "", "", "", "2 0 1\n"]



=== TEST 15: refused by the budget
--- http_config
finance_zone finance:64k;
finance_budget rate=1r/m;
finance_redis unix:$TEST_NGINX_REDIS_SOCK;
--- config eval
main::with('finance_timeout 300ms;')
--- request eval
["GET /finance/stocks/KO/bars", "GET /finance/stocks/AAPL/bars", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(3, metric('finance_budget_left',
                   'finance_http_requests_total{route="bars",status="503"}',
                   'finance_upstream_calls_total{resource="bars",outcome="ok"}'))]
--- response_body eval
["", "", "0 1 1\n"]
--- error_code eval
[200, 503, 200]



=== TEST 16: without a zone nothing is said of one
--- request
GET /finance/metrics
--- response_body_filters eval
[metric('finance_zone_size_bytes{}', 'finance_budget_left{}')]
--- response_body
none none



=== TEST 17: a zone, and finance_limit, which does not count who asks for this
--- http_config
finance_zone finance:128k;
finance_redis unix:$TEST_NGINX_REDIS_SOCK;
--- config eval
main::with('finance_limit rate=1r/m burst=1;')
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/watchlist",
 ("GET /finance/metrics") x 4]
--- response_body_filters eval
[last_is(7, metric('finance_limit_refused_total',
                   'finance_http_requests_total{route="watchlist",status="429"}',
                   'finance_zone_size_bytes'),
         sub { $_[0] })]
--- response_body eval
[('') x 6, "1 1 131072\n"]
--- error_code eval
[200, 200, 429, (200) x 4]



=== TEST 18: Redis: commands, round trips, connections
--- request eval
["GET /finance/watchlist", "GET /finance/metrics"]
--- response_body_filters eval
[[then(sub { pause(0.2) }), sub { '' }],
 [sub { my $m = FinanceTest::Metrics::parse($_[0])->{series};
        CORE::join ' ', map { $_ ? 'yes' : 'no' }
            $m->{finance_redis_commands_total} >= $m->{finance_redis_round_trips_total},
            $m->{finance_redis_round_trips_total} >= 1,
            $m->{finance_redis_round_trips_total} == $m->{finance_redis_duration_seconds_count},
            $m->{finance_redis_connects_total} == 4,
            $m->{'finance_redis_connections{state="ready"}'} == 4,
            $m->{'finance_redis_connections{state="connecting"}'} == 0 }]]
--- response_body eval
["", "yes yes yes yes yes yes"]



=== TEST 19: Redis goes away and comes back
--- http_config eval
main::http('finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=200ms retry=100ms connections=2;')
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/metrics", "GET /finance/metrics"]
--- response_body_filters eval
my @seen = metric('finance_redis_down', 'finance_redis_connections{state="ready"}');
[[then(sub { pause(0.2); redis_stop(); pause(0.1) }), sub { '' }],
 [then(sub { pause(0.3) }), sub { '' }],
 [@seen, then(sub { redis_start(); pause(1.5) })],
 [sub { my $m = FinanceTest::Metrics::parse($_[0]);
        my $e = sub { $m->{series}{qq(finance_redis_errors_total{kind="$_[0]"})} };
        CORE::join ' ', $seen[0]->($_[0]) =~ s/\n//r, $e->('lost') > 0 ? 'lost' : '-',
            $e->('connect') > 0 ? 'refused' : '-', $e->('down') > 0 ? 'down' : '-',
            $m->{series}{finance_redis_connects_total} }]]
--- response_body eval
["", "", "1 0\n", "0 2 lost refused down 4"]
--- error_code eval
[200, 503, 200, 200]




=== TEST 20: Redis does not answer
--- http_config eval
main::http('finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=200ms retry=100ms connections=1;')
--- request eval
["GET /finance/watchlist", "GET /finance/watchlist", "GET /finance/metrics"]
--- response_body_filters eval
[[then(sub { redis_freeze() }), sub { '' }], [then(sub { redis_thaw() }), sub { '' }],
 [sub { my $m = FinanceTest::Metrics::parse($_[0])->{series};
        $m->{'finance_redis_errors_total{kind="timeout"}'} >= 1 ? "counted\n" : $_[0] }]]
--- response_body eval
["", "", "counted\n"]
--- error_code eval
[200, 503, 200]




=== TEST 21: a client that left
--- config eval
FinanceTest::market_config() . <<"END" =~ s/SERVER_PORT/\$TEST_NGINX_SERVER_PORT/r
location /impatient/ {
    proxy_read_timeout @{[100 * $main::Slow]}ms;
    proxy_pass http://127.0.0.1:SERVER_PORT/finance/;
}
END
--- init
market_fault(match => '/v2', kind => 'delay', ms => 300 * $main::Slow);
--- request eval
["GET /impatient/stocks/KO/bars", "GET /finance/metrics", "GET /finance/metrics"]
--- response_body_filters eval
[[sub { '' }],
 [metric('finance_upstream_calls{state="active"}', 'finance_jobs{state="active"}'),
  then(sub { pause(0.5) })],
 [metric('finance_http_requests_total{route="bars",status="499"}',
         'finance_jobs_total{kind="bars",outcome="ok"}', 'finance_upstream_calls{state="active"}',
         'finance_jobs{state="active"}')]]
--- response_body eval
["", "1 1\n", "1 1 0 0\n"]
--- error_code eval
[504, 200, 200]



=== TEST 22: what the README says to keep others out: they are counted, too
--- http_config
geo $operator {
    default 0;
    10.0.0.0/8 1;
}
map $uri:$operator $closed {
    default 0;
    ~/metrics:0$ 1;
}
finance_redis unix:$TEST_NGINX_REDIS_SOCK;
--- config eval
main::with('if ($closed) { return 403; }') . "location /ops/ { finance_api; finance_market /_market; }\n"
--- request eval
["GET /finance/metrics", "GET /finance/health", "GET /ops/metrics"]
--- response_body_filters eval
[[pick('detail')], [pick('status')],
 [metric('finance_http_requests_total{route="none",status="403"}',
         'finance_http_requests_total{route="health",status="200"}')]]
--- response_body eval
[qq("Forbidden"\n), qq("ok"\n), "1 1\n"]
--- error_code eval
[403, 200, 200]



=== TEST 23: rounds of finance_refresh
--- init eval: $main::Listed
--- config eval
main::with('finance_refresh interval=1s;')
--- request eval
["GET /finance/watchlist", "GET /finance/metrics"]
--- response_body_filters eval
[[then(sub { pause(2.6) }), sub { '' }],
 [metric('finance_refresh_rounds_total{outcome="ok"}', 'finance_refresh_rounds_total{outcome="failed"}'),
  sub { $_[0] =~ /^[1-9]\d* 0$/ ? "yes\n" : "no $_[0]" }]]
--- response_body eval
["", "yes\n"]



=== TEST 24: the event loop's holds
--- request eval
["GET /finance/watchlist", "GET /finance/metrics"]
--- response_body_filters eval
[last_is(2, metric('finance_loop_hold_seconds_count'), sub { $_[0] >= 3 ? "some\n" : "few: $_[0]" })]
--- response_body eval
["", "some\n"]



=== TEST 25: what this is, and how many it is
--- request
GET /finance/metrics
--- response_body_filters eval
[sub { CORE::join ' ', $_[0] =~ /^(finance_build_info\{version="\d+\.\d+\.\d+",nginx="[0-9.]+"\} 1)$/m ? 'info' : '-',
       $_[0] =~ /^(finance_workers \d+)$/m, $_[0] =~ /^(finance_worker_starts_total \d+)$/m }]
--- response_body eval
"info finance_workers 1 finance_worker_starts_total 1"



=== TEST 26: what scripts/grafana asks for is served, and all that is served is looked at
--- http_config
finance_zone finance:64k;
finance_budget rate=100r/s;
finance_redis unix:$TEST_NGINX_REDIS_SOCK;
--- request eval
[("GET /finance/metrics") x 3]
--- response_body_filters eval
my @sources = ('src/stat/ngx_http_finance_stat_table.c', 'src/http/ngx_http_finance_route.c');
my @files = ('scripts/grafana/dashboard.json', 'scripts/grafana/alerts.yml');
[[serves($files[0], @sources)], [serves($files[1], @sources)], [unseen(@files)]]
--- response_body eval
["good\n", "good\n", "none\n"]



=== TEST 27: promtool, where there is one, has no complaints
--- init eval: $main::Listed
--- request eval
["GET /finance/dashboard", "GET /finance/metrics", "GET /finance/metrics"]
--- response_body_filters eval
[[sub { '' }], [promtool('check metrics')], [promtool('check rules scripts/grafana/alerts.yml')]]
--- response_body eval
["", "good\n", "good\n"]



=== TEST 28: streams: open, opened, asked for what was missed, events; and how long one took to begin
--- request eval
["GET /finance/watchlist", "POST /finance/watchlist?ticker=KO", "GET /finance/metrics",
 "GET /finance/metrics"]
--- response_body_filters eval
my $m = metric(qw(finance_streams finance_streams_opened_total finance_streams_replays_total
                  finance_streams_slow_total),
               'finance_http_requests_total{route="stream",status="200"}');
[[then(sub { opened(''); opened("Last-Event-ID: x\r\n") }), sub { '' }],
 [then(sub { pause(0.3) }), sub { '' }],
 [$m, then(sub { closed() })],
 [sub { my $all = FinanceTest::Metrics::parse($_[0])->{series};
        CORE::join ' ', $m->($_[0]) =~ s/\n//r,
            $all->{finance_stream_events_total} >= 2 ? 'events' : 'none',
            $all->{'finance_http_request_duration_seconds_sum{route="stream"}'} < 0.2 * $main::Slow
            ? 'at once' : 'late' }]]
--- response_body eval
["", "", "2 2 1 0 none\n", "0 2 1 0 2 events at once"]

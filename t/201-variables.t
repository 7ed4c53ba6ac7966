# The $finance_* variables: what the access log and headers say of a request.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

# valgrind needs its time.
our $Slow = $ENV{TEST_NGINX_USE_VALGRIND} ? 10 : $ENV{TEST_NGINX_FINANCE_SLOW} // 1;

our $Bars = '/v2/aggs/ticker/';
our $Fault = '/market-control/fault?match=';
our $Listed = "redis('ZADD', 'finance:{default}:watchlist', 1, 'KO', 2, 'AAPL', 3, 'JPM');";

# A line of each request: route, cache, calls and time of the market, of
# Redis, tickers, errors, user.
our $Http = <<'END';
log_format finance '$status=$finance_route $finance_cache $finance_upstream_calls '
                   '$finance_upstream_time $finance_redis_calls $finance_redis_time '
                   '$finance_tickers $finance_errors $finance_user;';
finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=300ms retry=100ms;
END
$Http =~ s/timeout=300ms/'timeout=' . 300 * $Slow . 'ms'/e;

# The locations, with more in that of finance_api.
sub with {
    my ($more) = @_;

    return "access_log \$TEST_NGINX_SERVER_ROOT/logs/finance.log finance;\n"
           . (FinanceTest::market_config() =~ s/finance_api;/finance_api; $more/r);
}

sub pause { select undef, undef, undef, $_[0] }

# In place of an answer: what was logged of finance_api's requests so far, a
# line each: t for a time (where those are looked at, T for 100 ms and more),
# and + for a count that is not 0.
sub logged {
    my (%option) = @_;

    return sub {
        pause(0.1);

        open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/finance.log" or die $!;
        my @lines = grep { $option{all} || !/=- / } map { /^(\d+=.*);$/ ? $1 : () } <$in>;

        for (@lines) {
            s/ (\d+\.\d{3})(?= )/$option{times} && $1 >= 0.1 ? ' T' : ' t'/ge;
            s/^(\S+ \S+) (\d+) (\S+) (\d+)/
              join ' ', $1, $option{exact} ? $2 : $2 ? '+' : 0, $3, $4 ? '+' : 0/e;
        }

        splice @lines, 0, $option{from} // 0;

        return join '', map { "$_\n" } @lines;
    };
}

{
    no warnings 'once';

    *Test::Base::Filter::logged = \&logged;
    *Test::Base::Filter::pause = \&pause;
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(http_config => $main::Http) if !defined $block->http_config;
    $block->set_value(config => with('')) if !defined $block->config;
});

timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: a dashboard: MISS, then HIT
--- init eval: $main::Listed
--- request eval
["GET /finance/dashboard", "GET /finance/dashboard", "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [sub { '' }], [logged()]]
--- response_body eval
["", "", "200=dashboard MISS + t + t 3 0 -\n200=dashboard HIT 0 t + t 3 0 -\n"]



=== TEST 2: a stock, its bars, its chain: calls as the market counts them
--- request eval
[(map { "GET /finance/stocks/KO$_" } '/bars', '/options', '', '/signals', '/bars'), "GET /market-control/calls"]
--- response_body_filters eval
[[then(sub { $main::Bars_calls = market_calls(qr/./) }), sub { '' }],
 [then(sub { $main::Chain_calls = market_calls(qr/./) - $main::Bars_calls }), sub { '' }],
 [sub { '' }], [sub { '' }], [sub { '' }],
 [logged(exact => 1), sub { my ($n, $c) = ($main::Bars_calls, $main::Chain_calls);
      $_[0] =~ s/MISS $n t/MISS N t/r =~ s/options MISS $c t/options MISS C t/r }]]
--- response_body_like eval
['', '', '', '', '',
 "^200=bars MISS N t \\+ t 1 0 -\n200=options MISS C t \\+ t 1 0 -\n200=stock MISS \\d+ t \\+ t 1 0 -\n"
 . "200=signals HIT 0 t \\+ t 1 0 -\n200=bars HIT 0 t \\+ t 1 0 -\n\$"]
--- error_code eval
[200, 200, 200, 200, 200, 200]



=== TEST 3: STALE: served as it is; the calls behind it are nobody's
--- config eval
main::with('finance_cache stock=1s;')
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO", "GET /market-control/calls"]
--- response_body_filters eval
[[then(sub { pause(1.3) }), sub { '' }], [then(sub { pause(0.3) }), sub { '' }], [logged(from => 1)]]
--- response_body eval
["", "", "200=stock STALE 0 t + t 1 0 -\n"]



=== TEST 4: STALE, too: what could not be had anew
--- config eval
main::with('finance_cache stock=0; finance_retry 1;')
--- request eval
["GET /finance/stocks/KO/bars", "GET ${main::Fault}${main::Bars}KO&kind=status&status=500",
 "GET /finance/stocks/KO/bars", "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [sub { '' }], [sub { '' }], [logged(from => 1)]]
--- response_body eval
["", "", "", "200=bars STALE + t + t 1 0 -\n"]



=== TEST 5: REFRESH: it was asked for
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO?force_refresh=true",
 "GET /finance/dashboard?tickers=KO&force_refresh=1", "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [sub { '' }], [sub { '' }], [logged(from => 1)]]
--- response_body eval
["", "", "", "200=stock REFRESH + t + t 1 0 -\n200=dashboard REFRESH + t + t 1 0 -\n"]



=== TEST 6: PARTIAL: a ticker is missing
--- config eval
main::with('finance_retry 1;')
--- init eval: $main::Listed
--- request eval
["GET ${main::Fault}${main::Bars}AAPL&kind=status&status=500", "GET /finance/dashboard",
 "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [sub { '' }], [logged()]]
--- response_body eval
["", "", "200=dashboard PARTIAL + t + t 3 1 -\n"]



=== TEST 7: all are missing
--- config eval
main::with('finance_retry 1;')
--- init eval: $main::Listed
--- request eval
["GET ${main::Fault}${main::Bars}&kind=status&status=500", "GET /finance/dashboard",
 "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [sub { '' }], [logged()]]
--- response_body eval
["", "", "200=dashboard PARTIAL + t + t 3 3 -\n"]



=== TEST 8: errors
--- config eval
main::with('finance_retry 1; finance_timeout 300ms;')
--- request eval
["GET ${main::Fault}${main::Bars}KO&kind=status&status=500",
 "GET ${main::Fault}${main::Bars}JPM&kind=hang", "GET /finance/stocks/KO/bars",
 "GET /finance/stocks/JPM/bars", "GET /finance/stocks/A%20B", "GET /finance/stocks/KO/bars?days=x",
 "POST /finance/positions\n{}", "GET /finance/nothing", "PUT /finance/dashboard",
 "GET /market-control/calls"]
--- more_headers
Content-Type: application/json
--- response_body_filters eval
[([sub { '' }]) x 9, [logged(times => 1)]]
--- response_body_like eval
[('') x 9, "^502=bars MISS \\+ [tT] \\+ [tT] 1 1 -\n504=bars MISS \\+ T \\+ [tT] 1 1 -\n"
 . "400=stock - 0 t 0 t 0 1 -\n422=bars - 0 t 0 t 1 1 -\n"
 . "422=position_create - 0 t 0 t 0 [2-9] -\n404=none - 0 t 0 t 0 1 -\n"
 . "405=none - 0 t 0 t 0 1 -\n\$"]
--- error_code eval
[200, 200, 502, 504, 400, 422, 422, 404, 405, 200]



=== TEST 9: without the market's data there is no cache
--- request eval
["GET /finance/watchlist", "POST /finance/watchlist?ticker=KO", "GET /finance/health",
 "GET /finance/metrics", "GET /finance/", "GET /finance/docs", "HEAD /finance/watchlist",
 "GET /market-control/calls"]
--- response_body_filters eval
[([sub { '' }]) x 7, [logged()]]
--- response_body eval
[('') x 7, <<'END']
200=watchlist - 0 t + t 0 0 -
200=watchlist_add MISS + t + t 0 0 -
200=health - 0 t + t 0 0 -
200=metrics - 0 t 0 t 0 0 -
200=page - 0 t 0 t 0 0 -
200=docs - 0 t 0 t 0 0 -
200=watchlist - 0 t + t 0 0 -
END



=== TEST 10: who joins has made no calls
--- config eval
main::with('') . <<'END'
location /each/ { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/; access_log off; }
location = /two { ssi on; ssi_types *; alias $TEST_NGINX_HTML_DIR/two.html; access_log off; }
END
--- user_files
>>> two.html
<!--# include virtual="/each/stocks/KO/bars" --><!--# include virtual="/each/stocks/KO/bars" -->
--- init
market_fault(match => '/v2', kind => 'delay', ms => 200);
--- request eval
["GET /two", "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [logged(exact => 1, times => 1),
                sub { CORE::join '', CORE::map { "$_\n" } CORE::sort CORE::split /\n/, $_[0] }]]
--- response_body_like eval
["^\$", "^200=bars MISS 0 t \\+ [tT] 1 0 -\n200=bars MISS 1 T \\+ [tT] 1 0 -\n\$"]



=== TEST 11: a client that left has made its calls
--- config eval
main::with('finance_retry 1;') . <<"END" =~ s/SERVER_PORT/\$TEST_NGINX_SERVER_PORT/r
location /impatient/ {
    access_log off;
    proxy_read_timeout @{[100 * $main::Slow]}ms;
    proxy_pass http://127.0.0.1:SERVER_PORT/finance/;
}
END
--- init
market_fault(match => '/v2', kind => 'delay', ms => 400 * $main::Slow);
--- request eval
["GET /impatient/stocks/KO/bars", "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [logged(exact => 1)]]
--- response_body eval
["", "499=bars MISS 1 t + t 1 0 -\n"]
--- error_code eval
[504, 200]



=== TEST 12: further attempts are calls
--- config eval
main::with('finance_retry 3 base=10ms max=20ms;')
--- init
market_fault(match => '/v2', kind => 'status', status => 500, times => 2);
--- request eval
["GET /finance/stocks/KO/bars", "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [logged(exact => 1)]]
--- response_body eval
["", "200=bars MISS 3 t + t 1 0 -\n"]



=== TEST 13: Redis is away
--- init
redis_stop();
--- request eval
["GET /finance/watchlist", "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [logged()]]
--- response_body eval
["", "503=watchlist - 0 t 0 t 0 1 -\n"]
--- error_code eval
[503, 200]



=== TEST 14: who was asking; no line can be broken and no header be added
--- config eval
main::with('finance_user $http_x_user; add_header X-Who $finance_user always;')
--- more_headers eval
["X-User: ann\@example.com", "X-User: Chlo\xc3\xa9 \"x\"", "X-User: a\tb", "", "X-User: z"]
--- request eval
[("GET /finance/watchlist") x 4, "GET /market-control/calls"]
--- response_body_filters eval
[([sub { '' }]) x 4, [logged()]]
--- response_headers_like eval
["X-Who: ^ann\@example\\.com\$", "X-Who: ^Chlo.+ \"x\"\$", "X-Who: ^a\\?b\$", "X-Who:", ""]
--- response_body eval
[('') x 4, <<'END']
200=watchlist - 0 t + t 0 0 ann@example.com
200=watchlist - 0 t + t 0 0 Chlo\xC3\xA9 \x22x\x22
200=watchlist - 0 t + t 0 0 a?b
401=watchlist - 0 t 0 t 0 1 -
END
--- error_code eval
[200, 200, 200, 401, 200]



=== TEST 15: in headers
--- config eval
main::with('add_header X-Cache "$finance_cache" always; add_header X-Route $finance_route always;'
           . 'add_header X-Calls $finance_upstream_calls always;'
           . 'add_header X-Tickers $finance_tickers always;')
--- request eval
["GET /finance/stocks/KO/bars", "GET /finance/stocks/KO/bars", "GET /finance/nothing"]
--- response_body_filters eval
sub { '' }
--- response_body eval
["", "", ""]
--- response_headers eval
["X-Cache: MISS\nX-Route: bars\nX-Calls: 1\nX-Tickers: 1",
 "X-Cache: HIT\nX-Route: bars\nX-Calls: 0\nX-Tickers: 1",
 "! X-Cache\nX-Route: none\nX-Calls: 0\nX-Tickers: 0"]
--- error_code eval
[200, 200, 404]



=== TEST 16: in a map, which was looked at too early before
--- http_config eval
$main::Http . 'map $finance_cache $kept { default other; MISS cold; HIT warm; "" none; }'
--- config eval
main::with('if ($finance_cache = HIT) { return 500; } add_header X-Kept $kept always;')
--- request eval
["GET /finance/stocks/KO/bars", "GET /finance/stocks/KO/bars", "GET /finance/watchlist"]
--- response_body_filters eval
sub { '' }
--- response_body eval
["", "", ""]
--- response_headers_like eval
["X-Kept: ^cold\$", "X-Kept: ^warm\$", "X-Kept: ^none\$"]



=== TEST 17: requests of others have none of them
--- config eval
main::with('deny 127.0.0.1; satisfy any;') . <<'END'
location = /other { return 200 "x"; }
END
--- request eval
["GET /other", "GET /finance/watchlist", "GET /missing", "GET /other"]
--- response_body_filters eval
[([sub { '' }]) x 3, [logged(all => 1)]]
--- response_body eval
["", "", "", "200=- - - - - - - - -\n403=- - - - - - - - -\n404=- - - - - - - - -\n200=- - - - - - - - -\n"]
--- error_code eval
[200, 403, 404, 200]



=== TEST 18: positions: their tickers
--- more_headers
Content-Type: application/json
--- request eval
['POST /finance/positions' . "\n" . '{"position_type":"stock","ticker":"KO","quantity":1,'
 . '"purchase_price":60,"transaction_date":"2025-01-02"}', "GET /finance/positions",
 "GET /market-control/calls"]
--- response_body_filters eval
[[sub { '' }], [sub { '' }], [logged()]]
--- response_body eval
["", "", "201=position_create MISS + t + t 1 0 -\n200=positions HIT 0 t + t 1 0 -\n"]
--- error_code eval
[201, 200, 200]

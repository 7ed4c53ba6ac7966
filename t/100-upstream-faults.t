# Everything that can be wrong with an answer of the market, on bars and on a
# chain, with nothing at hand and with something stale: how one answer is read,
# so each is asked for once.  For what is tried again see 160 and 161.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';
our $Chain = '/v3/snapshot/options/';

our ($Error, $Syntax, $Value, $Early, $Late, $Shape) = map { "\"$_\"" }
    'The market answered an error', "The market's answer could not be read",
    "The market's answer held an impossible value", "The market's answer ended early",
    'The market did not answer in time', "The market's answer did not have the expected form";

# What is done to the answer, the status that follows and its detail.
our @Bad = (
    ['kind=hang',                   504, $Late],
    ['kind=reset',                  502, $Error],
    ['kind=close',                  502, $Error],
    # to nginx a body of HTTP/0.9, which does not end
    ['kind=status_line',            504, $Late],
    ['kind=status&status=500',      502, $Error],
    ['kind=status&status=502',      502, $Error],
    ['kind=status&status=503',      502, $Error],
    ['kind=status&status=504',      504, $Late],
    ['kind=status&status=408',      504, $Late],
    ['kind=status&status=400',      502, $Error],
    ['kind=status&status=401',      502, '"The market refused the server\'s key"'],
    ['kind=html',                   502, $Syntax],
    ['kind=garbage_json',           502, $Syntax],
    ['kind=empty',                  502, $Syntax],
    ['kind=truncate',               502, $Early],
    ['kind=short_chunk',            502, $Early],
    ['kind=nan',                    502, $Syntax],
    ['kind=inf',                    502, $Value],
);

# Of a chain, where a quote without bounds is none.
our @BadChain = ((grep { $_->[0] ne 'kind=inf' } @Bad),
    ['kind=inf&field=strike_price', 502, $Value]);

# What is odd, and no fault.
our @Good = ('kind=delay&ms=30', 'kind=chunked&bytes=100', 'kind=chunked&bytes=1',
             'kind=slow_headers&ms=3');

# What an answer may take, ms: what does not come at all takes all of it.
our $Limit = 300 * $FinanceTest::Body::Slow;

our $Short = FinanceTest::market_config()
             =~ s/finance_api;/finance_api; finance_timeout ${Limit}ms; finance_retry 1;/r;
our $Cold = $Short =~ s/finance_api;/finance_api; finance_cache stock=0 options=0 stale=0;/r;
our $Stale = $Short =~ s/finance_api;/finance_api; finance_cache stock=0 options=0;/r;

# The requests for one fault after the other, for @Bad or @Good.
sub requests {
    my ($match, $uri, @faults) = @_;

    return map { ('GET /market-control/reset', "GET /market-control/fault?match=$match&$_",
                  "GET $uri") } @faults;
}

# One filter for each third request.
sub thirds {
    my ($n, @filters) = @_;

    my $ok = sub { $_[0] =~ /"OK"/ ? "ok\n" : $_[0] };

    return map { ([$ok], [$ok], [@filters]) } 1 .. $n;
}

{
    no warnings 'once';

    *Test::Base::Filter::requests = \&requests;
    *Test::Base::Filter::thirds = \&thirds;
}

timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: bars, with nothing at hand
--- config eval
$main::Cold
--- request eval
[requests("${main::Bars}KO", '/finance/stocks/KO/bars?days=1', map { $_->[0] } @main::Bad)]
--- response_body_filters eval
[thirds(scalar @main::Bad, pick('detail', 'bars'), calls("${main::Bars}KO"))]
--- response_body_like eval
[map { ('^ok$', '^ok$', "^\Q$_->[2]\E missing calls 1\$") } @main::Bad]
--- error_code eval
[map { (200, 200, $_->[1]) } @main::Bad]



=== TEST 2: a stock, with nothing at hand
--- config eval
$main::Cold
--- request eval
[requests("${main::Bars}KO", '/finance/stocks/KO', map { $_->[0] } @main::Bad)]
--- response_body_filters eval
[thirds(scalar @main::Bad, pick('detail', 'ticker'), calls("${main::Bars}KO", "${main::Chain}KO"))]
--- response_body_like eval
[map { ('^ok$', '^ok$', "^\Q$_->[2]\E missing calls 1 0\$") } @main::Bad]
--- error_code eval
[map { (200, 200, $_->[1]) } @main::Bad]



=== TEST 3: bars and stock, with something stale
--- config eval
$main::Stale
--- request eval
['GET /finance/stocks/KO/bars?days=1', 'GET /finance/stocks/KO',
 requests("${main::Bars}KO", '/finance/stocks/KO/bars?days=1', map { $_->[0] } @main::Bad),
 requests("${main::Bars}KO", '/finance/stocks/KO', map { $_->[0] } @main::Bad)]
--- response_body_filters eval
[([pick('stale', 'ticker')]) x 2, thirds(2 * @main::Bad, pick('stale', 'ticker'))]
--- response_body eval
[(qq(false "KO"\n)) x 2, ("ok\n", "ok\n", qq(true "KO"\n)) x (2 * @main::Bad)]
--- error_code eval
[(200) x (2 + 6 * @main::Bad)]



=== TEST 4: a chain: the stock is served without it
--- config eval
$main::Cold
--- request eval
[requests("${main::Chain}KO", '/finance/stocks/KO', map { $_->[0] } @main::BadChain)]
--- response_body_filters eval
[thirds(scalar @main::BadChain, pick(qw(options_status stale ticker stock_data.implied_volatility)),
        calls("${main::Bars}KO"))]
--- response_body_like eval
[('^ok$', '^ok$', '^"unavailable" false "KO" null calls [12]$') x @main::BadChain]
--- error_code eval
[(200) x (3 * @main::BadChain)]



=== TEST 5: the whole chain, with nothing at hand
--- config eval
$main::Cold
--- request eval
[requests("${main::Chain}KO", '/finance/stocks/KO/options', map { $_->[0] } @main::BadChain)]
--- response_body_filters eval
[thirds(scalar @main::BadChain, pick('detail', 'contracts'))]
--- response_body eval
[map { ("ok\n", "ok\n", "$_->[2] missing\n") } @main::BadChain]
--- error_code eval
[map { (200, 200, $_->[1]) } @main::BadChain]



=== TEST 6: and with something stale
--- config eval
$main::Stale
--- request eval
['GET /finance/stocks/KO/options',
 requests("${main::Chain}KO", '/finance/stocks/KO/options', map { $_->[0] } @main::BadChain)]
--- response_body_filters eval
my $pick = pick(qw(stale options_status contracts.@));
[[$pick], thirds(scalar @main::BadChain, $pick)]
--- response_body_like eval
['^false "ok" \d{3}$', ('^ok$', '^ok$', '^true "ok" \d{3}$') x @main::BadChain]
--- error_code eval
[(200) x (1 + 3 * @main::BadChain)]



=== TEST 7: what is only odd is served
--- config eval
$main::Cold
--- request eval
[requests('/v', '/finance/stocks/TINY/bars', @main::Good),
 requests('/v', '/finance/stocks/TINY', @main::Good)]
--- response_body_filters eval
[thirds(2 * @main::Good, pick('ticker', 'stale'))]
--- response_body eval
[("ok\n", "ok\n", qq("TINY" false\n)) x (2 * @main::Good)]



=== TEST 8: bytes that come in drops
--- config eval
$main::Cold =~ s/${main::Limit}ms/5s/r
--- request eval
[requests($main::Bars, '/finance/stocks/TINY/bars', 'kind=drip&ms=5')]
--- response_body_filters eval
[thirds(1, pick('bars.@'))]
--- response_body eval
["ok\n", "ok\n", "5\n"]



=== TEST 9: in drops that take too long
--- config eval
$main::Cold
--- request eval
[requests($main::Bars, '/finance/stocks/KO/bars', 'kind=drip&ms=20')]
--- response_body_filters eval
[thirds(1, pick('detail'))]
--- response_body eval
["ok\n", "ok\n", "$main::Late\n"]
--- error_code eval
[200, 200, 504]



=== TEST 10: no results: no data, and not a success to be kept
--- config eval
$main::Stale
--- request eval
[requests("${main::Bars}KO", '/finance/stocks/KO/bars', 'kind=no_results'),
 requests("${main::Bars}KO", '/finance/stocks/KO', 'kind=no_results'),
 'GET /market-control/reset', 'GET /finance/stocks/KO',
 requests("${main::Bars}KO", '/finance/stocks/KO', 'kind=no_results')]
--- response_body_filters eval
my $pick = pick('detail', 'ticker', 'stale');
[thirds(2, $pick), [sub { "ok\n" }], [$pick], thirds(1, $pick)]
--- response_body eval
my $none = qq("The market has no data for it" missing missing\n);
["ok\n", "ok\n", $none, "ok\n", "ok\n", $none, "ok\n", qq(missing "KO" false\n),
 "ok\n", "ok\n", qq(missing "KO" true\n)]
--- error_code eval
[200, 200, 404, 200, 200, 404, (200) x 5]



=== TEST 11: a chain without results is one without contracts
--- config eval
$main::Cold
--- request eval
[requests("${main::Chain}KO", '/finance/stocks/KO/options', 'kind=no_results'),
 requests("${main::Chain}KO", '/finance/stocks/KO', 'kind=no_results'),
 requests("${main::Chain}KO", '/finance/stocks/KO', 'kind=status&status=404')]
--- response_body_filters eval
[thirds(3, pick('options_status', 'stale'))]
--- response_body eval
[("ok\n", "ok\n", qq("none" false\n)) x 3]



=== TEST 12: too many calls: 503 with a time
--- config eval
$main::Cold
--- request eval
[requests("${main::Bars}KO", '/finance/stocks/KO/bars', 'kind=status&status=429&retry_after=7'),
 requests("${main::Bars}KO", '/finance/stocks/KO', 'kind=status&status=429')]
--- response_body_filters eval
[thirds(2, pick('detail'))]
--- response_body eval
[("ok\n", "ok\n", qq("The market allows no more calls at present"\n)) x 2]
--- response_headers_like eval
['', '', 'Retry-After: [1-9]\d*', '', '', 'Retry-After: [1-9]\d*']
--- error_code eval
[200, 200, 503, 200, 200, 503]



=== TEST 13: too many calls, with something stale
--- config eval
$main::Stale
--- request eval
['GET /finance/stocks/KO/bars?days=1',
 requests("${main::Bars}KO", '/finance/stocks/KO/bars', 'kind=status&status=429&retry_after=7')]
--- response_body_filters eval
[[pick('stale')], thirds(1, pick('stale'))]
--- response_body eval
["false\n", "ok\n", "ok\n", "true\n"]



=== TEST 14: compressed, though not asked for
--- config eval
$main::Cold
--- init
market_fault(match => '/v2/aggs', kind => 'gzip');
--- request
GET /finance/stocks/KO/bars?days=1
--- response_body chomp
{"detail":"The market answered an error"}
--- error_code: 502
--- error_log
finance: the market's answer is encoded as "gzip": add "gunzip on;" to the location of finance_market



=== TEST 15: compressed, with gunzip in the location
--- config eval
$main::Cold =~ s/internal;/internal; gunzip on;/r
--- request eval
[requests('/v', '/finance/stocks/KO/bars?days=1', 'kind=gzip'),
 requests('/v', '/finance/stocks/KO', 'kind=gzip')]
--- response_body_filters eval
[thirds(2, pick('ticker', 'options_status'))]
--- response_body eval
["ok\n", "ok\n", qq("KO" missing\n), "ok\n", "ok\n", qq("KO" "ok"\n)]



=== TEST 16: 64 MiB
--- config eval
$main::Cold =~ s/${main::Limit}ms/8s/r
--- request eval
[requests("${main::Bars}KO", '/finance/stocks/KO/bars', 'kind=big'),
 requests("${main::Bars}KO", '/finance/stocks/KO/bars', 'kind=big_chunked'),
 'GET /market-control/reset', 'GET /finance/stocks/KO/bars?days=1']
--- response_body_filters eval
[thirds(2, pick('detail')), [sub { "ok\n" }], [pick('ticker')]]
--- response_body eval
[("ok\n", "ok\n", qq("The market's answer was too large"\n)) x 2, "ok\n", qq("KO"\n)]
--- error_code eval
[200, 200, 502, 200, 200, 502, 200, 200]



=== TEST 17: just below the limit, and not what was asked for
--- config eval
$main::Cold =~ s/${main::Limit}ms/8s/r
--- request eval
[requests("${main::Bars}KO", '/finance/stocks/KO/bars', 'kind=big&bytes=1000000')]
--- response_body_filters eval
[thirds(1, pick('detail', 'bars'))]
--- response_body_like eval
['ok', 'ok', '^"The market(.s answer .*| has no data for it)" missing$']
--- error_code_like eval
['200', '200', '^(502|404)$']



=== TEST 18: nothing listens
--- config
    location /_market/ {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/;
    }
    location /finance/ { finance_api; finance_market /_market; }
--- request eval
["GET /finance/stocks/KO/bars", "GET /finance/stocks/KO", "GET /finance/dashboard?tickers=KO"]
--- response_body_filters eval
pick('detail', 'errors.0.status')
--- response_body eval
[(qq("The market answered an error" missing\n)) x 2, "missing 502\n"]
--- error_code eval
[502, 502, 200]



=== TEST 19: a host that cannot be resolved, at run time
--- config
    location /_market/ {
        internal;
        resolver 127.0.0.1:1 valid=1s;
        resolver_timeout 100ms;
        set $host_name no.such.host.invalid;
        rewrite ^/_market(/.*)$ $1 break;
        proxy_pass http://$host_name;
    }
    location /finance/ { finance_api; finance_market /_market; }
--- request
GET /finance/stocks/KO/bars
--- response_body_like chomp
^\{"detail":"The market (answered an error|did not answer in time)"\}$
--- error_code_like: ^50[24]$



=== TEST 20: the client's headers go nowhere
--- request eval
["GET /finance/stocks/KO", "GET /finance/dashboard?tickers=KO&secret=1"]
--- more_headers
Cookie: session=verysecret
Authorization: Bearer verysecret
Accept-Encoding: gzip, br
Range: bytes=0-10
If-None-Match: "verysecret"
If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT
X-Forwarded-For: 10.9.8.7
User-Agent: verysecret
Referer: http://verysecret/
Content-Type: text/verysecret
TE: trailers
Expect:
--- response_body_filters eval
sub { my @asked = market_last('/v');
      my @bad = grep { /verysecret|Accept-Encoding|Range:|gzip|10\.9\.8\.7|^Cookie|^TE|secret=1/mi }
                @asked;
      @bad ? "@bad" : @asked >= 4 ? "clean\n" : "few: @asked" }
--- response_body eval
["clean\n", "clean\n"]



=== TEST 21: nor does the client's body
--- raw_request eval
"POST /finance/watchlist HTTP/1.1\r\nHost: evil\r\nContent-Type: application/json\r\n"
. "Content-Length: 17\r\nConnection: close\r\n\r\n" . '{"ticker":"AAPL"}'
--- response_body_filters eval
sub { my @asked = market_last('/v3/reference');
      CORE::join('', @asked) =~ /ticker"|Content-|evil|POST/i ? "@asked" : @asked . "\n" }
--- response_body
1



=== TEST 22: the key that the location adds is sent, and nothing takes its place
--- config
    location /_market/ {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/;
        proxy_set_header Authorization "Bearer of-the-location";
    }
    location /finance/ { finance_api; finance_market /_market; }
--- request
GET /finance/stocks/KO/bars?days=1
--- more_headers
Authorization: Bearer mine
--- response_body_filters eval
sub { CORE::join("\n", map { /^(Authorization: .*)\r$/m } market_last('/v2')) . "\n" }
--- response_body
Authorization: Bearer of-the-location



=== TEST 23: the market's location is not for clients
--- request
GET /_market/v2/aggs/ticker/KO/prev
--- error_code: 404
--- response_body_like: 404 Not Found



=== TEST 24: the operator's proxy cache takes part
--- http_config
    proxy_cache_path $TEST_NGINX_SERVER_ROOT/cache keys_zone=market:1m;
--- config eval
$main::Cold =~ s/internal;/internal; proxy_cache market; proxy_cache_valid 200 1m; proxy_ignore_headers Cache-Control Expires;/r
--- request eval
["GET /finance/stocks/KO", "GET /finance/stocks/KO?force_refresh=1",
 "GET /finance/stocks/KO/options"]
--- response_body_filters eval
[[keep(), sub { 'same' }, calls("${main::Bars}KO")], [same(), calls("${main::Bars}KO")],
 [pick('options_status'), calls("${main::Bars}KO")]]
--- response_body eval
["same calls 1\n", "same calls 1\n", qq("ok" calls 1\n)]



=== TEST 25: buffered by the operator, over small buffers
--- config eval
$main::Cold =~ s/internal;/internal; proxy_buffers 4 4k; proxy_buffer_size 4k; proxy_busy_buffers_size 4k; proxy_max_temp_file_size 0;/r
--- request
GET /finance/stocks/KO/options
--- response_body_filters eval
pick('options_status', 'truncated')
--- response_body
"ok" false



=== TEST 26: one slow market does not hold what is cached
--- config eval
$main::Short
--- request eval
["GET /finance/stocks/KO", "GET /market-control/fault?match=/&kind=hang",
 "GET /finance/stocks/KO", "GET /finance/dashboard?tickers=KO,AAPL"]
--- response_body_filters eval
[[pick('stale')], [sub { "ok\n" }], [pick('stale')], [pick('stocks.*.ticker', 'errors.*.status')]]
--- response_body eval
["false\n", "ok\n", "false\n", qq(["KO"] [504]\n)]

# GET health: what a load balancer asks, often.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Fault = '/market-control/fault?match=';
our $Fast = 'finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout='
            . 200 * $FinanceTest::Body::Slow . "ms retry=100ms;\n";

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: its members, when all is well and nothing was asked yet
--- request
GET /finance/health
--- response_body_filters eval
pick(qw(status redis market.status version))
--- response_body_like
^"ok" \{"eviction":null,"status":"up"\} "unused" "\d+\.\d+\.\d+"$
--- response_headers
Content-Type: application/json
Cache-Control: no-store
! ETag
! Retry-After



=== TEST 2: never asks the market, however often
--- request eval
[("GET /finance/health") x 5]
--- response_body_filters eval
[pick('status'), calls(qr/./)]
--- response_body eval
[(qq("ok" calls 0\n)) x 5]



=== TEST 3: the market has answered
--- request eval
["GET /finance/stocks/TINY/bars", "GET /finance/health"]
--- response_body_filters eval
pick(qw(status market.status market.in_flight))
--- response_body eval
["missing missing missing\n", qq("ok" "up" 0\n)]



=== TEST 4: that it has no such ticker, or that the plan lacks it, is an answer
--- request eval
["GET /finance/stocks/NOPE", "GET /finance/health",
 "GET ${main::Fault}/v3/snapshot&kind=status&status=403", "GET /finance/stocks/KO",
 "GET /finance/health"]
--- response_body_filters eval
pick(qw(status market.status))
--- response_body eval
["missing missing\n", qq("ok" "up"\n), qr/missing/, "missing missing\n", qq("ok" "up"\n)]
--- error_code eval
[400, 200, 200, 200, 200]



=== TEST 5: the market fails: degraded, and still 200
--- request eval
["GET ${main::Fault}/&kind=status&status=500", "GET /finance/stocks/KO", "GET /finance/health",
 "GET /market-control/reset", "GET /finance/stocks/KO", "GET /finance/health"]
--- response_body_filters eval
pick(qw(status market.status market.reason))
--- response_body eval
my $none = "missing missing missing\n";
[qr/missing/, $none, qq("degraded" "failing" "upstream"\n), qr/missing/, $none,
 qq("ok" "up" missing\n)]
--- error_code eval
[200, 502, 200, 200, 200, 200]



=== TEST 6: Redis is away: 503, and no word on where it is
--- http_config eval
$main::Fast
--- init
redis_stop();
--- request eval
["GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[pick(qw(status redis.status version)), sub { $_[0] =~ /sock|unix|127/ ? 'address' : $_[0] }]
--- response_body_like eval
[('^"degraded" "down" "\d') x 2]
--- error_code eval
[503, 503]
--- response_headers_like eval
[("Retry-After: [1-9]\\d*
Content-Type: application/json
Cache-Control: no-store") x 2]



=== TEST 7: Redis hangs
--- http_config eval
$main::Fast
--- request eval
["GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
[[pick('status'), then(sub { redis_freeze() })], [pick('status', 'redis.status'),
  then(sub { redis_thaw() })]]
--- response_body eval
[qq("ok"\n), qq("degraded" "down"\n)]
--- error_code eval
[200, 503]



=== TEST 8: and is back
--- http_config eval
$main::Fast
--- init
redis_stop();
--- request eval
[("GET /finance/health") x 3]
--- response_body_filters eval
[[pick('status'), then(sub { redis_start(); select undef, undef, undef, 0.4 * $FinanceTest::Body::Slow })],
 [then(sub { select undef, undef, undef, 0.2 }), sub { "any\n" }], [pick('status', 'redis')]]
--- response_body_like eval
['"degraded"', 'any', '"ok" \{"eviction":null,"status":"up"\}']
--- error_code_like eval
['503', '200|503', '200']



=== TEST 9: HEAD, and arguments that mean nothing
--- request eval
["HEAD /finance/health", "GET /finance/health?x=%00&force_refresh=maybe"]
--- response_body_filters eval
[[sub { "<$_[0]>\n" }], [pick('status')]]
--- response_body eval
["<>\n", qq("ok"\n)]
--- error_code eval
[200, 200]



=== TEST 10: other methods
--- request eval
["POST /finance/health\nx", "DELETE /finance/health", "GET /finance/health/", "GET /finance/healthy"]
--- response_body eval
['{"detail":"Method not allowed"}', '{"detail":"Method not allowed"}',
 '{"detail":"Not found"}', '{"detail":"Not found"}']
--- error_code eval
[405, 405, 404, 404]
--- response_headers eval
["Allow: GET, HEAD", "Allow: GET, HEAD", "! Allow", "! Allow"]



=== TEST 11: nobody is asked who he is? finance_user holds here, too
--- config
    finance_market /_market;
    location /finance/ { finance_api; finance_user $arg_u; }
--- request eval
["GET /finance/health?u=ann", "GET /finance/health"]
--- response_body_filters eval
pick(qw(status detail))
--- response_body eval
[qq("ok" missing\n), qq(missing "Not authenticated"\n)]
--- error_code eval
[200, 401]

# Idempotency-Key of POST user: one user however often it is sent.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Users;
use Test::Nginx::Socket 'no_plan';

our $Owners = FinanceTest::market_config() . <<'END';
location /team/ {
    finance_api;
    finance_market /_market;
    finance_user $http_x_user;
}
END

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the same again: the same bytes, one user
--- request eval
[(post('ann@example.org')) x 3, "GET /finance/health"]
--- more_headers
Content-Type: application/json
Idempotency-Key: one
--- response_body_filters eval
[[keep()], [same()], [same()],
 [check(sub { redis('HLEN', 'finance:user:email') == 1 })]]
--- response_body_like eval
[qr/^\{"id":"[-0-9a-f]{36}","email":"ann\@example.org"/, qr/^same$/, qr/^same$/, qr/^yes$/]
--- error_code eval
[201, 201, 201, 200]
--- response_headers_like eval
[('Location: /finance/user/[-0-9a-f]{36}') x 3, '']



=== TEST 2: another body with that key; without it the address is taken
--- request eval
[post('ann@example.org'), post('ann@example.org', 'Bob'), post('bob@example.org')]
--- more_headers
Content-Type: application/json
Idempotency-Key: one
--- response_body_filters eval
[[pick('name')], [pick('detail.0.loc')], [pick('detail.0.loc')]]
--- response_body eval
[qq("Ann"\n), (qq(["header","idempotency-key"]\n)) x 2]
--- error_code eval
[201, 422, 422]



=== TEST 3: a failure is not kept: the key is free again
--- init
put(1); redis('HSET', 'finance:user:email', 'ann@example.org', id(1));
--- request eval
[post('ann@example.org'), post('x'), post('bob@example.org'), post('bob@example.org')]
--- more_headers
Content-Type: application/json
Idempotency-Key: two
--- error_code eval
[409, 422, 201, 201]



=== TEST 4: two owners with one key are two requests
--- config eval
$main::Owners
--- request eval
[post('ann@example.org', 'Ann', 'team'), post('bob@example.org', 'Bob', 'team')]
--- more_headers eval
[as('ann') . "\nIdempotency-Key: k", as('bob') . "\nIdempotency-Key: k"]
--- error_code eval
[201, 201]



=== TEST 5: another request with that key is in flight
--- init
redis('SET', 'finance:{default}:idem:k', 'P' . '0' x 68)
--- request eval
post('ann@example.org')
--- more_headers
Content-Type: application/json
Idempotency-Key: k
--- response_body_filters eval
pick('detail.0.loc')
--- response_body
["header","idempotency-key"]
--- error_code: 422



=== TEST 6: Redis away
--- init
redis_stop()
--- request eval
post('ann@example.org')
--- more_headers
Content-Type: application/json
Idempotency-Key: k
--- response_headers
Retry-After: 1
--- response_body chomp
{"detail":"The store is not available"}
--- error_code: 503

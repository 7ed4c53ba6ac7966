# The profile of a user: what its owner watches and holds, beside it.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $A = '11111111-1111-4111-8111-111111111111';
our $B = '22222222-2222-4222-8222-222222222222';
our $P = '33333333-3333-4333-8333-333333333333';

our $Config = FinanceTest::market_config() . <<'END';
location /team/ {
    finance_api;
    finance_market /_market;
    finance_user $http_x_user;
    finance_admin $http_x_admin;
}
END

# Users of two owners, one of nobody's; one of the owners holds and watches.
sub users {
    my ($owner) = @_;

    redis('HSET', "finance:user:{$main::A}", id => $main::A, email => 'a@example.com',
          name => 'A', created_at => 1773867600000, owner => $owner // 'ann');
    redis('HSET', "finance:user:{$main::B}", id => $main::B, email => 'b@example.com',
          name => 'B', created_at => 1773867600000, owner => '');
    redis('ZADD', 'finance:{' . ($owner // 'ann') . '}:watchlist', 1, 'KO', 2, 'AAPL');
    redis('HSET', 'finance:{' . ($owner // 'ann') . '}:positions', $main::P,
          qq({"v":1,"id":"$main::P","ticker":"KO","position_type":"stock",)
          . '"transaction_date":"2026-01-05","quantity":10,"purchase_price":50,'
          . '"created_at":1773867600000,"updated_at":1773867600000,"version":1}');
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(config => $main::Config);
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: both halves
--- init
main::users()
--- request eval
"GET /team/user/$main::A/profile"
--- more_headers
X-User: ann
--- response_headers_like
Cache-Control: private, max-age=0
ETag: "[0-9a-f]{16}"
--- response_body_filters eval
pick(qw(% user.% user.email profile.% profile.watchlist profile.positions
        profile.summary.market_value profile.summary.partial))
--- response_body eval
qq(["profile","user"] ["created_at","email","id","name"] "a\@example.com" )
. qq(["positions","summary","watchlist"] ["KO","AAPL"] 1 623.5 false\n)



=== TEST 2: another owner's, none, a malformed one: the same answer
--- init
main::users()
--- request eval
["GET /team/user/$main::A/profile", "GET /team/user/$main::B/profile",
 "GET /team/user/$main::P/profile", "GET /team/user/x/profile",
 "GET /team/user//profile"]
--- more_headers
X-User: bob
--- response_body eval
[('{"detail":"User not found"}') x 5]
--- error_code eval
[(404) x 5]



=== TEST 3: an admin sees what the user's owner has, and nobody's is empty
--- init
main::users()
--- request eval
["GET /team/user/$main::A/profile", "GET /team/user/$main::B/profile"]
--- more_headers
X-User: root
X-Admin: 1
--- response_body_filters eval
pick(qw(user.name profile.watchlist profile.positions profile.summary.market_value))
--- response_body eval
[qq("A" ["KO","AAPL"] 1 623.5\n), qq("B" [] 0 0\n)]



=== TEST 4: without finance_user there is one owner
--- init
main::users('default')
--- request eval
["GET /finance/user/$main::A/profile", "HEAD /finance/user/$main::A/profile"]
--- response_body_filters eval
[[pick(qw(user.name profile.watchlist profile.positions))], [sub { "$_[0]\n" }]]
--- response_body eval
[qq("A" ["KO","AAPL"] 1\n), "\n"]



=== TEST 5: a half that cannot be read is null, the other one there
--- init
main::users();
redis('DEL', 'finance:{ann}:positions');
redis('SET', 'finance:{ann}:positions', 'x')
--- request eval
"GET /team/user/$main::A/profile"
--- more_headers
X-User: ann
--- response_body_filters eval
pick(qw(user.name profile.watchlist profile.positions profile.summary))
--- response_body eval
qq("A" ["KO","AAPL"] null null\n)



=== TEST 6: the other half
--- init
main::users();
redis('DEL', 'finance:{ann}:watchlist');
redis('SET', 'finance:{ann}:watchlist', 'x')
--- request eval
"GET /team/user/$main::A/profile"
--- more_headers
X-User: ann
--- response_body_filters eval
pick(qw(user.name profile.watchlist profile.positions))
--- response_body eval
qq("A" null 1\n)



=== TEST 7: the market away: what is held is there, its value is not
--- init
main::users();
market_fault(match => '/', kind => 'status', status => 500)
--- request eval
"GET /team/user/$main::A/profile"
--- more_headers
X-User: ann
--- response_body_filters eval
pick(qw(user.name profile.positions profile.summary.market_value profile.summary.partial))
--- response_body eval
qq("A" 1 null true\n)



=== TEST 8: Redis away
--- init
redis_stop()
--- request eval
"GET /team/user/$main::A/profile"
--- more_headers
X-User: ann
--- response_headers
Retry-After: 1
--- response_body chomp
{"detail":"The store is not available"}
--- error_code: 503



=== TEST 9: wrong methods
--- request eval
"DELETE /team/user/$main::A/profile"
--- more_headers
X-User: ann
--- response_headers
Allow: GET, HEAD
--- response_body chomp
{"detail":"Method not allowed"}
--- error_code: 405

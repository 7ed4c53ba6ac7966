# Whose positions are: no owner sees, or finds out about, another's.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use Test::Nginx::Socket 'no_plan';

# Each owner's own, named by a header.
our $Owners = FinanceTest::market_config() . <<'END';
location /by-header/ {
    finance_api;
    finance_market /_market;
    finance_user $http_x_user;
}
END

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(more_headers => 'Content-Type: application/json')
        if !defined $block->more_headers && !defined $block->raw_request;
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: owners: another's id is as one that does not exist
--- config eval
$main::Owners
--- init
store(1, owner => 'ann');
--- request eval
[map { my $n = $_; ("GET /by-header/positions/" . id($n), "DELETE /by-header/positions/" . id($n),
                    "PUT /by-header/positions/" . id($n) . "\n" . stock(ticker => 'KO')) } 1, 2]
--- more_headers eval
[("Content-Type: application/json\nX-User: bob") x 6]
--- response_body_filters eval
[left('bob')]
--- response_body eval
[(qq({"detail":"Position not found"} left\n)) x 6]
--- error_code eval
[(404) x 6]



=== TEST 2: with If-Match, too
--- config eval
$main::Owners
--- init
store(1, owner => 'ann');
--- request eval
[map { my $n = $_; ("DELETE /by-header/positions/" . id($n),
                    "PUT /by-header/positions/" . id($n) . "\n" . stock()) } 1, 2]
--- more_headers eval
[("Content-Type: application/json\nX-User: bob\nIf-Match: \"1\"") x 4]
--- response_body_filters eval
[sub { $_[0] . (record(1, 'ann') ? " there\n" : " gone\n") }]
--- response_body eval
[(qq({"detail":"Position not found"} there\n)) x 4]
--- error_code eval
[(404) x 4]



=== TEST 3: lists, dashboards and stocks are the owner's
--- config eval
$main::Owners
--- init
store(1, owner => 'ann', ticker => 'KO', quantity => 11);
redis('ZADD', 'finance:{ann}:watchlist', 1, 'KO');
redis('ZADD', 'finance:{bob}:watchlist', 1, 'KO');
--- request eval
[map { $_ => $_ } "GET /by-header/positions", "GET /by-header/dashboard",
                  "GET /by-header/stocks/KO", "GET /by-header/positions?ticker=KO"]
--- more_headers eval
[("X-User: ann", "X-User: bob") x 4]
--- response_body_filters eval
[[], [sub { my @found = $_[0] =~ /"quantity":(\d+)/g; "@found\n" }]]->[1]
--- response_body eval
[("11\n", "\n") x 4]



=== TEST 4: created by one, not seen by the other or by the default owner
--- config eval
$main::Owners
--- request eval
["POST /by-header/positions\n" . stock(quantity => 3), "GET /by-header/positions",
 "GET /by-header/positions", "GET /finance/positions", "GET /by-header/watchlist",
 "GET /by-header/watchlist"]
--- more_headers eval
["Content-Type: application/json\nX-User: ann", "X-User: ann", "X-User: bob", "X-User: ann",
 "X-User: ann", "X-User: bob"]
--- response_body_filters eval
[[left('ann')], [pick('positions.*.quantity')], [pick('positions')], [pick('positions')],
 [], [left('bob')]]
--- response_body_like eval
['"quantity":3,.* left positions watchlist$', '^\[3\]$', '^\[\]$', '^\[\]$', '^\["AAPL"\]$',
 '^\[\] left$']
--- error_code eval
[201, (200) x 5]
--- response_headers_like eval
["Location: /by-header/positions/[0-9a-f-]{36}", ("Content-Type: application/json") x 5]



=== TEST 5: nobody
--- config eval
$main::Owners
--- init
store(1);
--- request eval
["GET /by-header/positions", "POST /by-header/positions\n" . stock(),
 "GET /by-header/positions/" . id(1), "PUT /by-header/positions/" . id(1) . "\n" . stock(),
 "DELETE /by-header/positions/" . id(1)]
--- response_body eval
[('{"detail":"Not authenticated"}') x 5]
--- error_code eval
[(401) x 5]

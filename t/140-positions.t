# Positions: created, read, replaced, deleted.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use Test::Nginx::Socket 'no_plan';

our $Fault = '/market-control/fault?match=';
our $Reference = '/v3/reference/tickers/';
our @Written = qw(position_type ticker transaction_date quantity purchase_price
                  option_type strike expiration premium);

# /create/ makes a position and goes where its Location leads.
our $Follow = FinanceTest::market_config() . <<'END';
location /create/ {
    auth_request /new;
    auth_request_set $where $upstream_http_location;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT$where;
}
location = /new {
    internal;
    proxy_method POST;
    proxy_set_header Content-Type application/json;
    proxy_set_body '{"position_type":"stock","ticker":"KO","quantity":7,
                     "transaction_date":"2025-06-02","purchase_price":60}';
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/positions;
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

=== TEST 1: none at first
--- request
GET /finance/positions
--- response_body chomp
{"positions":[],"summary":{"market_value":0,"unrealized_pnl":0,"unrealized_pnl_pct":null,"cash_secured":0,"partial":false}}
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=0
ETag: "[0-9a-f]{16}"
X-Content-Type-Options: nosniff



=== TEST 2: a stock is created, each field comes back
--- request eval
create(ticker => " aapl\t", quantity => 100, purchase_price => 180.25)
--- response_body_filters eval
pick('%', @main::Written, 'version', 'metrics.%', 'recommendation.%')
--- response_body
["created_at","expiration","id","metrics","option_type","position_type","premium","purchase_price","quantity","recommendation","strike","ticker","transaction_date","updated_at","version"] "stock" "AAPL" "2025-06-02" 100 180.25 null null null null 1 ["current_value","days_held","days_to_expiration","unrealized_pnl","unrealized_pnl_pct"] ["action","priority","reasoning","roll_parameters","timestamp"]
--- error_code: 201
--- response_headers_like
Content-Type: application/json
Location: /finance/positions/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}
ETag: "1"
Cache-Control: no-store
X-Content-Type-Options: nosniff



=== TEST 3: an option
--- request eval
create(ticker => 'AAPL', quantity => -2, option_type => 'put', strike => 197.5,
       expiration => '2026-04-17', premium => 3.1, transaction_date => '2026-03-18')
--- response_body_filters eval
pick(@main::Written, 'version', 'metrics.days_held', 'metrics.days_to_expiration')
--- response_body
"option" "AAPL" "2026-03-18" -2 null "put" 197.5 "2026-04-17" 3.1 1 0 30
--- error_code: 201
--- response_headers
ETag: "1"
Cache-Control: no-store



=== TEST 4: id and times
--- request eval
create()
--- response_body_filters eval
check(sub { "$_->{created_at} $_->{updated_at} "
            . ($_->{id} =~ /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) })
--- response_body
2026-03-18T21:00:00Z 2026-03-18T21:00:00Z 1
--- error_code: 201



=== TEST 5: the Location leads to it
--- config eval
$main::Follow
--- request eval
["GET /create/", "GET /finance/positions"]
--- response_body_filters eval
[[check(sub { $main::Id = $_->{id}; "$_->{ticker} $_->{quantity}" })],
 [check(sub { $_->{positions}[0]{id} eq $main::Id })]]
--- response_body eval
["KO 7\n", "yes\n"]
--- response_headers eval
["ETag: \"1\"", "! Location"]



=== TEST 6: what is created is what is read, one by one and in the list
--- request eval
[create(strike => 220), create(ticker => 'KO', quantity => 3), "GET /finance/positions"]
--- response_body_filters eval
my $note = [sub { push @main::Made, $_[0]; "noted\n" }];
[$note, $note, [sub { index($_[0], "[$main::Made[0],$main::Made[1]]") >= 0 ? "same\n" : $_[0] }]]
--- response_body eval
["noted\n", "noted\n", "same\n"]
--- error_code eval
[201, 201, 200]



=== TEST 7: the ticker joins the watchlist, and is not moved when it is there
--- request eval
["POST /finance/watchlist?ticker=MSFT", "POST /finance/watchlist?ticker=KO",
 create(ticker => 'AAPL'), "GET /finance/watchlist", create(ticker => 'MSFT'),
 create(ticker => 'AAPL', strike => 200), "GET /finance/watchlist"]
--- response_body eval
[qr/added/, qr/added/, qr/"AAPL"/, '["MSFT","KO","AAPL"]', qr/"MSFT"/, qr/"AAPL"/,
 '["MSFT","KO","AAPL"]']
--- error_code eval
[200, 200, 201, 200, 201, 201, 200]



=== TEST 8: a deleted position stays on the watchlist; a ticker off it keeps its positions
--- init
store(1);
redis('ZADD', 'finance:{default}:watchlist', 1, 'AAPL');
--- request eval
["DELETE /finance/watchlist/AAPL", "GET /finance/positions/" . id(1),
 "POST /finance/watchlist?ticker=AAPL", "DELETE /finance/positions/" . id(1),
 "GET /finance/watchlist"]
--- response_body eval
['{"ticker":"AAPL","status":"removed"}', qr/"ticker":"AAPL"/,
 '{"ticker":"AAPL","status":"added"}',
 '{"id":"00000000-0000-4000-8000-000000000001","status":"deleted"}', '["AAPL"]']



=== TEST 9: tickers that are unknown, gone, without a bar
--- request eval
[create(ticker => 'NOPE'), create(ticker => 'GONE'), create(ticker => 'NEW'),
 "GET /finance/watchlist"]
--- response_body_filters eval
[[left()], [left()], [pick('ticker', 'metrics.current_value'), left()], []]
--- response_body eval
[qq({"detail":"Invalid ticker"} left\n), qq({"detail":"Invalid ticker"} left\n),
 qq("NEW" null left positions watchlist\n), '["NEW"]']
--- error_code eval
[400, 400, 201, 200]



=== TEST 10: malformed tickers never reach the market
--- request eval
[map { create(ticker => $_) } '', ' ', 'A B', '../x', 'A/B', 'ABCDEFGHIJKLM', "\x{c4}"]
--- response_body_filters eval
[left(), calls(qr/./)]
--- response_body eval
[(qq({"detail":"Invalid ticker"} left calls 0\n)) x 7]
--- error_code eval
[(400) x 7]



=== TEST 11: the market cannot say what the ticker is
--- http_config
    finance_retry 1;
--- request eval
["GET ${main::Fault}${main::Reference}AAPL&kind=status&status=500", create(),
 "GET ${main::Fault}${main::Reference}KO&kind=status&status=429&retry_after=7",
 create(ticker => 'KO')]
--- response_body_filters eval
[[], [left()], [], [left()]]
--- response_body eval
[qr/OK/, qq({"detail":"The market answered an error"} left\n), qr/OK/,
 qq({"detail":"The market allows no more calls at present"} left\n)]
--- error_code eval
[200, 502, 200, 503]
--- response_headers eval
["", "Cache-Control: no-store", "", "Retry-After: 7"]



=== TEST 12: in the order of creation, whatever their ids and tickers
--- init
store(1, at => 1773867603000, ticker => 'KO');
store(2, at => 1773867602000);
store(3, at => 1773867601000, ticker => 'MSFT');
store(5, at => 1773867604000);
store(4, at => 1773867604000);
--- request eval
["GET /finance/positions", create(ticker => 'KO', quantity => 77), "GET /finance/positions"]
--- response_body_filters eval
[[check(sub { CORE::join ' ', map { $_->{id} =~ /0*(\d+)$/ } @{ $_->{positions} } })],
 [pick('quantity')], [pick('positions.-1.quantity', 'positions.@')]]
--- response_body eval
["3 2 1 4 5\n", "77\n", "77 6\n"]
--- error_code eval
[200, 201, 200]



=== TEST 13: those made one after the other, in that order
--- request eval
[(map { create(quantity => $_, ticker => 'JPM') } 1 .. 5), "GET /finance/positions"]
--- response_body_filters eval
[([pick('quantity')]) x 5, [pick('positions.*.quantity')]]
--- response_body eval
[(map { "$_\n" } 1 .. 5), "[1,2,3,4,5]\n"]
--- error_code eval
[(201) x 5, 200]



=== TEST 14: of one ticker
--- init
store(1, ticker => 'KO', quantity => 10, purchase_price => 60);
store(2);
store(3, ticker => 'KO', quantity => 20, purchase_price => 65);
--- request eval
["GET /finance/positions?ticker=KO", "GET /finance/positions?ticker=%20ko+",
 "GET /finance/positions?a=b&ticker=AAPL", "GET /finance/positions?ticker=NOPE",
 "GET /finance/positions"]
--- response_body_filters eval
pick('positions.*.ticker', 'summary.market_value')
--- response_body eval
[qq(["KO","KO"] 1870.5\n), qq(["KO","KO"] 1870.5\n), qq(["AAPL"] 21240\n), qq([] 0\n),
 qq(["KO","AAPL","KO"] 23110.5\n)]



=== TEST 15: only that ticker's market data is asked for
--- init
store(1, ticker => 'KO');
store(2);
--- request
GET /finance/positions?ticker=KO
--- response_body_filters eval
[pick('positions.@'), calls(qr/KO/, qr/AAPL/)]
--- response_body_like
^1 calls [1-9]\d* 0$



=== TEST 16: a bad ticker to filter by
--- request eval
[map { "GET /finance/positions?ticker=$_" } '', '%20', 'A%20B', '..%2F', '%00', 'A' x 50]
--- response_body_filters eval
calls(qr/./)
--- response_body eval
[(qq({"detail":"Invalid ticker"} calls 0\n)) x 6]
--- error_code eval
[(400) x 6]



=== TEST 17: the summary: sums, and cash secured over short puts only
--- init
store(1, quantity => 10, purchase_price => 200);
store(2, quantity => -5, purchase_price => 220);
store(3, ticker => 'KO', quantity => 100, purchase_price => 60);
store(4, ticker => 'AAPL', option_type => 'put', strike => 200, quantity => -3, premium => 4);
store(5, ticker => 'AAPL', option_type => 'put', strike => 190, quantity => 2, premium => 3);
--- request
GET /finance/positions
--- response_body_filters eval
check(sub {
    my $s = $_->{summary};
    my @metrics = map { $_->{metrics} } @{ $_->{positions} };
    my ($value, $pnl) = (0, 0);

    $value += $_->{current_value} for @metrics;
    $pnl += $_->{unrealized_pnl} for @metrics;
    my $cost = 2000 + 1100 + 6000 + 1200 + 600;

    return abs($s->{market_value} - $value) < 1e-6 && abs($s->{unrealized_pnl} - $pnl) < 1e-6
           && abs($s->{unrealized_pnl_pct} - 100 * $pnl / $cost) < 1e-9
           && $s->{cash_secured} == 60_000 && !$s->{partial}
           || JSON::PP->new->encode($s) . " $value $pnl";
})
--- response_body
yes



=== TEST 18: one
--- init
store(1, quantity => 12, version => 7);
--- request eval
["GET /finance/positions/" . id(1), "GET /finance/positions/" . uc id(1)]
--- response_body_filters eval
pick(qw(id quantity version metrics.current_value))
--- response_body eval
[(qq("00000000-0000-4000-8000-000000000001" 12 7 2548.8\n)) x 2]
--- response_headers eval
["ETag: \"7\"
Cache-Control: no-store
X-Content-Type-Options: nosniff
! Location", "ETag: \"7\""]



=== TEST 19: replaced: all but id and created_at, one version on
--- init
store(1, version => 4, at => 1735689600000);
--- request eval
[replace(1, quantity => 5, purchase_price => 99.5, transaction_date => '2025-07-01'),
 "GET /finance/positions/" . id(1)]
--- response_body_filters eval
pick(qw(id position_type transaction_date quantity purchase_price created_at updated_at version
        metrics.current_value))
--- response_body eval
[(qq("00000000-0000-4000-8000-000000000001" "stock" "2025-07-01" 5 99.5 )
  . qq("2025-01-01T00:00:00Z" "2026-03-18T21:00:00Z" 5 1062\n)) x 2]
--- response_headers eval
["ETag: \"5\"
Cache-Control: no-store
! Location", "ETag: \"5\""]



=== TEST 20: the answer of a PUT is what GET gives; updated_at does not go back
--- init
store(1);
store(2, strike => 220, at => 1798761600000);
--- request eval
[replace(2, strike => 225, quantity => -2), "GET /finance/positions/" . id(2)]
--- response_body_filters eval
[[keep(), pick('updated_at')], [same()]]
--- response_body eval
[qq("2027-01-01T00:00:00Z"\n), "same\n"]



=== TEST 21: a stock becomes an option, and back
--- init
store(1);
--- request eval
[replace(1, strike => 220), replace(1)]
--- response_body_filters eval
pick(@main::Written, 'version')
--- response_body eval
[qq("option" "AAPL" "2026-02-02" -1 null "call" 220 "2026-04-17" 5.2 2\n),
 qq("stock" "AAPL" "2025-06-02" 100 180.5 null null null null 3\n)]



=== TEST 22: another ticker is looked up, and joins the watchlist
--- init
store(1);
redis('ZADD', 'finance:{default}:watchlist', 1, 'MSFT', 2, 'AAPL');
--- request eval
[replace(1, ticker => 'ko'), "GET /finance/watchlist", replace(1, ticker => 'MSFT'),
 "GET /finance/watchlist"]
--- response_body_filters eval
[[pick('ticker', 'version'), calls("${main::Reference}KO")], [],
 [pick('ticker', 'version'), calls("${main::Reference}MSFT")], []]
--- response_body eval
[qq("KO" 2 calls 1\n), '["MSFT","AAPL","KO"]', qq("MSFT" 3 calls 1\n), '["MSFT","AAPL","KO"]']



=== TEST 23: the same ticker is neither looked up nor put back on the watchlist
--- init
store(1);
--- request eval
[replace(1, quantity => 1), "GET /finance/watchlist"]
--- response_body_filters eval
[[pick('quantity'), calls(qr/reference.tickers/)], []]
--- response_body eval
[qq(1 calls 0\n), '[]']



=== TEST 24: a replacement that is refused changes nothing
--- init
store(1);
market_fault(match => '/v3/reference/tickers/META', kind => 'status', status => 500);
--- request eval
[replace(1, ticker => 'NOPE'), replace(1, ticker => 'GONE'), replace(1, ticker => 'A B'),
 replace(1, ticker => 'META'), replace(1, quantity => 0),
 "PUT /finance/positions/" . id(1), "PUT /finance/positions/" . id(1) . "\n{",
 replace(1, strike => 220, expiration => '2026-01-01')]
--- response_body_filters eval
[sub { substr($_[0], 0, 28) . "\n" }, unchanged(1), left()]
--- response_body eval
[(qq({"detail":"Invalid ticker"} unchanged left positions\n)) x 3,
 qq({"detail":"The market answer unchanged left positions\n),
 qq({"detail":[{"type":"value_er unchanged left positions\n),
 qq({"detail":[{"type":"missing" unchanged left positions\n),
 qq({"detail":[{"type":"json_inv unchanged left positions\n),
 qq({"detail":[{"type":"value_er unchanged left positions\n)]
--- error_code eval
[400, 400, 400, 502, 422, 422, 422, 422]



=== TEST 25: deleted, once
--- init
store(1);
store(2);
--- request eval
["DELETE /finance/positions/" . id(1), "DELETE /finance/positions/" . id(1),
 "GET /finance/positions/" . id(1), replace(1), "GET /finance/positions",
 "DELETE /finance/positions/" . uc id(2)]
--- response_body_filters eval
[[left()], [left()], [], [], [pick('positions.*.id')], [left()]]
--- response_body eval
[qq({"id":"00000000-0000-4000-8000-000000000001","status":"deleted"} left positions\n),
 qq({"detail":"Position not found"} left positions\n),
 ('{"detail":"Position not found"}') x 2, qq(["00000000-0000-4000-8000-000000000002"]\n),
 qq({"id":"00000000-0000-4000-8000-000000000002","status":"deleted"} left\n)]
--- error_code eval
[200, 404, 404, 404, 200, 200]
--- response_headers eval
[("Cache-Control: no-store") x 4, ("X-Content-Type-Options: nosniff") x 2]



=== TEST 26: deleting asks the market nothing
--- init
store(1);
--- request
DELETE /finance/positions/00000000-0000-4000-8000-000000000001
--- response_body_filters eval
calls(qr/./)
--- response_body
{"id":"00000000-0000-4000-8000-000000000001","status":"deleted"} calls 0



=== TEST 27: ids that are none
--- init
store(1);
--- request eval
[map { ("GET $_", "DELETE $_", "PUT $_\n" . stock()) } map { "/finance/positions/$_" }
     'x', substr(id(1), 0, 35), id(1) . '0', '{' . id(1) . '}', '%01' x 36, '*',
     id(1) =~ tr/-//dr, id(1) =~ s/0/g/r, '%20' . id(1), id(2)]
--- response_body_filters eval
[unchanged(1)]
--- response_body eval
[(qq({"detail":"Position not found"} unchanged\n)) x 30]
--- error_code eval
[(404) x 30]



=== TEST 28: HEAD
--- init
store(1);
--- request eval
["HEAD /finance/positions/" . id(1), "HEAD /finance/positions", "HEAD /finance/positions/" . id(2)]
--- response_body eval
[('') x 3]
--- response_headers_like eval
["ETag: \"1\"\nContent-Length: [1-9]\\d\\d+", "ETag: \"[0-9a-f]{16}\"\nContent-Length: [1-9]\\d\\d+",
 "Content-Type: application/json"]
--- error_code eval
[200, 200, 404]



=== TEST 29: other methods and paths
--- init
store(1);
--- request eval
["PUT /finance/positions\n" . stock(), "DELETE /finance/positions", "PATCH /finance/positions",
 "POST /finance/positions/" . id(1) . "\n" . stock(),
 "GET /finance/positions/", "GET /finance/positions/" . id(1) . "/", "DELETE /finance/positions/"]
--- response_body_filters eval
[unchanged(1)]
--- response_body eval
[(qq({"detail":"Method not allowed"} unchanged\n)) x 4, (qq({"detail":"Not found"} unchanged\n)) x 3]
--- error_code eval
[405, 405, 405, 405, 404, 404, 404]
--- response_headers eval
[("Allow: GET, HEAD, POST") x 3, "Allow: GET, HEAD, PUT, DELETE", ("! Allow") x 3]



=== TEST 30: the keys and the record in Redis are the documented ones
--- request eval
[create(quantity => 5), create(strike => 220)]
--- response_body_filters eval
[sub {
    my %made = @{ redis('HGETALL', 'finance:{default}:positions') };
    my ($id) = $_[0] =~ /^\{"id":"([^"]*)"/;

    return redis('TYPE', 'finance:{default}:positions') . ' '
           . redis('TTL', 'finance:{default}:positions') . ' '
           . ($made{$id} =~ s/$id/ID/r =~ s/_at":\d{13}/_at":MS/gr);
}]
--- response_body eval
['hash -1 {"v":1,"id":"ID","ticker":"AAPL","position_type":"stock","transaction_date":"2025-06-02","quantity":5,"purchase_price":180.5,"created_at":MS,"updated_at":MS,"version":1}',
 'hash -1 {"v":1,"id":"ID","ticker":"AAPL","position_type":"option","transaction_date":"2026-02-02","quantity":-1,"option_type":"call","strike":220,"expiration":"2026-04-17","premium":5.2,"created_at":MS,"updated_at":MS,"version":1}']
--- error_code eval
[201, 201]

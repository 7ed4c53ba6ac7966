# Idempotency-Key: a create that is sent again gives the first answer.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use Test::Nginx::Socket 'no_plan';

our $Fault = '/market-control/fault?match=';
our $Idem = 'finance:{default}:idem:';
our $Other = 'Idempotency-Key was used with another request';
our $Bad = 'Idempotency-Key should be one value of 1 to 255 visible characters';

sub pause { select undef, undef, undef, $_[0] }

# The headers of a request with that key.
sub key { return "Content-Type: application/json\nIdempotency-Key: $_[0]" }

# Once some seconds have passed, while a request waits.
sub later {
    my ($seconds, @words) = @_;

    my $pid = fork // die "fork: $!\n";

    return if $pid;

    pause($seconds);
    open STDOUT, '>', '/dev/null';
    exec 'redis-cli', '-s', FinanceTest::Redis::socket_path(), @words
        or POSIX::_exit(127);
}

# A reservation of the request whose answer is kept under that key.
sub pending_like {
    my ($key) = @_;

    return 'P' . substr(redis('GET', "$Idem$key"), 1, 32) . 'x' x 36;
}

{
    no warnings 'once';
    no strict 'refs';

    for my $package ('Test::Base::Filter', 'Test::Nginx::Util') {
        *{"${package}::$_"} = \&{"main::$_"} for qw(pause key later pending_like);
    }
}

our $Owners = FinanceTest::market_config() . <<'END';
location /by-header/ {
    finance_api;
    finance_market /_market;
    finance_user $http_x_user;
}
location /finance2/ {
    finance_api;
    finance_market /_market;
}
END

# A client that waits for 100 ms.
our $Impatient = FinanceTest::market_config() . <<'END';
location /impatient/ {
    proxy_read_timeout 100ms;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END

our $Both = FinanceTest::market_config() . <<'END';
location = /both {
    ssi on;
    ssi_types *;
    alias $TEST_NGINX_HTML_DIR/both.html;
}
location /create/ {
    proxy_method POST;
    proxy_set_header Content-Type application/json;
    proxy_set_header Idempotency-Key K;
    proxy_set_body '{"position_type":"stock","ticker":"AAPL","quantity":$arg_quantity,
                     "transaction_date":"2025-06-02","purchase_price":60}';
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(more_headers => key('K'))
        if !defined $block->more_headers && !defined $block->raw_request;
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the same key, the same body: the same bytes, one position
--- request eval
[create(), create(), "GET /finance/positions", create()]
--- response_body_filters eval
[[keep(), sub { "kept\n" }], [same()], [pick('positions.@')], [same()]]
--- response_body eval
["kept\n", "same\n", "1\n", "same\n"]
--- error_code eval
[201, 201, 200, 201]
--- response_headers_like eval
my $headers = 'Location: /finance/positions/[0-9a-f-]{36}
ETag: "1"
Cache-Control: no-store
Content-Type: application/json
X-Content-Type-Options: nosniff';
[$headers, $headers, 'Cache-Control: private, max-age=0', $headers]



=== TEST 2: and the same Location
--- request eval
[create(), create()]
--- response_body_filters eval
[check(sub { my $id = $_->{id};
             my ($kept) = redis('GET', "${main::Idem}K") =~ m{\n(/finance/positions/.*)\n};
             $kept eq "/finance/positions/$id" })]
--- response_body eval
["yes\n", "yes\n"]
--- error_code eval
[201, 201]



=== TEST 3: the market is asked for nothing more, nor is it when it is away
--- request eval
[create(), "GET ${main::Fault}/&kind=status&status=500", create()]
--- response_body_filters eval
[[keep(), calls(qr/AAPL/), sub { $_[0] =~ /calls (\d+)/; $main::Calls = $1; "kept\n" }], [],
 [same(), calls(qr/AAPL/), sub { $_[0] =~ s/ $main::Calls\n/ as before\n/r }]]
--- response_body_like eval
["^kept\n\$", 'OK', "^same calls as before\n\$"]
--- error_code eval
[201, 200, 201]



=== TEST 4: what happened since does not matter: changed, deleted, off the watchlist
--- request eval
[create(), "DELETE /finance/watchlist/AAPL", create(), "GET /finance/watchlist"]
--- response_body_filters eval
[[keep(), then(sub { redis('DEL', 'finance:{default}:positions') }), sub { "kept\n" }], [], [same(), left()], []]
--- response_body eval
["kept\n", '{"ticker":"AAPL","status":"removed"}', "same left idem:K\n", '[]']
--- error_code eval
[201, 200, 201, 200]



=== TEST 5: another body
--- request eval
[create(), create(quantity => 101), "POST /finance/positions\n" . (stock() =~ s/,/, /r),
 "GET /finance/positions", create()]
--- response_body_filters eval
[[keep(), sub { "kept\n" }], [], [], [pick('positions.@')], [same()]]
--- response_body eval
my $other = qq({"detail":[{"type":"value_error","loc":["header","idempotency-key"],"msg":"${main::Other}","input":"K"}]});
["kept\n", $other, $other, "1\n", "same\n"]
--- error_code eval
[201, 422, 422, 200, 201]



=== TEST 6: the body alone does not make it the same: another location
--- config eval
$main::Owners
--- request eval
[create(), "POST /finance2/positions\n" . stock()]
--- response_body_filters eval
pick('version', 'detail.0.msg')
--- response_body eval
["1 missing\n", qq(missing "${main::Other}"\n)]
--- error_code eval
[201, 422]



=== TEST 7: another key, or none: another position
--- request eval
[create(), create(), create(), create(), "GET /finance/positions"]
--- more_headers eval
[key('K'), key('L'), key('k'), "Content-Type: application/json", ""]
--- response_body_filters eval
[([sub { "made\n" }]) x 4, [pick('positions.@')]]
--- response_body eval
[("made\n") x 4, "4\n"]
--- error_code eval
[(201) x 4, 200]



=== TEST 8: in flight
--- request eval
[create(), create(), create(quantity => 5), "GET /finance/positions"]
--- response_body_filters eval
[[then(sub { redis('SET', "${main::Idem}K", main::pending_like('K')) }), sub { "made\n" }],
 [left()], [pick('detail.0.msg')], [pick('positions.@')]]
--- response_body eval
["made\n",
 qq({"detail":"A request with this Idempotency-Key is under way"} left idem:K positions watchlist\n),
 qq("${main::Other}"\n), "1\n"]
--- error_code eval
[201, 409, 422, 200]
--- response_headers eval
["ETag: \"1\"", "Retry-After: 1
Cache-Control: no-store
! ETag
! Location", "! Retry-After", ""]



=== TEST 9: a reservation that nobody ends is over by itself
--- request eval
[create(), create(), create(), "GET /finance/positions"]
--- response_body_filters eval
[[then(sub { redis('SET', "${main::Idem}K", main::pending_like('K'), 'PX', 300 * $FinanceTest::Body::Slow) }), sub { "made\n" }],
 [then(sub { main::pause(0.4 * $FinanceTest::Body::Slow) }), pick('detail')], [pick('version')], [pick('positions.@')]]
--- response_body eval
["made\n", qq("A request with this Idempotency-Key is under way"\n), "1\n", "2\n"]
--- error_code eval
[201, 409, 201, 200]



=== TEST 10: several at once: one position
--- config eval
$main::Both
--- init
market_fault(match => '/v2', kind => 'delay', ms => 200);
--- user_files
>>> both.html
<!--# include virtual="/create/positions?quantity=5" --><!--# include virtual="/create/positions?quantity=5" --><!--# include virtual="/create/positions?quantity=5" --><!--# include virtual="/create/positions?quantity=6" -->
--- request eval
["GET /both", "GET /finance/positions"]
--- response_body_filters eval
[[words(qr/under way|"quantity":\d|another request/)], [pick('positions.*.quantity')]]
--- response_body_like eval
['^("quantity":5 another request under way under way|"quantity":6 another request another request another request)$',
 '^\[[56]\]$']



=== TEST 11: one at a time, it is one position, too
--- config eval
$main::Both
--- user_files
>>> both.html
<!--# include virtual="/create/positions?quantity=5" wait="yes" --><!--# include virtual="/create/positions?quantity=5" wait="yes" -->
--- request eval
["GET /both", "GET /finance/positions"]
--- response_body_filters eval
[[words(qr/"quantity":\d|detail/)], [pick('positions.@')]]
--- response_body eval
['"quantity":5 "quantity":5', "1\n"]



=== TEST 12: another owner with the same key and body has a position of its own
--- config eval
$main::Owners
--- request eval
[("POST /by-header/positions\n" . stock()) x 4, "GET /by-header/positions", "GET /by-header/positions"]
--- more_headers eval
[(map { key('K') . "\nX-User: $_" } qw(ann bob ann bob)), "X-User: ann", "X-User: bob"]
--- response_body_filters eval
[([check(sub { push @main::Ids, $_->{id}; 1 })]) x 4,
 [check(sub { "@{[ map { $_->{id} } @{ $_->{positions} } ]}" eq $main::Ids[0]
              && $main::Ids[2] eq $main::Ids[0] })],
 [check(sub { "@{[ map { $_->{id} } @{ $_->{positions} } ]}" eq $main::Ids[1]
              && $main::Ids[3] eq $main::Ids[1] && $main::Ids[0] ne $main::Ids[1] })]]
--- response_body eval
[("yes\n") x 6]
--- error_code eval
[(201) x 4, 200, 200]



=== TEST 13: what was wrong with the request is not kept: 400, 422, 415, 413
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_max_body 500;/r
--- request eval
[create(ticker => 'NOPE'), create(ticker => 'A B'), create(quantity => 0), "POST /finance/positions",
 "POST /finance/positions\n{", create(), create(note => 'x' x 500), create()]
--- more_headers eval
[(key('K')) x 5, "Content-Type: text/plain\nIdempotency-Key: K", key('K'), key('K')]
--- response_body_filters eval
[sub { substr($_[0], 0, 20) . "\n" }, left()]
--- response_body_like eval
[('detail.* left$') x 7, '^\{"id".* left idem:K positions watchlist$']
--- error_code eval
[400, 400, 422, 422, 422, 415, 413, 201]



=== TEST 14: nor what is wrong with the market: 502, 503, 504
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_retry 1; finance_timeout @{[400 * $FinanceTest::Body::Slow]}ms;/r
--- request eval
my $fault = "GET ${main::Fault}/v3/reference&kind";
["$fault=status&status=500&times=1", create(), "$fault=status&status=429&times=1", create(),
 "$fault=hang&times=1", create(), create()]
--- response_body_filters eval
my $made = [pick('version'), left()];
[[], $made, [], $made, [], $made, $made]
--- response_body eval
[qr/OK/, "missing left\n", qr/OK/, "missing left\n", qr/OK/, "missing left\n",
 "1 left idem:K positions watchlist\n"]
--- error_code eval
[200, 502, 200, 503, 200, 504, 201]



=== TEST 15: nor what is wrong with the store
--- init
redis('SET', 'finance:{default}:positions', 'x');
--- request eval
[create(), create()]
--- response_body_filters eval
[[left(), then(sub { redis('DEL', 'finance:{default}:positions') })], [pick('version'), left()]]
--- response_body eval
[qq({"detail":"The store is not available"} left positions\n), "1 left idem:K positions watchlist\n"]
--- error_code eval
[503, 201]



=== TEST 16: a write that fails writes nothing, the answer that would have been kept neither
--- init
redis('SET', 'finance:{default}:watchlist', 'x');
--- request eval
[create(), create()]
--- response_body_filters eval
[[left(), then(sub { redis('DEL', 'finance:{default}:watchlist') })], [pick('version'), left()]]
--- response_body eval
[qq({"detail":"The store is not available"} left watchlist\n), "1 left idem:K positions watchlist\n"]
--- error_code eval
[503, 201]



=== TEST 17: without a key, too
--- init
redis('SET', 'finance:{default}:watchlist', 'x');
store(1);
--- request eval
[create(), replace(1, ticker => 'KO'), replace(1, quantity => 5)]
--- more_headers
Content-Type: application/json
--- response_body_filters eval
[[unchanged(1), sub { $_[0] . redis('HLEN', 'finance:{default}:positions') }], [unchanged(1)],
 [pick('quantity', 'version')]]
--- response_body eval
[qq({"detail":"The store is not available"} unchanged\n1), qq({"detail":"The store is not available"} unchanged\n),
 "5 2\n"]
--- error_code eval
[503, 503, 200]



=== TEST 18: Redis away
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK retry=50ms;
--- request eval
["GET /finance/health", create(), "GET /finance/health", create(), create()]
--- response_body_filters eval
[[then(sub { redis_stop() })], [], [then(sub { redis_start(); main::pause(1) })],
 [keep(), sub { "kept\n" }], [same()]]
--- response_body_like eval
['"ok"', '^\{"detail":"The store is not available"\}$', '"degraded"', "^kept\n\$", "^same\n\$"]
--- error_code eval
[200, 503, 503, 201, 201]
--- response_headers eval
["", "Retry-After: 1
Cache-Control: no-store
! ETag
! Location", "", "ETag: \"1\"", "ETag: \"1\""]



=== TEST 19: keys that are none
--- request eval
[(create()) x 9]
--- more_headers eval
[map { key($_) } '', 'x' x 256, 'a b', "a\tb", "caf\xc3\xa9", "x\x7f", '  ', 'x' x 2000, "K\nIdempotency-Key: K"]
--- response_body_filters eval
[pick(qw(detail.*.type detail.*.loc detail.*.msg)), left()]
--- response_body eval
[(qq(["value_error"] [["header","idempotency-key"]] ["${main::Bad}"] left\n)) x 9]
--- error_code eval
[(422) x 9]



=== TEST 20: keys that are one, and where their answers are
--- request eval
[create(), create(), create(), "GET /finance/positions"]
--- more_headers eval
[key('a}:{*%/"\\'), key('!~' . 'x' x 253), key(' 0b3e-9 '), ""]
--- response_body_filters eval
[[sub { CORE::join ' ', grep { /idem/ } @{ redis('KEYS', '*') } }],
 [sub { CORE::join ' ', map { length } grep { /idem:%21~|idem:%21%7E/ } @{ redis('KEYS', '*') } }],
 [sub { redis('EXISTS', 'finance:{default}:idem:0b3e-9') }], [pick('positions.@')]]
--- response_body eval
['finance:{default}:idem:a%7D%3A%7B%2A%25%2F%22%5C', length('finance:{default}:idem:%21%7E') + 253, '1', "3\n"]
--- error_code eval
[201, 201, 201, 200]



=== TEST 21: the longest owner and the longest key
--- config eval
$main::Owners
--- request eval
[("POST /by-header/positions\n" . stock()) x 2]
--- more_headers eval
[(key('/' x 255) . "\nX-User: " . '/' x 256) x 2]
--- response_body_filters eval
[check(sub { my ($key) = grep { /:idem:/ } @{ redis('KEYS', '*') };
             ($main::First //= $_->{id}) eq $_->{id} && length $key })]
--- response_body eval
my $length = length('finance:{}:idem:') + 3 * (256 + 255);
[("$length\n") x 2]
--- error_code eval
[201, 201]



=== TEST 22: an answer is kept for a day, from when it was made
--- request eval
[create(), create()]
--- response_body_filters eval
[[sub { redis('TTL', "${main::Idem}K") }, then(sub { redis('EXPIRE', "${main::Idem}K", 1000) })],
 [sub { redis('TTL', "${main::Idem}K") }]]
--- response_body_like eval
['^(86400|8639\d)$', '^(1000|99\d)$']
--- error_code eval
[201, 201]



=== TEST 23: what is kept: status, version, location, body
--- request eval
[create()]
--- response_body_filters eval
sub { my $kept = redis('GET', "${main::Idem}K");
      return $kept =~ m{\AD[0-9a-f]{32}2011\n/finance/positions/[0-9a-f-]{36}\n(.*)\z}s && $1 eq $_[0]
             ? 'as it should' : $kept }
--- response_body chomp
as it should
--- error_code: 201



=== TEST 24: a client that gives up gives the key back
--- config eval
$main::Impatient
--- init
market_fault(match => '/v2', kind => 'delay', ms => 400, times => 1);
--- request eval
["POST /impatient/positions\n" . stock(), create(), "GET /finance/positions"]
--- response_body_filters eval
[[sub { "gone\n" }, then(sub { main::pause(0.1) }), left()], [pick('version'), left()], [pick('positions.@')]]
--- response_body eval
["gone left\n", "1 left idem:K positions watchlist\n", "1\n"]
--- error_code eval
[504, 201, 200]



=== TEST 25: one that leaves while Redis is asked for the key
--- http_config
    finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=2s;
--- init
redis_freeze();
main::later(0.3, 'PING');
--- request
POST /finance/positions
{"position_type":"stock","ticker":"AAPL","transaction_date":"2025-06-02","quantity":1,"purchase_price":1}
--- timeout: 100ms
--- abort
--- ignore_response
--- wait: 0.4



=== TEST 26: while it waits, the key is held, and renewed; who dies holds it no longer than 3 s
--- config eval
$main::Impatient =~ s/finance_api;/finance_api; finance_timeout 7s;/r
--- init
market_fault(match => '/v2', kind => 'delay', ms => 3500);
main::later(3.3, 'EVAL', "return redis.call('SET', 'seen', redis.call('PTTL', '${main::Idem}K'))", 0);
--- request eval
[create()]
--- response_body_filters eval
sub { my $ttl = redis('GET', 'seen') // 'none'; $ttl > 1500 && $ttl <= 3000 ? 'in time' : $ttl }
--- response_body chomp
in time
--- timeout: 9
--- error_code: 201



=== TEST 27: whose reservation was lost to another request in the meantime writes nothing
--- init
market_fault(match => '/v2', kind => 'delay', ms => 500);
main::later(0.3, 'SET', "${main::Idem}K", 'P' . 'f' x 32 . 'x' x 36);
--- request eval
[create(), "GET /finance/positions"]
--- response_body_filters eval
[[pick('detail.0.msg'), left()], [pick('positions.@')]]
--- response_body eval
[qq("${main::Other}" left idem:K\n), "0\n"]
--- error_code eval
[422, 200]
--- response_headers eval
["! Location
! ETag", ""]



=== TEST 28: one that is just late gets the first one's answer
--- request eval
[create(), "GET ${main::Fault}/v2&kind=delay&ms=500", create(), "GET /finance/positions"]
--- response_body_filters eval
[[keep(), then(sub { main::later(0.5, 'RENAME', 'kept', "${main::Idem}K");
                     redis('RENAME', "${main::Idem}K", 'kept'); redis('DEL', "finance:cache:stock:{AAPL}",
                                                                      "finance:cache:tag:{AAPL}") }),
  sub { "kept\n" }], [], [same()], [pick('positions.@')]]
--- response_body eval
["kept\n", qr/OK/, "same\n", "1\n"]
--- error_code eval
[201, 200, 201, 200]



=== TEST 29: what another program put there
--- init
redis('SET', "${main::Idem}a", '');
redis('SET', "${main::Idem}b", 'D');
redis('SET', "${main::Idem}c", "D" . '0' x 32 . "2011\n/x\n{}");
redis('LPUSH', "${main::Idem}d", 'D');
--- request eval
[(create()) x 4, "GET /finance/positions"]
--- more_headers eval
[(map { key($_) } 'a' .. 'd'), ""]
--- response_body_filters eval
[([pick('detail.0.msg')]) x 3, [], [pick('positions.@')]]
--- response_body eval
[(qq("${main::Other}"\n)) x 3, '{"detail":"The store is not available"}', "0\n"]
--- error_code eval
[422, 422, 422, 503, 200]



=== TEST 30: a kept answer that is damaged
--- request eval
[create(), create(), create(), "GET /finance/positions"]
--- response_body_filters eval
my $cut = sub { my ($n) = @_; then(sub { redis('SETRANGE', "${main::Idem}K", 33, $n) }) };
[[sub { "made\n" }, $cut->('zzz')], [$cut->("201x\n")], [], [pick('positions.@')]]
--- response_body eval
["made\n", ('{"detail":"Internal error"}') x 2, "1\n"]
--- error_code eval
[201, 500, 500, 200]



=== TEST 31: methods that have no use for it
--- init
store(1);
--- request eval
[replace(1, quantity => 5), replace(1, quantity => 5), "GET /finance/positions/" . id(1),
 "DELETE /finance/positions/" . id(1), "DELETE /finance/positions/" . id(1)]
--- response_body_filters eval
[[pick('version')], [pick('version')], [pick('version')], [left()], [left()]]
--- response_body eval
["2\n", "3\n", "3\n", qr/"deleted"\} left\n/, qr/not found"\} left\n/]
--- error_code eval
[200, 200, 200, 200, 404]

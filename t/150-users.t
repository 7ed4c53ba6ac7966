# Users: made, shown, and whose they are.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Users;
use Test::Nginx::Socket 'no_plan';

our $Gone = '{"detail":"The store is not available"}';
our $None = '{"detail":"User not found"}';
our $Id = qr/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

# An owner in X-User, an admin's mark in X-Admin.
our $Owners = FinanceTest::market_config() . <<'END';
location /owned/ {
    finance_api;
    finance_market /_market;
    finance_user $http_x_user;
    finance_admin $http_x_admin;
}
END

# The Location of a new user, followed.
our $Made = FinanceTest::market_config() . <<'END';
location /made/ {
    set $email $arg_email;
    auth_request /make;
    auth_request_set $where $upstream_http_location;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT$where;
}
location = /make {
    internal;
    proxy_method POST;
    proxy_set_header Content-Type application/json;
    proxy_set_body '{"email":"$email","name":"Ann"}';
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/user;
}
END

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(more_headers => 'Content-Type: application/json')
        if !defined $block->more_headers && !defined $block->raw_request;
});

timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: made
--- request eval
post('ann@example.org')
--- response_body_like eval
"^\\{\"id\":\"$main::Id\",\"email\":\"ann\@example.org\",\"name\":\"Ann\","
. '"created_at":"2026-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}$'
--- response_headers_like eval
"Location: /finance/user/$main::Id
Cache-Control: no-store
Content-Type: application/json"
--- error_code: 201



=== TEST 2: a new one has no ETag
--- request eval
post('ann@example.org')
--- response_headers
! ETag
! Retry-After
Cache-Control: no-store
--- error_code: 201



=== TEST 3: where the Location leads
--- config eval
$main::Made
--- request
GET /made/?email=ann@example.org
--- response_body_like eval
"^\\{\"id\":\"$main::Id\",\"email\":\"ann\@example.org\",\"name\":\"Ann\",\"created_at\":\"[^\"]*\"\\}\$"
--- response_headers_like
ETag: "[0-9a-f]{16}"
Cache-Control: private, max-age=0
--- error_code: 200



=== TEST 4: the Location below other prefixes
--- config
location /api { finance_api; finance_market /_market; }
location "/my api %/" { finance_api; finance_market /_market; }
--- request eval
[post('a@example.org', 'A', 'api'), post('b@example.org', 'A', 'my%20api%20%25')]
--- response_headers_like eval
["Location: /api/user/$main::Id", "Location: /my%20api%20%25/user/$main::Id"]
--- error_code eval
[201, 201]



=== TEST 5: what is stored
--- request eval
post(' Ann.B@Example.ORG\t', '  J\u00fcrgen  \"B\" ')
--- response_body_filters eval
[pick('email', 'name'), and_stored()]
--- response_body
"Ann.B@example.org" "Jürgen  \"B\""
 2 Ann.B@example.org/Jürgen  "B"/default/id/ann.b@example.org/nobody's own
--- error_code: 201



=== TEST 6: an address is taken in any case of its letters
--- request eval
[post('Ann@Example.org'), post('ANN@EXAMPLE.ORG'), post('ann@example.org', 'Bob'),
 post(' ann@example.org '), post('ann+x@example.org')]
--- response_body_filters eval
[([pick('detail')]) x 4, [pick('detail'), and_stored()]]
--- response_body_like eval
['^missing$', ('^"User already exists"$') x 3, '^missing\n 3 Ann@example.org/.* ann\+x@example.org/']
--- error_code eval
[201, 409, 409, 409, 201]



=== TEST 7: every bad field, at once
--- request eval
[post('ann', ''), 'POST /finance/user
{}', 'POST /finance/user
{"email":null,"name":5}', 'POST /finance/user
{"Email":"a@b.co"}', post('a@b.co', ' \t '), post('a@b.co', 'x' x 201), post('a@b..co', 'x' x 200)]
--- response_body_filters eval
pick(qw(detail.*.type detail.*.loc detail.*.msg))
--- response_body_like eval
['^\["value_error","string_too_short"\] \[\["body","email"\],\["body","name"\]\] '
 . '\["Invalid email","String should have at least 1 character"\]',
 '^\["missing","missing"\] \[\["body","email"\],\["body","name"\]\]',
 '^\["string_type","string_type"\]', '^\["missing","missing"\]',
 '^\["string_too_short"\] \[\["body","name"\]\]', '^\["string_too_long"\] \[\["body","name"\]\]',
 '^\["value_error"\] \[\["body","email"\]\]']
--- error_code eval
[(422) x 7]



=== TEST 8: the address is told as it was given, and nothing is written
--- request eval
[map { post($_) } ' ann', 'a b@example.org', 'a@b', 'a@[127.0.0.1]', 'a@b.test', '\u00e9@example.org',
 'a@ex\u00e4mple.org', '\"a\"@example.org', 'a..b@example.org', '']
--- response_body_filters eval
[([pick(qw(detail.0.input detail.0.type detail.@))]) x 9, [pick('detail.0.input'), and_stored()]]
--- response_body eval
[(map { "\"$_\" \"value_error\" 1\n" } ' ann', 'a b@example.org', 'a@b', 'a@[127.0.0.1]', 'a@b.test',
  "\xc3\xa9\@example.org", "a\@ex\xc3\xa4mple.org", '\"a\"@example.org', 'a..b@example.org'),
 "\"\"\n 0\n"]
--- error_code eval
[(422) x 10]



=== TEST 9: bodies that are none
--- request eval
["POST /finance/user", "POST /finance/user\n[]", "POST /finance/user\n{\"email\":", "POST /finance/user\nnull",
 "POST /finance/user\n{\"email\":\"a\@b.co\",\"name\":\"\\u0000\"}", "POST /finance/user\n{\"name\":\"\xff\"}"]
--- response_body_filters eval
[([pick(qw(detail.*.type detail.0.loc.0))]) x 5, [pick(qw(detail.*.type detail.0.loc.0)), and_stored()]]
--- response_body eval
[qq(["missing"] "body"\n), qq(["model_attributes_type"] "body"\n), qq(["json_invalid"] "body"\n),
 qq(["missing"] "body"\n), qq(["json_invalid"] "body"\n), qq(["json_invalid"] "body"\n 0\n)]
--- error_code eval
[(422) x 6]



=== TEST 10: another type, and too large
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_max_body 100;/r
--- request eval
[post('a@b.co'), post('a@b.co', 'A' x 100)]
--- more_headers eval
["Content-Type: text/plain", "Content-Type: application/json"]
--- response_body_filters eval
and_stored()
--- response_body eval
["{\"detail\":\"Content-Type must be application/json\"} 0\n", "{\"detail\":\"Request body is too large\"} 0\n"]
--- error_code eval
[415, 413]



=== TEST 11: other methods and paths
--- request eval
["GET /finance/user", "PUT /finance/user\n{}", "DELETE /finance/user/" . id(1), "POST /finance/users/x\n{}",
 "GET /finance/users", "GET /finance/users/", "GET /finance/user/", "GET /finance/user/x/y"]
--- error_code eval
[(405) x 4, (404) x 4]
--- response_headers eval
["Allow: POST", "Allow: POST", "Allow: GET, HEAD", "Allow: GET, HEAD", ('! Allow') x 4]



=== TEST 12: one is shown
--- init
put(1);
--- request eval
["GET /finance/user/" . id(1), "HEAD /finance/user/" . id(1), "GET /finance/user/" . uc id(1),
 "GET /finance/user/" . id(2), "HEAD /finance/user/" . id(2)]
--- response_body eval
[shown(1), '', shown(1), $main::None, '']
--- error_code eval
[200, 200, 200, 404, 404]
--- response_headers_like eval
[('Cache-Control: private, max-age=0
ETag: "[0-9a-f]{16}"') x 3, ('Cache-Control: no-store') x 2]



=== TEST 13: with the ETag it came with, again
--- config eval
FinanceTest::twice_config()
--- init
put(1); put(2);
--- request eval
["GET /twice/user/" . id(1), "GET /twice/users/" . id(1) . "," . id(2)]
--- error_code eval
[304, 304]



=== TEST 14: other contents, another ETag
--- init
put(1);
--- request eval
["GET /finance/user/" . id(1), "GET /finance/user/" . id(1)]
--- response_body_filters eval
[[pick('name'), then(sub { put(1, name => 'Other') })], [pick('name')]]
--- more_headers eval
['X-A: 1', 'If-None-Match: "0123456789abcdef"']
--- response_body eval
[qq("User 1"\n), qq("Other"\n)]



=== TEST 15: what is no id
--- init
redis_stop();
--- request eval
[map { "GET /finance/user/$_" } 'x', 'email', id(1) . '0', substr(id(1), 1), '%7B' . id(1) . '%7D',
 id(1) =~ s/-/_/r, '%20', '%ff']
--- response_body eval
[($main::None) x 8]
--- error_code eval
[(404) x 8]



=== TEST 16: without Redis
--- config eval
$main::Owners =~ s{finance_api;}{finance_api; finance_email_validator /_email/;}r
. 'location ^~ /_email/ { internal; proxy_pass http://market/check/; }'
--- init
redis_stop();
--- request eval
[post('ann@example.org'), post('ann@example.org', 'Ann', 'owned'), "GET /finance/user/" . id(1),
 "GET /finance/users/" . id(1), "GET /owned/user/" . id(1)]
--- more_headers eval
as('ann')
--- response_body_filters eval
calls(qr{^/check})
--- response_body eval
[("$main::Gone calls 0\n") x 5]
--- error_code eval
[(503) x 5]
--- response_headers_like eval
[('Retry-After: [1-9]\d*
Cache-Control: no-store') x 5]



=== TEST 17: Redis goes after the first answer, and comes back
--- http_config
finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=200ms retry=100ms;
--- init
put(1);
--- request eval
["GET /finance/user/" . id(1), post('a@example.org'), post('a@example.org')]
--- response_body_filters eval
[[then(sub { redis_stop() })],
 [then(sub { redis_start(); select undef, undef, undef, 0.5 })],
 [pick('email'), and_stored()]]
--- response_body_like eval
['"User 1"', "^\Q$main::Gone\E\$", '^"a@example.org"\n 2 a@example.org/']
--- error_code eval
[200, 503, 201]



=== TEST 18: Redis hangs
--- http_config
finance_redis unix:$TEST_NGINX_REDIS_SOCK timeout=200ms retry=100ms;
--- init
put(1);
--- request eval
["GET /finance/user/" . id(1), "GET /finance/users/" . id(1), post('a@example.org')]
--- response_body_filters eval
[[then(sub { redis_freeze() })], [], [then(sub { redis_thaw() })]]
--- response_body_like eval
['"User 1"', ("^\Q$main::Gone\E\$") x 2]
--- error_code eval
[200, 503, 503]



=== TEST 19: full, or read only: nothing is written
--- init
redis('CONFIG', 'SET', 'maxmemory', '1');
--- request eval
[post('a@example.org'), post('a@example.org'), post('a@example.org')]
--- response_body_filters eval
[[then(sub { redis('CONFIG', 'SET', 'maxmemory', '0'); redis('REPLICAOF', '127.0.0.1', '1') }), and_stored()],
 [then(sub { redis('REPLICAOF', 'NO', 'ONE') }), and_stored()], [pick('email')]]
--- response_body eval
["$main::Gone 0\n", "$main::Gone 0\n", qq("a\@example.org"\n)]
--- error_code eval
[503, 503, 201]



=== TEST 20: damaged, one by one
--- init
put(1, id => id(2)); put(3, name => undef); put(4, created_at => 'soon'); put(5, owner => undef);
put(6, email => ''); put(7, name => 'x' x 900); put(8, created_at => '9' x 19); put(10);
redis('SET', 'finance:user:{' . id(9) . '}', 'x');
redis('LPUSH', 'finance:user:{' . id(11) . '}', 'x');
--- request eval
[(map { 'GET /finance/user/' . id($_) } 1, 3 .. 9, 11), 'GET /finance/users/' . CORE::join ',', map { id($_) } 1 .. 11]
--- response_body eval
[($main::Gone) x 9, '{"users":[' . shown(10) . ']}']
--- error_code eval
[(503) x 9, 200]



=== TEST 21: text of another program's leaves as JSON
--- init
put(1, name => "\"}]\n\x01\xff");
--- request eval
["GET /finance/user/" . id(1)]
--- response_body_filters eval
pick('name')
--- response_body eval
qq("\\"}]\\n\\u0001\xef\xbf\xbd"\n)



=== TEST 22: an index or an owner's user of another type: nothing is written
--- config eval
$main::Owners
--- init
redis('SET', 'finance:user:email', 'x');
redis('LPUSH', 'finance:{bob}:user', 'x');
redis('HSET', 'finance:{joe}:user', 'x', 'y');
--- request eval
[post('ann@example.org', 'Ann', 'owned'), post('ann@example.org', 'Ann', 'owned'),
 post('bob@example.org', 'Bob', 'owned'), post('joe@example.org', 'Joe', 'owned')]
--- more_headers eval
[as('ann'), as('ann', 1), as('bob'), as('joe', 1)]
--- response_body_filters eval
[[], [then(sub { redis('DEL', 'finance:user:email') })], [],
 [sub { "$_[0] @{[ sort @{ redis('KEYS', '*') } ]}\n" }]]
--- response_body eval
[($main::Gone) x 3, "$main::Gone finance:{bob}:user finance:{joe}:user\n"]
--- error_code eval
[(503) x 4]



=== TEST 23: several, in the order asked, each once
--- init
put($_) for 1 .. 4;
--- request eval
['GET /finance/users/' . CORE::join(',', map { id($_) } 3, 1, 3, 9, 4, 1),
 'GET /finance/users/' . CORE::join(',', uc id(2), id(2)), 'GET /finance/users/' . id(2),
 'HEAD /finance/users/' . id(2)]
--- response_body eval
['{"users":[' . CORE::join(',', map { shown($_) } 3, 1, 4) . ']}', ('{"users":[' . shown(2) . ']}') x 2, '']
--- response_headers_like eval
[('Cache-Control: private, max-age=0
ETag: "[0-9a-f]{16}"') x 4]



=== TEST 24: what is no id is left out
--- init
put(1);
--- request eval
['GET /finance/users/x,' . id(1) . ',,{},' . id(1) . '0', 'GET /finance/users/x', 'GET /finance/users/,',
 'GET /finance/users/' . id(2), 'GET /finance/users/' . id(1) . '%2C' . id(2), 'GET /finance/users/%20' . id(1)]
--- response_body eval
my $one = '{"users":[' . shown(1) . ']}';
my $none = '{"users":[]}';
[$one, $none, $none, $none, $one, $none]



=== TEST 25: 100, and more
--- init
put($_) for 0 .. 99;
--- request eval
my $ids = CORE::join ',', map { id($_) } 0 .. 99;
["GET /finance/users/$ids", "GET /finance/users/$ids," . id(1), "GET /finance/users/$ids,x",
 "GET /finance/users/" . 'x,' x 100, "GET /finance/users/" . 'x,' x 101]
--- response_body_filters eval
pick(qw(users.@ users.0.name users.99.name detail))
--- response_body eval
[qq(100 "User 0" "User 99" missing\n), (qq(missing missing missing "Too many ids"\n)) x 2,
 qq(0 missing missing missing\n), qq(missing missing missing "Too many ids"\n)]
--- error_code eval
[200, 400, 400, 200, 400]



=== TEST 26: they are asked for together
--- init
put($_) for 0 .. 19;
--- request eval
['GET /finance/users/' . id(1), 'GET /finance/users/' . CORE::join ',', map { id($_) } 0 .. 19]
--- response_body_filters eval
my $read = sub { redis('INFO', 'stats') =~ /total_reads_processed:(\d+)/; $1 };
[[pick('users.@'), then(sub { $main::Read = $read->() })],
 [pick('users.@'), sub { $_[0] . ($read->() - $main::Read) . "\n" }]]
--- response_body eval
# the question for twenty and the one for the figure
["1\n", "20\n2\n"]



=== TEST 27: one an owner, one an address, and the same words for both
--- config eval
$main::Owners
--- request eval
[post('ann@example.org', 'Ann', 'owned'), post('ann2@example.org', 'Ann', 'owned'),
 post('Ann@example.org', 'Bob', 'owned'), post('bob@example.org', 'Bob', 'owned'),
 post('bob@example.org', 'Bob', 'owned')]
--- more_headers eval
[as('ann'), as('ann'), as('bob'), as('bob'), as('joe}:x{')]
--- response_body_filters eval
[([pick('detail')]) x 4, [pick('detail'), and_stored()]]
--- response_body eval
["missing\n", (qq("User already exists"\n)) x 2, "missing\n",
 qq("User already exists"\n 5 ann\@example.org/Ann/ann/id/ann\@example.org/finance:{ann}:user )
 . qq(bob\@example.org/Bob/bob/id/bob\@example.org/finance:{bob}:user\n)]
--- error_code eval
[201, 409, 409, 201, 409]



=== TEST 28: owners see their own and no other's
--- config eval
$main::Owners
--- init
put(1, owner => 'ann'); put(2, owner => 'bob'); put(3, owner => ''); put(4);
put(5, owner => 'bob', name => undef); put(6, owner => undef);
--- request eval
[(map { 'GET /owned/user/' . id($_) } 1 .. 6), 'GET /owned/users/' . CORE::join(',', map { id($_) } 1 .. 6),
 'GET /owned/user/' . id(1), 'GET /owned/user/' . id(2), 'GET /owned/user/' . id(5),
 'GET /owned/user/' . id(4), 'GET /owned/users/' . CORE::join(',', map { id($_) } 1 .. 6)]
--- more_headers eval
[(as('ann')) x 7, (as('bob')) x 3, as('default'), as('an')]
--- response_body eval
[shown(1), ($main::None) x 5, '{"users":[' . shown(1) . ']}', $main::None, shown(2), $main::Gone,
 shown(4), '{"users":[]}']
--- error_code eval
[200, (404) x 5, 200, 404, 200, 503, 200, 200]



=== TEST 29: an admin sees all
--- config eval
$main::Owners
--- init
put(1, owner => 'ann'); put(2, owner => 'bob'); put(3, owner => '');
--- request eval
[(map { 'GET /owned/user/' . id($_) } 1 .. 3), ('GET /owned/users/' . CORE::join(',', map { id($_) } 1 .. 3)) x 4]
--- more_headers eval
[(as('root', 1)) x 4, as('root', 'yes'), as('root', 0), as('root', '')]
--- response_body eval
my $all = '{"users":[' . CORE::join(',', map { shown($_) } 1 .. 3) . ']}';
[(map { shown($_) } 1 .. 3), $all, $all, ('{"users":[]}') x 2]



=== TEST 30: an admin makes more than one: the first is its own, the others nobody's
--- config eval
$main::Owners
--- request eval
[post('a@example.org', 'A', 'owned'), post('b@example.org', 'B', 'owned'),
 post('a@example.org', 'C', 'owned'), post('c@example.org', 'C', 'owned'),
 post('d@example.org', 'D', 'owned')]
--- more_headers eval
[(as('root', 1)) x 3, as('root'), as('root', '0')]
--- response_body_filters eval
[([pick('detail')]) x 4, [pick('detail'), and_stored()]]
--- response_body eval
["missing\n", "missing\n", (qq("User already exists"\n)) x 2, qq("User already exists"\n)
 . qq( 4 a\@example.org/A/root/id/a\@example.org/finance:{root}:user )
 . qq(b\@example.org/B//id/b\@example.org/nobody's own\n)]
--- error_code eval
[201, 201, 409, 409, 409]



=== TEST 31: an admin is somebody; nobody is none
--- config eval
$main::Owners
--- request eval
[post('a@example.org', 'A', 'owned'), 'GET /owned/user/' . id(1), 'GET /owned/users/' . id(1)]
--- more_headers eval
as(undef, 1)
--- response_body_filters eval
and_stored()
--- response_body eval
[("{\"detail\":\"Not authenticated\"} 0\n") x 3]
--- error_code eval
[(401) x 3]



=== TEST 32: without finance_user everyone sees and makes any
--- config eval
$main::Owners
--- init
put(1, owner => 'ann'); put(2, owner => '');
--- request eval
['GET /finance/users/' . id(1) . ',' . id(2), post('a@example.org'), post('b@example.org')]
--- response_body_filters eval
[[], [pick('detail')], [pick('detail'), sub { "$_[0]@{ redis('KEYS', '*:user') }\n" }]]
--- response_body eval
['{"users":[' . shown(1) . ',' . shown(2) . ']}', "missing\n", "missing\n\n"]
--- error_code eval
[200, 201, 201]



=== TEST 33: two at once, one of them
--- config eval
$main::Made . <<'END';
location = /both { ssi on; ssi_types *; alias $TEST_NGINX_HTML_DIR/both.html; }
location /through/ {
    proxy_method POST;
    proxy_set_header Content-Type application/json;
    proxy_set_body '{"email":"$arg_email","name":"Ann"}';
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/;
}
END
--- user_files
>>> both.html
<!--# include virtual="/through/user?email=ann@example.org" --><!--# include virtual="/through/user?email=Ann@example.org" -->
--- request
GET /both
--- response_body_filters eval
[words(qr/created|already/), and_stored()]
--- response_body_like
^already created 2 [Aa]nn@example.org/Ann/default/id/ann@example.org/nobody's own$

# The location that is asked whether an e-mail address exists.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Users;
use Test::Nginx::Socket 'no_plan';

our $Unchecked = '{"detail":"The e-mail address could not be checked"}';

# An owner in X-User, an admin's mark in X-Admin.
our $Owners = FinanceTest::market_config() . <<'END';
location /owned/ {
    finance_api;
    finance_market /_market;
    finance_user $http_x_user;
    finance_admin $http_x_admin;
}
END

# The market's server plays the validator: it knows no /check/, so that it says
# 404 unless a fault says something else.
our $Checked = FinanceTest::market_config() =~ s{finance_api;}{
    finance_api;
    finance_email_validator /_email/;
    finance_timeout @{[400 * $FinanceTest::Body::Slow]}ms;
}r . <<'END';
location ^~ /_email/ {
    internal;
    proxy_pass http://market/check/;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
}
END

# One that says what it is told to: no address with "bad" in it.
our $Static = FinanceTest::market_config() . <<'END';
location ^~ /_email/ {
    internal;
    if ($uri ~ bad) {
        return 404;
    }
    return 204;
}
END

# What may be wrong with an answer that has said 200 already.
our @Bodies = map { "kind=$_" } qw(html gzip empty big big_chunked garbage_json chunked drip&ms=1
                                   truncate short_chunk);

# A fault of the validator, then a new user, for each.
sub checked {
    my ($n, @faults) = (0, @_);

    return map { $n++; ("GET /market-control/fault?match=/check/&$_",
                        post("u$n\@example.org"), 'GET /market-control/reset') } @faults;
}

{
    no warnings 'once';

    *Test::Base::Filter::checked = \&checked;
}

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

=== TEST 1: a validator that says yes, and no
--- http_config
finance_email_validator /_email/;
--- config eval
$main::Static
--- request eval
[post('ann@example.org'), post(' bad@Example.org'), post('ann@bad.example'), post('b@example.org', ''),
 post('bad@example.org', ''), post('x@x', '')]
--- response_body_filters eval
pick(qw(email detail.*.type detail.*.loc detail.*.msg detail.0.input))
--- response_body eval
my $invalid = '["value_error"] [["body","email"]] ["Invalid email"]';
my $short = '"String should have at least 1 character"';
[qq("ann\@example.org" missing missing missing missing\n),
 qq(missing $invalid " bad\@Example.org"\n), qq(missing $invalid "ann\@bad.example"\n),
 (qq(missing ["string_too_short"] [["body","name"]] [$short] ""\n)) x 2,
 qq(missing ["value_error","string_too_short"] [["body","email"],["body","name"]] ["Invalid email",$short] "x\@x"\n)]
--- error_code eval
[201, (422) x 5]



=== TEST 2: what its answers mean
--- config eval
$main::Checked
--- request eval
[checked(map { "kind=status&status=$_" } 200, 404, 400, 405, 410, 422, 451, 401, 403, 407, 408, 429, 500, 502, 503,
         504, 302)]
--- response_body_filters eval
my $ok = [sub { "ok\n" }];
[map { ($ok, [pick('detail.0.msg', 'detail', 'email')], $ok) } 1 .. 17]
--- response_body_like eval
my $failed = '^missing "The e-mail address could not be checked" missing$';
[(map { ('^ok$', $_, '^ok$') } '^missing missing "u1@example.org"$', ('^"Invalid email" .* missing$') x 6,
  ($failed) x 10)]
--- error_code eval
[map { (200, $_, 200) } 201, (422) x 6, (502) x 8, 504, 502]



=== TEST 3: nothing is written when it says no or nothing, and no time is told
--- config eval
$main::Checked
--- request eval
[checked('kind=status&status=404', 'kind=status&status=500', 'kind=hang', 'kind=reset')]
--- response_body_filters eval
and_stored()
--- response_body_like eval
[('^.* 0$') x 12]
--- response_headers eval
[('! Retry-After') x 12]
--- error_code eval
[200, 422, 200, 200, 502, 200, 200, 504, 200, 200, 502, 200]



=== TEST 4: a failure is logged once, without the address
--- config eval
$main::Checked
--- init
market_fault(match => '/check/', kind => 'status', status => 500);
--- request eval
post('ann@example.org')
--- response_body eval
$main::Unchecked
--- error_code: 502
--- grep_error_log eval
qr/finance: [^,]*|ann/
--- grep_error_log_out
finance: the e-mail validator failed: upstream



=== TEST 5: and so is a time that passed
--- config eval
$main::Checked
--- init
market_fault(match => '/check/', kind => 'hang');
--- request eval
post('ann@example.org')
--- response_body eval
$main::Unchecked
--- error_code: 504
--- grep_error_log eval
qr/finance: [^,]*/
--- grep_error_log_out
finance: the e-mail validator failed: timeout



=== TEST 6: an address that there is not is no failure
--- config eval
$main::Checked
--- request eval
post('ann@example.org')
--- error_code: 422
--- no_error_log
[error]
[warn]



=== TEST 7: it breaks
--- config eval
$main::Checked
--- request eval
[checked('kind=hang', 'kind=reset', 'kind=close', 'kind=status_line', 'kind=delay&ms=30')]
--- response_body_filters eval
my $ok = [sub { "ok\n" }];
[map { ($ok, [pick('detail')], $ok) } 1 .. 5]
--- response_body_like eval
my $failed = '^"The e-mail address could not be checked"$';
[map { ('^ok$', $_, '^ok$') } ($failed) x 4, 'Invalid']
--- error_code_like eval
[map { (200, $_, 200) } 504, 502, 502, '^50[24]$', 422]



=== TEST 8: its body does not matter, nor its encoding
--- config eval
$main::Checked =~ s{/check/}{/v1/marketstatus/now?email=}r =~ s/\d+00ms/5s/r
--- request eval
my $n = 0;
[map { $n++; ("GET /market-control/fault?match=/v1/&$_", post("u$n\@example.org"), 'GET /market-control/reset') }
 @main::Bodies]
--- response_body_filters eval
my $ok = [sub { "ok\n" }];
[map { ($ok, [pick('email', 'detail')], $ok) } @main::Bodies]
--- response_body eval
my $n = 0;
[map { $n++; ("ok\n", qq("u$n\@example.org" missing\n), "ok\n") } @main::Bodies]
--- error_code eval
[map { (200, 201, 200) } @main::Bodies]
--- no_error_log
gunzip



=== TEST 9: a time limit of the location
--- config eval
$main::Checked =~ s/\d+00ms/5s/r =~ s/Connection "";\n\}$/Connection "";\n    proxy_read_timeout 100ms;\n}/r
--- init
market_fault(match => '/check/', kind => 'hang');
--- request eval
post('ann@example.org')
--- response_body eval
$main::Unchecked
--- error_code: 504
--- error_log
upstream timed out



=== TEST 10: nobody listens
--- config eval
FinanceTest::market_config() =~ s{finance_api;}{finance_api; finance_email_validator /_email/;}r . <<'END';
location ^~ /_email/ { internal; proxy_pass http://127.0.0.1:1/; }
END
--- request eval
post('ann@example.org')
--- response_body_filters eval
and_stored()
--- response_body eval
"$main::Unchecked 0\n"
--- error_code: 502
--- error_log
Connection refused



=== TEST 11: the address arrives as it is
--- config eval
$main::Checked
--- request eval
[map { post($_) } 'Ann.B@Example.ORG', '100%@a.org', 'a%2Fb@a.org', 'a?b@a.org', 'a#b@a.org', 'a+b@a.org',
 'a&b=c@a.org', 'a/b@a.org', 'a/./b@a.org', "!\$'*-^_`{|}~\@a.org"]
--- response_body_filters eval
[([sub { "any\n" }]) x 9,
 [sub { CORE::join('', map { /^GET (\S+) HTTP/ ? "$1\n" : "? $_\n" } market_last('/check/')) }]]
--- response_body eval
my @sent = ('Ann.B@example.org', '100%25@a.org', 'a%252Fb@a.org', 'a%3Fb@a.org', 'a%23b@a.org', 'a+b@a.org',
            'a&b=c@a.org', 'a/b@a.org', 'a/./b@a.org', "!\$'*-%5E_%60%7B%7C%7D~\@a.org");
[("any\n") x 9, CORE::join '', map { "/check/$_\n" } @sent]
--- error_code eval
[(422) x 10]



=== TEST 12: nothing of the client's goes to it
--- config eval
$main::Checked
--- request eval
post('ann@example.org')
--- more_headers
Content-Type: application/json
Authorization: Bearer secret
Cookie: session=secret
X-User: secret
--- response_body_filters eval
sub { my ($asked) = market_last('/check/');
      my ($line, @headers) = split /\r?\n/, $asked;
      CORE::join(' ', $line, sort map { /^([^:]+):/ ? lc $1 : () } @headers) . "\n" }
--- response_body
GET /check/ann@example.org HTTP/1.1 host
--- error_code: 422



=== TEST 13: it is not asked about what is malformed or taken
--- config eval
$main::Checked
--- init
redis('HSET', 'finance:user:email', 'ann@example.org', 'x');
--- request eval
[post('ann'), post('ann@example.org', ''), post('Ann@example.org'), 'GET /finance/user/' . id(1)]
--- response_body_filters eval
[pick('detail.*.type'), calls(qr{^/check})]
--- response_body eval
[qq(["value_error"] calls 0\n), qq(["string_too_short"] calls 0\n), ("missing calls 0\n") x 2]
--- error_code eval
[422, 422, 409, 404]



=== TEST 14: nor for an owner who has one
--- config eval
$main::Owners =~ s{finance_user}{finance_email_validator /_email/; finance_user}r
. 'location ^~ /_email/ { internal; proxy_pass http://market/check/; }'
--- init
redis('SET', 'finance:{ann}:user', 'x');
--- request eval
[(post('ann@example.org', 'Ann', 'owned')) x 3]
--- more_headers eval
[as('ann'), as('bob'), as('ann', 1)]
--- response_body_filters eval
[pick('detail.0.msg'), calls(qr{^/check})]
--- response_body eval
["missing calls 0\n", qq("Invalid email" calls 1\n), qq("Invalid email" calls 2\n)]
--- error_code eval
[409, 422, 422]



=== TEST 15: its answers are not kept
--- config eval
$main::Checked
--- request eval
[post('ann@example.org'), post('ann@example.org'), checked('kind=status&status=200')]
--- response_body_filters eval
[([pick('detail.0.msg'), calls(qr{^/check})]) x 2, [sub { "ok\n" }],
 [pick('email'), sub { "$_[0]@{[ scalar @{ redis('KEYS', '*cache*') } ]}\n" }], [sub { "ok\n" }]]
--- response_body eval
[qq("Invalid email" calls 1\n), qq("Invalid email" calls 2\n), "ok\n", qq("u1\@example.org"\n0\n), "ok\n"]
--- error_code eval
[422, 422, 200, 201, 200]



=== TEST 16: the same question at the same time is asked once
--- config eval
$main::Checked . <<'END';
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
<!--# include virtual="/through/user?email=ann@example.org" --><!--# include virtual="/through/user?email=ann@Example.org" --><!--# include virtual="/through/user?email=bob@example.org" -->
--- init
market_fault(match => '/check/', kind => 'delay', ms => 100);
--- request
GET /both
--- response_body_filters eval
[words(qr/Invalid/), calls(qr{^/check}),
 sub { "$_[0]@{[ sort map { m{(/check/\S+)} ? $1 : () } market_last('/check/') ]}\n" }]
--- response_body
Invalid Invalid Invalid calls 2
/check/ann@example.org /check/bob@example.org



=== TEST 17: health says nothing of it
--- config eval
$main::Checked
--- request eval
["GET /finance/health", checked('kind=status&status=500', 'kind=hang', 'kind=reset'), "GET /finance/health"]
--- response_body_filters eval
my $any = [sub { "any\n" }];
my $health = [pick(qw(status market.status market.in_flight))];
[$health, ($any) x 9, $health]
--- response_body eval
[qq("ok" "unused" 0\n), ("any\n") x 9, qq("ok" "unused" 0\n)]
--- error_code eval
[200, 200, 502, 200, 200, 504, 200, 200, 502, 200, 200]



=== TEST 18: nor does it hide what the market said
--- config eval
$main::Checked
--- request eval
["GET /market-control/fault?match=/v&kind=status&status=500", "GET /finance/stocks/KO/bars",
 post('ann@example.org'), "GET /finance/health"]
--- response_body_filters eval
my $any = [sub { "any\n" }];
[$any, $any, $any, [pick(qw(status market.status market.reason))]]
--- response_body eval
[("any\n") x 3, qq("degraded" "failing" "upstream"\n)]
--- error_code eval
[200, 502, 422, 200]



=== TEST 19: the client leaves while it is asked
--- config eval
$main::Checked =~ s/\d+00ms/2s/r
--- init
market_fault(match => '/check/', kind => 'delay', ms => 500);
--- request eval
post('ann@example.org')
--- timeout: 0.1
--- abort
--- ignore_response
--- wait: 0.8
--- no_error_log
the e-mail validator failed



=== TEST 20: a validator that leads to ourselves
--- config eval
FinanceTest::market_config() =~ s{finance_api;}{finance_api; finance_email_validator /finance/user/;}r
--- request eval
post('ann@example.org')
--- response_body_filters eval
and_stored()
--- response_body eval
"$main::Unchecked 0\n"
--- error_code: 502
--- error_log
finance_api serves no subrequests



=== TEST 21: the prefix is taken as it is written
--- config eval
FinanceTest::market_config() =~ s{finance_api;}{finance_api; finance_email_validator /_check;}r . <<'END';
location ^~ /_check { internal; proxy_pass http://market/check/; }
END
--- request eval
post('ann@example.org')
--- response_body_filters eval
sub { CORE::join(' ', map { /^GET (\S+)/ ? $1 : '?' } market_last('/check')) . "\n" }
--- response_body
/check/ann@example.org
--- error_code: 422



=== TEST 22: each location its own
--- http_config
finance_email_validator /_email/;
--- config eval
$main::Static . <<'END';
location /other/ {
    finance_api;
    finance_market /_market;
    finance_email_validator /_none/;
}
location ^~ /_none/ { internal; return 410; }
END
--- request eval
[post('ann@example.org'), post('bob@example.org', 'Bob', 'other')]
--- error_code eval
[201, 422]

# finance_redis: its forms, and what is refused with which words.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/AAPL';

# What stands in a location with finance_api and finance_market.
sub api_with {
    my ($directives) = @_;

    return FinanceTest::market_config()
           =~ s/finance_api;/finance_api;\n    $directives\n/r;
}

# What nginx says of a directive, with where it stands.
sub refused {
    my ($what) = @_;

    return [qr/\[emerg\] .*$what.* in \S+nginx\.conf:\d+$/];
}

{
    no warnings 'once';

    *Test::Base::Filter::api_with = \&api_with;
    *Test::Base::Filter::refused = \&refused;
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(request => 'GET /finance/watchlist')
        if !defined $block->request && !defined $block->must_die;
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: Redis over TCP, with a database and options
--- http_config
    finance_redis redis://127.0.0.1:$TEST_NGINX_REDIS_PORT/5 connections=1 timeout=2s retry=100ms;
--- request
POST /finance/watchlist?ticker=AAPL
--- response_body_filters eval
sub { redis('SELECT', 5); my $n = redis('EXISTS', 'finance:{default}:watchlist');
      redis('SELECT', 0); "$n\n" }
--- response_body
1



=== TEST 2: with a name and a password
--- http_config
    finance_redis redis://joe:s%3Fcret%20@127.0.0.1:$TEST_NGINX_REDIS_PORT;
--- post_setup_server_root
redis('ACL', 'SETUSER', 'joe', 'on', '>s?cret ', '~*', '+@all');
--- request
GET /finance/watchlist
--- response_body chomp
[]



=== TEST 3: with the password in a file
--- http_config
    finance_redis redis://joe@127.0.0.1:$TEST_NGINX_REDIS_PORT password_file=$TEST_NGINX_HTML_DIR/secret;
--- post_setup_server_root
FinanceTest::Sample::write_file(html_dir() . '/secret', "pass word\n", 0600);
redis('ACL', 'SETUSER', 'joe', 'on', '>pass word', '~*', '+@all');
--- request
GET /finance/watchlist
--- response_body chomp
[]



=== TEST 4: a file that everybody may read
--- http_config
    finance_redis redis://joe@127.0.0.1:$TEST_NGINX_REDIS_PORT password_file=$TEST_NGINX_HTML_DIR/secret;
--- post_setup_server_root
FinanceTest::Sample::write_file(html_dir() . '/secret', "pass word\n", 0644);
redis('ACL', 'SETUSER', 'joe', 'on', '>pass word', '~*', '+@all');
--- request
GET /finance/watchlist
--- response_body chomp
[]
--- error_log eval
qr{\[warn\] .*everybody may read "\S+/secret", a password's file: chmod o-rwx it in \S+nginx\.conf:\d+}
--- suppress_stderr



=== TEST 5: a file that is not there
--- http_config
    finance_redis redis://joe@127.0.0.1 password_file=/nonexistent/secret;
--- must_die
--- error_log eval
refused(qr{/nonexistent/secret.*No such file})
--- suppress_stderr



=== TEST 6: the default is Redis on this machine's usual port
--- config eval
FinanceTest::market_config() . "\n# finance_redis left out"
--- http_config
    # no finance_redis here
--- response_body_like: detail|\[
--- error_code_like: ^(200|503)$



=== TEST 7: TLS
--- http_config
    finance_redis rediss://joe:secret@127.0.0.1;
--- must_die
--- error_log eval
refused(qr/invalid url of "finance_redis": TLS \(rediss:\/\/\) is not supported with this hiredis/)
--- no_error_log
secret
--- suppress_stderr



=== TEST 8: another scheme
--- http_config
    finance_redis http://127.0.0.1;
--- must_die
--- error_log eval
refused(qr/invalid url of "finance_redis": it must begin with "redis:\/\/" or "unix:\/"/)
--- suppress_stderr



=== TEST 9: a port that is none
--- http_config
    finance_redis redis://127.0.0.1:99999;
--- must_die
--- error_log eval
refused(qr/invalid url of "finance_redis": the port must be a number from 1 to 65535/)
--- suppress_stderr



=== TEST 10: a host that is none
--- http_config
    finance_redis redis://no.such.host.invalid;
--- must_die
--- error_log eval
refused(qr/host not found in "no.such.host.invalid:6379" of "finance_redis"/)
--- suppress_stderr



=== TEST 11: a database that is none
--- http_config
    finance_redis redis://127.0.0.1/first;
--- must_die
--- error_log eval
refused(qr/invalid url of "finance_redis": the database after "\/" must be a number/)
--- suppress_stderr



=== TEST 12: two servers
--- http_config
    finance_redis redis://127.0.0.1 redis://joe:secret@127.0.0.2;
--- must_die
--- error_log eval
refused(qr/several servers, "sentinel=" and "cluster" are not supported by "finance_redis", name one server/)
--- no_error_log
secret
--- suppress_stderr



=== TEST 13: a name without a password
--- http_config
    finance_redis redis://joe@127.0.0.1;
--- must_die
--- error_log eval
refused(qr/the url of "finance_redis" has a user but no password, /)
--- suppress_stderr



=== TEST 14: no connections
--- http_config
    finance_redis redis://127.0.0.1 connections=0;
--- must_die
--- error_log eval
refused(qr/invalid "connections=0" of "finance_redis", it must be from 1 to 64/)
--- suppress_stderr



=== TEST 15: no time
--- http_config
    finance_redis redis://127.0.0.1 timeout=never;
--- must_die
--- error_log eval
refused(qr/"timeout=never" of "finance_redis"/)
--- suppress_stderr



=== TEST 16: an unknown option
--- http_config
    finance_redis redis://127.0.0.1 speed=9;
--- must_die
--- error_log eval
refused(qr/"speed=9"/)
--- suppress_stderr



=== TEST 17: twice
--- http_config
    finance_redis redis://127.0.0.1;
    finance_redis redis://127.0.0.1;
--- must_die
--- error_log eval
refused(qr/"finance_redis" directive is duplicate/)
--- suppress_stderr

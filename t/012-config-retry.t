# finance_retry: what is taken, what is refused with which words, and how it
# is handed down, counted at the market.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

our $Bars = '/v2/aggs/ticker/';

# Connections of their own, so that nginx itself repeats nothing.
our $Market = <<'END';
location /_market/ {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/;
}
END

# What stands in a location with finance_api and finance_market.
sub api_with {
    my ($directives) = @_;

    return "$main::Market location /finance/ { finance_api; "
           . "finance_market /_market; $directives }";
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

=== TEST 1: three attempts where nothing is said
--- config eval
api_with('')
--- init
market_fault(match => '/v2', kind => 'status', status => 500);
--- request
GET /finance/stocks/KO/bars
--- response_body_filters eval
[pick('detail'), calls("${main::Bars}KO")]
--- response_body
"The market answered an error" calls 3
--- error_code: 502
--- error_log eval
[qr{\[info\] .*finance: attempt 1 of 3 at "/_market/v2/aggs/\S+" failed: The market answered an error \(upstream\), the next one in [1-9]\d* ms},
 qr{\[info\] .*finance: attempt 2 of 3 at },
 qr{\[error\] .*finance: bars of KO failed: The market answered an error \(upstream\)}]
--- no_error_log
attempt 3 of 3



=== TEST 2: one attempt
--- config eval
api_with('finance_retry 1;')
--- init
market_fault(match => '/v2', kind => 'status', status => 500);
--- request
GET /finance/stocks/KO/bars
--- response_body_filters eval
[pick('detail'), calls("${main::Bars}KO")]
--- response_body
"The market answered an error" calls 1
--- error_code: 502
--- no_error_log
finance: attempt



=== TEST 3: as many as there may be
--- config eval
api_with('finance_retry 10 base=1ms max=1ms;')
--- init
market_fault(match => '/v2', kind => 'status', status => 500);
--- request
GET /finance/stocks/KO/bars
--- response_body_filters eval
[pick('detail'), calls("${main::Bars}KO")]
--- response_body
"The market answered an error" calls 10
--- error_code: 502



=== TEST 4: handed down whole, and said anew
--- http_config
    finance_retry 2 base=1ms max=2ms;
    finance_market /_market;
--- config
    location /_market/ {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/;
    }
    location /finance/ { finance_api; }
    location /own/ { finance_api; finance_retry 4 max=100ms; }
    location /own/in/ { finance_api; finance_retry 5 max=1m base=1ms; }
--- init
market_fault(match => '/v2', kind => 'status', status => 500);
--- request eval
["GET /finance/stocks/KO/bars", "GET /own/stocks/AAPL/bars", "GET /own/in/stocks/JPM/bars"]
--- response_body_filters eval
[map { [sub { '' }, calls("$main::Bars$_")] } qw(KO AAPL JPM)]
--- response_body eval
[map { " calls $_\n" } 2, 4, 5]
--- error_code eval
[502, 502, 502]



=== TEST 5: a server's
--- config
    finance_retry 2 base=1ms;
    finance_market /_market;
    location /_market/ {
        internal;
        proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/;
    }
    location /finance/ { finance_api; }
--- init
market_fault(match => '/v2', kind => 'status', status => 500);
--- request
GET /finance/stocks/KO/bars
--- response_body_filters eval
[pick('detail'), calls("${main::Bars}KO")]
--- response_body
"The market answered an error" calls 2
--- error_code: 502



=== TEST 6: numbers that are none
--- config eval
api_with('finance_retry 0;')
--- must_die
--- error_log eval
refused(qr/invalid number of attempts "0" in "finance_retry", it must be from 1 to 10/)
--- suppress_stderr



=== TEST 7: too many
--- config eval
api_with('finance_retry 11;')
--- must_die
--- error_log eval
refused(qr/invalid number of attempts "11" in "finance_retry"/)
--- suppress_stderr



=== TEST 8: no number
--- config eval
api_with('finance_retry off;')
--- must_die
--- error_log eval
refused(qr/invalid number of attempts "off" in "finance_retry"/)
--- suppress_stderr



=== TEST 9: the number left out
--- config eval
api_with('finance_retry base=1s;')
--- must_die
--- error_log eval
refused(qr/invalid number of attempts "base=1s" in "finance_retry"/)
--- suppress_stderr



=== TEST 10: nothing said
--- config eval
api_with('finance_retry;')
--- must_die
--- error_log eval
refused(qr/invalid number of arguments in "finance_retry" directive/)
--- suppress_stderr



=== TEST 11: no time
--- config eval
api_with('finance_retry 3 base=soon;')
--- must_die
--- error_log eval
refused(qr/invalid time "base=soon" in "finance_retry", it must be from 1ms to 60s/)
--- suppress_stderr



=== TEST 12: an empty time
--- config eval
api_with('finance_retry 3 max=;')
--- must_die
--- error_log eval
refused(qr/invalid time "max=" in "finance_retry"/)
--- suppress_stderr



=== TEST 13: a time of nothing
--- config eval
api_with('finance_retry 3 base=0ms;')
--- must_die
--- error_log eval
refused(qr/invalid time "base=0ms" in "finance_retry"/)
--- suppress_stderr



=== TEST 14: a time without end
--- config eval
api_with('finance_retry 3 max=2m;')
--- must_die
--- error_log eval
refused(qr/invalid time "max=2m" in "finance_retry"/)
--- suppress_stderr



=== TEST 15: the first pause over the longest
--- config eval
api_with('finance_retry 3 base=2s max=1s;')
--- must_die
--- error_log eval
refused(qr/"base=" of "finance_retry" is 2000ms and longer than "max=", 1000ms/)
--- suppress_stderr



=== TEST 16: the first pause over what is the longest where nothing is said
--- config eval
api_with('finance_retry 3 base=5s;')
--- must_die
--- error_log eval
refused(qr/"base=" of "finance_retry" is 5000ms and longer than "max=", 2000ms/)
--- suppress_stderr



=== TEST 17: the same twice
--- config eval
api_with('finance_retry 3 base=1s base=2s;')
--- must_die
--- error_log eval
refused(qr/duplicate "base=2s" in "finance_retry"/)
--- suppress_stderr



=== TEST 18: an unknown parameter
--- config eval
api_with('finance_retry 3 jitter=1s;')
--- must_die
--- error_log eval
refused(qr/unknown parameter "jitter=1s" of "finance_retry": base= and max= are known/)
--- suppress_stderr



=== TEST 19: twice
--- config eval
api_with('finance_retry 3; finance_retry 2;')
--- must_die
--- error_log eval
refused(qr/"finance_retry" directive is duplicate/)
--- suppress_stderr

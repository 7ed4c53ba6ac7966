# finance_refresh: what is refused, and with which words.
use strict;
use warnings;

use FinanceTest sample => 1;
use Test::Nginx::Socket 'no_plan';

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: an interval there must be
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh ahead=1m; }
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_refresh" directive needs "interval=" in \S+nginx\.conf:\d+/



=== TEST 2: of a second at least
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=0; }
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_refresh" directive has an interval of less than a second in \S+:\d+/



=== TEST 3: times that are none
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=1m ahead=-1s; }
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid time "ahead=-1s" in "finance_refresh" in \S+nginx\.conf:\d+/



=== TEST 4: an interval that is too long
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=99999999999999999d; }
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid time "interval=99999999999999999d" in "finance_refresh" in \S+nginx\.conf:\d+/



=== TEST 5: a time twice
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=1m interval=2m; }
--- must_die
--- error_log eval
qr/\[emerg\] .*duplicate "interval=2m" in "finance_refresh" in \S+nginx\.conf:\d+/



=== TEST 6: something that it does not know
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=1m often; }
--- must_die
--- error_log eval
qr/\[emerg\] .*unknown parameter "often" of "finance_refresh": interval=, ahead= and jitter= are known in/



=== TEST 7: an empty time
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=; }
--- must_die
--- error_log eval
qr/\[emerg\] .*unknown parameter "interval=" of "finance_refresh"/



=== TEST 8: a jitter that is longer than the interval
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=1m jitter=61s; }
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_refresh" directive has a jitter that is longer than its interval in/



=== TEST 9: twice
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=1m; finance_refresh interval=1m; }
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_refresh" directive is duplicate in/



=== TEST 10: nothing that it could refresh
--- config
    location /other/ { finance_refresh interval=1m; }
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_refresh" in \S+nginx\.conf:\d+ needs "finance_api" in the same location/



=== TEST 11: nothing that is ever fresh
--- config
    location /finance/ { finance_api; finance_market /_market; finance_refresh interval=1m; finance_cache stock=0; }
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_refresh" in \S+nginx\.conf:\d+ has nothing to do: "finance_cache" says stock=0/



=== TEST 12: for a location only
--- http_config
    finance_refresh interval=1m;
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_refresh" directive is not allowed here/



=== TEST 13: it is not handed down: within there is none
--- config eval
my $inner = "location /finance/inner/ { finance_api; }";
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_refresh interval=1m; $inner/r
--- request eval
["GET /finance/inner/health", "GET /finance/health"]
--- response_body_filters eval
[[pick('refresh.role')], [pick('refresh.role')]]
--- response_body_like eval
['^"off"$', '^"(leader|standby)"$']



=== TEST 14: an "if" within is the same location
--- config eval
FinanceTest::market_config()
    =~ s/finance_api;/finance_api; finance_refresh interval=1m ahead=2m jitter=0; if (\$arg_x) { set \$y 1; }/r
--- request
GET /finance/health?x=1
--- response_body_filters eval
pick('refresh.role')
--- response_body_like
^"(leader|standby)"$

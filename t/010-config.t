# The directives: what is taken, what is refused with which words, and how
# they are handed down.
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

=== TEST 1: every directive with a good value
--- main_config
thread_pool mine threads=2;
--- http_config
    finance_clock 2026-03-18T17:00:00-04:00;
    finance_redis unix:$TEST_NGINX_REDIS_SOCK:3 connections=2 timeout=500ms retry=1s;
    finance_market /_market/;
    finance_timeout 1500ms;
    finance_retry 2 base=50ms max=1s;
    finance_cache stock=1m options=2m reference=1h stale=1d;
    finance_user $remote_addr;
    finance_admin $remote_user;
    finance_email_validator /_email/;
    finance_risk_free_rate -0.01;
    finance_signal csp rsi_min=20 rsi_max=50;
    finance_signal leaps yellow=1;
    finance_max_body 1m;
    finance_threads mine;
--- config
    location /finance/ { finance_api; }
--- request eval
["POST /finance/watchlist?ticker=AAPL", "GET /finance/stocks/AAPL"]
--- response_body_filters eval
[[sub { redis('SELECT', 3); my $n = redis('EXISTS', 'finance:{127.0.0.1}:watchlist');
        redis('SELECT', 0); "$n\n" }],
 [pick('stock_data.current_price', 'as_of',
       'strategy_data.csp_signal.conditions.rsi.rule')]]
--- response_body eval
["1\n", qr/^[\d.]+ "2026-03-18T21:00:00Z" "20..50"\n$/]
--- response_headers_like eval
["Content-Type: application/json", "Cache-Control: private, max-age=0"]



=== TEST 2: the module loaded and not used
--- config
    location /finance/ { return 200 "not ours\n"; }
--- response_body
not ours



=== TEST 3: without finance_market
--- config
    location /finance/ { finance_api; }
--- must_die
--- error_log eval
[qr/\[emerg\].*"finance_api" in \S+nginx\.conf:\d+ needs "finance_market"/]
--- suppress_stderr



=== TEST 4: finance_market given above
--- config
    finance_market /_market;
    location /finance/ { finance_api; }
--- response_body chomp
[]



=== TEST 5: in a location given by a regular expression
--- config
    finance_market /_market;
    location ~ ^/finance/ { finance_api; }
--- must_die
--- error_log eval
refused(qr/"finance_api" directive is not allowed in a location given by a regular expression/)
--- suppress_stderr



=== TEST 6: in a named location
--- config
    finance_market /_market;
    location @finance { finance_api; }
--- must_die
--- error_log eval
refused(qr/"finance_api" directive needs a location with a prefix/)
--- suppress_stderr



=== TEST 7: within an if
--- config
    finance_market /_market;
    location /finance/ { if ($arg_a) { finance_api; } }
--- must_die
--- error_log eval
refused(qr/"finance_api" directive is not allowed here/)
--- suppress_stderr



=== TEST 8: in limit_except
--- config
    finance_market /_market;
    location /finance/ { limit_except GET { finance_api; } }
--- must_die
--- error_log eval
refused(qr/"finance_api" directive (is not allowed here|needs a location with a prefix)/)
--- suppress_stderr



=== TEST 9: at server level
--- config
    finance_api;
--- must_die
--- error_log eval
refused(qr/"finance_api" directive is not allowed here/)
--- suppress_stderr



=== TEST 10: with an argument
--- config
    finance_market /_market;
    location /finance/ { finance_api on; }
--- must_die
--- error_log eval
refused(qr/invalid number of arguments in "finance_api" directive/)
--- suppress_stderr



=== TEST 11: twice
--- config eval
api_with('finance_api;')
--- must_die
--- error_log eval
refused(qr/"finance_api" directive is duplicate/)
--- suppress_stderr



=== TEST 12: a prefix without a slash, an exact one, one that ^~ goes before
--- config
    finance_market /_market;
    location /api { finance_api; }
    location = /exact/watchlist { finance_api; }
    location ^~ /first/ { finance_api; }
    location /first/watchlist { return 418; }
--- request eval
["GET /api/watchlist", "GET /apiwatchlist", "GET /api", "GET /exact/watchlist",
 "GET /first/dashboard?tickers=", "GET /first"]
--- response_body_like eval
['^\[\]$', '.', 'Not found', 'Not found', '"stocks":\[\]', '.']
--- error_code eval
[200, 404, 404, 404, 200, 301]



=== TEST 13: the same subrequests, whether the market has a slash at its end
--- config
    location /_market/ {
        internal;
        proxy_pass http://market/;
    }
    location /a/ { finance_api; finance_market /_market; }
    location /b/ { finance_api; finance_market /_market/; }
--- request eval
["GET /a/stocks/TINY/bars", "GET /b/stocks/TINY/bars?days=1"]
--- response_body_filters eval
pick('ticker', 'bars.@')
--- response_body eval
[qq("TINY" 5\n), qq("TINY" 1\n)]



=== TEST 14: markets that are none
--- config eval
FinanceTest::market_config() =~ s{finance_market \S+;}{finance_market market;}r
--- must_die
--- error_log eval
refused(qr/invalid prefix "market" in "finance_market": /)
--- suppress_stderr



=== TEST 15: the root
--- config eval
FinanceTest::market_config() =~ s{finance_market \S+;}{finance_market /;}r
--- must_die
--- error_log eval
refused(qr{invalid prefix "/" in "finance_market"})
--- suppress_stderr



=== TEST 16: two of them
--- config eval
api_with('finance_market /x;')
--- must_die
--- error_log eval
refused(qr/"finance_market" directive is duplicate/)
--- suppress_stderr



=== TEST 17: a market that leads to ourselves
--- config
    location /finance/ { finance_api; finance_market /finance/x; }
--- request
GET /finance/stocks/AAPL
--- response_body chomp
{"detail":"The market answered an error"}
--- error_code: 502
--- error_log
finance_api serves no subrequests: finance_market must not name this location



=== TEST 18: a market that nothing serves knows no ticker
--- config
    location /finance/ { finance_api; finance_market /nowhere; }
--- request
GET /finance/stocks/AAPL
--- response_body chomp
{"detail":"Invalid ticker"}
--- error_code: 400



=== TEST 19: finance_timeout of nothing
--- config eval
api_with('finance_timeout 0;')
--- must_die
--- error_log eval
refused(qr/"finance_timeout" directive must not be 0/)
--- suppress_stderr



=== TEST 20: no time
--- config eval
api_with('finance_timeout soon;')
--- must_die
--- error_log eval
refused(qr/"finance_timeout" directive invalid value/)
--- suppress_stderr



=== TEST 21: finance_cache with an unknown part
--- config eval
api_with('finance_cache stock=1m bars=1m;')
--- must_die
--- error_log eval
refused(qr/unknown parameter "bars=1m" of "finance_cache": stock=, options=, reference= and stale= are known/)
--- suppress_stderr



=== TEST 22: a part without a value
--- config eval
api_with('finance_cache stock=;')
--- must_die
--- error_log eval
refused(qr/(unknown parameter|invalid time) "stock=" (of|in) "finance_cache"/)
--- suppress_stderr



=== TEST 23: no time
--- config eval
api_with('finance_cache stale=-1s;')
--- must_die
--- error_log eval
refused(qr/invalid time "stale=-1s" in "finance_cache"/)
--- suppress_stderr



=== TEST 24: a part twice
--- config eval
api_with('finance_cache stock=1m stock=2m;')
--- must_die
--- error_log eval
refused(qr/duplicate "stock=2m" in "finance_cache"/)
--- suppress_stderr



=== TEST 25: nothing is kept for nothing: no error, and asked each time
--- config eval
api_with('finance_cache stock=0 options=0 reference=0 stale=0;')
--- request eval
["GET /finance/stocks/TINY", "GET /finance/stocks/TINY",
 "GET /finance/stocks/TINY/bars", "GET /finance/stocks/TINY/options",
 "POST /finance/watchlist?ticker=TINY", "GET /finance/dashboard"]
--- response_body_filters eval
calls('/v2/aggs/ticker/TINY')
--- response_body_like eval
['"stale":false.* calls 1$', '"stale":false.* calls 2$', ' calls 3$', ' calls 4$',
 ' calls 4$', '"stale":false.* calls 5$']
--- no_error_log
[error]
[warn]



=== TEST 26: rates
--- config eval
api_with('finance_risk_free_rate 4;')
--- must_die
--- error_log eval
refused(qr/invalid rate "4" in "finance_risk_free_rate": a fraction a year from -0.1 to 1/)
--- suppress_stderr



=== TEST 27: no number
--- config eval
api_with('finance_risk_free_rate 4%;')
--- must_die
--- error_log eval
refused(qr/invalid rate "4%" in "finance_risk_free_rate"/)
--- suppress_stderr



=== TEST 28: not a number
--- config eval
api_with('finance_risk_free_rate nan;')
--- must_die
--- error_log eval
refused(qr/invalid rate "nan" in "finance_risk_free_rate"/)
--- suppress_stderr



=== TEST 29: an unknown signal
--- config eval
api_with('finance_signal wheel rsi_min=3;')
--- must_die
--- error_log eval
refused(qr/unknown signal "wheel" in "finance_signal", known are: csp covered_call leaps pmcc/)
--- suppress_stderr



=== TEST 30: an unknown key
--- config eval
api_with('finance_signal csp rsi=3;')
--- must_die
--- error_log eval
refused(qr/unknown "rsi=3" of signal "csp", known are:.* rsi_min rsi_max /)
--- suppress_stderr



=== TEST 31: out of range
--- config eval
api_with('finance_signal csp rsi_min=101;')
--- must_die
--- error_log eval
refused(qr/invalid "rsi_min=101" of signal "csp"/)
--- suppress_stderr



=== TEST 32: no number
--- config eval
api_with('finance_signal csp rsi_min=low;')
--- must_die
--- error_log eval
refused(qr/invalid "rsi_min=low" of signal "csp"/)
--- suppress_stderr



=== TEST 33: no value
--- config eval
api_with('finance_signal csp rsi_min;')
--- must_die
--- error_log eval
refused(qr/invalid "rsi_min" of signal "csp"/)
--- suppress_stderr



=== TEST 34: bounds that exclude each other, by two directives
--- http_config
    finance_signal csp rsi_min=60;
--- config eval
main::api_with('finance_timeout 1s;')
--- must_die
--- error_log eval
qr/\[emerg\] .*"finance_signal" of the location with "finance_api" in \S+nginx\.conf:\d+: the bounds at "rsi_min" exclude each other/
--- suppress_stderr



=== TEST 35: finance_signal changes what it names, and no more
--- config eval
FinanceTest::market_config() . <<'END'
location /other/ {
    finance_api;
    finance_market /_market;
    finance_signal csp rsi_min=0 rsi_max=100 yellow=1;
    finance_signal csp earnings_days=0;
}
END
--- request eval
["GET /finance/stocks/AAPL/signals", "GET /other/stocks/AAPL/signals"]
--- response_body_filters eval
pick(map { ("csp_signal.conditions.$_.rule") } qw(rsi iv))
--- response_body eval
[qq("30..45" "> 50"\n), qq("30..45" "> 50"\n)]



=== TEST 36: finance_max_body
--- config eval
api_with('finance_max_body much;')
--- must_die
--- error_log eval
refused(qr/"finance_max_body" directive invalid value/)
--- suppress_stderr



=== TEST 37: finance_threads with a pool that is not there
--- config eval
api_with('finance_threads nowhere;')
--- must_die
--- error_log eval
refused(qr/unknown thread pool "nowhere"/)
--- suppress_stderr



=== TEST 38: twice
--- config eval
api_with('finance_threads off; finance_threads default;')
--- must_die
--- error_log eval
refused(qr/"finance_threads" directive is duplicate/)
--- suppress_stderr



=== TEST 39: off: the same answer
--- config eval
FinanceTest::market_config() . <<'END'
location /other/ {
    finance_api;
    finance_market /_market;
    finance_threads off;
}
END
--- request eval
["GET /finance/stocks/AAPL?force_refresh=1", "GET /other/stocks/AAPL?force_refresh=1"]
--- response_body_filters eval
[[keep(), sub { "kept\n" }], [same()]]
--- response_body eval
["kept\n", "same\n"]



=== TEST 40: finance_clock: no instant
--- http_config
    finance_clock yesterday;
--- must_die
--- error_log eval
refused(qr/invalid instant "yesterday" in "finance_clock": "system", or e.g. /)
--- suppress_stderr



=== TEST 41: no day
--- http_config
    finance_clock 2026-02-30T00:00:00Z;
--- must_die
--- error_log eval
refused(qr/invalid instant "2026-02-30T00:00:00Z" in "finance_clock"/)
--- suppress_stderr



=== TEST 42: twice
--- http_config
    finance_clock system;
    finance_clock system;
--- must_die
--- error_log eval
refused(qr/"finance_clock" directive is duplicate/)
--- suppress_stderr



=== TEST 43: in a location
--- config eval
api_with('finance_clock system;')
--- must_die
--- error_log eval
refused(qr/"finance_clock" directive is not allowed here/)
--- suppress_stderr



=== TEST 44: the clock is the day that bars and contracts are seen from
--- http_config
    finance_clock 2026-03-17T12:00:00Z;
--- request eval
["GET /finance/stocks/AAPL/bars?days=1", "GET /finance/stocks/AAPL/options?max_dte=3",
 "GET /finance/dashboard?tickers=AAPL"]
--- response_body_filters eval
[[pick('bars.0.date', 'as_of')], [pick('contracts.0.dte', 'contracts.0.expiration')],
 [pick('timestamp', 'last_refresh')]]
--- response_body eval
[qq("2026-03-17" "2026-03-17T12:00:00Z"\n), qq(3 "2026-03-20"\n),
 qq("2026-03-17T12:00:00Z" "2026-03-17T12:00:00Z"\n)]



=== TEST 45: New York's day, not Greenwich's
--- http_config
    finance_clock 2026-03-18T03:30:00Z;
--- request
GET /finance/stocks/AAPL/bars?days=1
--- response_body_filters eval
pick('bars.0.date')
--- response_body
"2026-03-17"



=== TEST 46: finance_user twice
--- config eval
api_with('finance_user a; finance_user b;')
--- must_die
--- error_log eval
refused(qr/"finance_user" directive is duplicate/)
--- suppress_stderr



=== TEST 47: finance_user with a variable that is none
--- config eval
api_with('finance_user $nowhere;')
--- must_die
--- error_log eval
qr/\[emerg\] .*unknown "nowhere" variable/
--- suppress_stderr



=== TEST 48: handed down from http to server to location
--- http_config
    finance_cache stock=100s options=200s;
    finance_risk_free_rate 0.01;
--- config
    finance_market /_market;
    finance_cache stock=300s;
    location /a/ { finance_api; }
    location /b/ { finance_api; finance_cache options=400s; }
    location /c/ {
        finance_cache stock=500s options=600s;
        location /c/d/ { finance_api; finance_cache stock=700s; }
    }
--- request eval
["GET /a/stocks/TINY/bars", "GET /a/stocks/TINY/options",
 "GET /b/stocks/AAPL/bars", "GET /b/stocks/AAPL/options?max_dte=0",
 "GET /c/d/stocks/KO/bars", "GET /c/d/stocks/KO/options?max_dte=0"]
--- response_body_filters eval
sub { "$_[0]" =~ /^\{"ticker":/ ? "yes\n" : $_[0] }
--- response_body eval
[("yes\n") x 6]
--- response_headers_like eval
[map { "Cache-Control: private, max-age=(" . CORE::join('|', 0.9 * $_ - 1 .. 1.1 * $_) . ')' }
     300, 200, 300, 400, 700, 600]



=== TEST 49: a user at http, another in a location, none in one
--- http_config
    finance_user $arg_u;
--- config
    finance_market /_market;
    location /a/ { finance_api; }
    location /b/ { finance_api; finance_user fixed; }
--- request eval
["POST /a/watchlist?u=ann&ticker=KO", "POST /b/watchlist?ticker=AAPL",
 "GET /a/watchlist?u=fixed", "GET /b/watchlist", "GET /a/watchlist"]
--- response_body eval
[qr/added/, qr/added/, '["AAPL"]', '["AAPL"]', '{"detail":"Not authenticated"}']
--- error_code eval
[200, 200, 200, 200, 401]



=== TEST 50: signals at http are replaced by those of a location
--- http_config
    finance_signal csp rsi_min=10;
--- config
    finance_market /_market;
    location /a/ { finance_api; }
    location /b/ { finance_api; finance_signal csp rsi_max=90; }
--- request eval
["GET /a/stocks/AAPL/signals?force_refresh=1", "GET /b/stocks/AAPL/signals?force_refresh=1"]
--- response_body_filters eval
pick("csp_signal.conditions.rsi.rule")
--- response_body eval
[qq("10..45"\n), qq("30..90"\n)]



=== TEST 51: finance_email_validator is no location
--- config eval
api_with('finance_email_validator _email/;')
--- must_die
--- error_log eval
refused(qr{invalid prefix "\Q_email/\E" in "finance_email_validator": it is an internal location, e.g. "/_email/"})
--- suppress_stderr



=== TEST 52: nothing but the root
--- config eval
api_with('finance_email_validator /;')
--- must_die
--- error_log eval
refused(qr{invalid prefix "\Q/\E" in "finance_email_validator": it is an internal location, e.g. "/_email/"})
--- suppress_stderr



=== TEST 53: with an argument
--- config eval
api_with('finance_email_validator /_email?address=;')
--- must_die
--- error_log eval
refused(qr{invalid prefix "\Q/_email?address=\E" in "finance_email_validator": it is an internal location, e.g. "/_email/"})
--- suppress_stderr



=== TEST 54: finance_email_validator twice
--- config eval
api_with('finance_email_validator /a/; finance_email_validator /b/;')
--- must_die
--- error_log eval
refused(qr/"finance_email_validator" directive is duplicate/)
--- suppress_stderr



=== TEST 55: finance_admin twice
--- config eval
api_with('finance_admin a; finance_admin b;')
--- must_die
--- error_log eval
refused(qr/"finance_admin" directive is duplicate/)
--- suppress_stderr

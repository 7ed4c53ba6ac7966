# GET stocks/{ticker}/options.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Sample;
use Test::Nginx::Socket 'no_plan';

our $Chain = '/v3/snapshot/options/';
our $Bars = '/v2/aggs/ticker/';
our $Fault = '/market-control/fault?match=';
our $Stale = FinanceTest::market_config()
             =~ s/finance_api;/finance_api; finance_cache stock=0 options=0;/r;

# The contracts that the market serves.
our @Aapl = @{ FinanceTest::Sample::read_json(
                   "$ENV{TEST_NGINX_DATA_DIR}/chain/AAPL.json")->{results} };
our %Aapl = map { $_->{details}{ticker} => $_ } @Aapl;

# The tickers of those whose details the code takes, sorted.
sub tickers {
    my ($code) = @_;

    return join ' ', sort map { $_->{ticker} } grep { $code->() }
                          map { $_->{details} } @Aapl;
}

# The answer has just these.
sub has {
    my ($answer, $code) = @_;

    my $got = join ' ', sort map { $_->{ticker} } @{ $answer->{contracts} };

    return $got eq tickers($code) && $got ne '';
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: its members
--- request
GET /finance/stocks/AAPL/options
--- response_body_filters eval
pick(qw(% contracts.0.% ticker truncated options_status stale as_of))
--- response_body
["as_of","contracts","options_status","stale","ticker","truncated","underlying_price"] ["adjusted","ask","bid","delta","dte","expiration","gamma","greeks_source","implied_volatility","last_price","mid_price","open_interest","option_type","price_source","shares_per_contract","strike","theta","ticker","vega","volume"] "AAPL" false "ok" false "2026-03-18T21:00:00Z"
--- response_headers_like
Content-Type: application/json
Cache-Control: private, max-age=(8[01]\d|[89]\d\d)
ETag: "[0-9a-f]{16}"



=== TEST 2: all pages are followed: every contract once
--- request
GET /finance/stocks/AAPL/options
--- response_body_filters eval
[check(sub { main::has($_, sub { 1 }) }), calls("${main::Chain}AAPL", "${main::Bars}AAPL")]
--- response_body
yes calls 4 1



=== TEST 3: what a contract says is what the market said of it
--- request
GET /finance/stocks/AAPL/options
--- response_body_filters eval
check(sub {
    my @bad;

    for my $ours (@{ $_->{contracts} }) {
        my $its = $main::Aapl{ $ours->{ticker} };
        my $quote = $its->{last_quote};

        push @bad, $ours->{ticker}
            if $ours->{strike} != $its->{details}{strike_price}
               || $ours->{expiration} ne $its->{details}{expiration_date}
               || $ours->{option_type} ne $its->{details}{contract_type}
               || $ours->{open_interest} != $its->{open_interest}
               || $quote && $ours->{bid} != $quote->{bid}
               || !$quote && defined $ours->{ask}
               || $ours->{price_source} eq 'quote'
                  && abs($ours->{mid_price} - ($quote->{bid} + $quote->{ask}) / 2) > 1e-9
               || $ours->{greeks_source} eq 'upstream'
                  && $ours->{delta} != $its->{greeks}{delta}
               || $ours->{greeks_source} eq 'model' && $its->{implied_volatility};
    }

    return @bad ? "@bad" : 1;
})
--- response_body
yes



=== TEST 4: both sources of greeks and several of prices occur
--- request
GET /finance/stocks/AAPL/options
--- response_body_filters eval
check(sub {
    my (%greeks, %price);

    for my $contract (@{ $_->{contracts} }) {
        $greeks{ $contract->{greeks_source} }++;
        $price{ $contract->{price_source} // 'null' }++;
    }

    return CORE::join(' ', CORE::sort(keys %greeks), CORE::sort(keys %price));
})
--- response_body_like
^model upstream (day |null )*quote trade$



=== TEST 5: days to expiration, at the clock's day
--- request
GET /finance/stocks/AAPL/options?expiration=2026-03-20
--- response_body_filters eval
check(sub { my %dte = map { ($_->{dte} => 1) } @{ $_->{contracts} };
            CORE::join ' ', keys %dte })
--- response_body
2



=== TEST 6: filters
--- request eval
[map { "GET /finance/stocks/AAPL/options?$_" }
     'type=call', 'type=put', 'expiration=2026-03-20', 'expiration=2026-03-20&type=put',
     'max_dte=30', 'min_dte=540', 'min_dte=20&max_dte=45&type=call', 'min_dte=2&max_dte=2',
     'min_dte=-5&max_dte=9223372036854775807']
--- response_body_filters eval
my $near = sub { $_->{expiration_date} le '2026-04-17' };
my $call = sub { $_->{contract_type} eq 'call' };
[map { my $code = $_; [check(sub { main::has($_, $code) }), calls("${main::Chain}AAPL")] }
     $call, sub { $_->{contract_type} eq 'put' },
     sub { $_->{expiration_date} eq '2026-03-20' },
     sub { $_->{expiration_date} eq '2026-03-20' && $_->{contract_type} eq 'put' },
     $near, sub { $_->{expiration_date} ge '2027-09-09' },
     sub { $_->{expiration_date} ge '2026-04-07' && $_->{expiration_date} le '2026-05-02'
           && $call->() },
     sub { $_->{expiration_date} eq '2026-03-20' }, sub { 1 }]
--- response_body eval
[("yes calls 4\n") x 9]



=== TEST 7: filters that nothing passes
--- request eval
[map { "GET /finance/stocks/AAPL/options?$_" } 'expiration=2026-03-21', 'min_dte=5000',
 'max_dte=-1', 'min_dte=40&max_dte=20', 'min_dte=9223372036854775807']
--- response_body_filters eval
pick(qw(contracts options_status truncated))
--- response_body eval
[(qq([] "ok" false\n)) x 5]



=== TEST 8: bad values, all at once
--- request
GET /finance/stocks/AAPL/options?type=straddle&min_dte=a&max_dte=1.5&expiration=tomorrow
--- response_body_filters eval
[pick(qw(detail.*.type detail.*.loc)), calls(qr/./)]
--- response_body_like
^\["date_from_datetime_parsing","literal_error","int_parsing","int_parsing"\] \[\["query","expiration"\],\["query","type"\],\["query","min_dte"\],\["query","max_dte"\]\] calls 0$
--- error_code: 422



=== TEST 9: values in other spellings, and those that only look like it
--- request eval
[map { "GET /finance/stocks/AAPL/options?$_" } 'min_dte=%202', 'max_dte=2.0', 'type=Call',
 'expiration=2026-3-20', 'type=', 'min_dte=', 'expiration=', 'expiration=2026-03-20T00:00:00Z',
 'type=put&type=call&max_dte=2']
--- response_body_filters eval
pick(qw(contracts.0.dte detail.*.type))
--- response_body_like eval
['^2 missing$', '^2 missing$', '"literal_error"', '"date_\w+"', '"literal_error"',
 '"int_parsing"', '"date_\w+"', '^2 missing$', '^2 missing$']
--- error_code eval
[200, 200, 422, 422, 422, 422, 422, 200, 200]



=== TEST 10: pages that go in a circle
--- request eval
["GET ${main::Fault}${main::Chain}AAPL&kind=page_loop", "GET /finance/stocks/AAPL/options"]
--- response_body_filters eval
[[pick('truncated')],
 [check(sub { my %seen; my @twice = grep { $seen{ $_->{ticker} }++ } @{ $_->{contracts} };
              (@twice + 0) . ' ' . (@{ $_->{contracts} } > 200) . " $_->{truncated}" }),
  calls("${main::Chain}AAPL")]]
--- response_body_like eval
['missing', '^0 1 (1|true) calls [23]$']



=== TEST 11: a next page on another host is looked for on ours
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    access_log $TEST_NGINX_SERVER_ROOT/logs/foreign.log;
    location / { return 200 '{"results":[],"status":"OK"}'; }
}
--- request eval
["GET ${main::Fault}${main::Chain}AAPL&kind=foreign_next", "GET /finance/stocks/AAPL/options"]
--- response_body_filters eval
[[pick('options_status')],
 [check(sub { main::has($_, sub { 1 }) }), calls("${main::Chain}AAPL")]]
--- response_body eval
["missing\n", "yes calls 4\n"]



=== TEST 12: a chain without end: 60 pages
--- http_config
upstream endless { server 127.0.0.1:$TEST_NGINX_SERVER_PORT; keepalive 4; }
--- config eval
FinanceTest::market_config() . <<'END'
location /_market/v3/snapshot/ {
    internal;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_pass http://endless/endless/;
}
location /endless/ {
    access_log $TEST_NGINX_SERVER_ROOT/logs/pages.log;
    return 200 '{"results":[],"status":"OK","next_url":"https://x.example/v3/snapshot/options/AAPL?cursor=$msec$connection_requests"}';
}
END
--- request
GET /finance/stocks/AAPL/options
--- response_body_filters eval
[pick('truncated', 'options_status', 'contracts'),
 sub { CORE::open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/pages.log" or die $!;
       my @lines = <$in>; $_[0] . @lines . "\n" }]
--- response_body
true "none" []
60



=== TEST 13: not in the plan: 200 with no contracts
--- request eval
["GET ${main::Fault}${main::Chain}AAPL&kind=status&status=403",
 "GET /finance/stocks/AAPL/options", "GET /finance/stocks/AAPL/options?type=put"]
--- response_body_filters eval
[map { [pick(qw(ticker contracts truncated options_status stale)), calls("${main::Chain}AAPL")] } 1 .. 3]
--- response_body eval
["missing missing missing missing missing calls 0\n",
 (qq("AAPL" [] false "not_entitled" false calls 1\n)) x 2]
--- error_code eval
[200, 200, 200]



=== TEST 14: no options are listed
--- request
GET /finance/stocks/JPM/options
--- response_body_filters eval
[pick(qw(ticker contracts truncated options_status stale)), calls("${main::Chain}JPM")]
--- response_body
"JPM" [] false "none" false calls 1



=== TEST 15: the market knows no chain of it
--- request
GET /finance/stocks/TINY/options
--- response_body_filters eval
pick(qw(ticker contracts options_status))
--- response_body
"TINY" [] "none"



=== TEST 16: tickers: malformed, unknown, gone, without a bar
--- request eval
[map { "GET /finance/stocks/$_/options" } 'A%20B', 'NOPE', 'GONE', 'NEW']
--- response_body eval
[('{"detail":"Invalid ticker"}') x 3, '{"detail":"The market has no data for it"}']
--- error_code eval
[400, 400, 400, 404]



=== TEST 17: cached on its own, longer than the stock
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_cache stock=0;/r
--- request eval
["GET /finance/stocks/KO/options?max_dte=2", "GET /finance/stocks/KO/options?min_dte=3"]
--- response_body_filters eval
[map { [pick('stale'), calls("${main::Chain}KO", "${main::Bars}KO")] } 1 .. 2]
--- response_body eval
[("false calls 3 1\n") x 2]



=== TEST 18: one page fails: nothing of the chain is used
--- init
market_fault(match => '/v3/snapshot/options/AAPL', kind => 'status', status => 500, after => 2);
--- request
GET /finance/stocks/AAPL/options
--- response_body chomp
{"detail":"The market answered an error"}
--- error_code: 502
--- response_headers
Cache-Control: no-store
--- error_log
finance: chain of AAPL failed: The market answered an error (upstream)



=== TEST 19: it fails, and there is an older one: stale
--- config eval
$main::Stale
--- request eval
["GET /finance/stocks/AAPL/options", "GET ${main::Fault}${main::Chain}AAPL&kind=status",
 "GET /finance/stocks/AAPL/options", "GET /market-control/reset",
 "GET /finance/stocks/AAPL/options"]
--- response_body_filters eval
pick(qw(contracts.@ options_status stale as_of))
--- response_body eval
my $none = "missing missing missing missing\n";
[qq(958 "ok" false "2026-03-18T21:00:00Z"\n), $none,
 qq(958 "ok" true "2026-03-18T21:00:00Z"\n), $none,
 qq(958 "ok" false "2026-03-18T21:00:00Z"\n)]



=== TEST 20: bars fail, so there is no price
--- request eval
["GET ${main::Fault}${main::Bars}AAPL&kind=status", "GET /finance/stocks/AAPL/options"]
--- response_body eval
[qr/OK/, '{"detail":"The market answered an error"}']
--- error_code eval
[200, 502]



=== TEST 21: ETag, 304, HEAD: each filter's answer has its own
--- config eval
FinanceTest::twice_config()
--- request eval
["GET /twice/stocks/KO/options", "GET /twice/stocks/KO/options?type=put",
 "HEAD /finance/stocks/KO/options"]
--- response_body_filters eval
sub { "<$_[0]>" }
--- response_body eval
[("<>") x 3]
--- error_code eval
[304, 304, 200]



=== TEST 22: garbage in the cache
--- init
redis('SET', 'finance:cache:options:{KO}', 'x' x 1000);
--- request
GET /finance/stocks/KO/options?max_dte=2
--- response_body_filters eval
pick('options_status', 'stale')
--- response_body
"ok" false



=== TEST 23: with a bad number in it the chain is refused, with one word in the log
--- init
market_fault(match => '/v3/snapshot/options/AAPL', kind => 'nan', field => 'strike_price',
             value => -5);
--- request
GET /finance/stocks/AAPL/options
--- response_body chomp
{"detail":"The market's answer held an impossible value"}
--- error_code: 502
--- error_log eval
qr/\[error\] .*finance: chain of AAPL refused: .*strike/
--- grep_error_log eval
qr/chain of AAPL refused/
--- grep_error_log_out
chain of AAPL refused



=== TEST 24: a quote that is missing is none, not nonsense
--- request eval
["GET ${main::Fault}${main::Chain}KO&kind=nan&field=bid&value=null",
 "GET /finance/stocks/KO/options"]
--- response_body_filters eval
pick(qw(options_status))
--- response_body eval
["missing\n", qq("ok"\n)]

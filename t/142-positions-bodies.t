# Bodies of positions: how they come, what is refused, and that nothing is
# written then.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Positions;
use Test::Nginx::Socket 'no_plan';

our $Head = "POST /finance/positions HTTP/1.1\r\nHost: x\r\n"
            . "Content-Type: application/json\r\nConnection: close\r\n";

# finance_api with these directives beside it.
sub with {
    my ($directives) = @_;

    return FinanceTest::market_config() =~ s/finance_api;/finance_api; $directives/r;
}

# A body in chunks of these sizes.
sub chunked {
    my ($body, @sizes) = @_;

    my $bytes = '';

    for my $size (@sizes, length $body) {
        my $chunk = substr $body, 0, $size, '';

        $bytes .= sprintf "%x\r\n%s\r\n", length $chunk, $chunk if length $chunk;
    }

    return "${bytes}0\r\n\r\n";
}

# A good body with a member that is so long.
sub long_body { return stock(note => 'x' x $_[0]) }

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"} for qw(with chunked long_body);
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(more_headers => 'Content-Type: application/json')
        if !defined $block->more_headers && !defined $block->raw_request;
});

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: in memory
--- config eval
with('client_body_buffer_size 64k;')
--- request eval
["POST /finance/positions\n" . long_body(30_000)]
--- response_body_filters eval
[pick('ticker', 'quantity'), left()]
--- response_body eval
[qq("AAPL" 100 left positions watchlist\n)]
--- error_code: 201
--- no_error_log
buffered to a temporary file



=== TEST 2: through a temporary file
--- config eval
with('client_body_buffer_size 1k;')
--- init
store(1);
--- request eval
["POST /finance/positions\n" . long_body(60_000),
 "PUT /finance/positions/" . id(1) . "\n" . long_body(50_000)]
--- response_body_filters eval
[[pick('ticker', 'quantity')], [pick('quantity', 'version')]]
--- response_body eval
[qq("AAPL" 100\n), qq(100 2\n)]
--- error_code eval
[201, 200]
--- error_log
a client request body is buffered to a temporary file



=== TEST 3: in a file only, in pieces that come late
--- config eval
with('client_body_in_file_only clean;')
--- request eval
my $body = stock(quantity => 17);
[["POST /finance/positions\n" . substr($body, 0, 20),
  { value => substr($body, 20, 30), delay_before => 0.05 },
  { value => substr($body, 50), delay_before => 0.05 }]]
--- response_body_filters eval
pick('quantity')
--- response_body eval
["17\n"]
--- error_code: 201



=== TEST 4: larger than the default, where finance_max_body says so
--- config eval
with('finance_max_body 900k; client_body_buffer_size 8k;')
--- request eval
["POST /finance/positions\n" . long_body(800_000)]
--- response_body_filters eval
[pick('quantity'), left()]
--- response_body eval
["100 left positions watchlist\n"]
--- error_code: 201



=== TEST 5: no larger than nginx itself lets pass
--- config eval
with('finance_max_body 2m; client_max_body_size 1m;')
--- request eval
["POST /finance/positions\n" . long_body(1_200_000)]
--- response_body_filters eval
left()
--- response_body eval
[qq({"detail":"Request body is too large"} left\n)]
--- error_code: 413
--- error_log
client intended to send too large body



=== TEST 6: chunked
--- raw_request eval
$main::Head . "Transfer-Encoding: chunked\r\n\r\n" . chunked(stock(quantity => 4), 1, 7, 30)
--- response_body_filters eval
[pick('quantity'), left()]
--- response_body
4 left positions watchlist
--- error_code: 201



=== TEST 7: chunked, in pieces, through a file
--- config eval
with('client_body_buffer_size 1k;')
--- raw_request eval
my $bytes = chunked(long_body(9000), 100, 2000, 5000);
[$main::Head . "Transfer-Encoding: chunked\r\n\r\n", substr($bytes, 0, 3000), substr($bytes, 3000)]
--- raw_request_middle_delay: 0.02
--- response_body_filters eval
pick('quantity')
--- response_body
100
--- error_code: 201
--- error_log
a client request body is buffered to a temporary file



=== TEST 8: none: without a length, of length 0, chunked
--- init
store(1);
--- request eval
["POST /finance/positions", "PUT /finance/positions/" . id(1), "POST /finance/positions"]
--- more_headers eval
["X-A: 1", "X-A: 1", "Content-Type: text/plain"]
--- response_body_filters eval
[unchanged(1), left()]
--- response_body eval
[(qq({"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]} unchanged left positions\n)) x 3]
--- error_code eval
[(422) x 3]



=== TEST 9: of length 0
--- raw_request eval
$main::Head . "Content-Length: 0\r\n\r\n"
--- response_body_filters eval
left()
--- response_body
{"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]} left
--- error_code: 422



=== TEST 10: chunked, and no chunk
--- raw_request eval
$main::Head . "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
--- response_body_filters eval
left()
--- response_body
{"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]} left
--- error_code: 422



=== TEST 11: too large, told by Content-Length: one byte more than the limit
--- config eval
with('finance_max_body 300;')
--- init
store(1);
--- request eval
my $at = 300 - length stock(note => '');
[map { my $body = stock(note => 'x' x $_);
       ("POST /finance/positions\n$body", "PUT /finance/positions/" . id(1) . "\n$body") }
     $at + 1, $at]
--- response_body_filters eval
[sub { $_[0] =~ s/^\{"id.*/{"id/r }, left()]
--- response_body eval
[(qq({"detail":"Request body is too large"} left positions\n)) x 2,
 qq({"id left positions watchlist\n), qq({"id left positions watchlist\n)]
--- error_code eval
[413, 413, 201, 200]



=== TEST 12: too large in chunks
--- config eval
with('finance_max_body 300;')
--- raw_request eval
$main::Head . "Transfer-Encoding: chunked\r\n\r\n" . chunked(stock(note => 'x' x 300), 50, 50)
--- response_body_filters eval
left()
--- response_body
{"detail":"Request body is too large"} left
--- error_code: 413



=== TEST 13: as large as it may be in chunks
--- config eval
with('finance_max_body 300;')
--- raw_request eval
$main::Head . "Transfer-Encoding: chunked\r\n\r\n"
. chunked(stock(note => 'x' x (300 - length stock(note => ''))), 50, 50)
--- response_body_filters eval
left()
--- response_body_like
^\{"id".* left positions watchlist$
--- error_code: 201



=== TEST 14: the connection goes on after one that was too large
--- config eval
with('finance_max_body 300;')
--- pipelined_requests eval
["POST /finance/positions\n" . long_body(20_000), create(quantity => 3), "GET /finance/watchlist"]
--- response_body eval
['{"detail":"Request body is too large"}', qr/"quantity":3,/, '["AAPL"]']
--- error_code eval
[413, 201, 200]



=== TEST 15: a body that ends early is no body
--- config eval
with('client_body_timeout 200ms;')
--- raw_request eval
[$main::Head . "Content-Length: 1000\r\n\r\n" . stock()]
--- error_code:
--- response_body_filters eval
left()
--- response_body eval
" left\n"



=== TEST 16: content types
--- init
store(1);
--- request eval
[(create(quantity => 1)) x 3, (create()) x 7, replace(1, quantity => 3)]
--- more_headers eval
[(map { "Content-Type: $_" } 'application/json;charset=UTF-8', 'APPLICATION/json', 'application/json ; a=b',
      'text/plain', 'application/jsonx', 'application/json-patch+json', 'text/json',
      'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'),
 'X-None: 1', 'Content-Type: text/plain']
--- response_body_filters eval
[sub { $_[0] =~ s/^\{"id.*/{"id/r }, unchanged(1), sub { $_[0] . redis('HLEN', 'finance:{default}:positions') }]
--- response_body eval
[(map { qq({"id unchanged\n) . $_ } 2 .. 4),
 (qq({"detail":"Content-Type must be application/json"} unchanged\n4)) x 8]
--- error_code eval
[(201) x 3, (415) x 8]



=== TEST 17: what is no JSON
--- init
store(1);
--- request eval
my @bodies = ('{', 'x', 'position_type=stock', stock() . 'x', stock() . stock(), "{'a':1}",
              stock() =~ s/\}$/,}/r, stock(quantity => \'NaN'), stock(quantity => \'01'),
              stock(quantity => \'0x10'), stock(quantity => \'+1'), stock(quantity => \'1.'),
              "\xef\xbb\xbf" . stock());
[map { ("POST /finance/positions\n$_", "PUT /finance/positions/" . id(1) . "\n$_") } @bodies]
--- response_body_filters eval
[pick(qw(detail.0.type detail.0.loc.0 detail.0.msg detail.@)), unchanged(1), left()]
--- response_body eval
[(qq("json_invalid" "body" "JSON decode error" 1 unchanged left positions\n)) x 26]
--- error_code eval
[(422) x 26]



=== TEST 18: invalid UTF-8, NUL bytes, lone surrogates
--- request eval
[map { "POST /finance/positions\n$_" }
     stock(note => \qq("\xff")), stock(note => \qq("\xc3")), stock(note => \qq("\xc0\xaf")),
     stock(note => \qq("\xed\xa0\x80")), stock(note => \qq("\xf4\x90\x80\x80")),
     stock(ticker => \qq("AAPL\x00")), stock() . "\x00", "\x00", stock(note => \qq("a\tb")),
     stock(note => \'"\u0000"'), stock(ticker => \'"AAPL\u0000"'), stock(note => \'"\ud800"'),
     stock(note => \'"\udc00\ud800"'), stock("a\x00b" => 1)]
--- response_body_filters eval
[pick(qw(detail.0.type detail.0.loc.0 detail.@)), left()]
--- response_body eval
[(qq("json_invalid" "body" 1 left\n)) x 14]
--- error_code eval
[(422) x 14]



=== TEST 19: where it stops to be JSON is told, in characters
--- request eval
["POST /finance/positions\n{\"note\":\"\xc3\xa4\xc3\xb6\",}", "POST /finance/positions\n{\"a\":1 \"b\"}"]
--- response_body_filters eval
[pick(qw(detail.0.loc detail.0.ctx.error detail.0.input)), left()]
--- response_body_like eval
['^\["body",13\] ".+" \{\} left$', '^\["body",7\] ".+" \{\} left$']
--- error_code eval
[422, 422]



=== TEST 20: UTF-8 that is, in members that nobody knows
--- request eval
[create("\xc3\xa4" => \qq("\xe2\x82\xac \xf0\x9f\x98\x80 \\ud83d\\ude00")), create(note => \'{"a":[1,{"b":null}]}')]
--- response_body_filters eval
pick('ticker')
--- response_body eval
[(qq("AAPL"\n)) x 2]
--- error_code eval
[201, 201]



=== TEST 21: nesting
--- request eval
[(map { create(note => \('[' x $_ . ']' x $_)) } 63, 64),
 (map { create(note => \('{"a":' x $_ . '1' . '}' x $_)) } 63, 64),
 create(note => \('[' x 5000)), create(note => \('[' x 20_000 . ']' x 20_000)),
 "POST /finance/positions\n" . '[' x 60_000, "POST /finance/positions\n" . '{"a":' x 12_000]
--- response_body_filters eval
pick('ticker', 'detail.0.type')
--- response_body eval
my ($good, $bad) = (qq("AAPL" missing\n), qq(missing "json_invalid"\n));
[$good, $bad, $good, ($bad) x 5]
--- error_code eval
[201, 422, 201, (422) x 5]



=== TEST 22: JSON of another shape
--- init
store(1);
--- request eval
my @bodies = qw([] [{}] "x" 5 true null);
[map { ("POST /finance/positions\n$_", "PUT /finance/positions/" . id(1) . "\n$_") } @bodies]
--- response_body_filters eval
[pick(qw(detail.*.type detail.*.loc detail.0.input)), unchanged(1), left()]
--- response_body eval
[(map { (qq(["model_attributes_type"] [["body"]] $_ unchanged left positions\n)) x 2 }
      '[]', '[{}]', '"x"', 5, 'true'),
 (qq(["missing"] [["body"]] null unchanged left positions\n)) x 2]
--- error_code eval
[(422) x 12]



=== TEST 23: of members that occur twice the last counts
--- request eval
["POST /finance/positions\n" . (stock(quantity => 0) =~ s/\}$/,"quantity":5}/r),
 "POST /finance/positions\n" . (stock(quantity => 5) =~ s/\}$/,"quantity":0}/r),
 "POST /finance/positions\n" . (stock(ticker => 'NOPE') =~ s/\}$/,"ticker":"KO"}/r)]
--- response_body_filters eval
pick('quantity', 'ticker', 'detail.*.loc')
--- response_body eval
[qq(5 "AAPL" missing\n), qq(missing missing [["body","quantity"]]\n), qq(100 "KO" missing\n)]
--- error_code eval
[201, 422, 201]



=== TEST 24: an empty object: what every position has
--- request eval
["POST /finance/positions\n{}"]
--- response_body_filters eval
left()
--- response_body eval
[map { "$_ left\n" } '{"detail":[' . CORE::join(',', map {
    qq({"type":"missing","loc":["body","$_"],"msg":"Field required","input":{}})
} qw(position_type ticker transaction_date quantity)) . ']}']
--- error_code: 422



=== TEST 25: everything wrong at once: told in the order of the fields
--- request eval
["POST /finance/positions\n" . '{"premium":-1,"expiration":"2026-02-30","strike":0,"option_type":"straddle",'
 . '"purchase_price":1,"quantity":"many","transaction_date":"2026-13-01","ticker":5,"position_type":"option"}']
--- response_body_filters eval
left()
--- response_body eval
[map { "$_ left\n" } '{"detail":['
 . '{"type":"string_type","loc":["body","ticker"],"msg":"Input should be a valid string","input":5},'
 . '{"type":"date_from_datetime_parsing","loc":["body","transaction_date"],"msg":"Input should be a valid date or datetime, month value is outside expected range of 1-12","input":"2026-13-01","ctx":{"error":"month value is outside expected range of 1-12"}},'
 . '{"type":"int_parsing","loc":["body","quantity"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"many"},'
 . '{"type":"value_error","loc":["body","purchase_price"],"msg":"Value error, purchase_price is for stocks only","input":1},'
 . '{"type":"literal_error","loc":["body","option_type"],"msg":"Input should be \'call\' or \'put\'","input":"straddle","ctx":{"expected":"\'call\' or \'put\'"}},'
 . '{"type":"greater_than","loc":["body","strike"],"msg":"Input should be greater than 0","input":0,"ctx":{"gt":0}},'
 . '{"type":"date_from_datetime_parsing","loc":["body","expiration"],"msg":"Input should be a valid date or datetime, day value is outside expected range","input":"2026-02-30","ctx":{"error":"day value is outside expected range"}},'
 . '{"type":"greater_than_equal","loc":["body","premium"],"msg":"Input should be greater than or equal to 0","input":-1,"ctx":{"ge":0}}]}']
--- error_code: 422



=== TEST 26: also when the type is not known
--- request eval
["POST /finance/positions\n" . '{"position_type":"bond","ticker":null,"transaction_date":true,"quantity":0.5,"purchase_price":-1,'
 . '"option_type":1,"strike":"x","expiration":[],"premium":{}}']
--- response_body_filters eval
[pick(qw(detail.*.loc.1 detail.*.type)), left()]
--- response_body eval
['["position_type","ticker","transaction_date","quantity","purchase_price","option_type","strike","expiration","premium"]'
 . ' ["literal_error","string_type","date_type","int_from_float","greater_than_equal","literal_error","float_parsing","date_type","float_type"]'
 . " left\n"]
--- error_code: 422



=== TEST 27: fields of the other type
--- request eval
["POST /finance/positions\n" . stock(option_type => 'call', strike => 1, expiration => '2027-01-01', premium => 1),
 "POST /finance/positions\n" . stock(option_type => \'null', strike => \'null', expiration => \'null', premium => \'null'),
 "POST /finance/positions\n" . option(purchase_price => 1),
 "POST /finance/positions\n" . option(purchase_price => \'null')]
--- response_body_filters eval
pick(qw(detail.*.loc.1 detail.*.type))
--- response_body eval
[qq(["option_type","strike","expiration","premium"] ["value_error","value_error","value_error","value_error"]\n),
 "missing missing\n", qq(["purchase_price"] ["value_error"]\n), "missing missing\n"]
--- error_code eval
[422, 201, 422, 201]



=== TEST 28: dates: that exist, not before the trade, of our times
--- request eval
[(map { create(transaction_date => $_) } '2024-02-29', '2025-02-29', '1899-12-31', '2201-01-01', '2025-6-2', '02.06.2025'),
 (map { create(strike => 220, transaction_date => '2026-03-20', expiration => $_) } '2026-03-20', '2026-03-19', '2026-04-31')]
--- response_body_filters eval
pick(qw(detail.0.type detail.0.loc.1))
--- response_body eval
my ($date, $good) = ('transaction_date', "missing missing\n");
[$good, qq("date_from_datetime_parsing" "$date"\n), (qq("value_error" "$date"\n)) x 2,
 (qq("date_from_datetime_parsing" "$date"\n)) x 2, $good, qq("value_error" "expiration"\n),
 qq("date_from_datetime_parsing" "expiration"\n)]
--- error_code eval
[201, (422) x 5, 201, 422, 422]



=== TEST 29: numbers as texts, whole ones, and limits
--- request eval
[create(quantity => '5'), create(quantity => \'5.0'), create(quantity => \'5e1'),
 create(quantity => \'"-7"'), create(purchase_price => \'"1.5"'), create(quantity => \'5.5'),
 create(quantity => \'0'), create(quantity => \'1000000000'), create(quantity => \'1000000001'),
 create(purchase_price => \'0'), create(purchase_price => \'-0.01'), create(purchase_price => \'1e400'),
 create(strike => \'99999.999'), create(strike => \'100000')]
--- response_body_filters eval
pick(qw(quantity purchase_price strike detail.0.type))
--- response_body eval
[qq(5 180.5 null missing\n), qq(5 180.5 null missing\n), qq(50 180.5 null missing\n),
 qq(-7 180.5 null missing\n), qq(100 1.5 null missing\n),
 (map { qq(missing missing missing "$_"\n) } 'int_from_float', 'value_error'),
 qq(1000000000 180.5 null missing\n), qq(missing missing missing "less_than_equal"\n),
 qq(100 0 null missing\n), (map { qq(missing missing missing "$_"\n) } 'greater_than_equal', 'finite_number'),
 qq(-1 null 99999.999 missing\n), qq(missing missing missing "less_than_equal"\n)]
--- error_code eval
[(201) x 5, 422, 422, 201, 422, 201, 422, 422, 201, 422]



=== TEST 30: a wrong field comes before a ticker that is none
--- request eval
[create(ticker => 'A/B', quantity => 0), create(ticker => 'A/B')]
--- response_body_filters eval
[sub { $_[0] =~ s/,"input".*//r }, left()]
--- response_body eval
[qq({"detail":[{"type":"value_error","loc":["body","quantity"],"msg":"Value error, quantity must not be 0" left\n),
 qq({"detail":"Invalid ticker"} left\n)]
--- error_code eval
[422, 400]



=== TEST 31: what is the server's to say is not taken from a body
--- init
store(1, version => 3);
--- request eval
[create(id => id(9), version => 77, created_at => '2020-01-01T00:00:00Z', metrics => \'{}'),
 replace(1, id => id(9), version => 77, created_at => '2020-01-01T00:00:00Z')]
--- response_body_filters eval
[check(sub { $_->{id} eq id(9) || $_->{created_at} =~ /^2020/ || !defined $_->{metrics}{days_held}
             ? 'taken' : $_->{version} })]
--- response_body eval
["yes\n", "4\n"]
--- error_code eval
[201, 200]



=== TEST 32: a long value is cut where it is told
--- request eval
[create(quantity => 'x' x 50_000), create(quantity => \('[' . '1,' x 20_000 . '1]'))]
--- response_body_filters eval
[check(sub { length JSON::PP->new->encode($_->{detail}[0]{input} // '') }), left()]
--- response_body_like eval
['^\d{1,3} left$', '^\d{1,3} left$']
--- error_code eval
[422, 422]



=== TEST 33: a GET and a DELETE with a body read none of it
--- init
store(1);
--- request eval
["GET /finance/positions/" . id(1) . "\n{", "DELETE /finance/positions/" . id(1) . "\n" . 'x' x 100_000]
--- response_body_like eval
['"version":1', '"deleted"']

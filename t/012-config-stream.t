# finance_stream: what is taken, what is refused with which words, and how it is
# handed down.
use strict;
use warnings;

use FinanceTest sample => 1;
use FinanceTest::Stream;
use Test::Nginx::Socket 'no_plan';

# The location with this in it.
sub api_with {
    my ($directives) = @_;

    return FinanceTest::market_config() =~ s/finance_api;/finance_api; $directives/r;
}

# What nginx says of the directive, with where it stands.
sub refused {
    my ($what) = @_;

    return [qr/\[emerg\] .*$what.* in \S+nginx\.conf:\d+$/];
}

# The status of a stream, which is left at once.
sub status { return FinanceTest::Stream->new(@_)->{status} }

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"} for qw(api_with refused status);
}

no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: all of it
--- config eval: api_with('finance_stream connections=1 user=1 heartbeat=1h;')
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { my $s = FinanceTest::Stream->new; "$s->{status} " . status() . "\n" }
--- response_body
200 503



=== TEST 2: the server says off, the location on
--- http_config
    finance_stream off;
--- config eval: api_with('finance_stream on;')
--- request
GET /finance/watchlist
--- response_body_filters eval
sub { status() . "\n" }
--- response_body
200



=== TEST 3: handed down
--- http_config
    finance_stream off;
--- request
GET /finance/stream
--- error_code: 404
--- response_body chomp
{"detail":"Not found"}



=== TEST 4: none
--- config eval: api_with('finance_stream connections=0;')
--- must_die
--- error_log eval: refused('invalid parameter "connections=0" of "finance_stream"')



=== TEST 5: no number
--- config eval: api_with('finance_stream user=x;')
--- must_die
--- error_log eval: refused('invalid parameter "user=x" of "finance_stream"')



=== TEST 6: twice in it
--- config eval: api_with('finance_stream user=1 user=2;')
--- must_die
--- error_log eval: refused('invalid parameter "user=2" of "finance_stream"')



=== TEST 7: off and more
--- config eval: api_with('finance_stream off user=2;')
--- must_die
--- error_log eval: refused('invalid parameter "off" of "finance_stream"')



=== TEST 8: a heart that races
--- config eval: api_with('finance_stream heartbeat=499ms;')
--- must_die
--- error_log eval: refused('invalid parameter "heartbeat=499ms" of "finance_stream"')



=== TEST 9: one that stands still
--- config eval: api_with('finance_stream heartbeat=2h;')
--- must_die
--- error_log eval: refused('invalid parameter "heartbeat=2h" of "finance_stream"')



=== TEST 10: what is not known
--- config eval: api_with('finance_stream streams=2;')
--- must_die
--- error_log eval: refused('invalid parameter "streams=2" of "finance_stream"')



=== TEST 11: two of them
--- config eval: api_with('finance_stream on; finance_stream on;')
--- must_die
--- error_log eval: refused('"finance_stream" directive is duplicate')

# The faults of the matrix and what follows from each: for t/16*.t. Each is
# that of a stock of its own, a clone of one that has a chain, so that one
# block has them all.
package FinanceTest::Faults;

use strict;
use warnings;

use Exporter 'import';

use FinanceTest::Body;
use FinanceTest::Market;

our @EXPORT = qw(@Faults @Some $Late $Error $Market fault_ticker set_faults slowly);

# To be given to market-server.
our @OPTIONS = ('--clone', 60);

our ($Error, $Syntax, $Value, $Shape, $Early, $Late, $Big, $Throttled, $Key) = map { "\"$_\"" }
    'The market answered an error', "The market's answer could not be read",
    "The market's answer held an impossible value",
    "The market's answer did not have the expected form", "The market's answer ended early",
    'The market did not answer in time', "The market's answer was too large",
    'The market allows no more calls at present', 'The market refused the server\'s key';

# A fault; the status, detail, calls, and seconds, at least and at most, that
# follow where nothing is at hand. An attempt has 0.15 s, and all of them 1.5 s.
our @Faults = (
    ['kind=delay&ms=400',                                504, $Late, 3, 0.45, 1.4],
    ['kind=hang',                                        504, $Late, 3, 0.45, 1.4],
    ['kind=reset',                                       502, $Error, 3, 0, 1.4],
    ['kind=close',                                       502, $Error, 3, 0, 1.4],
    ['kind=status_line',                                 502, $Error, 3, 0, 1.4],
    ['kind=reset_body',                                  502, $Early, 3, 0, 1.4],
    ['kind=truncate',                                    502, $Early, 3, 0, 1.4],
    ['kind=short_chunk',                                 502, $Early, 3, 0, 1.4],
    ['kind=status&status=500',                           502, $Error, 3, 0, 1.4],
    ['kind=status&status=503',                           502, $Error, 3, 0, 1.4],
    ['kind=status&status=503&retry_after=3600',          502, $Error, 1, 0, 1.4],
    ['kind=status&status=429',                           503, $Throttled, 3, 0, 1.4],
    # once: for a third attempt there is no time
    ['kind=status&status=429&retry_after=1',             503, $Throttled, 2, 1, 1.5],
    ['kind=status&status=429&retry_after=3600',          503, $Throttled, 1, 0, 1.4],
    ['kind=status&status=408',                           504, $Late, 3, 0, 1.4],
    ['kind=status&status=401',                           502, $Key, 1, 0, 1.4],
    ['kind=status&status=400',                           502, $Error, 1, 0, 1.4],
    ['kind=body&value={"results":[{}]}',                 502, $Value, 1, 0, 1.4],
    ['kind=body&value=[]',                               502, $Shape, 1, 0, 1.4],
    ['kind=html',                                        502, $Syntax, 1, 0, 1.4],
    ['kind=empty',                                       502, $Syntax, 1, 0, 1.4],
    ['kind=gzip',                                        502, $Error, 1, 0, 1.4],
    ['kind=big',                                         502, $Big, 1, 0, 1.4],
    ['kind=big_chunked',                                 502, $Big, 1, 0, 1.4],
);

# One of each sort, for what is much like the rest.
our @Some = grep { $_->[0] !~ /delay|close|status_line|=1$|40[018]|\[\]|big_chunked/ } @Faults;

# Connections of their own, so that nginx itself repeats nothing.
our $Market = <<'END';
location /_market/ {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/;
    proxy_read_timeout 150ms;
}
location /market-control/ {
    proxy_pass http://127.0.0.1:$TEST_NGINX_MARKET_PORT/_control/;
}
END

my @Tickers = map { sprintf 'T%03d', $_ } grep { ($_ - 1) % 11 != 3 && ($_ - 1) % 11 != 9 } 1 .. 60;


# The stock of the i-th fault.
sub fault_ticker { return $Tickers[$_[0]] }


# A configuration whose times, in ms, are those of a slow nginx.
sub slowly {
    my ($config) = @_;

    return $config =~ s/\b(\d+)ms\b/$1 * $FinanceTest::Body::Slow . 'ms'/ger;
}


# What a market's fault takes is more than an attempt's time, then as well.
sub slow_fault {
    my ($fault) = @_;

    return $fault =~ s/^(kind=(?:delay|slow_headers)&ms=|.*\bretry_after=)(\d+)/
                       $1 . ($2 < 3600 ? $2 * $FinanceTest::Body::Slow : $2)/erx;
}


# Puts them in place: on a path up to the ticker, with more arguments to each.
sub set_faults {
    my ($path, $more, @faults) = @_;

    for my $i (0 .. $#faults) {
        FinanceTest::Market::fault(match => $path . fault_ticker($i),
                                   (map { split /=/, $_, 2 }
                                        split /&/, slow_fault($faults[$i][0])),
                                   @$more);
    }
}

1;

# The market stand-in that takes the place of Massive's service.
package FinanceTest::Market;

use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP ();
use List::Util qw(sum0);

use FinanceTest::Process;
use NginxTest::Dirs;

my ($Process, $Port);


sub port { return $Port }


sub binary {
    return $ENV{FINANCE_MARKET_SERVER}
           // NginxTest::Dirs::root('build', 'market-server');
}


# Lays out the sets (see market_data_dir) to be served. Returns the folder, or
# undef when there are no market data.
sub lay_out {
    my (@sets) = @_;

    my $folder = NginxTest::Dirs::run('market');
    my $script = NginxTest::Dirs::root(qw(t lib market_data_dir));
    my $status = system $script, $folder, @sets;

    return undef if $status >> 8 == 77;

    die "market_data_dir @sets failed\n" if $status != 0;

    return $folder;
}


sub start {
    my ($data, @options) = @_;

    my $log = NginxTest::Dirs::run('market.log');

    $Process = FinanceTest::Process->start($log, binary(), '--data', $data,
        '--listen', '127.0.0.1:0', @options);

    $Port = $Process->wait_for(sub {
        $Process->said =~ /listening on 127\.0\.0\.1:(\d+)/ ? $1 : undef;
    }, 20);
}


sub control {
    my ($name, %arguments) = @_;

    my $http = HTTP::Tiny->new(timeout => 5);
    my $query = $http->www_form_urlencode(\%arguments);
    my $url = "http://127.0.0.1:$Port/_control/$name";
    my $answer = $http->get($query eq '' ? $url : "$url?$query");

    die "market: $name: $answer->{status} $answer->{content}\n"
        if !$answer->{success};

    return $answer->{content};
}


# Spoils answers from now on: match => beginning of the path, kind => what is
# done to them, and what else market-server's usage names.
sub fault { control('fault', @_) }


# No faults, no calls.
sub reset_all { control('reset') }


# How often a path was asked for; a regexp counts all paths that it matches.
# Without one: all that the server counts. It counts a path up to its ticker
# (/v2/aggs/ticker/AAPL), as a ticker's pages and dates are one thing to a test.
sub calls {
    my ($path) = @_;

    my $calls = JSON::PP->new->decode(control('calls'));
    my $count = $calls->{paths};

    return $calls if !defined $path;
    return $count->{$path} // 0 if !ref $path;
    return sum0(map { $count->{$_} } grep { $_ =~ $path } keys %$count);
}


# The newest requests, as they came, whose target begins with the path.
sub last_requests {
    my ($path) = @_;

    return @{ JSON::PP->new->decode(control('last', path => $path)) };
}

1;

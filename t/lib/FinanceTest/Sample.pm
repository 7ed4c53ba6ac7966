# Made-up market data of a fixed day, for tests that need no real ones: what
# market-generate writes, and some tickers that are odd on purpose:
#
#   TINY   five bars, no chain
#   NEW    known to the market, without a bar
#   GONE   known to the market, no longer active
package FinanceTest::Sample;

use strict;
use warnings;

use JSON::PP ();

use FinanceTest::Process;
use NginxTest::Dirs;

my $TODAY = '2026-03-18';


# After the close of that day, a Wednesday.
sub clock { return "${TODAY}T21:00:00Z" }


sub binary {
    return $ENV{FINANCE_MARKET_GENERATE}
           // NginxTest::Dirs::root('build', 'market-generate');
}


# The folder with the data, made anew for this process; of today, when told so.
sub folder {
    my ($now) = @_;

    my $folder = NginxTest::Dirs::run('sample');
    my $binary = binary();

    die "$binary is missing: run scripts/build\n" if !-x $binary;

    open my $out, '-|', $binary, '--out', $folder, '--seed', 1,
        $now ? '--now' : ('--today', $TODAY) or die "$binary: $!\n";
    my @said = <$out>;
    close $out or die "$binary failed: @said\n";

    add_odd($folder);

    return $folder;
}


sub add_odd {
    my ($folder) = @_;

    my $bars = read_json("$folder/bars/AAPL.json");

    $bars->{ticker} = 'TINY';
    $bars->{results} = [@{ $bars->{results} }[-5 .. -1]];
    write_json("$folder/bars/TINY.json", $bars);
    reference($folder, TINY => \1);
    reference($folder, NEW => \1);
    reference($folder, GONE => \0);

    write_json("$folder/marketstatus.json", {
        market => 'extended-hours', earlyHours => \0, afterHours => \1,
        serverTime => "${TODAY}T17:00:00-04:00",
        exchanges => { nyse => 'extended-hours', nasdaq => 'extended-hours',
                       otc => 'closed' },
        currencies => { fx => 'open', crypto => 'open' },
    });
}


sub reference {
    my ($folder, $ticker, $active) = @_;

    write_json("$folder/reference/$ticker.json", {
        status => 'OK', request_id => '1',
        results => { ticker => $ticker, name => "$ticker Inc.",
                     market => 'stocks', locale => 'us', type => 'CS',
                     active => $active, currency_name => 'usd' },
    });
}


sub read_json {
    my ($path) = @_;

    open my $in, '<', $path or die "$path: $!\n";
    local $/;

    return JSON::PP->new->decode(scalar <$in>);
}


sub write_json {
    my ($path, $value) = @_;

    write_file($path, JSON::PP->new->canonical->encode($value));
}


sub write_file {
    my ($path, $text, $mode) = @_;

    open my $out, '>', $path or die "$path: $!\n";
    print {$out} $text;
    close $out or die "$path: $!\n";
    chmod $mode, $path if defined $mode;
}

1;

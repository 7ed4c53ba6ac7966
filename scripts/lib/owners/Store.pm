# What stands in Redis, read beside the service: for what no call can tell.
package Store;

use strict;
use warnings;

use IO::Socket::INET;


# One command, its whole reply: text, number, list, or undef for nil.
sub ask {
    my ($port, @words) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 5,
                                  PeerPort => $port)
            or die "Redis: not connected\n";

    print $s '*' . @words . "\r\n",
             map { '$' . length . "\r\n$_\r\n" } @words;

    return reply($s);
}


sub reply {
    my ($s) = @_;

    my $line = <$s> // die "Redis: no reply\n";

    my ($kind, $rest) = $line =~ /^(.)(.*)\r\n\z/s or die "Redis: $line\n";

    die "Redis: $rest\n" if $kind eq '-';
    return $rest if $kind eq '+' || $kind eq ':';
    return if $rest < 0;

    if ($kind eq '$') {
        read($s, my $text, $rest + 2) == $rest + 2 or die "Redis: cut\n";
        return substr $text, 0, $rest;
    }

    return [map { scalar reply($s) } 1 .. $rest];
}


sub hash {
    my ($port, $key) = @_;

    return { @{ ask($port, 'HGETALL', $key) } };
}


sub keys_like {
    my ($port, $pattern) = @_;

    return sort @{ ask($port, 'KEYS', $pattern) };
}

1;

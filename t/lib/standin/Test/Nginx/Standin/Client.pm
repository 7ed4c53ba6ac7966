# Sends one connection's packets to nginx and reads until it closes.
package Test::Nginx::Standin::Client;

use strict;
use warnings;

use Errno qw(EAGAIN EINTR EINPROGRESS);
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

use Test::Nginx::Util qw(bail_out fail_hard parse_time setting);


# Returns the bytes that came back.
sub exchange {
    my ($block, $packets) = @_;

    local $SIG{PIPE} = 'IGNORE';

    my $socket = dial($block);
    my $limit = parse_time(scalar $block->timeout) // setting('timeout');
    my $state = {
        socket  => $socket,
        packets => [@$packets],
        out     => '',
        in      => '',
        pause   => scalar $block->raw_request_middle_delay,
        first   => 1,
    };

    while (defined $socket) {
        my $more = $state->{out} ne '' || @{ $state->{packets} };
        my $both = IO::Select->new($socket);
        my ($readable, $writable);

        $! = 0;
        ($readable, $writable) =
            IO::Select->select($both, $more ? $both : undef, undef, $limit);

        if (!$readable) {
            next if $! == EINTR;
            fail_hard($block->name . " - timed out: nothing came in ${limit}s")
                if !defined $block->abort;
            last;
        }

        last if @$readable && !take($state);

        if (@$writable && $more) {
            give($state);
            half_close($block, $socket)
                if $state->{out} eq '' && !@{ $state->{packets} };
        }
    }

    close $socket;

    return $state->{in};
}


# nginx may still be starting: tries for a while.
sub dial {
    my ($block) = @_;

    my $until = time + (setting('use_valgrind') ? 60 : 10);
    my $address = $block->server_addr_for_client // $Test::Nginx::Util::ServerAddr;
    my $port = $Test::Nginx::Util::ServerPortForClient;

    while (1) {
        my $socket = IO::Socket::INET->new(
            PeerAddr => $address,
            PeerPort => $port,
            Proto    => 'tcp',
            Timeout  => setting('timeout'),
        );

        if ($socket) {
            $socket->blocking(0);
            return $socket;
        }

        bail_out($block->name . " - cannot connect to $address:$port: $!")
            if time > $until;

        sleep 0.05;
    }
}


# Reads what there is; false at the end of the stream.
sub take {
    my ($state) = @_;

    while (1) {
        my $n = sysread $state->{socket}, my $piece, 65536;

        if (!defined $n) {
            return 1 if $! == EAGAIN || $! == EINTR;
            warn "WARNING: reading the response failed: $!\n";
            return 0;
        }

        return 0 if $n == 0;

        $state->{in} .= $piece;
    }
}


# Writes what the socket takes; goes to the next packet after its delay.
sub give {
    my ($state) = @_;

    if ($state->{out} eq '') {
        my $packet = shift @{ $state->{packets} };
        my $delay = $packet->{delay_before} // $state->{pause};

        sleep $delay if $delay && !$state->{first};

        $state->{first} = 0;
        $state->{out} = $packet->{value};
    }

    my $n = syswrite $state->{socket}, $state->{out};

    if (defined $n) {
        substr($state->{out}, 0, $n) = '';
        return;
    }

    return if $! == EAGAIN || $! == EINTR || $! == EINPROGRESS;

    # The server has closed: what it said before is still to be read.
    $state->{out} = '';
    $state->{packets} = [];
}


sub half_close {
    my ($block, $socket) = @_;

    my $how = $block->shutdown;

    return if !defined $how;

    shutdown $socket, $how =~ /\d/ ? $how : 1;
}

1;

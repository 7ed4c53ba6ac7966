# One HTTP/2 connection without TLS: just enough to ask for much at once, to
# take it back, and to leave.
package H2;

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

use constant { DATA => 0, HEADERS => 1, RST_STREAM => 3, SETTINGS => 4,
               PING => 6, GOAWAY => 7, WINDOW_UPDATE => 8 };


sub new {
    my ($class, $port) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port,
                                  Timeout => 2) or return;
    my $self = bless { socket => $s, stream => 1, in => '', open => {},
                       done => {}, bytes => 0 }, $class;

    # a window that is never full
    $self->send_bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                      . frame(SETTINGS, 0, 0, pack 'nN', 4, 0x7fffffff)
                      . frame(WINDOW_UPDATE, 0, 0, pack 'N', 0x7fff0000));

    return $self;
}


sub frame {
    my ($type, $flags, $stream, $payload) = @_;

    return substr(pack('N', length $payload), 1)
           . pack('CCN', $type, $flags, $stream) . $payload;
}


sub send_bytes {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    return syswrite $self->{socket}, $bytes;
}


# Asks; the stream's number.
sub get {
    my ($self, $path) = @_;

    my $stream = $self->{stream};

    $self->{stream} += 2;
    $self->{open}{$stream} = $path;

    # :method GET, :scheme http, :path and :authority as they are
    $self->send_bytes(frame(HEADERS, 5, $stream, "\x82\x86\x04"
                            . chr(length $path) . "$path\x01\x09localhost"));

    return $stream;
}


# Takes a request back.
sub cancel {
    my ($self, $stream) = @_;

    delete $self->{open}{$stream} or return;
    $self->send_bytes(frame(RST_STREAM, 0, $stream, pack 'N', 8));
}


# Reads until every stream has ended or the time is up; false: the connection
# has ended.
sub read_for {
    my ($self, $seconds) = @_;

    my $until = time + $seconds;
    my $select = IO::Select->new($self->{socket});

    while (%{ $self->{open} } && time < $until) {
        next if !$select->can_read($until - time > 0 ? $until - time : 0);

        my $n = sysread $self->{socket}, $self->{in}, 262144,
                        length $self->{in};
        return 0 if !$n;
        $self->frames;
    }

    return 1;
}


sub frames {
    my ($self) = @_;

    while (length $self->{in} >= 9) {
        my ($length, $type, $flags, $stream) =
            unpack 'NCCN', "\0" . $self->{in};

        return if length $self->{in} < 9 + $length;

        my $payload = substr $self->{in}, 9, $length;

        $self->{in} = substr $self->{in}, 9 + $length;
        $self->frame_came($type, $flags, $stream, $payload);
    }
}


sub frame_came {
    my ($self, $type, $flags, $stream, $payload) = @_;

    if ($type == SETTINGS && !($flags & 1)) {
        $self->send_bytes(frame(SETTINGS, 1, 0, ''));

    } elsif ($type == HEADERS && exists $self->{open}{$stream}) {
        # an indexed :status stands first: 8 is 200
        $self->{ok}{$stream} = ord($payload) == 0x88;

    } elsif ($type == DATA) {
        $self->{bytes} += length $payload;

    } elsif ($type == RST_STREAM && delete $self->{open}{$stream}) {
        $self->{reset}++;
    }

    if (($type == DATA || $type == HEADERS) && $flags & 1
        && delete $self->{open}{$stream})
    {
        $self->{done}{$stream} = 1;
    }
}


sub good {
    my ($self) = @_;

    return scalar grep { $self->{ok}{$_} } keys %{ $self->{done} };
}


sub leave {
    my ($self) = @_;

    close $self->{socket};
}

1;

# A client of GET stream, as a browser's EventSource is one, and what a test
# asks beside it.
package FinanceTest::Stream;

use strict;
use warnings;

use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);


# Options: path, port, headers, http (1.0), rcvbuf, method, skip (the name of
# events that are passed over). Gives a stream whose status and header are
# there, or dies.
sub new {
    my ($class, %option) = @_;

    my $port = $option{port} // $ENV{TEST_NGINX_SERVER_PORT};
    my $socket = IO::Socket::INET->new(Proto => 'tcp');

    setsockopt $socket, Socket::SOL_SOCKET(), Socket::SO_RCVBUF(),
        $option{rcvbuf} if $option{rcvbuf};
    connect $socket, Socket::pack_sockaddr_in($port,
                                         Socket::inet_aton('127.0.0.1'))
        or die "no connection: $!\n";

    my $self = bless { socket => $socket, bytes => '', text => '', line => [],
                       comments => 0, end => '', chunked => 0,
                       skip => $option{skip} // '' }, $class;
    my %headers = (Host => 'localhost', %{ $option{headers} // {} });
    my $request = join ' ', $option{method} // 'GET',
                       $option{path} // '/finance/stream',
                       'HTTP/' . ($option{http} // '1.1');

    $request .= "\r\n$_: $headers{$_}" for sort keys %headers;
    syswrite $socket, "$request\r\n\r\n";

    $self->head(10);

    return $self;
}


# Another one, with the id that this one had last.
sub again {
    my ($self, %option) = @_;

    $option{skip} //= $self->{skip};
    $option{headers} = { %{ $option{headers} // {} },
                         'Last-Event-ID' => $self->{id} };

    return (ref $self)->new(%option);
}


sub head {
    my ($self, $seconds) = @_;

    my $until = time + $seconds;

    while (index($self->{bytes}, "\r\n\r\n") < 0) {
        die "no answer: $self->{end} $self->{bytes}\n"
            if !$self->more($until - time);
    }

    (my $head, $self->{bytes}) = split /\r\n\r\n/, $self->{bytes}, 2;
    my ($first, @lines) = split /\r\n/, $head;

    ($self->{status}) = $first =~ /^HTTP\S+ (\d+)/;
    $self->{header} = { map { /^([^:]+): (.*)/ ? (lc $1, $2) : () } @lines };
    $self->{chunked} = ($self->{header}{'transfer-encoding'} // '') eq 'chunked';
}


# Some bytes more; false: none in that time, or the end.
sub more {
    my ($self, $seconds) = @_;

    return 0 if $self->{end} || $seconds <= 0;
    return 0 if !IO::Select->new($self->{socket})->can_read($seconds);

    my $n = sysread $self->{socket}, $self->{bytes}, 65536,
                    length $self->{bytes};

    $self->{end} ||= 'closed' if !$n;

    return $n;
}


# What came, without its chunks.
sub dechunk {
    my ($self) = @_;

    if (!$self->{chunked}) {
        $self->{text} .= $self->{bytes};
        $self->{bytes} = '';
        return;
    }

    while ($self->{bytes} =~ /\A([0-9a-f]+)\r\n/i) {
        my ($head, $n) = (length $&, hex $1);

        last if length $self->{bytes} < $head + $n + 2;

        $self->{text} .= substr $self->{bytes}, $head, $n;
        substr $self->{bytes}, 0, $head + $n + 2, '';

        $self->{end} = 'end' if $n == 0;
    }
}


# The next event, { id, event, data }, or undef.
sub event {
    my ($self, $seconds) = @_;

    my $until = time + ($seconds // 5);

    while (1) {
        $self->dechunk;

        while ($self->{text} =~ s/\A([^\n]*)\n//) {
            my $line = $1;

            if ($line ne '') {
                $self->{comments}++ if $line =~ /^:/;
                push @{ $self->{line} }, $line;
                next;
            }

            my $event = event_of(splice @{ $self->{line} });

            $self->{retry} = $event->{retry} if $event->{retry};
            $self->{id} = $event->{id} if defined $event->{id};
            return $event if defined $event->{data}
                             && $event->{event} ne $self->{skip};
        }

        return if !$self->more($until - time);
    }
}


sub event_of {
    my (@lines) = @_;

    my %event;

    for (@lines) {
        /^(\w+): (.*)/s or next;
        $event{$1} = exists $event{$1} ? "$event{$1}\n$2" : $2;
    }

    return \%event;
}


# The names and what is told of the next n events, a line each.
sub told {
    my ($self, $n, $seconds) = @_;

    my $text = '';

    for (1 .. $n) {
        my $event = $self->event($seconds) // return $text . "nothing\n";

        $text .= brief($event) . "\n";
    }

    return $text;
}


sub brief {
    my ($event) = @_;

    my ($name, $data) = @{$event}{qw(event data)};

    $data = $1 if $name eq 'stock' && $data =~ /^\{"ticker":"([^"]*)"/;
    $data = "$2 $1 "
            . ($3 =~ /^null/ ? 'null' : ($3 =~ /"quantity":(-?\d+)/)[0])
        if $name eq 'position'
           && $data =~ /"ticker":"?(\w+)"?,"op":"(\w+)","position":(.*)/;

    return "$name $data";
}


# How it ended: "end" cleanly, "closed", or "" not within that time.
sub ended {
    my ($self, $seconds) = @_;

    my $until = time + $seconds;

    $self->dechunk;

    while (!$self->{end} && $self->more($until - time)) {
        $self->dechunk;
    }

    return $self->{end};
}


sub comes {
    my ($self, $comments, $seconds) = @_;

    my $until = time + $seconds;

    while ($self->{comments} < $comments && time < $until) {
        $self->event(0.1);
    }

    return $self->{comments};
}


sub leave {
    my ($self) = @_;

    close $self->{socket};
}


# Another request: its status and body.
sub ask {
    my ($method, $path, %option) = @_;

    my $port = $option{port} // $ENV{TEST_NGINX_SERVER_PORT};
    my $answer = HTTP::Tiny->new(timeout => 10)->request(
        $method, "http://127.0.0.1:$port/finance/$path", {
            headers => { 'Content-Type' => 'application/json',
                         %{ $option{headers} // {} } },
            content => $option{body} // '',
        });

    return ($answer->{status}, $answer->{content}, $answer->{headers});
}


# A position of so many KO, or what is given; its id.
sub buy {
    my ($quantity, %option) = @_;

    my $ticker = delete $option{ticker} // 'KO';
    my ($status, $body) = ask('POST', 'positions', %option,
        body => qq({"position_type":"stock","ticker":"$ticker",)
                . qq("transaction_date":"2025-03-03","quantity":$quantity,)
                . '"purchase_price":41.5}');

    return $body =~ /"id":"([^"]+)"/ ? $1 : die "$status $body\n";
}

1;

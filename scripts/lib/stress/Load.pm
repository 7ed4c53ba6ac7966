# Many clients in one process: HTTP/1.1 over sockets that never block, with
# clients that stay, and clients that leave when nobody expects it.
package Load;

use strict;
use warnings;

use Errno qw(EINPROGRESS EAGAIN EINTR ECONNRESET EPIPE);
use IO::Poll qw(POLLIN POLLOUT POLLERR POLLHUP);
use IO::Socket::INET;
use List::Util qw(min max);
use Socket qw(SOL_SOCKET SO_LINGER SHUT_WR);
use Time::HiRes qw(time);


# port; check: called with (status, body, client) of each answer, a text is a
# complaint; excused: whether a client (its end tells which: address:port) may lose its
# answer, and none but those; grain: seconds between two looks at who is to leave.
sub new {
    my ($class, %option) = @_;

    return bless { grain => 0.01, %option, client => {}, poll => IO::Poll->new,
                   status => {}, left => {}, bad => [], took => [],
                   refused => 0, broken => 0, reopened => 0, answers => 0,
                   bytes => 0, due => [] }, $class;
}


# next: a function that gives the next request's bytes, or undef for the end.
# keep: over one connection.  from_address: its own.  leave: [stage, number] of
# connect, half (of the head), wait (s), read (bytes); how: close, reset, shut.
sub add {
    my ($self, %client) = @_;

    my $client = { keep => 1, how => 'close', %client };

    $client->{request} = $client->{next}->();
    $self->connect($client) if defined $client->{request};
}


sub connect {
    my ($self, $client) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Blocking => 0,
                                  PeerPort => $client->{port}
                                              // $self->{port},
                                  $client->{from_address}
                                  ? (LocalAddr => $client->{from_address}) : ());

    if (!$s) {
        $self->{refused}++;
        return;
    }

    $client->{socket} = $s;
    $client->{end} = $s->sockhost . ':' . $s->sockport;
    $client->{opened} = time;
    $client->{out} = $client->{request};
    $client->{in} = '';
    $client->{got} = 0;
    $client->{sent} = 0;
    $client->{used} = 0;
    $client->{from} = time;
    $self->{client}{ fileno $s } = $client;
    $self->{poll}->mask($s, POLLOUT | POLLIN);
    $self->leave($client) if $client->{leave}
                             && $client->{leave}[0] eq 'connect';
}


# The client goes away.
sub leave {
    my ($self, $client) = @_;

    my $s = $client->{socket} or return;

    $self->{left}{ $client->{leave}[0] }++;

    if ($client->{how} eq 'shut') {
        shutdown $s, SHUT_WR;
        $client->{leave} = ['gone', 0];
        $client->{shut} = time + 0.3;
        push @{ $self->{due} }, $client;
        return;
    }

    setsockopt $s, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)
        if $client->{how} eq 'reset';
    $self->drop($client);
}


sub drop {
    my ($self, $client) = @_;

    my $s = delete $client->{socket} or return;

    delete $self->{client}{ fileno $s };
    $self->{poll}->remove($s);
    close $s;
}


sub complain {
    my ($self, $text) = @_;

    push @{ $self->{bad} }, $text if @{ $self->{bad} } < 20;
    $self->{nbad}++;
}


sub write_some {
    my ($self, $client) = @_;

    my $leave = $client->{leave} // ['', 0];
    my $out = $client->{out};

    $out = substr $out, 0, int(length($out) / 2) if $leave->[0] eq 'half';

    # the end of a connection that served before, seen in time
    if ($client->{used} && $client->{sent} == 0
        && defined sysread $client->{socket}, my $end, 1)
    {
        return $self->again($client);
    }

    my $n = syswrite $client->{socket}, $out, length($out) - $client->{sent},
                     $client->{sent};

    if (!defined $n) {
        return if $! == EAGAIN || $! == EINTR;
        return $self->cut($client);
    }

    $client->{sent} += $n;
    return if $client->{sent} < length $out;

    if ($leave->[0] eq 'half') {
        $self->leave($client);
        return;
    }

    $self->{poll}->mask($client->{socket}, POLLIN);

    if ($leave->[0] eq 'wait' || $leave->[0] eq 'read') {
        # of an answer that is shorter than that, some time after
        $client->{at} = time + ($leave->[0] eq 'wait' ? $leave->[1] : 2);
        push @{ $self->{due} }, $client;
    }
}


# The server ended the connection. When it has served before and there is no
# answer yet, the request may have met its end on the way: HTTP has it sent
# anew. A reset says that nobody has read it; without one, a request that
# waited already was not on the way.
sub cut {
    my ($self, $client) = @_;

    my $reset = $! == ECONNRESET || $! == EPIPE;
    my $fresh = !$client->{used} || length $client->{in}
                || !$reset && time - $client->{from} > 0.25 * ($self->{slow} // 1);
    my $why = $client->{sent} ? "after $client->{sent} bytes out"
                              : 'before a byte was sent';

    my $excused = $self->{excused};

    $self->drop($client);
    return if $client->{leave};

    if ($excused && $excused->($client)) {
        $self->{excused_cuts}++;
        return $self->advance($client);
    }

    return $self->again($client) if !$fresh && !$excused;

    $self->{broken}++;
    my $what = $client->{request} =~ /^(\S+ \S+)/ ? $1 : '';
    $self->complain("$what: cut off $why, with "
                    . (length $client->{in}) . ' bytes in');
    $self->advance($client);
}


# The same request over a new connection.
sub again {
    my ($self, $client) = @_;

    $self->drop($client);
    $self->{reopened}++;
    $self->connect($client);
}


sub advance {
    my ($self, $client) = @_;

    $client->{request} = $client->{next}->();
    $client->{leave} = undef;

    if (!defined $client->{request}) {
        $self->drop($client);
        return;
    }

    if (!$client->{socket} || !$client->{keep} || $client->{close}) {
        $self->drop($client);
        $self->connect($client);
        return;
    }

    $client->{out} = $client->{request};
    $client->{sent} = 0;
    $client->{used} = 1;
    $client->{from} = time;
    $self->{poll}->mask($client->{socket}, POLLOUT | POLLIN);
}


sub read_some {
    my ($self, $client) = @_;

    $! = 0;
    my $n = sysread $client->{socket}, $client->{in}, 262144,
                    length $client->{in};

    if (!defined $n) {
        return if $! == EAGAIN || $! == EINTR;
        return $self->cut($client);
    }

    return $self->cut($client) if $n == 0;

    $self->{bytes} += $n;
    $client->{got} += $n;

    if ($client->{leave} && $client->{leave}[0] eq 'read') {
        $self->leave($client) if $client->{got} >= $client->{leave}[1];
        return;
    }

    $self->answers($client) if !$client->{leave};
}


# Takes whole answers off what came in; several are there when it pipelines.
sub answers {
    my ($self, $client) = @_;

    my $head;

    while ($client->{socket}
           && ($head = index $client->{in}, "\r\n\r\n") >= 0)
    {
        my $text = substr $client->{in}, 0, $head;
        my ($code) = $text =~ m{^HTTP/1\.[01] (\d{3})};
        my ($length) = $text =~ /^Content-Length: (\d+)/mi;
        my $none = $client->{request} =~ /^HEAD/ || ($code // 0) == 304;

        if (!defined $code || (!$none && !defined $length)) {
            $self->complain("no answer: $text");
            $self->drop($client);
            return;
        }

        $length = 0 if $none;
        return if length($client->{in}) < $head + 4 + $length;

        my $body = substr $client->{in}, $head + 4, $length;

        $client->{in} = substr $client->{in}, $head + 4 + $length;
        $client->{close} = $text =~ /^Connection: close/mi;
        $client->{head} = $text;
        $self->answered($client, $code, $body);
    }
}


sub answered {
    my ($self, $client, $code, $body) = @_;

    $self->{answers}++;
    $self->{status}{$code}++;
    push @{ $self->{took} }, time - $client->{from};

    my $wrong = $self->{check} ? $self->{check}->($code, $body, $client) : '';

    $self->complain($wrong) if $wrong;

    return if --$client->{pipelined} > 0;
    $self->advance($client);
}


# Runs until every client is done, at most so many seconds; tick is called
# about every grain with the seconds since the start, until it says true: it
# may add clients.
sub run {
    my ($self, $seconds, $tick) = @_;

    my $from = time;
    my $last = 0;

    while ($tick || %{ $self->{client} }) {
        my $now = time;

        if ($now - $from > $seconds) {
            $self->{late} = keys %{ $self->{client} };
            $self->drop($_) for values %{ $self->{client} };
            last;
        }

        if ($now - $last > $self->{grain}) {
            $last = $now;
            $self->due($now);
            undef $tick if $tick && $tick->($now - $from);
        }

        if (%{ $self->{client} }) {
            $self->turn if $self->{poll}->poll($self->{grain}) > 0;
        } else {
            select undef, undef, undef, $self->{grain};
        }
    }

    return $self;
}


sub turn {
    my ($self) = @_;

    for my $s ($self->{poll}->handles(POLLIN | POLLOUT | POLLERR | POLLHUP)) {
        my $client = $self->{client}{ fileno $s } or next;
        my $events = $self->{poll}->events($s);

        $self->write_some($client)
            if $events & POLLOUT && $client->{sent} < length $client->{out};
        $self->read_some($client)
            if $client->{socket} && $events & (POLLIN | POLLERR | POLLHUP);
    }
}


sub due {
    my ($self, $now) = @_;

    my @due = @{ $self->{due} };

    $self->{due} = [];

    for my $client (@due) {
        next if !$client->{socket};

        if (($client->{shut} // $client->{at}) > $now) {
            push @{ $self->{due} }, $client;

        } elsif ($client->{shut}) {
            $self->drop($client);

        } else {
            $self->leave($client);
        }
    }
}


sub quantile {
    my ($self, $p) = @_;

    my @sorted = sort { $a <=> $b } @{ $self->{took} };

    return @sorted ? $sorted[int($p * $#sorted + 0.5)] : 0;
}


sub statuses {
    my ($self) = @_;

    return join ', ', map { "$_ x $self->{status}{$_}" }
                      sort keys %{ $self->{status} };
}


# The bytes of a request.
sub request {
    my ($path, %option) = @_;

    my $method = $option{method} // 'GET';
    my $body = $option{body};
    my $text = "$method $path HTTP/1.1\r\nHost: localhost\r\n";

    $text .= "$_: $option{header}{$_}\r\n" for keys %{ $option{header} // {} };
    $text .= "Content-Type: application/json\r\nContent-Length: "
             . length($body) . "\r\n" if defined $body;

    return "$text\r\n" . ($body // '');
}


# A function that gives requests: these, one after the other.
sub these {
    my @requests = @_;

    return sub { shift @requests };
}

1;

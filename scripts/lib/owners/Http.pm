# One call at a time, over connections that are kept: what a step asks with
# that has to know the answer before it goes on.
package Http;

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Time::HiRes qw(time);


# port; connections: so many are kept, and each call takes any of them, so that
# all workers are asked; slow: how much longer than usual things may take.
sub new {
    my ($class, %option) = @_;

    return bless { connections => 1, slow => 1, %option, socket => [] },
           $class;
}


# The bytes of a request; header: names and values in turn.
sub request {
    my ($method, $path, %option) = @_;

    my @header = @{ $option{header} // [] };
    my $body = $option{body};
    my $text = "$method $path HTTP/1.1\r\nHost: localhost\r\n";

    while (@header) {
        my ($name, $value) = splice @header, 0, 2;
        $text .= "$name: $value\r\n";
    }

    $text .= 'Content-Length: ' . length($body) . "\r\n" if defined $body;

    return "$text\r\n" . ($body // '');
}


# {status, head, body, raw}; status 0: no answer, and why.
sub ask {
    my ($self, $method, $path, %option) = @_;

    return $self->send_bytes(request($method, $path, %option),
                             $option{seconds} // 20 * $self->{slow});
}


sub send_bytes {
    my ($self, $bytes, $seconds) = @_;

    my $i = int rand $self->{connections};

    # a connection that was closed while it was idle: once again
    for my $try (1, 2) {
        my $old = $self->{socket}[$i];
        my $s = $old // $self->open_socket or return lost('not connected');

        $self->{socket}[$i] = $s;

        my $answer = exchange($s, $bytes, time + $seconds);

        $self->{socket}[$i] = undef
            if !$answer->{status}
               || $answer->{head} =~ /^Connection: close/mi;
        return $answer if $answer->{status} || !$old || !$answer->{idle};
    }

    return lost('cut off twice');
}


sub open_socket {
    my ($self) = @_;

    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 5,
                                 PeerPort => $self->{port});
}


sub lost {
    my ($why, %more) = @_;

    return { status => 0, head => '', body => '', raw => '', why => $why,
             %more };
}


sub exchange {
    my ($s, $bytes, $until) = @_;

    local $SIG{PIPE} = 'IGNORE';

    my $in = '';
    my $select = IO::Select->new($s);

    $s->autoflush(1);
    print $s $bytes or return lost('not sent', idle => 1);

    while (1) {
        my $answer = whole($in, $bytes =~ /^HEAD /);

        return $answer if $answer;
        return lost('late') if time > $until;
        next if !$select->can_read(0.2);

        my $n = sysread $s, $in, 262144, length $in;

        return lost('cut off after ' . length($in) . ' bytes',
                    idle => $in eq '') if !$n;
    }
}


# The answer in the bytes that came, when all of it came.
sub whole {
    my ($in, $head_only) = @_;

    my $end = index $in, "\r\n\r\n";

    return if $end < 0;

    my $head = substr $in, 0, $end + 2;
    my ($status) = $head =~ m{^HTTP/1\.1 (\d{3})} or return;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;

    $length = 0 if $head_only || $status == 304 || $status == 204;
    return lost("no length: $head") if !defined $length;
    return if length($in) < $end + 4 + $length;

    return { status => $status, head => $head,
             body => substr($in, $end + 4, $length),
             raw => substr($in, 0, $end + 4 + $length) };
}


sub header {
    my ($answer, $name) = @_;

    return $answer->{head} =~ /^\Q$name\E: ([^\r\n]*)/mi ? $1 : undef;
}


# The body's value, or undef.
sub json {
    my ($answer) = @_;

    return scalar eval { JSON::PP->new->allow_nonref->decode(
        utf8_text($answer->{body})) };
}


sub utf8_text {
    my ($bytes) = @_;

    utf8::decode($bytes);

    return $bytes;
}


# An array of the answer by its name, from a place on: cut out before it is
# decoded, since the decoder is slow. In list context also where it ends.
my $ARRAY = qr/(\[(?:[^\[\]"]++|"(?:[^"\\]++|\\.)*+"|(?1))*+\])/s;

sub array {
    my ($body, $name, $from) = @_;

    pos($body) = $from // 0;
    return if $body !~ /"\Q$name\E":/g;

    my $at = pos $body;

    return if $body !~ /\G$ARRAY/gc;

    my $list = eval { JSON::PP::decode_json($1) } // return;

    return wantarray ? ($list, pos $body) : $list;
}

1;

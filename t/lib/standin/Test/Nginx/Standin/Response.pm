# One HTTP response, taken off the bytes that a connection gave.
package Test::Nginx::Standin::Response;

use strict;
use warnings;

use Test::Nginx::Util qw(fail_hard);


# Returns the response and the bytes that follow it. Bytes that are no HTTP
# response give one with an empty status code.
sub parse {
    my ($class, $bytes, $is_head, $name) = @_;

    my $self = bless { code => '', raw_headers => '', headers => {},
                       body => '' }, $class;

    if ($bytes !~ /\A(HTTP\/\d\.\d (\d{3})[^\n]*\n(?:[^\n]+\n)*?)\r?\n/) {
        $self->{body} = $bytes;
        return $self, '';
    }

    my $rest = substr $bytes, $+[0];

    $self->{code} = $2;
    $self->{raw_headers} = $1;

    for my $line (split /\r?\n/, $1) {
        next if $line !~ /^([^:\s]+):[ \t]*(.*?)[ \t]*$/;

        push @{ $self->{headers}{lc $1} }, $2;
    }

    if ($is_head || $self->{code} =~ /^(?:1\d\d|204|304)$/) {
        return $self, $rest;
    }

    return $self, $self->take_body($rest, $name);
}


sub code { $_[0]{code} }

sub raw_headers { $_[0]{raw_headers} }

sub body { $_[0]{body} }

sub set_body { $_[0]{body} = $_[1] }


# All values of a header in one, or undef.
sub header {
    my ($self, $key) = @_;

    my $values = $self->{headers}{lc $key};

    return $values ? join ', ', @$values : undef;
}


# Sets the body and returns what is left after it.
sub take_body {
    my ($self, $rest, $name) = @_;

    if (lc($self->header('Transfer-Encoding') // '') eq 'chunked') {
        return $self->take_chunks($rest, $name);
    }

    my $length = $self->header('Content-Length');

    if (!defined $length || $length !~ /^\d+$/) {
        $self->{body} = $rest;
        return '';
    }

    if (length $rest < $length) {
        warn "WARNING: $name - the body is cut: ", length $rest,
             " of $length bytes\n";
    }

    $self->{body} = substr $rest, 0, $length;

    return length $rest > $length ? substr $rest, $length : '';
}


sub take_chunks {
    my ($self, $rest, $name) = @_;

    my $body = '';

    while ($rest =~ /\G[ \t]*([0-9A-Fa-f]+)[ \t]*(?:;[^\n]*)?\r\n/gc) {
        my $size = hex $1;

        if ($size == 0) {
            $rest =~ /\G(?:[^\r\n]+\r\n)*\r\n/gc or last;
            $self->{body} = $body;
            return substr $rest, pos $rest;
        }

        my $from = pos $rest;

        last if length $rest < $from + $size + 2
                || substr($rest, $from + $size, 2) ne "\r\n";

        $body .= substr $rest, $from, $size;
        pos($rest) = $from + $size + 2;
    }

    fail_hard("$name - the chunked body is broken or has no end after "
              . length($body) . ' bytes');

    $self->{body} = $body;

    return '';
}

1;

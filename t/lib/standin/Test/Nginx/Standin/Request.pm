# From a block's request sections to the bytes to send.
package Test::Nginx::Standin::Request;

use strict;
use warnings;

use Test::Nginx::Util qw(bail_out expand_env setting);


# Returns the connections that a block asks for, in order. Each is
# { packets => [{ value, delay_before }], heads => [bool for each response] }.
sub connections {
    my ($block) = @_;

    my $name = $block->name;

    if (defined $block->raw_request) {
        return raw($block->raw_request);
    }

    if (defined $block->pipelined_requests) {
        return pipelined($block, $name);
    }

    my $request = $block->request;

    if (!defined $request) {
        bail_out("$name - request empty");
    }

    if (!ref $request) {
        $request =~ s/\A(?:\s+|[ \t]*\#[^\n]*\n)+//;
        $request = [$request];
    }

    if (ref $request ne 'ARRAY' || !@$request) {
        bail_out("$name - --- request takes a text or an array of requests");
    }

    my $index = 0;

    return map {
        in_packets($_, more_headers($block, $index++), $name)
    } @$request;
}


sub raw {
    my ($raw) = @_;

    my @values = ref $raw ? @$raw : ($raw);
    my $all = join '', @values;

    return {
        packets => [map { { value => $_ } } @values],
        heads   => [$all =~ /\A\s*HEAD\s/ ? 1 : 0],
    };
}


sub pipelined {
    my ($block, $name) = @_;

    my $requests = $block->pipelined_requests;

    if (ref $requests ne 'ARRAY' || !@$requests) {
        bail_out("$name - --- pipelined_requests takes an array");
    }

    my ($bytes, @heads) = ('');

    for my $index (0 .. $#$requests) {
        my $source = expand_env($requests->[$index], $name);
        my $last = $index == $#$requests;
        my $built = build($source, more_headers($block, $index),
                          $last ? 'close' : 'keep-alive', $name);

        $bytes .= $built->{start} . $built->{body};
        push @heads, $built->{head};
    }

    return { packets => [{ value => $bytes }], heads => \@heads };
}


# The text of --- more_headers for the request of this index.
sub more_headers {
    my ($block, $index) = @_;

    my $headers = $block->more_headers;

    return $headers // '' if ref $headers ne 'ARRAY';

    return $headers->[$index]
           // bail_out($block->name . " - --- more_headers has no entry for "
                       . "request $index");
}


# One request, given as a text, or as an array of the packets to cut it into:
# texts, or { value => text, delay_before => seconds }.
sub in_packets {
    my ($request, $headers, $name) = @_;

    my @given = map { ref $_ eq 'HASH' ? $_ : { value => $_ } }
                    ref $request eq 'ARRAY' ? @$request : ($request);
    my $source = join '', map { $_->{value} } @given;
    my $built = build($source, $headers, 'close', $name);
    my $bytes = $built->{start} . $built->{body};
    my ($from, $to, @packets) = (0, 0);

    for my $packet (@given) {
        my $end = $packet == $given[-1] ? length $bytes
                  : place($built, $to += length $packet->{value});

        push @packets, { %$packet, value => substr $bytes, $from, $end - $from };
        $from = $end;
    }

    return { packets => \@packets, heads => [$built->{head}] };
}


# Where in the bytes to send a place of the source is: in the request line
# where it was, else in the body, which the headers have moved on.
sub place {
    my ($built, $offset) = @_;

    return $offset if $offset < $built->{line};

    my $moved = $offset - $built->{skipped} + length $built->{start};
    my $total = length($built->{start}) + length $built->{body};

    return $moved > $total ? $total : $moved;
}


# The request line and the headers (start) and the body of one request.
# "line" is the length of the given request line without its end, "skipped"
# what of the source comes before the body.
sub build {
    my ($source, $headers, $connection, $name) = @_;

    my ($line, $body) = split /\n/, $source, 2;
    my ($method, $uri, $version, @rest) = split ' ', $line // '';

    if (!defined $method || @rest) {
        bail_out("$name - bad request line: \"" . ($line // '') . '"');
    }

    $body //= '';
    $uri //= '/';
    $version //= 'HTTP/1.1';

    my ($text, %has) = header_lines($headers);
    my $skipped = length($line) + 1;

    if ($body ne '' && !$has{chunked} && !$has{'content-length'}) {
        $skipped += length $1 if $body =~ /\A(\s+)/;
        $body =~ s/\A\s+|\s+\z//g;
        $text .= 'Content-Length: ' . length($body) . "\r\n";
    }

    $text = "Connection: $connection\r\n$text" if !$has{connection};
    $text = 'Host: ' . setting('server_name') . "\r\n$text" if !$has{host};

    return {
        start   => "$method $uri $version\r\n$text\r\n",
        body    => $body,
        line    => length $line,
        skipped => $skipped,
        head    => $method eq 'HEAD' ? 1 : 0,
    };
}


# Header lines as they are sent, and a set of their lower-case names.
sub header_lines {
    my ($source) = @_;

    my ($text, %has) = ('');

    for my $line (split /\r?\n/, $source) {
        next if $line =~ /^\s*(?:\#|$)/;

        my ($key, $value) = split /:[ \t]*/, $line, 2;

        $value //= '';
        $text .= "$key: $value\r\n";
        $has{lc $key} = 1;
        $has{chunked} = 1 if lc $key eq 'transfer-encoding'
                             && $value eq 'chunked';
    }

    return $text, %has;
}

1;

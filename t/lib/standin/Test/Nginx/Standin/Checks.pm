# What a block says of a response.
package Test::Nginx::Standin::Checks;

use strict;
use warnings;

use Digest::MD5 ();
use Digest::SHA ();
use JSON::PP ();
use Test::More ();

use Test::Nginx::Util qw($ServerPort bail_out expand_env);

my %FILTER = (
    md5_hex  => \&Digest::MD5::md5_hex,
    sha1_hex => \&Digest::SHA::sha1_hex,
    length   => sub { length $_[0] },
    uc       => sub { uc $_[0] },
    lc       => sub { lc $_[0] },
    ucfirst  => sub { ucfirst $_[0] },
    lcfirst  => sub { lcfirst $_[0] },
);


# $index counts the responses of the block; with $many, what is expected has
# to be an array with one entry for each.
sub response {
    my ($block, $response, $index, $many, $round) = @_;

    my $pick = sub { pick($block, $_[0], $index, $many) };

    code($block, $response, $pick);
    raw_headers($block, $response, $pick);
    headers($block, $response, $pick);
    filter_body($block, $response, $index);
    body($block, $response, $pick, "(round $round, response $index)");

    for my $check (@Test::Nginx::Util::BodyChecks) {
        $check->($block, $response->body, $index, $round, 0);
    }
}


sub pick {
    my ($block, $section, $index, $many) = @_;

    my $value = $block->$section;

    if (ref $value eq 'ARRAY') {
        return $value->[$index];
    }

    bail_out($block->name . " - several requests, but --- $section is no array")
        if $many;

    return $value;
}


sub with_port {
    my ($text) = @_;

    return $text if ref $text || !defined $text;

    return $text =~ s/\$ServerPort(?:ForClient)?\b/$ServerPort/gr;
}


sub code {
    my ($block, $response, $pick) = @_;

    my $title = $block->name . ' - status code ok';

    if (defined $block->error_code_like) {
        my $pattern = $pick->('error_code_like');

        Test::More::like($response->code, qr/$pattern/sm, $title);

    } elsif (defined $block->error_code) {
        Test::More::is($response->code, $pick->('error_code'), $title);

    } else {
        Test::More::is($response->code, 200, $title);
    }
}


sub raw_headers {
    my ($block, $response, $pick) = @_;

    my $name = $block->name;

    if (defined $block->raw_response_headers_like) {
        my $pattern = $pick->('raw_response_headers_like');

        Test::More::like($response->raw_headers, qr/$pattern/s,
                         "$name - raw resp headers like");
    }

    if (defined $block->raw_response_headers_unlike) {
        my $pattern = $pick->('raw_response_headers_unlike');

        Test::More::unlike($response->raw_headers, qr/$pattern/s,
                           "$name - raw resp headers unlike");
    }
}


sub headers {
    my ($block, $response, $pick) = @_;

    my $name = $block->name;

    if (defined $block->response_headers) {
        for my $line (expected_headers($pick->('response_headers'))) {
            my ($key, $value) = @$line;

            if (!defined $value) {
                Test::More::unlike($response->raw_headers, qr/^\Q$key\E\s*:/mi,
                                   "$name - header $key is absent");
                next;
            }

            Test::More::is($response->header($key) // '', with_port($value),
                           "$name - header $key ok");
        }

    } elsif (defined $block->response_headers_like) {
        for my $line (expected_headers($pick->('response_headers_like'))) {
            my ($key, $value) = @$line;

            Test::More::like($response->header($key) // '', qr/^$value$/,
                             "$name - header $key like ok");
        }
    }
}


# [name, value] for "name: value", [name] for "! name".
sub expected_headers {
    my ($text) = @_;

    my @lines;

    for my $line (split /\n/, $text // '') {
        $line =~ s/^\s+|\s+$//g;
        next if $line eq '';

        push @lines, $line =~ /^!\s*(.*)/ ? [$1]
                     : [(split /\s*:\s*/, "$line ", 2)];
        $lines[-1][1] =~ s/\s+$// if defined $lines[-1][1];
    }

    return @lines;
}


# --- response_body_filters: names, code, an array of these, or for several
# requests an array of such arrays.
sub filter_body {
    my ($block, $response, $index) = @_;

    my $filters = $block->response_body_filters;

    return if !defined $filters;

    $filters = ref $filters ? [$filters] : [split ' ', $filters]
        if ref $filters ne 'ARRAY';
    $filters = $filters->[$index]
               // bail_out($block->name . ' - too few response_body_filters')
        if ref $filters->[0] eq 'ARRAY';

    for my $filter (@$filters) {
        my $code = ref $filter ? $filter : $FILTER{$filter}
                   // bail_out($block->name . " - no such filter: $filter");

        $response->set_body($code->($response->body));
    }
}


sub body {
    my ($block, $response, $pick, $which) = @_;

    my ($name, $got) = ($block->name, $response->body);

    if (defined $block->response_body) {
        my $expected = expand_env(with_port($pick->('response_body')), $name);

        $got = sorted_json($got) if defined $block->response_body_json_sort;

        ref $expected
            ? Test::More::like($got, $expected, "$name - response_body $which")
            : Test::More::is($got, $expected, "$name - response_body $which");

    } elsif (defined $block->response_body_like) {
        my $pattern = with_port($pick->('response_body_like'));

        Test::More::like($got, qr/$pattern/s,
                         "$name - response_body_like $which");

    } elsif (defined $block->response_body_unlike) {
        my $pattern = with_port($pick->('response_body_unlike'));

        Test::More::unlike($got, qr/$pattern/s,
                           "$name - response_body_unlike $which");
    }
}


# What is no JSON stays as it is.
sub sorted_json {
    my ($text) = @_;

    my $json = JSON::PP->new->canonical(1)->loose(1);
    my $sorted = eval { $json->encode($json->decode($text)) . "\n" };

    return $sorted // $text;
}

1;

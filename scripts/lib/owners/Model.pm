# What a small service would know and answer: each owner's watchlist, positions
# and user, and the answers to their keys. A call (see Model::*) has method,
# path, header, body, about (what it touches), and then: given the answer it
# says what is wrong with it, or changes what is known.
package Model;

use strict;
use warnings;

use Bodies;
use Http;

our $UUID = qr/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

our @TICKERS = qw(AAPL KO MSFT SPY);
our $UNKNOWN = 'NOPE';


# Names of the owners; the last is an admin, too.
sub new {
    my ($class, @names) = @_;

    my $n = 0;
    my @owners = map { { n => $n++, name => $_, watch => [], positions => {},
                         order => [], gone => [], users => [], idem => {},
                         marks => 0, etag => {} } } @names;

    $owners[-1]{admin} = 1;

    return bless { owners => \@owners, email => {}, whose => {} }, $class;
}


# A number that only this owner ever writes, and none computes: 37.71000423719
sub mark {
    my ($self, $owner) = @_;

    return sprintf '%d.7%d%05d37', 1 + rand 400, $owner->{n} + 1,
                   $owner->{marks}++;
}


our $MARK = qr/(?<![\d.])\d+\.7(\d)\d{5}37(?!\d)/;


sub word {
    my ($self, $owner) = @_;

    return sprintf 'mark-%d-%d', $owner->{n} + 1, $owner->{marks}++;
}

our $WORD = qr/mark-(\d)-\d+/i;


sub headers {
    my ($owner, @more) = @_;

    return ['X-User' => $owner->{name},
            $owner->{admin} ? ('X-Admin' => '1') : (), @more];
}


sub json_type {
    return ('Content-Type' => Bodies::pick('application/json',
        'application/json', 'application/json; charset=utf-8'));
}


# --- what is wrong with an answer; '' for nothing

sub status {
    my ($answer, $want) = @_;

    return $answer->{status} == $want ? ''
           : 'status ' . ($answer->{status} || "none ($answer->{why})")
             . ", not $want";
}


# An error whose detail is a text.
sub refused {
    my ($answer, $want) = @_;

    my $wrong = status($answer, $want);
    my $json = Http::json($answer);

    return $wrong if $wrong;
    return 'the error is not {"detail": text}'
        if ref $json ne 'HASH' || keys %$json != 1
           || !defined $json->{detail} || ref $json->{detail};
    return '';
}


# A 422 that names these members of the body, each once, and no other.
sub problems {
    my ($answer, @fields) = @_;

    my $wrong = status($answer, 422);
    my $list = $wrong ? undef : detail_list($answer);

    return $wrong if $wrong;
    return 'the 422 has no list' if !$list;

    my $got = join ' ', sort map { join '.', @{ $_->{loc} } } @$list;
    my $want = join ' ', sort map { "body.$_" } @fields;

    return $got eq $want ? '' : "the 422 names \"$got\", not \"$want\"";
}


sub detail_list {
    my ($answer) = @_;

    my $json = Http::json($answer);

    return if ref $json ne 'HASH' || ref $json->{detail} ne 'ARRAY';

    for my $entry (@{ $json->{detail} }) {
        return if grep { !exists $entry->{$_} } qw(type loc msg input);
    }

    return $json->{detail};
}


# A 422 for a body that is no object.
sub no_object {
    my ($answer, $step) = @_;

    my $wrong = status($answer, 422);
    my $list = $wrong ? undef : detail_list($answer);

    return $wrong if $wrong;
    return 'the 422 has not one entry' if !$list || @$list != 1;

    my ($in, @more) = @{ $list->[0]{loc} };

    return 'the 422 is not about the body' if $in ne 'body';
    return 'the 422 has another loc than the JSON error\'s'
        if defined $step ? @more != 1 || $more[0] !~ /^\d+$/ : @more;
    return '';
}


# Two lists of texts.
sub same_list {
    my ($what, $got, $want) = @_;

    return "$what is no list" if ref $got ne 'ARRAY';

    my ($g, $w) = (join(' ', @$got), join(' ', @$want));

    return $g eq $w ? '' : "$what: \"$g\", not \"$w\"";
}


# Calls one after the other, until one says what is wrong.
sub first_wrong {
    for my $check (@_) {
        my $wrong = $check->();
        return $wrong if $wrong;
    }

    return '';
}

1;

# Random calls of an owner's watchlist.
package Model::Watchlist;

use strict;
use warnings;

use Time::HiRes qw(sleep);

use Bodies;
use Http;
use Model;


sub calls {
    return ([4, \&get], [7, \&add], [3, \&remove]);
}


sub get {
    my ($model, $owner) = @_;

    my $content = join ',', @{ $owner->{watch} };
    my $etag = rand() < 0.4 ? $owner->{etag}{last} : undef;
    my $same = defined $etag && $owner->{etag}{$etag} eq $content;

    return {
        method => Bodies::pick(('GET') x 9, 'HEAD'), path => 'watchlist',
        header => defined $etag ? ['If-None-Match' => $etag] : [],
        about => ['watchlist'],
        then => sub {
            my ($answer, $call) = @_;

            my $wrong = Model::status($answer, $same ? 304 : 200);

            return $wrong if $wrong || $same;
            $owner->{etag}{last} = Http::header($answer, 'ETag');
            return 'no ETag' if !defined $owner->{etag}{last};
            $owner->{etag}{ $owner->{etag}{last} } = $content;
            return '' if $call->{method} eq 'HEAD';
            return Model::same_list('the watchlist', Http::json($answer),
                                    $owner->{watch});
        },
    };
}


# Whether it is there already.
sub has {
    my ($owner, $ticker) = @_;

    return scalar grep { $_ eq $ticker } @{ $owner->{watch} };
}


# The order is that of the milliseconds: two calls take more than one.
sub put {
    my ($owner, $ticker) = @_;

    push @{ $owner->{watch} }, $ticker if !has($owner, $ticker);
}


sub add {
    my ($model, $owner) = @_;

    my $kind = Bodies::pick(('good') x 12, 'unknown', 'malformed', 'spoilt',
                            'no object', 'type');

    return bad_add($kind) if $kind !~ /^(?:good|unknown|malformed)$/;

    my $ticker = $kind eq 'good' ? Bodies::pick(@Model::TICKERS)
                 : $kind eq 'unknown' ? $Model::UNKNOWN : Bodies::pick('A B',
                   '', '7', 'AAPL}', 'finance:x', 'A' x 40);
    my $in_query = $kind ne 'malformed' && rand() < 0.3;

    sleep 0.002;

    return {
        method => 'POST',
        path => 'watchlist' . ($in_query ? '?ticker=' . lc $ticker : ''),
        header => $in_query ? [] : [Model::json_type()],
        body => $in_query ? undef : '{"ticker":'
            . ($kind eq 'malformed' ? "\"$ticker\""
                                    : Bodies::ticker_text($ticker)) . '}',
        about => ['watchlist', $ticker],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 400) if $kind ne 'good';
            return Model::refused($answer, 409) if has($owner, $ticker);
            return said($answer, $ticker, 'added')
                || do { put($owner, $ticker); '' };
        },
    };
}


sub bad_add {
    my ($kind) = @_;

    my ($bytes, $step) = $kind eq 'no object' ? Bodies::no_object()
                         : $kind eq 'spoilt' ? Bodies::pick('{}',
                           '{"ticker":5}', '{"ticker":null}',
                           '{"Ticker":"KO"}')
                         : '{"ticker":"KO"}';

    # nothing at all need not be of any type
    return {
        method => 'POST', path => 'watchlist', body => $bytes,
        header => $kind eq 'type' ? ['Content-Type' => 'text/plain']
                                  : [Model::json_type()],
        about => ['watchlist'],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 415) if $kind eq 'type';
            return Model::problems($answer, 'ticker') if $kind eq 'spoilt';
            return Model::no_object($answer, $step);
        },
    };
}


sub said {
    my ($answer, $ticker, $status) = @_;

    my $json = Http::json($answer);

    return Model::status($answer, 200) if $answer->{status} != 200;
    return "not {\"ticker\":\"$ticker\",\"status\":\"$status\"}"
        if ref $json ne 'HASH' || keys %$json != 2
           || !defined $json->{ticker} || !defined $json->{status}
           || $json->{ticker} ne $ticker || $json->{status} ne $status;
    return '';
}


sub remove {
    my ($model, $owner) = @_;

    my $ticker = Bodies::pick(@Model::TICKERS, @Model::TICKERS,
                              $Model::UNKNOWN, 'A%20B');

    return {
        method => 'DELETE', header => [],
        path => 'watchlist/' . Bodies::pick($ticker, lc $ticker),
        about => ['watchlist', $ticker],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 400) if $ticker eq 'A%20B';
            return Model::refused($answer, 404) if !has($owner, $ticker);
            return said($answer, $ticker, 'removed') || do {
                @{ $owner->{watch} } = grep { $_ ne $ticker }
                                       @{ $owner->{watch} };
                '';
            };
        },
    };
}

1;

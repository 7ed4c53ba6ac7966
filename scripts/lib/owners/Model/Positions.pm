# Random calls of an owner's positions.
package Model::Positions;

use strict;
use warnings;

use Time::HiRes qw(sleep);

use Bodies;
use Http;
use Model;
use Model::Watchlist;

my @KEYS = map { "key-$_" } 1 .. 400;


sub calls {
    return ([4, \&list], [8, \&create], [4, \&get], [8, \&replace],
            [8, \&remove], [3, \&repeat], [2, \&other_body]);
}


# --- what an answer must hold

# One position as the model has it.
sub wrong_position {
    my ($json, $p) = @_;

    return 'no position' if ref $json ne 'HASH';

    for my $field (qw(id version created_at updated_at), @Bodies::FIELDS) {
        return "the position has no $field" if !exists $json->{$field};

        my ($got, $want) = ($json->{$field}, $p->{$field});

        next if !defined $want && !defined $got;
        return "$field is " . ($got // 'null') . ', not ' . ($want // 'null')
            if !defined $want || !defined $got || ref $got
               || ($field =~ /^(?:version|quantity|purchase_price|strike
                                |premium)$/x ? $got != $want : $got ne $want);
    }

    return 'the position has no metrics'
        if grep { !exists $json->{$_} } qw(metrics recommendation);
    return '';
}


# The owner's, oldest first, of one ticker when it is given.
sub of {
    my ($owner, $ticker) = @_;

    return grep { !defined $ticker || $_->{ticker} eq $ticker }
           map { $owner->{positions}{$_} } @{ $owner->{order} };
}


sub wrong_list {
    my ($what, $list, @want) = @_;

    return "$what is no list" if ref $list ne 'ARRAY';

    return Model::first_wrong(
        sub { Model::same_list($what, [map { $_->{id} // '' } @$list],
                               [map { $_->{id} } @want]) },
        map { my $i = $_; sub { wrong_position($list->[$i], $want[$i]) } }
            0 .. $#want);
}


# 100 * strike * contracts over the short puts.
sub cash_secured {
    my $sum = 0;

    for my $p (@_) {
        $sum -= 100 * $p->{strike} * $p->{quantity}
            if ($p->{option_type} // '') eq 'put' && $p->{quantity} < 0;
    }

    return $sum;
}


sub wrong_summary {
    my ($summary, @want) = @_;

    return 'no summary' if ref $summary ne 'HASH';
    return 'the summary lacks something'
        if grep { !exists $summary->{$_} } qw(market_value unrealized_pnl
                 unrealized_pnl_pct cash_secured partial);

    my $cash = cash_secured(@want);

    return "cash_secured is $summary->{cash_secured}, not $cash"
        if abs($summary->{cash_secured} - $cash) > 1e-9 * (1 + $cash);
    return 'the summary of nothing is not 0'
        if !@want && grep { ($summary->{$_} // -1) != 0 }
                          qw(market_value unrealized_pnl cash_secured);
    return '';
}


# --- reads

sub list {
    my ($model, $owner) = @_;

    my $ticker = Bodies::pick((undef) x 3, @Model::TICKERS, $Model::UNKNOWN);
    my $bad = rand() < 0.05;
    my $text = $bad ? 'A%20B' : defined $ticker
               ? Bodies::pick($ticker, lc $ticker, "%20$ticker") : '';

    return {
        method => Bodies::pick(('GET') x 19, 'HEAD'), header => [],
        path => 'positions' . ($text eq '' ? '' : "?ticker=$text"),
        about => ['positions'],
        then => sub {
            my ($answer, $call) = @_;

            return Model::status($answer, $bad ? 400 : 200)
                if $call->{method} eq 'HEAD';
            return Model::refused($answer, 400) if $bad;

            my $json = Http::json($answer);
            my @want = of($owner, $ticker);

            return Model::status($answer, 200)
                || wrong_list('positions', $json->{positions}, @want)
                || wrong_summary($json->{summary}, @want);
        },
    };
}


# An id of this owner, or one that it must not know: (id, position or undef).
sub any_id {
    my ($model, $owner) = @_;

    my @own = @{ $owner->{order} };
    my @others = map { @{ $_->{order} } }
                 grep { $_ != $owner } @{ $model->{owners} };
    my $id = rand() < 0.65 && @own ? Bodies::pick(@own)
             : rand() < 0.6 && @others ? Bodies::pick(@others)
             : Bodies::pick(@{ $owner->{gone} }, random_uuid(), 'x', '*',
                            'a' x 300, substr(random_uuid(), 1),
                            '%7B' . random_uuid() . '%7D');

    return ($id, $owner->{positions}{$id});
}


sub random_uuid {
    my $uuid = join '', map { sprintf '%x', int rand 16 } 1 .. 32;

    $uuid =~ s/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/$1-$2-4$3-a$4-$5/;

    return $uuid;
}


sub get {
    my ($model, $owner) = @_;

    my ($id, $p) = any_id($model, $owner);

    return {
        method => Bodies::pick(('GET') x 19, 'HEAD'), header => [],
        path => "positions/$id", about => [$id],
        then => sub {
            my ($answer, $call) = @_;

            return Model::status($answer, $p ? 200 : 404)
                if $call->{method} eq 'HEAD';
            return Model::refused($answer, 404) if !$p;
            return Model::status($answer, 200)
                || wrong_position(Http::json($answer), $p)
                || wrong_tag($answer, $p);
        },
    };
}


sub wrong_tag {
    my ($answer, $p) = @_;

    my $etag = Http::header($answer, 'ETag') // 'none';

    return $etag eq "\"$p->{version}\"" ? ''
           : "the ETag is $etag, the version $p->{version}";
}


# --- writes

# A body, and what has to come of it: {text, want, status, fields}.
sub body {
    my ($model, $owner) = @_;

    my $kind = Bodies::pick(('good') x 14, 'spoilt', 'spoilt', 'spoilt',
                            'unknown', 'malformed', 'no object', 'type');
    my $ticker = $kind eq 'unknown' ? $Model::UNKNOWN
                 : Bodies::pick(@Model::TICKERS);
    my $body = Bodies::position($ticker, $model->mark($owner));
    my @fields = $kind eq 'spoilt' ? Bodies::spoil($body) : ();
    my ($text, $step);

    $body->{json}{ticker} = Bodies::pick('"A B"', '""', '"7"', '"AAPL}"')
        if $kind eq 'malformed';
    $text = Bodies::text($body->{json});
    ($text, $step) = Bodies::no_object() if $kind eq 'no object';

    return {
        kind => $kind, text => $text, want => $body->{want}, step => $step,
        fields => \@fields, good => $kind eq 'good',
        type => $kind eq 'type' ? ['Content-Type' => 'text/xml']
                                : [Model::json_type()],
    };
}


# What is wrong with the answer to a body that is not good.
sub wrong_refusal {
    my ($answer, $body) = @_;

    return Model::refused($answer, 415) if $body->{kind} eq 'type';
    return Model::refused($answer, 400)
        if $body->{kind} =~ /^(?:unknown|malformed)$/;
    return Model::no_object($answer, $body->{step})
        if $body->{kind} eq 'no object';
    return Model::problems($answer, @{ $body->{fields} });
}


sub create {
    my ($model, $owner) = @_;

    # lists stay short
    return remove($model, $owner) if @{ $owner->{order} } > 40;

    my $body = body($model, $owner);
    my $key = rand() < 0.4 ? Bodies::pick(@KEYS) : undef;
    my $query = rand() < 0.1 ? '?ticker=KO' : '';

    undef $key if defined $key && $owner->{idem}{$key};
    sleep 0.002;

    my $call = {
        method => 'POST', path => "positions$query", body => $body->{text},
        header => [@{ $body->{type} },
                   defined $key ? ('Idempotency-Key' => $key) : ()],
        about => ['positions', 'watchlist', $key // ()],
    };

    $call->{then} = sub {
        my ($answer) = @_;

        return wrong_refusal($answer, $body) if !$body->{good};
        return wrong_new($model, $owner, $answer, $body->{want}) || do {
            $owner->{idem}{$key} = { call => $call, answer => $answer }
                if defined $key;
            '';
        };
    };

    return $call;
}


sub wrong_new {
    my ($model, $owner, $answer, $want) = @_;

    my $wrong = Model::status($answer, 201);
    my $json = Http::json($answer);

    return $wrong if $wrong;
    return 'no position' if ref $json ne 'HASH';

    my ($id, $at) = ($json->{id} // '', $json->{created_at} // '');

    return "\"$id\" is no UUID of version 4"
        if $id !~ /^$Model::UUID$/ || substr($id, 14, 1) ne '4'
           || substr($id, 19, 1) !~ /[89ab]/;
    return "the id $id was given before" if $model->{whose}{$id};
    return "\"$at\" is no instant"
        if $at !~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

    my $p = { %$want, id => $id, version => 1, created_at => $at,
              updated_at => $at };

    $wrong = wrong_position($json, $p) || wrong_tag($answer, $p);
    return $wrong if $wrong;

    $model->{whose}{$id} = $owner;
    $owner->{positions}{$id} = $p;
    push @{ $owner->{order} }, $id;
    Model::Watchlist::put($owner, $p->{ticker});

    return '';
}


# If-Match: (header, whether it lets the write go on).
sub condition {
    my ($p) = @_;

    my $v = $p ? $p->{version} : 1;
    my $other = $v + Bodies::pick(1, 10, $v > 1 ? -1 : 5);

    return @{ Bodies::pick(
        ([[], 1]) x 6, ([['If-Match' => "\"$v\""], 1]) x 5,
        ([['If-Match' => "\"$other\""], 0]) x 3,
        [['If-Match' => '*'], 1], [['If-Match' => "W/\"$v\""], 0],
        [['If-Match' => "\"$other\", \"$v\""], 1],
        [['If-Match' => "\"$other\" , \"x\""], 0], [['If-Match' => $v], 0],
    ) };
}


sub replace {
    my ($model, $owner) = @_;

    my ($id, $p) = any_id($model, $owner);
    my $body = body($model, $owner);
    my ($header, $may) = condition($p);

    # what comes first of several mistakes is another's business
    ($header, $may) = ([], 1) if !$body->{good};
    ($id, $p) = any_own($owner)
        if !$body->{good} && !$p && @{ $owner->{order} };
    return get($model, $owner) if !$body->{good} && !$p;
    sleep 0.002;

    return {
        method => 'PUT', path => "positions/$id", body => $body->{text},
        header => [@{ $body->{type} }, @$header],
        about => [$id, 'watchlist'],
        then => sub {
            my ($answer) = @_;

            return wrong_refusal($answer, $body) if !$body->{good};
            return Model::refused($answer, 404) if !$p;
            return Model::refused($answer, 412) if !$may;
            return wrong_replaced($owner, $answer, $p, $body->{want});
        },
    };
}


sub any_own {
    my ($owner) = @_;

    my $id = Bodies::pick(@{ $owner->{order} });

    return ($id, $owner->{positions}{$id});
}


sub wrong_replaced {
    my ($owner, $answer, $p, $want) = @_;

    my $wrong = Model::status($answer, 200);
    my $json = Http::json($answer);

    return $wrong if $wrong;
    return 'no position' if ref $json ne 'HASH';

    my $new = { %$want, id => $p->{id}, version => $p->{version} + 1,
                created_at => $p->{created_at},
                updated_at => $json->{updated_at} // '' };

    $wrong = wrong_position($json, $new) || wrong_tag($answer, $new);
    return $wrong if $wrong;
    return 'updated_at went back'
        if $new->{updated_at} lt $p->{updated_at};

    # taken off the watchlist it stays off, until a position moves there
    Model::Watchlist::put($owner, $new->{ticker})
        if $new->{ticker} ne $p->{ticker};
    $owner->{positions}{ $p->{id} } = $new;

    return '';
}


sub remove {
    my ($model, $owner) = @_;

    my ($id, $p) = any_id($model, $owner);
    my ($header, $may) = condition($p);

    return {
        method => 'DELETE', path => "positions/$id", header => $header,
        about => [$id],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 404) if !$p;
            return Model::refused($answer, 412) if !$may;

            my $json = Http::json($answer);

            return Model::status($answer, 200) if $answer->{status} != 200;
            return 'not {"id","status":"deleted"}'
                if ref $json ne 'HASH' || ($json->{id} // '') ne $id
                   || ($json->{status} // '') ne 'deleted' || keys %$json != 2;

            delete $owner->{positions}{$id};
            $owner->{order} = [grep { $_ ne $id } @{ $owner->{order} }];
            push @{ $owner->{gone} }, $id;
            return '';
        },
    };
}


# --- keys that were used

sub used_key {
    my ($owner) = @_;

    my @used = sort keys %{ $owner->{idem} };

    return @used ? Bodies::pick(@used) : undef;
}


# The very answer, and nothing more.
sub repeat {
    my ($model, $owner) = @_;

    my $key = used_key($owner);

    return create($model, $owner) if !defined $key;

    my $first = $owner->{idem}{$key};
    my %call = %{ $first->{call} };

    return {
        %call, about => [@{ $call{about} }],
        then => sub {
            my ($answer) = @_;

            return Model::status($answer, 201) if $answer->{status} != 201;
            return 'not the first answer\'s body'
                if $answer->{body} ne $first->{answer}{body};
            return 'not the first answer\'s ETag'
                if (Http::header($answer, 'ETag') // '')
                   ne (Http::header($first->{answer}, 'ETag') // '');
            return '';
        },
    };
}


sub other_body {
    my ($model, $owner) = @_;

    my $key = used_key($owner);

    return create($model, $owner) if !defined $key;

    my $first = $owner->{idem}{$key}{call};
    my $body = Bodies::position(Bodies::pick(@Model::TICKERS),
                                $model->mark($owner));

    return {
        method => 'POST', path => $first->{path}, header => $first->{header},
        body => Bodies::text($body->{json}), about => [@{ $first->{about} }],
        then => sub {
            my ($answer) = @_;

            return Model::status($answer, 422)
                || (detail($answer) ? '' : 'a 422 without detail');
        },
    };
}


sub detail {
    my ($answer) = @_;

    my $json = Http::json($answer);

    return ref $json eq 'HASH' && $json->{detail};
}

1;

# One of several that write at the same time while something is killed. It
# knows of each thing that it wrote what it may be by now: the state that was
# acknowledged last, and those of later writes of its own whose answer never
# came.
package Writer;

use strict;
use warnings;

use JSON::PP ();

use Bodies;
use Http;

my $GONE = 'gone';
my $RETRY = 0.15;       # seconds


# n, of two with the same owner; owner; writes: how many it begins; lossy: that
# answers fail to come is what is asked for; bad: called with a complaint.
sub new {
    my ($class, %option) = @_;

    my $half = $option{n} % 2;
    my @tickers = map { sprintf 'T%03d', $_ + 175 * $half } 1 .. 175;
    my @watch = map { sprintf 'T%03d', $_ + 25 * $half } 351 .. 375;

    return bless { %option, begun => 0, acks => 0, fresh => \@tickers,
                   watch => { map { $_ => [0] } @watch }, positions => {},
                   maybe => [], users => {}, only => {}, applied => {},
                   history => [], later => [],
                   refused => {}, repeated => 0, conflicts => 0 }, $class;
}


# The next write, or one again whose answer has to come; undef at the end.
sub next_request {
    my ($self) = @_;

    if (!$self->{now} && $self->{begun} < $self->{writes}) {
        $self->{begun}++;
        $self->{now} = $self->begin;
    }

    my $op = $self->{now} //= shift @{ $self->{later} } // return;

    $op->{sent}++;

    return Http::request($op->{method}, "/finance/$op->{path}",
        header => ['X-User' => $op->{owner} // $self->{owner},
                   'Content-Type' => 'application/json',
                   @{ $op->{header} // [] }],
        body => $op->{body});
}


sub begin {
    my ($self) = @_;

    my @ids = sort keys %{ $self->{positions} };
    my $dice = rand;

    return $self->create if $dice < 0.4 || !@ids;
    return $self->replace(Bodies::pick(@ids)) if $dice < 0.65;
    return $self->remove(Bodies::pick(@ids)) if $dice < 0.75;
    return $self->user if $dice < 0.85;
    return $self->watch;
}


# --- what comes back

sub answer {
    my ($self, $client, $status, $body, $head) = @_;

    my $op = $self->{now};

    $self->note($status);

    if ($status >= 500 || ($status == 409 && $op->{key} && $op->{sent} > 1)) {
        $self->failed($client, $status, $body);
        return;
    }

    $self->{now} = undef;
    $self->{acks}++ if $status < 300;
    $op->{done}->($status, eval { JSON::PP::decode_json($body) }, $body);
}


# What was done with a thing, for a complaint about it.
sub note {
    my ($self, $what) = @_;

    my $op = $self->{now};

    push @{ $self->{history} }, join ' ', "    $op->{method} $op->{path}",
         @{ $op->{header} // [] }, $op->{body} // '', '->', $what;
}


sub about {
    my ($self, $text) = @_;

    return join "\n", '', grep { /\Q$text\E/ } @{ $self->{history} };
}


# An error that says nothing of whether it was written.
sub failed {
    my ($self, $client, $status, $body) = @_;

    $self->{refused}{$status}++;
    $self->bad("$status without a detail: $body")
        if $body !~ /^\{"detail":"[^"]+"\}\s*$/;
    $self->bad("status $status while Redis is well")
        if $status >= 500 && $self->{lossy};
    $self->unknown($client);
}


sub lost {
    my ($self, $client) = @_;

    $self->{cut}++;
    $self->note('cut off');
    $self->bad('a connection was cut, and nginx lives') if !$self->{lossy};
    $self->unknown($client);
}


sub unknown {
    my ($self, $client) = @_;

    my $op = $self->{now};

    $client->{pause} = $RETRY;
    $op->{unknown}->() if $op->{unknown};

    $self->{repeated}++ if $op->{again};

    # at once for a start, then when all else is written
    return if $op->{again} && $op->{sent} < 3;
    push @{ $self->{later} }, $op if $op->{again};
    $self->{now} = undef;
}


sub bad {
    my ($self, $text) = @_;

    $self->{bad}->("writer $self->{n}: $text");
}


sub wrong {
    my ($self, $op, $status, $body) = @_;

    $self->bad("$op->{method} $op->{path}: status $status: "
               . substr $body, 0, 300);
}


# --- positions

sub mark {
    my ($self) = @_;

    return sprintf '%d.7%d%05d37', 1 + rand 400, $self->{n} + 1,
                   $self->{marks}++;
}


# Its ticker is in no other write, as long as there are such.
sub written {
    my ($self, $mark) = @_;

    my $ticker = shift @{ $self->{fresh} };

    $self->{only}{$mark} = $ticker if defined $ticker;
    $ticker //= sprintf 'T%03d', 1 + rand 350;

    return ($ticker, "{\"position_type\":\"stock\",\"ticker\":\"$ticker\","
            . '"transaction_date":"2025-03-03","quantity":5,'
            . "\"purchase_price\":$mark}");
}


sub create {
    my ($self) = @_;

    my $mark = $self->mark;
    my ($ticker, $body) = $self->written($mark);
    my $key = rand() < 0.7 ? "key-$mark" : undef;
    my $op = { method => 'POST', path => 'positions', body => $body,
               key => $key, again => defined $key };

    $op->{header} = ['Idempotency-Key' => $key] if defined $key;
    $op->{done} = sub {
        my ($status, $json, $text) = @_;

        return $self->wrong($op, $status, $text) if $status != 201;
        return $self->bad("created twice: $json->{id}")
            if $self->{positions}{ $json->{id} };
        return $self->bad("the answer is another's: $text")
            if $json->{purchase_price} != $mark || $json->{version} != 1;

        $self->{positions}{ $json->{id} } = [
            { version => 1, mark => $mark, ticker => $ticker },
        ];
        $self->{applied}{$mark} = 1;
    };
    $op->{unknown} = sub {
        push @{ $self->{maybe} }, $mark if !defined $key;
    };

    return $op;
}


sub replace {
    my ($self, $id) = @_;

    my $states = $self->{positions}{$id};
    my $mark = $self->mark;
    my ($ticker, $body) = $self->replacement($states, $mark);
    my @there = grep { ref } @$states;
    my $version = @there && rand() < 0.5 ? Bodies::pick(@there)->{version}
                                         : undef;
    my $op = { method => 'PUT', path => "positions/$id", body => $body };
    my $become = sub {
        return { version => $_[0]{version} + 1, mark => $mark,
                 ticker => $ticker };
    };

    $op->{header} = ['If-Match' => "\"$version\""] if defined $version;
    $op->{unknown} = sub {
        push @$states, map { $become->($_) } fits($states, $version);
    };
    $op->{done} = sub {
        my ($status, $json, $text) = @_;

        return $self->not_done($op, $states, $version, $status, $text)
            if $status != 200;

        my ($from) = grep { $_->{version} + 1 == $json->{version} }
                     fits($states, $version);

        return $self->bad("$id: version $json->{version} is after none of "
                          . versions($states)) if !$from;
        return $self->bad("$id: the answer is another's: $text")
            if $json->{purchase_price} != $mark || $json->{id} ne $id;
        $self->settled($states, $from);
        $self->{applied}{$mark} = 1;
        @$states = ($become->($from));
    };

    return $op;
}


# Half of them are moved to another ticker, the others have the one that was
# acknowledged last, which is watched.
sub replacement {
    my ($self, $states, $mark) = @_;

    my ($last) = grep { ref } @$states;

    return $self->written($mark) if rand() < 0.5 || !$last;

    return ($last->{ticker}, "{\"position_type\":\"stock\",\"ticker\":"
            . "\"$last->{ticker}\",\"transaction_date\":\"2025-03-03\","
            . "\"quantity\":5,\"purchase_price\":$mark}");
}


sub remove {
    my ($self, $id) = @_;

    my $states = $self->{positions}{$id};
    my $op = { method => 'DELETE', path => "positions/$id" };

    $op->{unknown} = sub { push @$states, $GONE };
    $op->{done} = sub {
        my ($status, $json, $text) = @_;

        return $self->not_done($op, $states, undef, $status, $text)
            if $status != 200;
        return $self->bad("$id: deleted, and it was deleted before")
            if !fits($states);
        @$states = ($GONE);
        $self->{deleted}{$id} = delete $self->{positions}{$id};
    };

    return $op;
}


# The states on which a write with that If-Match takes effect.
sub fits {
    my ($states, $version) = @_;

    return grep { ref && (!defined $version || $_->{version} == $version) }
           @$states;
}


sub versions {
    my ($states) = @_;

    return join ', ', map { ref ? $_->{version} : $_ } @$states;
}


# Of several states it was this one: which of the writes were done, as far as
# that tells.
sub settled {
    my ($self, $states, $is) = @_;

    for my $state (grep { ref } @$states) {
        my $mark = $state->{mark};
        my @later = grep { ref && $_->{mark} eq $mark
                           && $_->{version} <= $is->{version} } @$states;

        $self->{applied}{$mark} //= $mark == $is->{mark} ? 1
                                    : @later ? undef : 0;
    }
}


# 404 and 412 tell which states it cannot be.
sub not_done {
    my ($self, $op, $states, $version, $status, $text) = @_;

    my @left = $status == 404 ? grep { !ref } @$states
               : $status == 412 && defined $version
               ? grep { ref && $_->{version} != $version } @$states : ();

    $self->{conflicts}++;
    return $self->bad("$op->{path}: $status, and it may be "
                      . versions($states) . ": $text") if !@left;
    $self->settled($states, $left[0]) if @left == 1 && ref $left[0];
    @$states = @left;

    my ($id) = $op->{path} =~ m{/(.*)};

    $self->{deleted}{$id} = delete $self->{positions}{$id} if $status == 404;
}


# --- the watchlist: tickers that no position has; 1 is there, 0 is not

sub watch {
    my ($self) = @_;

    my $ticker = Bodies::pick(sort keys %{ $self->{watch} });
    my $states = $self->{watch}{$ticker};
    my $add = $states->[-1] ? 0 : 1;
    my $op = { method => $add ? 'POST' : 'DELETE',
               path => $add ? 'watchlist' : "watchlist/$ticker",
               $add ? (body => "{\"ticker\":\"$ticker\"}") : () };

    $op->{unknown} = sub { push @$states, $add };
    $op->{done} = sub {
        my ($status, $json, $text) = @_;

        my $before = $status == 200 ? !$add : $add;

        return $self->wrong($op, $status, $text)
            if $status != 200 && $status != ($add ? 409 : 404);
        return $self->bad("$ticker: status $status, and that cannot be")
            if !grep { !$_ == !$before } @$states;
        @$states = ($add);
    };

    return $op;
}


# --- users: each of an owner of its own

sub user {
    my ($self) = @_;

    my $n = keys %{ $self->{users} };
    my $owner = "w$self->{n}-u$n";
    my $email = "$owner\@example.com";
    my $user = $self->{users}{$email} = { owner => $owner };
    my $op = { method => 'POST', path => 'user', owner => $owner, again => 1,
               body => "{\"email\":\"$email\",\"name\":\"$owner\"}" };

    $op->{done} = sub {
        my ($status, $json, $text) = @_;

        # it is there already: then a write before was not in vain
        return $user->{there} = 1 if $status == 409 && $op->{sent} > 1;
        return $self->wrong($op, $status, $text) if $status != 201;
        $user->{id} = $json->{id};
        $user->{there} = 1;
    };

    return $op;
}

1;

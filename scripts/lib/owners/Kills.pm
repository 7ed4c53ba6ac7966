# The steps kill-redis and kill-worker: what stands after kill -9 in the middle
# of a thousand writes is what was acknowledged.
package Kills;

use strict;
use warnings;

use List::Util qw(max sum0);
use Time::HiRes qw(sleep time);

use Bodies;
use Check;
use Many;
use Http;
use Store;
use Writer;

my $WRITERS = 8;


sub redis {
    my ($lab, $kills) = @_;

    my ($back, $killed) = (0, 0);
    my $kill = sub {
        $lab->stop('redis', 'KILL', 5);
        $back = time + 0.02 + rand 0.3;
    };
    my $look = sub {
        return if !$back || time < $back;
        $lab->spawn_redis;
        $back = 0;
    };

    run($lab, 'kill-redis', $kills, 0, $kill, $look);
    Check::logs($lab, 'kill-redis');
}


sub worker {
    my ($lab, $kills) = @_;

    my $times = 0;
    my $kill = sub {
        my @workers = $lab->workers;

        # one of them may have had no client
        @workers = $workers[rand @workers] if $times++ && rand() < 0.5;
        kill 'KILL', @workers;
    };

    run($lab, 'kill-worker', $kills, 1, $kill, sub { });
    Check::logs($lab, 'kill-worker', qr/exited on signal 9/);

    my @workers = $lab->workers;

    Check::hold(@workers == $lab->{workers},
                'kill-worker: ' . @workers . ' workers at the end');
}


# A kill each time that so many writes more were begun, then what was written
# is looked at.
sub run {
    my ($lab, $name, $kills, $lossy, $kill, $look) = @_;

    my $each = int(max(1000, 100 * $kills) / $WRITERS);
    my $all = $each * $WRITERS;
    my @at = map { $all * (0.03 + 0.9 * ($_ + rand) / $kills) }
             0 .. $kills - 1;
    my @bad;
    my @writers = map { Writer->new(n => $_, writes => $each, lossy => $lossy,
                                    owner => 'team-' . int($_ / 2),
                                    bad => sub { push @bad, @_ }) }
                  0 .. $WRITERS - 1;
    my $load = Many->new(port => $lab->{port});
    my ($from, $done) = (time, 0);

    clean($lab);
    $load->add(keep => 1, next => bound($_, 'next_request'),
               answer => bound($_, 'answer'), lost => bound($_, 'lost'))
        for @writers;

    $load->run_all(120 * $lab->{slow}, sub {
        my $begun = sum0 map { $_->{begun} } @writers;

        $look->();
        return if !@at || $begun < $at[0] || !$lab->running('redis');
        shift @at;
        $done++;
        $kill->();
    });

    Check::load($load, $name);
    Check::hold($done == $kills, "$name: $done kills, not $kills");
    settle($lab);
    summary($name, \@writers, $done, time - $from);
    after($lab, $name, \@writers, \@bad);
}


sub bound {
    my ($object, $method) = @_;

    return sub { $object->$method(@_) };
}


sub clean {
    my ($lab) = @_;

    Store::ask($lab->{redis_port}, 'FLUSHALL');
}


# Redis is up again, and what was on its way has arrived.
sub settle {
    my ($lab) = @_;

    $lab->spawn_redis if !$lab->running('redis');
    $lab->until_true('Redis', 15 * $lab->{slow}, sub {
        ($lab->redis('PING') // '') =~ /PONG/
    });
    sleep 0.2;
}


sub summary {
    my ($name, $writers, $kills, $seconds) = @_;

    my %refused;

    for my $w (@$writers) {
        $refused{$_} += $w->{refused}{$_} for keys %{ $w->{refused} };
    }

    my $unknown = sum0(values %refused, map { $_->{cut} // 0 } @$writers);

    Check::hold($unknown > 0, "$name: every write was acknowledged");
    Check::hold(sum0(map { $_->{repeated} } @$writers) > 0,
                "$name: none had to be repeated with its key");
    Check::say_step(sprintf '%s: %d kills in %.1f s: %d writes acknowledged, '
                    . '%d not (%s, cut off %d), %d of these repeated with '
                    . 'their key, %d told 404 or 412',
                    $name, $kills, $seconds,
                    sum0(map { $_->{acks} } @$writers), $unknown,
                    join(', ', map { "$_ x $refused{$_}" } sort keys %refused)
                        || 'none refused',
                    sum0(map { $_->{cut} // 0 } @$writers),
                    sum0(map { $_->{repeated} } @$writers),
                    sum0(map { $_->{conflicts} } @$writers));
}


sub after {
    my ($lab, $name, $writers, $bad) = @_;

    my $http = Http->new(port => $lab->{port}, slow => $lab->{slow});
    my $count = 0;

    # both writers of an owner
    for my $i (map { 2 * $_ } 0 .. @$writers / 2 - 1) {
        $count += owner_after($http, $bad, @$writers[$i, $i + 1]);
    }

    my $users = users_after($lab, $http, $bad, @$writers);

    Check::fail("$name: $_") for @$bad[0 .. ($#$bad > 9 ? 9 : $#$bad)];
    Check::hold(!@$bad, "$name: " . @$bad . ' complaints in all');
    Check::say_step("$name: $count positions and $users users stand as they "
                    . 'were acknowledged, none twice, none half') if !@$bad;
}


# Each worker finds out by itself that Redis is back.
sub read_owner {
    my ($http, $owner, $path) = @_;

    my $until = time + 5 * $http->{slow};
    my $answer;

    do {
        $answer = $http->ask('GET', "/finance/$path", seconds => 60,
                             header => ['X-User' => $owner]);
        return $answer->{body} if $answer->{status} == 200;
        sleep 0.1;
    } while ($answer->{status} == 503 && time < $until);

    die "GET $path of $owner: $answer->{status} $answer->{body}\n";
}


# What one owner has: the number of positions.
sub owner_after {
    my ($http, $bad, @writers) = @_;

    my $owner = $writers[0]{owner};
    my $watch = JSON::PP::decode_json(read_owner($http, $owner, 'watchlist'));
    my %watched = map { $_ => 1 } @$watch;
    my $list = Http::array(read_owner($http, $owner, 'positions'),
                           'positions');
    my %is = map { $_->{id} => $_ } @$list;
    my %marks;

    push @$bad, "$owner: a ticker or an id twice"
        if keys %watched != @$watch || keys %is != @$list;

    for my $p (@$list) {
        $marks{ $p->{purchase_price} }++;
        push @$bad, "$owner: $p->{ticker} of $p->{id} is not watched"
            if !$watched{ $p->{ticker} };
    }

    writer_after($_, $bad, \%is, \%marks, \%watched) for @writers;

    return scalar @$list;
}


sub writer_after {
    my ($w, $bad, $is, $marks, $watched) = @_;

    my %known = (%{ $w->{deleted} // {} }, %{ $w->{positions} });
    my %maybe = map { $_ => 1 } @{ $w->{maybe} };

    for my $id (sort keys %known) {
        my $p = $is->{$id};
        my $is = $p ? "$p->{version} $p->{purchase_price}" : 'gone';
        my @may = map { ref ? "$_->{version} $_->{mark}" : $_ }
                  @{ $known{$id} };

        push @$bad, "$id is $is, and may be: " . join(' or ', @may)
                    . $w->about($id) if !grep { same($_, $is) } @may;
        $w->settled($known{$id}, { version => $p->{version},
                                   mark => $p->{purchase_price} }) if $p;
    }

    for my $p (values %$is) {
        next if $known{ $p->{id} } || !by($w, $p);
        push @$bad, "$p->{id}: nobody wrote it, or it is there twice"
                    . $w->about($p->{purchase_price})
            if !delete $maybe{ $p->{purchase_price} } || $p->{version} != 1;
        $w->{applied}{ $p->{purchase_price} } = 1;
    }

    $w->{applied}{$_} //= 0 for @{ $w->{maybe} };
    push @$bad, map { "the price $_ is there twice" }
                grep { $marks->{$_} > 1 } keys %$marks;
    half($w, $bad, $watched);

    for my $ticker (sort keys %{ $w->{watch} }) {
        push @$bad, "$ticker of $w->{owner}: watched or not, it is the other"
                    . $w->about($ticker)
            if !grep { !$_ == !$watched->{$ticker} }
                    @{ $w->{watch}{$ticker} };
    }
}


# "3 12.50" and "3 12.5"
sub same {
    my ($x, $y) = map { join ' ', map { $_ eq 'gone' ? $_ : 0 + $_ } split }
                  @_;

    return $x eq $y;
}


# Whether a position has a price of this writer's.
sub by {
    my ($w, $p) = @_;

    my $n = $w->{n} + 1;

    return $p->{purchase_price} =~ /^\d+\.7$n\d{5}37$/;
}


# A ticker that is in one write alone is watched if that write was done, and
# only then; of some that were written over since nobody can tell.
sub half {
    my ($w, $bad, $watched) = @_;

    for my $mark (sort keys %{ $w->{only} }) {
        my $ticker = $w->{only}{$mark};
        my $done = $w->{applied}{$mark} // next;

        next if !$done == !$watched->{$ticker};
        push @$bad, "$ticker of $w->{owner} is " . ($done ? 'not ' : '')
                    . 'watched, and its position was '
                    . ($done ? '' : 'not ') . 'written'
                    . $w->about("\"$ticker\"");
    }
}


# Users, the index of e-mails and whose they are say the same.
sub users_after {
    my ($lab, $http, $bad, @writers) = @_;

    my $index = Store::hash($lab->{redis_port}, 'finance:user:email');
    my @records = grep { !/^finance:user:email$/ }
                  Store::keys_like($lab->{redis_port}, 'finance:user:*');
    my %users = map { %{ $_->{users} } } @writers;
    my %ids = map { $_ => 1 } values %$index;
    my @owners = Store::keys_like($lab->{redis_port}, 'finance:{*}:user');

    push @$bad, 'e-mails of the index: ' . keys(%$index) . ', records: '
                . @records . ', owners: ' . @owners . ', ids: ' . keys(%ids)
        if grep { $_ != keys %$index } scalar @records, scalar @owners,
                                       scalar keys %ids;

    for my $email (sort keys %users) {
        my $user = $users{$email};
        my $id = $index->{$email};

        push @$bad, "$email: not in the index" if !defined $id
                                                  && $user->{there};
        push @$bad, "$email: $id, and $user->{id} was acknowledged"
            if defined $id && defined $user->{id} && $id ne $user->{id};
        next if !defined $id;

        my $json = JSON::PP::decode_json(read_owner($http, $user->{owner},
                                                    "user/$id"));

        push @$bad, "$email: its user is $json->{email}"
            if $json->{email} ne $email;
    }

    return scalar keys %$index;
}

1;

# The steps race and abort: many that write the same thing at the same time,
# and clients that leave in the middle of a write.
package Race;

use strict;
use warnings;

use JSON::PP ();
use List::Util qw(max sum0);
use Time::HiRes qw(time);

use Bodies;
use Check;
use Many;
use Http;
use Store;

my $OWNER = 'race-q';
my $CLIENTS = 64;
my $AT_ONCE = 50;


# Of two numbers, one price.
sub price {
    return sprintf '%d.%03d', @_;
}


sub stock {
    my ($price, $ticker) = @_;

    return '{"position_type":"stock","ticker":"' . ($ticker // 'KO')
           . '","transaction_date":"2025-03-03","quantity":5,'
           . "\"purchase_price\":$price}";
}


sub header {
    my ($owner, @more) = @_;

    return ['X-User' => $owner, 'Content-Type' => 'application/json', @more];
}


sub call {
    my ($method, $path, %option) = @_;

    return Http::request($method, "/finance/$path", body => $option{body},
        header => header($option{owner} // $OWNER,
                         @{ $option{header} // [] }));
}


# Sends these at the same moment, over connections that are open by then: the
# answers, [status, body, head], in the same order.
sub at_once {
    my ($lab, @requests) = @_;

    my $load = Many->new(port => $lab->{port}, grain => 0.002);
    my @got;

    for my $i (0 .. $#requests) {
        my @send = (call('GET', 'watchlist'), $requests[$i]);

        $load->add(next => sub { shift @send },
                   lost => sub { $load->complain('cut off') },
                   answer => sub {
                       my ($client, @answer) = @_;

                       $got[$i] = \@answer if !@send;
                       $client->{wait} = 1 if @send;
                   });
    }

    $load->run_all(60 * $lab->{slow});
    Check::load($load, 'race');
    $_ //= [0, '', ''] for @got[0 .. $#requests];

    return @got;
}


sub counts {
    my %n;

    $n{ $_->[0] }++ for @_;

    return join ', ', map { "$_ x $n{$_}" } sort keys %n;
}


sub race {
    my ($lab, $rounds) = @_;

    my $http = Http->new(port => $lab->{port}, connections => 4,
                         slow => $lab->{slow});

    Store::ask($lab->{redis_port}, 'FLUSHALL');

    my $first = ask($http, 'POST', 'positions', body => stock(1));
    my $json = Http::json($first) // {};

    Check::hold($first->{status} == 201, "race: no position: $first->{raw}")
        or return;

    my $good = grep { if_match($lab, $http, $json->{id}, $_) } 1 .. $rounds;

    Check::hold($good == $rounds,
                "race: $good of $rounds rounds as they must");
    Check::say_step("race: $good rounds of $CLIENTS clients that write one "
                    . 'version: one wins, the version grows by one, the '
                    . 'winner\'s stays');
    unconditional($lab, $http, $json->{id}) for 1 .. 1 + $rounds / 10;
    one_create($lab, $http, $_) for 1 .. 2 + $rounds / 10;
    firsts($lab, $http, $_) for 1 .. 1 + $rounds / 20;
    Check::logs($lab, 'race');
}


sub ask {
    my ($http, $method, $path, %option) = @_;

    return $http->send_bytes(call($method, $path, %option), 30);
}


# True when all was as it must be.
sub if_match {
    my ($lab, $http, $id, $round) = @_;

    my $etag = Http::header(ask($http, 'GET', "positions/$id"), 'ETag') // '';
    my ($version) = $etag =~ /^"(\d+)"$/;

    Check::hold(defined $version, "race: the ETag is $etag") or return 0;

    my @got = at_once($lab, map {
        call('PUT', "positions/$id", body => stock(price($round, $_)),
             header => ['If-Match' => $etag])
    } 1 .. $CLIENTS);
    my @won = grep { $got[$_][0] == 200 } 0 .. $#got;
    my $lost = grep { $_->[0] == 412 } @got;
    my $now = Http::json(ask($http, 'GET', "positions/$id")) // {};

    Check::hold(@won == 1 && $lost == $CLIENTS - 1,
                "race: version $version: " . counts(@got)) or return 0;

    my $price = price($round, $won[0] + 1);

    return Check::hold($now->{version} == $version + 1
                       && $now->{purchase_price} == $price,
                       "race: version $now->{version} at "
                       . "$now->{purchase_price} and not "
                       . ($version + 1) . " at $price");
}


sub unconditional {
    my ($lab, $http, $id) = @_;

    my $before = Http::json(ask($http, 'GET', "positions/$id"))->{version};
    my @got = at_once($lab, map {
        call('PUT', "positions/$id", body => stock(price(500, $_)))
    } 1 .. $CLIENTS);
    my %price;

    for my $i (0 .. $#got) {
        my $json = eval { JSON::PP::decode_json($got[$i][1]) } // {};
        $price{ $json->{version} // 0 } = price(500, $i + 1);
    }

    my $now = Http::json(ask($http, 'GET', "positions/$id"));
    my $last = $before + $CLIENTS;
    my @missing = grep { !$price{$_} } $before + 1 .. $last;

    Check::hold(counts(@got) eq "200 x $CLIENTS" && !@missing,
                "race: without If-Match: " . counts(@got)
                . ', versions that nobody got: ' . @missing);
    Check::hold($now->{version} == $last
                && $now->{purchase_price} == ($price{$last} // -1),
                "race: without If-Match: version $now->{version}, not $last, "
                . 'or not what its writer wrote');
}


# The same create with one key.
sub one_create {
    my ($lab, $http, $round) = @_;

    my $owner = "race-create-$round";
    my @create = ('POST', 'positions', owner => $owner,
                  header => ['Idempotency-Key' => "once-$round"],
                  body => stock("7.$round", sprintf 'T%03d', $round));
    my @got = at_once($lab, (call(@create)) x $AT_ONCE);
    my %body = map { $_->[1] => 1 } grep { $_->[0] == 201 } @got;
    my $others = grep { $_->[0] != 201 && $_->[0] != 409 } @got;
    my $again = ask($http, @create);
    my $list = Http::json(ask($http, 'GET', 'positions', owner => $owner));

    Check::hold(!$others && keys %body == 1,
                "race: one create $AT_ONCE times at once: " . counts(@got)
                . ' with ' . keys(%body) . ' different bodies');
    Check::hold($again->{status} == 201 && $body{ $again->{body} },
                "race: the create once again: $again->{status}, or another "
                . 'body');
    Check::hold(@{ $list->{positions} // [] } == 1, 'race: '
                . @{ $list->{positions} // [] } . ' positions, not one');
    Check::say_step("race: one create $AT_ONCE times at once: " . counts(@got)
                    . ', one position') if $round == 1;
}


# What there may be only one of.
sub firsts {
    my ($lab, $http, $round) = @_;

    my %many = (
        'one ticker on a watchlist' => [200, map {
            call('POST', 'watchlist', owner => "race-watch-$round",
                 body => '{"ticker":"AAPL"}')
        } 1 .. $AT_ONCE],
        'one e-mail, many owners' => [201, map {
            call('POST', 'user', owner => "race-mail-$round-$_",
                 body => "{\"email\":\"one-$round\@example.com\","
                         . '"name":"One"}')
        } 1 .. $AT_ONCE],
        'one owner, many e-mails' => [201, map {
            call('POST', 'user', owner => "race-user-$round",
                 body => "{\"email\":\"many-$round-$_\@example.com\","
                         . '"name":"Many"}')
        } 1 .. $AT_ONCE],
    );

    for my $what (sort keys %many) {
        my ($good, @requests) = @{ $many{$what} };
        my @got = at_once($lab, @requests);

        Check::hold((grep { $_->[0] == $good } @got) == 1
                    && (grep { $_->[0] == 409 } @got) == $AT_ONCE - 1,
                    "race: $what: " . counts(@got));
    }

    my $emails = Store::hash($lab->{redis_port}, 'finance:user:email');

    Check::hold((grep { /^(?:one|many)-$round[-@]/ } keys %$emails) == 2,
                'race: e-mails in the index: ' . join ' ', sort keys %$emails);
}


# --- abort

# Each of these is sent, left at a random moment, and repeated at once, until
# it is acknowledged.
sub abort {
    my ($lab, $writes) = @_;

    my $http = Http->new(port => $lab->{port}, slow => $lab->{slow});
    my $load = Many->new(port => $lab->{port}, grain => 0.001);
    my ($born, $open, $from) = (0, 0, time);
    my @ops;

    Store::ask($lab->{redis_port}, 'FLUSHALL');
    @ops = map { abort_op($http, $_) } 1 .. $writes;

    $load->run_all(300 * $lab->{slow}, sub {
        while ($open < 30 && $born < $writes) {
            $open++;
            abort_begin($load, $ops[$born++], \$open);
        }
    });

    my $left = $load->{left};

    Check::load($load, 'abort');
    Check::hold(sum0(values %$left) >= $writes / 2,
                'abort: only ' . sum0(values %$left) . ' clients left');
    abort_after($http, @ops);

    my $longest = max(map { $_->{took} // 0 } @ops);

    # nothing is in flight any more
    Check::hold($longest < 2 * $lab->{slow}, sprintf 'abort: a key whose '
                . 'client had left was in flight for %.1f s, %d of them for '
                . 'more than a second', $longest,
                scalar grep { ($_->{took} // 0) > 1 } @ops);
    Check::say_step(sprintf 'abort: %d writes in %.1f s, left (%s), repeated '
                    . 'until acknowledged (%s), for %.1f s at most: each is '
                    . 'there once; %d had been done by what was left', $writes,
                    time - $from,
                    join(', ', map { "$_ $left->{$_}" } sort keys %$left),
                    $load->statuses, $longest,
                    scalar grep { $_->{twice} } @ops);
    Check::logs($lab, 'abort');
}


sub abort_op {
    my ($http, $n) = @_;

    my $kind = Bodies::pick('POST', 'POST', 'PUT', 'DELETE');
    my $price = "$n.25";
    my @key = (header => ['Idempotency-Key' => "abort-$n"]);

    return { kind => $kind, price => $price, request =>
             call('POST', 'positions', body => stock($price), @key) }
        if $kind eq 'POST';

    my $made = ask($http, 'POST', 'positions', body => stock("$n.5"));
    my $id = (Http::json($made) // {})->{id} // '';

    return { kind => $kind, price => $price, id => $id, request =>
             call($kind, "positions/$id", @key,
                  $kind eq 'PUT' ? (body => stock($price)) : ()) };
}


sub abort_begin {
    my ($load, $op, $open) = @_;

    my $stage = Bodies::pick('connect', 'half', ('wait') x 12, 'read');
    my $number = $stage eq 'wait' ? rand() ** 2 * 0.012 : 1 + int rand 300;
    my $once = 0;

    $load->add(next => sub { $once++ ? undef : $op->{request} },
               leave => [$stage, $number],
               how => Bodies::pick('close', 'reset'),
               left => sub { abort_again($load, $op, $open) });
}


sub abort_again {
    my ($load, $op, $open) = @_;

    my $from = time;
    my $client = { request => $op->{request}, keep => 1, how => 'close' };

    $client->{next} = sub { $op->{done} ? undef : $op->{request} };
    $client->{lost} = sub { $load->complain('cut off') };
    $client->{answer} = sub {
        my ($self, $status, $body) = @_;

        # what was left is on its way still
        if ($status == 409 && $op->{kind} eq 'POST') {
            $self->{pause} = 0.1;
            return;
        }

        $op->{took} = time - $from;
        $op->{status} = $status;
        $op->{body} = $body;
        $op->{done} = 1;
        $$open--;
    };

    # a moment later: the first of them may be anywhere
    push @{ $load->{parked} }, [time + rand() ** 3 * 0.05, $client];
}


sub abort_after {
    my ($http, @ops) = @_;

    my $list = Http::json(ask($http, 'GET', 'positions')) // {};
    my (%by_id, %by_price);

    for my $p (@{ $list->{positions} }) {
        $by_id{ $p->{id} } = $p;
        push @{ $by_price{ $p->{purchase_price} } }, $p;
    }

    for my $op (@ops) {
        my $wrong = abort_wrong($op, \%by_id,
                                $by_price{ 0 + $op->{price} } // []);

        Check::fail("abort: $op->{kind} of $op->{price}: status "
                    . ($op->{status} // 'none') . ": $wrong") if $wrong;
        $Check::Passed++ if !$wrong;
    }
}


sub abort_wrong {
    my ($op, $by_id, $same) = @_;

    my $json = eval { JSON::PP::decode_json($op->{body} // '') } // {};

    if ($op->{kind} eq 'DELETE') {
        $op->{twice} = ($op->{status} // 0) == 404;
        return 'it is there' if $by_id->{ $op->{id} };
        return $op->{twice} || ($op->{status} // 0) == 200 ? '' : 'neither';
    }

    return @$same . ' of these' if @$same != 1;
    return 'another id' if $json->{id} ne $same->[0]{id};

    if ($op->{kind} eq 'PUT') {
        $op->{twice} = $json->{version} == 3;
        return "version $json->{version}" if $json->{version} !~ /^[23]$/;
        return $op->{status} == 200 ? '' : 'not 200';
    }

    return $op->{status} == 201 && $json->{version} == 1 ? '' : 'not 201';
}

1;

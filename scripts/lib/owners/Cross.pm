# The step cross: every endpoint with every id of another owner's. What comes
# is what comes for an id that never was, byte for byte, but for the id itself
# and the date.
package Cross;

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;

use Bodies;
use Check;
use Http;
use Model::Reads;
use Store;

my ($A, $B, $C) = ('cross-a', 'cross-b', 'cross-c');
my $NEVER = '0a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d';
my @TICKERS = qw(AAPL MSFT KO);

my $STOCK = '{"position_type":"stock","ticker":"AAPL","transaction_date":'
            . '"2025-03-03","quantity":5,"purchase_price":41.710000137}';
my $OPTION = '{"position_type":"option","ticker":"MSFT","transaction_date":'
             . '"2025-03-03","quantity":-2,"option_type":"put","strike":300,'
             . '"expiration":"2030-01-18","premium":4.710000237}';
my $BROKEN = '{"position_type":"stock"}';

# What is the owner's alone: each with what asks for it, by lists and by ids.
my @LISTS = ('watchlist', 'positions', 'positions?ticker=AAPL', 'dashboard',
             'dashboard?tickers=AAPL,MSFT,KO', 'stocks/AAPL', 'stocks/MSFT',
             'stocks/AAPL/signals', 'stocks/MSFT/signals', 'stocks/KO/bars',
             'stocks/KO/options');


sub cross {
    my ($lab) = @_;

    my $self = { lab => $lab, same => 0,
                 http => Http->new(port => $lab->{port}, connections => 4,
                                   slow => $lab->{slow}) };

    Store::ask($lab->{redis_port}, 'FLUSHALL');
    warm($self);
    $self->{before} = lists($self, $B);
    owns($self) or return;
    $self->{of_a} = lists($self, $A);

    ids($self);
    unsafe($self);
    users($self);
    keys_again($self);
    conditions($self);
    live($self);
    nobody($self);
    routes($self);
    after($self);
    Check::say_step("cross: $self->{same} answers about ids of another owner "
                    . 'are those about ids that never were');
    Check::logs($lab, 'cross');
}


sub ask {
    my ($self, $owner, $method, $path, %option) = @_;

    my $body = $option{body};

    $self->{asked}{"$method " . pattern($path)} = 1;

    return $self->{http}->ask($method, "/finance/$path", body => $body,
        header => [defined $owner ? ('X-User' => $owner) : (),
                   defined $body ? ('Content-Type' => 'application/json') : (),
                   @{ $option{header} // [] }]);
}


# The path as the table of routes has it.
sub pattern {
    my ($path) = @_;

    $path =~ s/\?.*//;
    $path =~ s{^((?:stocks|watchlist|positions|user|users)/)[^/]+}
              {$1 . '{}'}e;

    return $path;
}


# All bytes of an answer, without what differs for itself.
sub plain {
    my ($answer, @ids) = @_;

    my $text = $answer->{raw};

    $text =~ s/\Q$_\E/(id)/g for grep { defined } @ids;
    $text =~ s/^(?:Date|X-Worker): .*\r$//mgi;
    $text =~ s/^(Cache-Control: .*max-age=)\d+/$1/mi;

    return Model::Reads::timeless($text);
}


# The same question of B about an id of A's and about one that never was.
sub same {
    my ($self, $status, $method, $path, $id, %option) = @_;

    my ($theirs, $never) = map {
        my $x = $_;
        (my $p = $path) =~ s/\(id\)/$x/;
        ask($self, $option{owner} // $B, $method, $p, %option);
    } $id, $NEVER;
    my $what = "cross: $method $path" . ($option{header}
               ? ' with ' . join ' ', @{ $option{header} } : '');

    Check::hold($theirs->{status} =~ /^(?:$status)$/,
                "$what: status $theirs->{status}, not $status");
    Check::hold(plain($theirs, $id) eq plain($never, $NEVER),
                "$what: it shows that there is such an id:\n"
                . plain($theirs, $id) . "\nand not\n" . plain($never, $NEVER));
    $self->{same}++;
}


sub lists {
    my ($self, $owner) = @_;

    return { map { $_ => plain(ask($self, $owner, 'GET', $_)) } @LISTS };
}


# All that the market has to say is known.
sub warm {
    my ($self) = @_;

    $self->{lab}->until_true(undef, 5 * $self->{lab}{slow}, sub {
        my $text = join '', map { ask($self, $C, 'GET', $_)->{body} } @LISTS;
        $text !~ /"status":"unknown"|"stale":true/;
    });
}


# What A has; and B is a user, too.
sub owns {
    my ($self) = @_;

    my @key = (header => ['Idempotency-Key' => 'one-key']);

    $self->{stock} = ask($self, $A, 'POST', 'positions', body => $STOCK, @key);
    $self->{option} = ask($self, $A, 'POST', 'positions', body => $OPTION);
    $self->{user_a} = ask($self, $A, 'POST', 'user',
                          body => '{"email":"a@example.com","name":"Name A"}');
    $self->{user_b} = ask($self, $B, 'POST', 'user',
                          body => '{"email":"b@example.com","name":"Name B"}');
    ask($self, $A, 'POST', 'watchlist', body => '{"ticker":"KO"}');

    for my $name (qw(stock option user_a user_b)) {
        my $id = (Http::json($self->{$name}) // {})->{id};

        Check::hold($self->{$name}{status} == 201 && defined $id,
                    "cross: no $name: $self->{$name}{raw}") or return 0;
        $self->{id}{$name} = $id;
    }

    return 1;
}


sub ids {
    my ($self) = @_;

    for my $id (@{ $self->{id} }{qw(stock option user_a)}) {
        my @conditions = ([], map { ['If-Match' => $_] } '"1"', '*', 'W/"1"');

        same($self, 404, $_, 'positions/(id)', $id) for qw(GET HEAD);
        same($self, 404, 'GET', 'positions/(id)', $id,
             header => ['If-None-Match' => '"1"']);

        for my $header (@conditions) {
            same($self, 404, 'PUT', 'positions/(id)', $id, body => $STOCK,
                 header => $header);
            same($self, 404, 'DELETE', 'positions/(id)', $id,
                 header => $header);
        }

        same($self, '404|422', 'PUT', 'positions/(id)', $id, body => $BROKEN);
        same($self, '404|400', 'PUT', 'positions/(id)', $id,
             body => $STOCK =~ s/AAPL/NOPE/r);
        same($self, 405, 'POST', 'positions/(id)', $id, body => $STOCK);
    }
}


# What B may do without an id touches nothing of A's.
sub unsafe {
    my ($self) = @_;

    my $removed = ask($self, $B, 'DELETE', 'watchlist/KO');
    my $never = ask($self, $B, 'DELETE', 'watchlist/SPY');

    Check::hold($removed->{status} == 404 && plain($removed) eq plain($never),
                'cross: a ticker on another\'s watchlist shows');
}


sub users {
    my ($self) = @_;

    my ($id, $own) = @{ $self->{id} }{qw(user_a user_b)};

    for my $theirs (@{ $self->{id} }{qw(user_a stock)}) {
        same($self, 404, 'GET', 'user/(id)', $theirs);
        same($self, 404, 'HEAD', 'user/(id)', $theirs);
        same($self, 404, 'GET', 'user/(id)/profile', $theirs);
        same($self, 200, 'GET', 'users/(id)', $theirs);
        same($self, 200, 'GET', "users/$own,(id)", $theirs);
        same($self, 200, 'GET', "users/(id),$own", $theirs);
        same($self, 404, 'GET', 'user/(id)', $theirs, header => [
             'If-None-Match' => Http::header(ask($self, $A, 'GET',
                                                 "user/$id"), 'ETag') // '*']);
    }

    taken($self);
    admin($self, $id);
}


# That an e-mail is taken says no more than that a second user is refused.
sub taken {
    my ($self) = @_;

    my $second = ask($self, $B, 'POST', 'user',
                     body => '{"email":"new@example.com","name":"x"}');
    my $both = ask($self, $B, 'POST', 'user',
                   body => '{"email":"a@example.com","name":"x"}');
    my $taken = ask($self, $C, 'POST', 'user',
                    body => '{"email":"a@example.com","name":"x"}');

    Check::hold($second->{status} == 409 && plain($second) eq plain($both)
                && plain($second) eq plain($taken),
                "cross: the two kinds of 409 differ:\n" . plain($second)
                . "\n" . plain($taken));
}


# An admin sees users, and no more of what is another's.
sub admin {
    my ($self, $id) = @_;

    for my $admin ('0', '') {
        same($self, 404, 'GET', 'user/(id)', $id,
             header => ['X-Admin' => $admin]);
    }

    my @admin = (header => ['X-Admin' => '1']);

    Check::hold(ask($self, $B, 'GET', "user/$id", @admin)->{status} == 200,
                'cross: an admin does not see a user');
    same($self, 404, 'GET', 'positions/(id)', $self->{id}{stock}, @admin);
    same($self, 404, 'DELETE', 'positions/(id)', $self->{id}{stock}, @admin);
}


# A's key is no key of B's.
sub keys_again {
    my ($self) = @_;

    my $id = $self->{id}{stock};

    for my $body ($OPTION, $STOCK) {
        my $key = ['Idempotency-Key' => 'one-key'];
        my $used = ask($self, $body eq $STOCK ? $B : $C, 'POST', 'positions',
                       body => $body, header => $key);
        my $json = Http::json($used) // {};

        Check::hold($used->{status} == 201 && ($json->{id} // $id) ne $id
                    && $used->{raw} !~ /\Q$id\E/,
                    "cross: another's Idempotency-Key: $used->{raw}");
        ask($self, $body eq $STOCK ? $B : $C, 'DELETE',
            'positions/' . ($json->{id} // $NEVER));
    }

    my $again = ask($self, $A, 'POST', 'positions', body => $STOCK,
                    header => ['Idempotency-Key' => 'one-key']);

    Check::hold($again->{status} == 201
                && $again->{body} eq $self->{stock}{body},
                'cross: the owner\'s own key does not give the first answer');
    ask($self, $B, 'DELETE', 'watchlist/AAPL');
}


# A's ETags tell B nothing: what B has is not what they name.
sub conditions {
    my ($self) = @_;

    for my $path (@LISTS) {
        my $theirs = Http::header(ask($self, $A, 'GET', $path), 'ETag');
        my $own = Http::header(ask($self, $B, 'GET', $path), 'ETag');

        next if !defined $theirs || $theirs eq ($own // '');

        my ($with, $without) = map {
            ask($self, $B, 'GET', $path, header => ['If-None-Match' => $_])
        } $theirs, '"0123456789abcdef"';

        Check::hold($with->{status} == 200
                    && plain($with) eq plain($without),
                    "cross: If-None-Match of another's $path: "
                    . $with->{status});
        $self->{same}++;
    }
}


# Every endpoint that was asked, without a name: 401, and nothing else.
# All that was ever told, from the beginning, as B may hear it.
sub live {
    my ($self) = @_;

    my $of_a = told($self, $A);
    my $of_b = told($self, $B);
    my $id = $self->{id}{stock};

    $self->{asked}{'GET stream'} = 1;

    Check::hold($of_a =~ /^data: \{"id":"\Q$id\E"/m,
                "cross: the owner's stream does not tell of a position:\n$of_a");
    Check::hold($of_b =~ /^event: watchlist$/m,
                "cross: B's stream tells nothing:\n$of_b");
    # what B itself has named is no secret: that it removed what was not there
    Check::hold($of_b !~ /"\Q$id\E","ticker":"|41\.710000137|\Q$A\E/,
                "cross: A's position is in B's stream:\n$of_b");
    $self->{same}++;
}


sub told {
    my ($self, $owner) = @_;

    my $socket = IO::Socket::INET->new(
        PeerAddr => '127.0.0.1', PeerPort => $self->{lab}{port})
        or return "no connection: $!";
    my ($text, $until) = ('', time + 2 * $self->{lab}{slow});

    print $socket "GET /finance/stream HTTP/1.0\r\nX-User: $owner\r\n"
                  . "Last-Event-ID: 0-0\r\n\r\n";
    $socket->flush;

    while (time < $until && IO::Select->new($socket)->can_read(1)) {
        sysread $socket, $text, 65536, length $text or last;
    }

    return $text;
}


sub nobody {
    my ($self) = @_;

    my $id = $self->{id}{stock};
    my ($first, $long) = (undef, ask($self, 'z' x 257, 'GET', 'watchlist'));

    Check::hold($long->{status} == 401,
                "cross: a name of 257 bytes: $long->{status}");

    for my $asked (sort keys %{ $self->{asked} }) {
        my ($method, $path) = split ' ', $asked;

        next if $asked eq 'POST positions/{}';
        $path =~ s/\{\}/$path =~ m{^stocks|watchlist} ? 'AAPL' : $id/e;

        my $answer = ask($self, undef, $method, $path,
                         body => $method =~ /P/ ? $STOCK : undef);

        $first //= $answer->{body} if $method ne 'HEAD';
        Check::hold($answer->{status} == 401
                    && ($method eq 'HEAD' || $answer->{body} eq $first),
                    "cross: $method $path of nobody: $answer->{status}");
    }
}


# The table of this step names every route of the service that has an owner.
sub routes {
    my ($self) = @_;

    my $file = "$self->{lab}{root}/src/http/ngx_http_finance_route.c";

    open my $in, '<', $file or die "owners: $file: $!\n";

    my $text = do { local $/; <$in> };
    my @routes = $text =~ /\{ NGX_HTTP_(\w+), "([^"]*)"/g;
    my @missed;

    Check::hold(@routes > 8, "cross: no routes in $file");

    while (@routes) {
        my ($method, $path) = splice @routes, 0, 2;

        # these tell of the machine and of the interface
        next if $path =~ /^(?:health|metrics|openapi\.json|docs(?:\/.*)?)?$/;
        push @missed, "$method $path" if !$self->{asked}{"$method $path"};
    }

    Check::hold(!@missed, 'cross: not in the table of this step: '
                . join ', ', @missed);
}


# B has what it had, and A all that it had.
sub after {
    my ($self) = @_;

    for my $owner ($B, $A) {
        my $now = lists($self, $owner);
        my $was = $owner eq $B ? $self->{before} : $self->{of_a};

        for my $path (@LISTS) {
            Check::hold($now->{$path} eq $was->{$path},
                        "cross: GET $path of $owner changed:\n$was->{$path}\n"
                        . $now->{$path});
        }
    }
}

1;

# What a stress run does to nginx; each of these says what it found.
package Rounds;

use strict;
use warnings;

use JSON::PP ();
use List::Util qw(sum0 max);
use Time::HiRes qw(sleep time);

use Check;
use Lab;
use Load;

our $TICKERS = 50;      # on the watchlist


sub ticker {
    return sprintf 'T%03d', 1 + int rand($_[0] // $TICKERS);
}


sub pick {
    return $_[rand @_];
}


# JSON where there is a body, and a status that may be.
sub checker {
    my ($allowed) = @_;

    return sub {
        my ($code, $body, $client) = @_;

        my ($what) = $client->{request} =~ /^(\S+ \S+)/;

        return "$what: status $code: " . substr $body, 0, 200
            if $code !~ /^(?:$allowed)$/;
        return '' if $client->{request} =~ /^HEAD/;
        return "$what: no JSON: " . substr $body, -100
            if $body !~ /^[\[{].*[\]}]\s*$/s;
        return '';
    };
}


# The same for whole answers: nothing that is stale, or missing.
sub whole_checker {
    my $checker = checker('200');

    return sub {
        my ($code, $body, $client) = @_;

        my ($what) = $client->{request} =~ /^(\S+ \S+)/;

        return "$what: not whole: " . substr $body, -200
            if $body =~ /"stale":true|"errors":\[\{/;
        return $checker->(@_);
    };
}


# All is as it should be again.
sub dashboard_whole {
    my ($lab, $name) = @_;

    $lab->cold($TICKERS);
    $lab->reach_all;

    for my $try (1 .. 2) {
        my ($code, $body) = $lab->get('/finance/dashboard', undef,
                                      30 * $lab->{slow});
        my $json = eval { JSON::PP::decode_json($body // '') } // {};
        my $n = @{ $json->{stocks} // [] };
        my $errors = @{ $json->{errors} // [] };

        Check::hold(($code // 0) == 200 && $n == $TICKERS && $errors == 0
                    && !grep({ $_->{stale} } @{ $json->{stocks} }),
                    "$name: afterwards the dashboard is " . ($code // 'none')
                    . " with $n of $TICKERS stocks and $errors errors");
    }
}


# --- clients that leave

sub any_request {
    my ($dashboards) = @_;

    my $t = ticker();

    return Load::request('/finance/dashboard') if rand() < $dashboards;

    return Load::request(@{ pick(
        ['/finance/dashboard?force_refresh=true'],
        ['/finance/dashboard', method => 'HEAD'],
        ['/finance/dashboard', header => { Connection => 'close' }],
        ["/finance/stocks/$t"], ["/finance/stocks/$t", method => 'HEAD'],
        ["/finance/stocks/$t/bars"], ["/finance/stocks/$t/options"],
        ["/finance/stocks/$t/signals"], ['/finance/watchlist'],
        ["/finance/stocks/NONE"], ['/finance/health'],
        ["/finance/dashboard?tickers=$t," . ticker()],
        ['/fast/dashboard'], ["/fast/stocks/$t/options"],
        ['/finance/watchlist', method => 'POST',
         body => '{"ticker":"' . ticker($TICKERS + 10) . '"}'],
        ["/finance/watchlist/$t", method => 'DELETE'],
        ['/finance/dashboard', body => '{"a":1}' x 100],
    ) });
}


sub leaver {
    my $request = any_request(0.7);
    my $stage = pick('connect', 'half', ('wait') x 6, ('read') x 2);
    my $number = $stage eq 'wait' ? rand() ** 2 * 1.5
                                  : 1 + int rand() ** 3 * 300000;

    # a tenth is pipelined
    $request .= any_request(0.3) if rand() < 0.1;

    return next => Load::these($request), leave => [$stage, $number],
           how => pick('close', 'close', 'reset', 'shut');
}


# One of ten stays for its answer.
sub abort_round {
    my ($lab, $clients) = @_;

    my $load = Load->new(port => $lab->{port}, slow => $lab->{slow},
                         check => checker('200|50[234]'));
    my $born = 0;

    $lab->cold($TICKERS);

    return $load->run(60 * $lab->{slow}, sub {
        my ($now) = @_;

        while ($born < $clients && $born < $clients * $now / 0.4) {
            $load->add($born++ % 10 == 0
                ? (next => Load::these(Load::request('/finance/dashboard')))
                : leaver());
        }

        return $born == $clients;
    });
}


sub aborts {
    my ($lab, $rounds, $clients) = @_;

    # malloc's arenas grow to what the threads need at once
    for my $warm (1 .. ($rounds < 5 ? 1 : 4)) {
        abort_round($lab, $clients);
        $lab->quiet(30);
    }
    sleep 2.5;

    my $base = Check::take($lab);
    my @memory;

    Check::say_step(sprintf 'aborts: base line after the warm-up: %d files, '
                    . '%d connections, %.1f MiB', @$base{qw(files active)},
                    $base->{memory} / 1024);

    for my $round (1 .. $rounds) {
        my $load = abort_round($lab, $clients);
        my $now = Check::settled($lab, $base, "aborts, round $round");

        push @memory, $now->{memory};
        Check::load($load, 'aborts');
        Check::logs($lab, 'aborts');
        Check::say_step(sprintf 'aborts: round %d: %d left (%s), %d stayed '
                        . '(%s); quiet after %.1f s with %d files, %d '
                        . 'connections, %.1f MiB', $round,
                        sum0(values %{ $load->{left} }),
                        join(', ', map { "$_ $load->{left}{$_}" }
                                   sort keys %{ $load->{left} }),
                        $load->{answers}, $load->statuses,
                        $now->{settled} // -1, $now->{files}, $now->{active},
                        $now->{memory} / 1024);
    }

    # some 200 jobs a round: 10 KiB each would be seen; holes make 1 MiB
    Check::flat('aborts', 2048, @memory) if $rounds >= 5;
    dashboard_whole($lab, 'aborts');
}


# --- more at once than there are slots for: jobs and calls take their turns

sub wide {
    my ($lab, $tickers) = @_;

    for my $round (1 .. 2) {
        my $load = Load->new(port => $lab->{port}, slow => $lab->{slow});

        $load->{check} = sub {
            my ($code, $body) = @_;
            my $n = () = $body =~ /"stock_data"/g;
            my $same = $code == 200 && $n == $tickers;

            return $same ? '' : "wide: $code with $n of $tickers stocks";
        };

        $lab->cold($tickers);
        $load->add(next => Load::these(Load::request('/finance/dashboard')))
            for 1 .. 8;
        $load->run(30 * $lab->{slow});

        Check::load($load, 'wide');
        Check::logs($lab, 'wide');
        Check::say_step(sprintf 'wide: round %d: %d cold dashboards of %d '
                        . 'tickers: %s, the last after %.1f s', $round,
                        $load->{answers}, $tickers, $load->statuses,
                        $load->quantile(1));
    }

    $lab->quiet(30);
}


# --- connection slots: as many connections at once as there are, but a few

sub slots {
    my ($lab) = @_;

    my $all = ($lab->{workers} || 1) * $lab->{connections};
    my $want = int($all * 0.83);
    my ($born, $most) = (0, 0);
    my $load = Load->new(port => $lab->{slot_port}, check => checker('200'));

    # each asks now and then, and stays as long as any other
    $load->run(60 * $lab->{slow}, sub {
        my ($now) = @_;

        for (1 .. 20) {
            last if $born == $want;
            my $asked = 0;
            $load->add(next => sub {
                return if $asked++ && $most >= $want;
                return Load::request('/finance/watchlist');
            });
            $born++;
        }

        $most = max($most, $lab->active) if $born == $want;
        return $most >= $want || $now > 20;
    });

    Check::load($load, 'slots');
    Check::logs($lab, 'slots');
    Check::hold($most >= $want, "slots: only $most connections at once");
    Check::say_step("slots: $most connections at once, of $all slots: "
                    . "$load->{answers} answers (" . $load->statuses . ')');
}


# --- reloads

# A client that asks and asks until $$stop.
sub steady {
    my ($load, $stop, $paths, %client) = @_;

    $load->add(%client, next => sub {
        return $$stop ? undef : Load::request($paths->());
    });
}


sub warm_paths {
    return pick('/finance/dashboard', '/finance/watchlist',
                '/finance/dashboard', '/finance/stocks/' . ticker(),
                '/finance/dashboard?tickers=' . ticker());
}


# Some of it is always cold, so that jobs are under way.
sub cool {
    my ($lab) = @_;

    $lab->redis('DEL', map { sprintf 'finance:cache:%s:{%s}', $_, ticker() }
                       qw(stock tag bars) x 2);
}


# A load that knows when each worker answered last.
sub reload_load {
    my ($lab, $last) = @_;

    my $whole = whole_checker();
    my $load = Load->new(port => $lab->{port}, slow => $lab->{slow});

    $load->{check} = sub {
        my ($client) = $_[2];

        $last->{$1} = time if $client->{head} =~ /^X-Worker: (\d+)/m;
        return $whole->(@_);
    };

    return $load;
}


# Those of the old workers that are gone: how long after the signal, and after
# their last answer.
sub gone {
    my ($lab, $turn, $state) = @_;

    my %now = map { $_ => 1 } $lab->workers;

    for my $pid (grep { !$now{$_} } @{ $turn->{old} }) {
        push @{ $state->{took} }, time - $turn->{since};
        push @{ $state->{after} },
             time - max($turn->{since}, $state->{last}{$pid} // 0);
    }

    $turn->{old} = [grep { $now{$_} } @{ $turn->{old} }];
}


# A turn a second, or when the old workers are gone if that is later. Before
# each the workers are of one age, and their memory is noted, and the master's.
sub reload_turns {
    my ($lab, $load, $times, $state) = @_;

    my ($stop, $next, $turn) = (0, 1, { old => [] });

    steady($load, \$stop, \&warm_paths, keep => $_ % 2) for 1 .. 40;

    $load->run((60 + 3 * $times) * $lab->{slow}, sub {
        my ($now) = @_;

        cool($lab) if rand() < 0.1;
        gone($lab, $turn, $state) if @{ $turn->{old} };

        if (@{ $turn->{old} } || $now < $next) {
            return 0;

        } elsif ($state->{turns} < $times) {
            my @old = $lab->workers;

            push @{ $state->{master} }, Lab::memory($lab->{pid}{nginx});
            push @{ $state->{workers} }, sum0(map { Lab::memory($_) } @old) / @old;
            $turn = { old => \@old, since => time };
            $next = $now + 1;
            $state->{turns}++;
            $lab->signal('nginx', 'HUP');
            return 0;
        }

        return $stop = 1;
    });
}


sub reloads {
    my ($lab, $times) = @_;

    my $state = { last => {}, turns => 0 };
    my $load = reload_load($lab, $state->{last});

    dashboard_whole($lab, 'reloads');

    my $base = Check::take($lab);

    $lab->market('reset');
    reload_turns($lab, $load, $times, $state);

    my ($calls) = $lab->market('calls') =~ /"total":(\d+)/;
    my ($took, $after) = map { $_ // [20] } @$state{qw(took after)};

    Check::hold($state->{turns} == $times, "reloads: only $state->{turns} of $times");
    Check::hold($calls > 10 * $times, "reloads: only $calls calls of the market"
                . ' were under way');
    Check::load($load, 'reloads');
    Check::logs($lab, 'reloads');
    Check::hold(max(@$after) < 2 * $lab->{slow}, sprintf 'reloads: an old worker '
                . 'stayed %.1f s after its last answer', max(@$after));
    Check::say_step(sprintf 'reloads: %d under load: %d answers (%s), %d kept '
                    . 'connections closed between requests, %d refused, %d cut '
                    . 'off; p50 %.0f ms, p99 %.0f ms', $state->{turns},
                    $load->{answers}, $load->statuses, $load->{reopened},
                    $load->{refused}, $load->{broken},
                    map { 1000 * $load->quantile($_) } 0.5, 0.99);
    Check::say_step(sprintf 'reloads: %d old workers gone %.2f s after their last answer '
                    . 'in the mean, %.2f at most; %.2f and %.2f after the signal',
                    scalar @$after, map { (sum0(@$_) / @$_, max(@$_)) } $after, $took);

    if ($times >= 50) {
        Check::even('reloads: memory of the master', 8, @{ $state->{master} });
        Check::even('reloads: memory of a worker at each reload', 16,
                    @{ $state->{workers} });
    }

    Check::settled($lab, $base, 'reloads');
}

1;

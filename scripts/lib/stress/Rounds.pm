# What a stress run does to nginx; each of these says what it found.
package Rounds;

use strict;
use warnings;

use JSON::PP ();
use List::Util qw(sum0 max);
use Time::HiRes qw(sleep time);

use Check;
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


sub reloads {
    my ($lab, $times) = @_;

    my $load = Load->new(port => $lab->{port}, slow => $lab->{slow},
                         check => whole_checker());
    my ($stop, $next, $since, @old, @took) = (0, 0.5);

    dashboard_whole($lab, 'reloads');

    my $base = Check::take($lab);

    $lab->market('reset');
    steady($load, \$stop, \&warm_paths, keep => $_ % 2) for 1 .. 40;

    $load->run(300, sub {
        my ($now) = @_;

        cool($lab) if rand() < 0.1;

        if (@old) {
            my %now = map { $_ => 1 } $lab->workers;
            return 0 if grep { $now{$_} } @old and time - $since < 20;

            push @took, time - $since;
            @old = ();
            $next = $now + 0.3;

        } elsif ($now > $next && @took < $times) {
            @old = $lab->workers;
            $since = time;
            $lab->signal('nginx', 'HUP');

        } elsif ($now > $next + 0.5) {
            return $stop = 1;
        }

        return 0;
    });

    my ($calls) = $lab->market('calls') =~ /"total":(\d+)/;

    Check::hold($calls > 10 * $times, "reloads: only $calls calls of the market"
                . ' were under way');
    Check::load($load, 'reloads');
    Check::logs($lab, 'reloads');
    Check::hold(max(@took) < 12, 'reloads: an old worker stayed '
                . max(@took) . ' s');
    Check::say_step(sprintf 'reloads: %d under load: %d answers (%s), %d kept '
                    . 'connections closed between requests, %d refused, %d cut'
                    . ' off; old workers gone after %.1f s at most, %.1f in '
                    . 'the mean; p50 %.0f ms, p99 %.0f ms', scalar @took,
                    $load->{answers}, $load->statuses, $load->{reopened},
                    $load->{refused}, $load->{broken}, max(@took),
                    sum0(@took) / @took, 1000 * $load->quantile(0.5),
                    1000 * $load->quantile(0.99));
    Check::settled($lab, $base, 'reloads');
}

1;

# What a stress run does to the others: Redis dies, the market lies, nginx and
# its workers end.
package Ends;

use strict;
use warnings;

use List::Util qw(sum0 max min);
use Time::HiRes qw(sleep time);

use Check;
use H2;
use Load;
use Rounds;


# --- Redis

# What is asked while it is away: what is an owner's, and what is the market's,
# for which Redis is not needed.
my %REDIS_PATHS = (
    owners => [
        sub { Load::request('/finance/watchlist') },
        sub { Load::request('/finance/dashboard') },
        sub { Load::request('/finance/positions') },
        sub { Load::request('/finance/watchlist/NONE', method => 'DELETE') },
        sub { Load::request('/finance/health') },
    ],
    market => [
        sub { Load::request('/finance/dashboard?tickers=T001,T002,T003') },
        sub { Load::request('/finance/stocks/' . Rounds::ticker()) },
        sub { Load::request('/finance/stocks/T001/bars') },
        sub { Load::request('/finance/stocks/' . Rounds::ticker() . '/signals') },
    ],
);
my %REDIS_STATUS = (owners => '200|404|503', market => '200');


# Clients that ask, each at its pace, for what is in one of the classes; what
# came is counted by phase, class and status, and timed.
sub redis_load {
    my ($lab, $phase, $stop, $came) = @_;

    my $load = Load->new(port => $lab->{slot_port}, slow => $lab->{slow});

    $load->{check} = sub {
        my ($code, $body, $client) = @_;
        my $class = $client->{class};
        my $now = time;

        push @{ $came->{$$phase}{$class}{$code} },
             [$client->{from}, $now - $client->{from}];
        $came->{last}{$class}{$code} = $now;

        return Rounds::checker($REDIS_STATUS{$class})->($code, $body, $client);
    };

    for my $class (keys %REDIS_PATHS) {
        for my $path (@{ $REDIS_PATHS{$class} }) {
            $load->add(class => $class, keep => $_ % 2, next => sub {
                return $$stop ? undef : $path->();
            }) for 1 .. 3;
        }
    }

    return $load;
}


# "200 x 12, 503 x 3 (p50 0.4 ms, p99 1.0 ms, at most 2.1 ms)" of the answers to
# what was asked from that time on.
sub redis_line {
    my ($codes, $from) = @_;

    my @lines;

    for my $code (sort keys %$codes) {
        my @took = sort { $a <=> $b } map { $_->[1] } grep { $_->[0] >= $from }
                        @{ $codes->{$code} };

        push @lines, @took ? sprintf('%s x %d (p50 %.1f ms, p99 %.1f ms, '
                                     . 'at most %.1f ms)', $code, scalar @took,
                                     map { 1000 * $_ } $took[$#took / 2],
                                     $took[$#took * 0.99], $took[-1]) : ();
    }

    return join(', ', @lines) || 'nothing';
}


# down and up: what is done to Redis; so many seconds without it, then 4 s with
# it.
sub redis_away {
    my ($lab, $name, $seconds, $down, $up) = @_;

    my ($phase, $stop, $came) = ('before', 0, {});
    my ($downed, $upped);

    Rounds::dashboard_whole($lab, $name);

    my $base = Check::take($lab);
    my $load = redis_load($lab, \$phase, \$stop, $came);

    $load->run(60 + $seconds, sub {
        my ($now) = @_;

        if ($phase eq 'before' && $now > 1) {
            $down->();
            $phase = 'away';
            $downed = time;

        } elsif ($phase eq 'away' && time > $downed + $seconds) {
            $up->();
            $phase = 'back';
            $upped = time;

        } elsif ($phase eq 'back' && time > $upped + 4) {
            return $stop = 1;
        }
        return 0;
    });

    Check::load($load, $name);
    Check::logs($lab, $name);
    redis_report($lab, $name, $seconds, $came, $downed, $upped);
    Check::settled($lab, $base, $name);
    Rounds::dashboard_whole($lab, $name);
}


# What came, and what of it is not as it must be.
sub redis_report {
    my ($lab, $name, $seconds, $came, $downed, $upped) = @_;

    # the time limit of a command, then it is known to be away
    my $known = $downed + 1 + 0.2 * $lab->{slow};

    for my $class (sort keys %REDIS_PATHS) {
        Check::say_step("$name: $class, before: ",
                        redis_line($came->{before}{$class}, 0));
        Check::say_step("$name: $class, the first second: ", redis_line(
            { map { my $c = $_; ($c => [grep { $_->[0] < $known }
                                        @{ $came->{away}{$class}{$c} }]) }
              keys %{ $came->{away}{$class} } }, 0));
        Check::say_step("$name: $class, then: ",
                        redis_line($came->{away}{$class}, $known));
        Check::say_step("$name: $class, after its return: ",
                        redis_line($came->{back}{$class}, 0));
    }

    my $refusals = $came->{away}{owners}{503} // [];
    my @late = grep { $_->[0] >= $known && $_->[1] > 0.25 * $lab->{slow} }
                    @$refusals;
    my @served = grep { $_->[0] >= $known }
                      @{ $came->{away}{owners}{200} // [] };
    my $well = max(0, ($came->{last}{owners}{503} // 0) - $upped);

    Check::hold(@$refusals > 100, "$name: only " . @$refusals . ' 503s')
        if $seconds;
    Check::hold(!@late, "$name: " . @late . ' of the 503s were not at once');
    Check::hold(!@served, "$name: owners were served without Redis");
    Check::hold(@{ $came->{away}{market}{200} // [] } > 100,
                "$name: hardly any of the market's data") if $seconds;
    Check::hold($well < 1 * $lab->{slow}, sprintf
                '%s: a 503 %.2f s after the return', $name, $well);
    Check::say_step(sprintf '%s: all well %.2f s after its return', $name,
                    $well);
}


sub redis {
    my ($lab, $seconds) = @_;

    redis_away($lab, 'redis killed', $seconds,
               sub { $lab->stop('redis', 'KILL', 5) },
               sub { $lab->start_redis });
    redis_away($lab, 'redis frozen', $seconds,
               sub { $lab->signal('redis', 'STOP') },
               sub { $lab->signal('redis', 'CONT') });
    redis_away($lab, 'redis started anew', 0,
               sub { $lab->stop('redis', 'KILL', 5) },
               sub { $lab->start_redis });
}


# --- the market

my @FAULTS = (
    'truncate', 'hang', 'reset', 'close', 'html', 'gzip', 'short_chunk',
    'big&bytes=67108864', 'big_chunked&bytes=67108864', 'drip&ms=5',
    'status&status=500', 'status&status=429&retry_after=1',
    'status&status=403', 'status&status=404', 'status&status=204', 'empty',
    'no_results', 'garbage_json', 'nan', 'inf', 'page_loop', 'foreign_next',
    'chunked&bytes=1000', 'status_line', 'slow_headers&ms=50',
    'delay&ms=190', 'delay&ms=205',
);


# Half of the kinds at a time, on some tickers or calls each.
sub faults_set {
    my ($lab) = @_;

    $lab->market('reset');
    $lab->market('fault?match=' . Rounds::pick('/v2', '/v3', '/v1',
                     '/v2/aggs/ticker/' . Rounds::ticker(),
                     '/v3/snapshot/options/' . Rounds::ticker())
                 . "&kind=$_&times=" . int(1 + rand 12)
                 . '&after=' . int rand 60)
        for grep { rand() < 0.5 } @FAULTS;
}


sub fault_round {
    my ($lab) = @_;

    my $load = Load->new(port => $lab->{port}, slow => $lab->{slow},
                         check => Rounds::checker('200|400|404|50[0234]'));
    my $born = 0;

    $lab->cold($Rounds::TICKERS);
    faults_set($lab);

    return $load->run(60 * $lab->{slow}, sub {
        my ($now) = @_;

        while ($born < 60 && $born < 60 * $now / 1.5) {
            my $t = Rounds::ticker();
            my $path = Rounds::pick('/finance/dashboard', '/fast/dashboard',
                "/finance/stocks/$t", "/finance/stocks/$t/bars",
                "/fast/stocks/$t", "/finance/stocks/$t/options",
                "/fast/stocks/$t/options",
                "/finance/dashboard?force_refresh=1&tickers=$t");
            my @leave = rand() < 0.3 ? (leave => ['wait', rand 1]) : ();

            $load->add(next => Load::these(Load::request($path)), @leave);
            $born++;
        }
        return $born == 60;
    });
}


sub faults {
    my ($lab, $rounds) = @_;

    # what a worker keeps of the largest answers comes with the first rounds
    for my $warm (1 .. ($rounds < 5 ? 1 : 5)) {
        fault_round($lab);
        $lab->market('reset');
        $lab->quiet(30);
    }
    sleep 2.5;

    my $base = Check::take($lab);
    my @memory;

    for my $round (1 .. $rounds) {
        my $load = fault_round($lab);

        my ($hits) = sum0($lab->market('calls') =~ /"hits":(\d+)/g);

        $lab->market('reset');

        my $now = Check::settled($lab, $base, "faults, round $round");

        push @memory, $now->{memory};
        Check::load($load, 'faults');
        Check::logs($lab, 'faults');
        Check::say_step(sprintf 'faults: round %d: %d spoilt answers; %d '
                        . 'answers (%s); quiet after %.1f s, %d files, '
                        . '%.1f MiB', $round, $hits, $load->{answers},
                        $load->statuses, $now->{settled} // -1, $now->{files},
                        $now->{memory} / 1024);
    }

    # answers of up to 8 MiB leave holes
    Check::flat('faults', 4096, @memory) if $rounds >= 5;
    Rounds::dashboard_whole($lab, 'faults');
}


# --- HTTP/2

sub http2_round {
    my ($lab, $i) = @_;

    my $h2 = H2->new($lab->{h2_port}) or return (0, 0);
    my @streams = map {
        $h2->get(Rounds::pick('/finance/dashboard', '/finance/watchlist',
                              '/finance/stocks/' . Rounds::ticker(),
                              '/fast/stocks/' . Rounds::ticker()
                              . '/options'))
    } 1 .. 60;

    # a third is taken back at random moments; every third client leaves
    for my $stream (grep { rand() < 0.33 } @streams) {
        $h2->read_for(rand 0.05);
        $h2->cancel($stream);
    }

    $h2->read_for($i % 3 ? 20 * $lab->{slow} : 0.3);
    my @late = keys %{ $h2->{open} };

    Check::hold(!@late || $i % 3 == 0,
                'http2: ' . @late . ' streams without an end');
    $h2->leave;

    return (scalar keys %{ $h2->{done} }, $h2->good);
}


sub http2 {
    my ($lab, $rounds) = @_;

    Rounds::dashboard_whole($lab, 'http2');

    my $base = Check::take($lab);
    my ($ended, $good) = (0, 0);

    for my $i (1 .. $rounds) {
        $lab->cold($Rounds::TICKERS);
        my ($e, $g) = http2_round($lab, $i);
        $ended += $e;
        $good += $g;
    }

    Check::logs($lab, 'http2');
    Check::hold($good > $rounds * 10, "http2: only $good good answers");
    Check::say_step("http2: $rounds connections of 60 streams: $ended "
                    . "streams ended, $good with 200");
    Check::settled($lab, $base, 'http2');
    Rounds::dashboard_whole($lab, 'http2');
}


# --- ends

# Requests that are under way when the signal comes are answered whole; what
# comes later is refused.
sub quit {
    my ($lab, $rounds) = @_;

    my (@took, %status, $refused);

    for my $round (1 .. $rounds) {
        my $load = Load->new(port => $lab->{port}, slow => $lab->{slow},
                             check => Rounds::checker('200'));
        my ($quit, $ended);

        $lab->cold($Rounds::TICKERS);
        $load->add(next => Load::these(Load::request(
                   Rounds::pick('/finance/dashboard', '/finance/dashboard',
                   '/finance/stocks/' . Rounds::ticker() . '/options'))))
            for 1 .. 30;

        $load->run(30 * $lab->{slow}, sub {
            my ($now) = @_;

            if (!$quit && $now > 0.05 + 0.1 * $round) {
                $lab->signal('nginx', 'QUIT');
                $quit = time;
            }
            return $quit;
        });

        $lab->until_true(undef, 15 * $lab->{slow},
                         sub { !$lab->running('nginx') })
            or Check::fail('quit: nginx is there after 15 s');
        push @took, time - $quit;

        Check::load($load, 'quit');
        Check::logs($lab, 'quit');
        $status{$_} += $load->{status}{$_} for keys %{ $load->{status} };
        $lab->start_nginx;
    }

    Check::say_step(sprintf 'quit: %d times under load: %s; nginx gone after '
                    . '%s s', $rounds,
                    join(', ', map { "$_ x $status{$_}" } sort keys %status),
                    join ' ', map { sprintf '%.1f', $_ } @took);
}


# Jobs that wait for a market that hangs, and a limit of 1 s.
sub shutdown_timeout {
    my ($lab) = @_;

    local $lab->{main} = 'worker_shutdown_timeout 1s;';

    $lab->stop('nginx', 'QUIT', 20);
    $lab->start_nginx;
    $lab->cold($Rounds::TICKERS);
    $lab->market('fault?match=/v3&kind=hang');

    my @old = $lab->workers;
    my $load = Load->new(port => $lab->{port}, slow => $lab->{slow}, check => sub { '' });
    my ($hup, $gone);

    $load->add(next => Load::these(Load::request('/finance/dashboard')))
        for 1 .. 40;

    $load->run(30, sub {
        my ($now) = @_;
        if (!$hup && $now > 0.7) {
            $lab->signal('nginx', 'HUP');
            $hup = time;
        }
        return $hup && !grep({ my $p = $_; grep { $_ == $p } @old }
                             $lab->workers) && ($gone = time - $hup);
    });

    $lab->market('reset');
    Check::hold(defined $gone && $gone < 3 * $lab->{slow},
                'shutdown timeout: old workers are still there');
    Check::logs($lab, 'shutdown timeout');
    Check::say_step(sprintf 'shutdown timeout of 1 s with jobs that hang: old '
                    . 'workers gone %.1f s after the reload', $gone // -1);
    Rounds::dashboard_whole($lab, 'shutdown timeout');
}


# The clients of that worker lose their answer, nobody else.
sub worker_killed {
    my ($lab, $times) = @_;

    my $load = Load->new(port => $lab->{port}, slow => $lab->{slow},
                         check => Rounds::checker('200'));
    my ($stop, $killed, $next) = (0, 0, 0.5);

    Rounds::dashboard_whole($lab, 'worker killed');

    Rounds::steady($load, \$stop, \&Rounds::warm_paths) for 1 .. 30;

    $load->run(60, sub {
        my ($now) = @_;

        Rounds::cool($lab) if rand() < 0.1;

        if ($now > $next && $killed < $times) {
            kill 'KILL', ($lab->workers)[0];
            $next = $now + 0.7;
            $killed++;
        }
        return $stop = $now > $next + 0.7;
    });

    # 15 of the 30 were at the worker that was killed, more or less
    Check::hold($load->{broken} <= 30 * $times, 'worker killed: '
                . "$load->{broken} answers cut off");
    $load->{bad} = [grep { !/cut off/ } @{ $load->{bad} }];
    $load->{nbad} = @{ $load->{bad} };
    Check::load($load, 'worker killed');
    Check::logs($lab, 'worker killed', qr/exited on signal 9/);
    my @workers = $lab->workers;

    Check::hold(@workers == $lab->{workers},
                'worker killed: ' . @workers . ' workers at the end');
    Check::say_step("worker killed: $times times: $load->{answers} answers ("
                    . $load->statuses . "), $load->{broken} cut off, "
                    . "$load->{reopened} asked anew, $load->{refused} "
                    . 'refused');
    Rounds::dashboard_whole($lab, 'worker killed');
}

1;

# kill -9 of workers at random moments, under dashboards, with all that lives in
# shared memory: only whose connection was a killed worker's may lose an answer,
# and afterwards all counts as before.
package Workers;

use strict;
use warnings;

use List::Util qw(max min sum0);
use Time::HiRes qw(sleep time);

use Budget;
use Check;
use Crowd;
use Lab;
use Load;
use Refresh;
use Rounds;

my $TICKERS = 20;
my $WORKERS = 4;
my $BUDGET = 60;        # calls a second
my $LIMIT = 5;          # requests a minute, at /few/


# An nginx of its own, on the Redis and market of the lab's.
sub machine {
    my ($lab) = @_;

    my $one = Lab->new(%$lab, dir => "$lab->{dir}/kills", pid => {}, read => 0,
                       workers => $WORKERS, timeout => '15s',
                       http => "finance_zone kills:1m;"
                               . "finance_budget rate=${BUDGET}r/s;"
                               . 'finance_cache stock=6s options=6s;',
                       locations => Refresh::open_market() . <<"END2");
        location /finance/ {
            finance_api;
            finance_market /_market;
            finance_limit rate=1000r/s;
            finance_refresh interval=2s;
        }

        location /few/ {
            finance_api;
            finance_market /_market;
            finance_limit rate=${LIMIT}r/m;
        }
END2

    $one->{$_} = $lab->{$_} for qw(redis_port market_port);
    $one->start_nginx;

    return $one;
}


# The clients' ends of the connections that a process has at that port.
sub peers {
    my ($pid, $port) = @_;

    my %inode = map { (readlink($_) // '') =~ /^socket:\[(\d+)\]/ ? ($1 => 1) : () }
                    glob "/proc/$pid/fd/*";
    my $local = sprintf ':%04X ', $port;
    my %peers;

    open my $in, '<', '/proc/net/tcp' or die "/proc/net/tcp: $!\n";
    while (<$in>) {
        my @field = split;

        next if "$field[1] " !~ /$local$/ || !$inode{ $field[9] };

        my ($address, $peer) = $field[2] =~ /^([0-9A-F]{8}):([0-9A-F]{4})$/ or next;

        $peers{ join('.', reverse unpack 'C4', pack 'H8', $address) . ':' . hex $peer } = 1;
    }

    return \%peers;
}


# One worker goes, wherever it is. It is stopped first, so that whose
# connections it has can be read.
sub kill_one {
    my ($one, $lost) = @_;

    my $pid = Rounds::pick($one->workers) or return 0;

    kill 'STOP', $pid or return 0;

    my $peers = peers($pid, $one->{port});

    kill 'KILL', $pid;
    $lost->{$_} = time for keys %$peers;

    return scalar keys %$peers;
}


# 200, all tickers there, no failure but of the budget.
sub checker {
    my ($seen) = @_;

    return sub {
        my ($code, $body, $client) = @_;

        my ($what) = $client->{request} =~ /^(\S+ \S+)/;

        return "$what: status $code: " . substr $body, 0, 200 if $code != 200;
        return '' if $what !~ m{/dashboard$};

        my $stocks = () = $body =~ /"stock_data"/g;
        my $spent = () = $body =~ /budget of calls is spent/g;
        my $failed = () = $body =~ /"ticker":"[^"]*","detail"/g;

        $seen->{stocks} += $stocks;
        $seen->{spent} += $spent;

        return $stocks + $spent == $TICKERS && $failed <= $spent ? ''
               : "$what: $stocks stocks, $spent of the budget, $failed failures: "
                 . substr $body, -200;
    };
}


# A client whose answer is lost with its worker is excused, no other one.
sub clients {
    my ($one, $stop, $lost, $seen) = @_;

    my $load = Load->new(port => $one->{port}, slow => $one->{slow},
                         check => checker($seen));

    $load->{excused} = sub { ($lost->{ $_[0]{end} } // 0) >= $_[0]{opened} };

    for my $i (1 .. 40) {
        Rounds::steady($load, $stop, \&paths, keep => $i % 2, from_address =>
                       '127.0.1.' . $i);
    }

    return $load;
}


sub paths {
    return Rounds::pick(('/finance/dashboard') x 3, '/finance/health',
                        '/finance/watchlist',
                        '/finance/stocks/' . Rounds::ticker($TICKERS));
}


# How much the master has, and the workers that are of that age for the first
# time: VmRSS, KiB.
sub sample {
    my ($one, $state, $age) = @_;

    my $now = time;
    my %lives = map { $_ => 1 } $one->workers;

    push @{ $state->{master} }, Lab::memory($one->{pid}{nginx}) || ();
    delete @{ $state->{born} }{ grep { !$lives{$_} } keys %{ $state->{born} } };

    for my $pid (keys %lives) {
        my $born = $state->{born}{$pid} //= $now;

        if ($born && $now - $born >= $age) {
            push @{ $state->{workers} }, Lab::memory($pid) || ();
            $state->{born}{$pid} = 0;
        }
    }
}


# The time itself. Not in the last seconds: what begins then has to end, too.
sub rage {
    my ($one, $seconds, $state) = @_;

    my ($stop, $next, $look, $lost) = (0, 0.5, 0, {});
    my $load = clients($one, \$stop, $lost, $state->{seen} = {});

    $load->run($seconds + 60 * $one->{slow}, sub {
        my ($now) = @_;

        if ($now > $look) {
            sample($one, $state, 2);
            $look = $now + 0.2;
        }

        if ($now > $next && $now < $seconds) {
            $state->{connections} += kill_one($one, $lost);
            $state->{killed}++;
            $next = $now + rand 1.2;
        }
        return $stop = $now > $seconds + 1;
    });

    return $load;
}


sub log_lines {
    my ($one, $what) = @_;

    open my $in, '<', "$one->{dir}/logs/error.log" or return 0;

    return scalar grep { /$what/ } <$in>;
}


# Calls in the seconds of a new crowd, which wants more than there is: the
# budget is used up and never more than that.
sub budget_exact {
    my ($one) = @_;

    my $load = Load->new(port => $one->{port}, slow => $one->{slow},
                         check => Rounds::checker('200|503'));

    sleep 1.2;
    $one->cold($BUDGET);
    $one->market('reset');
    $load->add(next => Load::these(Load::request("/finance/stocks/$_")))
        for map { sprintf 'T%03d', $_ } 1 .. $BUDGET;
    $load->run(60 * $one->{slow});

    my ($most, $all) = Budget::most($one, 1);

    Check::load($load, 'kills, the budget afterwards');
    Check::hold($most == $BUDGET, "kills: afterwards $most calls of $BUDGET in a second");
    Check::say_step("kills: afterwards the budget is exact: $all calls, at most $most in "
                    . "any second, of $BUDGET");
}


# Of eight requests from a new address, one after the other and each over a
# connection of its own, the limit lets five through, whoever answers.
sub limit_exact {
    my ($one) = @_;

    my ($load, @codes) = (Load->new(port => $one->{port}, slow => $one->{slow}));
    my $asked = 0;

    $load->{check} = sub { push @codes, $_[0]; '' };
    $load->add(keep => 0, from_address => '127.0.2.1', next => sub {
        return $asked++ < $LIMIT + 3 ? Load::request('/few/watchlist') : undef;
    });
    $load->run(30 * $one->{slow});

    my $want = join ' ', (200) x $LIMIT, (429) x 3;

    Check::hold("@codes" eq $want, "kills: afterwards the limit gives @codes, not $want");
}


# Each worker answers, none of them spins, and health is content.
sub all_answer {
    my ($one) = @_;

    my @workers = $one->workers;
    my %answered;

    Check::hold(@workers == $WORKERS, 'kills: ' . @workers . ' workers at the end');

    $one->until_true(undef, 10 * $one->{slow}, sub {
        my ($code, $body, $head) = $one->get('/finance/health', $one->{slot_port});

        $answered{$1}++ if ($head // '') =~ /^X-Worker: (\d+)/m;
        return !grep { !$answered{$_} } @workers;
    });

    my @mute = grep { !$answered{$_} } @workers;

    Check::hold(!@mute, 'kills: ' . @mute . ' workers do not answer');

    my ($code, $body) = $one->get('/finance/health');
    my $well = ($body // '') =~ /"status":"ok".*"budget":\{"limit":$BUDGET,"per":"second",
                                 "left":\d+\}/x;

    Check::hold($well, 'kills: health afterwards: ' . ($body // 'none'));
}


# What nginx does with workers that nobody asks.
sub idle {
    my ($one) = @_;

    my %before = map { $_ => Lab::busy($_) } $one->workers;

    sleep 2;

    my $most = max map { (Lab::busy($_) - $before{$_}) / 2 } keys %before;

    Check::hold($most < 0.25 * $one->{slow}, sprintf
                'kills: a worker is busy for %.0f %% of the time', 100 * $most);
}


# The background job goes on.
sub refreshed {
    my ($one) = @_;

    my $from = time;
    my %before = %{ Crowd::calls($one) };
    my $took = $one->until_true(undef, 20 * $one->{slow}, sub {
        my $now = Crowd::calls($one);

        return grep({ m{^/v2/aggs/} && $now->{$_} > ($before{$_} // 0) } keys %$now)
               >= $TICKERS && time - $from;
    });

    Check::hold($took, 'kills: not all is refreshed afterwards');

    return $took;
}


sub report {
    my ($one, $state, $load, $most) = @_;

    my $seen = $state->{seen};

    Check::say_step(sprintf 'kills: %d workers killed, with %d connections: %d answers (%s), '
                    . '%d cut off with their worker, %d asked anew, %d refused; p50 %.0f ms, '
                    . 'p99 %.0f ms, at most %.1f s; %d tickers, %d without the budget for it; '
                    . 'at most %d calls in any second, of %d', $state->{killed},
                    $state->{connections}, $load->{answers}, $load->statuses,
                    $load->{excused_cuts} // 0, $load->{reopened}, $load->{refused},
                    map({ 1000 * $load->quantile($_) } 0.5, 0.99), $load->quantile(1),
                    $seen->{stocks}, $seen->{spent}, $most, $BUDGET);
    Check::say_step(sprintf 'kills: %d times the zone was held: %d seen by nginx, %d by the '
                    . 'module', map { $_->[0] + $_->[1], @$_ }
                    [log_lines($one, 'was locked by'), log_lines($one, 'died while it held')]);
}


sub kills {
    my ($lab, $seconds) = @_;

    $lab->cold($TICKERS);

    my $one = machine($lab);
    my $state = { master => [], workers => [], killed => 0, connections => 0 };

    # warm: all is fetched once
    $one->get('/finance/dashboard');
    sleep 2;
    $lab->market('reset');

    my $load = rage($one, $seconds, $state);
    my ($most) = Budget::most($one, 1);

    Check::load($load, 'kills');
    Check::hold($most <= $BUDGET, "kills: $most calls in a second, of $BUDGET");
    report($one, $state, $load, $most);

    if ($seconds >= 30) {
        Check::even('kills: memory of the master', 4, @{ $state->{master} });
        Check::even('kills: memory of workers 2 s old', 16, @{ $state->{workers} });
    }

    all_answer($one);
    limit_exact($one);

    my $took = refreshed($one);

    Check::say_step(sprintf 'kills: all %d tickers refreshed within %.1f s afterwards',
                    $TICKERS, $took) if $took;
    budget_exact($one);
    $lab->cold($TICKERS);
    idle($one);
    $took = $one->stop('nginx', 'QUIT', 20);
    Check::hold(defined $took && $took < 2 * $lab->{slow}, 'kills: nginx quits after '
                . (defined $took ? sprintf('%.1f s', $took) : '20 s'));

    # both are nginx's own: the end of a worker, and a zone it held
    Check::logs($one, 'kills', qr/exited on signal 9|was locked by/);
}

1;

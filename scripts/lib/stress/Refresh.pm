# The background job of two nginx on one Redis: who leads is killed, with its
# worker, with its whole nginx, or stopped for a while; another one goes on
# within the lease's time, and no ticker is fetched twice for one expiry.
package Refresh;

use strict;
use warnings;

use IO::Socket::INET;
use List::Util qw(max min);
use Time::HiRes qw(sleep time);

use Check;
use Crowd;
use Lab;

my $TICKERS = 20;
my $LEASE = 3;

# A ticker is fresh for 3 s, a tenth less at least, and is fetched a second
# before that at most: what is asked for again in less than this was asked for
# twice.
my $APART = 1.2;


# A market that is open at all hours.
sub open_market {
    return <<'END';
        location = /_market/v1/marketstatus/now {
            internal;
            default_type application/json;
            return 200 '{"market":"open","serverTime":"2026-01-02T15:00:00-05:00"}';
        }

END
}


# The machines: an nginx with finance_refresh, on the Redis and market of ours.
sub host {
    my ($lab, $name) = @_;

    my $host = Lab->new(%$lab, dir => "$lab->{dir}/$name", pid => {}, read => 0,
                        workers => 2, locations => open_market() . <<'END');
        location /finance/ {
            finance_api;
            finance_market /_market;
            finance_cache stock=3s;
            finance_refresh interval=1s;
        }
END

    $host->{$_} = $lab->{$_} for qw(redis_port market_port);
    $host->start_nginx;

    return $host;
}


# Who leads, by its log: [pid, host] of those that live.
sub leaders {
    my @leads;

    for my $host (@_) {
        my %leads;

        open my $in, '<', "$host->{dir}/logs/error.log" or next;
        while (<$in>) {
            my ($pid) = /\[notice\] (\d+)#.*finance: this worker/ or next;

            /no longer/ ? delete $leads{$pid} : ($leads{$pid} = 1);
        }

        my %lives = map { $_ => 1 } $host->workers;

        push @leads, map { [$_, $host] } grep { $lives{$_} } keys %leads;
    }

    return @leads;
}


# The token of the lease.
sub token {
    my ($lab) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 1,
                                  PeerPort => $lab->{redis_port})
            or return '';

    print $s "*2\r\n\$3\r\nGET\r\n\$22\r\nfinance:lock:{refresh}\r\n";

    my $length = <$s> // '';

    return $length =~ /^\$\d/ ? scalar <$s> // '' : '';
}


# Watches the market for so many seconds, or until the code says so: notes each
# ticker that is asked for twice at once. A call was made between the look that
# saw it and the one before. Seconds that took.
sub watch {
    my ($lab, $state, $seconds, $until) = @_;

    my $from = time;

    while (time - $from < $seconds) {
        my $looked = time;
        my $now = Crowd::calls($lab);
        my $at = time;

        for my $path (grep { m{^/v2/aggs/} } keys %$now) {
            my $n = $now->{$path} - ($state->{n}{$path} // 0);

            next if $n <= 0;
            push @{ $state->{twice} }, "$path $n times at once" if $n > 1;
            push @{ $state->{twice} },
                 sprintf '%s again after %.2f s', $path, $at - $state->{at}{$path}
                if $state->{at}{$path} && $at - $state->{at}{$path} < $APART;
            $state->{at}{$path} = $state->{looked} // $at;
            $state->{n}{$path} = $now->{$path};
        }

        $state->{looked} = $looked;
        return time - $from if $until && $until->($now);
        sleep 0.03;
    }

    return $until ? undef : time - $from;
}


# All is asked for again: one round and more.
sub all_again {
    my ($lab, $state, $what) = @_;

    my %from = %{ $state->{n} // {} };
    my $took = watch($lab, $state, 10 * $lab->{slow}, sub {
        my ($now) = @_;

        return !grep { ($now->{$_} // 0) <= ($from{$_} // 0) }
               map { sprintf '/v2/aggs/ticker/T%03d', $_ } 1 .. $TICKERS;
    });

    Check::hold(defined $took, "refresh: $what: not all is fetched again");
}


# Something happens to the leader: how long until another one leads.
sub taken_over {
    my ($lab, $state, $what, $code, @hosts) = @_;

    my ($leader) = leaders(@hosts);

    if (!Check::hold($leader, "refresh: nobody leads before: $what")) {
        return;
    }

    my $token = token($lab);

    $code->(@$leader);

    my $took = watch($lab, $state, 15 * $lab->{slow}, sub {
        my $now = token($lab);
        return $now ne '' && $now ne $token;
    });

    if (Check::hold(defined $took, "refresh: $what: nobody takes over")) {
        Check::hold($took <= ($LEASE + 1.5) * $lab->{slow},
                    sprintf 'refresh: %s: taken over after %.2f s', $what, $took);
    }

    return $took;
}


sub kill_worker {
    my ($lab, $state, $one, $two) = @_;

    my $took = taken_over($lab, $state, 'its worker killed', sub {
        kill 'KILL', $_[0];
    }, $one, $two);

    all_again($lab, $state, 'after a worker was killed');

    return $took;
}


# With its master, which would start another one.
sub kill_host {
    my ($lab, $state, $one, $two) = @_;

    my $host;
    my $took = taken_over($lab, $state, 'its nginx killed', sub {
        $host = $_[1];
        my @workers = $host->workers;

        kill 'KILL', $host->{pid}{nginx}, @workers;
    }, $one, $two);

    all_again($lab, $state, 'after an nginx was killed');

    if ($host) {
        $lab->until_true(undef, 5, sub { !$host->running('nginx') });
        $host->start_nginx;
    }

    return $took;
}


# It comes to and believes to lead: it must not go on, nor with what it had begun.
sub stop_worker {
    my ($lab, $state, $one, $two) = @_;

    my $pid;
    my $took = taken_over($lab, $state, 'its worker stopped', sub {
        $pid = $_[0];
        kill 'STOP', $pid;
    }, $one, $two);

    watch($lab, $state, 0.5);
    kill 'CONT', $pid if $pid;
    all_again($lab, $state, 'after a worker was stopped');

    my @leads = leaders($one, $two);

    Check::hold(@leads == 1, 'refresh: ' . @leads . ' lead');

    return $took;
}


sub report {
    my ($what, @took) = @_;

    @took = sort { $a <=> $b } grep { defined } @took;
    Check::say_step(sprintf 'refresh: %s: taken over within %.2f s (median of '
                    . '%d; %.2f at least, %.2f at most)', $what,
                    $took[@took / 2], scalar @took, min(@took), max(@took))
        if @took;
}


sub refresh {
    my ($lab, $times) = @_;

    $lab->cold($TICKERS);
    $lab->market('reset');

    my ($one, $two) = map { host($lab, $_) } qw(refresh-one refresh-two);
    my %took;
    my $state = {};

    Check::hold(defined $lab->until_true(undef, 10 * $lab->{slow},
                                         sub { leaders($one, $two) == 1 }),
                'refresh: nobody leads at the start');
    $one->get('/finance/watchlist');
    all_again($lab, $state, 'at first');

    for (1 .. $times) {
        push @{ $took{worker} }, kill_worker($lab, $state, $one, $two);
        push @{ $took{nginx} }, kill_host($lab, $state, $one, $two);
        push @{ $took{stopped} }, stop_worker($lab, $state, $one, $two);
    }

    my $from = time;
    my $before = Crowd::calls($lab);

    watch($lab, $state, 10);

    my $now = Crowd::calls($lab);
    my $calls = 0;

    $calls += $now->{$_} - $before->{$_} for grep { m{^/v2/aggs/} } keys %$now;

    report('a killed worker', @{ $took{worker} });
    report('a killed nginx', @{ $took{nginx} });
    report('a stopped worker', @{ $took{stopped} });
    Check::say_step(sprintf 'refresh: in peace each of %d tickers is fetched '
                    . 'every %.2f s', $TICKERS,
                    $TICKERS * (time - $from) / ($calls || 1));

    my @twice = @{ $state->{twice} // [] };

    Check::hold(!@twice, "refresh: asked for twice: $twice[0] (and $#twice more)")
        if @twice;
    $Check::Passed++ if !@twice;

    for my $host ($one, $two) {
        my $took = $host->stop('nginx', 'QUIT', 20);

        Check::hold(defined $took && $took < 1 * $lab->{slow},
                    'refresh: it quits after '
                    . (defined $took ? sprintf('%.2f s', $took) : '20 s'));
        Check::logs($host, 'refresh', qr/exited on signal 9/);
    }
}

1;

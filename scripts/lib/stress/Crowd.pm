# A crowd comes at once to a cold cache: each thing is asked for once, by one
# worker of one host, and all go on with it.
package Crowd;

use strict;
use warnings;

use JSON::PP ();
use List::Util qw(max min sum0);
use Time::HiRes qw(sleep time);

use Check;
use Lab;
use Load;
use Rounds;

my $CLIENTS = 64;
my $SESSION = '/v1/marketstatus/now';


# How often each path was asked for.
sub calls {
    my ($lab) = @_;

    return JSON::PP::decode_json($lab->market('calls'))->{paths};
}


# A cold start, some clients at each of the ports, all at once: when each was
# answered, in seconds from the first answer.
sub rush {
    my ($lab, $path, $tickers, @ports) = @_;

    my ($load, @at) = (Load->new(port => $lab->{port}, slow => $lab->{slow}));

    $load->{check} = sub {
        my ($code, $body) = @_;

        push @at, time;
        return $code != 200 || $body =~ /"stale":true|"errors":\[\{/
               ? "status $code: " . substr $body, -200 : '';
    };
    $lab->cold($tickers);
    $lab->market('reset');

    for my $i (1 .. $CLIENTS) {
        my $asked = 0;

        $load->add(port => $ports[$i % @ports], keep => 0, next => sub {
            return $asked++ ? undef : Load::request($path);
        });
    }

    $load->run(60 * $lab->{slow});
    Check::load($load, 'crowd');

    return map { $_ - $at[0] } @at;
}


# The same that one client alone makes the market do; $quiet: said if it is not.
# The market's session a worker keeps for itself when Redis is emptied: that is
# asked for once, or not at all, as there is a worker that never had it or none.
sub compare {
    my ($lab, $what, $alone, $quiet) = @_;

    my $now = calls($lab);
    my @more = grep { my $is = $now->{$_} // 0;
                      $_ eq $SESSION ? $is > 1 : $is != ($alone->{$_} // 0) }
                    sort keys %{ { %$now, %$alone } };

    Check::hold(!@more, "$what: $more[0] was asked for " . ($now->{ $more[0] // '' } // 0)
                . ' times, by one client alone ' . ($alone->{ $more[0] // '' } // 0)
                . ' (and ' . $#more . ' more)') if @more;
    Check::say_step(sprintf '%s: %d calls of %d things, as for one client',
                    $what, sum0(values %$now), scalar keys %$now) if !@more && !$quiet;
}


# Another nginx beside the lab's, with the same Redis and market.
sub second {
    my ($lab) = @_;

    my $two = Lab->new(%$lab, dir => "$lab->{dir}/second", pid => {});

    $two->{$_} = $lab->{$_} for qw(redis_port market_port);
    $two->start_nginx;

    return $two;
}


sub crowd {
    my ($lab, $times) = @_;

    my $two = second($lab);
    my $n = $Rounds::TICKERS;

    # all are listening to the news by now
    $_->get('/finance/dashboard') for ($lab, $two) x 4;

    $lab->cold($n);
    $lab->market('reset');
    $lab->get('/finance/dashboard');
    my $alone = calls($lab);

    for my $round (1 .. $times) {
        rush($lab, '/finance/dashboard', $n, $lab->{port});
        compare($lab, "crowd: $CLIENTS clients, one nginx, $n tickers", $alone);

        rush($lab, '/finance/dashboard', $n, $lab->{port}, $two->{port});
        compare($lab, "crowd: $CLIENTS clients, two nginx, $n tickers", $alone);
    }

    my @spread;

    for (1 .. 5 * $times) {
        my @at = rush($lab, '/finance/stocks/T001', 1, $lab->{port}, $two->{port});

        push @spread, max(@at);
    }

    @spread = sort { $a <=> $b } @spread;
    Check::say_step(sprintf 'crowd: of %d clients of one stock at two nginx '
                    . 'the last has its answer %.1f ms after the first '
                    . '(median of %d; %.1f at most)', $CLIENTS,
                    1000 * $spread[@spread / 2], scalar @spread,
                    1000 * $spread[-1]);

    $two->stop('nginx', 'QUIT', 20);
    Check::logs($two, 'crowd, the second nginx');
    Check::logs($lab, 'crowd');

    away($lab, $_) for 1 .. $times;
}


# The same without a Redis: the workers agree in the zone.
sub away {
    my ($lab, $round) = @_;

    my $n = $Rounds::TICKERS;
    my $path = '/finance/dashboard?tickers=' . join ',', map { sprintf 'T%03d', $_ } 1 .. $n;

    my $nginx = alone($lab);
    $lab->market('reset');
    $nginx->get($path);
    my $alone = calls($lab);
    $nginx->stop('nginx', 'QUIT', 20);

    $nginx = alone($lab);
    rush($nginx, $path, 0, $nginx->{slot_port});
    compare($lab, "crowd: $CLIENTS clients, two workers, Redis away, $n tickers", $alone);

    my @spread;

    for my $i (1 .. 5) {
        my $ticker = sprintf 'T%03d', $n + $i;
        my @at = rush($nginx, "/finance/stocks/$ticker", 0, $nginx->{slot_port});
        my %one = map { s/T001/$ticker/r => $alone->{$_} } grep { /T001/ } keys %$alone;

        push @spread, max(@at);
        compare($lab, "crowd: $CLIENTS clients of one stock, Redis away", \%one, 1);
    }

    @spread = sort { $a <=> $b } @spread;
    Check::say_step(sprintf 'crowd: without Redis the last of %d clients has its answer '
                    . '%.1f ms after the first (median of %d; %.1f at most)', $CLIENTS,
                    1000 * $spread[@spread / 2], scalar @spread, 1000 * $spread[-1]);

    $nginx->stop('nginx', 'QUIT', 20);
    Check::logs($nginx, 'crowd without Redis');
}


# An nginx with a zone and no Redis, that has nothing yet.
sub alone {
    my ($lab) = @_;

    my $nginx = Lab->new(%$lab, dir => "$lab->{dir}/alone", pid => {},
                         http => "$lab->{http}\n    finance_zone finance:4m;");

    $nginx->{market_port} = $lab->{market_port};
    $nginx->start_nginx;

    return $nginx;
}

1;

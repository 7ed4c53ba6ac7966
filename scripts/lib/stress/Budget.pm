# Two nginx with one Redis and a budget of calls: the market counts them by its
# own clock, and clients say what they saw meanwhile.
package Budget;

use strict;
use warnings;

use List::Util qw(max sum0);
use Time::HiRes qw(sleep time);

use Check;
use Crowd;
use Lab;
use Load;
use Rounds;

my $TICKERS = 40;
my $WORKERS = 4;


# The most calls that the market saw in any span of so many seconds, and all.
sub most {
    my ($lab, $seconds) = @_;

    my @at = $lab->market('times') =~ /(\d+)/g;
    my ($most, $from) = (0, 0);

    for my $i (0 .. $#at) {
        $from++ while $at[$i] - $at[$from] >= $seconds * 1e6;
        $most = max($most, $i - $from + 1);
    }

    return ($most, scalar @at);
}


# How many calls there were in each whole period from the first of them on.
sub in_each {
    my ($lab, $seconds) = @_;

    my @at = $lab->market('times') =~ /(\d+)/g;
    my @n;

    $n[($_ - $at[0]) / ($seconds * 1e6)]++ for @at;

    return map { $_ // 0 } @n;
}


# Tickers that were fresh, stale, or had a 503, of all that were asked for.
sub saw {
    my ($saw, $kind) = @_;

    return sub {
        my ($code, $body, $client) = @_;

        my $what = $client->{request} =~ m{/dashboard} ? 'dashboards' : 'stocks';
        my $s = $saw->{$what} //= { fresh => 0, stale => 0, refused => 0, n => 0,
                                    whole => 0, took => [] };

        $s->{n}++;
        push @{ $s->{took} }, time - $client->{from};

        my $fresh = () = $body =~ /"stale":false/g;
        my $stale = () = $body =~ /"stale":true/g;
        my $refused = () = $body =~ /budget of calls is spent/g;
        my $whole = () = $body =~ /"options_status":"(?:ok|none)"/g;

        $s->{fresh} += $fresh;
        $s->{stale} += $stale;
        $s->{refused} += $refused;
        $s->{whole} += $whole;

        return '' if $what eq 'dashboards'
                     ? $code == 200 && $fresh + $stale + $refused == $TICKERS
                     : $code == 200 || $code == 503 && $refused;
        return "$what: status $code: " . substr $body, -300;
    };
}


sub report {
    my ($name, $saw) = @_;

    for my $what (sort keys %$saw) {
        my $s = $saw->{$what};
        my $all = sum0(@$s{qw(fresh stale refused)}) || 1;
        my @took = sort { $a <=> $b } @{ $s->{took} };

        Check::say_step(sprintf '%s: %d %s: of the tickers %.1f %% fresh, %.1f %% stale, '
                        . '%.1f %% refused; %.1f %% with options; answered within '
                        . '%.2f s (median), %.1f s (99 %%)', $name, $s->{n}, $what,
                        map({ 100 * $s->{$_} / $all } qw(fresh stale refused whole)),
                        $took[@took / 2], $took[int(0.99 * $#took)]);
    }
}


# A pair of nginx of its own beside the lab's.
sub pair {
    my ($lab, $budget, $timeout, $cache) = @_;

    my $one = Lab->new(%$lab, dir => "$lab->{dir}/budget", pid => {},
                       workers => $WORKERS, timeout => $timeout,
                       http => "finance_zone budget:1m; finance_budget $budget; "
                               . "finance_cache $cache;");

    $one->{$_} = $lab->{$_} for qw(redis_port market_port);
    $one->start_nginx;

    return ($one, Crowd::second($one));
}


# Ten requests a second at both: dashboards of all, and single stocks.
sub traffic {
    my ($lab, $name, $budget, $period, $seconds, $timeout, $cache) = @_;

    $lab->cold($TICKERS);
    $lab->market('reset');

    my ($limit) = $budget =~ /rate=(\d+)/;
    my ($one, $two) = pair($lab, $budget, $timeout, $cache);
    my ($saw, $next) = ({}, 0);
    my $load = Load->new(port => $one->{port}, slow => $lab->{slow});

    $load->{check} = saw($saw);

    $load->run($seconds + 150 * $lab->{slow}, sub {
        my ($now) = @_;

        while ($next < $now && $now < $seconds) {
            my $asked = 0;
            my $path = rand() < 0.5 ? '/finance/dashboard'
                       : '/finance/stocks/' . Rounds::ticker($TICKERS);

            $next += 0.1;
            $load->add(port => (rand() < 0.5 ? $one : $two)->{port}, keep => 0,
                       next => sub { $asked++ ? undef : Load::request($path) });
        }

        return $now >= $seconds;
    });

    Check::load($load, $name);

    my ($most, $all) = most($lab, $period);

    Check::hold($most <= $limit, "$name: $most calls within $period s, $limit allowed");
    Check::hold($all > 0.5 * $limit * $seconds / $period,
                "$name: only $all calls in $seconds s");
    Check::say_step("$name: $all calls in $seconds s, at most $most in any $period s, of "
                    . "$limit; $WORKERS workers at each of two nginx");
    Check::say_step("$name: minute by minute: ", join ' ', in_each($lab, 60))
        if $period == 60;
    report($name, $saw);

    $_->stop('nginx', 'QUIT', 30) for $two, $one;
    Check::logs($two, "$name, the second nginx");
    Check::logs($one, $name);
}


sub budget {
    my ($lab, $seconds) = @_;

    my $minutes = $ENV{STRESS_BUDGET} // ($seconds >= 60 ? 3 : 0);

    traffic($lab, 'budget, 5 a second', 'rate=5r/s', 1, $seconds, '10s',
            'stock=10s options=10s');

    traffic($lab, 'budget, 5 a minute', 'rate=5r/m', 60, 60 * $minutes, '100s',
            'stock=60s') if $minutes;
}

1;

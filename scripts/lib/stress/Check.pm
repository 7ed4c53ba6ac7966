# Prints a line a step, counts what is wrong, and compares rounds.
package Check;

use strict;
use warnings;

use List::Util qw(sum0);
use Time::HiRes qw(time);

my $From = time;

our $Name = 'stress';    # whose lines these are
our $Failures = 0;
our $Passed = 0;
our $Memory = 1;         # means something


sub say_step {
    printf "%s: %6.1f s  %s\n", $Name, time - $From, join '', @_;
}


sub fail {
    my ($text) = @_;

    chomp $text;
    $Failures++;
    say_step("FAILED: $text");
}


# True when it holds.
sub hold {
    my ($ok, $text) = @_;

    fail($text) if !$ok;
    $Passed++ if $ok;

    return $ok;
}


# What a load found wrong by itself.
sub load {
    my ($load, $name) = @_;

    fail("$name: $_") for @{ $load->{bad} };
    fail("$name: $load->{nbad} complaints in all")
        if ($load->{nbad} // 0) > @{ $load->{bad} };
    fail("$name: $load->{refused} connections refused") if $load->{refused};
    fail("$name: $load->{late} clients without an answer in time")
        if $load->{late};
}


# What the error log says that it must not.
sub logs {
    my ($lab, $name, $but) = @_;

    my @found = $lab->complaints($but);

    fail("$name: error.log: $_") for @found[0 .. ($#found > 4 ? 4 : $#found)];
    fail("$name: error.log: " . @found . ' such lines') if @found > 5;
    $Passed++ if !@found;
}


# Waits until nothing is under way and compares with the base line: a hash of
# files and active, as take() gives it.
sub settled {
    my ($lab, $base, $name) = @_;

    my $took = $lab->quiet(30, $base->{active});

    hold(defined $took, "$name: after 30 s there are "
         . $lab->in_flight . ' calls of the market and '
         . $lab->active . " connections (base line $base->{active})")
        or return take($lab);

    # idle connections to the market go after a second
    $lab->until_true(undef, 5 * $lab->{slow}, sub {
        ($lab->footprint)[1] <= $base->{files}
    });

    my $now = take($lab);

    hold($now->{files} <= $base->{files}, "$name: the workers have "
         . "$now->{files} files open, $base->{files} before");
    hold($now->{active} <= $base->{active}, "$name: $now->{active} connections"
         . ", $base->{active} before");
    $now->{settled} = $took;

    return $now;
}


sub take {
    my ($lab) = @_;

    my ($memory, $files) = $lab->footprint;

    return { memory => $memory, files => $files, active => $lab->active };
}


# The slope of the line through the values, a round.
sub slope {
    my @y = @_;

    my $n = @y;
    my $mean_x = ($n - 1) / 2;
    my ($mean_y, $top, $bottom) = (0, 0, 0);

    $mean_y += $_ / $n for @y;

    for my $x (0 .. $n - 1) {
        $top += ($x - $mean_x) * ($y[$x] - $mean_y);
        $bottom += ($x - $mean_x) ** 2;
    }

    return $bottom ? $top / $bottom : 0;
}


# Memory of like rounds after the warm-up: it may rise by $limit KiB a round.
# Resident memory also tells of holes in the heap; what is leaked exactly,
# scripts/sanitize valgrind tells.
sub flat {
    my ($name, $limit, @memory) = @_;

    my $slope = slope(@memory);

    say_step(sprintf '%s: memory of the workers over %d rounds: %s MiB, '
             . 'slope %+.0f KiB a round', $name, scalar @memory,
             join(' ', map { sprintf '%.1f', $_ / 1024 } @memory), $slope);
    hold(!$Memory || $slope <= $limit,
         sprintf '%s: memory rises by %.0f KiB a round', $name, $slope);
}


# Memory over many like moments, in KiB: the line through all but the first
# fifth may rise by $limit KiB from one to the next.
sub even {
    my ($name, $limit, @memory) = @_;

    return hold(0, "$name: only " . @memory . ' values') if @memory < 10;

    my $tenth = int(@memory / 10);
    my $slope = slope(@memory[@memory / 5 .. $#memory]);
    my @means = map { sum0(@memory[$_ * $tenth .. $_ * $tenth + $tenth - 1]) / $tenth } 0 .. 9;

    say_step(sprintf '%s: %d values, MiB by tenths: %s; slope after the first fifth '
             . '%+.2f KiB from one to the next', $name, scalar @memory,
             join(' ', map { sprintf '%.1f', $_ / 1024 } @means), $slope);
    hold(!$Memory || $slope <= $limit, sprintf '%s: rises by %.1f KiB', $name, $slope);
}

1;

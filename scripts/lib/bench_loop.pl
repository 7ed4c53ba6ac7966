#!/usr/bin/perl
# bench_loop.pl reset FILE...       forgets what was measured
# bench_loop.pl figures FILE        turns, busy s, p50, p99, p99.9, longest (ms),
#                                   turns over 1, 2 and 5 ms, longest sampled
# bench_loop.pl stacks FILE PID     the longest turns, and where they stood
#
# FILE is what scripts/lib/bench_loop.c writes.

use strict;
use warnings;
no warnings 'portable';     # addresses have 64 bits

my ($BUCKETS, $BUCKET_MS, $LONGEST, $SAMPLES, $FRAMES) = (64, 0.05, 16, 8, 16);
my $TURN = 4 + $SAMPLES * $FRAMES;
my $WORDS = 3 + $BUCKETS + $LONGEST * $TURN;

sub words {
    my ($file) = @_;

    open my $in, '<:raw', $file or die "bench: $file: $!\n";
    local $/;
    my @words = unpack 'Q*', scalar <$in>;
    @words == $WORDS or die "bench: $file has another shape\n";
    return \@words;
}

# upper end of the bucket that holds the quantile
sub quantile {
    my ($w, $q) = @_;
    my $rank = $w->[0] * $q;
    my $sum = 0;

    for my $i (0 .. $BUCKETS - 2) {
        $sum += $w->[3 + $i];
        return ($i + 1) * $BUCKET_MS if $sum >= $rank;
    }
    return $w->[2] / 1e6;
}

sub over {
    my ($w, $ms) = @_;
    my $sum = 0;

    $sum += $w->[3 + $_] for int($ms / $BUCKET_MS + 0.5) .. $BUCKETS - 1;
    return $sum;
}

sub figures {
    my $w = words(@_);

    # the open bucket begins at 3.15 ms: of the longest turns it is known
    my $over5 = grep { $w->[3 + $BUCKETS + $_ * $TURN] > 5e6 }
        0 .. $LONGEST - 1;

    my $sampled = 0;
    for my $at (map { 3 + $BUCKETS + $_ * $TURN } 0 .. $LONGEST - 1) {
        $sampled = $w->[$at] if $w->[$at + 3] && $w->[$at] > $sampled;
    }

    printf "%d %.3f %.2f %.2f %.2f %.3f %d %d %s %.3f\n", $w->[0],
        $w->[1] / 1e9,
        quantile($w, 0.5), quantile($w, 0.99), quantile($w, 0.999),
        $w->[2] / 1e6, over($w, 1), over($w, 2),
        $over5 == $LONGEST ? "$over5+" : $over5, $sampled / 1e6;
}

# --- names of addresses

my @maps;

sub read_maps {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/maps" or return;
    while (<$in>) {
        push @maps, [hex $1, hex $2, hex $3, $4]
            if m{^(\w+)-(\w+) ..x. (\w+) \S+ \d+\s+(/\S+)};
    }
}

my %names;

sub name {
    my ($address, $return) = @_;

    return $names{$address} if defined $names{$address};

    my $name = '?';
    for my $map (@maps) {
        my ($from, $to, $offset, $file) = @$map;
        next if $address < $from || $address >= $to;

        # a return address stands behind its call
        my $at = sprintf '0x%x', $address - $from + $offset - $return;
        my $line = `addr2line -fe '$file' $at 2>/dev/null`;
        ($name) = split /\n/, $line;
        (my $base = $file) =~ s{.*/}{};
        $name = $base if !defined $name || $name eq '??';
        last;
    }
    return $names{$address} = $name;
}

sub stacks {
    my ($file, $pid) = @_;
    my $w = words($file);
    my %seen;

    read_maps($pid);

    my @turns = sort { $b->[0] <=> $a->[0] } grep { $_->[0] } map {
        my $at = 3 + $BUCKETS + $_ * $TURN;
        [@$w[$at .. $at + $TURN - 1]]
    } 0 .. $LONGEST - 1;

    for my $turn (@turns[0 .. ($#turns < 7 ? $#turns : 7)]) {
        my ($cpu, $wall, $events, $samples, @stack) = @$turn;

        printf "    %6.2f ms CPU, %6.2f ms in all, %d events\n", $cpu / 1e6,
            $wall / 1e6, $events;

        # the timer is by the wall's clock: it misses no turn that ran
        print "        no sample: the host had taken the processor\n"
            if !$samples && $cpu > 1.5e6;

        my %lines;
        for my $s (0 .. $samples - 1) {

            # 0: the handler, 1: the signal's frame, 2: where it stood
            my @frames = grep { $_ } @stack[$s * $FRAMES + 2
                                            .. ($s + 1) * $FRAMES - 1];
            my @names = map { name($frames[$_], $_ ? 1 : 0) } 0 .. $#frames;
            @names = grep { !/^(main|ngx_worker|libc|nginx$|_start|\?)/ }
                @names;
            s/^ngx_http_finance_/~/ for @names;
            my $line = join ' < ', splice @names, 0, 7;
            $lines{$line}++;
        }
        printf "        %d x %s\n", $lines{$_}, $_
            for sort { $lines{$b} <=> $lines{$a} } keys %lines;
    }
}

sub reset_files {
    for my $file (@_) {
        open my $out, '+<:raw', $file or die "bench: $file: $!\n";
        print {$out} pack 'Q*', (0) x $WORDS;
    }
}

my $what = shift @ARGV // '';
my %what = (figures => \&figures, stacks => \&stacks, reset => \&reset_files);
die "usage: bench_loop.pl reset|figures|stacks FILE [PID]\n"
    if !$what{$what} || !@ARGV;
$what{$what}->(@ARGV);

# What a block says of nginx's logs.
package Test::Nginx::Standin::Logs;

use strict;
use warnings;

use Test::More ();
use Time::HiRes qw(sleep);

use Test::Nginx::Util qw(bail_out expand_env fail_hard log_file setting);

# Where in error.log what is not read yet begins.
my $Read = 0;


sub rewind {
    $Read = 0;
}


# After each response, and after the last one. $round is the repetition.
sub check {
    my ($block, $round) = @_;

    my $lines = error_lines();
    my $title = "(req $round)";

    grepped($block, $lines, $round);
    present($block, 'error_log', $lines, $title);
    absent($block, 'no_error_log', $lines, $title);
    remark($block, $lines);

    if (defined $block->access_log || defined $block->no_access_log) {
        my $seen = access_lines();

        present($block, 'access_log', $seen, $title);
        absent($block, 'no_access_log', $seen, $title);
    }
}


# What nginx said while it ended.
sub check_shutdown {
    my ($block) = @_;

    return if !defined $block->shutdown_error_log
              && !defined $block->no_shutdown_error_log;

    my $lines = error_lines();

    present($block, 'shutdown_error_log', $lines, '(shutdown)');
    absent($block, 'no_shutdown_error_log', $lines, '(shutdown)');
}


# nginx logs some things only after it has answered.
sub error_lines {
    sleep 3 * setting('nap');

    open my $in, '<', log_file('error') or return [];

    seek $in, $Read, 0 if !setting('accumulate_log');

    my @lines = <$in>;

    $Read = tell $in;
    close $in;

    return \@lines;
}


sub access_lines {
    sleep 3 * setting('nap');

    open my $in, '<', log_file('access')
        or bail_out('no access.log: ' . $!);

    my @lines = <$in>;

    close $in;

    return \@lines;
}


# A section's patterns: lines of text, a regexp, or an array of either.
sub patterns {
    my ($value) = @_;

    return grep { defined } @$value if ref $value eq 'ARRAY';
    return $value if ref $value;
    return split /\n+/, $value;
}


sub matches {
    my ($line, $pattern) = @_;

    return ref $pattern && $line =~ $pattern || index($line, $pattern) >= 0;
}


sub present {
    my ($block, $section, $lines, $title) = @_;

    return if !defined $block->$section;

    for my $pattern (patterns($block->$section)) {
        my ($hit) = grep { matches($_, $pattern) } @$lines;

        Test::More::ok(defined $hit, $block->name . " - $section: a line has "
                                     . "\"$pattern\" $title");
    }
}


sub absent {
    my ($block, $section, $lines, $title) = @_;

    return if !defined $block->$section;

    for my $pattern (patterns($block->$section)) {
        my @hits = grep { matches($_, $pattern) } @$lines;

        Test::More::ok(!@hits, $block->name . " - $section: no line has "
                               . "\"$pattern\" $title")
            or Test::More::diag(@hits > 5 ? @hits[0 .. 4] : @hits);
    }
}


# --- grep_error_log: what it matches, a line each, against
# --- grep_error_log_out. Either may be an array, by repetition.
sub grepped {
    my ($block, $lines, $round) = @_;

    my $name = $block->name;
    my ($pattern, $expected) = map { ref eq 'ARRAY' ? $_->[$round] : $_ }
                               scalar $block->grep_error_log,
                               scalar $block->grep_error_log_out;

    if (!defined $block->grep_error_log) {
        bail_out("$name - --- grep_error_log_out without --- grep_error_log")
            if defined $block->grep_error_log_out;
        return;
    }

    bail_out("$name - --- grep_error_log without --- grep_error_log_out")
        if !defined $block->grep_error_log_out;

    return if !defined $pattern;

    my $regexp = ref $pattern ? $pattern : qr/\Q$pattern\E/;
    my $found = join '', map { "$_\n" } grep { !/\n/ }
                         map { /$regexp/ ? $& : () } @$lines;

    $expected = expand_env($expected, $name);

    ref $expected
        ? Test::More::like($found, $expected, "$name - grep_error_log_out")
        : Test::More::is($found, $expected, "$name - grep_error_log_out");
}


# Grave lines that the block does not speak of are shown; a failed assertion
# fails.
sub remark {
    my ($block, $lines) = @_;

    my $spoken = join "\n", map { patterns($_) }
                            grep { defined } scalar $block->error_log,
                                             scalar $block->no_error_log;

    for my $line (@$lines) {
        if ($line =~ /\[(alert|crit|emerg)\]/ && index($spoken, "[$1") < 0) {
            warn 'WARNING: ', $block->name, " - $line";
        }

        fail_hard($block->name . " - $line")
            if $line =~ /\bAssertion .*?failed\b/;
    }
}

1;

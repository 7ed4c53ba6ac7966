# Whether a block is to be skipped, and with how many tests.
package Test::Nginx::Standin::Skip;

use strict;
use warnings;

use Test::Nginx::Util qw(bail_out setting);

my %COMPARE = (
    '<'  => sub { $_[0] <  $_[1] },
    '<=' => sub { $_[0] <= $_[1] },
    '>'  => sub { $_[0] >  $_[1] },
    '>=' => sub { $_[0] >= $_[1] },
);


# (count, reason) if so, else nothing.
sub wanted {
    my ($block) = @_;

    my $name = $block->name;

    if (defined $block->skip_eval) {
        my ($count, $code) = $block->skip_eval =~ /^\s*(\d+)\s*:\s*(.*)/s
            or return;
        my $skip = eval "package Test::Nginx::Util; $code";

        bail_out("$name - skip_eval: $@") if $@;

        return $count, 'skip_eval' if $skip;
    }

    if (defined $block->skip_nginx) {
        my ($count, $operator, $version, $reason) = $block->skip_nginx =~
            /^\s*(\d+)\s*:\s*([<>]=?)\s*(\d+\.\d+\.\d+)\s*(?::\s*(.*?)\s*)?$/
            or bail_out("$name - bad --- skip_nginx: " . $block->skip_nginx);

        return $count, $reason || "nginx $operator $version"
            if $COMPARE{$operator}->(number(running()), number($version));
    }

    return;
}


my $Running;

sub running {
    return $Running if defined $Running;

    my $binary = setting('binary');
    my $said = `$binary -v 2>&1` // '';

    ($Running) = $said =~ m{/(\d+\.\d+\.\d+)};

    return $Running // bail_out("no version from $binary -v: $said");
}


sub number {
    my ($major, $minor, $patch) = split /\./, $_[0];

    return ($major * 1000 + $minor) * 1000 + $patch;
}

1;

# Prometheus' text format, read and checked: what promtool would say, and what
# a test wants to know of the numbers.
package FinanceTest::Metrics;

use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP ();

use NginxTest::Dirs;

my $NAME = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
my $LABEL = qr/[a-zA-Z_][a-zA-Z0-9_]*/;
my $VALUE = qr/[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf|NaN)/;


# A text as { series => its values by "name{labels}", type => by family,
# problems => [...] }.
sub parse {
    my ($text) = @_;

    my $all = { series => {}, type => {}, help => {}, problems => [] };
    my $n = 0;

    complain($all, 'does not end with a line feed')
        if $text ne '' && $text !~ /\n\z/;

    for my $line (split /\n/, $text) {
        $n++;
        read_line($all, $line)
            or complain($all, "line $n cannot be read: $line");
    }

    check_histograms($all);
    complain($all, "$_ has no samples and no TYPE")
        for grep { !$all->{type}{$_} } sort keys %{ $all->{help} };

    return $all;
}


sub complain {
    my ($all, $text) = @_;

    push @{ $all->{problems} }, $text;
}


sub read_line {
    my ($all, $line) = @_;

    return 1 if $line eq '';

    if ($line =~ /^# HELP ($NAME) (.*)$/) {
        complain($all, "$1 has two HELPs") if exists $all->{help}{$1};
        complain($all, "$1 has an empty HELP") if $2 eq '';
        $all->{help}{$1} = $2;
        return 1;
    }

    if ($line =~ /^# TYPE ($NAME) (counter|gauge|histogram)$/) {
        complain($all, "$1 has two TYPEs") if exists $all->{type}{$1};
        complain($all, "$1 has no HELP before its TYPE")
            if !exists $all->{help}{$1};
        $all->{type}{$1} = $2;
        $all->{family} = $1;
        check_name($all, $1, $2);
        return 1;
    }

    return $line =~ /^($NAME)(?:\{(.*)\})? ($VALUE)$/
           && read_sample($all, $1, $2, $3);
}


# Names as they should be: counters _total, and units in their base.
sub check_name {
    my ($all, $name, $type) = @_;

    complain($all, "$name is a counter and no _total")
        if $type eq 'counter' && $name !~ /_total$/;
    complain($all, "$name is a $type and a _total")
        if $type ne 'counter' && $name =~ /_total$/;
    complain($all, "$name is a histogram of no unit")
        if $type eq 'histogram' && $name !~ /_(?:seconds|bytes)$/;
    complain($all, "$name has a unit that is no base unit")
        if $name =~ /_(?:ms|milliseconds|usec|minutes|kilobytes|kb)(?:_|$)/;
}


sub read_sample {
    my ($all, $name, $labels, $value) = @_;

    my $family = $all->{family} // '';
    my $type = $all->{type}{$family} // '';
    my @labels;

    if (defined $labels) {
        while ($labels =~ /\G($LABEL)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?!\z)|\z)/gc) {
            push @labels, [$1, $2];
        }

        return 0 if !@labels || (pos($labels) // 0) != length $labels;
    }

    my %seen;
    complain($all, "$name has the label $_->[0] twice")
        for grep { $seen{ $_->[0] }++ } @labels;

    my $own = $type eq 'histogram' ? $name =~ /^\Q$family\E_(?:bucket|sum|count)$/
                                   : $name eq $family;
    complain($all, "$name stands among the samples of \"$family\"") if !$own;

    my $series = $name . (@labels ? '{' . join(',', map { "$_->[0]=\"$_->[1]\"" }
                                               @labels) . '}' : '');
    complain($all, "$series twice") if exists $all->{series}{$series};
    complain($all, "$series is negative")
        if $type ne 'gauge' && $value =~ /^-/;

    $all->{series}{$series} = $value;

    if ($type eq 'histogram') {
        my ($le) = map { $_->[1] } grep { $_->[0] eq 'le' } @labels;
        my $key = join ',', map { "$_->[0]=$_->[1]" }
                            grep { $_->[0] ne 'le' } @labels;
        my $h = $all->{histogram}{$family}{$key} //= { buckets => [] };

        if ($name =~ /_bucket$/) {
            complain($all, "$series has no le") if !defined $le;
            push @{ $h->{buckets} }, [$le // 0, $value];
        } else {
            $h->{ $name =~ /_sum$/ ? 'sum' : 'count' } = $value;
        }
    }

    return 1;
}


sub check_histograms {
    my ($all) = @_;

    my $of = $all->{histogram} // {};

    for my $family (sort keys %$of) {
        for my $key (sort keys %{ $of->{$family} }) {
            my $problem = histogram_problem($of->{$family}{$key});

            complain($all, "$family\{$key}: $problem") if $problem;
        }
    }
}


sub histogram_problem {
    my ($h) = @_;

    my @buckets = @{ $h->{buckets} };

    return 'no buckets' if !@buckets;
    return 'no +Inf at its end' if $buckets[-1][0] ne '+Inf';
    return 'no _sum' if !defined $h->{sum};
    return 'no _count' if !defined $h->{count};
    return '_count is not that of +Inf' if $h->{count} != $buckets[-1][1];

    for my $i (1 .. $#buckets) {
        return "le=$buckets[$i][0] holds less than the one before"
            if $buckets[$i][1] < $buckets[$i - 1][1];
        return "le=$buckets[$i][0] does not rise"
            if $i < $#buckets && $buckets[$i][0] <= $buckets[$i - 1][0];
    }

    return undef;
}


# The counters (and buckets) of one text that are less in a later one.
sub fallen {
    my ($before, $after) = @_;

    my @fallen;

    for my $series (sort keys %{ $before->{series} }) {
        my ($name) = $series =~ /^($NAME)/;
        (my $family = $name) =~ s/_(?:bucket|sum|count)$//
            if !exists $before->{type}{$name};
        my $type = $before->{type}{ $family // $name } // '';

        next if $type eq 'gauge';

        my ($old, $new) = ($before->{series}{$series},
                           $after->{series}{$series} // 0);

        push @fallen, "$series from $old to $new" if $new < $old;
    }

    return @fallen;
}


# The sum over the series of a name whose labels match.
sub sum {
    my ($all, $name, $labels) = @_;

    my $sum = 0;

    for my $series (keys %{ $all->{series} }) {
        next if $series !~ /^\Q$name\E(?:\{(.*)\})?$/;
        $sum += $all->{series}{$series}
            if !defined $labels || ($1 // '') =~ $labels;
    }

    return $sum;
}


# From a server.
sub scrape {
    my ($url) = @_;

    my $answer = HTTP::Tiny->new(timeout => 5)->get($url);

    die "$url: $answer->{status}\n" if !$answer->{success};

    return parse($answer->{content});
}


# The expressions of a dashboard (JSON) or of rules (YAML with "expr:" lines).
sub expressions {
    my ($file) = @_;

    open my $in, '<', $file or die "$file: $!\n";
    my $text = do { local $/; <$in> };

    return exprs_of(JSON::PP->new->decode($text)) if $file =~ /\.json$/;

    $text =~ s/>-\n\s+//g;
    $text =~ s/\n {10}(?=\S)/ /g;

    return $text =~ /^ +expr: (.*)$/mg;
}


sub exprs_of {
    my ($value) = @_;

    return map { exprs_of($_) } @$value if ref $value eq 'ARRAY';
    return () if ref $value ne 'HASH';
    return map { $_ eq 'expr' ? $value->{$_}
                 : $_ eq 'query' && !ref $value->{$_} && $value->{$_} =~ /finance_/
                 ? $value->{$_} : exprs_of($value->{$_}) } sort keys %$value;
}


# What an expression has wrong, held against a text that was served and the
# words (names and values of labels) that there are.
sub expression_problems {
    my ($all, $words, $expr) = @_;

    my @problems;

    while ($expr =~ /\b(finance_[a-z_]+)(\{[^}]*\})?(\[[^\]]*\])?/g) {
        my ($name, $labels, $range) = ($1, $2 // '', $3);
        my $type = $all->{type}{$name};

        if (!$type && $name =~ /^(.*)_(?:bucket|sum|count)$/) {
            $type = 'counter' if ($all->{type}{$1} // '') eq 'histogram';
        }

        if (!$type || $type eq 'histogram') {
            push @problems, "$name is not served";
            next;
        }

        push @problems, "$name is a $type, with a range or without"
            if ($type eq 'counter') != defined $range && $expr !~ /^label_values/;

        while ($labels =~ /(\w+)(?:=~|!~|!=|=)"([^"]*)"/g) {
            my ($label, $pattern) = ($1, $2);

            push @problems, "$name: no label $label"
                if !$words->{$label} && $label !~ /^(?:instance|le)$/;
            push @problems, map { "$name: no $label $_" }
                grep { !$words->{$_} } $label eq 'le' || $pattern =~ /[\$.*]/
                                       ? () : split /\|/, $pattern;
        }
    }

    push @problems, "of nothing: $expr" if $expr !~ /finance_/;

    return @problems;
}


# Filters for --- response_body_filters.

# "good", or what a file of expressions asks for that is not served.
sub serves {
    my ($file, @sources) = @_;

    my %words;

    for my $source (@sources) {
        open my $in, '<', $source or die "$source: $!\n";
        my $text = do { local $/; <$in> };
        $words{$_} = 1 for $text =~ /"([a-z0-9_]+)"/g;
    }

    return sub {
        my $all = parse($_[0]);
        my @exprs = expressions($file);
        my @problems = map { expression_problems($all, \%words, $_) } @exprs;

        return "$file has no expressions\n" if @exprs < 10;
        return @problems ? join('; ', @problems) . "\n" : "good\n";
    };
}


# "good", or what promtool says; also good where there is none.
sub promtool {
    my (@arguments) = @_;

    return sub {
        return "good\n" if !grep { -x "$_/promtool" } split /:/, $ENV{PATH};

        my $file = NginxTest::Dirs::run('promtool.txt');

        open my $out, '>', $file or die "$file: $!\n";
        print $out $_[0];
        close $out;

        my $said = `promtool @arguments < $file 2>&1`;

        return $? ? "promtool: $said" : "good\n";
    };
}


# Families that neither file has a look at.
sub unseen {
    my (@files) = @_;

    return sub {
        my $all = parse($_[0]);
        my $exprs = join ' ', map { expressions($_) } @files;
        my @unseen = grep { $exprs !~ /\b$_(?:_bucket|_sum|_count)?\b/ }
                     sort keys %{ $all->{type} };

        return @unseen ? "@unseen\n" : "none\n";
    };
}


# "good", or what is wrong.
sub well_formed {
    return sub {
        my @problems = @{ parse($_[0])->{problems} };

        return @problems ? join('; ', @problems) . "\n" : "good\n";
    };
}


# The values of series, in one line; a name alone is the sum of its series.
sub metric {
    my (@series) = @_;

    return sub {
        my $all = parse($_[0]);

        return join(' ', map {
            $all->{series}{$_} // (/\{/ ? 'none' : sum($all, $_))
        } @series) . "\n";
    };
}

1;

#!/usr/bin/env perl
# Checks text and includes, and prints sizes. For scripts/lint.
#
#   lint.pl [FOLDER]    the tree to look at (.)

use strict;
use warnings;

my $LINE = 100;         # characters
my $FILE = 700;         # lines
my $WEB = 350;          # lines of a file of the page
my $FUNCTION = 100;     # lines, from its name to its brace

# A layer may include itself and those of a lower rank, so that arrows go one
# way, and of the libraries only what stands here beside libc.
my %RANK = (core => 0, codec => 1, stat => 2, async => 3, redis => 4,
            shm => 5, fetch => 6, feed => 7, service => 8, stream => 9,
            http => 10, market => 1);
my %LIBRARY = (core => '', codec => 'cjson', stat => 'nginx', async => 'nginx',
               redis => 'nginx hiredis', shm => 'nginx', fetch => 'nginx',
               feed => 'nginx', service => 'nginx', stream => 'nginx',
               http => 'nginx', market => 'cjson');
my %LIBRARY_OF = (
    'cjson'   => qr{^cjson/},
    'hiredis' => qr{^hiredis/|^hiredis\.h$},
    'nginx'   => qr{^ngx_|^nginx\.h$},
);
my %NAMES_OF = (
    'cjson'   => qr{\bcJSON},
    'hiredis' => qr{\bredis(?:Async|Reply|Context|Reader|Connect|Command|Free)},
    'nginx'   => qr{\bngx_(?:str|pool|http_request|int|uint)_t\b},
);

my $failures = 0;
my (%lines, %functions);


sub complain {
    my ($path, $line, $text) = @_;

    $failures++;
    print STDERR "lint: $path", defined $line ? ":$line" : '', ": $text\n";
}


sub read_lines {
    my ($path) = @_;

    open my $in, '<:encoding(UTF-8)', $path or die "lint: $path: $!\n";
    my @lines = <$in>;
    close $in;
    complain($path, undef, 'does not end with a line feed')
        if @lines && $lines[-1] !~ /\n\z/;
    chomp @lines;

    return \@lines;
}


sub check_text {
    my ($path, $lines) = @_;

    my $later = join '|', 'TO' . 'DO', 'FIX' . 'ME', 'XX' . 'X';
    my ($n, $data) = (0, 0);

    for (@$lines) {
        $n++;
        $data ||= $_ eq '__DATA__';     # answers are as long as they are
        complain($path, $n, 'a tab') if /\t/ && $path !~ /\.(?:mk|make)$/;
        complain($path, $n, 'blanks at the end') if /[ \t\r]$/;
        complain($path, $n, length($_) . " characters, over $LINE")
            if length > $LINE && !$data;
        complain($path, $n, "\"$1\"") if /\b($later)\b/;
    }

    my $most = $path =~ m{^src/web/} ? $WEB : $FILE;

    complain($path, undef, "$n lines, over $most") if $n > $most;
}


# What a page must not do with what an answer says, nor where it asks.
sub check_web {
    my ($path, $lines) = @_;

    my $n = 0;

    for (@$lines) {
        $n++;
        complain($path, $n, "\"$1\" makes markup of text")
            if /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b/;
        complain($path, $n, "\"$1\" is code out of text")
            if /(\beval\(|new Function\()/;
        complain($path, $n, 'an address from the root')
            if /(?:src|href)="\/|(?:call|fetch|import)\('\//;
    }
}


sub check_include {
    my ($path, $n, $layer, $text) = @_;

    my ($kind, $name) = $text =~ /^\s*#\s*include\s*([<"])([^>"]+)/ or return;

    for my $library (sort keys %LIBRARY_OF) {
        next if $name !~ $LIBRARY_OF{$library};
        complain($path, $n, "$library is not for src/$layer")
            if $LIBRARY{$layer} !~ /\b$library\b/;
        return;
    }

    return if $kind eq '<';

    my $target = $name =~ m{^\.\./(\w+)/[^/]+$} ? $1
                 : $name !~ m{/} ? $layer : undef;

    if (!defined $target || !defined $RANK{$target}) {
        complain($path, $n, "\"$name\" is no file of a layer");

    } elsif ($target ne $layer && ($RANK{$target} >= $RANK{$layer}
             || ($layer eq 'market' && $target ne 'core')))
    {
        complain($path, $n, "src/$layer must not include src/$target");
    }
}


# Names of a library's own, for what an include rule alone lets through.
sub check_names {
    my ($path, $n, $layer, $text) = @_;

    for my $library (sort keys %NAMES_OF) {
        next if $LIBRARY{$layer} =~ /\b$library\b/;
        complain($path, $n, "$library in src/$layer")
            if $text =~ $NAMES_OF{$library};
    }
}


sub without_comments {
    my ($lines) = @_;

    my $text = join "\n", @$lines;
    $text =~ s{(/\*.*?\*/)}{ (my $c = $1) =~ tr/\n//cd; $c }gse;

    return split /\n/, $text, -1;
}


# nginx's style: the name begins a line, braces of a function stand alone.
sub function_sizes {
    my ($path, $layer, @code) = @_;

    my ($name, $from, $open);

    for my $i (0 .. $#code) {
        my $line = $code[$i];

        if (!$open && $line =~ /^(\w+)\(/) {
            ($name, $from) = ($1, $i);
        }

        if (!defined $name) {
            next;

        } elsif ($line eq '{') {
            $open = 1;

        } elsif (!$open && $line =~ /;\s*$/) {
            undef $name;            # no function after all

        } elsif ($line eq '}') {
            my $size = $i - $from + 1;

            push @{ $functions{$layer} }, [$size, $name, $path];
            complain($path, $from + 1, "$name() has $size lines, over "
                     . $FUNCTION) if $size > $FUNCTION;
            undef $name;
            $open = 0;
        }
    }
}


sub check_source {
    my ($path, $lines) = @_;

    my ($layer) = $path =~ m{src/(\w+)/[^/]+$};
    my @code = without_comments($lines);

    if (!defined $layer || !exists $RANK{$layer}) {
        complain($path, undef, 'is in no layer');
        return;
    }

    push @{ $lines{$layer} }, [scalar @$lines, $path];

    for my $i (0 .. $#code) {
        check_include($path, $i + 1, $layer, $code[$i]);
        check_names($path, $i + 1, $layer, $code[$i]);
    }

    function_sizes($path, $layer, @code) if $path =~ /\.c$/;
}


sub quantile {
    my ($p, @sorted) = @_;

    return @sorted ? $sorted[int($p * $#sorted + 0.5)] : 0;
}


sub report {
    printf "%-8s %22s %26s   %s\n", '', 'lines of a file',
           'lines of a function', 'longest function';
    printf "%-8s %4s %6s %5s %5s %6s %7s %5s %5s\n", 'layer',
           'n', 'median', 'p90', 'max', 'n', 'median', 'p90', 'max';

    for my $layer ((sort { $RANK{$a} <=> $RANK{$b} || $a cmp $b } keys %RANK),
                   'all')
    {
        my @layers = $layer eq 'all' ? keys %RANK : ($layer);
        my @files = sort { $a <=> $b } map { $_->[0] }
                    map { @{ $lines{$_} // [] } } @layers;
        my @long = sort { $a->[0] <=> $b->[0] }
                   map { @{ $functions{$_} // [] } } @layers;
        my @sizes = map { $_->[0] } @long;

        next if !@files;

        printf "%-8s %4d %6d %5d %5d %6d %7d %5d %5d   %s\n", $layer,
               scalar @files, quantile(0.5, @files), quantile(0.9, @files),
               $files[-1], scalar @sizes, quantile(0.5, @sizes),
               quantile(0.9, @sizes), @sizes ? $sizes[-1] : 0,
               @long ? $long[-1][1] : '-';
    }
}


# Of a list of patterns, the files that there are.
sub files {
    return grep { -f } map { glob } @_;
}


chdir($ARGV[0] // '.') or die "lint: $ARGV[0]: $!\n";

my @sources = files('src/*/*.c', 'src/*/*.h');
my @others = files('t/unit/*.[ch]', 't/fuzz/*.c', 't/*.t', 't/lib/*',
                   't/lib/*/*.pm', 't/lib/standin/Test/Nginx/*.pm',
                   't/lib/standin/Test/Nginx/*/*.pm', 'scripts/*',
                   'scripts/lib/*', 'scripts/lib/*/*.pm',
                   'scripts/lib/*/*/*.pm', 'config', '.ci/run',
                   'nginx.conf.example', 't/golden/*/*.py',
                   't/golden/*/*.mjs', 't/docs/*.mjs',
                   't/docs/*.ts', 'src/docs/docs.*',
                   'scripts/lib/page/*');
my @web = files('src/web/*', 'src/web/*/*');

die "lint: no sources\n" if !@sources;

for my $path (@sources) {
    my $lines = read_lines($path);
    check_text($path, $lines);
    check_source($path, $lines);
}

for my $path (@others) {
    check_text($path, read_lines($path));
}

for my $path (@web) {
    my $lines = read_lines($path);
    check_text($path, $lines);
    check_web($path, $lines);
}

report();
print "\n", scalar(@sources) + @others + @web, " files, $failures complaints\n";
exit($failures ? 1 : 0);

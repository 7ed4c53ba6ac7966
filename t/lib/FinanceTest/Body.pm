# Filters for --- response_body_filters: what of an answer is compared, and
# what happens before the next request of the block.
package FinanceTest::Body;

use strict;
use warnings;

use JSON::PP ();
use Time::HiRes ();

use FinanceTest::Market;

my $JSON = JSON::PP->new->utf8->canonical->allow_nonref;
my ($Kept, $Mark);

# How much longer a slow nginx may take.
our $Slow = $ENV{TEST_NGINX_USE_VALGRIND} ? 4 : $ENV{TEST_NGINX_FINANCE_SLOW} // 1;


# The values at the paths, in one line. A path's steps are member names, the
# numbers of elements (-1: the last one), * for each element, and at the end @
# for how many there are or % for the sorted names of the members.
sub pick {
    my (@paths) = @_;

    return sub {
        my ($body) = @_;

        my $value = eval { $JSON->decode($body) };

        return "no JSON: $body" if $@;
        return join(' ', map { show(at($value, split /\./)) } @paths) . "\n";
    };
}


sub show {
    my ($value) = @_;

    return ref $value eq 'MISSING' ? 'missing' : $JSON->encode($value);
}


sub at {
    my ($value, @steps) = @_;

    for my $i (0 .. $#steps) {
        my $step = $steps[$i];

        if ($step eq '*' && ref $value eq 'ARRAY') {
            return [map { at($_, @steps[$i + 1 .. $#steps]) } @$value];
        }

        if ($step eq '@') {
            $value = ref $value eq 'ARRAY' ? scalar @$value
                     : ref $value eq 'HASH' ? scalar keys %$value : -1;

        } elsif ($step eq '%' && ref $value eq 'HASH') {
            $value = [sort keys %$value];

        } elsif (ref $value eq 'ARRAY' && $step =~ /^-?\d+$/
                 && $step < @$value && -$step <= @$value)
        {
            $value = $value->[$step];

        } elsif (ref $value eq 'HASH' && exists $value->{$step}) {
            $value = $value->{$step};

        } else {
            return bless {}, 'MISSING';
        }
    }

    return $value;
}


# "yes" when the code says so of the decoded answer (also in $_), else what it
# says: for what takes more than a look at a few members.
sub check {
    my ($code) = @_;

    return sub {
        my ($body) = @_;

        my $value = eval { $JSON->decode($body) };

        return "no JSON: $body" if $@;

        local $_ = $value;
        my $result = eval { $code->($value) };

        return "died: $@" if $@;
        return !defined $result || $result eq '' ? "no\n"
               : $result eq '1' ? "yes\n" : "$result\n";
    };
}


# What matches, sorted.
sub words {
    my ($pattern) = @_;

    return sub { join ' ', sort $_[0] =~ /$pattern/g };
}


# Runs the code once this answer is there; the answer stays.
sub then {
    my ($code) = @_;

    return sub {
        $code->();
        return $_[0];
    };
}


# Adds how often the paths of market_calls were asked for so far.
sub calls {
    my (@paths) = @_;

    return sub {
        my ($body) = @_;

        chomp $body;

        return join(' ', $body, 'calls',
                    map { FinanceTest::Market::calls($_) } @paths) . "\n";
    };
}


# The same once they were asked for so often, and that is all: within a second
# or two, for calls that nobody waits for.
sub settled {
    my ($n, @paths) = @_;

    return sub {
        my $end = Time::HiRes::time() + 2 * $Slow;

        for my $path (@paths) {
            Time::HiRes::sleep(0.02)
                while FinanceTest::Market::calls($path) < $n
                      && Time::HiRes::time() < $end;
        }

        Time::HiRes::sleep(0.05 * $Slow);

        return calls(@paths)->(@_);
    };
}


# What the filters make of an answer, and "in time" when it took so many seconds,
# counted from the last took() or mark() of an answer before it.
sub took {
    my ($least, $most, @filters) = @_;

    return sub {
        my ($body) = @_;

        my $seconds = Time::HiRes::time() - ($Mark // 0);

        $body = $_->($body) for @filters;
        chomp $body;
        $Mark = Time::HiRes::time();

        return "$body in time\n" if $seconds >= $least && $seconds <= $most * $Slow;
        return sprintf "%s after %.3f s\n", $body, $seconds;
    };
}


sub mark {
    return sub {
        $Mark = Time::HiRes::time();
        return $_[0];
    };
}


# The body is kept, to be compared with a later one of the block by same().
sub keep {
    return sub { $Kept = $_[0] };
}


sub same {
    return sub {
        return $_[0] eq ($Kept // '') ? "same\n" : "other: $_[0]";
    };
}

1;

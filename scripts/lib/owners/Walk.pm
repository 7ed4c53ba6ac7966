# The step model: random calls, one after the other, against the model; and in
# each answer, all of its bytes, a look for what is another owner's.
package Walk;

use strict;
use warnings;

use Time::HiRes qw(time);

use Bodies;
use Check;
use Http;
use Model;
use Model::Positions;
use Model::Reads;
use Model::Users;
use Model::Watchlist;

# Names that would meet in one key if any byte of them were put into it as it
# is, and one with everything that a name may have.
my $ODD = 'o d{d}:%41%2e"\\ ' . "\xc3\xa9\xe2\x82\xac*[?]";
my @NAMES = ('alice-q', 'alice-q}', 'alice-q%7D',
             $ODD . 'z' x (256 - length $ODD));
my $ADMIN = 'root-q';
my $BYSTANDER = 'bystander-q';

# What one gets who owns nothing.
my @NOTHING = ((map { ("stocks/$_", "stocks/$_/signals") } @Model::TICKERS),
               'dashboard?tickers=' . join(',', @Model::TICKERS),
               'dashboard', 'watchlist', 'positions');

our $Seed;


sub model {
    my ($lab, $calls) = @_;

    my $self = { lab => $lab, model => Model->new(@NAMES, $ADMIN),
                 http => Http->new(port => $lab->{port}, connections => 6,
                                   slow => $lab->{slow}),
                 history => [], count => {}, bytes => 0 };

    Store::ask($lab->{redis_port}, 'FLUSHALL');
    contracts($self);
    bystander($self, $_) or return for @NOTHING;

    my @kinds = map { $_->calls } qw(Model::Watchlist Model::Positions
                                     Model::Users Model::Reads);
    my $from = time;
    my $done = 0;

    while ($done < $calls) {
        $done++;
        step($self, $done, @kinds) or last;
        last if $done % 40 == 0 && !bystander($self, Bodies::pick(@NOTHING));
    }

    report($self, $done, $calls, time - $from);
    Check::logs($lab, 'model');
}


sub report {
    my ($self, $done, $calls, $seconds) = @_;

    my $count = $self->{count};
    my $all = 0;

    $all += keys %{ $_->{positions} } for @{ $self->{model}{owners} };

    Check::hold($done == $calls && !$self->{failed},
                "model: stopped at call $done of $calls");
    Check::hold(!$self->{leaked}, 'model: something of another owner');
    Check::hold($self->{model}{compared} || $calls < 40,
                'model: the bystander was never asked');
    Check::say_step(sprintf 'model: %d calls in %.1f s as predicted (%s); %d '
                    . 'positions at the end; nothing of another owner in %.1f '
                    . 'MB; %d answers to who holds nothing are the same',
                    $done, $seconds,
                    join(', ', map { "$_ x $count->{$_}" } sort keys %$count),
                    $all, $self->{bytes} / 1e6, $self->{model}{compared} // 0)
        if !$self->{failed};
}


# A few contracts of each ticker, so that some positions are of what there is.
sub contracts {
    my ($self) = @_;

    for my $ticker (@Model::TICKERS) {
        my $path = "/finance/stocks/$ticker/options";
        my $answer = $self->{http}->ask('GET', $path,
            header => ['X-User' => $BYSTANDER], seconds => 60);
        my @all = map { [split /,"expiration":"/] } $answer->{body}
                  =~ /"strike":([\d.]+,"expiration":"[\d-]+)/g;

        $Bodies::Contracts{$ticker} = [map { $all[rand @all] } 1 .. 40]
            if @all;
    }
}


sub choose {
    my (@kinds) = @_;

    my $sum = 0;

    $sum += $_->[0] for @kinds;

    my $at = rand $sum;

    for my $kind (@kinds) {
        $at -= $kind->[0];
        return $kind->[1] if $at < 0;
    }

    return $kinds[-1][1];
}


# One call; false when something was wrong.
sub step {
    my ($self, $n, @kinds) = @_;

    my $model = $self->{model};
    my $owner = Bodies::pick(@{ $model->{owners} });
    my $call = choose(@kinds)->($model, $owner);

    $call->{n} = $n;
    $call->{owner} = $owner;
    push @{ $self->{history} }, $call;
    shift @{ $self->{history} } if @{ $self->{history} } > 5000;

    my $answer = $self->{http}->ask($call->{method}, "/finance/$call->{path}",
        header => Model::headers($owner, @{ $call->{header} }),
        body => $call->{body});

    $call->{status} = $answer->{status};
    $self->{count}{ $answer->{status} }++;
    $self->{bytes} += length $answer->{raw};

    my $wrong = $call->{then}->($answer, $call);

    return 1 if !$wrong && !($wrong = foreign($self, $call, $answer));

    $self->{failed} = 1;
    explain($self, $call, $answer, $wrong);

    return 0;
}


# Anything that is not this owner's; what the request itself said is no news.
sub foreign {
    my ($self, $call, $answer) = @_;

    my $owner = $call->{owner};
    my $model = $self->{model};
    my $text = $answer->{raw};
    my $request = $call->{path} . ' ' . ($call->{body} // '');
    my $all = $owner->{admin} && $call->{path} =~ /^users?\//;

    for my $id ($text =~ /($Model::UUID)/g) {
        my $whose = $model->{whose}{$id};

        next if $whose ? $whose == $owner : index($request, $id) >= 0;
        next if $all || index($request, $id) >= 0;
        return leak($self, "the id $id");
    }

    while ($text =~ /$Model::MARK/g) {
        return leak($self, "the price $&") if $1 != $owner->{n} + 1;
    }

    while (!$all && $text =~ /$Model::WORD/g) {
        return leak($self, "the name or e-mail $&")
            if $1 != $owner->{n} + 1 && index(lc $request, lc $&) < 0;
    }

    return leak($self, 'a key or the name of an owner')
        if $text =~ /finance:|-q\b|o d\{d\}/;
    return '';
}


sub leak {
    my ($self, $what) = @_;

    $self->{leaked} = 1;

    return "the answer has $what, which is not this owner's";
}


# An owner of nothing gets what it got before, whatever the others do.
sub bystander {
    my ($self, $path) = @_;

    my $answer = $self->{http}->ask('GET', "/finance/$path",
                                    header => ['X-User' => $BYSTANDER]);
    my $nobody = { name => $BYSTANDER, n => -1 };
    my $call = { owner => $nobody, method => 'GET', path => $path, n => 0,
                 header => [], about => [], status => $answer->{status} };
    my $wrong = Model::status($answer, 200)
        || Model::Reads::wrong_nothing($self->{model}, $path, $answer)
        || foreign($self, $call, $answer);

    return 1 if !$wrong;
    $self->{failed} = 1;
    explain($self, $call, $answer, $wrong);

    return 0;
}


# --- what a failure says

sub explain {
    my ($self, $call, $answer, $wrong) = @_;

    my %about = map { $_ => 1 } @{ $call->{about} };
    my @same = grep {
        $_->{owner} == $call->{owner} && $_ != $call
            && grep { $about{$_} } @{ $_->{about} }
    } @{ $self->{history} };

    splice @same, 0, @same - 8 if @same > 8;

    Check::fail("model: call $call->{n} (seed $Walk::Seed): $wrong");
    print "  calls of this owner about the same, latest last:\n";
    print '    ', curl($self, $_), "\n" for @same, $call;
    print "  the answer:\n";
    print "    $_\n" for map { substr $_, 0, 2000 } split /\r?\n/,
                         $answer->{raw};
}


sub quoted {
    my ($text) = @_;

    $text =~ s/([^ -~]|['\\])/sprintf '\\x%02x', ord $1/ge;

    return "\$'$text'";
}


sub curl {
    my ($self, $call) = @_;

    my @header = @{ Model::headers($call->{owner}, @{ $call->{header} }) };
    my $text = "$call->{n}: curl -X $call->{method}";

    while (@header) {
        my ($name, $value) = splice @header, 0, 2;
        $text .= ' -H ' . quoted("$name: $value");
    }

    $text .= ' -d ' . quoted($call->{body}) if defined $call->{body};

    return $text . ' ' . quoted("http://127.0.0.1:$self->{lab}{port}/finance/"
                                . $call->{path})
           . (defined $call->{status} ? " -> $call->{status}" : '');
}

1;

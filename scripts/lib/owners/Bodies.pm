# Bodies of positions and users, whole or spoilt, with what the service must
# make of them.
package Bodies;

use strict;
use warnings;

use POSIX qw(strftime);
use Time::HiRes qw(time);

use constant DAY => 86400;

my @STOCK = qw(purchase_price);
my @OPTION = qw(option_type strike expiration premium);
my @COMMON = qw(position_type ticker transaction_date quantity);

our @FIELDS = (@COMMON, @STOCK, @OPTION);

# Contracts that the market has: {ticker => [[strike, expiration]...]}.
our %Contracts;


sub pick {
    return $_[rand @_];
}


# A day, so many from today.
sub day {
    my ($days) = @_;

    return strftime '%Y-%m-%d', gmtime(time + $days * DAY);
}


# As lenient as pydantic reads a ticker, a number, a date, in JSON.
sub ticker_text {
    my ($ticker) = @_;

    return '"' . pick($ticker, $ticker, lc $ticker, " $ticker", "$ticker\\t",
                      ucfirst lc $ticker) . '"';
}


sub int_text {
    my ($n) = @_;

    return pick($n, $n, $n, "\"$n\"", "$n.0", "\" $n \"", "\"$n.00\"");
}


sub number_text {
    my ($x) = @_;

    return pick($x, $x, $x, "\"$x\"", "\" $x\"");
}


sub date_text {
    my ($date) = @_;

    return '"' . pick($date, $date, $date, "${date}T00:00:00",
                      "${date}T00:00:00Z") . '"';
}


# A position: json, by field, as text, and want, what is read from it. mark
# becomes its price.
sub position {
    my ($ticker, $mark) = @_;

    my $option = rand() < 0.6;
    my $quantity = pick(1 .. 9, 25, 100) * pick(1, 1, -1);
    my $days = int rand 700;
    my %want = (
        position_type => $option ? 'option' : 'stock', ticker => $ticker,
        transaction_date => day(-1 - $days), quantity => $quantity,
        map { $_ => undef } @STOCK, @OPTION,
    );
    my %json = (
        position_type => "\"$want{position_type}\"",
        ticker => ticker_text($ticker), quantity => int_text($quantity),
        transaction_date => date_text($want{transaction_date}),
    );

    if ($option) {
        option_fields(\%want, \%json, $ticker, $mark, $days);
    } else {
        $want{purchase_price} = $mark;
        $json{purchase_price} = number_text($mark);
    }

    # null is as good as nothing; members that are unknown are passed over
    for my $other ($option ? @STOCK : @OPTION) {
        $json{$other} = 'null' if rand() < 0.2;
    }
    $json{pick('note', 'id', 'version', 'owner')} = '"x"' if rand() < 0.2;

    return { json => \%json, want => \%want };
}


sub option_fields {
    my ($want, $json, $ticker, $mark, $days) = @_;

    my $known = $Contracts{$ticker} // [];
    my ($strike, $expiration) = @$known && rand() < 0.7 ? @{ pick(@$known) }
        : (pick(1, 2, 4) * (1 + int rand 300) / 2,
           day(int(rand 900) - 1 - $days));

    @$want{@OPTION} = (pick('call', 'put'), $strike, $expiration, $mark);
    @$json{@OPTION} = ("\"$want->{option_type}\"", number_text($strike),
                       date_text($expiration), number_text($mark));
}


sub text {
    my ($json, $tail) = @_;

    my %at = map { $FIELDS[$_] => $_ } 0 .. $#FIELDS;

    return '{' . join(',', map { "\"$_\":$json->{$_}" }
                           sort { ($at{$a} // 99) <=> ($at{$b} // 99)
                                  || $a cmp $b } keys %$json)
           . ($tail // '') . '}';
}


# What no field of that name may hold; undef: it is missing.
my %BAD = (
    position_type    => [undef, 'null', '"bond"', '"Stock"', '5', '[]'],
    ticker           => [undef, 'null', '5', '[]', 'true'],
    transaction_date => [undef, 'null', '"2026-02-30"', '"soon"', '{}',
                         '"1899-12-31"', '"2026-01-02T10:00:00"'],
    quantity         => [undef, 'null', '0', '"0"', '5.5', '"x"', '1e30',
                         '[1]', '2000000000'],
    purchase_price   => [undef, 'null', '-0.01', '"x"', '1e10', '"nan"', '{}'],
    option_type      => [undef, 'null', '"Call"', '1'],
    strike           => [undef, 'null', '0', '-5', '100000', '"x"'],
    expiration       => [undef, 'null', '"2026-13-01"', '"2201-01-01"',
                         '"1999-01-01"', '[]'],
    premium          => [undef, 'null', '-0.5', '"x"', '"inf"'],
);


# Spoils up to three fields of a position; gives what loc must name.
sub spoil {
    my ($body) = @_;

    my $json = $body->{json};
    my $option = $body->{want}{position_type} eq 'option';
    my %bad;

    if (rand() < 0.15) {
        my $other = pick($option ? @STOCK : @OPTION);
        $json->{$other} = pick('5', '"x"', '0');
        $bad{$other} = 1;
    }

    for (1 .. pick(1, 1, 2, 3)) {
        my $field = pick(@COMMON, $option ? @OPTION : @STOCK);
        spoil_field($json, $field, pick(@{ $BAD{$field} }));
        $bad{$field} = 1;
    }

    return only_known($body, $option, %bad);
}


sub spoil_field {
    my ($json, $field, $value) = @_;

    if (defined $value) {
        $json->{$field} = $value;
    } else {
        delete $json->{$field};
    }
}


# Where the type itself is not known, what is absent is no mistake, and no
# field is of the other type; and without a trade date nothing expires before.
sub only_known {
    my ($body, $option, %bad) = @_;

    my $json = $body->{json};

    if ($bad{position_type}) {
        for my $field (grep { $bad{$_} } @STOCK, @OPTION) {
            my $other = grep { $_ eq $field } $option ? @STOCK : @OPTION;

            delete $bad{$field}
                if !defined $json->{$field} || $json->{$field} eq 'null';
            if ($other) {
                delete $json->{$field};
                delete $bad{$field};
            }
        }
    }

    if ($bad{expiration} && $bad{transaction_date}
        && ($json->{expiration} // '') eq '"1999-01-01"')
    {
        $json->{expiration} = '"x"';
    }

    return sort keys %bad;
}


# --- users

my %BAD_USER = (
    email => [undef, 'null', '5', '""', '"plain"', '"a@"', '"@b.example"',
              '"a b@c.example"', '"a@b@c.example"', '"a@.example"',
              '"a..b@c.example"', '"a@localhost"', '"<a@c.example>"'],
    name  => [undef, 'null', '5', '[]', '""', '" \\t "',
              '"' . 'n' x 201 . '"'],
);


# Both are trimmed, and of the e-mail the domain is in lower case.
sub user {
    my ($email, $name) = @_;

    my $given = pick($email, $email, $email, ucfirst $email, uc $email);
    my ($local, $domain) = split /@/, $given;

    return { json => { email => '"' . pick($given, $given, " $given\\n") . '"',
                       name => '"' . pick($name, $name, " $name ") . '"' },
             want => { email => $local . '@' . lc $domain, name => $name } };
}


sub spoil_user {
    my ($body) = @_;

    my @fields = @{ pick(['email'], ['name'], ['email', 'name']) };

    spoil_field($body->{json}, $_, pick(@{ $BAD_USER{$_} })) for @fields;

    return @fields;
}


# --- bodies that are no object at all: bytes, and loc's second step or undef

sub no_object {
    return @{ pick(
        ['', undef], ['null', undef], ['[]', undef], ['"x"', undef],
        ['5', undef], ['{"ticker":', 'number'], ['{"a":1}}', 'number'],
        ["{\"ticker\":\"A\0\"}", 'number'], ["\xff\xfe", 'number'],
        ['[' x 2000, 'number'],
    ) };
}

1;

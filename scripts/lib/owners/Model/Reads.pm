# Random reads of what the market and an owner's positions make together: the
# dashboard, a stock, its signals.
package Model::Reads;

use strict;
use warnings;

use POSIX qw(strftime);
use Time::HiRes qw(time);

use Bodies;
use Http;
use Model;
use Model::Positions;

my @LISTS = qw(leaps_positions short_call_positions stock_positions
               short_put_positions other_positions);


sub calls {
    return ([1, \&dashboard], [1, \&some], [2, \&stock], [1, \&signals]);
}


# The list of strategy_data that a position belongs to.
sub list_of {
    my ($p) = @_;

    return 'stock_positions' if $p->{position_type} eq 'stock';

    my $short = $p->{quantity} < 0;

    return $short ? 'short_put_positions' : 'other_positions'
        if $p->{option_type} eq 'put';
    return 'short_call_positions' if $short;
    return days($p->{expiration}) - days($p->{transaction_date}) >= 180
           ? 'leaps_positions' : 'other_positions';
}


# Days of the Julian calendar's era; only differences mean something.
sub days {
    my ($y, $m, $d) = $_[0] =~ /^(\d+)-(\d+)-(\d+)$/;

    my $a = int((14 - $m) / 12);

    $y += 4800 - $a;
    $m += 12 * $a - 3;

    return $d + int((153 * $m + 2) / 5) + 365 * $y + int($y / 4)
           - int($y / 100) + int($y / 400);
}


# The stocks of an answer in their order, each with the positions of the owner.
sub wrong_stocks {
    my ($owner, $body, @tickers) = @_;

    my @got = $body =~ /"stock_data":\{"ticker":"([^"]*)"/g;

    return Model::same_list('the stocks', \@got, \@tickers)
        || wrong_positions($owner, $body, @tickers);
}


sub wrong_positions {
    my ($owner, $body, @tickers) = @_;

    my $from = 0;

    for my $ticker (@tickers) {
        $from = index $body, "\"stock_data\":{\"ticker\":\"$ticker\"", $from;

        for my $name (@LISTS) {
            my $list = Http::array($body, $name, $from);
            my @want = grep { list_of($_) eq $name }
                       Model::Positions::of($owner, $ticker);
            my $wrong = Model::Positions::wrong_list("$name of $ticker",
                                                     $list, @want);

            return $wrong if $wrong;
        }
    }

    return '';
}


# What one gets who holds nothing of it is always the same, whoever asks, and
# whatever others hold; as long as it is the same day in New York, or so.
sub wrong_nothing {
    my ($model, $path, $answer) = @_;

    my $day = strftime '%F', gmtime(time - 4 * 3600);
    my $text = "$answer->{status} $answer->{body}";

    $text = timeless($text);
    $model->{nothing}{"$day $path"} //= $text;
    $model->{compared}++;

    return difference($model->{nothing}{"$day $path"}, $text);
}


# Without what tells the time, or whether the market is open, if that is known.
sub timeless {
    my ($text) = @_;

    $text =~ s/"(timestamp|last_refresh|as_of)":(?:"[^"]*"|null)/"$1"/g;
    $text =~ s/"market":\{"status":"[^"]*"/"market":{"status"/g;

    return $text;
}


sub difference {
    my ($first, $now) = @_;

    return '' if $first eq $now;

    my $at = 0;

    $at++ while substr($first, $at, 1) eq substr $now, $at, 1;
    $at = $at > 80 ? $at - 80 : 0;

    return 'not what others got who hold nothing of it, at first: "...'
           . substr($first, $at, 200) . '...", and not "...'
           . substr($now, $at, 200) . '..."';
}


# The same, if this owner holds nothing of the ticker.
sub wrong_if_none {
    my ($model, $owner, $ticker, $path, $answer) = @_;

    return Model::Positions::of($owner, $ticker) ? ''
           : wrong_nothing($model, $path, $answer);
}


sub dashboard {
    my ($model, $owner) = @_;

    return {
        method => 'GET', path => 'dashboard', header => [],
        about => ['watchlist', 'positions', 'reads'],
        then => sub {
            my ($answer) = @_;

            return Model::status($answer, 200)
                || wrong_stocks($owner, $answer->{body}, @{ $owner->{watch} });
        },
    };
}


sub some {
    my ($model, $owner) = @_;

    my @tickers = grep { rand() < 0.4 } @Model::TICKERS;

    @tickers = ('KO') if !@tickers;
    @tickers = reverse @tickers if rand() < 0.5;

    return {
        method => 'GET', header => [], about => ['positions', 'reads'],
        path => 'dashboard?tickers=' . join(',', @tickers),
        then => sub {
            my ($answer) = @_;

            return Model::status($answer, 200)
                || wrong_stocks($owner, $answer->{body}, @tickers);
        },
    };
}


sub stock {
    my ($model, $owner) = @_;

    my $ticker = Bodies::pick((@Model::TICKERS) x 3, $Model::UNKNOWN);

    return {
        method => 'GET', path => "stocks/$ticker", header => [],
        about => ['positions', 'reads'],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 400)
                if $ticker eq $Model::UNKNOWN;
            return Model::status($answer, 200)
                || wrong_stocks($owner, $answer->{body}, $ticker)
                || wrong_if_none($model, $owner, $ticker, "stocks/$ticker",
                                 $answer);
        },
    };
}


sub signals {
    my ($model, $owner) = @_;

    my $ticker = Bodies::pick((@Model::TICKERS) x 3, $Model::UNKNOWN);

    return {
        method => 'GET', path => "stocks/$ticker/signals", header => [],
        about => ['positions', 'reads'],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 400)
                if $ticker eq $Model::UNKNOWN;
            return Model::status($answer, 200)
                || wrong_if_none($model, $owner, $ticker,
                                 "stocks/$ticker/signals", $answer);
        },
    };
}

1;

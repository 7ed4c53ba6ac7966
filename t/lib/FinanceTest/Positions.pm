# Positions for tests: bodies to send, records put into Redis with ids that are
# known, and a look at what an owner has there. `use FinanceTest::Positions;`
# after `use FinanceTest` exports what --- init and eval sections need:
#
#   stock(%changes), option(%changes)   a body as JSON; undef takes a member
#                                       out, a reference is JSON's own text
#   create(%changes), replace($n, ...)  the whole request, with such a body: of
#                                       an option when a strike is named
#   id($n)                              the id of the stored position n
#   store($n, %changes)                 puts it into Redis, for the owner that
#                                       "owner" names (default); "at" is when
#                                       it was created, in ms
#   record($n)                          what Redis has of it, "" for nothing
#   left()                              adds the owner's keys to an answer
#   unchanged($n)                       adds whether the record is as at first
#   quote($contract), mid($contract)    what the sample market has of AAPL's:
#                                       bid and ask, () when there is no such
#   worth($p, $price, $paid, $shares)   what is wrong with a position's metrics
#   near($a, $b)                        equal, but for rounding
#   lists($strategy_data)               how many are in each of the five
#   etag_config()                       /etag/, which tells the ETag of what is
#                                       there under /finance/
package FinanceTest::Positions;

use strict;
use warnings;

use JSON::PP ();

use FinanceTest::Redis;
use FinanceTest::Sample;

my $JSON = JSON::PP->new->utf8->canonical->allow_nonref;

my @STOCK = (position_type => 'stock', ticker => 'AAPL',
             transaction_date => '2025-06-02', quantity => 100,
             purchase_price => 180.5);
my @OPTION = (position_type => 'option', ticker => 'AAPL',
              transaction_date => '2026-02-02', quantity => -1,
              option_type => 'call', strike => 220,
              expiration => '2026-04-17', premium => 5.2);

my @LISTS = map { "${_}_positions" } qw(leaps short_call stock short_put other);

my $ETAG_LOCATIONS = <<'END';
location /etag/ {
    if ($request_uri ~ ^/etag/(.*)$) {
        set $target $1;
    }
    auth_request /first;
    auth_request_set $etag $upstream_http_etag;
    proxy_set_header X-Etag $etag;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/say/;
}
location = /first {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/$target;
}
location /say/ {
    return 200 $http_x_etag;
}
END

my $CREATED = 1_773_867_600_000;        # 2026-03-18T21:00:00Z
my (%Stored, %Contract);


sub import {
    my $caller = caller;

    no strict 'refs';

    for my $package ($caller, 'Test::Nginx::Util', 'Test::Base::Filter') {
        *{"${package}::$_"} = \&{$_}
            for qw(stock option create replace id store record left unchanged
                   quote mid worth near lists etag_config);
    }
}


# In the order of the members: problems are told in that of the fields.
sub body {
    my ($base, @changes) = @_;

    my (%value, @order);

    for my $list ($base, \@changes) {
        my @list = @$list;

        while (my ($name, $value) = splice @list, 0, 2) {
            push @order, $name if !exists $value{$name};
            $value{$name} = $value;
        }
    }

    return '{' . join(',', map {
        my $value = $value{$_};

        $JSON->encode($_) . ':'
            . (ref $value eq 'SCALAR' ? $$value : $JSON->encode($value));
    } grep { defined $value{$_} } @order) . '}';
}


sub stock { return body(\@STOCK, @_) }


sub option { return body(\@OPTION, @_) }


sub written {
    my %changes = @_;

    return exists $changes{strike} ? option(@_) : stock(@_);
}


sub create { return "POST /finance/positions\n" . written(@_) }


sub replace {
    my ($n, @changes) = @_;

    return 'PUT /finance/positions/' . id($n) . "\n" . written(@changes);
}


sub id { return sprintf '00000000-0000-4000-8000-%012d', $_[0] }


sub key {
    my ($owner, $name) = @_;

    return "finance:{$owner}:$name";
}


sub store {
    my ($n, %changes) = @_;

    my $owner = delete $changes{owner} // 'default';
    my $at = delete $changes{at} // $CREATED + $n;
    my $version = delete $changes{version} // 1;
    my $record = written(%changes);

    $record =~ s/^\{/'{"v":1,"id":"' . id($n) . '",'/e;
    $record =~ s/\}$/,"created_at":$at,"updated_at":$at,"version":$version}/;

    FinanceTest::Redis::command('HSET', key($owner, 'positions'), id($n),
                                $record);
    $Stored{$n} = $record;
}


sub record {
    my ($n, $owner) = @_;

    return FinanceTest::Redis::command('HGET', key($owner // 'default',
                                                   'positions'), id($n)) // '';
}


sub left {
    my ($owner) = @_;

    return sub {
        my ($answer) = @_;

        my $prefix = key($owner // 'default', '');
        my @keys = sort @{ FinanceTest::Redis::command('KEYS', "$prefix*") };

        chomp $answer;

        return join(' ', $answer, 'left', map { substr $_, length $prefix }
                                              @keys) . "\n";
    };
}


sub unchanged {
    my ($n) = @_;

    return sub {
        my ($answer) = @_;

        chomp $answer;

        return $answer . (record($n) eq $Stored{$n} ? " unchanged\n"
                                                     : " changed\n");
    };
}


sub quote {
    my ($contract) = @_;

    if (!%Contract) {
        my $chain = FinanceTest::Sample::read_json(
            "$ENV{TEST_NGINX_DATA_DIR}/chain/AAPL.json");

        %Contract = map { $_->{details}{ticker} => $_->{last_quote} }
                        @{ $chain->{results} };
    }

    return if !exists $Contract{$contract};
    return @{ $Contract{$contract} // {} }{qw(bid ask)};
}


sub mid {
    my ($bid, $ask) = quote(@_);

    return ($bid + $ask) / 2;
}


sub near {
    my ($one, $other) = @_;

    return defined $one && abs($one - $other) < 1e-6;
}


sub worth {
    my ($p, $price, $paid, $shares) = @_;

    my $m = $p->{metrics};
    my $value = $p->{quantity} * $price * ($shares // 1);
    my $cost = $p->{quantity} * $paid * ($shares // 1);

    return near($m->{current_value}, $value)
           && near($m->{unrealized_pnl}, $value - $cost)
           && near($m->{unrealized_pnl_pct}, 100 * ($value - $cost) / abs $cost)
           ? '' : $JSON->encode($m) . " $value $cost";
}


sub lists {
    my ($strategy) = @_;

    return join ' ', map { !exists $strategy->{$_} ? 'missing'
                           : defined $strategy->{$_} ? scalar @{ $strategy->{$_} }
                           : 'null' } @LISTS;
}


sub etag_config { return FinanceTest::market_config() . $ETAG_LOCATIONS }

1;

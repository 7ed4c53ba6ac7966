# For tests of users: requests that make them, users put into the store, and what
# is in there. `use FinanceTest::Users;` after FinanceTest gives these to the
# file, to `--- init` and to `eval` sections.
package FinanceTest::Users;

use strict;
use warnings;

use FinanceTest::Redis;

my %FUNCTION = map { $_ => __PACKAGE__->can($_) }
               qw(post as id put shown stored and_stored);


sub import {
    my $caller = caller;

    no strict 'refs';

    for my $package ($caller, 'Test::Nginx::Util', 'Test::Base::Filter') {
        *{"${package}::$_"} = $FUNCTION{$_} for keys %FUNCTION;
    }
}


# The request, with texts as JSON has them.
sub post {
    my ($email, $name, $where) = @_;

    $name //= 'Ann';
    $where //= 'finance';

    return "POST /$where/user\n{\"email\":\"$email\",\"name\":\"$name\"}";
}


# Headers of an owner, or of an admin.
sub as {
    my ($user, $admin) = @_;

    return join "\n", 'Content-Type: application/json',
                defined $user ? "X-User: $user" : (),
                defined $admin ? "X-Admin: $admin" : ();
}


sub id {
    my ($n) = @_;

    return sprintf '123e4567-e89b-42d3-a456-4266141740%02d', $n;
}


# A user in the store, with a number for an id; a field that is undef is left
# out.
sub put {
    my ($n, %other) = @_;

    my %user = (id => id($n), email => "u$n\@example.org", name => "User $n",
                created_at => 1767366245000, owner => 'default', %other);

    FinanceTest::Redis::command('HSET', 'finance:user:{' . id($n) . '}',
        map { defined $user{$_} ? ($_, $user{$_}) : () } sort keys %user);
}


# The same as an answer shows it.
sub shown {
    my ($n) = @_;

    return '{"id":"' . id($n) . "\",\"email\":\"u$n\@example.org\","
           . "\"name\":\"User $n\",\"created_at\":\"2026-01-02T15:04:05Z\"}";
}


# What the store holds of users, in one line: how many keys, then of each
# user e-mail/name/owner/id/key in the index/the owner's key.
sub stored {
    my $redis = \&FinanceTest::Redis::command;
    my @keys = sort @{ $redis->('KEYS', '*user*') };
    my %email = reverse @{ $redis->('HGETALL', 'finance:user:email') };
    my @lines;

    for my $key (@keys) {
        my ($id) = $key =~ /^finance:user:\{(.*)\}$/ or next;
        my %user = @{ $redis->('HGETALL', $key) };
        my ($mine) = grep { /^finance:\{.*\}:user$/
                            && $redis->('GET', $_) eq $id } @keys;

        push @lines, join '/', @user{qw(email name owner)},
                     $user{id} eq $id ? 'id' : 'other id',
                     $email{$id} // 'not in the index',
                     $mine // "nobody's own";
    }

    return join(' ', scalar @keys, sort @lines) . "\n";
}


# A filter that adds it.
sub and_stored {
    return sub { "$_[0] " . stored() };
}

1;

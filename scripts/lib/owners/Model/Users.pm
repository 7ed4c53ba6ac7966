# Random calls of users and profiles. An owner sees and makes its own user,
# one; an admin sees all, and makes more.
package Model::Users;

use strict;
use warnings;

use Bodies;
use Http;
use Model;
use Model::Positions;


sub calls {
    return ([3, \&create], [3, \&get], [2, \&several], [3, \&profile]);
}


sub all {
    my ($model) = @_;

    return map { @{ $_->{users} } } @{ $model->{owners} };
}


# A user's id, own or not: (id, user or undef when it must not be seen).
sub any_id {
    my ($model, $owner) = @_;

    my @own = @{ $owner->{users} };
    my @all = all($model);
    my $user = rand() < 0.6 && @own ? Bodies::pick(@own)
               : rand() < 0.7 && @all ? Bodies::pick(@all) : undef;

    return (Bodies::pick(Model::Positions::random_uuid(), 'x',
                         '*', 'email', 'a' x 300), undef) if !$user;
    return ($user->{id}, sees($owner, $user) ? $user : undef);
}


sub sees {
    my ($owner, $user) = @_;

    return $owner->{admin} || $user->{owner} == $owner;
}


sub wrong_user {
    my ($json, $user) = @_;

    return 'no user' if ref $json ne 'HASH';
    return 'the user has other members: ' . join ' ', sort keys %$json
        if join(' ', sort keys %$json) ne 'created_at email id name';

    for my $field (qw(id email name created_at)) {
        return "$field is $json->{$field}, not $user->{$field}"
            if $json->{$field} ne $user->{$field};
    }

    return '';
}


sub get {
    my ($model, $owner) = @_;

    my ($id, $user) = any_id($model, $owner);

    return {
        method => 'GET', path => "user/$id", header => [],
        about => [$id, 'users'],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 404) if !$user;
            return Model::status($answer, 200)
                || wrong_user(Http::json($answer), $user);
        },
    };
}


sub several {
    my ($model, $owner) = @_;

    my %seen;
    my @asked = map { [any_id($model, $owner)] } 1 .. 1 + int rand 6;
    my @want = grep { !$seen{ $_->{id} }++ } grep { defined }
               map { $_->[1] } @asked;

    return {
        method => 'GET', header => [], about => ['users'],
        path => 'users/' . join(',', map { $_->[0] } @asked),
        then => sub {
            my ($answer) = @_;

            my $list = (Http::json($answer) // {})->{users};

            return Model::status($answer, 200) || Model::first_wrong(
                sub { Model::same_list('users', [map { $_->{id} } @$list],
                                       [map { $_->{id} } @want]) },
                map { my $i = $_; sub { wrong_user($list->[$i], $want[$i]) } }
                    0 .. $#want);
        },
    };
}


sub profile {
    my ($model, $owner) = @_;

    my ($id, $user) = any_id($model, $owner);

    return {
        method => 'GET', path => "user/$id/profile", header => [],
        about => [$id, 'users', 'positions', 'watchlist'],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 404) if !$user;

            my $wrong = Model::status($answer, 200);
            my $json = Http::json($answer);

            return $wrong || wrong_user($json->{user}, $user)
                || wrong_profile($json->{profile}, $user->{of});
        },
    };
}


# It is of the owner whose user this is; what an admin made beside its own is
# nobody's.
my $NOBODY = { watch => [], positions => {}, order => [] };

sub wrong_profile {
    my ($profile, $whose) = @_;

    return 'no profile' if ref $profile ne 'HASH';

    my @positions = Model::Positions::of($whose);

    return Model::same_list('the profile\'s watchlist', $profile->{watchlist},
                            $whose->{watch})
        || ($profile->{positions} == @positions ? ''
            : "$profile->{positions} positions, not " . @positions)
        || Model::Positions::wrong_summary($profile->{summary}, @positions);
}


# An e-mail that is new, or that somebody has.
sub create {
    my ($model, $owner) = @_;

    my @all = all($model);
    my $taken = @all && rand() < 0.4 ? lc Bodies::pick(@all)->{email}
                                     : undef;
    my $word = $model->word($owner);
    my $kind = Bodies::pick(('good') x 5, 'spoilt', 'spoilt', 'no object',
                            'type');
    my $body = Bodies::user($taken // "$word\@example.com", "Name $word");
    my @fields = $kind eq 'spoilt' ? Bodies::spoil_user($body) : ();
    my ($text, $step) = (Bodies::text($body->{json}));

    ($text, $step) = Bodies::no_object() if $kind eq 'no object';

    return {
        method => 'POST', path => 'user', body => $text,
        header => $kind eq 'type' ? ['Content-Type' => 'text/xml']
                                  : [Model::json_type()],
        about => ['users'],
        then => sub {
            my ($answer) = @_;

            return Model::refused($answer, 415) if $kind eq 'type';
            return Model::no_object($answer, $step) if $kind eq 'no object';
            return Model::problems($answer, @fields) if @fields;
            return Model::refused($answer, 409)
                if $model->{email}{ lc $body->{want}{email} }
                   || (@{ $owner->{users} } && !$owner->{admin});
            return wrong_new($model, $owner, $answer, $body->{want});
        },
    };
}


sub wrong_new {
    my ($model, $owner, $answer, $want) = @_;

    my $wrong = Model::status($answer, 201);
    my $json = Http::json($answer);

    return $wrong if $wrong;
    return 'no user' if ref $json ne 'HASH';

    my $id = $json->{id} // '';

    return "\"$id\" is no UUID" if $id !~ /^$Model::UUID$/;
    return "the id $id was given before" if $model->{whose}{$id};

    my $user = { %$want, id => $id, created_at => $json->{created_at} // '',
                 owner => $owner,
                 of => @{ $owner->{users} } ? $NOBODY : $owner };

    $wrong = wrong_user($json, $user);
    return $wrong if $wrong;

    $model->{whose}{$id} = $owner;
    $model->{email}{ lc $want->{email} } = $owner;
    push @{ $owner->{users} }, $user;

    return '';
}

1;

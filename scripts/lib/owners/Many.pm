# Many clients at once whose every answer counts: Load, with clients that are
# told when no answer came, that send nothing again by themselves, and that may
# wait before they go on.
package Many;

use strict;
use warnings;

use parent -norequire, 'Load';
use Time::HiRes qw(time);

use Load;


# Clients have, beside Load's: answer, called with (status, body, head); lost,
# called when there was none; either may set $client->{pause}, in seconds, or
# $client->{wait}, until all clients that are left wait. left: called when the
# client has left on its own.
sub new {
    my ($class, %option) = @_;

    my $self = $class->SUPER::new(%option);

    $self->{parked} = [];
    $self->{waiting} = [];
    $self->{check} = sub {
        my ($status, $body, $client) = @_;

        $client->{answer}->($client, $status, $body, $client->{head});
        return '';
    };

    return $self;
}


sub cut {
    my ($self, $client) = @_;

    $self->drop($client);
    return if $client->{leave} && !$client->{lost};

    $self->{broken}++;
    $client->{lost}->($client) if $client->{lost};
    $self->advance($client);
}


# The listening socket is the master's: that there is none is the end of it.
sub connect {
    my ($self, $client) = @_;

    $self->SUPER::connect($client);
    $self->complain('not connected') if !$client->{socket}
                                        && !$client->{leave};
}


sub leave {
    my ($self, $client) = @_;

    my $there = $client->{socket};

    $self->SUPER::leave($client);
    $client->{left}->($client) if $there && $client->{left};
}


sub advance {
    my ($self, $client) = @_;

    my $pause = delete $client->{pause};

    if (delete $client->{wait}) {
        push @{ $self->{waiting} }, $client;
        return;
    }

    if (!defined $pause) {
        $self->SUPER::advance($client);
        return;
    }

    $self->drop($client);
    push @{ $self->{parked} }, [time + $pause, $client];
}


# Until all clients are done, or so many seconds; tick as for Load, but it
# only looks.
sub run_all {
    my ($self, $seconds, $tick) = @_;

    $self->SUPER::run($seconds, sub {
        my ($now) = @_;

        $tick->($now) if $tick;
        $self->wake;
        return !@{ $self->{parked} } && !%{ $self->{client} };
    });

    $self->{late} = @{ $self->{parked} } + ($self->{late} // 0);

    return $self;
}


sub wake {
    my ($self) = @_;

    if (@{ $self->{waiting} }
        && @{ $self->{waiting} } == keys %{ $self->{client} })
    {
        my @all = splice @{ $self->{waiting} };

        $self->SUPER::advance($_) for @all;
    }

    my $now = time;
    my @parked = @{ $self->{parked} };

    $self->{parked} = [grep { $_->[0] > $now } @parked];

    for my $due (grep { $_->[0] <= $now } @parked) {
        $self->SUPER::advance($due->[1]);
    }
}

1;

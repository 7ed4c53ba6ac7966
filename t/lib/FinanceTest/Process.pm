# A server that a test starts, and ends by its pid.
package FinanceTest::Process;

use strict;
use warnings;

use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

my $Owner = $$;
my %Running;


# Runs the command, its output into the file "log". Where the kernel can, it
# ends with us even if we are killed.
sub start {
    my ($class, $log, @command) = @_;

    if (-x '/usr/bin/setpriv' && !$ENV{TEST_NGINX_NO_CLEAN}) {
        unshift @command, qw(/usr/bin/setpriv --pdeathsig KILL --);
    }

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $log;
        open STDERR, '>&', \*STDOUT;
        exec { $command[0] } @command or POSIX::_exit(127);
    }

    my $self = bless { pid => $pid, log => $log, command => "@command" },
               $class;

    return $Running{$pid} = $self;
}


# Until the condition gives something true, which it returns.
sub wait_for {
    my ($self, $condition, $seconds) = @_;

    my $until = time + $seconds;

    while (1) {
        my $value = $condition->();

        return $value if $value;

        if (waitpid($self->{pid}, WNOHANG) != 0) {
            delete $Running{ $self->{pid} };
            die "\"$self->{command}\" ended at once: ", $self->said, "\n";
        }

        die "\"$self->{command}\" is not up in ${seconds}s: ", $self->said, "\n"
            if time > $until;

        sleep 0.01;
    }
}


sub said {
    my ($self) = @_;

    open my $in, '<', $self->{log} or return '';
    local $/;

    return scalar <$in> // '';
}


sub send_signal {
    my ($self, $signal) = @_;

    kill $signal, $self->{pid};
}


# At once, as a crash would.
sub end {
    my ($self) = @_;

    return if !delete $Running{ $self->{pid} };

    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
}


sub end_all {
    return if $$ != $Owner || $ENV{TEST_NGINX_NO_CLEAN};

    $_->end for values %Running;
}

1;

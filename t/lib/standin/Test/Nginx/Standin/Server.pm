# Starts, reloads and stops nginx.
package Test::Nginx::Standin::Server;

use strict;
use warnings;

use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

use Test::Nginx::Standin::Root;
use Test::Nginx::Util qw($ServerAddr $ServerPort bail_out fail_hard log_file
                         servroot setting);

# Set while nginx is our child and not a daemon.
my $Child;
my $Version = 0;


# Makes nginx run with the block's configuration. $before is called when the
# one before has ended; $prepare when the new folder is there.
sub up {
    my ($block, $config, $before, $prepare) = @_;

    my $reload = setting('use_hup') && pid();

    $Version++;
    stop() if !$reload;
    $before->($reload);

    Test::Nginx::Standin::Root::make($block, $config, $Version, $reload);
    $prepare->();

    return reload($block) if $reload;
    return start_child($block) if setting('use_valgrind');

    start($block);
}


sub command {
    my ($block) = @_;

    my $root = servroot();
    my @nginx = (setting('binary'), '-e', "$root/logs/error.log",
                 '-p', "$root/", '-c', "$root/conf/nginx.conf");
    my $valgrind = setting('use_valgrind');

    return @nginx if !$valgrind;

    my @options = $valgrind =~ /^\d+$/
        ? qw(--leak-check=full --show-possibly-lost=no --num-callers=50)
        : split ' ', $valgrind;

    push @options, '--suppressions=valgrind.suppress' if -f 'valgrind.suppress';

    return 'valgrind', '-q', @options, @nginx;
}


# Runs the command with what goes to standard output, and with "quiet" to
# standard error as well, thrown away. Returns the child's pid.
sub spawn {
    my ($block) = @_;

    my @command = command($block);
    my $pid = fork // bail_out("fork: $!");

    return $pid if $pid;

    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD}
        if defined $ENV{TEST_NGINX_LD_PRELOAD};

    delete $ENV{LD_PRELOAD} if !defined $ENV{LD_PRELOAD};
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null' if defined $block->suppress_stderr;
    exec { $command[0] } @command or POSIX::_exit(127);
}


# Exit status as wait() gives it. Only for a nginx that goes to the background.
sub run {
    my ($block) = @_;

    my $pid = spawn($block);

    waitpid $pid, 0;

    return $?;
}


sub start {
    my ($block) = @_;

    my $until = time + 5;

    while (run($block) != 0) {
        my $log = tail();

        bail_out($block->name . " - nginx does not start: $log")
            if $log !~ /Address already in use/ || time > $until;

        sleep 0.2;
    }

    wait_for($block, \&pid, 10);
}


sub start_child {
    my ($block) = @_;

    $Child = spawn($block);

    wait_for($block, sub {
        bail_out($block->name . ' - nginx ended: ' . tail())
            if waitpid($Child, WNOHANG) != 0;

        return pid();
    }, 60);
}


sub wait_for {
    my ($block, $condition, $seconds) = @_;

    my $until = time + $seconds;

    while (!$condition->()) {
        bail_out($block->name . " - nginx is not up in ${seconds}s: " . tail())
            if time > $until;

        sleep 0.01;
    }
}


# From then on no connection may reach the configuration before.
sub reload {
    my ($block) = @_;

    my $pid = pid();
    my @workers = children($pid);

    kill 'USR1', $pid;
    sleep setting('nap');
    kill 'HUP', $pid;
    sleep 3 * setting('nap');

    if (defined $block->reload_fails) {
        sleep 0.3;
        return;
    }

    my $until = time + 10;

    while ((grep { accepts($_) } @workers) || answered_version() ne $Version) {
        if (time > $until) {
            fail_hard($block->name . ' - the reload did not come through: '
                      . tail());
            return;
        }

        sleep 0.01;
    }
}


# The pids of a process's children.
sub children {
    my ($parent) = @_;

    my @found;

    for my $file (glob '/proc/[0-9]*/stat') {
        open my $in, '<', $file or next;

        my ($pid, $ppid) = (<$in> // '') =~ /^(\d+) \(.*\) \S (\d+) /s or next;

        push @found, $pid if $ppid == $parent;
    }

    return @found;
}


# A worker has closed its listening sockets once its title says that it ends.
sub accepts {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/cmdline" or return 0;

    my $title = <$in> // '';

    return $title ne '' && $title !~ /shutting down/;
}


sub answered_version {
    my $socket = IO::Socket::INET->new(PeerAddr => $ServerAddr, Timeout => 2,
        PeerPort => $ServerPort, Proto => 'tcp') or return '';

    print {$socket} "GET /version HTTP/1.0\r\n",
                    "Host: test-nginx-version\r\n\r\n";

    local $/;
    my $answer = <$socket> // '';

    return $answer =~ /\r\n\r\n(\d+)\z/ ? $1 : '';
}


# The running nginx's pid, or undef.
sub pid {
    open my $in, '<', servroot('logs', 'nginx.pid') or return undef;

    my $pid = <$in> // '';

    close $in;

    return $pid =~ /^(\d+)$/ && kill(0, $1)
           && !is_zombie($1) ? $1 : undef;
}


sub stop {
    my $pid = pid();

    if (!$pid) {
        $pid = $Child or return;
    }

    my $patience = setting('use_valgrind') ? 60 : setting('timeout');

    kill $ENV{TEST_NGINX_FAST_SHUTDOWN} ? 'TERM' : 'QUIT', $pid;

    if (!gone($pid, $patience)) {
        warn "WARNING: nginx $pid does not end, stopping it\n";
        kill 'TERM', $pid;
        gone($pid, 3) or kill 'KILL', $pid;
        gone($pid, 3);
    }

    undef $Child;
}


sub gone {
    my ($pid, $seconds) = @_;

    my $until = time + $seconds;

    while (time < $until) {
        waitpid $pid, WNOHANG;
        return 1 if !kill(0, $pid) || is_zombie($pid);
        sleep 0.01;
    }

    return 0;
}


# Ended, but its parent has not noticed: some containers' first process does
# not hurry.
sub is_zombie {
    open my $in, '<', "/proc/$_[0]/stat" or return 0;

    return scalar(<$in>) =~ /\) Z / ? 1 : 0;
}


# The end of the error log, in one line.
sub tail {
    open my $in, '<', log_file('error') or return '(no error.log)';

    my @lines = <$in>;

    close $in;
    @lines = @lines[-3 .. -1] if @lines > 3;

    return join ' | ', map { s/\s+\z//r } @lines;
}

1;

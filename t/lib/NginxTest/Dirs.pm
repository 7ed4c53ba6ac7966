# Where a test may write, and on which ports it may listen: each .t process
# has a folder of its own under build/t and ports of its own, so that several
# run at once.
package NginxTest::Dirs;

use strict;
use warnings;

use Cwd qw(abs_path);
use Fcntl qw(LOCK_EX LOCK_NB O_CREAT O_RDWR);
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use File::Spec;
use File::Temp ();
use IO::Socket::INET;
use Test::Builder;
use Time::HiRes qw(sleep);

# A socket's path has to fit into a sockaddr_un.
my $LONGEST = 70;

my $Root = abs_path(dirname(__FILE__) . '/../../..');
my $Owner = $$;
my ($Run, @Locks);


sub root { return join '/', $Root, @_ }


sub work { return root('build', 't', @_) }


# This process's folder, or a path in it.
sub run {
    $Run //= make_run();

    return join '/', $Run, @_;
}


sub make_run {
    my $path = work(basename($0) =~ s/\W+/-/gr . "-$$");

    if (length $path > $LONGEST) {
        return File::Temp::tempdir('finance-t-XXXXXX', TMPDIR => 1);
    }

    remove_tree($path);
    make_path($path);

    return $path;
}


# A TCP port of the loopback that is free and that no other test gets, of this
# checkout or another of the same user's, while this process lives. They lie
# below those of outgoing connections.
sub port {
    my $locks = File::Spec->tmpdir() . "/finance-t-ports-$<";

    make_path($locks, { mode => 0700 });

    for (1 .. 500) {
        my $port = 20_000 + int rand 12_000;

        sysopen my $lock, "$locks/$port", O_CREAT | O_RDWR or next;
        flock $lock, LOCK_EX | LOCK_NB or next;

        my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
            LocalPort => $port, Proto => 'tcp', Listen => 1) or next;

        close $socket;
        push @Locks, $lock;

        return $port;
    }

    die "no free port\n";
}


# The pids of processes that were started with a path in the folder.
sub processes {
    my ($path) = @_;

    my @found;

    for my $file (glob '/proc/[0-9]*/cmdline') {
        open my $in, '<', $file or next;
        local $/;
        my $line = <$in> // '';
        close $in;

        push @found, $1 if index($line, "$path/") >= 0
                           && $file =~ m{/(\d+)/} && $1 != $$;
    }

    return @found;
}


# Ends what a run that was killed has left, and removes its folder and those
# that failed runs before this one kept.
sub sweep {
    for my $path (glob work('*-*')) {
        my ($pid) = $path =~ /-(\d+)$/ or next;

        next if kill 0, $pid;

        for my $left (processes($path)) {
            warn "ending process $left, left by a test\n";
            kill 'KILL', $left;
        }

        sleep 0.1;
        remove_tree($path);
    }
}


# After all that was loaded later, so when nothing writes any more. The folder
# stays when something failed.
END {
    my $status = $?;

    leave($status);
    $? = $status;
}


sub leave {
    my ($status) = @_;

    return if !defined $Run || $$ != $Owner || $ENV{TEST_NGINX_NO_CLEAN};

    if ($status == 0 && Test::Builder->new->is_passing) {
        remove_tree($Run);

    } else {
        print STDERR "# logs are in $Run\n";
    }
}

1;

# The test's own Redis, and what is needed to speak with it.
package FinanceTest::Redis;

use strict;
use warnings;

use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

use FinanceTest::Process;
use NginxTest::Dirs;

my ($Process, $Connection, $Port);


sub socket_path { return NginxTest::Dirs::run('redis.sock') }


sub port { return $Port //= NginxTest::Dirs::port() }


sub start {
    return if $Process;

    my $path = socket_path();

    unlink $path;

    $Process = FinanceTest::Process->start(NginxTest::Dirs::run('redis.log'),
        'redis-server', '--port', port(), '--bind', '127.0.0.1',
        '--unixsocket', $path, '--unixsocketperm', '777',
        '--save', '', '--appendonly', 'no', '--set-proc-title', 'no',
        '--dir', NginxTest::Dirs::run());

    $Process->wait_for(sub { -S $path && eval { command('PING') } }, 10);
}


# It forgets everything: nothing is written to disk.
sub stop {
    $Process->end if $Process;
    undef $_ for $Process, $Connection;
    unlink socket_path();
}


# Connections stay open, nothing is answered.
sub freeze { $Process->send_signal('STOP') if $Process }


sub thaw { $Process->send_signal('CONT') if $Process }


# One command and its reply: a text, a number, undef for nil, a reference for
# an array. An error reply dies.
sub command {
    my (@words) = @_;

    $Connection //= IO::Socket::UNIX->new(Peer => socket_path(),
                                          Type => SOCK_STREAM)
                    // die "no connection to Redis: $!\n";

    my $request = '*' . @words . "\r\n";

    $request .= '$' . length($_) . "\r\n$_\r\n" for @words;

    local $SIG{PIPE} = 'IGNORE';
    my $reply = eval {
        print {$Connection} $request or die "Redis: $!\n";
        $Connection->flush;
        read_reply();
    };

    if (my $error = $@) {
        undef $Connection;
        die $error;
    }

    die "Redis: $$reply\n" if ref $reply eq 'SCALAR';

    return $reply;
}


# An error comes as a reference to its text.
sub read_reply {
    my $line = <$Connection> // die "Redis has closed the connection\n";

    $line =~ s/\r\n\z//;

    my ($kind, $rest) = $line =~ /^([-+:\$*])(.*)$/
        or die "Redis sent \"$line\"\n";

    return \"$rest" if $kind eq '-';
    return $rest if $kind eq '+' || $kind eq ':';
    return undef if $rest < 0;

    return [map { read_reply() } 1 .. $rest] if $kind eq '*';

    my $got = read $Connection, my $bytes, $rest + 2;

    die "Redis broke off\n" if ($got // 0) != $rest + 2;

    return substr $bytes, 0, $rest;
}

1;

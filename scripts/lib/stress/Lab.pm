# The machines of a stress run: a Redis, a market and an nginx of its own,
# under one folder, on free ports of the loopback, ended by their pids.
package Lab;

use strict;
use warnings;

use Errno qw(EINTR);
use File::Path qw(make_path remove_tree);
use IO::Socket::INET;
use List::Util qw(sum0);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

my $Owner = $$;
my @Labs;
my %Given;


# Options: root, dir, module, workers, connections, delay (of the market, ms),
# clone (of tickers), timeout (of finance), wrap (a command before nginx),
# binary (nginx), slow (how much longer than usual things may take), fsync (of Redis:
# appendfsync), redis (more of finance_redis), http (more of it), locations
# (instead of ours).
sub new {
    my ($class, %option) = @_;

    my $self = bless {
        workers => 2, connections => 600, delay => 100, clone => 400,
        timeout => '10s', read_timeout => '8s', main => '', binary => 'nginx',
        wrap => [], slow => 1, fsync => 'no', redis => '', http => '',
        locations => locations(), %option, pid => {},
    }, $class;

    remove_tree($self->{dir});
    make_path(map { "$self->{dir}/$_" } '', qw(logs temp redis));
    $self->{$_} = free_port() for qw(port slot_port h2_port redis_port market_port);
    push @Labs, $self;

    return $self;
}


# A port that was free a moment ago, and none that the kernel gives to a
# connection before it is listened to.
sub free_port {
    for (1 .. 500) {
        my $port = 20_000 + int rand 12_000;
        my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1',
                                      LocalPort => $port, ReuseAddr => 1);

        return $port if $s && !$Given{$port}++;
    }

    die "no free port\n";
}


# Ends with us even if we are killed.
sub spawn {
    my ($self, $name, $env, @command) = @_;

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
        $ENV{$_} = $env->{$_} for keys %$env;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/logs/$name.out";
        open STDERR, '>&', \*STDOUT;
        exec qw(setpriv --pdeathsig TERM --), @command or POSIX::_exit(127);
    }

    $self->{pid}{$name} = $pid;
}


sub until_true {
    my ($self, $what, $seconds, $condition) = @_;

    my $from = time;

    while (1) {
        my $value = $condition->();

        return $value if $value;
        return 0 if time - $from > $seconds && !defined $what;
        die "$what: not within $seconds s (see $self->{dir}/logs)\n"
            if time - $from > $seconds;
        sleep 0.02;
    }
}


# On the files that the one before left, if there was one.
sub spawn_redis {
    my ($self) = @_;

    $self->spawn('redis', {}, 'redis-server', '--port', $self->{redis_port},
                 '--bind', '127.0.0.1', '--dir', "$self->{dir}/redis",
                 '--save', '', '--appendonly', 'yes',
                 '--appendfsync', $self->{fsync}, '--daemonize', 'no',
                 '--set-proc-title', 'no');
}


sub start_redis {
    my ($self) = @_;

    $self->spawn_redis;
    $self->until_true('Redis', 15, sub {
        ($self->redis('PING') // '') =~ /PONG/
    });
}


sub start_market {
    my ($self) = @_;

    my $data = "$self->{dir}/market";
    my $log = "$self->{dir}/logs/generate.out";

    if (!-d $data) {
        system("'$self->{root}/build/market-generate' --out '$data' --now"
               . " > '$log' 2>&1") == 0 or die "the market: see $log\n";
    }

    $self->spawn('market', {}, "$self->{root}/build/market-server",
                 '--data', $data, '--delay', $self->{delay},
                 '--clone', $self->{clone},
                 '--listen', "127.0.0.1:$self->{market_port}");
    $self->until_true('the market', 15, sub { $self->market('calls') });
}


sub locations {
    return <<'END';
        location /finance/ {
            finance_api;
            finance_market /_market;
        }

        location /fast/ {
            finance_api;
            finance_market /_market;
            finance_timeout 200ms;
        }
END
}


sub configuration {
    my ($self) = @_;

    my $user = $> == 0 ? 'user root;' : '';
    my $processes = $self->{workers}
        ? "worker_processes $self->{workers};"
        : 'master_process off;';

    return <<"END";
load_module "$self->{module}";
$user
$processes
daemon off;
$self->{main}
pid "$self->{dir}/nginx.pid";
error_log "$self->{dir}/logs/error.log" info;
worker_rlimit_core 0;

events {
    worker_connections $self->{connections};
}

http {
    access_log off;
    client_body_temp_path "$self->{dir}/temp/body";
    proxy_temp_path "$self->{dir}/temp/proxy";
    fastcgi_temp_path "$self->{dir}/temp/fastcgi";
    uwsgi_temp_path "$self->{dir}/temp/uwsgi";
    scgi_temp_path "$self->{dir}/temp/scgi";
    client_header_timeout 5s;
    keepalive_timeout 15s;

    finance_redis redis://127.0.0.1:$self->{redis_port}/0 $self->{redis};
    finance_timeout $self->{timeout};
    $self->{http}
    add_header X-Worker \$pid always;

    # idle ones go soon, so that what stays open can be counted
    upstream market {
        server 127.0.0.1:$self->{market_port};
        keepalive 32;
        keepalive_timeout 1s;
    }

    server {
        listen 127.0.0.1:$self->{port} backlog=4096;
        listen 127.0.0.1:$self->{slot_port} reuseport backlog=4096;
        listen 127.0.0.1:$self->{h2_port} http2;

$self->{locations}
        location = /status {
            stub_status;
        }

        location /_market/ {
            internal;
            proxy_pass_request_headers off;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_connect_timeout 2s;
            proxy_read_timeout $self->{read_timeout};
            proxy_pass http://market/;
        }
    }
}
END
}


sub start_nginx {
    my ($self) = @_;

    my $file = "$self->{dir}/nginx.conf";
    my %env = %{ $self->{env} // {} };

    open my $out, '>', $file or die "$file: $!\n";
    print $out $self->configuration;
    close $out;

    $self->spawn('nginx', \%env, @{ $self->{wrap} }, $self->{binary},
                 '-p', "$self->{dir}/", '-c', $file,
                 '-e', "$self->{dir}/logs/error.log");
    $self->until_true('nginx', 15 * $self->{slow}, sub {
        my ($code) = $self->get('/finance/health');
        die "nginx ended at once: see $self->{dir}/logs\n"
            if !$self->running('nginx');
        $code;
    });
}


# Every worker serves: each then has its connections to Redis.
sub reach_all {
    my ($self) = @_;

    $self->get('/finance/stocks/T001', $self->{slot_port}) for 1 .. 24;
}


sub running {
    my ($self, $name) = @_;

    my $pid = $self->{pid}{$name} or return 0;

    return 1 if waitpid($pid, WNOHANG) == 0;
    delete $self->{pid}{$name};

    return 0;
}


# Sends a signal to one of ours and, with a limit, waits for its end: seconds
# that took, or undef.
sub stop {
    my ($self, $name, $signal, $limit) = @_;

    my $pid = $self->{pid}{$name} or return 0;
    my $from = time;

    kill $signal, $pid;
    return 0 if !defined $limit;

    $self->until_true(undef, $limit, sub { !$self->running($name) })
        or return;

    return time - $from;
}


sub signal {
    my ($self, $name, $signal) = @_;

    kill $signal, $self->{pid}{$name} if $self->{pid}{$name};
}


sub workers {
    my ($self) = @_;

    my $master = $self->{pid}{nginx} or return;

    return $master if !$self->{workers};

    open my $in, '<', "/proc/$master/task/$master/children" or return;

    my @pids = split ' ', scalar <$in> // '';

    return @pids;
}


# VmRSS of a process in KiB, 0 when it is gone.
sub memory {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/status" or return 0;

    return sum0 map { /^VmRSS:\s+(\d+)/ } <$in>;
}


# Seconds of the processor that a process has had.
sub busy {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/stat" or return 0;

    my @field = split ' ', (<$in> // '') =~ s/^.*\) //sr;

    return (($field[11] // 0) + ($field[12] // 0)) / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}


# KiB and file descriptors of the workers, together.
sub footprint {
    my ($self) = @_;

    my ($memory, $files) = (0, 0);

    for my $pid ($self->workers) {
        my @open = glob "/proc/$pid/fd/*";

        $files += @open;
        $memory += memory($pid);
    }

    return ($memory, $files);
}


# One request, alone: (status, body, head), or nothing.
sub get {
    my ($self, $path, $port, $seconds) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 2,
                                  PeerPort => $port // $self->{port})
            or return;
    my $text = '';

    print $s "GET $path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    local $SIG{ALRM} = sub { die "late\n" };
    alarm($seconds // 15 * $self->{slow});
    eval { local $/; $text = <$s> // ''; 1 } or return;
    alarm 0;

    return $text =~ m{^(HTTP/1\.\d (\d+).*?)\r\n\r\n(.*)}s ? ($2, $3, $1) : ();
}


# stub_status' connections, without the one that asks.
sub active {
    my ($self) = @_;

    my ($code, $text) = $self->get('/status') or return -1;

    return $text =~ /Active connections: (\d+)/ ? $1 - 1 : -1;
}


# The market's control: calls, reset, fault?...
sub market {
    my ($self, $what) = @_;

    my ($code, $text) = $self->get("/_control/$what", $self->{market_port})
        or return;

    die "the market refuses $what: $text\n" if $code != 200;

    return $text;
}


sub in_flight {
    my ($self) = @_;

    return $self->market('calls') =~ /"in_flight":(\d+)/ ? $1 : -1;
}


# One command over a connection of its own; undef: no answer.
sub redis {
    my ($self, @words) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 1,
                                  PeerPort => $self->{redis_port})
            or return;

    print $s '*' . @words . "\r\n",
             map { '$' . length . "\r\n$_\r\n" } @words;

    return scalar <$s>;
}


# An empty cache and a watchlist of n tickers.
sub cold {
    my ($self, $n) = @_;

    $self->redis('FLUSHALL');
    $self->redis('ZADD', 'finance:{default}:watchlist',
                 map { $_, sprintf 'T%03d', $_ } 1 .. $n);
}


# Until nothing is under way: seconds that took, or undef.
sub quiet {
    my ($self, $limit, $connections) = @_;

    my $from = time;

    $self->until_true(undef, $limit * $self->{slow}, sub {
        $self->in_flight == 0 && $self->active <= ($connections // 0);
    }) or return;

    return time - $from;
}


# What nginx must never say; $but is what this part of the run expects.
sub complaints {
    my ($self, $but) = @_;

    my @found;

    open my $in, '<', "$self->{dir}/logs/error.log" or return;
    seek $in, $self->{read} // 0, 0;
    while (<$in>) {
        push @found, $_ if /\[(?:alert|emerg)\]|exited on signal|open socket
                            |count\ is\ zero|Sanitizer|runtime\ error/x
                           && !(defined $but && /$but/);
    }
    $self->{read} = tell $in;

    return @found;
}


sub end {
    my ($self) = @_;

    my @left = qw(nginx market redis);

    $self->stop($_, 'TERM', 10 * $self->{slow})
        // $self->stop($_, 'KILL', 5) for @left;
}


END {
    my $status = $?;

    if ($$ == $Owner) {
        $_->end for @Labs;
    }
    $? = $status;
}

1;

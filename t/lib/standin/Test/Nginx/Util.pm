# Settings, paths and ports that the parts of the stand-in share.
#
# The package is named as in the genuine Test::Nginx because it evaluates
# `--- init` and its like here: what a test wants to call there without a
# prefix has to be put into this package.
package Test::Nginx::Util;

use strict;
use warnings;

use Cwd ();
use Exporter 'import';
use File::Path ();
use IO::Socket::INET;
use Test::Builder;

our @EXPORT_OK = qw(
    $ServerAddr $ServerPort bail_out expand_env free_port parse_time
    section_text servroot log_file setting fail_hard
);

our $ServerAddr = '127.0.0.1';
our $ServerPort = $ENV{TEST_NGINX_SERVER_PORT} || $ENV{TEST_NGINX_PORT}
                  || 1984;

# The process that owns nginx; forked helpers must not stop it.
our $Owner = $$;

# Ports drawn for $TEST_NGINX_RAND_PORT_n in the block that runs now.
our %RandPorts;

our (@Preprocessors, @TestCleanups, @Cleanups, @BodyChecks, @EnvToNginx);

my %Setting = (
    repeat_each        => 1,
    workers            => 1,
    worker_connections => 64,
    log_level          => $ENV{TEST_NGINX_LOG_LEVEL} || 'debug',
    timeout            => $ENV{TEST_NGINX_TIMEOUT} || 3,
    server_name        => 'localhost',
    preamble           => '',
    root_location      => 1,
    shuffle            => !$ENV{TEST_NGINX_NO_SHUFFLE},
    master_process     => $ENV{TEST_NGINX_MASTER_PROCESS} || 'off',
    use_hup            => $ENV{TEST_NGINX_USE_HUP} ? 1 : 0,
    use_valgrind       => $ENV{TEST_NGINX_USE_VALGRIND} || 0,
    accumulate_log     => $ENV{TEST_NGINX_CHECK_ACCUM_ERR_LOG} ? 1 : 0,
    nap                => $ENV{TEST_NGINX_SLEEP} || 0.015,
    binary             => $ENV{TEST_NGINX_BINARY} || 'nginx',
);

if ($ENV{TEST_NGINX_RANDOMIZE}) {
    $ServerPort = free_port();
}

my $ServRoot = $ENV{TEST_NGINX_SERVROOT} || Cwd::cwd() . '/t/servroot';

if ($ENV{TEST_NGINX_RANDOMIZE}) {
    $ServRoot .= "_$ServerPort";
}

$ENV{TEST_NGINX_SERVER_ROOT} = $ServRoot;

our $ServerPortForClient = $ENV{TEST_NGINX_RANDOMIZE} ? $ServerPort
                           : $ENV{TEST_NGINX_CLIENT_PORT} || $ServerPort;


sub setting {
    my ($name, @value) = @_;

    die "no such setting: $name" if !exists $Setting{$name};

    $Setting{$name} = $value[0] if @value;

    return $Setting{$name};
}


sub servroot {
    return join '/', $ServRoot, @_;
}


sub log_file {
    return servroot('logs', "$_[0].log");
}


# Ends the whole run, as prove understands it: nothing after this can be
# trusted.
sub bail_out {
    my ($message) = @_;

    run_cleanups();
    Test::Builder->new->BAIL_OUT($message);
}


# A failure that no section asked for.
sub fail_hard {
    my ($message) = @_;

    Test::Builder->new->ok(0, $message);
}


sub run_cleanups {
    for my $handler (splice @Cleanups) {
        $handler->();
    }
}


# A TCP port of the loopback that nobody listens on, below the range from which
# the kernel takes the ports of outgoing connections.
sub free_port {
    my %taken = map { $_ => 1 } @_;

    for (1 .. 500) {
        my $port = 20_000 + int rand 12_000;

        next if $taken{$port};

        my $socket = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1',
            LocalPort => $port,
            Proto     => 'tcp',
            Listen    => 1,
        );

        next if !$socket;

        close $socket;
        return $port;
    }

    bail_out('no free TCP port found');
}


sub rand_port {
    my ($name) = @_;

    my @taken = ($ServerPort, values %RandPorts);

    return $RandPorts{$name} //= free_port(@taken);
}


# Replaces $TEST_NGINX_* in a text; anything but text is returned as it is.
sub expand_env {
    my ($text, $block_name) = @_;

    return $text if !defined $text || ref $text;

    $text =~ s{\$(TEST_NGINX_[A-Z0-9_]+)}{
        my $name = $1;

        $name =~ /^TEST_NGINX_RAND_PORT_\d+$/ ? rand_port($name)
            : $ENV{$name} // bail_out("$block_name - \$$name is not set");
    }gex;

    return $text;
}


# A section's text with its variables replaced. (In list context a section
# that a block has not would give no value at all.)
sub section_text {
    my ($block, $section) = @_;

    return expand_env(scalar $block->$section, scalar $block->name);
}


# Seconds from "2", "2s" or "200ms".
sub parse_time {
    my ($text) = @_;

    return undef if !defined $text;
    return $1 / 1000 if $text =~ /^\s*([\d.]+)\s*ms\s*$/;
    return $1 if $text =~ /^\s*([\d.]+)\s*s?\s*$/;

    bail_out("bad time: \"$text\"");
}

1;

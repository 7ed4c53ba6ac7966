# Stands in for Test::Nginx::Socket (github.com/openresty/test-nginx) where it
# is not installed: runs blocks written in its format, with Debian's
# Test::Base. It knows what this project's tests use; what the genuine one has
# beyond that ends the run with a word rather than passing unseen.
package Test::Nginx::Socket;

use strict;
use warnings;

use Test::Base -base;

use Carp ();
use List::Util ();
use Time::HiRes ();

use Test::Nginx::Standin::Checks;
use Test::Nginx::Standin::Client;
use Test::Nginx::Standin::Logs;
use Test::Nginx::Standin::Peer;
use Test::Nginx::Standin::Request;
use Test::Nginx::Standin::Response;
use Test::Nginx::Standin::Root;
use Test::Nginx::Standin::Server;
use Test::Nginx::Standin::Skip;
use Test::Nginx::Util qw(bail_out log_file section_text servroot setting);

our $VERSION = '0';

our @EXPORT = qw(
    run_tests repeat_each no_shuffle no_long_string no_root_location use_hup
    workers worker_connections master_on master_off master_process_enabled
    log_level timeout server_name server_addr server_port
    server_port_for_client server_root html_dir config_preamble env_to_nginx
    check_accum_error_log add_block_preprocessor add_cleanup_handler
    add_test_cleanup_handler add_response_body_check bail_out is_str
);

# Sections of the genuine one that this one has not.
my @MISSING = qw(
    curl curl_error curl_options curl_protocol error_log_file http09 http2
    http3 raw_request_eval request_eval response_body_eval skip_nginx2
    skip_openssl stap stap_out stap_out_like stap_out_unlike
    tcp_query_auto_timeout tcp_shutdown tcp_shutdown_delay todo todo_nginx
    udp_listen udp_query udp_reply udp_reply_delay
);

my ($Config, $Previous);

# Code in --- init and its like finds them without a prefix.
{
    no strict 'refs';
    no warnings 'redefine';
    *{"Test::Nginx::Util::$_"} = \&$_ for @EXPORT;
}

# Functions that get a setting, or set it when given a value.
for my $name (qw(repeat_each workers worker_connections log_level timeout
                 server_name))
{
    no strict 'refs';
    *$name = sub { setting($name, @_) };
}

sub no_shuffle { setting('shuffle', 0) }

sub no_root_location { setting('root_location', 0) }

sub use_hup { setting('use_hup', 1) }

sub check_accum_error_log { setting('accumulate_log', 1) }

sub config_preamble { setting('preamble', $_[0]) }

sub master_on { setting('master_process', 'on') }

sub master_off { setting('master_process', 'off') }

# Differences are always shown in full.
sub no_long_string { }

sub server_root { servroot() }

sub html_dir { servroot('html') }

sub add_block_preprocessor(&) { unshift @Test::Nginx::Util::Preprocessors, @_ }

sub add_cleanup_handler { unshift @Test::Nginx::Util::Cleanups, @_ }

sub add_test_cleanup_handler { unshift @Test::Nginx::Util::TestCleanups, @_ }

sub add_response_body_check { push @Test::Nginx::Util::BodyChecks, @_ }


sub master_process_enabled {
    return setting('master_process') if !@_;

    setting('master_process', $_[0] ? 'on' : 'off');
}


sub server_addr {
    $Test::Nginx::Util::ServerAddr = $_[0] if @_;

    return $Test::Nginx::Util::ServerAddr;
}


sub server_port {
    $Test::Nginx::Util::ServerPort = $_[0] if @_;

    return $Test::Nginx::Util::ServerPort;
}


sub server_port_for_client {
    $Test::Nginx::Util::ServerPortForClient = $_[0] if @_;

    return $Test::Nginx::Util::ServerPortForClient;
}


sub env_to_nginx {
    for my $name (@_) {
        Carp::croak("env_to_nginx: bad name: $name")
            if $name !~ /^[A-Za-z_]/ || $name =~ /\n/;

        push @Test::Nginx::Util::EnvToNginx, $name;
    }
}


sub is_str {
    my ($got, $expected, $title) = @_;

    return ref $expected eq 'Regexp'
           ? Test::More::like($got, $expected, $title)
           : Test::More::is($got, $expected, $title);
}


sub run_tests {
    my @blocks = Test::Base::blocks();

    @blocks = List::Util::shuffle(@blocks) if setting('shuffle');

    $ENV{TEST_NGINX_SERVER_PORT} //= $Test::Nginx::Util::ServerPort;

    for my $block (@blocks) {
        $_->($block) for @Test::Nginx::Util::Preprocessors;

        $block->set_value(name => "$0 " . $block->name);
        run_block($block);
        $_->($block) for @Test::Nginx::Util::TestCleanups;
    }

    Test::Nginx::Util::run_cleanups();
}


sub run_block {
    my ($block) = @_;

    %Test::Nginx::Util::RandPorts = ();

    for my $section (@MISSING) {
        bail_out($block->name . " - --- $section needs the genuine Test::Nginx")
            if defined $block->$section;
    }

    if (my ($count, $reason) = Test::Nginx::Standin::Skip::wanted($block)) {
        SKIP: {
            Test::More::skip($block->name . " - $reason",
                             $count * setting('repeat_each'));
        }
        return;
    }

    return must_die($block) if defined $block->must_die;

    serve($block);
    evaluate($block, 'init');
    Test::Nginx::Standin::Logs::rewind();

    for my $round (0 .. setting('repeat_each') - 1) {
        Test::Nginx::Standin::Root::write_user_files($block) if $round;
        run_round($block, $round);
    }

    append_log($block);
    Test::Nginx::Standin::Server::stop() if setting('use_valgrind')
                                            && !setting('use_hup');
}


# A block without --- config goes on with the nginx of the one before.
sub serve {
    my ($block) = @_;

    my $config = section_text($block, 'config');

    if (!defined $config) {
        bail_out($block->name . ' - no --- config, and none before')
            if !defined $Config;
        return;
    }

    $Config = $config;

    Test::Nginx::Standin::Server::up($block, $config, \&ended,
        sub { evaluate($block, 'post_setup_server_root') });

    $Previous = $block;
}


# The nginx before has ended and its logs are still there, or it reloads.
sub ended {
    my ($reloads) = @_;

    if ($Previous && !$reloads) {
        Test::Nginx::Standin::Logs::check_shutdown($Previous);
    }

    undef $Previous;
}


# Perl in a section.
sub evaluate {
    my ($block, $section) = @_;

    my $code = $block->$section;

    return if !defined $code;

    eval "package Test::Nginx::Util; $code";
    bail_out($block->name . " - $section: $@") if $@;
}


sub must_die {
    my ($block) = @_;

    my %was = map { $_ => setting($_) } qw(use_hup use_valgrind);

    setting($_, 0) for keys %was;

    Test::Nginx::Standin::Server::stop();
    ended();
    Test::Nginx::Standin::Root::make($block,
        section_text($block, 'config') // '', 0, 0);
    evaluate($block, 'post_setup_server_root');

    for my $round (0 .. setting('repeat_each') - 1) {
        died($block, $round);
    }

    append_log($block);
    setting($_, $was{$_}) for keys %was;
}


sub died {
    my ($block, $round) = @_;

    Test::Nginx::Standin::Logs::rewind() if !$round;

    my $status = Test::Nginx::Standin::Server::run($block);
    my $title = $block->name . ' - dies as expected';

    if ($status & 127) {
        Test::More::fail("$title (signal " . ($status & 127) . ')');

    } elsif ($block->must_die =~ /^\s*(\d+)\s*$/) {
        Test::More::is($status >> 8, $1, $title);

    } else {
        Test::More::isnt($status, 0, $title);
    }

    Test::Nginx::Standin::Logs::check($block, $round);

    if ($status == 0) {
        Test::Nginx::Standin::Server::wait_for($block,
            \&Test::Nginx::Standin::Server::pid, 10);
        Test::Nginx::Standin::Server::stop();
    }
}


# Every connection of the block, once.
sub run_round {
    my ($block, $round) = @_;

    my $peer = Test::Nginx::Standin::Peer->start($block);
    my @connections = Test::Nginx::Standin::Request::connections($block);
    my $count = List::Util::sum(map { scalar @{ $_->{heads} } } @connections);
    my $index = 0;

    for my $connection (@connections) {
        my $bytes = Test::Nginx::Standin::Client::exchange(
            $block, $connection->{packets});

        for my $is_head (@{ $connection->{heads} }) {
            $bytes = run_response($block, $bytes, $is_head, $index++, $count,
                                  $round);
        }

        warn 'WARNING: ', $block->name, ' - ', length $bytes,
             " bytes after the response\n" if $bytes ne '';
    }

    return if !$peer;

    $peer->check;
    $peer->stop;
}


# Takes one response off the bytes, and returns what is left.
sub run_response {
    my ($block, $bytes, $is_head, $index, $count, $round) = @_;

    my $left = '';

    if (!defined $block->ignore_response) {
        (my $response, $left) = Test::Nginx::Standin::Response->parse(
            $bytes, $is_head, $block->name);

        Test::Nginx::Standin::Checks::response($block, $response, $index,
                                               $count > 1, $round);
    }

    Time::HiRes::sleep($block->wait) if $block->wait;

    Test::Nginx::Standin::Logs::check($block, $round);

    return $left;
}


# TEST_NGINX_ERROR_LOG collects the logs of all blocks.
sub append_log {
    my ($block) = @_;

    my $path = $ENV{TEST_NGINX_ERROR_LOG};

    return if !$path;

    open my $out, '>>', $path or bail_out("cannot write $path: $!");
    print {$out} "\n=== ", $block->name, "\n";

    if (open my $in, '<', log_file('error')) {
        local $/;
        print {$out} scalar <$in> // '';
    }

    close $out;
}


END {
    if ($$ == $Test::Nginx::Util::Owner) {
        my $status = $?;

        Test::Nginx::Standin::Peer::stop_running();
        Test::Nginx::Util::run_cleanups();

        if (!$ENV{TEST_NGINX_NO_CLEAN}) {
            Test::Nginx::Standin::Server::stop();
            ended();
        }

        $? = $status;
    }
}

1;

# `use FinanceTest;` before `use Test::Nginx::Socket` gives a .t a Redis and a
# market of its own, nginx with the module in it, and these functions, which
# may be called in `--- init`, in `eval` sections and in the file itself:
#
#   redis(@words)              the reply to one command
#   redis_flush()              every block begins with an empty Redis anyway
#   redis_stop(), redis_start()   as a crash and a fresh start
#   redis_freeze(), redis_thaw()  open connections, no answers
#   market_fault(%arguments)   spoil answers; every block begins with none
#   market_reset()
#   market_calls($path)        how often it was asked for, in this block; the
#                              path goes up to the ticker, or is a regexp
#   market_last($path)         the requests themselves, as they came
#   market_config()            the locations that a block without --- config has
#   twice_config()             and /twice/, which asks /finance/ for the same
#                              and then again with the ETag that came
#   pick(@paths), check($code), words($pattern), then($code), calls(@paths),
#   settled($n, @paths), took($least, $most, @filters), mark(), keep(), same()
#                              for --- response_body_filters: FinanceTest::Body
#
# Options: sets => [sets of market_data_dir] or data => folder to serve or
# sample => 1 for made-up data of a fixed day with the clock set to it, or
# sample => 'now' for those of today,
# market => [options of market-server], or 0 to have none.
package FinanceTest;

use strict;
use warnings;

use FinanceTest::Body;
use FinanceTest::Market;
use FinanceTest::Process;
use FinanceTest::Redis;
use FinanceTest::Sample;
use NginxTest::Dirs;
use Test::More ();

my %FUNCTION = (
    redis         => \&FinanceTest::Redis::command,
    redis_flush   => sub { FinanceTest::Redis::command('FLUSHALL') },
    redis_stop    => \&FinanceTest::Redis::stop,
    redis_start   => \&FinanceTest::Redis::start,
    redis_freeze  => \&FinanceTest::Redis::freeze,
    redis_thaw    => \&FinanceTest::Redis::thaw,
    market_fault  => \&FinanceTest::Market::fault,
    market_reset  => \&FinanceTest::Market::reset_all,
    market_calls  => \&FinanceTest::Market::calls,
    market_last   => \&FinanceTest::Market::last_requests,
    market_config => \&market_config,
    master        => \&master,
    worker_pids   => \&worker_pids,
    twice_config  => \&twice_config,
    map { $_ => FinanceTest::Body->can($_) } qw(pick check words then calls
                                                settled took mark keep same)
);

my $MARKET_LOCATIONS = <<'END';
location /_market/ {
    internal;
    proxy_pass http://market/;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
}
location /market-control/ {
    proxy_pass http://market/_control/;
}
END

my $TWICE_LOCATIONS = <<'END';
location /twice/ {
    if ($request_uri ~ ^/twice/(.*)$) {
        set $target $1;
    }
    auth_request /first;
    auth_request_set $etag $upstream_http_etag;
    proxy_set_header If-None-Match $etag;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/$target;
}
location = /first {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/finance/$target;
}
END

my $API_LOCATION = <<'END';
location /finance/ {
    finance_api;
    finance_market /_market;
}
END

# What is served when a test names nothing: no ticker is in two of them.
my @SETS = qw(AAPL2014 GOOG2015 SYN);

my ($Market, $Clock);

# Runs after the END of Test::Nginx, which is loaded later and stops nginx.
END {
    my $status = $?;

    FinanceTest::Process::end_all();
    $? = $status;
}


sub import {
    my ($class, %option) = @_;

    my $module = $ENV{TEST_NGINX_FINANCE_MODULE}
                 ||= NginxTest::Dirs::root('build',
                                           'ngx_http_finance_module.so');

    die "$module is missing: run scripts/build\n" if !-f $module;

    $Market = $option{market} // [];

    if ($option{sample}) {
        my $now = $option{sample} eq 'now';

        $option{data} = FinanceTest::Sample::folder($now);
        $Clock = FinanceTest::Sample::clock() if !$now;
    }

    start_market(%option) if $Market;

    FinanceTest::Redis::start();
    $ENV{TEST_NGINX_REDIS_SOCK} = FinanceTest::Redis::socket_path();
    $ENV{TEST_NGINX_REDIS_PORT} = FinanceTest::Redis::port();

    export(scalar caller);
    attach();
}


sub start_market {
    my (%option) = @_;

    my $binary = FinanceTest::Market::binary();
    my @sets = $option{sets} ? @{ $option{sets} } : @SETS;
    my $data = $option{data} // FinanceTest::Market::lay_out(@sets);

    Test::More::plan(skip_all => 'no market data: set FINANCE_MARKET_DATA')
        if !defined $data;

    die "$binary is missing: run scripts/build\n" if !-x $binary;

    FinanceTest::Market::start($data, @$Market);
    $ENV{TEST_NGINX_MARKET_PORT} = FinanceTest::Market::port();
    $ENV{TEST_NGINX_DATA_DIR} = $data;
}


# To the test, to where Test::Nginx evaluates --- init, and to where Test::Base
# evaluates sections.
sub export {
    my ($caller) = @_;

    no strict 'refs';

    for my $package ($caller, 'Test::Nginx::Util', 'Test::Base::Filter') {
        *{"${package}::$_"} = $FUNCTION{$_} for keys %FUNCTION;
    }
}


# The first to be added is the last to run: after what the test adds itself.
sub attach {
    require NginxTest;

    Test::Nginx::Socket::master_on() if !$ENV{TEST_NGINX_MASTER_PROCESS};
    Test::Nginx::Socket::log_level('info') if !$ENV{TEST_NGINX_LOG_LEVEL};
    Test::Nginx::Socket::no_root_location();
    Test::Nginx::Socket::add_block_preprocessor(\&prepare);
}


# The pid of nginx' master.
sub master {
    open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/nginx.pid" or die "nginx.pid: $!\n";
    chomp(my $pid = <$in>);

    return $pid;
}


# The pids of its workers, those that shut down among them.
sub worker_pids {
    my $master = master();

    open my $in, '<', "/proc/$master/task/$master/children" or die "children: $!\n";

    return split ' ', scalar <$in> // '';
}


sub market_config {
    return $MARKET_LOCATIONS . $API_LOCATION;
}


sub twice_config {
    return market_config() . $TWICE_LOCATIONS;
}


# Adds to a block what it leaves open.
sub prepare {
    my ($block) = @_;

    my ($main, $http, $config) =
        map { scalar $block->$_ } qw(main_config http_config config);
    my $loads = join ' ', $main // '', $ENV{TEST_NGINX_LOAD_MODULES} // '';

    if ($loads !~ /finance_module/) {
        $main = "load_module \$TEST_NGINX_FINANCE_MODULE;\n" . ($main // '');
    }

    $http //= '';
    $http = "finance_redis unix:\$TEST_NGINX_REDIS_SOCK;\n$http"
        if $http !~ /\bfinance_redis\b/;

    $http = "finance_clock $Clock;\n$http"
        if $Clock && $http !~ /\bfinance_clock\b/;

    if ($Market) {
        $http = "upstream market {\n    server 127.0.0.1:"
                . "\$TEST_NGINX_MARKET_PORT;\n    keepalive 16;\n}\n$http"
            if $http !~ /\bupstream\s+market\b/;

        $config //= market_config();
        $config .= "\n$MARKET_LOCATIONS" if $config !~ m{\blocation\s+/_market};
    }

    $block->set_value(main_config => $main) if defined $main;
    $block->set_value(http_config => $http);
    $block->set_value(config => $config // $API_LOCATION);
    $block->set_value(post_setup_server_root => 'FinanceTest::begin();'
                      . ($block->post_setup_server_root // ''));
    watch_logs($block);
}


# Between the nginx of the block before and this block's.
sub begin {
    FinanceTest::Redis::thaw();
    FinanceTest::Redis::start();
    FinanceTest::Redis::command('FLUSHALL');
    FinanceTest::Market::reset_all() if $Market;
}


# No block may see nginx complain of a crash or of something not released,
# unless it says so.
sub watch_logs {
    my ($block) = @_;

    my @expected = grep { defined } map { ref eq 'ARRAY' ? @$_ : $_ }
                                    scalar $block->error_log;
    my $dies = defined $block->must_die;

    for my $level ($dies ? '[alert]' : ('[alert]', '[emerg]')) {
        next if grep { index($_, substr $level, 0, -1) >= 0 } @expected;

        add_pattern($block, 'no_error_log', $level);
    }

    add_pattern($block, 'no_shutdown_error_log', '[alert]') if !$dies;
}


sub add_pattern {
    my ($block, $section, $pattern) = @_;

    my $value = $block->$section;
    my @patterns = !defined $value ? ()
                   : ref $value eq 'ARRAY' ? @$value
                   : ref $value ? $value
                   : split /\n+/, $value;

    return if grep { $_ eq $pattern } @patterns;

    $block->set_value($section => [@patterns, $pattern]);
}

1;

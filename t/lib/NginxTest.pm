# `use NginxTest;` before `use Test::Nginx::Socket` gives a .t its own folder
# and port, under the genuine Test::Nginx and under the stand-in, and lets a
# block fail that has a section in vain.
package NginxTest;

use strict;
use warnings;

use NginxTest::Dirs;
use NginxTest::Sections;
use Test::Builder;

# What a signal ends has to go through END.
for my $signal (qw(INT TERM HUP)) {
    $SIG{$signal} = sub { exit 130 };
}

# What this does anyway; Test::Nginx itself would write into t/.
delete $ENV{TEST_NGINX_RANDOMIZE};

$ENV{TEST_NGINX_SERVROOT} ||= NginxTest::Dirs::run('servroot');

if (!$ENV{TEST_NGINX_SERVER_PORT} && !$ENV{TEST_NGINX_PORT}) {
    $ENV{TEST_NGINX_PORT} = NginxTest::Dirs::port();
}

$ENV{TMPDIR} = NginxTest::Dirs::run();
$ENV{TEST_NGINX_HTML_DIR} ||= "$ENV{TEST_NGINX_SERVROOT}/html";
$ENV{TEST_NGINX_SERVER_PORT} ||= $ENV{TEST_NGINX_PORT};

# nginx is where the path of a user who is not root does not lead.
if (!$ENV{TEST_NGINX_BINARY} && -x '/usr/sbin/nginx'
    && !grep { -x "$_/nginx" } split /:/, $ENV{PATH})
{
    $ENV{TEST_NGINX_BINARY} = '/usr/sbin/nginx';
}

# To bail out would end the tests of all other files as well, after which prove
# closes with "Result: PASS": only this file is to fail.
{
    no warnings 'redefine';

    *Test::Builder::BAIL_OUT = sub {
        my ($builder, $reason) = @_;

        $builder->ok(0, 'given up: ' . ($reason // '') =~ s/\s+/ /gr);
        exit 255;
    };
}

# The parent of what nginx leaves when it goes to the background: where the
# machine's first process does not hurry to collect what has ended, waiting
# for a nginx to end would take long.
eval {
    local $SIG{__WARN__} = sub { };

    require 'syscall.ph';
    syscall(SYS_prctl(), 36, 1, 0, 0, 0);    # PR_SET_CHILD_SUBREAPER
};

require Test::Nginx::Socket;

Test::Nginx::Socket::add_block_preprocessor(sub {
    my ($block) = @_;

    my $problem = NginxTest::Sections::problem($block);

    Test::Nginx::Socket::bail_out("$0 " . $block->name . " - $problem")
        if defined $problem;
});

1;

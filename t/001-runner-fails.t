# Each check of the runner can fail: a file whose blocks expect one wrong thing
# each is run, and every block must fail exactly there.
use strict;
use warnings;

use NginxTest::Dirs;
use Test::More;

my $HEADER = <<'END';
use strict;
use warnings;
use NginxTest;
use Test::Nginx::Socket 'no_plan';
no_shuffle();
log_level('info');
run_tests();
__DATA__
END

# In each, what comes before the arrow is a block, after it what of its TAP
# lines has to be "not ok", as a regexp on their names; '' for none.
my @CASES = (
    'control: nothing is wrong' => '', <<'END',
--- request
GET /t
--- response_headers
X-A: 1
! X-B
--- response_body: hello
--- no_error_log
[error]
--- no_shutdown_error_log
[alert]
END
    'response_body' => 'response_body', <<'END',
--- request
GET /t
--- response_body: hell
END
    'response_body of the second request' => 'response_body', <<'END',
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["hello", "Hello"]
END
    'response_body of the second in a pipeline' => 'response_body', <<'END',
--- pipelined_requests eval
["GET /t", "GET /t"]
--- response_body eval
["hello", "Hello"]
END
    'response_body with too few entries' => 'response_body', <<'END',
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["hello"]
END
    'response_body_like' => 'response_body_like', <<'END',
--- request
GET /t
--- response_body_like: ^ello
END
    'response_body_unlike' => 'response_body_unlike', <<'END',
--- request
GET /t
--- response_body_unlike: ello
END
    'response_body of a filtered body' => 'response_body', <<'END',
--- request
GET /t
--- response_body_filters: uc
--- response_body: hello
END
    'error_code' => 'status code', <<'END',
--- request
GET /t
--- error_code: 201
END
    'error_code when none is expected' => 'status code', <<'END',
--- request
GET /missing
END
    'error_code when there is no answer' => 'status code', <<'END',
--- request
GET /silent
END
    'error_code_like' => 'status code', <<'END',
--- request
GET /t
--- error_code_like: ^[345]
END
    'response_headers with another value' => 'header X-A', <<'END',
--- request
GET /t
--- response_headers
X-A: 2
END
    'response_headers that is not there' => 'header X-B', <<'END',
--- request
GET /t
--- response_headers
X-B: 1
END
    'response_headers that must not be there' => 'header X-A', <<'END',
--- request
GET /t
--- response_headers
! X-A
END
    'response_headers_like' => 'header X-A', <<'END',
--- request
GET /t
--- response_headers_like
X-A: [2-9]
END
    'raw_response_headers_like' => 'raw resp headers', <<'END',
--- request
GET /t
--- raw_response_headers_like: X-B
END
    'raw_response_headers_unlike' => 'raw resp headers', <<'END',
--- request
GET /t
--- raw_response_headers_unlike: X-A: 1
END
    'error_log' => 'there is no such line', <<'END',
--- request
GET /t
--- error_log
there is no such line
END
    'error_log with one of two lines' => 'there is no such line', <<'END',
--- request
GET /missing
--- error_code: 404
--- error_log
No such file
there is no such line
END
    'error_log of what another request said' => 'No such file', <<'END',
--- request eval
["GET /missing", "GET /t"]
--- error_code eval
[404, 200]
--- error_log
No such file
END
    'no_error_log' => 'No such file', <<'END',
--- request
GET /missing
--- error_code: 404
--- no_error_log
[alert]
No such file
END
    'grep_error_log' => 'grep_error_log_out', <<'END',
--- request
GET /missing
--- error_code: 404
--- grep_error_log: No such file
--- grep_error_log_out
No such
END
    'grep_error_log that finds too little' => 'grep_error_log_out', <<'END',
--- request
GET /t
--- grep_error_log: No such file
--- grep_error_log_out
No such file
END
    'access_log' => 'there is no such line', <<'END',
--- request
GET /t
--- access_log
there is no such line
END
    'no_access_log' => 'GET /t', <<'END',
--- request
GET /t
--- no_access_log
GET /t
END
    'timeout' => 'timed out|status code', <<'END',
--- config
    location /slow {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply:
--- tcp_no_close
--- timeout: 200ms
--- request
GET /slow
END
    'a chunked body that breaks off' => 'chunk', <<'END',
--- config
    location /chunks {
        proxy_http_version 1.1;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
--- request
GET /chunks
--- ignore
END
    'tcp_query' => 'tcp_query ok', <<'END',
--- config
    location /up {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
"HTTP/1.0 200 OK\r\n\r\n"
--- tcp_query: GET /down
--- request
GET /up
END
    'tcp_query_len' => 'TCP query length', <<'END',
--- config
    location /up {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
"HTTP/1.0 200 OK\r\n\r\n"
--- tcp_query_len: 10
--- request
GET /up
END
    'no_shutdown_error_log' => 'signal 3', <<'END',
--- log_level: notice
--- request
GET /t
--- no_shutdown_error_log eval
[qr/signal 3 .*received/]
END
    'shutdown_error_log' => 'there is no such line', <<'END',
--- request
GET /t
--- shutdown_error_log
there is no such line
END
    'must_die when nginx lives' => 'die', <<'END',
--- must_die
END
    'must_die with another status' => 'die', <<'END',
--- config
    there_is_no_such_directive on;
--- must_die: 7
--- suppress_stderr
END
    'must_die and what it logs' => 'another word', <<'END',
--- config
    there_is_no_such_directive on;
--- must_die
--- error_log
[emerg]
another word
--- suppress_stderr
END
    'control: still nothing is wrong' => '', <<'END',
--- request
GET /t
--- response_body: hello
END
);

my $CONFIG = <<'END';
--- config
    location = /t { add_header X-A 1; return 200 "hello"; }
    location = /missing { root $TEST_NGINX_HTML_DIR; }
    location = /silent { return 444; }
END

# Blocks that Test::Nginx or NginxTest refuses.
my @REFUSED = (
    'a section that does not exist' => qr/no section "respone_body"/, <<'END',
--- request
GET /t
--- respone_body: hello
END
    'a section that another turns off' =>
    qr/"response_body" turns "response_body_like" off/, <<'END',
--- request
GET /t
--- response_body: hello
--- response_body_like: hello
END
    'eval code that dies' => qr/"no_error_log": Oh/, <<'END',
--- request
GET /t
--- no_error_log eval
die "Oh";
END
    'no array for several requests' => qr/array/, <<'END',
--- request eval
["GET /t", "GET /t"]
--- response_body: hello
END
    'init that dies' => qr/init.*no way/, <<'END',
--- init
    die "no way\n";
--- request
GET /t
END
    'a variable that is not set' => qr/TEST_NGINX_NO_SUCH/, <<'END',
--- http_config
    include $TEST_NGINX_NO_SUCH;
--- request
GET /t
END
    'no request' => qr/[Rr]equest/, <<'END',
--- response_body: hello
END
);


sub block {
    my ($title, $text) = @_;

    $text =~ s/^--- ignore\n//m;
    $text = $CONFIG . $text if $text !~ /^--- config$/m;

    return "=== TEST $title\n$text\n";
}


# The child's TAP lines.
sub run_file {
    my ($name, $text) = @_;

    my $path = NginxTest::Dirs::run("$name.t");

    open my $out, '>', $path or die "$path: $!";
    print {$out} $HEADER, $text;
    close $out or die "$path: $!";

    # It has a port and a folder of its own.
    delete local @ENV{grep { /^TEST_NGINX_(?:(?:SERVER_|CLIENT_)?PORT|SERV.*)$/ }
                      keys %ENV};
    local $ENV{TEST_NGINX_USE_HUP} = 0;
    local $ENV{TEST_NGINX_USE_VALGRIND} = '';

    my @command = ($^X, (map { "-I$_" } grep { !ref } @INC), $path);

    open my $in, '-|', "@{[map { quotemeta } @command]} 2>$path.err"
        or die "cannot run $path: $!";
    my @lines = <$in>;
    close $in;

    return ($?, @lines);
}


my (@expected, $all);

while (my ($title, $failing, $text) = splice @CASES, 0, 3) {
    push @expected, [$title, $failing];
    $all .= block(@expected . ": $title", $text);
}

my ($status, @lines) = run_file('wrong', $all);

# Without a plan, which the genuine one leaves out after a timeout, prove takes
# a file as failed too.
ok($status != 0 || !(grep { /^1\.\.\d/ } @lines),
   'a file with wrong blocks fails');

for my $number (1 .. @expected) {
    my ($title, $failing) = @{ $expected[$number - 1] };
    my @own = grep { /TEST $number: / } @lines;
    my @bad = grep { /^not ok/ } @own;
    my @other = grep { !/^not ok.*(?:$failing)/i } @bad;

    ok(@own > 0, "$title: it ran");

    if ($failing eq '') {
        is("@bad", '', "$title: it passes");
        next;
    }

    ok(@bad > 0, "$title: it fails") or diag(@own);
    is("@other", '', "$title: nothing else fails");
}

my $count = 0;

while (my ($title, $reason, $text) = splice @REFUSED, 0, 3) {
    my ($status, @lines) = run_file('refused-' . ++$count,
                                    block("1: $title", $text));

    isnt($status, 0, "$title: the file fails");
    like(join('', @lines), qr/^not ok .*$reason/m, "$title: it is told");
}

done_testing();

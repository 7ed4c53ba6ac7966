# What the tests use of Test::Nginx works, with nothing but nginx itself.
# That each of these checks can fail is shown by 001-runner-fails.t.
use strict;
use warnings;

use NginxTest;
use Test::Nginx::Socket 'no_plan';

our $Prepared = 0;

add_block_preprocessor(sub {
    my ($block) = @_;

    $Prepared++;
    $block->set_value(config => 'location = /default { return 200 "d\n"; }')
        if !defined $block->config;
});

repeat_each(2);
no_shuffle();
log_level('info');
no_long_string();
run_tests();

__DATA__

=== TEST 1: status, body and headers
--- config
    location = /t {
        add_header X-One "a b";
        add_header X-Two 1;
        add_header X-Two 2;
        return 200 "hello\n";
    }
--- request
GET /t
--- response_body
hello
--- response_headers
X-One: a b
X-Two: 1, 2
Content-Length: 6
! X-Three
--- raw_response_headers_like: X-Two: 1\r\nX-Two: 2\r\n
--- raw_response_headers_unlike: X-Three
--- no_error_log
[error]



=== TEST 2: patterns
--- config
    location = /t {
        add_header X-N 1234;
        return 201 "port $server_port of $request_method\n";
    }
--- request
GET /t
--- response_body_like chomp
^port \d+ of GET$
--- response_headers_like
X-N: \d{4}
--- error_code_like: ^20[12]$



=== TEST 3: what must not be in a body
--- config
    location = /t { return 200 "abc"; }
--- request
GET /t
--- response_body_unlike: [d-z]



=== TEST 4: a body given as a regexp
--- config
    location = /t { return 200 "abc"; }
--- request
GET /t
--- response_body eval
qr/^a.c$/



=== TEST 5: a block without its own configuration
--- request
GET /default
--- response_body
d



=== TEST 6: several requests
--- config
    location = /a { return 200 "a\n"; }
    location = /b { add_header X-B "$http_x_which" always; return 404 "b\n"; }
--- request eval
["GET /a", "GET /b"]
--- more_headers eval
["X-Which: first", "X-Which: second"]
--- response_body eval
["a\n", "b\n"]
--- response_headers eval
["! X-B", "X-B: second"]
--- error_code eval
[200, 404]



=== TEST 7: pipelined requests on one connection
--- config
    location = /a { return 200 "$connection_requests a\n"; }
    location = /b { return 200 "$connection_requests b\n"; }
--- pipelined_requests eval
["GET /a", "GET /b", "GET /a"]
--- response_body eval
["1 a\n", "2 b\n", "3 a\n"]



=== TEST 8: a request with a body, kept by nginx
--- config
    location /files/ {
        root $TEST_NGINX_HTML_DIR;
        dav_methods PUT DELETE;
        create_full_put_path on;
    }
--- request eval
["PUT /files/t-8
one
two
", "GET /files/t-8", "DELETE /files/t-8"]
--- response_body eval
["", "one\ntwo", ""]
--- error_code eval
[201, 200, 204]



=== TEST 9: a request in packets, with a pause
--- config
    location = /t {
        client_body_in_single_buffer on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/echo;
    }
    location = /echo { return 200 "$content_length $request_method\n"; }
--- request eval
[["POST /t\nabc", { value => "def", delay_before => 0.05 }, "g"]]
--- response_body
7 POST



=== TEST 10: raw requests
--- config
    location = /t { return 200 "$http_x_cut\n"; }
--- raw_request eval
["GET /t HTTP/1.1\r\nHost: localhost\r\nX-C", "ut: yes\r\n", "Connection: close\r\n\r\n"]
--- raw_request_middle_delay: 0.02
--- response_body
yes



=== TEST 11: what nginx refuses
--- config
    location = /t { return 200; }
--- raw_request eval
"GET /t HTTP/1.1\r\nConnection: close\r\n\r\n"
--- response_body_like: 400 Bad Request
--- error_code: 400



=== TEST 12: headers take the place of those sent by default
--- config
    location = /t { return 200 "$http_host $http_x_a $http_connection\n"; }
--- request
GET /t
--- more_headers
# a comment
Host: example.org
X-A: b
--- response_body
example.org b close



=== TEST 13: a chunked request and a chunked response
--- config
    location = /t {
        proxy_http_version 1.1;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/files/;
    }
    location /files/ {
        ssi on;
        ssi_types *;
        alias $TEST_NGINX_HTML_DIR/;
        index t.txt;
    }
--- user_files
>>> t.txt
<!--# echo var="request_method" -->
--- request
GET /t
--- response_headers
Transfer-Encoding: chunked
--- response_body
GET



=== TEST 14: a HEAD request has no body
--- config
    location = /t { return 200 "abc"; }
--- request
HEAD /t
--- response_headers
Content-Length: 3
--- response_body



=== TEST 15: files with dates
--- config
    location /files/ { alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a/b.txt 201212261312.00
in $TEST_NGINX_SERVER_PORT
>>> c.txt
sea
--- request eval
["GET /files/a/b.txt", "GET /files/c.txt"]
--- response_headers eval
["Last-Modified: Wed, 26 Dec 2012 13:12:00 GMT", ""]
--- response_body eval
["in $ENV{TEST_NGINX_SERVER_PORT}\n", "sea\n"]



=== TEST 16: files given as an array
--- config
    location /files/ { alias $TEST_NGINX_HTML_DIR/; }
--- user_files eval
[["x.txt" => "x" x 100000]]
--- request
GET /files/x.txt
--- response_body eval
"x" x 100000



=== TEST 17: the root location
--- config
--- request
GET /
--- response_body_like: It works!



=== TEST 18: error.log
--- config
    location = /t { return 200; log_not_found on; }
    location /missing { root $TEST_NGINX_HTML_DIR; }
--- request
GET /missing/file
--- error_log eval
["No such file", qr/open\(\) ".*?file" failed/]
--- grep_error_log eval
qr/open\(\) "\S+?html\/missing\/file"/
--- grep_error_log_out eval
["open() \"$ENV{TEST_NGINX_SERVER_ROOT}/html/missing/file\"\n",
 "open() \"$ENV{TEST_NGINX_SERVER_ROOT}/html/missing/file\"\n"]
--- no_error_log
[alert]
[crit]
--- response_body_like: 404 Not Found
--- error_code: 404



=== TEST 19: grep as a substring that nothing has
--- config
    location = /t { return 200; }
--- request
GET /t
--- grep_error_log: nothing says this
--- grep_error_log_out
--- response_body



=== TEST 20: access.log
--- http_config
    log_format mine 'mine $uri $status';
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log mine;
    location = /t { return 204; }
--- request
GET /t
--- access_log eval
[qr{^mine /t 204$}]
--- no_access_log
mine /other
--- error_code: 204



=== TEST 21: a log level of its own, and what happens while nginx ends
--- log_level: crit
--- config
    location = /missing { root $TEST_NGINX_HTML_DIR; }
--- request
GET /missing
--- no_error_log
No such file
--- error_code: 404
--- no_shutdown_error_log
[alert]



=== TEST 22: nginx must not start
--- config
    there_is_no_such_directive on;
--- must_die
--- error_log
[emerg]
unknown directive "there_is_no_such_directive"
--- suppress_stderr



=== TEST 23: nor here, with the status told
--- main_config
    worker_rlimit_nofile none;
--- config
--- must_die: 1
--- error_log eval
qr/\[emerg\].*"worker_rlimit_nofile" directive invalid number/
--- suppress_stderr



=== TEST 24: nginx starts again after that, init has its say
--- config
    location = /t { root $TEST_NGINX_HTML_DIR; }
--- init
    open my $out, '>', html_dir() . '/t' or die $!;
    print {$out} "init $0\n";
    close $out;
--- request
GET /t
--- response_body eval
"init $0\n"



=== TEST 25: a connection without an answer
--- config
    location = /t { return 444; }
--- request
GET /t
--- error_code:
--- response_body



=== TEST 26: a client that goes away
--- config
    location = /t { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply: HTTP/1.0 200 OK
--- tcp_reply_delay: 2s
--- request
GET /t
--- timeout: 200ms
--- abort
--- ignore_response
--- wait: 0.1
--- error_log eval
qr/client .*closed connection/



=== TEST 27: an upstream that plays its part
--- config
    location = /t {
        proxy_set_header Host up;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/x;
    }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
["HTTP/1.0 200 OK\r\n", "X-Up: 1\r\n\r\nfrom ", "up\n"]
--- tcp_query eval
"GET /x HTTP/1.0\r\nHost: up\r\nConnection: close\r\n\r\n"
--- tcp_query_len: 48
--- request
GET /t
--- response_headers
X-Up: 1
--- response_body
from up



=== TEST 28: an upstream on a socket, whose answer is computed
--- config
    location = /t {
        proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/html/up.sock:/x;
    }
--- tcp_listen eval
"$ENV{TEST_NGINX_SERVER_ROOT}/html/up.sock"
--- tcp_reply eval
sub {
    my ($query) = @_;

    return "HTTP/1.0 200 OK\r\n\r\n" . ($query =~ m{^(GET /x)} ? $1 : '-');
}
--- request
GET /t
--- response_body: GET /x



=== TEST 29: an upstream that neither answers nor closes
--- config
    location = /t {
        proxy_read_timeout 150ms;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/x;
    }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply:
--- tcp_no_close
--- request
GET /t
--- error_log
upstream timed out
--- response_body_like: 504 Gateway Time-out
--- error_code: 504



=== TEST 30: body filters
--- config
    location = /t { return 200 "AbC"; }
--- request
GET /t
--- response_body_filters eval
["lc", sub { "<$_[0]>" }]
--- response_body: <abc>



=== TEST 31: JSON in any order
--- config
    location = /t { return 200 '{"b": [1, null],  "a": "x"}'; }
--- request
GET /t
--- response_body_json_sort
--- response_body
{"a":"x","b":[1,null]}



=== TEST 32: skipped for a nginx that is too new
--- config
    location = /t { return 200; }
--- request
GET /t
--- error_code: 500
--- skip_nginx: 1: > 1.2.3



=== TEST 33: skipped by code
--- config
    location = /t { return 200; }
--- request
GET /t
--- error_code: 500
--- skip_eval: 1: $^O ne 'an unknown one'



=== TEST 34: not skipped
--- config
    location = /t { return 200 "$maybe"; }
    set $maybe "n";
--- request
GET /t
--- response_body: n
--- skip_nginx: 2: < 1.2.3
--- skip_eval: 2: 0



=== TEST 35: never run
--- config
    location = /t { return 200; }
--- request
GET /t
--- error_code: 500
--- SKIP



=== TEST 36: the client closes its side when it has asked
--- config
    lingering_close off;
    location = /t { return 200 "abc"; }
--- request
GET /t
--- shutdown: 1
--- response_body: abc



=== TEST 37: around http, and a server's name
--- main_config
    env TEST_NGINX_SERVER_PORT;
--- server_name: my.example
--- post_main_config
    worker_shutdown_timeout 5s;
--- config
    location = /t { return 200 "$server_name:$server_port $ServerPort\n"; }
    set $ServerPort "";
--- request
GET /t
--- response_body_like: ^my\.example:$ServerPort \n$

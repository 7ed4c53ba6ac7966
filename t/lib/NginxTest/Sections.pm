# Finds what a block says in vain: Test::Nginx passes over sections that it
# does not know, and over checks that another section turns off; and where the
# code of an `eval` section dies, it takes the error's text for the value.
package NginxTest::Sections;

use strict;
use warnings;

my %KNOWN = map { $_ => 1 } qw(
    abort access_log config description error_code error_code_like error_log
    grep_error_log grep_error_log_out http_config ignore_response init
    log_level main_config more_headers must_die name no_access_log no_error_log
    no_shutdown_error_log pipelined_requests post_main_config
    post_setup_server_root raw_request raw_request_middle_delay
    raw_response_headers_like raw_response_headers_unlike reload_fails request
    response_body response_body_filters response_body_json_sort
    response_body_like response_body_unlike response_headers
    response_headers_like server_addr_for_client server_name shutdown
    shutdown_error_log skip_eval skip_nginx suppress_stderr tcp_listen
    tcp_no_close tcp_query tcp_query_len tcp_reply tcp_reply_delay timeout
    user_files wait ONLY SKIP LAST
);

# The first turns the others off.
my @IN_VAIN = (
    [qw(response_body response_body_like response_body_unlike)],
    [qw(response_body_like response_body_unlike)],
    [qw(response_headers response_headers_like)],
    [qw(error_code_like error_code)],
    [qw(raw_request request pipelined_requests more_headers)],
    [qw(pipelined_requests request)],
    [qw(ignore_response response_body response_body_like response_body_unlike
        response_headers response_headers_like raw_response_headers_like
        raw_response_headers_unlike error_code error_code_like access_log
        no_access_log)],
    [qw(must_die request response_body response_body_like
        response_body_unlike response_headers response_headers_like error_code
        error_code_like init)],
);


# A sentence on what is wrong, or undef.
sub problem {
    my ($block) = @_;

    for my $section (map { keys %$_ } $block->_section_map) {
        return "there is no section \"$section\"" if !$KNOWN{$section};
        return "\"$section\": $1"
            if ($block->$section // '') =~ /^(.* at \(eval \d+\) line \d+.*)/m;
    }

    for my $rule (@IN_VAIN) {
        my ($first, @others) = @$rule;

        next if !defined $block->$first;

        for my $other (@others) {
            return "\"$first\" turns \"$other\" off"
                if defined $block->$other;
        }
    }

    return undef;
}

1;

# finance_zone, finance_budget and finance_limit: what is refused with which
# words, and what a reload does to what the zone holds.
use strict;
use warnings;

use FinanceTest sample => 1;
use HTTP::Tiny;
use Test::Nginx::Socket 'no_plan';

our $Spent = qq({"detail":"The market's budget of calls is spent"});

# What nginx says of a directive, with where it stands.
sub refused {
    my ($what) = @_;

    return [qr/\[emerg\] .*$what.* in \S+nginx\.conf:\d+$/];
}

sub pause { select undef, undef, undef, $_[0] }

# A filter that changes nginx.conf and reloads it; the answer stays.
sub reload {
    my ($from, $to) = @_;

    return then(sub {
        my $path = "$ENV{TEST_NGINX_SERVROOT}/conf/nginx.conf";

        open my $in, '<', $path or die "$path: $!\n";
        my $text = join '', <$in>;

        if (defined $from) {
            $text =~ s/\Q$from\E/$to/ or die "no $from in $path\n";
            FinanceTest::Sample::write_file($path, $text);
        }

        kill HUP => master();
        pause(0.5);
    });
}

sub seen {
    return sub {
        my ($text) = @_;

        chomp $text;
        return "$text: " . FinanceTest::Market::calls()->{total} . "\n";
    };
}

# Adds what is left of the budget.
sub left {
    return sub {
        my ($text) = @_;
        my $health = HTTP::Tiny->new->get(
            "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/finance/health");

        chomp $text;
        return "$text: " . ($health->{content} =~ /"left":(\d+)/ ? $1 : 'nothing') . " left\n";
    };
}

{
    no warnings 'once';
    no strict 'refs';

    *{"Test::Base::Filter::$_"} = \&{"main::$_"} for qw(refused reload left seen);
}

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(request => 'GET /finance/watchlist')
        if !defined $block->request && !defined $block->must_die;
    $block->set_value(suppress_stderr => '') if defined $block->must_die;
});

workers(2);
timeout(10 * $FinanceTest::Body::Slow);
no_shuffle();
no_long_string();
run_tests();

__DATA__

=== TEST 1: the smallest zone, behind what needs it
--- http_config
    finance_limit rate=100r/s burst=0;
    finance_budget rate=1r/m burst=10;
    finance_zone a.b-c_d:64k;
--- response_body chomp
[]
--- response_headers
RateLimit-Policy: "default";q=100;w=1



=== TEST 2: a zone alone is no harm
--- http_config
    finance_zone finance:1m;
--- request
GET /finance/health
--- response_body_filters eval
pick('budget')
--- response_body
null



=== TEST 3: a limit that is off needs no zone
--- http_config
    finance_limit off;
--- response_body chomp
[]



=== TEST 4: too small
--- http_config
    finance_zone finance:63k;
--- must_die
--- error_log eval
refused(qr/zone "finance:63k" in "finance_zone" is too small: 64k at least/)



=== TEST 5: without a size
--- http_config
    finance_zone finance;
--- must_die
--- error_log eval
refused(qr/invalid zone "finance" in "finance_zone": a name and a size, e\.g\. finance:1m/)



=== TEST 6: without a name
--- http_config
    finance_zone :1m;
--- must_die
--- error_log eval
refused(qr/invalid zone ":1m" in "finance_zone"/)



=== TEST 7: with nothing behind the colon
--- http_config
    finance_zone finance:;
--- must_die
--- error_log eval
refused(qr/invalid zone "finance:" in "finance_zone"/)



=== TEST 8: a size that is none
--- http_config
    finance_zone finance:1x;
--- must_die
--- error_log eval
refused(qr/invalid zone "finance:1x" in "finance_zone"/)



=== TEST 9: a name that would leave the braces of its key
--- http_config
    finance_zone "a}b:1m";
--- must_die
--- error_log eval
refused(qr/invalid zone "a\}b:1m" in "finance_zone"/)



=== TEST 10: two zones
--- http_config
    finance_zone one:1m;
    finance_zone two:1m;
--- must_die
--- error_log eval
refused(qr/"finance_zone" directive is duplicate/)



=== TEST 11: a zone in a server
--- config
    finance_zone finance:1m;
--- must_die
--- error_log eval
refused(qr/"finance_zone" directive is not allowed here/)



=== TEST 12: a budget without a zone
--- http_config
    finance_budget rate=5r/m;
--- must_die
--- error_log eval
[qr/\[emerg\].*"finance_budget" in \S+nginx\.conf:\d+ needs shared memory: add "finance_zone finance:1m;" to "http"/]



=== TEST 13: a limit without a zone
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_limit rate=5r\/m;/r
--- must_die
--- error_log eval
[qr/\[emerg\].*"finance_limit" in \S+nginx\.conf:\d+ needs shared memory: add "finance_zone finance:1m;" to "http"/]



=== TEST 14: a budget larger than the zone
--- http_config
    finance_zone finance:64k;
    finance_budget rate=4000r/m burst=95;
--- must_die
--- error_log eval
[qr/\[emerg\].*"finance_budget" in \S+nginx\.conf:\d+ needs a larger "finance_zone" than "finance": 16 bytes for each of 4095 calls/]



=== TEST 15: one that just fits
--- http_config
    finance_zone finance:64k;
    finance_budget rate=4000r/m burst=94;
    finance_limit rate=1r/s;
--- request
GET /finance/stocks/TINY/bars?days=1
--- response_body_like: ^\{"ticker":"TINY"
--- response_headers
RateLimit: "default";r=0;t=1



=== TEST 16: no rate
--- http_config
    finance_zone finance:1m;
    finance_budget burst=5;
--- must_die
--- error_log eval
refused(qr/"finance_budget" needs a rate, e\.g\. rate=5r\/m/)



=== TEST 17: nothing an hour
--- http_config
    finance_zone finance:1m;
    finance_budget rate=5r/h;
--- must_die
--- error_log eval
refused(qr/invalid parameter "rate=5r\/h" in "finance_budget": rate=5r\/m, rate=10r\/s, burst=20 are right, with numbers up to 100000/)



=== TEST 18: no calls
--- http_config
    finance_zone finance:1m;
    finance_budget rate=0r/m;
--- must_die
--- error_log eval
refused(qr/invalid parameter "rate=0r\/m" in "finance_budget"/)



=== TEST 19: less than none
--- http_config
    finance_zone finance:1m;
    finance_budget rate=5r/m burst=-1;
--- must_die
--- error_log eval
refused(qr/invalid parameter "burst=-1" in "finance_budget"/)



=== TEST 20: half a call
--- http_config
    finance_zone finance:1m;
    finance_budget rate=0.5r/s;
--- must_die
--- error_log eval
refused(qr/invalid parameter "rate=0\.5r\/s" in "finance_budget"/)



=== TEST 21: too many
--- http_config
    finance_zone finance:1m;
    finance_budget rate=100001r/s;
--- must_die
--- error_log eval
refused(qr/invalid parameter "rate=100001r\/s" in "finance_budget"/)



=== TEST 22: the rate twice
--- http_config
    finance_zone finance:1m;
    finance_budget rate=5r/m rate=6r/m;
--- must_die
--- error_log eval
refused(qr/invalid parameter "rate=6r\/m" in "finance_budget"/)



=== TEST 23: only a number
--- http_config
    finance_zone finance:1m;
    finance_limit 5;
--- must_die
--- error_log eval
refused(qr/invalid parameter "5" in "finance_limit"/)



=== TEST 24: off, and not
--- http_config
    finance_zone finance:1m;
    finance_limit off rate=5r/m;
--- must_die
--- error_log eval
refused(qr/invalid parameter "off" in "finance_limit"/)



=== TEST 25: two budgets
--- http_config
    finance_zone finance:1m;
    finance_budget rate=5r/m;
    finance_budget rate=6r/m;
--- must_die
--- error_log eval
refused(qr/"finance_budget" directive is duplicate/)



=== TEST 26: a budget of a location
--- http_config
    finance_zone finance:1m;
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_budget rate=5r\/m;/r
--- must_die
--- error_log eval
refused(qr/"finance_budget" directive is not allowed here/)



=== TEST 27: two limits
--- http_config
    finance_zone finance:1m;
--- config eval
FinanceTest::market_config() =~ s/finance_api;/finance_api; finance_limit off; finance_limit rate=5r\/m;/r
--- must_die
--- error_log eval
refused(qr/"finance_limit" directive is duplicate/)



=== TEST 28: reloads that change nothing, under requests
--- http_config
    finance_zone finance:64k;
    finance_budget rate=20r/m;
    finance_limit rate=5r/m burst=15;
--- request eval
[("GET /finance/stocks/TINY/bars?days=1") x 5, "GET /finance/health"]
--- response_body_filters eval
[([pick('ticker'), reload()]) x 5, [pick('budget.left')]]
--- response_body eval
[(qq("TINY"\n)) x 5, "19\n"]
--- response_headers_like eval
[(map { "RateLimit: \"default\";r=$_;t=[0-9]+" } 19, 18, 17, 16, 15), "Content-Type: .*"]



=== TEST 29: a zone of another size: new counts, and a budget that counts as spent
--- http_config
    finance_zone finance:64k;
    finance_budget rate=20r/m;
    finance_limit rate=5r/m burst=15;
--- request eval
["GET /finance/stocks/TINY/bars?days=1", "GET /finance/stocks/TINY/bars?days=1",
 "GET /finance/stocks/KO/bars?days=1", "GET /finance/health"]
--- response_body_filters eval
[[pick('ticker'), seen(), reload('finance:64k', 'finance:256k')], [pick('ticker'), seen()],
 [seen()], [pick('budget.left', 'status')]]
--- response_body eval
[qq("TINY": 1\n), qq("TINY": 1\n), "$main::Spent: 1\n", qq(0 "ok"\n)]
--- error_code eval
[200, 200, 503, 200]
--- response_headers_like eval
my $soon = $FinanceTest::Body::Slow > 1 ? '([45][0-9]|60|61)' : '(59|60|61)';
["RateLimit: \"default\";r=19;t=[0-9]+", "RateLimit: \"default\";r=19;t=[0-9]+",
 "RateLimit: \"default\";r=18;t=[0-9]+\nRetry-After: $soon", "Content-Type: .*"]



=== TEST 30: a higher rate, and a lower one
--- http_config
    finance_zone finance:64k;
    finance_budget rate=2r/m;
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/AAPL/bars?days=1", "GET /finance/health",
 "GET /finance/stocks/JPM/bars?days=1", "GET /finance/health", "GET /finance/health"]
--- response_body_filters eval
my $left = pick('budget.left', 'budget.limit');
[[pick('ticker')], [pick('ticker'), reload('rate=2r', 'rate=4r')], [$left],
 [pick('ticker'), seen()], [$left, reload('rate=4r', 'rate=3r')], [$left]]
--- response_body eval
[qq("KO"\n), qq("AAPL"\n), "2 4\n", qq("JPM": 3\n), "1 4\n", "0 3\n"]



=== TEST 31: so much higher that the zone has to make room
--- http_config
    finance_zone finance:64k;
    finance_budget rate=2r/m;
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/stocks/AAPL/bars?days=1",
 "GET /finance/health", "GET /finance/stocks/JPM/bars?days=1"]
--- response_body_filters eval
[[pick('ticker')], [pick('ticker'), reload('rate=2r', 'rate=2000r')], [pick('budget.left')],
 [pick('ticker'), seen()]]
--- response_body eval
[qq("KO"\n), qq("AAPL"\n), "1998\n", qq("JPM": 3\n)]



=== TEST 32: a budget where there was none: what was called before is not known
--- http_config
    finance_zone finance:64k;
    #budget
--- request eval
["GET /finance/stocks/KO/bars?days=1", "GET /finance/health", "GET /finance/stocks/AAPL/bars"]
--- response_body_filters eval
[[pick('ticker'), reload('#budget', 'finance_budget rate=5r/m;')],
 [pick('budget.left', 'budget.limit')], [seen()]]
--- response_body eval
[qq("KO"\n), "0 5\n", "$main::Spent: 1\n"]
--- error_code eval
[200, 200, 503]



=== TEST 33: a reload that fails leaves all as it was
--- http_config
    finance_zone finance:64k;
    finance_budget rate=5r/m;
--- request
GET /finance/stocks/KO/bars?days=1
--- response_body_filters eval
[pick('ticker'), reload('finance:64k', 'finance:4k'), left()]
--- response_body
"KO": 4 left
--- error_log
[emerg]
zone "finance:4k" in "finance_zone" is too small: 64k at least

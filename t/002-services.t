# The servers that FinanceTest gives a test do what the tests take them to do.
use strict;
use warnings;

use FinanceTest::Market;
use FinanceTest::Process;
use FinanceTest::Redis;
use HTTP::Tiny;
use NginxTest::Dirs;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

END {
    my $status = $?;

    FinanceTest::Process::end_all();
    $? = $status;
}

sub redis { FinanceTest::Redis::command(@_) }


sub bars {
    my ($ticker) = @_;

    my $url = 'http://127.0.0.1:' . FinanceTest::Market::port()
              . "/v2/aggs/ticker/$ticker/range/1/day/2020-01-01/2020-12-31";

    return HTTP::Tiny->new(timeout => 5)->get($url);
}


sub write_data {
    my $folder = NginxTest::Dirs::run('data');

    mkdir $folder;
    mkdir "$folder/bars";

    open my $out, '>', "$folder/bars/X.json" or die $!;
    print {$out} '{"ticker":"X","adjusted":true,"results":[{"v":1,"o":2,'
                 . '"c":2,"h":2,"l":2,"t":1590984000000}],"status":"OK"}';
    close $out or die $!;

    return $folder;
}


subtest 'Redis' => sub {
    FinanceTest::Redis::start();

    is(redis('PING'), 'PONG', 'it answers');
    is(redis('SET', 'a', "x\r\n\0y"), 'OK', 'it takes bytes');
    is(redis('GET', 'a'), "x\r\n\0y", 'and gives them back');
    is(redis('GET', 'none'), undef, 'nil');
    is(redis('STRLEN', 'a'), 5, 'a number');
    is_deeply(redis('MGET', 'a', 'none', 'a'), ["x\r\n\0y", undef, "x\r\n\0y"],
              'an array');
    is_deeply(redis('EVAL', 'return {{}, {1, {"b"}}, ""}', 0),
              [[], [1, ['b']], ''], 'arrays in arrays');
    ok(!eval { redis('INCR', 'a') }, 'an error dies');
    like($@, qr/^Redis: ERR value is not an integer/, 'with its text');
    is(redis('PING'), 'PONG', 'after which it goes on');

    FinanceTest::Redis::stop();
    ok(!eval { redis('PING') }, 'it is gone when it is stopped');
    FinanceTest::Redis::start();
    is(redis('EXISTS', 'a'), 0, 'and comes back empty');

    my $from = time;

    FinanceTest::Redis::freeze();

    if (!(my $child = fork)) {
        select undef, undef, undef, 0.3;
        FinanceTest::Redis::thaw();
        POSIX::_exit(0);
    }

    is(redis('PING'), 'PONG', 'frozen, it does not answer');
    ok(time - $from >= 0.25, 'until it thaws');
    wait;
};

subtest 'market' => sub {
    FinanceTest::Market::start(write_data());

    my $path = '/v2/aggs/ticker/X';

    like(bars('X')->{content}, qr/"t":1590984000000/, 'it serves');
    is(bars('X')->{status}, 200, 'again');
    is(FinanceTest::Market::calls($path), 2, 'it counts');
    is(FinanceTest::Market::calls(qr{/ticker/X\b}), 2, 'by a pattern, too');
    is(FinanceTest::Market::calls('/v2/none'), 0, 'other paths are not called');
    is(FinanceTest::Market::calls()->{total}, 2, 'and no others');
    like((FinanceTest::Market::last_requests('/v2'))[0],
         qr{^GET \Q$path\E/range/1/day/\S+ HTTP/1\.1\r\n}, 'it shows requests');

    FinanceTest::Market::fault(match => '/v2/aggs/ticker/X', kind => 'status',
                               status => 429, times => 1);
    is(bars('X')->{status}, 429, 'a fault');
    is(bars('X')->{status}, 200, 'which is used up');
    ok(!eval { FinanceTest::Market::fault(match => '/', kind => 'no such') },
       'a fault that does not exist dies');

    FinanceTest::Market::fault(match => '/', kind => 'reset');
    is(bars('X')->{status}, 599, 'a fault that stays');
    FinanceTest::Market::reset_all();
    is(FinanceTest::Market::calls($path), 0, 'a reset forgets calls');
    is(bars('X')->{status}, 200, 'and faults');
};

subtest 'what is started ends' => sub {
    my $process = FinanceTest::Process->start(
        NginxTest::Dirs::run('sleep.log'), 'sleep', '100');

    ok(kill(0, $process->{pid}), 'it runs');
    FinanceTest::Process::end_all();
    ok(!kill(0, $process->{pid}), 'and does not, later');

    ok(!eval {
        FinanceTest::Process->start(NginxTest::Dirs::run('ls.log'), 'ls',
                                    '/no/such/folder')
            ->wait_for(sub { 0 }, 5);
    }, 'one that ends at once is noticed');
    like($@, qr/no such folder|No such file/i, 'with what it said');
};

done_testing();

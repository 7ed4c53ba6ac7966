# The step streams: many clients of GET stream that do what a browser does.
package Streams;

use strict;
use warnings;

use IO::Handle;
use IO::Socket::INET;
use IPC::Open2;
use List::Util qw(max);
use Time::HiRes qw(sleep time);

use Check;
use Lab;

# what one may cost, bytes, and how long an event may take to all of them, s
my $BYTES = 8192;
my $REACHED = 0.5;


# So many idle ones, in full 10 000, and a reload with a tenth of them.
sub streams {
    my ($lab, $clients) = @_;

    my $own = lab($lab, $clients);

    $own->start_redis;
    $own->{market_port} = $lab->{market_port};
    $own->start_nginx;
    warm($own);

    idle($own, $clients);
    $own->{http} = settings($clients);
    reload($own, max(100, int($clients / 10)));

    $own->stop('nginx', 'QUIT', 20);
    $own->stop('redis', 'TERM', 5);
    Check::logs($own, 'streams');
}


sub lab {
    my ($lab, $clients) = @_;

    return Lab->new(
        (map { $_ => $lab->{$_} } qw(root module binary slow wrap)),
        dir => "$lab->{dir}/streams", workers => 2, clone => $lab->{clone},
        connections => 2 * $clients + 512, http => settings($clients),
        main => 'worker_rlimit_nofile 20000;',
    );
}


# As the README says it for who has thousands.
sub settings {
    my ($clients) = @_;

    return "request_pool_size 6k; finance_stream connections=$clients;";
}


# What is told of is there, and on the watchlist.
sub warm {
    my ($lab) = @_;

    $lab->get('/finance/dashboard?tickers=' . join(',', tickers()),
              $lab->{slot_port}) for 1 .. 8;
    $lab->redis('ZADD', 'finance:{default}:watchlist',
                map { (1, $_) } tickers());
    sleep 1;
}


sub tickers { return map { sprintf 'T%03d', $_ } 1 .. 40 }


sub client {
    my ($lab, $clients) = @_;

    my $binary = "$lab->{dir}/stream_client";

    if (!-x $binary) {
        system('cc', '-O2', '-Wall', '-o', $binary,
               "$lab->{root}/scripts/lib/stress/stream_client.c") == 0
            or die "stream_client.c does not compile\n";
    }

    my $pid = open2(my $out, my $in, $binary, $lab->{slot_port},
                    '/finance/stream', $clients);

    $in->autoflush(1);

    return { pid => $pid, in => $in, out => $out, clients => $clients };
}


sub report {
    my ($client) = @_;

    my %report = (id => {});

    print { $client->{in} } "report\n";

    while (defined(my $line = readline $client->{out})) {
        last if $line eq "end\n";

        my ($name, @words) = split ' ', $line;

        if ($name eq 'id') {
            my $id = shift @words;
            $report{id}{$id} = { @words };
            next;
        }

        %report = (%report, $name, @words);
    }

    return \%report;
}


sub leave {
    my ($client) = @_;

    print { $client->{in} } "close\n";
    close $client->{in};
    close $client->{out};
    waitpid $client->{pid}, 0;
}


# Until all of them are there, that many seconds at most.
sub all_open {
    my ($lab, $client, $name) = @_;

    my $report;
    my $ok = $lab->until_true(undef, 60 * $lab->{slow}, sub {
        $report = report($client);
        $report->{open} == $client->{clients};
    });

    Check::hold($ok, "$name: $report->{open} of $client->{clients} streams "
                . "are open, $report->{failures} failures");

    return $report;
}


# Its id.
sub entry {
    my ($lab, $line) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 1,
                                  PeerPort => $lab->{redis_port})
            or return '';

    print $s "XADD finance:events * e \"$line\"\r\n";

    my ($length, $id) = (scalar <$s>, scalar <$s>);

    return ($id // '') =~ s/\s+\z//r;
}


# How long an entry takes to all: seconds, median and the last.
sub reached {
    my ($lab, $client, $name, $line) = @_;

    my $from = time;
    my $id = entry($lab, $line);
    my $seen;

    $lab->until_true(undef, 20 * $lab->{slow}, sub {
        $seen = report($client)->{id}{$id} // { clients => 0 };
        $seen->{clients} == $client->{clients};
    });

    Check::hold($seen->{clients} == $client->{clients} && !$seen->{twice},
                "$name: $seen->{clients} of $client->{clients} got the event, "
                . ($seen->{twice} // 0) . ' of them twice');

    return map { ($seen->{$_} // time) - $from } qw(median last);
}


sub idle {
    my ($lab, $clients) = @_;

    my ($before) = $lab->footprint;
    my $client = client($lab, $clients);

    all_open($lab, $client, 'streams');
    sleep 1;

    my ($after) = $lab->footprint;
    my $each = 1024 * ($after - $before) / $clients;
    my @took;

    # the best of some: others use the machine, too
    for my $line ('stock T001', 'stock T002', 'stock T003') {
        push @took, [reached($lab, $client, 'streams', $line)];
    }

    $lab->redis(qw(ZREM finance:{default}:watchlist T040));
    push @took, [reached($lab, $client, 'streams', 'watchlist default')];

    my ($best) = sort { $a->[1] <=> $b->[1] } @took[0 .. 2];

    # of some hundreds, what else a worker needs shows
    Check::hold($each < $BYTES, "streams: $each bytes each")
        if $Check::Memory && $clients >= 1000;
    Check::hold($best->[1] < $REACHED * $lab->{slow},
                "streams: an event to all took $best->[1] s");

    my $report = report($client);

    Check::hold(!$report->{failures} && !$report->{ends},
                "streams: $report->{failures} failures, $report->{ends} ends");
    Check::say_step(sprintf 'streams: %d idle ones, %.0f bytes of the workers '
        . 'each; a stock to all in %.0f ms (median %.0f), what is small in '
        . '%.0f ms (median %.0f)', $clients, $each,
        map { 1000 * $_ } $best->[1], $best->[0], $took[3][1], $took[3][0]);

    leave($client);
    Check::hold($lab->until_true(undef, 10 * $lab->{slow},
                                 sub { $lab->active <= 8 }),
                'streams: connections are left: ' . $lab->active);
}


# Events go on while nginx is reloaded, and each client sees each of them once.
sub reload {
    my ($lab, $clients) = @_;

    my $client = client($lab, $clients);

    all_open($lab, $client, 'reload');

    my %old = map { $_ => 1 } $lab->workers;
    my @ids;
    my $from;

    for my $n (1 .. 39) {
        if ($n == 10) {
            $lab->signal('nginx', 'HUP');
            $from = time;
        }

        push @ids, entry($lab, sprintf 'stock T%03d', $n);
        sleep 0.1;
    }

    my $gone = $lab->until_true(undef, 5 * $lab->{slow},
                                sub { !grep { $old{$_} } $lab->workers });
    my $report = all_open($lab, $client, 'reload');

    $lab->until_true(undef, 10 * $lab->{slow}, sub {
        $report = report($client);
        !grep { ($report->{id}{$_}{clients} // 0) < $clients } @ids;
    });

    my @seen = map { $report->{id}{$_} // { clients => 0, twice => 0 } } @ids;
    my $missed = 0;
    my $twice = 0;

    $missed += $clients - $_->{clients}, $twice += $_->{twice} for @seen;

    Check::hold($gone, 'reload: the old workers are still there');
    Check::hold($report->{connects} == 2 * $clients + $report->{failures},
                "reload: $report->{connects} connections of $clients clients");
    Check::hold(!$missed && !$twice && !$report->{resets}, 'reload: '
                . "$missed events missed, $twice twice, "
                . "$report->{resets} had to load afresh");
    Check::say_step("reload: $clients streams, " . @ids . ' events meanwhile: '
        . "all back, $missed missed, $twice twice");

    leave($client);
}

1;

# --- tcp_listen: a server that takes one connection and plays a fixed part.
package Test::Nginx::Standin::Peer;

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(SOCK_STREAM);
use Test::Builder;
use Time::HiRes qw(sleep);

use Test::Nginx::Util qw(bail_out parse_time section_text setting);

# What runs now, for the end of the run.
my $Running;


# undef if the block asks for none.
sub start {
    my ($class, $block) = @_;

    return undef if !defined $block->tcp_listen;

    bail_out($block->name . ' - --- tcp_listen without --- tcp_reply')
        if !defined $block->tcp_reply;

    my $self = bless {
        block  => $block,
        socket => listener(section_text($block, 'tcp_listen'),
                           $block->name),
        seen   => File::Temp->new(UNLINK => 1),
    }, $class;

    $self->{pid} = fork // bail_out("fork: $!");

    if ($self->{pid} == 0) {
        $SIG{INT} = $SIG{TERM} = $SIG{QUIT} = 'DEFAULT';
        $SIG{PIPE} = 'IGNORE';
        eval { $self->serve; 1 } or warn "tcp_listen: $@";
        POSIX::_exit(0);
    }

    return $Running = $self;
}


sub listener {
    my ($target, $name) = @_;

    $target =~ s/\s+\z//;

    my $socket;

    if ($target =~ /^\d+$/) {
        $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
            LocalPort => $target, Proto => 'tcp', Listen => 5, ReuseAddr => 1);

    } elsif ($target =~ /\.sock$/) {
        unlink $target;
        $socket = IO::Socket::UNIX->new(Local => $target, Type => SOCK_STREAM,
                                        Listen => 5);

    } else {
        bail_out("$name - bad --- tcp_listen: $target");
    }

    return $socket // bail_out("$name - cannot listen on $target: $!");
}


# In the child.
sub serve {
    my ($self) = @_;

    my $block = $self->{block};
    my $client = $self->{socket}->accept or die "accept: $!\n";
    my $query = $self->hear($client);
    my $delay = parse_time(scalar $block->tcp_reply_delay);
    my $reply = $block->tcp_reply;

    sleep $delay if $delay;

    $reply = $reply->($query) if ref $reply eq 'CODE';

    for my $piece (ref $reply ? @$reply : ($reply)) {
        syswrite $client, $piece;
    }

    sleep 1 while defined $block->tcp_no_close;

    close $client;
}


# Reads as many bytes as the block expects, or else what one read gives.
sub hear {
    my ($self, $client) = @_;

    my $block = $self->{block};
    my $expected = $block->tcp_query_len // length($block->tcp_query // '');
    my $query = '';

    do {
        my $n = sysread $client, $query, 65536, length $query;

        die "read: $!\n" if !defined $n;
        last_words($self->{seen}, $query);
        return $query if $n == 0;
    } while (length $query < $expected);

    return $query;
}


sub last_words {
    my ($file, $query) = @_;

    seek $file, 0, 0;
    print {$file} $query;
    $file->flush;
}


# Compares what came in.
sub check {
    my ($self) = @_;

    my $block = $self->{block};
    my $builder = Test::Builder->new;

    open my $in, '<', $self->{seen}->filename or bail_out("tcp_query: $!");
    my $query = do { local $/; <$in> } // '';
    close $in;

    if (defined $block->tcp_query) {
        my $expected = $block->tcp_query;
        my $check = ref $expected eq 'Regexp' ? 'like' : 'is_eq';

        $builder->$check($query, $expected, $block->name . ' - tcp_query ok');
    }

    if (defined $block->tcp_query_len) {
        $builder->is_eq(length $query, $block->tcp_query_len,
                        $block->name . ' - TCP query length ok');
    }
}


sub stop {
    my ($self) = @_;

    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
    close $self->{socket};
    undef $Running;
}


sub stop_running {
    $Running->stop if $Running;
}

1;

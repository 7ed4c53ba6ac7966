# The folder that nginx runs in: made anew for each block.
package Test::Nginx::Standin::Root;

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Find ();
use File::Path qw(make_path remove_tree);

use Test::Nginx::Util qw($ServerAddr $ServerPort bail_out expand_env section_text
                         servroot setting);

my $INDEX = "<!DOCTYPE html>\n<title>test</title>\n<p>It works!</p>\n";


# With "keep", for a nginx that goes on running in it, folders, sockets and
# the pid file stay.
sub make {
    my ($block, $config, $version, $keep) = @_;

    if (-d servroot()) {
        $keep ? empty() : remove();
    }

    make_path(map { servroot($_) } qw(conf logs html));
    write_file(servroot('html', 'index.html'), $INDEX);
    write_user_files($block);
    write_file(servroot('conf', 'nginx.conf'),
               configuration($block, $config, $version));
}


# Takes away only what nginx and this file put there, in case the folder was
# given by mistake.
sub remove {
    remove_tree(map { servroot($_) } qw(conf logs html cache));
    remove_tree(glob servroot('*_temp'));
    remove_tree(glob servroot('*_cache'));

    rmdir servroot()
        or bail_out('cannot remove ' . servroot() . ": $!");
}


sub empty {
    my $visit = sub {
        return if -d $_ || /(?:\bnginx\.pid|\.sock|\.crt|\.key)$/;

        unlink $_ or warn "cannot remove $_: $!\n";
    };

    File::Find::find({ wanted => $visit, no_chdir => 1 }, servroot());
}


sub write_file {
    my ($path, $text) = @_;

    make_path(dirname($path));

    open my $out, '>:raw', $path or bail_out("cannot write $path: $!");
    print {$out} $text;
    close $out or bail_out("cannot write $path: $!");
}


# --- user_files: a text with a ">>> name [date]" line before each, or an array
# of [name, text, date]; relative to the html folder.
sub write_user_files {
    my ($block) = @_;

    my $files = $block->user_files;

    return if !defined $files;

    $files = split_user_files($files) if !ref $files;

    for my $file (@$files) {
        my ($path, $text, $date) = @$file;

        $path = servroot('html', $path) if $path !~ m{^/};
        write_file($path, expand_env($text // '', $block->name));

        next if !defined $date;

        local $ENV{TZ} = 'GMT';
        system('touch', '-t', $date, $path) == 0
            or bail_out($block->name . " - bad date in user_files: $date");
    }
}


sub split_user_files {
    my ($text) = @_;

    my @files;

    for my $line (split /^/, $text) {
        if ($line =~ /^>>>\s+(\S+)(?:\s+(\S+))?/) {
            push @files, [$1, '', $2];

        } elsif (@files) {
            $files[-1][1] .= $line;
        }
    }

    return \@files;
}


sub configuration {
    my ($block, $config, $version) = @_;

    my $root = servroot();
    my %part = map { $_ => section_text($block, $_) // '' }
                   qw(main_config http_config post_main_config);
    my %set = map { $_ => setting($_) }
                  qw(workers worker_connections preamble server_name);
    my $level = $block->log_level || setting('log_level');
    my $master = setting('use_hup') ? 'on' : setting('master_process');
    my $daemon = setting('use_valgrind') ? 'off' : 'on';
    my $server_name = $block->server_name // $set{server_name};
    my $modules = join '', map { "load_module $_;\n" }
                               split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';
    my $env = join '', map { /\s/ ? "env '$_';\n" : "env $_;\n" }
                           'ASAN_OPTIONS', 'LD_PRELOAD', 'LD_LIBRARY_PATH',
                           @Test::Nginx::Util::EnvToNginx;
    my $user = $ENV{TEST_NGINX_WORKER_USER} // ($> == 0 ? 'root' : undef);
    my $temp = join "\n", map { "    ${_}_temp_path $root/${_}_temp;" }
                              temp_paths($part{http_config});
    my $location = setting('root_location')
                   ? "location / { root $root/html; index index.html; }" : '';
    my $probe = setting('use_hup') ? probe_server($version) : '';

    $user = defined $user ? "user $user;" : '';
    $server_name =~ s/(['\\])/\\$1/g;

    return <<"END";
$modules$part{main_config}
$user
worker_processes $set{workers};
daemon $daemon;
master_process $master;
pid $root/logs/nginx.pid;
error_log $root/logs/error.log $level;
$env
events {
    worker_connections $set{worker_connections};
    accept_mutex off;
}

http {
    access_log $root/logs/access.log;
    default_type text/plain;
    keepalive_timeout 68s;
$temp
$part{http_config}
    server {
        listen $ServerAddr:$ServerPort;
        server_name '$server_name';
        client_max_body_size 30m;
$set{preamble}
$config
        $location
    }
$probe
}
$part{post_main_config}
END
}


# Those that the block does not set for itself.
sub temp_paths {
    my ($http_config) = @_;

    return grep { $http_config !~ /\b${_}_temp_path\b/ }
                qw(client_body proxy fastcgi uwsgi scgi);
}


# Tells after a reload which configuration answers.
sub probe_server {
    my ($version) = @_;

    return <<"END";
    server {
        listen $ServerAddr:$ServerPort;
        server_name test-nginx-version;
        access_log off;
        location = /version { return 200 $version; }
    }
END
}

1;

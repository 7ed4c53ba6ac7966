# nginx.conf of scripts/quickstart, on stdout. Sourced by it.
# shellcheck shell=bash

# The locations of the market differ: a plain one on the loopback, or the real
# one over TLS with a key that stands in a file of its own.
quickstart_market() {
    if [ "$kind" = real ]; then
        printf 'proxy_set_header Authorization "Bearer %s";\n' "$key" \
            > "$run/massive.key"
        cat << END
            include "$run/massive.key";
            proxy_set_header Host "$market_host";
            proxy_ssl_server_name on;
            proxy_ssl_name "${market_host%:*}";
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 4;
            proxy_ssl_trusted_certificate "$certificates";
            proxy_pass https://massive/;
END
    else
        echo '            proxy_pass http://massive/;'
    fi
}

quickstart_conf() {
    local server=$market_host user=

    if [ "$kind" = real ] && [ "${server%:*}" = "$server" ]; then
        server=$server:443
    fi

    # the files of this folder need not be open to another user
    if [ "$(id -u)" = 0 ]; then
        user="user root;"
    fi

    cat << END
# Written by scripts/quickstart anew at each start.
load_module "$PWD/build/ngx_http_finance_module.so";
$user
worker_processes 2;
pid "$run/nginx.pid";
error_log "$run/logs/error.log" notice;

events {
    worker_connections 4096;
    epoll_events 16;
}

http {
    access_log "$run/logs/access.log";
    client_body_temp_path "$run/temp/body";
    proxy_temp_path "$run/temp/proxy";
    fastcgi_temp_path "$run/temp/fastcgi";
    uwsgi_temp_path "$run/temp/uwsgi";
    scgi_temp_path "$run/temp/scgi";

    upstream massive {
        server $server;
        keepalive 64;
    }

    server {
        listen 127.0.0.1:$port;

        location /finance/ {
            finance_api;
            finance_market /_massive;
            finance_redis "$redis_url";
        }

        location /_massive/ {
            internal;
            # what a browser sends is not the market's business
            proxy_pass_request_headers off;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_connect_timeout 5s;
            proxy_read_timeout 8s;
$(quickstart_market)
        }
    }
}
END
}

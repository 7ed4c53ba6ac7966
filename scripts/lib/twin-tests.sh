# The differential test against FastAPI. Sourced by scripts/test.
# shellcheck shell=bash

TWIN_TODAY=2026-01-02

# the servers of scripts/bench, in build/twin
twin_servers() {
    . scripts/lib/bench-servers.sh

    run=$PWD/build/twin
    rm -rf "$run"
    mkdir -p "$run/logs" "$run/temp"
    trap stop_all EXIT

    start_redis
    build/market-generate --out "$run/market" --today $TWIN_TODAY \
        > "$run/logs/generate.log" 2>&1 ||
        die "the sample market could not be written"
    start market build/market-server --data "$run/market" \
        --listen 127.0.0.1:0
    wait_for market market_port

    port=$(free_port)
    twin_conf > "$run/nginx.conf"
    start nginx nginx -p "$run/" -c "$run/nginx.conf" \
        -e "$run/logs/error.log" -g 'daemon off;'
    wait_for nginx curl -sf -o /dev/null -H 'X-Owner: twin' \
        "http://127.0.0.1:$port/finance/health"
}

twin_conf() {
    local user=''

    [ "$(id -u)" != 0 ] || user="user root;"

    cat << END
load_module "$PWD/build/ngx_http_finance_module.so";
$user
worker_processes 1;
pid "$run/nginx.pid";
error_log "$run/logs/error.log" info;

events {
    worker_connections 512;
}

http {
    access_log off;
    client_body_temp_path "$run/temp/body";
    proxy_temp_path "$run/temp/proxy";
    fastcgi_temp_path "$run/temp/fastcgi";
    uwsgi_temp_path "$run/temp/uwsgi";
    scgi_temp_path "$run/temp/scgi";

    finance_redis "unix:$socket";
    finance_clock ${TWIN_TODAY}T21:00:00Z;
    finance_cache stock=1h options=1h;

    server {
        listen 127.0.0.1:$port;

        location /finance/ {
            finance_api;
            finance_market /_market;
            finance_user \$http_x_owner;
        }

        location /_market/ {
            internal;
            proxy_pass_request_headers off;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://127.0.0.1:$(market_port)/;
        }
    }
}
END
}

# In a shell of its own: its servers end with it.
twin_run() (
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    twin_servers
    scripts/lib/fastapi-twin "http://127.0.0.1:$port/finance/" "$@"
)

twin_tests() {
    local log=build/twin.log line bad=1 modules=/usr/lib/python3/dist-packages

    need_packages setpriv:util-linux redis-cli:redis-tools \
        file:$modules/fastapi/__init__.py:python3-fastapi \
        file:$modules/email_validator/__init__.py:python3-email-validator

    step "nginx: against FastAPI"
    twin_run > "$log" 2>&1
    line=$(tail -1 "$log")

    if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        bad=${BASH_REMATCH[2]}
    else
        fail_one "the comparison with FastAPI did not end ($log)"
    fi

    [ "$bad" = 0 ] || tail -40 "$log" | cut -c1-400 >&2

    if grep -E '\[(alert|emerg)\]' build/twin/logs/error.log >&2; then
        fail_one "nginx complains (build/twin/logs/error.log)"
    fi
}

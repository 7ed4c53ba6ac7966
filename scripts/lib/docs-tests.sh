# openapi.json against the linter, its examples, what a running service
# answers, and TypeScript. Sourced by scripts/test.
# shellcheck shell=bash

DOCS_TODAY=2026-03-18

# the servers of scripts/bench, in build/docs-run; a second market is slow
docs_servers() {
    . scripts/lib/bench-servers.sh

    run=$PWD/build/docs-run
    rm -rf "$run"
    mkdir -p "$run/logs" "$run/temp"
    trap 'stop slow; stop_all' EXIT

    start_redis
    build/market-generate --out "$run/market" --today $DOCS_TODAY \
        > "$run/logs/generate.log" 2>&1 ||
        die "the sample market could not be written"
    start market build/market-server --data "$run/market" \
        --listen 127.0.0.1:0
    start slow build/market-server --data "$run/market" \
        --listen 127.0.0.1:0 --delay 5000
    wait_for market market_port
    wait_for slow docs_slow_port

    port=$(free_port)
    docs_conf > "$run/nginx.conf"
    start nginx nginx -p "$run/" -c "$run/nginx.conf" \
        -e "$run/logs/error.log" -g 'daemon off;'
    wait_for nginx curl -sf -o /dev/null "http://127.0.0.1:$port/a/b/docs"
}

docs_slow_port() {
    sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$run/logs/slow.log" |
        tail -1 | grep .
}

# /finance/ is what the document is about; each of the others fails in its way
docs_conf() {
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
    finance_clock ${DOCS_TODAY}T21:00:00Z;
    finance_cache stock=1h options=1h;
    limit_req_zone \$server_port zone=one:32k rate=1r/m;

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_pass_request_headers off;

    server {
        listen 127.0.0.1:$port;

        location /finance/ {
            finance_api;
            finance_market /_market;
            finance_user \$http_x_owner;
            finance_admin \$http_x_admin;
            finance_email_validator /_validator;
            finance_max_body 4k;
        }

        location /a/b/ {
            finance_api;
            finance_market /_market;
        }

        location /silent/ {
            finance_api;
            finance_market /_market;
            finance_stream off;
        }

        location /away/ {
            finance_api;
            finance_market /_market;
            finance_redis "unix:$run/no.sock" timeout=100ms;
        }

        location /failing/ {
            finance_api;
            finance_market /_failing;
            finance_email_validator /_failing;
        }

        location /throttled/ {
            finance_api;
            finance_market /_throttled;
        }

        location /slow/ {
            finance_api;
            finance_market /_slow;
            finance_email_validator /_slow;
            finance_timeout 300ms;
        }

        location /empty/ {
            finance_api;
            finance_market /_empty;
        }

        location /limited/ {
            finance_api;
            finance_market /_market;
            limit_req zone=one;
            limit_req_status 429;
        }

        location /_market/ {
            internal;
            proxy_pass http://127.0.0.1:$(market_port)/;
        }

        location /_empty/ {
            internal;
            proxy_pass http://127.0.0.1:$(market_port)/;
        }

        location /_empty/v2/aggs/ {
            internal;
            default_type application/json;
            return 200 '{"status":"OK","resultsCount":0,"results":[]}';
        }

        location /_slow {
            internal;
            proxy_pass http://127.0.0.1:$(docs_slow_port)/;
        }

        location /_failing {
            internal;
            return 500;
        }

        location /_throttled/ {
            internal;
            add_header Retry-After 7 always;
            return 429;
        }

        location /_validator {
            internal;
            return 204;
        }
    }
}
END
}

# Into build/docs, once: what t/docs/package-lock.json says, and no other.
docs_install() {
    local to=build/docs

    if cmp -s t/docs/package-lock.json "$to/installed"; then
        return 0
    fi

    rm -rf "$to"
    mkdir -p "$to"
    cp t/docs/package.json t/docs/package-lock.json "$to/"
    (cd "$to" && npm ci --no-audit --no-fund --ignore-scripts) \
        > build/docs.log 2>&1 || return 1
    cp t/docs/package-lock.json "$to/installed"
}

# In a shell of its own: its servers end with it.
docs_run() (
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    docs_servers
    cp t/docs/*.mjs t/docs/*.ts t/docs/tsconfig.json build/docs/
    cp src/docs/openapi.json build/docs/
    cd build/docs || exit 1
    node check.mjs openapi.json "http://127.0.0.1:$port"
)

docs_tests() {
    local log=build/docs.log line bad=1

    need_packages setpriv:util-linux redis-cli:redis-tools node:nodejs \
        npm:npm

    step "nginx: openapi.json"
    if ! docs_install; then
        skipped=$((skipped + 1))
        step "openapi.json is not checked: npm cannot install ($log)"
        return
    fi

    docs_run > "$log" 2>&1
    line=$(tail -1 "$log")

    if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        bad=${BASH_REMATCH[2]}
    else
        fail_one "the checks of openapi.json did not end ($log)"
    fi

    [ "$bad" = 0 ] || tail -40 "$log" | cut -c1-400 >&2

    if grep -E '\[(alert|emerg)\]' build/docs-run/logs/error.log >&2; then
        fail_one "nginx complains (build/docs-run/logs/error.log)"
    fi
}

# The servers that scripts/bench measures, and how they end. Sourced by it.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts share them

declare -gA pid=()

# start NAME COMMAND...: it ends when this script does, however that ends
start() {
    local name=$1
    shift

    setpriv --pdeathsig TERM -- "$@" >> "$run/logs/$name.log" 2>&1 \
        < /dev/null 9>&- &
    pid[$name]=$!
}

# stop NAME: asks, waits up to 5 s, then insists
stop() {
    local process=${pid[$1]:-} i

    [ -n "$process" ] || return 0
    unset "pid[$1]"
    kill -TERM "$process" 2> /dev/null || return 0
    for ((i = 0; i < 100; i++)); do
        kill -0 "$process" 2> /dev/null || break
        sleep 0.05
    done
    kill -KILL "$process" 2> /dev/null
    wait "$process" 2> /dev/null
    return 0
}

# shellcheck disable=SC2317
stop_all() {
    local name

    trap '' INT TERM HUP
    for name in load nginx market redis; do
        stop $name
    done
}

# wait_for NAME COMMAND...: up to 15 s, as long as NAME runs
wait_for() {
    local name=$1 i
    shift

    for ((i = 0; i < 300; i++)); do
        "$@" > /dev/null 2>&1 && return 0
        kill -0 "${pid[$name]}" 2> /dev/null || break
        sleep 0.05
    done
    tail -3 "$run/logs/$name.log" >&2
    die "$name did not start (see $run/logs/$name.log)"
}

redis() {
    redis-cli -s "$socket" "$@"
}

start_redis() {
    socket=$run/redis.sock
    [ ${#socket} -le 107 ] ||
        die "the path of this folder is too long for a socket: $socket"
    rm -f "$socket"
    start redis redis-server --port 0 --unixsocket "$socket" \
        --unixsocketperm 700 --dir "$run" --save '' --appendonly no \
        --set-proc-title no --daemonize no
    wait_for redis redis ping
}

market_port() {
    sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$run/logs/market.log" |
        tail -1 | grep .
}

start_market() {
    "$run/market-generate" --out "$run/market" --today "$today" \
        > "$run/logs/generate.log" 2>&1 ||
        die "the sample market could not be written"
    start market "$run/market-server" --data "$run/market" \
        --listen 127.0.0.1:0 --delay "$delay" --clone 200
    wait_for market market_port
    market=127.0.0.1:$(market_port)
}

free_port() {
    local port

    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || break
    done
    echo $port
}

# start_nginx [NAME=VALUE...]: with more in its environment
start_nginx() {
    local log=$run/logs/error.log

    ulimit -Sn 32768 2> /dev/null || ulimit -Sn hard 2> /dev/null
    : > "$run/baseline.conf"
    bench_conf > "$run/nginx.conf"
    nginx -t -q -p "$run/" -c "$run/nginx.conf" -e "$log" \
        > "$run/logs/nginx-t.log" 2>&1 ||
        die "$(grep -m1 emerg "$run/logs/nginx-t.log" || echo "nginx -t failed")"

    start nginx env "$@" nginx -p "$run/" -c "$run/nginx.conf" -e "$log" \
        -g 'daemon off;'
    wait_for nginx curl -sf -o /dev/null "$base/finance/health"
    wait_for nginx workers_ready
}

# The pids of the workers, on one line.
workers() {
    local master=${pid[nginx]}

    tr -s ' \n' ' ' < "/proc/$master/task/$master/children" 2> /dev/null
}

workers_ready() {
    local now
    now=$(workers)

    [ "$(wc -w <<< "$now")" = "$processes" ]
}

# New workers, and the old ones gone.
reload() {
    local old one
    old=$(workers)

    kill -HUP "${pid[nginx]}"
    for one in $old; do
        wait_for nginx test ! -e "/proc/$one"
    done
    wait_for nginx workers_ready
}

# --- the configuration

# conf_market NAME LIMIT: a location of the market with pages that small
conf_market() {
    local limit=

    [ "$2" = 250 ] ||
        limit="if (\$args ~ \"^(.*)limit=250(.*)\$\") {
                set \$args \"\$1limit=$2\$2\";
            }"

    cat << END
        location /$1/ {
            finance_api;
            finance_market /_$1;
        }

        location /_$1/ {
            internal;
            $limit
            proxy_pass_request_headers off;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://massive/;
        }
END
}

bench_conf() {
    local user='' limit

    # the files of this folder need not be open to another user
    [ "$(id -u)" != 0 ] || user="user root;"

    cat << END
load_module "$run/ngx_http_finance_module.so";
$user
worker_processes $processes;
pid "$run/nginx.pid";
error_log "$run/logs/error.log" warn;

events {
    worker_connections 8192;
    epoll_events 16;
}

http {
    access_log off;
    client_body_temp_path "$run/temp/body";
    proxy_temp_path "$run/temp/proxy";
    fastcgi_temp_path "$run/temp/fastcgi";
    uwsgi_temp_path "$run/temp/uwsgi";
    scgi_temp_path "$run/temp/scgi";
    keepalive_requests 1000000;
    sendfile on;

    finance_redis "unix:$socket";
    finance_clock ${today}T21:00:00Z;
    finance_cache stock=1h options=1h;

    upstream massive {
        server $market;
        keepalive 512;
        keepalive_requests 1000000;
    }

    server {
        listen 127.0.0.1:$port reuseport;
        default_type application/json;

$(conf_market finance 250)
$(for limit in $page_limits; do conf_market "pages$limit" "$limit"; done)

        include "$run/baseline.conf";
    }
}
END
}

# baseline_conf NAME BYTES: the same many bytes out of nginx alone, computed
# (/return/NAME) and from a file (/file/NAME)
baseline_conf() {
    local name=$1 bytes=$2 a rest i many=

    a=$(printf 'x%.0s' {1..3000})
    rest=${a:0:$((bytes % 3000))}
    for ((i = 0; i < bytes / 3000; i++)); do
        many+=\$a
    done

    mkdir -p "$run/file"
    head -c "$bytes" /dev/zero | tr '\0' x > "$run/file/$name"

    cat << END
        location = /return/$name {
            set \$a "$a";
            set \$z "$rest";
            return 200 "$many\$z";
        }

        location = /file/$name {
            root "$run";
        }
END
}

# The measurements of scripts/bench. Sourced by it.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts share them

# watch N: the watchlist is T001 to TN, and Redis holds nothing else
watch() {
    local i args=()

    redis flushall > /dev/null
    for ((i = 1; i <= $1; i++)); do
        args+=("$i" "$(printf 'T%03d' "$i")")
    done
    redis zadd 'finance:{default}:watchlist' "${args[@]}" > /dev/null
}

# dashboard URL: one answer; wall ms in took; an incomplete one ends the script
dashboard() {
    local time

    time=$(curl -s -m 60 -o "$run/answer.json" -D "$run/answer.head" \
        -w '%{http_code} %{time_total}' "$1")
    [ "${time% *}" = 200 ] || die "the dashboard answered ${time% *}"
    grep -qi '^finance-complete: true' "$run/answer.head" ||
        die "a dashboard is not complete: $(grep -o '"errors":.*' \
            "$run/answer.json" | head -c 200)"
    took=$(calc "${time#* } * 1000")
}

# warm_up N: every worker has the stocks of the watchlist
warm_up() {
    watch "$1"
    reload
    dashboard "$base/finance/dashboard"
    load /finance/dashboard 32 1
    load /finance/dashboard 32 1
}

bytes_of() {
    curl -s -o /dev/null -w '%{size_download}' "$base$1"
}

# counted PATH: Redis commands, reads and upstream calls of one request each,
# with one request at a time
counted() {
    local path=$1 calls c0 r0 c1 r1 i all=0 p50s=() p99s=()

    calls=$(upstream_calls)
    read -r c0 r0 <<< "$(redis_counts)"
    for ((i = 0; i < runs; i++)); do
        load "$path" 1 2
        all=$((all + requests))
        p50s+=("$p50") p99s+=("$p99")
    done
    read -r c1 r1 <<< "$(redis_counts)"

    # the two commands of redis_counts itself are reads, too
    note "Redis commands, round trips a request" \
        "$(calc "($c1 - $c0) / $all" %.2f), $(
            calc "($r1 - $r0 - 2) / $all" %.2f)"
    row "upstream calls in $all requests" calls 0.5 \
        $(($(upstream_calls) - calls))
    row "one at a time: p50" ms 0 "${p50s[@]}"
    row "one at a time: p99" ms 0 "${p99s[@]}"
}

# compared PATH NAME TARGET: CPU of a request, and of nginx alone on as many
# bytes
compared() {
    local path=$1 name=$2 target=$3 ours

    cpu_runs "$path"
    row "$name: worker CPU a request" us "$target" "${cpu[@]}"
    row "$name: requests/s, 16 connections" /s 0 "${rate[@]}"
    row "$name: p50, 16 connections" ms 0 "${p50s[@]}"
    row "$name: p99, 16 connections" ms 0 "${p99s[@]}"
    ours=$(spread "${cpu[@]}")

    cpu_runs "/return/$name"
    row "nginx's return 200, as many bytes: CPU" us 0 "${cpu[@]}"
    note "ratio to nginx's return 200" \
        "$(calc "${ours%% *} / $(spread "${cpu[@]}" | cut -d' ' -f1)" %.2f)"
    row "nginx's return 200: requests/s" /s 0 "${rate[@]}"

    cpu_runs "/file/$name"
    row "nginx's static file, as many bytes: CPU" us 0 "${cpu[@]}"
    note "ratio to nginx's static file" \
        "$(calc "${ours%% *} / $(spread "${cpu[@]}" | cut -d' ' -f1)" %.2f)"
}

case_warm() {
    local dashboard_bytes watchlist_bytes

    # shellcheck disable=SC2046
    memory "at the start" $(rss_mb $(workers))
    warm_up 50
    dashboard_bytes=$(bytes_of /finance/dashboard)
    watchlist_bytes=$(bytes_of /finance/watchlist)
    {
        baseline_conf dashboard "$dashboard_bytes"
        baseline_conf watchlist "$watchlist_bytes"
    } > "$run/baseline.conf"
    reload
    load /finance/dashboard 32 1
    load /finance/dashboard 32 1

    title "1. Warm dashboard of 50 tickers, $dashboard_bytes bytes"
    counted /finance/dashboard
    compared /finance/dashboard dashboard 150

    title "2. GET watchlist of 50 tickers, $watchlist_bytes bytes"
    counted /finance/watchlist
    compared /finance/watchlist watchlist 50

    # shellcheck disable=SC2046
    memory warm $(rss_mb $(workers))
}

# --- cold

# cold N LOCATION HOW: into wall[] ms, cost[] CPU ms of nginx a ticker, loops[]
# that of the event loops alone, calls a ticker. HOW: new (Redis and the
# workers are empty) or force (they are not; force_refresh=true)
cold() {
    local n=$1 location=$2 how=$3 i now before before_loop before_market \
        calls0 query=''

    wall=() cost=() loops=() served=()
    [ "$how" = new ] || query='?force_refresh=true'
    [ "$how" = new ] || watch "$n"

    for ((i = 0; i < cold_runs; i++)); do
        if [ "$how" = new ]; then
            watch "$n"
            reload
        fi
        now=$(workers)
        calls0=$(upstream_calls)
        # shellcheck disable=SC2086
        { before=$(cpu_ns $now); before_loop=$(loop_ns $now); }
        before_market=$(cpu_ns "${pid[market]}")
        dashboard "$base/$location/dashboard$query"
        wall+=("$took")
        # shellcheck disable=SC2086
        {
            cost+=("$(calc "($(cpu_ns $now) - $before) / 1e6 / $n")")
            loops+=("$(calc "($(loop_ns $now) - $before_loop) / 1e6 / $n")")
        }
        served+=("$(calc "($(cpu_ns "${pid[market]}") - $before_market) / 1e6")")
        calls=$(calc "($(upstream_calls) - $calls0) / $n" %.1f)
    done
}

cold_row() {
    local n=$1 how=$2 target=$3 what="nothing cached, new workers"

    [ "$how" = new ] || what="force_refresh"
    cold "$n" finance "$how"
    row "$n tickers, $what" ms "$target" "${wall[@]}"
    [ "$how" = new ] || return 0
    note "   upstream calls a ticker" "$calls"
    row "   CPU of nginx a ticker" ms 0 "${cost[@]}"
    row "   of it event loop" ms 0 "${loops[@]}"
    row "   CPU of the sample market, in all" ms 0 "${served[@]}"
}

case_cold() {
    title "3. Cold dashboard, upstream delay $delay ms, $cold_runs runs each"
    note "least that it can take, two answers deep" "$((2 * delay)) ms"
    cold_row 10 new 0
    cold_row 50 new 350
    cold_row 200 new 700
    cold_row 10 force 0
    cold_row 50 force 350
    cold_row 200 force 700

    # shellcheck disable=SC2046
    memory "after cold runs" $(rss_mb $(workers))
}

case_pages() {
    local n limit line

    title "   Tickers by pages: median wall ms, nothing cached, new workers"
    printf '  %-22s' "contracts a page"
    for n in 10 50 200; do
        printf ' %22s' "$n tickers (calls)"
    done
    printf '\n'

    for limit in 250 $page_limits; do
        printf '  %-22s' "$limit"
        for n in 10 50 200; do
            line=pages$limit
            [ "$limit" != 250 ] || line=finance
            cold "$n" "$line" new
            printf ' %22s' "$(calc "$(spread "${wall[@]}" |
                cut -d' ' -f1)" %.0f) ms ($calls)"
        done
        printf '\n'
    done
}

memory_notes=()

memory() {
    memory_notes+=("$1: $2 MB resident in all workers, $3 MB of it their own")
}

case_memory() {
    local line

    title "6. Memory, 2 workers"
    for line in "${memory_notes[@]}"; do
        note "${line%%:*}" "${line#*: }"
    done
}

# --- one worker under load

# refresh_on: 200 tickers are computed again and again until refresh_off
refresh_on() {
    rm -f "$run/logs/load.log"
    start load curl -s -o /dev/null -w '%{stderr}%{http_code}\n' \
        "$base/finance/dashboard?force_refresh=true&n=[1-1000000]"
}

refresh_off() {
    stop load
    refreshes=$(grep -c '^200$' "$run/logs/load.log" || true)
    [ "$refreshes" -gt 0 ] || die "no dashboard was computed meanwhile"
}

one_worker() {
    stop nginx
    processes=1
    start_nginx "$@"
    watch 200
    dashboard "$base/finance/dashboard"
}

case_latency() {
    local i p50s=() p99s=() longests=() idle50=() idle99=()

    title "4. GET watchlist on the one worker that computes 200 tickers"
    one_worker BENCH=1
    for ((i = 0; i < runs; i++)); do
        load /finance/watchlist 1 3
        idle50+=("$p50") idle99+=("$p99")
    done
    refresh_on
    load /finance/watchlist 1 2
    for ((i = 0; i < runs; i++)); do
        load /finance/watchlist 1 "$latency_seconds"
        p50s+=("$p50") p99s+=("$p99") longests+=("$longest")
    done
    refresh_off

    row "p50, nothing else to do" ms 0 "${idle50[@]}"
    row "p99, nothing else to do" ms 0 "${idle99[@]}"
    row "p50 under refreshes" ms 0 "${p50s[@]}"
    row "p99 under refreshes" ms 5 "${p99s[@]}"
    row "longest under refreshes" ms 0 "${longests[@]}"
    note "dashboards of 200 meanwhile" "$refreshes"
}

# the same with the shim: how long a turn of the loop holds it
case_loop() {
    local worker page turns busy q50 q99 q999 top over1 over2 over5 sampled

    one_worker BENCH_LOOP="$run" LD_PRELOAD="$run/bench_loop.so"
    worker=$(workers)
    worker=${worker// /}
    page=$run/loop.$worker
    [ -s "$page" ] || die "the loop is not measured ($page is empty)"

    refresh_on
    load /finance/watchlist 1 2
    perl scripts/lib/bench_loop.pl reset "$page"
    load /finance/watchlist 1 $((latency_seconds * runs))
    read -r turns busy q50 q99 q999 top over1 over2 over5 sampled <<< "$(
        perl scripts/lib/bench_loop.pl figures "$page")"
    perl scripts/lib/bench_loop.pl stacks "$page" "$worker" > "$run/stacks.txt"
    refresh_off

    title "   How long a turn of its event loop lasts, in CPU time"
    note "turns, dashboards of 200 meanwhile" "$turns, $refreshes"
    note "share of the time that the loop computes" \
        "$(calc "100 * $busy / $seconds" %.0f) %"
    row "p50 of a turn, at most" ms 0 "$q50"
    row "p99 of a turn, at most" ms 0 "$q99"
    row "p99.9 of a turn, at most" ms 0 "$q999"
    row "longest turn" ms 2 "$top"
    note "longest in which a sample could be taken" "$sampled ms"
    note "turns over 1, 2, 5 ms" "$over1, $over2, $over5"
    echo "    the longest, and where they stood each half millisecond"
    echo "    (static functions of nginx appear under a neighbour's name):"
    cat "$run/stacks.txt"
    rm -f "$run"/loop.[0-9]*
}

# --- what a refresh computes

# unit NAME TODAY BARS PAGE...
unit() {
    local name=$1 contracts pages bars parse page value all out
    shift

    out=$("$run/bench_refresh" "$1" "$unit_rounds" "${@:2}") ||
        die "bench_refresh failed on $name"
    read -r contracts pages bars parse page value all <<< "$out"

    note "$name" "$contracts contracts on $pages pages"
    row "   two years of bars, parsed and counted" ms 0 "$bars"
    row "   all pages parsed" ms 0 "$parse"
    row "   the longest page" ms 0 "$page"
    row "   all valued, signals, snapshot" ms 0 "$value"
    row "   in all" ms 0 "$all"
    instructions "$@"
}

# instructions TODAY BARS PAGE...: as callgrind counts them
instructions() {
    local count

    [ "$quick" = 0 ] && command -v valgrind > /dev/null || return 0
    count=$(valgrind --tool=callgrind --toggle-collect=refresh_round \
        --callgrind-out-file="$run/callgrind.out" "$run/bench_refresh" \
        "$1" 1 "${@:2}" 2>&1 > /dev/null | sed -n 's/.*Collected : //p')
    [ -z "$count" ] ||
        row "   instructions, in all" M 0 "$(calc "${count%% *} / 1e6")"
}

case_unit() {
    local real=${FINANCE_MARKET_DATA:-../shared/market-data}

    title "5. What the refresh of one ticker computes, on one thread"
    unit "sample market, the whole chain on one page" "$today" \
        "$run/market/bars/AAPL.json" "$run/market/chain/AAPL.json"

    if [ -d "$real/real-chains/AAPL-2014-06-06" ]; then
        unit "AAPL, 2014-06-06" 2014-06-06 \
            "$real/real/AAPL-before-split.bars.json" \
            "$real"/real-chains/AAPL-2014-06-06/*.json
    else
        note "a real chain" "not here (FINANCE_MARKET_DATA names the folder)"
    fi
}

# --- where the time goes

# profile NAME SECONDS: perf's symbols of the workers
profile() {
    local now
    now=$(workers)
    now=${now% }

    perf record -q -e cpu-clock -F 4000 -g -o "$run/perf.$1" \
        -p "${now// /,}" -- sleep "$2" > "$run/logs/perf.log" 2>&1 || {
        note "perf" "does not work here (see $run/logs/perf.log)"
        return 0
    }
    perf_report "$1" dso 1
    perf_report "$1" dso,symbol 0.7
}

# perf_report NAME KEYS LEAST: in per cent
perf_report() {
    perf report -i "$run/perf.$1" --no-children --stdio -g none --sort "$2" \
        --percent-limit "$3" 2> /dev/null | grep -E '^ +[0-9]' | head -40
    echo
}

case_profile() {
    command -v perf > /dev/null ||
        die "--profile needs perf (Debian's linux-perf)"

    title "Where a warm dashboard's time goes (50 tickers, perf's cpu-clock)"
    warm_up 50
    start load wrk -t1 -c16 -d8s "$base/finance/dashboard"
    sleep 1
    profile warm 5
    stop load

    title "Where a watchlist's time goes"
    start load wrk -t1 -c16 -d8s "$base/finance/watchlist"
    sleep 1
    profile watchlist 5
    stop load

    title "Where a cold dashboard's time goes (200 tickers, force_refresh)"
    watch 200
    refresh_on
    sleep 1
    profile cold 8
    refresh_off
    note "more" "perf report -i $run/perf.{warm,watchlist,cold}"
}

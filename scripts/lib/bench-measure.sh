# What scripts/bench reads and how it prints. Sourced by it.
# shellcheck shell=bash disable=SC2034,SC2154 # set by scripts/bench

missed=()
met=0

# --- numbers

# spread X...: median, least, greatest
spread() {
    printf '%s\n' "$@" | sort -g | awk '
        { x[NR] = $1 }
        END {
            m = NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2
            print m, x[1], x[NR]
        }'
}

# calc EXPRESSION [FORMAT]
calc() {
    awk "BEGIN { printf \"${2:-%.6g}\", $1 }" < /dev/null
}

# CPU ns of all threads of some processes
cpu_ns() {
    local one files=()

    for one in "$@"; do
        files+=(/proc/"$one"/task/*/schedstat)
    done
    awk '{ s += $1 } END { printf "%.0f", s }' "${files[@]}" 2> /dev/null
}

# of their first threads alone: the event loops
loop_ns() {
    local one files=()

    for one in "$@"; do
        files+=("/proc/$one/task/$one/schedstat")
    done
    awk '{ s += $1 } END { printf "%.0f", s }' "${files[@]}"
}

# resident MB of some processes, and what of it is their own
rss_mb() {
    local one files=()

    for one in "$@"; do
        files+=("/proc/$one/status")
    done
    awk '/^VmRSS/ { s += $2 } /^RssAnon/ { a += $2 }
         END { printf "%.1f %.1f", s / 1024, a / 1024 }' "${files[@]}"
}

# The share (%) of this machine's processors that is used, over one second.
busy_share() {
    local before after

    before=$(head -1 /proc/stat)
    sleep 1
    after=$(head -1 /proc/stat)
    printf '%s\n%s\n' "$before" "$after" | awk '
        { idle = $5 + $6; all = 0; for (i = 2; i <= 9; i++) all += $i }
        NR == 1 { idle0 = idle; all0 = all }
        END { printf "%.0f", 100 * (1 - (idle - idle0) / (all - all0)) }'
}

# --- what the servers count

upstream_calls() {
    curl -s "http://$market/_control/calls" |
        sed -n 's/^{"total":\([0-9]*\).*/\1/p'
}

# commands that were run and reads from sockets, but for those of this script
redis_counts() {
    {
        redis info commandstats
        redis info stats
    } | tr -d '\r' | awk -F '[:=,]' '
        /^cmdstat_/ && !/^cmdstat_(info|command|client|flushall)/ { c += $3 }
        /^total_reads_processed/ { r = $2 }
        END { print c + 0, r + 0 }'
}

# --- load

# load PATH CONNECTIONS SECONDS: wrk's figures in requests seconds p50 p99
# longest errors
load() {
    local line
    line=$(wrk -t1 -c"$2" -d"$3s" -s scripts/lib/bench_wrk.lua "$base$1" |
        sed -n 's/^bench //p')

    read -r requests seconds p50 p99 longest errors <<< "$line"
    [ -n "${errors:-}" ] || die "wrk failed on $1"
    [ "$errors" = 0 ] || die "$errors errors on $1"
}

# seconds_for PATH N: how long a load lasts that makes N requests
seconds_for() {
    load "$1" 16 1
    awk -v n="$2" -v s="$seconds" -v r="$requests" \
        'BEGIN { s = int(n * s / r * 1.15) + 1; print (s > 30 ? 30 : s) }'
}

# cpu_runs PATH: the CPU us of the workers for one request, in runs of at
# least $enough requests; into cpu[], rate[], p50s[], p99s[]
cpu_runs() {
    local path=$1 i long before now
    cpu=() rate=() p50s=() p99s=()
    now=$(workers)

    long=$(seconds_for "$path" "$enough")
    for ((i = 0; i < runs; i++)); do
        # shellcheck disable=SC2086
        before=$(cpu_ns $now)
        load "$path" 16 "$long"
        # shellcheck disable=SC2086
        cpu+=("$(calc "($(cpu_ns $now) - $before) / 1000 / $requests")")
        [ "${cpu[-1]}" != 0 ] || die "no CPU time of the workers to be read"
        rate+=("$(calc "$requests / $seconds")")
        p50s+=("$p50") p99s+=("$p99")
    done
}

# --- the table

# row NAME UNIT TARGET X...: median, least and greatest; TARGET 0: none
row() {
    local name=$1 unit=$2 target=$3 median least most verdict=''
    shift 3

    read -r median least most <<< "$(spread "$@")"

    if [ "$target" != 0 ]; then
        if [ "$(calc "$median <= $target" %d)" = 1 ]; then
            verdict="<= $target  OK"
            met=$((met + 1))
        else
            verdict="<= $target  MISS"
            missed+=("$name: $(calc "$median" %.4g) $unit")
        fi
    fi

    printf '  %-46s %9s %-6s %9s .. %-9s %s\n' "$name" "$(figure "$median")" \
        "$unit" "$(figure "$least")" "$(figure "$most")" "$verdict" |
        sed 's/ *$//'
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$unit" "$median" "$least" \
        "$most" "$target" >> "$run/results.tsv"
}

# figure X: with four digits, not as a power of ten
figure() {
    awk -v x="$1" 'BEGIN {
        if (x == int(x)) printf "%.0f", x
        else printf((x >= 1000 ? "%.0f" : x >= 100 ? "%.1f" \
                     : x >= 1 ? "%.2f" : "%.3f"), x)
    }' < /dev/null
}

# note NAME TEXT
note() {
    printf '  %-46s %s\n' "$1" "$2"
}

title() {
    printf '\n%s\n' "$*"
}

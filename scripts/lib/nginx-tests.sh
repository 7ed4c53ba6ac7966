# Tests with nginx. Sourced by scripts/test.
# shellcheck shell=bash

# Counts from the TAP that prove keeps of each file.
nginx_count() {
    local file ok bad skip planned

    while IFS= read -r file; do
        skip=$(grep -ciE '^(not )?ok\b.*# *skip' "$file" || true)
        ok=$(grep -cE '^ok\b' "$file" || true)
        bad=$(grep -E '^not ok\b' "$file" | grep -vciE '# *(skip|todo)' ||
            true)
        planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$file" | tail -1)
        if [ "${planned:-}" = 0 ]; then
            skip=$((skip + 1))
        fi
        passed=$((passed + ok - $(grep -ciE '^ok\b.*# *skip' "$file" || true)))
        failed=$((failed + bad))
        skipped=$((skipped + skip))
    done < <(find "$1" -name '*.t' -type f)
}

nginx_tests() {
    local tap=build/t/tap status=0 before=$failed died

    if ! ls t/*.t > /dev/null 2>&1; then
        return
    fi

    step "nginx: running $(ls t/*.t | wc -l) files"
    rm -rf "$tap"
    mkdir -p "$tap"
    PERL_TEST_HARNESS_DUMP_TAP=$PWD/$tap scripts/lib/run-t \
        > build/t/run.log 2>&1 || status=$?
    nginx_count "$tap"

    if [ $status != 0 ]; then
        grep -vE '\.\. +ok$' build/t/run.log | tail -60 >&2

        # a file that died or ran short has no line that tells
        died=$(grep -cE '^t/.*\(Wstat: .* Failed: 0\)$' build/t/run.log)
        failed=$((failed + died))
        if [ "$failed" = "$before" ]; then
            fail_one "nginx tests end with status $status (build/t/run.log)"
        fi
    fi
}

# nginx.conf.example as an operator takes it: only paths are other ones.
nginx_example() {
    local dir log

    [ -f nginx.conf.example ] || { fail_one "no nginx.conf.example"; return; }

    dir=$PWD/build/t/example
    log=$dir/test.log
    rm -rf "$dir"
    mkdir -p "$dir"
    echo 'proxy_set_header Authorization "Bearer not-a-key";' \
        > "$dir/massive.key"
    sed -e "s|modules/ngx_http|$PWD/build/ngx_http|" \
        -e "s|/etc/nginx/massive\.|$dir/massive.|" \
        -e "s|/run/nginx\.pid|$dir/nginx.pid|" \
        -e "s|/var/log/nginx|$dir|" nginx.conf.example > "$dir/nginx.conf"

    step "nginx: nginx.conf.example"
    if nginx -t -p "$dir" -c "$dir/nginx.conf" > "$log" 2>&1; then
        pass_one
    else
        cat "$log" >&2
        fail_one "nginx -t of nginx.conf.example"
    fi
}

# What owners are promised, on a running service. Sourced by scripts/test.
# shellcheck shell=bash

owners_tests() {
    local log=build/owners.log counts status=0

    step "owners: scripts/owners quick"
    scripts/owners quick > "$log" 2>&1 || status=$?
    counts=$(tail -1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed$')

    if [ -z "$counts" ]; then
        tail -20 "$log" >&2
        fail_one "scripts/owners ends with status $status ($log)"
        return
    fi

    [ $status = 0 ] || grep -A30 FAILED "$log" | head -60 >&2
    passed=$((passed + ${counts%% *}))
    counts=${counts#*, }
    failed=$((failed + ${counts%% *}))
}

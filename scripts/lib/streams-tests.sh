# Some hundreds of streams, and a reload under them. Sourced by scripts/test.
# shellcheck shell=bash

streams_tests() {
    local log=build/streams.log

    step "streams: scripts/stress quick streams"

    if scripts/stress quick streams > "$log" 2>&1; then
        pass_one
    else
        tail -20 "$log" >&2
        fail_one "scripts/stress quick streams ($log)"
    fi
}

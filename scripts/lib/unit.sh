# Runs the unit tests and counts them. Sourced by scripts/test.
# shellcheck shell=bash

UNIT_SECONDS=300            # for one program
UNIT_SANITIZE="-O1 -fsanitize=address,undefined -fno-sanitize-recover=all
-fno-omit-frame-pointer"

# unit_build OUT FLAGS
unit_build() {
    local log=$1.log

    mkdir -p "$1"
    make -s -k -j2 -f scripts/lib/unit.mk OUT="$1" FLAGS="$2" \
        > "$log" 2>&1 || {
        grep -E 'error|warning|undefined|\*\*\*' "$log" | head -20 >&2
        return 1
    }
}

# unit_run PROGRAM: its TAP in PROGRAM.tap, what went wrong on stderr; the
# counts in unit_passed, unit_failed, unit_skipped
unit_run() {
    local tap=$1.tap status=0 failed

    CMOCKA_MESSAGE_OUTPUT=TAP timeout --kill-after=5 "$UNIT_SECONDS" \
        "$1" > "$tap" 2> "$tap.err" || status=$?

    # cmocka writes "not ok 5 # SKIP name"
    unit_skipped=$(grep -cE '^(not )?ok [0-9]+ # SKIP' "$tap" || true)
    unit_passed=$(grep -cE '^ok [0-9]+ - ' "$tap" || true)
    failed=$(grep -cE '^not ok [0-9]+ - ' "$tap" || true)

    # a crash, or a leak at the end, is a failure that no line tells
    if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
        failed=1
        echo "exit status $status" >> "$tap.err"
    fi
    if [ "$status" = 0 ] && [ $((unit_passed + unit_skipped + failed)) = 0 ]
    then
        failed=1
        echo "no test ran" >> "$tap.err"
    fi
    unit_failed=$failed

    if [ "$failed" != 0 ]; then
        echo "FAILED ${1#build/}" >&2
        { grep -vE '^ok |^1\.\.|# SKIP' "$tap" || true; cat "$tap.err"; } |
            head -40 >&2
    fi
}

# All of them, as they are shipped and under the sanitizers. A test counts
# once: it has passed when both have.
unit_tests() {
    local name kind names n=0 before=$failed
    local -A count=()

    step "unit: compiling"
    unit_build build/unit/plain "-O2" ||
        { fail_one "unit tests do not compile (build/unit/plain.log)"; }
    unit_build build/unit/sanitized "$(echo $UNIT_SANITIZE)" ||
        { fail_one "unit tests do not compile (build/unit/sanitized.log)"; }

    names=$(make -s -f scripts/lib/unit.mk names)
    step "unit: running $(echo "$names" | wc -w) programs, twice"

    for name in $names; do
        count=()
        for kind in plain sanitized; do
            [ -x "build/unit/$kind/$name" ] || continue
            unit_run "build/unit/$kind/$name"
            if [ -z "${count[run]:-}" ]; then
                count[run]=1
                count[passed]=$unit_passed
                count[failed]=$unit_failed
                count[skipped]=$unit_skipped
            elif [ "$unit_failed" -gt "${count[failed]}" ]; then
                count[passed]=$unit_passed
                count[failed]=$unit_failed
                count[skipped]=$unit_skipped
            fi
        done
        passed=$((passed + ${count[passed]:-0}))
        failed=$((failed + ${count[failed]:-0}))
        skipped=$((skipped + ${count[skipped]:-0}))
        n=$((n + 1))
    done

    step "unit: $n programs, $((failed - before)) failures"
}

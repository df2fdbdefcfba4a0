#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# parts.sh PART...: make each part, go on after a failure, and close with what passed and what did not.
# A part is a target of the Makefile, or integration/NAME for one integration target. Two parts run at once, each in
# a staged tree of its own; what a part says is shown when it has ended, and the end of one that failed once more as
# the last thing, since whoever reads only the end of a long log has to see why.
set -uo pipefail

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM

# shellcheck disable=SC2317 # started in the background below
run() { # LANE PART
    local start=$SECONDS
    case $2 in
        integration/*) ${MAKE:-make} --no-print-directory LANE="$1" integration TARGET="${2#integration/}" ;;
        *) ${MAKE:-make} --no-print-directory LANE="$1" "$2" ;;
    esac </dev/null >"$logs/$1" 2>&1
    echo "$? $((SECONDS - start))" >"$logs/$1.ending"
    mv "$logs/$1.ending" "$logs/$1.ended"
}

passed=0
failed=0
report=
failures=
declare -A running

show() { # LANE: that has ended
    local part=${running[$1]} code seconds result
    read -r code seconds <"$logs/$1.ended"
    unset "running[$1]"
    rm "$logs/$1.ended"
    printf '\n=== %s\n' "$part"
    cat "$logs/$1"
    if [ "$code" -eq 0 ]; then
        passed=$((passed + 1))
        result=passed
    else
        failed=$((failed + 1))
        result=FAILED
        # What an integration target says after its failure is how it stops its servers
        failures+=$(printf '\n=== the end of %s\n' "$part"; sed '/^RUNNING HANDLER \[setup_server/,$d' "$logs/$1" | tail -c 1200)$'\n'
    fi
    report+=$(printf '%-40s %-7s %4d s' "$part" "$result" "$seconds")$'\n'
}

parts=("$@")
while [ ${#parts[@]} -gt 0 ] || [ ${#running[@]} -gt 0 ]; do
    for lane in 1 2; do
        if [ -n "${running[$lane]:-}" ]; then
            [ -e "$logs/$lane.ended" ] && show "$lane"
        elif [ ${#parts[@]} -gt 0 ]; then
            running[$lane]=${parts[0]}
            parts=("${parts[@]:1}")
            run "$lane" "${running[$lane]}" &
        fi
    done
    sleep 0.5
done

echo
echo "=== all parts, $SECONDS s"
printf '%s' "$report" "$failures"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# parts.sh PART...: make each part, go on after a failure, and close with what passed and what did not.
# A part is a target of the Makefile, or integration/NAME for one integration target.
set -uo pipefail

passed=0
failed=0
report=

for part in "$@"; do
    echo
    echo "=== $part"
    start=$SECONDS
    case $part in
        integration/*) ${MAKE:-make} --no-print-directory integration TARGET="${part#integration/}" ;;
        *) ${MAKE:-make} --no-print-directory "$part" ;;
    esac </dev/null
    code=$?
    if [ $code -eq 0 ]; then
        passed=$((passed + 1))
        result=passed
    else
        failed=$((failed + 1))
        result=FAILED
    fi
    report+=$(printf '%-40s %-7s %4d s' "$part" "$result" $((SECONDS - start)))$'\n'
done

echo
echo "=== all parts, $SECONDS s"
printf '%s' "$report"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

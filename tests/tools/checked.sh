#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# checked.sh LOG PATTERN COMMAND...: run the command, and fail too when its output has no line with PATTERN.
# ansible-test succeeds when it finds nothing to test; this is how that is told from a success.
set -euo pipefail

log=$1
pattern=$2
shift 2
mkdir -p "$(dirname "$log")"
"$@" </dev/null 2>&1 | tee "$log"
if ! grep -Eq -- "$pattern" "$log"; then
    echo "Nothing was tested: no line with \"$pattern\" in the output of: $*" >&2
    exit 1
fi

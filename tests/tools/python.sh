#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# python.sh [CANDIDATE...]: print a Python that can run an ansible-core that we admit (3.11 to 3.14) and can make
# virtual environments. Debian packages the latter apart, so get that where it is missing.
set -euo pipefail

tools=$(dirname "$0")
candidates=("$@")
[ $# -gt 0 ] || candidates=(python3 python3.14 python3.13 python3.12 python3.11)

version() {
    "$1" -c 'import sys; v = sys.version_info[:2]; print("%d.%d" % v); sys.exit(not (3, 11) <= v <= (3, 14))' 2>/dev/null
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

found=
for candidate in "${candidates[@]}"; do
    if version "$candidate" >/dev/null; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ] && [ $# -eq 0 ]; then
    # Ubuntu 22.04: its own Python is too old
    "$tools/apt.sh" python3.11 python3.11-venv >&2 && found=python3.11
fi
if [ -z "$found" ]; then
    echo "No Python from 3.11 to 3.14 among: ${candidates[*]}. Name one: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! can_make_environments "$found"; then
    "$tools/apt.sh" python3-venv "python$(version "$found")-venv" >&2
fi
if ! can_make_environments "$found"; then
    echo "$found cannot make virtual environments: its modules venv and ensurepip are missing." >&2
    exit 1
fi
command -v "$found"

#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# integration.sh STAGE LOGS NAME=VALUE... -- TARGET...: run integration targets, with these variables.
# Servers that outlive their target (it stops them, unless it is killed itself) are stopped here.
set -euo pipefail

tools=$(cd "$(dirname "$0")" && pwd)
stage=$1
logs=$2
shift 2

# Short, because it will hold sockets; open, because servers run as users of their own
folder=$(mktemp -d /tmp/auth-XXXXXX)
chmod 0711 "$folder"

# shellcheck disable=SC2317 # the trap below calls it
clean_up() {
    shopt -s nullglob
    for signal in QUIT KILL; do
        for file in "$folder"/*/*.pid; do
            kill -s "$signal" "$(<"$file")" 2>/dev/null && sleep 1
        done
    done
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# ansible-test makes the lines of this file variables of the targets. Where asynchronous tasks leave their results is asked
# for by two ways that differ where HOME is not the home of the user, unless it is said.
config=$stage/tests/integration/integration_config.yml
printf '%s\n' '---' "test_folder: $folder" "ansible_async_dir: $folder/async" > "$config"
while [ "$1" != -- ]; do
    [ -z "${1#*=}" ] || echo "${1%%=*}: ${1#*=}" >> "$config"
    shift
done
shift

# ansible-test makes a key when there is none; of two that do so at the same time one fails
keys=~/.ansible/test
mkdir -p "$keys"
(
    flock 9
    [ -e "$keys/id_rsa.pub" ] || { rm -f "$keys/id_rsa"; ssh-keygen -m PEM -q -t rsa -N '' -f "$keys/id_rsa"; }
) 9> "$keys/id_rsa.lock"

python=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
cd "$stage"
failed=0
for target in "$@"; do
    "$tools/checked.sh" "$logs/integration-$target.log" "^Running $target integration test" \
        ansible-test integration --color no --python "$python" "$target" || failed=1
done
exit $failed

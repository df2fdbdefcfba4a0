#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# apt.sh PACKAGE...: install those of the Debian packages that are missing. Asks nothing, and does
# nothing at all (no root, no network) where they are all there.
set -euo pipefail

missing=()
for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "Needed, and neither root nor passwordless sudo is here for it: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 "$@" </dev/null
}

# The lock of the lists has no timeout in apt-get. A list that fails is not always one that is needed: the installation decides.
for _ in 1 2 3 4 5; do
    apt update && break
    sleep 5
done
apt install -y --no-install-recommends "${missing[@]}"

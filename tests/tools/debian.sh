#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# debian.sh RELEASE FOLDER ARGUMENT...: run make with these arguments in a Debian of its own in a folder, on a clean clone of
# what is committed. It has its own files and processes, the machine's network, and of the machine's configuration the
# certificates and what pip is told. It stays for the next run, with the packages and environments that make gets.
set -euo pipefail

tools=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$tools/../.." && pwd)
release=$1
folder=$2
shift 2
root=$folder/root

if [ "$(id -u)" != 0 ]; then
    echo "A Debian of its own needs root." >&2
    exit 1
fi

if [ ! -e "$folder/.done" ]; then
    "$tools/apt.sh" debootstrap
    rm -rf "$folder"
    mkdir -p "$folder"
    # shellcheck disable=SC2016 # apt-get's
    mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' | sed -n 's/^Debian //p' | head -n 1)
    mirror=${mirror:-http://deb.debian.org/debian}
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3 "$release" "$root" "$mirror"
    cat > "$root/etc/apt/sources.list" <<END
deb $mirror $release main
deb $mirror $release-updates main
deb ${mirror%/debian*}/debian-security $release-security main
END
    # The servers that the packages bring are not used
    printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    touch "$folder/.done"
fi

cp -L /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
if compgen -G '/usr/local/share/ca-certificates/*' >/dev/null; then
    cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates"
fi
rm -rf "$root/srv/auth.services"
git -c safe.directory='*' clone -q --no-hardlinks "$checkout" "$root/srv/auth.services"

mapfile -t passed < <(env | grep -E '^(PIP_|SSL_CERT|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|[a-z]+_proxy=|[A-Z]+_PROXY=)')
# shellcheck disable=SC2016 # the inner shell's
exec unshare --mount --pid --fork --kill-child bash -c '
    set -e
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmp "$root/tmp"
    mount -t tmpfs -o mode=0755 run "$root/run"
    chroot "$root" update-ca-certificates >/dev/null
    exec chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
' bash "$root" ${passed[@]+"${passed[@]}"} make -C /srv/auth.services BUILD=/srv/build "$@" </dev/null

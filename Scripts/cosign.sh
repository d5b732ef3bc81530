#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts Debian's cosign binaries into DIRECTORY/cosign-2 and DIRECTORY/cosign-3 without installing anything: a private
# apt state over the mirror and keyring that this machine already uses. What the mirror does not have is left out
# (the tests that want it skip and say so); running it again does nothing.
# usage: cosign.sh DIRECTORY
set -eu

directory=${1:?usage: cosign.sh DIRECTORY}
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)

# The mirror of the first enabled entry whose URI ends in /debian, from either form of apt's sources.
mirror() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\/debian\/\{0,1\}\) .*/\2/p'
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -n 's/^URIs: *\([^ ]*\/debian\/\{0,1\}\) *$/\1/p'
}

# fetch SUITE NAME: unpacks SUITE's cosign as DIRECTORY/NAME.
fetch() {
    suite=$1
    name=$2
    [ -x "$directory/$name" ] && return 0
    url=$(mirror | head -n 1)
    [ -n "$url" ] || { echo "cosign.sh: no Debian mirror in this machine's apt configuration" >&2; return 1; }
    state=$(mktemp -d "$directory/.$name.XXXXXX")
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $suite main" >"$state/sources.list"
    # apt drops to the user _apt for downloads; the private state belongs to whoever runs this.
    set -- -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" -o Dir::State::status=/dev/null \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=2
    result=1
    if apt-get -qq "$@" update >"$state/log" 2>&1 &&
        (cd "$state" && apt-get -qq "$@" download cosign >>"$state/log" 2>&1) &&
        dpkg-deb -x "$state"/cosign_*.deb "$state/root"; then
        mv "$state/root/usr/bin/cosign" "$directory/$name"
        result=0
    else
        echo "cosign.sh: $suite's cosign could not be had:" >&2
        tail -n 3 "$state/log" >&2
    fi
    rm -rf "$state"
    return $result
}

status=0
fetch trixie cosign-2 || status=1
fetch forky cosign-3 || status=1
exit $status

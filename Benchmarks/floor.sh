#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The floors: independent pipelines that do the necessary bytes and nothing else, with the field's own tools on all cores.
#
#   floor.sh layer DEBS OUT       unpacks each package of a directory, compresses and hashes it, the largest first
#   floor.sh apk-layer APKS OUT   the same for .apk packages, whose members are gzip
#   floor.sh join TAR GZIP OUT    what joining a layer takes: hash the tar; copy, hash and sync the compressed bytes
#   floor.sh pack TREE OUT        what packing a folder takes: hash each file; compress and hash them all
#   floor.sh index XZ RELEASE     decompresses and hashes an index, and checks the signature of its release file
set -euo pipefail

package() { # DEB OUT
    dpkg-deb --fsys-tarfile "$1" | tee >(openssl dgst -sha256 >"$2/${1##*/}.diffid") |
        libdeflate-gzip -6 -c | tee >(openssl dgst -sha256 >"$2/${1##*/}.digest") >"$2/${1##*/}.gz"
}
apk() { # APK OUT
    gzip -dc "$1" | tee >(openssl dgst -sha256 >"$2/${1##*/}.diffid") |
        libdeflate-gzip -6 -c | tee >(openssl dgst -sha256 >"$2/${1##*/}.digest") >"$2/${1##*/}.gz"
}
export -f package apk

case $1 in
layer)
    mkdir -p "$3"
    ls -S "$2" | sed "s|^|$2/|" | xargs -P "$(nproc)" -I{} bash -c 'package "$0" "$1"' {} "$3"
    ;;
apk-layer)
    mkdir -p "$3"
    ls -S "$2" | grep '\.apk$' | sed "s|^|$2/|" | xargs -P "$(nproc)" -I{} bash -c 'apk "$0" "$1"' {} "$3"
    ;;
join)
    openssl dgst -sha256 "$2" >/dev/null &
    tee "$4" <"$3" | openssl dgst -sha256 >/dev/null
    sync -d "$4"
    wait
    ;;
pack)
    find "$2" -type f -print0 | xargs -0 openssl dgst -sha1 >/dev/null
    tar -C "$2" -cf - . | libdeflate-gzip -6 -c | tee >(openssl dgst -sha256 >"$3.digest") >"$3"
    ;;
index)
    xz -dc "$2" | openssl dgst -sha256 >/dev/null
    gpgv -q --keyring /usr/share/keyrings/debian-archive-keyring.gpg "$3" 2>/dev/null
    ;;
*) exit 2 ;;
esac

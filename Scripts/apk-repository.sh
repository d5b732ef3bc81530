#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Packs a private repository of Alpine packages from programs of Debian packages: busybox, which is static, and xz, with
# the libraries that it is linked with, each in a package of its own that is found by its soname.
#
#   Scripts/apk-repository.sh OUT [ARCHITECTURE...]      x86_64 and aarch64 where none is named
#
# OUT gets packages/ARCHITECTURE, the key packages.rsa and packages.rsa.pub. The programs come out of root file systems
# that slipway itself builds from Examples/apk/programs.yaml; TREE_x86_64=/ takes this machine's own instead.
# SLIPWAY is the program, `slipway` where it is not set. Running it again changes nothing but what changed.
set -eu
umask 022
export LC_ALL=C
here=$(cd "$(dirname "$0")/.." && pwd)
slipway=${SLIPWAY:-slipway}
out=${1:?usage: apk-repository.sh OUT [ARCHITECTURE...]}
shift
[ $# -gt 0 ] || set -- x86_64 aarch64
mkdir -p "$out"
out=$(cd "$out" && pwd)
# All packages have one time, so that they are the same wherever they are packed.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767323045}

debian_name() { case $1 in x86_64) echo amd64 ;; aarch64) echo arm64 ;; *) echo "$1" ;; esac; }

# Where a file is in the tree, links of directories followed inside of it.
find_file() { # TREE NAME
    for directory in usr/lib64 lib64 usr/lib lib; do
        file=$(find "$1/$directory" -maxdepth 2 -name "$2" 2>/dev/null | head -n 1)
        [ -z "$file" ] || { echo "$file"; return; }
    done
}

sonames() { readelf -d "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# Writes what a package is: name, version, description, words for runtime, words for provides.
metadata() {
    cat <<END
name: $1
version: $2
arch: $architecture
description: $3
license: ${6:-GPL-2.0-or-later}
dependencies:
  runtime: [$(echo "$4" | sed 's/  */, /g; s/^, //')]
  provides: [$(echo "$5" | sed 's/  */, /g; s/^, //')]
END
}

pack() { # NAME: of work/NAME and work/NAME.yaml
    "$slipway" apk pack "$work/$1" --metadata "$work/$1.yaml" --key "$out/packages.rsa" -o "$packages" --quiet >/dev/null
}

version() { # one for all packages is enough here
    echo "${VERSION:-1.0-r0}"
}

baselayout() {
    mkdir -p "$work/baselayout/etc" "$work/baselayout/usr/bin" "$work/baselayout/usr/sbin" "$work/baselayout/usr/lib"
    for name in bin sbin lib; do ln -s "usr/$name" "$work/baselayout/$name"; done
    ln -s usr/lib "$work/baselayout/lib64"
    printf 'ID=private\nNAME="A private distribution"\nVERSION_ID=1\n' >"$work/baselayout/etc/os-release"
    printf 'root:x:0:0:root:/root:/sbin/nologin\n' >"$work/baselayout/etc/passwd"
    printf 'root:x:0:\n' >"$work/baselayout/etc/group"
    metadata baselayout "$(version)" "folders, links and accounts" "" "" MIT >"$work/baselayout.yaml"
    pack baselayout
}

busybox() { # TREE
    mkdir -p "$work/busybox/usr/bin" "$work/busybox/etc/busybox-paths.d"
    cp "$1/usr/bin/busybox" "$work/busybox/usr/bin/" 2>/dev/null || cp "$1/bin/busybox" "$work/busybox/usr/bin/"
    # Which names busybox goes by: links to it are made when the image is composed.
    for name in cat echo env grep id ls sh sleep true wc wget; do echo "usr/bin/$name"; done \
        >"$work/busybox/etc/busybox-paths.d/busybox"
    metadata busybox "$(version)" "many programs in one" baselayout "cmd:busybox=$(version)" >"$work/busybox.yaml"
    pack busybox
}

library() { # TREE SONAME: a package of the library and of what it needs
    case " $packed " in *" $2 "*) return ;; esac
    packed="$packed $2"
    file=$(find_file "$1" "$2")
    [ -n "$file" ] || { echo "apk-repository.sh: $1 has no $2" >&2; exit 1; }
    name=$(echo "$2" | sed 's/\.so.*//; s/[^A-Za-z0-9._+-]/-/g')
    mkdir -p "$work/$name/usr/lib"
    cp -L "$file" "$work/$name/usr/lib/$2"
    needs=$(for soname in $(sonames "$file"); do echo "so:$soname"; done)
    metadata "$name" "$(version)" "the library $2" "baselayout $(echo $needs)" "so:$2=${2##*.so.}" >"$work/$name.yaml"
    pack "$name"
    for soname in $(sonames "$work/$name/usr/lib/$2"); do library "$1" "$soname"; done
}

program() { # TREE NAME
    mkdir -p "$work/$2/usr/bin"
    cp -L "$1/usr/bin/$2" "$work/$2/usr/bin/"
    loader=$(readelf -l "$work/$2/usr/bin/$2" | sed -n 's/.*interpreter: .*\/\(.*\)]/\1/p')
    needs=$(for soname in $(sonames "$work/$2/usr/bin/$2") $loader; do echo "so:$soname"; done | sort -u)
    metadata "$2" "$(version)" "the program $2" "baselayout $(echo $needs)" "cmd:$2=$(version)" >"$work/$2.yaml"
    pack "$2"
    for soname in $(sonames "$work/$2/usr/bin/$2") $loader; do library "$1" "$soname"; done
}

[ -e "$out/packages.rsa" ] || (cd "$out" && "$slipway" key generate --type rsa --name packages --quiet >/dev/null)
for architecture in "$@"; do
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    packages=$out/packages/$architecture
    packed=
    tree=$(eval "echo \${TREE_$architecture:-}")
    if [ -z "$tree" ]; then
        tree=$work/tree
        "$slipway" build "$here/Examples/apk/programs.yaml" -o "rootfs:$tree" --arch "$(debian_name "$architecture")" --quiet >/dev/null
    fi
    baselayout
    busybox "$tree"
    program "$tree" xz
    "$slipway" apk index "$packages" --key "$out/packages.rsa"
    rm -rf "$work"
done

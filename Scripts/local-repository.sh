#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes and signs small Debian repositories with the field's own tools, for the demo and the tests.
#
#   local-repository.sh init ROOT                      a throw-away key; ROOT/archive.gpg is its keyring
#   local-repository.sh deb TREE OUT                   builds the .deb of a tree that holds DEBIAN/control into OUT
#   local-repository.sh reversion DEB VERSION OUT      the same package under another version; prints the new file
#   local-repository.sh add ROOT DEB...                copies packages into the pool
#   local-repository.sh remove ROOT NAME               takes every version of a package out of the pool
#   local-repository.sh publish ROOT                   indexes and signs; clients see nothing until InRelease is moved
#
# ROOT/public is what a web server serves, or file:// names. What publish writes is set by the environment:
#   SUITE=trixie CODENAME=$SUITE COMPONENT=main ARCHITECTURES="amd64 arm64" ORIGIN=Local LABEL=Local
#   DATE=now VALID_UNTIL= (both as date(1) reads them) BY_HASH=yes FORMATS="xz gz" KEY=(of ROOT) SIGN=yes
set -eu
umask 022
export LC_ALL=C

fail() {
    echo "local-repository.sh: $*" >&2
    exit 1
}

rfc_date() { date -u -d "$1" '+%a, %d %b %Y %H:%M:%S UTC'; }

make_key() { # ROOT
    mkdir -p "$1/gnupg" "$1/public"
    chmod 700 "$1/gnupg"
    gpg --homedir "$1/gnupg" --batch --quiet --pinentry-mode loopback --passphrase '' \
        --quick-generate-key 'Local archive <archive@example.org>' ed25519 sign never 2>"$1/gnupg/log" ||
        fail "gpg made no key: $(cat "$1/gnupg/log")"
    gpg --homedir "$1/gnupg" --batch --export >"$1/archive.gpg"
    gpgconf --homedir "$1/gnupg" --kill gpg-agent
}

reversion() { # DEB VERSION OUT
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    dpkg-deb -R "$1" "$work/tree"
    sed -i "s/^Version:.*/Version: $2/" "$work/tree/DEBIAN/control"
    build_deb "$work/tree" "$3"
}

build_deb() { # TREE OUT
    mkdir -p "$2"
    name=$(awk '$1 == "Package:" { print $2 }' "$1/DEBIAN/control")
    version=$(awk '$1 == "Version:" { print $2 }' "$1/DEBIAN/control")
    architecture=$(awk '$1 == "Architecture:" { print $2 }' "$1/DEBIAN/control")
    # Pool names have no epoch.
    file="$2/${name}_${version#*:}_$architecture.deb"
    dpkg-deb --root-owner-group -Zxz -z1 -b "$1" "$file" >/dev/null
    echo "$file"
}

stanza() { # PUBLIC DEB
    dpkg-deb -f "$1/$2"
    printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' \
        "$2" "$(stat -c %s "$1/$2")" "$(sha256sum "$1/$2" | cut -d ' ' -f 1)"
}

# Each index under its name and, where wanted, under its digest; older digests stay, as a mirror keeps them a while.
index() { # PUBLIC SUITE COMPONENT ARCHITECTURE
    directory=$1/dists/$2/$3/binary-$4
    mkdir -p "$directory"
    for deb in $(cd "$1" && find "pool/$3" -name "*_$4.deb" -o -name '*_all.deb' | sort); do
        stanza "$1" "$deb"
    done >"$directory/Packages.new"
    for format in $FORMATS; do
        case $format in
        xz) xz -1 -k -c "$directory/Packages.new" >"$directory/Packages.xz.new" ;;
        gz) gzip -1 -n -c "$directory/Packages.new" >"$directory/Packages.gz.new" ;;
        plain) ;;
        *) fail "FORMATS may hold xz, gz and plain, not '$format'" ;;
        esac
    done
    for file in "$directory"/Packages*.new; do
        name=$(basename "$file" .new)
        hash=$(sha256sum "$file" | cut -d ' ' -f 1)
        printf ' %s %s %s\n' "$hash" "$(stat -c %s "$file")" "$3/binary-$4/$name" >>"$1/dists/$2/list.new"
        if [ "$BY_HASH" = yes ]; then
            mkdir -p "$directory/by-hash/SHA256"
            cp "$file" "$directory/by-hash/SHA256/$hash"
        fi
        # The release lists the plain index too, but a mirror need not have it (as Debian's do not).
        if [ "$name" = Packages ] && ! expr " $FORMATS " : '.* plain ' >/dev/null; then
            rm "$file" "$directory/by-hash/SHA256/$hash" 2>/dev/null || rm -f "$file"
        else
            mv "$file" "$directory/$name"
        fi
    done
}

publish() { # ROOT
    suite=${SUITE:-trixie}
    component=${COMPONENT:-main}
    BY_HASH=${BY_HASH:-yes}
    FORMATS=${FORMATS:-xz gz}
    architectures=${ARCHITECTURES:-amd64 arm64}
    public=$1/public
    base=$public/dists/$suite
    mkdir -p "$base" "$public/pool/$component"
    : >"$base/list.new"
    for architecture in $architectures; do index "$public" "$suite" "$component" "$architecture"; done
    {
        echo "Origin: ${ORIGIN:-Local}"
        echo "Label: ${LABEL:-Local}"
        echo "Suite: $suite"
        echo "Codename: ${CODENAME:-$suite}"
        echo "Date: $(rfc_date "${DATE:-now}")"
        [ -z "${VALID_UNTIL:-}" ] || echo "Valid-Until: $(rfc_date "$VALID_UNTIL")"
        [ "$BY_HASH" != yes ] || echo "Acquire-By-Hash: yes"
        echo "Architectures: $architectures"
        echo "Components: $component"
        echo "Description: made by local-repository.sh"
        echo "SHA256:"
        cat "$base/list.new"
    } >"$base/Release.new"
    rm "$base/list.new"
    mv "$base/Release.new" "$base/Release"
    if [ "${SIGN:-yes}" != yes ]; then
        rm -f "$base/InRelease"
        return
    fi
    home=${KEY:-$1/gnupg}
    gpg --homedir "$home" --batch --quiet --yes --digest-algo SHA256 --clearsign -o "$base/InRelease.new" "$base/Release"
    gpgconf --homedir "$home" --kill gpg-agent
    mv "$base/InRelease.new" "$base/InRelease"
}

command=${1:-}
[ $# -ge 2 ] || fail "usage: local-repository.sh init|deb|reversion|add|remove|publish … (see the head of the file)"
shift
case $command in
init) make_key "$1" ;;
deb) build_deb "$1" "$2" ;;
reversion) reversion "$1" "$2" "$3" ;;
add)
    root=$1
    shift
    mkdir -p "$root/public/pool/${COMPONENT:-main}"
    cp "$@" "$root/public/pool/${COMPONENT:-main}/"
    ;;
remove) rm -f "$1/public/pool/${COMPONENT:-main}/$2"_*.deb ;;
publish) publish "$1" ;;
*) fail "no such command: $command" ;;
esac

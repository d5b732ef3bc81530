#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the distribution of Examples/recipes: each recipe once, in the order of what they are linked with, into one signed
# repository, and then the images of Examples/musl; lua and valkey once more for Debian, with the images of Examples/glibc.
# Images are tried where runc or crun is there.
#
#   Scripts/recipes.sh [small|all|valkey|keys]    all without it; small is what `make test` has time for
#
# Everything goes below out/recipes of the current folder: packages, the key packages.rsa that is made at the first run, and
# images. SLIPWAY is the program, `slipway` where it is not set; WITHOUT_IMAGES=1 builds packages alone.
set -euo pipefail
umask 022
here=$(cd "$(dirname "$0")/.." && pwd)
slipway=${SLIPWAY:-slipway}
out=out/recipes

# Each after what it is linked with or tested with. One minute of compiling on two cores; then four more.
small="baselayout musl zlib pigz lua tzdata ca-certificates"
large="pcre2 nginx busybox valkey python3 py3-click py3-blinker py3-itsdangerous py3-markupsafe py3-jinja2 py3-werkzeug
    py3-flask py3-waitress"

# The keys that sign packages and, in Examples/musl/factory.yaml, images; made at the first run.
keys() {
    mkdir -p "$out"
    [ -f "$out/packages.rsa" ] || (cd "$out" && "$slipway" key generate --type rsa --name packages --quiet)
    [ -f "$out/slipway.key" ] || (cd "$out" && "$slipway" key generate --quiet)
}

build() { # RECIPE
    local begun=$SECONDS
    "$slipway" recipe build "$here/Examples/recipes/$1.yaml" -o "$out/packages" --key "$out/packages.rsa" --quiet >/dev/null
    echo "built $1 in $((SECONDS - begun)) s"
}

image() { # FOLDER/NAME [OPTION...]
    local definition="$here/Examples/$1.yaml" layout="$out/images/$1"
    shift
    mkdir -p "${layout%/*}"
    "$slipway" build "$definition" -o "$layout" --quiet "$@"
    ! command -v runc crun >/dev/null || "$slipway" test "$layout" --definition "$definition" --quiet
}

# For Debian, on its C library: packages in a repository of that family, signed by gpg.
debian() { # RECIPE
    local address=packages@example.org home="$PWD/$out/gnupg" begun=$SECONDS
    trap 'gpgconf --homedir "'"$home"'" --kill gpg-agent' EXIT
    if [ ! -f "$out/debs.gpg" ]; then
        mkdir -p "$home"
        chmod 700 "$home"
        gpg --homedir "$home" --batch --quiet --pinentry-mode loopback --passphrase '' \
            --quick-generate-key "Packages <$address>" ed25519 sign never
        gpg --homedir "$home" --batch --export "$address" >"$out/debs.gpg"
    fi
    "$slipway" recipe build "$here/Examples/recipes/debian/$1.yaml" -o "$out/debs" --format deb --suite stable \
        --gpg-key "$address" --gpg-home "$home" --quiet >/dev/null
    echo "built $1 for Debian in $((SECONDS - begun)) s"
}

case ${1:-all} in
keys)
    keys
    exit
    ;;
small) recipes=$small images="lua pigz" debian="" ;;
all) recipes="$small $large" images="lua pigz busybox nginx valkey flask" debian="lua valkey" ;;
valkey) recipes="baselayout musl valkey" images="valkey" debian="" ;;
*)
    sed -n '3,11s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac

keys
for recipe in $recipes; do build "$recipe"; done
for recipe in $debian; do debian "$recipe"; done
[ -z "${WITHOUT_IMAGES:-}" ] || exit 0
for image in $images; do image "musl/$image"; done
for image in $debian; do
    image "glibc/$image" -r "deb [signed-by=$PWD/$out/debs.gpg] file://$PWD/$out/debs stable main"
done

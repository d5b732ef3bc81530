#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the distribution of Examples/recipes: each recipe once, in the order of what they are linked with, into one signed
# repository, and then the images of Examples/musl, which are tried where runc is there.
#
#   Scripts/recipes.sh [small|all|valkey]    all without it; small is what `make test` has time for
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

# As $machine is called by packages: recipes are built for this machine alone.
machine=$(uname -m)

repository() {
    mkdir -p "$out/packages/$machine"
    [ -f "$out/packages.rsa" ] || (cd "$out" && "$slipway" key generate --type rsa --name packages --quiet)
    index
}

index() { "$slipway" apk index "$out/packages/$machine" --key "$out/packages.rsa" --quiet >/dev/null; }

build() { # RECIPE
    local begun=$SECONDS
    "$slipway" recipe build "$here/Examples/recipes/$1.yaml" -o "$out/packages" --key "$out/packages.rsa" \
        -r "$out/packages" -k "$out/packages.rsa.pub" --quiet >/dev/null
    index
    echo "built $1 in $((SECONDS - begun)) s"
}

image() { # NAME
    local definition="$here/Examples/musl/$1.yaml"
    "$slipway" build "$definition" -o "$out/images/$1" --quiet
    ! command -v runc >/dev/null || "$slipway" test "$out/images/$1" --definition "$definition" --quiet
}

case ${1:-all} in
small) recipes=$small images="lua pigz" ;;
all) recipes="$small $large" images="lua pigz busybox nginx valkey flask" ;;
valkey) recipes="baselayout musl valkey" images="valkey" ;;
*)
    sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac

repository
for recipe in $recipes; do build "$recipe"; done
[ -z "${WITHOUT_IMAGES:-}" ] || exit 0
mkdir -p "$out/images"
for image in $images; do image "$image"; done

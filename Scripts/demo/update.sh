#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A local signed repository publishes an update of one leaf package; the factory notices and rebuilds only what holds it.
# usage: update.sh SLIPWAY DEMO-FOLDER REGISTRY
# Leaves the seconds from the package's appearance to the moved tag in update.seconds, and why in update.why.
set -euo pipefail
slipway=$1 demo=$2 registry=$3
here=$(dirname "$0")/..
factory=$demo/factory
archive=$factory/archive

mkdir -p "$factory"
cp -r Examples/redis Examples/static "$factory/"
"$here/local-repository.sh" init "$archive"
sed -i "s|^    - deb system trixie main|    - deb [signed-by=$archive/archive.gpg] file://$archive/public trixie main\n&|" "$factory/redis/image.yaml"
cat >"$factory/factory.yaml" <<YAML
destination: $registry/factory
key: $demo/slipway.key
interval: 2s
images:
  - definition: redis/image.yaml
    tags: ["8"]
  - definition: static/image.yaml
    tags: ["13"]
YAML

# The leaf package as the image has it now, for both architectures, from the image's own lock and the cache.
"$slipway" lock Examples/redis/image.yaml --json --quiet >"$factory/lock.json"
rm -f Examples/redis/image.lock.json
python3 - "$factory/lock.json" "$XDG_CACHE_HOME/slipway/blobs/sha256" "$factory" <<'PY'
import json, shutil, sys
lock, blobs, target = sys.argv[1:]
for architecture in json.load(open(lock))["content"]["architectures"]:
    package = next(p for p in architecture["packages"] if p["name"] == "liblzf1")
    name = f"liblzf1_{package['version']}_{package['architecture']}.deb"
    shutil.copy(f"{blobs}/{package['digest'].split(':')[1]}", f"{target}/{name}")
    print(package["version"], file=open(f"{target}/version", "w"))
PY
"$here/local-repository.sh" add "$archive" "$factory"/liblzf1_*.deb
SUITE=trixie "$here/local-repository.sh" publish "$archive"

echo "The factory's first round:"
"$slipway" factory once --config "$factory/factory.yaml" --state "$factory/state" --quiet 2>&1 | grep -E '^[a-z0-9]+: '

version=$(cat "$factory/version")+local1
for deb in "$factory"/liblzf1_*.deb; do
    "$here/local-repository.sh" reversion "$deb" "$version" "$factory/update" >/dev/null
done
"$here/local-repository.sh" add "$archive" "$factory"/update/*.deb
SUITE=trixie "$here/local-repository.sh" publish "$archive"
appeared=$(date +%s.%N)
echo "liblzf1 $version appeared; the next round:"
"$slipway" factory once --config "$factory/factory.yaml" --state "$factory/state" --quiet 2>&1 | tee "$factory/round.txt"
awk -v a="$appeared" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }' >"$demo/update.seconds"
grep -q "^redis: published" "$factory/round.txt" || { echo "the update did not reach the tag" >&2; exit 1; }
grep -q "^static: nothing changed\|^static: the resolution" "$factory/round.txt" || { echo "static was rebuilt" >&2; exit 1; }
"$slipway" factory why redis --config "$factory/factory.yaml" --state "$factory/state" | sed -n 1,12p
echo "liblzf1 → $version; static was left alone" >"$demo/update.why"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The line before your eyes: build, run, publish, verify, prove, scan, compare.
# Everything happens below out/demo and on loopback.
set -euo pipefail
cd "$(dirname "$0")/.."

here=$PWD
demo=$PWD/out/demo
registry_port=${DEMO_REGISTRY_PORT:-5000}
registry=127.0.0.1:$registry_port
definition=Examples/redis/image.yaml
image=$registry/demo/redis
began=$(date +%s)
rows=()
children=()

bold() { if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi; }
row() { rows+=("$1|$2|$3"); }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", b - a }'; }
finish() {
    for child in "${children[@]:-}"; do [ -n "$child" ] && kill "$child" 2>/dev/null || true; done
    wait 2>/dev/null || true
}
trap finish EXIT
trap 'exit 130' INT TERM

rm -rf "$demo"
mkdir -p "$demo/home"

bold "1  Build the tool"
start=$(now)
swift build --product slipway 2>&1 | tail -1
slipway=$(swift build --show-bin-path)/slipway
row "Build the tool" "$(since "$start")" "$("$slipway" --version)"
export XDG_DATA_HOME=$demo/home/data XDG_CACHE_HOME=$demo/home/cache

bold "2  Build redis for amd64 and arm64 from Debian trixie"
start=$(now)
"$slipway" build "$definition" -o "$demo/redis"
row "Build redis, cold" "$(since "$start")" "$("$slipway" inspect "$demo/redis" --json | python3 Scripts/demo/summary.py)"
start=$(now)
"$slipway" build "$definition" -o "$demo/redis" --quiet
row "Build redis again" "$(since "$start")" "nothing changed"

bold "3  Start it: SET and GET over its socket"
start=$(now)
"$slipway" test "$demo/redis" --definition "$definition"
row "Test in a container" "$(since "$start")" "SET and GET on both platforms"

bold "4  Publish with SBOM, provenance and test report; sign"
"$slipway" registry serve --listen "$registry" --root "$demo/registry" 2>"$demo/registry.log" &
children+=($!)
python3 Scripts/demo/wait_for.py "http://$registry/v2/"
(cd "$demo" && "$slipway" key generate)
start=$(now)
"$slipway" build "$definition" --push --tag "$image:8" --sign "$demo/slipway.key"
row "Publish and sign" "$(since "$start")" "$image:8"

bold "5  Verify by key"
start=$(now)
"$slipway" verify --key "$demo/slipway.pub" "$image:8"
row "Verify" "$(since "$start")" "signature, attestations, content"

bold "6  Prove it: build it again from nothing but its own evidence"
start=$(now)
"$slipway" verify --rebuild --key "$demo/slipway.pub" "$image:8"
row "Verify by rebuilding" "$(since "$start")" "identical"

bold "7  Scan with the records at hand, and say what they do not cover"
start=$(now)
code=0
"$slipway" scan "$image:8" --advisories Examples/advisories --arch amd64 || code=$?
[ "$code" -ne 1 ] || exit 1
row "Scan" "$(since "$start")" "exit code $code: $(case $code in 0) echo "nothing known, all covered" ;; 2) echo "findings" ;; *) echo "something is not covered" ;; esac)"

bold "8  An update of one leaf package: the factory notices and rebuilds only what holds it"
Scripts/demo/update.sh "$slipway" "$demo" "$registry"
row "Update to new tag" "$(cat "$demo/update.seconds") s" "$(cat "$demo/update.why")"

bold "9  Upstream releases: an application's recipe stands at an older one, and the rest happens by itself"
start=$(now)
Scripts/demo/release.sh "$slipway" "$demo" "$registry"
row "Release to new tag" "$(cat "$demo/release.seconds") s" "$(cat "$demo/release.why")"
row "Both rounds" "$(since "$start")" "recipe, package, image, tag; twice"

bold "10  From source: valkey of its maintainers' release, static on musl"
start=$(now)
(cd "$demo" && SLIPWAY=$slipway "$here/Scripts/recipes.sh" valkey)
row "Valkey from source" "$(since "$start")" "musl, valkey and the image, tested"

bold "11  Against the conventional installation of the same package"
start=$(now)
mmdebstrap --quiet --variant=minbase --include=redis-server trixie "$demo/conventional" \
    "$(Scripts/demo/mirror.sh trixie)" >"$demo/mmdebstrap.log" 2>&1 || { tail -5 "$demo/mmdebstrap.log"; exit 1; }
chmod -R u+rwX "$demo/conventional"
# 3: the records do not cover everything, which the comparison shows as unknown.
code=0
"$slipway" compare "$image:8" "rootfs:$demo/conventional" --arch amd64 --advisories Examples/advisories \
    >"$demo/comparison.txt" || code=$?
cat "$demo/comparison.txt"
[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || exit 1
row "Compare" "$(since "$start")" "$(tail -1 "$demo/comparison.txt")"
python3 Scripts/demo/sizes.py "$slipway" "$demo"

bold "What happened"
printf '%s\n' "${rows[@]}" | awk -F'|' '{ printf "  %-22s %10s  %s\n", $1, $2, $3 }'
printf '  %-22s %8s s\n' "All of it" "$(($(date +%s) - began))"
times >"$demo/times"
awk 'NR == 2 { split($1, u, /[ms]/); split($2, s, /[ms]/); printf "  %-22s %8d s\n", "Processor time", u[1] * 60 + u[2] + s[1] * 60 + s[2] }' "$demo/times"

if [ "${SERVE:-}" = 1 ]; then
    bold "The catalog stays up on http://127.0.0.1:8080 (Ctrl-C ends it)"
    "$slipway" factory run --config "$demo/factory/factory.yaml" --state "$demo/factory/state" --catalog 127.0.0.1:8080
fi

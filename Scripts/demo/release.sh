#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An application's recipe stands at an older release. The factory publishes that, then notices the newer one by itself:
# fetched, pinned, built, tried, published, and carried into the image and its tag.
#
#   Scripts/demo/release.sh SLIPWAY DEMO REGISTRY
set -euo pipefail
slipway=$1 demo=$2 registry=$3
work=$demo/release
older=3.0.1
mkdir -p "$work/recipes" "$work/packages"
install -d -m 700 "$work/gnupg"

# The recipe as it was a release ago.
cp Examples/recipes/py3-waitress.yaml "$work/recipes/"
"$slipway" recipe bump "$work/recipes/py3-waitress.yaml" --to "$older" --quiet >/dev/null

# .deb packages, since the image has Debian's Python; their suite is signed by a key of its own.
export GNUPGHOME=$work/gnupg
trap 'gpgconf --homedir "$work/gnupg" --kill gpg-agent' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'demo <demo@example.org>' ed25519 sign never
gpg --batch --export >"$work/release.gpg"
key=$(gpg --batch --with-colons --list-keys 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }')
unset GNUPGHOME

cat >"$work/factory.yaml" <<END
destination: $registry/release
key: $demo/slipway.key
packages:
  repository: packages
  deb: {suite: stable, gpg-key: $key, gpg-home: gnupg}
  recipes: [recipes]
  upstream-interval: 1s
images:
  - {definition: image.yaml, tags: ["3"]}
END
cat >"$work/image.yaml" <<END
contents:
  repositories:
    - deb system trixie main
    - deb [signed-by=$work/release.gpg] file://$work/packages stable main
  packages: [python3, py3-waitress]
accounts: {run-as: nonroot}
archs: [amd64]
annotations: {org.opencontainers.image.title: application}
tests:
  - name: serves requests
    run:
      - /usr/bin/python3
      - -c
      - "import importlib.metadata, waitress; waitress.create_server(lambda e, s: [], port=0); print(importlib.metadata.version('waitress'))"
    expect: {stdout: "3.0."}
END

factory() { "$slipway" factory "$@" --config "$work/factory.yaml" --state "$work/state"; }

echo "The first round, at $older:"
factory once --quiet
sleep 1
echo "Upstream has a newer release; the next round:"
factory once --quiet | tee "$work/second.txt"
factory why application | head -8
seconds=$(factory why application --json | python3 -c '
import json, sys
last = json.load(sys.stdin)["rebuilds"][0]
build = last["cause"]["builds"][0]
import datetime
when = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
print(int((when(last["finished"]) - when(build["release"]["seen"])).total_seconds()))')
echo "$seconds" >"$demo/release.seconds"
grep -q "py3-waitress.*published" "$work/second.txt" || { echo "the release did not become a package" >&2; exit 1; }
grep -q "^application: published" "$work/second.txt" || { echo "the release did not reach the tag" >&2; exit 1; }
echo "waitress $older → $(awk '/^  version:/ { print $2; exit }' "$work/recipes/py3-waitress.yaml"), noticed, built, tried, published" >"$demo/release.why"

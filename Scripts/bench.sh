#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the release program and measures it against its floors and peers; arguments go to Benchmarks/bench.py.
set -eu
cd "$(dirname "$0")/.."
for package in libdeflate-tools mmdebstrap openssl xz-utils; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null
done
PREFIX=$PWD/.build-release/stripped sh Scripts/install.sh >&2
exec python3 Benchmarks/bench.py --slipway .build-release/stripped/bin/slipway "$@"

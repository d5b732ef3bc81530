#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Places the release program, stripped. PREFIX says where (/usr/local).
set -eu
cd "$(dirname "$0")/.."
sh Scripts/release.sh
target=${PREFIX:-/usr/local}/bin/slipway
install -D -m 755 -s .build-release/release/slipway "$target"
echo "$target: $(stat -c %s "$target") bytes"

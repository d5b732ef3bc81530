#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the release binary, its C libraries linked in, and places it stripped. PREFIX says where (/usr/local).
set -eu
cd "$(dirname "$0")/.."
static=.build-release/static
mkdir -p "$static"
for library in libsqlite3 libz; do
    ln -sf "$(gcc -print-file-name=$library.a)" "$static/$library.a"
done
swift build -c release --product slipway --static-swift-stdlib --scratch-path .build-release \
    -Xlinker -L"$PWD/$static" 2>&1 | tail -3
target=${PREFIX:-/usr/local}/bin/slipway
install -D -m 755 -s .build-release/release/slipway "$target"
echo "$target: $(stat -c %s "$target") bytes"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the release program, its C libraries linked in, as .build-release/release/slipway.
set -eu
cd "$(dirname "$0")/.."
static=.build-release/static
mkdir -p "$static"
for library in libsqlite3 libz; do
    ln -sf "$(gcc -print-file-name=$library.a)" "$static/$library.a"
done
swift build -c release --product slipway --static-swift-stdlib --scratch-path .build-release \
    -Xlinker -L"$PWD/$static" 2>&1 | tail -3

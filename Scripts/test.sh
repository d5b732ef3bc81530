#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds and runs all tests; arguments go to `swift test`. A run in which nothing ran is a failure.
set -eu
cd "$(dirname "$0")/.."
export SWIFT_BACKTRACE=enable=no
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! swift build --build-tests >"$log" 2>&1; then grep -E "error:" "$log" || tail -40 "$log"; exit 1; fi
trap 'rm -f "$log"' EXIT
# All at once they would wait for each other's programs longer than any of them has patience.
if swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 8 "$@" >"$log" 2>&1; then status=0; else status=$?; fi
grep -vE '^◇|started\.$' "$log" | grep -E '✘|skipped|Test run|error:|recorded an issue|↳|Fatal' || tail -40 "$log"
[ "$status" -eq 0 ] || { tail -60 "$log"; exit "$status"; }
grep -qE 'Test run with [1-9][0-9]* tests?' "$log" || { echo "no test ran"; exit 1; }

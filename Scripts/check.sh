#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Format, layers, doors, purity, file size, licence line, doc comments; then each gate proven by a planted violation.
set -eu
cd "$(dirname "$0")/.."
swift format lint --strict --parallel --recursive Package.swift Sources Tests
python3 Scripts/gates/check.py
python3 Scripts/gates/test.py

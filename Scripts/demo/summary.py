#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One line about an image, from `slipway inspect --json` on stdin."""
import json
import sys

print("; ".join(
    f"{image['platform']}: {image['packages']} packages, {image['files']} files, {image['compressedSize'] / 1e6:.1f} MB"
    for image in json.load(sys.stdin)))
